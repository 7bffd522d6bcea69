"""Claims: two lanes never write one pair at once, and who slept past a lease neither writes nor records."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.fakes.small_world import SmallWorld, make_settings

from pasodoble.engine.claims import LEASE
from pasodoble.engine.service.syncing import sync
from pasodoble.model.side import SIDES, Side

ANA = {"email": "ana@acme.example", "firstname": "Ana", "lastname": "Ruiz", "company": "Acme"}
OTHER = "another run"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    made = SmallWorld(f"sqlite:///{tmp_path / 'small.db'}", make_settings())
    yield made
    made.close()


async def make_pair(world: SmallWorld) -> int:
    """Ana on both sides, in step; gives her link's number."""
    world.hubspot.put("contacts", ANA)
    for _ in range(3):
        await world.sync()
        world.clock.advance(60)
    [row] = world.live(Side.HUBSPOT)
    with world.store.transaction("small") as tx:
        [link] = tx.links.load([row.ref]).values()
    return link.id


def take(world: SmallWorld, key: int) -> None:
    now = world.clock.now()
    with world.store.transaction("small") as tx:
        assert tx.leases.claim({str(key)}, OTHER, now + LEASE, now) == {str(key)}


def edit(world: SmallWorld, title: str) -> None:
    [row] = world.live(Side.HUBSPOT)
    world.hubspot.edit(row.ref, {"jobtitle": title})


async def test_nothing_is_held_once_a_run_has_ended(world: SmallWorld) -> None:
    link = await make_pair(world)
    edit(world, "CEO")
    await world.sync()
    take(world, link)


async def test_what_another_run_holds_is_left_to_it_and_its_mark_stays(world: SmallWorld) -> None:
    link = await make_pair(world)
    take(world, link)
    edit(world, "CEO")
    before = world.writes()
    await world.sync()
    assert world.writes() == before
    with world.store.transaction("small") as tx:
        assert tx.marks.count() == 1
        tx.leases.release({str(link)}, OTHER)
    await world.sync()
    assert world.one(Side.SALESFORCE)["Title"] == "CEO"


async def test_lease_of_a_run_that_died_is_taken_over_once_it_has_lapsed(world: SmallWorld) -> None:
    link = await make_pair(world)
    take(world, link)
    edit(world, "CEO")
    world.clock.advance(LEASE / timedelta(seconds=1) + 1)
    await world.sync()
    assert world.one(Side.SALESFORCE)["Title"] == "CEO"


async def test_who_slept_past_the_lease_before_writing_writes_nothing(world: SmallWorld) -> None:
    """Between its reading and its writing the run sleeps, and another takes the link over."""
    link = await make_pair(world)
    edit(world, "CEO")
    slept = False

    def sleep() -> None:
        nonlocal slept
        if not slept:
            slept = True
            world.clock.advance(LEASE / timedelta(seconds=1) + 1)
            take(world, link)

    for side in SIDES:
        world.faults[side].between = sleep
    before = world.writes()
    await world.sync()
    assert slept
    assert world.writes() == before
    with world.store.transaction("small") as tx:
        assert tx.marks.count() >= 1, "its successor does it"


async def test_who_slept_past_the_lease_while_writing_records_nothing(world: SmallWorld) -> None:
    """The write has gone out when another takes over: that one finds the intent and confirms it; the history has it once."""
    link = await make_pair(world)
    edit(world, "CEO")
    write = world.faults.salesforce.inner.write

    async def write_and_sleep(operations):  # type: ignore[no-untyped-def]
        outcomes = await write(operations)
        world.clock.advance(LEASE / timedelta(seconds=1) + 1)
        take(world, link)
        return outcomes

    world.faults.salesforce.inner.write = write_and_sleep  # type: ignore[method-assign]
    await world.sync()
    world.faults.salesforce.inner.write = write  # type: ignore[method-assign]
    assert world.one(Side.SALESFORCE)["Title"] == "CEO"

    def told() -> list[str]:
        with world.store.transaction("small") as tx:
            return [row.change.field for row in tx.history.load(link)]

    assert told().count("Title") == 0
    with world.store.transaction("small") as tx:
        assert tx.marks.count() >= 1
        tx.leases.release({str(link)}, OTHER)
    await world.sync()
    assert told().count("Title") == 1


async def test_write_is_not_sent_in_the_last_quarter_of_a_lease_that_cannot_be_renewed(world: SmallWorld) -> None:
    link = await make_pair(world)
    edit(world, "CEO")
    apply = world.salesforce.write

    async def late(operations):  # type: ignore[no-untyped-def]
        world.clock.advance(LEASE / timedelta(seconds=1) + 1)
        take(world, link)
        return await apply(operations)

    world.salesforce.write = late  # type: ignore[method-assign]
    await world.sync()
    assert world.one(Side.SALESFORCE).get("Title") is None


async def test_long_wait_before_a_write_renews_the_lease(world: SmallWorld) -> None:
    await make_pair(world)
    edit(world, "CEO")
    apply = world.salesforce.write

    async def patient(operations):  # type: ignore[no-untyped-def]
        world.clock.advance(LEASE / timedelta(seconds=1) * 0.7)
        return await apply(operations)

    world.salesforce.write = patient  # type: ignore[method-assign]
    result = await sync(await world.connect())
    assert world.one(Side.SALESFORCE)["Title"] == "CEO"
    assert result.report.tallies["contacts"].written[Side.SALESFORCE]["updated"] == 1
