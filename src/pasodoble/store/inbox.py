"""What a vendor sent us by itself, as it came: kept before it is answered, taken out once its marks are put.

What a message means does not belong here (`connectors/<vendor>/signals`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, insert, select, update

from pasodoble.ports import Letter
from pasodoble.store.scope import Scope
from pasodoble.store.tables import inbox

MOST_ASIDE: Final = 100
"""Unreadable letters that are kept for a person to look at; older ones go."""


class SqlInbox:
    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._mine = inbox.c.connection_id == scope.connection_id

    def put(self, bodies: Sequence[str], now: datetime) -> None:
        rows = [{"connection_id": self._scope.connection_id, "body": body, "at": now, "trouble": ""} for body in bodies]
        if rows:
            self._scope.sql.execute(insert(inbox), rows)

    def take(self, limit: int) -> list[Letter]:
        """The oldest that nobody else is at just now. They stay until removed."""
        rows = self._scope.sql.execute(
            select(inbox.c.id, inbox.c.body, inbox.c.at)
            .where(self._mine, inbox.c.trouble == "")
            .order_by(inbox.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return [Letter(id=id, body=body, at=at) for id, body, at in rows]

    def remove(self, ids: Collection[int]) -> None:
        if ids:
            self._scope.sql.execute(delete(inbox).where(self._mine, inbox.c.id.in_(ids)))

    def put_aside(self, id: int, trouble: str) -> None:
        self._scope.sql.execute(update(inbox).where(self._mine, inbox.c.id == id).values(trouble=trouble or "?"))
        kept = select(inbox.c.id).where(self._mine, inbox.c.trouble != "").order_by(inbox.c.id.desc()).limit(MOST_ASIDE)
        self._scope.sql.execute(delete(inbox).where(self._mine, inbox.c.trouble != "", inbox.c.id.not_in(kept)))

    def load_aside(self) -> list[Letter]:
        rows = self._scope.sql.execute(
            select(inbox.c.id, inbox.c.body, inbox.c.at, inbox.c.trouble)
            .where(self._mine, inbox.c.trouble != "")
            .order_by(inbox.c.id.desc())
        )
        return [Letter(id=id, body=body, at=at, trouble=trouble) for id, body, at, trouble in rows]

    def count(self) -> int:
        """How many wait to be read."""
        query = select(func.count()).select_from(inbox).where(self._mine, inbox.c.trouble == "")
        return self._scope.sql.execute(query).scalar_one()
