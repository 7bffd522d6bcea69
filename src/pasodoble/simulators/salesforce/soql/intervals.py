"""Sets of values on one field's order, as unions of intervals: what an index is asked for.

Values are whatever the index orders, all of one kind; null is never among them. Which field is meant, and whether an
index exists, belongs in `plan`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cmp_to_key
from typing import Any


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high`; None means without bound on that side. An end is part of it unless it is open."""

    low: Any = None
    high: Any = None
    low_open: bool = False
    high_open: bool = False

    @property
    def is_point(self) -> bool:
        return self.low is not None and self.low == self.high and not self.low_open and not self.high_open

    @property
    def is_empty(self) -> bool:
        if self.low is None or self.high is None:
            return False
        return bool(self.low > self.high) or (self.low == self.high and (self.low_open or self.high_open))


Intervals = tuple[Interval, ...]
"""Disjoint, in rising order, none of them empty."""


def point(value: Any) -> Interval:
    return Interval(value, value)


def union(intervals: Intervals) -> Intervals:
    """The same set of values with overlapping and touching intervals made one."""
    if all(interval.is_point for interval in intervals):
        return tuple(map(point, sorted({interval.low for interval in intervals})))
    merged: list[Interval] = []
    for interval in sorted((i for i in intervals if not i.is_empty), key=cmp_to_key(_by_low)):
        if merged and _touch(merged[-1], interval):
            merged[-1] = _hull(merged[-1], interval)
        else:
            merged.append(interval)
    return tuple(merged)


def intersection(left: Intervals, right: Intervals) -> Intervals:
    return union(tuple(_cut(a, b) for a in left for b in right))


def _by_low(a: Interval, b: Interval) -> int:
    if a.low is None or b.low is None:
        return (a.low is not None) - (b.low is not None)
    if a.low == b.low:
        return a.low_open - b.low_open
    return -1 if a.low < b.low else 1


def _by_high(a: Interval, b: Interval) -> int:
    if a.high is None or b.high is None:
        return (b.high is not None) - (a.high is not None)
    if a.high == b.high:
        return b.high_open - a.high_open
    return -1 if a.high < b.high else 1


def _touch(a: Interval, b: Interval) -> bool:
    """Whether `b`, which begins no earlier than `a`, leaves no gap after it."""
    if a.high is None or b.low is None or b.low < a.high:
        return True
    return bool(b.low == a.high) and not (a.high_open and b.low_open)


def _hull(a: Interval, b: Interval) -> Interval:
    end = a if _by_high(a, b) >= 0 else b
    return Interval(a.low, end.high, a.low_open, end.high_open)


def _cut(a: Interval, b: Interval) -> Interval:
    start = a if _by_low(a, b) >= 0 else b
    end = a if _by_high(a, b) <= 0 else b
    return Interval(start.low, end.high, start.low_open, end.high_open)
