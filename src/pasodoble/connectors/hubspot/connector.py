"""The Connector port over HubSpot: puts the parts together, and does nothing of its own but say who is at the other end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial

import httpx2

from pasodoble.connectors.http import Sender
from pasodoble.connectors.hubspot.activities import ActivityReader
from pasodoble.connectors.hubspot.associations import AssociationReader, AssociationWriter
from pasodoble.connectors.hubspot.auth import choose_log_in
from pasodoble.connectors.hubspot.changes import ChangeReader
from pasodoble.connectors.hubspot.client import HubSpotClient, path_of
from pasodoble.connectors.hubspot.errors import ensure_ok, judge
from pasodoble.connectors.hubspot.journal import JournalReader
from pasodoble.connectors.hubspot.key_property import make_key_property
from pasodoble.connectors.hubspot.limits import read_usage
from pasodoble.connectors.hubspot.lists import ListReader
from pasodoble.connectors.hubspot.optout import OptOuts
from pasodoble.connectors.hubspot.owners import read_owners
from pasodoble.connectors.hubspot.records import RecordReader
from pasodoble.connectors.hubspot.schema import Schemas
from pasodoble.connectors.hubspot.signals import Parser
from pasodoble.connectors.hubspot.writes import Writer
from pasodoble.connectors.session import Session
from pasodoble.model.activity import Activity
from pasodoble.model.operation import Operation
from pasodoble.model.outcome import Outcome
from pasodoble.model.record import Account, Gone, Owner, Seen, Snapshot, Tied
from pasodoble.model.ref import Ref
from pasodoble.model.schema import ObjectSchema
from pasodoble.model.settings import HubSpotAccess
from pasodoble.model.side import Side
from pasodoble.ports import ActivityPage, Budget, Clock, Contents, Cursor, ListInfo, MemberPage, Page


class HubSpotConnector:
    """One HubSpot account. Raises ConfigError at once when the settings name no way to sign in.

    transport   replaces the network (tests)
    """

    def __init__(
        self,
        access: HubSpotAccess,
        *,
        budget: Budget,
        clock: Clock,
        transport: httpx2.AsyncBaseTransport | None = None,
        ca_file: str = "",
    ) -> None:
        self._access = access
        self._make_sender = partial(
            Sender,
            side=Side.HUBSPOT,
            base_url=access.base_url,
            budget=budget,
            clock=clock,
            judge=judge,
            read_usage=read_usage,
            transport=transport,
            ca_file=ca_file,
        )
        self._sender = self._make_sender()
        log_in = choose_log_in(access.auth, path_of("token", access.api_version), clock.now)
        self._client = HubSpotClient(self._sender, Session(self._sender, log_in), access.api_version)
        self._schemas = Schemas(self._client)
        self._records = RecordReader(client=self._client, schemas=self._schemas, app_id=access.app_id)
        self._lists = ListReader(self._client)
        self._changes = ChangeReader(client=self._client, records=self._records)
        self._activities = ActivityReader(client=self._client, records=self._records, changes=self._changes)
        self._writer = Writer(
            client=self._client,
            records=self._records,
            associations=AssociationWriter(client=self._client),
            opt_outs=OptOuts(client=self._client, records=self._records),
        )

    @property
    def side(self) -> Side:
        return Side.HUBSPOT

    async def identify(self) -> Account:
        body = ensure_ok(await self._client.read("account", "/details")).body
        return Account(
            id=str(body["portalId"]),
            name=str(body.get("uiDomain") or body["portalId"]),
            user_id=self._access.app_id,
            time_zone=str(body.get("timeZone") or "UTC"),
            sandbox=body.get("accountType") in ("SANDBOX", "DEVELOPER_TEST"),
        )

    async def describe(self, object: str) -> ObjectSchema:
        return await self._schemas.describe(object)

    def read_changes(self, object: str, fields: Collection[str], cursor: Cursor | None) -> AsyncIterator[Page]:
        return self._changes.read(object, fields, cursor)

    async def count(self, object: str) -> int:
        return await self._changes.count(object)

    def place_at(self, object: str, moment: datetime) -> Cursor:
        return self._changes.place_at(moment)

    async def read(
        self, refs: Sequence[Ref], fields: Collection[str], *, history: Collection[str] = ()
    ) -> dict[Ref, Seen]:
        return await self._records.read(refs, fields, history)

    async def find(self, object: str, field: str, values: Collection[str], fields: Collection[str]) -> list[Snapshot]:
        return await self._records.find(object, field, values, fields)

    async def find_converted(self, contacts: Collection[Ref]) -> list[Gone]:
        return []

    async def read_ties(self, refs: Sequence[Ref], to: str) -> dict[Ref, frozenset[Tied]]:
        return await AssociationReader(client=self._client).read(refs, to)

    async def read_tie_changes(
        self, object: str, to: str, cursor: Cursor | None, *, far: bool = False
    ) -> tuple[dict[Ref, datetime], Cursor | None]:
        """Nothing: an association moves the stamps of both records, so that the look finds them."""
        return {}, cursor

    async def write(self, operations: Sequence[Operation]) -> list[Outcome]:
        return await self._writer.write(operations)

    async def describe_list(self, list_id: str, object: str) -> ListInfo:
        return await self._lists.describe(list_id, object)

    def read_members(self, list_id: str, cursor: Cursor | None = None) -> AsyncIterator[MemberPage]:
        return self._lists.read(list_id, cursor)

    async def find_members(self, list_id: str, object: str, ids: Collection[str]) -> frozenset[str]:
        return await self._lists.find(list_id, object, ids)

    def read_activities(
        self,
        wanted: Mapping[str, Collection[str]],
        cursor: Cursor | None,
        since: Mapping[str, datetime],
        only: Collection[str] | None = None,
    ) -> AsyncIterator[ActivityPage]:
        return self._activities.read(wanted, cursor, since, only)

    async def see_activities(self, refs: Sequence[Ref], wanted: Mapping[str, Collection[str]]) -> list[Activity]:
        return await self._activities.see(refs, wanted)

    async def read_owners(self) -> list[Owner]:
        return await read_owners(self._client)

    def open_journal(self, portal_id: str, objects: Collection[str], lists: Collection[str]) -> JournalReader:
        """What the app's webhooks journal tells of these objects, which must have been described. Not part of the port."""
        own = {name: id for id, name in self._schemas.names.items()}
        sender = self._make_sender()
        return JournalReader(
            access=self._access, sender=sender, portal_id=portal_id, objects=objects, type_ids=own, lists=lists
        )

    def read_letter(self, body: str) -> Contents:
        return Parser(app_id=self._access.app_id, objects=self._schemas.names).read_letter(body)

    async def make_key_property(self, object: str) -> bool:
        """Make our unique property on that object where it is missing; gives whether it was. Not part of the port."""
        return await make_key_property(self._client, object)

    async def close(self) -> None:
        await self._sender.close()
