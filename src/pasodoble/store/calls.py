"""API calls that were made or set aside, by hour, side and purpose; and where each rate window stands.

How many may be made is the engine's matter.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from pasodoble.model.side import Side
from pasodoble.ports import Calls
from pasodoble.store.scope import Scope
from pasodoble.store.tables import api_windows, calls


class SqlCalls:
    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._mine = calls.c.connection_id == scope.connection_id

    def add(self, side: Side, purpose: str, hour: datetime, count: int) -> None:
        """`count` may be negative: what was set aside and not used."""
        insert = self._scope.insert(calls)
        more = insert.on_conflict_do_update(
            index_elements=[calls.c.connection_id, calls.c.hour, calls.c.side, calls.c.purpose],
            set_={"count": calls.c.count + insert.excluded.count},
        )
        row = {"connection_id": self._scope.connection_id, "side": side, "purpose": purpose, "hour": hour}
        self._scope.sql.execute(more, row | {"count": count})

    def load(self, since: datetime) -> list[Calls]:
        """By hour, from `since` on, oldest first."""
        query = (
            select(calls.c.hour, calls.c.side, calls.c.purpose, calls.c.count)
            .where(self._mine, calls.c.hour >= since)
            .order_by(calls.c.hour, calls.c.side, calls.c.purpose)
        )
        return [
            Calls(hour=hour, side=side, purpose=purpose, count=n)
            for hour, side, purpose, n in self._scope.sql.execute(query)
        ]

    def sweep(self, before: datetime) -> None:
        self._scope.sql.execute(delete(calls).where(self._mine, calls.c.hour < before))

    def hold_windows(self, side: Side, names: Collection[str]) -> dict[str, Mapping[str, Any]]:
        """Where these windows stand. Until the transaction ends nobody else gets past here, so that none is spent twice."""
        insert = self._scope.insert(api_windows)
        rows = [{"connection_id": self._scope.connection_id, "side": side, "name": name} for name in sorted(names)]
        self._scope.sql.execute(insert.on_conflict_do_nothing(), [row | {"document": {}} for row in rows])
        query = (
            select(api_windows.c.name, api_windows.c.document)
            .where(
                api_windows.c.connection_id == self._scope.connection_id,
                api_windows.c.side == side,
                api_windows.c.name.in_(names),
            )
            .order_by(api_windows.c.name)
            .with_for_update()
        )
        return {row.name: row.document for row in self._scope.sql.execute(query)}

    def save_windows(self, side: Side, windows: Mapping[str, Mapping[str, Any]]) -> None:
        insert = self._scope.insert(api_windows)
        replace = insert.on_conflict_do_update(
            index_elements=[api_windows.c.connection_id, api_windows.c.side, api_windows.c.name],
            set_={"document": insert.excluded.document},
        )
        rows = [
            {"connection_id": self._scope.connection_id, "side": side, "name": name, "document": dict(document)}
            for name, document in sorted(windows.items())
        ]
        if rows:
            self._scope.sql.execute(replace, rows)
