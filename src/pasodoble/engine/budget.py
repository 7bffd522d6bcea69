"""The Budget port within one process: paces calls by the vendors' own headers, keeps the user's allotment exactly.

Windows are token buckets at 97 % of what the vendor allows. The day's count is handed in at the start and read out at the
end, so that the allotment holds over many runs. What several workers share does not live here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pasodoble.errors import QuotaSpent
from pasodoble.model.settings import Limits
from pasodoble.model.side import Side
from pasodoble.ports import Clock

SHARE = 0.97


@dataclass(slots=True)
class Window:
    """A token bucket: `calls` a `seconds`, spent from a full bucket."""

    calls: float
    seconds: float
    tokens: float
    at: datetime

    def wait_s(self, now: datetime, count: int) -> float:
        """Take `count` tokens; gives how long to wait before the call may go."""
        passed_s = max(0.0, (now - self.at).total_seconds())
        rate = self.calls / self.seconds
        self.tokens = min(self.calls, self.tokens + passed_s * rate) - count
        self.at = max(self.at, now)
        return 0.0 if self.tokens >= 0 else -self.tokens / rate


def default_windows(now: datetime) -> dict[tuple[Side, str], Window]:
    """HubSpot's smallest tier until its headers say more: 100 calls in 10 s, and 5 searches a second (usage guidelines)."""
    rest, search = 100 * SHARE, 5 * SHARE
    return {
        (Side.HUBSPOT, "rest"): Window(rest, 10.0, rest, now),
        (Side.HUBSPOT, "search"): Window(search, 1.0, search, now),
    }


class ProcessBudget:
    """Counts per rolling day and side; `spent` is what earlier runs of the last 24 hours used."""

    def __init__(self, limits: Limits, clock: Clock, *, spent: Mapping[Side, int] | None = None) -> None:
        self._clock = clock
        self._allotted = {
            Side.SALESFORCE: limits.salesforce_calls_per_day,
            Side.HUBSPOT: limits.hubspot_calls_per_day,
        }
        self._windows = default_windows(clock.now())
        self._spent = dict(spent or {})
        self._used = dict.fromkeys(Side, 0)
        self._vendor: dict[Side, tuple[int, int]] = {}

    async def take(self, side: Side, api: str, *, purpose: str, count: int = 1) -> None:
        allotted = self._allotted[side]
        if allotted is not None and self._spent.get(side, 0) + self._used[side] + count > allotted:
            raise QuotaSpent(
                f"{side}: the {allotted} calls a day that you allot are used up; {purpose} was not sent",
                resets_at=self._clock.now() + timedelta(hours=1),
            )
        self._used[side] += count
        window = self._windows.get((side, api))
        if window is not None and (wait_s := window.wait_s(self._clock.now(), count)) > 0:
            await self._clock.sleep(wait_s)

    def note(self, side: Side, headers: Mapping[str, str]) -> None:
        if side is Side.HUBSPOT:
            self._note_hubspot(headers)
        elif usage := _parse_usage(headers.get("sforce-limit-info", "")):
            self._vendor[side] = usage

    def _note_hubspot(self, headers: Mapping[str, str]) -> None:
        try:
            most = float(headers["x-hubspot-ratelimit-max"])
            seconds = float(headers["x-hubspot-ratelimit-interval-milliseconds"]) / 1000
        except (KeyError, ValueError):
            return
        window = self._windows[(Side.HUBSPOT, "rest")]
        if most > 0 and seconds > 0:
            grown = most * SHARE - window.calls
            window.calls, window.seconds = most * SHARE, seconds
            window.tokens = min(window.calls, window.tokens + max(0.0, grown))
        if (left := headers.get("x-hubspot-ratelimit-remaining", "")).isdigit():
            window.tokens = min(window.tokens, float(left))

    def used(self) -> Mapping[Side, int]:
        return dict(self._used)

    def of_vendor(self) -> Mapping[Side, tuple[int, int]]:
        """(used, allowed) of the day by the vendor's own count, where it has told one."""
        return dict(self._vendor)


def _parse_usage(header: str) -> tuple[int, int] | None:
    """`api-usage=17/15000` as (17, 15000)."""
    _, _, usage = header.partition("api-usage=")
    used, _, allowed = usage.split(",")[0].strip().partition("/")
    return (int(used), int(allowed)) if used.isdigit() and allowed.isdigit() else None
