"""What every runner keeps, on each database: runs coalesce, the urgent goes first, nothing waits for a dead worker."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.fakes.databases import BOTH

from pasodoble.model.errand import Errand, Lane, parse_errand
from pasodoble.ports import Runner
from pasodoble.runner.clock import SystemClock
from pasodoble.runner.dbos import DbosRunner
from pasodoble.runner.inline import InlineRunner
from pasodoble.store.database import read_url

SIGNALS = Errand("acme", "signals", Lane.LIVE)
WORKER = Path(__file__).with_name("worker_process.py")
pytestmark = pytest.mark.xdist_group("runner")  # DBOS is one a process


class Worker:
    """A runner, what it performed, and a gate at which each step waits. An errand has as many steps as `steps` says."""

    def __init__(self, runner: Runner) -> None:
        self.runner = runner
        self.performed: list[Errand] = []
        self.ticks = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.steps: dict[Errand, int] = {}

    async def perform(self, errand: Errand) -> bool:
        self.performed.append(errand)
        await self.gate.wait()
        left = self.steps.get(errand, 1) - 1
        self.steps[errand] = left
        return left > 0

    async def tick(self) -> None:
        self.ticks += 1

    async def until(self, holds: Callable[[], bool], within_s: float = 10.0) -> None:
        end = time.monotonic() + within_s
        while not holds():
            assert time.monotonic() < end, f"after {within_s} s: {self.performed}"
            await asyncio.sleep(0.01)

    async def until_idle(self) -> None:
        end = time.monotonic() + 10
        while await self.runner.list_active():
            assert time.monotonic() < end
            await asyncio.sleep(0.02)


def make_dbos(url: str, worker: str = "one", version: str = "1") -> DbosRunner:
    return DbosRunner(read_url(url), worker=worker, version=version, polled_every_s=0.05)


@asynccontextmanager
async def working(runner: Runner, every_s: int = 30) -> AsyncIterator[Worker]:
    worker = Worker(runner)
    await runner.start(worker.perform, worker.tick, every_s=every_s)
    try:
        yield worker
    finally:
        worker.gate.set()
        await runner.stop(patience_s=5)


@pytest.fixture(params=["inline", *BOTH])
async def worker(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Worker]:
    runner: Runner
    if request.param == "inline":
        runner = InlineRunner(SystemClock(), slots=8)
    elif request.param == "sqlite":
        runner = make_dbos(f"sqlite:///{tmp_path / 'runner.db'}")
    else:
        runner = make_dbos(request.getfixturevalue("postgres").create_database())
    async with working(runner) as made:
        yield made


async def test_errand_runs_until_there_is_no_more(worker: Worker) -> None:
    worker.steps[SIGNALS] = 3
    await worker.runner.submit(SIGNALS)
    await worker.until(lambda: len(worker.performed) == 3)
    await worker.until_idle()
    assert worker.performed == [SIGNALS] * 3


async def test_errands_asked_for_again_while_it_waits_or_runs_are_one_run(worker: Worker) -> None:
    worker.gate.clear()
    await worker.runner.submit(SIGNALS)
    await worker.runner.submit(SIGNALS)
    await worker.until(lambda: bool(worker.performed))
    await worker.runner.submit(SIGNALS)
    assert await worker.runner.list_active() == [SIGNALS]
    worker.gate.set()
    await worker.until_idle()
    assert worker.performed == [SIGNALS]
    await worker.runner.submit(SIGNALS)
    await worker.until(lambda: len(worker.performed) == 2)


async def test_more_urgent_errand_overtakes_those_that_wait(worker: Worker) -> None:
    worker.gate.clear()
    busy = [Errand("acme", f"busy{i}", Lane.LIVE) for i in range(8)]
    waiting = [Errand("acme", f"later{i}", Lane.LIVE) for i in range(20)]
    asked = Errand("acme", "asked", Lane.MANUAL)
    for errand in busy:
        await worker.runner.submit(errand)
    await worker.until(lambda: len(worker.performed) == 8)
    for errand in [*waiting, asked]:
        await worker.runner.submit(errand)
    await asyncio.sleep(0.2)
    assert len(worker.performed) == 8
    worker.gate.set()
    await worker.until(lambda: asked in worker.performed)
    assert worker.performed.index(asked) < 16  # among the first to fill the slots that became free


async def test_delayed_errand_waits(worker: Worker) -> None:
    began = time.monotonic()
    await worker.runner.submit(SIGNALS, delay_s=1.0)
    await worker.until(lambda: bool(worker.performed))
    assert time.monotonic() - began >= 0.9


async def test_cancelled_run_ends_after_its_step(worker: Worker) -> None:
    worker.gate.clear()
    worker.steps[SIGNALS] = 10
    await worker.runner.submit(SIGNALS)
    await worker.until(lambda: bool(worker.performed))
    assert await worker.runner.cancel(SIGNALS)
    worker.gate.set()
    await worker.until_idle()
    await asyncio.sleep(0.1)
    assert worker.performed == [SIGNALS]
    assert not await worker.runner.cancel(SIGNALS)


async def test_stopping_finishes_the_step_and_begins_no_other(worker: Worker) -> None:
    worker.gate.clear()
    worker.steps[SIGNALS] = 10
    await worker.runner.submit(SIGNALS)
    await worker.until(lambda: bool(worker.performed))
    stopping = asyncio.create_task(worker.runner.stop(patience_s=5))
    await asyncio.sleep(0.1)
    worker.gate.set()
    await stopping
    assert (worker.performed, worker.steps[SIGNALS]) == ([SIGNALS], 9)


async def test_backfill_leaves_room_for_others(worker: Worker) -> None:
    if isinstance(worker.runner, InlineRunner):
        pytest.skip("one heap of slots: durable runners only")
    worker.gate.clear()
    for i in range(12):
        await worker.runner.submit(Errand("acme", f"kind{i}", Lane.BACKFILL))
    await worker.until(lambda: len(worker.performed) >= 4)
    await worker.runner.submit(SIGNALS)
    await worker.until(lambda: SIGNALS in worker.performed)


# --- the durable runner ----------------------------------------------------------------------------------------------


async def test_everything_the_engine_keeps_is_json(empty_url: str) -> None:
    async with working(make_dbos(empty_url)) as worker:
        await worker.runner.submit(SIGNALS)
        await worker.until(lambda: bool(worker.performed))
        await worker.until_idle()
        kept = read_rows(empty_url, "SELECT inputs FROM {}workflow_input")
    assert str(SIGNALS) in [argument for row in kept for argument in json.loads(row)["positionalArgs"]]


async def test_errand_asked_for_by_a_process_that_does_not_work_is_run_by_one_that_does(empty_url: str) -> None:
    async with working(make_dbos(empty_url)) as worker:
        asking = make_dbos(empty_url, worker="asking")
        await asking.submit(SIGNALS)
        await worker.until(lambda: worker.performed == [SIGNALS])
        await asking.stop()


async def test_runs_of_another_version_are_cancelled_and_do_not_bar_the_way(empty_url: str) -> None:
    async with working(make_dbos(empty_url)) as old:
        old.gate.clear()
        await old.runner.submit(SIGNALS, delay_s=60)
        assert await old.runner.list_active() == [SIGNALS]
    async with working(make_dbos(empty_url, version="2")) as new:
        assert await new.runner.list_active() == []
        await new.runner.submit(SIGNALS)
        await new.until(lambda: new.performed == [SIGNALS])


async def test_finished_runs_are_forgotten_and_others_kept(empty_url: str) -> None:
    async with working(make_dbos(empty_url)) as worker:
        await worker.runner.submit(SIGNALS)
        await worker.until(lambda: bool(worker.performed))
        await worker.until_idle()
        await worker.runner.submit(Errand("acme", "later", Lane.LIVE), delay_s=60)
        now = SystemClock().now()
        assert await worker.runner.sweep(now - timedelta(hours=1)) == 0
        assert await worker.runner.sweep(now + timedelta(hours=1)) == 1
        assert len(await worker.runner.list_active()) == 1


async def test_runs_of_a_worker_that_was_killed_are_taken_over(empty_url: str) -> None:
    if empty_url.startswith("sqlite"):
        pytest.skip("SQLite has one worker, which finds its own runs when it starts again: the next test")
    process = await start_process(empty_url, "doomed", step_s=60)
    asking = make_dbos(empty_url, worker="asking")
    await busy_with(process, SIGNALS, asking)
    await asking.stop()
    async with working(make_dbos(empty_url, worker="heir")) as heir:
        process.kill()
        await process.wait()
        await asyncio.sleep(0.2)
        assert heir.performed == []
        assert await heir.runner.adopt(["doomed"]) >= 1
        await heir.until(lambda: SIGNALS in heir.performed)
        await heir.until_idle()


async def test_worker_that_was_killed_goes_on_with_its_own_runs(empty_url: str) -> None:
    process = await start_process(empty_url, "one", step_s=60)
    asking = make_dbos(empty_url, worker="asking")
    await busy_with(process, SIGNALS, asking)
    process.kill()
    await process.wait()
    await asking.stop()
    async with working(make_dbos(empty_url, worker="one")) as again:
        await again.until(lambda: SIGNALS in again.performed)


async def test_schedule_fires_once_with_two_processes(empty_url: str) -> None:
    if empty_url.startswith("sqlite"):
        pytest.skip("SQLite has one worker")
    processes = [await start_process(empty_url, name) for name in ("one", "two")]
    began = time.monotonic()
    await asyncio.sleep(5)
    outputs = [(await process.communicate(b""))[0].decode() for process in processes]
    lasted = time.monotonic() - began
    ticks = sum(output.count("tick") for output in outputs)
    assert 3 <= ticks <= lasted + 2


def read_rows(url: str, query: str) -> list[str]:
    parsed = read_url(url)
    prefix = "" if parsed.get_backend_name() == "sqlite" else "dbos."
    engine = sa.create_engine(parsed)
    with engine.connect() as sql:
        rows = [str(row[0]) for row in sql.execute(sa.text(query.format(prefix)))]
    engine.dispose()
    return rows


async def start_process(url: str, name: str, *, step_s: float = 0.0) -> asyncio.subprocess.Process:
    rendered = read_url(url).render_as_string(hide_password=False)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(WORKER), rendered, name, "1", str(step_s), "1"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    await read_until(process, "ready")
    return process


async def read_until(process: asyncio.subprocess.Process, word: str) -> None:
    assert process.stdout is not None
    while True:
        line = (await asyncio.wait_for(process.stdout.readline(), 20)).decode()
        assert line, "the process has ended"
        if line.startswith(word):
            return


async def busy_with(process: asyncio.subprocess.Process, errand: Errand, asking: Runner) -> None:
    await asking.submit(errand)
    await read_until(process, f"step {errand}")


def test_name_of_an_errand_says_all_of_it() -> None:
    errand = Errand("a/b c", "contacts", Lane.BACKFILL, 3)
    assert parse_errand(str(errand)) == errand
