"""Who wins when a rule alone cannot say: what we know of when each side changed, and the settings that break a tie.

How a field is merged is in `merge`; here is only what it asks when both sides have changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from pasodoble.model.rule import UpdateRule
from pasodoble.model.side import Pair, Side


@dataclass(frozen=True, slots=True)
class Span:
    """When a field changed, as far as is known: not before `earliest`, not after `latest`, in the side's own clock.

    A field's own history gives a moment (both equal); a record's stamp only bounds it, since any field may have moved it.
    """

    earliest: datetime
    latest: datetime

    @classmethod
    def at(cls, moment: datetime) -> Span:
        return cls(moment, moment)


LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
UNTIMED: Final[Pair[Span | None]] = Pair(None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arbiter:
    """Settings of a merge.

    winner      the side that is believed when times are unknown or too close to call, and on a first sync; None leaves
                such a field alone until a person chooses
    skew        how far the two vendors' clocks (and Salesforce's whole seconds) may be apart
    marketing   the side that knows consent and lifecycle (G-02, L-04), and whose owners yield to the other's (O-04)
    """

    winner: Side | None = Side.SALESFORCE
    skew: timedelta = timedelta(seconds=1)
    marketing: Side = Side.HUBSPOT

    def find_later(self, changed_at: Pair[Span | None]) -> Side | None:
        """The side that surely changed later; None when that is not known."""
        hubspot, salesforce = changed_at
        if hubspot is None or salesforce is None:
            return None
        if hubspot.earliest > salesforce.latest + self.skew:
            return Side.HUBSPOT
        return Side.SALESFORCE if salesforce.earliest > hubspot.latest + self.skew else None

    def swapped(self) -> Arbiter:
        """The same policy with the sides' parts exchanged."""
        winner = None if self.winner is None else self.winner.other
        return Arbiter(winner=winner, skew=self.skew, marketing=self.marketing.other)


@dataclass(frozen=True, slots=True)
class Lead:
    """A rule under which one side leads. `yields`: a blank there gives way to the other side's value."""

    side: Side
    yields: bool


LEADS: Final[dict[UpdateRule, Lead]] = {
    UpdateRule.PREFER_SALESFORCE: Lead(Side.SALESFORCE, yields=True),
    UpdateRule.ALWAYS_SALESFORCE: Lead(Side.SALESFORCE, yields=False),
    UpdateRule.PREFER_HUBSPOT: Lead(Side.HUBSPOT, yields=True),
    UpdateRule.ALWAYS_HUBSPOT: Lead(Side.HUBSPOT, yields=False),
}
"""The rules that name a leading side; under the two others (two-way, don't sync) none leads."""

MIRROR: Final[dict[UpdateRule, UpdateRule]] = {
    UpdateRule.TWO_WAY: UpdateRule.TWO_WAY,
    UpdateRule.DONT_SYNC: UpdateRule.DONT_SYNC,
    UpdateRule.PREFER_SALESFORCE: UpdateRule.PREFER_HUBSPOT,
    UpdateRule.PREFER_HUBSPOT: UpdateRule.PREFER_SALESFORCE,
    UpdateRule.ALWAYS_SALESFORCE: UpdateRule.ALWAYS_HUBSPOT,
    UpdateRule.ALWAYS_HUBSPOT: UpdateRule.ALWAYS_SALESFORCE,
}
"""Each rule, seen from the other side."""


def may_write(rule: UpdateRule, side: Side) -> bool:
    """Whether the rule ever lets the other side's value come to `side`."""
    if rule is UpdateRule.DONT_SYNC:
        return False
    lead = LEADS.get(rule)
    return lead is None or lead.side is not side or lead.yields
