"""Days as SOQL counts them: what a date literal spans, what a date function cuts out of a day or a moment.

Literals follow the user's time zone, functions UTC unless `convertTimezone` says otherwise. Weeks begin on Sunday.
Comparing values with a span belongs in `filters`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from pasodoble.simulators.salesforce.soql.syntax import Span

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Today, where the user is. `fiscal_month` is the month (1-12) in which the org's fiscal year begins."""

    today: date
    zone: tzinfo = UTC
    fiscal_month: int = 1

    @classmethod
    def at(cls, now_ms: int, zone: tzinfo = UTC, fiscal_month: int = 1) -> Calendar:
        return cls(datetime.fromtimestamp(now_ms / 1000, zone).date(), zone, fiscal_month)

    def span(self, literal: Span) -> tuple[date, date]:
        """The first day of a date literal and the first day after it."""
        named = _NAMED.get(literal.name)
        if named is not None:
            unit, first, count = named
        else:
            unit, first, count = _counted(literal.name, literal.count or 0)
        start = _UNITS[unit]
        return start(self, first), start(self, first + count)

    def day_start_ms(self, day: date) -> int:
        """Midnight of `day` in the user's zone, in milliseconds since 1970."""
        midnight = datetime.combine(day, time(), tzinfo=self.zone)
        return (midnight - EPOCH) // timedelta(milliseconds=1)


def add_months(day: date, months: int) -> date:
    """The first of the month that lies `months` after the month of `day`."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def fiscal_year_start(calendar: Calendar, shift: int) -> date:
    this = calendar.today
    year = this.year if this.month >= calendar.fiscal_month else this.year - 1
    return date(year + shift, calendar.fiscal_month, 1)


def _fiscal_quarter_start(calendar: Calendar, shift: int) -> date:
    months = (calendar.today.month - calendar.fiscal_month) % 12
    return add_months(calendar.today, -(months % 3) + 3 * shift)


def week_start(day: date) -> date:
    return day - timedelta(days=(day.weekday() + 1) % 7)


_UNITS: dict[str, Callable[[Calendar, int], date]] = {
    "DAY": lambda c, n: c.today + timedelta(days=n),
    "WEEK": lambda c, n: week_start(c.today) + timedelta(weeks=n),
    "MONTH": lambda c, n: add_months(c.today, n),
    "QUARTER": lambda c, n: add_months(c.today, -((c.today.month - 1) % 3) + 3 * n),
    "YEAR": lambda c, n: date(c.today.year + n, 1, 1),
    "FISCAL_QUARTER": _fiscal_quarter_start,
    "FISCAL_YEAR": fiscal_year_start,
}
"""The first day of the unit that lies n units after today's."""

_NAMED: dict[str, tuple[str, int, int]] = {
    "YESTERDAY": ("DAY", -1, 1),
    "TODAY": ("DAY", 0, 1),
    "TOMORROW": ("DAY", 1, 1),
    "LAST_90_DAYS": ("DAY", -90, 91),
    "NEXT_90_DAYS": ("DAY", 1, 90),
    **{
        f"{word}_{unit}": (unit, shift, 1)
        for unit in _UNITS
        if unit != "DAY"
        for word, shift in (("LAST", -1), ("THIS", 0), ("NEXT", 1))
    },
}
"""Literals without a number: unit, the first unit relative to this one, how many units."""


def _counted(name: str, count: int) -> tuple[str, int, int]:
    """`LAST_N_DAYS` includes today, the longer units leave the current one out. Source: SOQL reference, date literals."""
    if name.endswith("_AGO"):
        return name[2:-5], -count, 1
    unit = name[7:-1]
    if name.startswith("NEXT"):
        return unit, 1, count
    return (unit, -count, count + 1) if unit == "DAY" else (unit, -count, count)


def _fiscal_months(day: date, fiscal_month: int) -> int:
    return (day.month - fiscal_month) % 12


DATE_FUNCTIONS: dict[str, Callable[[datetime, int], int | str]] = {
    "CALENDAR_MONTH": lambda d, _: d.month,
    "CALENDAR_QUARTER": lambda d, _: (d.month + 2) // 3,
    "CALENDAR_YEAR": lambda d, _: d.year,
    "DAY_IN_MONTH": lambda d, _: d.day,
    "DAY_IN_WEEK": lambda d, _: (d.weekday() + 1) % 7 + 1,
    "DAY_IN_YEAR": lambda d, _: d.timetuple().tm_yday,
    "DAY_ONLY": lambda d, _: d.date().isoformat(),
    "FISCAL_MONTH": lambda d, start: _fiscal_months(d, start) + 1,
    "FISCAL_QUARTER": lambda d, start: _fiscal_months(d, start) // 3 + 1,
    "FISCAL_YEAR": lambda d, start: d.year + (1 if start > 1 and d.month >= start else 0),
    "HOUR_IN_DAY": lambda d, _: d.hour,
    "WEEK_IN_MONTH": lambda d, _: (d.day - 1) // 7 + 1,
    "WEEK_IN_YEAR": lambda d, _: (d.timetuple().tm_yday - 1) // 7 + 1,
}
"""From a moment (a day is its midnight) and the fiscal year's first month. A fiscal year is named for the one it ends in."""
