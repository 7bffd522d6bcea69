"""The shape of a SOQL statement: a tree of frozen values, as written, before any name is looked up.

`at` is a place in the statement for error messages; it plays no part in equality. What names mean belongs in `bind`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Path:
    """`Account.Owner.Email`: one name or several, as spelled."""

    names: tuple[str, ...]
    at: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return ".".join(self.names)


@dataclass(frozen=True, slots=True)
class Call:
    """`COUNT(Id)`, `FORMAT(MIN(closedate))`, `DISTANCE(Spot__c, GEOLOCATION(1.5,2), 'km')`. `name` is as spelled."""

    name: str
    arguments: tuple[Operand, ...]
    at: int = field(default=0, compare=False)

    @property
    def function(self) -> str:
        return self.name.upper()


@dataclass(frozen=True, slots=True)
class Text:
    value: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Number:
    value: Decimal
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Money:
    """`USD5000`: an amount with its currency."""

    currency: str
    amount: Decimal
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Flag:
    value: bool
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Null:
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Day:
    """`2026-01-31`, kept as text."""

    text: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Moment:
    """`2026-01-31T09:00:00+01:00`, as milliseconds since 1970."""

    ms: int
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Clock:
    """`09:00:00.000Z`, a time of day in milliseconds."""

    ms: int
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Span:
    """A date literal: `TODAY` (count None), `LAST_N_DAYS:30`. `name` is upper case."""

    name: str
    count: int | None = None
    at: int = field(default=0, compare=False)


Literal: TypeAlias = Text | Number | Money | Flag | Null | Day | Moment | Clock | Span
Expression: TypeAlias = Path | Call
Operand: TypeAlias = Path | Call | Text | Number


@dataclass(frozen=True, slots=True)
class Compare:
    """One of `= != < <= > >= LIKE` (`<>` is read as `!=`)."""

    left: Expression
    operator: str
    value: Literal
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Among:
    """One of `IN`, `NOT IN`, `INCLUDES`, `EXCLUDES` with a list of literals."""

    left: Expression
    operator: str
    values: tuple[Literal, ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Join:
    """A semi-join (`IN (SELECT …)`) or an anti-join (`NOT IN (SELECT …)`)."""

    left: Expression
    negated: bool
    query: Query
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    condition: Condition


@dataclass(frozen=True, slots=True)
class And:
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or:
    conditions: tuple[Condition, ...]


Condition: TypeAlias = Compare | Among | Join | Not | And | Or


@dataclass(frozen=True, slots=True)
class Column:
    """A field or a call in the SELECT list, with its alias if it has one."""

    expression: Expression
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class FieldSet:
    """`FIELDS(STANDARD)`, `FIELDS(CUSTOM)`, `FIELDS(ALL)`; `group` is upper case."""

    group: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class TypeOf:
    """`TYPEOF What WHEN Account THEN Phone ELSE Id END`. `branches` pair an object's name with fields."""

    path: Path
    branches: tuple[tuple[Path, tuple[Path, ...]], ...]
    otherwise: tuple[Path, ...] = ()
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Child:
    """A sub-query in the SELECT list; its FROM names a child relationship."""

    query: Query
    at: int = field(default=0, compare=False)


Item: TypeAlias = Column | FieldSet | TypeOf | Child


@dataclass(frozen=True, slots=True)
class Grouping:
    """GROUP BY: `mode` is "", "ROLLUP" or "CUBE"."""

    expressions: tuple[Expression, ...]
    mode: str = ""


@dataclass(frozen=True, slots=True)
class Ordering:
    """One key of ORDER BY. `nulls_last` is None where the statement leaves it to the default (nulls first)."""

    expression: Expression
    descending: bool = False
    nulls_last: bool | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """A whole SELECT. `related` are further entries of FROM (`FROM Contact c, c.Account a`)."""

    items: tuple[Item, ...]
    source: Path
    alias: str | None = None
    related: tuple[tuple[Path, str], ...] = ()
    scope: str | None = None
    where: Condition | None = None
    with_clauses: tuple[str, ...] = ()
    grouping: Grouping | None = None
    having: Condition | None = None
    order: tuple[Ordering, ...] = ()
    limit: int | None = None
    offset: int | None = None
    purposes: tuple[str, ...] = ()
    all_rows: bool = False
    offset_at: int = field(default=0, compare=False)
    limit_at: int = field(default=0, compare=False)
