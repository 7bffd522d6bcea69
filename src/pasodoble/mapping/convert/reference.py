"""Ids: of owners, of records that a record points at, and ids that are merely shown.

The two sides number independently, so an id crosses only through the links and the owners, which come in as a `Lookup`; one
that has no match there is Unresolved, never a guess. A Salesforce id has 18 characters, also where it came with 15.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pasodoble.mapping.convert.codec import (
    Carried,
    Codec,
    Cross,
    Lookup,
    Loss,
    Spelling,
    Unfit,
    UnreadableValue,
    Unresolved,
    pass_on,
)
from pasodoble.mapping.convert.text import TEXT, read_text, render_text
from pasodoble.model.side import Pair, Side
from pasodoble.model.value import Raw, Value

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_SHORT_ID = re.compile(r"[0-9A-Za-z]{15}", re.ASCII)
_LONG_ID = re.compile(r"[0-9A-Za-z]{18}", re.ASCII)


def lengthen_id(id: str) -> str:
    """15 characters to 18: each of the last three says which five of the first are capitals (lowest bit first)."""
    groups = (id[:5], id[5:10], id[10:15])
    return id + "".join(_ALPHABET[sum(c.isupper() << i for i, c in enumerate(group))] for group in groups)


def read_salesforce_id(raw: Raw) -> Value:
    text = str(raw).strip()
    if not text:
        return None
    if _SHORT_ID.fullmatch(text):
        return lengthen_id(text)
    if not _LONG_ID.fullmatch(text):
        raise UnreadableValue("value.malformed_id")
    return text


def read_hubspot_id(raw: Raw) -> Value:
    """Digits; as a number where a property is one."""
    return str(int(raw)) if isinstance(raw, float) and raw.is_integer() else read_text(raw)


def cross_owner(side: Side) -> Cross:
    def cross(value: str | bool, lookup: Lookup) -> Carried:
        return lookup.owner(side, str(value)) or Unresolved("owner", str(value))

    return cross


def cross_record(side: Side) -> Cross:
    def cross(value: str | bool, lookup: Lookup) -> Carried:
        return lookup.record(side, str(value)) or Unresolved("record", str(value))

    return cross


HUBSPOT_ID = Spelling(read_hubspot_id, render_text)
SALESFORCE_ID = Spelling(read_salesforce_id, render_text)
_IDS = Pair(HUBSPOT_ID, SALESFORCE_ID)


def owner_codec() -> Codec:
    """A record of Salesforce is never without an owner: a blank does not cross to it (O-09)."""
    return Codec(
        name="owner",
        loss=Loss.LOSSLESS,
        spellings=_IDS,
        across=Pair(cross_owner(Side.HUBSPOT), cross_owner(Side.SALESFORCE)),
        blank=Pair(None, Unfit("value.required_missing")),
    )


def reference_codec() -> Codec:
    across = Pair(cross_record(Side.HUBSPOT), cross_record(Side.SALESFORCE))
    return Codec(name="reference", loss=Loss.LOSSLESS, spellings=_IDS, across=across)


def id_codec() -> Codec:
    """A Salesforce id shown in a HubSpot text, as it is."""
    spellings = Pair(Spelling(read_salesforce_id, render_text), SALESFORCE_ID)
    return Codec(name="id", loss=Loss.ONE_WAY, spellings=spellings, across=Pair(pass_on, pass_on))


def cross_named(names: Mapping[str, str]) -> Cross:
    """Only what the line's value map names; nothing is spelled alike on both sides."""

    def cross(value: str | bool, lookup: Lookup) -> Carried:
        return names.get(str(value)) or Unfit("picklist.value_missing")

    return cross


def record_type_codec(names: Pair[Mapping[str, str]]) -> Codec:
    """A list of HubSpot (a pipeline) that answers to ids of Salesforce (record types), joined by the line's value map.

    names   per side, the other side's value for each of its own; Salesforce's ids with 15 characters or 18
    """
    there = {ours: str(read_salesforce_id(theirs)) for ours, theirs in names.hubspot.items()}
    back = {str(read_salesforce_id(theirs)): ours for theirs, ours in names.salesforce.items()}
    return Codec(
        name="record_type",
        loss=Loss.LOSSLESS,
        spellings=Pair(TEXT, SALESFORCE_ID),
        across=Pair(cross_named(there), cross_named(back)),
    )
