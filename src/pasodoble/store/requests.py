"""What a command asks of the worker that holds the database, and the worker's answer. What is asked is the engine's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from pasodoble.ports import Request
from pasodoble.store.scope import Scope
from pasodoble.store.tables import requests

COLUMNS = (
    requests.c.id,
    requests.c.what,
    requests.c.document,
    requests.c.asked_at,
    requests.c.begun_at,
    requests.c.ended_at,
    requests.c.answer,
)


class SqlRequests:
    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._mine = requests.c.connection_id == scope.connection_id

    def put(self, what: str, document: Mapping[str, Any], now: datetime) -> int:
        row = {"connection_id": self._scope.connection_id, "what": what, "document": dict(document), "asked_at": now}
        id: int = self._scope.sql.execute(insert(requests).returning(requests.c.id), row).scalar_one()
        return id

    def load(self, id: int) -> Request | None:
        row = self._scope.sql.execute(select(*COLUMNS).where(self._scope.owns(requests), requests.c.id == id)).first()
        return None if row is None else Request(**row._mapping)

    def find_open(self) -> list[Request]:
        """Those without an answer, the oldest first."""
        query = select(*COLUMNS).where(self._mine, requests.c.ended_at.is_(None)).order_by(requests.c.id)
        return [Request(**row._mapping) for row in self._scope.sql.execute(query)]

    def begin(self, id: int, now: datetime) -> None:
        self._scope.sql.execute(
            update(requests).where(self._scope.owns(requests), requests.c.id == id).values(begun_at=now)
        )

    def answer(self, id: int, answer: Mapping[str, Any], now: datetime) -> None:
        self._scope.sql.execute(
            update(requests)
            .where(self._scope.owns(requests), requests.c.id == id)
            .values(answer=dict(answer), ended_at=now)
        )

    def sweep(self, before: datetime) -> None:
        self._scope.sql.execute(delete(requests).where(self._mine, requests.c.ended_at < before))
