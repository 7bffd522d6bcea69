"""Which rows to look at for a SELECT, and in what order: the choice of an index, or of the whole table.

An index only narrows: every row still has to pass the whole condition. How a condition is tested belongs in `filters`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, groupby, islice
from typing import Any

from pasodoble.simulators.salesforce.rows import Row, Table, key_maker
from pasodoble.simulators.salesforce.schema import Field, Sobject
from pasodoble.simulators.salesforce.soql.bind import Term
from pasodoble.simulators.salesforce.soql.filters import Bound, Denied, Every, Some, Test, key_of
from pasodoble.simulators.salesforce.soql.intervals import Interval, intersection, union
from pasodoble.simulators.salesforce.view import View

EVERYTHING = (Interval(),)
NEVER_NULL = frozenset(("Id", "CreatedDate", "LastModifiedDate", "SystemModstamp"))
"""Fields that every row has: an index over one of them holds all rows."""


@dataclass(frozen=True, slots=True)
class Reach:
    """The rows whose `field` lies in one of the intervals."""

    field: Field
    intervals: tuple[Interval, ...]

    @property
    def only_points(self) -> bool:
        return all(interval.is_point for interval in self.intervals)

    def count(self, table: Table) -> int:
        """About how many rows that is."""
        if self.only_points:
            return table.count_found(self.field, (interval.low for interval in self.intervals))
        return sum(
            table.count_span(self.field, i.low, i.high, low_open=i.low_open, high_open=i.high_open)
            for i in self.intervals
        )


Access = tuple[Reach, ...]
"""Rows in any of these; the empty tuple: none at all."""


@dataclass(frozen=True, slots=True)
class SortKey:
    """One key of ORDER BY, bound."""

    term: Term
    descending: bool = False
    nulls_last: bool = False


class Planner:
    """Chooses among the indexes of one object."""

    def __init__(self, view: View, sobject: Sobject) -> None:
        self._view = view
        self._sobject = sobject
        self._table = view.org.tables[sobject.name]

    def access(self, bound: Bound) -> Access | None:
        """Where the rows that can pass are, or None when no index tells."""
        match bound:
            case Test(field=Field() as field, reach=tuple() as reach) if self._view.has_index(self._sobject, field):
                intervals = union(reach)
                return (Reach(field, intervals),) if intervals else ()
            case Every(parts):
                found = [access for access in map(self.access, parts) if access is not None]
                return self._least(_meet(found))
            case Some(parts):
                accesses = [self.access(part) for part in parts]
                return _join([a for a in accesses if a is not None]) if None not in accesses else None
            case Test() | Denied():
                return None

    def count(self, access: Access) -> int:
        return sum(reach.count(self._table) for reach in access)

    def _least(self, accesses: list[Access]) -> Access | None:
        return accesses[0] if len(accesses) == 1 else min(accesses, key=self.count, default=None)


def _meet(accesses: list[Access]) -> list[Access]:
    """Conditions on the same field at once: `A > 1 AND A < 5` is one range."""
    single: dict[str, Reach] = {}
    others: list[Access] = []
    for access in accesses:
        if len(access) != 1:
            others.append(access)
            continue
        (reach,) = access
        known = single.get(reach.field.name)
        met = intersection(known.intervals, reach.intervals) if known else reach.intervals
        single[reach.field.name] = Reach(reach.field, met)
    return [*others, *((reach,) if reach.intervals else () for reach in single.values())]


def _join(accesses: list[Access]) -> Access:
    """Alternatives: those on the same field become one reach, so that a keyset page is one walk along one index."""
    by_field: dict[str, Reach] = {}
    for reach in (reach for access in accesses for reach in access):
        known = by_field.get(reach.field.name)
        intervals = union((*known.intervals, *reach.intervals)) if known else reach.intervals
        by_field[reach.field.name] = Reach(reach.field, intervals)
    return tuple(by_field.values())


def _reach_on(bound: Bound | None, field: Field) -> tuple[Interval, ...] | None:
    """The values of `field` outside of which `bound` is never true; None when it does not say."""
    match bound:
        case Test(field=Field(name=name), reach=tuple() as reach) if name == field.name:
            return union(reach)
        case Every(parts):
            known = [r for r in (_reach_on(part, field) for part in parts) if r is not None]
            met = known[0] if known else None
            for reach in known[1:]:
                met = intersection(met or (), reach)
            return met
        case Some(parts):
            reaches = [_reach_on(part, field) for part in parts]
            return None if None in reaches else union(tuple(i for r in reaches if r for i in r))
        case _:
            return None


NO_ID = "~"
"""Sorts after every id."""


def _tie_start(bound: Bound | None, field: Field, low: Any, id_field: Field) -> str:
    """Of the rows whose `field` is `low`: an id that none that pass comes before; "" when nothing is known.

    `A > x OR (A = x AND Id > 'y')` gives y for x, so that the next page begins where the last one ended however many
    rows share a value.
    """
    reach = _reach_on(bound, field)
    if bound is None or reach is None:
        return ""
    if not reach or reach[0].low is None or reach[0].low > low or (reach[0].low == low and reach[0].low_open):
        return "" if reach and reach[0].low is None else NO_ID
    if isinstance(bound, Some):
        return min(_tie_start(part, field, low, id_field) for part in bound.parts)
    ids = _reach_on(bound, id_field)
    return str(ids[0].low or "") if ids else ""


class Source:
    """Rows of one object for one SELECT: `accept` is the whole condition, `deleted` lets the Recycle Bin in."""

    def __init__(
        self, view: View, sobject: Sobject, bound: Bound | None, accept: Callable[[Row], bool] | None, *, deleted: bool
    ) -> None:
        self._view = view
        self._sobject = sobject
        self._bound = bound
        self._accept = accept
        self._deleted = deleted
        self._planner = Planner(view, sobject)
        self._access = None if bound is None else self._planner.access(bound)

    def rows(self, order: tuple[SortKey, ...] = (), count: int | None = None) -> list[Row]:
        """The rows that pass, sorted, no more than `count`; without an order as they come."""
        if not order:
            return list(islice(self._filtered(self._candidates()), count))
        walk = None if count is None else self._walk(order[0], count)
        if walk is None:
            return sort_rows(list(self._filtered(self._candidates())), order)[:count]
        rows = self._filtered(walk)
        in_order = len(order) == 1 or _is_tie_order(order)
        return list(islice(rows if in_order else _sorted_in_ties(rows, order), count))

    def _filtered(self, rows: Iterable[Row]) -> Iterator[Row]:
        return iter(rows) if self._accept is None else filter(self._accept, rows)

    def _candidates(self) -> Iterable[Row]:
        if self._access is not None:
            parts = [self._reached(reach.field, reach.intervals) for reach in self._access]
            if None not in parts:
                return _once(part for part in parts if part is not None)
        return self._view.rows(self._sobject, deleted=self._deleted)

    def _reached(
        self, field: Field, intervals: tuple[Interval, ...], *, in_order: bool = False, descending: bool = False
    ) -> Iterable[Row] | None:
        """Through the index, if need be in the field's order; None when there turns out to be no index."""
        if not in_order and all(interval.is_point for interval in intervals):
            points = [interval.low for interval in intervals]
            return self._view.find(self._sobject, field, points, deleted=self._deleted)
        spans = [
            self._view.span(
                self._sobject,
                field,
                i.low,
                i.high,
                low_open=i.low_open,
                high_open=i.high_open,
                after_id=self._after_id(field, i) if in_order and not descending else "",
                descending=descending,
                deleted=self._deleted,
            )
            for i in (reversed(intervals) if descending else intervals)
        ]
        return None if None in spans else chain.from_iterable(span for span in spans if span is not None)

    def _after_id(self, field: Field, interval: Interval) -> str:
        if interval.low is None or interval.low_open:
            return ""
        return _tie_start(self._bound, field, interval.low, self._sobject.fields["Id"])

    def _walk(self, first: SortKey, count: int) -> Iterable[Row] | None:
        """Candidates already in the order of the first key, where an index gives that and it pays to stop early."""
        field = first.term.field
        if field is None or not first.term.own or not self._view.has_index(self._sobject, field):
            return None
        intervals = _reach_on(self._bound, field)
        if intervals is None and field.name not in NEVER_NULL:
            return None
        reach = Reach(field, EVERYTHING if intervals is None else intervals)
        if self._access is not None and not self._pays(reach, count):
            return None
        return self._reached(field, reach.intervals, in_order=True, descending=first.descending)

    def _pays(self, reach: Reach, count: int) -> bool:
        """Whether `count` rows come sooner along this reach than by sorting all that the best index finds.

        Rows that pass are taken to lie evenly: one in `along / found` of those walked along.
        """
        assert self._access is not None
        found = self._planner.count(self._access)
        along = reach.count(self._view.org.tables[self._sobject.name])
        return count * along < found * found


def _once(parts: Iterable[Iterable[Row]]) -> Iterator[Row]:
    seen: set[str] = set()
    for part in parts:
        for row in part:
            if row["Id"] not in seen:
                seen.add(row["Id"])
                yield row


def _sorted_in_ties(rows: Iterable[Row], order: tuple[SortKey, ...]) -> Iterator[Row]:
    """Rows that come in the order of the first key, each run of equal ones sorted by the other keys."""
    term = order[0].term
    key, read = key_of(term), term.read
    for _, run in groupby(rows, lambda row: key(read(row))):
        yield from sort_rows(list(run), order[1:])


def _is_tie_order(order: tuple[SortKey, ...]) -> bool:
    """Whether equal values are wanted in the order in which an index has them: by id, in the same direction."""
    first, second = order[0], order[1]
    return second.term.own and second.term.name == "Id" and second.descending is first.descending


def sort_rows(rows: list[Row], order: tuple[SortKey, ...]) -> list[Row]:
    """By several keys: stable sorts from the last key to the first."""
    for key in reversed(order):
        rows.sort(key=_sort_function(key), reverse=key.descending)
    return rows


def _sort_function(sort: SortKey) -> Callable[[Row], Any]:
    """Nulls apart from values; picklists in the order of their values in Setup."""
    read, make = sort.term.read, _ordering_key(sort.term)
    null_rank = sort.nulls_last is not sort.descending
    null, held = (1, 0) if null_rank else (0, 1)

    def key(row: Row) -> tuple[int, Any]:
        value = read(row)
        return (null, 0) if value is None else (held, make(value))

    return key


def _ordering_key(term: Term) -> Callable[[Any], Any]:
    field = term.field
    if field is None or field.type != "picklist" or not field.choices:
        return key_of(term) if field is None or not term.own else key_maker(field)
    places = {choice.value.lower(): place for place, choice in enumerate(field.choices)}
    after = len(places)
    return lambda value: (places.get(value.lower(), after), value.lower())
