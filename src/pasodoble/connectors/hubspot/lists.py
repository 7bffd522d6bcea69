"""HubSpot's lists: what one is called and holds, who is in it and since when. What membership allows is a gate's matter.

Source: 2026-03 contract, lists and `memberships/join-order` (at most 250 a page); developer docs, "Lists".
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from pasodoble.connectors.batching import chunked, map_bounded
from pasodoble.connectors.hubspot.client import HubSpotClient
from pasodoble.connectors.hubspot.errors import ensure_ok, ensure_rows
from pasodoble.connectors.hubspot.records import AT_ONCE, BATCH, next_page
from pasodoble.errors import Unsupported
from pasodoble.ports import Cursor, ListInfo, MemberPage

PAGE: Final = 250
_TYPE_ID: Final = re.compile(r"\d+-\d+")
_TYPE_IDS: Final[Mapping[str, str]] = {"contacts": "0-1", "companies": "0-2", "deals": "0-3", "tickets": "0-5"}


class ListReader:
    """Reads lists. Remembers the type ids of custom objects."""

    def __init__(self, client: HubSpotClient) -> None:
        self._client = client
        self._type_ids = dict(_TYPE_IDS)

    async def describe(self, list_id: str, object: str) -> ListInfo:
        answer = await self._client.read("lists", f"/{list_id}")
        if answer.status == 404:
            raise Unsupported(
                f"HubSpot has no list {list_id}",
                next_step="look up its number in HubSpot: it is in the list's address, after /objectLists/ or /lists/",
            )
        found = ensure_ok(answer).body["list"]
        if str(found["objectTypeId"]) != await self._type_id(object):
            held = next((name for name, id in self._type_ids.items() if id == found["objectTypeId"]), "another object")
            raise Unsupported(
                f"HubSpot's list {list_id} ({found['name']}) holds {held}, not {object}",
                next_step=f"name a list of {object}",
            )
        size = found.get("size")
        return ListInfo(id=list_id, name=str(found["name"]), size=None if size is None else int(size))

    async def read(self, list_id: str, cursor: Cursor | None) -> AsyncIterator[MemberPage]:
        after: str | None = "" if cursor is None else str(cursor["after"] or "")
        while after is not None:
            params = {"limit": str(PAGE)} | ({"after": after} if after else {})
            answer = ensure_rows(await self._client.read("lists", f"/{list_id}/memberships/join-order", **params))
            rows = answer.body["results"]
            members = {str(row["recordId"]): datetime.fromisoformat(row["membershipTimestamp"]) for row in rows}
            yield MemberPage(members=members, cursor={"after": after})
            after = next_page(answer.body)

    async def find(self, list_id: str, object: str, ids: Collection[str]) -> frozenset[str]:
        """One call a hundred records. The numbered API cannot ask for many: there, all members are read."""
        if not self._client.is_dated:
            pages = [page async for page in self.read(list_id, None)]
            return frozenset(ids) & {id for page in pages for id in page.members}
        type_id = await self._type_id(object)

        async def ask(chunk: Sequence[str]) -> list[str]:
            inputs = [{"objectTypeId": type_id, "recordId": id} for id in chunk]
            path = "/records/memberships/batch/read"
            rows = ensure_rows(await self._client.query("lists", path, {"inputs": inputs})).body["results"]
            return [str(row["recordId"]) for row in rows if _is_member(row, list_id)]

        answers = await map_bounded(ask, chunked(sorted(ids), BATCH), AT_ONCE)
        return frozenset(id for answer in answers for id in answer)

    async def _type_id(self, object: str) -> str:
        if _TYPE_ID.fullmatch(object):
            return object
        if object not in self._type_ids:
            body = ensure_ok(await self._client.read("schemas", f"/{object}")).body
            self._type_ids[object] = str(body["objectTypeId"])
        return self._type_ids[object]


def _is_member(row: Mapping[str, object], list_id: str) -> bool:
    held = row["recordListMemberships"]
    return isinstance(held, list) and any(str(one["listId"]) == list_id for one in held)
