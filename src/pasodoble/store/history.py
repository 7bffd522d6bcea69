"""Every field that we ever wrote: who, what, when, why. How a change is undone is the engine's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, ColumnElement, func, insert, select, type_coerce

from pasodoble.model.ref import Ref
from pasodoble.model.side import Pair
from pasodoble.model.trace import Change
from pasodoble.ports import ChangeRow
from pasodoble.store.columns import (
    Json,
    read_message,
    read_moment,
    read_value,
    spell_message,
    spell_moment,
    spell_value,
)
from pasodoble.store.scope import AnyRow, Scope
from pasodoble.store.tables import history

MINUTE_US: Final = 60_000_000

COLUMNS: Final = (
    history.c.id,
    history.c.run_id,
    history.c.link_id,
    history.c.ref,
    history.c.side,
    history.c.key,
    history.c.field,
    history.c.before,
    history.c.after,
    history.c.reason,
    history.c.at,
    history.c.actor,
    history.c.contested,
)


class SqlHistory:
    """What is appended is kept until the transaction ends or somebody asks, then goes out in one statement."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._mine = history.c.connection_id == scope.connection_id
        self._unsent: list[dict[str, Json]] = []

    def append(self, run_id: int, link_id: int, ref: Ref, changes: Sequence[Change]) -> None:
        common = {"connection_id": self._scope.connection_id, "run_id": run_id, "link_id": link_id, "ref": ref}
        self._unsent += [{**common, **_spell_change(change)} for change in changes]

    def flush(self) -> None:
        if self._unsent:
            self._scope.sql.execute(insert(history), self._unsent)
            self._unsent = []

    def load(self, link_id: int, *, limit: int = 500, before_id: int | None = None) -> list[ChangeRow]:
        return self._select([history.c.link_id == link_id, *_before(before_id)], limit)

    def load_run(self, run_id: int) -> list[ChangeRow]:
        """Oldest first: the order in which it was done."""
        return self._select([history.c.run_id == run_id], None)[::-1]

    def load_recent(self, *, limit: int, before_id: int | None = None) -> list[ChangeRow]:
        return self._select(_before(before_id), limit)

    def count_by_minute(self, now: datetime, *, minutes: int = 60) -> Pair[list[int]]:
        self.flush()
        start = spell_moment(now) - minutes * MINUTE_US
        minute = ((type_coerce(history.c.at, BigInteger) - start - 1) // MINUTE_US).label("minute")
        rows = self._scope.sql.execute(
            select(history.c.side, minute, func.count())
            .where(self._mine, history.c.at > read_moment(start), history.c.at <= now)
            .group_by(history.c.side, minute)
        )
        counts = Pair([0] * minutes, [0] * minutes)
        for side, at, count in rows:
            counts[side][int(at)] = count
        return counts

    def _select(self, conditions: Sequence[ColumnElement[bool]], limit: int | None) -> list[ChangeRow]:
        self.flush()
        query = select(*COLUMNS).where(self._mine, *conditions).order_by(history.c.id.desc()).limit(limit)
        return [_read_row(row) for row in self._scope.sql.execute(query)]

    def forget(self, before: datetime, limit: int) -> int:
        return self._scope.forget(history, history.c.at < before, history.c.at, limit)


def _before(id: int | None) -> list[ColumnElement[bool]]:
    return [] if id is None else [history.c.id < id]


def _spell_change(change: Change) -> dict[str, Json]:
    return {
        "side": change.side,
        "key": change.key,
        "field": change.field,
        "before": [spell_value(change.before)],
        "after": [spell_value(change.after)],
        "reason": spell_message(change.reason),
        "at": change.at,
        "actor": change.actor,
        "contested": change.contested,
    }


def _read_row(row: AnyRow) -> ChangeRow:
    id, run_id, link_id, ref, side, key, field, before, after, reason, at, actor, contested = row
    change = Change(
        side=side,
        key=key,
        field=field,
        before=read_value(before[0]),
        after=read_value(after[0]),
        reason=read_message(reason),
        at=at,
        actor=actor,
        contested=contested,
    )
    return ChangeRow(id=id, run_id=run_id, link_id=link_id, ref=ref, change=change)
