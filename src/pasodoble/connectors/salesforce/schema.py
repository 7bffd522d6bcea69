"""What Salesforce says of its objects and fields, as our ObjectSchema. Converting values is `mapping/convert`'s matter.

Source: REST API Developer Guide, "sObject Describe", and describes recorded in public traffic.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from pasodoble.connectors.salesforce.client import SalesforceClient
from pasodoble.connectors.salesforce.errors import ensure_ok
from pasodoble.errors import Unsupported
from pasodoble.model.schema import Family, FieldSchema, ObjectSchema, Option
from pasodoble.model.side import Side

KEY_FIELD: Final = "Pasodoble_Key__c"
"""Unique external id that makes a create find what an earlier try made."""

_FAMILIES: Final[Mapping[str, Family]] = {
    "boolean": Family.FLAG,
    "combobox": Family.TEXT,
    "currency": Family.MONEY,
    "date": Family.DATE,
    "datetime": Family.MOMENT,
    "double": Family.NUMBER,
    "email": Family.EMAIL,
    "encryptedstring": Family.TEXT,
    "id": Family.ID,
    "int": Family.NUMBER,
    "long": Family.NUMBER,
    "multipicklist": Family.CHOICES,
    "percent": Family.PERCENT,
    "phone": Family.PHONE,
    "picklist": Family.CHOICE,
    "reference": Family.REFERENCE,
    "string": Family.TEXT,
    "textarea": Family.LONG_TEXT,
    "time": Family.TIME,
    "url": Family.URL,
}
_NUMBERS: Final = frozenset({"currency", "double", "int", "long", "percent"})


class Schemas:
    """Describes objects, and keeps what it was told for those who only need a name checked."""

    def __init__(self, client: SalesforceClient) -> None:
        self._client = client
        self._known: dict[str, ObjectSchema] = {}

    async def describe(self, object: str) -> ObjectSchema:
        """Asks anew. Raises Unsupported where there is no such object, or none that this user may see."""
        answer = await self._client.read(f"/sobjects/{object}/describe")
        if answer.status == 404:
            raise Unsupported(f"Salesforce has no object {object}", code="NOT_FOUND", next_step="pasodoble check")
        body = ensure_ok(answer).body
        schema = ObjectSchema(
            side=Side.SALESFORCE,
            object=body["name"],
            label=body["label"],
            fields={row["name"]: _parse_field(row) for row in body["fields"]},
            creatable=bool(body["createable"]),
            deletable=bool(body["deletable"]),
        )
        self._known[object] = schema
        return schema

    async def known(self, object: str) -> ObjectSchema:
        return self._known.get(object) or await self.describe(object)

    def readable(self, object: str, fields: Collection[str]) -> list[str]:
        """Those of `fields` that the object is known to have; all of them while it is not known."""
        schema = self._known.get(object)
        return sorted({*fields} if schema is None else {*fields} & {*schema.fields})


def _parse_field(row: Mapping[str, Any]) -> FieldSchema:
    number = row["type"] in _NUMBERS
    return FieldSchema(
        name=row["name"],
        label=row["label"],
        family=_family(row),
        vendor_type=row["type"],
        length=row.get("length") or None,
        scale=row.get("scale") if number else None,
        options=tuple(
            Option(value=option["value"], label=option.get("label") or option["value"], active=bool(option["active"]))
            for option in row.get("picklistValues") or ()
        ),
        restricted=bool(row.get("restrictedPicklist")),
        required=bool(row["createable"] and not row["nillable"] and not row["defaultedOnCreate"]),
        creatable=bool(row["createable"]),
        writable=bool(row["updateable"]),
        calculated=bool(row.get("calculated")),
        unique=bool(row.get("unique")),
        refers_to=tuple(row.get("referenceTo") or ()),
    )


def _family(row: Mapping[str, Any]) -> Family:
    if row["name"] == "OwnerId":
        return Family.OWNER
    if row["type"] == "textarea" and (row.get("htmlFormatted") or row.get("extraTypeInfo") == "richtextarea"):
        return Family.RICH_TEXT
    return _FAMILIES.get(row["type"], Family.OTHER)
