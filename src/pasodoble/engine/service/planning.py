"""Plan and apply: what a sync would do, writing nothing anywhere; and exactly that, once a person has seen it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from pasodoble.engine.claims import Claims
from pasodoble.engine.connected import Connected
from pasodoble.engine.cycle import BATCH, Cycle, chunk
from pasodoble.engine.decide import Decision, Judge
from pasodoble.engine.intake import put_asked
from pasodoble.engine.judging import decide_batch, join_pairs, make_judge
from pasodoble.engine.look import look_aside
from pasodoble.engine.observe import read_records
from pasodoble.engine.service.syncing import RunResult, finish_run, start_run
from pasodoble.errors import Error
from pasodoble.model.message import Message
from pasodoble.model.operation import Create, Step
from pasodoble.model.record import Snapshot
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.settings import Connection
from pasodoble.model.side import SIDES, Pair, Side
from pasodoble.model.signal import Mark, Urgency
from pasodoble.planner.brakes import Tally
from pasodoble.planner.document import Document, check_stale, refs_of
from pasodoble.planner.plan import Plan, make_plan
from pasodoble.ports import NewMark


class StalePlan(Error):
    """What the plan rests on has changed: nothing was written. `reasons` say what, one message each."""

    def __init__(self, reasons: Sequence[Message]) -> None:
        super().__init__(
            "the plan is stale: what it rests on has changed; nothing was written",
            next_step="pasodoble plan --out FILE, look at it, then: pasodoble apply FILE",
        )
        self.reasons = tuple(reasons)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan to look at, with the records it would pair without a write and those it leaves out or cannot carry."""

    document: Document
    linked: int
    left_out: dict[str, int]
    problems: dict[str, int]
    labels: dict[Ref, str]


def hash_settings(settings: Connection) -> str:
    """Changes with every setting that a plan depends on. Secrets have no part in it."""
    return blake2b(repr(settings).encode(), digest_size=12).hexdigest()


async def plan(at: Connected, *, kinds: Collection[Kind] | None = None, refs: Collection[Ref] | None = None) -> Planned:
    """What a sync would do now. Raises ConnectorError."""
    decisions: list[Decision] = []
    for of_kind in at.settings.enabled():
        if kinds is None or of_kind.kind in kinds:
            decisions += await _decide_all(at, of_kind.kind, refs)
    return _summarize(at, decisions)


async def _decide_all(at: Connected, kind: Kind, refs: Collection[Ref] | None) -> list[Decision]:
    marks = await look_aside(at, kind) if refs is None else [_mark(kind, ref, at.clock.now()) for ref in sorted(refs)]
    judge = await make_judge(at, kind, asked=refs is not None)
    return await _decide(at, kind, marks, judge)


async def _decide(at: Connected, kind: Kind, marks: Sequence[Mark], judge: Judge) -> list[Decision]:
    decisions = [d for batch in chunk(marks, BATCH) for d in await decide_batch(at, kind, batch, judge)]
    return join_pairs(decisions)


def _mark(kind: Kind, ref: Ref, now: datetime) -> Mark:
    return Mark(kind=kind, ref=ref, sequence=0, urgency=Urgency.MANUAL, triggers=("manual_record",), first_at=now)


def _summarize(at: Connected, decisions: Sequence[Decision]) -> Planned:
    writing = [decision for decision in decisions if decision.steps]
    seen = [s for d in writing for s in (*d.job.seen, *d.job.found.values()) if isinstance(s, Snapshot)]
    document = Document(
        connection=at.settings.name,
        config_hash=hash_settings(at.settings),
        made_at=at.clock.now(),
        read_at=Pair(*(max((s.seen_at for s in seen if s.ref.side is side), default=None) for side in SIDES)),
        versions={s.ref: s.modified_at for s in seen},
        plan=join_plan(at, writing),
    )
    gates = [d.gate.id.removeprefix("gate.") for d in decisions if d.gate is not None]
    causes = [p.cause for d in decisions for p in d.problems]
    labels = {
        s.ref: at.identity(d.job.kind).label(s.ref.side, s.fields)
        for d in writing
        for s in d.job.seen
        if isinstance(s, Snapshot)
    }
    return Planned(
        document=document,
        linked=sum(d.new_link is not None and not _creates(d.steps) for d in decisions),
        left_out={gate: gates.count(gate) for gate in sorted(set(gates))},
        problems={cause: causes.count(cause) for cause in sorted(set(causes))},
        labels=labels,
    )


def _creates(steps: Sequence[Step]) -> bool:
    return any(isinstance(step.operation, Create) for step in steps)


def join_plan(at: Connected, decisions: Sequence[Decision]) -> Plan:
    """All steps as one plan, measured against the links there are."""
    kinds = {decision.job.kind for decision in decisions}
    with at.store.transaction(at.settings.name, read_only=True) as tx:
        linked = {(kind, side): tx.links.count(kind) for kind in kinds for side in Side}
    return make_plan([s for d in decisions for s in d.steps], Tally(linked=linked), limits=at.settings.limits)


async def apply(at: Connected, document: Document) -> RunResult:
    """Do exactly what the plan says. Raises StalePlan if that is no longer what would be done, ConnectorError."""
    await _ensure_fresh(at, document)
    by_kind = _kinds_of(document.plan)
    with at.store.transaction(at.settings.name) as tx:
        marks = [
            NewMark(kind=kind, ref=ref, trigger="manual_record", urgency=Urgency.MANUAL)
            for kind, refs in by_kind.items()
            for ref in sorted(refs)
        ]
        put_asked(tx, marks, at.clock.now())
    claims = Claims(at, token=f"apply {at.dice()}")
    try:
        return await _apply_claimed(at, document, by_kind, claims)
    finally:
        claims.drop()


async def _apply_claimed(
    at: Connected, document: Document, by_kind: Mapping[Kind, Collection[Ref]], claims: Claims
) -> RunResult:
    decisions: list[Decision] = []
    for kind, refs in by_kind.items():
        with at.store.transaction(at.settings.name, read_only=True) as tx:
            marks = list(tx.marks.load(refs).values())
        judge = await make_judge(at, kind, asked=True)
        decisions += await _decide(at, kind, claims.take(marks), judge)
    if join_plan(at, decisions).steps != document.plan.steps:
        raise StalePlan([Message("stale.plan_differs")])
    run_id = start_run(at, "apply")
    cycle = Cycle(at, run_id)
    cycle.claims = claims
    for ready in chunk(decisions, BATCH):
        await cycle.carry_out(ready)
    return finish_run(at, run_id, cycle.report)


async def _ensure_fresh(at: Connected, document: Document) -> None:
    versions: dict[Ref, datetime | None] = {}
    for of_kind in at.settings.enabled():
        refs = [ref for ref in document.versions if ref.object in at.objects(of_kind.kind, ref.side)]
        seen = await read_records(at, of_kind.kind, refs)
        versions |= {ref: s.modified_at if isinstance(s, Snapshot) else None for ref, s in seen.items()}
    reasons = check_stale(
        document, connection=at.settings.name, config_hash=hash_settings(at.settings), versions=versions
    )
    if reasons:
        raise StalePlan(reasons)


def _kinds_of(planned: Plan) -> dict[Kind, set[Ref]]:
    by_kind: dict[Kind, set[Ref]] = {}
    for step in planned.steps:
        by_kind.setdefault(step.kind, set()).update(refs_of(Plan(steps=(step,))))
    return by_kind
