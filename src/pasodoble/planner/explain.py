"""A plan, a verdict or a match said as message ids with parameters; and the list of all ids that the core can say.

The sentences themselves, in two languages, are in `words/`, which proves with this list that none is missing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from pasodoble.model.message import Message
from pasodoble.model.operation import Associate, Create, Delete, Step, Update
from pasodoble.model.ref import Ref
from pasodoble.model.side import SIDES
from pasodoble.planner.plan import Plan
from pasodoble.reconcile.gates import CREATE_GATES, GATES
from pasodoble.reconcile.pairing import Ambiguous, Paired, Pairing, Taken, Unmatched
from pasodoble.reconcile.reasons import Rest, Why
from pasodoble.triggers.catalogue import KEYS, NON_KEYS

_SIDE, _MANY = ("side",), ("kind", "side", "count", "allowed")

MESSAGES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        **{str(why): _SIDE for why in Why},
        **{str(rest): () for rest in Rest},
        "presence.tombstone": (),
        "presence.unpaired": (),
        "presence.restored": (),
        "presence.both_gone": (),
        **{f"presence.{what}": _SIDE for what in (
            "unseen", "look_again", "deleted_elsewhere", "edit_outlives", "delete_follows", "merged", "converted",
        )},
        **{f"gate.{gate.key}": () for gate in (*GATES, *CREATE_GATES)},
        **{f"trigger.{key}": () for key in (*KEYS, *NON_KEYS)},
        "match.paired": ("by",),
        "match.ambiguous": ("by", "count"),
        "match.taken": ("by",),
        "match.unmatched": (),
        **{f"brake.{what}": _MANY for what in ("create", "delete", "clear", "touch", "emptied")},
        "plan.create": ("kind", "side", "object", "of"),
        "plan.update": ("kind", "side", "object", "ref", "fields"),
        "plan.delete": ("kind", "side", "object", "ref"),
        "plan.associate": ("side", "ref", "to", "label"),
        "plan.separate": ("side", "ref", "to", "label"),
        "plan.cost": ("hubspot", "salesforce"),
        "plan.totals": ("create", "update", "delete", "associate", "linked"),
        "plan.empty": (),
        "stale.other_connection": ("connection",),
        "stale.settings_changed": (),
        "stale.record_gone": ("ref",),
        "stale.record_changed": ("ref", "at"),
        "history.created": (),
        "undo.put_back": (),
        "undo.unmade": (),
        "undo.became_another": ("record",),
        "undo.record_edited_since": ("side",),
        "undo.edited_since": ("key", "side"),
        "undo.cannot_restore": (),
        "undo.association": ("record",),
        "undo.pairing": (),
        "undo.not_mapped": ("key",),
        "undo.cannot_carry": ("key", "side"),
        "undo.would_come_back": ("key", "side"),
    }
)  # fmt: skip
"""By id, the names of its parameters, sorted as they are given."""


def explain_plan(plan: Plan) -> Iterator[Message]:
    """The plan in sentences: its brakes, its steps, its price."""
    yield from (brake.message for brake in plan.brakes)
    yield from (explain_step(step) for step in plan.steps)
    if plan.empty:
        yield Message("plan.empty")
    else:
        yield explain_cost(plan)


def explain_cost(plan: Plan) -> Message:
    """The price of its writes."""
    return Message.of("plan.cost", **{side.value: plan.cost.calls[side] for side in SIDES})


def explain_step(step: Step, labels: Mapping[Ref, str] = MappingProxyType({})) -> Message:
    """What the step does. Why it does so, field by field, is in `step.why`. `labels`: what people call the records."""

    def name(ref: Ref) -> str:
        return f"{labels[ref]} ({ref.id})" if ref in labels else str(ref)

    match step.operation:
        case Create(side=side, object=object, of=of):
            return Message.of("plan.create", kind=step.kind, side=side, object=object, of=labels.get(of, of))
        case Update(ref=ref, fields=fields):
            written = ", ".join(fields)
            return Message.of(
                "plan.update", kind=step.kind, side=ref.side, object=ref.object, ref=name(ref), fields=written
            )
        case Delete(ref=ref):
            return Message.of("plan.delete", kind=step.kind, side=ref.side, object=ref.object, ref=name(ref))
        case Associate(ref=ref, to=to, label=label, remove=remove):
            id = "plan.separate" if remove else "plan.associate"
            return Message.of(id, side=ref.side, ref=name(ref), to=name(to), label=label)


def explain_totals(plan: Plan, *, linked: int) -> Message:
    """How much of what; `linked` records are paired without a write."""
    counts = Counter(type(step.operation) for step in plan.steps)
    return Message.of(
        "plan.totals",
        create=counts[Create],
        update=counts[Update],
        delete=counts[Delete],
        associate=counts[Associate],
        linked=linked,
    )


def explain_pairing(pairing: Pairing) -> Message:
    """How a record was matched, or why not."""
    match pairing:
        case Paired(by=by):
            return Message.of("match.paired", by=by.name.lower())
        case Ambiguous(by=by):
            count = len(pairing.candidates) + len(pairing.rivals)
            return Message.of("match.ambiguous", by=by.name.lower(), count=count)
        case Taken(by=by):
            return Message.of("match.taken", by=by.name.lower())
        case Unmatched():
            return Message("match.unmatched")
