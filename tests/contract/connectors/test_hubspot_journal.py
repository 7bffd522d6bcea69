"""The webhooks journal: read from where it was left, whatever happened meanwhile; and nobody is troubled where there is none."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import pytest
from sides import HubSpotWorld

from pasodoble.connectors.hubspot.connector import HubSpotConnector
from pasodoble.connectors.hubspot.journal import REFUSED_S, JournalReader
from pasodoble.errors import ConfigError
from pasodoble.model.settings import HubSpotAccess
from pasodoble.model.signal import SignalKind
from pasodoble.ports import Cursor, Heard


def open_journal(world: HubSpotWorld, **changes: str) -> JournalReader:
    credentials = world.world.credentials
    access = {"client_id": credentials["client_id"], "client_secret": credentials["client_secret"], **changes}
    connector = world.connector
    assert isinstance(connector, HubSpotConnector)
    connector._access = HubSpotAccess(base_url="http://hubspot.test", auth={"service_key": "x"}, journal="on", **access)
    return connector.open_journal(str(world.portal.account.portal_id), ["contacts", "companies"], ["42"])


@contextlib.asynccontextmanager
async def hearing(reader: JournalReader, position: Cursor | None) -> AsyncIterator[AsyncIterator[Heard]]:
    async with contextlib.aclosing(reader.signals(position)) as stream:
        yield stream


async def start(reader: JournalReader) -> Cursor:
    async with hearing(reader, None) as stream:
        return (await anext(stream)).position


@pytest.fixture
async def reader(portal: HubSpotWorld) -> AsyncIterator[JournalReader]:
    opened = open_journal(portal)
    yield opened
    await opened.close()


async def test_what_happened_while_nobody_read_is_told_in_order(portal: HubSpotWorld, reader: JournalReader) -> None:
    position = await start(reader)
    ref = portal.put(title="old")
    portal.edit(ref, title="new")
    portal.remove(ref)
    async with hearing(reader, position) as stream:
        heard = await anext(stream)
    told = [(signal.kind, signal.ref) for signal in heard.signals if signal.ref == ref]
    assert [kind for kind, _ in told if kind is not SignalKind.CHANGED] == [SignalKind.CREATED, SignalKind.DELETED]
    assert any(signal.kind is SignalKind.CHANGED and "jobtitle" in signal.fields for signal in heard.signals)
    assert not heard.missed


async def test_position_leads_past_what_was_told(portal: HubSpotWorld, reader: JournalReader) -> None:
    position = await start(reader)
    first = portal.put(title="1")
    async with hearing(reader, position) as stream:
        position = (await anext(stream)).position
    second = portal.put(title="2")
    async with hearing(reader, position) as stream:
        heard = await anext(stream)
    assert {signal.ref for signal in heard.signals} == {second}
    assert first != second


async def test_subscriptions_are_made_once(portal: HubSpotWorld, reader: JournalReader) -> None:
    await start(reader)
    count = len(portal.portal.journal.subscriptions)
    assert count == 5
    await start(reader)
    assert len(portal.portal.journal.subscriptions) == count
    assert set((await reader.survey()).heard) == {"contacts", "companies"}


async def test_gap_of_more_than_three_days_asks_for_a_look(portal: HubSpotWorld, reader: JournalReader) -> None:
    position = await start(reader)
    portal.put(title="forgotten")
    portal.sim.advance(4 * 86_400)
    async with hearing(reader, position) as stream:
        heard = await anext(stream)
    assert heard.missed == {"contacts", "companies"}


async def test_journal_that_the_app_does_not_have_troubles_nobody(
    portal: HubSpotWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Paused(Exception):
        """The reader has gone to sleep."""

    async def sleep(seconds: float) -> None:
        raise Paused(seconds)

    reader = open_journal(portal, client_secret="wrong")
    monkeypatch.setattr(portal.clock, "sleep", sleep)
    with pytest.raises(Paused, match=str(REFUSED_S)):
        await anext(reader.signals(None))
    await reader.close()


def test_journal_without_the_apps_id_is_said_so(portal: HubSpotWorld) -> None:
    with pytest.raises(ConfigError, match="client_id"):
        open_journal(portal, client_id="")
