"""The decision on a record, each time there was one. Putting it into words belongs to `words`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import and_, insert, or_, select

from pasodoble.model.ref import Ref
from pasodoble.model.side import Pair
from pasodoble.model.trace import StepKind, TraceStep
from pasodoble.ports import TraceRow
from pasodoble.store.columns import Json, read_message, read_moment, spell_message, spell_moment
from pasodoble.store.scope import Scope
from pasodoble.store.tables import traces

REF_COLUMN: Final = Pair(traces.c.hubspot_ref, traces.c.salesforce_ref)


class SqlTraces:
    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def save(self, rows: Sequence[TraceRow]) -> None:
        if rows:
            spelled = [{"connection_id": self._scope.connection_id, **_spell_row(row)} for row in rows]
            self._scope.sql.execute(insert(traces), spelled)

    def load(self, ref: Ref, *, at: datetime | None = None) -> TraceRow | None:
        conditions = [traces.c.connection_id == self._scope.connection_id, REF_COLUMN[ref.side] == ref]
        if at is not None:
            conditions.append(traces.c.at <= at)
        row = self._scope.sql.execute(
            select(
                traces.c.hubspot_ref,
                traces.c.salesforce_ref,
                traces.c.kind,
                traces.c.state,
                traces.c.document,
                traces.c.at,
            )
            .where(*conditions)
            .order_by(traces.c.at.desc(), traces.c.id.desc())
            .limit(1)
        ).first()
        return None if row is None else _read_row(*row)

    def forget(self, before: datetime, limit: int) -> int:
        """The last one of each record stays: it says why the record is as it is."""
        newer = traces.alias()
        same = or_(newer.c.hubspot_ref == traces.c.hubspot_ref, newer.c.salesforce_ref == traces.c.salesforce_ref)
        later = select(newer.c.id).where(
            newer.c.connection_id == traces.c.connection_id, same, newer.c.id > traces.c.id
        )
        return self._scope.forget(traces, and_(traces.c.at < before, later.exists()), traces.c.id, limit)


def _spell_row(row: TraceRow) -> dict[str, Json]:
    return {
        "kind": row.kind,
        "hubspot_ref": row.refs.hubspot,
        "salesforce_ref": row.refs.salesforce,
        "state": row.state,
        "document": [row.reasons, [_spell_step(step) for step in row.steps]],
        "at": row.at,
    }


def _read_row(hubspot: Json, salesforce: Json, kind: str, state: Json, document: Json, at: datetime) -> TraceRow:
    reasons, steps = document
    return TraceRow(
        refs=Pair(hubspot, salesforce),
        kind=kind,
        state=state,
        reasons=tuple(reasons),
        steps=tuple(_read_step(*step) for step in steps),
        at=at,
    )


def _spell_step(step: TraceStep) -> Json:
    return [step.kind.value, spell_message(step.reason), spell_moment(step.at), step.passed, dict(step.detail)]


def _read_step(kind: str, reason: Json, at: int, passed: bool | None, detail: dict[str, str]) -> TraceStep:
    return TraceStep(kind=StepKind(kind), reason=read_message(reason), at=read_moment(at), passed=passed, detail=detail)
