"""What is left of the day's calls, by what they are for."""

from __future__ import annotations

from pasodoble.engine.service.spending import sum_spending
from pasodoble.model.settings import Limits
from pasodoble.model.side import Side

HOURS = {"2026-11-24T09 salesforce check": 500, "2026-11-24T10 salesforce backfill": 100}


def test_what_is_more_urgent_has_more_left_and_each_lasts_as_long_as_the_last_hours_pace_lets_it() -> None:
    spending = sum_spending(HOURS, Limits(salesforce_calls_per_day=1_000))[Side.SALESFORCE]
    left = {purpose: (one.left, one.hours_left) for purpose, one in spending.forecast().items()}
    assert left == {
        "manual": (400, 4.0),
        "edit": (380, 3.8),
        "check": (350, 3.5),
        "verify": (250, 2.5),
        "backfill": (200, 2.0),
    }
    assert spending.document()["forecast"] == {p: {"left": n, "hours_left": h} for p, (n, h) in left.items()}


def test_without_a_bound_there_is_nothing_to_foretell() -> None:
    spending = sum_spending(HOURS, Limits())
    assert all(one.forecast() == {} for one in spending.values() if one.allotted is None)
    assert spending[Side.SALESFORCE].used == 600
