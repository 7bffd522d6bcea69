"""Watermarks never skip (P13): whatever lags, and in whatever order, each edit is seen by a look that starts once it shows.

People edit at random moments, looks come at random moments; in the end the newest value of every record has been seen, and
looks at a world at rest have an end (P14).
"""

from __future__ import annotations

import random

import pytest
from sides import HubSpotWorld, SalesforceWorld, World

from pasodoble.model.ref import Ref
from pasodoble.ports import Cursor
from pasodoble.simulators.hubspot.switches import Switches

SEEDS = range(12)


class Watcher:
    """Keeps what the looks have shown of each record, newest last."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.cursor: Cursor | None = None
        self.seen: dict[Ref, str] = {}

    async def look(self) -> int:
        """How many records the look gave."""
        field = self.world.names["title"]
        count = 0
        async for page in self.world.connector.read_changes(self.world.object, [field], self.cursor):
            self.seen |= {snap.ref: str(snap.fields[field]) for snap in page.snapshots}
            self.cursor = page.cursor
            count += len(page.snapshots)
        return count


async def live_through(world: World, dice: random.Random, *, longest_pause_s: float) -> tuple[Watcher, dict[Ref, str]]:
    """A few hours of edits and looks; gives what was seen, and what every record was last set to."""
    watcher = Watcher(world)
    last = {world.put(title="0"): "0" for _ in range(12)}
    world.sim.advance(7200)
    await watcher.look()
    for turn in range(60):
        for ref in dice.sample(sorted(last), dice.randrange(3)):
            last[ref] = str(turn + 1)
            world.edit(ref, title=last[ref])
        world.sim.advance(dice.uniform(0, longest_pause_s))
        if dice.random() < 0.3:
            await watcher.look()
    return watcher, last


@pytest.mark.parametrize("seed", SEEDS)
async def test_hubspot_index_that_lags_by_minutes_and_out_of_order(seed: int) -> None:
    dice = random.Random(seed)
    world = HubSpotWorld(switches=Switches(search_lag_s=240.0, search_disorder=True))
    watcher, last = await live_through(world, dice, longest_pause_s=200)
    world.sim.advance(241)  # everything shows now, and the very next look must have it
    await watcher.look()
    assert {ref: watcher.seen[ref] for ref in last} == last
    await world.connector.close()


@pytest.mark.parametrize("seed", SEEDS)
async def test_hubspot_index_that_lags_by_most_of_an_hour(seed: int) -> None:
    dice = random.Random(seed)
    world = HubSpotWorld(switches=Switches(search_lag_s=55 * 60.0, search_disorder=True))
    watcher, last = await live_through(world, dice, longest_pause_s=900)
    for _ in range(6):  # the delayed lane comes by an hour later
        world.sim.advance(900)
        await watcher.look()
    assert {ref: watcher.seen[ref] for ref in last} == last
    assert await watcher.look() == 0
    await world.connector.close()


@pytest.mark.parametrize("seed", SEEDS)
async def test_salesforce_transactions_that_commit_late(seed: int) -> None:
    """Also beyond the overlap: `latestDateCovered` stays behind the oldest that is open."""
    dice = random.Random(seed)
    world = SalesforceWorld("Contact")
    world.org.settings.late_visible_s = dice.choice([5.0, 540.0, 2400.0])
    watcher, last = await live_through(world, dice, longest_pause_s=300)
    world.sim.advance(world.org.settings.late_visible_s + 1)
    await watcher.look()
    assert {ref: watcher.seen[ref] for ref in last} == last
    await world.connector.close()


async def test_more_records_of_one_moment_than_a_query_gives_are_all_read_in_few_pages(
    portal: HubSpotWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The vendor's cap of 10,000, at a tenth."""
    monkeypatch.setattr("pasodoble.connectors.hubspot.changes._LAST_OFFSET", 800)
    watcher = Watcher(portal)
    await watcher.look()
    portal.sim.advance(7200)
    refs = {portal.put(title="same moment") for _ in range(2_500)}
    portal.sim.advance(1)
    before = portal.calls
    await watcher.look()
    assert refs <= watcher.seen.keys()
    assert portal.calls - before <= 2_500 / 200 + 800 / 200 + 5
