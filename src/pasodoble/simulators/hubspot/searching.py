"""Searching records: filters, groups, sorting, text queries, and an index that may lag behind.

Reading and answering requests does not belong here (see `api.search`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from pasodoble.simulators.hubspot.derived import Reader
from pasodoble.simulators.hubspot.moments import parse_moment
from pasodoble.simulators.hubspot.object_types import ObjectType
from pasodoble.simulators.hubspot.portal import Portal
from pasodoble.simulators.hubspot.property_model import Property
from pasodoble.simulators.hubspot.records import Record, Table

Values = dict[str, str]
TIMES: Final = frozenset({"date", "datetime"})


@dataclass(frozen=True, slots=True)
class Filter:
    """One comparison. `value` and `high` as sent; `values` for IN and NOT_IN."""

    name: str
    operator: str
    value: str = ""
    high: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """A search: groups are alternatives, the filters of a group all have to hold."""

    groups: tuple[tuple[Filter, ...], ...]
    text: str = ""
    sort: str = ""
    descending: bool = False


class Comparer:
    """How the values of one property compare: as numbers, as moments, or as text in lower case."""

    def __init__(self, definition: Property | None) -> None:
        kind = definition.type if definition is not None else "string"
        self.is_choice = kind == "enumeration"
        self.multiple = definition is not None and definition.field_type == "checkbox"
        self.key: Callable[[str], float | str | None]
        if kind == "number":
            self.key = _number
        elif kind in TIMES:
            self.key = parse_moment
        else:
            self.key = str if self.is_choice else str.lower


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


Test = Callable[[str], bool]
"""Whether a value that is there passes."""


def _below(limit: float | str | None, key: Callable[[str], float | str | None], *, equal: bool) -> Test:
    def test(value: str) -> bool:
        own = key(value)
        if own is None or limit is None or isinstance(own, str) != isinstance(limit, str):
            return False
        return own < limit or (equal and own == limit)  # type: ignore[operator]  # both are of one sort by now

    return test


def make_test(wanted: Filter, definition: Property | None) -> Test:
    """The test of one filter, for values that are there."""
    comparer = Comparer(definition)
    key = comparer.key
    match wanted.operator:
        case "EQ" | "NEQ":
            return _equal(wanted, comparer)
        case "LT" | "GTE":
            return _below(key(wanted.value), key, equal=False)
        case "LTE" | "GT":
            return _below(key(wanted.value), key, equal=True)
        case "BETWEEN":
            too_low = _below(key(wanted.value), key, equal=False)
            not_above = _below(key(wanted.high), key, equal=True)
            return lambda value: not_above(value) and not too_low(value)
        case "IN" | "NOT_IN":
            return _among(wanted, comparer)
        case "CONTAINS_TOKEN" | "NOT_CONTAINS_TOKEN":
            return _token_test(wanted.value)
        case _:
            return lambda _value: True


def _equal(wanted: Filter, comparer: Comparer) -> Test:
    own = comparer.key(wanted.value)
    if comparer.multiple:
        chosen = set(wanted.value.split(";"))
        return lambda value: chosen <= set(value.split(";"))
    return lambda value: comparer.key(value) == own and own is not None


def _among(wanted: Filter, comparer: Comparer) -> Test:
    """Values of text properties are compared in lower case, those asked for as they were sent: HubSpot wants them so."""
    if comparer.multiple:
        chosen = set(wanted.values)
        return lambda value: not chosen.isdisjoint(value.split(";"))
    own = {value if isinstance(comparer.key(value), str) else comparer.key(value) for value in wanted.values}
    return lambda value: comparer.key(value) in own


def _token_test(pattern: str) -> Test:
    """Every word of the pattern is a word of the value; `*` stands for any letters."""
    words = [re.compile(re.escape(word).replace(r"\*", r"\S*"), re.IGNORECASE) for word in _tokens(pattern)]

    def test(value: str) -> bool:
        tokens = _tokens(value)
        whole = value.lower()
        return bool(words) and all(
            any(word.fullmatch(token) for token in tokens) or word.fullmatch(whole) is not None for word in words
        )

    return test


def _tokens(text: str) -> list[str]:
    return [token for token in re.split(r"[\s@.,;:/()<>\"'+|-]+", text.lower()) if token]


NEGATIVE: Final = {"NEQ", "NOT_IN", "NOT_CONTAINS_TOKEN", "NOT_HAS_PROPERTY", "GT", "GTE"}
"""Operators whose test says the opposite. An absent value passes only the first four."""
PASSED_BY_ABSENT: Final = {"NEQ", "NOT_IN", "NOT_CONTAINS_TOKEN", "NOT_HAS_PROPERTY"}


class Searcher:
    """Searches one object type."""

    def __init__(self, portal: Portal, kind: ObjectType) -> None:
        self.portal = portal
        self.kind = kind
        self.table: Table = portal.tables[kind.type_id]
        self._readers = portal.readers[kind.type_id]
        self._live = portal.properties[kind.type_id].live

    def search(self, query: Query) -> list[Record]:
        """All that match, as the index has them, in the order asked for (by default of creation)."""
        now = self.portal.now_ms()
        lag_ms = int(self.portal.switches.search_lag_s * 1000)
        recent = set(self.table.recency.between(now - lag_ms + 1, None)) if lag_ms else set()
        tests = [self._group_test(group) for group in query.groups] or [lambda _row, _values: True]
        narrowed = self._narrow(query.groups)
        ids: Iterable[int] = self.table.ids if narrowed is None else sorted(narrowed | recent)
        hits = []
        for id in ids:
            row = self.table.rows.get(id)
            if row is not None and id in recent:
                row = self._seen(row, now, lag_ms)
            if row is None or not any(test(row, row.values) for test in tests):
                continue
            if query.text and not self._mentions(row, row.values, query.text):
                continue
            hits.append(row)
        return self._sorted(hits, query)

    def _seen(self, row: Record, now: int, lag_ms: int) -> Record | None:
        """The record as the index has it; None when it does not know it yet."""
        if self.portal.switches.search_disorder:
            lag_ms = (row.id * 2_654_435_761 + row.updated_ms) % (lag_ms + 1)
        return row.as_of(now - lag_ms)

    def value_of(self, row: Record, values: Values, name: str, reader: Reader | None) -> str | None:
        value = values.get(name)
        return reader(self.portal, self.kind, row) if value is None and reader is not None else value

    def _group_test(self, group: Sequence[Filter]) -> Callable[[Record, Values], bool]:
        tests = [self._filter_test(wanted) for wanted in group]
        return lambda row, values: all(test(row, values) for test in tests)

    def _filter_test(self, wanted: Filter) -> Callable[[Record, Values], bool]:
        if wanted.name.startswith("associations."):
            return self._link_test(wanted)
        name, reader = wanted.name, self._readers.get(wanted.name)
        if name in TIME_OF and wanted.operator in RANGES:
            return _time_test(wanted, TIME_OF[name])
        test = make_test(wanted, self._live.get(name))
        negative = wanted.operator in NEGATIVE
        absent = wanted.operator in PASSED_BY_ABSENT

        def check(row: Record, values: Values) -> bool:
            value = self.value_of(row, values, name, reader)
            return absent if value is None else test(value) != negative

        return check

    def _link_test(self, wanted: Filter) -> Callable[[Record, Values], bool]:
        to_kind = self.portal.types.find(wanted.name.removeprefix("associations."))
        to_type = to_kind.type_id if to_kind is not None else ""
        ids = {int(value) for value in (wanted.values or (wanted.value,)) if value.isdecimal()}
        negative = wanted.operator in NEGATIVE

        def check(row: Record, _values: Values) -> bool:
            linked = self.portal.links.of(self.kind.type_id, row.id, to_type)
            if wanted.operator in ("HAS_PROPERTY", "NOT_HAS_PROPERTY"):
                return bool(linked) != negative
            return (not ids.isdisjoint(linked)) != negative

        return check

    def _mentions(self, row: Record, values: Values, text: str) -> bool:
        """Whether every word of the query starts a word of some default text property."""
        tokens: list[str] = []
        for name in self.kind.searchable:
            value = self.value_of(row, values, name, self._readers.get(name))
            if value:
                tokens += [*_tokens(value), value.lower()]
        digits = re.sub(r"\D", "", values.get("phone", ""))
        tokens += [digits[at:] for at in range(max(0, len(digits) - 6))]
        return all(any(token.startswith(word) for token in tokens) for word in text.lower().split())

    def _sorted(self, hits: list[Record], query: Query) -> list[Record]:
        if not query.sort:
            return hits
        name, reader = query.sort, self._readers.get(query.sort)
        if name == "hs_object_id":
            return hits[::-1] if query.descending else hits
        if name in TIME_OF:
            moment = TIME_OF[name]
            return sorted(hits, key=moment, reverse=query.descending)
        key = Comparer(self._live.get(name)).key
        keyed = [(hit, self.value_of(hit, hit.values, name, reader)) for hit in hits]
        present = [(own, hit) for hit, value in keyed if value is not None and (own := key(value)) is not None]
        present.sort(key=lambda pair: pair[0], reverse=query.descending)
        absent = [hit for hit, value in keyed if value is None or key(value) is None]
        return [*(hit for _own, hit in present), *absent]

    # Narrowing by indexes

    def _narrow(self, groups: Sequence[Sequence[Filter]]) -> set[int] | None:
        """Ids outside which nothing can match; None when no index helps some group."""
        found: set[int] = set()
        for group in groups:
            narrowed = self._narrow_group(group)
            if narrowed is None:
                return None
            found |= narrowed
        return found if groups else None

    def _narrow_group(self, group: Sequence[Filter]) -> set[int] | None:
        options = [ids for wanted in group if (ids := self._narrow_filter(wanted)) is not None]
        window = self._window(group)
        if window is not None:
            options.append(set(self.table.recency.between(*window)))
        return min(options, key=len) if options else None

    def _window(self, group: Sequence[Filter]) -> tuple[int | None, int | None] | None:
        """The times between which the group wants the last change."""
        bounds = [_bounds(wanted) for wanted in group if wanted.name == self.kind.modified]
        lows = [low for low, _high in bounds if low is not None]
        highs = [high for _low, high in bounds if high is not None]
        if not lows and not highs:
            return None
        return max(lows, default=None), min(highs, default=None)

    def _narrow_filter(self, wanted: Filter) -> set[int] | None:
        name, operator = wanted.name, wanted.operator
        if name == "hs_object_id":
            return self._narrow_ids(wanted)
        if name.startswith("associations."):
            return self._narrow_links(wanted)
        if name in self._readers or operator in PASSED_BY_ABSENT or name not in self._live:
            return None
        if self._live[name].field_type == "checkbox" and operator in ("EQ", "IN"):
            return None
        index = self.table.index_of(name)
        if operator in ("EQ", "IN") and self._live[name].type in ("string", "enumeration", "phone_number"):
            asked = (wanted.value,) if operator == "EQ" else wanted.values
            return set().union(*(index.get(value) for value in asked))
        if index.holders * 4 > len(self.table.rows) + 400:
            return None
        test = make_test(wanted, self._live[name])
        negative = operator in NEGATIVE
        return set().union(*(ids for value, ids in index.items() if test(value) != negative))

    def _narrow_ids(self, wanted: Filter) -> set[int] | None:
        asked = (wanted.value,) if wanted.operator == "EQ" else wanted.values if wanted.operator == "IN" else ()
        if asked:
            return {int(value) for value in asked if value.isdecimal()}
        if wanted.operator == "GT" and wanted.value.isdecimal():
            ids = self.table.ids.above(int(wanted.value))
            return set(ids) if len(ids) * 4 < len(self.table.rows) else None
        return None

    def _narrow_links(self, wanted: Filter) -> set[int] | None:
        to_kind = self.portal.types.find(wanted.name.removeprefix("associations."))
        if to_kind is None or wanted.operator not in ("EQ", "IN"):
            return None
        asked = wanted.values or (wanted.value,)
        found: set[int] = set()
        for value in asked:
            if value.isdecimal():
                found |= set(self.portal.links.of(to_kind.type_id, int(value), self.kind.type_id))
        return found


TIME_OF: Final[dict[str, Callable[[Record], int]]] = {
    "createdate": lambda row: row.created_ms,
    "hs_createdate": lambda row: row.created_ms,
    "lastmodifieddate": lambda row: row.updated_ms,
    "hs_lastmodifieddate": lambda row: row.updated_ms,
}
"""The moments that every record carries: compared as they are, for searches by them are the most frequent."""
RANGES: Final = {"EQ", "LT", "LTE", "GT", "GTE", "BETWEEN"}


def _bounds(wanted: Filter) -> tuple[int | None, int | None]:
    """The times, both inclusive, that a comparison with a moment leaves; (None, None) for what is no range."""
    at = parse_moment(wanted.value)
    if at is None:
        return None, None
    match wanted.operator:
        case "EQ":
            return at, at
        case "GT":
            return at + 1, None
        case "GTE":
            return at, None
        case "LT":
            return None, at - 1
        case "LTE":
            return None, at
        case "BETWEEN":
            return at, parse_moment(wanted.high)
        case _:
            return None, None


def _time_test(wanted: Filter, moment: Callable[[Record], int]) -> Callable[[Record, Values], bool]:
    low, high = _bounds(wanted)
    if low is None and high is None:
        return lambda _row, _values: False

    def test(row: Record, _values: Values) -> bool:
        at = moment(row)
        return (low is None or at >= low) and (high is None or at <= high)

    return test
