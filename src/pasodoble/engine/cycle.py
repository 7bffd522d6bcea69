"""The picture, in code: look, observe, decide, plan, write, record - for one connection, one kind after the other.

Knows no durable engine: whoever calls it decides when, and how often. The same code runs the simulation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from pasodoble.engine.apply import apply_steps
from pasodoble.engine.connected import Connected
from pasodoble.engine.decide import Decision, Judge
from pasodoble.engine.look import look
from pasodoble.engine.observe import gather_jobs, observe, read_with_history
from pasodoble.engine.record import Recorder, reserve
from pasodoble.engine.report import Report
from pasodoble.engine.ties import add_ties, add_wakes
from pasodoble.errors import AuthLapsed, ConnectorError, QuotaSpent
from pasodoble.model.cause import Problem
from pasodoble.model.link import LinkState
from pasodoble.model.operation import Brake
from pasodoble.model.record import Gone
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.side import SIDES, Side
from pasodoble.model.signal import Mark, Urgency
from pasodoble.planner.brakes import Tally
from pasodoble.planner.plan import Plan, make_plan

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
    """

    kinds: Collection[Kind] | None = None
    refs: Collection[Ref] | None = None
    looks: bool = True
    approved: bool = False

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

    def __post_init__(self) -> None:
        self.report = Report(self.at.clock.now())

    async def run(self, scope: Scope) -> Report:
        """Look and work until nothing is due. A side that cannot be spoken to ends the run; what was done stays done."""
        self.report.include(self._kinds(scope))
        try:
            for kind in self._kinds(scope):
                if scope.looks and not scope.asked:
                    await look(self.at, kind)
                await self._work(kind, scope)
            for kind in [] if scope.asked else self._kinds(scope):
                if kind in self.woken:  # they waited for what a later kind has linked
                    await self._work(kind, scope)
        except ConnectorError as error:
            self.report.failures.append(_say_failure(error))
        return self.report

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
                return tx.marks.take(kind, BATCH * 1_000, now, urgency=Urgency.BACKFILL)
            marks = tx.marks.load(scope.refs).values()
            return [mark for mark in marks if mark.due_at is None or mark.due_at <= now]

    async def _work_round(self, kind: Kind, marks: Sequence[Mark], judge: Judge, scope: Scope) -> bool:
        """Deal with these marks. False: a brake is on, and nothing was written."""
        held: list[Decision] = []
        holds = self._may_brake(marks) and not scope.approved
        for batch in chunk(marks, BATCH):
            decisions = await decide_batch(self.at, kind, batch, judge)
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
            going = reserve(at, tx, decisions)
        attempts = await apply_steps(at, going)
        with at.store.transaction(at.settings.name) as tx:
            recorder = Recorder(at, tx, self.run_id, self.report)
            recorder.record(going, attempts)
        self.woken |= recorder.woken


async def make_judge(at: Connected, kind: Kind, *, asked: bool) -> Judge:
    of_kind = at.settings.objects[kind]
    members: Collection[str] | None = None
    if of_kind.inclusion_list is not None:
        members = await at.connectors[Side.HUBSPOT].read_members(of_kind.inclusion_list)
    return Judge(at, of_kind, members, installed_at=_first_seen(at, kind), asked=asked)


def _first_seen(at: Connected, kind: Kind) -> datetime | None:
    """When this kind was first looked at; remembered from then on."""
    name = f"installed:{kind}"
    with at.store.transaction(at.settings.name) as tx:
        known = tx.cursors.load(name)
        if known is None:
            now = at.clock.now()
            tx.cursors.save(name, {"at": now.isoformat()}, now)
            return now
    return datetime.fromisoformat(str(known["at"]))


async def decide_batch(at: Connected, kind: Kind, marks: Sequence[Mark], judge: Judge) -> list[Decision]:
    """Read what these marks are about on both sides, and decide. Writes nothing anywhere. Raises ConnectorError."""
    with at.store.transaction(at.settings.name, read_only=True) as tx:
        jobs = gather_jobs(kind, marks, tx)
    await observe(at, kind, jobs)
    now = at.clock.now()
    decisions = [judge.decide(job, now) for job in jobs]
    contested = [d.job for d in decisions if _wants_history(d)]
    if contested:
        await read_with_history(at, kind, contested)
        again = {id(job): judge.decide(job, now) for job in contested}
        decisions = [again.get(id(d.job), d) for d in decisions]
    _refuse_twins(at, decisions)
    kept = join_pairs(decisions)
    await add_ties(at, kind, kept)
    await add_wakes(at, kind, kept)
    return kept


def _refuse_twins(at: Connected, decisions: Sequence[Decision]) -> None:
    """A record that was merged into one with a partner of its own: the pair is given up, and a person is told (R-01, R-04).

    Where two of them were merged into a third, the first pair goes on and the other is the twin.
    """
    followers = [(decision, decision.follow) for decision in decisions if decision.follow is not None]
    if not followers:
        return
    with at.store.transaction(at.settings.name, read_only=True) as tx:
        links = tx.links.load([follow.into for _, follow in followers])
    taken = {into for into, link in links.items() if link.state is not LinkState.RETIRED}
    for decision, follow in followers:
        if follow.into in taken:
            decision.problems.append(
                Problem(cause="duplicate.merged_twin", side=follow.into.side, text=str(follow.into))
            )
            decision.retire, decision.follow = follow.reason, None
        taken.add(follow.into)


def _wants_history(decision: Decision) -> bool:
    """Both sides changed one field: when each did decides, and only the field's own history knows."""
    if decision.job.looks_back or decision.merge is None or decision.job.link is None:
        return False
    return bool(decision.merge.contested)


def join_pairs(decisions: Sequence[Decision]) -> list[Decision]:
    """One decision a pair: where both records of a new pair were marked, the first finds the second and takes its mark.

    What a link is about to follow (the contact that a lead became) waits for the next round, when the link points at it.
    """
    first: dict[Ref, Decision] = {}
    kept = []
    followed = {d.follow.into for d in decisions if d.follow is not None}
    for decision in decisions:
        if decision.job.link is None and decision.job.own in followed:
            continue
        refs = [ref for ref in decision.job.refs if ref is not None]
        earlier = next((first[ref] for ref in refs if ref in first), None)
        if earlier is not None and decision.new_link is not None:
            earlier.job.marks += decision.job.marks
            continue
        if decision.new_link is not None:
            first.update(dict.fromkeys(refs, decision))
        kept.append(decision)
    return kept


def plan_of(at: Connected, kind: Kind, decisions: Sequence[Decision]) -> Plan:
    """All steps of these decisions as one plan, measured against the links there are."""
    with at.store.transaction(at.settings.name, read_only=True) as tx:
        linked = tx.links.count(kind)
    lost = {(kind, side): sum(isinstance(d.job.seen[side], Gone) for d in decisions) for side in SIDES}
    tally = Tally(linked={(kind, side): linked for side in SIDES}, lost=lost)
    return make_plan([step for d in decisions for step in d.steps], tally, limits=at.settings.limits)


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
