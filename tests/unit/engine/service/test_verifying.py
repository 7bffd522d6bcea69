"""The consistency check, over a real store and the dictionary CRMs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fakes.small_world import SmallWorld, make_settings

from pasodoble.engine.service.verifying import Verified, read_figure, verify
from pasodoble.model.settings import OnDelete
from pasodoble.model.side import SIDES, Side


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    settings = make_settings(when_deleted_in_salesforce=OnDelete.DELETE, when_deleted_in_hubspot=OnDelete.DELETE)
    world = SmallWorld(f"sqlite:///{tmp_path}/world.db", settings)
    for number in range(3):
        world.hubspot.put("contacts", {"email": f"p{number}@x.example", "lastname": f"P{number}", "company": "C"})
    yield world
    world.close()


async def settle(world: SmallWorld) -> None:
    for _ in range(4):
        world.clock.advance(3600)
        await world.sync()


async def check(world: SmallWorld, *, marks: bool = True) -> Verified:
    return await verify(await world.connect(), marks=marks)


async def test_where_all_is_well_nothing_is_found_and_nothing_would_be_written(world: SmallWorld) -> None:
    await settle(world)
    writes = world.writes()
    verified = await check(world)
    assert verified.healthy
    [found] = verified.kinds
    assert [(side.records, side.in_step) for side in found.sides] == [(3, 3), (3, 3)]
    assert world.writes() == writes
    with world.store.transaction("small", read_only=True) as tx:
        figure = read_figure(tx)
    assert figure is not None
    assert (figure.records, figure.findings, figure.planned_writes) == (6, 0, 0)


@pytest.mark.parametrize("side", SIDES)
async def test_a_record_that_is_gone_without_a_word_is_found_and_dealt_with(world: SmallWorld, side: Side) -> None:
    await settle(world)
    memory = world.hubspot if side is Side.HUBSPOT else world.salesforce
    memory.remove(world.live(side)[0].ref)
    verified = await check(world)
    assert (verified.kinds[0].sides[side].missing, verified.healthy) == (1, False)
    await settle(world)
    assert len(world.live(side.other)) == 2
    assert (await check(world)).healthy


@pytest.mark.parametrize("side", SIDES)
async def test_an_edit_that_no_look_can_see_is_found_and_carried(world: SmallWorld, side: Side) -> None:
    await settle(world)
    memory = world.hubspot if side is Side.HUBSPOT else world.salesforce
    row = world.live(side)[0]
    unseen = row.sequence
    memory.edit(row.ref, {"lastname" if side is Side.HUBSPOT else "LastName": "Silent"})
    row.sequence = unseen
    await settle(world)
    assert "Silent" not in [r.fields.get("lastname", r.fields.get("LastName")) for r in world.live(side.other)]
    verified = await check(world)
    assert (verified.kinds[0].sides[side].differing, verified.planned["contacts"]) == (1, 1)
    await settle(world)
    assert "Silent" in [r.fields.get("lastname", r.fields.get("LastName")) for r in world.live(side.other)]


async def test_look_only_leaves_what_it_found_alone(world: SmallWorld) -> None:
    await settle(world)
    row = world.live(Side.SALESFORCE)[0]
    unseen = row.sequence
    world.salesforce.edit(row.ref, {"LastName": "Silent"})
    row.sequence = unseen
    assert (await check(world, marks=False)).planned == {"contacts": 1}
    await settle(world)
    assert "Silent" not in [r.fields["lastname"] for r in world.live(Side.HUBSPOT)]


async def test_what_is_left_out_on_purpose_is_no_finding(world: SmallWorld) -> None:
    world.hubspot.put("contacts", {"lastname": "No address", "company": "C"})
    await settle(world)
    assert (await check(world)).healthy


async def test_a_record_that_was_never_seen_is_found(world: SmallWorld) -> None:
    await settle(world)
    world.salesforce.put("Lead", {"LastName": "Late", "Company": "C", "Email": "late@x.example"})
    row = next(row for row in world.live(Side.SALESFORCE) if row.fields["Email"] == "late@x.example")
    row.sequence = 0
    assert (await check(world)).kinds[0].sides.salesforce.unlinked == 1
    await settle(world)
    assert len(world.live(Side.HUBSPOT)) == 4


async def test_a_walk_that_breaks_off_marks_nothing(world: SmallWorld) -> None:
    await settle(world)
    at = await world.connect()

    async def broken(*_: object) -> object:
        raise RuntimeError
        yield

    at.connectors.salesforce.read_changes = broken  # type: ignore[method-assign, assignment]
    with pytest.raises(RuntimeError):
        await verify(at)
    with world.store.transaction("small", read_only=True) as tx:
        assert tx.marks.count() == 0
