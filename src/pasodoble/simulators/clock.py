"""The one clock of the simulated world: real, frozen, or moved on by hand.

Both simulators of a process share one. Nothing in a simulator asks the operating system for the time. What waits for a
later moment (a webhook's next try, an index that lags) waits here, so that advancing the clock also brings it about.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable
from datetime import UTC, datetime


class SimClock:
    """Milliseconds since 1970, starting at the real time or at `start_ms`.

    A frozen clock still moves by `advance`. Callbacks registered by `call_at` run when their moment comes, in order of
    due time and then of registration.
    """

    def __init__(self, *, start_ms: int | None = None, frozen: bool = False) -> None:
        self._offset_ms = 0.0
        self._frozen_ms: float | None = None
        if start_ms is not None:
            self._offset_ms = start_ms - time.time() * 1000
        if frozen:
            self._frozen_ms = self._real_ms()
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._timer: asyncio.TimerHandle | None = None

    def _real_ms(self) -> float:
        return time.time() * 1000 + self._offset_ms

    def now_ms(self) -> int:
        return int(self._frozen_ms if self._frozen_ms is not None else self._real_ms())

    @staticmethod
    def wall_ms() -> int:
        """The real time, for what is compared with the clocks of others: signatures of what is sent out."""
        return int(time.time() * 1000)

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.now_ms() / 1000, UTC)

    @property
    def frozen(self) -> bool:
        return self._frozen_ms is not None

    def freeze(self) -> None:
        if self._frozen_ms is None:
            self._frozen_ms = self._real_ms()
            self._arm()

    def thaw(self) -> None:
        """Let the clock run again from where it stands."""
        if self._frozen_ms is not None:
            self._offset_ms = self._frozen_ms - time.time() * 1000
            self._frozen_ms = None
            self._arm()

    def advance(self, seconds: float) -> None:
        """Move on by `seconds`, running on the way, each at its own moment, what falls due."""
        target = self.now_ms() + seconds * 1000
        while self._due and self._due[0][0] <= target:
            due_ms, _, callback = heapq.heappop(self._due)
            self._move_to(max(due_ms, self.now_ms()))
            callback()
        self._move_to(target)
        self._arm()

    def _move_to(self, ms: float) -> None:
        if self._frozen_ms is not None:
            self._frozen_ms = ms
        else:
            self._offset_ms += ms - self._real_ms()

    def call_at(self, due_ms: float, callback: Callable[[], None]) -> None:
        """Run `callback` once the clock reads `due_ms`; at once on the next turn if it already does."""
        heapq.heappush(self._due, (due_ms, next(self._order), callback))
        self._arm()

    def call_later(self, seconds: float, callback: Callable[[], None]) -> None:
        self.call_at(self.now_ms() + seconds * 1000, callback)

    def _arm(self) -> None:
        """Set the event loop's timer for the next callback; without a loop only `advance` runs callbacks."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._due:
            return
        if self.frozen and self._due[0][0] > self.now_ms():
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        self._timer = loop.call_later(max(0.0, (self._due[0][0] - self.now_ms()) / 1000), self._run_due)

    def _run_due(self) -> None:
        self._timer = None
        now = self.now_ms()
        while self._due and self._due[0][0] <= now:
            _, _, callback = heapq.heappop(self._due)
            callback()
        self._arm()
