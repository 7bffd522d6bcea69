"""A worker: one process's share in the errands of all connections. It beats, hands over what is due, and minds the dead.

What an errand does is its keeper's; how it is run durably is the runner's.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection
from datetime import timedelta
from typing import Final

from pasodoble.engine.keeper import Keeper
from pasodoble.errors import StoreError
from pasodoble.model.errand import Errand
from pasodoble.ports import Clock, Runner, Store

LOOKS_EVERY_S: Final = 1.0
"""How often the journal is asked for what is due, unless somebody wakes us: what another process put there waits so long."""
TICK_EVERY_S: Final = 10
BEATS_EVERY_S: Final = 5.0
DEAD_AFTER: Final = timedelta(seconds=20)
KEPT: Final = timedelta(days=1)
"""How long the runner's own rows of finished runs are kept."""


class Worker:
    """Works until it is cancelled. Stopping finishes the steps under way."""

    def __init__(
        self, keepers: Collection[Keeper], runner: Runner, store: Store, clock: Clock, *, version: str
    ) -> None:
        self._keepers = {keeper.settings.name: keeper for keeper in keepers}
        self._runner = runner
        self._store = store
        self._clock = clock
        self._version = version
        self._under_way: set[Errand] = set()
        self._awake = asyncio.Event()
        for keeper in keepers:
            keeper.wake = self._awake.set

    async def work(self) -> None:
        self._store.beat(self._runner.worker, self._version, self._clock.now())
        await self._runner.start(self._perform, self._tick, every_s=TICK_EVERY_S)
        beating = asyncio.create_task(self._beat())
        try:
            while True:
                self._awake.clear()
                await self._hand_over()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOKS_EVERY_S):  # not wait_for, which can lose a cancellation (3.11)
                        await self._awake.wait()
        finally:
            beating.cancel()
            await self._runner.stop()
            for keeper in self._keepers.values():
                await keeper.close()
            self._store.bury([self._runner.worker])

    async def _hand_over(self) -> None:
        """Every errand that has something to do and does not run here goes to the runner, which knows if it runs elsewhere."""
        for keeper in self._keepers.values():
            for errand in keeper.find_due():
                if errand not in self._under_way:
                    await self._runner.submit(errand)

    async def _perform(self, errand: Errand) -> bool:
        keeper = self._keepers.get(errand.connection)
        if keeper is None:  # of a connection that is no longer in the settings
            return False
        self._under_way.add(errand)
        try:
            return await keeper.perform(errand)
        finally:
            self._under_way.discard(errand)
            self._awake.set()

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEATS_EVERY_S)
            with contextlib.suppress(StoreError):  # the next beat may get through
                self._store.beat(self._runner.worker, self._version, self._clock.now())

    async def _tick(self) -> None:
        """Once for all workers: take over from the dead, forget what is over, and hand over what is due."""
        now = self._clock.now()
        dead = [name for name, at in self._store.find_workers().items() if now - at > DEAD_AFTER]
        if dead:
            await self._runner.adopt(dead)
            self._store.bury(dead)
        await self._runner.sweep(now - KEPT)
        await self._hand_over()
