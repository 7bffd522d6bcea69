"""The product in a process of its own, for the benches: it does as each line of its standard input says, and answers with one.

    {"do": "sync"}                       one run of the engine, as `pasodoble sync --once` makes it
    {"do": "backfill"}                   all there is, as `pasodoble backfill start` makes it
    {"do": "advance", "seconds": 7200}   move its clock on, as that of the simulators is moved

An answer tells what the step cost: CPU and wall seconds, and what is resident in memory. `PASODOBLE_CONFIG` names the settings.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import psutil

from pasodoble.cli.opening import Opened, opened
from pasodoble.engine.connected import Connected
from pasodoble.engine.service import backfilling
from pasodoble.engine.service.syncing import sync

KIB = 1024


class MovedClock:
    """The machine's clock, so much further on."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead  # noqa: TID251 - this is a clock

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


async def run_sync(at: Connected) -> Mapping[str, Any]:
    return (await sync(at)).document


async def run_backfill(at: Connected) -> Mapping[str, Any]:
    backfilling.start(at)
    return backfilling.spell_backfill(await backfilling.carry_through(at))


STEPS: Mapping[str, Callable[[Connected], Awaitable[Mapping[str, Any]]]] = {"sync": run_sync, "backfill": run_backfill}


async def do_step(of: Opened, name: str) -> dict[str, Any]:
    cpu_s, wall_s = time.process_time(), time.perf_counter()
    async with of.connected() as at:
        document = await STEPS[name](at)
    return {
        "cpu_s": time.process_time() - cpu_s,
        "wall_s": time.perf_counter() - wall_s,
        "resident_bytes": psutil.Process().memory_info().rss,
        "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB,
        "document": document,
    }


def main() -> None:
    clock = MovedClock()
    with opened(None, works=True) as found:
        of = Opened(found.settings, found.store, found.connection, clock)
        for line in sys.stdin:
            order = json.loads(line)
            if order["do"] == "advance":
                clock.ahead += timedelta(seconds=order["seconds"])
                answer: dict[str, Any] = {}
            else:
                answer = asyncio.run(do_step(of, order["do"]))
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
