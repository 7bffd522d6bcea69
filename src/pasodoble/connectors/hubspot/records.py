"""Reading HubSpot's records by id and by value, consistently: batch reads, never the search index where it can be helped.

Source: developer docs, "Using object APIs" (March 2026): 100 ids a batch read, 50 with history; unknown ids come as a 207.
What changed since when is `changes.py`'s matter, writing is `writes.py`'s.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pasodoble.connectors.batching import chunked, map_bounded
from pasodoble.connectors.hubspot.client import HubSpotClient
from pasodoble.connectors.hubspot.errors import ensure_ok, ensure_rows
from pasodoble.connectors.hubspot.schema import KEY_PROPERTY, Schemas
from pasodoble.model.record import Gone, Loss, Seen, Snapshot, Version
from pasodoble.model.ref import Ref
from pasodoble.model.schema import Family
from pasodoble.model.side import Side
from pasodoble.model.value import Raw

AT_ONCE: Final = 10
"""Calls in flight at a time: enough to use up what the limits allow when an answer takes half a second."""
BATCH: Final = 100
BATCH_WITH_HISTORY: Final = 50
_SEARCH_PAGE: Final = 200
_IN_VALUES_CHARS: Final = 2_000
"""A search body holds 3,000 characters; the rest is left for property names."""

_NATURALLY_UNIQUE: Final = frozenset({("contacts", "email"), ("0-1", "email")})


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordReader:
    """Reads. `app_id` tells our own versions in a history from others', "" if it is not known."""

    client: HubSpotClient
    schemas: Schemas
    app_id: str = ""

    async def read(self, refs: Sequence[Ref], fields: Collection[str], history: Collection[str]) -> dict[Ref, Seen]:
        seen: dict[Ref, Seen] = {}
        by_object: dict[str, list[Ref]] = {}
        for ref in dict.fromkeys(refs):
            by_object.setdefault(ref.object, []).append(ref)
        for object, asked in by_object.items():
            found = await self.read_batches(object, [ref.id for ref in asked], fields, history)
            by_ref = {snap.ref: snap for snap in found}
            missing = [ref for ref in asked if ref not in by_ref]
            seen.update((ref, by_ref[ref]) for ref in asked if ref in by_ref)
            seen.update(await self._read_losses(object, missing) if missing else {})
        return seen

    async def read_batches(
        self,
        object: str,
        ids: Sequence[str],
        fields: Collection[str],
        history: Collection[str] = (),
        *,
        id_property: str = "",
    ) -> list[Snapshot]:
        """All that are there, in no order. `id_property`: `ids` are values of that unique property."""
        body: dict[str, Any] = {"properties": sorted({*fields}), "propertiesWithHistory": sorted({*history})}
        if id_property:
            body["idProperty"] = id_property

        async def one(chunk: Sequence[str]) -> list[Snapshot]:
            inputs = [{"id": id} for id in chunk]
            answer = await self.client.query("objects", f"/{object}/batch/read", body | {"inputs": inputs})
            seen_at = parse_moment(ensure_rows(answer).body.get("completedAt")) or answer.at
            return await self.parse(answer.body["results"], object, fields, seen_at)

        size = BATCH_WITH_HISTORY if history else BATCH
        pages = await map_bounded(one, chunked(ids, size), AT_ONCE)
        return [snap for page in pages for snap in page]

    async def find(self, object: str, field: str, values: Collection[str], fields: Collection[str]) -> list[Snapshot]:
        wanted = sorted({value.strip().lower() if field == "email" else value for value in values if value})
        if not wanted:
            return []
        if await self._is_unique(object, field):
            found = await self.read_batches(object, wanted, {*fields, field}, id_property=field)
        else:
            found = await self._search(object, field, wanted, {*fields, field})
        return list({snap.ref: snap for snap in found}.values())

    async def _is_unique(self, object: str, field: str) -> bool:
        if (object, field) in _NATURALLY_UNIQUE or field == KEY_PROPERTY:
            return True
        schema = (await self.schemas.known(object)).fields.get(field)
        return schema is not None and schema.unique

    async def _search(self, object: str, field: str, values: Sequence[str], fields: Collection[str]) -> list[Snapshot]:
        """The index lags by moments: what it does not show may be there all the same."""
        schema = (await self.schemas.known(object)).fields.get(field)
        exact = schema is not None and schema.family in (Family.CHOICE, Family.CHOICES, Family.FLAG)
        found: list[Snapshot] = []
        for chunk in _split_by_size(values if exact else [value.lower() for value in values], _IN_VALUES_CHARS):
            condition = {"propertyName": field, "operator": "IN", "values": chunk}
            body: dict[str, Any] = {"filterGroups": [{"filters": [condition]}], "limit": _SEARCH_PAGE}
            after: str | None = "0"
            while after is not None:
                answer = ensure_rows(
                    await self.client.query("objects", f"/{object}/search", body | {"after": after}, api="search")
                )
                ids = [str(item["id"]) for item in answer.body["results"]]
                found += await self.read_batches(object, ids, fields) if ids else []
                after = next_page(answer.body)
        return found

    async def _read_losses(self, object: str, missing: Sequence[Ref]) -> dict[Ref, Seen]:
        """What became of records that a batch read does not give: a merged one's id still leads to the survivor."""
        follow = await map_bounded(lambda ref: self._follow(object, ref), missing, AT_ONCE)
        losses: dict[Ref, Seen] = {gone.ref: gone for gone in follow}
        rest = [gone.ref for gone in follow if gone.how is Loss.UNSEEN]
        for chunk in chunked(rest, BATCH):
            body = {"inputs": [{"id": ref.id} for ref in chunk], "properties": [], "propertiesWithHistory": []}
            answer = await self.client.query("objects", f"/{object}/batch/read", body, archived="true")
            for item in ensure_rows(answer).body["results"]:
                ref = Ref(Side.HUBSPOT, object, str(item["id"]))
                losses[ref] = Gone(ref=ref, how=Loss.DELETED, seen_at=answer.at)
        return losses

    async def _follow(self, object: str, ref: Ref) -> Gone:
        answer = await self.client.read("objects", f"/{object}/{ref.id}")
        if answer.status == 404:
            return _unseen(ref, answer.at)
        survivor = Ref(Side.HUBSPOT, object, str(ensure_ok(answer).body["id"]))
        if survivor == ref:
            return _unseen(ref, answer.at)
        return Gone(ref=ref, how=Loss.MERGED, seen_at=answer.at, into=survivor)

    async def parse(
        self, items: Iterable[Mapping[str, Any]], object: str, fields: Collection[str], seen_at: datetime
    ) -> list[Snapshot]:
        """Objects of an answer as Snapshots.

        A property that is left out is a blank if HubSpot knows it, MISSING if not; older contracts leave blanks out.
        """
        rows = list(items)
        wanted = {*fields}
        if not all(wanted <= row["properties"].keys() for row in rows):
            known = (await self.schemas.known(object)).fields
            wanted = {name for name in wanted if name in known or any(name in row["properties"] for row in rows)}
        return [self._parse_one(row, object, wanted, seen_at) for row in rows]

    def _parse_one(self, row: Mapping[str, Any], object: str, fields: Collection[str], seen_at: datetime) -> Snapshot:
        given = row["properties"]
        modified_at = datetime.fromisoformat(row["updatedAt"])
        history = self._parse_history(row.get("propertiesWithHistory") or {})
        newest = max((versions[0] for versions in history.values() if versions), key=_version_at, default=None)
        return Snapshot(
            ref=Ref(Side.HUBSPOT, object, str(row["id"])),
            fields={name: given.get(name) or None for name in fields},
            modified_at=modified_at,
            seen_at=seen_at,
            created_at=parse_moment(row.get("createdAt")),
            by_us=newest is not None and newest.by_us and newest.at >= modified_at,
            history=history,
        )

    def _parse_history(self, histories: Mapping[str, Any]) -> dict[str, tuple[Version, ...]]:
        """Newest first, whatever order they came in."""
        return {
            name: tuple(sorted((self._parse_version(v) for v in versions), key=_version_at, reverse=True))
            for name, versions in histories.items()
        }

    def _parse_version(self, version: Mapping[str, Any]) -> Version:
        source, id = str(version.get("sourceType", "")), str(version.get("sourceId") or "")
        return Version(
            value=version.get("value") or None,
            at=datetime.fromisoformat(version["timestamp"]),
            by_us=bool(self.app_id) and source == "INTEGRATION" and id == self.app_id,
            author=f"{source}:{id}" if id else source,
        )


def to_property(value: Raw) -> str:
    """A value as HubSpot takes it: text, and an empty text for a blank. Source: developer docs, "Properties"."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def next_page(body: Mapping[str, Any]) -> str | None:
    after = ((body.get("paging") or {}).get("next") or {}).get("after")
    return None if after is None else str(after)


def parse_moment(text: object) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) and text else None


def _version_at(version: Version) -> datetime:
    return version.at


def _unseen(ref: Ref, seen_at: datetime) -> Gone:
    return Gone(ref=ref, how=Loss.UNSEEN, seen_at=seen_at)


def _split_by_size(values: Sequence[str], chars: int) -> list[list[str]]:
    """In order, each part at most `chars` long and 100 values; a longer value stands alone."""
    parts: list[list[str]] = []
    size = chars
    for value in values:
        size += len(value) + 3
        if size > chars or len(parts[-1]) >= BATCH:
            parts.append([])
            size = len(value) + 3
        parts[-1].append(value)
    return parts
