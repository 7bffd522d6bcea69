"""What whole runs of the engine cost in counted calls over both simulators: the figures of DESIGN section 9, nothing timed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import pytest
from sides import HubSpotWorld, SalesforceWorld
from tests.fakes.memory_store import MemoryStore
from tests.fakes.small_world import FreeBudget, make_settings

from pasodoble.engine.connected import connect
from pasodoble.engine.service.syncing import RunResult, sync
from pasodoble.model.ref import Ref
from pasodoble.model.settings import Guard, Limits
from pasodoble.model.side import SIDES, Pair, Side
from pasodoble.simulators.clock import SimClock

COUNT = 300
PAST_OVERLAP_S = 7_200
ONE_MORE_ROUND = 2
"""Where we look back at what we wrote, both sides are read once more, however few records it is about."""


@dataclass
class Clocks(SimClock):
    """The clocks of both simulators, moved together."""

    one: SimClock
    other: SimClock

    def now(self) -> datetime:
        return self.one.now()

    def advance(self, seconds: float) -> None:
        self.one.advance(seconds)
        self.other.advance(seconds)


class Office:
    """People whom both CRMs have, and the engine between them."""

    def __init__(self, guard: Literal["strict", "fast"] = "strict") -> None:
        self.sides = Pair(HubSpotWorld(), SalesforceWorld("Lead"))
        self.clocks = Clocks(self.sides.hubspot.sim, self.sides.salesforce.sim)
        for world in self.sides:
            world.clock.sim = self.clocks
        limits = Limits(max_creates_per_run=10_000, max_clears_per_run=100_000, max_deletes_per_run=10_000)
        self.settings = make_settings(guard=Guard(guard), limits=limits)
        self.store = MemoryStore()
        self.refs: dict[Side, list[Ref]] = {}

    async def sync(self) -> RunResult:
        connectors = Pair(self.sides.hubspot.connector, self.sides.salesforce.connector)
        at = await connect(self.settings, connectors, self.store, self.sides.hubspot.clock, FreeBudget())
        return await sync(at)

    async def cost(self) -> tuple[dict[Side, int], RunResult]:
        before = {side: self.sides[side].calls for side in SIDES}
        result = await self.sync()
        return {side: self.sides[side].calls - before[side] for side in SIDES}, result

    async def link(self, count: int) -> None:
        for side in SIDES:
            self.refs[side] = [
                self.sides[side].put(email=f"p{i}@acme.example", last=f"Roe {i}", title="old") for i in range(count)
            ]
            self.clocks.advance(1)
        await self.sync()
        await self.settle()

    async def settle(self) -> None:
        for _ in range(2):
            self.clocks.advance(PAST_OVERLAP_S)
            await self.sync()

    def edit(self, side: Side, field: str) -> None:
        for number, ref in enumerate(self.refs[side]):
            self.sides[side].edit(ref, **{field: f"new {number}"})
        self.clocks.advance(5)


async def test_a_check_with_nothing_to_do_costs_the_same_whatever_the_number_of_records() -> None:
    costs = []
    for count in (10, 200):
        office = Office()
        await office.link(count)
        sent = {side: len(office.sides[side].sent()) for side in SIDES}
        costs.append((await office.cost())[0])
        looks = [line for side in SIDES for line in office.sides[side].sent()[sent[side] :]]
        assert sum(line.endswith("/contacts/search") for line in looks) <= 2
        assert sum("/Lead/updated" in line for line in looks) == 1
        assert not any("batch" in line or "composite" in line for line in looks)
    assert costs[0] == costs[1]


@pytest.mark.parametrize(
    ("edited", "field", "guard", "least"),
    [
        (Side.HUBSPOT, "last", "strict", {Side.HUBSPOT: 2 + 3, Side.SALESFORCE: 1 + 12}),
        (Side.HUBSPOT, "last", "fast", {Side.HUBSPOT: 2 + 3, Side.SALESFORCE: 1 + 1}),
        (Side.SALESFORCE, "title", "strict", {Side.HUBSPOT: 3 + 3, Side.SALESFORCE: 1 + 1}),
        (Side.SALESFORCE, "last", "strict", {Side.HUBSPOT: 3 + 3 + 6, Side.SALESFORCE: 1 + 1}),
    ],
)
async def test_three_hundred_changes_cost_little_more_than_the_least(
    edited: Side, field: str, guard: Literal["strict", "fast"], least: Mapping[Side, int]
) -> None:
    office = Office(guard)
    await office.link(COUNT)
    idle, _ = await office.cost()
    office.edit(edited, field)
    cost, result = await office.cost()
    assert result.report.of("contacts").written[edited.other]["updated"] == COUNT
    for side in SIDES:
        assert cost[side] - idle[side] <= 1.10 * least[side] + ONE_MORE_ROUND
