"""A worker in a process of its own, to be killed or to compete: prints a line for each step and each tick.

Arguments: database URL, name, version, seconds a step takes, steps an errand has.
"""

from __future__ import annotations

import asyncio
import sys
from collections import Counter

from sqlalchemy import make_url

from pasodoble.model.errand import Errand
from pasodoble.runner.dbos import DbosRunner


async def main(url: str, name: str, version: str, step_s: float, steps: int) -> None:
    runner = DbosRunner(make_url(url), worker=name, version=version, polled_every_s=0.05)
    done: Counter[Errand] = Counter()

    async def perform(errand: Errand) -> bool:
        print(f"step {errand} {done[errand]}", flush=True)
        await asyncio.sleep(step_s)
        done[errand] += 1
        return done[errand] < steps

    async def tick() -> None:
        print("tick", flush=True)

    await runner.start(perform, tick, every_s=1)
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.read)  # until the parent lets go
    await runner.stop(patience_s=5)


asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4]), int(sys.argv[5])))
