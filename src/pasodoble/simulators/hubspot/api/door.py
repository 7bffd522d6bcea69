"""The control door of the simulated HubSpot: people's actions, the schema, the journal of writes, snapshots.

What the door shares with the other simulator is in `pasodoble.simulators.door`; its webhooks are in `api.webhooks`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pasodoble.simulators.door import DoorError, door_json, refuse
from pasodoble.simulators.http import DOOR, Handler, Request, Response, json_response
from pasodoble.simulators.hubspot.api.properties import options_of
from pasodoble.simulators.hubspot.changes import Association, Change, Membership, Merge
from pasodoble.simulators.hubspot.errors import Refusal
from pasodoble.simulators.hubspot.moments import iso
from pasodoble.simulators.hubspot.object_types import ObjectType
from pasodoble.simulators.hubspot.owners import Owner
from pasodoble.simulators.hubspot.people_at_work import act, add_form
from pasodoble.simulators.hubspot.portal import Portal
from pasodoble.simulators.hubspot.property_model import Option, Property
from pasodoble.simulators.hubspot.property_tables import KINDS
from pasodoble.simulators.hubspot.routes import Routes
from pasodoble.simulators.hubspot.snapshot import SnapshotError, load_portal, save_portal
from pasodoble.simulators.hubspot.switches import Switches

MAX_ENTRIES = 100_000
Shown = dict[str, Any]
PROPERTY_KEYS = {"type", "fieldType", "label", "options", "unique", "readOnly", "calculated", "group", "description"}
DEFAULT_FIELD_TYPES = {
    "string": "text",
    "number": "number",
    "date": "date",
    "datetime": "date",
    "enumeration": "select",
    "bool": "booleancheckbox",
}


class Door:
    def __init__(self, portal: Portal) -> None:
        self.portal = portal

    # Actions

    def act(self, request: Request) -> Response:
        orders = door_json(request)
        done = [act(self.portal, order) for order in (orders if isinstance(orders, list) else [orders])]
        return json_response(done if isinstance(orders, list) else done[0])

    # Schema

    def show_schema(self, _request: Request) -> Response:
        forms = [{"id": form.id, "name": form.name} for form in self.portal.events.forms.values()]
        properties = {
            kind.name: {
                definition.name: self._show_property(kind, definition)
                for definition in self.portal.properties[kind.type_id].live.values()
            }
            for kind in self.portal.types
        }
        owners = [{"id": str(owner.id), "email": owner.email} for owner in self.portal.owners.values()]
        return json_response({"forms": forms, "properties": properties, "owners": owners})

    def _show_property(self, kind: ObjectType, definition: Property) -> Shown:
        return {
            "type": definition.type,
            "fieldType": definition.field_type,
            "label": definition.label,
            "options": [option.value for option in options_of(self.portal, kind, definition)],
            "unique": definition.unique,
            "readOnly": definition.read_only,
            "calculated": definition.calculated,
            "group": definition.group,
        }

    def change_schema(self, request: Request) -> Response:
        order = door_json(request)
        if not isinstance(order, dict) or set(order) - {"forms", "properties", "owners"}:
            raise DoorError('the schema takes {"forms": [...], "properties": {...}, "owners": [...]}')
        for entry in order.get("forms") or ():
            if not isinstance(entry, dict) or not entry.get("name"):
                raise DoorError('a form is {"id": guid, "name": text}; the id may be left out')
            add_form(self.portal, entry.get("id"), str(entry["name"]))
        for word, wanted in (order.get("properties") or {}).items():
            self._merge_properties(word, wanted)
        for entry in order.get("owners") or ():
            self._merge_owner(entry)
        return self.show_schema(request)

    def _merge_properties(self, word: str, wanted: object) -> None:
        kind = self.portal.types.find(word)
        if kind is None or not isinstance(wanted, dict):
            raise DoorError(f'properties takes {{"contacts": {{"name": {{...}}}}}}; {word!r} is no object type here')
        for name, change in wanted.items():
            if not isinstance(change, dict) or set(change) - PROPERTY_KEYS:
                raise DoorError(f"property {name} takes {', '.join(sorted(PROPERTY_KEYS))}")
            self._merge_property(kind, name, change)

    def _merge_property(self, kind: ObjectType, name: str, change: Shown) -> None:
        book, now = self.portal.properties[kind.type_id], self.portal.now_ms()
        definition = book.get(name)
        if definition is None:
            type_ = str(change.get("type", "string"))
            if type_ not in DEFAULT_FIELD_TYPES:
                raise DoorError(f"property {name}: type {type_!r} is not one of {', '.join(DEFAULT_FIELD_TYPES)}")
            definition = Property(name=name, label=name, type=type_, group=next(iter(book.groups)), created_ms=now)
            definition.hubspot_defined = False
            definition.field_type = DEFAULT_FIELD_TYPES[type_]
        definition.type = str(change.get("type", definition.type))
        definition.field_type = str(change.get("fieldType", definition.field_type))
        if (definition.type, definition.field_type) not in {*KINDS.values(), *DEFAULT_FIELD_TYPES.items()}:
            raise DoorError(
                f"property {name}: fieldType {definition.field_type!r} does not go with {definition.type!r}"
            )
        definition.label = str(change.get("label", definition.label))
        definition.description = str(change.get("description", definition.description))
        definition.group = str(change.get("group", definition.group))
        definition.unique = bool(change.get("unique", definition.unique))
        definition.calculated = bool(change.get("calculated", definition.calculated))
        definition.read_only = bool(change.get("readOnly", definition.read_only or definition.calculated))
        if "options" in change:
            definition.options = [_option(entry, order) for order, entry in enumerate(change["options"])]
        definition.refresh_choices()
        definition.updated_ms = now
        book.add(definition)
        if definition.unique:
            for row in self.portal.tables[kind.type_id].rows.values():
                self.portal.claim_unique(kind, row, (name,))

    def _merge_owner(self, entry: object) -> None:
        if not isinstance(entry, dict) or not entry.get("email"):
            raise DoorError('an owner is {"email", "first", "last", "archived"}')
        owners, now = self.portal.owners, self.portal.now_ms()
        owner = next((one for one in owners.values() if one.email == entry["email"]), None)
        if owner is None:
            id = max(owners) + 1
            owner = owners[id] = Owner(id=id, user_id=id - 6000, email=str(entry["email"]), created_ms=now)
        owner.first, owner.last = str(entry.get("first", owner.first)), str(entry.get("last", owner.last))
        owner.archived = bool(entry.get("archived", owner.archived))
        owner.updated_ms = now

    # Switches

    def show_switches(self, _request: Request) -> Response:
        return json_response({"switches": asdict(self.portal.switches), "defaults": asdict(Switches())})

    def set_switches(self, request: Request) -> Response:
        order = door_json(request)
        if not isinstance(order, dict):
            raise DoorError('switches take {"name": value}')
        try:
            self.portal.set_switches(order)
        except ValueError as error:
            raise DoorError(str(error)) from None
        return self.show_switches(request)

    # Journal

    def show_journal(self, request: Request) -> Response:
        """`after` skips so many changes; `limit` caps the entries. `next` is the `after` that goes on from here."""
        after, limit = _count(request, "after", 0), _count(request, "limit", MAX_ENTRIES)
        entries: list[Shown] = []
        at = after
        for change in self.portal.changes.journal[after:]:
            if len(entries) >= limit:
                break
            entries += self._entries(change)
            at += 1
        return json_response({"journal": entries, "next": at})

    def _entries(self, change: Change) -> Iterator[Shown]:
        kind = self.portal.types.find(change.type_id)
        shown: Shown = {
            "at": iso(change.at_ms),
            "kind": change.kind,
            "who": {
                "source": change.actor.source,
                "source_id": change.actor.source_id,
                "user_id": change.actor.user_id,
            },
            "record": {
                "object": kind.name if kind is not None else change.type_id,
                "object_type_id": change.type_id,
                "id": str(change.record_id),
            },
        }
        if change.detail is not None:
            shown["detail"] = _detail(change.detail)
        if not change.values:
            yield {**shown, "field": None, "old": None, "new": None}
        for name, value in change.values.items():
            yield {**shown, "field": name, "old": change.before.get(name), "new": value}

    # Snapshots

    def snapshot(self, request: Request) -> Response:
        """`{"save": file}` or `{"load": file}`."""
        order = door_json(request)
        match order:
            case {"save": str(path)}:
                save_portal(self.portal, Path(path))
                return json_response({"saved": path})
            case {"load": str(path)}:
                load_portal(self.portal, Path(path))
                return json_response({"loaded": path})
            case _:
                raise DoorError('a snapshot takes {"save": file} or {"load": file}')


def _option(entry: object, order: int) -> Option:
    if isinstance(entry, dict):
        return Option(value=str(entry["value"]), label=str(entry.get("label", entry["value"])), order=order)
    return Option(value=str(entry), label=str(entry), order=order)


def _detail(detail: Association | Merge | Membership) -> Shown:
    match detail:
        case Association():
            return {
                "to": {"object_type_id": detail.to_type, "id": str(detail.to_id)},
                "association_type_id": detail.type_id,
                "removed": detail.removed,
            }
        case Merge():
            return {"primary": str(detail.primary_id), "merged": list(map(str, detail.merged_ids))}
        case Membership():
            return {"list": str(detail.list_id), "joined": detail.joined}


def _count(request: Request, name: str, default: int) -> int:
    text = request.one(name)
    if text is None:
        return default
    if not text.isdecimal():
        raise DoorError(f"{name} is to be a whole number, not {text!r}")
    return int(text)


def _kept(handler: Callable[[Request], Response]) -> Handler:
    """Turn what the door or HubSpot's own rules refuse into a 400 that says why."""

    def answer(request: Request) -> Response:
        try:
            return handler(request)
        except (DoorError, SnapshotError) as error:
            return refuse(str(error))
        except Refusal as refusal:
            return refuse(refusal.message)

    return answer


def add_routes(portal: Portal, routes: Routes) -> None:
    door = Door(portal)
    for method, name, handler in (
        ("POST", "actions", door.act),
        ("GET", "schema", door.show_schema),
        ("PATCH", "schema", door.change_schema),
        ("GET", "switches", door.show_switches),
        ("PATCH", "switches", door.set_switches),
        ("GET", "journal", door.show_journal),
        ("POST", "snapshot", door.snapshot),
    ):
        routes.open_add(method, DOOR + name, _kept(handler))
