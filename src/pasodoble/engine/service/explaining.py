"""Why: where one record stands, how that came about, and field by field what the rules say now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pasodoble.engine.connected import Connected
from pasodoble.engine.decide import Decision
from pasodoble.engine.judging import decide_batch, make_judge
from pasodoble.engine.membership import Place, load_place
from pasodoble.engine.service.finding import Found
from pasodoble.mapping.apply import CompiledMapping
from pasodoble.model.link import LinkState
from pasodoble.model.message import Message
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.schema import FieldSchema
from pasodoble.model.settings import Connection
from pasodoble.model.side import SIDES, Pair, Side
from pasodoble.model.signal import OTHER_FIELD, Effect, Mark, Urgency
from pasodoble.model.trace import State, StepKind, TraceStep
from pasodoble.model.value import MISSING, Value
from pasodoble.model.verdict import Take, Verdict
from pasodoble.ports import ProblemRow, Store, Transaction

FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """One line of the record card: what each side holds, what it held at the last agreement, and what the rule says.

    label     what HubSpot's users call the property
    decided   None where nothing could be decided, since the record has no partner
    problem   the cause that keeps the field from being carried, "" for none
    """

    key: str
    names: Pair[str]
    label: str
    values: Pair[Value]
    base: Pair[Value] | None
    rule: str
    reason: Message
    decided: Verdict | None = None
    problem: str = ""

    @property
    def verdict(self) -> str:
        """`keep`, `conflict`, `take_hubspot` or `take_salesforce`."""
        decided = self.decided
        if isinstance(decided, Take):
            return f"take_{decided.side}"
        return "keep" if decided is None else type(decided).__name__.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """All that is known of one record. `fields` is empty where only the past was asked, or a side could not be read."""

    kind: Kind
    refs: Pair[Ref | None]
    label: str
    state: State
    reasons: tuple[str, ...]
    steps: tuple[TraceStep, ...]
    fields: tuple[FieldView, ...] = ()
    problems: tuple[ProblemRow, ...] = ()
    next_try_at: datetime | None = None
    last_at: datetime | None = None

    def document(self) -> dict[str, object]:
        """The versioned document of `why --json`."""
        return {
            "format_version": FORMAT_VERSION,
            "kind": self.kind,
            "record": {side.value: None if (ref := self.refs[side]) is None else str(ref) for side in SIDES},
            "state": self.state.value,
            "reasons": list(self.reasons),
            "steps": [_spell_step(step) for step in self.steps],
            "fields": [_spell_field(view) for view in self.fields],
            "next_try_at": None if self.next_try_at is None else self.next_try_at.isoformat(),
        }


def _spell_step(step: TraceStep) -> dict[str, object]:
    verdict = {True: "passed", False: "stopped", None: "noted"}[step.passed]
    detail = {**dict(step.reason.params), **step.detail}
    return {
        "kind": step.kind.value,
        "verdict": verdict,
        "reason": step.reason.id,
        "at": step.at.isoformat(),
        "detail": detail,
    }


def _spell_field(view: FieldView) -> dict[str, object]:
    return {
        "field": view.key,
        "names": {side.value: view.names[side] for side in SIDES},
        **{side.value: _spell(view.values[side]) for side in SIDES},
        "base": None if view.base is None else {side.value: _spell(view.base[side]) for side in SIDES},
        "rule": view.rule,
        "verdict": view.verdict,
        "reason": view.reason.id,
    }


def _spell(value: Value) -> str | bool | None:
    return None if value is MISSING else value


@dataclass(slots=True)
class _Known:
    """What the store knows of a record."""

    state: State | None = None
    reasons: tuple[str, ...] = ()
    steps: tuple[TraceStep, ...] = ()
    silences: list[TraceStep] = field(default_factory=list)
    problems: list[ProblemRow] = field(default_factory=list)
    next_try_at: datetime | None = None
    last_at: datetime | None = None
    label: str = ""


def explain_known(settings: Connection, store: Store, found: Found, *, at_time: datetime | None = None) -> Explanation:
    """From the store alone: without a call to either side, and for any past moment."""
    with store.transaction(settings.name, read_only=True) as tx:
        known = _load(tx, found, at_time)
    return _join(found, known, None, None)


async def explain(at: Connected, found: Found) -> Explanation:
    """As it stands now: both sides are read and the rules asked, and nothing is written. Raises ConnectorError."""
    refs = [ref for ref in found.refs if ref is not None]
    mark = Mark(kind=found.kind, ref=refs[0], sequence=0, urgency=Urgency.MANUAL, triggers=(), first_at=at.clock.now())
    judge = await make_judge(at, found.kind, asked=False)
    [decision] = await decide_batch(at, found.kind, [mark], judge)
    with at.store.transaction(at.settings.name, read_only=True) as tx:
        known = _load(tx, found, None)
    return _join(found, known, decision, at)


def _load(tx: Transaction, found: Found, at_time: datetime | None) -> _Known:
    known = _Known()
    for ref in (ref for ref in found.refs if ref is not None):
        if (trace := tx.traces.load(ref, at=at_time)) is not None and (known.last_at or trace.at) <= trace.at:
            known.state, known.reasons, known.steps, known.last_at = trace.state, trace.reasons, trace.steps, trace.at
    if at_time is None:
        _load_present(tx, [ref for ref in found.refs if ref is not None], known)
    place = load_place(tx, found.kind) if at_time is None else None
    if place is not None and known.last_at is not None and known.last_at < place.chosen_at:
        known.steps = (*known.steps, _tell_list_chosen(place))
    return known


def _tell_list_chosen(place: Place) -> TraceStep:
    """The record was last dealt with before the inclusion list was chosen, which started nothing (TN-05)."""
    reason = Message("trigger.list_chosen")
    return TraceStep(
        kind=StepKind.TRIGGER, reason=reason, at=place.chosen_at, passed=False, detail={"list": place.list_id}
    )


def _load_present(tx: Transaction, refs: Sequence[Ref], known: _Known) -> None:
    """How it stands: what is said of either record of a pair is said of both."""
    for ref in refs:
        _load_silence(tx, ref, known)
        known.problems += tx.problems.load(ref=ref)
    mark = next(iter(tx.marks.load(refs).values()), None)
    link = next(iter(tx.links.load(refs).values()), None)
    if any(not row.ignored for row in known.problems):
        known.state = State.NEEDS_ATTENTION
        known.reasons = tuple(dict.fromkeys(row.problem.cause for row in known.problems))
        known.next_try_at = next((row.next_try_at for row in known.problems if row.next_try_at), None)
    elif (gate := next(iter(tx.left_out.load(refs).values()), None)) is not None:
        known.state, known.reasons = State.LEFT_OUT, (gate[0].id.removeprefix("gate."),)
    elif mark is not None:
        known.state, known.next_try_at = State.WAITING, mark.due_at
        known.reasons = mark.triggers
    elif link is not None and link.state is LinkState.LINKED:
        known.state, known.reasons = State.IN_STEP, ()
        if not known.steps:
            linked = Message.of("match.linked", at=f"{link.linked_at:%Y-%m-%d %H:%M:%S}")
            known.steps = (TraceStep(kind=StepKind.MATCH, reason=linked, at=link.linked_at, passed=True),)


def _load_silence(tx: Transaction, ref: Ref, known: _Known) -> None:
    """What has happened to it since, and started nothing on purpose."""
    silence = tx.firings.load_silences([ref]).get(ref)
    if silence is None or (known.last_at is not None and silence.at <= known.last_at):
        return
    detail = {"record": str(ref)}
    if fields := ", ".join(name for name in silence.fields if name != OTHER_FIELD):
        detail["fields"] = fields
    if silence.effect is Effect.OFF:
        detail["switch"] = "off"
    reason = Message(f"trigger.{silence.key}")
    known.silences.append(TraceStep(kind=StepKind.TRIGGER, reason=reason, at=silence.at, passed=False, detail=detail))


def _join(found: Found, known: _Known, decision: Decision | None, at: Connected | None) -> Explanation:
    refs = decision.job.refs if decision is not None else found.refs
    state = known.state or _state_of(decision)
    reasons = known.reasons
    if state is State.IN_STEP and decision is not None and (decision.steps or decision.problems):
        state, reasons = State.WAITING, ("periodic_check",)  # edited since, and no signal has come yet
    if not reasons and decision is not None and decision.gate is not None:
        reasons = (decision.gate.id.removeprefix("gate."),)
    steps = known.steps or (tuple(decision.trace) if decision is not None else ())
    return Explanation(
        kind=found.kind,
        refs=refs,
        label=_label(decision, at),
        state=state,
        reasons=reasons,
        steps=(*steps, *known.silences),
        fields=_view_fields(decision, at) if decision is not None and at is not None else (),
        problems=tuple(known.problems),
        next_try_at=known.next_try_at,
        last_at=known.last_at,
    )


def _state_of(decision: Decision | None) -> State:
    """A record that we have never dealt with: left out if a gate says so, else it waits for the next check."""
    if decision is None or decision.gate is None:
        return State.WAITING
    return State.LEFT_OUT


def _label(decision: Decision | None, at: Connected | None) -> str:
    if decision is None or at is None:
        return ""
    for side in SIDES:
        if (snap := decision.job.snapshot(side)) is not None:
            return at.identity(decision.job.kind).label(side, snap.fields)
    return ""


def _view_fields(decision: Decision, at: Connected) -> tuple[FieldView, ...]:
    mapping = decision.mapping or at.mapping(decision.job.kind, decision.job.refs)
    if mapping is None:
        return ()
    labels = at.schemas[Side.HUBSPOT, at.settings.objects[decision.job.kind].hubspot_object].fields
    if decision.merge is not None:
        return tuple(
            FieldView(
                key=key,
                names=mapping.by_key[key].names,
                label=labels[mapping.by_key[key].names.hubspot].label,
                values=merged.before,
                base=decision.job.base.fields.get(key),
                rule=mapping.by_key[key].update_rule.value,
                reason=merged.verdict.reason,
                decided=merged.verdict,
                problem=merged.problem.cause if merged.problem is not None else "",
            )
            for key, merged in decision.merge.fields.items()
        )
    return _view_alone(decision, mapping, labels)


def _view_alone(
    decision: Decision, mapping: CompiledMapping, labels: Mapping[str, FieldSchema]
) -> tuple[FieldView, ...]:
    """A record without a partner that could be read: what it holds, and nothing decided."""
    snaps = {side: snap for side in SIDES if (snap := decision.job.snapshot(side)) is not None}
    if not snaps:
        return ()
    values: Mapping[Side, Mapping[str, Value]] = {
        side: mapping.canonical(side, snap.fields)[0] for side, snap in snaps.items()
    }
    reason = decision.gate or Message("match.unmatched")
    return tuple(
        FieldView(
            key=line.key,
            names=line.names,
            label=labels[line.names.hubspot].label,
            values=Pair(*(values[side][line.key] if side in values else MISSING for side in SIDES)),
            base=decision.job.base.fields.get(line.key),
            rule=line.update_rule.value,
            reason=reason,
        )
        for line in mapping.lines
    )
