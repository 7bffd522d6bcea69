"""Owners over the dictionary world: both ways, queues, who has left, who matches nobody, and none of it when switched off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.fakes.small_world import SmallWorld, make_field, make_settings

from pasodoble.engine.connected import match_owners
from pasodoble.mapping.presets import KINDS
from pasodoble.model.record import Owner
from pasodoble.model.ref import Ref
from pasodoble.model.schema import Family
from pasodoble.model.side import Side

ANA, BEN, LEFT, QUEUE = "005000000000001AAA", "005000000000002AAA", "005000000000003AAA", "00G000000000001AAA"
HUBSPOT = (
    Owner(id="1", email="ana@us.example", name="Ana"),
    Owner(id="2", email="BEN@us.example", name="Ben"),
    Owner(id="3", email="left@us.example", name="Left"),
    Owner(id="4", email="alone@us.example", name="Alone"),
    Owner(id="5", email="", name="Support", queue=True),
)
SALESFORCE = (
    Owner(id=ANA, email="ana@us.example", name="Ana"),
    Owner(id=BEN, email="ben@us.example", name="Ben"),
    Owner(id=LEFT, email="left@us.example", name="Left", active=False),
    Owner(id=QUEUE, email="", name="Support", queue=True),
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    settings = make_settings(
        fields=tuple(line for line in KINDS["contacts"].rules if line.hubspot != "hs_email_optout")
    )
    made = SmallWorld(f"sqlite:///{tmp_path}/world.db", settings)
    for memory, object, name in (
        (made.hubspot, "contacts", "hubspot_owner_id"),
        (made.salesforce, "Lead", "OwnerId"),
        (made.salesforce, "Contact", "OwnerId"),
    ):
        schema = memory.schemas[object]
        memory.schemas[object] = replace(schema, fields={**schema.fields, name: make_field(name, Family.OWNER)})
    made.hubspot.owners, made.salesforce.owners = list(HUBSPOT), list(SALESFORCE)
    yield made
    made.close()


async def pair(world: SmallWorld, hubspot: str | None, salesforce: str | None) -> tuple[Ref, Ref]:
    ana = world.hubspot.put("contacts", {"email": "x@y.example", "lastname": "X", "hubspot_owner_id": hubspot})
    lead = world.salesforce.put(
        "Lead", {"Email": "x@y.example", "LastName": "X", "Company": "Y", "OwnerId": salesforce}
    )
    await world.sync()
    world.clock.advance(60)
    return ana, lead


def owners(world: SmallWorld) -> tuple[object, object]:
    return world.one(Side.HUBSPOT).get("hubspot_owner_id"), world.one(Side.SALESFORCE).get("OwnerId")


async def test_o07_the_later_change_of_owner_wins_on_both_sides(world: SmallWorld) -> None:
    ana, lead = await pair(world, "1", ANA)
    world.hubspot.edit(ana, {"hubspot_owner_id": "2"})
    await world.sync()
    assert owners(world) == ("2", BEN)
    world.clock.advance(60)
    world.salesforce.edit(lead, {"OwnerId": ANA})
    await world.sync()
    assert owners(world) == ("1", ANA)


@pytest.mark.parametrize("nobody", ["3", "4"])
async def test_o04_an_owner_who_left_or_matches_nobody_is_undone_in_hubspot(world: SmallWorld, nobody: str) -> None:
    ana, _ = await pair(world, "1", ANA)
    world.hubspot.edit(ana, {"hubspot_owner_id": nobody})
    await world.sync()
    assert owners(world) == ("1", ANA)


async def test_o09_a_blank_owner_in_hubspot_is_filled_and_never_goes_over(world: SmallWorld) -> None:
    ana, _ = await pair(world, None, ANA)
    assert owners(world) == ("1", ANA)
    world.hubspot.edit(ana, {"hubspot_owner_id": None})
    await world.sync()
    assert owners(world) == ("1", ANA)


async def test_o02_a_queue_is_an_owner_like_any_other(world: SmallWorld) -> None:
    _, lead = await pair(world, "1", ANA)
    world.salesforce.edit(lead, {"OwnerId": QUEUE})
    await world.sync()
    assert owners(world) == ("5", QUEUE)


async def test_o01_who_has_left_salesforce_still_answers_to_a_hubspot_owner(world: SmallWorld) -> None:
    _, lead = await pair(world, "1", ANA)
    world.salesforce.edit(lead, {"OwnerId": LEFT})
    await world.sync()
    assert owners(world) == ("3", LEFT)
    written = world.writes()
    world.clock.advance(900)
    await world.sync()
    assert world.writes() == written


async def test_switched_off_owners_go_nowhere(world: SmallWorld) -> None:
    world.settings = replace(world.settings, owners=False)
    ana, lead = await pair(world, "1", BEN)
    assert owners(world) == ("1", BEN)
    world.hubspot.edit(ana, {"hubspot_owner_id": "2"})
    world.salesforce.edit(lead, {"OwnerId": ANA})
    await world.sync()
    assert owners(world) == ("2", ANA)


def test_o03_of_several_with_one_address_the_one_of_the_same_name_is_meant_and_none_is_guessed() -> None:
    shared = [Owner(id="A", email="crm@us.example", name="Ana"), Owner(id="B", email="crm@us.example", name="Bot")]
    assert match_owners([Owner(id="1", email="CRM@us.example", name="ana")], shared) == {"1": "A"}
    assert match_owners([Owner(id="1", email="crm@us.example", name="Eva")], shared) == {}
    assert match_owners([Owner(id="1", email="", name="Eva")], [Owner(id="A", email="", name="Eva")]) == {}
