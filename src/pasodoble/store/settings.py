"""The settings document, a version at a time. Reading it closer is `config`'s."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select

from pasodoble.store.tables import settings


def load_settings(sql: Connection) -> tuple[int, str] | None:
    """The newest version: its number and its document."""
    newest = sql.execute(
        select(settings.c.version, settings.c.document).order_by(settings.c.version.desc()).limit(1)
    ).first()
    return None if newest is None else (newest.version, newest.document)


def save_settings(sql: Connection, document: str, now: datetime) -> int:
    newest = load_settings(sql)
    if newest is not None and newest[1] == document:
        return newest[0]
    version = newest[0] + 1 if newest else 1
    sql.execute(insert(settings), {"version": version, "document": document, "at": now})
    return version
