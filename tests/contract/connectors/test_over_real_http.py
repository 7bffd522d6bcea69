"""The same connectors over real sockets: what only shows on the wire, and a clock that was moved on."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2
import pytest
from sides import MovedClock, OpenBudget

from pasodoble.connectors.hubspot.connector import HubSpotConnector
from pasodoble.connectors.salesforce.connector import SalesforceConnector
from pasodoble.errors import Unreachable
from pasodoble.model.operation import Create, Operation, Update
from pasodoble.model.outcome import Applied, Exists, Unknown
from pasodoble.model.record import Snapshot
from pasodoble.model.ref import Ref
from pasodoble.model.settings import HubSpotAccess, SalesforceAccess
from pasodoble.model.side import Side
from pasodoble.ports import Connector, Cursor
from pasodoble.simulators import hubspot, salesforce
from pasodoble.simulators.clock import SimClock
from pasodoble.simulators.http import serving

OBJECT = {Side.HUBSPOT: "contacts", Side.SALESFORCE: "Contact"}
TITLE = {Side.HUBSPOT: "jobtitle", Side.SALESFORCE: "Title"}
LAST = {Side.HUBSPOT: "lastname", Side.SALESFORCE: "LastName"}


class Wired:
    """A connector, and the door of the simulator it talks to."""

    def __init__(self, connector: Connector, address: str) -> None:
        self.connector = connector
        self.side = connector.side
        self._address = address

    async def door(self, name: str, order: object) -> None:
        async with httpx2.AsyncClient() as client:
            (await client.post(f"{self._address}/__sandbox__/{name}", json=order)).raise_for_status()

    def new(self, key: str) -> Create:
        fields = {LAST[self.side]: "Roe", TITLE[self.side]: "old"}
        of = Ref(self.side.other, "elsewhere", key)
        return Create(side=self.side, object=OBJECT[self.side], fields=fields, key=key, of=of)

    async def make(self, count: int) -> list[Ref]:
        ops: list[Operation] = [self.new(f"key-{i}") for i in range(count)]
        return [outcome.ref for outcome in await self.connector.write(ops) if isinstance(outcome, Applied)]

    async def look(self, cursor: Cursor | None) -> tuple[dict[Ref, Snapshot], Cursor]:
        seen: dict[Ref, Snapshot] = {}
        async for page in self.connector.read_changes(OBJECT[self.side], [TITLE[self.side]], cursor):
            seen.update((snap.ref, snap) for snap in page.snapshots)
            cursor = page.cursor
        assert cursor is not None
        return seen, cursor


@pytest.fixture(params=list(Side))
async def wired(request: pytest.FixtureRequest) -> AsyncIterator[Wired]:
    sim = SimClock()
    side: Side = request.param
    world = (hubspot if side is Side.HUBSPOT else salesforce).build(sim, empty=True)
    async with serving(world.application) as port:
        address = f"http://127.0.0.1:{port}"
        token = world.credentials["token"]
        connector: Connector
        if side is Side.HUBSPOT:
            hub = HubSpotAccess(base_url=address, auth={"service_key": token})
            connector = HubSpotConnector(hub, budget=OpenBudget(), clock=MovedClock(sim))
        else:
            org = SalesforceAccess(auth={"access_token": token, "instance_url": address})
            connector = SalesforceConnector(org, budget=OpenBudget(), clock=MovedClock(sim))
        yield Wired(connector, address)
        await connector.close()


async def test_three_hundred_records_are_made_changed_and_seen(wired: Wired) -> None:
    refs = await wired.make(300)
    assert len(set(refs)) == 300
    first, cursor = await wired.look(None)
    assert set(first) == set(refs)
    ops = [Update(ref=ref, fields={TITLE[wired.side]: "new"}) for ref in refs[:250]]
    assert {type(outcome) for outcome in await wired.connector.write(ops)} == {Applied}
    second, _ = await wired.look(cursor)
    changed = {ref for ref, snap in second.items() if snap.fields[TITLE[wired.side]] == "new"}
    assert changed == set(refs[:250])


@pytest.mark.parametrize("fault", ["truncated", "reset", "timeout_after_commit", "partial"])
async def test_broken_answer_is_unknown_to_a_write_and_asked_again_by_a_read(wired: Wired, fault: str) -> None:
    await wired.connector.describe(OBJECT[wired.side])
    order = {"fault": fault, "after_s": 0}
    await wired.door("faults", order)
    (lost,) = await wired.connector.write([wired.new("key-1")])
    assert isinstance(lost, Unknown)
    (found,) = await wired.connector.write([wired.new("key-1")])
    ref = found.refs[0] if isinstance(found, Exists) else found.ref if isinstance(found, Applied) else None
    assert ref is not None
    await wired.door("faults", order)
    assert isinstance((await wired.connector.read([ref], []))[ref], Snapshot)


async def test_nobody_there_is_unreachable() -> None:
    sim = SimClock()
    access = HubSpotAccess(base_url="http://127.0.0.1:9", auth={"service_key": "x"})
    connector = HubSpotConnector(access, budget=OpenBudget(), clock=MovedClock(sim))
    with pytest.raises(Unreachable) as caught:
        await connector.identify()
    assert not caught.value.sent
    await connector.close()


async def test_vendor_whose_clock_was_moved_on_is_followed(wired: Wired) -> None:
    """The vendor's clock rules, and the answers tell it."""
    refs = await wired.make(450)
    _, cursor = await wired.look(None)
    await wired.door("clock", {"advance_s": 3 * 3600})
    _, cursor = await wired.look(cursor)
    ops = [Update(ref=ref, fields={TITLE[wired.side]: "new"}) for ref in refs]
    assert {type(outcome) for outcome in await wired.connector.write(ops)} == {Applied}
    await wired.door("clock", {"advance_s": 5})
    seen, cursor = await wired.look(cursor)
    assert set(seen) == set(refs)
    for _ in range(6):
        await wired.door("clock", {"advance_s": 900})
        seen, cursor = await wired.look(cursor)
    assert seen == {}
