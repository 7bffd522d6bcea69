"""The Connector port over dictionaries, for either side: what laws, simulations and the engine's tests run against.

People's deeds (`put`, `edit`, `remove`, `merge`, `convert`, `restore`) sit beside the port's own methods. Plays no vendor:
no formats, limits or lag; a vendor's habits come in as the hooks `refuse` and `reshape`, its failures by a wrapper.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from pasodoble.connectors.salesforce.ids import to_18
from pasodoble.errors import Unsupported
from pasodoble.model.activity import Activity
from pasodoble.model.cause import Problem
from pasodoble.model.operation import Associate, Create, Delete, Operation, Update
from pasodoble.model.outcome import Applied, Deferred, Exists, Outcome, Refused, Stale
from pasodoble.model.record import Account, Gone, Loss, Owner, Seen, Snapshot, Tied, Version
from pasodoble.model.ref import Ref
from pasodoble.model.schema import ObjectSchema
from pasodoble.model.side import Side
from pasodoble.model.signal import Signal, SignalKind
from pasodoble.model.value import Raw
from pasodoble.ports import MAY_SEND, ActivityPage, Clock, Contents, Cursor, ListInfo, MemberPage, Page

KEY: Final[Mapping[Side, str]] = {Side.HUBSPOT: "pasodoble_key", Side.SALESFORCE: "Pasodoble_Key__c"}
UNIQUE: Final[Mapping[str, tuple[str, ...]]] = {"contacts": ("email",)}
"""By object, the fields (the key aside) that no two live records share."""

_PREFIXES: Final[Mapping[str, str]] = {
    "Account": "001",
    "Contact": "003",
    "Lead": "00Q",
    "Opportunity": "006",
    "Case": "500",
    "Task": "00T",
    "Event": "00U",
    "Campaign": "701",
    "CampaignMember": "00v",
}

ONE: Final = frozenset({("Contact", "Account"), ("Opportunity", "Account"), ("Case", "Account"), ("Case", "Contact")})
"""Objects of which a record is tied to one only: a new tie takes the place of the old one, and has no label."""
UNSTAMPED: Final = frozenset({("Opportunity", "Contact")})
"""Objects whose ties leave both records' stamps as they are."""
DELETED_TOO: Final = frozenset({"Task", "Event"})
"""Objects whose look tells of deletions."""
PRIMARY: Final = "primary"
"""The label that one tie only of a record to an object bears."""

Reshape = Callable[[str, str, Raw], Raw]
"""(object, field, value as written) -> value as kept."""


@dataclass(slots=True, kw_only=True)
class Row:
    """One record. `sequence` moves with each change of any record; `loss` is set once it is gone."""

    ref: Ref
    fields: dict[str, Raw]
    created_at: datetime
    modified_at: datetime
    sequence: int
    by_us: bool
    history: dict[str, list[Version]] = field(default_factory=dict)
    loss: Loss | None = None
    into: Ref | None = None


class MemoryConnector:
    """One side's records. Keeps history where the side does (HubSpot).

    refuse    asked before each operation; an Outcome from it stands instead of the write
    reshape   how the side keeps what is written to it (trimmed, lower case, to the second)
    """

    def __init__(
        self,
        side: Side,
        clock: Clock,
        *,
        refuse: Callable[[Operation], Outcome | None] = lambda _op: None,
        reshape: Reshape = lambda _object, _field, value: value,
        unique: Mapping[str, tuple[str, ...]] = UNIQUE,
        page_size: int = 100,
    ) -> None:
        self._side = side
        self._clock = clock
        self.refuse = refuse
        self.reshape = reshape
        self._unique = unique
        self._page_size = page_size
        self._sequence = 0
        self._made = 0
        self.rows: dict[Ref, Row] = {}
        self.ties: set[tuple[Ref, Ref, str]] = set()
        self._tie_log: list[tuple[int, Ref, Ref, datetime]] = []
        self.schemas: dict[str, ObjectSchema] = {}
        self.lists: dict[str, dict[str, datetime]] = {}
        self.owners: list[Owner] = []
        self.activities: list[Activity] = []

    # --- what people do ----------------------------------------------------------------------------------------------

    def put(self, object: str, fields: Mapping[str, Raw], *, by_us: bool = False) -> Ref:
        """Make a record. Checks nothing: people find ways."""
        self._made += 1
        ref = Ref(self._side, object, self._new_id(object))
        now = self._now()
        self.rows[ref] = Row(ref=ref, fields={}, created_at=now, modified_at=now, sequence=0, by_us=by_us)
        self.edit(ref, fields, by_us=by_us)
        return ref

    def edit(self, ref: Ref, fields: Mapping[str, Raw], *, by_us: bool = False) -> None:
        """Change a record. A value that is kept as it was leaves no version, but the record has been touched."""
        row = self.rows[ref]
        self._touch(row, by_us=by_us)
        for name, written in fields.items():
            value = self.reshape(ref.object, name, written)
            if name in row.fields and row.fields[name] == value:
                continue
            row.fields[name] = value
            version = Version(value=value, at=row.modified_at, by_us=by_us, author="us" if by_us else "person")
            row.history.setdefault(name, []).insert(0, version)

    def remove(self, ref: Ref, how: Loss = Loss.DELETED, into: Ref | None = None) -> None:
        """Take a record away; UNSEEN hides it without a trace."""
        row = self.rows[ref]
        self._touch(row, by_us=False)
        row.loss, row.into = how, into

    def merge(self, loser: Ref, into: Ref) -> None:
        self.remove(loser, Loss.MERGED, into)
        survivor = self.rows[into]
        if self._side is Side.HUBSPOT:
            absorbed = str(survivor.fields.get("hs_merged_object_ids") or "")
            survivor.fields["hs_merged_object_ids"] = ";".join(filter(None, (absorbed, loser.id)))
        self._touch(survivor, by_us=False)

    def convert(self, lead: Ref, fields: Mapping[str, Raw]) -> Ref:
        """Turn a lead into a new contact that holds `fields`."""
        contact = self.put("Contact", fields)
        self.remove(lead, Loss.CONVERTED, contact)
        return contact

    def restore(self, ref: Ref) -> None:
        row = self.rows[ref]
        self._touch(row, by_us=False)
        row.loss, row.into = None, None

    def tie(self, ref: Ref, to: Ref, label: str = "", *, by_us: bool = False) -> None:
        """Tie two records together."""
        alone = (ref.object, to.object) in ONE or ref.object.endswith("__c")  # a custom object's ties are lookups
        if alone or label == PRIMARY:
            others = {tie for tie in self.ties if tie[0] == ref and tie[1].object == to.object}
            self.ties -= others if alone else {tie for tie in others if tie[2] == PRIMARY or tie[1] == to}
            self.ties |= set() if alone else {(ref, tie[1], "") for tie in others if tie[2] == PRIMARY and tie[1] != to}
        self.ties.add((ref, to, "" if alone else label))
        self._note_tie(ref, to, by_us=by_us)

    def untie(self, ref: Ref, to: Ref, label: str = "", *, by_us: bool = False) -> None:
        """Take a tie away: the labelled one, or all there are between the two."""
        self.ties -= {tie for tie in self.ties if {*tie[:2]} == {ref, to} and label in ("", tie[2])}
        self._note_tie(ref, to, by_us=by_us)

    def _note_tie(self, ref: Ref, to: Ref, *, by_us: bool) -> None:
        touched: tuple[Ref, ...] = (ref, to) if self._side is Side.HUBSPOT else (ref,)
        if (ref.object, to.object) in UNSTAMPED:
            self._sequence += 1
            touched = ()
        for end in touched:
            self._touch(self.rows[end], by_us=by_us)
        self._tie_log.append((self._sequence, ref, to, self._now()))

    def live(self, object: str) -> list[Row]:
        """All records that are there, oldest first."""
        return sorted((row for row in self.rows.values() if row.ref.object == object and row.loss is None), key=_by_id)

    # --- the port ----------------------------------------------------------------------------------------------------

    @property
    def side(self) -> Side:
        return self._side

    async def identify(self) -> Account:
        return Account(id=f"{self._side}-account", name="In memory", user_id="us", sandbox=True)

    async def describe(self, object: str) -> ObjectSchema:
        if object not in self.schemas:
            raise Unsupported(f"{self._side} has no object {object}", code="NOT_FOUND")
        return self.schemas[object]

    async def read_changes(self, object: str, fields: Collection[str], cursor: Cursor | None) -> AsyncIterator[Page]:
        """By a cursor of {sequence}, or {sequence, after} while all records are walked by id."""
        if cursor is None or "after" in cursor:
            start = self._sequence if cursor is None else int(str(cursor["sequence"]))
            after = _id_order(str(cursor["after"])) if cursor else (0, "")
            rows = [row for row in self.live(object) if _by_id(row) > after]
            for page, last in self._pages(rows):
                place: Cursor = {"sequence": start} if last else {"sequence": start, "after": page[-1].ref.id}
                yield Page(snapshots=[self._snapshot(row, fields) for row in page], cursor=place, walk=True)
            return
        since = int(str(cursor["sequence"]))
        end = self._sequence
        changed = [row for row in self.rows.values() if row.ref.object == object and since < row.sequence <= end]
        for page, last in self._pages(sorted(changed, key=lambda row: row.sequence)):
            told = {Loss.CONVERTED, Loss.DELETED} if object in DELETED_TOO else {Loss.CONVERTED}
            converted = [row for row in page if row.loss in told]
            yield Page(
                snapshots=[self._snapshot(row, fields) for row in page if row.loss is None],
                gone=[self._gone(row) for row in converted],
                cursor={"sequence": end if last else page[-1].sequence},
            )

    async def count(self, object: str) -> int:
        return len(self.live(object))

    def place_at(self, object: str, moment: datetime) -> Cursor:
        earlier = [row.sequence for row in self.rows.values() if row.ref.object == object and row.modified_at < moment]
        return {"sequence": max(earlier, default=0)}

    async def read(
        self, refs: Sequence[Ref], fields: Collection[str], *, history: Collection[str] = ()
    ) -> dict[Ref, Seen]:
        return {ref: self._see(ref, fields, history) for ref in refs}

    async def find(self, object: str, field: str, values: Collection[str], fields: Collection[str]) -> list[Snapshot]:
        wanted = {value.lower() for value in values if value}
        rows = [row for row in self.live(object) if str(row.fields.get(field) or "").lower() in wanted]
        return [self._snapshot(row, {*fields, field}) for row in rows]

    async def find_converted(self, contacts: Collection[Ref]) -> list[Gone]:
        return [self._gone(row) for row in self.rows.values() if row.loss is Loss.CONVERTED and row.into in contacts]

    async def read_ties(self, refs: Sequence[Ref], to: str) -> dict[Ref, frozenset[Tied]]:
        ties: dict[Ref, set[Tied]] = {ref: set() for ref in refs}
        for one, other, label in self.ties:
            for own, far in ((one, other), (other, one)):
                if own in ties and far.object == to and self._is_live(own) and self._is_live(far):
                    ties[own].add(Tied(far, label))
        return {ref: frozenset(tied) for ref, tied in ties.items()}

    async def read_tie_changes(
        self, object: str, to: str, cursor: Cursor | None, *, far: bool = False
    ) -> tuple[dict[Ref, datetime], Cursor | None]:
        if not {(object, to), (to, object)} & UNSTAMPED:
            return {}, cursor
        since = int(str(cursor["sequence"])) if cursor is not None else self._sequence
        moved = [
            (sequence, *ends, at) for sequence, one, other, at in self._tie_log for ends in ((one, other), (other, one))
        ]
        if far:
            rows = [(row, one, other) for one, other, _ in self.ties for row in (self.rows[one], self.rows[other])]
            moved += [
                (row.sequence, *((one, other) if row.ref == other else (other, one)), row.modified_at)
                for row, one, other in rows
            ]
        changed = {
            ref: at
            for sequence, ref, other, at in moved
            if sequence > since and (ref.object, other.object) == (object, to)
        }
        return changed, {"sequence": self._sequence}

    async def write(self, operations: Sequence[Operation]) -> list[Outcome]:
        return [self.refuse(op) or self._write_one(op) if MAY_SEND.get()() else self._too_late() for op in operations]

    def _too_late(self) -> Outcome:
        return Deferred(problem=Problem(cause="request.no_answer", side=self._side))

    async def describe_list(self, list_id: str, object: str) -> ListInfo:
        if self._side is Side.SALESFORCE or list_id not in self.lists:
            raise Unsupported(f"{self._side} has no list {list_id}", code="NOT_FOUND")
        return ListInfo(id=list_id, name=f"List {list_id}", size=len(self.lists[list_id]))

    async def read_members(self, list_id: str, cursor: Cursor | None = None) -> AsyncIterator[MemberPage]:
        await self.describe_list(list_id, "")
        members = sorted(self.lists[list_id].items(), key=lambda member: (member[1], _id_order(member[0])))
        start = int(str(cursor["after"])) if cursor is not None else 0
        for at in range(start, max(len(members), start + 1), self._page_size):
            yield MemberPage(members=dict(members[at : at + self._page_size]), cursor={"after": at})

    async def find_members(self, list_id: str, object: str, ids: Collection[str]) -> frozenset[str]:
        await self.describe_list(list_id, object)
        return frozenset(ids) & self.lists[list_id].keys()

    async def read_activities(
        self,
        wanted: Mapping[str, Collection[str]],
        cursor: Cursor | None,
        since: Mapping[str, datetime],
        only: Collection[str] | None = None,
    ) -> AsyncIterator[ActivityPage]:
        """By a cursor of {count}. `activities` is what happened, in that order."""
        start = int(str(cursor["count"])) if cursor is not None else 0
        fresh = [one for one in self.activities[start:] if one.name in wanted]
        yield ActivityPage(activities=fresh, cursor={"count": len(self.activities)})

    async def see_activities(self, refs: Sequence[Ref], wanted: Mapping[str, Collection[str]]) -> list[Activity]:
        return [one for one in self.activities if one.ref in refs and one.name in wanted]

    async def read_owners(self) -> list[Owner]:
        return list(self.owners)

    def read_letter(self, body: str) -> Contents:
        """A list of {kind, object, id, fields, by_us}: as short as a letter can be."""
        try:
            signals = [
                Signal(
                    kind=SignalKind(event["kind"]),
                    side=self.side,
                    ref=Ref(self.side, event["object"], event["id"]),
                    at=self._clock.now(),
                    fields=tuple(event.get("fields", ())),
                    by_us=bool(event.get("by_us")),
                )
                for event in json.loads(body)
            ]
        except (KeyError, TypeError, ValueError) as error:
            return Contents(trouble=repr(error))
        return Contents(signals=signals)

    async def close(self) -> None:
        """Nothing is held open."""

    # --- inside ------------------------------------------------------------------------------------------------------

    def _write_one(self, op: Operation) -> Outcome:
        match op:
            case Create():
                return self._create(op)
            case Update():
                return self._update(op)
            case Delete():
                if self._is_live(op.ref):
                    self.remove(op.ref)
                return Applied(ref=op.ref)
            case Associate():
                return self._associate(op)

    def _create(self, op: Create) -> Outcome:
        key = {KEY[self._side]: op.key} if op.key else {}
        fields = {name: value for name, value in op.fields.items() if value is not None} | key
        holders = self._holders(op.object, fields)
        if holders:
            problem = Problem(cause="duplicate.value", side=self._side, code="EXISTS", text="It is there already")
            return Exists(refs=tuple(holders), problem=problem)
        ref = self.put(op.object, fields, by_us=True)
        for to in op.ties:
            self.tie(ref, to, by_us=True)
        return Applied(ref=ref, snapshot=self._shown(ref, op.fields))

    def _update(self, op: Update) -> Outcome:
        row = self.rows.get(op.ref)
        if row is None or row.loss is not None:
            return Stale()
        guard = op.unless_modified_since
        if guard is not None and row.modified_at > guard:
            return Stale()
        if any(ref != op.ref for ref in self._holders(op.ref.object, op.fields)):
            problem = Problem(cause="duplicate.value", side=self._side, code="IN_USE", text="Another record holds it")
            return Refused(problem=problem)
        self.edit(op.ref, op.fields, by_us=True)
        return Applied(ref=op.ref, snapshot=self._shown(op.ref, op.fields))

    def _associate(self, op: Associate) -> Outcome:
        if not (self._is_live(op.ref) and self._is_live(op.to)):
            text = "One of the two records is not there"
            return Refused(problem=Problem(cause="association.reference_missing", side=self._side, text=text))
        (self.untie if op.remove else self.tie)(op.ref, op.to, op.label, by_us=True)
        return Applied(ref=op.ref)

    def _holders(self, object: str, fields: Mapping[str, Raw]) -> list[Ref]:
        """Live records that hold one of these values in a unique field."""
        names = [n for n in (KEY[self._side], *self._unique.get(object, ())) if fields.get(n)]
        kept = {name: str(self.reshape(object, name, fields[name])).lower() for name in names}
        return (
            [
                row.ref
                for row in self.live(object)
                if any(str(row.fields.get(name) or "").lower() == value for name, value in kept.items())
            ]
            if kept
            else []
        )

    def _see(self, ref: Ref, fields: Collection[str], history: Collection[str]) -> Seen:
        row = self.rows.get(ref)
        if row is None:
            return Gone(ref=ref, how=Loss.UNSEEN, seen_at=self._clock.now())
        return self._gone(row) if row.loss is not None else self._snapshot(row, fields, history)

    def _gone(self, row: Row) -> Gone:
        return Gone(ref=row.ref, how=row.loss or Loss.UNSEEN, seen_at=self._clock.now(), into=row.into)

    def _snapshot(self, row: Row, fields: Collection[str], history: Collection[str] = ()) -> Snapshot:
        """Fields the schema knows are blank where nothing was written; without a schema, all fields are."""
        known = self.schemas[row.ref.object].fields if row.ref.object in self.schemas else None
        kept = self._side is Side.HUBSPOT
        return Snapshot(
            ref=row.ref,
            fields={name: row.fields.get(name) for name in fields if known is None or name in known},
            modified_at=row.modified_at,
            seen_at=self._clock.now(),
            created_at=row.created_at,
            by_us=row.by_us,
            history={name: tuple(row.history.get(name, ())) for name in history} if kept else {},
        )

    def _shown(self, ref: Ref, fields: Collection[str]) -> Snapshot | None:
        """HubSpot's answers show what was written, Salesforce's do not."""
        return self._snapshot(self.rows[ref], fields) if self._side is Side.HUBSPOT else None

    def _is_live(self, ref: Ref) -> bool:
        return ref in self.rows and self.rows[ref].loss is None

    def _touch(self, row: Row, *, by_us: bool) -> None:
        self._sequence += 1
        row.sequence, row.modified_at, row.by_us = self._sequence, self._now(), by_us

    def _now(self) -> datetime:
        """Salesforce's stamps are whole seconds."""
        now = self._clock.now()
        return now.replace(microsecond=0) if self._side is Side.SALESFORCE else now

    def _new_id(self, object: str) -> str:
        if self._side is Side.HUBSPOT:
            return str(100 + self._made)
        return to_18(f"{_PREFIXES.get(object, 'a00')}{self._made:012d}")

    def _pages(self, rows: Sequence[Row]) -> list[tuple[Sequence[Row], bool]]:
        """Pages, each with whether it is the last; one empty page where there is nothing."""
        starts = range(0, max(len(rows), 1), self._page_size)
        return [(rows[i : i + self._page_size], i + self._page_size >= len(rows)) for i in starts]


def _id_order(id: str) -> tuple[int, str]:
    return len(id), id


def _by_id(row: Row) -> tuple[int, str]:
    return _id_order(row.ref.id)
