"""What the engine itself costs: CPU of a batch of 100, and of a worker that has nothing to do. Prints one JSON line.

    python bench/engine.py                      a SQLite file
    python bench/engine.py postgresql://...     that database (an empty one)

The batch is everything but the sync itself: a durable step, a call booked in the budget's windows, leases claimed, kept and
released, marks taken and cleared. What the records need of their own (links, bases, history) is the journal's, and putting
marks the intake's; the CPU is the worker's, not the database server's. The best of several rounds counts: others use the machine.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import tempfile
import time
from datetime import timedelta

from pasodoble.engine.budget import SharedBudget
from pasodoble.engine.keeper import Keeper
from pasodoble.engine.worker import Worker
from pasodoble.model.errand import Errand, Lane
from pasodoble.model.ref import Ref
from pasodoble.model.settings import Connection, HubSpotAccess, ObjectSettings, SalesforceAccess
from pasodoble.model.side import Side
from pasodoble.model.signal import Urgency
from pasodoble.ports import NewMark, Store, WindowRule
from pasodoble.runner.clock import SystemClock
from pasodoble.runner.dbos import DbosRunner
from pasodoble.store import open_store, upgrade
from pasodoble.store.database import read_url

ROUNDS, BATCHES, SIZE, IDLE_S = 3, 100, 100, 10.0
NAME = "bench"
CLOCK = SystemClock()
CONTACTS = ObjectSettings(kind="contacts", hubspot_object="contacts", salesforce_objects=("Lead", "Contact"))
SETTINGS = Connection(name=NAME, hubspot=HubSpotAccess(), salesforce=SalesforceAccess(), objects={"contacts": CONTACTS})


def put_marks(store: Store) -> None:
    refs = [Ref(Side.HUBSPOT, "contacts", str(i)) for i in range(SIZE * BATCHES)]
    with store.transaction(NAME) as tx:
        tx.marks.put([NewMark(kind="contacts", ref=r, trigger="x", urgency=Urgency.EDIT) for r in refs], CLOCK.now())


async def do_batch(store: Store, budget: SharedBudget, number: int) -> None:
    """What a batch costs beside reading, deciding and writing."""
    now, token = CLOCK.now(), f"run {number}"
    with store.transaction(NAME, read_only=True) as tx:
        marks = tx.marks.take("contacts", SIZE, now + timedelta(seconds=1))
    assert len(marks) == SIZE, "the batches before have cleared their own, and no others"
    with store.transaction(NAME) as tx:
        keys = set(tx.leases.find_keys([mark.ref for mark in marks]).values())
        tx.leases.claim(keys, token, now + timedelta(minutes=2), now)
        tx.marks.load([mark.ref for mark in marks])
    with store.transaction(NAME) as tx:
        tx.leases.keep(keys, token, now + timedelta(minutes=2))
    await budget.take(Side.HUBSPOT, "rest", purpose="edit")
    with store.transaction(NAME) as tx:
        tx.leases.release(keys, token)
        tx.marks.clear(marks)


async def measure_batches(store: Store, url: str) -> tuple[float, float]:
    """(CPU milliseconds, wall milliseconds) a batch, durable step included."""
    done = 0
    ended = asyncio.Event()
    put_marks(store)
    wide = (WindowRule(name="bench", calls=1_000_000, seconds=10.0),)
    budget = SharedBudget(SETTINGS, store, CLOCK, {Side.HUBSPOT: {"rest": wide}})

    async def perform(errand: Errand) -> bool:
        nonlocal done
        await do_batch(store, budget, done)
        done += 1
        if done >= BATCHES:
            ended.set()
        return done < BATCHES

    async def tick() -> None: ...

    runner = DbosRunner(read_url(url), worker="bench", version="bench")
    await runner.start(perform, tick, every_s=30)
    cpu, wall = time.process_time(), time.monotonic()
    while not ended.is_set():
        await runner.submit(Errand(NAME, "cycle", Lane.LIVE))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                await ended.wait()
    cpu, wall = time.process_time() - cpu, time.monotonic() - wall
    await runner.stop()
    return cpu / BATCHES * 1000, wall / BATCHES * 1000


async def measure_idle(store: Store, url: str) -> float:
    """Per cent of a core that a worker takes that has nothing to do."""
    keeper = Keeper(SETTINGS, store, CLOCK, open=lambda: contextlib.nullcontext())  # type: ignore[arg-type]  # never opened
    with store.transaction(NAME) as tx:
        tx.duties.plan(keeper.cycle, CLOCK.now() + timedelta(hours=1))
    runner = DbosRunner(read_url(url), worker="bench", version="bench")
    task = asyncio.create_task(Worker([keeper], runner, store, CLOCK, version="bench").work())
    await asyncio.sleep(3)
    cpu, wall = time.process_time(), time.monotonic()
    await asyncio.sleep(IDLE_S)
    share = (time.process_time() - cpu) / (time.monotonic() - wall)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    return share * 100


async def main(url: str) -> None:
    upgrade(url)
    store = open_store(url)
    batch_cpu_ms, batch_wall_ms = min([await measure_batches(store, url) for _ in range(ROUNDS)])
    idle = await measure_idle(store, url)
    store.close()
    print(
        json.dumps(
            {
                "bench": "engine",
                "database": read_url(url).get_backend_name(),
                "batch_size": SIZE,
                "batch_cpu_ms": round(batch_cpu_ms, 2),
                "batch_wall_ms": round(batch_wall_ms, 2),
                "idle_percent_of_a_core": round(idle, 2),
            }
        )
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else f"sqlite:///{folder}/bench.db"))
