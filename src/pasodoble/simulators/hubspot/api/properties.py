"""The properties API: definitions of an object type's properties and their groups.

What a value has to look like does not belong here (see `values`).
"""

from __future__ import annotations

import re
from typing import Any, Final

from pasodoble.simulators.http import Request, Response, json_response
from pasodoble.simulators.hubspot.api.batches import envelope
from pasodoble.simulators.hubspot.api.objects import flag, kind_of
from pasodoble.simulators.hubspot.bodies import inputs, json_object, optional, required
from pasodoble.simulators.hubspot.errors import Refusal, conflict, missing, too_many_inputs
from pasodoble.simulators.hubspot.moments import iso
from pasodoble.simulators.hubspot.object_types import ObjectType
from pasodoble.simulators.hubspot.portal import Portal
from pasodoble.simulators.hubspot.property_model import Option, Property, PropertyBook, PropertyGroup
from pasodoble.simulators.hubspot.routes import Routes, actor_of, is_dated

BASES = ("/crm/v3/properties", "/crm/properties/{edition}")
MAX_UNIQUE: Final = 10
MAX_INPUTS: Final = 100
NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,99}$")
FIELD_TYPES: Final[dict[str, tuple[str, ...]]] = {
    "string": ("text", "textarea", "html", "file", "phonenumber", "calculation_equation"),
    "number": ("number", "calculation_equation"),
    "date": ("date",),
    "datetime": ("date",),
    "enumeration": ("select", "radio", "checkbox", "booleancheckbox", "calculation_equation"),
    "bool": ("booleancheckbox", "calculation_equation"),
    "phone_number": ("phonenumber",),
}
"""Types a property may be created with, each with the field types that go with it."""
CARRIED: Final = (
    "numberDisplayHint",
    "showCurrencySymbol",
    "currencyPropertyName",
    "textDisplayHint",
    "dateDisplayHint",
)


class PropertiesApi:
    def __init__(self, portal: Portal) -> None:
        self.portal = portal

    def list_properties(self, request: Request) -> Response:
        kind = kind_of(self.portal, request)
        book = self._book(kind)
        found = book.archived if flag(request, "archived") else book.live
        sensitivity = request.one("dataSensitivity")
        rows = [
            self._show(request, kind, definition)
            for definition in found.values()
            if sensitivity in (None, definition.sensitivity)
        ]
        return json_response({"results": rows}, records=len(rows))

    def get_property(self, request: Request) -> Response:
        kind = kind_of(self.portal, request)
        definition = self._find(kind, request.params["name"], archived=flag(request, "archived"))
        return json_response(self._show(request, kind, definition), records=1)

    def create_property(self, request: Request) -> Response:
        kind = kind_of(self.portal, request)
        definition = self._make(request, kind, json_object(request))
        self._book(kind).add(definition)
        return json_response(self._show(request, kind, definition), 201, records=1, writes=1)

    def update_property(self, request: Request) -> Response:
        kind = kind_of(self.portal, request)
        definition = self._find(kind, request.params["name"])
        change_property(self._book(kind), definition, json_object(request))
        definition.updated_ms = self.portal.now_ms()
        definition.updated_by = _user_of(request)
        return json_response(self._show(request, kind, definition), records=1, writes=1)

    def archive_property(self, request: Request) -> Response:
        kind = kind_of(self.portal, request)
        self._archive(kind, self._find(kind, request.params["name"]))
        return Response(status=204, records=1, writes=1)

    def batch_read(self, request: Request) -> Response:
        kind, body = kind_of(self.portal, request), json_object(request)
        names = [required(entry, "name", str) for entry in inputs(request, limit=MAX_INPUTS)]
        book = self._book(kind)
        found = book.archived if optional(body, "archived", bool) else book.live
        results = [self._show(request, kind, found[name]) for name in dict.fromkeys(names) if name in found]
        errors = [_no_property(name).batch_error() for name in names if name not in found]
        return json_response(envelope(self.portal, results, errors), 207 if errors else 200, records=len(results))

    def batch_create(self, request: Request) -> Response:
        kind, results, errors = kind_of(self.portal, request), [], []
        for entry in inputs(request, limit=MAX_INPUTS):
            try:
                definition = self._make(request, kind, entry)
            except Refusal as refusal:
                errors.append(refusal.batch_error(name=str(entry.get("name", ""))))
                continue
            self._book(kind).add(definition)
            results.append(self._show(request, kind, definition))
        body = envelope(self.portal, results, errors)
        return json_response(body, 207 if errors else 201, records=len(results), writes=len(results))

    def batch_archive(self, request: Request) -> Response:
        kind = kind_of(self.portal, request)
        wanted = inputs(request)
        if len(wanted) > MAX_INPUTS:
            raise too_many_inputs(MAX_INPUTS)
        found = [self._find(kind, required(entry, "name", str)) for entry in wanted]
        for definition in found:
            self._archive(kind, definition)
        return Response(status=204, records=len(found), writes=len(found))

    def _book(self, kind: ObjectType) -> PropertyBook:
        return self.portal.properties[kind.type_id]

    def _find(self, kind: ObjectType, name: str, *, archived: bool = False) -> Property:
        book = self._book(kind)
        definition = (book.archived if archived else book.live).get(name)
        if definition is None:
            raise _no_property(name)
        return definition

    def _make(self, request: Request, kind: ObjectType, body: dict[str, Any]) -> Property:
        definition = make_property(self._book(kind), body)
        definition.created_ms = definition.updated_ms = self.portal.now_ms()
        definition.created_by = definition.updated_by = _user_of(request)
        return definition

    def _archive(self, kind: ObjectType, definition: Property) -> None:
        if definition.hubspot_defined:
            message = f"Property {definition.name} is defined by HubSpot and cannot be archived"
            raise Refusal(message, errors=[{"message": message, "code": "PROPERTY_NOT_ARCHIVABLE"}])
        if definition.name in kind.required:
            raise Refusal(f"Property {definition.name} is required by {kind.constant} and cannot be archived")
        self._book(kind).archive(definition.name, self.portal.now_ms())

    def _show(self, request: Request, kind: ObjectType, definition: Property) -> dict[str, Any]:
        return show_property(self.portal, kind, definition, dated=is_dated(request))

    # Groups

    def list_groups(self, request: Request) -> Response:
        groups = self._book(kind_of(self.portal, request)).groups.values()
        return json_response({"results": [show_group(group) for group in groups if not group.archived]})

    def get_group(self, request: Request) -> Response:
        return json_response(show_group(self._group(request)))

    def create_group(self, request: Request) -> Response:
        book, body = self._book(kind_of(self.portal, request)), json_object(request)
        name, label = required(body, "name", str), required(body, "label", str)
        if name in book.groups and not book.groups[name].archived:
            raise conflict(f"A property group named {name} already exists")
        order = optional(body, "displayOrder", int)
        group = book.groups[name] = PropertyGroup(name=name, label=label, order=-1 if order is None else order)
        return json_response(show_group(group), 201, writes=1)

    def update_group(self, request: Request) -> Response:
        group, body = self._group(request), json_object(request)
        group.label = optional(body, "label", str) or group.label
        order = optional(body, "displayOrder", int)
        group.order = group.order if order is None else order
        return json_response(show_group(group), writes=1)

    def archive_group(self, request: Request) -> Response:
        group = self._group(request)
        book = self._book(kind_of(self.portal, request))
        if any(definition.group == group.name for definition in book.live.values()):
            raise Refusal(f"Property group {group.name} still has properties and cannot be archived")
        group.archived = True
        return Response(status=204, writes=1)

    def _group(self, request: Request) -> PropertyGroup:
        group = self._book(kind_of(self.portal, request)).groups.get(request.params["group"])
        if group is None or group.archived:
            raise missing(f"Property group {request.params['group']} does not exist", name=request.params["group"])
        return group


def _user_of(request: Request) -> str | None:
    user_id = actor_of(request).user_id
    return None if user_id is None else str(user_id)


def _no_property(name: str) -> Refusal:
    return missing(f'Property "{name}" does not exist', name=name)


def make_property(book: PropertyBook, body: dict[str, Any]) -> Property:
    """A definition from a create request. Raises Refusal."""
    name, label = required(body, "name", str), required(body, "label", str)
    type_, field_type = required(body, "type", str), required(body, "fieldType", str)
    group = required(body, "groupName", str)
    if not NAME.match(name):
        raise Refusal(f"{name} is no valid property name: lower-case letters, digits and _, a letter first, up to 100")
    if name in book.live:
        message = f"A property named '{name}' already exists."
        raise Refusal(message, status=409, category="CONFLICT", sub_category="Properties.PROPERTY_EXISTS")
    check_types(type_, field_type)
    if group not in book.groups or book.groups[group].archived:
        raise Refusal(f"Property group {group} does not exist", sub_category="Properties.GROUP_DOES_NOT_EXIST")
    unique = bool(optional(body, "hasUniqueValue", bool))
    if unique and len(book.unique) >= MAX_UNIQUE:
        raise Refusal(f"An object may have at most {MAX_UNIQUE} properties with unique values")
    formula = optional(body, "calculationFormula", str)
    definition = Property(
        name=name,
        label=label,
        type=type_,
        field_type=field_type,
        group=group,
        options=read_options(body),
        unique=unique,
        external=bool(optional(body, "externalOptions", bool)),
        references=optional(body, "referencedObjectType", str),
        calculated=formula is not None,
        read_only=formula is not None,
        formula=formula,
        hubspot_defined=False,
        sensitivity=optional(body, "dataSensitivity", str) or "non_sensitive",
        form_field=bool(optional(body, "formField", bool)),
    )
    if type_ == "bool" and not definition.options:
        definition.options = [
            Option(value="true", label="True", order=0),
            Option(value="false", label="False", order=1),
        ]
    _change_looks(definition, body)
    definition.refresh_choices()
    return definition


def check_types(type_: str, field_type: str) -> None:
    """Raises Refusal."""
    if type_ not in FIELD_TYPES:
        raise Refusal(f"Property type {type_} is not one of {', '.join(FIELD_TYPES)}")
    if field_type not in FIELD_TYPES[type_]:
        raise Refusal(f"Field type {field_type} does not go with type {type_}: {', '.join(FIELD_TYPES[type_])} do")


def change_property(book: PropertyBook, definition: Property, body: dict[str, Any]) -> None:
    """Apply an update request. Raises Refusal; HubSpot's own definitions take only options, labels aside."""
    type_ = optional(body, "type", str) or definition.type
    field_type = optional(body, "fieldType", str) or definition.field_type
    if (type_, field_type) != (definition.type, definition.field_type):
        if definition.hubspot_defined:
            raise Refusal(f"The type of {definition.name} is set by HubSpot and cannot be changed")
        check_types(type_, field_type)
    group = optional(body, "groupName", str)
    if group is not None and group not in book.groups:
        raise Refusal(f"Property group {group} does not exist", sub_category="Properties.GROUP_DOES_NOT_EXIST")
    definition.type, definition.field_type, definition.group = type_, field_type, group or definition.group
    definition.label = optional(body, "label", str) or definition.label
    if body.get("options") is not None:
        definition.options = read_options(body)
    definition.formula = optional(body, "calculationFormula", str) or definition.formula
    form_field = optional(body, "formField", bool)
    definition.form_field = definition.form_field if form_field is None else form_field
    _change_looks(definition, body)
    definition.refresh_choices()


def _change_looks(definition: Property, body: dict[str, Any]) -> None:
    description, hidden = optional(body, "description", str), optional(body, "hidden", bool)
    order = optional(body, "displayOrder", int)
    definition.description = definition.description if description is None else description
    definition.hidden = definition.hidden if hidden is None else hidden
    definition.order = definition.order if order is None else order
    definition.extra.update((name, body[name]) for name in CARRIED if body.get(name) is not None)


def read_options(body: dict[str, Any]) -> list[Option]:
    """`options` of a request. Raises Refusal."""
    options = []
    for order, entry in enumerate(optional(body, "options", list) or []):
        if not isinstance(entry, dict):
            raise Refusal("An option is an object with label and value")
        given = optional(entry, "displayOrder", int)
        options.append(
            Option(
                value=required(entry, "value", str),
                label=required(entry, "label", str),
                order=order if given is None else given,
                hidden=bool(optional(entry, "hidden", bool)),
                description=optional(entry, "description", str),
            )
        )
    values = [option.value for option in options]
    if len(set(values)) < len(values):
        raise Refusal("Option values have to be unique within a property")
    return options


def show_property(portal: Portal, kind: ObjectType, definition: Property, *, dated: bool) -> dict[str, Any]:
    """One definition as JSON. Stages and pipelines appear as options of the properties that hold them."""
    shown: dict[str, Any] = {
        "name": definition.name,
        "label": definition.label,
        "type": definition.type,
        "fieldType": definition.field_type,
        "description": definition.description,
        "groupName": definition.group,
        "options": [show_option(option) for option in options_of(portal, kind, definition)],
        "displayOrder": definition.order,
        "calculated": definition.calculated,
        "externalOptions": definition.external and definition.references is not None,
        "hasUniqueValue": definition.unique,
        "hidden": definition.hidden,
        "hubspotDefined": definition.hubspot_defined,
        "formField": definition.form_field,
        "archived": definition.archived_ms != 0,
        "dataSensitivity": definition.sensitivity,
        "modificationMetadata": {
            "archivable": not definition.hubspot_defined,
            "readOnlyDefinition": definition.hubspot_defined,
            "readOnlyOptions": definition.external,
            "readOnlyValue": definition.read_only,
        },
        "createdAt": iso(definition.created_ms or portal.started_ms),
        "updatedAt": iso(definition.updated_ms or portal.started_ms),
        **definition.extra,
    }
    optional_members = {
        "referencedObjectType": definition.references,
        "calculationFormula": definition.formula,
        "createdUserId": definition.created_by,
        "updatedUserId": definition.updated_by,
        "archivedAt": iso(definition.archived_ms) if definition.archived_ms else None,
    }
    shown.update((name, value) for name, value in optional_members.items() if value is not None)
    if not dated:
        shown = {name: value for name, value in shown.items() if name not in DATED_ONLY}
    return shown


DATED_ONLY: Final = frozenset({"numberDisplayHint", "currencyPropertyName", "dateDisplayHint", "textDisplayHint"})


def options_of(portal: Portal, kind: ObjectType, definition: Property) -> list[Option]:
    pipelines = portal.pipelines.get(kind.type_id, {})
    if definition.name == kind.pipeline:
        return [
            Option(value=pipeline.id, label=pipeline.label, order=pipeline.order) for pipeline in pipelines.values()
        ]
    if definition.name == kind.stage:
        stages = [stage for pipeline in pipelines.values() for stage in pipeline.stages.values()]
        return [Option(value=stage.id, label=stage.label, order=stage.order) for stage in stages]
    return definition.options


def show_option(option: Option) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "label": option.label,
        "value": option.value,
        "displayOrder": option.order,
        "hidden": option.hidden,
    }
    if option.description is not None:
        shown["description"] = option.description
    return shown


def show_group(group: PropertyGroup) -> dict[str, Any]:
    return {"name": group.name, "label": group.label, "displayOrder": group.order, "archived": group.archived}


def add_routes(portal: Portal, routes: Routes) -> None:
    api = PropertiesApi(portal)
    routes.add_table(
        "properties",
        BASES,
        [
            ("GET", "/{type}", api.list_properties),
            ("POST", "/{type}", api.create_property),
            ("GET", "/{type}/groups", api.list_groups),
            ("POST", "/{type}/groups", api.create_group),
            ("GET", "/{type}/groups/{group}", api.get_group),
            ("PATCH", "/{type}/groups/{group}", api.update_group),
            ("DELETE", "/{type}/groups/{group}", api.archive_group),
            ("POST", "/{type}/batch/read", api.batch_read),
            ("POST", "/{type}/batch/create", api.batch_create),
            ("POST", "/{type}/batch/archive", api.batch_archive),
            ("GET", "/{type}/{name}", api.get_property),
            ("PATCH", "/{type}/{name}", api.update_property),
            ("DELETE", "/{type}/{name}", api.archive_property),
        ],
    )
