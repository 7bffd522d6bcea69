"""The crash sweep: a scenario's sync, killed at every point at which a process can die, then started again and left in peace.

A point is a moment around a call or a commit: before a call is sent, after it was carried out and before its answer is
read, in the middle of a batch, before a commit and after it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from tests.fakes.small_world import Crash, choose_rules, make_settings
from tests.machine.people import FIELDS
from tests.machine.scenarios import Scenario
from tests.machine.script import Script
from tests.machine.simulation import NO_BRAKES, Simulation

from pasodoble.connectors.memory import MemoryConnector
from pasodoble.connectors.wrap import Wrapped
from pasodoble.model.operation import Operation
from pasodoble.model.outcome import Outcome
from pasodoble.model.record import Seen, Snapshot
from pasodoble.model.ref import Ref
from pasodoble.model.rule import UpdateRule
from pasodoble.model.side import SIDES, Pair

MIDDLE = 3
"""Of a batch, the process also dies in the first few rows: later ones are no different."""


@dataclass
class Points:
    """Counts the points that are passed, and dies at the one that was chosen."""

    dies_at: int = -1
    armed: bool = False
    passed: list[str] = field(default_factory=list)

    def pass_by(self, what: str) -> None:
        if self.armed:
            self.passed.append(what)
            if len(self.passed) - 1 == self.dies_at:
                raise Crash


class Mortal(Wrapped):
    """A connector at each of whose calls the process may die."""

    def __init__(self, inner: MemoryConnector, points: Points, sim: Simulation) -> None:
        super().__init__(inner)
        self.inner: MemoryConnector = inner
        self.points = points
        self.sim = sim
        self.writes = 0
        self.spent_until = None

    async def read(
        self, refs: Sequence[Ref], fields: Collection[str], *, history: Collection[str] = ()
    ) -> dict[Ref, Seen]:
        self.points.pass_by(f"before reading {self.side}")
        answer = await self.inner.read(refs, fields, history=history)
        self.points.pass_by(f"after reading {self.side}")
        return answer

    async def find(self, object: str, field: str, values: Collection[str], fields: Collection[str]) -> list[Snapshot]:
        self.points.pass_by(f"before searching {object}")
        return await self.inner.find(object, field, values, fields)

    async def write(self, operations: Sequence[Operation]) -> list[Outcome]:
        self.points.pass_by(f"before writing to {self.side}")
        outcomes: list[Outcome] = []
        for place, operation in enumerate(operations):
            self.writes += 1
            self.sim.inspect(operation)
            [outcome] = await self.inner.write([operation])
            self.sim.note(operation, outcome)
            outcomes.append(outcome)
            if place < min(MIDDLE, len(operations) - 1):
                self.points.pass_by(f"in the middle of writing to {self.side}")
        self.points.pass_by(f"after writing to {self.side}")
        return outcomes


def run_scenario(scenario: Scenario, dies_at: int = -1) -> tuple[Simulation, Points]:
    """Play it, and let the process die at that point of its sync; -1: at none. Then all must come to rest."""
    return asyncio.run(_run(scenario, dies_at))


async def _run(scenario: Scenario, dies_at: int) -> tuple[Simulation, Points]:
    points = Points(dies_at)
    sim = Simulation(Script(seed=0, steps=()))
    rules = choose_rules(dict.fromkeys(FIELDS, UpdateRule.TWO_WAY))
    sim.settings = make_settings(fields=rules, limits=NO_BRAKES, **scenario.settings)
    sim.faulty, sim.step = False, 1
    sim.world.faults = Pair(*(Mortal(sim.people.memories[side], points, sim) for side in SIDES))  # type: ignore[assignment]
    sim.store.between = lambda when: points.pass_by(when.replace("_", " "))
    for deed in scenario.before:
        deed(sim)
        for _ in range(3):
            sim.world.clock.advance(60)
            await sim.sync()
    scenario.then(sim)
    sim.world.clock.advance(60)
    points.armed = True
    await sim.sync()
    points.armed = False
    await sim.grow_quiet()
    return sim, points
