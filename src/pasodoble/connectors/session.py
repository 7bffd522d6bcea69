"""Who we are to a vendor: one token, kept fresh, renewed by one caller while the others wait.

How a vendor signs us in is its own matter: a log-in is a generator in `<vendor>/auth.py` that yields requests, receives
answers and returns a Token. Secrets are held in memory only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pasodoble.connectors.http import Answer, Request, Sender

EARLY = timedelta(seconds=90)
"""How long before its end a token is replaced: longer than any call takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What proves who we are. `expires_at` None: it holds until it is refused.

    address   where to send from now on, "" for where we sent so far
    user_id, account_id   whom it stands for, "" where the log-in did not say
    """

    value: str = field(repr=False)
    expires_at: datetime | None = None
    address: str = ""
    user_id: str = ""
    account_id: str = ""


LogIn = Generator[Request, Answer, Token]


class Session:
    """Holds the token. `log_in` starts a fresh log-in each time it is called."""

    def __init__(self, sender: Sender, log_in: Callable[[], LogIn]) -> None:
        self._sender = sender
        self._log_in = log_in
        self._token: Token | None = None
        self._lock = asyncio.Lock()

    async def token(self) -> Token:
        """A token that holds. Raises AuthLapsed when the log-in is refused."""
        current = self._token
        if current is not None and not self._is_ending(current):
            return current
        return await self.renew(current)

    async def renew(self, refused: Token | None) -> Token:
        """A token other than `refused`: somebody else's new one if there is one, else by a new log-in."""
        async with self._lock:
            if self._token is None or self._token is refused:
                self._token = await self._run(self._log_in())
            return self._token

    def _is_ending(self, token: Token) -> bool:
        return token.expires_at is not None and self._sender.clock.now() >= token.expires_at - EARLY

    async def _run(self, flow: LogIn) -> Token:
        try:
            request = next(flow)
            while True:
                request = flow.send(await self._sender.send(request))
        except StopIteration as end:
            token: Token = end.value
            return token
