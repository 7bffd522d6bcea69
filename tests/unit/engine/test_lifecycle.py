"""Lifecycle stages over the dictionary world: roles on open and won opportunities move people forward, and only that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.fakes.small_world import SmallWorld, choose_rules, make_field, make_settings

from pasodoble.model.ref import Ref
from pasodoble.model.rule import FieldRule, Policy, UpdateRule
from pasodoble.model.schema import Family
from pasodoble.model.side import Side

ANA = {"email": "ana@acme.example", "lastname": "Ruiz"}
OPEN: dict[str, Any] = {"Name": "Big", "IsClosed": False, "IsWon": False}
WON: dict[str, Any] = {"Name": "Big", "IsClosed": True, "IsWon": True}
LOST: dict[str, Any] = {"Name": "Big", "IsClosed": True, "IsWon": False}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    made = SmallWorld(f"sqlite:///{tmp_path}/world.db", make_settings(create_in_salesforce="Contact"))
    contacts, people = made.hubspot.schemas["contacts"], made.salesforce.schemas["Contact"]
    stage = make_field("lifecyclestage")
    made.hubspot.schemas["contacts"] = replace(contacts, fields={**contacts.fields, "lifecyclestage": stage})
    shown = make_field("Stage__c", Family.TEXT, length=40)
    made.salesforce.schemas["Contact"] = replace(people, fields={**people.fields, "Stage__c": shown})
    yield made
    made.close()


async def paired(world: SmallWorld, **fields: str) -> tuple[Ref, Ref]:
    ana = world.hubspot.put("contacts", ANA | fields)
    await world.sync()
    world.clock.advance(60)
    return ana, world.salesforce.live("Contact")[0].ref


def role(world: SmallWorld, person: Ref, deal: dict[str, Any]) -> Ref:
    made = world.salesforce.put("Opportunity", deal)
    world.salesforce.tie(made, person)
    return made


def stage_of(world: SmallWorld) -> object:
    return world.one(Side.HUBSPOT).get("lifecyclestage")


@pytest.mark.parametrize(
    ("deal", "before", "after"),
    [
        (OPEN, None, "opportunity"),
        (OPEN, "subscriber", "opportunity"),
        (WON, "lead", "customer"),
        (LOST, "lead", "lead"),
        (OPEN, "customer", "customer"),
        (OPEN, "partner_of_ours", "partner_of_ours"),
    ],
)
async def test_a_role_on_an_opportunity_moves_the_stage_forward_and_never_back(
    world: SmallWorld, deal: dict[str, Any], before: str | None, after: str | None
) -> None:
    _, person = await paired(world, **({"lifecyclestage": before} if before else {}))
    role(world, person, deal)
    await world.sync()
    assert stage_of(world) == after
    written = world.writes()
    world.clock.advance(900)
    await world.sync()
    assert world.writes() == written


async def test_an_opportunity_that_is_won_moves_the_people_who_have_a_role_on_it(world: SmallWorld) -> None:
    _, person = await paired(world)
    deal = role(world, person, OPEN)
    await world.sync()
    world.clock.advance(60)
    world.salesforce.edit(deal, {"IsClosed": True, "IsWon": True})
    await world.sync()
    assert stage_of(world) == "customer"
    world.clock.advance(60)
    world.salesforce.edit(deal, {"IsWon": False})
    await world.sync()
    assert stage_of(world) == "customer"


async def test_without_a_role_an_opportunity_moves_nobody(world: SmallWorld) -> None:
    await paired(world)
    world.salesforce.put("Opportunity", OPEN)
    await world.sync()
    assert stage_of(world) is None


async def test_switched_off_stages_stay_and_nothing_is_asked(world: SmallWorld) -> None:
    world.settings = replace(world.settings, automatic_lifecycle=False)
    _, person = await paired(world)
    role(world, person, WON)
    await world.sync()
    assert stage_of(world) is None


async def test_a_person_who_had_the_role_before_being_synced_moves_too(world: SmallWorld) -> None:
    person = world.salesforce.put("Contact", {"Email": "ana@acme.example", "LastName": "Ruiz"})
    role(world, person, WON)
    await world.sync()
    await world.sync()
    assert stage_of(world) == "customer"


async def test_a_stage_set_in_hubspot_converts_no_lead(world: SmallWorld) -> None:
    world.settings = make_settings(create_in_salesforce="Lead")
    ana = world.hubspot.put("contacts", ANA | {"company": "Acme"})
    await world.sync()
    world.clock.advance(60)
    world.hubspot.edit(ana, {"lifecyclestage": "customer"})
    await world.sync()
    assert (len(world.salesforce.live("Lead")), len(world.salesforce.live("Contact"))) == (1, 0)


async def test_the_move_is_told_in_the_history_with_its_reason(world: SmallWorld) -> None:
    ana, person = await paired(world, lifecyclestage="lead")
    role(world, person, OPEN)
    await world.sync()
    with world.store.transaction("small", read_only=True) as tx:
        [change] = [row.change for row in tx.history.load(tx.links.load([ana])[ana].id) if row.change.field]
    assert (change.field, change.before, change.after) == ("lifecyclestage", "lead", "opportunity")
    assert change.reason.id == "special.stage_advanced"


async def test_a_mapped_stage_goes_over_in_the_same_turn(world: SmallWorld) -> None:
    line = FieldRule(
        hubspot="lifecyclestage", salesforce={"Contact": "Stage__c"}, rule=UpdateRule.TWO_WAY, policy=Policy.STAGE
    )
    world.settings = make_settings(create_in_salesforce="Contact", fields=(*choose_rules(), line))
    _, person = await paired(world, lifecyclestage="lead")
    assert world.salesforce.rows[person].fields["Stage__c"] == "lead"
    role(world, person, WON)
    await world.sync()
    assert (stage_of(world), world.salesforce.rows[person].fields["Stage__c"]) == ("customer", "customer")
    world.salesforce.edit(person, {"Stage__c": "lead"})
    await world.sync()
    assert stage_of(world) == "customer"
