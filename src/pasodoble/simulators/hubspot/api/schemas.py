"""Schemas of custom objects: made, changed, deleted, and what they can be associated with.

Records of custom objects do not belong here; they are objects like others.
"""

from __future__ import annotations

import re
from typing import Any, Final

from pasodoble.simulators.http import Request, Response, json_response
from pasodoble.simulators.hubspot.api.association_types import make_label
from pasodoble.simulators.hubspot.api.objects import flag
from pasodoble.simulators.hubspot.api.properties import make_property, show_property
from pasodoble.simulators.hubspot.bodies import json_object, optional, required, texts
from pasodoble.simulators.hubspot.errors import Refusal, conflict, missing
from pasodoble.simulators.hubspot.links import LinkType
from pasodoble.simulators.hubspot.moments import iso
from pasodoble.simulators.hubspot.object_types import ObjectType
from pasodoble.simulators.hubspot.portal import Portal
from pasodoble.simulators.hubspot.property_model import PropertyGroup
from pasodoble.simulators.hubspot.routes import Routes, actor_of, is_dated
from pasodoble.simulators.hubspot.schemas import Schema

BASES = ("/crm-object-schemas/v3/schemas", "/crm/v3/schemas", "/crm-object-schemas/{edition}/schemas")
NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,49}$")
FIRST_CUSTOM: Final = 10_001
ACTIVITIES: Final = ("emails", "meetings", "notes", "tasks", "calls")
"""What every custom object can be associated with from the start."""
Shown = dict[str, Any]


class SchemasApi:
    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self._schemas = portal.schemas

    def list_schemas(self, request: Request) -> Response:
        archived = flag(request, "archived")
        rows = [self._show(request, one) for one in self._schemas.values() if bool(one.archived_ms) == archived]
        return json_response({"results": rows})

    def batch_read(self, request: Request) -> Response:
        words = [str(word) for word in required(json_object(request), "inputs", list)]
        found = [one for word in words if (one := self._lookup(word)) is not None and not one.archived_ms]
        return json_response({"results": [self._show(request, one) for one in found]}, records=len(found))

    def get_schema(self, request: Request) -> Response:
        return json_response(self._show(request, self._find(request)))

    def create_schema(self, request: Request) -> Response:
        body = json_object(request)
        name, labels = required(body, "name", str), required(body, "labels", dict)
        self._check_name(name)
        now, user_id = self.portal.now_ms(), actor_of(request).user_id
        kind = self._make_type(name, labels, body)
        schema = Schema(
            kind=kind,
            labels={side: str(labels[side]) for side in ("singular", "plural") if labels.get(side)},
            description=optional(body, "description", str),
            primary=optional(body, "primaryDisplayProperty", str),
            secondary=texts(body, "secondaryDisplayProperties"),
            created_ms=now,
            updated_ms=now,
            user_id=user_id,
        )
        self._schemas[kind.type_id] = schema
        for word in dict.fromkeys((*texts(body, "associatedObjects"), *ACTIVITIES)):
            self._associate(schema, self._type(word), None)
        return json_response(self._show(request, schema), 201, writes=1)

    def _check_name(self, name: str) -> None:
        if not NAME.match(name):
            raise Refusal(f"{name} is no valid object name: letters, digits and _, a letter first, up to 50")
        if self.portal.types.find(name) is not None or self.portal.types.find(f"p_{name}") is not None:
            raise conflict(f"An object type named {name} already exists")

    def _make_type(self, name: str, labels: Shown, body: Shown) -> ObjectType:
        """The object type with its properties. Raises Refusal, and then leaves nothing behind."""
        portal = self.portal
        required_names = texts(body, "requiredProperties")
        searchable = texts(body, "searchableProperties")
        primary = optional(body, "primaryDisplayProperty", str)
        number = portal.next_id("custom objects", first=FIRST_CUSTOM)
        full = f"p{portal.account.portal_id}_{name}"
        kind = ObjectType(
            type_id=f"2-{number}",
            name=name.lower(),
            singular=name.lower(),
            shown=("hs_createdate", "hs_lastmodifieddate", "hs_object_id"),
            required=tuple(required_names),
            searchable=tuple(searchable),
            pipeline="hs_pipeline",
            stage="hs_pipeline_stage",
            custom=True,
            aliases=(full, f"p_{name}"),
        )
        portal.types.add(kind)
        portal.open_type(kind)
        try:
            self._fill_book(kind, str(labels.get("singular") or name), required(body, "properties", list))
            for wanted in (*required_names, *searchable, *((primary,) if primary else ())):
                if wanted not in portal.properties[kind.type_id].live:
                    raise Refusal(f'Property "{wanted}" does not exist on {name}')
        except Refusal:
            portal.close_type(kind)
            raise
        return kind

    def _fill_book(self, kind: ObjectType, label: str, properties: list[Any]) -> None:
        book = self.portal.properties[kind.type_id]
        group = f"{kind.name}_information"
        book.groups[group] = PropertyGroup(name=group, label=f"{label} information")
        for entry in properties:
            if not isinstance(entry, dict):
                raise Refusal("properties is to be a list of objects")
            definition = make_property(book, {"groupName": group, **entry})
            definition.created_ms = definition.updated_ms = self.portal.now_ms()
            book.add(definition)

    def _type(self, word: str) -> ObjectType:
        kind = self.portal.types.find(word)
        if kind is None:
            raise Refusal(f"Unable to infer object type from: {word}")
        return kind

    def update_schema(self, request: Request) -> Response:
        schema, body = self._find(request), json_object(request)
        book = self.portal.properties[schema.kind.type_id].live
        wanted = [*texts(body, "requiredProperties"), *texts(body, "searchableProperties")]
        if unknown := [name for name in wanted if name not in book]:
            raise Refusal(f'Property "{unknown[0]}" does not exist on {schema.kind.name}')
        if body.get("requiredProperties") is not None:
            schema.kind.required = tuple(texts(body, "requiredProperties"))
        if body.get("searchableProperties") is not None:
            schema.kind.searchable = tuple(texts(body, "searchableProperties"))
        labels = optional(body, "labels", dict) or {}
        schema.labels.update((side, str(text)) for side, text in labels.items() if text)
        schema.primary = optional(body, "primaryDisplayProperty", str) or schema.primary
        if body.get("secondaryDisplayProperties") is not None:
            schema.secondary = texts(body, "secondaryDisplayProperties")
        schema.description = (
            None if body.get("clearDescription") else optional(body, "description", str) or schema.description
        )
        schema.updated_ms = self.portal.now_ms()
        return json_response(self._show_type(request, schema), writes=1)

    def delete_schema(self, request: Request) -> Response:
        schema = self._find(request)
        if self.portal.tables[schema.kind.type_id].rows:
            raise Refusal(f"{schema.kind.name} still has records; delete them before the schema")
        schema.archived_ms = self.portal.now_ms()
        self.portal.close_type(schema.kind)
        if flag(request, "archived"):
            del self._schemas[schema.kind.type_id]
        return Response(status=204, writes=1)

    def create_association(self, request: Request) -> Response:
        schema, body = self._find(request), json_object(request)
        from_kind = self._type(required(body, "fromObjectTypeId", str))
        to_kind = self._type(required(body, "toObjectTypeId", str))
        other = to_kind if from_kind is schema.kind else from_kind
        link, at = self._associate(schema, other, optional(body, "name", str))
        return json_response(_show_link(link, at), 201, writes=1)

    def _associate(self, schema: Schema, other: ObjectType, name: str | None) -> tuple[LinkType, int]:
        default = self.portal.link_types.default(schema.kind.type_id, other.type_id)
        made = make_label(self.portal, schema.kind, other, name, name, None)[0] if name else default
        entry = schema.links[str(made.id)] = (made, self.portal.now_ms())
        return entry

    def delete_association(self, request: Request) -> Response:
        schema, id = self._find(request), request.params["association"]
        found = next((key for key, (link, _at) in schema.links.items() if id in (key, link.name)), None)
        if found is None:
            raise missing(f"Association {id} does not exist", associationIdentifier=id)
        link, _at = schema.links.pop(found)
        if link.category == "USER_DEFINED":
            self.portal.link_types.remove(link)
        return Response(status=204, writes=1)

    def _lookup(self, word: str) -> Schema | None:
        for schema in self._schemas.values():
            if word.lower() in (
                schema.kind.type_id,
                schema.kind.name,
                *(alias.lower() for alias in schema.kind.aliases),
            ):
                return schema
        return None

    def _find(self, request: Request) -> Schema:
        schema = self._lookup(request.params["type"])
        if schema is None or schema.archived_ms:
            raise missing(
                f"Unable to infer object type from: {request.params['type']}", objectType=request.params["type"]
            )
        return schema

    def _show_type(self, request: Request, schema: Schema) -> Shown:
        kind = schema.kind
        shown: Shown = {
            "id": kind.type_id.removeprefix("2-"),
            "name": kind.name,
            "objectTypeId": kind.type_id,
            "fullyQualifiedName": kind.aliases[0],
            "labels": schema.labels,
            "requiredProperties": list(kind.required),
            "searchableProperties": list(kind.searchable),
            "secondaryDisplayProperties": schema.secondary,
            "archived": schema.archived_ms != 0,
            "createdAt": iso(schema.created_ms),
            "updatedAt": iso(schema.updated_ms),
            "portalId": self.portal.account.portal_id,
        }
        if schema.primary is not None:
            shown["primaryDisplayProperty"] = schema.primary
        if schema.description is not None:
            shown["description"] = schema.description
        if is_dated(request):
            shown["allowsSensitiveProperties"] = False
        return shown

    def _show(self, request: Request, schema: Schema) -> Shown:
        shown = self._show_type(request, schema)
        del shown["portalId"]
        if schema.user_id is not None:
            shown["createdByUserId"] = shown["updatedByUserId"] = schema.user_id
        book = self.portal.properties.get(schema.kind.type_id)
        live = book.live.values() if book is not None else ()
        dated = is_dated(request)
        shown["properties"] = [show_property(self.portal, schema.kind, definition, dated=dated) for definition in live]
        shown["associations"] = [_show_link(link, at) for link, at in schema.links.values()]
        return shown


def _show_link(link: LinkType, at_ms: int) -> Shown:
    return {
        "id": str(link.id),
        "fromObjectTypeId": link.from_type,
        "toObjectTypeId": link.to_type,
        "name": link.name,
        "createdAt": iso(at_ms),
        "updatedAt": iso(at_ms),
    }


def add_routes(portal: Portal, routes: Routes) -> None:
    api = SchemasApi(portal)
    routes.add_table(
        "schemas",
        BASES,
        [
            ("GET", "", api.list_schemas),
            ("POST", "", api.create_schema),
            ("POST", "/batch/read", api.batch_read),
            ("GET", "/{type}", api.get_schema),
            ("PATCH", "/{type}", api.update_schema),
            ("DELETE", "/{type}", api.delete_schema),
            ("POST", "/{type}/associations", api.create_association),
            ("DELETE", "/{type}/associations/{association}", api.delete_association),
        ],
    )
