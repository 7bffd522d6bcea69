"""Which workers are alive: a row each, renewed every few seconds. What is done about the dead is the engine's."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, select

from pasodoble.store.scope import Scope
from pasodoble.store.tables import workers


def beat(scope: Scope, name: str, version: str, now: datetime) -> None:
    insert = scope.insert(workers)
    again = insert.on_conflict_do_update(
        index_elements=[workers.c.name], set_={"version": insert.excluded.version, "at": insert.excluded.at}
    )
    scope.sql.execute(again, {"name": name, "version": version, "at": now})


def find_workers(sql: Connection) -> dict[str, datetime]:
    query = select(workers.c.name, workers.c.at).order_by(workers.c.name)
    return {row.name: row.at for row in sql.execute(query)}


def bury(sql: Connection, names: Collection[str]) -> None:
    sql.execute(delete(workers).where(workers.c.name.in_(names)))
