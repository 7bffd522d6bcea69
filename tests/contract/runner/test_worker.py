"""A worker over the durable runner, on each database: the journal is the truth, and all that the engine keeps may go."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa
from tests.fakes.small_world import SmallWorld, make_settings

from pasodoble.engine.connected import Connected
from pasodoble.engine.keeper import Keeper
from pasodoble.engine.worker import Worker
from pasodoble.model.side import Side
from pasodoble.runner.clock import SystemClock
from pasodoble.runner.dbos import DbosRunner
from pasodoble.store.database import read_url

ANA = {"email": "ana@acme.example", "firstname": "Ana", "lastname": "Ruiz", "company": "Acme"}
pytestmark = pytest.mark.xdist_group("runner")  # DBOS is one a process


@pytest.fixture
def world(url: str) -> Iterator[SmallWorld]:
    made = SmallWorld(url, make_settings())
    made.clock = made.hubspot._clock = made.salesforce._clock = SystemClock()  # type: ignore[assignment]
    yield made
    made.close()


def make_keeper(world: SmallWorld) -> Keeper:
    @asynccontextmanager
    async def open() -> AsyncIterator[Connected]:
        yield await world.connect()

    return Keeper(world.settings, world.store, world.clock, open)


@asynccontextmanager
async def working(world: SmallWorld, keeper: Keeper, name: str = "one") -> AsyncIterator[None]:
    runner = DbosRunner(read_url(world.url), worker=name, version="1", polled_every_s=0.05)
    task = asyncio.create_task(Worker([keeper], runner, world.store, world.clock, version="1").work())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def until(holds: Callable[[], bool], within_s: float = 15.0) -> None:
    end = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < end, f"not within {within_s} s"
        await asyncio.sleep(0.02)


def delete_engine_rows(url: str) -> None:
    parsed = read_url(url)
    lite = parsed.get_backend_name() == "sqlite"
    engine = sa.create_engine(parsed)
    with engine.begin() as sql:
        if lite:
            sql.execute(sa.text("PRAGMA foreign_keys=OFF"))
        for table in ("operation_outputs", "workflow_input", "workflow_output", "workflow_status"):
            sql.execute(sa.text(f"DELETE FROM {'' if lite else 'dbos.'}{table}"))
    engine.dispose()


def count_runs(world: SmallWorld, what: str) -> int:
    with world.store.transaction(world.settings.name, read_only=True) as tx:
        return sum(row.what == what for row in tx.runs.load())


async def test_if_every_engine_row_were_deleted_the_next_tick_goes_on_and_loses_nothing(world: SmallWorld) -> None:
    world.hubspot.put("contacts", ANA)
    keeper = make_keeper(world)
    async with working(world, keeper):
        await until(lambda: len(world.live(Side.SALESFORCE)) == 1)
    other = world.hubspot.put("contacts", ANA | {"email": "bo@acme.example", "firstname": "Bo"})
    keeper.ask("contacts", {other})
    delete_engine_rows(world.url)
    async with working(world, make_keeper(world)):
        await until(lambda: len(world.live(Side.SALESFORCE)) == 2)
        third = world.hubspot.put("contacts", ANA | {"email": "cy@acme.example", "firstname": "Cy"})
        delete_engine_rows(world.url)  # under a worker that runs
        keeper.ask("contacts", {third})
        await until(lambda: len(world.live(Side.SALESFORCE)) == 3)


async def test_what_is_asked_for_in_another_process_is_done_within_moments(world: SmallWorld) -> None:
    async with working(world, make_keeper(world)):
        await until(lambda: count_runs(world, "check") == 1)
        ana = world.hubspot.put("contacts", ANA)
        began = time.monotonic()
        make_keeper(world).ask("contacts", {ana})  # it can wake nobody
        await until(lambda: len(world.live(Side.SALESFORCE)) == 1)
        assert time.monotonic() - began < 8


async def test_check_that_is_due_is_made_once_by_two_keepers(world: SmallWorld) -> None:
    first, second = make_keeper(world), make_keeper(world)
    due = first.find_due()
    assert due == second.find_due() == [first.cycle]
    await asyncio.gather(first.perform(first.cycle), second.perform(second.cycle))
    assert count_runs(world, "check") == 1


async def test_check_comes_round_by_the_settings(world: SmallWorld) -> None:
    keeper = make_keeper(world)
    await keeper.perform(keeper.cycle)
    assert keeper.find_due() == []
    assert keeper.next_check_at is not None
    assert abs(keeper.next_check_at - world.clock.now() - world.settings.check_every) < timedelta(seconds=30)
