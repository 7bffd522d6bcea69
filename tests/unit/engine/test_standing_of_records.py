"""What is said of records that were deleted, restored or refused: as they stand, and since when."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fakes.small_world import SmallWorld, make_settings

from pasodoble.engine.service import mending
from pasodoble.engine.service.explaining import Explanation, explain
from pasodoble.engine.service.finding import find_record
from pasodoble.engine.service.syncing import ask_for
from pasodoble.model.ref import Ref
from pasodoble.model.side import Side
from pasodoble.model.trace import State
from pasodoble.ports import ProblemRow

ANA = {"email": "ana@acme.example", "lastname": "Ruiz", "company": "Acme"}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    made = SmallWorld(f"sqlite:///{tmp_path / 'small.db'}", make_settings())
    yield made
    made.close()


async def ask(world: SmallWorld, ref: Ref, trigger: str) -> None:
    ask_for(await world.connect(), "contacts", [ref], trigger)
    await world.sync()


async def why(world: SmallWorld, record: Ref) -> Explanation:
    at = await world.connect()
    return await explain(at, await find_record(at, str(record)))


def states(world: SmallWorld) -> dict[State, int]:
    with world.store.transaction("small", read_only=True) as tx:
        return {state: count for state, count in tx.records.count_by_state().items() if count}


@pytest.mark.parametrize("lost", list(Side))
async def test_who_is_left_when_the_other_was_deleted_is_left_out_and_why_says_by_what(
    world: SmallWorld, lost: Side
) -> None:
    world.hubspot.put("contacts", ANA)
    await world.sync()
    [gone], [left] = world.live(lost), world.live(lost.other)
    (world.hubspot if lost is Side.HUBSPOT else world.salesforce).remove(gone.ref)
    await ask(world, gone.ref, "record_deleted")
    answer = await why(world, left.ref)
    assert (answer.state, answer.reasons) == (State.LEFT_OUT, ("presence.tombstone",))
    assert answer.steps[0].reason.id == "trigger.record_deleted"
    assert states(world) == {State.LEFT_OUT: 1}


async def test_restored_pair_is_in_step_and_why_tells_that_it_goes_on(world: SmallWorld) -> None:
    ana = world.hubspot.put("contacts", ANA)
    await world.sync()
    [lead] = world.live(Side.SALESFORCE)
    world.salesforce.remove(lead.ref)
    await ask(world, lead.ref, "record_deleted")
    world.salesforce.restore(lead.ref)
    await ask(world, lead.ref, "record_restored")
    answer = await why(world, ana)
    assert answer.state is State.IN_STEP and states(world) == {State.IN_STEP: 1}
    assert {"trigger.record_restored", "presence.restored"} <= {step.reason.id for step in answer.steps}


async def test_edit_that_no_signal_has_told_of_is_waiting_and_not_in_step(world: SmallWorld) -> None:
    ana = world.hubspot.put("contacts", ANA)
    await world.sync()
    world.hubspot.edit(ana, {"lastname": "Rojo"})
    answer = await why(world, ana)
    assert (answer.state, answer.reasons) == (State.WAITING, ("periodic_check",))


def trouble(world: SmallWorld) -> ProblemRow:
    with world.store.transaction("small", read_only=True) as tx:
        [row] = tx.problems.load()
    return row


async def test_problem_that_is_met_again_is_the_same_problem(world: SmallWorld) -> None:
    bad = world.hubspot.put("contacts", {"email": "bad@x.example", "company": "X"})
    await world.sync()
    first = trouble(world)
    await world.clock.sleep(60)
    await ask(world, bad, "hubspot_property_changed")
    again = trouble(world)
    assert (again.id, again.first_at, again.attempts) == (first.id, first.first_at, first.attempts + 1)


async def test_problem_put_aside_stays_aside_when_it_is_met_again(world: SmallWorld) -> None:
    bad = world.hubspot.put("contacts", {"email": "bad@x.example", "company": "X"})
    await world.sync()
    mending.ignore(world.settings, world.store, world.clock, [trouble(world)])
    await ask(world, bad, "hubspot_property_changed")
    assert trouble(world).ignored and states(world) == {State.LEFT_OUT: 1}
    assert (await why(world, bad)).state is State.LEFT_OUT
    world.hubspot.edit(bad, {"lastname": "Named"})
    await ask(world, bad, "hubspot_property_changed")
    assert states(world) == {State.IN_STEP: 1}
