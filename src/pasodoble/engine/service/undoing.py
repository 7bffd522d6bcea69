"""Undo a run, a record or one change: the plan that puts the earlier values back, and then exactly that, as a person's act.

What can be undone, and what both sides are to hold then, is the planner's; here it is chosen, read, written and kept.
"""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pasodoble.engine.claims import Claims
from pasodoble.engine.connected import Connected
from pasodoble.engine.observe import LOOK_BACK, read_records
from pasodoble.engine.report import Report, name_write, side_of
from pasodoble.engine.service.finding import NotFound, find_known
from pasodoble.engine.service.syncing import RunResult, finish_run, start_run
from pasodoble.mapping.apply import CompiledMapping
from pasodoble.model.link import NO_BASE, Base, Link, LinkState
from pasodoble.model.message import Message
from pasodoble.model.operation import Delete, Operation, Step, Update
from pasodoble.model.outcome import Applied, Deferred, Exists, Outcome, Refused, Stale, Unknown
from pasodoble.model.record import Snapshot
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.settings import Connection
from pasodoble.model.side import SIDES, Pair, Side
from pasodoble.model.signal import Urgency
from pasodoble.model.trace import Change
from pasodoble.planner.plan import Plan, make_plan
from pasodoble.planner.undo import MADE, UNDONE, Refusal, Undo, plan_undo
from pasodoble.ports import ChangeRow, NewMark, Store, Transaction

FORMAT_VERSION = 1
NOT_PAIRED = Message("undo.not_paired")
BUSY = Message("undo.busy")
UNMADE = Message("history.deleted")
MOST_OF_A_RECORD = 10_000
_NUMBERED = re.compile(r"(?:(run):?\s*)?(\d+)|(?:change:?\s*|#)(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairUndo:
    """What is to be undone of one linked pair, as it was when it was read."""

    link: Link
    mapping: CompiledMapping
    snapshots: Pair[Snapshot]
    base: Base
    undo: Undo


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoing:
    """An undo to look at. `what` was asked for; `refusals` say what of it is not undone, and why."""

    what: str
    plan: Plan
    pairs: tuple[PairUndo, ...]
    refusals: tuple[Refusal, ...]
    labels: dict[Ref, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """A finished undo: its run, and what was not undone after all."""

    result: RunResult
    refusals: tuple[Refusal, ...]

    def document(self) -> dict[str, object]:
        """The versioned document of `undo --yes --json`."""
        return {**self.result.document, "refusals": [spell_refusal(refusal) for refusal in self.refusals]}


def spell_plan(undoing: Undoing) -> dict[str, object]:
    """The versioned document of `undo --json`."""
    changes = [
        {
            "record": str(_ref(step.operation)),
            "do": name_write(step.operation),
            "before": dict(step.before),
            "after": dict(step.operation.fields) if isinstance(step.operation, Update) else None,
        }
        for step in undoing.plan.steps
    ]
    return {
        "format_version": FORMAT_VERSION,
        "undo": undoing.what,
        "writes": changes,
        "refusals": [spell_refusal(refusal) for refusal in undoing.refusals],
    }


def spell_refusal(refusal: Refusal) -> dict[str, object]:
    return {"record": str(refusal.ref), "field": refusal.key, "reason": refusal.reason.id}


# --- what is meant ---------------------------------------------------------------------------------------------------


def load_changes(settings: Connection, store: Store, text: str) -> tuple[str, list[ChangeRow]]:
    """What the text names, and its changes: `12` or `run:12`, `#345` or `change:345`, or any spelling of a record.

    Raises NotFound where there is nothing to undo.
    """
    numbered = _NUMBERED.fullmatch(text.strip())
    if numbered is None:
        what, rows = f"everything written to {text}", _load_record(settings, store, text)
    elif numbered[3]:
        what, rows = f"change {numbered[3]}", _load_change(settings, store, int(numbered[3]))
    else:
        what, rows = f"run {numbered[2]}", _load_run(settings, store, int(numbered[2]))
    if not rows:
        raise NotFound(
            f"nothing to undo: no change is known of {text!r}",
            next_step="pasodoble activity   (a run is named by its number, a change as #NUMBER)",
        )
    return what, rows


def _load_record(settings: Connection, store: Store, text: str) -> list[ChangeRow]:
    found = find_known(settings, store, text)
    if found is None:
        return []
    with store.transaction(settings.name, read_only=True) as tx:
        links = tx.links.load([ref for ref in found.refs if ref is not None])
        ids = {link.id for link in links.values()}
        return [row for id in sorted(ids) for row in tx.history.load(id, limit=MOST_OF_A_RECORD)]


def _load_run(settings: Connection, store: Store, id: int) -> list[ChangeRow]:
    with store.transaction(settings.name, read_only=True) as tx:
        return tx.history.load_run(id)


def _load_change(settings: Connection, store: Store, id: int) -> list[ChangeRow]:
    with store.transaction(settings.name, read_only=True) as tx:
        return [row for row in tx.history.load_recent(limit=1, before_id=id + 1) if row.id == id]


# --- the plan --------------------------------------------------------------------------------------------------------


async def plan(at: Connected, text: str) -> Undoing:
    """What undoing it would write. Writes nothing. Raises NotFound, ConnectorError."""
    what, rows = load_changes(at.settings, at.store, text)
    of_link: dict[int, list[ChangeRow]] = defaultdict(list)
    for row in rows:
        of_link[row.link_id].append(row)
    with at.store.transaction(at.settings.name, read_only=True) as tx:
        links = tx.links.load_by_id(of_link)
        bases = tx.bases.load(of_link)
        past = {id: tx.history.load(id, limit=MOST_OF_A_RECORD) for id, of in of_link.items() if _is_made(of)}
    seen = await _read(at, links.values())
    pairs: list[PairUndo] = []
    refusals: list[Refusal] = []
    for id, changes in of_link.items():
        pair = _plan_pair(at, links.get(id), bases.get(id, NO_BASE), seen, changes, past.get(id, ()))
        if pair is None:
            refusals.append(Refusal(ref=changes[0].ref, key="", reason=NOT_PAIRED))
        else:
            pairs.append(pair)
            refusals += pair.undo.refusals
    return Undoing(
        what=what,
        plan=make_plan([step for pair in pairs for step in pair.undo.steps], limits=at.settings.limits, backfill=True),
        pairs=tuple(pairs),
        refusals=tuple(refusals),
        labels={s.ref: at.identity(p.link.kind).label(s.ref.side, s.fields) for p in pairs for s in p.snapshots},
    )


def _is_made(changes: Sequence[ChangeRow]) -> bool:
    return any(row.change.reason == MADE for row in changes)


async def _read(at: Connected, links: Collection[Link]) -> dict[Ref, Snapshot]:
    by_kind: dict[Kind, set[Ref]] = defaultdict(set)
    for link in links:
        if link.state is LinkState.LINKED and link.kind in at.settings.objects:
            by_kind[link.kind].update(ref for ref in link.refs if ref is not None)
    seen: dict[Ref, Snapshot] = {}
    for kind, refs in by_kind.items():
        answers = await read_records(at, kind, refs)
        seen |= {ref: answer for ref, answer in answers.items() if isinstance(answer, Snapshot)}
    return seen


def _plan_pair(
    at: Connected,
    link: Link | None,
    base: Base,
    seen: dict[Ref, Snapshot],
    changes: Sequence[ChangeRow],
    past: Sequence[ChangeRow],
) -> PairUndo | None:
    """None where the two are not a pair any more, or one of them is gone."""
    hubspot, salesforce = link.refs if link is not None else (None, None)
    if link is None or hubspot not in seen or salesforce not in seen:
        return None
    mapping = at.mapping(link.kind, link.refs)
    if mapping is None:
        return None
    snapshots = Pair(seen[hubspot], seen[salesforce])
    undo = plan_undo(mapping, snapshots, base, changes, history=past, lookup=at.directory)
    return PairUndo(link=link, mapping=mapping, snapshots=snapshots, base=base, undo=undo)


# --- doing it --------------------------------------------------------------------------------------------------------


async def apply(at: Connected, undoing: Undoing, *, actor: str) -> Undone:
    """Do exactly that, but for pairs that others are at work on. `actor`: who asked, for the history. Raises ConnectorError."""
    run_id = start_run(at, "undo")
    claims = Claims(at, token=f"run {run_id}")
    held = claims.take_links([pair.link.id for pair in undoing.pairs])
    try:
        return await _apply_held(at, undoing, claims, held, run_id, actor)
    finally:
        claims.drop()


async def _apply_held(
    at: Connected, undoing: Undoing, claims: Claims, held: Collection[int], run_id: int, actor: str
) -> Undone:
    now = at.clock.now()
    pairs = [pair for pair in undoing.pairs if pair.link.id in held]
    meant = {pair.link.id: tuple(_iter_changes(pair, actor, now)) for pair in pairs}
    with at.store.transaction(at.settings.name) as tx:  # should we die now, the next look knows what was meant
        tx.bases.save({pair.link.id: replace(pair.base, intent=meant[pair.link.id]) for pair in pairs})
    ours = {ref for pair in pairs for ref in pair.link.refs}
    with claims.sending():
        outcomes = await _write(at, [step for step in undoing.plan.steps if _ref(step.operation) in ours])
    with at.store.transaction(at.settings.name) as tx:
        kept = claims.release_links(tx)
        keeping = _Keeping(tx, run_id, at.clock.now(), Report(started_at=now))
        refusals = list(undoing.refusals)
        for pair in undoing.pairs:
            if pair.link.id in kept:
                refusals += keeping.keep(pair, meant[pair.link.id], outcomes)
            else:  # what is not known to be done is found out by whoever looks next
                refusals += [Refusal(ref=_ref(step.operation), key="", reason=BUSY) for step in pair.undo.steps]
    return Undone(result=finish_run(at, run_id, keeping.report), refusals=tuple(refusals))


async def _write(at: Connected, steps: Sequence[Step]) -> dict[Ref, Outcome]:
    """Both sides at once; the outcome by record, each of which has one step."""

    async def write_side(side: Side) -> dict[Ref, Outcome]:
        operations = [step.operation for step in steps if side_of(step.operation) is side]
        outcomes = await at.connectors[side].write(operations) if operations else []
        return {_ref(operation): outcome for operation, outcome in zip(operations, outcomes, strict=True)}

    hubspot, salesforce = await asyncio.gather(*(write_side(side) for side in SIDES))
    return hubspot | salesforce


def _ref(operation: Operation) -> Ref:
    assert isinstance(operation, Update | Delete), "an undo makes nothing"
    return operation.ref


def _iter_changes(pair: PairUndo, actor: str, now: datetime) -> Iterator[Change]:
    """What the history is to say, once it is done."""
    for step in pair.undo.steps:
        side = side_of(step.operation)
        change = Change(side=side, key="", field="", before=None, after=None, reason=UNMADE, at=now, actor=actor)
        if isinstance(step.operation, Delete):
            yield change
            continue
        held = pair.mapping.canonical(side, pair.snapshots[side].fields)[0]
        for key in step.why:
            field, after = pair.mapping.by_key[key].names[side], pair.undo.base[key][side]
            yield replace(change, key=key, field=field, before=held[key], after=after, reason=UNDONE)


@dataclass(slots=True)
class _Keeping:
    """Link, base, history and marks after the writes."""

    tx: Transaction
    run_id: int
    now: datetime
    report: Report

    def keep(self, pair: PairUndo, changes: Sequence[Change], outcomes: dict[Ref, Outcome]) -> list[Refusal]:
        """Gives what was not undone. A field that failed keeps its base, so that the rules go on with it."""
        tally = self.report.of(pair.link.kind)
        refusals: list[Refusal] = []
        failed: set[str] = set()
        for step in pair.undo.steps:
            ref = _ref(step.operation)
            outcome = outcomes[ref]
            if isinstance(outcome, Applied):
                tally.written[ref.side][name_write(step.operation)] += 1
                self.tx.history.append(self.run_id, pair.link.id, ref, [c for c in changes if c.side is ref.side])
                continue
            failed.update(step.why)
            refusals.append(Refusal(ref=ref, key="", reason=_say_failure(outcome, ref)))
            if not isinstance(outcome, Stale):
                tally.problems[outcome.problem.cause] += 1
        self._settle(pair, failed)
        return refusals

    def _settle(self, pair: PairUndo, failed: set[str]) -> None:
        link, undo, base = pair.link, pair.undo, pair.base
        if undo.retires and not failed:
            self.tx.links.retire([link.id], UNDONE.id, self.now)
            return
        if undo.steps and not undo.retires:
            fields = dict(base.fields) | {key: values for key, values in undo.base.items() if key not in failed}
            read_at: Pair[datetime | None] = pair.snapshots.map(lambda snapshot: snapshot.seen_at)
            base = Base(fields=fields, seen=Pair("", ""), read_at=read_at)
            marks = [
                NewMark(kind=link.kind, ref=ref, trigger=LOOK_BACK, urgency=Urgency.EDIT) for ref in link.refs if ref
            ]
            self.tx.marks.put(marks, self.now)
        self.tx.bases.save({link.id: base})


def _say_failure(outcome: Outcome, ref: Ref) -> Message:
    match outcome:
        case Refused(problem=problem) | Exists(problem=problem):
            return Message.of("write.refused", side=ref.side, code=problem.code or problem.cause)
        case Deferred(problem=problem):
            return Message.of("write.deferred", side=ref.side, code=problem.code or problem.cause)
        case Unknown():
            return Message.of("write.unknown", side=ref.side)
        case _:
            return Message.of("write.stale", side=ref.side)
