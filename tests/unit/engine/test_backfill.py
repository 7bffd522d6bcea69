"""The initial load over two CRMs of dictionaries: nothing lost or doubled wherever it stops, people's edits first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.fakes.small_world import Crash, SmallWorld, choose_rules, make_settings

from pasodoble.engine.backfill import Backfiller
from pasodoble.engine.cycle import Scope
from pasodoble.engine.service import backfilling
from pasodoble.engine.service.syncing import ask_for, sync
from pasodoble.errors import Error
from pasodoble.model.backfill import BackfillState
from pasodoble.model.rule import UpdateRule
from pasodoble.model.settings import Limits
from pasodoble.model.side import Side

BATCH = 40


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallWorld]:
    monkeypatch.setattr("pasodoble.engine.backfill.BATCH", BATCH)
    of = SmallWorld(f"sqlite:///{tmp_path}/journal.db", make_settings(limits=Limits(max_creates_per_run=10)))
    yield of
    of.close()


def fill(world: SmallWorld, *, both: int = 60, hubspot: int = 50, salesforce: int = 45) -> None:
    """People whom both sides know, and such as only one does."""
    for i in range(both + hubspot):
        world.hubspot.put("contacts", {"email": f"p{i}@x.example", "lastname": f"P{i}", "company": "X"})
    for i in [*range(both), *range(1000, 1000 + salesforce)]:
        world.salesforce.put("Lead", {"Email": f"p{i}@x.example", "LastName": f"P{i}", "Company": "X"})


def addresses(world: SmallWorld, side: Side) -> list[str]:
    name = "email" if side is Side.HUBSPOT else "Email"
    return sorted(str(row.fields[name]) for row in world.live(side))


def assert_loaded(world: SmallWorld, people: int = 155) -> None:
    for side in Side:
        known = addresses(world, side)
        assert len(known) == len(set(known)) == people
    with world.store.transaction("small", read_only=True) as tx:
        assert tx.links.count("contacts") == people


async def test_all_records_are_paired_or_made_though_they_are_more_than_a_run_may_make(world: SmallWorld) -> None:
    fill(world)
    at = await world.connect()
    backfilling.start(at)
    backfill = await backfilling.carry_through(at)
    assert backfill.state is BackfillState.DONE
    assert_loaded(world)
    told = backfill.progress.kinds["contacts"]
    assert (told.walked, told.marked, told.done, told.linked) == (215, 215, 215, 60)
    assert told.written["salesforce.created"] == 50
    assert told.written["hubspot.created"] == 45


async def test_preview_says_what_the_backfill_then_does(world: SmallWorld) -> None:
    fill(world)
    at = await world.connect()
    [kind] = (await backfilling.preview(at)).kinds
    assert kind.exact
    assert (kind.links, kind.creates[Side.SALESFORCE], kind.creates[Side.HUBSPOT]) == (60, 50, 45)
    assert world.writes() == 0


async def test_check_after_a_backfill_writes_nothing(world: SmallWorld) -> None:
    fill(world)
    at = await world.connect()
    backfilling.start(at)
    await backfilling.carry_through(at)
    world.clock.advance(7200)
    before = world.writes()
    result = await world.sync()
    assert (world.writes(), result.report.brakes) == (before, [])


@pytest.mark.parametrize("fatal", [1, 17, 61, 94])
@pytest.mark.parametrize("how", ["crash_before", "crash_after"])
async def test_backfill_that_dies_goes_on_and_doubles_nothing(world: SmallWorld, fatal: int, how: str) -> None:
    fill(world)
    backfilling.start(await world.connect())
    count = iter(range(10_000))

    def draw(what: str) -> str:
        return how if what == "write" and next(count) == fatal else ""

    for faults in world.faults:
        faults.draw = draw
    with pytest.raises(Crash):
        await backfilling.carry_through(await world.connect())
    for faults in world.faults:
        faults.draw = lambda _what: ""
    world.clock.advance(600)
    assert backfilling.resume(world.settings, world.store, world.clock).active
    backfill = await backfilling.carry_through(await world.connect())
    assert backfill.state is BackfillState.DONE
    world.clock.advance(3600)
    await world.sync()
    assert_loaded(world)


async def test_walk_that_dies_goes_on_where_it_was(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(world)
    monkeypatch.setattr("pasodoble.engine.backfill.PAGES_A_STEP", 1)
    monkeypatch.setattr(world.hubspot, "_page_size", 20)
    backfilling.start(await world.connect())
    assert await Backfiller(await world.connect()).step()
    backfill = await backfilling.carry_through(await world.connect())
    assert backfill.progress.kinds["contacts"].walked == 215
    assert_loaded(world)


async def test_edit_of_a_person_is_carried_before_the_rest(world: SmallWorld) -> None:
    fill(world, both=0, hubspot=120, salesforce=0)
    at = await world.connect()
    backfilling.start(at)
    backfiller = Backfiller(at)
    while backfilling.load(at.settings, at.store).state is BackfillState.WALKING:
        await backfiller.step()
    await backfiller.step()
    last = world.hubspot.live("contacts")[-1].ref
    assert f"{last}" and not any(row.fields["Email"] == "p119@x.example" for row in world.live(Side.SALESFORCE))
    ask_for(at, "contacts", [last])
    await sync(at, Scope(kinds=("contacts",), looks=False))
    made = addresses(world, Side.SALESFORCE)
    assert "p119@x.example" in made
    assert len(made) == BATCH + 1  # the check has left the backfill's own marks alone


async def test_paused_backfill_stands_still_and_resumes(world: SmallWorld) -> None:
    fill(world)
    at = await world.connect()
    backfilling.start(at)
    backfilling.pause(world.settings, world.store, world.clock)
    assert (await backfilling.carry_through(at)).state is BackfillState.PAUSED
    assert world.writes() == 0
    backfilling.resume(world.settings, world.store, world.clock)
    assert (await backfilling.carry_through(at)).state is BackfillState.DONE
    assert_loaded(world)


async def test_throttle_holds_the_rate(world: SmallWorld) -> None:
    fill(world, both=0, hubspot=60, salesforce=0)
    at = await world.connect()
    backfilling.start(at, per_minute=30)
    since = world.clock.now()
    await backfilling.carry_through(at)
    assert world.clock.now() - since >= timedelta(minutes=2)


async def test_clearing_much_pauses_until_a_person_lets_it_through(world: SmallWorld) -> None:
    rules = choose_rules({"jobtitle": UpdateRule.TWO_WAY})
    world.settings = make_settings(limits=Limits(max_clears_per_run=3), fields=rules)
    for i in range(9):
        world.hubspot.put("contacts", {"email": f"p{i}@x.example", "lastname": "P", "company": "X", "jobtitle": "Boss"})
    at = await world.connect()
    backfilling.start(at)
    await backfilling.carry_through(at)
    for row in world.hubspot.live("contacts"):
        world.hubspot.edit(row.ref, {"jobtitle": ""})
    backfilling.start(at)
    backfill = await backfilling.carry_through(at)
    assert backfill.state is BackfillState.PAUSED
    assert "9" in backfill.trouble
    assert all(row.fields["Title"] == "Boss" for row in world.live(Side.SALESFORCE))
    backfilling.resume(world.settings, world.store, world.clock, released=True)
    assert (await backfilling.carry_through(at)).state is BackfillState.DONE
    assert not any(row.fields["Title"] for row in world.live(Side.SALESFORCE))


async def test_second_backfill_is_refused_while_one_is_under_way(world: SmallWorld) -> None:
    at = await world.connect()
    backfilling.start(at)
    with pytest.raises(Error, match="walking already"):
        backfilling.start(at)
