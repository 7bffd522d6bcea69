"""Forms that lead to a Salesforce campaign: whoever submits one joins it, once, while it is active; and who is in which.

Leaving a campaign starts nothing (TN-03). Which form leads where is a setting; who waits for their person to be synced is
`pending`'s matter.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from pasodoble.engine.connected import Connected
from pasodoble.engine.intake import take_in
from pasodoble.engine.pending import Pending, carry_out, decide_on, find_made, take_found, tell_people
from pasodoble.engine.report import Report
from pasodoble.mapping.presets.campaigns import ACTIVE, CAMPAIGN, MEMBER, OF_CAMPAIGN, OF_PERSON, SHOWN, STATUS
from pasodoble.model.activity import MEMBERSHIPS, Activity
from pasodoble.model.message import Message
from pasodoble.model.operation import Create, Step, Update
from pasodoble.model.record import Snapshot
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.side import Side
from pasodoble.model.signal import Signal, SignalKind
from pasodoble.model.value import Raw
from pasodoble.ports import Transaction

if TYPE_CHECKING:
    from pasodoble.engine.decide import Decision

FORM: Final = "form_submitted"
_WHICH: Final = "campaign"
_ALREADY: Final = Message("write.member_already")
_INACTIVE: Final = Message("gate.campaign_inactive")


def list_joins(
    at: Connected, tx: Transaction, activities: Sequence[Activity]
) -> list[tuple[Ref, str, Mapping[str, Raw]]]:
    """Of these, the submissions that lead to a campaign, each as (what stands for joining it, activity, payload).

    Whoever submits a form twice joins once; who came in vain has to submit it again.
    """
    joins: dict[Ref, tuple[Activity, str]] = {}
    for one in activities:
        campaign = at.settings.campaign_of_form.get(str(one.fields.get("form") or ""))
        if campaign and one.name == FORM and one.contact is not None:
            joins[Ref(Side.HUBSPOT, "campaign_joins", f"{campaign}-{one.contact.id}")] = (one, campaign)
    judged = {ref: link.linked_at for ref, link in tx.links.load(joins).items()}
    return [
        (ref, one.name, {**one.render(), _WHICH: campaign})
        for ref, (one, campaign) in joins.items()
        if ref not in judged or judged[ref] < one.at
    ]


async def join_campaigns(at: Connected, run_id: int, report: Report, pending: Sequence[Pending]) -> None:
    """Make members of those whose campaign is active; the person is synced once more then. Raises ConnectorError."""
    made = await find_made(at, MEMBER, pending)
    take_found(at, run_id, report, made)
    found = {one.link.id for one, _ in made}
    rest = [one for one in pending if one.link.id not in found]
    active = await _read_active(at, {_campaign_of(one) for one in rest})
    joined = await _read_memberships(at, {one.person for one in rest if _campaign_of(one) in active})
    already = [one for one in rest if _campaign_of(one) in joined.get(one.person, ())]
    inactive = [one for one in rest if _campaign_of(one) not in active]
    _close(at, run_id, report, already, inactive)
    done = {one.link.id for one in (*already, *inactive)}
    joining = [one for one in rest if one.link.id not in done]
    decisions = [decide_on(at, MEMBERSHIPS, one, _make_step(at, one)) for one in joining]
    await carry_out(at, run_id, report, joining, decisions)
    news = [one for one, decision in zip(joining, decisions, strict=True) if decision.made is not None]
    with at.store.transaction(at.settings.name) as tx:
        take_in(at, tx, [_signal(one) for one in (*news, *(one for one, _ in made))])


def _campaign_of(one: Pending) -> Ref:
    return Ref(Side.SALESFORCE, CAMPAIGN, str(one.link.payload[_WHICH]))


async def _read_active(at: Connected, campaigns: Collection[Ref]) -> set[Ref]:
    seen = await at.connectors[Side.SALESFORCE].read(sorted(campaigns), [ACTIVE])
    return {ref for ref, snap in seen.items() if isinstance(snap, Snapshot) and snap.fields.get(ACTIVE)}


async def _read_memberships(at: Connected, people: Collection[Ref]) -> dict[Ref, set[Ref]]:
    if not people:
        return {}
    ties = await at.connectors[Side.SALESFORCE].read_ties(sorted(people), CAMPAIGN)
    return {ref: {tied.to for tied in of} for ref, of in ties.items()}


def _close(at: Connected, run_id: int, report: Report, already: Sequence[Pending], inactive: Sequence[Pending]) -> None:
    """Nothing to make: who is in it is done with, who came to an inactive campaign came in vain."""
    with at.store.transaction(at.settings.name) as tx:
        tx.links.retire([one.link.id for one in already], _ALREADY.id, at.clock.now())
        tx.links.retire([one.link.id for one in inactive], _INACTIVE.id, at.clock.now())
        tx.marks.clear([one.mark for one in (*already, *inactive)])
        report.of(MEMBERSHIPS).unchanged += len(already)
        report.of(MEMBERSHIPS).left_out["campaign_inactive"] += len(inactive)
        told = [(one, _ALREADY) for one in already] + [(one, _INACTIVE) for one in inactive]
        tell_people(at, tx, run_id, report, told)


def _make_step(at: Connected, one: Pending) -> Step:
    fields: dict[str, Raw] = {OF_CAMPAIGN: _campaign_of(one).id, OF_PERSON[one.person.object]: one.person.id}
    if at.settings.member_status:
        fields[STATUS] = at.settings.member_status
    operation = Create(
        side=Side.SALESFORCE, object=MEMBER, fields=fields, key=one.link.key, of=one.activity.ref, ties=()
    )
    return Step(kind=MEMBERSHIPS, operation=operation, why={"": Message("trigger.campaign_joined_by_form")})


def _signal(one: Pending) -> Signal:
    assert one.activity.contact is not None
    detail: dict[str, Raw] = {"active": True, "by_form": True}
    return Signal(
        kind=SignalKind.CAMPAIGN_JOINED,
        side=Side.HUBSPOT,
        ref=one.activity.contact,
        at=one.activity.at,
        detail=detail,
    )


# --- shown on the contact --------------------------------------------------------------------------------------------


async def add_memberships(at: Connected, kind: Kind, decisions: Sequence[Decision]) -> None:
    """Add to these decisions that HubSpot is to show each person's campaigns. Raises ConnectorError."""
    of_kind = at.settings.objects[kind]
    shown = at.schemas[Side.HUBSPOT, of_kind.hubspot_object].fields.get(SHOWN)
    if not at.settings.campaign_of_form or shown is None or not set(OF_PERSON) & set(of_kind.salesforce_objects):
        return
    pairs = {d.snapshots.salesforce.ref: d for d in decisions if d.snapshots is not None and d.gate is None}
    joined = await _read_memberships(at, pairs)
    hubspot = {d.snapshots.hubspot.ref: ref for ref, d in pairs.items() if d.snapshots is not None}
    held = await at.connectors[Side.HUBSPOT].read(sorted(hubspot), [SHOWN]) if hubspot else {}
    allowed = {option.value for option in shown.options}
    for ref, seen in held.items():
        wished = {campaign.id for campaign in joined[hubspot[ref]]}
        if isinstance(seen, Snapshot) and (not allowed or wished <= allowed):
            _show(pairs[hubspot[ref]], seen, wished)


def _show(decision: Decision, seen: Snapshot, wished: set[str]) -> None:
    now = str(seen.fields.get(SHOWN) or "")
    if set(filter(None, now.split(";"))) == wished:
        return
    update = Update(ref=seen.ref, fields={SHOWN: ";".join(sorted(wished)) or None})
    reason = Message("rule.shows_campaigns")
    step = Step(kind=decision.job.kind, operation=update, why={"": reason}, before={SHOWN: seen.fields.get(SHOWN)})
    decision.steps.append(step)
