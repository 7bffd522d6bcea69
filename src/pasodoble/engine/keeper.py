"""Keeps one connection in step while it runs: a full check every so often, and at once what a person asks for
or a vendor tells.

One task a connection. A side that cannot be reached is tried again by the retry schedule; the pages go on meanwhile. What
several workers share does not live here.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta

from pasodoble.engine.connected import Connected
from pasodoble.engine.cycle import Scope
from pasodoble.engine.intake import drain
from pasodoble.engine.retry import next_try_at
from pasodoble.engine.service.syncing import RunResult, ask_for, sync
from pasodoble.errors import Error
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.settings import Connection
from pasodoble.ports import Clock, Store

REST = timedelta(seconds=5)
"""Between a run and the retries that fall due meanwhile."""

INBOX_EVERY_S = 2.0
"""How long a letter that another process has taken in waits at most."""

Open = Callable[[], AbstractAsyncContextManager[Connected]]
Told = Callable[[RunResult], Awaitable[None]]


class Keeper:
    """Runs checks one after the other; never two at a time.

    open      signs in on both sides
    told      is given the result of every run
    """

    def __init__(
        self, settings: Connection, store: Store, clock: Clock, open: Open, *, told: Told | None = None
    ) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._open = open
        self._told = told
        self._asked: dict[Kind, set[Ref]] = {}
        self._marked: set[Kind] = set()
        self._missed: set[Kind] = set()
        self._wake = asyncio.Event()
        self._rests_until = clock.now()
        self._braked = False
        self.next_check_at: datetime | None = None
        self.trouble = ""
        """Why the last try to reach the two sides failed; "" if it did not."""

    def ask(self, kind: Kind, refs: set[Ref]) -> None:
        """A person asked for these records: they go next, ahead of everything else."""
        self._asked.setdefault(kind, set()).update(refs)
        self._wake.set()

    def hear(self, marked: Collection[Kind], missed: Collection[Kind] = ()) -> None:
        """A vendor told of changes: marks of these kinds were put. `missed`: more has changed than was told, so look."""
        if not self.trouble:
            self._marked.update(marked)
            self._missed.update(missed)
            self._wake.set()

    def look_in_the_inbox(self) -> None:
        """A letter has come in."""
        if not self.trouble:
            self._wake.set()

    async def keep(self) -> None:
        """Until it is cancelled."""
        failures = 0
        while True:
            try:
                async with self._open() as at:
                    failures, self.trouble = 0, ""
                    await self._keep_connected(at)
            except Error as error:
                failures += 1
                self.trouble = str(error)
                self._marked, self._missed = set(), set()  # the check that comes first then finds them
                self.next_check_at = next_try_at(failures, self._clock.now(), 0.5)
                await self._pause()

    async def _keep_connected(self, at: Connected) -> None:
        """Check after check on one sign-in. Raises Error when a run failed, so that the next one signs in anew."""
        while True:
            await self._answer_asked(at)
            await self._answer_heard(at)
            now = self._clock.now()
            if self.next_check_at is None or now >= self.next_check_at:
                self.next_check_at = now + self._settings.check_every
                await self._run(at, Scope(), "check")
            elif (due_at := self._next_retry_at()) is not None and due_at <= now:
                await self._run(at, Scope(looks=False), "retry")
            await self._pause()

    async def _answer_asked(self, at: Connected) -> None:
        while self._asked:
            kind, refs = self._asked.popitem()
            ask_for(at, kind, refs)
            await self._run(at, Scope(kinds=(kind,), refs=refs), "asked")

    async def _answer_heard(self, at: Connected) -> None:
        """Not while a brake waits for a person: what it stopped would be planned anew with every change."""
        marked, missed = self._marked | drain(at), self._missed
        self._marked, self._missed = set(), set()
        if missed:
            await self._run(at, Scope(kinds=missed), "check")
        if marked - missed and not self._braked:
            await self._run(at, Scope(kinds=marked - missed, looks=False), "heard")

    async def _run(self, at: Connected, scope: Scope, what: str) -> None:
        result = await sync(at, scope, what=what, patient=not scope.asked)
        if self._told is not None:
            await self._told(result)
        if result.report.failures:
            raise Error(result.report.failures[0])
        # What a brake has stopped waits for a person, and is not planned again and again meanwhile.
        self._rests_until = self._clock.now() + REST
        self._braked = bool(result.report.brakes)
        if self._braked and self.next_check_at is not None:
            self._rests_until = self.next_check_at

    def _next_retry_at(self) -> datetime | None:
        with self._store.transaction(self._settings.name, read_only=True) as tx:
            due_at = tx.marks.next_due_at()
        return None if due_at is None else max(due_at, self._rests_until)

    async def _pause(self) -> None:
        """Until the next check, the next retry that falls due, or a person's wish."""
        self._wake.clear()
        if self._asked or self._marked or self._missed:
            return
        until = min(filter(None, (self.next_check_at, self._next_retry_at())), default=self._clock.now())
        # Another process may have put letters into the inbox, and cannot wake us.
        waits_s = max(0.05, min((until - self._clock.now()) / timedelta(seconds=1), INBOX_EVERY_S))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), waits_s)
