"""What a commit is told as: change events with their headers, bodies and bitmaps, encoded when somebody wants them.

Who gets an event, and how long it is kept, does not belong here.
"""

from __future__ import annotations

import difflib
import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import fastavro

from pasodoble.simulators.salesforce.changes import Change, Commit
from pasodoble.simulators.salesforce.ids import EMPTY_ID
from pasodoble.simulators.salesforce.org import Org
from pasodoble.simulators.salesforce.pubsub.bitmaps import Position, spell_bitmaps
from pasodoble.simulators.salesforce.pubsub.schemas import EventSchema, Slot, make_schema
from pasodoble.simulators.salesforce.rows import Row
from pasodoble.simulators.salesforce.schema import Sobject

MAX_CHANGES = 100_000
"""More changes than this in one transaction are told as one overflow event an object."""
MAX_MESSAGE_BYTES = 1_000_000
"""A larger event becomes a gap event. Both: CDC guide."""
DIFF_FROM = 1000
"""Characters from which on a changed long text is told as a diff."""
COMMIT_NUMBER_BASE = 10_000_000_000_000

_STAMPS = frozenset(("LastModifiedDate", "LastModifiedById", "SystemModstamp"))


@dataclass(frozen=True, slots=True)
class Event:
    """One event before it is encoded: what the header says, and the changes behind it (those of merged records alike).

    sequence   its place in the transaction, from 1; there are holes where objects are not selected.
    """

    sobject: str
    kind: str
    record_ids: tuple[str, ...]
    commit: Commit
    sequence: int
    change: Change | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Gap:
    """Records whose change cannot be told: `kind` is GAP_CREATE and so on, or GAP_OVERFLOW for a whole object."""

    sobject: str
    kind: str
    record_ids: tuple[str, ...]


Told = Commit | tuple[Commit, Gap]


class Schemas:
    """The event schemas of an org, the current ones by object and all there ever were by id."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._current: dict[str, tuple[Sobject, EventSchema]] = {}
        self._by_id: dict[str, EventSchema] = {}

    def of(self, sobject: Sobject) -> EventSchema:
        known = self._current.get(sobject.name)
        if known is not None and known[0] is sobject:
            return known[1]
        schema = make_schema(sobject, formulas=self._org.switches.formula_fields_in_events)
        self._current[sobject.name] = (sobject, schema)
        return self.keep(schema)

    def keep(self, schema: EventSchema) -> EventSchema:
        self._by_id[schema.id] = schema
        return schema

    def find(self, schema_id: str) -> EventSchema | None:
        return self._by_id.get(schema_id)


def tell_commit(commit: Commit, schemas: Schemas, org: Org) -> list[Event]:
    """The events of a commit in order. The same change of several records is one event with all their ids."""
    if len(commit.changes) > MAX_CHANGES:
        names = dict.fromkeys(change.sobject for change in commit.changes)
        return [Event(name, "GAP_OVERFLOW", (EMPTY_ID,), commit, n) for n, name in enumerate(names, 1)]
    events: list[Event] = []
    last_key: Any = None
    for change in commit.changes:
        sobject = org.find_sobject(change.sobject)
        if sobject is None or change.kind not in ("CREATE", "UPDATE", "DELETE", "UNDELETE"):
            continue
        key = _sameness(change, schemas.of(sobject))
        if key is None:
            continue
        if events and key == last_key:
            events[-1] = replace(events[-1], record_ids=(*events[-1].record_ids, change.id))
        else:
            events.append(Event(change.sobject, change.kind, (change.id,), commit, len(events) + 1, change))
        last_key = key
    return events


def _sameness(change: Change, schema: EventSchema) -> Any:
    """What two changes must share to be told in one event; None when there is nothing to tell."""
    if change.kind == "DELETE":
        return change.sobject, change.kind
    if change.kind != "UPDATE":
        return change.sobject, change.kind, change.id
    changed = {name: new for name, _old, new in change.differences() if name in schema.slots and name not in _STAMPS}
    return (change.sobject, change.kind, repr(sorted(changed.items()))) if changed else None


@dataclass(frozen=True, slots=True)
class Encoded:
    schema_id: str
    payload: bytes


def encode_event(event: Event, schemas: Schemas, org: Org, hidden: frozenset[str] = frozenset()) -> Encoded:
    """The event in Avro, without the fields that are `hidden` from whom it is for."""
    sobject = org.sobject(event.sobject)
    schema = schemas.of(sobject)
    body, changed, nulled, diffed = _body(event, sobject, schema, org, hidden)
    payload = _write(schema, {"ChangeEventHeader": _header(event, event.kind, changed, nulled, diffed), **body})
    if len(payload) > MAX_MESSAGE_BYTES:
        payload = _write(schema, {"ChangeEventHeader": _header(event, f"GAP_{event.kind}", (), (), ())})
    return Encoded(schema.id, payload)


def _write(schema: EventSchema, value: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    fastavro.schemaless_writer(out, schema.parsed, value)
    return out.getvalue()


def _header(
    event: Event, kind: str, changed: Iterable[Position], nulled: Iterable[Position], diffed: Iterable[Position]
) -> dict[str, Any]:
    commit = event.commit
    return {
        "entityName": event.sobject,
        "recordIds": list(event.record_ids),
        "changeType": kind,
        "changeOrigin": commit.origin,
        "transactionKey": commit.key,
        "sequenceNumber": event.sequence,
        "commitTimestamp": commit.at_ms,
        "commitNumber": COMMIT_NUMBER_BASE + commit.number,
        "commitUser": commit.user_id,
        "nulledFields": spell_bitmaps(nulled),
        "diffFields": spell_bitmaps(diffed),
        "changedFields": spell_bitmaps(changed),
    }


Body = tuple[dict[str, Any], list[Position], list[Position], list[Position]]


def _body(event: Event, sobject: Sobject, schema: EventSchema, org: Org, hidden: frozenset[str]) -> Body:
    """The values told, and the places that changed, became null, and are told as a diff."""
    change = event.change
    if change is None or change.after is None or event.kind == "DELETE":
        return {}, [], [], []
    slots = {name: slot for name, slot in schema.slots.items() if name not in hidden}
    if event.kind != "UPDATE":
        return _values(slots.values(), _full_row(change.after, sobject, slots, org), {}), [], [], []
    return _update(change, slots, _full_row(change.after, sobject, slots, org))


def _full_row(row: Row, sobject: Sobject, slots: dict[str, Slot], org: Org) -> Row:
    """The row with what is not stored but told: formula results, and false where no box was ticked."""
    view = org.view(org.integration_user_id, unlimited=True)
    computed = {
        name: view.reader(sobject, slot.field)(row)
        for name, slot in slots.items()
        if slot.field.formula is not None or slot.field.type == "boolean"
    }
    return {**row, **computed}


def _update(change: Change, slots: dict[str, Slot], row: Row) -> Body:
    changed: list[Slot] = []
    nulled: list[Position] = []
    diffs: dict[str, str] = {}
    for name, old, new in change.differences():
        slot = slots.get(name)
        if slot is None or name == "LastModifiedDate":
            continue
        if new is None and slot.field.type != "boolean":
            nulled.append(slot.position)
        elif slot.field.type == "textarea" and min(len(old or ""), len(new or "")) >= DIFF_FROM:
            diffs[name] = unified_diff(old, new)
        changed.append(slot)
    stamp = slots.get("LastModifiedDate")
    if stamp is not None:
        changed.append(stamp)
    positions = [slot.position for slot in changed]
    return _values(changed, row, diffs), positions, nulled, [slots[name].position for name in diffs]


def _values(slots: Iterable[Slot], row: Row, instead: dict[str, str]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for slot in slots:
        value = instead.get(slot.field.name, row.get(slot.field.name))
        written = None if value is None else slot.write(value)
        if slot.part is None:
            out[slot.name] = written
        elif written is not None:
            out.setdefault(slot.name, {})[slot.part] = written
    return out


def unified_diff(old: str, new: str) -> str:
    """A long text's change, headed by the new text's SHA-256. Source: CDC guide, "Sending Data Differences"."""
    digest = hashlib.sha256(new.encode()).hexdigest()
    hunks = list(difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm=""))[2:]
    return "\n".join(["--- ", f"+++ {digest}", *hunks])
