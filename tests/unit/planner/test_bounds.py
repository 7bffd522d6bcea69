"""Order, brakes and price of a plan."""

from __future__ import annotations

from itertools import permutations

import pytest
from tests.laws.pair_world import NOON

from pasodoble.model.operation import Associate, Create, Delete, Operation, Step, Update
from pasodoble.model.ref import Ref
from pasodoble.model.settings import Limits
from pasodoble.model.side import Pair, Side
from pasodoble.planner.brakes import Tally, check_brakes
from pasodoble.planner.cost import count_calls
from pasodoble.planner.order import sort_steps

HS, SF = Side.HUBSPOT, Side.SALESFORCE
WHERE = ("contacts", SF)


def step(operation: Operation, kind: str = "contacts", **before: str | None) -> Step:
    return Step(kind=kind, operation=operation, why={}, before=before)


def make(n: int, side: Side = SF, kind: str = "contacts") -> Step:
    return step(Create(side=side, object=kind, fields={}, key=f"{kind}{n}", of=Ref(side.other, kind, str(n))), kind)


def write(n: int, side: Side = SF, *, guarded: bool = False) -> Step:
    return step(
        Update(ref=Ref(side, "Lead", str(n)), fields={"Title": "x"}, unless_modified_since=NOON if guarded else None)
    )


def other(n: int, *, guarded: bool = False) -> Step:
    return step(Update(ref=Ref(SF, "Contact", str(n)), fields={}, unless_modified_since=NOON if guarded else None))


def clear(n: int, was: str | None = "x") -> Step:
    return step(Update(ref=Ref(SF, "Lead", str(n)), fields={"Title": None}), Title=was)


def drop(n: int, side: Side = SF, kind: str = "contacts") -> Step:
    return step(Delete(ref=Ref(side, kind, str(n))), kind)


def tie(n: int, side: Side = SF, kind: str = "contacts") -> Step:
    return step(Associate(ref=Ref(side, "Contact", str(n)), to=Ref(side, "Account", "1")), kind)


# --- order -----------------------------------------------------------------------------------------------------------


def test_what_others_hang_on_comes_first_and_deletions_last_and_backwards() -> None:
    wanted = [
        make(1, kind="companies"),
        make(1),
        make(1, kind="deals"),
        make(1, kind="tickets"),
        make(1, kind="boats"),
        tie(1),
        make(1, kind="activities"),
        drop(1, kind="boats"),
        drop(1, kind="deals"),
        drop(1),
        drop(1, kind="companies"),
    ]
    assert list(sort_steps(reversed(wanted))) == wanted


def test_any_order_comes_out_alike() -> None:
    steps = [make(2), make(1), write(1), drop(3), tie(1)]
    assert len({sort_steps(some) == sort_steps(steps) for some in permutations(steps)}) == 1


# --- brakes ----------------------------------------------------------------------------------------------------------


def brakes(steps: list[Step], linked: int = 0, lost: int = 0, *, limits: Limits | None = None, backfill: bool = False) -> list[tuple[str, int, int]]:  # fmt: skip
    tally = Tally(linked={WHERE: linked}, lost={WHERE: lost})
    found = check_brakes(steps, tally, limits=limits or Limits(), backfill=backfill)
    return [(brake.what, brake.count, brake.allowed) for brake in found]


def test_ten_deletions_pass_and_eleven_are_asked_about() -> None:
    assert brakes([drop(n) for n in range(10)]) == []
    assert brakes([drop(n) for n in range(11)]) == [("delete", 11, 10)]


def test_one_in_a_hundred_may_be_deleted_where_that_is_more() -> None:
    assert brakes([drop(n) for n in range(20)], linked=2_000) == []
    assert brakes([drop(n) for n in range(21)], linked=2_000) == [("delete", 21, 20)]


def test_a_bound_that_somebody_has_set_is_meant_as_it_stands() -> None:
    strict = Limits(max_deletes_per_run=0, max_clears_per_run=0, max_creates_per_run=0)
    assert brakes([drop(1)], linked=100_000, limits=strict) == [("delete", 1, 0)]
    assert brakes([clear(1)], linked=100_000, limits=strict) == [("clear", 1, 0)]
    assert brakes([make(1)], linked=100_000, limits=strict) == [("create", 1, 0)]


def test_only_what_was_there_can_be_cleared() -> None:
    assert brakes([clear(n) for n in range(101)]) == [("clear", 101, 100)]
    assert brakes([clear(n, None) for n in range(101)]) == []
    assert brakes([clear(n) for n in range(200)], linked=10_000) == []


def test_touching_a_fifth_of_all_links_is_asked_about() -> None:
    assert brakes([write(n) for n in range(500)], linked=500) == []
    assert brakes([write(n) for n in range(501)], linked=500) == [("touch", 501, 500)]
    assert brakes([write(n) for n in range(501)], linked=5_000) == []


def test_a_backfill_may_create_and_touch_but_not_delete() -> None:
    many = [*(make(n) for n in range(600)), *(write(n) for n in range(600)), *(drop(n) for n in range(11))]
    assert brakes(many) == [("delete", 11, 10), ("create", 600, 500), ("touch", 600, 500)]
    assert brakes(many, backfill=True) == [("delete", 11, 10)]


def test_a_side_that_seems_empty_is_asked_about_before_anything_is_done() -> None:
    assert brakes([], linked=11, lost=11) == [("emptied", 11, 10)]
    assert brakes([], linked=11, lost=10) == []
    assert brakes([], linked=10, lost=10) == [], "so few may well all have gone"


def test_kinds_and_sides_are_counted_apart() -> None:
    spread = [drop(n, side, kind) for n in range(10) for side in Side for kind in ("contacts", "deals")]
    assert brakes(spread) == []


# --- price -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("steps", "calls"),
    [
        pytest.param([write(n) for n in range(1_000)], Pair(0, 1), id="1,000 fast"),
        pytest.param([write(n) for n in range(1_001)], Pair(0, 2), id="1,001 fast"),
        pytest.param([write(n, guarded=True) for n in range(1_000)], Pair(0, 40), id="1,000 guarded"),
        pytest.param([write(n, HS) for n in range(1_000)], Pair(10 + 20, 0), id="1,000 in HubSpot, with the look back"),
        pytest.param([make(n, HS) for n in range(1_000)], Pair(10, 0), id="1,000 new in HubSpot"),
        pytest.param([make(n) for n in range(1_000)], Pair(0, 1), id="1,000 new in Salesforce"),
        pytest.param([drop(1), drop(1, HS)], Pair(1, 1), id="one deletion a side"),
        pytest.param([make(1, HS), make(1, HS, "deals")], Pair(2, 0), id="two objects share no call"),
        pytest.param([make(1), make(1, SF, "deals")], Pair(0, 2), id="two objects of Salesforce neither"),
        pytest.param(
            [write(1, guarded=True), other(2, guarded=True)], Pair(0, 1), id="but guarded writes of any object do"
        ),
        pytest.param([write(1), other(2)], Pair(0, 2), id="and others do not"),
        pytest.param([tie(1)], Pair(0, 1), id="one association"),
        pytest.param([], Pair(0, 0), id="nothing"),
    ],
)
def test_price(steps: list[Step], calls: Pair[int]) -> None:
    cost = count_calls(steps)
    assert cost.calls == calls
    assert sum(cost.by_step.values()) == cost.total == sum(calls)
