"""Conflicts that are open: both values, who set them and when; and the choice of a person, carried out by the cycle.

What a clash is, and when one is over, is not decided here (`engine/conflicts`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pasodoble.engine.conflicts import name_first
from pasodoble.engine.connected import Connected
from pasodoble.engine.cycle import Scope
from pasodoble.engine.service.finding import NotFound, find_known
from pasodoble.engine.service.syncing import RunResult, ask_for, sync
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.settings import Connection
from pasodoble.model.side import SIDES, Pair, Side
from pasodoble.ports import ConflictRow, Store

FORMAT_VERSION = 1
CHOSEN = "manual_record"
"""A choice is a person's wish about a record, and goes ahead of everything else."""
ALL = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstSum:
    """What the first sync of a kind has replaced in one field: a number of values a side, kept one by one in the history."""

    kind: Kind
    key: str
    replaced: Pair[int]

    def document(self) -> dict[str, object]:
        replaced = {side.value: self.replaced[side] for side in SIDES}
        return {"format_version": FORMAT_VERSION, "kind": self.kind, "field": self.key, "first_sync_replaced": replaced}


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A choice that was carried out, as far as it could be. `open`: conflicts that are still there (`why` says why)."""

    result: RunResult
    settled: int
    open: tuple[ConflictRow, ...]

    def document(self) -> dict[str, object]:
        """The versioned document of `conflicts resolve --json`."""
        return {**self.result.document, "settled": self.settled, "open": [spell_conflict(row) for row in self.open]}


def list_conflicts(
    settings: Connection, store: Store, *, limit: int = 50, before_id: int | None = None
) -> list[ConflictRow]:
    """Those that are open, newest first."""
    with store.transaction(settings.name, read_only=True) as tx:
        return tx.conflicts.load_recent(limit=limit, before_id=before_id)


def sum_first_sync(settings: Connection, store: Store) -> list[FirstSum]:
    """By kind and field, how many values a first sync has replaced on each side: one sum, not a conflict a record."""
    sums: dict[tuple[Kind, str], Pair[int]] = defaultdict(lambda: Pair(0, 0))
    with store.transaction(settings.name, read_only=True) as tx:
        for kind in settings.objects:
            for name, count in (tx.cursors.load(name_first(kind)) or {}).items():
                side, _, key = name.partition(" ")
                sums[kind, key] = sums[kind, key].put(Side(side), int(count or 0))
    return [FirstSum(kind=kind, key=key, replaced=replaced) for (kind, key), replaced in sorted(sums.items())]


def choose_conflicts(
    settings: Connection, store: Store, record: str, fields: Collection[str] = ()
) -> list[ConflictRow]:
    """The open conflicts that a person means: `#12`, or a record's, all or in these fields (by either side's name).

    Raises NotFound where there is none.
    """
    number = record.removeprefix("#")
    with store.transaction(settings.name, read_only=True) as tx:
        if record.startswith("#") and number.isdigit():
            rows = tx.conflicts.load_recent(ids=[int(number)])
        else:
            found = find_known(settings, store, record)
            links = tx.links.load([ref for ref in found.refs if ref is not None]) if found is not None else {}
            rows = [row for of in tx.conflicts.load({link.id for link in links.values()}).values() for row in of]
    known = {name for row in rows for name in (row.clash.key, *row.clash.names)}
    unknown = sorted(set(fields) - known)
    if not rows or unknown:
        where = f" in {unknown[0]}" if unknown else ""
        raise NotFound(f"{record} has no open conflict{where}", next_step="pasodoble conflicts")
    return [row for row in rows if not fields or {row.clash.key, *row.clash.names} & set(fields)]


async def resolve(at: Connected, rows: Sequence[ConflictRow], side: Side, *, actor: str) -> Resolved:
    """`side`'s value counts in these conflicts: kept durably, then carried out by a run about their records.

    Where somebody has edited the field since, that edit counts, and the conflict is over without a write of ours. What
    cannot be carried out now (a side that refuses, a field that may not be written) stays chosen, and open.
    """
    by_kind = keep_choice(at.settings, at.store, rows, side, actor=actor)
    for kind, refs in by_kind.items():
        ask_for(at, kind, refs, CHOSEN)
    scope = Scope(kinds=tuple(by_kind), refs=set().union(*by_kind.values()))
    result = await sync(at, scope, what="resolve")
    with at.store.transaction(at.settings.name, read_only=True) as tx:
        left = tx.conflicts.load_recent(ids=[row.id for row in rows], limit=ALL)
    return Resolved(result=result, settled=len(rows) - len(left), open=tuple(left))


def keep_choice(
    settings: Connection, store: Store, rows: Sequence[ConflictRow], side: Side, *, actor: str
) -> dict[Kind, set[Ref]]:
    """Keep that `side`'s value counts; gives the records that are to be asked for, by kind."""
    with store.transaction(settings.name) as tx:
        tx.conflicts.choose(dict.fromkeys((row.id for row in rows), side), actor)
    by_kind: dict[Kind, set[Ref]] = defaultdict(set)
    for row in rows:
        by_kind[row.kind].update(ref for ref in row.refs if ref is not None)
    return by_kind


def spell_conflict(row: ConflictRow) -> dict[str, object]:
    """The versioned document of one conflict, in `conflicts --json`."""
    clash = row.clash
    return {
        "format_version": FORMAT_VERSION,
        "id": row.id,
        "kind": row.kind,
        "label": row.label,
        "records": {side.value: None if (ref := row.refs[side]) is None else str(ref) for side in SIDES},
        "field": {side.value: clash.names[side] for side in SIDES},
        "values": {side.value: clash.values[side] for side in SIDES},
        "set_at": {side.value: None if (at := clash.set_at[side]) is None else at.isoformat() for side in SIDES},
        "authors": {side.value: clash.authors[side] for side in SIDES},
        "rule": clash.rule.value,
        "reason": clash.reason.id,
        "winner": None if clash.taken is None else clash.taken.value,
        "chosen": None if row.chosen is None else row.chosen.value,
        "at": row.at.isoformat(),
    }
