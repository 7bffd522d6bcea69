"""Listening: what Salesforce tells by itself becomes marks, and the position up to which it was heard is kept with them.

One task beside the keeper, which it wakes; it works on nothing itself. What it cannot hear, the look finds later, so its
trouble is shown and stops nobody. HubSpot's letters come in by the web and do not belong here.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Collection
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Final

from pasodoble.engine.connected import Connected
from pasodoble.engine.intake import take_in
from pasodoble.engine.retry import next_try_at
from pasodoble.errors import Error, StoreError
from pasodoble.model.ref import Kind
from pasodoble.model.settings import Connection
from pasodoble.ports import Clock, Heard, PushReader, Store

POSITION: Final = "push:salesforce"
JOURNAL: Final = "push:hubspot"
"""The cursors under which the positions are kept."""
LEASE: Final = timedelta(seconds=60)
RENEWED_EVERY_S: Final = 15.0
ASKS_EVERY_S: Final = 10.0
"""How often who does not hear asks whether nobody does."""

Open = Callable[[], AbstractAsyncContextManager[tuple[Connected, PushReader | None]]]
Wake = Callable[[Collection[Kind], Collection[Kind]], None]


class Listener:
    """Hears one connection for as long as it runs.

    Of all processes one hears a connection: it holds a lease, which another takes over when it lapses.

    position   the cursor under which it is kept how far was heard
    open   signs in; with no reader, the settings say not to listen
    wake   is called with the kinds of which marks were put, and those of which more has changed than was told
    """

    def __init__(
        self, settings: Connection, store: Store, clock: Clock, open: Open, *, wake: Wake, position: str = POSITION
    ) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._open = open
        self._wake = wake
        self._position = position
        self._token = f"listener {secrets.token_hex(8)}"
        self.trouble = ""
        """Why nothing can be heard; "" while that is not known to be so."""

    async def listen(self) -> None:
        """Until it is cancelled, or at once where there is nothing to listen to. Raises no Error."""
        failures = 0
        while True:
            if not self._claim():  # another process hears it
                await self._clock.sleep(ASKS_EVERY_S)
                continue
            try:
                async with self._open() as (at, reader):
                    if reader is None:
                        return
                    failures, self.trouble = 0, ""
                    await self._hear_while_ours(at, reader)
            except Error as error:
                failures += 1
                self.trouble = str(error)
                now = self._clock.now()
                await self._clock.sleep((next_try_at(failures, now, 0.5) - now).total_seconds())

    def _claim(self) -> bool:
        now = self._clock.now()
        with self._store.transaction(self._settings.name) as tx:
            return bool(tx.leases.claim({self._position}, self._token, now + LEASE, now))

    async def _hear_while_ours(self, at: Connected, reader: PushReader) -> None:
        hearing = asyncio.ensure_future(self._hear(at, reader))
        try:
            while self._claim():
                done, _ = await asyncio.wait([hearing], timeout=RENEWED_EVERY_S)
                if done:
                    return hearing.result()
        finally:
            hearing.cancel()
            await asyncio.wait([hearing])
            self._let_go()

    def _let_go(self) -> None:
        """Another may hear at once."""
        with contextlib.suppress(StoreError), self._store.transaction(self._settings.name) as tx:
            tx.leases.release({self._position}, self._token)

    async def _hear(self, at: Connected, reader: PushReader) -> None:
        with self._store.transaction(self._settings.name, read_only=True) as tx:
            position = tx.cursors.load(self._position)
        async with contextlib.aclosing(reader.signals(position)) as stream:
            async for heard in stream:
                marked = self._keep(at, heard)
                missed = self._kinds_of(heard.missed)
                if marked or missed:
                    self._wake(marked, missed)

    def _keep(self, at: Connected, heard: Heard) -> set[Kind]:
        """Marks and position in one transaction: a crash before it hears the same again, which does no harm."""
        with self._store.transaction(self._settings.name) as tx:
            haul = take_in(at, tx, heard.signals, pushed=True)
            tx.cursors.save(self._position, heard.position, self._clock.now())
        return {mark.kind for mark in haul.marks.values()}

    def _kinds_of(self, objects: Collection[str]) -> list[Kind]:
        return [
            of.kind
            for of in self._settings.enabled()
            if not set(objects).isdisjoint((of.hubspot_object, *of.salesforce_objects))
        ]
