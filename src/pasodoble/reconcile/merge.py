"""Three-way merge of one field: the decision table, exactly.

Values are canonical here. Whole records are merged in `record`, fields that follow a law of their own (e-mail, opt-out,
owner, lifecycle) in `special`. How a value is said on the other side does not belong here: it comes in, carried.
"""

from __future__ import annotations

from typing import Final

from pasodoble.model.rule import UpdateRule
from pasodoble.model.side import SIDES, Pair, Side
from pasodoble.model.value import MISSING, Value
from pasodoble.model.verdict import Conflict, Keep, Take, Verdict
from pasodoble.reconcile.policy import LEADS, UNTIMED, Arbiter, Lead, Span, may_write
from pasodoble.reconcile.reasons import REST, WHY, Rest, Why

ARBITER: Final = Arbiter()
NOT_OURS: Final = Pair(False, False)


def diff_field(base: Pair[Value] | None, now: Pair[Value], ours: Pair[bool] = NOT_OURS) -> Pair[bool] | None:
    """Which sides somebody else has changed since the last agreement; None where there was none.

    ours   the value now on that side is known to be our own writing. Where it is not what the base says (a write that a
           stalled worker landed late), nobody wished for it there, and the other side's value counts as the change.
    """
    if base is None or base.hubspot is MISSING or base.salesforce is MISSING:
        return None
    moved = Pair(now.hubspot != base.hubspot, now.salesforce != base.salesforce)
    stray = Pair(moved.hubspot and ours.hubspot, moved.salesforce and ours.salesforce)
    return Pair(
        stray.salesforce or (moved.hubspot and not stray.hubspot),
        stray.hubspot or (moved.salesforce and not stray.salesforce),
    )


def agree(now: Pair[Value], carried: Pair[Value]) -> bool:
    """Whether one side already holds what the other's value would be there: nothing is written then.

    Either direction will do, so that what a poorer side cannot hold is never cut off the richer one.
    """
    return (carried.hubspot is not MISSING and carried.hubspot == now.salesforce) or (
        carried.salesforce is not MISSING and carried.salesforce == now.hubspot
    )


def differ(now: Pair[Value], carried: Pair[Value]) -> bool:
    """Whether both sides show the field, and do not agree."""
    return now.hubspot is not MISSING and now.salesforce is not MISSING and not agree(now, carried)


def merge_field(
    rule: UpdateRule,
    now: Pair[Value],
    carried: Pair[Value],
    changed: Pair[bool] | None,
    *,
    changed_at: Pair[Span | None] = UNTIMED,
    arbiter: Arbiter = ARBITER,
) -> Verdict:
    """Decide what both sides should hold in one field. Never raises.

    now         what each side holds, canonical in its own terms; MISSING where it is not known: never a reason to write
    carried     carried[side]: what the *other* side would hold if `side`'s value were carried across; MISSING where it
                cannot be carried
    changed     which sides somebody else has changed since the base (`diff_field`); None: there is no base
    changed_at  when each side's value was set, as far as is known
    """
    if rule is UpdateRule.DONT_SYNC:
        return Keep(REST[Rest.DONT_SYNC])
    if now.hubspot is MISSING or now.salesforce is MISSING:
        return Keep(REST[Rest.NOT_GIVEN])
    if agree(now, carried):
        return Keep(REST[Rest.IN_STEP])
    if changed is None:
        return _merge_first(rule, now, changed_at, arbiter)
    lead = LEADS.get(rule)
    if lead is None:
        return _merge_two_way(changed, changed_at, arbiter)
    return _merge_led(lead, now, changed, changed_at, arbiter)


def _merge_first(rule: UpdateRule, now: Pair[Value], changed_at: Pair[Span | None], arbiter: Arbiter) -> Verdict:
    """No base: a blank is filled where the rule allows it, and never erases; two values are a conflict."""
    for side in SIDES:
        if now[side] is None:
            return take(side.other, Why.FIRST_FILL) if may_write(rule, side) else Keep(REST[Rest.LEADER_BLANK])
    if lead := LEADS.get(rule):
        return take(lead.side, Why.FIRST_LEADS, contested=True)
    return _take_later(changed_at, arbiter, Why.FIRST_NEWER, Why.FIRST_TIE)


def _merge_two_way(changed: Pair[bool], changed_at: Pair[Span | None], arbiter: Arbiter) -> Verdict:
    match changed:
        case Pair(True, True):
            return _take_later(changed_at, arbiter, Why.NEWER, Why.TIE)
        case Pair(False, False):
            return _take_winner(arbiter, Why.UNEQUAL)
        case _:
            return take(Side.HUBSPOT if changed.hubspot else Side.SALESFORCE, Why.CHANGED)


def _merge_led(
    lead: Lead, now: Pair[Value], changed: Pair[bool], changed_at: Pair[Span | None], arbiter: Arbiter
) -> Verdict:
    """One side leads. A change of the follower that is put back is contested: its value is lost, and must be reported."""
    leader, follower = lead.side, lead.side.other
    if now[leader] is not None:
        return take(leader, Why.LEADS, contested=changed[follower])
    if not changed[leader]:
        return take(follower, Why.FILLS) if lead.yields else Keep(REST[Rest.LEADER_BLANK])
    if lead.yields and changed[follower]:
        return _take_later(changed_at, arbiter, Why.NEWER, Why.TIE)
    return take(leader, Why.CLEARED, contested=changed[follower])


def _take_later(changed_at: Pair[Span | None], arbiter: Arbiter, newer: Why, tie: Why) -> Verdict:
    later = arbiter.find_later(changed_at)
    return _take_winner(arbiter, tie) if later is None else take(later, newer, contested=True)


def _take_winner(arbiter: Arbiter, why: Why) -> Verdict:
    if arbiter.winner is None:
        return Conflict(REST[Rest.UNDECIDED])
    return take(arbiter.winner, why, contested=True)


def take(side: Side, why: Why, *, contested: bool = False) -> Take:
    """The other side is to hold what `side` holds, for this reason."""
    return Take(side, WHY[why, side], contested)
