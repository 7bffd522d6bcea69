"""Builds the object graph: the only place that names concrete adapters. What a command or a page wants is asked here."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
from collections.abc import AsyncIterator, Collection, Iterator
from datetime import UTC, datetime, timedelta

from pasodoble import __version__
from pasodoble.connectors.hubspot import limits as hubspot_limits
from pasodoble.connectors.hubspot.connector import HubSpotConnector
from pasodoble.connectors.hubspot.webhooks import HubSpotSeal
from pasodoble.connectors.salesforce import limits as salesforce_limits
from pasodoble.connectors.salesforce.connector import SalesforceConnector
from pasodoble.engine.budget import SharedBudget, spent_since
from pasodoble.engine.connected import Connected, connect
from pasodoble.engine.service.alerting import send_alerts, send_sample
from pasodoble.mapping.presets.ties import own_lookups
from pasodoble.model.alert import Alert
from pasodoble.model.ref import Kind
from pasodoble.model.settings import Connection, Settings
from pasodoble.model.side import Pair, Side
from pasodoble.notify.notifier import AlertSender
from pasodoble.ports import Clock, Connector, PushReader, Runner, Seal, Store
from pasodoble.runner.clock import SystemClock
from pasodoble.store import hold_worker_lock, open_store, upgrade
from pasodoble.store.database import read_url

WINDOWS = {Side.HUBSPOT: hubspot_limits.WINDOWS, Side.SALESFORCE: salesforce_limits.WINDOWS}


@contextlib.contextmanager
def opened_store(settings: Settings, *, create: bool = True) -> Iterator[Store]:
    """The store of these settings, its tables made or brought up to date if `create`. Raises StoreError."""
    if create:
        upgrade(settings.database_url)
    store = open_store(settings.database_url)
    try:
        yield store
    finally:
        store.close()


def upgrade_database(url: str) -> bool:
    """Bring the database to this version's tables; gives whether there was anything to do. Raises StoreError."""
    return upgrade(url)


@contextlib.contextmanager
def worker_lock(settings: Settings, clock: Clock) -> Iterator[None]:
    """Be the worker of this database while the block runs. Raises StoreError, naming the holder, if another one is."""
    with hold_worker_lock(settings.database_url, clock.now()):
        yield


async def send_due_alerts(settings: Settings, connection: Connection, store: Store, clock: Clock) -> list[str]:
    """Tell who wants to know of the connection's trouble; gives what could not be delivered, as sentences."""
    if not connection.alerts:
        return []
    sender = AlertSender(settings.mail)
    return await send_alerts(connection, store, clock, sender, public_url=settings.public_url)


async def send_sample_alerts(settings: Settings, connection: Connection, clock: Clock) -> list[tuple[Alert, str]]:
    """A message without trouble to each alert; with why it could not be delivered, "" if it was."""
    return await send_sample(connection, AlertSender(settings.mail), clock)


def system_clock() -> Clock:
    return SystemClock()


def make_runner(settings: Settings) -> Runner:
    """This process among the workers of the database. On SQLite there is one, always of the same name: it finds its runs again."""
    from pasodoble.runner.dbos import DbosRunner  # heavy, and needed by workers only

    url = read_url(settings.database_url)
    alone = url.get_backend_name() == "sqlite"
    worker = "local" if alone else f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
    return DbosRunner(url, worker=worker, version=__version__)


def forget_leases(settings: Settings, store: Store) -> None:
    """On SQLite who holds the lock is alone: leases that are left there are of a process that died."""
    if read_url(settings.database_url).get_backend_name() == "sqlite":
        for name in settings.connections:
            with store.transaction(name) as tx:
                tx.leases.sweep(datetime.max.replace(tzinfo=UTC) - timedelta(days=1))


@contextlib.asynccontextmanager
async def connectors(
    settings: Connection, store: Store, clock: Clock
) -> AsyncIterator[tuple[Pair[Connector], SharedBudget]]:
    """Both sides, not signed in yet, and the budget in which their calls are counted. Raises ConfigError."""
    budget = SharedBudget(settings, store, clock, WINDOWS)
    async with contextlib.AsyncExitStack() as stack:
        hubspot = HubSpotConnector(settings.hubspot, budget=budget, clock=clock, ca_file=settings.salesforce.ca_file)
        stack.push_async_callback(hubspot.close)
        lookups = own_lookups(settings)
        salesforce = SalesforceConnector(settings.salesforce, budget=budget, clock=clock, lookups=lookups)
        stack.push_async_callback(salesforce.close)
        try:
            yield Pair(hubspot, salesforce), budget
        finally:
            budget.close()


@contextlib.asynccontextmanager
async def connected(
    settings: Connection, store: Store, clock: Clock, *, kinds: Collection[Kind] | None = None
) -> AsyncIterator[Connected]:
    """Signed in on both sides, while the block runs. Raises ConfigError and ConnectorError."""
    async with connectors(settings, store, clock) as (both, budget):
        yield await connect(settings, both, store, clock, budget, kinds=kinds)


@contextlib.asynccontextmanager
async def listening(
    settings: Connection, store: Store, clock: Clock
) -> AsyncIterator[tuple[Connected, PushReader | None]]:
    """Signed in on both sides, with what Salesforce tells by itself, while the block runs. Raises ConfigError, ConnectorError."""
    async with connectors(settings, store, clock) as (both, budget):
        at = await connect(settings, both, store, clock, budget)
        async with opened_push(settings, both) as reader:
            yield at, reader


@contextlib.asynccontextmanager
async def opened_push(settings: Connection, both: Pair[Connector]) -> AsyncIterator[PushReader | None]:
    """What Salesforce tells by itself of the enabled objects; None where the settings say not to listen."""
    assert isinstance(both.salesforce, SalesforceConnector)
    reader = both.salesforce.listen([name for of in settings.enabled() for name in of.salesforce_objects])
    try:
        yield reader
    finally:
        if reader is not None:
            await reader.close()


@contextlib.asynccontextmanager
async def reading_journal(
    settings: Connection, store: Store, clock: Clock
) -> AsyncIterator[tuple[Connected, PushReader | None]]:
    """Signed in on both sides, with HubSpot's webhooks journal, where the settings want it. Raises ConfigError, ConnectorError."""
    async with connectors(settings, store, clock) as (both, budget):
        at = await connect(settings, both, store, clock, budget)
        assert isinstance(both.hubspot, HubSpotConnector)
        on = settings.enabled()
        lists = {of.inclusion_list for of in on if of.inclusion_list is not None}
        reader = both.hubspot.open_journal(at.accounts.hubspot.id, [of.hubspot_object for of in on], lists)
        try:
            yield at, reader
        finally:
            await reader.close()


def seals(settings: Settings) -> dict[str, Seal]:
    """By connection, what tells HubSpot's webhooks from others'; connections without a client secret take none."""
    secrets = {name: of.hubspot.client_secret for name, of in settings.connections.items()}
    return {name: HubSpotSeal(secret) for name, secret in secrets.items() if secret}


async def make_hubspot_keys(settings: Connection, store: Store, clock: Clock) -> dict[str, bool]:
    """Our unique property on each synced HubSpot object; by object, whether it had to be made. Raises ConnectorError."""
    async with connectors(settings, store, clock) as (both, _):
        assert isinstance(both.hubspot, HubSpotConnector)
        return {of.hubspot_object: await both.hubspot.make_key_property(of.hubspot_object) for of in settings.enabled()}


def spent_by_hour(settings: Connection, store: Store, clock: Clock) -> dict[str, int]:
    """Calls by "hour side purpose" of the last 24 hours: `2026-11-24T10 hubspot check`."""
    rows = spent_since(store, settings.name, clock.now())
    return {f"{row.hour:%Y-%m-%dT%H} {row.side} {row.purpose}": row.count for row in rows if row.count}
