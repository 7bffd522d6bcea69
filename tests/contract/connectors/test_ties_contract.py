"""Ties between records, read from either end by every implementation of the Connector port."""

from __future__ import annotations

import pytest
from sides import HubSpotWorld, MemoryWorld, SalesforceWorld

from pasodoble.errors import Unsupported
from pasodoble.model.operation import Associate, Create, Update
from pasodoble.model.outcome import Applied
from pasodoble.model.record import Tied
from pasodoble.model.ref import Ref
from pasodoble.model.side import Side

TIED = ["memory_hubspot", "memory_salesforce", "hubspot_contact", "hubspot_contact_v3", "salesforce_contact"]
Tying = MemoryWorld | HubSpotWorld | SalesforceWorld


def put_company(world: Tying, name: str) -> Ref:
    if world.connector.side is Side.HUBSPOT:
        return world.put_other("companies", name=name)
    return world.put_other("Account", Name=name)


@pytest.mark.parametrize("world", TIED, indirect=True)
async def test_ties_are_read_from_either_end_and_who_has_none_is_answered_too(world: Tying) -> None:
    ana, ben, eve = (world.put(email=world.email()) for _ in range(3))
    acme = put_company(world, "Acme")
    primary = "primary" if world.connector.side is Side.HUBSPOT else ""
    ties = [Associate(ref=ref, to=acme, label=primary) for ref in (ana, ben)]
    assert await world.connector.write(ties) == [Applied(ref=ana), Applied(ref=ben)]
    ours = frozenset({Tied(acme, primary)})
    found = await world.connector.read_ties([ana, ben, eve, ana], acme.object)
    assert found == {ana: ours, ben: ours, eve: frozenset()}
    back = await world.connector.read_ties([acme], ana.object)
    assert {tied.to for tied in back[acme]} == {ana, ben}


@pytest.mark.parametrize("world", TIED, indirect=True)
async def test_a_tie_that_is_taken_away_is_read_no_more(world: Tying) -> None:
    ana, acme = world.put(email=world.email()), put_company(world, "Acme")
    await world.connector.write([Associate(ref=ana, to=acme)])
    await world.connector.write([Associate(ref=ana, to=acme, remove=True)])
    assert await world.connector.read_ties([ana], acme.object) == {ana: frozenset()}


@pytest.mark.parametrize("world", TIED, indirect=True)
async def test_the_last_primary_company_is_the_only_one(world: Tying) -> None:
    ana, acme, vega = world.put(email=world.email()), put_company(world, "Acme"), put_company(world, "Vega")
    label = "primary" if world.connector.side is Side.HUBSPOT else ""
    for company in (acme, vega):
        await world.connector.write([Associate(ref=ana, to=company, label=label)])
    found = (await world.connector.read_ties([ana], acme.object))[ana]
    assert [tied.to for tied in found if tied.label == label] == [vega]


async def test_hubspot_reads_the_ties_of_a_thousand_records_in_one_call(portal: HubSpotWorld) -> None:
    acme = portal.put_other("companies", name="Acme")
    people = [portal.put(email=portal.email()) for _ in range(1_000)]
    await portal.connector.write([Associate(ref=ref, to=acme) for ref in people])
    used = portal.calls
    found = await portal.connector.read_ties(people, "companies")
    assert all(found[ref] for ref in people)
    assert portal.calls - used == 1


async def test_salesforce_reads_the_ties_of_a_thousand_records_in_one_call(org: SalesforceWorld) -> None:
    acme = org.put_other("Account", Name="Acme")
    people = [org.put_other("Contact", LastName=f"Roe {n}", AccountId=acme.id) for n in range(1_000)]
    used = org.calls
    found = await org.connector.read_ties(people, "Account")
    assert all(found[ref] == {Tied(acme)} for ref in people)
    assert org.calls - used == 1


@pytest.mark.parametrize("world", ["memory_salesforce", "salesforce_contact"], indirect=True)
async def test_a_new_record_is_made_with_its_lookups_filled(world: Tying) -> None:
    acme = put_company(world, "Acme")
    of = Ref(Side.HUBSPOT, "contacts", "1")
    create = Create(side=Side.SALESFORCE, object="Contact", fields={"LastName": "Roe"}, key="k", of=of, ties=(acme,))
    (made,) = await world.connector.write([create])
    assert isinstance(made, Applied)
    assert await world.connector.read_ties([made.ref], "Account") == {made.ref: frozenset({Tied(acme)})}


async def test_a_contact_role_that_comes_or_goes_tells_of_its_opportunity(org: SalesforceWorld) -> None:
    contact = org.put()
    deal = org.put_other("Opportunity", Name="Big", StageName="Prospecting", CloseDate="2027-01-31")
    changed, cursor = await org.connector.read_tie_changes("Opportunity", "Contact", None)
    assert changed == {}
    for remove in (False, True):
        org.sim.advance(3600)
        await org.connector.write([Associate(ref=deal, to=contact, remove=remove)])
        used = org.calls
        changed, cursor = await org.connector.read_tie_changes("Opportunity", "Contact", cursor)
        assert set(changed) == {deal}
        assert org.calls - used == 1
    org.sim.advance(3600)
    _, cursor = await org.connector.read_tie_changes("Opportunity", "Contact", cursor)
    assert (await org.connector.read_tie_changes("Opportunity", "Contact", cursor))[0] == {}


async def test_a_person_is_told_of_with_the_role_and_with_each_change_of_the_opportunity(org: SalesforceWorld) -> None:
    contact = org.put()
    deal = org.put_other("Opportunity", Name="Big", StageName="Prospecting", CloseDate="2027-01-31")
    _, cursor = await org.connector.read_tie_changes("Contact", "Opportunity", None, far=True)
    for change in (Associate(ref=deal, to=contact), Update(ref=deal, fields={"StageName": "Closed Won"})):
        org.sim.advance(3600)
        await org.connector.write([change])
        used = org.calls
        changed, cursor = await org.connector.read_tie_changes("Contact", "Opportunity", cursor, far=True)
        assert set(changed) == {contact}
        assert org.calls - used == 1


async def test_a_lookup_needs_no_look_of_its_own(org: SalesforceWorld) -> None:
    used = org.calls
    assert await org.connector.read_tie_changes("Contact", "Account", None) == ({}, None)
    assert org.calls == used


async def test_objects_that_salesforce_cannot_tie_are_said_so(org: SalesforceWorld) -> None:
    with pytest.raises(Unsupported):
        await org.connector.read_ties([Ref(Side.SALESFORCE, "Lead", "00Q000000000001AAA")], "Contact")
