"""Alerts after a run, over a real store: told once, remembered only when they are out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.fakes.small_world import SmallWorld, make_settings

from pasodoble.engine.service.alerting import send_alerts
from pasodoble.errors import Undelivered
from pasodoble.model.alert import Alert, Channel, Digest
from pasodoble.model.side import Side

ALERT = Alert(channel=Channel.WEBHOOK, address="https://hook.example/secret")


class Heard:
    """A Notifier that keeps what it was given, and fails while it is told to."""

    def __init__(self) -> None:
        self.digests: list[Digest] = []
        self.down = False

    async def send(self, alert: Alert, digest: Digest) -> None:
        if self.down:
            raise Undelivered("the address answered 503")
        self.digests.append(digest)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    world = SmallWorld(f"sqlite:///{tmp_path}/world.db", replace(make_settings(), alerts=(ALERT,)))
    yield world
    world.close()


async def alert(world: SmallWorld, heard: Heard) -> list[str]:
    return await send_alerts(world.settings, world.store, world.clock, heard, public_url="https://sync.example.com")


def put_a_bad_contact(world: SmallWorld) -> None:
    """Without a last name no lead can be made of it."""
    world.hubspot.put("contacts", {"email": f"p{len(world.hubspot.rows)}@x.example", "company": "C"})


async def test_a_problem_is_told_once_with_the_pages_address(world: SmallWorld) -> None:
    heard = Heard()
    put_a_bad_contact(world)
    await world.sync()
    assert await alert(world, heard) == []
    await world.sync()
    await alert(world, heard)
    [digest] = heard.digests
    assert [(t.cause, t.count) for t in digest.troubles] == [("value.required_missing", 1)]
    assert digest.address == "https://sync.example.com/problems"


async def test_what_was_not_delivered_is_told_after_the_next_run(world: SmallWorld) -> None:
    heard = Heard()
    put_a_bad_contact(world)
    await world.sync()
    heard.down = True
    [failure] = await alert(world, heard)
    assert "503" in failure
    assert "secret" not in failure
    heard.down = False
    assert await alert(world, heard) == []
    assert len(heard.digests) == 1


async def test_nothing_is_told_where_all_is_well(world: SmallWorld) -> None:
    heard = Heard()
    world.hubspot.put("contacts", {"email": "a@x.example", "lastname": "A", "company": "C"})
    await world.sync()
    assert await alert(world, heard) == []
    assert heard.digests == []


async def test_a_side_that_cannot_be_reached_is_told(world: SmallWorld) -> None:
    heard = Heard()
    put_a_bad_contact(world)
    world.faults[Side.HUBSPOT].draw = lambda what: "before" if what == "read" else ""
    await world.sync()
    await alert(world, heard)
    [digest] = heard.digests
    assert digest.stopped
