"""The Store port over dictionaries: for simulations by the thousand, where a database would take most of the time.

Transactions are all or nothing: each works on a copy that takes the place of the original at its end. What a process that
dies leaves behind is what was committed. Speed with many records is no aim of this.
"""

from __future__ import annotations

import copy
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from threading import Lock

from pasodoble.errors import StoreError
from pasodoble.model.backfill import ENDED, Backfill, BackfillState, Progress
from pasodoble.model.cause import Problem
from pasodoble.model.conflict import Clash
from pasodoble.model.link import Base, Link, LinkState
from pasodoble.model.message import Message
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.side import Pair, Side
from pasodoble.model.signal import Effect, Mark, Silence, Urgency
from pasodoble.model.trace import Change, State
from pasodoble.ports import (
    CauseSum,
    ChangeRow,
    ConflictRow,
    Cursor,
    FiringCount,
    Letter,
    LinkRow,
    NewLink,
    NewMark,
    ProblemRow,
    RunRow,
    TraceRow,
)
from pasodoble.store.columns import clean
from pasodoble.store.firings import KEPT
from pasodoble.store.inbox import MOST_ASIDE
from pasodoble.store.names import find_tails, fold
from pasodoble.store.problems import PUT_ASIDE
from pasodoble.store.runs import RUNNING

Name = tuple[str, str]
ORDER = (State.NEEDS_ATTENTION, State.WAITING, State.LEFT_OUT, State.IN_STEP)
PATIENCE_S = 5


@dataclass(slots=True)
class Tables:
    """All that one connection holds. Rows are frozen, so a shallow copy is a whole one."""

    links: dict[int, Link] = field(default_factory=dict)
    by_ref: dict[Ref, tuple[int, ...]] = field(default_factory=dict)
    by_key: dict[str, int] = field(default_factory=dict)
    names: dict[int, Name] = field(default_factory=dict)
    whys: dict[int, str] = field(default_factory=dict)
    bases: dict[int, Base] = field(default_factory=dict)
    marks: dict[Ref, tuple[Mark, datetime]] = field(default_factory=dict)
    leases: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    history: list[ChangeRow] = field(default_factory=list)
    traces: dict[Ref, list[TraceRow]] = field(default_factory=dict)
    problems: dict[tuple[Ref, str], ProblemRow] = field(default_factory=dict)
    conflicts: dict[tuple[int, str], ConflictRow] = field(default_factory=dict)
    left_out: dict[Ref, tuple[Kind, Message, datetime, str]] = field(default_factory=dict)
    cursors: dict[str, Cursor] = field(default_factory=dict)
    runs: dict[int, RunRow] = field(default_factory=dict)
    inbox: dict[int, Letter] = field(default_factory=dict)
    firings: dict[tuple[str, Side, Effect], FiringCount] = field(default_factory=dict)
    silences: dict[Ref, Silence] = field(default_factory=dict)
    backfills: dict[int, Backfill] = field(default_factory=dict)

    def copied(self) -> Tables:
        return Tables(*(copy.copy(getattr(self, part.name)) for part in fields(self)))

    def live_link(self, ref: Ref) -> Link | None:
        alive = (self.links[id] for id in self.by_ref.get(ref, ()) if self.links[id].state is not LinkState.RETIRED)
        return next(alive, None)


class MemoryLinks:
    def __init__(self, tables: Tables, next_id: Callable[[], int]) -> None:
        self._of = tables
        self._next_id = next_id

    def load(self, refs: Collection[Ref]) -> dict[Ref, Link]:
        found = {}
        for ref in refs:
            if ids := self._of.by_ref.get(ref):
                found[ref] = self._of.live_link(ref) or self._of.links[ids[-1]]
        return found

    def load_by_id(self, ids: Collection[int]) -> dict[int, Link]:
        return {id: self._of.links[id] for id in sorted(ids) if id in self._of.links}

    def walk(self, kind: Kind, *, after_id: int = 0, limit: int = 1_000) -> list[Link]:
        linked = (link for link in self._of.links.values() if link.kind == kind and link.state is LinkState.LINKED)
        return sorted((link for link in linked if link.id > after_id), key=lambda link: link.id)[:limit]

    def make(self, links: Sequence[NewLink], now: datetime) -> list[Link | None]:
        return [self._make(new, now.astimezone(UTC)) for new in links]

    def _make(self, new: NewLink, now: datetime) -> Link | None:
        known = [ref for ref in new.refs if ref is not None]
        held = self._of.links.get(self._of.by_key.get(new.key, 0)) if new.key else None
        if any(self._of.live_link(ref) for ref in known) or (held and held.state is not LinkState.RETIRED):
            return None
        state = LinkState.LINKED if len(known) == 2 else LinkState.RESERVED
        link = Link(
            id=self._next_id(),
            kind=new.kind,
            refs=new.refs,
            state=state,
            key=new.key,
            linked_at=now,
            payload=dict(new.payload),
            why=new.why,
        )
        self._put(link)
        self._of.names[link.id] = (new.label, new.natural)
        self._of.whys[link.id] = new.why
        if new.key:
            self._of.by_key[new.key] = link.id
        return link

    def _put(self, link: Link) -> None:
        """Keep the row. Raises StoreError where one of its refs is in another live link."""
        old = self._of.links.get(link.id)
        for ref in old.refs if old is not None else ():
            if ref is not None:
                self._of.by_ref[ref] = tuple(id for id in self._of.by_ref[ref] if id != link.id)
        for ref in link.refs:
            if ref is not None:
                if link.state is not LinkState.RETIRED and self._of.live_link(ref):
                    raise StoreError(
                        "The database refused: a record would be in two links", next_step="pasodoble check"
                    )
                self._of.by_ref[ref] = (*sorted((*self._of.by_ref.get(ref, ()), link.id)),)
        self._of.links[link.id] = link

    def _under_way(self, ids: Collection[int]) -> list[Link]:
        states = (LinkState.RESERVED, LinkState.SENT)
        return [link for link in self.load_by_id(ids).values() if link.state in states]

    def mark_sent(self, ids: Collection[int]) -> None:
        for link in self._under_way(ids):
            self._put(replace(link, state=LinkState.SENT))

    def confirm(self, refs: Mapping[int, Ref], now: datetime) -> None:
        for link in self._under_way(refs):
            ref = refs[link.id]
            whole = link.refs.put(ref.side, ref)
            self._put(replace(link, refs=whole, state=LinkState.LINKED, linked_at=now, payload={}))

    def repoint(self, link_id: int, ref: Ref, why: str, now: datetime) -> None:
        if link := self._of.links.get(link_id):
            self._put(replace(link, refs=link.refs.put(ref.side, ref), linked_at=now, why=why))
            self._of.whys[link_id] = why

    def retire(self, ids: Collection[int], why: str, now: datetime) -> None:
        for link in self.load_by_id(ids).values():
            self._put(replace(link, state=LinkState.RETIRED, linked_at=now, payload={}, why=why))
            self._of.whys[link.id] = why

    def reopen(self, link_id: int, why: str, now: datetime) -> bool:
        link = self._of.links[link_id]
        if any(held.id != link_id for ref in link.refs if ref is not None and (held := self._of.live_link(ref))):
            return False
        self._put(replace(link, state=LinkState.LINKED, linked_at=now, why=why))
        self._of.whys[link_id] = why
        return True

    def release(self, ids: Collection[int]) -> None:
        for link in self._under_way(ids):
            for ref in link.refs:
                if ref is not None:
                    self._of.by_ref[ref] = tuple(id for id in self._of.by_ref[ref] if id != link.id)
            del self._of.links[link.id]
            self._of.by_key.pop(link.key, None)
            self._of.bases.pop(link.id, None)

    def name(self, labels: Mapping[int, Name]) -> None:
        self._of.names.update({id: name for id, name in labels.items() if id in self._of.links})

    def load_names(self, ids: Collection[int]) -> dict[int, Name]:
        links = self.load_by_id(ids).values()
        return {link.id: self._of.names[link.id] for link in links if link.state is not LinkState.RETIRED}

    def count(self, kind: Kind | None = None) -> int:
        links = self._of.links.values()
        return sum(link.state is not LinkState.RETIRED and kind in (None, link.kind) for link in links)


class MemoryBases:
    def __init__(self, tables: Tables) -> None:
        self._of = tables

    def load(self, link_ids: Collection[int]) -> dict[int, Base]:
        return {id: self._of.bases[id] for id in link_ids if id in self._of.bases}

    def save(self, bases: Mapping[int, Base]) -> None:
        self._of.bases.update(bases)


class MemoryMarks:
    """A mark is kept with the moment it falls due, which for a fresh one is the moment it was put."""

    def __init__(self, tables: Tables, next_id: Callable[[], int]) -> None:
        self._of = tables
        self._next_id = next_id

    def put(self, marks: Sequence[NewMark], now: datetime) -> None:
        sequence = self._next_id() if marks else 0
        for new in marks:
            due_at = max(now, new.due_at or now)
            held = self._of.marks.get(new.ref)
            if held is None:
                mark = Mark(
                    kind=new.kind,
                    ref=new.ref,
                    sequence=sequence,
                    urgency=new.urgency,
                    triggers=(new.trigger,),
                    first_at=now,
                )
                self._keep(mark, due_at)
                continue
            mark, was_due_at = held
            triggers = mark.triggers if new.trigger in mark.triggers else (*mark.triggers, new.trigger)
            urgency = min(new.urgency, mark.urgency)
            self._keep(replace(mark, sequence=sequence, urgency=urgency, triggers=triggers), min(due_at, was_due_at))

    def _keep(self, mark: Mark, due_at: datetime) -> None:
        shown = due_at if due_at > mark.first_at else None
        self._of.marks[mark.ref] = (replace(mark, due_at=shown), due_at)

    def take(
        self,
        kind: Kind,
        limit: int,
        now: datetime,
        *,
        urgency: Urgency = Urgency.BACKFILL,
        most_urgent: Urgency = Urgency.MANUAL,
    ) -> list[Mark]:
        due = [
            (mark.urgency, due_at, mark.first_at, mark)
            for mark, due_at in self._of.marks.values()
            if mark.kind == kind and most_urgent <= mark.urgency <= urgency and due_at <= now
        ]
        return [row[-1] for row in sorted(due, key=lambda row: row[:3])[:limit]]

    def load(self, refs: Collection[Ref]) -> dict[Ref, Mark]:
        return {ref: self._of.marks[ref][0] for ref in refs if ref in self._of.marks}

    def clear(self, marks: Collection[Mark]) -> None:
        for mark in marks:
            if mark.ref in self._of.marks and self._of.marks[mark.ref][0].sequence == mark.sequence:
                del self._of.marks[mark.ref]

    def defer(self, marks: Mapping[Ref, tuple[int, datetime]]) -> None:
        for ref, (sequence, due_at) in marks.items():
            mark = self.load([ref]).get(ref)
            if mark is not None and mark.sequence == sequence:
                self._keep(replace(mark, attempts=mark.attempts + 1), due_at)

    def make_due(self, kind: Kind, now: datetime) -> int:
        waiting = [(mark, at) for mark, at in self._of.marks.values() if mark.kind == kind and at > now]
        for mark, _ in waiting:
            self._keep(mark, now)
        return len(waiting)

    def count(self, kind: Kind | None = None) -> int:
        return sum(kind in (None, mark.kind) for mark, _ in self._of.marks.values())

    def next_due_at(self) -> datetime | None:
        return min((due_at for _, due_at in self._of.marks.values()), default=None)


class MemoryHistory:
    def __init__(self, tables: Tables, next_id: Callable[[], int]) -> None:
        self._of = tables
        self._next_id = next_id

    def append(self, run_id: int, link_id: int, ref: Ref, changes: Sequence[Change]) -> None:
        self._of.history += [
            ChangeRow(id=self._next_id(), run_id=run_id, link_id=link_id, ref=ref, change=change) for change in changes
        ]

    def load(self, link_id: int, *, limit: int = 500, before_id: int | None = None) -> list[ChangeRow]:
        rows = [row for row in self._of.history if row.link_id == link_id]
        return _newest(rows, limit, before_id)

    def load_run(self, run_id: int) -> list[ChangeRow]:
        return [row for row in self._of.history if row.run_id == run_id]

    def load_recent(self, *, limit: int, before_id: int | None = None) -> list[ChangeRow]:
        return _newest(self._of.history, limit, before_id)

    def count_by_minute(self, now: datetime, *, minutes: int = 60) -> Pair[list[int]]:
        counts = Pair([0] * minutes, [0] * minutes)
        for row in self._of.history:
            ago = (now - row.change.at) // timedelta(minutes=1)
            if 0 <= ago < minutes:
                counts[row.change.side][minutes - 1 - ago] += 1
        return counts


def _newest(rows: Sequence[ChangeRow], limit: int, before_id: int | None) -> list[ChangeRow]:
    return [row for row in reversed(rows) if before_id is None or row.id < before_id][:limit]


class MemoryTraces:
    def __init__(self, tables: Tables) -> None:
        self._of = tables

    def save(self, rows: Sequence[TraceRow]) -> None:
        for row in rows:
            for ref in row.refs:
                if ref is not None:
                    self._of.traces[ref] = [*self._of.traces.get(ref, ()), row]

    def load(self, ref: Ref, *, at: datetime | None = None) -> TraceRow | None:
        rows = [row for row in self._of.traces.get(ref, ()) if at is None or row.at <= at]
        return max(reversed(rows), key=lambda row: row.at, default=None)


class MemoryProblems:
    def __init__(self, tables: Tables, next_id: Callable[[], int]) -> None:
        self._of = tables
        self._next_id = next_id

    def open(
        self,
        kind: Kind,
        problems: Mapping[Ref, tuple[Problem, datetime | None]],
        now: datetime,
        *,
        labels: Mapping[Ref, str] | None = None,
    ) -> None:
        for ref, (problem, next_try_at) in problems.items():
            problem = replace(problem, text=clean(problem.text))
            label = (labels or {}).get(ref, "")
            held = self._of.problems.get((ref, problem.cause))
            if held is None:
                row = ProblemRow(
                    id=self._next_id(),
                    kind=kind,
                    ref=ref,
                    problem=problem,
                    first_at=now,
                    last_at=now,
                    attempts=1,
                    next_try_at=next_try_at,
                    label=label,
                )
            else:
                again = {"last_at": now, "attempts": held.attempts + 1, "next_try_at": next_try_at}
                row = replace(held, problem=problem, label=label or held.label, **again)
                if held.ignored and problem.is_worse_than(held.problem):
                    row = replace(row, ignored=False)
                    if self._of.left_out.get(ref, ("", None))[1] == PUT_ASIDE:
                        del self._of.left_out[ref]
            self._of.problems[ref, problem.cause] = row

    def close(self, refs: Collection[Ref], now: datetime, *, but: Collection[str] = ()) -> None:
        wanted = set(refs)
        for key, row in list(self._of.problems.items()):
            if row.ref in wanted and row.problem.cause not in but:
                del self._of.problems[key]
                if row.ignored and self._of.left_out.get(row.ref, ("", None))[1] == PUT_ASIDE:
                    del self._of.left_out[row.ref]

    def load(self, *, ref: Ref | None = None, cause: str | None = None, limit: int = 500) -> list[ProblemRow]:
        rows = sorted(self._of.problems.values(), key=lambda row: row.id, reverse=True)
        wanted = [row for row in rows if ref in (None, row.ref) and cause in (None, row.problem.cause)]
        return [replace(row, label=row.label or _label_of_link(self._of, row.ref)) for row in wanted[:limit]]

    def count_by_cause(self) -> dict[str, int]:
        counts = Counter(row.problem.cause for row in self._of.problems.values() if not row.ignored)
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    def sum_by_cause(self) -> list[CauseSum]:
        of_cause: dict[str, list[ProblemRow]] = {}
        for row in self._of.problems.values():
            of_cause.setdefault(row.problem.cause, []).append(row)
        sums = [
            CauseSum(
                cause=cause,
                count=sum(not row.ignored for row in rows),
                ignored=sum(row.ignored for row in rows),
                since=min(row.first_at for row in rows),
                side=max(rows, key=lambda row: row.id).problem.side,
            )
            for cause, rows in of_cause.items()
        ]
        return sorted(sums, key=lambda one: (-one.count, one.cause))

    def ignore(self, ids: Collection[int], now: datetime) -> int:
        chosen = [(key, row) for key, row in self._of.problems.items() if row.id in ids and not row.ignored]
        for key, row in chosen:
            self._of.problems[key] = replace(row, ignored=True)
            self._of.left_out[row.ref] = (row.kind, PUT_ASIDE, now, row.label)
        return len(chosen)


class MemoryConflicts:
    def __init__(self, tables: Tables, next_id: Callable[[], int]) -> None:
        self._of = tables
        self._next_id = next_id

    def open(self, kind: Kind, link_id: int, clashes: Sequence[Clash], now: datetime) -> None:
        for clash in clashes:
            before = self._of.conflicts.get((link_id, clash.key))
            id = self._next_id() if before is None else before.id
            stored = replace(clash, authors=clash.authors.map(clean))
            self._of.conflicts[link_id, clash.key] = ConflictRow(
                id=id, kind=kind, link_id=link_id, refs=Pair(None, None), clash=stored, at=now
            )

    def close(self, ids: Collection[int]) -> None:
        for key in [key for key, row in self._of.conflicts.items() if row.id in ids]:
            del self._of.conflicts[key]

    def load(self, link_ids: Collection[int]) -> dict[int, list[ConflictRow]]:
        found: dict[int, list[ConflictRow]] = defaultdict(list)
        if self._of.conflicts:
            for row in self.load_recent():
                if row.link_id in link_ids:
                    found[row.link_id].append(row)
        return dict(found)

    def load_recent(
        self, *, ids: Collection[int] = (), limit: int = 500, before_id: int | None = None
    ) -> list[ConflictRow]:
        rows = [
            replace(row, refs=self._of.links[row.link_id].refs, label=self._of.names.get(row.link_id, ("", ""))[0])
            for row in self._of.conflicts.values()
            if (not ids or row.id in ids) and (before_id is None or row.id < before_id)
        ]
        return sorted(rows, key=lambda row: -row.id)[:limit]

    def choose(self, choices: Mapping[int, Side], actor: str) -> None:
        for key, row in self._of.conflicts.items():
            if row.id in choices:
                self._of.conflicts[key] = replace(row, chosen=choices[row.id], actor=actor)

    def count(self) -> int:
        return len(self._of.conflicts)


class MemoryLeftOut:
    def __init__(self, tables: Tables) -> None:
        self._of = tables

    def put(self, kind: Kind, gates: Mapping[Ref, Message], now: datetime, *, labels: Mapping[Ref, str]) -> None:
        for ref, gate in gates.items():
            held = self._of.left_out.get(ref)
            at = held[2] if held is not None and held[1].id == gate.id else now
            label = labels.get(ref, "") or (held[3] if held is not None else "")
            self._of.left_out[ref] = (kind, gate, at, label)

    def clear(self, refs: Collection[Ref]) -> None:
        for ref in refs:
            self._of.left_out.pop(ref, None)

    def load(self, refs: Collection[Ref]) -> dict[Ref, tuple[Message, datetime]]:
        return {ref: self._of.left_out[ref][1:3] for ref in refs if ref in self._of.left_out}

    def count_by_gate(self, kind: Kind | None = None) -> dict[str, int]:
        return dict(Counter(gate.id for its, gate, _, _ in self._of.left_out.values() if kind in (None, its)))


class MemoryCursors:
    def __init__(self, tables: Tables) -> None:
        self._of = tables

    def load(self, name: str) -> Cursor | None:
        return self._of.cursors.get(name)

    def save(self, name: str, cursor: Cursor, now: datetime) -> None:
        self._of.cursors[name] = dict(cursor)

    def clear(self, name: str) -> None:
        self._of.cursors.pop(name, None)


class MemoryRuns:
    def __init__(self, tables: Tables, next_id: Callable[[], int]) -> None:
        self._of = tables
        self._next_id = next_id

    def begin(self, what: str, now: datetime) -> int:
        id = self._next_id()
        self._of.runs[id] = RunRow(id=id, what=what, started_at=now, ended_at=None, outcome=RUNNING, report={})
        return id

    def finish(self, run_id: int, outcome: str, report: Mapping[str, object], now: datetime) -> None:
        if run := self._of.runs.get(run_id):
            self._of.runs[run_id] = replace(run, outcome=outcome, report=dict(report), ended_at=now)

    def load(self, *, limit: int = 50) -> list[RunRow]:
        return sorted(self._of.runs.values(), key=lambda run: run.id, reverse=True)[:limit]


class MemoryRecords:
    def __init__(self, tables: Tables) -> None:
        self._of = tables

    def search(
        self, text: str = "", *, state: State | None = None, kind: Kind | None = None, limit: int = 50, after: str = ""
    ) -> tuple[list[LinkRow], str]:
        rows = [
            row
            for row in self._list()
            if state in (None, row.state) and kind in (None, row.kind) and self._answers(row, text)
        ]
        start = int(after) if after.isdecimal() else 0
        page = rows[start : start + limit]
        return page, str(start + limit) if start + limit < len(rows) else ""

    def count_by_state(self, kind: Kind | None = None) -> dict[State, int]:
        counts = Counter(row.state for row in self._list() if kind in (None, row.kind))
        return {state: counts[state] for state in ORDER}

    def _answers(self, row: LinkRow, text: str) -> bool:
        tails = find_tails((row.label, row.natural))
        ids = [ref.id for ref in row.refs if ref is not None]
        return any(tail.startswith(fold(text)) for tail in tails) or any(id.startswith(text.strip()) for id in ids)

    def _list(self) -> list[LinkRow]:
        """One row a thing: the first state that it is in, in their order."""
        seen: set[Ref] = set()
        rows = []
        for this in ORDER:
            for kind, ref, reason, at, label in self._of_state(this):
                link = self._of.live_link(ref)
                refs = link.refs if link is not None else Pair.of(ref.side, ref, None)
                known = {one for one in refs if one is not None}
                if seen & known:
                    continue
                seen |= known
                name = self._of.names[link.id] if link is not None else ("", "")
                natural = name[1] if link is not None or "@" not in label else label
                rows.append(
                    LinkRow(
                        link_id=link.id if link is not None else None,
                        kind=kind,
                        refs=refs,
                        label=label or name[0],
                        natural=natural,
                        state=this,
                        reason=reason,
                        at=at,
                    )
                )
        return rows

    def _of_state(self, state: State) -> Iterator[tuple[Kind, Ref, str, datetime, str]]:
        match state:
            case State.NEEDS_ATTENTION:
                for row in sorted(self._of.problems.values(), key=lambda row: row.id):
                    if not row.ignored:
                        yield row.kind, row.ref, row.problem.cause, row.last_at, row.label
            case State.WAITING:
                for ref in sorted(self._of.marks):
                    mark = self._of.marks[ref][0]
                    yield mark.kind, ref, mark.triggers[0], mark.first_at, ""
            case State.LEFT_OUT:
                for ref, (kind, gate, at, label) in self._of.left_out.items():
                    yield kind, ref, gate.id, at, label
            case State.IN_STEP:
                for link in sorted(self._of.links.values(), key=lambda link: -link.id):
                    if link.state is LinkState.LINKED:
                        ref = next(ref for ref in link.refs if ref is not None)
                        yield link.kind, ref, self._of.whys[link.id], link.linked_at, ""


def _label_of_link(tables: Tables, ref: Ref) -> str:
    link = tables.live_link(ref)
    return tables.names[link.id][0] if link is not None else ""


class MemoryInbox:
    def __init__(self, tables: Tables, next_id: Callable[[], int]) -> None:
        self._of = tables
        self._next_id = next_id

    def put(self, bodies: Sequence[str], now: datetime) -> None:
        for body in bodies:
            id = self._next_id()
            self._of.inbox[id] = Letter(id=id, body=body, at=now)

    def take(self, limit: int) -> list[Letter]:
        return [letter for letter in self._of.inbox.values() if not letter.trouble][:limit]

    def remove(self, ids: Collection[int]) -> None:
        for id in ids:
            self._of.inbox.pop(id, None)

    def put_aside(self, id: int, trouble: str) -> None:
        self._of.inbox[id] = replace(self._of.inbox[id], trouble=trouble or "?")
        self.remove([letter.id for letter in self.load_aside()[MOST_ASIDE:]])

    def load_aside(self) -> list[Letter]:
        return [letter for letter in reversed(self._of.inbox.values()) if letter.trouble]

    def count(self) -> int:
        return len(self.take(len(self._of.inbox)))


class MemoryFirings:
    def __init__(self, tables: Tables) -> None:
        self._of = tables

    def add(self, counts: Mapping[tuple[str, Side, Effect], int], now: datetime) -> None:
        for (key, side, effect), more in counts.items():
            known = self._of.firings.get((key, side, effect))
            count = more + (known.count if known is not None else 0)
            self._of.firings[key, side, effect] = FiringCount(
                key=key, side=side, effect=effect, count=count, last_at=now
            )

    def load(self) -> list[FiringCount]:
        return [count for _, count in sorted(self._of.firings.items())]

    def keep_silences(self, of: Mapping[Ref, Silence], now: datetime) -> None:
        self._of.silences |= of
        for ref in [ref for ref, silence in self._of.silences.items() if silence.at < now - KEPT]:
            del self._of.silences[ref]

    def load_silences(self, refs: Collection[Ref]) -> dict[Ref, Silence]:
        return {ref: self._of.silences[ref] for ref in refs if ref in self._of.silences}


class MemoryLeases:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def find_keys(self, refs: Collection[Ref]) -> dict[Ref, str]:
        links = {ref: self._tables.live_link(ref) for ref in refs}
        return {ref: str(ref) if link is None else str(link.id) for ref, link in sorted(links.items())}

    def claim(self, keys: Collection[str], token: str, until: datetime, now: datetime) -> set[str]:
        held = self._tables.leases
        free = {key for key in keys if key not in held or held[key][0] == token or held[key][1] <= now}
        held.update(dict.fromkeys(free, (token, until)))
        return free

    def keep(self, keys: Collection[str], token: str, until: datetime) -> set[str]:
        own = {key for key in keys if self._tables.leases.get(key, ("",))[0] == token}
        self._tables.leases.update(dict.fromkeys(own, (token, until)))
        return own

    def release(self, keys: Collection[str], token: str) -> set[str]:
        own = {key for key in keys if self._tables.leases.get(key, ("",))[0] == token}
        for key in own:
            del self._tables.leases[key]
        return own


class MemoryBackfills:
    def __init__(self, tables: Tables, next_id: Callable[[], int]) -> None:
        self._of = tables
        self._next_id = next_id

    def begin(self, run_id: int, kinds: Sequence[Kind], per_minute: int | None, now: datetime) -> int:
        id = self._next_id()
        self._of.backfills[id] = Backfill(
            id=id,
            run_id=run_id,
            kinds=tuple(kinds),
            state=BackfillState.WALKING,
            started_at=now,
            per_minute=per_minute,
        )
        return id

    def load(self) -> Backfill | None:
        return self._of.backfills[max(self._of.backfills)] if self._of.backfills else None

    def covers(self, kind: Kind) -> bool:
        return any(one.active and kind in one.kinds for one in self._of.backfills.values())

    def move(
        self, id: int, state: BackfillState, now: datetime, *, only_from: Collection[BackfillState], trouble: str = ""
    ) -> bool:
        if self._of.backfills[id].state not in only_from:
            return False
        ended_at = now if state in ENDED else None
        self._of.backfills[id] = replace(self._of.backfills[id], state=state, trouble=trouble, ended_at=ended_at)
        return True

    def throttle(self, id: int, per_minute: int | None) -> None:
        self._of.backfills[id] = replace(self._of.backfills[id], per_minute=per_minute)

    def note(self, id: int, progress: Progress) -> None:
        self._of.backfills[id] = replace(self._of.backfills[id], progress=progress)


class MemoryTransaction:
    """The Transaction port over one copy of the tables."""

    def __init__(self, tables: Tables, next_id: Callable[[], int]) -> None:
        self.links = MemoryLinks(tables, next_id)
        self.bases = MemoryBases(tables)
        self.marks = MemoryMarks(tables, next_id)
        self.history = MemoryHistory(tables, next_id)
        self.traces = MemoryTraces(tables)
        self.problems = MemoryProblems(tables, next_id)
        self.conflicts = MemoryConflicts(tables, next_id)
        self.left_out = MemoryLeftOut(tables)
        self.cursors = MemoryCursors(tables)
        self.runs = MemoryRuns(tables, next_id)
        self.records = MemoryRecords(tables)
        self.inbox = MemoryInbox(tables, next_id)
        self.firings = MemoryFirings(tables)
        self.leases = MemoryLeases(tables)
        self.backfills = MemoryBackfills(tables, next_id)


class MemoryStore:
    """The Store port. `tables` is what is committed, by connection: what a process finds when it starts anew.

    between   called right before a commit and right after it: where a process may die
    """

    def __init__(self, *, between: Callable[[str], None] = lambda _when: None) -> None:
        self.tables: dict[str, Tables] = {}
        self.settings: list[str] = []
        self.between = between
        self._ids = 0
        self._writing = Lock()

    def _next_id(self) -> int:
        self._ids += 1
        return self._ids

    @contextmanager
    def transaction(self, connection: str, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        held = self.tables.setdefault(connection, Tables())
        if read_only:
            yield MemoryTransaction(held.copied(), self._next_id)
            return
        if not self._writing.acquire(timeout=PATIENCE_S):
            raise StoreError("The database refused: it is locked", next_step="pasodoble check")
        try:
            work = self.tables[connection].copied()
            yield MemoryTransaction(work, self._next_id)
            self.between("before_commit")
            self.tables[connection] = work
        finally:
            self._writing.release()
        self.between("after_commit")

    def snapshot(self) -> dict[str, Tables]:
        """A backup, to be put back with `restore`."""
        return {name: tables.copied() for name, tables in self.tables.items()}

    def restore(self, backup: Mapping[str, Tables]) -> None:
        self.tables = {name: tables.copied() for name, tables in backup.items()}

    def receive(self, bodies: Mapping[str, Sequence[str]], now: datetime) -> None:
        for name, letters in bodies.items():
            with self.transaction(name) as tx:
                tx.inbox.put(letters, now)

    def save_settings(self, document: str, now: datetime) -> int:
        if not self.settings or self.settings[-1] != document:
            self.settings.append(document)
        return len(self.settings)

    def load_settings(self) -> tuple[int, str] | None:
        return (len(self.settings), self.settings[-1]) if self.settings else None

    def close(self) -> None:
        """Nothing is held open."""
