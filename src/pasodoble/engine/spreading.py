"""Lifecycle stages on their way from people to their company, and on to its other people (L-08), where settings ask for it.

Nobody writes to another's record: whoever is behind is marked, and looks at those beside it in its own turn. So whatever is
lost on the way is made up for, and it ends, as stages only move forward. Which stage follows is decided in `reconcile/stages`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from pasodoble.engine.connected import Connected
from pasodoble.engine.lifecycle import MOVED, advance, planned_stage
from pasodoble.engine.people import COMPANY, PEOPLE, PERSON
from pasodoble.mapping.presets.lifecycle import STAGE
from pasodoble.model.message import Message
from pasodoble.model.record import Snapshot
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.settings import CompanyStages
from pasodoble.model.side import Side
from pasodoble.model.signal import Urgency
from pasodoble.ports import NewMark
from pasodoble.reconcile.stages import raise_stage

if TYPE_CHECKING:
    from pasodoble.engine.decide import Decision

COMPANIES: Final[Kind] = "companies"
_OTHER: Final = {PEOPLE: (COMPANIES, COMPANY.hubspot), COMPANIES: (PEOPLE, PERSON.hubspot)}
_REASON: Final = {PEOPLE: "special.stage_of_company", COMPANIES: "special.stage_of_people"}


def _follows(at: Connected, kind: Kind) -> bool:
    """Whether records of this kind follow those that they are tied to."""
    asked_for = at.settings.company_stages
    return asked_for is CompanyStages.SPREAD or (asked_for is CompanyStages.FOLLOW and kind == COMPANIES)


async def spread_stages(at: Connected, kind: Kind, decisions: Sequence[Decision]) -> None:
    """Add to these decisions the stage of those beside them, and marks for those who are behind. Raises ConnectorError."""
    on = at.settings.company_stages is not CompanyStages.STAY and kind in _OTHER
    asked = {ref: d for d in decisions if on and (ref := _asked_for(d)) is not None}
    if not asked or not {PEOPLE, COMPANIES} <= {of.kind for of in at.settings.enabled()}:
        return
    hubspot = at.connectors[Side.HUBSPOT]
    other, object = _OTHER[kind]
    ties = await hubspot.read_ties(sorted(asked), object)
    beside = {ref: {tied.to for tied in of} for ref, of in ties.items()}
    seen = await hubspot.read(sorted(asked.keys() | {ref for refs in beside.values() for ref in refs}), [STAGE])
    snaps = {ref: snap for ref, snap in seen.items() if isinstance(snap, Snapshot)}
    for ref in asked.keys() & snaps.keys():
        others = {o: _stage(snaps[o]) for o in beside.get(ref, ()) if o in snaps}
        stage = _settle(at, kind, asked[ref], snaps[ref], others.values())
        if _follows(at, other):
            asked[ref].wakes += _wake_behind(other, stage, others)


def _asked_for(decision: Decision) -> Ref | None:
    """The HubSpot record of a pair whose stage may have moved, or whose pair is new."""
    moved = decision.new_link is not None or any(MOVED in mark.triggers for mark in decision.job.marks)
    if not moved or decision.gate is not None or decision.snapshots is None:
        return None
    return decision.snapshots.hubspot.ref


def _stage(snap: Snapshot) -> str | None:
    held = snap.fields.get(STAGE)
    return None if held is None else str(held)


def _settle(
    at: Connected, kind: Kind, decision: Decision, seen: Snapshot, others: Collection[str | None]
) -> str | None:
    """The stage that this record will have."""
    stage = planned_stage(decision, seen.ref) or _stage(seen)
    wished = raise_stage(stage, others) if _follows(at, kind) else None
    if wished is None:
        return stage
    advance(at, decision, seen, wished, Message.of(_REASON[kind], stage=wished))
    return wished


def _wake_behind(kind: Kind, stage: str | None, others: Mapping[Ref, str | None]) -> list[NewMark]:
    behind = [ref for ref, held in others.items() if raise_stage(held, (stage,)) is not None]
    return [NewMark(kind=kind, ref=ref, trigger=MOVED, urgency=Urgency.EDIT) for ref in sorted(behind)]
