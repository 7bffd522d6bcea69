"""How often each trigger fired, was switched off, or was none; and the last silence of each record, so that `why` can tell it.

What a trigger is does not belong here (`triggers/`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select

from pasodoble.model.ref import Ref
from pasodoble.model.side import Side
from pasodoble.model.signal import Effect, Silence
from pasodoble.ports import FiringCount
from pasodoble.store.scope import Scope, chunks
from pasodoble.store.tables import silences, trigger_counts

KEPT: Final = timedelta(days=7)
"""Older silences are forgotten: what happened a week ago explains nothing of today."""


class SqlFirings:
    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._mine = trigger_counts.c.connection_id == scope.connection_id

    def add(self, counts: Mapping[tuple[str, Side, Effect], int], now: datetime) -> None:
        rows = [
            {"connection_id": self._scope.connection_id, "key": key, "side": side, "effect": effect, "count": n}
            | {"last_at": now}
            for (key, side, effect), n in sorted(counts.items())
        ]
        if not rows:
            return
        new = self._scope.insert(trigger_counts)
        put = new.excluded
        self._scope.sql.execute(
            new.on_conflict_do_update(
                index_elements=[
                    trigger_counts.c.connection_id,
                    trigger_counts.c.key,
                    trigger_counts.c.side,
                    trigger_counts.c.effect,
                ],
                set_={"count": trigger_counts.c.count + put.count, "last_at": put.last_at},
            ),
            rows,
        )

    def load(self) -> list[FiringCount]:
        columns = (
            trigger_counts.c.key,
            trigger_counts.c.side,
            trigger_counts.c.effect,
            trigger_counts.c.count,
            trigger_counts.c.last_at,
        )
        rows = self._scope.sql.execute(select(*columns).where(self._mine).order_by(*columns[:3]))
        return [
            FiringCount(key=key, side=side, effect=effect, count=count, last_at=last_at)
            for key, side, effect, count, last_at in rows
        ]

    def keep_silences(self, of: Mapping[Ref, Silence], now: datetime) -> None:
        """The latest of each record; those that are old are forgotten by the way."""
        if not of:
            return
        rows = [
            {"connection_id": self._scope.connection_id, "ref": ref, "key": silence.key, "effect": silence.effect}
            | {"fields": list(silence.fields), "at": silence.at}
            for ref, silence in sorted(of.items(), key=lambda item: item[0])
        ]
        new = self._scope.insert(silences)
        put = new.excluded
        replace = new.on_conflict_do_update(
            index_elements=[silences.c.connection_id, silences.c.ref],
            set_={"key": put.key, "effect": put.effect, "fields": put.fields, "at": put.at},
        )
        self._scope.sql.execute(replace, rows)
        self._scope.sql.execute(
            delete(silences).where(silences.c.connection_id == self._scope.connection_id, silences.c.at < now - KEPT)
        )

    def load_silences(self, refs: Collection[Ref]) -> dict[Ref, Silence]:
        found: dict[Ref, Silence] = {}
        for piece in chunks(refs):
            rows = self._scope.sql.execute(
                select(silences.c.ref, silences.c.key, silences.c.effect, silences.c.fields, silences.c.at).where(
                    silences.c.connection_id == self._scope.connection_id, silences.c.ref.in_(piece)
                )
            )
            found |= {
                ref: Silence(key=key, effect=effect, at=at, fields=tuple(fields))
                for ref, key, effect, fields, at in rows
            }
        return found
