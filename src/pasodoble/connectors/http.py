"""The one way to send: one request, one budget token, one parsed answer or one ConnectorError.

Repeats what is safe to repeat, never follows a redirect, and never logs or keeps headers and bodies. What a vendor's codes
mean does not belong here: each vendor hands in its own `Judge`.
"""

from __future__ import annotations

import logging
import random
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2
import orjson

from pasodoble.errors import ConfigError, ConnectorError, RateLimited, Unreachable
from pasodoble.model.side import Side
from pasodoble.ports import MAY_SEND, Budget, Clock, Usage
from pasodoble.words.names import name_side

TRIES = 4
"""How often a request is sent at most, the first time included."""
LONGEST_PAUSE_S = 20.0
"""A vendor that asks for more patience than this gets it from the caller's schedule, not from a waiting call."""
TIMEOUT_S = 30.0

# The library logs every address it calls, and those hold what is searched for: customers' e-mail addresses.
for _name in ("httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.WARNING)

_NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One call. `path` is relative to the vendor's address, or a whole address.

    safe     repeating it does no harm: it only reads
    api      which of the budget's buckets it counts in; "" where the vendor does not count it
    purpose  what it is for, in the budget's books
    """

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    form: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    safe: bool = False
    api: str = "rest"
    purpose: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back. `body` is parsed JSON (None where there was none), or the text of a table, `at` the vendor's clock where it told."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(repr=False)
    at: datetime

    @property
    def retry_after_s(self) -> float | None:
        """The vendor's own wish, if it is given in seconds."""
        wish = self.headers.get("retry-after", "")
        return float(wish) if wish.replace(".", "", 1).isdigit() else None


Judge = Callable[[Answer], ConnectorError | None]
"""Says what is wrong with a whole answer; None: it is the caller's to read (success, or one record's trouble)."""

ReadUsage = Callable[[int, Mapping[str, str]], Sequence[Usage]]
"""What an answer's status and headers tell of the calls that are left: each vendor hands in its own."""


class Sender:
    """Sends to one vendor. One instance a connector; closes its connections with `close`."""

    def __init__(
        self,
        *,
        side: Side,
        base_url: str,
        budget: Budget,
        clock: Clock,
        judge: Judge,
        read_usage: ReadUsage,
        transport: httpx2.AsyncBaseTransport | None = None,
        ca_file: str = "",
        timeout_s: float = TIMEOUT_S,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.side = side
        self.base_url = base_url.rstrip("/")
        self.clock = clock
        self._budget = budget
        self._judge = judge
        self._read_usage = read_usage
        self._jitter = jitter
        self._client = httpx2.AsyncClient(
            transport=transport,
            timeout=timeout_s,
            verify=_trust(ca_file) if ca_file else True,
            follow_redirects=False,
            headers={"user-agent": "pasodoble"},
        )

    async def send(self, request: Request) -> Answer:
        """Send, and again where that is safe. Raises the last ConnectorError; gives answers of any status otherwise."""
        for attempt in range(1, TRIES):
            try:
                return await self._send_once(request)
            except (Unreachable, RateLimited) as error:
                pause = pause_s(error, attempt, safe=request.safe, jitter=self._jitter())
                if pause is None:
                    raise
                await self.clock.sleep(pause)
        return await self._send_once(request)

    async def close(self) -> None:
        await self._client.aclose()

    async def _send_once(self, request: Request) -> Answer:
        if request.api:
            await self._budget.take(self.side, request.api, purpose=request.purpose)
        if request.purpose == "write" and not MAY_SEND.get()():
            raise Unreachable(f"nothing was sent to {name_side(self.side)}: its turn was over", sent=False)
        answer = self._parse(await self._exchange(request))
        if request.api:
            for usage in self._read_usage(answer.status, answer.headers):
                self._budget.note(self.side, usage)
        fault = self._judge(answer)
        if fault is not None:
            raise fault
        return answer

    async def _exchange(self, request: Request) -> httpx2.Response:
        url = request.path if "://" in request.path else self.base_url + request.path
        content = None if request.body is None else orjson.dumps(request.body)
        headers = dict(request.headers)
        if content is not None:
            headers["content-type"] = "application/json"
        try:
            return await self._client.request(
                request.method, url, params=request.params or None, content=content, data=request.form, headers=headers
            )
        except _NOT_SENT as error:
            raise Unreachable(
                f"{name_side(self.side)} cannot be reached ({type(error).__name__})", sent=False
            ) from error
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            raise Unreachable(f"{name_side(self.side)} gave no whole answer ({type(error).__name__})") from error

    def _parse(self, response: httpx2.Response) -> Answer:
        headers = {name.lower(): value for name, value in response.headers.items()}
        if headers.get("content-type", "").startswith("text/csv"):
            return Answer(
                status=response.status_code, body=response.content.decode(), headers=headers, at=self._date(headers)
            )
        try:
            body = orjson.loads(response.content) if response.content.strip() else None
        except orjson.JSONDecodeError as error:
            raise Unreachable(f"{self.side} answered {response.status_code} with something that is no JSON") from error
        return Answer(status=response.status_code, body=body, headers=headers, at=self._date(headers))

    def _date(self, headers: Mapping[str, str]) -> datetime:
        try:
            return parsedate_to_datetime(headers["date"])
        except (KeyError, ValueError):
            return self.clock.now()


def pause_s(error: Unreachable | RateLimited, attempt: int, *, safe: bool, jitter: float) -> float | None:
    """How long to wait before the same request may be sent again; None: not from here.

    A write that may have been done is never repeated; one that was turned away for haste is, once.
    jitter   0 to 1, so that many callers do not come back together
    """
    if isinstance(error, RateLimited):
        patient = error.retry_after_s <= LONGEST_PAUSE_S and (safe or attempt == 1)
        return error.retry_after_s + jitter if patient else None
    if not safe and error.sent:
        return None
    return (0.5, 1.0, 2.0)[min(attempt, TRIES - 1) - 1] * (0.5 + jitter)


def _trust(ca_file: str) -> ssl.SSLContext:
    """Raises ConfigError if the file of trusted certificates cannot be used."""
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(
            f"ca_file {ca_file} cannot be used: {error.strerror or error}",
            next_step="correct ca_file in pasodoble.yaml (a sandbox with --tls makes a new one at each start)",
        ) from None
