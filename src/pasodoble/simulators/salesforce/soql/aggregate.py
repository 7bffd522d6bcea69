"""Grouped queries: rows into groups, groups into `AggregateResult` records.

A group is handed around as a row is, so that HAVING and ORDER BY bind like WHERE. Plain rows belong in `project`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from pasodoble.simulators.salesforce.rows import Row
from pasodoble.simulators.salesforce.schema import NUMBER_TYPES
from pasodoble.simulators.salesforce.soql.bind import AGGREGATES, Read, Scope, Term, formatter
from pasodoble.simulators.salesforce.soql.errors import SoqlError, malformed
from pasodoble.simulators.salesforce.soql.filters import key_of
from pasodoble.simulators.salesforce.soql.syntax import Call, Column, Expression, Grouping, Path, Query

Group = Row
"""`rows`: the rows of the group; `keys`: the values of the grouping, None where rolled up; `rolled`: which those are."""

MAX_GROUPS = 2000
"""Aggregate results are not paged. Source: SOQL and SOSL Reference, GROUP BY."""


def is_aggregate(query: Query) -> bool:
    return query.grouping is not None or any(
        isinstance(item, Column) and _has_aggregate(item.expression) for item in query.items
    )


def is_bare_count(query: Query) -> bool:
    match query.items:
        case (Column(Call(arguments=()) as call, None),):
            return call.function == "COUNT"
        case _:
            return False


def _has_aggregate(expression: object) -> bool:
    match expression:
        case Call(arguments=arguments) as call:
            return call.function in AGGREGATES or any(map(_has_aggregate, arguments))
        case _:
            return False


@dataclass(slots=True)
class Aggregation:
    """The groups of one query: binds what may be said of a group, and makes the groups."""

    scope: Scope
    grouping: Grouping | None
    keys: list[Term] = field(default_factory=list)
    _by_name: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for expression in self.grouping.expressions if self.grouping else ():
            term = self.scope.term(expression)
            if term.field is not None and not term.field.groupable:
                raise malformed(f"field '{term.name}' can not be grouped in a query call", expression.at)
            self._by_name.setdefault(term.name, len(self.keys))
            self.keys.append(term)

    # Binding

    def term(self, expression: Expression) -> Term:
        """A term over groups. Raises SoqlError for what is neither grouped nor aggregated."""
        if isinstance(expression, Call):
            if expression.function in AGGREGATES:
                return self._aggregate_term(expression)
            if expression.function == "GROUPING":
                return self._grouping_term(expression)
            if expression.function in ("FORMAT", "CONVERTCURRENCY"):
                return self._wrapped_term(expression)
        term = self.scope.term(expression)
        at = self._by_name.get(term.name)
        if at is None:
            raise malformed(f"Field must be grouped or aggregated: {term.name}", expression.at)
        return Term(lambda group: group["keys"][at], term.type, term.name, term.field)

    def _wrapped_term(self, call: Call) -> Term:
        inner = self.term(self.scope.argument(call))
        if call.function == "CONVERTCURRENCY":
            return inner
        return Term(formatter(inner, self.scope.calendar), "string", inner.name)

    def _grouping_term(self, call: Call) -> Term:
        term = self.scope.term(self.scope.argument(call))
        at = self._by_name.get(term.name)
        if at is None:
            raise malformed(f"Field must be grouped or aggregated: {term.name}", call.at)
        return Term(lambda group: 1 if at in group["rolled"] else 0, "int", f"GROUPING({term.name})")

    def _aggregate_term(self, call: Call) -> Term:
        name = call.function
        if name == "COUNT" and not call.arguments:
            return Term(lambda group: len(group["rows"]), "int", "COUNT()")
        term = self.scope.term(self.scope.argument(call))
        if not _supports(name, term):
            raise SoqlError("INVALID_FIELD", f"field {term.name} does not support aggregate operator {name}", call.at)
        if term.code is not None:
            term = self.scope.convert(term)
        fold = _FOLDS[name]
        read, make = term.read, key_of(term)

        def read_total(group: Group) -> Any:
            return fold([v for v in map(read, group["rows"]) if v is not None], make)

        kind = "int" if name.startswith("COUNT") else "double" if name == "AVG" else term.type
        return Term(read_total, kind, f"{name}({term.name})", code=term.code if kind == "currency" else None)

    # Grouping

    def groups(self, rows: Iterable[Row]) -> list[Group]:
        """The groups in the order in which they are first met; without GROUP BY one group of all rows."""
        if self.grouping is None:
            return [{"rows": list(rows), "keys": (), "rolled": frozenset()}]
        held = list(rows)
        return [group for rolled in self._subtotals() for group in self._group(held, rolled)]

    def _subtotals(self) -> list[frozenset[int]]:
        """Which keys are rolled up, once for each level: none of them for a plain GROUP BY."""
        assert self.grouping is not None
        places = range(len(self.keys))
        if self.grouping.mode == "ROLLUP":
            return [frozenset(places[kept:]) for kept in range(len(self.keys), -1, -1)]
        if self.grouping.mode == "CUBE":
            return [frozenset(c) for size in range(len(self.keys) + 1) for c in combinations(places, size)]
        return [frozenset()]

    def _group(self, rows: list[Row], rolled: frozenset[int]) -> list[Group]:
        kept = [(at, term.read, key_of(term)) for at, term in enumerate(self.keys) if at not in rolled]
        groups: dict[tuple[Any, ...], Group] = {}
        for row in rows:
            values = {at: read(row) for at, read, _ in kept}
            key = tuple(make(values[at]) for at, _, make in kept)
            group = groups.get(key)
            if group is None:
                keys = tuple(values.get(at) for at in range(len(self.keys)))
                group = groups[key] = {"rows": [], "keys": keys, "rolled": rolled}
            group["rows"].append(row)
        return list(groups.values())


def _supports(name: str, term: Term) -> bool:
    if name in ("SUM", "AVG"):
        return term.type in NUMBER_TYPES
    if name in ("MIN", "MAX"):
        return term.type not in ("boolean", "multipicklist", "address", "location", "base64") and (
            term.field is None or term.field.aggregatable
        )
    return term.field is None or term.field.aggregatable or term.type in ("id", "reference")


Fold = Callable[[list[Any], Callable[[Any], Any]], Any]

_FOLDS: dict[str, Fold] = {
    "COUNT": lambda values, _: len(values),
    "COUNT_DISTINCT": lambda values, make: len({make(v) for v in values}),
    "SUM": lambda values, _: sum(values) if values else None,
    "AVG": lambda values, _: sum(values) / len(values) if values else None,
    "MIN": lambda values, make: min(values, key=make, default=None),
    "MAX": lambda values, make: max(values, key=make, default=None),
}


def make_group_render(aggregation: Aggregation, query: Query) -> Callable[[Group], dict[str, Any]]:
    """A group as a record: fields under their own name, calls under their alias or `expr0`, `expr1`, …"""
    columns: dict[str, Read] = {}
    unnamed = 0
    for item in query.items:
        if not isinstance(item, Column):
            raise malformed("Grouped query cannot use child relationships in the SELECT list", item.at)
        term = aggregation.term(item.expression)
        key = item.alias
        if key is None and isinstance(item.expression, Path):
            key = term.name.rpartition(".")[2]
        elif key is None:
            key = f"expr{unnamed}"
            unnamed += 1
        if key in columns:
            raise malformed(f"duplicate alias: {key}", item.expression.at)
        columns[key] = term.read

    def render(group: Group) -> dict[str, Any]:
        out: dict[str, Any] = {"attributes": {"type": "AggregateResult"}}
        for key, read in columns.items():
            out[key] = read(group)
        return out

    return render
