"""Change events over real gRPC: what the reader makes of them, and what it does when the stream, the session or its place is lost."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest
from sides import InProcess, OpenBudget, SalesforceWorld

from pasodoble.connectors.salesforce.connector import SalesforceConnector
from pasodoble.connectors.salesforce.push import ChangeEvents
from pasodoble.model.operation import Update
from pasodoble.model.settings import SalesforceAccess
from pasodoble.model.signal import Signal, SignalKind
from pasodoble.ports import Cursor, Heard
from pasodoble.simulators.certificate import make_certificate
from pasodoble.simulators.salesforce.conversion import Conversion, convert_lead
from pasodoble.simulators.salesforce.pubsub import Gap, serving_bus
from pasodoble.simulators.salesforce.schema import make_field, remake
from pasodoble.simulators.salesforce.settings import Access
from pasodoble.simulators.salesforce.writes import Writer

PATIENCE_S = 10.0
EMPTY_ID = "000000000000000AAA"


class ShortClock:
    """Real time, but pauses are cut short and kept in a list."""

    def __init__(self, world: SalesforceWorld) -> None:
        self._world = world
        self.pauses: list[float] = []

    def now(self) -> datetime:
        return self._world.sim.now()

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await asyncio.sleep(min(seconds, 0.05))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Served(SalesforceWorld):
    """An org with its Pub/Sub server on a port that stays the same when the server is stopped and started."""

    def __init__(self, **options: Any) -> None:
        super().__init__("Contact", **options)
        self.port = free_port()
        self.short = ShortClock(self)
        self._server: contextlib.AsyncExitStack | None = None
        self._opened: list[Any] = []

    async def start(self, certificate: tuple[str, str] | None = None) -> None:
        self._server = contextlib.AsyncExitStack()
        await self._server.enter_async_context(serving_bus(self.world.events, port=self.port, certificate=certificate))

    async def stop(self) -> None:
        assert self._server is not None
        await self._server.aclose()
        self._server = None

    def listen(self, *objects: str, **access: Any) -> ChangeEvents:
        known = {
            "login_url": "http://salesforce.test",
            "auth": {name: self.world.credentials[name] for name in ("client_id", "client_secret")},
            "pubsub_endpoint": f"127.0.0.1:{self.port}",
        }
        connector = SalesforceConnector(
            SalesforceAccess(**(known | access)),
            budget=OpenBudget(),
            clock=self.short,
            transport=InProcess(self.world.application),
        )
        reader = connector.listen(objects or ("Contact",))
        assert reader is not None
        self._opened += [reader, connector]
        return reader

    async def close(self) -> None:
        for opened in self._opened:
            await opened.close()
        if self._server is not None:
            await self.stop()
        await self.connector.close()


@pytest.fixture
async def org() -> AsyncIterator[Served]:
    made = Served()
    await made.start()
    yield made
    await made.close()


class Ear:
    """Listens in a task of its own, from a place, and keeps all it hears."""

    def __init__(self, reader: ChangeEvents, position: Cursor | None = None) -> None:
        self.heard: list[Heard] = []
        self._news = asyncio.Event()
        self._task = asyncio.create_task(self._listen(reader, position))

    async def _listen(self, reader: ChangeEvents, position: Cursor | None) -> None:
        async with contextlib.aclosing(reader.signals(position)) as stream:
            async for heard in stream:
                self.heard.append(heard)
                self._news.set()

    @property
    def signals(self) -> list[Signal]:
        return [signal for heard in self.heard for signal in heard.signals]

    @property
    def missed(self) -> set[str]:
        return {object for heard in self.heard for object in heard.missed}

    @property
    def position(self) -> Cursor:
        return self.heard[-1].position

    async def until(self, count: int = 0, missed: str = "") -> list[Signal]:
        async with asyncio.timeout(PATIENCE_S):
            while len(self.signals) < count or (missed and missed not in self.missed):
                self._news.clear()
                await self._news.wait()
        return self.signals

    async def stop(self) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task


async def start_listening(org: Served, *objects: str) -> Ear:
    """An ear that is known to listen: it has heard a first change already, and forgotten it."""
    ear = Ear(org.listen(*objects))
    await settle(org)
    return ear


async def settle(org: Served, streams: int = 2) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while len(org.world.events.log.listeners) < streams:
            await asyncio.sleep(0.01)


async def test_create_update_delete_and_undelete_are_heard_in_order(org: Served) -> None:
    ear = await start_listening(org)
    ref = org.put(last="Ruiz", email="ana@acme.example")
    org.edit(ref, title="CTO", last="Ruiz Peña")
    org.remove(ref)
    with org.org.transaction(org.user_id) as work:
        Writer(work, org.org.view(org.user_id)).undelete(ref.id)
    signals = await ear.until(4)
    kinds = [SignalKind.CREATED, SignalKind.CHANGED, SignalKind.DELETED, SignalKind.RESTORED]
    assert [(signal.kind, signal.ref) for signal in signals] == [(kind, ref) for kind in kinds]
    assert signals[1].fields == ("LastName", "Title")
    assert signals[1].at == org.sim.now().replace(microsecond=0)
    assert not any(signal.by_us for signal in signals)
    await ear.stop()


async def test_what_this_connector_writes_is_known_as_ours_and_a_persons_edit_is_not(org: Served) -> None:
    ref = org.put(last="Ruiz")
    ear = await start_listening(org)
    await org.connector.write([Update(ref=ref, fields={"Title": "ours"})])
    org.edit(ref, title="theirs")
    assert [signal.by_us for signal in await ear.until(2)] == [True, False]
    await ear.stop()


async def test_nothing_is_lost_while_nobody_listens(org: Served) -> None:
    ear = await start_listening(org)
    first = org.put(last="One")
    await ear.until(1)
    await ear.stop()
    second = org.put(last="Two")
    later = Ear(org.listen(), ear.position)
    assert [signal.ref for signal in await later.until(1)] == [second]
    assert first not in [signal.ref for signal in later.signals]
    await later.stop()


async def test_a_broken_stream_goes_on_where_it_was(org: Served) -> None:
    ear = await start_listening(org)
    refs = [org.put(last="Before")]
    await ear.until(1)
    for number in range(2):
        await org.stop()
        refs.append(org.put(last=f"While down {number}"))
        await org.start()
        refs.append(org.put(last=f"After {number}"))
    assert [signal.ref for signal in await ear.until(5)] == refs
    assert org.short.pauses
    await ear.stop()


async def test_a_session_that_ended_is_renewed_and_nothing_is_lost(org: Served) -> None:
    ear = await start_listening(org)
    refs = [org.put(last="One")]
    await ear.until(1)
    await org.stop()
    org.world.sessions.expire_all()
    refs.append(org.put(last="Two"))
    await org.start()
    assert [signal.ref for signal in await ear.until(2)] == refs
    await ear.stop()


@pytest.mark.parametrize("place", ["AAAAAAAAAAAAAA==", "bm9uc2Vuc2U=", "////////////AAA="])
async def test_a_place_that_is_gone_asks_for_a_look_and_starts_at_now(org: Served, place: str) -> None:
    org.put(last="Past")
    ear = Ear(org.listen(), {"Contact": place})
    await ear.until(missed="Contact")
    await settle(org)
    ref = org.put(last="Now")
    assert [signal.ref for signal in await ear.until(1)] == [ref]
    await ear.stop()


async def test_a_first_start_asks_for_a_look_once_the_stream_has_begun(org: Served) -> None:
    org.put(last="Before anybody listened")
    ear = await start_listening(org)
    await ear.until(missed="Contact")
    assert ear.signals == []
    assert org.short.pauses.count(2.0) == 2
    await ear.stop()


async def test_a_server_that_is_not_there_asks_for_nothing(org: Served) -> None:
    await org.stop()
    ear = Ear(org.listen())
    async with asyncio.timeout(PATIENCE_S):
        while len(org.short.pauses) < 6:
            await asyncio.sleep(0.01)
    assert ear.heard == []
    await ear.stop()


async def test_gaps_with_ids_are_signals_and_an_overflow_asks_for_a_look(org: Served) -> None:
    ref = org.put(last="Big")
    ear = await start_listening(org)
    org.world.events.log.announce_gap(Gap("Contact", "GAP_UPDATE", (ref.id,)))
    [signal] = await ear.until(1)
    assert (signal.kind, signal.ref, signal.fields) == (SignalKind.CHANGED, ref, ())
    await ear.until(missed="Contact")
    ear.heard.clear()
    org.world.events.log.announce_gap(Gap("Contact", "GAP_OVERFLOW", (EMPTY_ID,)))
    await ear.until(missed="Contact")
    await ear.stop()


async def test_a_conversion_says_which_contact_came_of_the_lead(org: Served) -> None:
    lead = org.put_other("Lead", LastName="Ruiz", Company="Acme", Email="ana@acme.example")
    ear = Ear(org.listen("Lead", "Contact"))
    await settle(org, 3)
    with org.org.transaction(org.user_id) as work:
        writer = Writer(work, org.org.view(org.user_id))
        made = convert_lead(writer, Conversion(lead_id=lead.id, create_opportunity=False))
    signals = {(signal.kind, signal.ref.object): signal for signal in await ear.until(2)}
    assert signals[SignalKind.CONVERTED, "Lead"].detail["contact"] == made.contact_id
    assert signals[SignalKind.CREATED, "Contact"].ref.id == made.contact_id
    await ear.stop()


async def test_more_than_a_streams_fill_of_events_arrives_whole(org: Served) -> None:
    ear = await start_listening(org)
    refs = [org.put(last=f"N{number}") for number in range(350)]
    assert [signal.ref for signal in await ear.until(350)] == refs
    await ear.stop()


async def test_an_object_that_is_not_open_to_us_is_told_and_silences_no_other(org: Served) -> None:
    org.org.settings.permissions["Lead"] = Access(read=False)
    org.org.changed()
    reader = org.listen("Contact", "Lead", "Nothing__c", pubsub_entities=3)
    hearing = await reader.survey()
    assert (hearing.heard, hearing.refused) == (("Contact",), ("Lead", "Nothing__c"))
    assert hearing.beyond == ("CampaignMember",)
    ear = Ear(reader)
    await settle(org, 1)
    ref = org.put(last="Heard")
    assert [signal.ref for signal in await ear.until(1)] == [ref]
    await ear.stop()


async def test_a_schema_that_changes_on_the_way_is_read_all_the_same(org: Served) -> None:
    ref = org.put(last="Ruiz")
    ear = await start_listening(org)
    org.edit(ref, title="before")
    await ear.until(1)
    contact = org.org.sobject("Contact")
    shoe = make_field({"name": "Shoe__c", "type": "string", "label": "Shoe", "length": 10})
    org.org.define([remake(contact, fields=[shoe, *contact.fields.values()])])
    org.edit(ref, title="after")
    assert [signal.fields for signal in await ear.until(2)] == [("Title",), ("Title",)]
    await ear.stop()


async def test_over_tls_with_the_sandboxes_own_certificates(org: Served) -> None:
    await org.stop()
    with make_certificate() as made:
        await org.start((str(made.certificate), str(made.key)))
        auth = {"access_token": org.world.credentials["token"], "instance_url": "https://salesforce.test"}
        reader = org.listen(login_url="https://salesforce.test", auth=auth, ca_file=str(made.ca))
        assert (await reader.survey()).heard == ("Contact", "CampaignMember")
