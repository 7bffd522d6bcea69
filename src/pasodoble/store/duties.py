"""Duties: which errands a connection has, whether one is wanted, when it falls due, and until when it rests.

Level-triggered: asking moves `requested`, a finished run moves `done` up to what it has seen. So nothing that is asked for
during a run is lost, and an engine that forgot everything begins where the rows say. Running errands is the runner's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import case, select, update

from pasodoble.model.errand import Errand, parse_errand
from pasodoble.ports import Duty
from pasodoble.store.scope import Scope
from pasodoble.store.tables import duties


class SqlDuties:
    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._mine = duties.c.connection_id == scope.connection_id

    def load(self) -> dict[Errand, Duty]:
        """All there are, by errand."""
        columns = (duties.c.requested, duties.c.done, duties.c.due_at, duties.c.rests_until, duties.c.trouble)
        rows = self._scope.sql.execute(select(duties.c.errand, *columns).where(self._mine).order_by(duties.c.errand))
        return {
            parse_errand(errand): Duty(
                requested=requested, done=done, due_at=due_at, rests_until=rests_until, trouble=trouble
            )
            for errand, requested, done, due_at, rests_until, trouble in rows
        }

    def request(self, errand: Errand) -> None:
        """It is wanted, once more."""
        insert = self._scope.insert(duties)
        asked = insert.on_conflict_do_update(
            index_elements=[duties.c.connection_id, duties.c.errand],
            set_={"requested": duties.c.requested + 1, "rests_until": None},
        )
        self._scope.sql.execute(asked, self._row(errand, requested=1))

    def plan(self, errand: Errand, due_at: datetime) -> None:
        """It falls due then, if nothing was planned yet."""
        insert = self._scope.insert(duties)
        planned = insert.on_conflict_do_update(
            index_elements=[duties.c.connection_id, duties.c.errand],
            set_={"due_at": case((duties.c.due_at.is_(None), insert.excluded.due_at), else_=duties.c.due_at)},
        )
        self._scope.sql.execute(planned, self._row(errand, due_at=due_at))

    def take_turn(self, errand: Errand, due_at: datetime | None, next_at: datetime) -> bool:
        """Move the due moment on, if it is still `due_at`: of several who see it fall due, one takes the turn."""
        moved = self._scope.sql.execute(
            update(duties)
            .where(self._mine, duties.c.errand == str(errand), duties.c.due_at == due_at)
            .values(due_at=next_at)
            .returning(duties.c.errand)
        )
        return moved.first() is not None

    def finish(self, errand: Errand, seen: int, *, rests_until: datetime | None = None, trouble: str = "") -> None:
        """A run has done what was asked for up to `seen`."""
        insert = self._scope.insert(duties)
        done = insert.on_conflict_do_update(
            index_elements=[duties.c.connection_id, duties.c.errand],
            set_={
                "done": case((duties.c.done < insert.excluded.done, insert.excluded.done), else_=duties.c.done),
                "rests_until": insert.excluded.rests_until,
                "trouble": insert.excluded.trouble,
            },
        )
        row = self._row(errand, requested=seen, done=seen, rests_until=rests_until, trouble=trouble)
        self._scope.sql.execute(done, row)

    def _row(self, errand: Errand, **more: Any) -> Mapping[str, Any]:
        blank = {"requested": 0, "done": 0, "due_at": None, "rests_until": None, "trouble": ""}
        return {"connection_id": self._scope.connection_id, "errand": str(errand)} | blank | more
