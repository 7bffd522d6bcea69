"""SOQL, built from parts and rendered in one place, so that no value is ever pasted into a query.

Covers what a sync asks and no more. Source: SOQL and SOSL Reference (2026), escapes, literals, length. What to ask is not
decided here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

from pasodoble.errors import Unsupported

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)*")
_ESCAPES: Final = str.maketrans(
    {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f", '"': '\\"'}
)

Literal = str | bool | int | datetime | None


@dataclass(frozen=True, slots=True)
class Compare:
    """`operator` is one of = != < <= > >=."""

    field: str
    operator: str
    value: Literal

    def __str__(self) -> str:
        return f"{name(self.field)} {_OPERATORS[self.operator]} {literal(self.value)}"


@dataclass(frozen=True, slots=True)
class In:
    field: str
    values: Sequence[str]

    def __str__(self) -> str:
        return f"{name(self.field)} IN ({','.join(literal(value) for value in self.values)})"


@dataclass(frozen=True, slots=True)
class All:
    parts: Sequence[Condition]

    def __str__(self) -> str:
        return "(" + " AND ".join(str(part) for part in self.parts) + ")"


@dataclass(frozen=True, slots=True)
class Any:
    parts: Sequence[Condition]

    def __str__(self) -> str:
        return "(" + " OR ".join(str(part) for part in self.parts) + ")"


Condition = Compare | In | All | Any

_OPERATORS: Final = {operator: operator for operator in ("=", "!=", "<", "<=", ">", ">=")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Select:
    """One query. Fields are rendered sorted and once; `order` ascending."""

    fields: Collection[str]
    object: str
    where: Condition | None = None
    order: Sequence[str] = ()
    limit: int | None = None

    def __str__(self) -> str:
        parts = ["SELECT", ", ".join(sorted({name(field) for field in self.fields})), "FROM", name(self.object)]
        if self.where is not None:
            parts.append(f"WHERE {self.where}")
        if self.order:
            parts.append(f"ORDER BY {', '.join(name(field) for field in self.order)}")
        if self.limit is not None:
            parts.append(f"LIMIT {int(self.limit)}")
        return " ".join(parts)


def name(text: str) -> str:
    """A field's or object's name as it is. Raises Unsupported for anything that is none."""
    if not _NAME.fullmatch(text):
        raise Unsupported(f"{text!r} is no Salesforce name", next_step="pasodoble mapping lint")
    return text


def literal(value: Literal) -> str:
    """A value as SOQL writes it; moments to the second, in UTC."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        case str():
            return "'" + value.translate(_ESCAPES) + "'"


def split_by_size(values: Sequence[str], chars: int) -> Iterator[list[str]]:
    """In order, so that each part, rendered and URL-encoded, takes at most `chars`; a longer value stands alone."""
    part: list[str] = []
    size = 0
    for value in values:
        length = len(quote(literal(value))) + 3
        if part and size + length > chars:
            yield part
            part, size = [], 0
        part.append(value)
        size += length
    if part:
        yield part
