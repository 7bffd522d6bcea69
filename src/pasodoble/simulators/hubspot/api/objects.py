"""CRM objects over HTTP: list, get, create, update, archive, merge, privacy deletion. Batches are in `batches`.

The rules of writing do not belong here (see `writing`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from pasodoble.simulators.http import Request, Response, json_response
from pasodoble.simulators.hubspot import removing
from pasodoble.simulators.hubspot.bodies import json_object, page_size, required
from pasodoble.simulators.hubspot.errors import Refusal, missing, record_missing
from pasodoble.simulators.hubspot.object_types import ObjectType
from pasodoble.simulators.hubspot.portal import Portal
from pasodoble.simulators.hubspot.records import Record
from pasodoble.simulators.hubspot.routes import Routes, actor_of, is_dated
from pasodoble.simulators.hubspot.saving import save
from pasodoble.simulators.hubspot.showing import View, show_written, view_of
from pasodoble.simulators.hubspot.writing import LinkRequest, Writer

BASES = ("/crm/v3/objects", "/crm/objects/{edition}")
ADMIN_RULES_SINCE = "2026-09"


class ObjectsApi:
    def __init__(self, portal: Portal) -> None:
        self.portal = portal

    def list_records(self, request: Request) -> Response:
        kind = kind_of(self.portal, request)
        view = wanted_view(self.portal, kind, request)
        limit = page_size(request, default=10, largest=50 if view.history else 100)
        archived = flag(request, "archived")
        table = self.portal.tables[kind.type_id]
        ids = (table.archived_ids if archived else table.ids).page(_cursor(request), limit + 1)
        rows = table.archived if archived else table.rows
        body: dict[str, Any] = {"results": [view.show(rows[id]) for id in ids[:limit]]}
        if len(ids) > limit:
            after = str(ids[limit])
            body["paging"] = {"next": {"after": after, "link": next_link(request, after)}}
        return json_response(body, records=min(len(ids), limit))

    def get_record(self, request: Request) -> Response:
        kind = kind_of(self.portal, request)
        table = self.portal.tables[kind.type_id]
        if flag(request, "archived"):
            id = request.params["id"]
            row = table.archived.get(int(id)) if id.isdecimal() else None
        else:
            row = find_record(self.portal, kind, request.params["id"], request.one("idProperty"))
        if row is None:
            raise missing()
        return json_response(wanted_view(self.portal, kind, request).show(row), records=1)

    def create_record(self, request: Request) -> Response:
        kind = kind_of(self.portal, request)
        body = json_object(request)
        writer = writer_of(self.portal, request)
        links = read_links(self.portal, kind, body.get("associations"))
        row = save(writer, writer.draft_creation(kind, read_properties(body), links))
        return json_response(self._written(request, kind, row), 201, records=1, writes=1)

    def update_record(self, request: Request) -> Response:
        kind = kind_of(self.portal, request)
        properties = read_properties(json_object(request))
        row = find_record(self.portal, kind, request.params["id"], request.one("idProperty"))
        if row is None:
            raise record_missing(request.params["id"])
        self._meet_lock(row)
        writer = writer_of(self.portal, request)
        draft = writer.draft_update(kind, row, properties)
        save(writer, draft)
        return json_response(self._written(request, kind, row), records=1, writes=1 if draft.values else 0)

    def archive_record(self, request: Request) -> Response:
        kind = kind_of(self.portal, request)
        id = request.params["id"]
        table = self.portal.tables[kind.type_id]
        row = table.find(int(id)) if id.isdecimal() else None
        if row is not None:
            removing.archive(self.portal, actor_of(request), kind, row)
            return Response(status=204, records=1, writes=1)
        if not id.isdecimal() or int(id) not in table.archived:
            raise record_missing(id)
        return Response(status=204)

    def merge_records(self, request: Request) -> Response:
        kind = kind_of(self.portal, request)
        body = json_object(request)
        primary = self._to_merge(kind, required(body, "primaryObjectId", str))
        other = self._to_merge(kind, required(body, "objectIdToMerge", str))
        if primary is other:
            raise Refusal(f"{kind.constant} {primary.id} cannot be merged with itself")
        row = removing.merge(self.portal, actor_of(request), kind, primary, other)
        return json_response(self._written(request, kind, row), records=2, writes=2)

    def _to_merge(self, kind: ObjectType, id: str) -> Record:
        row = find_record(self.portal, kind, id, None)
        if row is None:
            raise record_missing(id)
        return row

    def purge_record(self, request: Request) -> Response:
        kind = kind_of(self.portal, request)
        body = json_object(request)
        id, id_property = required(body, "objectId", str), body.get("idProperty")
        row = find_record(self.portal, kind, id, id_property)
        if row is None and id.isdecimal():
            row = self.portal.tables[kind.type_id].archived.get(int(id))
        if row is not None:
            removing.purge(self.portal, actor_of(request), kind, row)
        elif id_property == "email":
            self.portal.blocklist.add(id.strip().lower())
        else:
            raise record_missing(id)
        return Response(status=204, records=1, writes=1)

    def _written(self, request: Request, kind: ObjectType, row: Record) -> dict[str, Any]:
        return show_written(self.portal, kind, row, dated=is_dated(request))

    def _meet_lock(self, row: Record) -> None:
        odds = self.portal.switches.lock_probability
        if odds and self.portal.dice.random() < odds:
            raise Refusal(f"The record {row.id} is locked by another write.", status=423, category="LOCKED")


def kind_of(portal: Portal, request: Request, name: str = "type") -> ObjectType:
    """The object type that the path names. Raises Refusal."""
    word = request.params[name]
    kind = portal.types.find(word)
    if kind is None:
        raise Refusal(f"Unable to infer object type from: {word}")
    return kind


def flag(request: Request, name: str, *, default: bool = False) -> bool:
    """A boolean of the query, however it is capitalised. Raises Refusal."""
    text = request.one(name)
    if text is None or text == "":
        return default
    if text.lower() not in ("true", "false"):
        raise Refusal(f"{name} is to be true or false, not {text!r}")
    return text.lower() == "true"


def _cursor(request: Request) -> int:
    after = request.one("after")
    if not after:
        return 0
    if not after.isdecimal():
        raise Refusal(f"The cursor {after!r} is not one that this listing gave")
    return int(after)


def next_link(request: Request, after: str) -> str:
    """The address of the next page: this request's, with another `after`."""
    query = [(name, value) for name, values in request.query.items() if name != "after" for value in values]
    host = request.headers.get("host", "api.hubapi.com")
    return f"{request.scheme}://{host}{quote(request.path)}?{urlencode([*query, ('after', after)])}"


def find_record(portal: Portal, kind: ObjectType, id: str, id_property: str | None) -> Record | None:
    """A live record by its id, an absorbed id, or a unique property. Raises Refusal for a property that is not unique."""
    if id_property in (None, "", "hs_object_id"):
        return portal.tables[kind.type_id].find(int(id)) if id.isdecimal() and len(id) < 20 else None
    check_id_property(portal, kind, id_property)
    return portal.find_unique(kind, id_property, id)


def check_id_property(portal: Portal, kind: ObjectType, name: object) -> None:
    """Raises Refusal."""
    if not isinstance(name, str) or name == "hs_additional_emails" or name not in portal.unique_names(kind):
        raise Refusal(f"idProperty {name} is not a unique property of {kind.constant}")


def wanted_view(portal: Portal, kind: ObjectType, request: Request) -> View:
    """What the query asks to see. Raises Refusal."""
    links = []
    for word in request.many("associations"):
        to_kind = portal.types.find(word)
        if to_kind is None:
            raise Refusal(f"Unable to infer object type from: {word}")
        links.append(to_kind)
    return view_of(
        portal,
        kind,
        properties=request.many("properties"),
        history=request.many("propertiesWithHistory"),
        links=links,
        dated=is_dated(request),
    )


def writer_of(portal: Portal, request: Request) -> Writer:
    rules = portal.switches.admin_validation and f"/{ADMIN_RULES_SINCE}/" in request.path
    return Writer(portal, actor_of(request), admin_rules=rules)


def read_properties(body: Mapping[str, Any]) -> dict[str, object]:
    """`properties` of a write. Raises Refusal."""
    properties = body.get("properties")
    if properties is None:
        return {}
    if not isinstance(properties, dict):
        message = "Invalid input JSON on line 1, column 1: properties is to be an object"
        raise Refusal(message, errors=[{"message": message, "in": "properties"}])
    return properties


def read_links(portal: Portal, kind: ObjectType, associations: object) -> list[LinkRequest]:
    """`associations` of a creation. Raises Refusal."""
    if associations is None:
        return []
    if not isinstance(associations, list):
        raise Refusal("associations is to be a list")
    wishes = []
    for entry in associations:
        try:
            to_id, types = str(entry["to"]["id"]), [int(spec["associationTypeId"]) for spec in entry["types"]]
        except (KeyError, TypeError, ValueError):
            message = "An association needs to.id and types, each with associationCategory and associationTypeId"
            raise Refusal(message) from None
        wishes.append(_link_request(portal, kind, to_id, types))
    return wishes


def _link_request(portal: Portal, kind: ObjectType, to_id: str, types: list[int]) -> LinkRequest:
    links = [portal.link_types.from_type(kind.type_id, id) for id in types]
    if not links or None in links:
        raise Refusal(f"{types} are not association types of {kind.constant}")
    to_type = next(link.to_type for link in links if link is not None)
    row = portal.tables[to_type].find(int(to_id)) if to_id.isdecimal() else None
    if row is None:
        raise missing(f"{portal.types[to_type].constant} {to_id} to associate with does not exist", id=to_id)
    return LinkRequest(to_type, row.id, tuple(types))


def add_routes(portal: Portal, routes: Routes) -> None:
    api = ObjectsApi(portal)
    routes.add_table(
        "objects",
        BASES,
        [
            ("GET", "/{type}", api.list_records),
            ("POST", "/{type}", api.create_record),
            ("GET", "/{type}/{id}", api.get_record),
            ("PATCH", "/{type}/{id}", api.update_record),
            ("DELETE", "/{type}/{id}", api.archive_record),
            ("POST", "/{type}/merge", api.merge_records),
            ("POST", "/{type}/gdpr-delete", api.purge_record),
        ],
    )
