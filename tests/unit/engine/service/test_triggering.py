from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.fakes.small_world import SmallWorld, make_settings

from pasodoble.engine.service.triggering import TriggerView, list_triggers
from pasodoble.triggers.catalogue import KEYS, NON_KEYS


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    world = SmallWorld(f"sqlite:///{tmp_path}/world.db", make_settings())
    yield world
    world.close()


def views(world: SmallWorld) -> dict[str, TriggerView]:
    return {view.key: view for view in list_triggers(world.settings, world.store, world.clock.now())}


def test_every_declaration_stands_once_in_the_catalogues_order(world: SmallWorld) -> None:
    assert list(views(world)) == [*KEYS, *NON_KEYS]
    assert {view.key for view in views(world).values() if view.on is None} == set(NON_KEYS)


def test_a_switch_is_shown_as_the_settings_have_it(world: SmallWorld) -> None:
    assert not views(world)["inclusion_list_joined"].on
    contacts = replace(world.settings.objects["contacts"], inclusion_list="42")
    world.settings = replace(world.settings, objects={"contacts": contacts}, activities={"call_logged": {"on": True}})
    assert views(world)["inclusion_list_joined"].on
    assert views(world)["call_logged"].on
    assert not views(world)["note_created"].on


async def test_what_a_sync_heard_is_counted(world: SmallWorld) -> None:
    await world.sync()
    world.clock.advance(3600)
    world.hubspot.put("contacts", {"email": "a@x.example", "lastname": "A", "company": "C"})
    await world.sync()
    made = views(world)["hubspot_record_created"]
    assert made.tally.fired == 1
    assert made.tally.last_at is not None
