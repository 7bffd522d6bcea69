"""Letters: what HubSpot sends by itself is checked, kept durably, and only then answered. Reading them is the worker's.

All that wait are kept in one commit, so a burst costs as few commits as the disk allows. Needs no sign-in. How a vendor signs
does not belong here (`connectors/hubspot/webhooks`).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

import orjson

from pasodoble.ports import Clock, Seal, Sent, Store

MOST_REMEMBERED: Final = 100_000
"""Signatures that are remembered against replay: a few minutes' worth under full load, and never more memory than this."""


class Refusal(StrEnum):
    UNKNOWN = "there is no such connection, or it takes no webhooks"
    UNSIGNED = "the signature does not fit, or is older than five minutes"
    REPLAYED = "this very request was taken before"
    UNREADABLE = "the body is no JSON list of events"


class Remembered:
    """What was accepted lately, by id and the moment until which it could come again."""

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self._most = most
        self._ids: set[bytes] = set()
        self._order: deque[tuple[datetime, bytes]] = deque()

    def __contains__(self, id: bytes) -> bool:
        return id in self._ids

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, id: bytes, until: datetime, now: datetime) -> None:
        if id not in self._ids:
            self._ids.add(id)
            self._order.append((until, id))
        while self._order and (self._order[0][0] < now or len(self._order) > self._most):
            self._ids.discard(self._order.popleft()[1])


@dataclass(slots=True)
class _Waiting:
    connection: str
    body: str
    done: asyncio.Future[None]


@dataclass(slots=True)
class Receiver:
    """Takes letters for all connections whose seal is known. One per process, on its event loop.

    told      is called with the connection's name after each commit
    commits   how many there were so far
    """

    store: Store
    clock: Clock
    seals: Mapping[str, Seal]
    told: Callable[[str], None] = lambda _connection: None
    commits: int = 0
    _remembered: Remembered = field(default_factory=Remembered)
    _waiting: list[_Waiting] = field(default_factory=list)
    _committing: asyncio.Task[None] | None = None

    async def receive(self, connection: str, sent: Sent) -> Refusal | None:
        """None once the letter is on disk. Raises StoreError where it could not be kept: let the sender try again."""
        seal, now = self.seals.get(connection), self.clock.now()
        if seal is None:
            return Refusal.UNKNOWN
        if not seal.holds(sent, now):
            return Refusal.UNSIGNED
        mark = seal.identify(sent)
        if mark in self._remembered:
            return Refusal.REPLAYED
        if not _is_list(sent.body):
            return Refusal.UNREADABLE
        await self._keep(connection, sent.body.decode())
        self._remembered.add(mark, now + 2 * seal.window, now)
        return None

    async def _keep(self, connection: str, body: str) -> None:
        waiting = _Waiting(connection, body, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._committing is None:
            self._committing = asyncio.create_task(self._commit())
        await waiting.done

    async def _commit(self) -> None:
        """Commit after commit, each with all that came in during the one before."""
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                await self._commit_batch(batch)
        finally:
            self._committing = None

    async def _commit_batch(self, batch: list[_Waiting]) -> None:
        bodies: dict[str, list[str]] = {}
        for waiting in batch:
            bodies.setdefault(waiting.connection, []).append(waiting.body)
        trouble: Exception | None = None
        try:
            await asyncio.to_thread(self.store.receive, bodies, self.clock.now())
            self.commits += 1
        except Exception as error:  # each of the waiting is told
            trouble = error
        for waiting in batch:
            if waiting.done.done():
                continue
            if trouble is None:
                waiting.done.set_result(None)
            else:
                waiting.done.set_exception(trouble)
        if trouble is None:
            for name in bodies:
                self.told(name)


def _is_list(body: bytes) -> bool:
    try:
        events = orjson.loads(body)
    except orjson.JSONDecodeError:
        return False
    return isinstance(events, list) and all(isinstance(event, dict) for event in events)
