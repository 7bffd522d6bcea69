"""The budget over each database: several at a time never go over a window or the allotment; the urgent has the last calls."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.fakes.small_world import VirtualClock, make_settings

from pasodoble.engine.budget import SharedBudget, spending, spent_since
from pasodoble.errors import QuotaSpent
from pasodoble.model.settings import Limits
from pasodoble.model.side import Side
from pasodoble.ports import Usage, WindowRule
from pasodoble.store import SqlStore

WINDOWS = {Side.HUBSPOT: {"rest": (WindowRule(name="burst", calls=20, seconds=10.0),)}}
SETTINGS = make_settings()


def allotting(calls: int) -> object:
    return replace(SETTINGS, limits=Limits(salesforce_calls_per_day=calls))


def make(store: SqlStore, clock: VirtualClock, settings: object = SETTINGS) -> SharedBudget:
    return SharedBudget(settings, store, clock, WINDOWS)  # type: ignore[arg-type]


class Sleepless:
    """A clock that stands, and notes until when each caller would have slept."""

    def __init__(self) -> None:
        self.clock = VirtualClock(step=timedelta(0))
        self.sent: list[float] = []

    def now(self):  # type: ignore[no-untyped-def]
        return self.clock.now()

    async def sleep(self, seconds: float) -> None:
        self.sent.append(seconds)


async def test_two_workers_share_one_window(store: SqlStore) -> None:
    clock = Sleepless()
    workers = [SharedBudget(SETTINGS, store, clock, WINDOWS) for _ in range(2)]
    for i in range(39):
        await workers[i % 2].take(Side.HUBSPOT, "rest", purpose="read")
    waits = [0.0] * (39 - len(clock.sent)) + clock.sent
    assert sum(wait < 10 for wait in waits) == 19, "97 % of 20"
    assert sum(10 <= wait < 20 for wait in waits) == 19


async def test_allotment_is_never_exceeded_and_wholly_used(store: SqlStore) -> None:
    clock = VirtualClock()
    made = 0
    for _ in range(7):  # as many starts of the program
        budget = make(store, clock, allotting(100))
        try:
            for _ in range(30):
                await budget.take(Side.SALESFORCE, "rest", purpose="read")
                made += 1
        except QuotaSpent as spent:
            assert spent.resets_at is not None and spent.resets_at > clock.now()
        budget.close()
    assert made == 100


async def test_calls_of_a_worker_that_was_killed_count(store: SqlStore) -> None:
    clock = VirtualClock()
    doomed = make(store, clock, allotting(600))
    for _ in range(300):
        await doomed.take(Side.SALESFORCE, "rest", purpose="read")
    heir, made = make(store, clock, allotting(600)), 0
    with pytest.raises(QuotaSpent):
        while True:
            await heir.take(Side.SALESFORCE, "rest", purpose="read")
            made += 1
    assert 300 - 20 <= made <= 300


async def test_day_that_is_over_counts_no_more(store: SqlStore) -> None:
    clock = VirtualClock()
    budget = make(store, clock, allotting(10))
    for _ in range(10):
        await budget.take(Side.SALESFORCE, "rest", purpose="read")
    clock.advance(25 * 3600)
    await budget.take(Side.SALESFORCE, "rest", purpose="read")


@pytest.mark.parametrize(
    ("purpose", "part"), [("backfill", 80), ("verify", 85), ("check", 95), ("edit", 98), ("manual", 100)]
)
async def test_last_calls_are_for_what_is_urgent(store: SqlStore, purpose: str, part: int) -> None:
    budget, made = make(store, VirtualClock(), allotting(100)), 0
    with spending(purpose), pytest.raises(QuotaSpent):
        while True:
            await budget.take(Side.SALESFORCE, "rest", purpose="read")
            made += 1
    assert made == part


async def test_account_that_others_have_used_up_is_spared(store: SqlStore) -> None:
    budget = make(store, VirtualClock())
    budget.note(Side.SALESFORCE, Usage(window="day", allowed=15_000, left=600))
    with spending("check"), pytest.raises(QuotaSpent, match="600 of the account's 15000"):
        await budget.take(Side.SALESFORCE, "rest", purpose="read")
    with spending("manual"):
        await budget.take(Side.SALESFORCE, "rest", purpose="read")


async def test_lanes_are_counted_apart(store: SqlStore) -> None:
    clock = VirtualClock()
    budget = make(store, clock)

    async def lane(purpose: str, count: int) -> int:
        with spending(purpose):
            for _ in range(count):
                await budget.take(Side.SALESFORCE, "rest", purpose="read")
                await asyncio.sleep(0)
            return budget.used()[Side.SALESFORCE]

    assert await asyncio.gather(lane("check", 5), lane("manual", 3)) == [5, 3]
    budget.close()
    assert {row.purpose: row.count for row in spent_since(store, SETTINGS.name, clock.now())} == {
        "check": 5,
        "manual": 3,
    }
