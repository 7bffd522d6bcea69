"""One line of a mapping, and HubSpot's update rules with the two mirrors it lacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class UpdateRule(StrEnum):
    """Who may write whom. The exact form is the decision table in `reconcile/merge`."""

    TWO_WAY = "two_way"
    PREFER_SALESFORCE = "prefer_salesforce_unless_blank"
    ALWAYS_SALESFORCE = "always_salesforce"
    PREFER_HUBSPOT = "prefer_hubspot_unless_blank"
    ALWAYS_HUBSPOT = "always_hubspot"
    DONT_SYNC = "dont_sync"


class Policy(StrEnum):
    """Lines whose behaviour is fixed by what they mean, not by their update rule."""

    RULE = "rule"
    """Every other line: the update rule decides."""
    OWNER = "owner"
    """Two-way whatever the rule says; Salesforce's owner comes back where HubSpot's is blank or unknown there (M-09, O-xx)."""
    OPT_OUT = "opt_out"
    """Opted out on one side is opted out on both; Salesforce never opts anyone in again (G-01, G-02)."""
    NEVER_BLANK = "never_blank"
    """The rule decides, but a blank never travels: a person's e-mail address (C-13)."""
    STAGE = "stage"
    """The rule decides, but the lifecycle stage never moves backwards in HubSpot (L-04)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRule:
    """One HubSpot property and the Salesforce field it answers to.

    salesforce   field by Salesforce object (`{"Lead": "Street", "Contact": "MailingStreet"}`); an object that is not
                 named, or whose schema lacks the field, is skipped there (M-13)
    values       pairs of option values, HubSpot's to Salesforce's, for those that are not spelled alike
    values_back  further Salesforce options, each to the HubSpot option that stands for it; those only come across
    converter    the converter's name; "" takes the one that fits both types
    policy       a fixed behaviour that goes before the rule
    dormant      new or re-pointed: carries nothing until a previewed backfill wakes it (TN-06, M-16)
    """

    hubspot: str
    salesforce: Mapping[str, str]
    rule: UpdateRule
    values: Mapping[str, str] = field(default_factory=dict)
    values_back: Mapping[str, str] = field(default_factory=dict)
    converter: str = ""
    policy: Policy = Policy.RULE
    dormant: bool = False

    @property
    def key(self) -> str:
        """The name of this line in bases, history and plans: the HubSpot property, which is mapped but once (M-11)."""
        return self.hubspot
