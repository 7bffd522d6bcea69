"""One transaction of one connection: all aggregates on one open scope. When it begins and ends is `database`'s."""

from __future__ import annotations

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


class SqlTransaction:
    """The Transaction port over SQL."""

    def __init__(self, scope: Scope) -> None:
        self.links = SqlLinks(scope)
        self.bases = SqlBases(scope)
        self.marks = SqlMarks(scope)
        self.history = SqlHistory(scope)
        self.traces = SqlTraces(scope)
        self.problems = SqlProblems(scope)
        self.conflicts = SqlConflicts(scope)
        self.left_out = SqlLeftOut(scope)
        self.cursors = SqlCursors(scope)
        self.runs = SqlRuns(scope)
        self.inbox = SqlInbox(scope)
        self.firings = SqlFirings(scope)
        self.records = SqlRecords(scope)
        self.leases = SqlLeases(scope)
        self.duties = SqlDuties(scope)
        self.requests = SqlRequests(scope)
        self.calls = SqlCalls(scope)
        self.backfills = SqlBackfills(scope)

    def flush(self) -> None:
        """Send what was kept back to be sent at once."""
        self.history.flush()
