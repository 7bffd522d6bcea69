"""New lines of a mapping sleep for pairs that are older, until their backfill has been previewed (TN-06, M-16)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.fakes.small_world import SmallWorld, choose_rules, make_settings

from pasodoble.engine.lines import load_asleep
from pasodoble.engine.service import waking
from pasodoble.engine.service.choosing import list_conflicts, sum_first_sync
from pasodoble.engine.service.finding import NotFound
from pasodoble.model.ref import Ref
from pasodoble.model.rule import FieldRule, UpdateRule
from pasodoble.model.side import SIDES, Pair, Side

TITLE, PHONE = Pair("jobtitle", "Title"), Pair("phone", "Phone")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    rules = choose_rules({"phone": UpdateRule.TWO_WAY})
    made = SmallWorld(f"sqlite:///{tmp_path / 'small.db'}", make_settings(fields=without(rules, "jobtitle")))
    yield made
    made.close()


def without(rules: tuple[FieldRule, ...], key: str) -> tuple[FieldRule, ...]:
    return tuple(rule for rule in rules if rule.key != key)


def map_title(world: SmallWorld, *, to: str = "Title", rule: UpdateRule = UpdateRule.TWO_WAY) -> None:
    """Put the line of the job title into the mapping, or point it elsewhere, or give it another rule."""
    contacts = world.settings.objects["contacts"]
    line = FieldRule(hubspot="jobtitle", salesforce={"Lead": to}, rule=rule)
    fields = (*without(contacts.fields, "jobtitle"), line)
    world.settings = replace(world.settings, objects={"contacts": replace(contacts, fields=fields)})


async def add_pair(world: SmallWorld, name: str, title: str | None, theirs: str | None) -> Pair[Ref]:
    address = f"{name}@x.example"
    hubspot = world.hubspot.put("contacts", {"email": address, "lastname": name, "jobtitle": title, "company": "C"})
    lead = world.salesforce.put("Lead", {"Email": address, "LastName": name, "Title": theirs, "Company": "C"})
    await world.sync()
    world.clock.advance(60)
    return Pair(hubspot, lead)


def titles(world: SmallWorld, refs: Pair[Ref], names: Pair[str] = TITLE) -> tuple[object, object]:
    hubspot, salesforce = world.hubspot.rows[refs.hubspot], world.salesforce.rows[refs.salesforce]
    return hubspot.fields.get(names.hubspot), salesforce.fields.get(names.salesforce)


def edit(world: SmallWorld, refs: Pair[Ref], side: Side, names: Pair[str], value: str) -> None:
    (world.hubspot if side is Side.HUBSPOT else world.salesforce).edit(refs[side], {names[side]: value})


@pytest.mark.parametrize("side", SIDES)
async def test_tn06_new_line_carries_nothing_for_older_pairs_whatever_is_edited(world: SmallWorld, side: Side) -> None:
    refs = await add_pair(world, "ana", "CEO", None)
    map_title(world)
    await world.sync()
    edit(world, refs, side, TITLE, "CTO")
    edit(world, refs, side, PHONE, "+34 600 000 000")
    await world.sync()
    assert Pair(*titles(world, refs)) == (Pair("CTO", None) if side is Side.HUBSPOT else Pair("CEO", "CTO"))
    assert titles(world, refs, PHONE)[0] == titles(world, refs, PHONE)[1], "other lines go on"
    assert set(load_asleep(world.settings, world.store, "contacts")) == {"jobtitle"}


async def test_new_line_is_awake_for_pairs_that_are_linked_later(world: SmallWorld) -> None:
    await add_pair(world, "ana", "CEO", None)
    map_title(world)
    await world.sync()
    later = await add_pair(world, "eva", "CFO", None)
    assert titles(world, later) == ("CFO", "CFO")


async def test_preview_tells_what_would_change_and_writes_nothing(world: SmallWorld) -> None:
    for name, ours, theirs in (
        ("ana", "CEO", None),
        ("eva", None, "CFO"),
        ("zoe", "here", "there"),
        ("bo", "same", "same"),
    ):
        await add_pair(world, name, ours, theirs)
    map_title(world, rule=UpdateRule.ALWAYS_SALESFORCE)
    await world.sync()
    writes = world.writes()
    at = await world.connect()
    seen = await waking.preview(at, "contacts", waking.choose_lines(at, "contacts", ["Title"]))
    assert (seen.pairs, seen.fills, seen.replaces) == (4, Pair(1, 0), Pair(1, 0))
    assert world.writes() == writes and "jobtitle" in load_asleep(world.settings, world.store, "contacts")


@pytest.mark.parametrize("side", SIDES)
async def test_m16_waking_fills_what_was_previewed_and_the_line_is_awake_from_then_on(
    world: SmallWorld, side: Side
) -> None:
    refs = await add_pair(world, "ana", *Pair.of(side, "CEO", None))
    other = await add_pair(world, "eva", "here", "there")
    map_title(world)
    await world.sync()
    result = await waking.wake(await world.connect(), "contacts", ["jobtitle"])
    assert not result.report.failures
    assert titles(world, refs) == ("CEO", "CEO") and titles(world, other) == ("there", "there")
    assert list_conflicts(world.settings, world.store) == [], "a backfill is told as a sum"
    assert [one.key for one in sum_first_sync(world.settings, world.store)] == ["jobtitle"]
    world.clock.advance(60)
    edit(world, refs, side, TITLE, "CTO")
    await world.sync()
    assert titles(world, refs) == ("CTO", "CTO")
    writes = world.writes()
    world.clock.advance(60)
    await world.sync()
    assert world.writes() == writes


async def test_line_that_points_elsewhere_sleeps_and_starts_without_a_base(world: SmallWorld) -> None:
    map_title(world)
    refs = await add_pair(world, "ana", "CEO", "CEO")
    edit(world, refs, Side.SALESFORCE, Pair("", "City"), "Leon")
    map_title(world, to="City")
    await world.sync()
    assert titles(world, refs) == ("CEO", "CEO") and world.salesforce.rows[refs.salesforce].fields["City"] == "Leon"
    edit(world, refs, Side.HUBSPOT, TITLE, "CTO")
    await world.sync()
    assert world.salesforce.rows[refs.salesforce].fields["City"] == "Leon"
    await waking.wake(await world.connect(), "contacts", ["jobtitle"])
    assert world.hubspot.rows[refs.hubspot].fields["jobtitle"] == "Leon", (
        "both hold a value: the settings' winner counts"
    )


@pytest.mark.parametrize("rule", [UpdateRule.ALWAYS_HUBSPOT, UpdateRule.ALWAYS_SALESFORCE])
async def test_line_whose_rule_changes_stays_awake_and_keeps_its_base(world: SmallWorld, rule: UpdateRule) -> None:
    map_title(world)
    refs = await add_pair(world, "ana", "CEO", "CEO")
    map_title(world, rule=rule)
    await world.sync()
    assert load_asleep(world.settings, world.store, "contacts") == {}
    leader = Side.HUBSPOT if rule is UpdateRule.ALWAYS_HUBSPOT else Side.SALESFORCE
    edit(world, refs, leader, TITLE, "CTO")
    await world.sync()
    assert titles(world, refs) == ("CTO", "CTO")


async def test_line_that_was_taken_out_and_put_back_sleeps(world: SmallWorld) -> None:
    map_title(world)
    refs = await add_pair(world, "ana", "CEO", "CEO")
    contacts = world.settings.objects["contacts"]
    world.settings = replace(
        world.settings, objects={"contacts": replace(contacts, fields=without(contacts.fields, "jobtitle"))}
    )
    await world.sync()
    map_title(world)
    edit(world, refs, Side.HUBSPOT, TITLE, "CTO")
    await world.sync()
    assert titles(world, refs) == ("CTO", "CEO")


async def test_only_lines_that_sleep_can_be_woken(world: SmallWorld) -> None:
    await add_pair(world, "ana", "CEO", None)
    at = await world.connect()
    with pytest.raises(NotFound, match="asleep"):
        waking.choose_lines(at, "contacts", [])
    map_title(world)
    at = await world.connect()
    assert waking.choose_lines(at, "contacts", []) == ("jobtitle",)
    with pytest.raises(NotFound, match="phone of contacts"):
        waking.choose_lines(at, "contacts", ["phone"])
