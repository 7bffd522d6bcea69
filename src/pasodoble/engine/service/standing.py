"""Where everything stands: the numbers of `status` and the overview, problems by cause, the latest changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pasodoble.model.settings import Connection
from pasodoble.model.trace import State
from pasodoble.ports import ChangeRow, ProblemRow, RunRow, Store, Transaction

FORMAT_VERSION = 1
WHOLE = ("check", "sync", "backfill")
"""Runs after which it shows whether too much was to be made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A connection at a glance. `last_run` is None before the first."""

    connection: str
    states: Mapping[State, int]
    left_out: Mapping[str, int]
    problems: Mapping[str, int]
    next_due_at: datetime | None
    last_run: RunRow | None
    stopped: int = 0

    @property
    def attention(self) -> int:
        return self.states.get(State.NEEDS_ATTENTION, 0)

    def document(self) -> dict[str, object]:
        """The versioned document of `status --json`."""
        run = self.last_run
        return {
            "format_version": FORMAT_VERSION,
            "connection": self.connection,
            "states": {state.value: self.states.get(state, 0) for state in State},
            "left_out": dict(self.left_out),
            "problems": dict(self.problems),
            "stopped_creates": self.stopped,
            "next_due_at": None if self.next_due_at is None else self.next_due_at.isoformat(),
            "last_run": None
            if run is None
            else {
                "run": run.id,
                "what": run.what,
                "started_at": run.started_at.isoformat(),
                "ended_at": None if run.ended_at is None else run.ended_at.isoformat(),
                "outcome": run.outcome,
            },
        }


def find_stopped(tx: Transaction) -> int:
    """How many records the last check would have made, had there not been too many for one run; 0 where it made them."""
    checks = (run for run in tx.runs.load(limit=20) if run.what in WHOLE and run.ended_at is not None)
    last = next(checks, None)
    brakes = last.report.get("brakes") if last is not None else None
    rows = brakes if isinstance(brakes, list) else []
    return sum(brake["count"] for brake in rows if brake["what"] == "create")


def stand(settings: Connection, store: Store) -> Standing:
    with store.transaction(settings.name, read_only=True) as tx:
        runs = tx.runs.load(limit=1)
        return Standing(
            connection=settings.name,
            states=tx.records.count_by_state(),
            left_out=tx.left_out.count_by_gate(),
            problems=tx.problems.count_by_cause(),
            next_due_at=tx.marks.next_due_at(),
            last_run=runs[0] if runs else None,
            stopped=find_stopped(tx),
        )


def list_problems(
    settings: Connection, store: Store, *, cause: str | None = None, limit: int = 500
) -> list[ProblemRow]:
    with store.transaction(settings.name, read_only=True) as tx:
        return tx.problems.load(cause=cause, limit=limit)


def list_changes(
    settings: Connection, store: Store, *, limit: int = 50, before_id: int | None = None
) -> list[ChangeRow]:
    """The latest changes of all records, newest first."""
    with store.transaction(settings.name, read_only=True) as tx:
        return tx.history.load_recent(limit=limit, before_id=before_id)
