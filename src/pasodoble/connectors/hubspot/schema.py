"""What HubSpot says of its objects and properties, as our ObjectSchema. Converting values is `mapping/convert`'s matter.

Source: developer docs, "Properties", and the property model of the 2026-03 contract.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from pasodoble.connectors.hubspot.client import HubSpotClient
from pasodoble.connectors.hubspot.errors import ensure_rows
from pasodoble.connectors.hubspot.signals import TYPE_IDS
from pasodoble.errors import Unsupported
from pasodoble.model.schema import Family, FieldSchema, ObjectSchema, Option
from pasodoble.model.side import Side

KEY_PROPERTY: Final = "pasodoble_key"
"""Unique property that makes a create find what an earlier try made."""

_FAMILIES: Final[Mapping[tuple[str, str], Family]] = {
    ("string", "textarea"): Family.LONG_TEXT,
    ("string", "html"): Family.RICH_TEXT,
    ("string", "phonenumber"): Family.PHONE,
    ("string", "file"): Family.OTHER,
    ("enumeration", "checkbox"): Family.CHOICES,
    ("enumeration", "booleancheckbox"): Family.FLAG,
}
"""By (type, fieldType), where the type alone does not say."""

_FAMILIES_BY_TYPE: Final[Mapping[str, Family]] = {
    "string": Family.TEXT,
    "number": Family.NUMBER,
    "date": Family.DATE,
    "datetime": Family.MOMENT,
    "enumeration": Family.CHOICE,
    "bool": Family.FLAG,
    "phone_number": Family.PHONE,
}
_FAMILIES_BY_NAME: Final[Mapping[str, Family]] = {
    "email": Family.EMAIL,
    "website": Family.URL,
    "hubspot_owner_id": Family.OWNER,
    "hs_object_id": Family.ID,
}
_FAMILIES_BY_NUMBER_HINT: Final[Mapping[str, Family]] = {"currency": Family.MONEY, "percentage": Family.PERCENT}

_REQUIRED: Final[Mapping[str, frozenset[str]]] = {
    "deals": frozenset({"dealname", "dealstage"}),
    "tickets": frozenset({"subject", "hs_pipeline_stage"}),
    "leads": frozenset({"hs_lead_name"}),
    "tasks": frozenset({"hs_timestamp"}),
    "notes": frozenset({"hs_timestamp"}),
    "calls": frozenset({"hs_timestamp"}),
    "meetings": frozenset({"hs_timestamp"}),
    "emails": frozenset({"hs_timestamp", "hs_email_direction"}),
}
"""What a create must carry; the API does not tell. Source: the object guides, March 2026."""

_TYPE_ID: Final = re.compile(r"\d+-\d+", re.ASCII)
OPT_OUT: Final = "hs_email_optout"
"""Shown as read-only, and yet it can be changed, on a record that is there, by an API of its own (see `optout`)."""

_TEXT_LENGTH: Final = 65_536


class Schemas:
    """Describes objects, and keeps what it was told for those who only need a name checked."""

    def __init__(self, client: HubSpotClient) -> None:
        self._client = client
        self._known: dict[str, ObjectSchema] = {}
        self.names: dict[str, str] = {}
        """By type id, the names of the account's own objects that were described."""

    async def describe(self, object: str) -> ObjectSchema:
        """Asks anew. Raises Unsupported where there is no such object."""
        answer = await self._client.read("properties", f"/{object}")
        if answer.status == 404:
            raise Unsupported(f"HubSpot has no object {object}", next_step="pasodoble check")
        rows = ensure_rows(answer).body["results"]
        required = _REQUIRED.get(object, frozenset())
        fields = {row["name"]: _parse_property(row, required) for row in rows if not row.get("archived")}
        schema = ObjectSchema(side=Side.HUBSPOT, object=object, label=object, fields=fields)
        self._known[object] = schema
        if object not in TYPE_IDS.values() and not _TYPE_ID.fullmatch(object):
            await self._learn_type_id(object)
        return schema

    async def _learn_type_id(self, object: str) -> None:
        """Pushed events name objects by type id only. Without it they are found by the look, later."""
        answer = await self._client.read("schemas", f"/{object}")
        if answer.status == 200:
            self.names[str(answer.body["objectTypeId"])] = object

    async def known(self, object: str) -> ObjectSchema:
        return self._known.get(object) or await self.describe(object)


def _parse_property(row: Mapping[str, Any], required: frozenset[str]) -> FieldSchema:
    read_only = bool((row.get("modificationMetadata") or {}).get("readOnlyValue"))
    calculated = bool(row.get("calculated"))
    family = _family(row)
    return FieldSchema(
        name=row["name"],
        label=row.get("label") or row["name"],
        family=family,
        vendor_type=f"{row['type']}/{row.get('fieldType', '')}",
        length=_TEXT_LENGTH if row["type"] == "string" else None,
        options=tuple(_parse_option(option) for option in row.get("options") or ()),
        restricted=row["type"] == "enumeration" and not row.get("externalOptions") and family is not Family.OWNER,
        required=row["name"] in required,
        creatable=not (read_only or calculated),
        writable=not (read_only or calculated) or row["name"] == OPT_OUT,
        calculated=calculated,
        unique=bool(row.get("hasUniqueValue")),
        refers_to=(str(row["referencedObjectType"]),) if row.get("referencedObjectType") else (),
    )


def _family(row: Mapping[str, Any]) -> Family:
    by_name = _FAMILIES_BY_NAME.get(row["name"])
    if by_name is not None:
        return by_name
    if row.get("referencedObjectType") == "OWNER":
        return Family.OWNER
    if row["type"] == "number":
        hint = "currency" if row.get("showCurrencySymbol") else str(row.get("numberDisplayHint") or "")
        return _FAMILIES_BY_NUMBER_HINT.get(hint, Family.NUMBER)
    return _FAMILIES.get((row["type"], row.get("fieldType", ""))) or _FAMILIES_BY_TYPE.get(row["type"], Family.OTHER)


def _parse_option(option: Mapping[str, Any]) -> Option:
    return Option(value=str(option["value"]), label=str(option.get("label", "")), active=not option.get("hidden"))
