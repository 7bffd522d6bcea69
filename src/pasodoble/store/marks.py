"""Dirty marks: records that are to be looked at again. What is then done with them is the engine's."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ClauseElement, Table, bindparam, case, delete, func, insert, select, text, update

from pasodoble.model.ref import Kind, Ref
from pasodoble.model.signal import Mark, Urgency
from pasodoble.ports import NewMark
from pasodoble.store.columns import Json, read_moment, read_ref, spell_moment, spell_ref
from pasodoble.store.scope import AnyRow, Bulk, Keyed, Scope
from pasodoble.store.tables import marks, tickets

URGENCIES: Final = {int(urgency): urgency for urgency in Urgency}
LOAD: Final = Keyed(
    "SELECT kind, ref, sequence, urgency, triggers, first_at, due_at, attempts FROM marks"
    " WHERE connection_id = :connection AND ref IN (SELECT w.value FROM {keys})"
)
TAKE: Final = text(
    "SELECT kind, ref, sequence, urgency, triggers, first_at, due_at, attempts FROM marks"
    " WHERE connection_id = :connection AND kind = :kind AND urgency = :urgency AND due_at <= :now"
    " ORDER BY due_at, first_at LIMIT :limit"
)


def _put(insert: Callable[[Table], Any]) -> ClauseElement:
    """Insert, or merge into the mark that is there."""
    new = insert(marks)
    put = new.excluded
    known = ("," + marks.c.triggers + ",").like("%," + put.triggers + ",%")
    merged: ClauseElement = new.on_conflict_do_update(
        index_elements=[marks.c.connection_id, marks.c.ref],
        set_={
            "sequence": put.sequence,
            "urgency": case((put.urgency < marks.c.urgency, put.urgency), else_=marks.c.urgency),
            "triggers": case((known, marks.c.triggers), else_=marks.c.triggers + "," + put.triggers),
            "due_at": case((put.due_at < marks.c.due_at, put.due_at), else_=marks.c.due_at),
        },
    )
    return merged


PUT: Final = Bulk(_put, "connection_id ref kind sequence urgency triggers first_at due_at attempts".split())
CLEAR: Final = Bulk(
    lambda _: delete(marks).where(
        marks.c.connection_id == bindparam("its_connection"),
        marks.c.ref == bindparam("its_ref"),
        marks.c.sequence == bindparam("taken_at"),
    ),
    ("its_connection", "its_ref", "taken_at"),
)


class SqlMarks:
    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._mine = marks.c.connection_id == scope.connection_id

    def put(self, marks: Sequence[NewMark], now: datetime) -> None:
        """A mark that waits for a later moment comes due earlier by this, never later."""
        sequence = self._next_sequence() if marks else 0
        for round in _rounds(marks):
            PUT.run(self._scope, [self._spell(new, sequence, now) for new in round])

    def _next_sequence(self) -> int:
        ticket: int = self._scope.sql.execute(insert(tickets).returning(tickets.c.id)).scalar_one()
        self._scope.sql.execute(delete(tickets).where(tickets.c.id == ticket))
        return ticket

    def _spell(self, new: NewMark, sequence: int, now: datetime) -> tuple[Json, ...]:
        """In the order of PUT's parameters."""
        at = spell_moment(now)
        due_at = at if new.due_at is None else max(at, spell_moment(new.due_at))
        ref, mine = spell_ref(new.ref), self._scope.connection_id
        return mine, ref, new.kind, sequence, int(new.urgency), new.trigger, at, due_at, 0

    def take(
        self,
        kind: Kind,
        limit: int,
        now: datetime,
        *,
        urgency: Urgency = Urgency.BACKFILL,
        most_urgent: Urgency = Urgency.MANUAL,
    ) -> list[Mark]:
        """One range of the index for each urgency, until there are enough."""
        taken: list[Mark] = []
        for this in sorted(Urgency):
            if most_urgent <= this <= urgency and len(taken) < limit:
                taken += self._take_of(kind, this, now, limit - len(taken))
        return taken

    def _take_of(self, kind: Kind, urgency: Urgency, now: datetime, limit: int) -> list[Mark]:
        given = {"kind": kind, "urgency": int(urgency), "now": spell_moment(now), "limit": limit}
        rows = self._scope.sql.execute(TAKE, {"connection": self._scope.connection_id, **given}).all()
        return [_read_mark(row) for row in rows]

    def load(self, refs: Collection[Ref]) -> dict[Ref, Mark]:
        rows = LOAD.run(self._scope, [spell_ref(ref) for ref in refs])
        return {mark.ref: mark for mark in map(_read_mark, rows)}

    def clear(self, marks: Collection[Mark]) -> None:
        mine = self._scope.connection_id
        CLEAR.run(self._scope, sorted((mine, spell_ref(mark.ref), mark.sequence) for mark in marks))

    def defer(self, until: Mapping[Ref, tuple[int, datetime]]) -> None:
        rows = [{"this": ref, "taken_at": sequence, "later": due_at} for ref, (sequence, due_at) in until.items()]
        if rows:
            self._scope.sql.execute(
                update(marks)
                .where(
                    self._mine,
                    marks.c.ref == bindparam("this", type_=marks.c.ref.type),
                    marks.c.sequence == bindparam("taken_at"),
                )
                .values(attempts=marks.c.attempts + 1, due_at=bindparam("later", type_=marks.c.due_at.type)),
                rows,
            )

    def make_due(self, kind: Kind, now: datetime) -> int:
        done = self._scope.sql.execute(
            update(marks).where(self._mine, marks.c.kind == kind, marks.c.due_at > now).values(due_at=now)
        )
        return done.rowcount

    def count(self, kind: Kind | None = None) -> int:
        conditions = [self._mine] if kind is None else [self._mine, marks.c.kind == kind]
        return self._scope.sql.execute(select(func.count()).select_from(marks).where(*conditions)).scalar_one()

    def next_due_at(self) -> datetime | None:
        earliest: datetime | None = self._scope.sql.execute(
            select(marks.c.due_at).where(self._mine).order_by(marks.c.due_at).limit(1)
        ).scalar()
        return earliest


def _rounds(new_marks: Sequence[NewMark]) -> Iterator[list[NewMark]]:
    """In each round every record at most once, sorted: no statement meets itself, and no two workers deadlock."""
    rest: Sequence[NewMark] = new_marks
    while rest:
        round: dict[Ref, NewMark] = {}
        again = []
        for new in rest:
            if new.ref in round:
                again.append(new)
            else:
                round[new.ref] = new
        yield [round[ref] for ref in sorted(round)]
        rest = again


def _read_mark(row: AnyRow) -> Mark:
    kind, ref, sequence, urgency, triggers, first_at, due_at, attempts = row
    return Mark(
        kind=kind,
        ref=read_ref(ref),
        sequence=sequence,
        urgency=URGENCIES[urgency],
        triggers=tuple(triggers.split(",")),
        first_at=read_moment(first_at),
        due_at=read_moment(due_at) if due_at > first_at else None,
        attempts=attempts,
    )
