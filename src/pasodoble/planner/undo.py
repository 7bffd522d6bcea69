"""An undo: the plan that puts earlier values back, as if a person had typed them in on both sides.

It refuses, field by field, where somebody has edited since. Which changes are meant (a run's, a record's, one) is chosen by
the shell, which also keeps the base that goes with the plan; neither belongs here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pasodoble.mapping.apply import CompiledMapping, Line
from pasodoble.mapping.convert.codec import NOBODY, Lookup, Unfit, Unresolved
from pasodoble.model.link import Base
from pasodoble.model.message import Message
from pasodoble.model.operation import Delete, Step, Update
from pasodoble.model.record import Snapshot
from pasodoble.model.ref import Ref
from pasodoble.model.side import SIDES, Pair, Side
from pasodoble.model.trace import Change
from pasodoble.model.value import MISSING, Value
from pasodoble.ports import ChangeRow
from pasodoble.reconcile.field import Field
from pasodoble.reconcile.record import merge_record

UNDONE: Final = Message("undo.put_back")
UNMADE: Final = Message("undo.unmade")
ASSOCIATION: Final = "association:"
"""How the field of a change begins that has tied or parted two records: both sides would have to be asked anew what they
hold, and a person does it in one of them with one click, after which the other follows."""
MADE: Final = Message("history.created")
"""The reason of a change that made the whole record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What is not undone, and why. `key` is "" for a whole record."""

    ref: Ref
    key: str
    reason: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """The steps that undo changes of one pair, what they cannot undo, and the base's fields once they are done.

    retires   the pair is to be given up: a record that was made is unmade
    """

    steps: tuple[Step, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    base: dict[str, Pair[Value]]
    retires: bool = False


def plan_undo(
    mapping: CompiledMapping,
    snapshots: Pair[Snapshot],
    base: Base,
    changes: Sequence[ChangeRow],
    *,
    history: Sequence[ChangeRow] = (),
    lookup: Lookup = NOBODY,
) -> Undo:
    """Undo these changes of one linked pair, given both records as they are now. Never raises.

    changes   of this pair, in any order; of several in one field, the value before the first comes back
    history   all that is known to have been written to the pair: a record that we made and a person edited stays
    """
    rows = sorted(changes, key=lambda row: row.id)
    now = Pair(*(mapping.canonical(side, snapshots[side].fields)[0] for side in SIDES))
    made = next((row for row in rows if row.change.reason == MADE), None)
    if made is not None:
        return _unmake(mapping, snapshots, base, now, made, history)
    lost = [Refusal(ref=r.ref, key="", reason=_refuse_whole(r.change)) for r in rows if r.change.key == ""]
    wished: dict[str, Pair[Value]] = {}
    refusals: list[Refusal] = lost
    for key, found in sorted(_group(rows).items()):
        refusal, values = _undo_field(mapping, key, found, now, base, lookup)
        if refusal:
            refusals.append(Refusal(ref=found[-1].ref, key=key, reason=refusal))
        elif values:
            wished[key] = values
    steps = tuple(step for side in SIDES for step in _write(mapping, side, wished, now, snapshots))
    return Undo(steps=steps, refusals=tuple(refusals), base=dict(base.fields) | wished)


def _refuse_whole(change: Change) -> Message:
    """Why what was done to a record as a whole, and to no mapped field of it, is not undone."""
    if change.field.startswith(ASSOCIATION):
        return Message.of("undo.association", record=change.after or change.before or "")
    return Message("undo.pairing" if change.field == "partner" else "undo.cannot_restore")


def _group(rows: Sequence[ChangeRow]) -> dict[str, list[ChangeRow]]:
    grouped: dict[str, list[ChangeRow]] = defaultdict(list)
    for row in rows:
        if row.change.key:
            grouped[row.change.key].append(row)
    return grouped


def _undo_field(
    mapping: CompiledMapping,
    key: str,
    rows: Sequence[ChangeRow],
    now: Pair[dict[str, Value]],
    base: Base,
    lookup: Lookup,
) -> tuple[Message | None, Pair[Value] | None]:
    """Either why the field is not undone, or what both sides are to hold."""
    line = mapping.by_key.get(key)
    if line is None:
        return Message.of("undo.not_mapped", key=key), None
    held = Pair(now.hubspot[key], now.salesforce[key])
    first = {row.change.side: row.change.before for row in reversed(rows)}
    latest, agreed = rows[-1].change, base.fields.get(key, held)
    for side in SIDES:
        expected = latest.after if side is latest.side else agreed[side]
        if held[side] is MISSING or held[side] != expected:
            return Message.of("undo.edited_since", key=key, side=side), None
    wished = Pair(*(first.get(side, held[side]) for side in SIDES))
    return _hold(line, wished, side=rows[0].change.side, held=held, lookup=lookup)


def _hold(
    line: Line, wished: Pair[Value], *, side: Side, held: Pair[Value], lookup: Lookup
) -> tuple[Message | None, Pair[Value] | None]:
    """See to it that the rule leaves the values alone: else the other side is to hold the same."""
    if not _stays(line, wished, lookup):
        carried = line.carry(side, wished[side], lookup)
        if isinstance(carried, Unfit | Unresolved) or carried is MISSING:
            return Message.of("undo.cannot_carry", key=line.key, side=side.other), None
        wished = wished.put(side.other, carried)
    if any(wished[s] != held[s] and not line.writable[s] for s in SIDES):
        return Message.of("undo.would_come_back", key=line.key, side=side), None
    return None, wished


def _stays(line: Line, values: Pair[Value], lookup: Lookup) -> bool:
    """Whether these values, once agreed on, are left as they are by the line's rule and law."""
    carried = []
    for side in SIDES:
        value = line.carry(side, values[side], lookup)
        carried.append(MISSING if isinstance(value, Unfit | Unresolved) else value)
    field = Field(
        key=line.key,
        names=line.names,
        rule=line.update_rule,
        now=values,
        held=values,
        carried=Pair(*carried),
        base=values,
        changed=Pair(False, False),
        writable=line.writable,
        policy=line.policy,
    )
    return merge_record([field]).quiet


def _write(
    mapping: CompiledMapping,
    side: Side,
    wished: dict[str, Pair[Value]],
    now: Pair[dict[str, Value]],
    snapshots: Pair[Snapshot],
) -> Iterator[Step]:
    """One update of that side, or none. Always conditional: an edit made at this moment counts."""
    lines = [mapping.by_key[key] for key, values in wished.items() if values[side] != now[side][key]]
    if not lines:
        return
    snap = snapshots[side]
    fields = {line.names[side]: line.render(side, wished[line.key][side]) for line in lines}
    guard = snap.modified_at if side is Side.SALESFORCE else None
    yield Step(
        kind=mapping.kind,
        operation=Update(ref=snap.ref, fields=fields, unless_modified_since=guard),
        why={line.key: UNDONE for line in lines},
        before={name: snap.fields.get(name) for name in fields},
    )


def _unmake(
    mapping: CompiledMapping,
    snapshots: Pair[Snapshot],
    base: Base,
    now: Pair[dict[str, Value]],
    made: ChangeRow,
    history: Sequence[ChangeRow],
) -> Undo:
    """Delete the record that we made, unless it has become another one (a conversion, a merge), or somebody has written in
    it since."""
    side = made.change.side
    snap = snapshots[side]
    edited = any(now[side].get(key) != values[side] for key, values in base.fields.items() if key in mapping.by_key)
    reason = None
    if snap.ref != made.ref:
        reason = Message.of("undo.became_another", record=snap.ref)
    elif edited or any(_was_edited_there(row, made) for row in history):
        reason = Message.of("undo.record_edited_since", side=side)
    if reason is not None:
        return Undo(refusals=(Refusal(ref=snap.ref, key="", reason=reason),), base=dict(base.fields))
    step = Step(kind=mapping.kind, operation=Delete(ref=snap.ref), why={"": UNMADE}, before=snap.fields)
    return Undo(steps=(step,), base={}, retires=True)


def _was_edited_there(row: ChangeRow, made: ChangeRow) -> bool:
    """Whether we carried a person's later edit of the made record across. What it filled in blanks may be its defaults."""
    change = row.change
    return row.id > made.id and change.side is made.change.side.other and bool(change.key) and change.before is not None
