"""Associations over two CRMs of dictionaries: contacts with companies, deals with companies and people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.fakes.small_world import SmallWorld, make_field, make_schema, make_settings

from pasodoble.mapping.presets import KINDS
from pasodoble.model.cause import Problem
from pasodoble.model.operation import Create
from pasodoble.model.outcome import Refused
from pasodoble.model.ref import Ref
from pasodoble.model.schema import Family
from pasodoble.model.settings import Association, ObjectSettings
from pasodoble.model.side import Side
from pasodoble.model.trace import State

FIELDS = {
    (Side.HUBSPOT, "companies"): ("name", "domain", "website", "pasodoble_key", "salesforceaccountid"),
    (Side.SALESFORCE, "Account"): ("Name", "Website", "Pasodoble_Key__c"),
    (Side.HUBSPOT, "deals"): ("dealname", "pasodoble_key", "hs_salesforceopportunityid"),
    (Side.SALESFORCE, "Opportunity"): ("Name", "Pasodoble_Key__c"),
    (Side.HUBSPOT, "tickets"): ("subject", "pasodoble_key", "salesforcecaseid"),
    (Side.SALESFORCE, "Case"): ("Subject", "Pasodoble_Key__c"),
}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    settings = make_settings(create_in_salesforce="Contact")
    objects = {kind: _synced(kind) for kind in ("companies", "deals", "tickets")}
    ordered = {
        "companies": objects["companies"],
        **settings.objects,
        "deals": objects["deals"],
        "tickets": objects["tickets"],
    }
    made = SmallWorld(f"sqlite:///{tmp_path / 'small.db'}", replace(settings, objects=ordered))
    for (side, object), names in FIELDS.items():
        memory = made.hubspot if side is Side.HUBSPOT else made.salesforce
        memory.schemas[object] = make_schema(side, object, [make_field(name, Family.TEXT) for name in names])
    yield made
    made.close()


def _synced(kind: str) -> ObjectSettings:
    spec = KINDS[kind]
    return ObjectSettings(
        kind=kind,
        hubspot_object=spec.hubspot_object,
        salesforce_objects=spec.salesforce_objects,
        create_in_salesforce=spec.salesforce_objects[0],
        match=("domain",) if kind == "companies" else (),
        fields=tuple(rule for rule in spec.rules if rule.hubspot in ("name", "website", "dealname", "subject")),
    )


def person(world: SmallWorld, name: str = "ana") -> Ref:
    return world.hubspot.put("contacts", {"email": f"{name}@x.example", "lastname": name})


async def account_of(world: SmallWorld, object: str = "Contact") -> list[str]:
    """Names of the accounts to which the only record of that object is tied."""
    [row] = world.salesforce.live(object)
    tied = (await world.salesforce.read_ties([row.ref], "Account"))[row.ref]
    return [str(world.salesforce.rows[one.to].fields["Name"]) for one in tied]


async def assert_quiet(world: SmallWorld) -> None:
    written = world.writes()
    for _ in range(2):
        world.clock.advance(900)
        await world.sync()
    assert world.writes() == written


async def test_a11_a_new_contact_is_made_in_the_account_of_its_company(world: SmallWorld) -> None:
    ana, acme = person(world), world.hubspot.put("companies", {"name": "Acme"})
    world.hubspot.tie(ana, acme, "primary")
    await world.sync()
    assert await account_of(world) == ["Acme"]
    await assert_quiet(world)


async def test_a11_the_hubspot_contact_follows_the_account_of_its_salesforce_contact(world: SmallWorld) -> None:
    acme, vega = (world.salesforce.put("Account", {"Name": name}) for name in ("Acme", "Vega"))
    ana = world.salesforce.put("Contact", {"Email": "ana@x.example", "LastName": "Ana"})
    for account in (acme, vega):
        world.salesforce.tie(ana, account)
        await world.sync()
        await world.sync()
        [contact] = world.hubspot.live("contacts")
        [tied] = (await world.hubspot.read_ties([contact.ref], "companies"))[contact.ref]
        assert world.hubspot.rows[tied.to].fields["name"] == world.salesforce.rows[account].fields["Name"]
        assert tied.label == "primary"
        world.clock.advance(60)
    await assert_quiet(world)


async def test_a11_another_primary_company_moves_the_account_and_leaving_it_clears_it(world: SmallWorld) -> None:
    ana = person(world)
    acme, vega = (world.hubspot.put("companies", {"name": name}) for name in ("Acme", "Vega"))
    world.hubspot.tie(ana, acme, "primary")
    await world.sync()
    world.clock.advance(60)
    world.hubspot.tie(ana, vega, "primary")
    await world.sync()
    assert await account_of(world) == ["Vega"]
    world.clock.advance(60)
    for company in (acme, vega):
        world.hubspot.untie(ana, company)
    await world.sync()
    assert await account_of(world) == []
    await assert_quiet(world)


async def test_a12_a_tie_to_a_company_that_is_not_synced_yet_waits_and_comes_when_it_is(world: SmallWorld) -> None:
    refused = world.salesforce.refuse
    ana, acme = person(world), world.hubspot.put("companies", {"name": "Acme"})
    world.hubspot.tie(ana, acme, "primary")
    companies = world.settings.objects["companies"]
    off = replace(companies, create_in_salesforce="")
    world.settings = replace(world.settings, objects={**world.settings.objects, "companies": off})
    await world.sync()
    assert await account_of(world) == []
    world.settings = replace(world.settings, objects={**world.settings.objects, "companies": companies})
    world.clock.advance(60)
    world.hubspot.edit(acme, {"name": "Acme SA"})
    await world.sync()
    assert await account_of(world) == ["Acme SA"]
    assert world.salesforce.refuse is refused
    await assert_quiet(world)


async def test_d08_contacts_of_a_deal_follow_contact_roles_both_ways(world: SmallWorld) -> None:
    ana, ben, deal = person(world), person(world, "ben"), world.hubspot.put("deals", {"dealname": "Big"})
    world.hubspot.tie(deal, ana)
    await world.sync()
    [opportunity] = world.salesforce.live("Opportunity")

    async def roles() -> set[object]:
        tied = (await world.salesforce.read_ties([opportunity.ref], "Contact"))[opportunity.ref]
        return {world.salesforce.rows[one.to].fields["LastName"] for one in tied}

    assert await roles() == {"ana"}
    world.clock.advance(60)
    [other] = [row.ref for row in world.salesforce.live("Contact") if row.fields["LastName"] == "ben"]
    world.salesforce.tie(opportunity.ref, other, "Decision Maker")
    await world.sync()
    assert {one.to for one in (await world.hubspot.read_ties([deal], "contacts"))[deal]} == {ana, ben}
    world.clock.advance(60)
    world.hubspot.untie(deal, ana)
    report = (await world.sync()).report
    assert await roles() == {"ben"}
    assert report.of("deals").written[Side.SALESFORCE]["associated"] == 1
    await assert_quiet(world)


async def test_association_that_is_switched_off_is_left_as_it_is_on_both_sides(world: SmallWorld) -> None:
    world.settings = replace(world.settings, associations={"contacts_companies": Association(enabled=False)})
    ana, acme = person(world), world.hubspot.put("companies", {"name": "Acme"})
    world.hubspot.tie(ana, acme, "primary")
    await world.sync()
    assert await account_of(world) == []
    await assert_quiet(world)


def state_of(world: SmallWorld, ref: Ref) -> tuple[State, str]:
    with world.store.transaction("small", read_only=True) as tx:
        [row] = [row for row in tx.records.search(ref.id)[0] if ref in row.refs]
        trace = tx.traces.load(ref)
    return row.state, " ".join(trace.reasons) if trace is not None else ""


async def test_a12_record_whose_association_waits_is_waiting_and_solves_itself(world: SmallWorld) -> None:
    ana, acme = person(world), world.hubspot.put("companies", {"name": "Acme"})
    world.hubspot.tie(ana, acme, "primary")
    no = Refused(problem=Problem(cause="salesforce.validation_rule", side=Side.SALESFORCE))
    world.salesforce.refuse = lambda op: no if isinstance(op, Create) and op.object == "Account" else None
    for _ in range(2):
        await world.sync()
        assert state_of(world, ana) == (State.WAITING, "association.waiting_for_other")
    world.salesforce.refuse = lambda _op: None
    world.hubspot.edit(acme, {"name": "Acme SA"})
    world.clock.advance(60)
    await world.sync()
    assert await account_of(world) == ["Acme SA"] and state_of(world, ana)[0] is State.IN_STEP
    await assert_quiet(world)


async def test_nobody_waits_for_a_record_that_is_left_out_on_purpose(world: SmallWorld) -> None:
    deal, nobody = world.hubspot.put("deals", {"dealname": "Big"}), world.hubspot.put("contacts", {"lastname": "No"})
    world.hubspot.tie(deal, nobody)
    await world.sync()
    assert state_of(world, deal)[0] is State.IN_STEP
    await assert_quiet(world)


@pytest.mark.parametrize("side", [Side.HUBSPOT, Side.SALESFORCE])
async def test_d08_role_is_made_with_the_label_that_stands_for_it(world: SmallWorld, side: Side) -> None:
    world.settings = replace(
        world.settings, associations={"deals_contacts": Association(labels={"USER_DEFINED:37": "Decision Maker"})}
    )
    ana, deal = person(world), world.hubspot.put("deals", {"dealname": "Big"})
    await world.sync()
    [opportunity], [contact] = world.salesforce.live("Opportunity"), world.salesforce.live("Contact")
    world.clock.advance(60)
    if side is Side.HUBSPOT:
        world.hubspot.tie(deal, ana, "USER_DEFINED:37")
    else:
        world.salesforce.tie(opportunity.ref, contact.ref, "Decision Maker")
    await world.sync()
    assert (await world.hubspot.read_ties([deal], "contacts"))[deal] == {(ana, "USER_DEFINED:37")}
    roles = (await world.salesforce.read_ties([opportunity.ref], "Contact"))[opportunity.ref]
    assert roles == {(contact.ref, "Decision Maker")}
    await world.sync()  # the contact's lifecycle stage follows its role
    await assert_quiet(world)


async def test_k03_ticket_follows_the_account_and_the_contact_of_its_case_both_ways(world: SmallWorld) -> None:
    ana, acme = person(world), world.hubspot.put("companies", {"name": "Acme"})
    ticket = world.hubspot.put("tickets", {"subject": "Broken"})
    world.hubspot.tie(ticket, ana)
    world.hubspot.tie(ticket, acme, "primary")
    for _ in range(2):
        await world.sync()
    [case], [contact] = world.salesforce.live("Case"), world.salesforce.live("Contact")
    assert {one.to for one in (await world.salesforce.read_ties([case.ref], "Contact"))[case.ref]} == {contact.ref}
    assert await account_of(world, "Case") == ["Acme"]
    ben = world.salesforce.put("Contact", {"Email": "ben@x.example", "LastName": "Ben"})
    world.clock.advance(60)
    world.salesforce.tie(case.ref, ben)
    for _ in range(2):
        await world.sync()
    people = {one.to for one in (await world.hubspot.read_ties([ticket], "contacts"))[ticket]}
    assert [world.hubspot.rows[ref].fields["email"] for ref in people] == ["ben@x.example"]
    await assert_quiet(world)
