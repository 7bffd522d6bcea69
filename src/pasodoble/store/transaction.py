"""One transaction of one connection: all aggregates on one open scope. When it begins and ends is `database`'s."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from pasodoble.store.backfills import SqlBackfills
from pasodoble.store.bases import SqlBases
from pasodoble.store.calls import SqlCalls
from pasodoble.store.conflicts import SqlConflicts
from pasodoble.store.cursors import SqlCursors
from pasodoble.store.duties import SqlDuties
from pasodoble.store.firings import SqlFirings
from pasodoble.store.history import SqlHistory
from pasodoble.store.inbox import SqlInbox
from pasodoble.store.leases import SqlLeases
from pasodoble.store.left_out import SqlLeftOut
from pasodoble.store.links import SqlLinks
from pasodoble.store.marks import SqlMarks
from pasodoble.store.problems import SqlProblems
from pasodoble.store.records import SqlRecords
from pasodoble.store.requests import SqlRequests
from pasodoble.store.runs import SqlRuns
from pasodoble.store.scope import Scope
from pasodoble.store.traces import SqlTraces

T = TypeVar("T")


class Opened(Generic[T]):
    """An aggregate that is made when it is first asked for: a transaction needs two or three of all there are."""

    def __init__(self, make: Callable[[Scope], T]) -> None:
        self._make = make

    def __set_name__(self, _owner: type[SqlTransaction], name: str) -> None:
        self._name = name

    def __get__(self, transaction: SqlTransaction, _owner: type[SqlTransaction]) -> T:
        made = self._make(transaction.scope)
        transaction.__dict__[self._name] = made  # found there from now on, without coming here
        return made


class SqlTransaction:
    """The Transaction port over SQL."""

    links = Opened(SqlLinks)
    bases = Opened(SqlBases)
    marks = Opened(SqlMarks)
    history = Opened(SqlHistory)
    traces = Opened(SqlTraces)
    problems = Opened(SqlProblems)
    conflicts = Opened(SqlConflicts)
    left_out = Opened(SqlLeftOut)
    cursors = Opened(SqlCursors)
    runs = Opened(SqlRuns)
    inbox = Opened(SqlInbox)
    firings = Opened(SqlFirings)
    records = Opened(SqlRecords)
    leases = Opened(SqlLeases)
    duties = Opened(SqlDuties)
    requests = Opened(SqlRequests)
    calls = Opened(SqlCalls)
    backfills = Opened(SqlBackfills)

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def flush(self) -> None:
        """Send what was kept back to be sent at once."""
        if "history" in self.__dict__:
            self.history.flush()
