"""Which lines are suggested, over two CRMs of dictionaries: from linked pairs, else from records of one address."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.fakes.small_world import make_field
from tests.fakes.wide_world import WideWorld

from pasodoble.engine.service.suggesting import Suggested, suggest
from pasodoble.mapping.presets import KINDS
from pasodoble.model.side import Pair

JOBS = "CTO CEO Chair Clerk Cook Coach Baker Pilot Nurse Judge Smith Guide".split()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[WideWorld]:
    """People whose jobs are in a field of another name in Salesforce, and whose mapping has the name and address only."""
    made = WideWorld(f"sqlite:///{tmp_path / 'wide.db'}")
    for object in ("Lead", "Contact"):
        schema = made.salesforce.schemas[object]
        more = make_field("Role_in_company__c", length=80)
        made.salesforce.schemas[object] = replace(schema, fields={**schema.fields, more.name: more})
    lines = tuple(rule for rule in KINDS["contacts"].rules if rule.hubspot in ("email", "lastname", "company"))
    objects = {"contacts": replace(made.settings.objects["contacts"], fields=lines)}
    made.settings = replace(made.settings, objects=objects)
    for number, job in enumerate(JOBS):
        email = f"p{number}@acme.example"
        made.hubspot.put("contacts", {"email": email, "lastname": "P", "company": "A", "jobtitle": job})
        fields = {"Email": email.upper(), "LastName": "P", "Role_in_company__c": job}
        made.salesforce.put("Lead" if number % 2 else "Contact", fields | ({"Company": "A"} if number % 2 else {}))
    yield made
    made.close()


async def suggested(world: WideWorld) -> dict[str, Suggested]:
    both = Pair(world.hubspot, world.salesforce)
    return {one.rule.key: one for one in await suggest(world.settings, both, world.store, "contacts")}


@pytest.mark.parametrize("linked", [False, True])
async def test_values_that_agree_join_fields_of_any_name_before_and_after_records_are_linked(
    world: WideWorld, linked: bool
) -> None:
    if linked:
        await world.sync()
    found = (await suggested(world))["jobtitle"]
    both = {"Lead": "Role_in_company__c", "Contact": "Role_in_company__c"}
    assert found.rule.salesforce == both, "one line covers both (M-13)"
    assert (found.compared, found.agreeing, found.agreement) == (12, 12, 1.0)
    assert found.document(("Lead", "Contact"))["line"] == {
        "hubspot": "jobtitle",
        "salesforce": "Role_in_company__c",
        "rule": "prefer_salesforce_unless_blank",
    }


async def test_without_values_names_have_to_do(world: WideWorld) -> None:
    found = (await suggested(world))["phone"]
    assert found.rule.salesforce == {"Lead": "Phone", "Contact": "Phone"}
    assert found.agreement is None


async def test_what_is_mapped_already_is_not_suggested_and_nothing_is_written(world: WideWorld) -> None:
    assert not {"email", "lastname", "company"} & set(await suggested(world))
    assert world.writes() == 0


async def test_two_people_of_one_address_prove_nothing(world: WideWorld) -> None:
    for row in world.salesforce.live("Lead"):
        world.salesforce.put("Lead", {**row.fields, "Role_in_company__c": "somebody else's"})
    found = (await suggested(world))["jobtitle"]
    assert found.rule.salesforce["Contact"] == "Role_in_company__c"
    assert found.compared == len(world.salesforce.live("Contact"))
