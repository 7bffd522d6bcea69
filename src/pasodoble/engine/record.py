"""Write down what was decided and what came of it: links, bases, history, traces, problems, marks - in one transaction.

Nothing is decided here that the core could decide, and nothing is sent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from pasodoble.engine.apply import Attempt
from pasodoble.engine.conflicts import ConflictBook
from pasodoble.engine.connected import Connected
from pasodoble.engine.decide import Decision
from pasodoble.engine.filing import Filing
from pasodoble.engine.observe import LOOK_BACK
from pasodoble.engine.report import Report, Tally, name_write, side_of
from pasodoble.engine.retry import next_try_at
from pasodoble.engine.ties import ASSOCIATED
from pasodoble.mapping.apply import CompiledMapping, Line
from pasodoble.model.cause import Disposition, Problem
from pasodoble.model.causes import get_cause
from pasodoble.model.link import NO_BASE, Base, LinkState, Tie
from pasodoble.model.message import Message
from pasodoble.model.operation import Associate, Create, Delete, Step, Update
from pasodoble.model.outcome import Applied, Deferred, Exists, Refused, Stale, Unknown
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.side import SIDES, Pair, Side
from pasodoble.model.signal import Mark, Urgency
from pasodoble.model.trace import Change, State, StepKind
from pasodoble.model.value import MISSING, Raw, Value
from pasodoble.planner.plan import CHOSEN, base_of_create, is_guarded
from pasodoble.ports import NewMark, TraceRow, Transaction
from pasodoble.reconcile.policy import LEADS
from pasodoble.reconcile.record import FieldMerge
from pasodoble.reconcile.view import settle_base

FOLLOWED = {"merged": "records_merged", "converted": "lead_converted"}
PUT_ASIDE = "gate.put_aside"
AT_ONCE = 3
"""Tries that follow each other at once: an outcome that is unknown, or an edit that came in between, is looked up again."""


@dataclass(slots=True)
class _Ending:
    """What is left of a decision once its attempts are over."""

    attempts: list[Attempt] = field(default_factory=list)
    failed: dict[Side, set[str]] = field(default_factory=lambda: {side: set() for side in SIDES})
    problems: list[Problem] = field(default_factory=list)
    unsure: list[Change] = field(default_factory=list)
    retry_at: datetime | None = None
    wrote: bool = False
    untied: set[Ref] = field(default_factory=set)


def reserve(at: Connected, tx: Transaction, decisions: Sequence[Decision], *, run_id: int) -> list[Decision]:
    """Make the links that the decisions ask for; gives those decisions that may go on.

    A decision whose record another worker has linked meanwhile is dropped: its mark stays, and is looked at again.
    """
    wanting = [decision for decision in decisions if decision.new_link is not None]
    made = tx.links.make([d.new_link for d in wanting if d.new_link is not None], at.clock.now())
    lost = set()
    for decision, link in zip(wanting, made, strict=True):
        decision.job.link = link
        if link is None:
            lost.add(id(decision))
    creating = [d.job.link.id for d in wanting if d.job.link is not None and d.job.link.missing_side() is not None]
    tx.links.mark_sent(creating)
    confirmed = _confirm_found(tx, decisions, at.clock.now())
    for decision in decisions:
        if _list_intended(decision, at.clock.now()):  # else their old intent is told when they are recorded
            _tell_of_landed(tx, run_id, decision)
    tx.bases.save(confirmed | _intentions(decisions, at.clock.now()))
    return [decision for decision in decisions if id(decision) not in lost]


def _confirm_found(tx: Transaction, decisions: Sequence[Decision], now: datetime) -> dict[int, Base]:
    """Creates that were found by their key are links from here on, before anything more is written to their records.

    Gives their bases: what was sent at the first try.
    """
    bases = {}
    for decision in decisions:
        link, base = decision.job.link, decision.base
        side = link.missing_side() if link is not None else None
        found = decision.job.snapshot(side) if side is not None else None
        if link is not None and base is not None and found is not None and decision.merge is not None:
            tx.links.confirm({link.id: found.ref}, now)
            decision.job.link = replace(link, refs=link.refs.put(found.ref.side, found.ref), state=LinkState.LINKED)
            bases[link.id] = base
    return bases


def _list_intended(decision: Decision, now: datetime) -> list[Change]:
    """The fields that a decision is about to write."""
    return [change for step in decision.steps for change in list_changes(decision, step, now) if change.key]


def _list_landed(decision: Decision) -> list[Change]:
    """What an earlier try was about to write when it ended without a word, and what stands there now: it was written then."""
    fields = decision.merge.fields if decision.merge is not None else {}
    return [
        change
        for change in decision.job.base.intent
        if change.key in fields and fields[change.key].before[change.side] == change.after
    ]


def _list_landed_at_last(at: Connected, decision: Decision) -> list[Change]:
    """The same of a pair that is given up, as far as its surviving record shows it: nobody looks at it again."""
    job = decision.job
    mapping = at.mapping(job.kind, job.refs)
    seen = [snap for side in SIDES if (snap := job.snapshot(side)) is not None]
    if mapping is None or decision.merge is not None:
        return []
    held = {snap.ref.side: mapping.canonical(snap.ref.side, snap.fields)[0] for snap in seen}
    return [c for c in job.base.intent if c.key in held.get(c.side, {}) and held[c.side][c.key] == c.after]


def _list_unseen(decision: Decision) -> list[Change]:
    """What an earlier try was about to write to fields that this answer left out: it is told when they are seen."""
    fields = decision.merge.fields if decision.merge is not None else {}
    return [
        change
        for change in decision.job.base.intent
        if change.key in fields and fields[change.key].before[change.side] is MISSING
    ]


def _tell_of_landed(tx: Transaction, run_id: int, decision: Decision) -> None:
    link = decision.job.link
    for change in _list_landed(decision) if link is not None else ():
        if link is not None and (ref := link.refs[change.side]) is not None:
            tx.history.append(run_id, link.id, ref, [change])


def _intentions(decisions: Sequence[Decision], now: datetime) -> dict[int, Base]:
    """The bases of the links that are about to be written, with what is intended."""
    intended = {}
    for decision in decisions:
        link = decision.job.link
        changes = _list_intended(decision, now)
        if link is not None and changes:
            changes += list_lost(decision, now)
            base = decision.base if decision.base is not None else NO_BASE
            again = {(change.side, change.key) for change in changes}
            told = _list_landed(decision)
            kept = [change for change in base.intent if (change.side, change.key) not in again and change not in told]
            read_at = _find_sight(decision, base)
            intended[link.id] = replace(base, intent=(*kept, *changes), read_at=read_at)
    return intended


def _find_sight(decision: Decision, base: Base) -> Pair[datetime | None]:
    """The read since which edits under our own writing count: this one, unless an earlier one has left some to be dealt with.

    A try that crashed has covered edits since *its* read; an edit that is now put back is found again only from there.
    """
    snapshots, merge = decision.snapshots, decision.merge
    if snapshots is None or base.intent:
        return base.read_at
    fields = merge.decided.values() if merge is not None else ()
    return Pair(*(base.read_at[s] if any(f.restores(s) for f in fields) else snapshots[s].seen_at for s in SIDES))


def list_changes(decision: Decision, step: Step, now: datetime) -> list[Change]:
    """What a step changes, as the history tells it."""
    operation, side = step.operation, side_of(step.operation)
    if isinstance(operation, Create | Delete):
        word = "history.created" if isinstance(operation, Create) else "history.deleted"
        return [Change(side=side, key="", field="", before=None, after=None, reason=Message(word), at=now)]
    if isinstance(operation, Associate):
        to = str(operation.to)
        name = f"association:{operation.to.object}"
        change = Change(side=side, key="", field=name, before=None, after=to, reason=step.why[""], at=now)
        return [replace(change, before=to, after=None) if operation.remove else change]
    if decision.merge is None or decision.mapping is None:
        return []
    if (reason := step.why.get("")) is not None:  # a field that no line is about
        return [
            Change(
                side=side,
                key="",
                field=name,
                before=str(step.before.get(name) or "") or None,
                after=str(value),
                reason=reason,
                at=now,
            )
            for name, value in operation.fields.items()
        ]
    names = {key: decision.mapping.by_key[key].names[side] for key in decision.merge.fields}
    return [
        Change(
            side=side,
            key=key,
            field=names[key],
            before=f.before[side],
            after=f.after[side],
            reason=f.verdict.reason,
            at=now,
            actor=_find_actor(decision, f),
            contested=f.contested or _is_doubtful(decision, key, side, f.before[side]),
        )
        for key, f in decision.merge.fields.items()
        if f.writes(side) and names[key] in operation.fields
    ]


def _find_actor(decision: Decision, f: FieldMerge) -> str:
    """Who is behind a write: the rule, or the person whose choice it carries out."""
    choice = decision.job.choices.get(f.key) if f.verdict.reason in CHOSEN else None
    return "rule" if choice is None else choice.actor


def _is_doubtful(decision: Decision, key: str, side: Side, held: Value) -> bool:
    """Whether what is replaced may be an edit of what an earlier try has written: its outcome is not known, and somebody
    has touched the record since. Salesforce keeps no versions that would tell, so it is told as one that lost."""
    intended = next((c for c in decision.job.base.intent if (c.side, c.key) == (side, key)), None)
    if intended is None or decision.snapshots is None or held == intended.after:
        return False
    read_at, snap = decision.job.base.read_at[side], decision.snapshots[side]
    return not snap.by_us and read_at is not None and snap.modified_at >= read_at.replace(microsecond=0)


def list_lost(decision: Decision, now: datetime) -> list[Change]:
    """Edits that lost without a write of ours to their side: found under one that was made before."""
    merge, mapping = decision.merge, decision.mapping
    if merge is None or mapping is None:
        return []
    return [
        Change(
            side=side,
            key=key,
            field=mapping.by_key[key].names[side],
            before=value,
            after=merged.after[side],
            reason=Message.of("history.lost", side=side),
            at=now,
            contested=True,
        )
        for key, merged in merge.fields.items()
        for side, value in merged.lost.items()
        if not merged.writes(side)
    ]


class Recorder:
    """Records the decisions of one batch."""

    def __init__(self, at: Connected, tx: Transaction, run_id: int, report: Report) -> None:
        self._at = at
        self._tx = tx
        self._run_id = run_id
        self._report = report
        self._now = at.clock.now()
        self._bases: dict[int, Base] = {}
        self._traces: list[TraceRow] = []
        self._marks: list[NewMark] = []
        self._conflicts = ConflictBook(tx, self._now)
        self._filing = Filing(tx, self._now)
        self._done_marks: list[Mark] = []
        self._deferred: dict[Ref, tuple[int, datetime]] = {}
        self.woken: set[Kind] = set()

    def record(self, decisions: Sequence[Decision], attempts: Sequence[Attempt]) -> None:
        by_decision: dict[int, list[Attempt]] = defaultdict(list)
        for attempt in attempts:
            by_decision[id(attempt.decision)].append(attempt)
        for decision in decisions:
            self._record_one(decision, _Ending(by_decision[id(decision)]))
        self._conflicts.save()
        self._filing.save()
        self._tx.bases.save(self._bases)
        self._tx.traces.save(self._traces)
        self._tx.marks.defer(self._deferred)
        self._tx.marks.clear(self._done_marks)
        self._tx.marks.put(self._marks, self._now)

    def _record_one(self, decision: Decision, ending: _Ending) -> None:
        tally = self._report.of(decision.job.kind)
        if not _list_intended(decision, self._now):
            _tell_of_landed(self._tx, self._run_id, decision)
        for attempt in ending.attempts:
            self._take_outcome(decision, attempt, ending, tally)
        ending.problems += decision.problems
        self._move_link(decision)
        self._settle(decision, ending)
        self._wake(decision)
        self._tell_of_lost(decision)
        self._conflicts.note(decision, ending.failed)
        self._close_marks(decision, ending)
        self._file(decision, ending, tally)

    def _tell_of_lost(self, decision: Decision) -> None:
        link = decision.job.link
        if link is None:
            return
        for change in list_lost(decision, self._now):
            if (ref := link.refs[change.side]) is not None:
                self._tx.history.append(self._run_id, link.id, ref, [change])

    # --- outcomes ----------------------------------------------------------------------------------------------------

    def _take_outcome(self, decision: Decision, attempt: Attempt, ending: _Ending, tally: Tally) -> None:
        for problem, names in attempt.left_out:
            ending.problems.append(problem)
            self._fail(decision, attempt.side, names, ending)
        match attempt.outcome:
            case Applied(ref=ref):
                ending.wrote = True
                tally.written[attempt.side][name_write(attempt.step.operation)] += 1
                self._note_applied(decision, attempt, ref)
            case Exists(refs=refs, problem=problem):
                self._take_exists(decision, attempt, ending, refs, problem)
            case Refused(problem=problem):
                self._fail_step(decision, attempt, ending)
                if not attempt.left_out or attempt.left_out[-1][0] != problem:
                    ending.problems.append(problem)
                decision.note(
                    StepKind.WRITE,
                    Message.of("write.refused", side=attempt.side, code=problem.code or problem.cause),
                    passed=False,
                    detail={"text": problem.text},
                )
            case Stale():
                if attempt.sent:  # it may be our own write, delivered twice, that has changed the record
                    ending.unsure += list_changes(decision, attempt.step, self._now)
                self._fail_step(decision, attempt, ending)
                ending.retry_at = self._soon(decision)
                decision.note(StepKind.WRITE, Message.of("write.stale", side=attempt.side), passed=False)
            case Deferred(problem=problem, until=until):
                self._fail_step(decision, attempt, ending)
                ending.retry_at = until or self._later(decision)
                decision.note(StepKind.WRITE, Message.of("write.deferred", side=attempt.side, code=problem.code))
            case Unknown():
                ending.unsure += list_changes(decision, attempt.step, self._now)
                self._look_back(decision, attempt)
                self._fail_step(decision, attempt, ending, keep_link=True)
                ending.retry_at = self._soon(decision)
                decision.note(StepKind.WRITE, Message.of("write.unknown", side=attempt.side))
            case None:
                pass

    def _take_exists(
        self, decision: Decision, attempt: Attempt, ending: _Ending, refs: tuple[Ref, ...], problem: Problem
    ) -> None:
        """It is there already: look again, and pair with it. If that was tried before, a person must look."""
        self._fail_step(decision, attempt, ending)
        decision.note(StepKind.WRITE, Message.of("write.exists", side=attempt.side), detail={"records": _names(refs)})
        if decision.job.attempts < 1:
            ending.retry_at = self._now
        else:
            ending.problems.append(replace(problem, text=problem.text or _names(refs)))

    def _note_applied(self, decision: Decision, attempt: Attempt, ref: Ref) -> None:
        job, operation = decision.job, attempt.step.operation
        link = job.link
        if link is None:
            return
        if isinstance(operation, Create) and decision.tells:
            self._tx.links.confirm({link.id: ref}, self._now)
            job.link = replace(link, refs=link.refs.put(ref.side, ref))
            decision.note(StepKind.WRITE, Message.of("write.created", side=ref.side, record=ref.id), passed=True)
        elif isinstance(operation, Create) and decision.mapping is not None:
            self._tx.links.confirm({link.id: ref}, self._now)
            job.link = replace(link, refs=link.refs.put(ref.side, ref))
            base = base_of_create(decision.mapping, ref.side, operation.fields, lookup=self._at.directory)
            source = job.seen[ref.side.other]
            read_at = Pair.of(ref.side, self._now, source.seen_at if source is not None else None)
            decision.base = replace(base, read_at=read_at)
            self._mark_for_ties(decision, operation)
            decision.note(StepKind.WRITE, Message.of("write.created", side=ref.side, record=ref.id), passed=True)
            if decision.resumed or self._is_left_out(decision, ref.side):  # the source may have been edited since
                self._marks.append(NewMark(kind=job.kind, ref=operation.of, trigger=LOOK_BACK, urgency=Urgency.EDIT))
        elif isinstance(operation, Update):
            fields = ", ".join(operation.fields)
            decision.note(StepKind.WRITE, Message.of("write.updated", side=ref.side, fields=fields), passed=True)
            self._look_back(decision, attempt)
        elif isinstance(operation, Associate):
            decision.note(StepKind.WRITE, Message.of("write.associated", side=ref.side), passed=True)
        elif isinstance(operation, Delete):
            decision.retire = attempt.step.why[""]
            decision.note(StepKind.WRITE, Message.of("write.deleted", side=ref.side), passed=True)
        self._tx.history.append(self._run_id, link.id, ref, list_changes(decision, attempt.step, self._now))

    def _is_left_out(self, decision: Decision, side: Side) -> bool:
        """Whether the source says something in a field that could not be given with the create, but can be afterwards."""
        source = decision.job.snapshot(side.other)
        lines = decision.mapping.lines if decision.mapping is not None and source is not None else ()
        return any(
            line.writable[side] and not line.creatable[side] and source.fields.get(line.names[side.other])
            for line in lines
            if source is not None
        )

    def _look_back(self, decision: Decision, attempt: Attempt) -> None:
        """HubSpot cannot refuse a write that covers an edit made meanwhile, but its history tells of one."""
        operation = attempt.step.operation
        if (
            isinstance(operation, Update)
            and attempt.side is Side.HUBSPOT
            and _may_cover(decision.mapping, attempt.step)
        ):
            mark = NewMark(kind=decision.job.kind, ref=operation.ref, trigger=LOOK_BACK, urgency=Urgency.CHECK)
            self._marks.append(mark)

    def _mark_for_ties(self, decision: Decision, operation: Create) -> None:
        """The ties that could not be made with the record itself are made when it is looked at again."""
        if not operation.ties:
            decision.ties_later = decision.ties_later or bool(decision.ties)
            decision.ties = None
        if decision.ties_later:
            kind = decision.job.kind
            self._marks.append(NewMark(kind=kind, ref=operation.of, trigger=ASSOCIATED, urgency=Urgency.EDIT))

    def _wake(self, decision: Decision) -> None:
        """Records that may have waited for this one, now that it is linked."""
        link = decision.job.link
        if decision.wakes and link is not None and link.missing_side() is None:
            self._marks += decision.wakes
            self.woken |= {mark.kind for mark in decision.wakes}

    def _fail(self, decision: Decision, side: Side, names: Sequence[str], ending: _Ending) -> None:
        if decision.mapping is not None:
            ending.failed[side].update(line.key for line in decision.mapping.lines if line.names[side] in names)

    def _fail_step(self, decision: Decision, attempt: Attempt, ending: _Ending, *, keep_link: bool = False) -> None:
        operation, link = attempt.step.operation, decision.job.link
        if isinstance(operation, Update):
            self._fail(decision, attempt.side, list(operation.fields), ending)
        elif isinstance(operation, Associate):
            ending.untied.add(operation.to)
        elif isinstance(operation, Create) and link is not None and not keep_link and not decision.tells:
            self._tx.links.release([link.id])
            decision.job.link = None
            decision.base = None

    def _soon(self, decision: Decision) -> datetime:
        return self._now if decision.job.attempts < AT_ONCE else self._later(decision)

    def _later(self, decision: Decision) -> datetime:
        return next_try_at(decision.job.attempts + 1, self._now, self._at.dice())

    # --- link, base, marks -------------------------------------------------------------------------------------------

    def _move_link(self, decision: Decision) -> None:
        link = decision.job.link
        if link is None:
            return
        if decision.follow is not None:
            into, trigger = decision.follow.into, decision.follow.reason.id.replace("presence.", "")
            self._tx.links.repoint(link.id, into, decision.follow.reason.id, self._now)
            followed = FOLLOWED.get(trigger, "records_merged")
            self._marks.append(NewMark(kind=link.kind, ref=into, trigger=followed, urgency=Urgency.EDIT))
        elif decision.retire is not None:
            for change in _list_landed_at_last(self._at, decision):
                if (ref := link.refs[change.side]) is not None:
                    self._tx.history.append(self._run_id, link.id, ref, [change])
            self._tx.links.retire([link.id], decision.retire.id, self._now)
        elif decision.reopen:
            self._tx.links.reopen(link.id, "presence.restored", self._now)

    def _settle(self, decision: Decision, ending: _Ending) -> None:
        link = decision.job.link
        if link is None or decision.base is None:
            return
        if decision.merge is not None and decision.mapping is not None and decision.snapshots is not None:
            failed: Pair[Collection[str]] = Pair(ending.failed[Side.HUBSPOT], ending.failed[Side.SALESFORCE])
            decision.base = settle_base(decision.mapping, decision.base, decision.snapshots, decision.merge, failed)
        elif not ending.wrote:
            return
        self._bases[link.id] = replace(
            decision.base,
            intent=(*_list_unseen(decision), *(change for change in ending.unsure if change.key)),
            ties=_settle_ties(decision, ending.untied),
            waiting=decision.job.base.waiting if decision.ties is None else decision.waiting,
        )

    def _close_marks(self, decision: Decision, ending: _Ending) -> None:
        job = decision.job
        at = ending.retry_at or decision.again_at
        if at is None and _passes_by_itself(ending.problems):
            at = self._later(decision)
        if at is None and decision.merge is not None and decision.merge.lacks_answer:
            at = self._later(decision)
        ending.retry_at = at
        if at is not None:
            self._deferred |= {mark.ref: (mark.sequence, at) for mark in job.marks}
        else:
            self._done_marks += job.marks

    # --- what a person sees ------------------------------------------------------------------------------------------

    def _file(self, decision: Decision, ending: _Ending, tally: Tally) -> None:
        job = decision.job
        about = [ref for ref in job.refs if ref is not None]
        state = self._find_state(decision, ending)
        if state is State.LEFT_OUT and decision.gate is not None:
            if self._report.count_once(decision.gate.id, job.there):
                tally.left_out[decision.gate.id.removeprefix("gate.")] += 1
            self._filing.leave_out(job.kind, job.there, decision.gate, label=_label(self._at, decision))
        elif not (ending.problems and self._is_put_aside(about)):
            self._filing.let_in(about)
        self._file_problems(decision, ending, tally, about)
        if ending.retry_at is not None and not ending.problems:
            tally.waiting += 1
        if decision.new_link is not None and decision.new_link.refs.hubspot and decision.new_link.refs.salesforce:
            tally.linked += 1
        news = [ref for ref in about if self._report.count_once("met", ref)]
        if not ending.attempts and state is State.IN_STEP and not (decision.reopen or decision.follow):
            tally.unchanged += len(news) == len(about)
            return
        self._rename(decision)
        self._traces.append(
            TraceRow(
                refs=job.refs,
                kind=job.kind,
                state=state,
                reasons=self._reasons(decision, ending),
                steps=tuple(decision.trace),
                at=self._now,
            )
        )

    def _is_put_aside(self, about: Sequence[Ref]) -> bool:
        """Whether a person has put its trouble aside; that ends when the trouble does, or gets worse."""
        return any(gate.id == PUT_ASIDE for gate, _ in self._tx.left_out.load(about).values())

    def _file_problems(self, decision: Decision, ending: _Ending, tally: Tally, about: Sequence[Ref]) -> None:
        """What still stands in the way is the same problem as before: since when, and put aside or not."""
        own = decision.job.own
        if not ending.problems:
            self._filing.close_problems(about)
            return
        self._filing.save()
        known = {row.problem.cause: row.ref for ref in about for row in self._tx.problems.load(ref=ref)}
        self._tx.problems.close(about, self._now, but={problem.cause for problem in ending.problems})
        label = _label(self._at, decision)
        for problem in ending.problems:
            if self._report.count_once(problem.cause, own):
                tally.problems[problem.cause] += 1
            ref = known.get(problem.cause, own)
            self._filing.open_problem(decision.job.kind, ref, problem, ending.retry_at, label=label)

    def _find_state(self, decision: Decision, ending: _Ending) -> State:
        if ending.problems:
            return State.NEEDS_ATTENTION
        if decision.gate is not None:
            return State.LEFT_OUT
        return State.WAITING if ending.retry_at is not None else State.IN_STEP

    def _reasons(self, decision: Decision, ending: _Ending) -> tuple[str, ...]:
        gate = (decision.gate.id.removeprefix("gate."),) if decision.gate is not None else ()
        waits = ("association.waiting_for_other",) if decision.waits_for else ()
        return (*dict.fromkeys(problem.cause for problem in ending.problems), *gate, *waits)

    def _rename(self, decision: Decision) -> None:
        link = decision.job.link
        snap = decision.job.snapshot(Side.HUBSPOT) or decision.job.snapshot(Side.SALESFORCE)
        if link is None or snap is None or decision.new_link is not None:
            return
        identity = self._at.identity(decision.job.kind)
        side = snap.ref.side
        self._tx.links.name({link.id: (identity.label(side, snap.fields), identity.natural_key(side, snap.fields))})


def _settle_ties(decision: Decision, untied: Collection[Ref]) -> tuple[Tie, ...]:
    """What both sides are tied to now: where a write failed, what they were tied to before."""
    before = decision.job.base.ties
    if decision.ties is None:
        return before
    failed = [tie for tie in before if any(ref in untied for ref in tie.to)]
    return (*(tie for tie in decision.ties if not any(ref in untied for ref in tie.to)), *failed)


def _passes_by_itself(problems: Sequence[Problem]) -> bool:
    """Whether a problem may be gone at the next try, so that the record is tried again by the schedule."""
    return any(get_cause(p.cause).disposition in (Disposition.RETRY, Disposition.REPLAN) for p in problems)


def _may_cover(mapping: CompiledMapping | None, step: Step) -> bool:
    """Whether the step wrote a field that somebody may have edited meanwhile with a right to be heard: one that counts on
    that side, or one that was blanked although a new value there would have come later."""
    operation = step.operation
    if mapping is None or not isinstance(operation, Update):
        return False
    side = operation.ref.side
    lines = [mapping.by_key[key] for key in step.why if key in mapping.by_key]
    return any(is_guarded(line, side) or _yields_blank(line, operation.fields.get(line.names[side])) for line in lines)


def _yields_blank(line: Line, written: Raw) -> bool:
    lead = LEADS.get(line.update_rule)
    return written is None and lead is not None and lead.yields


def _label(at: Connected, decision: Decision) -> str:
    job = decision.job
    snap = job.snapshot(job.there.side)
    return at.identity(job.kind).label(snap.ref.side, snap.fields) if snap is not None else ""


def _names(refs: Sequence[Ref]) -> str:
    return " ".join(str(ref) for ref in refs)


__all__ = ["Recorder", "reserve"]
