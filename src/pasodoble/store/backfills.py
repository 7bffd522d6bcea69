"""Backfills: at most one of a connection is under way. What a step of it does is the engine's."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import insert, select, update

from pasodoble.errors import StoreError
from pasodoble.model.backfill import ENDED, Backfill, BackfillState, KindProgress, Progress
from pasodoble.model.ref import Kind
from pasodoble.store.columns import Json, read_moment, spell_moment
from pasodoble.store.scope import AnyRow, Scope
from pasodoble.store.tables import backfills

COLUMNS = (
    backfills.c.id,
    backfills.c.run_id,
    backfills.c.kinds,
    backfills.c.state,
    backfills.c.started_at,
    backfills.c.ended_at,
    backfills.c.per_minute,
    backfills.c.trouble,
    backfills.c.progress,
)


class SqlBackfills:
    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._mine = backfills.c.connection_id == scope.connection_id

    def begin(self, run_id: int, kinds: Sequence[Kind], per_minute: int | None, now: datetime) -> int:
        """Raises StoreError where one is under way."""
        known = self.load()
        if known is not None and known.active:
            raise StoreError(f"a backfill is {known.state} already", next_step="pasodoble backfill status")
        row = {
            "connection_id": self._scope.connection_id,
            "run_id": run_id,
            "kinds": list(kinds),
            "state": BackfillState.WALKING,
            "started_at": now,
            "per_minute": per_minute,
            "trouble": "",
            "progress": _spell(Progress()),
        }
        id: int = self._scope.sql.execute(insert(backfills).returning(backfills.c.id), row).scalar_one()
        return id

    def load(self) -> Backfill | None:
        """The latest, whatever its state."""
        query = select(*COLUMNS).where(self._mine).order_by(backfills.c.id.desc()).limit(1)
        row = self._scope.sql.execute(query).first()
        return None if row is None else _read(row)

    def covers(self, kind: Kind) -> bool:
        """Whether one is under way whose work the least urgent marks of this kind are."""
        active = select(backfills.c.kinds).where(self._mine, backfills.c.state.not_in(sorted(ENDED)))
        return any(kind in kinds for kinds in self._scope.sql.execute(active).scalars())

    def move(
        self, id: int, state: BackfillState, now: datetime, *, only_from: Collection[BackfillState], trouble: str = ""
    ) -> bool:
        """Into another state, if it is in one of those; gives whether it was."""
        moved = self._scope.sql.execute(
            update(backfills)
            .where(self._scope.owns(backfills), backfills.c.id == id, backfills.c.state.in_(sorted(only_from)))
            .values(state=state, trouble=trouble, ended_at=now if state in ENDED else None)
        )
        return moved.rowcount == 1

    def throttle(self, id: int, per_minute: int | None) -> None:
        self._scope.sql.execute(
            update(backfills).where(self._scope.owns(backfills), backfills.c.id == id).values(per_minute=per_minute)
        )

    def note(self, id: int, progress: Progress) -> None:
        self._scope.sql.execute(
            update(backfills).where(self._scope.owns(backfills), backfills.c.id == id).values(progress=_spell(progress))
        )


def _read(row: AnyRow) -> Backfill:
    id, run_id, kinds, state, started_at, ended_at, per_minute, trouble, progress = row
    return Backfill(
        id=id,
        run_id=run_id,
        kinds=tuple(kinds),
        state=state,
        started_at=started_at,
        ended_at=ended_at,
        per_minute=per_minute,
        trouble=trouble,
        progress=_read_progress(progress),
    )


def _spell(progress: Progress) -> Json:
    return {
        "kinds": {
            kind: {
                "walked": of.walked,
                "marked": of.marked,
                "done": of.done,
                "linked": of.linked,
                "problems": of.problems,
                "written": dict(of.written),
            }
            for kind, of in progress.kinds.items()
        },
        "walks": sorted(progress.walks),
        "walked_at": None if progress.walked_at is None else spell_moment(progress.walked_at),
        "samples": [[spell_moment(at), done] for at, done in progress.samples],
        "calls": dict(progress.calls),
        "released": progress.released,
    }


def _read_progress(spelled: Json) -> Progress:
    return Progress(
        kinds={kind: KindProgress(**numbers) for kind, numbers in spelled["kinds"].items()},
        walks=frozenset(spelled["walks"]),
        walked_at=None if spelled["walked_at"] is None else read_moment(spelled["walked_at"]),
        samples=tuple((read_moment(at), done) for at, done in spelled["samples"]),
        calls=spelled["calls"],
        released=spelled["released"],
    )
