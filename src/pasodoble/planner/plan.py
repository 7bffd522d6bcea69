"""What a merge, a new record or a deletion comes to: operations with the reasons for them.

A step is made here, for one record at a time; `make_plan` joins them, in order and within bounds. What the two sides are to
hold is decided in `reconcile`, and is not questioned here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from pasodoble.mapping.apply import CompiledMapping, Line
from pasodoble.mapping.convert.codec import NOBODY, Lookup, Unfit, Unresolved
from pasodoble.model.cause import Problem
from pasodoble.model.link import Base
from pasodoble.model.message import Message
from pasodoble.model.operation import Associate, Brake, Create, Delete, Step, Update
from pasodoble.model.record import Snapshot
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.rule import Policy, UpdateRule
from pasodoble.model.settings import Guard, Limits
from pasodoble.model.side import SIDES, Pair, Side
from pasodoble.model.value import MISSING, Raw, Value
from pasodoble.model.verdict import Take
from pasodoble.planner.brakes import DEFAULTS, Tally, check_brakes
from pasodoble.planner.cost import Cost, count_calls
from pasodoble.planner.order import sort_steps
from pasodoble.reconcile.policy import LEADS, may_write
from pasodoble.reconcile.reasons import WHY, Why
from pasodoble.reconcile.record import RecordMerge
from pasodoble.reconcile.ties import TieMerge

KEY_VERSION: Final = "p1"
BOTH_WAYS: Final = (Policy.OWNER, Policy.OPT_OUT)
"""Lines whose law lets both sides write, whatever their rule (M-09, G-01)."""
CHOSEN: Final = frozenset(WHY[Why.CHOSEN, side] for side in SIDES)
"""What a person has chosen may be overtaken by another person, whatever the rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Steps in the order in which they are to be made. With a brake on it, nothing is done before a person has said so."""

    steps: tuple[Step, ...] = ()
    brakes: tuple[Brake, ...] = ()
    cost: Cost = Cost()  # noqa: RUF009 - a frozen value

    @property
    def empty(self) -> bool:
        return not self.steps


def make_plan(
    steps: Iterable[Step],
    tally: Tally | None = None,
    *,
    limits: Limits = DEFAULTS,
    backfill: bool = False,
) -> Plan:
    """Put steps in order, price them, and brake where they are too many.

    tally     what the brakes measure against: links and losses by kind and side
    backfill  a person has asked for a mass change: only deletions and clearings are still braked
    """
    ordered = sort_steps(steps)
    return Plan(
        steps=ordered,
        brakes=check_brakes(ordered, tally or Tally(), limits=limits, backfill=backfill),
        cost=count_calls(ordered),
    )


def make_key(of: Ref, account_id: str) -> str:
    """The idempotency key of the record that is made for this one: the same on every worker, and after a loss of state."""
    return ":".join((KEY_VERSION, of.side, account_id, of.object, of.id))


def parse_key(key: str) -> Ref | None:
    """The record for which a record with this key was made; None for a key that is not of our making."""
    version, *parts = key.split(":")
    if version != KEY_VERSION or len(parts) != 4 or parts[0] not in tuple(Side):
        return None
    return Ref(Side(parts[0]), parts[2], parts[3])


# --- updates ---------------------------------------------------------------------------------------------------------


def plan_update(
    mapping: CompiledMapping, merge: RecordMerge, snapshots: Pair[Snapshot], *, guard: Guard = Guard.STRICT
) -> list[Step]:
    """The writes that bring two linked records to what the merge says: none, or one a side."""
    return [
        _plan_side(mapping, merge, snapshots, side, values, guard) for side in SIDES if (values := merge.writes(side))
    ]


def _plan_side(
    mapping: CompiledMapping,
    merge: RecordMerge,
    snapshots: Pair[Snapshot],
    side: Side,
    values: Mapping[str, Value],
    guard: Guard,
) -> Step:
    lines = [mapping.by_key[key] for key in values]
    snap = snapshots[side]
    guarded = (
        side is Side.SALESFORCE
        and guard is Guard.STRICT
        and any(is_guarded(line, side) or merge.decided[line.key].verdict.reason in CHOSEN for line in lines)
    )
    update = Update(
        ref=snap.ref,
        fields={line.names[side]: _render(line, merge, snapshots, side, values[line.key]) for line in lines},
        unless_modified_since=snap.modified_at if guarded else None,
    )
    return Step(
        kind=mapping.kind,
        operation=update,
        why={key: merge.decided[key].verdict.reason for key in values},
        before={name: snap.fields.get(name) for name in update.fields},
    )


def _render(line: Line, merge: RecordMerge, snapshots: Pair[Snapshot], side: Side, value: Value) -> Raw:
    """The value as the side spells it; as the source spells it where the source is the other side."""
    verdict = merge.decided[line.key].verdict
    crossed = isinstance(verdict, Take) and verdict.side is side.other
    source = snapshots[side.other].fields.get(line.names[side.other], MISSING) if crossed else MISSING
    return line.render(side, value, source)


def is_guarded(line: Line, side: Side) -> bool:
    """Whether an edit made on `side` at the same moment would count, so that the write must not go over it unseen."""
    if line.policy in BOTH_WAYS:
        return True
    lead = LEADS.get(line.update_rule)
    return lead is None or lead.side is side


# --- creates and deletes ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A record to be made, as far as it can be. `step` is None where it cannot: `problems` say why."""

    step: Step | None
    problems: tuple[Problem, ...] = ()


def plan_create(
    mapping: CompiledMapping,
    of: Snapshot,
    key: str,
    *,
    natural: str = "",
    lookup: Lookup = NOBODY,
    placeholder: Mapping[str, str] | None = None,
    reason: Message = Message("match.unmatched"),  # noqa: B008 - a frozen value
) -> Draft:
    """The record that answers to `of` on the other side, with all values that its rules let across.

    natural      key of the line that no two records share (a person's e-mail address), "" where there is none
    placeholder  by field name there, what a required field that is blank is given; without one it is a problem (C-12)
    """
    side = of.ref.side.other
    values, unread = mapping.canonical(of.ref.side, of.fields)
    fields: dict[str, Raw] = {}
    problems = list(unread)
    for line in mapping.lines:
        value = _carry_new(line, of, values[line.key], lookup)
        if isinstance(value, Problem):
            problems.append(value)
        elif value is not None and value is not MISSING:
            fields[line.names[side]] = line.render(side, value, of.fields.get(line.names[side.other], MISSING))
    missing = _fill_required(mapping, side, fields, placeholder or {})
    if missing:
        return Draft(step=None, problems=(*problems, missing))
    line_of_natural = mapping.by_key.get(natural)
    name = line_of_natural.names[side] if line_of_natural else ""
    create = Create(
        side=side,
        object=mapping.objects[side],
        fields=fields,
        key=key,
        of=of.ref,
        natural=(name, str(fields[name])) if fields.get(name) else None,
    )
    return Draft(step=Step(kind=mapping.kind, operation=create, why={"": reason}), problems=tuple(problems))


def _carry_new(line: Line, of: Snapshot, value: Value, lookup: Lookup) -> Value | Problem:
    """What the new record is to hold in one field; None where it is left to the vendor's default."""
    side = of.ref.side.other
    if line.rule.dormant or not line.creatable[side] or not _may_give(line, side):
        return None
    match line.carry(of.ref.side, value, lookup):
        case Unfit(cause=cause):
            return None if value is None else Problem(cause=cause, side=side, fields=(line.names[side],))
        case Unresolved():
            return (
                None  # an owner without a match is left to the vendor (O-05, O-08); a reference comes when it is linked
            )
        case carried:
            return None if value is None else carried


def _may_give(line: Line, side: Side) -> bool:
    """Whether a new record on `side` is given this field.

    Nothing leads yet, so a field that must be there is given even by a rule under which the new side will lead; and an owner
    or an opt-out goes across whatever the rule (M-09, G-01).
    """
    if line.policy in BOTH_WAYS and line.update_rule is not UpdateRule.DONT_SYNC:
        return True
    return may_write(line.update_rule, side) or line.required[side]


def _fill_required(
    mapping: CompiledMapping, side: Side, fields: dict[str, Raw], placeholder: Mapping[str, str]
) -> Problem | None:
    needed = [line.names[side] for line in mapping.lines if line.required[side] and line.creatable[side]]
    for name in needed:
        if fields.get(name) in (None, "") and name in placeholder:
            fields[name] = placeholder[name]
    missing = tuple(name for name in needed if fields.get(name) in (None, ""))
    return Problem(cause="value.required_missing", side=side, fields=missing) if missing else None


def base_of_create(
    mapping: CompiledMapping, side: Side, payload: Mapping[str, Raw], *, lookup: Lookup = NOBODY
) -> Base:
    """The base of a pair whose record on `side` was made with this payload.

    It is what was sent, not what either side holds by now: so an edit made meanwhile is still seen as one.
    """
    values, _ = mapping.canonical(side, payload)
    fields: dict[str, Pair[Value]] = {}
    for line in mapping.lines:
        value = values[line.key]
        back = line.carry(side, value, lookup)
        if value is not MISSING and value is not None and not isinstance(back, Unfit | Unresolved):
            fields[line.key] = Pair.of(side, value, back)
    return Base(fields=fields, seen=Pair("", ""), read_at=Pair(None, None))


def plan_delete(kind: Kind, ref: Ref, reason: Message, snapshot: Snapshot | None = None) -> Step:
    """Delete the survivor of a pair. `snapshot` is kept in the step, so that the record can be made again."""
    return Step(kind=kind, operation=Delete(ref=ref), why={"": reason}, before=snapshot.fields if snapshot else {})


def plan_ties(kind: Kind, refs: Pair[Ref], merge: TieMerge) -> list[Step]:
    """The associations that both sides are to be given, and those they are to lose: a lost one with all its labels."""
    return [
        Step(
            kind=kind,
            operation=Associate(ref=refs[side], to=tie.to[side], label="" if remove else tie.label, remove=remove),
            why={"": Message.of("rule.changed", side=side.other)},
        )
        for side in SIDES
        for remove, ties in ((False, merge.add[side]), (True, merge.remove[side]))
        for tie in ties
    ]


def without_fields(step: Step, names: Iterable[str]) -> Step | None:
    """The same step without these vendor fields (refused ones); None where nothing is left of it."""
    dropped = frozenset(names)
    operation = step.operation
    if isinstance(operation, Create) and operation.ties and not dropped <= operation.fields.keys():
        operation = replace(operation, ties=())  # what was refused is none of the fields, so a lookup
    if not isinstance(operation, Create | Update):
        return step
    kept = {name: raw for name, raw in operation.fields.items() if name not in dropped}
    if not kept:
        return None
    before = {name: raw for name, raw in step.before.items() if name not in dropped}
    return replace(step, operation=replace(operation, fields=kept), before=before)


__all__ = [
    "Draft",
    "Plan",
    "base_of_create",
    "is_guarded",
    "make_key",
    "make_plan",
    "parse_key",
    "plan_create",
    "plan_delete",
    "plan_ties",
    "plan_update",
    "without_fields",
]
