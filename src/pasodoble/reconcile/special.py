"""Fields that follow a law of their own: a person's e-mail address, opt-out, owner and lifecycle stage.

Each law looks at a field first; where it says nothing, the field's rule decides in `merge`. Which field follows which law
is said in the shipped mappings, and does not belong here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from pasodoble.model.rule import Policy, UpdateRule
from pasodoble.model.side import SIDES, Pair, Side
from pasodoble.model.value import MISSING
from pasodoble.model.verdict import Keep, Take, Verdict
from pasodoble.reconcile.field import Field
from pasodoble.reconcile.merge import merge_field, take
from pasodoble.reconcile.policy import Arbiter
from pasodoble.reconcile.reasons import REST, Rest, Why

UNCHANGED: Final = Pair(False, False)
Law = Callable[[Field, Arbiter], Verdict | None]
"""Asked only when both sides show the field and do not agree. None: the rule decides."""


def keep_filled(field: Field, arbiter: Arbiter) -> Verdict | None:
    """A blank never travels; the value that is left is put back (C-13)."""
    for side in SIDES:
        if field.now[side] is None:
            put_back = field.changed is not None and field.changed[side]
            return take(side.other, _why_filled(field, side), contested=put_back)
    return None


def _why_filled(field: Field, blank: Side) -> Why:
    if field.changed is None:
        return Why.FIRST_FILL
    return Why.CHANGED if field.changed == UNCHANGED.put(blank.other, True) else Why.NEVER_BLANK


def opt_out(field: Field, arbiter: Arbiter) -> Verdict | None:
    """Opted out on one side is opted out on both; only an opt-in on the marketing side, by itself, takes it back."""
    out = Pair(field.now.hubspot is True, field.now.salesforce is True)
    home = arbiter.marketing
    if out[home]:
        return take(home, Why.OPTED_OUT, contested=field.changed is not None and field.changed[home.other])
    if field.changed is not None and field.changed[home] and not field.changed[home.other]:
        return take(home, Why.OPTED_IN)
    return take(home.other, Why.OPTED_OUT, contested=field.changed is not None and field.changed[home])


def follow_owner(field: Field, arbiter: Arbiter) -> Verdict | None:
    """Two-way whatever the rule says; never blank; an owner without a match is not carried, and the marketing side's is undone.

    What was left unmatched rests until somebody chooses another owner, or a match appears.
    """
    if field.changed == UNCHANGED and MISSING in field.carried:
        return Keep(REST[Rest.OWNER_UNMATCHED])
    verdict = keep_filled(field, arbiter) or merge_field(
        UpdateRule.TWO_WAY, field.now, field.carried, field.changed, changed_at=field.changed_at, arbiter=arbiter
    )
    if not isinstance(verdict, Take) or field.carried[verdict.side] is not MISSING:
        return verdict
    home = arbiter.marketing
    theirs = field.carried[home.other]
    undone = verdict.side is home and field.changed is not None and theirs is not MISSING and theirs is not None
    return take(home.other, Why.OWNER_PUT_BACK, contested=True) if undone else Keep(REST[Rest.OWNER_UNMATCHED])


LAWS: Final[Mapping[Policy, Law]] = {
    Policy.NEVER_BLANK: keep_filled,
    Policy.OPT_OUT: opt_out,
    Policy.OWNER: follow_owner,
}

STAGES: Final = (
    "subscriber",
    "lead",
    "marketingqualifiedlead",
    "salesqualifiedlead",
    "opportunity",
    "customer",
    "evangelist",
)
"""Lifecycle stages in their order, as canonical values of the marketing side. Custom ones have no place in it."""


def is_backward(field: Field, winner: Side, arbiter: Arbiter) -> bool:
    """Whether taking `winner`'s stage would lower the one on the marketing side."""
    if field.policy is not Policy.STAGE or winner is arbiter.marketing:
        return False
    held, wished = field.now[arbiter.marketing], field.carried[winner]
    return held in STAGES and wished in STAGES and STAGES.index(str(wished)) < STAGES.index(str(held))


def advance_stage(stage: str | None, *, open_deals: int, won_deals: int) -> str | None:
    """The stage that a contact's roles on opportunities call for (L-02, L-03); None where it stays as it is.

    open_deals, won_deals   opportunities on which the contact has a role, by their state (L-05: a role is needed)
    """
    wished = "customer" if won_deals else "opportunity" if open_deals else None
    if wished is None or (stage is not None and stage not in STAGES):
        return None
    return wished if stage is None or STAGES.index(wished) > STAGES.index(stage) else None
