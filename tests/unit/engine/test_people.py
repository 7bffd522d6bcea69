"""Companies paired by the people they share, and companies that make no account for want of people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.fakes.small_world import SmallWorld, make_field, make_schema, make_settings

from pasodoble.engine.cycle import Scope
from pasodoble.engine.service.syncing import ask_for, sync
from pasodoble.mapping.presets import KINDS
from pasodoble.model.ref import Ref
from pasodoble.model.settings import ObjectSettings
from pasodoble.model.side import SIDES, Pair, Side

FIELDS = {
    (Side.HUBSPOT, "companies"): ("name", "domain", "website", "pasodoble_key", "salesforceaccountid"),
    (Side.SALESFORCE, "Account"): ("Name", "Website", "Pasodoble_Key__c"),
}
OBJECTS = Pair("companies", "Account")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    settings = make_settings(create_in_salesforce="Contact")
    objects = {"companies": _companies(), **settings.objects}
    made = SmallWorld(f"sqlite:///{tmp_path / 'small.db'}", replace(settings, objects=objects))
    for (side, object), names in FIELDS.items():
        memory = made.hubspot if side is Side.HUBSPOT else made.salesforce
        memory.schemas[object] = make_schema(side, object, [make_field(name) for name in names])
    yield made
    made.close()


def _companies() -> ObjectSettings:
    spec = KINDS["companies"]
    return ObjectSettings(
        kind="companies",
        hubspot_object=spec.hubspot_object,
        salesforce_objects=spec.salesforce_objects,
        create_in_salesforce="Account",
        match=("people", "domain", "name"),
        fields=tuple(rule for rule in spec.rules if rule.hubspot in ("name", "website")),
    )


def change(world: SmallWorld, kind: str, **changes: Any) -> None:
    objects = {**world.settings.objects, kind: replace(world.settings.objects[kind], **changes)}
    world.settings = replace(world.settings, objects=objects)


def company(world: SmallWorld, side: Side, name: str, *people: str, site: str = "") -> Ref:
    """A company with these people, who are made if they are not there yet."""
    memory = world.hubspot if side is Side.HUBSPOT else world.salesforce
    fields = {"name": name, "domain": site} if side is Side.HUBSPOT else {"Name": name, "Website": site}
    made = memory.put(OBJECTS[side], {key: value or None for key, value in fields.items()})
    for person in people:
        memory.tie(_person(world, side, person), made, "primary" if side is Side.HUBSPOT else "")
    return made


def _person(world: SmallWorld, side: Side, name: str) -> Ref:
    memory = world.hubspot if side is Side.HUBSPOT else world.salesforce
    object, email, last = (
        ("contacts", "email", "lastname") if side is Side.HUBSPOT else ("Contact", "Email", "LastName")
    )
    known = [row.ref for row in memory.live(object) if row.fields[email] == f"{name}@x.example"]
    return known[0] if known else memory.put(object, {email: f"{name}@x.example", last: name})


def partner(world: SmallWorld, ref: Ref) -> Ref | None:
    with world.store.transaction("small", read_only=True) as tx:
        link = tx.links.load([ref]).get(ref)
    return None if link is None else link.refs[ref.side.other]


def count(world: SmallWorld) -> tuple[int, int]:
    return len(world.hubspot.live("companies")), len(world.salesforce.live("Account"))


async def test_a04_companies_that_share_a_person_are_one_on_the_very_first_sync(world: SmallWorld) -> None:
    acme = company(world, Side.HUBSPOT, "Acme", "ana", "bo")
    account = company(world, Side.SALESFORCE, "Grupo Acme SA", "ana", site="other.example")
    await world.sync()
    assert partner(world, acme) == account and count(world) == (1, 1)


@pytest.mark.parametrize("later", SIDES)
async def test_a04_new_company_is_known_by_people_who_are_linked_already(world: SmallWorld, later: Side) -> None:
    first = company(world, later.other, "Acme", "ana")
    change(world, "companies", create_in_salesforce="", create_in_hubspot=False)
    await world.sync()
    assert partner(world, first) is None
    world.clock.advance(60)
    change(world, "companies", create_in_salesforce="Account", create_in_hubspot=True)
    second = company(world, later, "Acme Holding", "ana")
    await world.sync()
    assert partner(world, second) == first and count(world) == (1, 1)


@pytest.mark.parametrize("shared", SIDES)
async def test_a04_two_companies_that_share_people_with_one_are_never_guessed(world: SmallWorld, shared: Side) -> None:
    company(world, shared, "Acme", "ana", "bo")
    company(world, shared.other, "Acme North", "ana")
    company(world, shared.other, "Acme South", "bo")
    before = count(world)
    result = await world.sync()
    assert set(result.report.of("companies").problems) == {"duplicate.ambiguous_match"}
    assert count(world) == before


@pytest.mark.parametrize("first", ["people", "domain"])
async def test_evidence_is_asked_in_the_order_of_the_settings(world: SmallWorld, first: str) -> None:
    change(world, "companies", match=(first, "domain" if first == "people" else "people"))
    acme = company(world, Side.HUBSPOT, "Acme", "ana", site="acme.example")
    by_people = company(world, Side.SALESFORCE, "A", "ana")
    by_domain = company(world, Side.SALESFORCE, "B", site="https://www.acme.example/")
    await world.sync()
    assert partner(world, acme) == (by_people if first == "people" else by_domain)


async def test_companies_without_shared_people_are_paired_by_domain_then_by_name(world: SmallWorld) -> None:
    acme, vega = company(world, Side.HUBSPOT, "Acme", "ana", site="acme.example"), company(world, Side.HUBSPOT, "Vega")
    by_domain = company(world, Side.SALESFORCE, "X", "zoe", site="acme.example")
    by_name = company(world, Side.SALESFORCE, "VEGA")
    await world.sync()
    assert (partner(world, acme), partner(world, vega)) == (by_domain, by_name) and count(world) == (2, 2)


async def test_lead_ties_no_company_to_an_account(world: SmallWorld) -> None:
    acme = company(world, Side.HUBSPOT, "Acme", "ana")
    world.salesforce.put("Lead", {"Email": "ana@x.example", "LastName": "Ana", "Company": "Other"})
    other = company(world, Side.SALESFORCE, "Other")
    await world.sync()
    assert partner(world, acme) not in (None, other)


# --- companies without people -----------------------------------------------------------------------------------------


async def test_n06_company_without_people_makes_no_account_where_the_settings_ask_for_some(world: SmallWorld) -> None:
    company(world, Side.HUBSPOT, "Empty")
    result = await world.sync()
    assert count(world) == (1, 1), "without the setting every company makes an account"
    change(world, "companies", needs_people=True)
    company(world, Side.HUBSPOT, "Also empty")
    world.clock.advance(60)
    result = await world.sync()
    assert result.report.of("companies").left_out == {"no_people": 1} and count(world) == (2, 1)


async def test_a06_company_of_a_contact_makes_an_account_at_once(world: SmallWorld) -> None:
    change(world, "companies", needs_people=True)
    acme = company(world, Side.HUBSPOT, "Acme", "ana")
    await world.sync()
    assert partner(world, acme) is not None


async def test_a07_company_of_leads_waits_until_one_of_them_is_converted(world: SmallWorld) -> None:
    change(world, "companies", needs_people=True)
    change(world, "contacts", create_in_salesforce="Lead")
    acme = company(world, Side.HUBSPOT, "Acme", "ana")
    ana = world.hubspot.live("contacts")[0].ref
    world.hubspot.edit(ana, {"company": "Acme"})
    await world.sync()
    assert partner(world, acme) is None and len(world.salesforce.live("Lead")) == 1
    world.clock.advance(60)
    [lead] = world.salesforce.live("Lead")
    world.salesforce.convert(lead.ref, {"Email": "ana@x.example", "LastName": "ana"})
    await world.sync()
    assert partner(world, acme) is not None, "the conversion woke the company in the same run"


async def test_a06_people_outside_the_inclusion_list_do_not_count(world: SmallWorld) -> None:
    change(world, "companies", needs_people=True)
    inside, outside = company(world, Side.HUBSPOT, "In", "ana"), company(world, Side.HUBSPOT, "Out", "bo")
    ana = next(row.ref for row in world.hubspot.live("contacts") if row.fields["lastname"] == "ana")
    world.hubspot.lists["7"] = {ana.id: world.clock.now()}
    change(world, "contacts", inclusion_list="7")
    await world.sync()
    assert partner(world, inside) is not None and partner(world, outside) is None


async def test_a08_person_who_asks_for_a_company_without_people_gets_an_account(world: SmallWorld) -> None:
    change(world, "companies", needs_people=True)
    empty = company(world, Side.HUBSPOT, "Empty")
    await world.sync()
    at = await world.connect()
    ask_for(at, "companies", [empty])
    await sync(at, Scope(kinds=("companies",), refs={empty}))
    assert partner(world, empty) is not None


async def test_u11_account_of_a_converted_lead_is_the_company_of_its_contact(world: SmallWorld) -> None:
    """Companies come first in a run: the contact's pair still points at the lead when the new account is met."""
    change(world, "contacts", create_in_salesforce="Lead")
    change(world, "companies", needs_people=True)
    acme = company(world, Side.HUBSPOT, "Acme", "ana")
    [ana] = world.hubspot.live("contacts")
    world.hubspot.edit(ana.ref, {"company": "Acme"})
    await world.sync()
    [lead] = world.salesforce.live("Lead")
    account = company(world, Side.SALESFORCE, "Acme SA")
    contact = world.salesforce.convert(lead.ref, {"Email": "ana@x.example", "LastName": "ana"})
    world.salesforce.tie(contact, account)
    await world.sync()
    await world.sync()
    assert partner(world, acme) == account
    assert count(world) == (1, 1)
