"""What a thousand records cost in counted calls: the figures of DESIGN section 9, plus a constant."""

from __future__ import annotations

import pytest
from sides import HubSpotWorld, SalesforceWorld, World

from pasodoble.model.operation import Create, Operation, Update
from pasodoble.model.outcome import Applied
from pasodoble.model.ref import Ref
from pasodoble.ports import Cursor

COUNT = 1000


async def fill(world: World, *, spread_s: float = 0.05) -> list[Ref]:
    refs = []
    for i in range(COUNT):
        refs.append(world.put(email=f"p{i}@acme.example", title="old"))
        world.sim.advance(spread_s)
    await world.connector.describe(world.object)  # the schema is counted apart
    return refs


async def look(world: World, cursor: Cursor | None) -> tuple[set[Ref], Cursor]:
    seen: set[Ref] = set()
    fields = list(world.names.values())
    async for page in world.connector.read_changes(world.object, fields, cursor):
        seen |= {snap.ref for snap in page.snapshots}
        cursor = page.cursor
    assert cursor is not None
    return seen, cursor


async def test_hubspot(portal: HubSpotWorld) -> None:
    refs = await fill(portal)
    used = portal.calls
    _, cursor = await look(portal, None)
    assert portal.calls - used == COUNT / 100
    portal.sim.advance(7200)
    _, cursor = await look(portal, cursor)

    for ref in refs:
        portal.edit(ref, title="new")
        portal.sim.advance(0.01)
    used = portal.calls
    seen, _ = await look(portal, cursor)
    assert seen == set(refs)
    assert portal.calls - used <= 5 + 2

    used = portal.calls
    await portal.connector.read(refs, list(portal.names.values()))
    assert portal.calls - used == 10
    await portal.connector.read(refs, list(portal.names.values()), history=["jobtitle"])
    assert portal.calls - used == 10 + 20

    used = portal.calls
    ops = [Update(ref=ref, fields={"jobtitle": "ours"}) for ref in refs]
    assert {type(outcome) for outcome in await portal.connector.write(ops)} == {Applied}
    assert portal.calls - used == 10

    used = portal.calls
    found = await portal.connector.find("contacts", "email", [f"p{i}@acme.example" for i in range(COUNT)], ["email"])
    assert len(found) == COUNT
    assert portal.calls - used == 10


async def test_hubspot_records_that_changed_in_one_batch_cost_no_more(portal: HubSpotWorld) -> None:
    """A batch write gives a hundred records one time of change: pages end in the middle of such a moment."""
    refs = await fill(portal)
    _, cursor = await look(portal, None)
    portal.sim.advance(7200)
    _, cursor = await look(portal, cursor)
    for start in range(0, COUNT, 130):
        for ref in refs[start : start + 130]:
            portal.edit(ref, title="new")
        portal.sim.advance(1)
    used = portal.calls
    seen, _ = await look(portal, cursor)
    assert seen == set(refs)
    assert portal.calls - used <= 5 + 2


async def test_salesforce(org: SalesforceWorld) -> None:
    refs = await fill(org)
    used = org.calls
    _, cursor = await look(org, None)
    assert org.calls - used == 1
    org.sim.advance(7200)
    _, cursor = await look(org, cursor)

    for ref in refs:
        org.edit(ref, title="new")
    used = org.calls
    seen, _ = await look(org, cursor)
    assert seen == set(refs)
    assert org.calls - used == 1 + 1

    used = org.calls
    await org.connector.read(refs, list(org.names.values()))
    assert org.calls - used == 1

    used = org.calls
    found = await org.connector.find("Contact", "Email", [f"p{i}@acme.example" for i in range(COUNT)], ["Email"])
    assert len(found) == COUNT
    assert org.calls - used == 1


@pytest.mark.parametrize(("guarded", "least"), [(False, 1), (True, 40)])
async def test_salesforce_writes(org: SalesforceWorld, guarded: bool, least: int) -> None:
    refs = await fill(org)
    now = org.clock.now()
    used = org.calls
    ops: list[Operation] = [
        Update(ref=ref, fields={"Title": "ours"}, unless_modified_since=now if guarded else None) for ref in refs
    ]
    assert {type(outcome) for outcome in await org.connector.write(ops)} == {Applied}
    assert org.calls - used == least


async def test_salesforce_creates(org: SalesforceWorld) -> None:
    await org.connector.describe("Contact")
    used = org.calls
    ops: list[Operation] = [
        Create(
            side=org.connector.side,
            object="Contact",
            fields={"LastName": f"Roe {i}"},
            key=f"key-{i}",
            of=Ref(org.connector.side.other, "contacts", str(i)),
        )
        for i in range(COUNT)
    ]
    outcomes = await org.connector.write(ops)
    assert len({outcome.ref for outcome in outcomes if isinstance(outcome, Applied)}) == COUNT
    assert org.calls - used == 1
