"""API calls: what was spent in the last 24 hours, of what is allowed, and how long the rest lasts at this pace.

Counting and keeping them is the budget's matter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from pasodoble.engine.budget import MAY_USE
from pasodoble.model.settings import Limits
from pasodoble.model.side import SIDES, Side

FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Of one purpose: `left` calls today, and how long they last at the pace of the last hour; None without calls."""

    left: int
    hours_left: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """One side. `by_hour`: calls by hour (`2026-11-24T10`, UTC); `allotted`: by the settings, None for no bound.

    by_purpose   calls by what they were for, the most first
    """

    side: Side
    by_hour: Mapping[str, int] = field(default_factory=dict)
    by_purpose: Mapping[str, int] = field(default_factory=dict)
    allotted: int | None = None

    @property
    def used(self) -> int:
        return sum(self.by_hour.values())

    @property
    def left(self) -> int | None:
        return None if self.allotted is None else max(0, self.allotted - self.used)

    @property
    def hours_left(self) -> float | None:
        """How long the rest lasts at the pace of the last hour kept; None without a bound or without calls."""
        pace = self.by_hour[max(self.by_hour)] if self.by_hour else 0
        return None if self.left is None or not pace else self.left / pace

    def forecast(self) -> dict[str, Forecast]:
        """By purpose, what is left for it: the rest is kept for what is more urgent. Nothing where no bound is set."""
        if self.allotted is None:
            return {}
        left = {purpose: max(0, int(self.allotted * part) - self.used) for purpose, part in MAY_USE.items()}
        pace = self.by_hour[max(self.by_hour)] if self.by_hour else 0
        return {p: Forecast(left=n, hours_left=n / pace if pace else None) for p, n in left.items()}

    def document(self) -> dict[str, object]:
        return {
            "used_24h": self.used,
            "allotted_per_day": self.allotted,
            "left": self.left,
            "hours_left": self.hours_left,
            "by_hour": dict(self.by_hour),
            "by_purpose": dict(self.by_purpose),
            "forecast": {p: {"left": one.left, "hours_left": one.hours_left} for p, one in self.forecast().items()},
        }


def sum_spending(hours: Mapping[str, int], limits: Limits) -> dict[Side, Spending]:
    """`hours`: calls by "hour side purpose", as the budget keeps them."""
    allotted = {Side.HUBSPOT: limits.hubspot_calls_per_day, Side.SALESFORCE: limits.salesforce_calls_per_day}
    by_hour: dict[Side, Counter[str]] = {side: Counter() for side in SIDES}
    by_purpose: dict[Side, Counter[str]] = {side: Counter() for side in SIDES}
    for name, count in sorted(hours.items()):
        hour, side, purpose = name.split(" ")
        by_hour[Side(side)][hour] += count
        by_purpose[Side(side)][purpose] += count
    return {
        side: Spending(
            side=side,
            by_hour=dict(by_hour[side]),
            by_purpose=dict(by_purpose[side].most_common()),
            allotted=allotted[side],
        )
        for side in SIDES
    }
