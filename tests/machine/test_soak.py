"""Thirty days of a small company in one go, on a SQLite file: memory stays flat, calls a day stay few, and no promise is broken.

Only with `PASODOBLE_SOAK_DAYS` (30 in `make soak`): it takes some minutes.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
from pathlib import Path

import pytest
from tests.machine.deeds import DEEDS, be_new, check_both, forget, keep_copy, let_time_pass, set_clock
from tests.machine.script import Script
from tests.machine.simulation import Simulation

DAYS = int(os.environ.get("PASODOBLE_SOAK_DAYS", "0"))
RESULTS = os.environ.get("PASODOBLE_RESULTS", "")
CHECKS_A_DAY = 96
PEOPLE = 40
NOT_HERE = (check_both, forget, keep_copy, let_time_pass, set_clock, be_new)
WARM_DAYS = 3


async def live(sim: Simulation, days: int) -> tuple[list[int], list[int]]:
    """A check every quarter of an hour, and in every second one something happens. Gives writes, and kilobytes, day by day."""
    deeds = [(weight, deed) for weight, deed in DEEDS if deed not in NOT_HERE]
    writes, sizes, step = [], [], 0
    for _ in range(PEOPLE):
        be_new(sim, sim.dice)
    for _ in range(days):
        before = sim.world.writes()
        for check in range(CHECKS_A_DAY):
            step += 1
            sim.begin(step)
            if check % 2:
                [(_, deed)] = sim.dice.choices(deeds, [weight for weight, _ in deeds])
                done = deed(sim, sim.dice)
                if done is not None:
                    await done
            sim.world.clock.advance(900)
            await sim.sync()
        sim.trace.clear()
        writes.append(sim.world.writes() - before)
        sizes.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    await sim.grow_quiet()
    return writes, sizes


@pytest.mark.skipif(DAYS == 0, reason="only in make soak")
def test_thirty_days_pass(tmp_path: Path) -> None:
    sim = Simulation(Script(seed=30, steps=()), f"sqlite:///{tmp_path / 'soak.db'}")
    writes, sizes = asyncio.run(live(sim, DAYS))
    grown = sizes[-1] / sizes[min(WARM_DAYS, len(sizes)) - 1] - 1
    if RESULTS:
        document = {
            "days": DAYS,
            "checks": DAYS * CHECKS_A_DAY,
            "edits": len(sim.people.ledger),
            "crashes": sim.fired["crash"],
            "most_writes_a_day": max(writes),
            "memory_growth_percent": round(100 * grown, 1),
        }
        (Path(RESULTS) / "soak.json").write_text(json.dumps(document))
    assert sim.wrong == []
    assert grown < 0.10, f"{sizes} kilobytes, day by day"
