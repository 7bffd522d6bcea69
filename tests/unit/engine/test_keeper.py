"""The keeper: checks on time, retries when they fall due, a person's wish at once, and patience with brakes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tests.fakes.small_world import SmallWorld, make_settings

from pasodoble.engine.connected import Connected
from pasodoble.engine.keeper import Keeper
from pasodoble.engine.service.syncing import RunResult
from pasodoble.engine.worker import Worker
from pasodoble.errors import Unreachable
from pasodoble.model.settings import Limits
from pasodoble.model.side import Side
from pasodoble.runner.clock import SystemClock
from pasodoble.runner.inline import InlineRunner

ANA = {"email": "ana@acme.example", "firstname": "Ana", "lastname": "Ruiz", "company": "Acme"}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    made = SmallWorld(f"sqlite:///{tmp_path / 'small.db'}", make_settings())
    yield made
    made.close()


class Watched:
    """A keeper, and the runs that it told of."""

    def __init__(self, world: SmallWorld) -> None:
        self.world = world
        self.runs: list[RunResult] = []
        self.opened = 0
        self.fails = 0
        self.keeper = Keeper(world.settings, world.store, world.clock, self._open, told=self._tell)
        runner = InlineRunner(SystemClock())
        self.worker = Worker([self.keeper], runner, world.store, world.clock, version="1")

    @contextlib.asynccontextmanager
    async def _open(self) -> AsyncIterator[Connected]:
        self.opened += 1
        if self.opened <= self.fails:
            raise Unreachable("no answer", sent=False)
        yield await self.world.connect()

    async def _tell(self, result: RunResult) -> None:
        self.runs.append(result)

    async def keep_until(self, done: int) -> None:
        """Keep until so many runs were told of. The world's clock moves as the keeper looks at it."""
        task = asyncio.create_task(self.worker.work())
        try:
            async with asyncio.timeout(20):
                while len(self.runs) < done:
                    await asyncio.sleep(0.01)
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def test_the_first_check_runs_at_once_and_carries_what_is_there(world: SmallWorld) -> None:
    world.hubspot.put("contacts", ANA)
    watched = Watched(world)
    await watched.keep_until(1)
    assert world.one(Side.SALESFORCE)["LastName"] == "Ruiz"
    assert watched.keeper.next_check_at is not None


async def test_what_a_person_asks_for_is_done_between_two_checks(world: SmallWorld) -> None:
    ana = world.hubspot.put("contacts", ANA)
    watched = Watched(world)
    watched.keeper.ask("contacts", {ana})
    await watched.keep_until(2)
    assert len(world.live(Side.SALESFORCE)) == 1


async def test_a_side_that_does_not_answer_is_tried_again_and_told_of(world: SmallWorld) -> None:
    watched = Watched(world)
    watched.fails = 1
    task = asyncio.create_task(watched.worker.work())
    await asyncio.sleep(0.05)
    assert "no answer" in watched.keeper.trouble
    world.clock.advance(3600)
    watched.keeper.ask("contacts", set())
    async with asyncio.timeout(10):
        while not watched.runs:
            await asyncio.sleep(0.01)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert watched.keeper.trouble == ""


async def test_what_a_brake_has_stopped_is_not_planned_again_and_again(world: SmallWorld) -> None:
    world.settings = make_settings(limits=Limits(max_creates_per_run=5))
    for number in range(20):
        world.hubspot.put("contacts", ANA | {"email": f"n{number}@x.example"})
    watched = Watched(world)
    task = asyncio.create_task(watched.worker.work())
    await asyncio.sleep(0.6)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert len(watched.runs) == 1
    assert world.writes() == 0
