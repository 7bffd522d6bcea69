"""The rows of one object and the indexes over them.

A row is a dict of the fields that have a value, written as JSON writes it: dates and datetimes are text
(`2026-01-31`, `2026-01-31T09:08:07.000+0000`), so that text order is time order. A row in a table is never changed in
place: a change is a new dict. Who may see a row, and whether a write is right, do not belong here.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pasodoble.simulators.salesforce.schema import ID_TYPES, TEXT_TYPES, Field, Sobject

Row = dict[str, Any]
Key = Any


def key_maker(field: Field) -> Callable[[Any], Key]:
    """How values of this field compare: text without regard to case, unless the field minds it or holds ids."""
    if field.type in TEXT_TYPES and field.type not in ID_TYPES and not field.case_sensitive:
        return lambda value: value.lower() if isinstance(value, str) else value
    return lambda value: value


class HashIndex:
    """Key -> ids of the rows with it, in order of arrival. A single id is kept bare, several as the keys of a dict."""

    def __init__(self, field: Field, rows: Iterable[Row]) -> None:
        self._name = field.name
        self._make_key = key_maker(field)
        self._ids: dict[Key, str | dict[str, None]] = {}
        for row in rows:
            self.add(row)

    def add(self, row: Row) -> None:
        value = row.get(self._name)
        if value is None:
            return
        key, row_id = self._make_key(value), row["Id"]
        held = self._ids.get(key)
        if held is None:
            self._ids[key] = row_id
        elif isinstance(held, dict):
            held[row_id] = None
        elif held != row_id:
            self._ids[key] = {held: None, row_id: None}

    def remove(self, row: Row) -> None:
        value = row.get(self._name)
        if value is None:
            return
        key = self._make_key(value)
        held = self._ids.get(key)
        if isinstance(held, dict):
            held.pop(row["Id"], None)
            if not held:
                del self._ids[key]
        elif held == row["Id"]:
            del self._ids[key]

    def ids(self, value: Any) -> tuple[str, ...]:
        held = self._ids.get(self._make_key(value))
        if held is None:
            return ()
        return tuple(held) if isinstance(held, dict) else (held,)

    def count(self, value: Any) -> int:
        held = self._ids.get(self._make_key(value))
        return 0 if held is None else len(held) if isinstance(held, dict) else 1


class SortedIndex:
    """Keys in order, with their ids, equal keys in the order of ids. An entry whose row has moved on stays until enough
    of them are stale.

    Rows mostly arrive in order (ids, timestamps), so that adding is appending.
    """

    def __init__(self, field: Field, rows: Iterable[Row]) -> None:
        self._name = field.name
        self._make_key = key_maker(field)
        entries = [(self._make_key(r[self._name]), r["Id"]) for r in rows if r.get(self._name) is not None]
        entries.sort()
        self._keys = [entry[0] for entry in entries]
        self._ids = [entry[1] for entry in entries]
        self.stale = 0

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, row: Row) -> None:
        value = row.get(self._name)
        if value is None:
            return
        key, row_id = self._make_key(value), row["Id"]
        keys, ids = self._keys, self._ids
        if not keys or key > keys[-1] or (key == keys[-1] and row_id > ids[-1]):
            keys.append(key)
            ids.append(row_id)
            return
        at = bisect_right(ids, row_id, bisect_left(keys, key), bisect_right(keys, key))
        keys.insert(at, key)
        ids.insert(at, row_id)

    def remove(self, row: Row) -> None:
        if row.get(self._name) is not None:
            self.stale += 1

    def bounds(self, low: Any, high: Any, *, low_open: bool, high_open: bool, after_id: str = "") -> range:
        """The places of the entries between two keys (None: no bound); of those at `low` only the ids after `after_id`."""
        keys, start, end = self._keys, 0, len(self._keys)
        if low is not None:
            key = self._make_key(low)
            start = (bisect_right if low_open else bisect_left)(keys, key)
            if after_id and not low_open:
                start = bisect_right(self._ids, after_id, start, bisect_right(keys, key))
        if high is not None:
            end = (bisect_left if high_open else bisect_right)(keys, self._make_key(high))
        return range(start, max(start, end))

    def walk(self, places: Iterable[int], fresh: Callable[[str], Row | None]) -> Iterator[Row]:
        """The rows at these places that still belong there, each once."""
        keys, ids, name = self._keys, self._ids, self._name
        seen: set[str] | None = set() if self.stale else None
        for at in places:
            row = fresh(ids[at])
            if row is None:
                continue
            if seen is not None:
                value = row.get(name)
                if value is None or self._make_key(value) != keys[at] or row["Id"] in seen:
                    continue
                seen.add(row["Id"])
            yield row


MIN_STALE = 1000


class Table:
    """All rows of one object by id, deleted ones too (they carry `IsDeleted: True`); indexes are made when first asked."""

    def __init__(self, sobject: Sobject) -> None:
        self.sobject = sobject
        self.rows: dict[str, Row] = {}
        self._hashed: dict[str, HashIndex] = {}
        self._sorted: dict[str, SortedIndex] = {}

    def __len__(self) -> int:
        return len(self.rows)

    def get(self, row_id: str) -> Row | None:
        return self.rows.get(row_id)

    def put(self, row: Row) -> Row | None:
        """Store a row in place of the one with its id; gives the one it replaces."""
        before = self.rows.get(row["Id"])
        self.rows[row["Id"]] = row
        for name, hashed in self._hashed.items():
            if before is None:
                hashed.add(row)
            elif before.get(name) != row.get(name):
                hashed.remove(before)
                hashed.add(row)
        for name, ordered in self._sorted.items():
            if before is None:
                ordered.add(row)
            elif before.get(name) != row.get(name):
                ordered.remove(before)
                ordered.add(row)
        return before

    def drop(self, row_id: str) -> Row | None:
        """Forget a row for good."""
        before = self.rows.pop(row_id, None)
        if before is not None:
            for hashed in self._hashed.values():
                hashed.remove(before)
            for ordered in self._sorted.values():
                ordered.remove(before)
        return before

    def find(self, field: Field, values: Iterable[Any]) -> Iterator[Row]:
        """Rows whose field equals one of the values (never null), through a hash index."""
        if field.name == "Id":
            for row_id in dict.fromkeys(values):
                row = self.rows.get(row_id)
                if row is not None:
                    yield row
            return
        index = self._hash_index(field)
        for row_id in dict.fromkeys(row_id for value in values if value is not None for row_id in index.ids(value)):
            yield self.rows[row_id]

    def _hash_index(self, field: Field) -> HashIndex:
        index = self._hashed.get(field.name)
        if index is None:
            index = self._hashed[field.name] = HashIndex(field, self.rows.values())
        return index

    def _sorted_index(self, field: Field) -> SortedIndex:
        index = self._sorted.get(field.name)
        if index is None or index.stale > max(MIN_STALE, len(index) // 2):
            index = self._sorted[field.name] = SortedIndex(field, self.rows.values())
        return index

    def span(
        self,
        field: Field,
        low: Any,
        high: Any,
        *,
        low_open: bool = False,
        high_open: bool = False,
        after_id: str = "",
        descending: bool = False,
    ) -> Iterator[Row]:
        """Rows whose field lies between two values (None: no bound) in the field's order, through a sorted index.

        Rows with the same value come in the order of their ids, in the opposite one with `descending`; those with
        the value `low` only from after `after_id` on.
        """
        index = self._sorted_index(field)
        places = index.bounds(low, high, low_open=low_open, high_open=high_open, after_id=after_id)
        return index.walk(reversed(places) if descending else places, self.rows.get)

    def count_found(self, field: Field, values: Iterable[Any]) -> int:
        """About how many rows `find` would give, without giving them."""
        if field.name == "Id":
            return sum(1 for _ in values)
        index = self._hash_index(field)
        return sum(index.count(value) for value in values)

    def count_span(self, field: Field, low: Any, high: Any, *, low_open: bool = False, high_open: bool = False) -> int:
        """About how many rows `span` would give, without giving them."""
        return len(self._sorted_index(field).bounds(low, high, low_open=low_open, high_open=high_open))

    def redefine(self, sobject: Sobject) -> None:
        """Take a new definition; the indexes are made anew when next asked."""
        self.sobject = sobject
        self._hashed.clear()
        self._sorted.clear()

    def copy(self) -> Table:
        """A snapshot: the same row values, a table of its own."""
        twin = Table(self.sobject)
        twin.rows = dict(self.rows)
        return twin
