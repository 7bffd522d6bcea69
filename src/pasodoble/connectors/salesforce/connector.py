"""The Connector port over Salesforce: puts the parts together, and says who is at the other end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import httpx2

from pasodoble.connectors.http import Sender
from pasodoble.connectors.salesforce.associations import LOOKUPS, Lookups
from pasodoble.connectors.salesforce.auth import choose_log_in
from pasodoble.connectors.salesforce.changes import ChangeReader
from pasodoble.connectors.salesforce.client import SalesforceClient
from pasodoble.connectors.salesforce.errors import judge
from pasodoble.connectors.salesforce.ids import to_18
from pasodoble.connectors.salesforce.limits import read_usage
from pasodoble.connectors.salesforce.owners import read_owners
from pasodoble.connectors.salesforce.records import RecordReader
from pasodoble.connectors.salesforce.schema import Schemas
from pasodoble.connectors.salesforce.signals import choose_entities
from pasodoble.connectors.salesforce.soql import Select
from pasodoble.connectors.salesforce.tied import TieReader
from pasodoble.connectors.salesforce.writes import Writer
from pasodoble.connectors.session import Session
from pasodoble.errors import Unsupported
from pasodoble.model.activity import Activity
from pasodoble.model.operation import Operation
from pasodoble.model.outcome import Outcome
from pasodoble.model.record import Account, Gone, Owner, Seen, Snapshot, Tied
from pasodoble.model.ref import Ref
from pasodoble.model.schema import ObjectSchema
from pasodoble.model.settings import SalesforceAccess
from pasodoble.model.side import Side
from pasodoble.ports import ActivityPage, Budget, Clock, Contents, Cursor, ListInfo, MemberPage, Page

if TYPE_CHECKING:
    from pasodoble.connectors.salesforce.push import ChangeEvents

_NO_LISTS: Final = "Salesforce has no lists of this sort"
_NAME_A_LIST: Final = "name a HubSpot list"


class SalesforceConnector:
    """One Salesforce org. Raises ConfigError at once when the settings name no way to sign in.

    lookups     ties that Salesforce has by fields of the org's own, besides the standard ones
    transport   replaces the network (tests)
    """

    def __init__(
        self,
        access: SalesforceAccess,
        *,
        budget: Budget,
        clock: Clock,
        lookups: Lookups = MappingProxyType({}),
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._sender = Sender(
            side=Side.SALESFORCE,
            base_url=access.login_url,
            budget=budget,
            clock=clock,
            judge=judge,
            read_usage=read_usage,
            transport=transport,
            ca_file=access.ca_file,
        )
        self._access = access
        self._session = Session(self._sender, choose_log_in(access.auth, access.login_url, clock.now))
        self._client = SalesforceClient(self._sender, self._session, access.api_version)
        self._schemas = Schemas(self._client)
        self._records = RecordReader(client=self._client, schemas=self._schemas)
        self._changes = ChangeReader(client=self._client, records=self._records)
        all_lookups = {**LOOKUPS, **lookups}
        self._ties = TieReader(client=self._client, records=self._records, lookups=all_lookups)
        self._writer = Writer(client=self._client, records=self._records, lookups=all_lookups)

    @property
    def side(self) -> Side:
        return Side.SALESFORCE

    async def identify(self) -> Account:
        who = await self._client.who()
        fields = ("Id", "Name", "IsSandbox", "TimeZoneSidKey")
        rows = await self._client.query_rows(Select(fields=fields, object="Organization"))
        return Account(
            id=to_18(rows[0]["Id"]),
            name=rows[0]["Name"],
            user_id=to_18(who.user_id),
            time_zone=rows[0].get("TimeZoneSidKey") or "UTC",
            sandbox=bool(rows[0].get("IsSandbox")),
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
        """Salesforce keeps no past versions that could be read with a record: `history` changes nothing."""
        return await self._records.read(refs, fields)

    async def find(self, object: str, field: str, values: Collection[str], fields: Collection[str]) -> list[Snapshot]:
        return await self._records.find(object, field, values, fields)

    async def find_converted(self, contacts: Collection[Ref]) -> list[Gone]:
        return await self._records.find_converted(contacts)

    async def read_ties(self, refs: Sequence[Ref], to: str) -> dict[Ref, frozenset[Tied]]:
        return await self._ties.read(refs, to)

    async def read_tie_changes(
        self, object: str, to: str, cursor: Cursor | None, *, far: bool = False
    ) -> tuple[dict[Ref, datetime], Cursor | None]:
        return await self._ties.read_changes(object, to, cursor, far=far)

    async def write(self, operations: Sequence[Operation]) -> list[Outcome]:
        return await self._writer.write(operations)

    async def describe_list(self, list_id: str, object: str) -> ListInfo:
        raise Unsupported(_NO_LISTS, next_step=_NAME_A_LIST)

    def read_members(self, list_id: str, cursor: Cursor | None = None) -> AsyncIterator[MemberPage]:
        raise Unsupported(_NO_LISTS, next_step=_NAME_A_LIST)

    async def find_members(self, list_id: str, object: str, ids: Collection[str]) -> frozenset[str]:
        raise Unsupported(_NO_LISTS, next_step=_NAME_A_LIST)

    def listen(self, objects: Collection[str]) -> ChangeEvents | None:
        """What the org tells by itself when these objects are synced, with this connector's sign-in.

        None where the settings say not to listen. Raises ConfigError.
        """
        from pasodoble.connectors.salesforce.pubsub import PubSubClient, choose_endpoint
        from pasodoble.connectors.salesforce.push import ChangeEvents  # a quarter of a second, for those who listen

        if not choose_endpoint(self._access):
            return None
        told, untold = choose_entities(objects, self._access.pubsub_entities)
        client = PubSubClient(self._access, self._session)
        return ChangeEvents(client, self._sender.clock, told=told, untold=untold)

    async def read_activities(
        self,
        wanted: Mapping[str, Collection[str]],
        cursor: Cursor | None,
        since: Mapping[str, datetime],
        only: Collection[str] | None = None,
    ) -> AsyncIterator[ActivityPage]:
        """Nothing: its tasks and events are records like others."""
        return
        yield

    async def see_activities(self, refs: Sequence[Ref], wanted: Mapping[str, Collection[str]]) -> list[Activity]:
        return []

    async def read_owners(self) -> list[Owner]:
        return await read_owners(self._client)

    def read_letter(self, body: str) -> Contents:
        """Salesforce sends no letters: it tells over a stream of its own."""
        return Contents(trouble="Salesforce sends no webhooks")

    async def close(self) -> None:
        await self._sender.close()
