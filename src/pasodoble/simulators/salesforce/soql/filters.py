"""Conditions as functions of a row, each with what an index could do for it.

Nulls: a comparison with null is false, its negation true; `!=` and NOT IN therefore let rows without a value through.
Text is compared without regard to case unless the field minds it. Which index is used is decided in `plan`.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pasodoble.simulators.salesforce.ids import full_id
from pasodoble.simulators.salesforce.moments import spell_ms
from pasodoble.simulators.salesforce.rows import Row
from pasodoble.simulators.salesforce.schema import ID_TYPES, NUMBER_TYPES, TEXT_TYPES, Field
from pasodoble.simulators.salesforce.soql.bind import Scope, Term
from pasodoble.simulators.salesforce.soql.dates import Calendar
from pasodoble.simulators.salesforce.soql.errors import SoqlError, malformed
from pasodoble.simulators.salesforce.soql.intervals import Interval, point
from pasodoble.simulators.salesforce.soql.syntax import (
    Among,
    And,
    Clock,
    Compare,
    Condition,
    Day,
    Expression,
    Flag,
    Join,
    Literal,
    Moment,
    Money,
    Not,
    Null,
    Number,
    Or,
    Query,
    Span,
    Text,
)

Accept = Callable[[Any], bool]
InnerValues = Callable[[Query, Term, Scope], frozenset[Any]]


@dataclass(frozen=True, slots=True)
class Test:
    """A condition on one value. `reach`: the values of `field` outside of which it is never true, if an index can help."""

    accept: Callable[[Row], bool]
    field: Field | None = None
    reach: tuple[Interval, ...] | None = None


@dataclass(frozen=True, slots=True)
class Every:
    parts: tuple[Bound, ...]


@dataclass(frozen=True, slots=True)
class Some:
    parts: tuple[Bound, ...]


@dataclass(frozen=True, slots=True)
class Denied:
    part: Bound


Bound = Test | Every | Some | Denied


class Filters:
    """Binds the conditions of one SELECT. `inner_values` runs the query of a semi-join."""

    def __init__(
        self, scope: Scope, inner_values: InnerValues, term: Callable[[Expression], Term] | None = None
    ) -> None:
        self._scope = scope
        self._inner_values = inner_values
        self._term = term or scope.term

    def bind(self, condition: Condition) -> Bound:
        match condition:
            case And(parts):
                return Every(tuple(self.bind(part) for part in parts))
            case Or(parts):
                return Some(tuple(self.bind(part) for part in parts))
            case Not(part):
                return Denied(self.bind(part))
            case Compare():
                return self._compare(condition)
            case Among():
                return self._among(condition)
            case Join():
                return self._join(condition)

    def _filterable(self, expression: Expression) -> Term:
        term = self._term(expression)
        if term.field is not None and not term.field.filterable:
            raise SoqlError("INVALID_FIELD", f"field '{term.name}' can not be filtered in a query call", expression.at)
        return term

    def _compare(self, test: Compare) -> Test:
        term = self._filterable(test.left)
        _check_operator(term, test.operator, test.at)
        calendar = self._scope.calendar
        if test.operator == "LIKE":
            accept, reach = _like(term, test.value, test.at), None
        elif isinstance(test.value, Span):
            accept, reach = _within(term, test.operator, _span_ends(term, test.value, calendar, test.at))
        else:
            value = literal_value(term, test.value, test.at)
            accept, reach = _against(term, test.operator, value)
        return _test(term, accept, reach)

    def _among(self, test: Among) -> Test:
        term = self._filterable(test.left)
        _check_operator(term, test.operator, test.at)
        if test.operator in ("INCLUDES", "EXCLUDES"):
            return _test(term, _includes(term, test), None)
        spans = [v for v in test.values if isinstance(v, Span)]
        tests = [self._compare(Compare(test.left, "=", span, test.at)).accept for span in spans]
        values = [literal_value(term, v, test.at) for v in test.values if not isinstance(v, Span)]
        keys = frozenset(value_key(term, v) for v in values)
        make = key_of(term)
        negated = test.operator == "NOT IN"
        reach = None if negated or tests or None in keys else tuple(point(k) for k in keys)
        if not tests:
            return _test(term, lambda value: (make(value) in keys) is not negated, reach)
        read = term.read

        def accept(row: Row) -> bool:
            return (make(read(row)) in keys or any(t(row) for t in tests)) is not negated

        return Test(accept)

    def _join(self, test: Join) -> Test:
        term = self._filterable(test.left)
        if term.type not in ID_TYPES:
            raise malformed(
                f"The left operand field in the where expression for outer query should be an id field, cannot use: '{term.name}'",
                test.at,
            )
        keys = self._inner_values(test.query, term, self._scope)
        negated = test.negated
        reach = None if negated else tuple(point(k) for k in keys)
        return _test(term, lambda value: (value in keys) is not negated, reach)


def _test(term: Term, accept: Accept, reach: tuple[Interval, ...] | None) -> Test:
    read = term.read
    return Test(lambda row: accept(read(row)), term.field if term.own else None, reach if term.own else None)


def compile_bound(bound: Bound) -> Callable[[Row], bool]:
    """One function of a row."""
    match bound:
        case Test():
            return bound.accept
        case Denied(part):
            inner = compile_bound(part)
            return lambda row: not inner(row)
        case Every(parts):
            tests = [compile_bound(part) for part in parts]
            if len(tests) == 2:
                first, second = tests
                return lambda row: first(row) and second(row)
            return lambda row: all(t(row) for t in tests)
        case Some(parts):
            tests = [compile_bound(part) for part in parts]
            return lambda row: any(t(row) for t in tests)


# Values

FOLDED = TEXT_TYPES - {"encryptedstring"}


def key_of(term: Term) -> Callable[[Any], Any]:
    """How values of a term are compared and sorted: text without regard to case, null as it is."""
    if term.type in FOLDED and not (term.field is not None and term.field.case_sensitive):
        return lambda value: value.lower() if isinstance(value, str) else value
    if term.type == "boolean":
        return bool
    return lambda value: value


def value_key(term: Term, value: Any) -> Any:
    return key_of(term)(value)


_WANTED: tuple[tuple[frozenset[str], tuple[type, ...], str], ...] = (
    (TEXT_TYPES | ID_TYPES | {"anyType", "base64"}, (Text,), "string and should be enclosed in quotes"),
    (NUMBER_TYPES, (Number, Money), "{type} and should not be enclosed in quotes"),
    (frozenset(("boolean",)), (Flag,), "boolean and should not be enclosed in quotes"),
    (frozenset(("date",)), (Day,), "date and should not be enclosed in quotes"),
    (frozenset(("datetime",)), (Moment,), "dateTime and should not be enclosed in quotes"),
    (frozenset(("time",)), (Clock,), "time and should not be enclosed in quotes"),
)
"""Field types, the literals they compare with, and what is said otherwise."""


def literal_value(term: Term, literal: Literal, at: int) -> Any:
    """A literal in the form in which rows hold values of the term's type; None for null and for empty text."""
    if isinstance(literal, Null):
        return None
    for types, literals, wording in _WANTED:
        if term.type in types:
            if isinstance(literal, literals):
                return _raw(term, literal, at)
            wanted = wording.format(type="int" if term.type == "int" else "double")
            raise SoqlError(
                "INVALID_FIELD", f"value of filter criterion for field '{term.name}' must be of type {wanted}", at
            )
    raise SoqlError("INVALID_FIELD", f"field '{term.name}' can not be filtered in a query call", at)


def _raw(term: Term, literal: Literal, at: int) -> Any:
    match literal:
        case Text(value):
            return _raw_text(term, value, at)
        case Number(value):
            return int(value) if value == value.to_integral_value() else float(value)
        case Money(_, amount):
            return int(amount) if amount == amount.to_integral_value() else float(amount)
        case Flag(value):
            return value
        case Day(text):
            return text
        case Moment(ms):
            return spell_ms(ms)
        case Clock(ms):
            return spell_clock(ms)
    raise AssertionError(literal)


def _raw_text(term: Term, value: str, at: int) -> str | None:
    if term.type not in ID_TYPES or value == "":
        return value or None
    whole = full_id(value)
    if whole is None:
        raise SoqlError("INVALID_QUERY_FILTER_OPERATOR", f"invalid ID field: {value}", at)
    return whole


def spell_clock(ms: int) -> str:
    """A time of day as rows hold it: `09:08:07.000Z`."""
    seconds, rest = divmod(ms, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:03d}Z"


def _span_ends(term: Term, literal: Span, calendar: Calendar, at: int) -> tuple[str, str]:
    """The first value of a date literal and the first after it, in the form of the term's type."""
    start, end = calendar.span(literal)
    if term.type == "date":
        return start.isoformat(), end.isoformat()
    if term.type == "datetime":
        return spell_ms(calendar.day_start_ms(start)), spell_ms(calendar.day_start_ms(end))
    literal_value(term, Day(literal.name), at)
    raise AssertionError(term.type)


# Operators

_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_NO_ORDER = frozenset(("boolean", "multipicklist"))


def _check_operator(term: Term, name: str, at: int) -> None:
    """INVALID_QUERY_FILTER_OPERATOR where the type does not know the operator."""
    includes = name in ("INCLUDES", "EXCLUDES")
    if (
        (name in _ORDERS and term.type in _NO_ORDER)
        or (name == "LIKE" and term.type not in TEXT_TYPES)
        or (includes and term.type != "multipicklist")
    ):
        kind = "id" if term.type in ID_TYPES else "datetime" if term.type == "datetime" else term.type
        raise SoqlError("INVALID_QUERY_FILTER_OPERATOR", f"invalid operator on {kind} field", at)


def _against(term: Term, name: str, value: Any) -> tuple[Accept, tuple[Interval, ...] | None]:
    """A comparison with one value, null included."""
    key, make = value_key(term, value), key_of(term)
    if name == "=":
        reach = None if key is None else (point(key),)
        return lambda v: make(v) == key, reach
    if name == "!=":
        return lambda v: make(v) != key, None
    if key is None:
        return lambda v: False, ()
    order = _ORDERS[name]
    open_ended = name in "<>"
    interval = Interval(high=key, high_open=open_ended) if "<" in name else Interval(low=key, low_open=open_ended)
    return lambda v: v is not None and order(make(v), key), (interval,)


def _within(term: Term, name: str, ends: tuple[str, str]) -> tuple[Accept, tuple[Interval, ...] | None]:
    """A comparison with a stretch of time: `<` is before it, `>` after it, `=` inside it."""
    start, end = ends
    match name:
        case "=":
            return lambda v: v is not None and start <= v < end, (Interval(start, end, high_open=True),)
        case "!=":
            return lambda v: v is None or not start <= v < end, None
        case "<":
            return _against(term, "<", start)
        case "<=":
            return _against(term, "<", end)
        case ">":
            return _against(term, ">=", end)
        case _:
            return _against(term, ">=", start)


@lru_cache(maxsize=1024)
def like_pattern(pattern: str) -> re.Pattern[str]:
    """`%` is any text, `_` any one character, a backslash takes the meaning from what follows."""
    out = []
    at = 0
    while at < len(pattern):
        character = pattern[at]
        if character == "\\" and at + 1 < len(pattern):
            at += 1
            out.append(re.escape(pattern[at]))
        else:
            out.append({"%": ".*", "_": "."}.get(character) or re.escape(character))
        at += 1
    return re.compile("".join(out), re.IGNORECASE | re.DOTALL)


def _like(term: Term, literal: Literal, at: int) -> Accept:
    if isinstance(literal, Null):
        return lambda value: value is None
    if not isinstance(literal, Text):
        literal_value(term, literal, at)
        raise AssertionError(literal)
    matches = like_pattern(literal.value).fullmatch
    return lambda value: value is not None and matches(value) is not None


def _includes(term: Term, test: Among) -> Accept:
    """`'A;B'` asks for both A and B, the list for any of its entries."""
    wanted = [
        frozenset(part.strip().lower() for part in (literal_value(term, v, test.at) or "").split(";"))
        for v in test.values
    ]
    negated = test.operator == "EXCLUDES"

    def accept(value: Any) -> bool:
        held = frozenset((value or "").lower().split(";"))
        return any(parts <= held for parts in wanted) is not negated

    return accept


def check_inner(inner: Query, at: int) -> None:
    """What a semi-join's query may not have. Source: SOQL and SOSL Reference, semi-join limitations."""
    if inner.limit is not None or inner.order or inner.grouping:
        raise malformed("Semi join sub-selects cannot have ORDER BY, LIMIT or GROUP BY clauses", at)
    if len(inner.items) != 1:
        raise malformed("semi join sub-select must query exactly one field", at)
