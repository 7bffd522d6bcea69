"""Ties between records, for the jobs at hand: read on both sides, merged with the base, planned; and who waits for whom.

Which ties both sides are to have is decided in `reconcile/ties`; how they are made is the connectors' matter.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from pasodoble.engine.connected import Connected
from pasodoble.engine.people import COMPANY, PEOPLE, PERSON
from pasodoble.engine.retry import next_try_at
from pasodoble.mapping.presets.ties import TIES, TieRule, own_ties
from pasodoble.model.link import Base, Link, LinkState, Tie
from pasodoble.model.message import Message
from pasodoble.model.operation import Create
from pasodoble.model.record import Snapshot, Tied
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.side import SIDES, Pair, Side
from pasodoble.model.signal import Urgency
from pasodoble.model.trace import StepKind
from pasodoble.planner.plan import plan_ties
from pasodoble.ports import Cursor, NewMark
from pasodoble.reconcile.ties import TieMerge, choose_one, label_ties, merge_one, merge_ties

if TYPE_CHECKING:
    from pasodoble.engine.decide import Decision

ASSOCIATED = "association_changed"
"""The trigger of a mark for a record whose ties changed, or whose other end has come to be linked."""
_SAME_SECOND_S = 1.0

Held = Mapping[Ref, frozenset[Tied]]


def rules_of(at: Connected, kind: Kind) -> list[TieRule]:
    """What records of this kind may be tied to, of the kinds that are synced."""
    on = {of_kind.kind for of_kind in at.settings.enabled()}
    declared = (*TIES, *own_ties(at.settings))
    return [rule for rule in declared if rule.kind == kind and {rule.kind, rule.to} <= on and _is_on(at, rule)]


def _is_on(at: Connected, rule: TieRule) -> bool:
    return rule.key not in at.settings.associations or at.settings.associations[rule.key].enabled


def _roles_of(at: Connected, rule: TieRule) -> Mapping[str, str]:
    """HubSpot's labels of such ties, with the roles that they stand for."""
    association = at.settings.associations.get(rule.key)
    return {} if association is None or rule.one else association.labels


def _object_of(at: Connected, rule: TieRule, side: Side) -> str:
    """The object of that side to which records are tied."""
    return rule.objects[1] if side is Side.SALESFORCE else at.settings.objects[rule.to].hubspot_object


async def add_ties(at: Connected, kind: Kind, decisions: Sequence[Decision]) -> None:
    """Add to these decisions what their records' ties ask for. Raises ConnectorError."""
    for rule in rules_of(at, kind):
        pairs = [d for d in decisions if d.snapshots is not None and _is_tied_by(rule, d.snapshots.salesforce.ref)]
        creates = [d for d in decisions if d.snapshots is None and _creation(rule, d) is not None]
        held = await _read_held(at, rule, [*(r for d in pairs for r in _refs(d)), *(d.job.own for d in creates)])
        partners = _load_partners(at, rule, held)
        for decision in pairs:
            _merge(at, rule, decision, held, partners)
        for decision in creates:
            _tie_new(rule, decision, held, partners)
    _tell_waiting(at, [decision for decision in decisions if decision.waiting])


def _tell_waiting(at: Connected, decisions: Sequence[Decision]) -> None:
    """A tie to a record that is still to come waits for it, and so does the record that has it (A-12).

    It is looked at again as soon as the other is linked, and now and then in case nobody tells. A record that is left out
    on purpose, or was given up, does not come: nobody waits for it.
    """
    others = {ref for decision in decisions for ref in decision.waiting}
    if not others:
        return
    with at.store.transaction(at.settings.name, read_only=True) as tx:
        out = tx.left_out.load(others).keys() | tx.links.load(others).keys()
    for decision in decisions:
        coming = [ref for ref in decision.waiting if ref not in out]
        if coming:
            named = " ".join(str(ref) for ref in coming)
            decision.note(StepKind.NEXT, Message.of("next.waiting_for_other", records=named))
            decision.waits_for = tuple(coming)
            later = next_try_at(decision.job.attempts + 1, at.clock.now(), at.dice())
            decision.again_at = decision.again_at or later


def _is_tied_by(rule: TieRule, salesforce: Ref) -> bool:
    return salesforce.object == rule.objects[0]


def _refs(decision: Decision) -> tuple[Ref, ...]:
    assert decision.snapshots is not None
    return decision.snapshots.hubspot.ref, decision.snapshots.salesforce.ref


def _creation(rule: TieRule, decision: Decision) -> Create | None:
    """The create of this decision, if the pair that it makes can be tied by the rule."""
    for step in decision.steps:
        if isinstance(step.operation, Create) and not decision.resumed:
            made, own = step.operation, decision.job.own
            return made if rule.objects[0] in (made.object, own.object) else None
    return None


async def _read_held(at: Connected, rule: TieRule, refs: Sequence[Ref]) -> Held:
    by_side = {side: [ref for ref in refs if ref.side is side] for side in SIDES}
    answers = await asyncio.gather(
        *(at.connectors[side].read_ties(own, _object_of(at, rule, side)) for side, own in by_side.items() if own)
    )
    return {ref: tied for answer in answers for ref, tied in answer.items()}


def _load_partners(at: Connected, rule: TieRule, held: Held) -> dict[Ref, Ref]:
    """Of every tied record that is linked and can be tied on both sides, the one on the other side."""
    refs = {tied.to for ties in held.values() for tied in ties}
    with at.store.transaction(at.settings.name, read_only=True) as tx:
        links = tx.links.load(refs)
    return {
        ref: other
        for ref, link in links.items()
        if link.state is LinkState.LINKED
        and link.refs.salesforce is not None
        and link.refs.salesforce.object == rule.objects[1]
        and (other := link.refs[ref.side.other]) is not None
    }


def _of_rule(at: Connected, rule: TieRule, ties: Collection[Tie]) -> tuple[Tie, ...]:
    object = at.settings.objects[rule.to].hubspot_object
    return tuple(tie for tie in ties if tie.to.hubspot.object == object)


def _merge(at: Connected, rule: TieRule, decision: Decision, held: Held, partners: Mapping[Ref, Ref]) -> None:
    assert decision.snapshots is not None
    refs = decision.snapshots.map(lambda snap: snap.ref)
    known = _of_rule(at, rule, decision.job.base.ties)
    merge = _decide(rule, known, Pair(*(held[refs[side]] for side in SIDES)), partners)
    if roles := _roles_of(at, rule):
        labels: Pair[Mapping[Ref, str]] = Pair(*(dict(held[refs[side]]) for side in SIDES))
        decision.steps.extend(plan_ties(rule.kind, refs, replace(merge, add=label_ties(merge.add, labels, roles))))
    else:
        decision.steps.extend(plan_ties(rule.kind, refs, merge))
    before = decision.job.base.ties if decision.ties is None else decision.ties
    decision.ties = (*(tie for tie in before if tie not in known), *merge.base)
    decision.waiting = (*decision.waiting, *merge.waiting)


def _decide(rule: TieRule, known: Sequence[Tie], held: Pair[frozenset[Tied]], partners: Mapping[Ref, Ref]) -> TieMerge:
    if not rule.one:
        return merge_ties(known, held.map(lambda ties: {(tied.to, "") for tied in ties}), partners)
    agreed = known[0] if known else None
    salesforce = choose_one(held.salesforce)
    across = partners.get(salesforce) if salesforce is not None else None
    hubspot = choose_one(held.hubspot, across, agreed.to.hubspot if agreed is not None else None)
    return merge_one(agreed, Pair(hubspot, salesforce), partners, label=rule.label)


def _tie_new(rule: TieRule, decision: Decision, held: Held, partners: Mapping[Ref, Ref]) -> None:
    """A lookup is filled as the record is made; all other ties are made when it is there."""
    own = decision.job.own
    create = _creation(rule, decision)
    to = choose_one(held[own])
    if create is None or to is None:
        return
    if not rule.one or own.side is Side.SALESFORCE or to not in partners:
        decision.ties_later = True
        return
    tie = Tie(Pair(to, partners[to]), rule.label)
    tied = replace(create, ties=(*create.ties, partners[to]))
    decision.steps = [replace(s, operation=tied) if s.operation is create else s for s in decision.steps]
    decision.ties = (*(decision.ties or ()), tie)


# --- who is to be looked at ------------------------------------------------------------------------------------------


async def add_wakes(at: Connected, kind: Kind, decisions: Sequence[Decision]) -> None:
    """For records that are about to be linked: the linked records that are tied to them, and may have waited for it."""
    joining = [d for d in decisions if d.new_link is not None or d.follow is not None or _is_open(d)]
    declared = [rule for of in at.settings.enabled() for rule in rules_of(at, of.kind)] if joining else []
    owners = [rule for rule in declared if rule.to == kind]
    for rule in owners:
        if _is_any_linked(at, rule.kind):
            await _add_owners(at, rule, joining)
    if kind == PEOPLE and any(of.needs_people for of in at.settings.enabled()):
        await _add_companies(at, joining)


async def _add_companies(at: Connected, joining: Sequence[Decision]) -> None:
    """Companies that were left out because none of their people was synced with a contact (A-06)."""
    people = {id(d): d.job.refs.hubspot for d in joining if _becomes_contact(d)}
    refs = sorted(ref for ref in people.values() if ref is not None)
    held = await at.connectors[Side.HUBSPOT].read_ties(refs, COMPANY.hubspot) if refs else {}
    with at.store.transaction(at.settings.name, read_only=True) as tx:
        links = tx.links.load({tied.to for ties in held.values() for tied in ties})
    for decision in joining:
        ref = people.get(id(decision))
        loose = {tied.to for tied in held.get(ref, ()) if tied.to not in links} if ref is not None else set()
        decision.wakes += [
            NewMark(kind="companies", ref=company, trigger=ASSOCIATED, urgency=Urgency.CHECK)
            for company in sorted(loose)
        ]


def _becomes_contact(decision: Decision) -> bool:
    into = decision.follow.into if decision.follow is not None else decision.job.refs.salesforce
    made = [step.operation for step in decision.steps if isinstance(step.operation, Create)]
    return PERSON.salesforce in (into.object if into is not None else "", *(create.object for create in made))


def _is_open(decision: Decision) -> bool:
    return decision.job.link is not None and decision.job.link.missing_side() is not None


def _is_any_linked(at: Connected, kind: Kind) -> bool:
    with at.store.transaction(at.settings.name, read_only=True) as tx:
        return tx.links.count(kind) > 0


async def _add_owners(at: Connected, rule: TieRule, joining: Sequence[Decision]) -> None:
    ends = {id(d): [r for r in (*d.job.refs, d.follow and d.follow.into) if r is not None] for d in joining}
    refs = [r for of in ends.values() for r in of if r.side is Side.HUBSPOT or r.object == rule.objects[1]]
    owner = Pair(at.settings.objects[rule.kind].hubspot_object, rule.objects[0])
    answers = await asyncio.gather(
        *(
            at.connectors[side].read_ties(own, owner[side])
            for side in SIDES
            if (own := [ref for ref in refs if ref.side is side])
        )
    )
    held = {ref: tied for answer in answers for ref, tied in answer.items()}
    for decision in joining:
        found = {tied.to for ref in ends[id(decision)] for tied in held.get(ref, ())}
        decision.wakes += [
            NewMark(kind=rule.kind, ref=ref, trigger=ASSOCIATED, urgency=Urgency.CHECK)
            for ref in sorted(_load_known(at, found))
        ]


@dataclass(frozen=True, slots=True)
class _Known:
    link: Link
    base: Base


def _load_known(at: Connected, refs: Collection[Ref]) -> dict[Ref, _Known]:
    with at.store.transaction(at.settings.name, read_only=True) as tx:
        links = {ref: link for ref, link in tx.links.load(refs).items() if link.state is LinkState.LINKED}
        bases = tx.bases.load({link.id for link in links.values()})
    return {ref: _Known(link, bases[link.id]) for ref, link in links.items() if link.id in bases}


async def find_retied(at: Connected, kind: Kind, side: Side, snapshots: Sequence[Snapshot]) -> set[Ref]:
    """Of these, the linked records that changed after their base was read and are tied to others than it says."""
    rules = rules_of(at, kind)
    known = _load_known(at, {snap.ref for snap in snapshots}) if rules else {}
    moved = [s.ref for s in snapshots if s.ref in known and _is_newer(s, known[s.ref].base)]
    retied: set[Ref] = set()
    for rule in rules:
        refs = [r for r in moved if (sf := known[r].link.refs.salesforce) is not None and _is_tied_by(rule, sf)]
        held = await _read_held(at, rule, refs) if refs else {}
        retied |= {ref for ref, tied in held.items() if not _is_as_agreed(at, rule, side, tied, known[ref].base)}
    return retied


def _is_newer(snap: Snapshot, base: Base) -> bool:
    read_at = base.read_at[snap.ref.side]
    return read_at is None or (read_at - snap.modified_at).total_seconds() <= _SAME_SECOND_S


def _is_as_agreed(at: Connected, rule: TieRule, side: Side, tied: Collection[Tied], base: Base) -> bool:
    object = _object_of(at, rule, side)
    agreed = {tie.to[side] for tie in _of_rule(at, rule, base.ties)}
    agreed |= {ref for ref in base.waiting if ref.side is side and ref.object == object}
    now = {one.to for one in tied}
    if rule.one:
        chosen = choose_one(tied, *sorted(agreed))
        now = {chosen} if chosen is not None else set()
    return now == agreed


def load_unread(at: Connected, changed: Mapping[Ref, datetime]) -> dict[Ref, datetime]:
    """Of these Salesforce records, those that are linked and were last read before the moment beside them."""
    known = _load_known(at, changed.keys())
    return {
        ref: moment
        for ref, moment in changed.items()
        if ref in known
        and (
            (read_at := known[ref].base.read_at.salesforce) is None
            or (read_at - moment).total_seconds() <= _SAME_SECOND_S
        )
    }


async def find_role_changes(at: Connected, kind: Kind) -> tuple[list[NewMark], dict[str, Cursor]]:
    """Marks for records whose ties changed without a trace on themselves, and the cursors to keep once they are put."""
    marks: list[NewMark] = []
    cursors: dict[str, Cursor] = {}
    for rule in rules_of(at, kind):
        name = f"ties:{rule.kind}:{rule.to}"
        with at.store.transaction(at.settings.name, read_only=True) as tx:
            before = tx.cursors.load(name)
        changed, after = await at.connectors[Side.SALESFORCE].read_tie_changes(*rule.objects, before)
        marks += [
            NewMark(kind=kind, ref=ref, trigger=ASSOCIATED, urgency=Urgency.CHECK)
            for ref in sorted(load_unread(at, changed))
        ]
        if after is not None and after != before:
            cursors[name] = after
    return marks, cursors
