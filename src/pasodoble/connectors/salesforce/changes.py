"""Finding what changed in Salesforce: everything by id at first, then by (SystemModstamp, Id) from the mark up to now.

The mark follows `latestDateCovered`, which stays behind any transaction that is still open, less an overlap of
OVERLAP: a change that commits late is seen late, never missed. Deleted records never appear here.

Source: REST guide, "Get Updated"; SOQL reference, 2,000 rows a page. What a change means is not decided here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from pasodoble.connectors.http import Answer
from pasodoble.connectors.salesforce.bulk import LARGE, BulkReader, JobGone, Row
from pasodoble.connectors.salesforce.client import SalesforceClient
from pasodoble.connectors.salesforce.records import NOT_CONVERTED, RecordReader
from pasodoble.connectors.salesforce.soql import All, Compare, Condition, Select
from pasodoble.connectors.salesforce.soql import Any as AnyOf
from pasodoble.model.record import Gone, Snapshot
from pasodoble.ports import Cursor, Page

OVERLAP: Final = timedelta(minutes=10)
_PAGE: Final = 2_000
_OLDEST_START: Final = timedelta(days=29)
"""The replication call goes back 30 days at most."""
DELETED_TOO: Final = frozenset({"Task", "Event"})
"""Objects whose look tells of deletions: nothing else leads to them, as it does to a record that people keep."""
_SHORTEST: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeReader:
    """Reads changes of one object at a time, page by page. Each page's cursor can be gone on from.

    A cursor holds `since` (read for good up to there); `after` while all records are walked by id, `job` and `locator` while
    they are read by a job; `at`, `id` and `upto`
    while a look is under way (the last row seen, and the fixed end).
    """

    client: SalesforceClient
    records: RecordReader

    async def read(self, object: str, fields: Collection[str], cursor: Cursor | None) -> AsyncIterator[Page]:
        if cursor is not None and "job" in cursor:
            try:
                async for page in self._walk_in_bulk(object, fields, cursor):
                    yield page
                return
            except JobGone:  # what was read of it comes again
                cursor = {"since": cursor["since"], "after": ""}
        if cursor is None or "after" in cursor:
            async for page in self._walk_all(object, fields, cursor):
                yield page
            return
        async for page in self._look(object, fields, cursor):
            yield page

    def place_at(self, moment: datetime) -> Cursor:
        return {"since": _render(moment)}

    async def _walk_in_bulk(self, object: str, fields: Collection[str], cursor: Cursor) -> AsyncIterator[Page]:
        """The results of a job, in no order. Raises JobGone."""
        bulk = BulkReader(client=self.client, schemas=self.records.schemas)
        job, locator, more = str(cursor["job"]), str(cursor["locator"]), True
        if not locator:
            await bulk.wait(job)
        while more:
            results = await bulk.read(job, locator, object)
            locator, more = results.locator, bool(results.locator)
            place: Cursor = {**cursor, "locator": locator} if more else {"since": cursor["since"]}
            yield await self._page_of(object, fields, results.rows, results.at, place, walk=True)

    async def _begin_job(self, object: str, fields: Collection[str], since: str) -> Cursor | None:
        """Where a job begins that reads all records; None where the org takes none."""
        await self.records.schemas.known(object)
        try:
            job, _ = await BulkReader(client=self.client, schemas=self.records.schemas).begin(
                self._select_all(object, fields)
            )
        except JobGone:
            return None
        return {"since": since, "job": job, "locator": ""}

    def _select_all(self, object: str, fields: Collection[str]) -> Select:
        where = NOT_CONVERTED if object == "Lead" else None
        return Select(fields=self.records.select_fields(object, fields), object=object, where=where)

    async def count(self, object: str) -> int:
        """How many live records there are."""
        where = NOT_CONVERTED if object == "Lead" else None
        answer = await self.client.count(object, where)
        return int(answer.body.get("totalSize") or 0)

    async def _walk_all(self, object: str, fields: Collection[str], cursor: Cursor | None) -> AsyncIterator[Page]:
        """Every record by id, or by a job where there are many. The mark is set before the first one is read, so that
        nothing falls between.
        """
        after = str(cursor["after"]) if cursor else ""
        since = str(cursor["since"]) if cursor else ""
        more, total = True, None
        while more:
            started = self.client.sender.clock.now()
            where: list[Condition] = [Compare("Id", ">", after)] if after else []
            where += [NOT_CONVERTED] if object == "Lead" else []
            answer = await self._query(object, fields, All(where) if where else None, ("Id",))
            since = since or _render(answer.at - (self.client.sender.clock.now() - started) - OVERLAP)
            rows, more = answer.body["records"], _is_cut(answer)
            if more and cursor is None and not after:
                total = await self.count(object)
                job = await self._begin_job(object, fields, since) if total >= LARGE else None
                if job is not None:
                    yield Page(snapshots=(), cursor=job, walk=True, total=total)
                    async for page in self.read(object, fields, job):
                        yield page
                    return
            after = rows[-1]["Id"] if rows else after
            place = {"since": since, **({"after": after} if more else {})}
            yield replace(await self._page(object, fields, answer, place), walk=True, total=total)

    async def _look(self, object: str, fields: Collection[str], cursor: Cursor) -> AsyncIterator[Page]:
        since = _parse(cursor["since"])
        upto = _parse(cursor["upto"]) if "upto" in cursor else None
        where = _from(since) if upto is None else _beyond(cursor["at"], cursor["id"], upto)
        more = True
        while more:
            answer = await self._query(object, fields, where, ("SystemModstamp", "Id"))
            upto = upto or max(answer.at, since)
            rows, more = answer.body["records"], _is_cut(answer)
            if more:
                at, id = rows[-1]["SystemModstamp"], rows[-1]["Id"]
                where = _beyond(at, id, upto)
                place = {"since": _render(since), "at": at, "id": id, "upto": _render(upto)}
                yield await self._page(object, fields, answer, place)
        assert upto is not None
        covered = await self._read_covered(object, since, upto)
        mark = max(since, min(covered, upto) - OVERLAP)
        yield await self._page(object, fields, answer, {"since": _render(mark)})

    async def _query(
        self, object: str, fields: Collection[str], where: Condition | None, order: tuple[str, ...]
    ) -> Answer:
        everything = object in DELETED_TOO

        async def ask(names: list[str]) -> Answer:
            select = Select(fields=names, object=object, where=where, order=order, limit=_PAGE)
            return await self.client.query(select, all_rows=everything)

        return await self.records.with_known_fields(object, {*fields, "IsDeleted"} if everything else fields, ask)

    async def _page(self, object: str, fields: Collection[str], answer: Answer, cursor: Cursor) -> Page:
        return await self._page_of(object, fields, answer.body["records"], answer.at, cursor)

    async def _page_of(
        self,
        object: str,
        fields: Collection[str],
        rows: Sequence[Row],
        seen_at: datetime,
        cursor: Cursor,
        *,
        walk: bool = False,
    ) -> Page:
        seen = await self.records.parse(rows, object, fields, seen_at)
        return Page(
            snapshots=[one for one in seen if isinstance(one, Snapshot)],
            gone=[one for one in seen if isinstance(one, Gone)],
            cursor=cursor,
            walk=walk,
        )

    async def _read_covered(self, object: str, since: datetime, upto: datetime) -> datetime:
        """Up to where every change has committed. Where the call does not serve, the overlap alone must do."""
        start = min(max(since, upto - _OLDEST_START), upto - _SHORTEST)
        answer = await self.client.read(f"/sobjects/{object}/updated/", start=start.isoformat(), end=upto.isoformat())
        covered = answer.body.get("latestDateCovered") if isinstance(answer.body, Mapping) else None
        return _parse(covered) if covered else upto


def _is_cut(answer: Answer) -> bool:
    """Whether more rows follow. A page may be shorter than asked for; the rest is asked for anew, by the last row."""
    return len(answer.body["records"]) >= _PAGE or not answer.body["done"]


def _from(since: datetime) -> Condition:
    return Compare("SystemModstamp", ">=", since)


def _beyond(at: Any, id: Any, upto: datetime) -> Condition:
    moment = _parse(at)
    later = All((Compare("SystemModstamp", ">", moment), Compare("SystemModstamp", "<=", upto)))
    return AnyOf((later, All((Compare("SystemModstamp", "=", moment), Compare("Id", ">", str(id))))))


def _parse(text: Any) -> datetime:
    return datetime.fromisoformat(str(text))


def _render(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
