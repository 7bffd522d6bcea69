"""The org: one model behind all paths. Definitions, rows, users, the clock, and the one gate that writes pass through.

Reading for somebody is `view.View`; what makes a write acceptable is `writes`; how anything looks over HTTP is in the
modules that register routes. None of that belongs here.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pasodoble.simulators.clock import SimClock
from pasodoble.simulators.salesforce.changes import Change, Commit, Kind
from pasodoble.simulators.salesforce.ids import full_id, spell_id
from pasodoble.simulators.salesforce.moments import spell_second
from pasodoble.simulators.salesforce.rows import Row, Table
from pasodoble.simulators.salesforce.schema import Field, Sobject, standard_sobjects
from pasodoble.simulators.salesforce.settings import Settings, Switches

if TYPE_CHECKING:
    from pasodoble.simulators.salesforce.view import View

Listener = Callable[[Commit], None]

_KINDS_AFTER: dict[tuple[Kind, Kind], Kind | None] = {
    ("CREATE", "UPDATE"): "CREATE",
    ("CREATE", "DELETE"): None,
    ("CREATE", "PURGE"): None,
    ("UNDELETE", "UPDATE"): "UNDELETE",
    ("UPDATE", "DELETE"): "DELETE",
    ("DELETE", "UNDELETE"): "UPDATE",
    ("CREATE", "SILENT"): "CREATE",
    ("UPDATE", "SILENT"): "UPDATE",
    ("UNDELETE", "SILENT"): "UNDELETE",
    ("DELETE", "SILENT"): "DELETE",
}
"""What two changes of one record in one transaction amount to (None: nothing at all); else the later kind."""


@dataclass(slots=True)
class Transaction:
    """One unit of work of one user: what was put, so that it can be taken back, all of it or back to a mark.

    undo     what was put, newest last, each with the row before it.
    origin   what change events will call changeOrigin.
    """

    org: Org
    user_id: str
    origin: str = ""
    undo: list[tuple[Kind, Table, str, Row | None]] = field(default_factory=list)

    def mark(self) -> int:
        return len(self.undo)

    def put(self, kind: Kind, table: Table, row: Row) -> None:
        before = table.put(row)
        self.undo.append((kind, table, row["Id"], before))

    def drop(self, table: Table, row_id: str) -> None:
        before = table.drop(row_id)
        if before is not None:
            self.undo.append(("PURGE", table, row_id, before))

    def rollback(self, mark: int = 0) -> None:
        """Take back everything since `mark`."""
        while len(self.undo) > mark:
            _kind, table, row_id, before = self.undo.pop()
            if before is None:
                table.drop(row_id)
            else:
                table.put(before)

    def changes(self) -> tuple[Change, ...]:
        """What the transaction amounts to, one change a record."""
        if len(self.undo) == 1:
            kind, table, row_id, before = self.undo[0]
            return () if kind == "SILENT" else (Change(kind, table.sobject.name, row_id, before, table.get(row_id)),)
        kinds: dict[tuple[str, str], Kind] = {}
        firsts: dict[tuple[str, str], tuple[Table, Row | None]] = {}
        for kind, table, row_id, before in self.undo:
            key = (table.sobject.name, row_id)
            if key not in kinds:
                kinds[key] = kind
                firsts.setdefault(key, (table, before))
                continue
            amount = _KINDS_AFTER.get((kinds[key], kind), kind)
            if amount is None:
                del kinds[key]
            else:
                kinds[key] = amount
        return tuple(
            Change(kind, name, row_id, firsts[name, row_id][1], firsts[name, row_id][0].get(row_id))
            for (name, row_id), kind in kinds.items()
            if kind != "SILENT"
        )


class Org:
    """The world of one Salesforce org.

    version   rises with every change of the schema, permissions or settings: compiled things are good for one version.
    """

    def __init__(self, clock: SimClock, *, seed: int = 1, switches: Switches | None = None) -> None:
        self.clock = clock
        self.seed = seed
        self.dice = random.Random(f"salesforce-{seed}")
        self.switches = switches or Switches()
        self.settings = Settings()
        self.version = 1
        self.schema_changed_at = clock.now_ms() // 1000
        self.tables: dict[str, Table] = {}
        self._lower: dict[str, str] = {}
        self._prefixes: dict[str, list[str]] = {}
        """Id prefix -> objects; the status objects share one."""
        self._counters: dict[str, int] = {}
        self._listeners: list[Listener] = []
        self._commits = 0
        self._last_ms = 0
        self._views: dict[tuple[str, bool], View] = {}
        self._views_version = 0
        self.bins: dict[str, tuple[str, ...]] = {}
        """The Recycle Bin: id of what was deleted -> it and all that went along, in order."""
        self.rollups: dict[str, list[tuple[Sobject, Field]]] = {}
        """Child object -> the roll-up fields that look at it, with their master object."""
        self.unsettled: dict[str, Row | None] = {}
        """Rows written less than `settings.late_visible_s` ago: id -> the row that others still see (None: none)."""
        self.define(standard_sobjects(person_accounts=self.switches.person_accounts).values())
        self.id = self.next_id("Organization")
        self.integration_user_id = self.next_id("User")

    # Ids

    def ids_given(self) -> dict[str, int]:
        """How many ids were given out, by prefix."""
        return dict(self._counters)

    def go_on_from(self, given: Mapping[str, int]) -> None:
        """Give out no id again that was given out before."""
        for prefix, count in given.items():
            self._counters[prefix] = max(count, self._counters.get(prefix, 0))

    # Definitions

    def define(self, sobjects: Any) -> None:
        """Add or replace objects."""
        for sobject in sobjects:
            table = self.tables.get(sobject.name)
            if table is None:
                self.tables[sobject.name] = Table(sobject)
            else:
                table.redefine(sobject)
            self._lower[sobject.name.lower()] = sobject.name
            shared = self._prefixes.setdefault(sobject.key_prefix, [])
            if sobject.name not in shared:
                shared.append(sobject.name)
        self.rollups.clear()
        for table in self.tables.values():
            for item in table.sobject.fields.values():
                if item.rollup is not None:
                    self.rollups.setdefault(item.rollup.child, []).append((table.sobject, item))
        self.changed()

    def undefine(self, name: str) -> None:
        """Take out an object with its rows."""
        sobject = self.tables.pop(name).sobject
        self._lower.pop(name.lower(), None)
        self._prefixes[sobject.key_prefix].remove(name)
        self.changed()

    def changed(self) -> None:
        """Note that definitions, permissions or settings are not what they were."""
        self.version += 1
        self.schema_changed_at = self.clock.now_ms() // 1000

    def find_sobject(self, name: str) -> Sobject | None:
        """By API name, in any case, whether or not anybody may see it."""
        table = self.tables.get(self._lower.get(name.lower(), ""))
        return None if table is None else table.sobject

    def sobject(self, name: str) -> Sobject:
        return self.tables[name].sobject

    def table(self, name: str) -> Table:
        """The rows of an object, by its exact name."""
        return self.tables[name]

    def sobject_of(self, record_id: str) -> Sobject | None:
        """The object that an id belongs to, by its prefix."""
        names = self._prefixes.get(record_id[:3])
        if not names:
            return None
        if len(names) > 1:
            names = [name for name in names if full_id(record_id) in self.tables[name].rows] or names
        return self.tables[names[0]].sobject

    def get(self, record_id: str) -> Row | None:
        """A row of any object by either form of its id, deleted or not, whoever may see it."""
        whole = full_id(record_id)
        for name in self._prefixes.get(record_id[:3], ()) if whole else ():
            row = self.tables[name].get(whole or "")
            if row is not None:
                return row
        return None

    def view(self, user_id: str, *, unlimited: bool = False) -> View:
        """The org as one user sees it; the same object until something it depends on changes.

        Only the integration user is limited by `settings.permissions` and `hidden_records`; `unlimited` lifts even
        that, as formulas and rules do, which run whatever their user may see.
        """
        from pasodoble.simulators.salesforce.view import View

        if self._views_version != self.version:
            self._views.clear()
            self._views_version = self.version
        limited = user_id == self.integration_user_id and not unlimited
        view = self._views.get((user_id, limited))
        if view is None:
            view = self._views[user_id, limited] = View(self, user_id, limited=limited)
        return view

    # Ids and time

    def next_id(self, name: str) -> str:
        return self.next_spelled_id(self.tables[name].sobject.key_prefix)

    def next_spelled_id(self, prefix: str) -> str:
        number = self._counters.get(prefix, 0) + 1
        self._counters[prefix] = number
        return spell_id(prefix, number)

    def count_up(self, name: str) -> int:
        """The next number of a named series (auto-numbers, jobs, locators)."""
        self._counters[name] = self._counters.get(name, 0) + 1
        return self._counters[name]

    def now(self) -> str:
        """The moment as system fields hold it: seconds."""
        return spell_second(self.clock.now_ms() // 1000)

    def draw_uuid(self) -> str:
        digits = f"{self.dice.getrandbits(128):032x}"
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"

    # Writing

    def listen(self, listener: Listener) -> None:
        """Hear of every commit, in order, right after it was made. A listener must not write."""
        self._listeners.append(listener)

    @contextmanager
    def transaction(self, user_id: str, origin: str = "") -> Iterator[Transaction]:
        """A unit of work: announced as one commit when the block ends, taken back whole when it raises."""
        work = Transaction(self, user_id, origin)
        try:
            yield work
        except BaseException:
            work.rollback()
            raise
        self._commit(work)

    def _commit(self, work: Transaction) -> None:
        if not work.undo:
            return
        changes = work.changes()
        if not changes:
            return
        self._commits += 1
        self._last_ms = max(self._last_ms, self.clock.now_ms())
        if self.settings.late_visible_s:
            self._hold_back(changes)
        if self._listeners:
            commit = Commit(self._commits, self.draw_uuid(), self._last_ms, work.user_id, work.origin, changes)
            for listener in self._listeners:
                listener(commit)

    def _hold_back(self, changes: tuple[Change, ...]) -> None:
        """Keep others from seeing a commit for a while, as a long transaction would."""
        ids = [change.id for change in changes if change.id not in self.unsettled]
        self.unsettled.update({c.id: c.before for c in changes if c.id not in self.unsettled})

        def settle() -> None:
            for row_id in ids:
                self.unsettled.pop(row_id, None)

        self.clock.call_later(self.settings.late_visible_s, settle)
