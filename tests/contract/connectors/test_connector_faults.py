"""What goes wrong on the way: each fault ends in the right outcome, and the record is right in the end."""

from __future__ import annotations

import pytest
from sides import World
from test_connector_contract import changes, new, read_one

from pasodoble.errors import AuthLapsed, QuotaSpent, RateLimited, Unreachable
from pasodoble.model.operation import Update
from pasodoble.model.outcome import Applied, Deferred, Exists, Unknown
from pasodoble.model.record import Snapshot

REAL = ["hubspot_contact", "hubspot_contact_v3", "salesforce_contact", "salesforce_lead"]
LOST = ["timeout_after_commit", "truncated", "partial"]
"""Done, but the answer is lost."""

pytestmark = pytest.mark.parametrize("world", REAL, indirect=True)


def writes(world: World) -> dict[str, str]:
    """Matches the next write."""
    if world.connector.side == "hubspot":
        version = "/crm/v3/objects" if world.connector._access.api_version == "v3" else "/crm/objects/2026-03"  # type: ignore[attr-defined]
        return {"method": "POST", "path": f"{version}/contacts/batch/"}
    return {"path": "/services/data/v66.0/composite"}


@pytest.mark.parametrize("fault", LOST)
async def test_create_whose_answer_is_lost_is_unknown_and_found_by_the_next_try(world: World, fault: str) -> None:
    await world.connector.describe(world.object)
    op = new(world, "key-1", email="ana@acme.example", title="CTO")
    world.fault(fault=fault, match=writes(world), after_s=0)
    (first,) = await world.connector.write([op])
    assert isinstance(first, Unknown)
    assert first.problem.cause == "request.no_answer"
    (second,) = await world.connector.write([op])
    assert isinstance(second, Exists)
    (ref,) = second.refs
    assert await read_one(world, ref, "title") == world.fields(title="CTO")


@pytest.mark.parametrize("fault", ["timeout_before", "reset"])
async def test_create_that_was_never_done_is_unknown_too_and_made_by_the_next_try(world: World, fault: str) -> None:
    await world.connector.describe(world.object)
    op = new(world, "key-1", email="ana@acme.example")
    world.fault(fault=fault, match=writes(world), after_s=0)
    (first,) = await world.connector.write([op])
    assert isinstance(first, Unknown)
    (second,) = await world.connector.write([op])
    assert isinstance(second, Applied)


@pytest.mark.parametrize("fault", [*LOST, "timeout_before", "reset"])
async def test_read_is_asked_again(world: World, fault: str) -> None:
    ref = world.put(email="ana@acme.example", title="CTO")
    world.fault(fault=fault, after_s=0, times=2)
    assert await read_one(world, ref, "title") == world.fields(title="CTO")
    assert world.clock.slept_s > 0


@pytest.mark.parametrize("fault", ["truncated", "reset"])
async def test_look_survives_a_fault_on_each_page(world: World, fault: str) -> None:
    refs = {world.put(email=world.email()) for _ in range(230)}
    world.sim.advance(3600)
    for times in (1, 2):
        world.fault(fault=fault, times=times)
        seen, _ = await changes(world, None)
        assert set(seen) == refs


async def test_vendor_that_stays_away_is_unreachable(world: World) -> None:
    ref = world.put(email="ana@acme.example")
    world.fault(fault="status", status=503, times=20)
    with pytest.raises(Unreachable):
        await world.connector.read([ref], [world.names["title"]])


async def test_write_that_is_turned_away_is_deferred(world: World) -> None:
    ref = world.put(email="ana@acme.example", title="old")
    world.fault(fault="status", status=503, match=writes(world), times=20)
    (outcome,) = await world.connector.write([Update(ref=ref, fields=world.fields(title="new"))])
    assert isinstance(outcome, Deferred)
    assert outcome.problem.cause == "service.unavailable"


async def test_create_waits_when_it_cannot_be_told_whether_there_is_a_key(world: World) -> None:
    world.fault(fault="reset", match={"method": "GET"}, times=20)
    (outcome,) = await world.connector.write([new(world, "key-1", email="ana@acme.example")])
    assert isinstance(outcome, Deferred)
    assert not [call for call in world.sent() if writes(world)["path"] in call]


async def test_haste_is_waited_out_once(world: World) -> None:
    ref = world.put(email="ana@acme.example", title="old")
    world.fault(fault="status", status=429, times=1)
    (outcome,) = await world.connector.write([Update(ref=ref, fields=world.fields(title="new"))])
    assert isinstance(outcome, Applied)
    assert 1 <= world.clock.slept_s <= 12


async def test_haste_that_does_not_end_is_deferred_until_the_vendor_says(world: World) -> None:
    ref = world.put(email="ana@acme.example", title="old")
    world.fault(fault="status", status=429, times=50)
    (outcome,) = await world.connector.write([Update(ref=ref, fields=world.fields(title="new"))])
    assert isinstance(outcome, Deferred)
    assert outcome.problem.cause == "limit.rate"
    assert outcome.until is not None
    assert outcome.until > world.clock.now()
    with pytest.raises(RateLimited):
        await world.connector.read([ref], [world.names["title"]])


async def test_refused_sign_in_is_said_once_and_plainly(world: World) -> None:
    ref = world.put(email="ana@acme.example")
    world.fault(fault="status", status=401, times=50)
    with pytest.raises(AuthLapsed) as caught:
        await world.connector.read([ref], [world.names["title"]])
    assert caught.value.next_step.startswith("pasodoble connect")


async def test_spent_budget_stops_before_anything_is_sent(world: World) -> None:
    ref = world.put(email="ana@acme.example", title="old")

    async def nothing_left(*_: object, **__: object) -> None:
        raise QuotaSpent("The day's allotment is used up", resets_at=None)

    world.budget.take = nothing_left  # type: ignore[method-assign]
    (outcome,) = await world.connector.write([Update(ref=ref, fields=world.fields(title="new"))])
    assert isinstance(outcome, Deferred)
    assert outcome.problem.cause == "suspension.quota"
    assert not [call for call in world.sent() if "userinfo" not in call]


async def test_one_lost_batch_loses_no_other(world: World) -> None:
    refs = [world.put(email=world.email(), title="old") for _ in range(250)]
    world.fault(fault="timeout_before", match=writes(world), after_s=0, times=1)
    ops = [Update(ref=ref, fields=world.fields(title="new")) for ref in refs]
    outcomes = await world.connector.write(ops)
    lost = [ref for ref, outcome in zip(refs, outcomes, strict=True) if isinstance(outcome, Unknown)]
    seen = await world.connector.read(refs, [world.names["title"]])
    assert lost
    for ref in refs:
        found = seen[ref]
        assert isinstance(found, Snapshot)
        assert found.fields[world.names["title"]] == ("old" if ref in set(lost) else "new")
