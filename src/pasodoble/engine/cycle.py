"""The picture, in code: look, observe, decide, plan, write, record - for one connection, one kind after the other.

Knows no durable engine: whoever calls it decides when, and how often. The same code runs the simulation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from pasodoble.engine.apply import apply_steps
from pasodoble.engine.claims import Claims
from pasodoble.engine.connected import Connected
from pasodoble.engine.decide import Decision, Judge
from pasodoble.engine.judging import decide_batch, join_pairs, make_judge, plan_of
from pasodoble.engine.look import look
from pasodoble.engine.record import Recorder, reserve
from pasodoble.engine.report import Report
from pasodoble.engine.timeline import has_timeline, look_at_timeline, tell_timeline
from pasodoble.errors import AuthLapsed, ConfigError, ConnectorError, QuotaSpent
from pasodoble.model.operation import Brake
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.signal import Mark, Urgency
from pasodoble.ports import Transaction

T = TypeVar("T")

BATCH = 1_000
"""Jobs that are read, decided and written together: one page of writes to Salesforce (five collections of 200)."""
MOST_ROUNDS = 20
"""Turns of one run over one kind: a mark that is put anew by every turn waits for the next run."""


@dataclass(slots=True)
class Scope:
    """What a run is about. `refs`: these records only, as a person asked; None: all that is marked.

    looks      ask both sides what has changed, before working on what is marked
    approved   a person has seen the plan: its brakes are released
    leaves_asked  what people ask for goes by a lane of its own
    """

    kinds: Collection[Kind] | None = None
    refs: Collection[Ref] | None = None
    looks: bool = True
    approved: bool = False
    leaves_asked: bool = False

    @property
    def asked(self) -> bool:
        return self.refs is not None


@dataclass(slots=True)
class Cycle:
    """One run over a connection."""

    at: Connected
    run_id: int
    report: Report = field(init=False)
    woken: set[Kind] = field(default_factory=set)
    claims: Claims = field(init=False)

    def __post_init__(self) -> None:
        self.report = Report(self.at.clock.now())
        self.claims = Claims(self.at, token=f"run {self.run_id}")

    async def run(self, scope: Scope) -> Report:
        """Look and work until nothing is due. A side that cannot be spoken to ends the run; what was done stays done."""
        self.report.include(self._kinds(scope))
        try:
            beside = has_timeline(self.at, scope.kinds, asked=scope.asked)
            if beside:
                await look_at_timeline(self.at, self.report, looks=scope.looks and not scope.asked)
            for kind in self._kinds(scope):
                await self._run_kind(kind, scope)
            if beside:
                self.woken |= await tell_timeline(self.at, self.run_id, self.report, self.carry_out)
            for kind in [] if scope.asked else self._kinds(scope):
                if kind in self.woken:  # they waited for what a later kind has linked
                    await self._work(kind, scope)
        except ConnectorError as error:
            self.report.failures.append(_say_failure(error))
        return self.report

    async def _run_kind(self, kind: Kind, scope: Scope) -> None:
        """Settings of this kind that cannot be used stop this kind only."""
        try:
            if scope.looks and not scope.asked:
                await look(self.at, kind)
            await self._work(kind, scope)
        except ConfigError as error:
            self.report.misset[kind] = error

    def _kinds(self, scope: Scope) -> list[Kind]:
        return [o.kind for o in self.at.settings.enabled() if scope.kinds is None or o.kind in scope.kinds]

    async def _work(self, kind: Kind, scope: Scope) -> None:
        judge = await make_judge(self.at, kind, asked=scope.asked)
        tried: Counter[Ref] = Counter()
        for _ in range(MOST_ROUNDS):
            marks = [m for m in self._take(kind, scope) if tried[m.ref] <= MOST_ROUNDS // 4]
            tried.update(mark.ref for mark in marks)
            if not marks or not await self._work_round(kind, marks, judge, scope):
                return

    def _take(self, kind: Kind, scope: Scope) -> list[Mark]:
        now = self.at.clock.now()
        with self.at.store.transaction(self.at.settings.name, read_only=True) as tx:
            if scope.refs is None:
                most_urgent = Urgency.FORM if scope.leaves_asked else Urgency.MANUAL
                return tx.marks.take(kind, BATCH * 1_000, now, urgency=least_urgent(tx, kind), most_urgent=most_urgent)
            marks = tx.marks.load(scope.refs).values()
            return [mark for mark in marks if mark.due_at is None or mark.due_at <= now]

    async def _work_round(self, kind: Kind, marks: Sequence[Mark], judge: Judge, scope: Scope) -> bool:
        """Deal with these marks. False: a brake is on, and nothing was written."""
        try:
            return await self._work_claimed(kind, marks, judge, scope)
        finally:
            self.claims.drop()

    async def _work_claimed(self, kind: Kind, marks: Sequence[Mark], judge: Judge, scope: Scope) -> bool:
        held: list[Decision] = []
        holds = self._may_brake(marks) and not scope.approved
        for batch in chunk(marks, BATCH):
            decisions = await decide_batch(self.at, kind, self.claims.take(batch), judge)
            if not holds:
                await self.carry_out(decisions)
                continue
            held += [d for d in decisions if d.steps]
            await self.carry_out([d for d in decisions if not d.steps])
        held = join_pairs(held)
        if held:
            plan = plan_of(self.at, kind, held)
            if plan.brakes:
                self._brake(kind, plan.brakes, held)
                return False
        for ready in chunk(held, BATCH):
            await self.carry_out(ready)
        return True

    def _may_brake(self, marks: Sequence[Mark]) -> bool:
        """Whether so few records can trip a brake at all; if not, nothing need be held back until all is known."""
        limits = self.at.settings.limits
        return len(marks) > min(limits.max_creates_per_run, limits.max_deletes_per_run, limits.max_clears_per_run // 8)

    def _brake(self, kind: Kind, brakes: Sequence[Brake], held: Sequence[Decision]) -> None:
        self.report.brakes.extend(brakes)
        self.report.of(kind).waiting += len(held)

    async def carry_out(self, decisions: Sequence[Decision]) -> None:
        """Reserve, write, record. A crash between any two of these loses nothing: marks go last, with the base."""
        at = self.at
        with at.store.transaction(at.settings.name) as tx:
            going = reserve(at, tx, self.claims.keep(tx, decisions), run_id=self.run_id)
            self.claims.add_made(tx, going)
        with self.claims.sending():
            attempts = await apply_steps(at, going)
        with at.store.transaction(at.settings.name) as tx:
            recorder = Recorder(at, tx, self.run_id, self.report)
            recorder.record(self.claims.release(tx, going), attempts)
        self.woken |= recorder.woken


def least_urgent(tx: Transaction, kind: Kind) -> Urgency:
    """Of the marks that a cycle deals with: a backfill that is under way has its own to itself."""
    return Urgency.CHECK if tx.backfills.covers(kind) else Urgency.BACKFILL


def chunk(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _say_failure(error: ConnectorError) -> str:
    match error:
        case QuotaSpent():
            return f"suspended: {error}"
        case AuthLapsed():
            return f"sign-in refused: {error}"
        case _:
            return str(error)
