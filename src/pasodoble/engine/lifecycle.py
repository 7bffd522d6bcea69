"""Automatic lifecycle stages: people with a role on an open or won opportunity move forward (L-01 to L-06).

Which stage follows from which opportunities is decided in `reconcile/special`, and does not belong here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final

from pasodoble.engine.connected import Connected
from pasodoble.engine.ties import load_unread
from pasodoble.mapping.presets.lifecycle import CLOSED, OPPORTUNITY, PERSON, STAGE, WON
from pasodoble.model.message import Message
from pasodoble.model.operation import Create, Operation, Step, Update
from pasodoble.model.record import Snapshot
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.rule import Policy, UpdateRule
from pasodoble.model.side import Side
from pasodoble.model.signal import Signal, SignalKind, Urgency
from pasodoble.model.value import MISSING
from pasodoble.planner.plan import plan_update
from pasodoble.ports import Cursor, NewMark
from pasodoble.reconcile.policy import may_write
from pasodoble.reconcile.special import advance_stage

if TYPE_CHECKING:
    from pasodoble.engine.decide import Decision

MOVED: Final = "lifecycle_stage_changed"
ASKS: Final = frozenset({MOVED, "lead_converted", "manual_record", "manual_list"})
"""Triggers after which a person's opportunities are asked about; so they are when a pair is made."""
_CURSOR: Final = "lifecycle:roles"


def is_moved(at: Connected, kind: Kind) -> bool:
    """Whether opportunities move the stage of this kind's records."""
    return at.settings.automatic_lifecycle and (kind, PERSON) in at.mappings


async def find_moved(at: Connected, kind: Kind) -> tuple[list[Signal], dict[str, Cursor]]:
    """Of people whose roles, or whose opportunities, changed; and the cursor to keep once that is taken in.

    One call a look; none where stages are not moved. Raises ConnectorError.
    """
    if not is_moved(at, kind):
        return [], {}
    with at.store.transaction(at.settings.name, read_only=True) as tx:
        before = tx.cursors.load(_CURSOR)
    changed, after = await at.connectors[Side.SALESFORCE].read_tie_changes(PERSON, OPPORTUNITY, before, far=True)
    signals = [
        Signal(kind=SignalKind.ASSOCIATED, side=Side.SALESFORCE, ref=ref, at=moment, detail={"role": True})
        for ref, moment in sorted(load_unread(at, changed).items())
    ]
    return signals, {} if after is None or after == before else {_CURSOR: after}


async def add_stages(at: Connected, kind: Kind, decisions: Sequence[Decision]) -> None:
    """Add to these decisions the stage that each person's opportunities call for. Raises ConnectorError."""
    people = {ref: d for d in decisions if (ref := _person_of(d)) is not None} if is_moved(at, kind) else {}
    counts = await _count_deals(at, people) if people else {}
    pairs = {ref: d.snapshots.hubspot.ref for ref, d in people.items() if ref in counts and d.snapshots is not None}
    held = await at.connectors[Side.HUBSPOT].read(list(pairs.values()), [STAGE]) if pairs else {}
    for ref, (open_count, won_count) in counts.items():
        decision, seen = people[ref], held.get(pairs[ref]) if ref in pairs else None
        if ref not in pairs:
            decision.wakes.append(NewMark(kind=kind, ref=ref, trigger=MOVED, urgency=Urgency.EDIT))
        elif isinstance(seen, Snapshot):
            stage = seen.fields.get(STAGE)
            wished = advance_stage(None if stage is None else str(stage), open_deals=open_count, won_deals=won_count)
            if wished is not None:
                advance(at, decision, seen, wished, Message.of("special.stage_advanced", stage=wished))


def _person_of(decision: Decision) -> Ref | None:
    """The Salesforce contact whose opportunities are to be asked about: of a pair, or of one that is about to be made."""
    asked = decision.new_link is not None or any(ASKS & set(mark.triggers) for mark in decision.job.marks)
    if not asked or decision.gate is not None:
        return None
    if decision.snapshots is not None:
        ref = decision.snapshots.salesforce.ref
    else:
        ref = next((s.operation.of for s in decision.steps if isinstance(s.operation, Create)), decision.job.own)
    return ref if ref.object == PERSON else None


async def _count_deals(at: Connected, people: Collection[Ref]) -> dict[Ref, tuple[int, int]]:
    """By person, how many opportunities they have a role on: (open, won). Only those with at least one of either."""
    salesforce = at.connectors[Side.SALESFORCE]
    ties = await salesforce.read_ties(sorted(people), OPPORTUNITY)
    deals = {tied.to for of in ties.values() for tied in of}
    seen = await salesforce.read(sorted(deals), [CLOSED, WON]) if deals else {}
    counts: dict[Ref, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for ref, of in ties.items():
        for snap in (seen.get(tied.to) for tied in of):
            if isinstance(snap, Snapshot) and (snap.fields.get(WON) or not snap.fields.get(CLOSED)):
                is_won = bool(snap.fields.get(WON))
                counts[ref] = (counts[ref][0] + (not is_won), counts[ref][1] + is_won)
    return dict(counts)


def planned_stage(decision: Decision, ref: Ref) -> str | None:
    """The stage that this decision is about to give that record."""
    updates = (step.operation for step in decision.steps if isinstance(step.operation, Update))
    given = (update.fields.get(STAGE) for update in updates if update.ref == ref)
    return next((str(stage) for stage in given if stage is not None), None)


def advance(at: Connected, decision: Decision, seen: Snapshot, stage: str, reason: Message) -> None:
    """Add to the decision that HubSpot's record gets this stage.

    Where the stage is mapped, it goes over to Salesforce in the same turn (M-23).
    """
    mapping, merge, snapshots = decision.mapping, decision.merge, decision.snapshots
    assert mapping is not None and merge is not None and snapshots is not None
    line = next((line for line in mapping.lines if line.policy is Policy.STAGE), None)
    if line is None or line.rule.dormant or line.update_rule is UpdateRule.DONT_SYNC:
        before = {STAGE: seen.fields.get(STAGE)}
        update = Update(ref=seen.ref, fields={STAGE: stage})
        decision.steps = [step for step in decision.steps if not _moves_only_the_stage(step.operation, seen.ref)]
        decision.steps.append(Step(kind=mapping.kind, operation=update, why={"": reason}, before=before))
        return
    carried = line.carry(Side.HUBSPOT, stage, at.directory)
    crosses = line.writable.salesforce and may_write(line.update_rule, Side.SALESFORCE)
    across = carried if crosses and isinstance(carried, str) else MISSING
    decision.merge = merge.put(line.key, Side.HUBSPOT, stage, across, reason)
    rest = [step for step in decision.steps if not isinstance(step.operation, Update)]
    decision.steps = [*plan_update(mapping, decision.merge, snapshots, guard=at.settings.guard), *rest]


def _moves_only_the_stage(operation: Operation, ref: Ref) -> bool:
    """An earlier wish of this turn, which a further one takes the place of."""
    return isinstance(operation, Update) and operation.ref == ref and set(operation.fields) == {STAGE}
