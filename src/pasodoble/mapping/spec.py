"""What a kind is when nobody has said otherwise: its objects on both sides, how pairs are found, and its default lines.

The lines themselves are data, a file a kind in `presets`. Reading the user's own settings does not belong here (`config`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from pasodoble.model.ref import Kind
from pasodoble.model.rule import FieldRule, Policy, UpdateRule

NO_VALUES: Mapping[str, str] = MappingProxyType({})
DEFAULT_RULE = UpdateRule.PREFER_SALESFORCE
"""HubSpot's own default for standard mappings (M-05)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KindSpec:
    """The defaults of one kind.

    salesforce_objects     all that answer to the HubSpot object, the one that is made by default first
    match                  how unlinked records are paired, in order (see ObjectSettings.match)
    """

    kind: Kind
    hubspot_object: str
    salesforce_objects: tuple[str, ...]
    match: tuple[str, ...] = ()
    rules: tuple[FieldRule, ...] = field(default=(), repr=False)


def make_rule(
    hubspot: str,
    salesforce: str | Mapping[str, str],
    objects: Iterable[str],
    rule: UpdateRule = DEFAULT_RULE,
    *,
    values: Mapping[str, str] = NO_VALUES,
    values_back: Mapping[str, str] = NO_VALUES,
    converter: str = "",
) -> FieldRule:
    """`salesforce`: one name for every object (M-13: one line covers Lead and Contact), or a name by object."""
    names = dict.fromkeys(objects, salesforce) if isinstance(salesforce, str) else dict(salesforce)
    return FieldRule(
        hubspot=hubspot,
        salesforce=names,
        rule=rule,
        policy=find_policy(hubspot, names.values()),
        values=values,
        values_back=values_back,
        converter=converter,
    )


_POLICIES: Mapping[tuple[str, str], Policy] = MappingProxyType(
    {
        ("email", "Email"): Policy.NEVER_BLANK,
        ("hubspot_owner_id", "OwnerId"): Policy.OWNER,
        ("hs_email_optout", "HasOptedOutOfEmail"): Policy.OPT_OUT,
    }
)
_STAGE = "lifecyclestage"


def find_policy(hubspot: str, salesforce: Iterable[str]) -> Policy:
    """The fixed behaviour of a line, by the fields it joins: an owner stays an owner whatever the settings say (M-09, M-24)."""
    if hubspot == _STAGE:
        return Policy.STAGE
    found = (_POLICIES.get((hubspot, name)) for name in salesforce)
    return next((policy for policy in found if policy), Policy.RULE)
