"""The database behind a URL: engine, transactions, and all in which SQLite and PostgreSQL differ.

No query of any aggregate belongs here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, select
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from pasodoble.errors import ConfigError, StoreError
from pasodoble.store import settings, workers
from pasodoble.store.inbox import SqlInbox
from pasodoble.store.migrations import USABLE, find_revision
from pasodoble.store.scope import Scope
from pasodoble.store.tables import connections
from pasodoble.store.transaction import SqlTransaction

PATIENCE_S: Final = 30
"""How long a transaction waits for another one's lock before it gives up."""

PRAGMAS: Final = (
    "journal_mode=WAL",
    "synchronous=FULL",
    f"busy_timeout={PATIENCE_S * 1000}",
    "foreign_keys=ON",
    "temp_store=MEMORY",
)
DRIVERS: Final = {
    "sqlite": "sqlite+pysqlite",
    "sqlite+pysqlite": "sqlite+pysqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}


def read_url(url: str) -> URL:
    """The URL with the driver we use. Raises ConfigError for a database that we do not know."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigError(
            "The database URL cannot be read.", next_step="Set PASODOBLE_DATABASE_URL as in sqlite:///pasodoble.db"
        ) from error
    if parsed.drivername not in DRIVERS:
        raise ConfigError(
            f"No such kind of database: {parsed.drivername}.",
            next_step="Use a URL that begins with sqlite:/// or postgresql://",
        )
    return parsed.set(drivername=DRIVERS[parsed.drivername])


def find_file(url: URL) -> Path | None:
    """SQLite's file; None where there is none, that is in memory or on PostgreSQL."""
    in_file = url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:")
    return Path(url.database or "") if in_file else None


def make_folder(file: Path) -> None:
    """Raises StoreError."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"The database's folder {file.parent} cannot be made: {error.strerror}",
            next_step="set PASODOBLE_DATABASE_URL to a place that can be written, then: pasodoble db upgrade",
        ) from None


def connect(url: str) -> Engine:
    """An engine that behaves alike on both databases. Makes the folder of a SQLite file, not its tables."""
    parsed = read_url(url)
    if parsed.get_backend_name() == "postgresql":
        return create_engine(
            parsed, pool_pre_ping=True, pool_size=5, max_overflow=15, connect_args={"connect_timeout": 10}
        )
    file = find_file(parsed)
    if file is not None:
        make_folder(file)
        engine = create_engine(parsed)
    else:
        engine = create_engine(parsed, poolclass=StaticPool, connect_args={"check_same_thread": False})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    """The driver's own idea of transactions is switched off: it begins too late and commits before DDL."""
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """A writer takes its lock first: one that reads first and writes later can lose its snapshot in between."""
    reading = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


class SqlStore:
    """The Store port over SQLite or PostgreSQL. One per process; transactions may be opened from any thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection_ids: dict[str, int] = {}

    @contextmanager
    def transaction(self, connection: str, *, read_only: bool = False) -> Iterator[SqlTransaction]:
        """One that is read-only never waits for writers, and they not for it; a write in it comes to nothing."""
        connection_id = self._find_connection(connection)
        with self._begin(read_only=read_only) as sql:
            transaction = SqlTransaction(Scope(sql, connection_id))
            yield transaction
            transaction.flush()

    @contextmanager
    def _begin(self, *, read_only: bool = False) -> Iterator[Connection]:
        try:
            with self._engine.connect() as sql:
                options: dict[str, Any] = {"read_only": read_only}
                if self._engine.dialect.name == "postgresql":
                    options = {"postgresql_readonly": read_only}
                with sql.execution_options(**options).begin() as begun:
                    yield sql
                    if read_only:
                        begun.rollback()
        except SQLAlchemyError as error:
            raise StoreError(f"The database refused: {_first_line(error)}", next_step="pasodoble check") from error

    def _find_connection(self, name: str) -> int:
        """Its number, made on first use, in a transaction of its own so that it may be remembered."""
        if name not in self._connection_ids:
            with self._begin() as sql:
                scope = Scope(sql, 0)
                sql.execute(scope.insert(connections).on_conflict_do_nothing(), {"name": name})
                query = select(connections.c.id).where(connections.c.name == name)
                found = sql.execute(query).scalar_one()
            self._connection_ids[name] = found
        return self._connection_ids[name]

    def receive(self, bodies: Mapping[str, Sequence[str]], now: datetime) -> None:
        ids = {name: self._find_connection(name) for name in bodies}
        with self._begin() as sql:
            for name, letters in bodies.items():
                SqlInbox(Scope(sql, ids[name])).put(letters, now)

    def save_settings(self, document: str, now: datetime) -> int:
        with self._begin() as sql:
            return settings.save_settings(sql, document, now)

    def load_settings(self) -> tuple[int, str] | None:
        with self._begin(read_only=True) as sql:
            return settings.load_settings(sql)

    def beat(self, worker: str, version: str, now: datetime) -> None:
        with self._begin() as sql:
            workers.beat(Scope(sql, 0), worker, version, now)

    def find_workers(self) -> dict[str, datetime]:
        with self._begin(read_only=True) as sql:
            return workers.find_workers(sql)

    def bury(self, names: Collection[str]) -> None:
        with self._begin() as sql:
            workers.bury(sql, names)

    def close(self) -> None:
        self._engine.dispose()


def open_store(url: str) -> SqlStore:
    """The store at this URL. Raises StoreError if it cannot be reached, or if its tables are not those of this version."""
    engine = connect(url)
    try:
        with engine.connect() as sql:
            revision = find_revision(sql)
    except SQLAlchemyError as error:
        raise StoreError(
            f"The database at {engine.url!r} cannot be reached: {_first_line(error)}",
            next_step="Check PASODOBLE_DATABASE_URL, then: pasodoble db upgrade",
        ) from error
    if revision not in USABLE:
        engine.dispose()
        raise StoreError(f"The database at {engine.url!r} has {_describe(revision)}.", next_step="pasodoble db upgrade")
    return SqlStore(engine)


def _describe(revision: str | None) -> str:
    return "no tables yet" if revision is None else f"the tables of another version ({revision})"


def _first_line(error: Exception) -> str:
    """What the driver says, without the statement and its values: those are customers'."""
    return str(getattr(error, "orig", None) or type(error).__name__).partition("\n")[0]
