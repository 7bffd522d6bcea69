"""Event analytics: occurrences of visits and custom events, their definitions, and the door that takes new ones.

Marketing emails and forms do not belong here; they have APIs of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from pasodoble.simulators.http import Request, Response, json_response
from pasodoble.simulators.hubspot.bodies import inputs, json_object, optional, page_of, required
from pasodoble.simulators.hubspot.errors import Refusal, missing
from pasodoble.simulators.hubspot.event_model import AnalyticsEvent
from pasodoble.simulators.hubspot.moments import iso, parse_moment
from pasodoble.simulators.hubspot.portal import Portal
from pasodoble.simulators.hubspot.routes import Routes

STANDARD_EVENTS: Final = ("e_visited_page",)
MAX_BATCH: Final = 500
FIRST_EVENT_TYPE: Final = 1001
PROPERTY_TYPES: Final = {
    "string": "text",
    "number": "number",
    "datetime": "date",
    "enumeration": "select",
    "bool": "booleancheckbox",
    "date": "date",
}


def add_routes(portal: Portal, routes: Routes) -> None:
    area = Analytics(portal)
    occurrences = [("GET", "", area.page), ("GET", "/event-types", area.types)]
    routes.add_table("events", ("/events/v3/events", "/events/event-occurrences/{edition}"), occurrences)
    sending = [("POST", "", area.send), ("POST", "/batch", area.send_batch)]
    routes.add_table("events", ("/events/v3/send", "/events/{edition}/send"), sending)
    definitions = [
        ("GET", "", area.definitions),
        ("POST", "", area.define),
        ("GET", "/{name}", area.definition),
        ("PATCH", "/{name}", area.redefine),
        ("DELETE", "/{name}", area.undefine),
        ("POST", "/{name}/property", area.add_property),
        ("PATCH", "/{name}/property/{property}", area.change_property),
        ("DELETE", "/{name}/property/{property}", area.delete_property),
    ]
    routes.add_table("events", ("/events/v3/event-definitions", "/events/{edition}/event-definitions"), definitions)


class Analytics:
    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._definitions = portal.events.definitions

    # -- occurrences ----------------------------------------------------------------------------------------------

    def page(self, request: Request) -> Response:
        """Newest first, unless sorted otherwise; of one record, or of one type, or of everything."""
        self._ensure_plan()
        wanted = self._wanted(request)
        events = [event for event in self._portal.events.analytics if wanted(event)]
        events.sort(key=lambda event: event.occurred_ms, reverse=request.one("sort") != "occurredAt")
        shown, paging = page_of(events, request, default=20, largest=1000)
        return json_response({"results": [self._spell(event) for event in shown], **paging})

    def _wanted(self, request: Request) -> Callable[[AnalyticsEvent], bool]:
        kind = self._portal.types.find(request.one("objectType") or "contact")
        if kind is None:
            raise Refusal(f"objectType {request.one('objectType')!r} is not an object type of this account")
        record = request.one("objectId")
        if record is None and (email := request.one("objectProperty.email")) is not None:
            holder = self._portal.find_unique(kind, "email", email)
            record = "0" if holder is None else str(holder.id)
        types, ids = set(request.many("eventType")), set(request.many("id"))
        after, before = _moment(request, "occurredAfter"), _moment(request, "occurredBefore")
        return lambda event: (
            event.type_id == kind.type_id
            and (record is None or str(event.record_id) == record)
            and (not types or event.event_type in types)
            and (not ids or event.id in ids)
            and (after is None or event.occurred_ms >= after)
            and (before is None or event.occurred_ms < before)
        )

    def _spell(self, event: AnalyticsEvent) -> dict[str, Any]:
        return {
            "id": event.id,
            "objectType": self._portal.types[event.type_id].constant,
            "objectId": str(event.record_id),
            "eventType": event.event_type,
            "occurredAt": iso(event.occurred_ms),
            "properties": dict(event.properties),
        }

    def _ensure_plan(self) -> None:
        """Event analytics is for larger plans; the guides say Enterprise, so the default plan is let in on purpose: a
        sandbox that hid half of itself would help nobody. Raises Refusal."""
        if self._portal.switches.tier == "starter":
            raise Refusal(
                "This account's plan does not include event analytics.", status=403, category="MISSING_SCOPES"
            )

    def types(self, _request: Request) -> Response:
        self._ensure_plan()
        seen = (event.event_type for event in self._portal.events.analytics)
        return json_response({"eventTypes": list(dict.fromkeys([*STANDARD_EVENTS, *self._definitions, *seen]))})

    # -- sending --------------------------------------------------------------------------------------------------

    def send(self, request: Request) -> Response:
        self._take(json_object(request))
        return Response(status=204)

    def send_batch(self, request: Request) -> Response:
        for row in inputs(request, limit=MAX_BATCH):
            self._take(row)
        return Response(status=204)

    def _take(self, row: dict[str, Any]) -> None:
        """Record one occurrence; for a person whom nobody knows it is accepted and lost, as with HubSpot."""
        name = required(row, "eventName", str)
        if name not in self._definitions:
            raise Refusal(f"There is no event definition {name!r} in this account")
        contacts = self._portal.types["0-1"]
        record_id: int | None = None
        if object_id := optional(row, "objectId", str):
            record_id = int(object_id) if object_id.isdecimal() else None
        elif email := optional(row, "email", str):
            holder = self._portal.find_unique(contacts, "email", email)
            record_id = None if holder is None else holder.id
        elif not optional(row, "utk", str):
            raise Refusal("An event names its contact by objectId, email or utk")
        if record_id is None or self._portal.tables["0-1"].find(record_id) is None:
            return
        occurred = optional(row, "occurredAt", str)
        self._portal.events.analytics.append(
            AnalyticsEvent(
                id=optional(row, "uuid", str) or self._portal.new_guid(),
                event_type=name,
                type_id="0-1",
                record_id=record_id,
                occurred_ms=(parse_moment(occurred) if occurred else None) or self._portal.now_ms(),
                properties={key: str(value) for key, value in (optional(row, "properties", dict) or {}).items()},
            )
        )

    # -- definitions ----------------------------------------------------------------------------------------------

    def definitions(self, request: Request) -> Response:
        search = (request.one("searchString") or "").lower()
        rows = [row for row in self._definitions.values() if search in row["labels"]["singular"].lower()]
        shown, paging = page_of(rows, request, default=20, largest=100)
        return json_response({"results": shown, **paging})

    def define(self, request: Request) -> Response:
        body = json_object(request)
        label = required(body, "label", str)
        short = optional(body, "name", str) or label.lower().replace(" ", "_")
        name = f"pe{self._portal.account.portal_id}_{short}"
        if name in self._definitions:
            raise Refusal(f"An event definition named {name} already exists", status=409, category="CONFLICT")
        now, number = iso(self._portal.now_ms()), FIRST_EVENT_TYPE + len(self._definitions)
        definition: dict[str, Any] = {
            "id": str(number),
            "name": short,
            "fullyQualifiedName": name,
            "objectTypeId": f"6-{number}",
            "labels": {"singular": label, "plural": label},
            "description": optional(body, "description", str) or "",
            "archived": False,
            "associations": [],
            "primaryObject": (optional(body, "primaryObject", str) or "CONTACT").upper(),
            "trackingType": "MANUAL",
            "properties": [self._property(row) for row in optional(body, "propertyDefinitions", list) or []],
            "createdAt": now,
            "updatedAt": now,
        }
        self._definitions[name] = definition
        return json_response(definition, 201)

    def _find(self, request: Request) -> dict[str, Any]:
        found = self._definitions.get(request.params["name"])
        if found is None:
            raise missing(f"There is no event definition {request.params['name']!r}")
        return found

    def definition(self, request: Request) -> Response:
        return json_response(self._find(request))

    def redefine(self, request: Request) -> Response:
        found, body = self._find(request), json_object(request)
        if label := optional(body, "label", str):
            found["labels"] = {"singular": label, "plural": label}
        found["description"] = optional(body, "description", str) or found["description"]
        found["updatedAt"] = iso(self._portal.now_ms())
        return json_response(found)

    def undefine(self, request: Request) -> Response:
        self._find(request)
        del self._definitions[request.params["name"]]
        return Response(status=204)

    def add_property(self, request: Request) -> Response:
        found = self._find(request)
        made = self._property(json_object(request))
        if any(row["name"] == made["name"] for row in found["properties"]):
            raise Refusal(f"The property {made['name']} already exists", status=409, category="CONFLICT")
        found["properties"].append(made)
        return json_response(made, 201)

    def _property(self, body: object) -> dict[str, Any]:
        if not isinstance(body, dict):
            raise Refusal("propertyDefinitions is to be a list of objects")
        label, type_name = required(body, "label", str), required(body, "type", str)
        if type_name not in PROPERTY_TYPES:
            raise Refusal(f"type {type_name!r} is unknown; one of {', '.join(sorted(PROPERTY_TYPES))}")
        return {
            "name": optional(body, "name", str) or label.lower().replace(" ", "_"),
            "label": label,
            "description": optional(body, "description", str) or "",
            "type": type_name,
            "fieldType": PROPERTY_TYPES[type_name],
            "groupName": "custom_event_properties",
            "options": optional(body, "options", list) or [],
        }

    def _find_property(self, request: Request) -> tuple[dict[str, Any], dict[str, Any]]:
        found = self._find(request)
        for row in found["properties"]:
            if row["name"] == request.params["property"]:
                return found, row
        raise missing(f"There is no property {request.params['property']!r}")

    def change_property(self, request: Request) -> Response:
        _, row = self._find_property(request)
        body = json_object(request)
        row["label"] = optional(body, "label", str) or row["label"]
        row["description"] = optional(body, "description", str) or row["description"]
        row["options"] = optional(body, "options", list) or row["options"]
        return json_response(row)

    def delete_property(self, request: Request) -> Response:
        found, row = self._find_property(request)
        found["properties"].remove(row)
        return Response(status=204)


def _moment(request: Request, name: str) -> int | None:
    text = request.one(name)
    if not text:
        return None
    parsed = parse_moment(text)
    if parsed is None:
        raise Refusal(f"{name} is to be an ISO-8601 moment, not {text!r}")
    return parsed
