"""What merges, new records and deletions come to."""

from __future__ import annotations

from dataclasses import replace

from tests.laws.laws import Pairing, agreed
from tests.laws.pair_world import ANA, DIRECTORY, MAPPING, NOON, REFS, ROWS, Row, make_mapping

from pasodoble.model.message import Message
from pasodoble.model.operation import Associate, Create, Delete, Update
from pasodoble.model.record import Snapshot
from pasodoble.model.ref import Ref
from pasodoble.model.rule import UpdateRule
from pasodoble.model.settings import Guard
from pasodoble.model.side import Pair, Side
from pasodoble.model.value import Raw
from pasodoble.planner.plan import (
    base_of_create,
    is_guarded,
    make_key,
    make_plan,
    parse_key,
    plan_create,
    plan_delete,
    plan_ties,
    plan_update,
    without_fields,
)
from pasodoble.reconcile.ties import Tie, TieMerge

START = [
    (Side.HUBSPOT, "lastname", "Ana"),
    (Side.HUBSPOT, "email", "ana@example.com"),
    (Side.SALESFORCE, "prefer_sf", "x"),
]


def steps(pairing: Pairing, guard: Guard = Guard.STRICT) -> list[Update]:
    found = plan_update(MAPPING, pairing.merge(), pairing.twin.snapshots(pairing.at), guard=guard)
    return [step.operation for step in found if isinstance(step.operation, Update)]


def contact(**fields: Raw) -> Snapshot:
    blank: dict[str, Raw] = {row.names.hubspot: None for row in ROWS}
    return Snapshot(ref=REFS.hubspot, fields={**blank, **fields}, modified_at=NOON, seen_at=NOON)


def create(snapshot: Snapshot, **more: object) -> Create:
    draft = plan_create(MAPPING, snapshot, "key", natural="email", lookup=DIRECTORY, **more)  # type: ignore[arg-type]
    assert draft.step is not None
    assert isinstance(draft.step.operation, Create)
    return draft.step.operation


def test_an_update_holds_only_what_changes_with_its_reason_and_what_was_there() -> None:
    edited = agreed(START).perturb([(Side.HUBSPOT, "lastname", "Bo")])
    (step,) = plan_update(MAPPING, edited.merge(), edited.twin.snapshots(edited.at))
    assert isinstance(step.operation, Update)
    assert step.operation.ref == REFS.salesforce
    assert step.operation.fields == {"Lastname__c": "Bo"}
    assert step.before == {"Lastname__c": "Ana"}
    assert step.why == {"lastname": Message.of("rule.changed", side=Side.HUBSPOT)}


def test_a_value_is_sent_as_its_source_spells_it_where_that_reads_the_same() -> None:
    edited = agreed(START).perturb([(Side.SALESFORCE, "email", "Bo@Example.com")])
    (update,) = steps(edited)
    assert update.fields == {"email": "Bo@Example.com"}


def test_a_blank_clears() -> None:
    edited = agreed(START).perturb([(Side.SALESFORCE, "prefer_sf", None)])
    (update,) = steps(edited)
    assert update.fields == {"prefer_sf": None}


def test_one_update_a_side_and_none_where_all_is_well() -> None:
    assert steps(agreed(START)) == []
    edited = agreed(START).perturb([(Side.HUBSPOT, "lastname", "Bo"), (Side.SALESFORCE, "prefer_sf", "y")])
    assert [update.ref for update in steps(edited)] == [REFS.hubspot, REFS.salesforce]


def test_a_write_that_an_edit_could_meet_is_guarded_under_strict() -> None:
    edited = agreed(START).perturb([(Side.HUBSPOT, "lastname", "Bo")])
    assert steps(edited)[0].unless_modified_since == edited.twin.modified_at.salesforce
    assert steps(edited, Guard.FAST)[0].unless_modified_since is None


def test_a_write_over_which_salesforce_has_no_say_is_not_guarded() -> None:
    edited = agreed(START).perturb([(Side.HUBSPOT, "always_hs", "Bo")])
    assert steps(edited)[0].unless_modified_since is None


def test_hubspot_is_never_guarded_for_it_knows_no_condition() -> None:
    edited = agreed(START).perturb([(Side.SALESFORCE, "lastname", "Bo")])
    (update,) = steps(edited)
    assert update.ref.side is Side.HUBSPOT
    assert update.unless_modified_since is None


def test_which_lines_are_guarded_follows_from_who_may_edit_them() -> None:
    guarded = {line.key for line in MAPPING.lines if is_guarded(line, Side.SALESFORCE)}
    assert guarded == {row.key for row in ROWS} - {"prefer_hs", "always_hs", "secret"}


# --- creates ---------------------------------------------------------------------------------------------------------


def test_a_new_record_holds_what_the_rules_let_across() -> None:
    made = create(
        contact(email="Ana@example.com", lastname="Ana", prefer_sf="a", prefer_hs="b", always_hs="c", always_sf="d", secret="e", amount="12.345", phase="open", owner="7")
    )  # fmt: skip
    assert made.fields == {
        "Email__c": "Ana@example.com",
        "Lastname__c": "Ana",
        "PreferSf__c": "a",
        "PreferHs__c": "b",
        "AlwaysHs__c": "c",
        "Amount__c": 12.35,
        "Phase__c": "Open",
        "Owner__c": ANA,
    }
    assert (made.side, made.object, made.key, made.of) == (Side.SALESFORCE, "Lead", "key", REFS.hubspot)
    assert made.natural == ("Email__c", "Ana@example.com")


def test_an_owner_without_a_match_is_left_to_salesforce() -> None:
    draft = plan_create(MAPPING, contact(lastname="Ana", owner="9"), "key", lookup=DIRECTORY)
    assert draft.problems == ()
    assert draft.step is not None


def test_m09_a_new_record_is_given_its_owner_whatever_the_owners_rule_unless_it_is_not_synced() -> None:
    def owner_under(rule: UpdateRule) -> Raw:
        rows = [replace(row, rule=rule) if row.key == "owner" else row for row in ROWS]
        draft = plan_create(make_mapping(rows), contact(lastname="Ana", owner="7"), "key", lookup=DIRECTORY)
        assert draft.step is not None
        assert isinstance(draft.step.operation, Create)
        return draft.step.operation.fields.get("Owner__c")

    assert owner_under(UpdateRule.ALWAYS_SALESFORCE) == ANA
    assert owner_under(UpdateRule.DONT_SYNC) is None


def test_a_bad_value_is_left_out_and_told_and_the_record_is_made() -> None:
    draft = plan_create(MAPPING, contact(lastname="Ana", phase="unheard of", amount="many"), "key")
    assert draft.step is not None
    assert isinstance(draft.step.operation, Create)
    assert set(draft.step.operation.fields) == {"Lastname__c"}
    assert sorted((p.cause, p.side, p.fields) for p in draft.problems) == [
        ("picklist.value_missing", Side.SALESFORCE, ("Phase__c",)),
        ("value.invalid_number", Side.HUBSPOT, ("amount",)),
    ]


def test_c_12_a_required_field_that_is_blank_is_a_problem_unless_a_placeholder_is_set() -> None:
    draft = plan_create(MAPPING, contact(email="ana@example.com"), "key")
    assert draft.step is None
    (problem,) = draft.problems
    assert (problem.cause, problem.side, problem.fields) == (
        "value.required_missing",
        Side.SALESFORCE,
        ("Lastname__c",),
    )
    made = create(contact(email="ana@example.com"), placeholder={"Lastname__c": "-"})
    assert made.fields["Lastname__c"] == "-"


def test_a_required_field_is_given_even_where_salesforce_will_lead() -> None:
    rows = (Row("lastname", UpdateRule.ALWAYS_SALESFORCE, of_field={"required": True}),)
    draft = plan_create(make_mapping(rows), contact(lastname="Ana"), "key")
    assert draft.step is not None
    assert isinstance(draft.step.operation, Create)
    assert draft.step.operation.fields == {"Lastname__c": "Ana"}


def test_a_contact_is_made_of_a_lead_as_well() -> None:
    blank: dict[str, Raw] = {row.names.salesforce: None for row in ROWS}
    lead = Snapshot(
        ref=REFS.salesforce, fields={**blank, "Email__c": "A@x.org", "Ticked__c": True}, modified_at=NOON, seen_at=NOON
    )
    draft = plan_create(MAPPING, lead, "key", natural="email")
    assert draft.step is not None
    assert isinstance(draft.step.operation, Create)
    assert draft.step.operation.side is Side.HUBSPOT
    assert draft.step.operation.fields == {"email": "A@x.org", "ticked": "true"}


def test_the_base_of_a_new_pair_is_what_was_sent_so_that_an_edit_since_is_an_edit() -> None:
    snapshot = contact(email="ana@example.com", lastname="Ana", phase="open")
    made = create(snapshot)
    base = base_of_create(MAPPING, Side.SALESFORCE, made.fields, lookup=DIRECTORY)
    assert base.fields["phase"] == Pair("open", "Open")
    assert base.fields["lastname"] == Pair("Ana", "Ana")
    assert "prefer_sf" not in base.fields, "what was not sent is for the vendor to fill, and to bring back"


# --- keys, deletes, plans --------------------------------------------------------------------------------------------


def test_a_key_is_the_same_wherever_it_is_made_and_tells_for_whom() -> None:
    ref = Ref(Side.SALESFORCE, "Lead", "00Q1")
    key = make_key(ref, "00D1")
    assert key == make_key(Ref(Side.SALESFORCE, "Lead", "00Q1"), "00D1")
    assert parse_key(key) == ref
    others = {
        make_key(ref, "00D2"),
        make_key(Ref(Side.SALESFORCE, "Contact", "00Q1"), "00D1"),
        make_key(REFS.hubspot, "1"),
    }
    assert len(others | {key}) == 4


def test_a_strangers_key_is_nobodys() -> None:
    assert [parse_key(text) for text in ("", "x", "p0:hubspot:1:contacts:2", "p1:saturn:1:contacts:2", "p1:hubspot:1")] == [None] * 5  # fmt: skip


def test_a_deletion_keeps_what_is_deleted() -> None:
    step = plan_delete("contacts", REFS.hubspot, Message("presence.delete_follows"), contact(lastname="Ana"))
    assert step.operation == Delete(ref=REFS.hubspot)
    assert step.before["lastname"] == "Ana"
    assert step.why[""].id == "presence.delete_follows"


def test_refused_fields_can_be_left_out_of_a_step() -> None:
    edited = agreed(START).perturb([(Side.HUBSPOT, "lastname", "Bo"), (Side.HUBSPOT, "email", "bo@example.com")])
    (step,) = plan_update(MAPPING, edited.merge(), edited.twin.snapshots(edited.at))
    rest = without_fields(step, ["Email__c"])
    assert rest is not None
    assert isinstance(rest.operation, Update)
    assert rest.operation.fields == {"Lastname__c": "Bo"}
    assert set(rest.before) == {"Lastname__c"}
    assert without_fields(step, ["Email__c", "Lastname__c"]) is None
    deletion = plan_delete("contacts", REFS.hubspot, Message("x"))
    assert without_fields(deletion, ["Email__c"]) == deletion


def test_ties_are_made_and_cut_on_the_side_that_lacks_or_has_them() -> None:
    company = Pair(Ref(Side.HUBSPOT, "companies", "5"), Ref(Side.SALESFORCE, "Account", "001"))
    other = Pair(Ref(Side.HUBSPOT, "companies", "6"), Ref(Side.SALESFORCE, "Account", "002"))
    merge = TieMerge(add=Pair((), (Tie(company, "Buyer"),)), remove=Pair((Tie(other),), ()), base=())
    assert [step.operation for step in plan_ties("deals", REFS, merge)] == [
        Associate(ref=REFS.hubspot, to=other.hubspot, remove=True),
        Associate(ref=REFS.salesforce, to=company.salesforce, label="Buyer"),
    ]


def test_an_empty_plan_costs_nothing() -> None:
    plan = make_plan([])
    assert plan.empty
    assert plan.cost.total == 0
    assert plan.brakes == ()


def test_a_plan_in_which_something_is_too_much_has_a_brake_on() -> None:
    many = [plan_delete("contacts", replace(REFS.hubspot, id=str(n)), Message("x")) for n in range(11)]
    (brake,) = make_plan(many).brakes
    assert (brake.what, brake.count, brake.allowed) == ("delete", 11, 10)
    assert brake.message.id == "brake.delete"
