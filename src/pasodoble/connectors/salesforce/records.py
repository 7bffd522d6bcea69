"""Reading Salesforce's records by id and by value, and telling what became of those that are not there.

A record that a read does not give is DELETED, MERGED or CONVERTED only with proof (the recycle bin, the lead's own
fields); without it, it is UNSEEN: sharing or field rights may hide it.
Source: REST guide, "Collections" (2,000 ids a read); SOQL reference, queryAll. Writing is `writes.py`'s matter.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar
from urllib.parse import quote

from pasodoble.connectors.batching import chunked, map_bounded
from pasodoble.connectors.salesforce.client import COMPOSITE_QUERIES, SalesforceClient
from pasodoble.connectors.salesforce.errors import ensure_ok
from pasodoble.connectors.salesforce.ids import to_18
from pasodoble.connectors.salesforce.schema import Schemas
from pasodoble.connectors.salesforce.soql import All, Compare, Condition, In, Select, split_by_size
from pasodoble.errors import Unsupported
from pasodoble.model.record import Gone, Loss, Seen, Snapshot
from pasodoble.model.ref import Ref
from pasodoble.model.side import Side

AT_ONCE: Final = 4
_READ: Final = 2_000
QUERY_CHARS: Final = 10_000
"""How much of a URL the values of one IN may take; addresses end at about 16,000 characters."""

_SYSTEM: Final = ("Id", "CreatedDate", "LastModifiedById", "LastModifiedDate", "SystemModstamp")
_CONVERSION: Final = ("ConvertedContactId", "IsConverted")
_MERGEABLE: Final = frozenset({"Account", "Case", "Contact", "Lead"})
"""Objects whose deleted rows name the survivor of a merge."""

NOT_CONVERTED: Final = Compare("IsConverted", "=", False)

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordReader:
    client: SalesforceClient
    schemas: Schemas

    async def read(self, refs: Sequence[Ref], fields: Collection[str]) -> dict[Ref, Seen]:
        by_object: dict[str, list[Ref]] = {}
        for ref in dict.fromkeys(refs):
            by_object.setdefault(ref.object, []).append(ref)
        seen: dict[Ref, Seen] = {}
        for object, asked in by_object.items():
            seen.update(await self._read_object(object, asked, fields))
        return seen

    async def _read_object(self, object: str, asked: Sequence[Ref], fields: Collection[str]) -> dict[Ref, Seen]:
        async def one(chunk: Sequence[Ref]) -> dict[Ref, Seen]:
            body = {"ids": [ref.id for ref in chunk]}

            async def ask(names: list[str]) -> dict[Ref, Seen]:
                path = f"/composite/sobjects/{object}"
                answer = await self.client.call("POST", path, body=body | {"fields": names}, safe=True, purpose="read")
                rows = [row for row in ensure_ok(answer).body if row is not None]
                return {one.ref: one for one in await self.parse(rows, object, fields, answer.at)}

            return await self.with_known_fields(object, fields, ask)

        pages = await map_bounded(one, chunked(asked, _READ), AT_ONCE)
        seen = {ref: found for page in pages for ref, found in page.items()}
        missing = [ref for ref in asked if ref not in seen]
        return seen | (await self._read_losses(object, missing) if missing else {})

    async def find(self, object: str, field: str, values: Collection[str], fields: Collection[str]) -> list[Snapshot]:
        wanted = sorted({value for value in values if value})
        if not wanted:
            return []

        async def ask(names: list[str]) -> list[Snapshot]:
            conditions: list[Condition] = [In(field, part) for part in split_by_size(wanted, QUERY_CHARS)]
            if object == "Lead":
                conditions = [All((condition, NOT_CONVERTED)) for condition in conditions]
            selects = [Select(fields=names, object=object, where=condition) for condition in conditions]
            rows, at = await self.query_all(selects)
            seen = await self.parse(rows, object, {*fields, field}, at)
            return [one for one in seen if isinstance(one, Snapshot)]

        return await self.with_known_fields(object, {*fields, field}, ask)

    async def find_converted(self, contacts: Collection[Ref]) -> list[Gone]:
        ids = sorted(ref.id for ref in contacts if ref.object == "Contact")
        if not ids:
            return []
        fields = ["Id", *_CONVERSION]
        parts = [In("ConvertedContactId", part) for part in split_by_size(ids, QUERY_CHARS)]
        rows, at = await self.query_all([Select(fields=fields, object="Lead", where=part) for part in parts])
        return [one for one in await self.parse(rows, "Lead", (), at) if isinstance(one, Gone)]

    async def with_known_fields(
        self, object: str, fields: Collection[str], ask: Callable[[list[str]], Awaitable[T]]
    ) -> T:
        """Ask for these fields and what a Snapshot needs; a field that is not there, or hidden, is left out."""
        try:
            return await ask(self.select_fields(object, fields))
        except Unsupported as error:
            if error.code != "INVALID_FIELD":
                raise
        await self.schemas.describe(object)
        return await ask(self.select_fields(object, fields))

    def select_fields(self, object: str, fields: Collection[str]) -> list[str]:
        """These and what a Snapshot needs, as far as the object is known to have them."""
        needed = {*_SYSTEM, *(_CONVERSION if object == "Lead" else ())}
        return self.schemas.readable(object, {*fields, *needed})

    async def query_all(self, selects: Sequence[Select]) -> tuple[list[Mapping[str, Any]], datetime]:
        """Rows of all queries: one by itself, several in as few counted calls as may be."""
        if len(selects) == 1:
            answer = await self.client.query(selects[0])
            return await self.client.read_on(answer.body), answer.at
        rows: list[Mapping[str, Any]] = []
        for some in chunked(selects, COMPOSITE_QUERIES):
            requests = [{"method": "GET", "url": f"/query?q={quote(str(select))}"} for select in some]
            answer = await self.client.compose(requests, safe=True, purpose="read")
            for part in answer.body["compositeResponse"]:
                ensure_part_ok(part)
                rows += await self.client.read_on(part["body"])
        return rows, answer.at

    async def _read_losses(self, object: str, missing: Sequence[Ref]) -> dict[Ref, Seen]:
        at = self.client.sender.clock.now()
        losses: dict[Ref, Seen] = {ref: Gone(ref=ref, how=Loss.UNSEEN, seen_at=at) for ref in missing}
        fields = ["Id", "IsDeleted", *(["MasterRecordId"] if object in _MERGEABLE else [])]
        for part in split_by_size([ref.id for ref in missing], QUERY_CHARS):
            select = Select(fields=fields, object=object, where=In("Id", part))
            for row in await self.client.query_rows(select, all_rows=True):
                if row["IsDeleted"]:
                    gone = _lost(object, row, at)
                    losses[gone.ref] = gone
        return losses

    async def parse(
        self, rows: Sequence[Mapping[str, Any]], object: str, fields: Collection[str], seen_at: datetime
    ) -> list[Seen]:
        """Rows as Snapshots; a converted lead as Gone."""
        me = to_18((await self.client.who()).user_id)
        return [_parse_row(row, object, fields, seen_at, me) for row in rows]


def ensure_part_ok(part: Mapping[str, Any]) -> None:
    """For reads within a composite. Raises Unsupported."""
    if part["httpStatusCode"] >= 300:
        error = part["body"][0] if isinstance(part["body"], list) else {}
        raise Unsupported(
            f"Salesforce refused a query: {error.get('message', '')}", code=str(error.get("errorCode", ""))
        )


def _parse_row(row: Mapping[str, Any], object: str, fields: Collection[str], seen_at: datetime, me: str) -> Seen:
    """Compound values (addresses, related rows) are no values of ours: their parts are fields too."""
    ref = Ref(Side.SALESFORCE, object, to_18(row["Id"]))
    if row.get("IsConverted") and object == "Lead":
        contact = row.get("ConvertedContactId")
        into = Ref(Side.SALESFORCE, "Contact", to_18(contact)) if contact else None
        return Gone(ref=ref, how=Loss.CONVERTED, seen_at=seen_at, into=into)
    if row.get("IsDeleted"):
        return _lost(object, row, seen_at)
    modified = row.get("LastModifiedDate") or row.get("SystemModstamp")
    created = row.get("CreatedDate")
    return Snapshot(
        ref=ref,
        fields={name: row[name] for name in fields if name in row and type(row[name]) is not dict},
        modified_at=datetime.fromisoformat(modified) if modified else seen_at,
        seen_at=seen_at,
        created_at=datetime.fromisoformat(created) if created else None,
        by_us=bool(me) and to_18(row.get("LastModifiedById") or "") == me,
        modified_by=to_18(row.get("LastModifiedById") or ""),
    )


def _lost(object: str, row: Mapping[str, Any], seen_at: datetime) -> Gone:
    ref = Ref(Side.SALESFORCE, object, to_18(row["Id"]))
    survivor = row.get("MasterRecordId")
    if survivor:
        return Gone(ref=ref, how=Loss.MERGED, seen_at=seen_at, into=Ref(Side.SALESFORCE, object, to_18(survivor)))
    return Gone(ref=ref, how=Loss.DELETED, seen_at=seen_at)
