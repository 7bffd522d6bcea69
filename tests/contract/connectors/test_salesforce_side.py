"""What only Salesforce does: conversion, rules, rights, sessions, rows that tie records together."""

from __future__ import annotations

from typing import Any

import pytest
from sides import InProcess, OpenBudget, SalesforceWorld

from pasodoble.connectors.salesforce.connector import SalesforceConnector
from pasodoble.errors import AuthLapsed, Unsupported
from pasodoble.model.operation import Associate, Create, Delete, Operation, Update
from pasodoble.model.outcome import Applied, Deferred, Exists, Outcome, Refused, Stale
from pasodoble.model.record import Gone, Loss, Snapshot
from pasodoble.model.ref import Ref
from pasodoble.model.schema import Family
from pasodoble.model.settings import SalesforceAccess
from pasodoble.model.side import Side
from pasodoble.model.value import Raw
from pasodoble.simulators.salesforce.conversion import Conversion, convert_lead
from pasodoble.simulators.salesforce.settings import Access, AssignmentRule, DuplicateRule, ValidationRule
from pasodoble.simulators.salesforce.writes import Writer as OrgWriter


def person(key: str, object: str = "Contact", **fields: Raw) -> Create:
    natural = ("Email", str(fields["Email"])) if "Email" in fields else None
    of = Ref(Side.HUBSPOT, "contacts", key)
    return Create(
        side=Side.SALESFORCE, object=object, fields={"LastName": "Roe"} | fields, key=key, of=of, natural=natural
    )


def convert(org: SalesforceWorld, lead: Ref) -> Ref:
    with org.org.transaction(org.user_id) as work:
        done = convert_lead(OrgWriter(work, org.org.view(org.user_id)), Conversion(lead_id=lead.id))
    return Ref(Side.SALESFORCE, "Contact", done.contact_id)


def causes(outcomes: list[Outcome]) -> list[str]:
    return [outcome.problem.cause if isinstance(outcome, Refused | Deferred) else "" for outcome in outcomes]


async def test_converted_lead_leads_to_its_contact_in_a_read_a_look_and_a_write(org: SalesforceWorld) -> None:
    lead = org.put_other("Lead", LastName="Roe", Company="Acme", Email="ana@acme.example")
    other = org.put_other("Lead", LastName="Poe", Company="Acme", Email="leo@acme.example")
    pages = [page async for page in org.connector.read_changes("Lead", ["Email"], None)]
    org.sim.advance(3600)
    contact = convert(org, lead)
    org.sim.advance(60)

    gone = (await org.connector.read([lead, other], ["Email"]))[lead]
    assert gone == Gone(ref=lead, how=Loss.CONVERTED, seen_at=gone.seen_at, into=contact)
    found = await org.connector.find("Lead", "Email", ["ana@acme.example", "leo@acme.example"], [])
    assert [snap.ref for snap in found] == [other]
    look = [page async for page in org.connector.read_changes("Lead", ["Email"], pages[-1].cursor)]
    assert [one.into for page in look for one in page.gone] == [contact]
    assert await org.connector.write([Update(ref=lead, fields={"Title": "CTO"})]) == [Stale()]
    guarded = Update(ref=lead, fields={"Title": "CTO"}, unless_modified_since=org.clock.now())
    assert await org.connector.write([guarded]) == [Stale()]


async def test_first_look_leaves_converted_leads_out(org: SalesforceWorld) -> None:
    lead = org.put_other("Lead", LastName="Roe", Company="Acme")
    convert(org, lead)
    pages = [page async for page in org.connector.read_changes("Lead", ["Email"], None)]
    assert [list(page.snapshots) + list(page.gone) for page in pages] == [[]]


async def test_validation_rule_refuses_one_record_in_its_own_words(org: SalesforceWorld) -> None:
    rule = ValidationRule(name="No_CTO", formula="Title = 'CTO'", message="We have a CTO already", field="Title")
    org.org.settings.validation_rules["Contact"] = [rule]
    org.org.changed()
    ops = [person("a"), person("b", Title="CTO"), person("c")]
    first, refused, last = await org.connector.write(ops)
    assert isinstance(first, Applied)
    assert isinstance(last, Applied)
    assert isinstance(refused, Refused)
    assert refused.problem.cause == "salesforce.validation_rule"
    assert refused.problem.text == "We have a CTO already"
    assert refused.fields == ("Title",)


@pytest.mark.parametrize(
    ("fields", "cause", "named"),
    [
        ({"LastName": None}, "value.required_missing", ("LastName",)),
        ({"Title": "x" * 200}, "value.too_long", ("Title",)),
        ({"Email": "nobody"}, "value.invalid_email", ("Email",)),
        ({"Nothing__c": "x"}, "mapping.field_missing", ("Nothing__c",)),
        ({"Birthdate": "yesterday"}, "value.invalid_date", None),
        ({"AccountId": "001000000000999AAA"}, "association.reference_missing", None),
    ],
)
async def test_bad_value_is_named_and_its_neighbours_are_written(
    org: SalesforceWorld, fields: dict[str, Raw], cause: str, named: tuple[str, ...] | None
) -> None:
    ops: list[Operation] = [person(f"key-{i}") for i in range(8)]
    ops.insert(3, person("bad", **fields))
    outcomes = await org.connector.write(ops)
    assert [type(outcome) for i, outcome in enumerate(outcomes) if i != 3] == [Applied] * 8
    refused = outcomes[3]
    assert isinstance(refused, Refused)
    assert refused.problem.cause == cause
    assert named is None or refused.fields == named


async def test_field_that_the_user_may_not_see_is_missing_and_stops_no_read(org: SalesforceWorld) -> None:
    ref = org.put(email="ana@acme.example", title="CTO", phone="123")
    org.org.settings.permissions["Contact"] = Access(hidden=frozenset({"Phone"}))
    org.org.changed()
    for _ in range(2):
        seen = (await org.connector.read([ref], ["Title", "Phone", "Nothing__c"]))[ref]
        assert isinstance(seen, Snapshot)
        assert seen.fields == {"Title": "CTO"}
    found = await org.connector.find("Contact", "Email", ["ana@acme.example"], ["Title", "Phone"])
    assert found[0].fields == {"Title": "CTO", "Email": "ana@acme.example"}
    assert "Phone" not in (await org.connector.describe("Contact")).fields


async def test_hidden_record_is_unseen_and_never_called_deleted(org: SalesforceWorld) -> None:
    ref = org.put(email="ana@acme.example")
    org.org.settings.hidden_records.add(ref.id)
    org.org.changed()
    seen = (await org.connector.read([ref], []))[ref]
    assert isinstance(seen, Gone)
    assert seen.how is Loss.UNSEEN


async def test_locked_record_is_deferred_alone(org: SalesforceWorld) -> None:
    free, held = org.put(), org.put()
    org.org.settings.locked_records.add(held.id)
    outcomes = await org.connector.write([Update(ref=ref, fields={"Title": "x"}) for ref in (free, held)])
    assert isinstance(outcomes[0], Applied)
    assert isinstance(outcomes[1], Deferred)
    assert outcomes[1].problem.cause == "record.locked"


async def test_duplicate_rule_is_obeyed_and_names_the_records_in_the_way(org: SalesforceWorld) -> None:
    there = org.put(email="ana@acme.example")
    lead = org.put_other("Lead", LastName="Roe", Company="Acme", Email="ana@acme.example")
    org.org.settings.duplicate_rules["Contact"] = [DuplicateRule(name="Same_mail", match=("Email",))]
    org.org.changed()
    exists, other = await org.connector.write([person("a", Email="ana@acme.example"), person("b")])
    assert isinstance(exists, Exists)
    assert set(exists.refs) == {there, lead}
    assert exists.problem.cause == "duplicate.salesforce_rule"
    assert isinstance(other, Applied)


async def test_assignment_rules_do_not_move_what_we_write(org: SalesforceWorld) -> None:
    org.put_other("Lead", LastName="Roe", Company="Acme")
    (made,) = await org.connector.write([person("a", "Lead", Company="Acme", OwnerId=org.user_id)])
    assert isinstance(made, Applied)
    seen = (await org.connector.read([made.ref], ["OwnerId"]))[made.ref]
    assert isinstance(seen, Snapshot)
    assert seen.fields == {"OwnerId": org.user_id}


async def test_ended_session_is_renewed_once_and_nobody_notices(org: SalesforceWorld) -> None:
    access = SalesforceAccess(
        login_url="http://salesforce.test",
        auth={name: org.world.credentials[name] for name in ("client_id", "client_secret")},
    )
    transport = InProcess(org.world.application)
    connector = SalesforceConnector(access, budget=OpenBudget(), clock=org.clock, transport=transport)
    ref = org.put(title="CTO")
    assert isinstance((await connector.read([ref], ["Title"]))[ref], Snapshot)
    org.sim.advance(3 * 3600)
    assert isinstance((await connector.read([ref], ["Title"]))[ref], Snapshot)
    assert [call for call in org.sent() if "oauth2/token" in call] == ["POST /services/oauth2/token"] * 2
    assert (await connector.identify()).user_id == org.org.integration_user_id
    await connector.close()


async def test_wrong_secret_is_said_plainly(org: SalesforceWorld) -> None:
    auth = {"client_id": org.world.credentials["client_id"], "client_secret": "wrong"}
    access = SalesforceAccess(login_url="http://salesforce.test", auth=auth)
    transport = InProcess(org.world.application)
    connector = SalesforceConnector(access, budget=OpenBudget(), clock=org.clock, transport=transport)
    with pytest.raises(AuthLapsed) as caught:
        await connector.identify()
    assert caught.value.next_step == "pasodoble connect salesforce"
    assert "wrong" not in str(caught.value)
    await connector.close()


async def test_describe_tells_families_lengths_choices_and_what_is_required(org: SalesforceWorld) -> None:
    lead = await org.connector.describe("Lead")
    fields = lead.fields
    assert {name: fields[name].family for name in ("Email", "Status", "OwnerId", "Description", "AnnualRevenue")} == {
        "Email": Family.EMAIL,
        "Status": Family.CHOICE,
        "OwnerId": Family.OWNER,
        "Description": Family.LONG_TEXT,
        "AnnualRevenue": Family.MONEY,
    }
    assert fields["Company"].length == 255
    assert fields["Company"].required
    assert not fields["Email"].required
    assert [option.value for option in fields["Status"].options]
    assert not fields["CreatedDate"].writable
    assert fields["Pasodoble_Key__c"].unique
    with pytest.raises(Unsupported):
        await org.connector.describe("Nothing__c")


async def test_o05_assignment_rules_choose_the_owner_of_a_new_lead_that_has_none_and_move_no_other(
    org: SalesforceWorld,
) -> None:
    owners = [owner.id for owner in await org.connector.read_owners() if owner.active and not owner.queue]
    by_rule, given = owners[0], owners[1]
    rule = AssignmentRule(name="All", id="01Q000000000001AAA", entries=(("", by_rule),))
    org.org.settings.assignment_rules["Lead"] = [rule]
    lead = {"LastName": "Roe", "Company": "Acme"}
    of = Ref(Side.HUBSPOT, "contacts", "1")
    fields: list[dict[str, Raw]] = [lead, lead | {"OwnerId": given}]
    ops = [Create(side=Side.SALESFORCE, object="Lead", fields=f, key=f"k{i}", of=of) for i, f in enumerate(fields)]
    made = [outcome.ref for outcome in await org.connector.write(ops) if isinstance(outcome, Applied)]
    await org.connector.write([Update(ref=made[1], fields={"Title": "CEO"})])
    seen = await org.connector.read(made, ["OwnerId"])
    assert [snap.fields["OwnerId"] for snap in seen.values() if isinstance(snap, Snapshot)] == [by_rule, given]


async def test_owners_are_people_and_queues(org: SalesforceWorld) -> None:
    owners = await org.connector.read_owners()
    assert {owner.queue for owner in owners} == {True, False}
    assert org.user_id in {owner.id for owner in owners if owner.active and "@" in owner.email}


async def test_identify_names_the_org_and_our_own_user(org: SalesforceWorld) -> None:
    account = await org.connector.identify()
    assert account.id == org.org.id
    assert account.user_id == org.org.integration_user_id


async def test_there_are_no_lists(org: SalesforceWorld) -> None:
    with pytest.raises(Unsupported):
        await org.connector.read_members("1")


async def test_lookup_is_set_and_cleared_whichever_end_is_named_first(org: SalesforceWorld) -> None:
    contact, account = org.put(), org.put_other("Account", Name="Acme")

    async def account_of() -> Any:
        seen = (await org.connector.read([contact], ["AccountId"]))[contact]
        assert isinstance(seen, Snapshot)
        return seen.fields["AccountId"]

    assert await org.connector.write([Associate(ref=account, to=contact)]) == [Applied(ref=account)]
    assert await account_of() == account.id
    assert await org.connector.write([Associate(ref=contact, to=account, remove=True)]) == [Applied(ref=contact)]
    assert await account_of() is None


async def test_contact_role_is_made_once_relabelled_and_removed(org: SalesforceWorld) -> None:
    contact = org.put()
    deal = org.put_other("Opportunity", Name="Big", StageName="Prospecting", CloseDate="2027-01-31")

    async def roles() -> list[Raw]:
        found = await org.connector.find("OpportunityContactRole", "OpportunityId", [deal.id], ["Role"])
        return [snap.fields["Role"] for snap in found]

    for label, expected in (("", [None]), ("", [None]), ("Decision Maker", ["Decision Maker"])):
        assert await org.connector.write([Associate(ref=deal, to=contact, label=label)]) == [Applied(ref=deal)]
        assert await roles() == expected
    for _ in range(2):
        assert await org.connector.write([Associate(ref=contact, to=deal, remove=True)]) == [Applied(ref=contact)]
        assert await roles() == []


async def test_objects_that_cannot_be_tied_are_said_so(org: SalesforceWorld) -> None:
    lead = org.put_other("Lead", LastName="Roe", Company="Acme")
    (refused,) = await org.connector.write([Associate(ref=lead, to=org.put())])
    assert isinstance(refused, Refused)
    assert refused.problem.cause == "association.wrong_type"


async def test_look_over_more_than_a_page_of_one_second(org: SalesforceWorld) -> None:
    pages = [page async for page in org.connector.read_changes("Contact", ["Title"], None)]
    org.sim.advance(3600)
    refs = {org.put() for _ in range(2_300)}
    look = [page async for page in org.connector.read_changes("Contact", ["Title"], pages[-1].cursor)]
    assert {snap.ref for page in look for snap in page.snapshots} == refs
    assert sum(len(page.snapshots) for page in look) == len(refs)


@pytest.mark.parametrize("late_min", [8, 40])
async def test_change_that_becomes_visible_late_is_seen(org: SalesforceWorld, late_min: int) -> None:
    ref = org.put(title="old")
    pages = [page async for page in org.connector.read_changes("Contact", ["Title"], None)]
    org.sim.advance(3600)
    pages = [page async for page in org.connector.read_changes("Contact", ["Title"], pages[-1].cursor)]
    org.org.settings.late_visible_s = late_min * 60
    org.edit(ref, title="new")
    seen = []
    for _ in range(4):
        org.sim.advance(900)
        pages = [page async for page in org.connector.read_changes("Contact", ["Title"], pages[-1].cursor)]
        seen += [snap.fields["Title"] for page in pages for snap in page.snapshots]
    assert seen[-1] == "new"


async def test_no_search_value_becomes_syntax(org: SalesforceWorld) -> None:
    org.put(email="ana@acme.example")
    assert await org.connector.find("Contact", "Email", ["' OR Email != '"], []) == []
    with pytest.raises(Unsupported):
        await org.connector.find("Contact", "Email = '' OR Email", ["x"], [])


@pytest.mark.parametrize(
    ("object", "fields", "name"),
    [
        ("Account", {"Name": "Acme"}, "Name"),
        ("Opportunity", {"Name": "Big", "StageName": "Prospecting", "CloseDate": "2027-01-31"}, "Name"),
        ("Case", {"Subject": "Help"}, "Subject"),
        ("Campaign", {"Name": "Spring"}, "Name"),
    ],
)
async def test_other_objects_are_made_found_by_key_changed_looked_up_and_deleted(
    org: SalesforceWorld, object: str, fields: dict[str, Raw], name: str
) -> None:
    op = Create(side=Side.SALESFORCE, object=object, fields=fields, key="key-1", of=Ref(Side.HUBSPOT, "elsewhere", "1"))
    (made,) = await org.connector.write([op])
    assert isinstance(made, Applied)
    (again,) = await org.connector.write([op])
    assert isinstance(again, Exists)
    assert again.refs == (made.ref,)
    assert await org.connector.write([Update(ref=made.ref, fields={name: "New"})]) == [Applied(ref=made.ref)]
    found = await org.connector.find(object, "Pasodoble_Key__c", ["key-1"], [name])
    assert [snap.fields[name] for snap in found] == ["New"]
    pages = [page async for page in org.connector.read_changes(object, [name], None)]
    assert made.ref in {snap.ref for page in pages for snap in page.snapshots}
    assert await org.connector.write([Delete(ref=made.ref)]) == [Applied(ref=made.ref)]
    seen = (await org.connector.read([made.ref], []))[made.ref]
    assert isinstance(seen, Gone)
    assert seen.how is Loss.DELETED
