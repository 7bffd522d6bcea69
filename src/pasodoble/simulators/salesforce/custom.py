"""Custom fields and objects: from a short specification to the definition that describe and all paths see.

    custom_field("Score__c", {"type": "double", "precision": 8, "scale": 2})
    custom_field("Key__c", {"type": "text", "length": 64, "externalId": true, "unique": true})

How a specification gets in (the schema door, the starting world) does not belong here.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pasodoble.simulators.salesforce.schema import (
    Child,
    Field,
    Sobject,
    make_field,
    make_sobject,
    read_standard_data,
    remake,
)

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*__c\Z")
TYPES = {
    "text": "string",
    "string": "string",
    "email": "email",
    "phone": "phone",
    "url": "url",
    "textarea": "textarea",
    "longtextarea": "textarea",
    "html": "textarea",
    "checkbox": "boolean",
    "boolean": "boolean",
    "number": "double",
    "double": "double",
    "int": "double",
    "integer": "double",
    "currency": "currency",
    "percent": "percent",
    "date": "date",
    "datetime": "datetime",
    "time": "time",
    "picklist": "picklist",
    "multipicklist": "multipicklist",
    "multiselectpicklist": "multipicklist",
    "lookup": "reference",
    "masterdetail": "reference",
    "reference": "reference",
    "autonumber": "string",
    "location": "location",
    "geolocation": "location",
}
LENGTHS = {"string": 255, "email": 80, "phone": 40, "url": 255, "picklist": 255, "multipicklist": 4099, "reference": 18}
FORMULA_LENGTH = 1300
LONG_TEXT = 32768
KEYS = frozenset(
    "type label length precision scale formula externalId unique caseSensitive picklist values required default "
    "referenceTo relationshipName restricted rollup autoNumber displayFormat inlineHelpText controller "
    "cascadeDelete".split()
)
CUSTOM_FLAGS = (
    "createable updateable deletable undeletable queryable retrieveable searchable replicateable triggerable layoutable "
    "mruEnabled compactLayoutable searchLayoutable"
).split()


class SchemaError(ValueError):
    """A specification that makes no sense; the text says which part and what it may be."""


def custom_field(name: str, spec: Mapping[str, Any], *, standard: bool = False) -> Field:
    """Raises SchemaError."""
    if not standard and not NAME.match(name):
        raise SchemaError(f"{name}: a custom field's name is letters, digits and _ and ends in __c")
    if unknown := set(spec) - KEYS:
        raise SchemaError(f"{name}: unknown key {min(unknown)!r}; a field knows {', '.join(sorted(KEYS))}")
    asked = str(spec.get("type", "text")).lower().replace("_", "").replace(" ", "").replace("-", "")
    kind = TYPES.get(asked)
    if spec.get("rollup") is not None:
        kind = TYPES.get(asked, "double") if "type" in spec else "double"
    if kind is None:
        raise SchemaError(f"{name}: unknown type {spec.get('type')!r}; one of {', '.join(sorted(set(TYPES)))}")
    told = _told(name, kind, spec)
    if asked == "masterdetail":
        told |= {"nillable": False, "cascadeDelete": True, "relationshipOrder": 0, "writeRequiresMasterRead": True}
    if asked == "autonumber" or spec.get("autoNumber"):
        shown = re.sub(r"\{(0+)\}", lambda m: f"{{0:0{len(m[1])}d}}", str(spec.get("displayFormat", "{0000}")))
        told |= {"autoNumber": True, "createable": False, "updateable": False, "autoNumberFormat": shown}
        told |= {"nillable": False, "defaultedOnCreate": True, "length": 30}
    return make_field(told)


def _told(name: str, kind: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": name,
        "type": kind,
        "label": spec.get("label") or name.removesuffix("__c").replace("_", " "),
        "custom": True,
        "createable": True,
        "updateable": True,
        "defaultedOnCreate": kind == "boolean",
        "permissionable": True,
        "length": int(spec.get("length", LENGTHS.get(kind, 0))),
        "inlineHelpText": spec.get("inlineHelpText"),
    }
    told["nillable"] = kind != "boolean" and not spec.get("required", False)
    if spec.get("required"):
        told["permissionable"] = False
    if kind == "textarea":
        _tell_text_area(told, spec)
    if kind in ("double", "currency", "percent"):
        told |= {
            "precision": int(spec.get("precision", 18)),
            "scale": int(spec.get("scale", 0 if kind == "double" else 2)),
        }
    if spec.get("externalId") or spec.get("unique"):
        told |= {
            "externalId": bool(spec.get("externalId")),
            "unique": bool(spec.get("unique")),
            "idLookup": bool(spec.get("externalId")),
            "caseSensitive": bool(spec.get("caseSensitive")),
        }
    _tell_default(told, kind, spec)
    _tell_choices(told, name, spec)
    _tell_reference(told, name, kind, spec)
    if spec.get("formula") is not None or spec.get("rollup") is not None:
        _tell_calculated(told, name, kind, spec)
    return {key: value for key, value in told.items() if value is not None}


def _tell_text_area(told: dict[str, Any], spec: Mapping[str, Any]) -> None:
    long = str(spec["type"]).lower() != "textarea"
    length = int(spec.get("length", LONG_TEXT if long else 255))
    short = length <= 255
    told |= {"length": length, "extraTypeInfo": "plaintextarea"}
    told |= dict.fromkeys(("filterable", "sortable", "groupable", "aggregatable"), short)


def _tell_default(told: dict[str, Any], kind: str, spec: Mapping[str, Any]) -> None:
    if kind == "boolean":
        told["defaultValue"] = bool(spec.get("default", False))
    elif spec.get("default") is not None and kind not in ("picklist", "multipicklist"):
        told |= {"defaultValue": spec["default"], "defaultedOnCreate": True}


def _tell_choices(told: dict[str, Any], name: str, spec: Mapping[str, Any]) -> None:
    values = spec.get("picklist", spec.get("values"))
    if values is None:
        if told["type"] in ("picklist", "multipicklist"):
            raise SchemaError(f"{name}: a picklist needs its values, as picklist: [...]")
        return
    if not isinstance(values, list):
        raise SchemaError(f"{name}: picklist is a list of values")
    if told["type"] == "string":
        told |= {"type": "picklist"}
    default = spec.get("default")
    told["picklistValues"] = [
        {"value": value, "label": value, "active": True, "defaultValue": True} if value == default else value
        for value in values
    ]
    told["restrictedPicklist"] = bool(spec.get("restricted", True))
    if spec.get("controller"):
        told["picklistValues"] = [_tell_dependent(choice) for choice in told["picklistValues"]]
        told |= {"controllerName": spec["controller"], "dependentPicklist": True}


def _tell_dependent(choice: Any) -> Any:
    """`{"value": "Tapas", "for": [0, 2]}`: offered when the controlling field holds its first or third value."""
    if not isinstance(choice, dict) or "for" not in choice:
        return choice
    if not all(isinstance(place, int) and 0 <= place < 1000 for place in choice["for"]):
        raise SchemaError(f"{choice['value']}: `for` lists places in the controlling field's values, from 0")
    return {**{key: value for key, value in choice.items() if key != "for"}, "validFor": spell_valid_for(choice["for"])}


def spell_valid_for(places: Sequence[int]) -> str:
    """Places in the controlling list as describe tells them: a bit each, the first one highest, in base 64."""
    bits = bytearray(3 * (max(places, default=0) // 24 + 1))
    for place in places:
        bits[place // 8] |= 0x80 >> place % 8
    return base64.b64encode(bits).decode()


def _tell_reference(told: dict[str, Any], name: str, kind: str, spec: Mapping[str, Any]) -> None:
    if kind != "reference":
        return
    targets = spec.get("referenceTo")
    if not targets:
        raise SchemaError(f"{name}: a lookup needs referenceTo, the object it points to")
    told["referenceTo"] = [targets] if isinstance(targets, str) else list(targets)
    told["relationshipName"] = name.removesuffix("__c") + "__r"


def _tell_calculated(told: dict[str, Any], name: str, kind: str, spec: Mapping[str, Any]) -> None:
    told |= {"calculated": True, "createable": False, "updateable": False, "nillable": True}
    told["defaultedOnCreate"] = False
    told.pop("defaultValue", None)
    if spec.get("formula") is not None:
        told["calculatedFormula"] = str(spec["formula"])
        if kind == "string":
            told["length"] = FORMULA_LENGTH
        return
    rollup = spec["rollup"]
    try:
        told["rollup"] = {
            "child": rollup["child"],
            "key": rollup["key"],
            "operation": str(rollup["operation"]).lower(),
            "summed": rollup.get("field"),
            "condition": rollup.get("condition"),
        }
    except (TypeError, KeyError) as error:
        raise SchemaError(
            f"{name}: a roll-up needs child, key (its foreign key) and operation; missing {error}"
        ) from None
    if told["rollup"]["operation"] not in ("count", "sum", "min", "max"):
        raise SchemaError(f"{name}: a roll-up's operation is count, sum, min or max")
    if told["rollup"]["operation"] != "count" and not told["rollup"]["summed"]:
        raise SchemaError(f"{name}: a roll-up that is no count needs field, what to {told['rollup']['operation']}")


def location_parts(field: Field) -> list[Field]:
    """The two numbers behind a geolocation field, `X__Latitude__s` and `X__Longitude__s`."""
    stem = field.name.removesuffix("__c")
    return [
        make_field(
            {
                "name": f"{stem}__{axis}__s",
                "type": "double",
                "label": f"{field.label} ({axis})",
                "custom": True,
                "compoundFieldName": field.name,
                "precision": 18,
                "scale": 15,
            }
        )
        for axis in ("Latitude", "Longitude")
    ]


def with_fields(sobject: Sobject, fields: list[Field]) -> Sobject:
    """The object with fields added, or replaced where it has them."""
    named = {f.name: f for f in sobject.fields.values()}
    named.update((f.name, f) for f in fields)
    return remake(sobject, fields=named.values())


def child_of(sobject_name: str, field: Field, spec: Mapping[str, Any]) -> Child:
    """The relationship down that a lookup makes on the object it points to."""
    given = spec.get("relationshipName") or f"{sobject_name.removesuffix('__c')}s"
    name = given if given.endswith("__r") else given + "__r"
    return Child(sobject=sobject_name, key=field.name, relationship=name, cascade_delete=field.cascade_delete)


def with_child(sobject: Sobject, child: Child) -> Sobject:
    kept = [c for c in sobject.children if (c.sobject, c.key) != (child.sobject, child.key)]
    return remake(sobject, children=[*kept, child])


def custom_sobject(name: str, spec: Mapping[str, Any], key_prefix: str) -> Sobject:
    """An object of one's own, with the system fields every one has. Raises SchemaError."""
    if not NAME.match(name):
        raise SchemaError(f"{name}: there is no such standard object; a custom object's name ends in __c")
    label = spec.get("label") or name.removesuffix("__c").replace("_", " ")
    lead = {f["name"]: f for f in read_standard_data()["objects"]["Lead"]["fields"]}
    told = [lead[n] for n in ("Id", "OwnerId", "IsDeleted")]
    told.append(
        {"name": "Name", "type": "string", "label": spec.get("nameLabel", f"{label} Name"), "length": 80}
        | {"nameField": True, "idLookup": True, "nillable": True, "createable": True, "updateable": True}
    )
    told += [
        lead[n]
        for n in (
            "CreatedDate",
            "CreatedById",
            "LastModifiedDate",
            "LastModifiedById",
            "SystemModstamp",
            "LastActivityDate",
        )
    ]
    return make_sobject(
        name=name,
        label=label,
        label_plural=spec.get("labelPlural"),
        key_prefix=key_prefix,
        flags=CUSTOM_FLAGS,
        fields=[make_field(entry) for entry in told],
        custom=True,
        children=[
            Child(sobject="Task", key="WhatId", relationship="Tasks", cascade_delete=True),
            Child(sobject="Event", key="WhatId", relationship="Events", cascade_delete=True),
        ],
    )
