"""Lifecycle stages from people to their company and on to its other people, over the dictionary world."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.fakes.small_world import make_field
from tests.fakes.wide_world import WideWorld

from pasodoble.model.ref import Ref
from pasodoble.model.settings import CompanyStages
from pasodoble.reconcile.stages import raise_stage

WON: dict[str, Any] = {"Name": "Big", "IsClosed": True, "IsWon": True}
OPEN: dict[str, Any] = {"Name": "Small", "IsClosed": False, "IsWon": False}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[WideWorld]:
    made = WideWorld(f"sqlite:///{tmp_path}/world.db")
    made.switch_on("companies")
    people = replace(made.settings.objects["contacts"], create_in_salesforce="Contact")
    made.settings = replace(made.settings, objects={**made.settings.objects, "contacts": people})
    for object in ("contacts", "companies"):
        schema = made.hubspot.schemas[object]
        fields = {**schema.fields, "lifecyclestage": make_field("lifecyclestage")}
        made.hubspot.schemas[object] = replace(schema, fields=fields)
    deal = made.salesforce.schemas["Opportunity"]
    shown = {name: make_field(name) for name in ("IsClosed", "IsWon")}
    made.salesforce.schemas["Opportunity"] = replace(deal, fields={**deal.fields, **shown})
    yield made
    made.close()


async def company_of_two(world: WideWorld, *, company_stage: str = "lead") -> tuple[Ref, Ref, Ref]:
    acme = world.hubspot.put("companies", {"name": "Acme", "lifecyclestage": company_stage})
    people = [
        world.hubspot.put("contacts", {"email": f"{n}@acme.example", "lastname": n, "lifecyclestage": "lead"})
        for n in ("ana", "ben")
    ]
    for person in people:
        world.hubspot.tie(person, acme, "primary")
    await world.sync()
    await world.sync()
    return acme, people[0], people[1]


async def win(world: WideWorld, last_name: str, deal: dict[str, Any]) -> None:
    person = next(row.ref for row in world.salesforce.live("Contact") if row.fields["LastName"] == last_name)
    world.clock.advance(60)
    world.salesforce.tie(world.salesforce.put("Opportunity", deal), person)
    for _ in range(3):
        await world.sync()


def stage_of(world: WideWorld, ref: Ref) -> object:
    return world.hubspot.rows[ref].fields.get("lifecyclestage")


@pytest.mark.parametrize(
    ("asked_for", "company", "other"),
    [
        (CompanyStages.STAY, "lead", "lead"),
        (CompanyStages.FOLLOW, "customer", "lead"),
        (CompanyStages.SPREAD, "customer", "customer"),
    ],
)
async def test_a_won_opportunity_moves_the_company_and_its_people_as_far_as_settings_ask(
    world: WideWorld, asked_for: CompanyStages, company: str, other: str
) -> None:
    world.settings = replace(world.settings, company_stages=asked_for)
    acme, ana, ben = await company_of_two(world)
    await win(world, "ana", WON)
    assert (stage_of(world, ana), stage_of(world, acme), stage_of(world, ben)) == ("customer", company, other)
    written = world.writes()
    world.clock.advance(900)
    await world.sync()
    assert world.writes() == written


async def test_a_company_that_is_further_stays_and_takes_its_people_along(world: WideWorld) -> None:
    world.settings = replace(world.settings, company_stages=CompanyStages.SPREAD)
    acme, ana, _ = await company_of_two(world, company_stage="evangelist")
    await win(world, "ana", OPEN)
    assert stage_of(world, acme) == "evangelist"
    assert stage_of(world, ana) == "evangelist"


async def test_the_opportunities_of_a_company_that_is_not_synced_move_nothing_but_the_person(world: WideWorld) -> None:
    world.settings = replace(world.settings, company_stages=CompanyStages.SPREAD)
    off = replace(world.settings.objects["companies"], enabled=False)
    world.settings = replace(world.settings, objects={**world.settings.objects, "companies": off})
    acme, ana, ben = await company_of_two(world)
    await win(world, "ana", WON)
    assert (stage_of(world, ana), stage_of(world, acme), stage_of(world, ben)) == ("customer", "lead", "lead")


@pytest.mark.parametrize(
    ("held", "wished", "raised"),
    [
        ("lead", ["customer", "opportunity", None], "customer"),
        (None, ["lead"], "lead"),
        ("customer", ["opportunity"], None),
        ("customer", ["customer"], None),
        ("lead", ["partner_of_ours"], None),
        ("partner_of_ours", ["customer"], None),
        ("lead", [], None),
    ],
)
def test_a_stage_is_raised_to_the_furthest_and_never_lowered(
    held: str | None, wished: list[str | None], raised: str | None
) -> None:
    assert raise_stage(held, wished) == raised
