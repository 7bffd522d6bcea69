"""The initial load as a person asks for it: what it would do, begin it, pause, resume, throttle, and how far it is.

The work itself is `engine/backfill`'s, step by step.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from math import ceil
from typing import Final

from pasodoble.engine.backfill import TRIGGER, Backfiller, choose_marks, place_checks
from pasodoble.engine.budget import spending
from pasodoble.engine.connected import Connected
from pasodoble.engine.cycle import BATCH, Scope, chunk, least_urgent
from pasodoble.engine.decide import Decision, Judge
from pasodoble.engine.judging import decide_batch, make_judge
from pasodoble.engine.service.syncing import start_run, sync
from pasodoble.errors import Error
from pasodoble.model.backfill import RUNNING, Backfill, BackfillState, KindProgress
from pasodoble.model.operation import Create, Step, Update
from pasodoble.model.ref import Kind
from pasodoble.model.settings import Connection, Limits
from pasodoble.model.side import SIDES, Pair, Side
from pasodoble.model.signal import Mark, Urgency
from pasodoble.planner.cost import count_calls
from pasodoble.ports import Clock, NewMark, Store

FORMAT_VERSION: Final = 1
SAMPLE: Final = 1_000
"""Records of each object that a preview looks at; where there are more, it tells by them what all come to."""
HUBSPOT_CALLS_A_S: Final = 10.0
"""The least that HubSpot allows any account (usage guidelines: 100 in 10 s)."""
ROWS_A_PAGE: Final = Pair(100, 2_000)


@dataclass(slots=True)
class KindPreview:
    """What a backfill of one kind comes to. `exact` unless there are more records than were looked at.

    records  by side;  work: of those, such as need work;  creates, overwrites: by the side that is written
    overwrites  values that are there now and would be replaced
    calls    by side, the walk included
    """

    kind: Kind
    records: dict[Side, int] = field(default_factory=lambda: dict.fromkeys(SIDES, 0))
    work: int = 0
    links: int = 0
    creates: dict[Side, int] = field(default_factory=lambda: dict.fromkeys(SIDES, 0))
    updates: dict[Side, int] = field(default_factory=lambda: dict.fromkeys(SIDES, 0))
    overwrites: dict[Side, int] = field(default_factory=lambda: dict.fromkeys(SIDES, 0))
    left_out: int = 0
    problems: int = 0
    calls: dict[Side, int] = field(default_factory=lambda: dict.fromkeys(SIDES, 0))
    exact: bool = True

    def document(self) -> dict[str, object]:
        by_side = {name: _by_side(getattr(self, name)) for name in ("records", "creates", "updates", "overwrites")}
        return {
            **by_side,
            "links": self.links,
            "left_out": self.left_out,
            "problems": self.problems,
            "api_calls": _by_side(self.calls),
            "exact": self.exact,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a backfill would do. `least_s`: how long it takes at the least, under the limits."""

    kinds: Sequence[KindPreview]
    limits: Limits
    per_minute: int | None = None

    @property
    def calls(self) -> dict[Side, int]:
        return {side: sum(kind.calls[side] for kind in self.kinds) for side in SIDES}

    @property
    def exact(self) -> bool:
        return all(kind.exact for kind in self.kinds)

    @property
    def least_s(self) -> float:
        throttled = sum(kind.work for kind in self.kinds) * 60 / self.per_minute if self.per_minute else 0.0
        return max(self.calls[Side.HUBSPOT] / HUBSPOT_CALLS_A_S, throttled, *map(self._days_s, SIDES))

    def _days_s(self, side: Side) -> float:
        """The days' allotments that it takes, before the last one."""
        daily = self.limits.hubspot_calls_per_day if side is Side.HUBSPOT else self.limits.salesforce_calls_per_day
        return 0.0 if not daily else (ceil(self.calls[side] / daily) - 1) * 86_400.0

    def document(self) -> dict[str, object]:
        return {
            "format_version": FORMAT_VERSION,
            "exact": self.exact,
            "objects": {kind.kind: kind.document() for kind in self.kinds},
            "api_calls": _by_side(self.calls),
            "least_s": round(self.least_s, 1),
        }


def _by_side(counts: Mapping[Side, int]) -> dict[str, int]:
    return {side.value: counts[side] for side in SIDES}


# --- what it would do -----------------------------------------------------------------------------------------------------


async def preview(at: Connected, kinds: Collection[Kind] | None = None, *, per_minute: int | None = None) -> Preview:
    """Looks at some records of each object, and decides about them. Writes nothing. Raises ConnectorError."""
    chosen = [of.kind for of in at.settings.enabled() if kinds is None or of.kind in kinds]
    previews = [await _preview_kind(at, kind) for kind in chosen]
    return Preview(kinds=previews, limits=at.settings.limits, per_minute=per_minute)


async def _preview_kind(at: Connected, kind: Kind) -> KindPreview:
    told, judge = KindPreview(kind), await make_judge(at, kind, asked=False)
    for side in SIDES:
        for object in at.objects(kind, side):
            await _preview_object(at, told, judge, side, object)
    return told


async def _preview_object(at: Connected, told: KindPreview, judge: Judge, side: Side, object: str) -> None:
    """Pairs are counted from HubSpot's side, so that none counts twice; of Salesforce's records, those that are new there."""
    marks, seen, total = await _sample(at, told.kind, side, object)
    before = at.budget.used()
    decisions = [d for batch in chunk(marks, BATCH) for d in await decide_batch(at, told.kind, batch, judge)]
    spent = {each: at.budget.used()[each] - before[each] for each in SIDES}
    factor = total / seen if seen else 1.0
    told.exact = told.exact and total == seen
    told.records[side] += total
    told.calls[side] += ceil(total / ROWS_A_PAGE[side]) or 1
    own = [d for d in decisions if side is Side.HUBSPOT or _is_new(d) or _is_alone(d)]
    told.work += round(len(own) * factor)
    told.left_out += round(sum(d.gate is not None for d in own) * factor)
    told.problems += round(sum(bool(d.problems) for d in own) * factor)
    _count(told, own, factor)
    written = count_calls([step for d in own for step in d.steps])
    for each in SIDES:
        told.calls[each] += ceil((spent[each] + written.calls[each]) * factor)


async def _sample(at: Connected, kind: Kind, side: Side, object: str) -> tuple[list[Mark], int, int]:
    """Marks of the first records that need work; how many records were looked at, and how many there are."""
    marks: list[NewMark] = []
    seen, total = 0, 0
    reading = at.connectors[side].read_changes(object, at.fields(kind, side, object), None)
    async with aclosing(reading) as pages:  # type: ignore[type-var]  # every connector's is a generator
        async for page in pages:
            with at.store.transaction(at.settings.name, read_only=True) as tx:
                marks += choose_marks(at, kind, page, tx)
            seen += len(page.snapshots)
            total = max(total, page.total or 0, seen)
            if seen >= SAMPLE:
                total = max(total, await at.connectors[side].count(object))
                break
    now = at.clock.now()
    return (
        [
            Mark(kind=kind, ref=m.ref, sequence=0, urgency=Urgency.BACKFILL, triggers=(TRIGGER,), first_at=now)
            for m in marks
        ],
        seen,
        total,
    )


def _is_new(decision: Decision) -> bool:
    return any(isinstance(step.operation, Create) for step in decision.steps)


def _is_alone(decision: Decision) -> bool:
    """Neither paired nor about to be: nothing of it shows on the other side."""
    return decision.new_link is None and decision.job.link is None


def _count(told: KindPreview, decisions: Collection[Decision], factor: float) -> None:
    told.links += round(sum(d.new_link is not None and not _is_new(d) for d in decisions) * factor)
    counts: Counter[tuple[str, Side]] = Counter()
    for step in (step for decision in decisions for step in decision.steps):
        match step.operation:
            case Create(side=side):
                counts["creates", side] += 1
            case Update(ref=ref):
                counts["updates", ref.side] += 1
                counts["overwrites", ref.side] += _count_overwritten(step)
            case _:
                pass
    for (name, side), count in counts.items():
        getattr(told, name)[side] += round(count * factor)


def _count_overwritten(step: Step) -> int:
    assert isinstance(step.operation, Update)
    return sum(step.before.get(name) not in (None, "") for name in step.operation.fields)


# --- what a person says -----------------------------------------------------------------------------------------------------


def start(at: Connected, kinds: Collection[Kind] | None = None, *, per_minute: int | None = None) -> Backfill:
    """Put it into the journal: whoever works does it. Raises StoreError where one is under way."""
    chosen = [of.kind for of in at.settings.enabled() if kinds is None or of.kind in kinds]
    place_checks(at, chosen)
    run_id = start_run(at, "backfill")
    with at.store.transaction(at.settings.name) as tx:
        tx.backfills.begin(run_id, chosen, per_minute, at.clock.now())
    return load(at.settings, at.store)


def load(settings: Connection, store: Store) -> Backfill:
    """The latest. Raises Error where there never was one."""
    with store.transaction(settings.name, read_only=True) as tx:
        backfill = tx.backfills.load()
    if backfill is None:
        raise Error("there has been no backfill", next_step="pasodoble backfill start")
    return backfill


def pause(settings: Connection, store: Store, clock: Clock) -> Backfill:
    """After the batch that is under way. Raises Error where none runs."""
    backfill = load(settings, store)
    with store.transaction(settings.name) as tx:
        if not tx.backfills.move(backfill.id, BackfillState.PAUSED, clock.now(), only_from=RUNNING):
            raise Error(f"the backfill is {backfill.state}", next_step="pasodoble backfill status")
    return load(settings, store)


def resume(settings: Connection, store: Store, clock: Clock, *, released: bool = False) -> Backfill:
    """Go on; of one that runs already, nothing changes. Raises Error where there is none to go on with.

    released   what it would delete or clear has been looked at: no brake stops it any more
    """
    backfill = load(settings, store)
    if not backfill.active:
        raise Error(f"the backfill is {backfill.state}", next_step="pasodoble backfill start")
    with store.transaction(settings.name) as tx:
        progress = backfill.progress
        if backfill.state is BackfillState.PAUSED:
            tx.backfills.note(backfill.id, replace(progress, samples=(), released=progress.released or released))
        state = BackfillState.WALKING if progress.walked_at is None else BackfillState.WORKING
        tx.backfills.move(backfill.id, state, clock.now(), only_from={BackfillState.PAUSED})
    return load(settings, store)


def throttle(settings: Connection, store: Store, per_minute: int | None) -> Backfill:
    """Raises Error where none is under way."""
    backfill = load(settings, store)
    if not backfill.active:
        raise Error(f"the backfill is {backfill.state}", next_step="pasodoble backfill start")
    with store.transaction(settings.name) as tx:
        tx.backfills.throttle(backfill.id, per_minute)
    return load(settings, store)


# --- doing it here ----------------------------------------------------------------------------------------------------------


async def carry_through(at: Connected, told: Callable[[Backfill], None] = lambda _: None) -> Backfill:
    """Do it in this process, to its end or until it is paused. What is more urgent goes first. Raises ConnectorError."""
    backfiller = Backfiller(at)
    next_check_at = at.clock.now() + at.settings.check_every
    more = True
    while more:
        backfill = load(at.settings, at.store)
        told(backfill)
        if at.clock.now() >= next_check_at:
            await sync(at, Scope(kinds=backfill.kinds), what="check", patient=True)
            next_check_at = at.clock.now() + at.settings.check_every
        elif _is_anything_urgent(at, backfill):
            await sync(at, Scope(kinds=backfill.kinds, looks=False), what="heard", patient=True)
        with spending("backfill"):
            more = await backfiller.step()
    backfill = load(at.settings, at.store)
    if not backfill.active:
        await sync(at, Scope(kinds=backfill.kinds, looks=False), what="heard", patient=True)
    told(backfill)
    return backfill


def _is_anything_urgent(at: Connected, backfill: Backfill) -> bool:
    now = at.clock.now()
    with at.store.transaction(at.settings.name, read_only=True) as tx:
        return any(tx.marks.take(kind, 1, now, urgency=least_urgent(tx, kind)) for kind in backfill.kinds)


def spell_backfill(backfill: Backfill) -> dict[str, object]:
    """The versioned document of `backfill status --json`."""
    progress = backfill.progress
    return {
        "format_version": FORMAT_VERSION,
        "backfill": backfill.id,
        "run": backfill.run_id,
        "state": backfill.state.value,
        "trouble": backfill.trouble,
        "started_at": backfill.started_at.isoformat(),
        "ended_at": None if backfill.ended_at is None else backfill.ended_at.isoformat(),
        "throttle_per_minute": backfill.per_minute,
        "records": progress.marked,
        "done": progress.done,
        "share": round(1.0 if backfill.state is BackfillState.DONE else progress.share, 4),
        "per_minute": None if progress.per_minute is None else round(progress.per_minute, 1),
        "left_s": None if progress.left_s is None or not backfill.active else round(progress.left_s, 1),
        "api_calls": {side.value: progress.calls.get(side, 0) for side in SIDES},
        "objects": {kind: _spell_kind(progress.kinds.get(kind, KindProgress())) for kind in backfill.kinds},
    }


def _spell_kind(of: KindProgress) -> dict[str, object]:
    return {
        "walked": of.walked,
        "records": of.marked,
        "done": of.done,
        "linked": of.linked,
        "problems": of.problems,
        "written": dict(of.written),
    }


def eta(backfill: Backfill) -> timedelta | None:
    left_s = backfill.progress.left_s
    return None if left_s is None or backfill.state not in RUNNING else timedelta(seconds=left_s)
