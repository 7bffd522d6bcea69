"""Runs of the cycle and their reports. What goes into a report is the engine's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import insert, select, update

from pasodoble.ports import RunRow
from pasodoble.store.scope import Scope
from pasodoble.store.tables import runs

RUNNING: Final = "running"
"""The outcome of a run that has none yet."""


class SqlRuns:
    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._mine = runs.c.connection_id == scope.connection_id

    def begin(self, what: str, now: datetime) -> int:
        row = {
            "connection_id": self._scope.connection_id,
            "what": what,
            "started_at": now,
            "outcome": RUNNING,
            "report": {},
        }
        run_id: int = self._scope.sql.execute(insert(runs).returning(runs.c.id), row).scalar_one()
        return run_id

    def finish(self, run_id: int, outcome: str, report: Mapping[str, object], now: datetime) -> None:
        self._scope.sql.execute(
            update(runs)
            .where(self._scope.owns(runs), runs.c.id == run_id)
            .values(outcome=outcome, report=dict(report), ended_at=now)
        )

    def load(self, *, limit: int = 50) -> list[RunRow]:
        """Newest first."""
        rows = self._scope.sql.execute(
            select(runs.c.id, runs.c.what, runs.c.started_at, runs.c.ended_at, runs.c.outcome, runs.c.report)
            .where(self._mine)
            .order_by(runs.c.id.desc())
            .limit(limit)
        )
        return [RunRow(**row) for row in rows.mappings()]

    def forget(self, before: datetime, limit: int) -> int:
        return self._scope.forget(runs, runs.c.started_at < before, runs.c.id, limit)
