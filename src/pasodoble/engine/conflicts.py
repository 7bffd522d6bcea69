"""Conflicts from the cycle's side: which a batch has opened, which it has settled, and what a first sync replaced.

How a field is decided is `reconcile`'s, what a person may ask for is `service/choosing`'s; neither belongs here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from pasodoble.engine.lines import WOKEN
from pasodoble.mapping.apply import CompiledMapping
from pasodoble.model.conflict import Clash
from pasodoble.model.record import Snapshot
from pasodoble.model.ref import Kind
from pasodoble.model.side import SIDES, Pair, Side
from pasodoble.model.verdict import Conflict, Take
from pasodoble.planner.plan import CHOSEN
from pasodoble.ports import ConflictRow, Transaction
from pasodoble.reconcile.reasons import WHY, Why
from pasodoble.reconcile.record import FieldMerge

if TYPE_CHECKING:
    from pasodoble.engine.decide import Decision

FIRST = frozenset(WHY[why, side] for why in (Why.FIRST_LEADS, Why.FIRST_NEWER, Why.FIRST_TIE) for side in SIDES)
"""Reasons for which a first sync replaces values: there are as many as records, so a sum a field stands for them all."""


def name_first(kind: Kind) -> str:
    """The cursor under which the sums of a kind's first sync are kept."""
    return f"first_sync:{kind}"


class ConflictBook:
    """What one batch has to say of conflicts, written down in its transaction."""

    def __init__(self, tx: Transaction, now: datetime) -> None:
        self._tx = tx
        self._now = now
        self._replaced: dict[Kind, Counter[tuple[str, Side]]] = {}

    def note(self, decision: Decision, failed: Mapping[Side, Collection[str]]) -> None:
        """Open what has met and close what is over. `failed`: keys whose write did not come to pass; they stay as they were."""
        job, merge, mapping, snapshots = decision.job, decision.merge, decision.mapping, decision.snapshots
        if job.conflicts and decision.retire is not None:
            self._tx.conflicts.close([row.id for row in job.conflicts])
        if job.link is None or merge is None or mapping is None or snapshots is None:
            return
        settled = merge.contested if not job.conflicts else tuple(merge.fields.values())
        by_key = {f.key: f for f in settled if not any(f.key in failed[side] and f.writes(side) for side in SIDES)}
        rows = {row.clash.key: row for row in job.conflicts}
        over = [row.id for key, row in rows.items() if key in by_key and is_over(row, by_key[key])]
        opened = [f for f in by_key.values() if f.contested and not _is_known(rows.get(f.key), f)]
        is_first = not job.base.fields or any(WOKEN in mark.triggers for mark in job.marks)
        first = [f for f in opened if is_first and f.verdict.reason in FIRST]
        self._sum_first(job.kind, first)
        clashes = [_make_clash(f, mapping, snapshots) for f in opened if f not in first]
        self._tx.conflicts.close(over)
        if clashes:
            self._tx.conflicts.open(job.kind, job.link.id, clashes, self._now)

    def _sum_first(self, kind: Kind, fields: Collection[FieldMerge]) -> None:
        if fields:
            sums = self._replaced.setdefault(kind, Counter())
            sums.update((f.key, side) for f in fields for side in f.lost)

    def save(self) -> None:
        """Add what a first sync has replaced to the sums that are kept."""
        for kind, new in self._replaced.items():
            kept = dict(self._tx.cursors.load(name_first(kind)) or {})
            for (key, side), count in new.items():
                name = f"{side} {key}"
                kept[name] = int(kept.get(name) or 0) + count
            self._tx.cursors.save(name_first(kind), kept, self._now)


def _is_known(row: ConflictRow | None, f: FieldMerge) -> bool:
    """Whether nothing has changed about a conflict that waits for a person."""
    return row is not None and isinstance(f.verdict, Conflict) and row.clash.values == f.wished


def is_over(row: ConflictRow, f: FieldMerge) -> bool:
    """Whether an open conflict is settled: as a person chose, or because the field has moved on since."""
    if f.contested:
        return False
    if f.verdict.reason in CHOSEN or (row.chosen is not None and not f.is_open):
        return True
    return not f.is_open and f.after != row.clash.left


def _make_clash(f: FieldMerge, mapping: CompiledMapping, snapshots: Pair[Snapshot]) -> Clash:
    line = mapping.by_key[f.key]
    origins = Pair(*(_find_origin(snapshots[side], line.names[side]) for side in SIDES))
    return Clash(
        key=f.key,
        names=line.names,
        values=f.wished,
        left=f.after,
        rule=line.update_rule,
        reason=f.verdict.reason,
        taken=f.verdict.side if isinstance(f.verdict, Take) else None,
        set_at=origins.map(lambda origin: origin[0]),
        authors=origins.map(lambda origin: origin[1]),
    )


def _find_origin(snapshot: Snapshot, name: str) -> tuple[datetime, str]:
    """When the field was set and by whom: a person's version of it goes before one that we wrote over it."""
    versions = snapshot.history.get(name, ())
    version = next((v for v in versions if not v.by_us), versions[0] if versions else None)
    return (version.at, version.author) if version is not None else (snapshot.modified_at, snapshot.modified_by)
