"""`/__sandbox__/schema`: what an administrator sets up. GET tells it, PATCH merges into it, all or nothing.

    {"objects": {"Lead": {"fields": {"Score__c": {"type": "double", "precision": 5}},
                          "validation_rules": [{"name": "R", "formula": "ISBLANK(Email)", "message": "...", "field": "Email"}],
                          "permissions": {"edit": false, "fields": {"Title": {"read": false}}},
                          "duplicate_rules": [{"name": "D", "match": ["Email"], "action": "block"}],
                          "assignment_rules": [{"name": "A", "entries": [{"formula": "", "owner": "005..."}]}],
                          "record_types": [{"name": "Partner", "picklists": {"LeadSource": ["Web"]}}],
                          "hidden": ["00Q..."]}},
     "settings": {"late_visible_s": 5, "set_audit_fields": true, "daily_api_requests": 100}}

A rule replaces the one of its name; null in place of a field's specification, or "delete": true in a rule, removes it.
Which settings there are and what reads them is `knobs`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from pasodoble.simulators.door import DoorError
from pasodoble.simulators.salesforce.custom import (
    SchemaError,
    child_of,
    custom_field,
    custom_sobject,
    location_parts,
    with_child,
    with_fields,
)
from pasodoble.simulators.salesforce.door.actions import find_user
from pasodoble.simulators.salesforce.door.knobs import read_number, set_knob, tell_knobs
from pasodoble.simulators.salesforce.effects import roll_up
from pasodoble.simulators.salesforce.formula import FormulaError, compile_condition, compile_formula
from pasodoble.simulators.salesforce.furnish import STATUSES, add_key_fields, add_status, put
from pasodoble.simulators.salesforce.ids import full_id
from pasodoble.simulators.salesforce.metering import Meter
from pasodoble.simulators.salesforce.org import Org
from pasodoble.simulators.salesforce.persons import repeated
from pasodoble.simulators.salesforce.schema import MASTER, Field, RecordType, Sobject, make_field, remake
from pasodoble.simulators.salesforce.settings import Access, AssignmentRule, DuplicateRule, ValidationRule
from pasodoble.simulators.salesforce.writes import Writer

OBJECT_KEYS = (
    "fields validation_rules permissions duplicate_rules assignment_rules record_types hidden label labelPlural nameLabel"
).split()
STANDARD_KEYS = {"label", "picklist", "values", "restricted", "required", "length", "default"}


class Setup:
    """The administrator's desk."""

    def __init__(self, org: Org, meter: Meter) -> None:
        self._org = org
        self._meter = meter

    # Telling

    def tell(self) -> dict[str, Any]:
        org = self._org
        return {
            "objects": {name: self._tell_object(org.tables[name].sobject) for name in sorted(org.tables)},
            "settings": {**tell_knobs(org.settings), "daily_api_requests": self._meter.allotment},
        }

    def _tell_object(self, sobject: Sobject) -> dict[str, Any]:
        settings, name = self._org.settings, sobject.name
        access = settings.permissions.get(name, Access())
        hidden = [row_id for row_id in settings.hidden_records if self._org.sobject_of(row_id) is sobject]
        return {
            "fields": {field.name: _tell_field(field) for field in sobject.fields.values()},
            "validation_rules": [_tell_rule(rule) for rule in settings.validation_rules.get(name, ())],
            "duplicate_rules": [_tell_rule(rule) for rule in settings.duplicate_rules.get(name, ())],
            "assignment_rules": [
                {
                    "name": rule.name,
                    "id": rule.id,
                    "active": rule.active,
                    "entries": [{"formula": formula, "owner": owner} for formula, owner in rule.entries],
                }
                for rule in settings.assignment_rules.get(name, ())
            ],
            "record_types": [
                {"name": kind.name, "developerName": kind.developer_name, "id": kind.id, "default": kind.default}
                for kind in sobject.record_types
            ],
            "permissions": {
                **{key: getattr(access, key) for key in ("read", "create", "edit", "delete")},
                "fields": {
                    **{field: {"edit": False} for field in sorted(access.locked)},
                    **{field: {"read": False} for field in sorted(access.hidden)},
                },
            },
            "hidden": sorted(hidden),
        }

    # Changing

    def change(self, order: object) -> dict[str, Any]:
        """Merge an order in, or raise DoorError and leave all as it was."""
        if not isinstance(order, dict) or set(order) - {"objects", "settings"}:
            raise DoorError('the schema takes {"objects": {...}, "settings": {...}}')
        org = self._org
        before = {name: table.sobject for name, table in org.tables.items()}
        settings, allotment = copy.deepcopy(org.settings), self._meter.allotment
        try:
            self._apply(order)
            self._try_formulas(order)
            self._fill_rollups(before)
        except (SchemaError, FormulaError, DoorError, TypeError, KeyError, ValueError, AttributeError) as error:
            org.settings, self._meter.allotment = settings, allotment
            for name in set(org.tables) - set(before):
                org.undefine(name)
            org.define(before.values())
            raise DoorError(_spell(error)) from None
        return self.tell()

    def _apply(self, order: Mapping[str, Any]) -> None:
        for name, spec in _mapping(order.get("objects", {}), "objects").items():
            self._change_object(name, _mapping(spec, name))
        for name, value in _mapping(order.get("settings", {}), "settings").items():
            self._set(name, value)
        self._org.changed()

    def _set(self, name: str, value: Any) -> None:
        if name == "daily_api_requests":
            self._meter.allotment = int(read_number(name, value))
        else:
            set_knob(self._org.settings, name, value)

    def _change_object(self, name: str, spec: Mapping[str, Any]) -> None:
        if unknown := set(spec) - set(OBJECT_KEYS):
            raise DoorError(f"{name}: unknown key {min(unknown)!r}; an object knows {', '.join(OBJECT_KEYS)}")
        sobject = self._org.find_sobject(name) or self._new_object(name, spec)
        name = sobject.name
        if "fields" in spec:
            self._change_fields(sobject, _mapping(spec["fields"], f"{name}.fields"))
        if "record_types" in spec:
            self._change_record_types(name, spec["record_types"])
        settings = self._org.settings
        makers: tuple[tuple[str, dict[str, list[Any]], Callable[[Any], Any]], ...] = (
            ("validation_rules", settings.validation_rules, lambda rule: self._validation_rule(name, rule)),
            ("duplicate_rules", settings.duplicate_rules, lambda rule: self._duplicate_rule(name, rule)),
            ("assignment_rules", settings.assignment_rules, lambda rule: self._assignment_rule(name, rule)),
        )
        for key, kept, make in makers:
            if key in spec:
                kept[name] = _merge_rules(kept.get(name, []), spec[key], make, f"{name}.{key}")
        if "permissions" in spec:
            self._change_access(name, _mapping(spec["permissions"], f"{name}.permissions"))
        if "hidden" in spec:
            mine = {i for i in settings.hidden_records if self._org.sobject_of(i) == self._org.find_sobject(name)}
            settings.hidden_records -= mine
            settings.hidden_records |= {full_id(str(record_id)) or str(record_id) for record_id in spec["hidden"]}

    def _new_object(self, name: str, spec: Mapping[str, Any]) -> Sobject:
        number = self._org.count_up("custom objects")
        sobject = custom_sobject(name, spec, f"a0{number}" if number < 10 else f"a{number:02d}")
        self._org.define([sobject])
        for what in ("Task", "Event"):
            activity = self._org.sobject(what)
            field = activity.fields["WhatId"]
            wider = replace(field, refers_to=(*field.refers_to, name))
            self._org.define([with_fields(activity, [wider])])
        if self._org.switches.pasodoble_key:
            add_key_fields(self._org)
        return self._org.sobject(name)

    # Fields

    def _change_fields(self, sobject: Sobject, specs: Mapping[str, Any]) -> None:
        fields = dict(sobject.fields)
        lookups: list[tuple[Field, Mapping[str, Any]]] = []
        for name, spec in specs.items():
            known = sobject.find_field(name)
            if spec is None:
                fields.pop(known.name if known else name, None)
                continue
            spec = _mapping(spec, f"{sobject.name}.{name}")
            field = _changed_standard(known, spec) if known and not known.custom else custom_field(name, spec)
            fields[field.name] = field
            if field.type == "location":
                fields.update((part.name, part) for part in location_parts(field))
            if field.type == "reference" and field.custom:
                lookups.append((field, spec))
        self._org.define([remake(sobject, fields=fields.values())])
        if sobject.name == "Contact" and self._org.switches.person_accounts:
            custom = [repeated(f) for f in fields.values() if f.custom and not f.unique]
            self._org.define([with_fields(self._org.sobject("Account"), custom)])
        self._drop_values(sobject.name, set(sobject.fields) - set(fields))
        for field, spec in lookups:
            self._add_child(sobject.name, field, spec)
        for name, spec in specs.items():
            self._tell_statuses(sobject.name, name, spec or {})

    def _add_child(self, name: str, field: Field, spec: Mapping[str, Any]) -> None:
        for target in field.refers_to:
            parent = self._org.find_sobject(target)
            if parent is None:
                raise DoorError(f"{name}.{field.name}: referenceTo names {target!r}, which is no object of this org")
            self._org.define([with_child(parent, child_of(name, field, spec))])

    def _tell_statuses(self, sobject: str, field: str, spec: Mapping[str, Any]) -> None:
        """Give new statuses and stages their meaning: `{"value": "Won!", "isClosed": true, "isWon": true}`."""
        stages = (sobject, field) == ("Opportunity", "StageName")
        told = "OpportunityStage" if stages else STATUSES.get((sobject, field))
        known = {row["ApiName"] for row in self._org.table(told).rows.values()} if told else set()
        for choice in spec.get("picklist", spec.get("values", ())) if told else ():
            said = choice if isinstance(choice, dict) else {"value": choice}
            meaning: dict[str, Any] = {name: bool(said[key]) for key, name in MEANING_KEYS.items() if key in said}
            if stages:
                category = str(said.get("forecastCategory", "Pipeline"))
                meaning |= {"ForecastCategory": category, "ForecastCategoryName": category, "IsActive": True}
                meaning["DefaultProbability"] = float(said.get("probability", 100 if meaning.get("IsWon") else 0))
            if len(said) > 1 or said["value"] not in known:
                add_status(self._org, told or "", str(said["value"]), **meaning)

    def _drop_values(self, name: str, gone: set[str]) -> None:
        table = self._org.table(name)
        for row in list(table.rows.values()) if gone else ():
            if gone & row.keys():
                table.put({key: value for key, value in row.items() if key not in gone})

    # Record types

    def _change_record_types(self, name: str, specs: Any) -> None:
        if not isinstance(specs, list):
            raise DoorError(f"{name}.record_types is a list")
        sobject = self._org.sobject(name)
        kinds = {kind.developer_name: kind for kind in sobject.record_types}
        for spec in specs:
            given = _mapping(spec, f"{name}.record_types")
            label = str(given["name"])
            developer_name = str(given.get("developerName") or label.replace(" ", "_"))
            known = kinds.get(developer_name)
            kinds[developer_name] = RecordType(
                id=known.id if known else self._new_record_type(name, label, developer_name, given),
                name=label,
                developer_name=developer_name,
                active=bool(given.get("active", True)),
                default=bool(given.get("default", False)),
                choices={field: tuple(values) for field, values in given.get("picklists", {}).items()},
            )
        others = [kind for key, kind in kinds.items() if key != MASTER.developer_name]
        has_default = any(kind.default for kind in others)
        master = replace(MASTER, default=not has_default)
        fields = dict(sobject.fields)
        if "RecordTypeId" not in fields:
            fields["RecordTypeId"] = make_field(RECORD_TYPE_FIELD)
        self._org.define([remake(sobject, fields=fields.values(), record_types=[*others, master])])

    def _new_record_type(self, name: str, label: str, developer_name: str, spec: Mapping[str, Any]) -> str:
        return put(
            self._org,
            "RecordType",
            Name=label,
            DeveloperName=developer_name,
            SobjectType=name,
            IsActive=bool(spec.get("active", True)),
        )

    # Rules

    def _validation_rule(self, name: str, spec: Mapping[str, Any]) -> ValidationRule:
        field = spec.get("field")
        if field is not None:
            found = self._org.sobject(name).find_field(str(field))
            if found is None:
                raise DoorError(f"{name}: validation rule {spec['name']} names a field {field!r} that is not there")
            field = found.name
        return ValidationRule(
            name=str(spec["name"]),
            formula=str(spec["formula"]),
            message=str(spec.get("message") or spec["name"]),
            field=field,
            code=str(spec.get("code") or "FIELD_CUSTOM_VALIDATION_EXCEPTION"),
            active=bool(spec.get("active", True)),
        )

    def _duplicate_rule(self, name: str, spec: Mapping[str, Any]) -> DuplicateRule:
        match, target = spec["match"], spec.get("match_object")
        names = (match,) if isinstance(match, str) else tuple(match)
        other = self._org.find_sobject(str(target)) if target else self._org.sobject(name)
        if other is None:
            raise DoorError(f"{name}: duplicate rule {spec['name']} searches {target!r}, which is no object")
        for field in names:
            if field not in self._org.sobject(name).fields or field not in other.fields:
                raise DoorError(f"{name}: duplicate rule {spec['name']} matches by {field!r}, which is no field")
        action = str(spec.get("action", "alert")).lower()
        if action not in ("block", "alert", "report"):
            raise DoorError(f"{name}: a duplicate rule's action is block, alert or report")
        return DuplicateRule(
            name=str(spec["name"]),
            match=names,
            action=action,
            message=str(spec.get("message", "Use one of these records?")),
            match_object=other.name,
            on_create=bool(spec.get("on_create", True)),
            on_update=bool(spec.get("on_update", False)),
            active=bool(spec.get("active", True)),
        )

    def _assignment_rule(self, name: str, spec: Mapping[str, Any]) -> AssignmentRule:
        known = self._org.settings.assignment_rules.get(name, [])
        rule_id = next((rule.id for rule in known if rule.name == spec["name"]), None)
        active = bool(spec.get("active", True))
        rule_id = put(self._org, "AssignmentRule", Id=rule_id, Name=str(spec["name"]), SobjectType=name, Active=active)
        entries = []
        for entry in spec["entries"]:
            owner = str(entry["owner"])
            owner_id = full_id(owner) if owner.startswith("00G") else find_user(self._org, owner)
            entries.append((str(entry.get("formula") or ""), owner_id or owner))
        return AssignmentRule(name=str(spec["name"]), id=rule_id, entries=tuple(entries), active=active)

    def _change_access(self, name: str, spec: Mapping[str, Any]) -> None:
        known = self._org.settings.permissions.get(name, Access())
        flags = {key: bool(spec[key]) for key in ("read", "create", "edit", "delete") if key in spec}
        if unknown := set(spec) - {"read", "create", "edit", "delete", "fields"}:
            raise DoorError(f"{name}.permissions: unknown key {min(unknown)!r}")
        hidden, locked = set(known.hidden), set(known.locked)
        for field, rights in _mapping(spec.get("fields", {}), f"{name}.permissions.fields").items():
            found = self._org.sobject(name).find_field(field)
            if found is None:
                raise DoorError(f"{name}.permissions: no field {field!r}")
            (hidden.discard if rights.get("read", True) else hidden.add)(found.name)
            (locked.discard if rights.get("edit", True) else locked.add)(found.name)
        self._org.settings.permissions[name] = replace(
            known, **flags, hidden=frozenset(hidden), locked=frozenset(locked)
        )

    # Checks

    def _try_formulas(self, order: Mapping[str, Any]) -> None:
        """Compile every formula of the objects that were touched, so that a bad one is refused now."""
        org = self._org
        view = org.view("", unlimited=True)
        for name in order.get("objects", {}):
            sobject = org.find_sobject(name)
            if sobject is None:
                continue
            for field in sobject.fields.values():
                if field.formula is not None:
                    compile_formula(field.formula, view, sobject, result=field)
                if field.rollup is not None:
                    self._try_rollup(field)
            rules = [rule.formula for rule in org.settings.validation_rules.get(sobject.name, ())]
            entries = [e for rule in org.settings.assignment_rules.get(sobject.name, ()) for e, _ in rule.entries]
            for text in filter(None, [*rules, *entries]):
                compile_condition(text, view, sobject)

    def _fill_rollups(self, before: Mapping[str, Sobject]) -> None:
        """Calculate a new or changed roll-up for the records there are; it moves their SystemModstamp only."""
        org = self._org
        for master, item in [pair for pairs in org.rollups.values() for pair in pairs]:
            known = before[master.name].fields.get(item.name) if master.name in before else None
            if known is not None and known.rollup == item.rollup:
                continue
            with org.transaction(org.integration_user_id) as work:
                writer = Writer(work, org.view(org.integration_user_id, unlimited=True))
                for record_id in list(org.table(master.name).rows):
                    writer.amend(master.name, record_id, {item.name: roll_up(writer, item, record_id)})

    def _try_rollup(self, field: Field) -> None:
        rollup = field.rollup
        assert rollup is not None
        child = self._org.find_sobject(rollup.child)
        if child is None or child.name != rollup.child:
            raise DoorError(f"{field.name}: the roll-up's child {rollup.child!r} is no object")
        for name in filter(None, (rollup.key, rollup.summed)):
            if name not in child.fields:
                raise DoorError(f"{field.name}: the roll-up's child {rollup.child} has no field {name!r}")
        if rollup.condition:
            compile_condition(rollup.condition, self._org.view("", unlimited=True), child)


MEANING_KEYS = {"isClosed": "IsClosed", "isWon": "IsWon", "isConverted": "IsConverted"}
RECORD_TYPE_FIELD = {
    "name": "RecordTypeId",
    "type": "reference",
    "label": "Record Type ID",
    "length": 18,
    "createable": True,
    "updateable": True,
    "nillable": True,
    "referenceTo": ["RecordType"],
    "relationshipName": "RecordType",
}


def _changed_standard(known: Field, spec: Mapping[str, Any]) -> Field:
    """A standard field with what Setup lets one change about it."""
    if unknown := set(spec) - STANDARD_KEYS - {"type"}:
        raise DoorError(
            f"{known.name}: of a standard field only {', '.join(sorted(STANDARD_KEYS))} can be changed, not {min(unknown)}"
        )
    told = dict(known.told)
    if "label" in spec:
        told["label"] = spec["label"]
    if "length" in spec:
        told["length"] = int(spec["length"])
    if "required" in spec:
        told["nillable"] = not spec["required"]
    if "restricted" in spec:
        told["restrictedPicklist"] = bool(spec["restricted"])
    values = spec.get("picklist", spec.get("values"))
    if values is not None:
        told["picklistValues"] = [
            {"value": value, "active": True, "defaultValue": True} if value == spec.get("default") else value
            for value in values
        ]
    elif "default" in spec:
        told["defaultValue"] = spec["default"]
    return make_field(told)


def _tell_field(field: Field) -> dict[str, Any]:
    told: dict[str, Any] = {"type": field.type, "label": field.label}
    optional = {
        "length": field.length,
        "precision": field.precision,
        "scale": field.scale,
        "formula": field.formula,
        "externalId": field.external_id,
        "unique": field.unique,
        "required": field.required,
        "picklist": [choice.value for choice in field.choices],
        "default": field.default if field.default is not None else field.default_choice,
        "referenceTo": list(field.refers_to),
        "custom": field.custom,
    }
    return told | {key: value for key, value in optional.items() if value not in (None, False, 0, [])}


def _tell_rule(rule: Any) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in type(rule).__slots__}


def _mapping(value: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise DoorError(f"{name} is an object of names and specifications, not {type(value).__name__}")
    return value


def _merge_rules(known: list[Any], specs: Any, make: Callable[[Any], Any], place: str) -> list[Any]:
    if not isinstance(specs, list):
        raise DoorError(f"{place} is a list of rules")
    kept = {rule.name: rule for rule in known}
    for spec in specs:
        given = _mapping(spec, place)
        if "name" not in given:
            raise DoorError(f"{place}: a rule needs a name")
        if given.get("delete"):
            kept.pop(given["name"], None)
        else:
            kept[given["name"]] = make(given)
    return list(kept.values())


def _spell(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)
