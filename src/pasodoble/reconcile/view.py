"""From snapshots, base and history to the fields that a merge looks at; and from a finished merge to the new base.

Here, and only here, a merge touches the mapping. Deciding does not belong here (`merge`, `record`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from pasodoble.mapping.apply import CompiledMapping, Line
from pasodoble.mapping.convert.codec import NOBODY, Carried, Lookup, Unfit, UnreadableValue, Unresolved
from pasodoble.model.conflict import Choice
from pasodoble.model.link import Base
from pasodoble.model.record import Snapshot, Version
from pasodoble.model.side import SIDES, Pair, Side
from pasodoble.model.value import MISSING, Value
from pasodoble.reconcile.field import Field
from pasodoble.reconcile.merge import ARBITER, diff_field
from pasodoble.reconcile.policy import LONG_AGO, Arbiter, Span
from pasodoble.reconcile.record import NOTHING_FAILED, RecordMerge, merge_record

NOBODY_CHOSE: Final[Mapping[str, Choice]] = MappingProxyType({})

OBSTACLE_OF: Final[Mapping[str, str]] = {"owner": "owner.unresolved", "record": "association.waiting_for_other"}
"""The cause to tell, by what a value refers to that has no match on the other side."""


def merge_pair(
    mapping: CompiledMapping,
    base: Base,
    snapshots: Pair[Snapshot],
    *,
    lookup: Lookup = NOBODY,
    arbiter: Arbiter = ARBITER,
    chosen: Mapping[str, Choice] = NOBODY_CHOSE,
    asleep: Collection[str] = (),
) -> RecordMerge:
    """Decide all mapped fields of two linked records. Never raises.

    base     NO_BASE for a pair that was linked just now
    lookup   who answers to whom, for owners and references
    chosen   by key, whose value counts as a person has said
    asleep   keys of lines that carry nothing for this pair yet (TN-06)
    """
    values, obstacles = _read(mapping, snapshots)
    standing = {
        key: choice
        for key, choice in chosen.items()
        if key in mapping.by_key
        and key not in asleep
        and _stands(mapping.by_key[key], choice, base, snapshots, values, lookup)
    }
    agreed = {} if any(snap.history for snap in snapshots) else _find_agreed(mapping, values, lookup)
    for key in (*standing, *asleep):
        agreed.pop(key, None)
    view = _View(mapping, base, snapshots, values, obstacles, lookup, standing, frozenset(asleep))
    fields = [view.of(line) for key, line in mapping.by_key.items() if key not in agreed]
    sides = {key: choice.side for key, choice in standing.items()}
    decided = merge_record(fields, arbiter=arbiter, chosen=sides).decided
    return RecordMerge(decided=decided, agreed=agreed)


def _stands(
    line: Line,
    choice: Choice,
    base: Base,
    snapshots: Pair[Snapshot],
    values: Pair[dict[str, Value]],
    lookup: Lookup,
) -> bool:
    """Whether nobody has edited the field since the two values met: each side holds what it was left with, or the chosen
    value already (a try that was broken off)."""
    wished = Pair.of(choice.side, choice.value, _sort(line.carry(choice.side, choice.value, lookup))[0])
    return all(
        values[side][line.key] in (choice.left[side], wished[side])
        and find_lost_edit(line, side, snapshots[side], base.read_at[side]) is None
        for side in SIDES
    )


def _find_agreed(mapping: CompiledMapping, values: Pair[dict[str, Value]], lookup: Lookup) -> dict[str, Pair[Value]]:
    """The lines in which both sides agree, whatever their rule: nothing about them needs a closer look.

    The short way for the ordinary record. Without it each field would cost ten times as much, and come to the same.
    """
    hubspot, salesforce = values
    agreed: dict[str, Pair[Value]] = {}
    for key, carry, alike in _list_shortcuts(mapping):
        here, there = hubspot[key], salesforce[key]
        if here is MISSING or there is MISSING:
            continue
        if (
            (here == there and (alike or here is None))
            or carry(Side.HUBSPOT, here, lookup) == there
            or carry(Side.SALESFORCE, there, lookup) == here
        ):
            agreed[key] = Pair(here, there)
    return agreed


SAME_TERMS: Final = frozenset("text cut_text email phone url number money date moment time flag id".split())
"""Codecs by which both sides mean the same by the same canonical value, so that equal values need not be carried."""

_Shortcut = tuple[str, Callable[[Side, Value, Lookup], Carried], bool]


@lru_cache(maxsize=64)
def _list_shortcuts(mapping: CompiledMapping) -> tuple[_Shortcut, ...]:
    """Of each line that is awake: its key, how it carries, and whether equal values always agree."""
    return tuple(
        (line.key, line.codec.carry, line.codec.name in SAME_TERMS) for line in mapping.lines if not line.rule.dormant
    )


def settle_base(
    mapping: CompiledMapping,
    base: Base,
    snapshots: Pair[Snapshot],
    merge: RecordMerge,
    failed: Pair[Collection[str]] = NOTHING_FAILED,
) -> Base:
    """The base once the merge's writes are done, but for those of the keys that failed on a side.

    A side's fingerprint is kept only where nothing was to be written there and nothing is left open: an equal one then
    really means that there is nothing to do. The moment of the read moves on, unless an edit from before it is still to be
    dealt with.
    """
    left_open = merge.needs_another_look or any(failed)
    seen = (
        "" if left_open or merge.writes(side) else mapping.fingerprint(side, snapshots[side].fields) for side in SIDES
    )
    read_at = (base.read_at[side] if merge.loses_sight(side, failed) else snapshots[side].seen_at for side in SIDES)
    rested = {key: base.fields[key] for key in mapping.resting if key in base.fields}
    return Base(fields=rested | merge.settle(failed), seen=Pair(*seen), read_at=Pair(*read_at))


_Obstacles = Mapping[tuple[Side, str], str]
"""By side and the vendor's field name, the cause why a value cannot be read."""


def _read(mapping: CompiledMapping, snapshots: Pair[Snapshot]) -> tuple[Pair[dict[str, Value]], _Obstacles]:
    hubspot, bad_hubspot = mapping.canonical(Side.HUBSPOT, snapshots.hubspot.fields)
    salesforce, bad_salesforce = mapping.canonical(Side.SALESFORCE, snapshots.salesforce.fields)
    bad = (*bad_hubspot, *bad_salesforce)
    return Pair(hubspot, salesforce), {(p.side, name): p.cause for p in bad for name in p.fields}


@dataclass(frozen=True, slots=True)
class _View:
    """All that is known of a pair of records, from which each line's field is put together."""

    mapping: CompiledMapping
    base: Base
    snapshots: Pair[Snapshot]
    values: Pair[dict[str, Value]]
    obstacles: _Obstacles
    lookup: Lookup
    chosen: Mapping[str, Choice]
    asleep: frozenset[str]

    def of(self, line: Line) -> Field:
        key, base, snapshots = line.key, self.base, self.snapshots
        held = Pair(self.values.hubspot[key], self.values.salesforce[key])
        agreed = base.fields.get(key)
        edits = Pair(*(find_lost_edit(line, side, snapshots[side], base.read_at[side]) for side in SIDES))
        now = self._find_now(line, held, edits)
        changed = self._find_changed(line, held, now)
        unread = Pair(*(self.obstacles.get((side, line.names[side]), "") for side in SIDES))
        carried, obstacle = _carry(line, now, unread, self.lookup)
        return Field(
            key=key,
            names=line.names,
            rule=line.update_rule,
            now=now,
            held=held,
            carried=carried,
            base=agreed,
            changed=changed,
            changed_at=Pair(*(_find_span(line, side, snapshots[side], base, edits[side]) for side in SIDES)),
            obstacle=obstacle,
            writable=line.writable,
            policy=line.policy,
            put_back=Pair(*(_is_put_back(line, s, snapshots[s], base.read_at[s]) for s in SIDES)),
            dormant=line.rule.dormant or key in self.asleep,
        )

    def _find_changed(self, line: Line, held: Pair[Value], now: Pair[Value]) -> Pair[bool] | None:
        """Which sides somebody else has changed: by their values, and by the field's own history where that is at hand."""
        if now is not held:
            return Pair(True, True)  # our write carried the other side's change over the edit
        seen = [(side, self.snapshots[side], self.base.read_at[side]) for side in SIDES]
        ours = Pair(*(_is_ours(line, side, snap, read_at) for side, snap, read_at in seen))
        changed = diff_field(self.base.fields.get(line.key), now, ours)
        if changed is not None:
            for side, snap, read_at in seen:
                if _was_set_since(line, side, snap, read_at):
                    changed = changed.put(side, True)
        return changed

    def _find_now(self, line: Line, held: Pair[Value], edits: Pair[tuple[Value, datetime] | None]) -> Pair[Value]:
        """What counts as each side's value: an edit that our write covered, or the value that a person has chosen."""
        now = held
        for side in SIDES:
            if (edit := edits[side]) is not None:
                now = now.put(side, edit[0])
        choice = self.chosen.get(line.key)
        return now if choice is None else now.put(choice.side, choice.value)


def find_lost_edit(
    line: Line, side: Side, snapshot: Snapshot, read_at: datetime | None
) -> tuple[Value, datetime] | None:
    """Somebody's edit that our own write covered: made after the read on which the write rested. (value, moment), or None.

    Known only where the vendor keeps past versions, and they were asked for. An edit that was undone by its author before
    our write, or that cannot be read, is none.
    """
    edit = _find_edit_under_ours(line, side, snapshot, read_at)
    if edit is None:
        return None
    try:
        value = line.codec.read(side, edit.value)
        covering = line.codec.read(side, snapshot.history[line.names[side]][0].value)
    except UnreadableValue:
        return None
    return None if value == covering else (value, edit.at)


def _find_edit_under_ours(line: Line, side: Side, snapshot: Snapshot, read_at: datetime | None) -> Version | None:
    """Somebody's last version since that read, where our own writing stands above it."""
    versions = snapshot.history.get(line.names[side], ())
    if read_at is None or not versions or not versions[0].by_us:
        return None
    edit = next((version for version in versions if not version.by_us), None)
    return edit if edit is not None and edit.at > read_at else None


def _is_ours(line: Line, side: Side, snapshot: Snapshot, read_at: datetime | None) -> bool:
    """Whether we alone wished for what stands there: an edit that we have put back is its author's again."""
    versions = snapshot.history.get(line.names[side], ())
    return bool(versions) and versions[0].by_us and not _is_put_back(line, side, snapshot, read_at)


def _is_put_back(line: Line, side: Side, snapshot: Snapshot, read_at: datetime | None) -> bool:
    edit = _find_edit_under_ours(line, side, snapshot, read_at)
    return edit is not None and edit.value == snapshot.history[line.names[side]][0].value


def _was_set_since(line: Line, side: Side, snapshot: Snapshot, read_at: datetime | None) -> bool:
    """Whether somebody has set the field since that read, be it to what the base says: over a write of ours that landed
    and was not recorded, say. Known only by its history."""
    versions = snapshot.history.get(line.names[side], ())
    return bool(versions) and read_at is not None and not versions[0].by_us and versions[0].at > read_at


def _find_span(
    line: Line, side: Side, snapshot: Snapshot, base: Base, edit: tuple[Value, datetime] | None
) -> Span | None:
    """When the field was set: by its own history; else, with a base, no later than the record's own stamp.

    The last read is no lower bound: a field that was left open then may have changed before it.
    """
    if edit is not None:
        return Span.at(edit[1])
    versions: tuple[Version, ...] = snapshot.history.get(line.names[side], ())
    if versions:
        put_back = _is_put_back(line, side, snapshot, base.read_at[side])
        author = _find_edit_under_ours(line, side, snapshot, base.read_at[side]) if put_back else None
        return Span.at((author or versions[0]).at)
    return Span(LONG_AGO, snapshot.modified_at) if line.key in base.fields else None


def _carry(line: Line, now: Pair[Value], obstacle: Pair[str], lookup: Lookup) -> tuple[Pair[Value], Pair[str]]:
    """What each side's value would be on the other, and why not where it cannot be."""
    carried = now
    for side in SIDES:
        value, cause = _sort(line.carry(side, now[side], lookup))
        carried = carried.put(side, value)
        if cause and not obstacle[side]:
            obstacle = obstacle.put(side, cause)
    return carried, obstacle


def _sort(carried: Carried) -> tuple[Value, str]:
    match carried:
        case Unfit(cause=cause):
            return MISSING, cause
        case Unresolved(what=what):
            return MISSING, OBSTACLE_OF[what]
        case _:
            return carried, ""
