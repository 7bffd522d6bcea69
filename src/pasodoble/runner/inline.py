"""The Runner port without an engine: errands are tasks of this process and are gone with it.

For tests and for commands that run one thing and end. Nothing durable belongs here.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime

from pasodoble.model.errand import PRIORITY, Errand
from pasodoble.ports import Clock, Perform

MOST_STEPS = 50


class InlineRunner:
    """One worker. `slots`: how many errands run at a time; the most urgent of those that wait goes next."""

    def __init__(self, clock: Clock, *, slots: int = 8) -> None:
        self._clock = clock
        self._slots = slots
        self._perform: Perform | None = None
        self._waiting: list[Errand] = []
        self._running: dict[Errand, asyncio.Task[None]] = {}
        self._cancelled: set[Errand] = set()
        self._others: set[asyncio.Task[None]] = set()
        self._stopping = False

    @property
    def worker(self) -> str:
        return "inline"

    async def start(self, perform: Perform, tick: Callable[[], Awaitable[None]], *, every_s: int) -> None:
        self._perform = perform
        self._keep(self._tick(tick, every_s))
        self._fill()

    async def submit(self, errand: Errand, *, delay_s: float = 0.0) -> None:
        if errand in self._running or errand in self._waiting:
            return
        self._waiting.append(errand)
        if delay_s > 0:
            self._waiting.remove(errand)
            self._keep(self._submit_later(errand, delay_s))
            return
        self._fill()

    async def cancel(self, errand: Errand) -> bool:
        if errand in self._waiting:
            self._waiting.remove(errand)
            return True
        if errand in self._running:
            self._cancelled.add(errand)
            return True
        return False

    async def list_active(self) -> list[Errand]:
        return sorted([*self._waiting, *self._running])

    async def adopt(self, dead: Collection[str]) -> int:
        return 0

    async def sweep(self, before: datetime) -> int:
        return 0

    async def stop(self, *, patience_s: float = 30.0) -> None:
        self._stopping = True
        for task in self._others:
            task.cancel()
        if self._running:
            await asyncio.wait(self._running.values(), timeout=patience_s)
        for task in [*self._running.values(), *self._others]:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def _keep(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._others.add(task)
        task.add_done_callback(self._others.discard)

    async def _tick(self, tick: Callable[[], Awaitable[None]], every_s: int) -> None:
        while True:
            await self._clock.sleep(every_s)
            await tick()

    async def _submit_later(self, errand: Errand, delay_s: float) -> None:
        await self._clock.sleep(delay_s)
        await self.submit(errand)

    def _fill(self) -> None:
        while self._perform is not None and self._waiting and len(self._running) < self._slots and not self._stopping:
            errand = min(self._waiting, key=lambda one: PRIORITY[one.lane])
            self._waiting.remove(errand)
            task = asyncio.ensure_future(self._run(errand, self._perform))
            self._running[errand] = task
            task.add_done_callback(lambda _, errand=errand: self._end(errand))  # type: ignore[misc]  # bound per run

    async def _run(self, errand: Errand, perform: Perform) -> None:
        for _ in range(MOST_STEPS):
            if self._stopping or errand in self._cancelled or not await perform(errand):
                return

    def _end(self, errand: Errand) -> None:
        self._running.pop(errand, None)
        self._cancelled.discard(errand)
        self._fill()
