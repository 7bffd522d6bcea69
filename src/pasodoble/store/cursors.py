"""Where each look left off, and small facts about the connection. What a cursor means only its connector knows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from pasodoble.ports import Cursor
from pasodoble.store.scope import Scope
from pasodoble.store.tables import cursors


class SqlCursors:
    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._mine = cursors.c.connection_id == scope.connection_id

    def load(self, name: str) -> Cursor | None:
        cursor: Cursor | None = self._scope.sql.execute(
            select(cursors.c.document).where(self._mine, cursors.c.name == name)
        ).scalar()
        return cursor

    def save(self, name: str, cursor: Cursor, now: datetime) -> None:
        insert = self._scope.insert(cursors)
        replace = insert.on_conflict_do_update(
            index_elements=[cursors.c.connection_id, cursors.c.name],
            set_={"document": insert.excluded.document, "at": insert.excluded.at},
        )
        row = {"connection_id": self._scope.connection_id, "name": name, "document": dict(cursor), "at": now}
        self._scope.sql.execute(replace, row)

    def clear(self, name: str) -> None:
        self._scope.sql.execute(delete(cursors).where(self._mine, cursors.c.name == name))
