"""Reading associations: which records a lookup field, or a row between two records, ties together; and which rows changed.

Writing them is `ties.py`'s matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pasodoble.connectors.salesforce.associations import Lookups, Way, find_way
from pasodoble.connectors.salesforce.changes import OVERLAP
from pasodoble.connectors.salesforce.client import SalesforceClient
from pasodoble.connectors.salesforce.ids import to_18
from pasodoble.connectors.salesforce.records import QUERY_CHARS, RecordReader
from pasodoble.connectors.salesforce.soql import All, Any, Compare, In, Select, split_by_size
from pasodoble.errors import Unsupported
from pasodoble.model.record import Tied
from pasodoble.model.ref import Ref
from pasodoble.model.side import Side
from pasodoble.ports import Cursor


@dataclass(frozen=True, slots=True, kw_only=True)
class TieReader:
    client: SalesforceClient
    records: RecordReader
    lookups: Lookups

    async def read(self, refs: Sequence[Ref], to: str) -> dict[Ref, frozenset[Tied]]:
        ties: dict[Ref, set[Tied]] = {ref: set() for ref in refs}
        by_object: dict[str, list[str]] = {}
        for ref in ties:
            by_object.setdefault(ref.object, []).append(ref.id)
        for object, ids in by_object.items():
            for id, tied in await self._read_object(object, ids, to):
                ties[Ref(Side.SALESFORCE, object, id)].add(tied)
        return {ref: frozenset(tied) for ref, tied in ties.items()}

    async def _read_object(self, object: str, ids: Sequence[str], to: str) -> list[tuple[str, Tied]]:
        way = self._find_way(object, to)
        fields = [name for name in (way.own, way.other, way.role) if name]
        selects = [
            Select(fields=fields, object=way.table, where=All((In(way.own, part), Compare(way.other, "!=", None))))
            for part in split_by_size(sorted(ids), QUERY_CHARS)
        ]
        rows, _ = await self.records.query_all(selects)
        return [
            (to_18(row[way.own]), Tied(Ref(Side.SALESFORCE, to, to_18(row[way.other])), row.get(way.role) or ""))
            for row in rows
        ]

    async def read_changes(
        self, object: str, to: str, cursor: Cursor | None, *, far: bool = False
    ) -> tuple[dict[Ref, datetime], Cursor | None]:
        """By the rows' own stamps, deleted rows too; a lookup moves its record's stamp, and needs no look of its own.

        far   by the stamps of the records at the other end too
        """
        way = self._find_way(object, to)
        if way.lookup:
            return {}, cursor
        if cursor is None:
            return {}, _render(self.client.sender.clock.now() - OVERLAP)
        since = datetime.fromisoformat(str(cursor["since"]))
        stamps = ["SystemModstamp", *([f"{way.other.removesuffix('Id')}.SystemModstamp"] if far else [])]
        where = Any([Compare(stamp, ">=", since) for stamp in stamps])
        select = Select(fields=(way.own, *stamps), object=way.table, where=where)
        answer = await self.client.query(select, all_rows=True)
        changed: dict[Ref, datetime] = {}
        for row in await self.client.read_on(answer.body):
            ref, moment = Ref(Side.SALESFORCE, object, to_18(row[way.own])), max(_read_stamps(row, stamps))
            changed[ref] = max(moment, changed.get(ref, moment))
        return changed, _render(max(since, answer.at - OVERLAP))

    def _find_way(self, object: str, to: str) -> Way:
        way = find_way(object, to, self.lookups)
        if way is None:
            raise Unsupported(f"Salesforce does not tie {object} and {to} together")
        return way


def _read_stamps(row: Mapping[str, object], stamps: Sequence[str]) -> list[datetime]:
    """A stamp of the record at the other end stands in a row of its own within this one; there is none where it is gone."""
    found = []
    for stamp in stamps:
        end, _, name = stamp.rpartition(".")
        holder = row.get(end) if end else row
        if isinstance(holder, Mapping):
            found.append(_parse(holder[name]))
    return found


def _render(moment: datetime) -> Cursor:
    return {"since": moment.isoformat(timespec="seconds")}


def _parse(text: object) -> datetime:
    return datetime.fromisoformat(str(text))
