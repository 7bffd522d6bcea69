"""What the connector over dictionaries offers beyond the port: people's deeds, and a vendor's habits as hooks."""

from __future__ import annotations

from typing import Any

import pytest

from pasodoble.connectors.memory import MemoryConnector
from pasodoble.connectors.wrap import Counted, ReadOnly
from pasodoble.model.cause import Problem
from pasodoble.model.operation import Associate, Create, Operation, Update
from pasodoble.model.outcome import Applied, Outcome, Refused, Stale
from pasodoble.model.record import Gone, Loss, Snapshot
from pasodoble.model.ref import Ref
from pasodoble.model.side import Side

FIELDS = ["email", "lastname"]


@pytest.fixture
def memory(clock: Any) -> MemoryConnector:
    return MemoryConnector(Side.HUBSPOT, clock)


async def seen(connector: Any, ref: Ref) -> Any:
    return (await connector.read([ref], FIELDS))[ref]


async def test_refusal_on_order_stands_instead_of_the_write(memory: MemoryConnector) -> None:
    kept, refused = memory.put("contacts", {"lastname": "Roe"}), memory.put("contacts", {"lastname": "Poe"})
    no = Refused(problem=Problem(cause="salesforce.validation_rule", side=Side.HUBSPOT))

    def refuse(op: Operation) -> Outcome | None:
        return no if isinstance(op, Update) and op.ref == refused else None

    memory.refuse = refuse
    ops = [Update(ref=ref, fields={"lastname": "New"}) for ref in (kept, refused)]
    outcomes = await memory.write(ops)
    assert isinstance(outcomes[0], Applied)
    assert outcomes[1] == no
    assert (await seen(memory, refused)).fields["lastname"] == "Poe"


async def test_value_is_kept_as_the_side_reshapes_it(memory: MemoryConnector) -> None:
    memory.reshape = lambda _object, field, value: str(value).lower() if field == "email" else value
    ref = memory.put("contacts", {"email": "Ana@Acme.example"})
    assert (await seen(memory, ref)).fields["email"] == "ana@acme.example"


async def test_converted_lead_becomes_a_contact_and_shows_in_the_next_look(clock: Any) -> None:
    memory = MemoryConnector(Side.SALESFORCE, clock)
    lead = memory.put("Lead", {"LastName": "Roe"})
    pages = [page async for page in memory.read_changes("Lead", ["LastName"], None)]
    contact = memory.convert(lead, {"LastName": "Roe"})
    assert await seen(memory, lead) == Gone(ref=lead, how=Loss.CONVERTED, seen_at=clock.now(), into=contact)
    pages = [page async for page in memory.read_changes("Lead", ["LastName"], pages[-1].cursor)]
    assert [gone.into for page in pages for gone in page.gone] == [contact]
    assert await memory.write([Update(ref=lead, fields={"LastName": "Poe"})]) == [Stale()]


async def test_restored_record_is_there_again_and_shows_in_the_next_look(memory: MemoryConnector) -> None:
    ref = memory.put("contacts", {"lastname": "Roe"})
    memory.remove(ref)
    pages = [page async for page in memory.read_changes("contacts", FIELDS, None)]
    memory.restore(ref)
    assert isinstance(await seen(memory, ref), Snapshot)
    pages = [page async for page in memory.read_changes("contacts", FIELDS, pages[-1].cursor)]
    assert [snap.ref for page in pages for snap in page.snapshots] == [ref]


async def test_ties_are_kept_once_and_need_both_records(memory: MemoryConnector) -> None:
    one, company = memory.put("contacts", {}), memory.put("companies", {})
    nobody = Ref(Side.HUBSPOT, "companies", "999")
    tie = Associate(ref=one, to=company)
    first, again, refused = await memory.write([tie, tie, Associate(ref=one, to=nobody)])
    assert first == again == Applied(ref=one)
    assert isinstance(refused, Refused)
    assert memory.ties == {(one, company, "")}
    await memory.write([Associate(ref=one, to=company, remove=True)])
    assert memory.ties == set()


async def test_read_only_wrapper_lets_nothing_through(memory: MemoryConnector) -> None:
    connector = ReadOnly(memory)
    ref = memory.put("contacts", {"lastname": "Roe"})
    create = Create(side=Side.HUBSPOT, object="contacts", fields={}, key="k", of=Ref(Side.SALESFORCE, "Lead", "1"))
    outcomes = await connector.write([Update(ref=ref, fields={"lastname": "New"}), create])
    assert [type(outcome) for outcome in outcomes] == [Refused, Refused]
    assert (await seen(connector, ref)).fields["lastname"] == "Roe"
    assert len(memory.live("contacts")) == 1


async def test_counting_wrapper_counts_calls_and_records(memory: MemoryConnector) -> None:
    connector = Counted(memory)
    refs = [memory.put("contacts", {"email": f"p{i}@acme.example"}) for i in range(3)]
    await connector.read(refs, FIELDS)
    await connector.read(refs[:1], FIELDS)
    await connector.find("contacts", "email", ["p1@acme.example"], [])
    await connector.write([Update(ref=ref, fields={"lastname": "New"}) for ref in refs])
    assert [page async for page in connector.read_changes("contacts", FIELDS, None)]
    assert connector.counts == {
        "read": 2,
        "read_records": 4,
        "find": 1,
        "find_records": 1,
        "write": 1,
        "write_records": 3,
        "read_changes": 1,
        "read_changes_records": 3,
    }
