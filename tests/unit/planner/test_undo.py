"""Undo: earlier values come back on both sides, unless somebody has edited since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from tests.laws.laws import Edit, Pairing, agreed
from tests.laws.pair_world import DIRECTORY, MAPPING, NOON, REFS

from pasodoble.model.link import Base
from pasodoble.model.message import Message
from pasodoble.model.operation import Delete, Update
from pasodoble.model.ref import Ref
from pasodoble.model.side import Pair, Side
from pasodoble.model.trace import Change
from pasodoble.model.value import Value
from pasodoble.planner.undo import MADE, Undo, plan_undo
from pasodoble.ports import ChangeRow

START: list[Edit] = [
    (Side.HUBSPOT, "lastname", "Ana"),
    (Side.SALESFORCE, "prefer_sf", "first"),
    (Side.HUBSPOT, "phase", "new"),
]


def row(id: int, side: Side, key: str, before: Value, after: Value, reason: str = "rule.changed") -> ChangeRow:
    change = Change(side=side, key=key, field=key, before=before, after=after, reason=Message(reason), at=NOON)
    return ChangeRow(id=id, run_id=1, link_id=1, ref=REFS[side], change=change)


def synced(*edits: Edit) -> tuple[Pairing, list[ChangeRow]]:
    """The pair after the edits were synced, with the history of what we wrote."""
    rows: list[ChangeRow] = []
    pairing = agreed(START)
    for one in edits:
        pairing = pairing.perturb([one])
        for key, f in pairing.merge().decided.items():
            rows += [row(len(rows) + 1, s, key, f.before[s], f.after[s]) for s in Side if f.writes(s)]
        pairing = pairing.round()
    return pairing, rows


def undo(pairing: Pairing, rows: Sequence[ChangeRow], history: Sequence[ChangeRow] = ()) -> Undo:
    snapshots = pairing.twin.snapshots(pairing.at)
    return plan_undo(MAPPING, snapshots, pairing.base, rows, history=history, lookup=DIRECTORY)


def applied(pairing: Pairing, undone: Undo) -> Pairing:
    base = Base(fields=undone.base, seen=Pair("", ""), read_at=pairing.base.read_at)
    return Pairing(pairing.twin.apply(undone.steps, pairing.at), base, pairing.at)


def test_a_two_way_value_comes_back_on_both_sides_and_stays() -> None:
    pairing, rows = synced((Side.HUBSPOT, "lastname", "Bo"))
    undone = undo(pairing, rows)
    assert undone.refusals == ()
    after = applied(pairing, undone)
    assert after.twin.reads("lastname") == Pair("Ana", "Ana")
    assert after.steps() == []


def test_where_the_rule_would_bring_the_value_back_the_deciding_side_is_written_too() -> None:
    pairing, rows = synced((Side.SALESFORCE, "prefer_sf", "second"))
    assert [r.change.side for r in rows] == [Side.HUBSPOT]
    undone = undo(pairing, rows)
    assert {step.operation.ref.side for step in undone.steps if isinstance(step.operation, Update)} == set(Side)
    after = applied(pairing, undone)
    assert after.twin.reads("prefer_sf") == Pair("first", "first")
    assert after.steps() == []


def test_of_several_changes_the_value_before_the_first_comes_back() -> None:
    pairing, rows = synced(
        (Side.HUBSPOT, "lastname", "Bo"), (Side.SALESFORCE, "lastname", "Cy"), (Side.HUBSPOT, "lastname", "Di")
    )
    assert len(rows) == 3
    after = applied(pairing, undo(pairing, list(reversed(rows))))
    assert after.twin.reads("lastname").salesforce == "Ana"
    assert after.steps() == []


def test_what_is_said_differently_on_each_side_comes_back_in_each_sides_words() -> None:
    pairing, rows = synced((Side.SALESFORCE, "phase", "Open"))
    after = applied(pairing, undo(pairing, rows))
    assert after.twin.reads("phase") == Pair("new", "New")


def test_a_field_that_somebody_has_edited_since_is_refused_and_the_others_are_undone() -> None:
    pairing, rows = synced((Side.HUBSPOT, "lastname", "Bo"), (Side.HUBSPOT, "phase", "won"))
    for side in Side:
        edited = pairing.perturb([(side, "lastname", "Zoe")])
        undone = undo(edited, rows)
        (refusal,) = undone.refusals
        assert (refusal.key, refusal.reason.id) == ("lastname", "undo.edited_since")
        assert dict(refusal.reason.params)["side"] == side
        assert applied(edited, undone).twin.reads("phase") == Pair("new", "New")


def test_a_change_that_was_overtaken_by_a_later_edit_is_refused() -> None:
    pairing, rows = synced((Side.HUBSPOT, "lastname", "Bo"), (Side.HUBSPOT, "lastname", "Cy"))
    (refusal,) = undo(pairing, rows[:1]).refusals
    assert refusal.reason.id == "undo.edited_since"


def test_a_line_that_is_gone_is_refused() -> None:
    pairing, _ = synced()
    (refusal,) = undo(pairing, [row(1, Side.HUBSPOT, "shoe_size", "1", "2")]).refusals
    assert refusal.reason.id == "undo.not_mapped"


def test_a_field_that_may_not_be_written_is_refused() -> None:
    pairing = agreed([*START, (Side.SALESFORCE, "score", 7)])
    (refusal,) = undo(pairing, [row(1, Side.HUBSPOT, "score", "5", "7")]).refusals
    assert refusal.reason.id == "undo.would_come_back"


def test_an_undo_in_salesforce_never_goes_over_an_edit_made_at_the_same_moment() -> None:
    pairing, rows = synced((Side.HUBSPOT, "lastname", "Bo"))
    (update,) = (s.operation for s in undo(pairing, rows).steps if s.operation.ref.side is Side.SALESFORCE)  # type: ignore[union-attr]
    assert isinstance(update, Update)
    assert update.unless_modified_since == pairing.twin.modified_at.salesforce


def test_a_record_that_we_made_is_unmade_and_the_pair_given_up() -> None:
    pairing, _ = synced()
    undone = undo(pairing, [row(1, Side.SALESFORCE, "", None, None, MADE.id)])
    assert [step.operation for step in undone.steps] == [Delete(ref=REFS.salesforce)]
    assert undone.retires


def test_a_record_that_we_made_and_somebody_has_edited_stays() -> None:
    pairing, _ = synced()
    edited = pairing.perturb([(Side.SALESFORCE, "lastname", "Zoe")])
    undone = undo(edited, [row(1, Side.SALESFORCE, "", None, None, MADE.id)])
    assert undone.steps == ()
    assert [r.reason.id for r in undone.refusals] == ["undo.record_edited_since"]


def test_a_record_that_we_made_and_somebody_edited_stays_though_the_edit_was_carried_over() -> None:
    pairing, _ = synced()
    made = row(1, Side.SALESFORCE, "", None, None, MADE.id)
    carried = row(2, Side.HUBSPOT, "lastname", "Ruiz", "Zoe")
    undone = undo(pairing, [made], history=[made, carried])
    assert undone.steps == ()
    assert [r.reason.id for r in undone.refusals] == ["undo.record_edited_since"]
    default = row(2, Side.HUBSPOT, "lastname", None, "Zoe")
    assert undo(pairing, [made], history=[made, default]).retires, "what the vendor fills in is nobody's edit"


def test_a_lead_that_we_made_and_somebody_converted_is_not_deleted_as_its_contact() -> None:
    pairing, _ = synced()
    made = replace(row(1, Side.SALESFORCE, "", None, None, MADE.id), ref=Ref(Side.SALESFORCE, "Lead", "00Q"))
    undone = undo(pairing, [made])
    assert undone.steps == ()
    assert [r.reason.id for r in undone.refusals] == ["undo.became_another"]


def test_a_deletion_cannot_be_undone() -> None:
    pairing, _ = synced()
    undone = undo(pairing, [row(1, Side.SALESFORCE, "", None, None, "history.deleted")])
    assert [r.reason.id for r in undone.refusals] == ["undo.cannot_restore"]


@pytest.mark.parametrize(
    ("field", "reason"),
    [("association:Contact", "undo.association"), ("partner", "undo.pairing"), ("", "undo.cannot_restore")],
)
def test_what_was_done_to_a_whole_record_says_precisely_why_it_is_not_undone(field: str, reason: str) -> None:
    pairing, _ = synced()
    told = row(1, Side.SALESFORCE, "", None, "salesforce:Contact:003")
    undone = undo(pairing, [replace(told, change=replace(told.change, field=field))])
    assert undone.steps == () and [r.reason.id for r in undone.refusals] == [reason]
