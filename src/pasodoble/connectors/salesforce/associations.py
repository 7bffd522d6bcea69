"""Tying Salesforce's records together: a lookup field of one of them, or a row between them.

An association's label is the row's role, or, for objects not listed here, the lookup field's name.
Source: Object Reference (AccountId, ContactId; OpportunityContactRole, CampaignMember). Which records belong together is
not decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from pasodoble.model.operation import Associate, Create, Update
from pasodoble.model.ref import Ref

Lookups = Mapping[tuple[str, str], str]
"""By two objects, the field of the first that points at a record of the second."""

LOOKUPS: Final[Lookups] = {
    ("Contact", "Account"): "AccountId",
    ("Opportunity", "Account"): "AccountId",
    ("Opportunity", "Campaign"): "CampaignId",
    ("Case", "Account"): "AccountId",
    ("Case", "Contact"): "ContactId",
    ("Task", "Contact"): "WhoId",
    ("Task", "Lead"): "WhoId",
    ("Task", "Account"): "WhatId",
    ("Task", "Opportunity"): "WhatId",
    ("Task", "Case"): "WhatId",
    ("Event", "Contact"): "WhoId",
    ("Event", "Lead"): "WhoId",
    ("Event", "Account"): "WhatId",
    ("Event", "Opportunity"): "WhatId",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Junction:
    """An object whose rows tie two records: the fields that point at each, and the one that holds the role."""

    object: str
    one: str
    other: str
    role: str


_JUNCTIONS: Final[Mapping[tuple[str, str], Junction]] = {
    ("Opportunity", "Contact"): Junction(
        object="OpportunityContactRole", one="OpportunityId", other="ContactId", role="Role"
    ),
    ("Campaign", "Contact"): Junction(object="CampaignMember", one="CampaignId", other="ContactId", role="Status"),
    ("Campaign", "Lead"): Junction(object="CampaignMember", one="CampaignId", other="LeadId", role="Status"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """An association through a row between: which sort of row, and both ends in its order."""

    junction: Junction
    one: Ref
    other: Ref
    role: str
    remove: bool


def to_write(op: Associate, lookups: Lookups = LOOKUPS) -> Update | Tie | None:
    """What the association comes down to; None where these objects cannot be tied."""
    for one, other in ((op.ref, op.to), (op.to, op.ref)):
        junction = _JUNCTIONS.get((one.object, other.object))
        if junction is not None:
            return Tie(junction=junction, one=one, other=other, role=op.label, remove=op.remove)
        field = lookups.get((one.object, other.object))
        if field is not None:
            return _point(one, field, other, remove=op.remove)
    return _point(op.ref, op.label, op.to, remove=op.remove) if op.label else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How ties from `object` to `to` are read: the rows of `table`, which name one end in `own` and the other in `other`.

    lookup   the tie is a field of one of the two records, and moves that record's own stamp
    """

    table: str
    own: str
    other: str
    role: str = ""
    lookup: bool = True


def find_way(object: str, to: str, lookups: Lookups = LOOKUPS) -> Way | None:
    """None where records of these objects cannot be tied."""
    for one, other, turned in ((object, to, False), (to, object, True)):
        junction = _JUNCTIONS.get((one, other))
        if junction is not None:
            ends = (junction.other, junction.one) if turned else (junction.one, junction.other)
            return Way(table=junction.object, own=ends[0], other=ends[1], role=junction.role, lookup=False)
        field = lookups.get((one, other))
        if field is not None:
            ends = (field, "Id") if turned else ("Id", field)
            return Way(table=one, own=ends[0], other=ends[1])
    return None


def fill_lookups(op: Create, lookups: Lookups = LOOKUPS) -> Create:
    """The same, with the fields that tie the new record to those it is to be made with."""
    tied = {field: ref.id for ref in op.ties if (field := lookups.get((op.object, ref.object)))}
    return replace(op, fields={**op.fields, **tied}) if tied else op


def _point(holder: Ref, field: str, to: Ref, *, remove: bool) -> Update:
    return Update(ref=holder, fields={field: None if remove else to.id})
