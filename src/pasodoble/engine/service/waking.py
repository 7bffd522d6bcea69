"""A sleeping line of a mapping: what it would change if it were awake, and then its backfill (TN-06, M-16).

When a line falls asleep is not decided here (`engine/lines`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from pasodoble.engine.connected import Connected
from pasodoble.engine.cycle import BATCH, Cycle, Scope
from pasodoble.engine.decide import Decision
from pasodoble.engine.judging import decide_batch, make_judge
from pasodoble.engine.lines import WOKEN, wake_lines
from pasodoble.engine.service.finding import NotFound
from pasodoble.engine.service.syncing import RunResult, finish_run, start_run
from pasodoble.model.link import Link, LinkState
from pasodoble.model.operation import Step, Update
from pasodoble.model.ref import Kind
from pasodoble.model.side import SIDES, Pair
from pasodoble.model.signal import Mark, Urgency
from pasodoble.planner.plan import Plan, make_plan
from pasodoble.ports import NewMark

FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a line would change. `fills` and `replaces`: values a side that are blank now, and that are not."""

    kind: Kind
    keys: tuple[str, ...]
    pairs: int
    fills: Pair[int]
    replaces: Pair[int]
    plan: Plan

    def document(self) -> dict[str, object]:
        """The versioned document of `mapping wake --json`."""
        return {
            "format_version": FORMAT_VERSION,
            "object": self.kind,
            "fields": list(self.keys),
            "pairs": self.pairs,
            "fills": {side.value: self.fills[side] for side in SIDES},
            "replaces": {side.value: self.replaces[side] for side in SIDES},
            "api_calls": {side.value: self.plan.cost.calls[side] for side in SIDES},
        }


def choose_lines(at: Connected, kind: Kind, names: Collection[str]) -> tuple[str, ...]:
    """The sleeping lines of these names, of either side; all that sleep without one. Raises NotFound."""
    asleep = at.asleep.get(kind, {})
    rules = {rule.key: {rule.hubspot, *rule.salesforce.values()} for rule in at.settings.objects[kind].fields}
    chosen = tuple(sorted(key for key in asleep if not names or rules.get(key, {key}) & {*names}))
    strange = [name for name in names if not any(name in rules.get(key, {key}) for key in chosen)]
    if strange or not chosen:
        about = f"{strange[0]} of {kind}" if strange else kind
        known = f"; asleep: {', '.join(sorted(asleep))}" if asleep else ""
        raise NotFound(f"no line of {about} is asleep{known}", next_step="pasodoble mapping lint")
    return chosen


async def preview(at: Connected, kind: Kind, keys: Collection[str]) -> Preview:
    """What these lines would change in the pairs for which they sleep. Writes nothing anywhere. Raises ConnectorError."""
    judge = replace(await make_judge(at, kind, asked=True), waking=frozenset(keys))
    steps: list[Step] = []
    pairs = 0
    for links in _walk(at, kind):
        marks = [_mark(at, link) for link in links]
        decisions = await decide_batch(at, kind, marks, judge)
        pairs += len(links)
        steps += [step for decision in decisions for step in _narrow(decision, keys)]
    fills, replaces = (_count(steps, blank=blank) for blank in (True, False))
    plan = make_plan(steps, limits=at.settings.limits, backfill=True)
    return Preview(kind=kind, keys=tuple(keys), pairs=pairs, fills=fills, replaces=replaces, plan=plan)


def _walk(at: Connected, kind: Kind) -> Iterator[list[Link]]:
    after = 0
    while True:
        with at.store.transaction(at.settings.name, read_only=True) as tx:
            links = tx.links.walk(kind, after_id=after, limit=BATCH)
        if not links:
            return
        yield links
        after = links[-1].id


def _mark(at: Connected, link: Link) -> Mark:
    [ref, *_] = [ref for ref in link.refs if ref is not None]
    now = at.clock.now()
    return Mark(kind=link.kind, ref=ref, sequence=0, urgency=Urgency.BACKFILL, triggers=(WOKEN,), first_at=now)


def _narrow(decision: Decision, keys: Collection[str]) -> Iterator[Step]:
    """Of a decision's updates, what these lines have in them."""
    for step in decision.steps:
        mine = {key: why for key, why in step.why.items() if key in keys}
        if decision.mapping is not None and mine and isinstance(step.operation, Update):
            side = step.operation.ref.side
            names = {decision.mapping.by_key[key].names[side] for key in mine}
            fields = {name: raw for name, raw in step.operation.fields.items() if name in names}
            before = {name: raw for name, raw in step.before.items() if name in names}
            yield replace(step, operation=replace(step.operation, fields=fields), why=mine, before=before)


def _count(steps: Collection[Step], *, blank: bool) -> Pair[int]:
    updates = [(step, step.operation) for step in steps if isinstance(step.operation, Update)]
    return Pair(
        *(
            sum(
                (step.before.get(name) in (None, "")) is blank
                for step, op in updates
                if op.ref.side is side
                for name in op.fields
            )
            for side in SIDES
        )
    )


async def wake(at: Connected, kind: Kind, keys: Collection[str]) -> RunResult:
    """Wake these lines and carry what they say for all pairs, as it was previewed. Raises ConnectorError.

    The pairs are marked first, so what a crash leaves undone is done by the next run.
    """
    run_id = start_run(at, "wake")
    for links in _walk(at, kind):
        _forget(at, [link for link in links if link.state is LinkState.LINKED], keys)
    with at.store.transaction(at.settings.name) as tx:
        wake_lines(tx, kind, keys, at.clock.now())
    at.asleep = {**at.asleep, kind: {key: since for key, since in at.asleep.get(kind, {}).items() if key not in keys}}
    report = await Cycle(at, run_id).run(Scope(kinds=(kind,), looks=False, approved=True))
    return finish_run(at, run_id, report)


def _forget(at: Connected, links: Collection[Link], keys: Collection[str]) -> None:
    """A line that points elsewhere now has no base there yet; and every pair is looked at again."""
    with at.store.transaction(at.settings.name) as tx:
        bases = tx.bases.load([link.id for link in links])
        tx.bases.save(
            {
                id: replace(base, fields={key: pair for key, pair in base.fields.items() if key not in keys})
                for id, base in bases.items()
                if any(key in base.fields for key in keys)
            }
        )
        marks = [
            NewMark(kind=link.kind, ref=ref, trigger=WOKEN, urgency=Urgency.BACKFILL)
            for link in links
            if (ref := link.refs.hubspot) is not None
        ]
        tx.marks.put(marks, at.clock.now())
