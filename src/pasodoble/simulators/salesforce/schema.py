"""What objects and fields an org has: frozen definitions, made from the compact data in `data/`.

A definition is replaced, never changed: whoever keeps one may cache by its identity. How a definition is told over the
API (describe) does not belong here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Any

import orjson

TEXT_TYPES = frozenset("string combobox picklist multipicklist email phone url textarea encryptedstring".split())
NUMBER_TYPES = frozenset(("int", "double", "currency", "percent"))
ID_TYPES = frozenset(("id", "reference"))
COMPOUND_TYPES = frozenset(("address", "location"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One value of a picklist."""

    value: str
    label: str
    active: bool = True
    default: bool = False
    valid_for: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollup:
    """A roll-up summary on a master: `operation` (count, sum, min, max) of `summed` over the children of `child`.`key`."""

    child: str
    key: str
    operation: str
    summed: str | None = None
    condition: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field. Names follow describe's attributes; `told` holds those that differ from the type's usual ones."""

    name: str
    type: str
    label: str
    length: int = 0
    precision: int = 0
    scale: int = 0
    digits: int = 0
    nillable: bool = True
    createable: bool = False
    updateable: bool = False
    defaulted_on_create: bool = False
    default: Any = None
    default_formula: str | None = None
    custom: bool = False
    unique: bool = False
    external_id: bool = False
    id_lookup: bool = False
    case_sensitive: bool = False
    restricted: bool = False
    choices: tuple[Choice, ...] = ()
    controller: str | None = None
    refers_to: tuple[str, ...] = ()
    relationship: str | None = None
    cascade_delete: bool = False
    restricted_delete: bool = False
    compound: str | None = None
    """The compound field this is a part of: `Name` for FirstName, `Address` for City."""
    auto_number: bool = False
    auto_number_format: str = "{0}"
    calculated: bool = False
    formula: str | None = None
    rollup: Rollup | None = None
    name_field: bool = False
    polymorphic: bool = False
    filterable: bool = True
    sortable: bool = True
    groupable: bool = True
    aggregatable: bool = True
    permissionable: bool = False
    told: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False, hash=False)

    @property
    def required(self) -> bool:
        return not self.nillable and not self.defaulted_on_create and self.createable

    @property
    def indexed(self) -> bool:
        """Whether Salesforce keeps an index: ids, foreign keys, names, audit dates, unique and external id fields."""
        return (
            self.type in ID_TYPES
            or self.unique
            or self.external_id
            or self.id_lookup
            or self.name_field
            or self.name in ("CreatedDate", "SystemModstamp", "LastModifiedDate", "Email", "PersonEmail")
        )

    @property
    def default_choice(self) -> str | None:
        return next((choice.value for choice in self.choices if choice.default), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A relationship down: `relationship` is the name a sub-query uses, `key` the child's foreign key."""

    sobject: str
    key: str
    relationship: str | None
    cascade_delete: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordType:
    id: str
    name: str
    developer_name: str
    active: bool = True
    default: bool = False
    master: bool = False
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    """Field name -> the picklist values this type allows, where it narrows them."""


MASTER = RecordType(id="012000000000000AAA", name="Master", developer_name="Master", default=True, master=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sobject:
    """One object: its fields by API name in order, and what may be done with its rows (`flags`, describe's names)."""

    name: str
    label: str
    label_plural: str
    key_prefix: str
    flags: frozenset[str]
    fields: Mapping[str, Field]
    custom: bool = False
    children: tuple[Child, ...] = ()
    record_types: tuple[RecordType, ...] = (MASTER,)
    scopes: tuple[Mapping[str, str], ...] = ()
    by_lower: Mapping[str, Field] = field(default_factory=dict, repr=False, compare=False, hash=False)
    up: Mapping[str, Field] = field(default_factory=dict, repr=False, compare=False, hash=False)
    down: Mapping[str, Child] = field(default_factory=dict, repr=False, compare=False, hash=False)
    components: Mapping[str, tuple[Field, ...]] = field(default_factory=dict, repr=False, compare=False, hash=False)

    def find_field(self, name: str) -> Field | None:
        """By API name, in any case."""
        return self.fields.get(name) or self.by_lower.get(name.lower())

    def find_parent(self, relationship: str) -> Field | None:
        """The reference field behind a relationship name (`Account`, `Owner`, `Thing__r`), in any case."""
        return self.up.get(relationship.lower())

    def find_child(self, relationship: str) -> Child | None:
        """The relationship down of this name (`Contacts`, `Things__r`), in any case."""
        return self.down.get(relationship.lower())

    @property
    def name_field(self) -> Field | None:
        return next((f for f in self.fields.values() if f.name_field), None)

    def having(self, flag: str) -> bool:
        """Whether describe says `flag` (`createable`, `mergeable`, ...)."""
        return flag in self.flags


def make_sobject(
    *,
    name: str,
    label: str,
    key_prefix: str,
    flags: Iterable[str],
    fields: Iterable[Field],
    label_plural: str | None = None,
    custom: bool = False,
    children: Iterable[Child] = (),
    record_types: Iterable[RecordType] = (MASTER,),
    scopes: Iterable[Mapping[str, str]] = (),
) -> Sobject:
    """A Sobject with its look-up tables filled."""
    by_name = {f.name: f for f in fields}
    components: dict[str, list[Field]] = {}
    for part in by_name.values():
        if part.compound:
            components.setdefault(part.compound, []).append(part)
    downs = tuple(children)
    return Sobject(
        name=name,
        label=label,
        label_plural=label_plural or label + "s",
        key_prefix=key_prefix,
        flags=frozenset(flags),
        fields=MappingProxyType(by_name),
        custom=custom,
        children=downs,
        record_types=tuple(record_types),
        scopes=tuple(scopes),
        by_lower={n.lower(): f for n, f in by_name.items()},
        up={f.relationship.lower(): f for f in by_name.values() if f.relationship and f.refers_to},
        down={c.relationship.lower(): c for c in downs if c.relationship},
        components={n: tuple(parts) for n, parts in components.items()},
    )


def remake(
    sobject: Sobject,
    *,
    fields: Iterable[Field] | None = None,
    children: Iterable[Child] | None = None,
    record_types: Iterable[RecordType] | None = None,
    flags: Iterable[str] | None = None,
) -> Sobject:
    """The object with some of its parts replaced."""
    return make_sobject(
        name=sobject.name,
        label=sobject.label,
        label_plural=sobject.label_plural,
        key_prefix=sobject.key_prefix,
        flags=sobject.flags if flags is None else flags,
        fields=sobject.fields.values() if fields is None else fields,
        custom=sobject.custom,
        children=sobject.children if children is None else children,
        record_types=sobject.record_types if record_types is None else record_types,
        scopes=sobject.scopes,
    )


@lru_cache(maxsize=1)
def read_standard_data() -> dict[str, Any]:
    """The compact data: `usual` (attributes by type) and `objects`, standard and supplement in one."""
    folder = resources.files(__package__) / "data"
    standard: dict[str, Any] = orjson.loads((folder / "standard.json").read_bytes())
    supplement = orjson.loads((folder / "supplement.json").read_bytes())
    for name, item in supplement["objects"].items():
        known = standard["objects"].setdefault(name, {"fields": []})
        known["children"] = [*known.get("children", ()), *item.get("children", ())]
        known["fields"] = [*known["fields"], *item.get("fields", ())]
        known.update({k: v for k, v in item.items() if k not in ("fields", "children")})
    return standard


def usual_attributes(field_type: str) -> dict[str, Any]:
    """What describe usually says of a field of this type."""
    usual: dict[str, dict[str, Any]] = read_standard_data()["usual"]
    return usual.get(field_type) or usual[_LIKE.get(field_type, "string")]


_LIKE = {"multipicklist": "picklist", "time": "datetime", "location": "address", "encryptedstring": "string"}


def make_field(told: Mapping[str, Any]) -> Field:
    """A Field from what its describe entry says beyond the usual of its type."""
    said = {**usual_attributes(told["type"]), **told}
    return Field(
        name=told["name"],
        type=told["type"],
        label=told["label"],
        length=said.get("length", 0),
        precision=said.get("precision", 0),
        scale=said.get("scale", 0),
        digits=said.get("digits", 0),
        nillable=said["nillable"],
        createable=said["createable"],
        updateable=said["updateable"],
        defaulted_on_create=said["defaultedOnCreate"],
        default=said.get("defaultValue"),
        default_formula=said.get("defaultValueFormula"),
        custom=said["custom"],
        unique=said["unique"],
        external_id=said["externalId"],
        id_lookup=said["idLookup"],
        case_sensitive=said["caseSensitive"],
        restricted=said["restrictedPicklist"],
        choices=tuple(make_choice(choice) for choice in told.get("picklistValues", ())),
        controller=said.get("controllerName"),
        refers_to=tuple(said.get("referenceTo", ())),
        relationship=said.get("relationshipName"),
        cascade_delete=said["cascadeDelete"],
        restricted_delete=said["restrictedDelete"],
        compound=said.get("compoundFieldName") if told.get("compoundFieldName") else None,
        auto_number=said["autoNumber"],
        auto_number_format=told.get("autoNumberFormat", "{0}"),
        calculated=said["calculated"],
        formula=said.get("calculatedFormula"),
        rollup=Rollup(**told["rollup"]) if told.get("rollup") else None,
        name_field=said["nameField"],
        polymorphic=said["polymorphicForeignKey"],
        filterable=said["filterable"],
        sortable=said["sortable"],
        groupable=said["groupable"],
        aggregatable=said["aggregatable"],
        permissionable=said["permissionable"],
        told=MappingProxyType(dict(told)),
    )


def make_choice(told: Any) -> Choice:
    """A picklist value told as text, as `[value, label]` or as describe's own entry."""
    match told:
        case str():
            return Choice(value=told, label=told)
        case [value, label]:
            return Choice(value=value, label=label)
        case _:
            value = str(told["value"])
            return Choice(
                value=value,
                label=str(told.get("label") or value),
                active=bool(told.get("active", True)),
                default=bool(told.get("defaultValue", told.get("default", False))),
                valid_for=told.get("validFor"),
            )


def standard_sobjects(*, person_accounts: bool = False) -> dict[str, Sobject]:
    """The standard objects, references to objects that this org does not have taken out."""
    data = read_standard_data()["objects"]
    made = {}
    for name, item in data.items():
        told = [*item["fields"], *(item.get("personFields", ()) if person_accounts else ())]
        made[name] = make_sobject(
            name=name,
            label=item["label"],
            label_plural=item.get("labelPlural"),
            key_prefix=item["keyPrefix"],
            flags=item["flags"],
            fields=[_known_only(make_field(entry), data) for entry in told],
            children=[
                Child(sobject=c, key=k, relationship=r, cascade_delete=bool(cascade))
                for c, k, r, cascade in item.get("children", ())
            ],
            scopes=item.get("supportedScopes", ()),
        )
    return made


def _known_only(made: Field, known: Mapping[str, Any]) -> Field:
    if not made.refers_to:
        return made
    targets = tuple(name for name in made.refers_to if name in known)
    return replace(made, refers_to=targets, relationship=made.relationship if targets else None)
