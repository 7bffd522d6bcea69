"""The whole decision table: every base, pair of values, rule, order of changes and tie-break, against a second writing of it.

The oracle below is the published table, row by row, as sentences about a situation; it knows nothing of how `merge_field`
is built. Each situation must fall under exactly one row, so the oracle also proves that the table has no hole and no overlap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from pasodoble.model.rule import UpdateRule
from pasodoble.model.side import Pair, Side
from pasodoble.model.value import MISSING, Value
from pasodoble.model.verdict import Conflict, Keep, Take, Verdict
from pasodoble.reconcile.merge import diff_field, merge_field
from pasodoble.reconcile.policy import MIRROR, Arbiter, Span

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
VALUES: tuple[Value, ...] = (None, "a", "b", "c")
ORDERS = ("hubspot later", "salesforce later", "within skew", "one unknown", "both unknown")


@dataclass(frozen=True)
class Situation:
    """What the table speaks of, with Salesforce as the side that leads. A mirrored rule is told with the sides swapped."""

    rule: UpdateRule
    base: Pair[Value] | None
    hubspot: Value
    salesforce: Value
    order: str
    winner: Side

    @property
    def d_h(self) -> bool:
        return self.base is not None and self.hubspot != self.base.hubspot

    @property
    def d_s(self) -> bool:
        return self.base is not None and self.salesforce != self.base.salesforce

    @property
    def h(self) -> bool:
        return self.hubspot is not None

    @property
    def s(self) -> bool:
        return self.salesforce is not None

    @property
    def equal(self) -> bool:
        return self.hubspot == self.salesforce

    @property
    def later(self) -> str:
        if self.order == "hubspot later":
            return "S := H"
        if self.order == "salesforce later":
            return "H := S"
        return self.configured

    @property
    def configured(self) -> str:
        return "S := H" if self.winner is Side.HUBSPOT else "H := S"


Row = tuple[str, Callable[[Situation], bool], str, Callable[[Situation], bool]]

YES, NO = (lambda q: True), (lambda q: False)

TWO_WAY: tuple[Row, ...] = (
    ("no base: one side blank", lambda q: not q.base and not q.equal and not (q.h and q.s), "fill", NO),
    ("no base: both non-blank, different", lambda q: not q.base and not q.equal and q.h and q.s, "later", YES),
    ("equal", lambda q: q.equal, "nothing", NO),
    ("only dH", lambda q: bool(q.base) and not q.equal and q.d_h and not q.d_s, "S := H", NO),
    ("only dS", lambda q: bool(q.base) and not q.equal and q.d_s and not q.d_h, "H := S", NO),
    ("both, different", lambda q: bool(q.base) and not q.equal and q.d_h and q.d_s, "later", YES),
    ("neither, unequal", lambda q: bool(q.base) and not q.equal and not q.d_h and not q.d_s, "configured", YES),
)
PREFER: tuple[Row, ...] = (
    ("no base: one side blank", lambda q: not q.base and not q.equal and not (q.h and q.s), "fill", NO),
    ("no base: both non-blank, different", lambda q: not q.base and not q.equal and q.h and q.s, "H := S", YES),
    ("equal", lambda q: q.equal, "nothing", NO),
    ("S non-blank", lambda q: bool(q.base) and not q.equal and q.s, "H := S", lambda q: q.d_h),
    ("S blank by dS, not dH", lambda q: bool(q.base) and not q.equal and not q.s and q.d_s and not q.d_h, "H := S", NO),
    ("S blank by dS, and dH", lambda q: bool(q.base) and not q.equal and not q.s and q.d_s and q.d_h, "later", YES),
    ("S blank, unchanged", lambda q: bool(q.base) and not q.equal and not q.s and not q.d_s, "S := H", NO),
)
ALWAYS: tuple[Row, ...] = (
    ("no base: S blank", lambda q: not q.base and not q.equal and not q.s, "nothing", NO),
    ("no base: H blank", lambda q: not q.base and not q.equal and not q.h, "H := S", NO),
    ("no base: both non-blank, different", lambda q: not q.base and not q.equal and q.h and q.s, "H := S", YES),
    ("equal", lambda q: q.equal, "nothing", NO),
    ("S non-blank", lambda q: bool(q.base) and not q.equal and q.s, "H := S", lambda q: q.d_h),
    ("S became blank", lambda q: bool(q.base) and not q.equal and not q.s and q.d_s, "H := S", lambda q: q.d_h),
    ("S blank, unchanged", lambda q: bool(q.base) and not q.equal and not q.s and not q.d_s, "nothing", NO),
)
DONT: tuple[Row, ...] = (("whatever", YES, "nothing", NO),)

TABLE = {
    UpdateRule.TWO_WAY: TWO_WAY,
    UpdateRule.PREFER_SALESFORCE: PREFER,
    UpdateRule.ALWAYS_SALESFORCE: ALWAYS,
    UpdateRule.DONT_SYNC: DONT,
}
RESULTS: dict[str, Callable[[Situation], str]] = {
    "nothing": lambda q: "nothing",
    "S := H": lambda q: "S := H",
    "H := S": lambda q: "H := S",
    "fill": lambda q: "S := H" if q.h else "H := S",
    "later": lambda q: q.later,
    "configured": lambda q: q.configured,
}


def consult(q: Situation) -> tuple[str, bool]:
    """The table's answer: what is written, and whether a conflict row is due."""
    rows = [row for row in TABLE[q.rule] if row[1](q)]
    assert len(rows) == 1, (q, [row[0] for row in rows])
    _, _, result, conflict = rows[0]
    return RESULTS[result](q), conflict(q)


def situations() -> Iterator[Situation]:
    bases = [None, *(Pair(h, s) for h, s in product(VALUES, VALUES))]
    for rule, base, hubspot, salesforce, order, winner in product(TABLE, bases, VALUES, VALUES, ORDERS, Side):
        yield Situation(rule, base, hubspot, salesforce, order, winner)


def spans(order: str) -> Pair[Span | None]:
    early, late = Span.at(NOON), Span.at(NOON + timedelta(minutes=1))
    return {
        "hubspot later": Pair(late, early),
        "salesforce later": Pair(early, late),
        "within skew": Pair(Span.at(NOON + timedelta(milliseconds=900)), early),
        "one unknown": Pair(late, None),
        "both unknown": Pair(None, None),
    }[order]


def told(verdict: Verdict) -> tuple[str, bool]:
    match verdict:
        case Keep():
            return "nothing", False
        case Take(side=side, contested=contested):
            return ("S := H" if side is Side.HUBSPOT else "H := S"), contested
        case Conflict():
            return "a person", True


def decide(q: Situation) -> Verdict:
    now = Pair(q.hubspot, q.salesforce)
    carried = now  # the same spelling on both sides
    return merge_field(
        q.rule, now, carried, diff_field(q.base, now), changed_at=spans(q.order), arbiter=Arbiter(winner=q.winner)
    )


def mirrored(q: Situation) -> Verdict:
    """The same situation with the sides' parts exchanged, under the mirrored rule."""
    now = Pair(q.salesforce, q.hubspot)
    base = None if q.base is None else q.base.swapped()
    return merge_field(
        MIRROR[q.rule],
        now,
        now,
        diff_field(base, now),
        changed_at=spans(q.order).swapped(),
        arbiter=Arbiter(winner=q.winner.other),
    )


def test_every_case_is_decided_as_the_table_says() -> None:
    count = 0
    for q in situations():
        assert told(decide(q)) == consult(q), q
        count += 1
    assert count == 4 * 17 * 16 * 5 * 2


def test_the_mirrored_rules_follow_the_mirrored_table() -> None:
    swap = {"S := H": "H := S", "H := S": "S := H", "nothing": "nothing"}
    for q in situations():
        result, conflict = consult(q)
        assert told(mirrored(q)) == (swap[result], conflict), q


def test_a_value_that_is_not_known_is_never_a_reason_to_write() -> None:
    known: tuple[Value, ...] = (*VALUES, MISSING)
    for rule, base, h, s in product(UpdateRule, [None, *(Pair(x, y) for x, y in product(known, known))], known, known):
        if MISSING in (h, s):
            now = Pair(h, s)
            assert isinstance(merge_field(rule, now, now, diff_field(base, now)), Keep)


def test_a_base_that_is_not_known_on_a_side_counts_as_none() -> None:
    assert diff_field(Pair(MISSING, "a"), Pair("b", "a")) is None
    assert diff_field(None, Pair("b", "a")) is None


def test_with_nobody_to_prefer_a_person_is_asked_in_every_case_that_time_cannot_decide() -> None:
    for q in situations():
        now = Pair(q.hubspot, q.salesforce)
        verdict = merge_field(
            q.rule, now, now, diff_field(q.base, now), changed_at=spans(q.order), arbiter=Arbiter(winner=None)
        )
        if isinstance(verdict, Conflict):
            assert consult(q)[1]
        else:
            assert told(verdict) == consult(q)


@pytest.mark.parametrize(
    ("now", "carried"),
    [
        pytest.param(Pair("12.345", "12.35"), Pair("12.35", "12.35"), id="the poorer side rounds"),
        pytest.param(
            Pair("2026-03-01", "2026-03-01T12:00:00Z"), Pair("2026-03-01T00:00:00Z", "2026-03-01"), id="a day"
        ),
        pytest.param(Pair(None, False), Pair(False, False), id="a checkbox has no blank"),
    ],
)
def test_what_the_poorer_side_cannot_hold_is_no_difference(now: Pair[Value], carried: Pair[Value]) -> None:
    for rule in set(UpdateRule) - {UpdateRule.DONT_SYNC}:
        for changed in (None, *(Pair(h, s) for h, s in product((True, False), repeat=2))):
            assert isinstance(merge_field(rule, now, carried, changed), Keep)


def test_values_that_cannot_be_carried_never_count_as_agreeing() -> None:
    now, nowhere = Pair("x", "y"), Pair(MISSING, MISSING)
    assert isinstance(merge_field(UpdateRule.TWO_WAY, now, nowhere, Pair(True, False)), Take)


def test_our_own_write_that_landed_late_is_not_taken_for_an_edit() -> None:
    base, now = Pair("new", "new"), Pair("old", "new")
    changed = diff_field(base, now, ours=Pair(True, False))
    assert merge_field(UpdateRule.TWO_WAY, now, now, changed) == merge_field(
        UpdateRule.TWO_WAY, now, now, Pair(False, True)
    )
    assert told(merge_field(UpdateRule.TWO_WAY, now, now, changed)) == ("H := S", False)
    cleared = Pair("old", None)
    stray = diff_field(Pair(None, None), cleared, ours=Pair(True, False))
    assert told(merge_field(UpdateRule.PREFER_SALESFORCE, cleared, cleared, stray)) == ("H := S", False)


def test_a_record_stamp_that_only_bounds_the_change_decides_where_it_can() -> None:
    within = Span(NOON, NOON + timedelta(minutes=5))
    after, amid = Span.at(NOON + timedelta(minutes=6)), Span.at(NOON + timedelta(minutes=2))
    assert Arbiter().find_later(Pair(after, within)) is Side.HUBSPOT
    assert Arbiter().find_later(Pair(amid, within)) is None
    assert Arbiter().find_later(Pair(Span.at(NOON - timedelta(minutes=1)), within)) is Side.SALESFORCE
