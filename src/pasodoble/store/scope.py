"""What each aggregate works with: an open transaction of one connection, and statements sent with many rows at once.

Knows no table. The few words that SQLite and PostgreSQL spell differently inside a statement are here; what differs around
it (files, locks, transactions) is in `database`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from operator import itemgetter
from typing import Any, Final, Protocol, TypeVar

import orjson
from sqlalchemy import ClauseElement, Column, ColumnElement, Connection, Dialect, Row, Table, delete, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import Insert

T = TypeVar("T")

AnyRow = Row[*tuple[Any, ...]]
"""A row of a query of ours; its reader unpacks it in the order in which the query names its columns."""

CHUNK: Final = 5_000
"""How many values go into one IN list: SQLite takes 32,766 parameters a statement, PostgreSQL 65,535."""


class Upsert(Protocol):
    """The insert of either database: standard SQL has no word for "or else update"."""

    @property
    def excluded(self) -> Any: ...
    def on_conflict_do_nothing(self) -> Insert: ...
    def on_conflict_do_update(self, *, index_elements: Any, set_: Any) -> Insert: ...


INSERTS: Final[dict[str, Callable[[Table], Any]]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}

# Both with parameters by position, so that a row is a tuple.
POSITIONAL: Final[dict[str, Dialect]] = {
    "sqlite": sqlite.dialect(paramstyle="qmark"),
    "postgresql": PGDialect_psycopg(paramstyle="format"),  # type: ignore[no-untyped-call]  # SQLAlchemy has it untyped
}

# Numbers for `count` rows of a table, never given before. On SQLite the writer is alone, and the insert moves the counter.
NEXT_IDS: Final = {
    "sqlite": "SELECT coalesce(max(seq), 0) + 1 FROM sqlite_sequence WHERE name = :table",
    "postgresql": "SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :count)",
}

KEYS: Final = {"sqlite": "json_each(:keys) AS w", "postgresql": "unnest(CAST(:keys AS text[])) AS w(value)"}

Params = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    sql: Connection
    connection_id: int

    @property
    def dialect(self) -> str:
        return self.sql.dialect.name

    def insert(self, table: Table) -> Upsert:
        upsert: Upsert = INSERTS[self.dialect](table)
        return upsert

    def owns(self, table: Table) -> ColumnElement[bool]:
        """That a row, which its id alone finds, is this connection's.

        The sum keeps SQLite, which has no statistics to go by, from walking through all rows of the connection instead.
        """
        return table.c.connection_id + 0 == self.connection_id

    def forget(self, table: Table, old: ColumnElement[bool], oldest: Column[Any], limit: int) -> int:
        """Delete some rows that are `old`, the `oldest` first; gives how many. A batch is one short transaction's work."""
        some = select(table.c.id).where(table.c.connection_id == self.connection_id, old).order_by(oldest).limit(limit)
        return self.sql.execute(delete(table).where(table.c.id.in_(some))).rowcount

    def next_ids(self, table: Table, count: int) -> Sequence[int]:
        """Numbers for rows that are about to be inserted."""
        found = self.sql.execute(text(NEXT_IDS[self.dialect]), {"table": table.name, "count": count}).scalars().all()
        return found if len(found) == count else range(found[0], found[0] + count)


@dataclass(frozen=True, slots=True)
class Bulk:
    """A statement that is compiled once for each database and then sent with many rows of plain values.

    It goes around SQLAlchemy's care for each single parameter, which costs ten times what the insert itself does. So
    values must be spelled as the database holds them (`columns`), in the order of `parameters`.
    """

    build: Callable[[Callable[[Table], Any]], ClauseElement]
    parameters: Sequence[str]
    _compiled: dict[str, tuple[str, Callable[[Params], Params] | None]] = field(default_factory=dict)

    def run(self, scope: Scope, rows: Sequence[Params]) -> int:
        """Send the rows; gives how many the database touched."""
        if not rows:
            return 0
        if scope.dialect not in self._compiled:
            self._compiled[scope.dialect] = self._compile(scope.dialect)
        sql, arrange = self._compiled[scope.dialect]
        return scope.sql.exec_driver_sql(sql, list(rows if arrange is None else map(arrange, rows))).rowcount

    def _compile(self, dialect: str) -> tuple[str, Callable[[Params], Params] | None]:
        """The text, and what puts a row into its order, with the statement's own constants in their places."""
        compiled = self.build(INSERTS[dialect]).compile(dialect=POSITIONAL[dialect], column_keys=list(self.parameters))
        assert isinstance(compiled, SQLCompiler) and compiled.positiontup is not None
        constants = {name: value for name, value in compiled.params.items() if name not in self.parameters}
        places = [*self.parameters, *constants]
        if compiled.positiontup == places == list(self.parameters):
            return str(compiled), None
        arrange = itemgetter(*(places.index(name) for name in compiled.positiontup))
        fixed = tuple(constants.values())
        return str(compiled), lambda row: arrange(row + fixed)


class Keyed:
    """A statement about many keys, which travel in one parameter: a tenth of the cost of one for each.

    In its text `{keys}` is a table `w` with one column `value`.
    """

    def __init__(self, statement: str) -> None:
        self._spelled = {dialect: text(statement.replace("{keys}", keys)) for dialect, keys in KEYS.items()}

    def run(self, scope: Scope, keys: Collection[str], **values: Any) -> Sequence[AnyRow]:
        """Plain values, as the database holds them. Sorted keys, so that no two workers wait for each other."""
        if not keys:
            return ()
        wanted = sorted(set(keys))
        spelled = orjson.dumps(wanted).decode() if scope.dialect == "sqlite" else wanted
        given = {"keys": spelled, "connection": scope.connection_id, **values}
        return scope.sql.execute(self._spelled[scope.dialect], given).all()


def chunks(values: Collection[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    """The values in pieces that fit into one statement; nothing at all for no values."""
    rest = iter(values)
    while piece := list(islice(rest, size)):
        yield piece
