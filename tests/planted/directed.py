"""Courses made for one safeguard each, where chance would need too many seeds. With all safeguards in place none goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from tests.fakes.small_world import Crash, choose_rules, make_settings
from tests.machine.deeds import edit
from tests.machine.people import FIELDS
from tests.machine.scenarios import meet, row_of
from tests.machine.script import Script
from tests.machine.simulation import NO_BRAKES, Simulation

from pasodoble.model.operation import Operation
from pasodoble.model.outcome import Outcome
from pasodoble.model.ref import Ref
from pasodoble.model.rule import UpdateRule
from pasodoble.model.side import SIDES, Side


def edit_in_the_second_of_the_read() -> list[str]:
    """In Salesforce, whose stamps are whole seconds: of a record that was changed in that very second before it was read."""
    return asyncio.run(_edit_in_the_second_of_the_read())


async def _edit_in_the_second_of_the_read() -> list[str]:
    sim = _start()
    meet(sim, *SIDES)
    await _settle(sim)
    edit(sim, row_of(sim, Side.HUBSPOT, 1), "jobtitle", sim.new_value("jobtitle"))
    sim.world.clock.advance(5)
    sim.world.clock.advance(1.05 - sim.world.clock.now().microsecond / 1_000_000)
    lead = row_of(sim, Side.SALESFORCE, 1)
    edit(sim, lead, "city", sim.new_value("city"))
    done: list[Ref] = []

    def between(refs: Sequence[Ref]) -> None:
        if lead.ref in refs and not done:
            done.append(lead.ref)
            sim.in_between = True
            edit(sim, lead, "jobtitle", sim.new_value("jobtitle"))
            sim.in_between = False

    sim.between = between  # type: ignore[method-assign]
    await sim.sync()
    await sim.grow_quiet()
    return sim.wrong


def blank_in_a_record_that_a_dead_run_made() -> list[str]:
    """Somebody clears a field of it before the next run has heard that it is there: only what was sent tells that apart."""
    return asyncio.run(_blank_in_a_record_that_a_dead_run_made())


async def _blank_in_a_record_that_a_dead_run_made() -> list[str]:
    sim = _start()
    meet(sim, Side.HUBSPOT)
    weather = sim.world.faults.salesforce
    write = weather.write

    async def write_and_die(operations: Sequence[Operation]) -> list[Outcome]:
        await write(operations)
        raise Crash

    weather.write = write_and_die  # type: ignore[method-assign]
    await sim.sync()
    weather.write = write  # type: ignore[method-assign]
    sim.world.clock.advance(300)
    edit(sim, row_of(sim, Side.SALESFORCE, 1), "jobtitle", None)
    await sim.sync()
    await sim.grow_quiet()
    return sim.wrong


def _start() -> Simulation:
    sim = Simulation(Script(seed=0, steps=()))
    rules = choose_rules(dict.fromkeys(FIELDS, UpdateRule.TWO_WAY))
    sim.settings = make_settings(fields=rules, limits=NO_BRAKES)
    sim.faulty, sim.step = False, 1
    return sim


async def _settle(sim: Simulation) -> None:
    for _ in range(3):
        sim.world.clock.advance(60)
        await sim.sync()
