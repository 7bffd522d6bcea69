"""Open conflicts, one a link and mapping line. What is one, and when it is over, is the engine's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, bindparam, delete, func, select, update

from pasodoble.model.conflict import Clash
from pasodoble.model.ref import Kind
from pasodoble.model.rule import UpdateRule
from pasodoble.model.side import Pair, Side
from pasodoble.ports import ConflictRow
from pasodoble.store.columns import (
    Json,
    clean,
    read_message,
    read_moment,
    read_value,
    spell_message,
    spell_moment,
    spell_value,
)
from pasodoble.store.scope import AnyRow, Scope, chunks
from pasodoble.store.tables import conflicts, links

COLUMNS: Final = (
    conflicts.c.id,
    conflicts.c.kind,
    conflicts.c.link_id,
    links.c.hubspot_ref,
    links.c.salesforce_ref,
    links.c.label,
    conflicts.c.clash,
    conflicts.c.chosen,
    conflicts.c.actor,
    conflicts.c.at,
)


class SqlConflicts:
    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._mine = conflicts.c.connection_id == scope.connection_id
        self._owned = scope.owns(conflicts)

    def open(self, kind: Kind, link_id: int, clashes: Sequence[Clash], now: datetime) -> None:
        new = self._scope.insert(conflicts)
        again = {"clash": new.excluded.clash, "at": new.excluded.at, "chosen": None, "actor": ""}
        rows = [
            {
                "connection_id": self._scope.connection_id,
                "kind": kind,
                "link_id": link_id,
                "key": clash.key,
                "clash": _spell_clash(clash),
                "chosen": None,
                "actor": "",
                "at": now,
            }
            for clash in sorted(clashes, key=lambda clash: clash.key)
        ]
        if rows:
            put = new.on_conflict_do_update(index_elements=[conflicts.c.link_id, conflicts.c.key], set_=again)
            self._scope.sql.execute(put, rows)

    def close(self, ids: Collection[int]) -> None:
        for piece in chunks(ids):
            self._scope.sql.execute(delete(conflicts).where(self._owned, conflicts.c.id.in_(piece)))

    def load(self, link_ids: Collection[int]) -> dict[int, list[ConflictRow]]:
        found: dict[int, list[ConflictRow]] = defaultdict(list)
        for piece in chunks(link_ids):
            for row in self._select(self._owned, conflicts.c.link_id.in_(piece)):
                found[row.link_id].append(row)
        return dict(found)

    def load_recent(
        self, *, ids: Collection[int] = (), limit: int = 500, before_id: int | None = None
    ) -> list[ConflictRow]:
        conditions: list[ColumnElement[bool]] = [conflicts.c.id.in_(ids)] if ids else []
        if before_id is not None:
            conditions.append(conflicts.c.id < before_id)
        return self._select(self._mine, *conditions, limit=limit)

    def _select(self, *conditions: ColumnElement[bool], limit: int | None = None) -> list[ConflictRow]:
        query = (
            select(*COLUMNS)
            .join(links, links.c.id == conflicts.c.link_id)
            .where(*conditions)
            .order_by(conflicts.c.id.desc())
            .limit(limit)
        )
        return [_read_row(row) for row in self._scope.sql.execute(query)]

    def choose(self, choices: Mapping[int, Side], actor: str) -> None:
        rows = [{"this": id, "side": side} for id, side in choices.items()]
        if rows:
            self._scope.sql.execute(
                update(conflicts)
                .where(self._owned, conflicts.c.id == bindparam("this"))
                .values(chosen=bindparam("side", type_=conflicts.c.chosen.type), actor=clean(actor)),
                rows,
            )

    def count(self) -> int:
        return self._scope.sql.execute(select(func.count()).select_from(conflicts).where(self._mine)).scalar_one()


def _spell_clash(clash: Clash) -> Json:
    return {
        "key": clash.key,
        "names": list(clash.names),
        "values": [spell_value(value) for value in clash.values],
        "left": [spell_value(value) for value in clash.left],
        "rule": clash.rule.value,
        "reason": spell_message(clash.reason),
        "taken": clash.taken,
        "set_at": [None if at is None else spell_moment(at) for at in clash.set_at],
        "authors": [clean(author) for author in clash.authors],
    }


def _read_clash(spelled: Mapping[str, Json]) -> Clash:
    return Clash(
        key=spelled["key"],
        names=Pair(*spelled["names"]),
        values=Pair(*map(read_value, spelled["values"])),
        left=Pair(*map(read_value, spelled["left"])),
        rule=UpdateRule(spelled["rule"]),
        reason=read_message(spelled["reason"]),
        taken=None if spelled["taken"] is None else Side(spelled["taken"]),
        set_at=Pair(*(None if at is None else read_moment(at) for at in spelled["set_at"])),
        authors=Pair(*spelled["authors"]),
    )


def _read_row(row: AnyRow) -> ConflictRow:
    id, kind, link_id, hubspot, salesforce, label, clash, chosen, actor, at = row
    return ConflictRow(
        id=id,
        kind=kind,
        link_id=link_id,
        refs=Pair(hubspot, salesforce),
        clash=_read_clash(clash),
        at=at,
        label=label,
        chosen=chosen,
        actor=actor,
    )
