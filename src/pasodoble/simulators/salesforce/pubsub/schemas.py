"""The Avro schema of an object's change events, made from its definition, and where each field's value goes in it.

What an event says belongs in `events`.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import fastavro
import orjson

from pasodoble.simulators.salesforce.ids import spell_id
from pasodoble.simulators.salesforce.moments import parse_ms
from pasodoble.simulators.salesforce.pubsub.bitmaps import Position
from pasodoble.simulators.salesforce.schema import Field, Sobject
from pasodoble.simulators.salesforce.view import COPIES

NAMESPACE = "com.sforce.eventbus"
CHANGE_TYPES = (
    "CREATE UPDATE DELETE UNDELETE GAP_CREATE GAP_UPDATE GAP_DELETE GAP_UNDELETE GAP_OVERFLOW SNAPSHOT".split()
)
LEFT_OUT = frozenset(
    """Id IsDeleted SystemModstamp MasterRecordId LastActivityDate LastViewedDate LastReferencedDate PhotoUrl
    FullPhotoUrl SmallPhotoUrl HasOpenActivity HasOverdueTask PushCount IsEmailBounced""".split()
)
"""Fields that events never tell: the id is in the header, the rest is system's or derived. Source: CDC guide."""


def _strings(name: str) -> dict[str, Any]:
    return {"name": name, "type": {"type": "array", "items": "string"}}


HEADER: dict[str, Any] = {
    "name": "ChangeEventHeader",
    "type": {
        "type": "record",
        "name": "ChangeEventHeader",
        "fields": [
            {"name": "entityName", "type": "string"},
            _strings("recordIds"),
            {"name": "changeType", "type": {"type": "enum", "name": "ChangeType", "symbols": CHANGE_TYPES}},
            {"name": "changeOrigin", "type": "string"},
            {"name": "transactionKey", "type": "string"},
            {"name": "sequenceNumber", "type": "int"},
            {"name": "commitTimestamp", "type": "long"},
            {"name": "commitNumber", "type": "long"},
            {"name": "commitUser", "type": "string"},
            _strings("nulledFields"),
            _strings("diffFields"),
            _strings("changedFields"),
        ],
    },
    "doc": "Data:ComplexValueType",
}

_KINDS: dict[str, tuple[str, str]] = {
    "string": ("string", "Data:Text"),
    "textarea": ("string", "Data:Text"),
    "encryptedstring": ("string", "Data:EncryptedText"),
    "combobox": ("string", "Data:Text"),
    "picklist": ("string", "Data:DynamicEnum"),
    "multipicklist": ("string", "Data:MultiEnum"),
    "phone": ("string", "Data:Phone"),
    "email": ("string", "Data:Email"),
    "url": ("string", "Data:Url"),
    "reference": ("string", "ForeignKey:EntityId"),
    "boolean": ("boolean", "Data:Boolean"),
    "int": ("int", "Data:Integer"),
    "double": ("double", "Data:Double"),
    "currency": ("double", "Data:Currency"),
    "percent": ("double", "Data:Percent"),
    "date": ("long", "Data:DateOnly"),
    "datetime": ("long", "Data:DateTime"),
    "time": ("long", "Data:TimeOnly"),
}
"""Field type -> Avro type and what `doc` calls it. Source: recorded schemas; CDC guide, "Field Data Types"."""

_NAME_PARTS = ("Salutation", "FirstName", "LastName", "MiddleName", "Suffix", "InformalName")
_ADDRESS_PARTS = "Street City State PostalCode Country StateCode CountryCode Latitude Longitude GeocodeAccuracy".split()


def _clock_ms(text: str) -> int:
    hours, minutes, seconds = text.rstrip("Z").split(":")
    return (int(hours) * 60 + int(minutes)) * 60_000 + round(float(seconds) * 1000)


_WRITERS: dict[str, Callable[[Any], Any]] = {
    "int": int,
    "double": float,
    "currency": float,
    "percent": float,
    "date": parse_ms,
    "datetime": parse_ms,
    "time": _clock_ms,
}


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a stored field goes: its place in the schema (and in a nested record), under which names, written how."""

    position: Position
    name: str
    part: str | None
    write: Callable[[Any], Any]
    field: Field


@dataclass(frozen=True, slots=True)
class EventSchema:
    """The schema of one object's change events. `slots` are by the API name of the stored (or formula) field."""

    id: str
    json: str
    parsed: Any
    slots: dict[str, Slot]


def event_name(sobject: str) -> str:
    """`LeadChangeEvent`, `Thing__ChangeEvent`."""
    return sobject.removesuffix("c") + "ChangeEvent" if sobject.endswith("__c") else f"{sobject}ChangeEvent"


def make_schema(sobject: Sobject, *, formulas: bool) -> EventSchema:
    """Every field in order, compounds in place of their parts. `formulas`: custom formula fields are told too."""
    builder = _Builder(sobject)
    for field in sobject.fields.values():
        if _is_told(sobject, field, formulas=formulas):
            builder.add(field)
    return finish_schema(event_name(sobject.name), builder.fields, builder.slots)


def finish_schema(name: str, fields: list[dict[str, Any]], slots: dict[str, Slot]) -> EventSchema:
    """The id follows from the text, so that a schema that changes gets a new one."""
    text = orjson.dumps({"type": "record", "name": name, "namespace": NAMESPACE, "fields": fields}).decode()
    digest = hashlib.md5(text.encode(), usedforsecurity=False).digest()
    schema_id = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    parsed = fastavro.parse_schema(orjson.loads(text), named_schemas={})
    return EventSchema(schema_id, text, parsed, slots)


def _is_told(sobject: Sobject, field: Field, *, formulas: bool) -> bool:
    if field.name in LEFT_OUT or field.name in COPIES.get(sobject.name, ()):
        return False
    if field.calculated:
        return field.custom and (field.rollup is not None or formulas)
    return field.type in _KINDS or field.type in ("address", "location")


class _Builder:
    """Collects the fields of one schema; a record type is written out once and named after that."""

    def __init__(self, sobject: Sobject) -> None:
        self._sobject = sobject
        self._written: set[str] = set()
        self.fields: list[dict[str, Any]] = [HEADER]
        self.slots: dict[str, Slot] = {}

    def add(self, field: Field) -> None:
        if self._is_person_name(field):
            if not any(f["name"] == "Name" for f in self.fields):
                self._add_person_name()
        elif field.compound in self._sobject.fields and field.compound != field.name:
            return
        elif field.type == "address":
            self._add_compound(field, "Address", self._address_parts(field))
        elif field.type == "location":
            self._add_compound(field, "Location", self._named_parts(field, ("Latitude", "Longitude")))
        else:
            self._add_plain(field)

    def _is_person_name(self, field: Field) -> bool:
        """The compound name of a person or any of its parts; other objects' Name is a plain field."""
        parts = {part.name for part in self._sobject.components.get("Name", ())}
        return "LastName" in parts and (field.name == "Name" or field.name in parts)

    def _add_plain(self, field: Field) -> None:
        avro, doc = _KINDS[field.type]
        union: list[Any] = ["null", avro]
        if field.name == "CreatedDate":
            doc = "CreatedDate:DateTime"
        elif field.type == "textarea" and field.length > 255:
            doc = "Data:StringPlusClob"
        elif field.name == "Name" and self._sobject.name == "Account":
            union.append(self._record("Switchable_PersonName", [(n, "string") for n in _NAME_PARTS[:3]]))
            doc = "Data:Switchable_PersonName"
        self._put(field.name, union, doc, field)
        write = _WRITERS.get(field.type, _as_is)
        self.slots[field.name] = Slot((len(self.fields) - 1, None), field.name, None, write, field)

    def _add_person_name(self) -> None:
        parts = {p.name: p for p in self._sobject.components["Name"]}
        named = [(name, parts[name]) for name in _NAME_PARTS if name in parts]
        self._add_parts("Name", "PersonName", named, None)

    def _address_parts(self, field: Field) -> list[tuple[str, Field]]:
        return self._named_parts(field, tuple(_ADDRESS_PARTS))

    def _named_parts(self, field: Field, names: tuple[str, ...]) -> list[tuple[str, Field]]:
        """The stored fields behind a compound, by their name in it: `BillingCity` is City, `Spot__Latitude__s` Latitude."""
        parts = self._sobject.components.get(field.name, ())
        by_end = [(name, [p for p in parts if p.name.removesuffix("__s").endswith(name)]) for name in names]
        return [(name, min(found, key=lambda p: len(p.name))) for name, found in by_end if found]

    def _add_compound(self, field: Field, record: str, parts: list[tuple[str, Field]]) -> None:
        if parts:
            self._add_parts(field.name, record, parts, field)

    def _add_parts(self, name: str, record: str, parts: list[tuple[str, Field]], field: Field | None) -> None:
        inner = self._record(record, [(n, _KINDS[p.type][0]) for n, p in parts])
        self._put(name, ["null", inner], f"Data:{record}", field)
        at = len(self.fields) - 1
        for place, (part, stored) in enumerate(parts):
            self.slots[stored.name] = Slot((at, place), name, part, _WRITERS.get(stored.type, _as_is), stored)

    def _record(self, name: str, parts: list[tuple[str, str]]) -> Any:
        if name in self._written:
            return name
        self._written.add(name)
        fields = [{"name": part, "type": ["null", avro], "default": None} for part, avro in parts]
        return {"type": "record", "name": name, "fields": fields}

    def _put(self, name: str, union: list[Any], doc: str, field: Field | None) -> None:
        if field is not None and field.custom:
            doc = f"{doc}:{custom_field_id(self._sobject.name, name)}"
        self.fields.append({"name": name, "type": union, "doc": doc, "default": None})


def _as_is(value: Any) -> Any:
    return value


def custom_field_id(sobject: str, name: str) -> str:
    """A field's own id, 15 characters; the same field always has the same."""
    return spell_id("00N", zlib.crc32(f"{sobject}.{name}".encode()))[:15]
