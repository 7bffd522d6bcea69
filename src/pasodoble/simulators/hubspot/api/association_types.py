"""Association types over HTTP: labels that people add, limits that administrators set, the report of heavy use.

Linking records does not belong here (see `api.associations`).
"""

from __future__ import annotations

from typing import Any, Final

from pasodoble.simulators.http import Request, Response, json_response
from pasodoble.simulators.hubspot.api.associations import PAIR_BASES
from pasodoble.simulators.hubspot.api.batches import envelope
from pasodoble.simulators.hubspot.api.objects import kind_of
from pasodoble.simulators.hubspot.bodies import inputs, json_object, optional, required
from pasodoble.simulators.hubspot.errors import Refusal, conflict, missing
from pasodoble.simulators.hubspot.linking import unlink
from pasodoble.simulators.hubspot.links import LinkType
from pasodoble.simulators.hubspot.moments import iso
from pasodoble.simulators.hubspot.object_types import ObjectType
from pasodoble.simulators.hubspot.portal import Portal
from pasodoble.simulators.hubspot.routes import Routes, actor_of, is_dated

FIRST_LABEL_ID: Final = 20_001
MAX_LABELS: Final = 50
MAX_INPUTS: Final = 100
Shown = dict[str, Any]


class AssociationTypesApi:
    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self._types = portal.link_types

    def _ends(self, request: Request) -> tuple[ObjectType, ObjectType]:
        return kind_of(self.portal, request, "from"), kind_of(self.portal, request, "to")

    def _between(self, request: Request) -> list[LinkType]:
        from_kind, to_kind = self._ends(request)
        self._types.default(from_kind.type_id, to_kind.type_id)
        return sorted(self._types.between(from_kind.type_id, to_kind.type_id), key=lambda link: link.id)

    # Labels

    def list_labels(self, request: Request) -> Response:
        return json_response({"results": [show_label(link) for link in self._between(request)]})

    def list_old_types(self, request: Request) -> Response:
        return json_response({"results": [{"id": str(link.id), "name": link.name} for link in self._between(request)]})

    def create_label(self, request: Request) -> Response:
        (from_kind, to_kind), body = self._ends(request), json_object(request)
        label, name = required(body, "label", str), required(body, "name", str)
        inverse_label = optional(body, "inverseLabel", str)
        existing = self._between(request)
        if any(link.name == name or link.label == label for link in existing):
            raise conflict(f"An association label {label} ({name}) already exists")
        if sum(link.category == "USER_DEFINED" for link in existing) >= MAX_LABELS:
            raise Refusal(f"There may be at most {MAX_LABELS} labels between two object types")
        made = make_label(self.portal, from_kind, to_kind, name, label, inverse_label)
        return json_response({"results": [show_label(link) for link in made]}, writes=1)

    def update_label(self, request: Request) -> Response:
        body = json_object(request)
        link = self._find(request, required(body, "associationTypeId", int))
        if link.category != "USER_DEFINED":
            raise Refusal(f"Association type {link.id} is defined by HubSpot and cannot be changed")
        inverse = self._types.find(link.to_type, link.from_type, link.inverse)
        link.label = required(body, "label", str)
        if inverse is not None and inverse is not link:
            inverse.label = optional(body, "inverseLabel", str) or inverse.label
        return Response(status=204, writes=1)

    def delete_label(self, request: Request) -> Response:
        (from_kind, to_kind), id = self._ends(request), request.params["type_id"]
        link = self._find(request, int(id) if id.isdecimal() else 0)
        if link.category != "USER_DEFINED":
            raise Refusal(f"Association type {link.id} is defined by HubSpot and cannot be deleted")
        for row in list(self.portal.tables[from_kind.type_id].rows.values()):
            for to_id, types in list(self.portal.links.of(from_kind.type_id, row.id, to_kind.type_id).items()):
                if link.id in types:
                    unlink(self.portal, actor_of(request), from_kind, row.id, to_kind, to_id, [link.id])
        inverse = self._types.find(link.to_type, link.from_type, link.inverse)
        self._types.remove(link)
        if inverse is not None:
            self._types.remove(inverse)
        return Response(status=204, writes=1)

    def _find(self, request: Request, id: int) -> LinkType:
        from_kind, to_kind = self._ends(request)
        link = self._types.find(from_kind.type_id, to_kind.type_id, id)
        if link is None:
            raise missing(f"Association type {id} does not exist", associationTypeId=str(id))
        return link

    # Limits

    def list_all_limits(self, _request: Request) -> Response:
        links = [link for pair in list(self._types.pairs()) for link in self._types.between(*pair)]
        return json_response({"results": [show_limit(link) for link in links if link.max_to is not None]})

    def list_limits(self, request: Request) -> Response:
        return json_response(
            {"results": [show_limit(link) for link in self._between(request) if link.max_to is not None]}
        )

    def create_limits(self, request: Request) -> Response:
        results, errors = self._set_limits(request)
        body = envelope(self.portal, [show_limit(link) for link in results], errors)
        return json_response(body, 207 if errors else 201, writes=len(results))

    def update_limits(self, request: Request) -> Response:
        results, errors = self._set_limits(request)
        shown = [{name: value for name, value in show_limit(link).items() if name != "label"} for link in results]
        return json_response(envelope(self.portal, shown, errors), 207 if errors else 200, writes=len(results))

    def _set_limits(self, request: Request) -> tuple[list[LinkType], list[Shown]]:
        results, errors = [], []
        for entry in inputs(request, limit=MAX_INPUTS):
            try:
                limit = required(entry, "maxToObjectIds", int)
                link = self._find(request, required(entry, "typeId", int))
                if limit < 1:
                    raise Refusal(f"maxToObjectIds is to be 1 or more, not {limit}")
            except Refusal as refusal:
                errors.append(refusal.batch_error())
                continue
            link.max_to = limit
            results.append(link)
        return results, errors

    def purge_limits(self, request: Request) -> Response:
        wanted = [self._find(request, required(entry, "typeId", int)) for entry in inputs(request, limit=MAX_INPUTS)]
        for link in wanted:
            link.max_to = None
        return Response(status=204, writes=len(wanted))

    # Report

    def report(self, request: Request) -> Response:
        id, now = request.params["user"], self.portal.now_ms()
        owner = next((owner for owner in self.portal.owners.values() if str(owner.user_id) == id), None)
        if owner is None:
            raise missing(f"User {id} does not exist", userId=id)
        dated = {"dateOnly": False, "timeZoneShift": 0, "value": now}
        when: object = dated if is_dated(request) else iso(now)
        return json_response({"userId": owner.user_id, "userEmail": owner.email, "enqueueTime": when})


def make_label(
    portal: Portal, from_kind: ObjectType, to_kind: ObjectType, name: str, label: str, inverse_label: str | None
) -> list[LinkType]:
    """A label between two types, in both directions; a paired one reads differently from either side."""
    id = portal.next_id("association labels", first=FIRST_LABEL_ID)
    paired = inverse_label is not None or from_kind is to_kind
    inverse_id = portal.next_id("association labels") if paired and inverse_label is not None else id
    forth = LinkType(
        id=id,
        from_type=from_kind.type_id,
        to_type=to_kind.type_id,
        name=name,
        label=label,
        category="USER_DEFINED",
        inverse=inverse_id,
        variant="label",
    )
    portal.link_types.add(forth)
    if inverse_id == id and from_kind is to_kind:
        return [forth]
    back = LinkType(
        id=inverse_id,
        from_type=to_kind.type_id,
        to_type=from_kind.type_id,
        name=name if inverse_id == id else f"{name}_inverse",
        label=inverse_label or label,
        category="USER_DEFINED",
        inverse=id,
        variant="label",
    )
    portal.link_types.add(back)
    return [forth, back]


def show_label(link: LinkType) -> Shown:
    return {"category": link.category, "typeId": link.id, "label": link.label}


def show_limit(link: LinkType) -> Shown:
    return {
        "category": link.category,
        "typeId": link.id,
        "label": link.label,
        "userEnforcedMaxToObjectIds": link.max_to,
    }


def add_routes(portal: Portal, routes: Routes) -> None:
    api = AssociationTypesApi(portal)
    routes.add_table(
        "associations",
        PAIR_BASES,
        [
            ("GET", "/{from}/{to}/labels", api.list_labels),
            ("POST", "/{from}/{to}/labels", api.create_label),
            ("PUT", "/{from}/{to}/labels", api.update_label),
            ("DELETE", "/{from}/{to}/labels/{type_id}", api.delete_label),
            ("GET", "/definitions/configurations/all", api.list_all_limits),
            ("GET", "/definitions/configurations/{from}/{to}", api.list_limits),
            ("POST", "/definitions/configurations/{from}/{to}/batch/create", api.create_limits),
            ("POST", "/definitions/configurations/{from}/{to}/batch/update", api.update_limits),
            ("POST", "/definitions/configurations/{from}/{to}/batch/purge", api.purge_limits),
            ("POST", "/usage/high-usage-report/{user}", api.report),
        ],
    )
    routes.add("GET", "/crm/v3/associations/{from}/{to}/types", api.list_old_types, area="associations")
