"""Finding what changed in HubSpot: everything by id at first, then search windows over the time of the last change.

Two lanes. The fast lane reads from its mark up to now, and its mark stays FAST_HOLD behind, for the search index shows
recent changes late and out of order. The slow lane reads each window once more SLOW_HOLD later, for what the index showed
later still. Deleted records never appear here: reading by id finds them.

Source: developer docs, "Search" (200 a page, 10,000 a query, 3,000 characters); the holds are what production connectors
arrived at. What a change means is not decided here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from pasodoble.connectors.hubspot.client import HubSpotClient
from pasodoble.connectors.hubspot.errors import ensure_rows
from pasodoble.connectors.hubspot.records import BATCH, RecordReader, next_page, parse_moment
from pasodoble.model.record import Snapshot
from pasodoble.ports import Cursor, Page

FAST_HOLD_MS: Final = 5 * 60_000
SLOW_HOLD_MS: Final = 60 * 60_000
_PAGE: Final = 200
_LAST_OFFSET: Final = 10_000 - _PAGE
_SEARCH_CHARS: Final = 2_200
"""Of a search body's 3,000 characters, how many the names of properties may take."""
_URL_CHARS: Final = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A cursor, read. All moments in ms since 1970 by HubSpot's clock.

    fast, slow   up to where each lane has read for good
    after        the id from which the walk over all records goes on; None: that walk is done
    lane         which lane is under way ("" between two looks), from `at` (with `skip` records of that ms done, `last` the
                 last of them) to `upto`
    walked       inside the one ms `at`: the last id seen, 0 where it is not being walked by id
    """

    fast: int
    slow: int
    after: str | None = None
    lane: str = ""
    at: int = 0
    skip: int = 0
    last: str = ""
    upto: int = 0
    walked: int = 0

    def render(self) -> Cursor:
        return {name: value for name in self.__slots__ if (value := getattr(self, name)) not in ("", 0, None)}

    @classmethod
    def parse(cls, cursor: Cursor) -> Mark:
        return cls(**{"fast": 0, "slow": 0, **cursor})  # type: ignore[arg-type]  # our own rendering, back again


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeReader:
    """Reads changes of one object at a time, page by page. Each page's cursor can be gone on from."""

    client: HubSpotClient
    records: RecordReader

    async def read(self, object: str, fields: Collection[str], cursor: Cursor | None) -> AsyncIterator[Page]:
        mark = None if cursor is None else Mark.parse(cursor)
        if mark is None or mark.after is not None:
            async for page in self._walk_all(object, fields, mark):
                yield page
            return
        async for page in self._look(object, fields, mark):
            yield page

    def place_at(self, moment: datetime) -> Cursor:
        return Mark(fast=to_ms(moment), slow=to_ms(moment)).render()

    async def _walk_all(self, object: str, fields: Collection[str], mark: Mark | None) -> AsyncIterator[Page]:
        """Every record by id. The marks are set before the first record is read, so that nothing falls between."""
        while mark is None or mark.after is not None:
            started = self.client.sender.clock.now()
            snapshots, after, at = await self._list_page(object, fields, mark.after if mark else None)
            if mark is None:
                # The answer tells the vendor's clock; going back by as long as it took, the start is not after the read.
                start = to_ms(at - (self.client.sender.clock.now() - started))
                mark = Mark(fast=start - FAST_HOLD_MS, slow=start - FAST_HOLD_MS)
            mark = replace(mark, after=after)
            yield Page(snapshots=snapshots, cursor=mark.render(), walk=True)

    async def _list_page(
        self, object: str, fields: Collection[str], after: str | None
    ) -> tuple[list[Snapshot], str | None, datetime]:
        fits = _length(fields) <= _URL_CHARS
        params = {"limit": str(BATCH), "properties": ",".join(sorted(fields)) if fits else "hs_object_id"}
        answer = ensure_rows(
            await self.client.read("objects", f"/{object}", **params, **({"after": after} if after else {}))
        )
        rows = answer.body["results"]
        if fits:
            snapshots = await self.records.parse(rows, object, fields, answer.at)
        else:
            snapshots = await self.records.read_batches(object, [str(row["id"]) for row in rows], fields)
        return snapshots, next_page(answer.body), answer.at

    async def _look(self, object: str, fields: Collection[str], mark: Mark) -> AsyncIterator[Page]:
        if mark.lane != "slow":
            start = mark if mark.lane else replace(mark, lane="fast", at=mark.fast)
            async for read, snapshots in self._read_window(object, fields, start):
                yield Page(snapshots=snapshots, cursor=read.render())
                mark = read
            mark = _begin_slow_lane(mark)
        if mark.at < mark.upto:
            async for read, snapshots in self._read_window(object, fields, mark):
                yield Page(snapshots=snapshots, cursor=read.render())
        slow = max(mark.slow, mark.fast + FAST_HOLD_MS - SLOW_HOLD_MS)
        yield Page(snapshots=(), cursor=Mark(fast=mark.fast, slow=slow).render())

    async def _read_window(
        self, object: str, fields: Collection[str], mark: Mark
    ) -> AsyncIterator[tuple[Mark, list[Snapshot]]]:
        """From `mark.at` to `mark.upto` (by HubSpot's clock at the first answer, if it is 0), oldest change first.

        Goes on from the last change seen rather than by offset, so that a record that changes meanwhile, and thereby
        leaves the window, does not push another one past us. Only within one ms is there an offset; there the last
        record comes again, and if it does not, that ms is read anew.
        """
        more = True
        while more:
            rows, at = await self._search(object, fields, mark)
            upto = mark.upto or to_ms(at) + 999
            more = len(rows) == _PAGE
            if mark.skip and rows and str(rows[0]["id"]) == mark.last:
                rows = rows[1:]
            elif mark.skip > 1:
                mark, more = replace(mark, skip=0), True
                continue
            mark = _advance(replace(mark, upto=upto), rows, object)
            yield mark, await self._parse(rows, object, fields, at)
            if not more and mark.walked:
                mark, more = replace(mark, at=mark.at + 1, skip=0, walked=0), True

    async def count(self, object: str) -> int:
        """How many records there are; one call, whatever the number."""
        answer = ensure_rows(await self.client.query("objects", f"/{object}/search", {"limit": 1}, api="search"))
        return int(answer.body.get("total") or 0)

    async def _search(
        self, object: str, fields: Collection[str], mark: Mark
    ) -> tuple[list[Mapping[str, Any]], datetime]:
        modified = modified_property(object)
        properties = sorted({*fields, modified}) if _length(fields) <= _SEARCH_CHARS else [modified]
        body = {
            **_condition(modified, mark),
            "properties": properties,
            "limit": _PAGE,
            "after": str(max(mark.skip - 1, 0)),
        }
        answer = ensure_rows(await self.client.query("objects", f"/{object}/search", body, api="search"))
        return answer.body["results"], answer.at

    async def _parse(
        self, rows: list[Mapping[str, Any]], object: str, fields: Collection[str], at: datetime
    ) -> list[Snapshot]:
        if rows and _length(fields) > _SEARCH_CHARS:
            return await self.records.read_batches(object, [str(row["id"]) for row in rows], fields)
        return await self.records.parse(rows, object, fields, at)


def _begin_slow_lane(mark: Mark) -> Mark:
    """From where it left off to SLOW_HOLD ago; what the fast lane has just read at that age is not read once more."""
    now = mark.upto
    end = min(mark.fast, now - SLOW_HOLD_MS)
    fast = max(mark.fast, now - FAST_HOLD_MS)
    return Mark(fast=fast, slow=mark.slow, lane="slow", at=mark.slow, upto=end)


def _length(fields: Collection[str]) -> int:
    """How long the names are, quoted and joined."""
    return sum(len(name) + 3 for name in fields)


def _advance(mark: Mark, rows: list[Mapping[str, Any]], object: str) -> Mark:
    """Where the next page begins: at the last ms seen, past the records of that ms that we have.

    A single ms that holds more than a query can give is walked by record id from then on.
    """
    if not rows:
        return mark
    if mark.walked:
        return replace(mark, walked=max(int(row["id"]) for row in rows))
    times = [modified_ms(row, object) for row in rows]
    latest = times[-1]
    skip = times.count(latest) + (mark.skip if latest == mark.at else 0)
    if skip > _LAST_OFFSET:
        return replace(mark, at=latest, skip=0, walked=1)
    return replace(mark, at=latest, skip=skip, last=str(rows[-1]["id"]))


def _condition(modified: str, mark: Mark) -> dict[str, Any]:
    if mark.walked:
        filters = [_filter(modified, "EQ", mark.at), _filter("hs_object_id", "GT", mark.walked)]
        return {"filterGroups": [{"filters": filters}], "sorts": [_ascending("hs_object_id")]}
    filters = [_filter(modified, "GTE", mark.at)]
    if mark.upto:
        filters.append(_filter(modified, "LTE", mark.upto))
    return {"filterGroups": [{"filters": filters}], "sorts": [_ascending(modified)]}


def _filter(name: str, operator: str, value: int) -> dict[str, str]:
    return {"propertyName": name, "operator": operator, "value": str(value)}


def _ascending(name: str) -> dict[str, str]:
    return {"propertyName": name, "direction": "ASCENDING"}


def modified_property(object: str) -> str:
    """Contacts define both names; theirs is the short one. Source: developer docs, "Search"."""
    return "lastmodifieddate" if object in ("contacts", "0-1") else "hs_lastmodifieddate"


def modified_ms(row: Mapping[str, Any], object: str) -> int:
    return to_ms(parse_moment(row["properties"].get(modified_property(object)) or row["updatedAt"]))


def to_ms(moment: datetime | None) -> int:
    assert moment is not None
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))
