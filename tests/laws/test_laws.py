"""The laws of the core (STYLE, section 10), on cases that are made by agreeing on a base first and perturbing it twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.laws import laws
from tests.laws.pair_world import ANA, BO, MAPPING, NOBODY, NOON, ROWS

from pasodoble.model.record import Loss
from pasodoble.model.rule import Policy, UpdateRule
from pasodoble.model.schema import Family
from pasodoble.model.settings import OnDelete
from pasodoble.model.side import Pair, Side
from pasodoble.model.signal import SignalKind
from pasodoble.model.value import MISSING, Raw, Value
from pasodoble.reconcile.field import Field
from pasodoble.reconcile.merge import diff_field
from pasodoble.reconcile.policy import Arbiter, Span

SIDES = st.sampled_from(list(Side))

NAMES = [None, "", "Ana", " Ana ", "Bo", "Ångström"]
TEXTS = st.sampled_from([*NAMES, "a name that is too long for Salesforce"])
RAWS: dict[Family, tuple[st.SearchStrategy[Raw], st.SearchStrategy[Raw]]] = {
    Family.TEXT: (TEXTS, st.sampled_from(NAMES)),
    Family.EMAIL: (st.sampled_from([None, "ana@example.com", "bo@example.com"]), st.sampled_from([None, "Ana@Example.com", "bo@example.com"])),
    Family.NUMBER: (st.sampled_from([None, "12.345", "12.35", "7", "7.0", "0"]), st.sampled_from([None, 12.35, 7, 0.5, 0])),
    Family.DATE: (st.sampled_from([None, "2026-03-01", "2026-03-02"]), st.none()),
    Family.MOMENT: (st.none(), st.sampled_from([None, "2026-03-01T00:00:00.000+0000", "2026-03-01T15:30:00.000+0000", "2026-03-02T00:00:00.000+0000"])),
    Family.FLAG: (st.sampled_from([None, "true", "false", ""]), st.booleans()),
    Family.CHOICE: (st.sampled_from([None, "new", "open", "won", "lost"]), st.sampled_from([None, "New", "Open", "Won", "Lost"])),
    Family.OWNER: (st.sampled_from([None, "7", "8", "9"]), st.sampled_from([ANA, BO, NOBODY])),
}  # fmt: skip
"""By family, the raw values that HubSpot and Salesforce may hold: enough alike to meet, enough apart to clash."""


@st.composite
def edit(draw: st.DrawFn) -> laws.Edit:
    row = draw(st.sampled_from([row for row in ROWS if row.key in MAPPING.by_key]))
    side = draw(SIDES)
    return side, row.key, draw(RAWS[row.families[side]][0 if side is Side.HUBSPOT else 1])


STARTS = st.lists(edit(), max_size=10)
EDITS = st.lists(edit(), min_size=1, max_size=6)

HIDDEN = st.lists(st.tuples(SIDES, st.sampled_from(list(MAPPING.by_key))), min_size=1, max_size=3)
SMALL: st.SearchStrategy[Value] = st.sampled_from([None, "a", "b", "c"])


CROSSINGS: tuple[Callable[[Value], Value], ...] = (
    lambda value: value,
    lambda value: None if value is None else MISSING,
    lambda value: "a" if value == "b" else value,
)
"""Ways for a value to cross: as it is; not at all; with a loss."""


@st.composite
def field(draw: st.DrawFn) -> Field:
    """A field as no mapping need ever make it: any rule, values, base, times, rights and laws."""
    policy = draw(st.sampled_from(list(Policy)))
    flags = policy is Policy.OPT_OUT
    stages: st.SearchStrategy[Value] = st.sampled_from(["lead", "opportunity", "customer", "own_stage"])
    values = st.booleans() if flags else stages if policy is Policy.STAGE else SMALL
    pairs = st.builds(Pair, values, values)
    now = draw(pairs)
    crossings = st.sampled_from(CROSSINGS[:2] if flags else CROSSINGS)
    carried = Pair(draw(crossings)(now.hubspot), draw(crossings)(now.salesforce))
    base = draw(st.one_of(st.none(), pairs))
    span = st.one_of(st.none(), st.integers(0, 5).map(lambda s: Span.at(NOON + timedelta(seconds=s))))
    blocked = st.sampled_from(["", "value.too_long"])
    bools = st.builds(Pair, st.booleans(), st.booleans())
    return Field(
        key="x",
        names=Pair("x", "X__c"),
        rule=draw(st.sampled_from(list(UpdateRule))),
        now=now,
        held=draw(st.one_of(st.just(now), pairs)),
        carried=carried,
        base=base,
        changed=diff_field(base, now, draw(bools)),
        changed_at=draw(st.builds(Pair, span, span)),
        obstacle=draw(st.builds(Pair, blocked, blocked)),
        writable=draw(bools),
        policy=policy,
        dormant=draw(st.booleans()),
    )


ARBITERS = st.builds(Arbiter, winner=st.sampled_from([None, *Side]), marketing=SIDES)
fast = settings(max_examples=150, deadline=None)


@fast
@given(STARTS)
def test_law_1_quiet(start: list[laws.Edit]) -> None:
    laws.quiet(start)


@fast
@given(STARTS, EDITS)
def test_law_1_the_short_way_is_the_long_way(start: list[laws.Edit], edits: list[laws.Edit]) -> None:
    laws.short_way_is_the_long_way(start, edits)


@fast
@given(STARTS, EDITS)
def test_law_2_settles(start: list[laws.Edit], edits: list[laws.Edit]) -> None:
    laws.settles(start, edits)


@fast
@given(STARTS, EDITS)
def test_law_3_no_lost_edit(start: list[laws.Edit], edits: list[laws.Edit]) -> None:
    laws.no_lost_edit(start, edits)


@fast
@given(STARTS, EDITS)
def test_law_3_special_fields_keep_their_own_laws(start: list[laws.Edit], edits: list[laws.Edit]) -> None:
    laws.special_laws(start, edits)


@fast
@given(STARTS, EDITS, HIDDEN)
def test_law_3_what_is_not_given_is_not_blank(
    start: list[laws.Edit], edits: list[laws.Edit], hidden: list[tuple[Side, str]]
) -> None:
    laws.not_given_is_not_blank(start, edits, hidden)


@fast
@given(STARTS, EDITS)
def test_law_3_writes_keep_to_their_direction(start: list[laws.Edit], edits: list[laws.Edit]) -> None:
    laws.direction(start, edits)


@given(st.sampled_from(["Ana", "Bo", "sf"]), st.booleans(), SIDES)
def test_law_3_an_edit_under_our_own_write_is_found(value: str, later: bool, winner: Side) -> None:
    laws.covered_edit_is_found(value, later=later, winner=winner)


@given(SIDES, st.booleans(), st.booleans(), st.sampled_from(list(Loss)), st.sampled_from(list(OnDelete)))
def test_law_3_an_edited_record_outlives_a_deletion(
    side: Side, edited: bool, confirmed: bool, how: Loss, then: OnDelete
) -> None:
    laws.edit_outlives_deletion(side, edited=edited, confirmed=confirmed, how=how, then=then)


@settings(max_examples=800, deadline=None)
@given(field(), ARBITERS)
def test_law_4_mirror(one: Field, arbiter: Arbiter) -> None:
    laws.mirror(one, arbiter)


@fast
@given(STARTS, EDITS, SIDES)
def test_law_5_a_conflict_stays(start: list[laws.Edit], edits: list[laws.Edit], chosen: Side) -> None:
    laws.conflict_stays(start, edits, chosen)


@fast
@given(STARTS, EDITS, st.integers(0, 1000))
def test_law_6_order(start: list[laws.Edit], edits: list[laws.Edit], seed: int) -> None:
    laws.order_does_not_matter(start, edits, seed)


@fast
@given(STARTS, EDITS)
def test_law_7_echo(start: list[laws.Edit], edits: list[laws.Edit]) -> None:
    laws.echo(start, edits)


@given(st.sampled_from(["old", "older", "new"]))
def test_law_7_our_own_late_write_is_mended(stale: str) -> None:
    laws.stray_write_is_mended(stale)


@given(st.sampled_from(list(SignalKind)), SIDES, st.lists(st.sampled_from(["lastname", "Lastname__c", "zip"])))
def test_law_7_our_own_signal_is_no_trigger(kind: SignalKind, side: Side, fields: list[str]) -> None:
    laws.own_signal_is_no_trigger(kind, side, fields)


@settings(max_examples=500, deadline=None)
@given(edit())
def test_law_8_round_trip(one: laws.Edit) -> None:
    side, key, raw = one
    laws.round_trip(key, side, raw)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 60), st.integers(0, 250), st.sampled_from([0, 10, 100, 1000, 2000, 5000, 10_000]))
def test_law_9_brakes(deletes: int, clears: int, linked: int) -> None:
    laws.brakes_hold(deletes, clears, linked)
