"""Connectors around connectors: a policy is a wrapper, never a flag that five places must remember.

What a vendor does belongs in its own connector; a wrapper knows only the port.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime

from pasodoble.model.activity import Activity
from pasodoble.model.cause import Problem
from pasodoble.model.operation import Operation
from pasodoble.model.outcome import Outcome, Refused
from pasodoble.model.record import Account, Gone, Owner, Seen, Snapshot, Tied
from pasodoble.model.ref import Ref
from pasodoble.model.schema import ObjectSchema
from pasodoble.model.side import Side
from pasodoble.ports import ActivityPage, Connector, Contents, Cursor, ListInfo, MemberPage, Page


class Wrapped:
    """Hands everything on. A wrapper overrides what it is about."""

    def __init__(self, inner: Connector) -> None:
        self.inner = inner

    @property
    def side(self) -> Side:
        return self.inner.side

    async def identify(self) -> Account:
        return await self.inner.identify()

    async def describe(self, object: str) -> ObjectSchema:
        return await self.inner.describe(object)

    def read_changes(self, object: str, fields: Collection[str], cursor: Cursor | None) -> AsyncIterator[Page]:
        return self.inner.read_changes(object, fields, cursor)

    async def count(self, object: str) -> int:
        return await self.inner.count(object)

    def place_at(self, object: str, moment: datetime) -> Cursor:
        return self.inner.place_at(object, moment)

    async def read(
        self, refs: Sequence[Ref], fields: Collection[str], *, history: Collection[str] = ()
    ) -> dict[Ref, Seen]:
        return await self.inner.read(refs, fields, history=history)

    async def find(self, object: str, field: str, values: Collection[str], fields: Collection[str]) -> list[Snapshot]:
        return await self.inner.find(object, field, values, fields)

    async def find_converted(self, contacts: Collection[Ref]) -> list[Gone]:
        return await self.inner.find_converted(contacts)

    async def read_ties(self, refs: Sequence[Ref], to: str) -> dict[Ref, frozenset[Tied]]:
        return await self.inner.read_ties(refs, to)

    async def read_tie_changes(
        self, object: str, to: str, cursor: Cursor | None, *, far: bool = False
    ) -> tuple[dict[Ref, datetime], Cursor | None]:
        return await self.inner.read_tie_changes(object, to, cursor, far=far)

    async def write(self, operations: Sequence[Operation]) -> list[Outcome]:
        return await self.inner.write(operations)

    async def describe_list(self, list_id: str, object: str) -> ListInfo:
        return await self.inner.describe_list(list_id, object)

    def read_members(self, list_id: str, cursor: Cursor | None = None) -> AsyncIterator[MemberPage]:
        return self.inner.read_members(list_id, cursor)

    async def find_members(self, list_id: str, object: str, ids: Collection[str]) -> frozenset[str]:
        return await self.inner.find_members(list_id, object, ids)

    def read_activities(
        self,
        wanted: Mapping[str, Collection[str]],
        cursor: Cursor | None,
        since: Mapping[str, datetime],
        only: Collection[str] | None = None,
    ) -> AsyncIterator[ActivityPage]:
        return self.inner.read_activities(wanted, cursor, since, only)

    async def see_activities(self, refs: Sequence[Ref], wanted: Mapping[str, Collection[str]]) -> list[Activity]:
        return await self.inner.see_activities(refs, wanted)

    async def read_owners(self) -> list[Owner]:
        return await self.inner.read_owners()

    def read_letter(self, body: str) -> Contents:
        return self.inner.read_letter(body)

    async def close(self) -> None:
        await self.inner.close()


class ReadOnly(Wrapped):
    """Refuses every write before it reaches the vendor: a plan can be trusted to change nothing."""

    async def write(self, operations: Sequence[Operation]) -> list[Outcome]:
        text = "This connection only reads; nothing was sent"
        return [Refused(problem=Problem(cause="request.refused", side=self.side, code="READ_ONLY", text=text))] * len(
            operations
        )


class Counted(Wrapped):
    """Counts what is asked of a connector: method calls by name, and the records of each as `<name>_records`."""

    def __init__(self, inner: Connector) -> None:
        super().__init__(inner)
        self.counts: Counter[str] = Counter()

    async def read_changes(self, object: str, fields: Collection[str], cursor: Cursor | None) -> AsyncIterator[Page]:
        self.counts["read_changes"] += 1
        async for page in self.inner.read_changes(object, fields, cursor):
            self.counts["read_changes_records"] += len(page.snapshots)
            yield page

    async def read(
        self, refs: Sequence[Ref], fields: Collection[str], *, history: Collection[str] = ()
    ) -> dict[Ref, Seen]:
        self._count("read", len(refs))
        return await self.inner.read(refs, fields, history=history)

    async def find(self, object: str, field: str, values: Collection[str], fields: Collection[str]) -> list[Snapshot]:
        self._count("find", len(values))
        return await self.inner.find(object, field, values, fields)

    async def read_ties(self, refs: Sequence[Ref], to: str) -> dict[Ref, frozenset[Tied]]:
        self._count("read_ties", len(refs))
        return await self.inner.read_ties(refs, to)

    async def write(self, operations: Sequence[Operation]) -> list[Outcome]:
        self._count("write", len(operations))
        return await self.inner.write(operations)

    def _count(self, name: str, records: int) -> None:
        self.counts[name] += 1
        self.counts[f"{name}_records"] += records
