"""API calls counted the way the org bills them: a rolling day, with the limit it may refuse at.

Which request costs what is said where it is handled, not here.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from pasodoble.simulators.salesforce.errors import call_refusal
from pasodoble.simulators.salesforce.org import Org

DAY_MS = 24 * 3600 * 1000
SLOT_MS = 60_000


class Meter:
    """Calls of the last 24 hours by the minute, and the other daily counters by name."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self.allotment = org.switches.daily_api_requests
        self._slots: deque[list[int]] = deque()
        self.used = 0
        self.others: dict[str, int] = {}
        self.gauges: dict[str, Callable[[], int]] = {}
        """Daily counters that somebody else keeps."""

    def _drop_old(self) -> int:
        now = self._org.clock.now_ms()
        while self._slots and self._slots[0][0] <= now - DAY_MS:
            self.used -= self._slots.popleft()[1]
        return now // SLOT_MS * SLOT_MS

    def count(self, calls: int = 1) -> None:
        """Note calls. Raises Refusal when a limit is reached and limits are enforced."""
        slot = self._drop_old()
        if self._org.switches.limits == "real":
            self._check(calls)
        if not self._slots or self._slots[-1][0] != slot:
            self._slots.append([slot, 0])
        self._slots[-1][1] += calls
        self.used += calls

    def _check(self, calls: int) -> None:
        """The day's allotment is soft; of running requests only long ones count, and they hold up every other."""
        settings = self._org.settings
        if self.used + calls > self.allotment + settings.daily_overshoot:
            raise call_refusal("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
        if settings.long_requests >= self._org.switches.concurrent_requests:
            message = "ConcurrentRequests (Concurrent API Requests) Limit exceeded."
            raise call_refusal("REQUEST_LIMIT_EXCEEDED", message)

    def note(self, name: str, amount: int = 1) -> None:
        self.others[name] = self.others.get(name, 0) + amount

    def header(self) -> str:
        return f"api-usage={self.used}/{self.allotment}"
