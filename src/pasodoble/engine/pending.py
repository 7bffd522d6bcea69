"""What was put down and waits to be told: those whose person is on the other side by now, and what becomes of the others.

Then the writing down of what came of it, on the person's own history and trace too. What is told, and how, is decided in
`telling` and `campaigns`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pasodoble.engine.apply import apply_steps
from pasodoble.engine.connected import Connected
from pasodoble.engine.decide import Decision
from pasodoble.engine.observe import Job
from pasodoble.engine.record import Recorder
from pasodoble.engine.report import Report
from pasodoble.engine.retry import next_try_at
from pasodoble.mapping.identity import KEY_FIELDS
from pasodoble.model.activity import Activity
from pasodoble.model.cause import Problem
from pasodoble.model.link import Link, LinkState
from pasodoble.model.message import Message
from pasodoble.model.operation import Step
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.side import Pair, Side
from pasodoble.model.signal import Mark, Urgency
from pasodoble.model.trace import Change, State, StepKind, TraceStep
from pasodoble.ports import TraceRow, Transaction

BATCH: Final = 1_000
MOST_ROUNDS: Final = 1_000
"""Batches of one run: what happened goes on happening, and a run ends."""
MOST_TRIES: Final = 5
WAITS_QUIETLY: Final = timedelta(days=1)
"""How long an activity waits for its person before somebody is told."""
LOST: Final = "told.nobody"
"""Why a reservation was given up: its person is left out, or is no pair any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """One that can be told now. `pair` is its person's link, `person` the lead or contact."""

    mark: Mark
    link: Link
    activity: Activity
    pair: Link
    person: Ref


def take_pending(at: Connected, kind: Kind, marks: Sequence[Mark], report: Report) -> list[Pending]:
    """Those that can be told. Who waits for a person is put off, whose person never comes is given up."""
    ready: list[Pending] = []
    with at.store.transaction(at.settings.name) as tx:
        links = tx.links.load([mark.ref for mark in marks])
        open_links = {ref: link for ref, link in links.items() if link.missing_side() is Side.SALESFORCE}
        tx.marks.clear([mark for mark in marks if mark.ref not in open_links])
        activities = {ref: Activity.parse(ref, link.payload) for ref, link in open_links.items()}
        people = {ref: one.contact for ref, one in activities.items() if one.contact is not None}
        pairs = tx.links.load(people.values())
        left_out = tx.left_out.load(people.values())
        for mark in (mark for mark in marks if mark.ref in open_links):
            person = people[mark.ref]
            pair, gate = pairs.get(person), left_out.get(person)
            if gate is not None:
                _give_up(at, tx, mark, open_links[mark.ref])
                report.of(kind).left_out[gate[0].id.removeprefix("gate.")] += 1
            elif pair is not None and pair.state is LinkState.RETIRED:
                _give_up(at, tx, mark, open_links[mark.ref])
            elif pair is None or pair.refs.salesforce is None:
                _put_off(at, tx, kind, mark, person, report)
            else:
                ready.append(
                    Pending(
                        mark=mark,
                        link=open_links[mark.ref],
                        activity=activities[mark.ref],
                        pair=pair,
                        person=pair.refs.salesforce,
                    )
                )
    return ready


def _give_up(at: Connected, tx: Transaction, mark: Mark, link: Link) -> None:
    """The retired link stays, so that the activity is not put down again."""
    tx.links.retire([link.id], LOST, at.clock.now())
    tx.marks.clear([mark])


def _put_off(at: Connected, tx: Transaction, kind: Kind, mark: Mark, person: Ref, report: Report) -> None:
    """Until the next check; after a day somebody is told, and it goes on waiting."""
    now = at.clock.now()
    later = now + at.settings.check_every
    if now - mark.first_at > WAITS_QUIETLY:
        later = max(later, next_try_at(mark.attempts + 1, now, at.dice()))
        problem = Problem(cause="association.waiting_for_other", side=Side.SALESFORCE, text=str(person))
        tx.problems.open(kind, {mark.ref: (problem, later)}, now)
        report.of(kind).problems[problem.cause] += 1
    report.of(kind).waiting += 1
    tx.marks.defer({mark.ref: (mark.sequence, later)})


def decide_on(at: Connected, kind: Kind, pending: Pending, step: Step) -> Decision:
    """To make the record that tells of it."""
    job = Job(kind, [pending.mark], pending.link, seen=Pair(None, None))
    decision = Decision(job, at.clock.now(), steps=[step], tells=True)
    decision.note(StepKind.TRIGGER, Message(f"trigger.{pending.activity.name}"), passed=True)
    return decision


async def work_off(
    at: Connected, kind: Kind, report: Report, tell: Callable[[Sequence[Pending]], Awaitable[None]]
) -> None:
    """Have all that is due of this kind told, batch after batch; an answer that was lost is looked up at once."""
    tried: Counter[Ref] = Counter()
    for _ in range(MOST_ROUNDS):
        with at.store.transaction(at.settings.name, read_only=True) as tx:
            due = tx.marks.take(kind, BATCH, at.clock.now(), urgency=Urgency.BACKFILL)
        marks = [mark for mark in due if tried[mark.ref] <= MOST_TRIES]
        tried.update(mark.ref for mark in marks)
        if not marks:
            return
        pending = take_pending(at, kind, marks, report)
        if pending:
            await tell(pending)


async def carry_out(
    at: Connected, run_id: int, report: Report, pending: Sequence[Pending], decisions: Sequence[Decision]
) -> None:
    """Write these, and record what came of it: a decision for each, in the same order."""
    with at.store.transaction(at.settings.name) as tx:
        tx.links.mark_sent([one.link.id for one in pending])
    attempts = await apply_steps(at, decisions)
    with at.store.transaction(at.settings.name) as tx:
        Recorder(at, tx, run_id, report).record(decisions, attempts)
        made = [(one, decision.made) for one, decision in zip(pending, decisions, strict=True)]
        tell_people(at, tx, run_id, report, [(one, _spell_made(one, ref)) for one, ref in made if ref is not None])


async def find_made(at: Connected, object: str, pending: Sequence[Pending]) -> list[tuple[Pending, Ref]]:
    """Of those that were sent before, the records that there are: by our key."""
    by_key = {one.link.key: one for one in pending if one.link.state is LinkState.SENT}
    if not by_key:
        return []
    name = KEY_FIELDS[Side.SALESFORCE]
    found = await at.connectors[Side.SALESFORCE].find(object, name, sorted(by_key), [name])
    return [(by_key[key], snap.ref) for snap in found if (key := str(snap.fields.get(name) or "")) in by_key]


def take_found(at: Connected, run_id: int, report: Report, found: Sequence[tuple[Pending, Ref]]) -> None:
    """These were made by a try whose answer was lost: all that is left is to write it down."""
    with at.store.transaction(at.settings.name) as tx:
        tx.links.confirm({one.link.id: ref for one, ref in found}, at.clock.now())
        tx.marks.clear([one.mark for one, _ in found])
        tx.problems.close([one.mark.ref for one, _ in found], at.clock.now())
        tell_people(at, tx, run_id, report, [(one, _spell_made(one, ref)) for one, ref in found])


def _spell_made(pending: Pending, ref: Ref) -> Message:
    return Message.of("write.told", side=ref.side, record=f"{ref.object} {ref.id}", activity=pending.activity.name)


# --- the person's own page -------------------------------------------------------------------------------------------


def tell_people(
    at: Connected, tx: Transaction, run_id: int, report: Report, told: Sequence[tuple[Pending, Message]]
) -> None:
    """In the trace of whom it concerns, what came of each; what was written, in their history too."""
    now = at.clock.now()
    by_pair: dict[int, list[tuple[Pending, Message]]] = defaultdict(list)
    for one, message in told:
        by_pair[one.pair.id].append((one, message))
    for id, rows in by_pair.items():
        changes = [_spell_change(one, message, now) for one, message in rows if message.id == "write.told"]
        tx.history.append(run_id, id, rows[0][0].person, changes)
    tx.traces.save([_spell_trace(tx, rows, report.started_at, now) for rows in by_pair.values()])


def _spell_change(pending: Pending, message: Message, now: datetime) -> Change:
    name = pending.activity.name
    after = dict(message.params)["record"]
    reason = Message(f"trigger.{name}")
    field = f"activity:{name}"
    return Change(side=Side.SALESFORCE, key="", field=field, before=None, after=after, reason=reason, at=now)


def _spell_trace(tx: Transaction, rows: Sequence[tuple[Pending, Message]], since: datetime, now: datetime) -> TraceRow:
    """What the same run has decided on the person stands before it; what an earlier one did is past."""
    pair = rows[0][0].pair
    last = next((trace for ref in pair.refs if ref is not None and (trace := tx.traces.load(ref)) is not None), None)
    fresh = last if last is not None and last.at >= since else None
    steps = list(fresh.steps) if fresh is not None else []
    said = {step.reason for step in steps if step.kind is StepKind.TRIGGER}
    for one, message in rows:
        trigger = Message(f"trigger.{one.activity.name}")
        if trigger not in said:
            steps.insert(len(said), TraceStep(kind=StepKind.TRIGGER, reason=trigger, at=now, passed=True))
            said.add(trigger)
        shut = message.id.startswith("gate.")
        kind = StepKind.GATE if shut else StepKind.WRITE
        steps.append(TraceStep(kind=kind, reason=message, at=now, passed=not shut))
    return TraceRow(
        refs=pair.refs,
        kind=pair.kind,
        state=fresh.state if fresh is not None else State.IN_STEP,
        reasons=fresh.reasons if fresh is not None else (),
        steps=tuple(steps),
        at=now,
    )
