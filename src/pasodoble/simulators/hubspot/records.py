"""Records in memory, one `Table` an object type: compact rows, ordered ids, and the indexes that answer look-ups.

No rules: whether a value may be written is decided in `writing`. A million contacts of fifteen properties have to fit
into 3 GB, which is why a row that was never changed shares one dict between its values and its history.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator

from pasodoble.simulators.hubspot.changes import Change


class Record:
    """One row. `values` holds what was written (never ""), not what is derived; replace it, do not write into it.

    history   changes of this record that touched its values, oldest first.
    """

    __slots__ = ("archived_ms", "created_ms", "history", "id", "merged_ids", "updated_ms", "values")

    def __init__(self, id: int, created_ms: int, values: dict[str, str]) -> None:
        self.id = id
        self.created_ms = created_ms
        self.updated_ms = created_ms
        self.archived_ms = 0
        self.values = values
        self.history: list[Change] = []
        self.merged_ids: tuple[int, ...] = ()

    def as_of(self, ms: int) -> Record | None:
        """The record as it stood at `ms`, its time of last change too; None when it did not exist yet."""
        if self.created_ms > ms:
            return None
        if self.updated_ms <= ms:
            return self
        then = Record(self.id, self.created_ms, {})
        then.history = [change for change in self.history if change.at_ms <= ms]
        then.merged_ids = self.merged_ids
        values: dict[str, str] = {}
        for change in then.history:
            values |= change.values
            then.updated_ms = change.at_ms
        then.values = {name: value for name, value in values.items() if value != ""}
        return then


class SortedIds:
    """Ids in order. Cheap to append to, fair to take from the middle of."""

    __slots__ = ("_ids",)

    def __init__(self) -> None:
        self._ids: list[int] = []

    def add(self, id: int) -> None:
        if not self._ids or id > self._ids[-1]:
            self._ids.append(id)
        else:
            insort(self._ids, id)

    def remove(self, id: int) -> None:
        del self._ids[bisect_left(self._ids, id)]

    def page(self, start: int, count: int) -> list[int]:
        """Up to `count` ids from `start` on."""
        at = bisect_left(self._ids, start)
        return self._ids[at : at + count]

    def above(self, id: int) -> list[int]:
        return self._ids[bisect_right(self._ids, id) :]

    def __len__(self) -> int:
        return len(self._ids)

    def __iter__(self) -> Iterator[int]:
        return iter(self._ids)


class ValueIndex:
    """The records that hold each value of one property, by the value in lower case."""

    __slots__ = ("_ids", "holders")

    def __init__(self) -> None:
        self._ids: dict[str, set[int]] = {}
        self.holders = 0

    def add(self, value: str, id: int) -> None:
        self._ids.setdefault(value.lower(), set()).add(id)
        self.holders += 1

    def remove(self, value: str, id: int) -> None:
        ids = self._ids.get(value.lower())
        if ids is not None:
            ids.discard(id)
            self.holders -= 1
            if not ids:
                del self._ids[value.lower()]

    def get(self, value: str) -> set[int]:
        return self._ids.get(value.lower(), set())

    def items(self) -> Iterable[tuple[str, set[int]]]:
        return self._ids.items()


class Recency:
    """When records last changed, in order of time: (ms, id), with leftovers of earlier changes skipped by readers."""

    __slots__ = ("_ids", "_times")

    def __init__(self) -> None:
        self._times: list[int] = []
        self._ids: list[int] = []

    def note(self, ms: int, id: int) -> None:
        if self._times and ms < self._times[-1]:
            at = bisect_right(self._times, ms)
            self._times.insert(at, ms)
            self._ids.insert(at, id)
        else:
            self._times.append(ms)
            self._ids.append(id)

    def between(self, low: int | None, high: int | None) -> list[int]:
        """Ids with a change at `low` <= ms <= `high`, in order of time, perhaps more than once or out of date."""
        start = 0 if low is None else bisect_left(self._times, low)
        end = len(self._times) if high is None else bisect_right(self._times, high)
        return self._ids[start:end]

    def count_between(self, low: int | None, high: int | None) -> int:
        start = 0 if low is None else bisect_left(self._times, low)
        end = len(self._times) if high is None else bisect_right(self._times, high)
        return max(0, end - start)

    def compact(self, rows: dict[int, Record]) -> None:
        """Forget leftovers, once they are most of what is here."""
        if len(self._times) < 2 * len(rows) + 1000:
            return
        kept = [
            (ms, id)
            for ms, id in zip(self._times, self._ids, strict=True)
            if (row := rows.get(id)) is not None and row.updated_ms == ms
        ]
        kept = list(dict.fromkeys(kept))
        self._times = [ms for ms, _ in kept]
        self._ids = [id for _, id in kept]


class Table:
    """All records of one type. Live rows in `rows`, the recycle bin in `archived`, absorbed ids in `absorbed`."""

    def __init__(self, type_id: str, *, first_id: int) -> None:
        self.type_id = type_id
        self.rows: dict[int, Record] = {}
        self.archived: dict[int, Record] = {}
        self.absorbed: dict[int, int] = {}
        self.ids = SortedIds()
        self.archived_ids = SortedIds()
        self.recency = Recency()
        self.next_id = first_id
        self.unique: dict[str, dict[str, int]] = {}
        """Unique property -> value in lower case -> id of the live record that holds it."""
        self._indexes: dict[str, ValueIndex] = {}

    def take_id(self) -> int:
        id = self.next_id
        self.next_id += 1
        return id

    def find(self, id: int) -> Record | None:
        """The live record with this id, or the one that absorbed it."""
        row = self.rows.get(id)
        if row is None and self.absorbed:
            while id in self.absorbed:
                id = self.absorbed[id]
            row = self.rows.get(id)
        return row

    def insert(self, row: Record) -> None:
        self.rows[row.id] = row
        self.ids.add(row.id)
        self.recency.note(row.updated_ms, row.id)
        if self._indexes:
            self._index(row, row.values)

    def replace_values(self, row: Record, values: dict[str, str], changed: Iterable[str]) -> None:
        if self._indexes and row.archived_ms == 0:
            for name in changed:
                index = self._indexes.get(name)
                if index is None:
                    continue
                if (old := row.values.get(name)) is not None:
                    index.remove(old, row.id)
                if (new := values.get(name)) is not None:
                    index.add(new, row.id)
        row.values = values

    def touch(self, row: Record, ms: int) -> None:
        """Move the record's time of last change on."""
        if row.updated_ms != ms:
            row.updated_ms = ms
            self.recency.note(ms, row.id)
            self.recency.compact(self.rows)

    def archive(self, row: Record, ms: int) -> None:
        del self.rows[row.id]
        self.ids.remove(row.id)
        self._unindex(row)
        row.archived_ms = ms
        self.archived[row.id] = row
        self.archived_ids.add(row.id)

    def restore(self, row: Record, ms: int) -> None:
        self.purge(row)
        row.archived_ms = 0
        row.updated_ms = ms
        self.insert(row)

    def purge(self, row: Record) -> None:
        """Take a record out of the recycle bin for good."""
        del self.archived[row.id]
        self.archived_ids.remove(row.id)

    def index_of(self, name: str) -> ValueIndex:
        """The index of one property, built at its first use and kept up from then on."""
        index = self._indexes.get(name)
        if index is None:
            index = self._indexes[name] = ValueIndex()
            for row in self.rows.values():
                if (value := row.values.get(name)) is not None:
                    index.add(value, row.id)
        return index

    def _index(self, row: Record, values: dict[str, str]) -> None:
        for name, index in self._indexes.items():
            if (value := values.get(name)) is not None:
                index.add(value, row.id)

    def _unindex(self, row: Record) -> None:
        for name, index in self._indexes.items():
            if (value := row.values.get(name)) is not None:
                index.remove(value, row.id)
