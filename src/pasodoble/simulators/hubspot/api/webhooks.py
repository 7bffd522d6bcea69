"""The webhook settings of an app: where events go, how many requests at once, which events; and the door to disturb them.

The developer's key (`hapikey`) or any token of the app opens it.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from pasodoble.simulators.door import DoorError, door_json, refuse
from pasodoble.simulators.http import DOOR, Request, Response, json_response
from pasodoble.simulators.hubspot.bodies import inputs, json_object, optional, required
from pasodoble.simulators.hubspot.errors import Refusal, missing
from pasodoble.simulators.hubspot.moments import iso
from pasodoble.simulators.hubspot.portal import Portal
from pasodoble.simulators.hubspot.routes import Routes, is_dated
from pasodoble.simulators.hubspot.webhooks import (
    DEFAULT_CONCURRENCY,
    EVENT_TYPES,
    GENERIC_UNSUBSCRIBABLE,
    MIN_CONCURRENCY,
    UNSUBSCRIBABLE,
    Settings,
    Subscription,
)


def add_routes(portal: Portal, routes: Routes) -> None:
    area = WebhookSettings(portal)
    rows = [
        ("GET", "/settings", area.show_settings),
        ("PUT", "/settings", area.put_settings),
        ("DELETE", "/settings", area.clear_settings),
        ("GET", "/subscriptions", area.list_all),
        ("POST", "/subscriptions", area.create),
        ("POST", "/subscriptions/batch/update", area.update_batch),
        ("GET", "/subscriptions/{id}", area.show),
        ("PATCH", "/subscriptions/{id}", area.update),
        ("DELETE", "/subscriptions/{id}", area.delete),
    ]
    bases = ("/webhooks/v3/{app_id}", "/webhooks/{edition}/{app_id}", "/app-webhooks/{edition}/{app_id}")
    routes.add_table("webhooks", bases, rows)
    routes.open_add("GET", DOOR + "webhooks", area.show_delivery)
    routes.open_add("POST", DOOR + "webhooks", area.disturb)


class WebhookSettings:
    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._webhooks = portal.webhooks
        self._book = portal.webhooks.book

    def _check_app(self, request: Request) -> None:
        if request.params["app_id"] != str(self._portal.account.app_id):
            raise missing(f"Could not find app {request.params['app_id']}")

    # -- settings -------------------------------------------------------------------------------------------------

    def show_settings(self, request: Request) -> Response:
        self._check_app(request)
        if self._book.settings is None:
            raise missing("No webhook settings are configured for this app")
        return json_response(_spell_settings(self._book.settings))

    def put_settings(self, request: Request) -> Response:
        self._check_app(request)
        body = json_object(request)
        target_url = required(body, "targetUrl", str)
        if urlsplit(target_url).scheme not in ("http", "https") or not urlsplit(target_url).netloc:
            raise Refusal(f"targetUrl is to be an https address, not {target_url!r}")
        throttling = optional(body, "throttling", dict) or {}
        concurrent = optional(throttling, "maxConcurrentRequests", int) or DEFAULT_CONCURRENCY
        if concurrent < MIN_CONCURRENCY:
            raise Refusal(f"maxConcurrentRequests is to be greater than {MIN_CONCURRENCY - 1}, not {concurrent}")
        now, old = self._portal.now_ms(), self._book.settings
        self._book.settings = Settings(
            target_url=target_url,
            max_concurrent=concurrent,
            created_ms=old.created_ms if old else now,
            updated_ms=now,
        )
        return json_response(_spell_settings(self._book.settings))

    def clear_settings(self, request: Request) -> Response:
        self._check_app(request)
        self._book.settings = None
        return Response(status=204)

    # -- subscriptions --------------------------------------------------------------------------------------------

    def list_all(self, request: Request) -> Response:
        self._check_app(request)
        return json_response(
            {"results": [_spell(row, dated=is_dated(request)) for row in self._book.subscriptions.values()]}
        )

    def create(self, request: Request) -> Response:
        self._check_app(request)
        body = json_object(request)
        event_type = required(body, "eventType", str)
        if event_type not in EVENT_TYPES:
            raise Refusal(f"eventType {event_type!r} is not one that can be subscribed to")
        name, type_id = optional(body, "propertyName", str), self._object_type_id(body, event_type)
        _check_property(event_type, name)
        asked = (event_type, name if event_type.endswith(".propertyChange") else None, type_id)
        self._ensure_new(asked)
        subscription = self._webhooks.subscribe(
            event_type,
            active=bool(optional(body, "active", bool)),
            property_name=asked[1],
            object_type_id=type_id,
            event_type_name=optional(body, "eventTypeName", str),
        )
        return json_response(_spell(subscription, dated=is_dated(request)), 201)

    def _object_type_id(self, body: dict[str, Any], event_type: str) -> str | None:
        if not event_type.startswith("object."):
            return None
        kind = self._portal.types.find(required(body, "objectTypeId", str))
        if kind is None:
            raise Refusal(f"objectTypeId {body['objectTypeId']!r} is not an object type of this account")
        return kind.type_id

    def _ensure_new(self, asked: tuple[str, str | None, str | None]) -> None:
        for other in self._book.subscriptions.values():
            if not other.sweeping and (other.event_type, other.property_name, other.object_type_id) == asked:
                raise Refusal(f"A subscription to this already exists. Existing ID: {other.id}")

    def _find(self, request: Request) -> Subscription:
        self._check_app(request)
        text = request.params["id"]
        found = self._book.subscriptions.get(int(text)) if text.isdecimal() else None
        if found is None:
            raise missing(f"Could not find subscription {text}")
        return found

    def show(self, request: Request) -> Response:
        return json_response(_spell(self._find(request), dated=is_dated(request)))

    def update(self, request: Request) -> Response:
        subscription = self._find(request)
        active = optional(json_object(request), "active", bool)
        if active is not None:
            self._set_active(subscription, active)
        return json_response(_spell(subscription, dated=is_dated(request)))

    def _set_active(self, subscription: Subscription, active: bool) -> None:
        subscription.active = active
        subscription.updated_ms = self._portal.now_ms()
        self._book.refresh()

    def delete(self, request: Request) -> Response:
        self._book.remove(self._find(request).id)
        return Response(status=204)

    def update_batch(self, request: Request) -> Response:
        self._check_app(request)
        started = iso(self._portal.now_ms())
        done, errors = [], []
        for row in inputs(request):
            id, active = required(row, "id", int), required(row, "active", bool)
            subscription = self._book.subscriptions.get(id)
            if subscription is None:
                errors.append(missing(f"Could not find subscription {id}", id=str(id)).batch_error())
                continue
            self._set_active(subscription, active)
            done.append(_spell(subscription, dated=is_dated(request)))
        answer = {
            "status": "COMPLETE",
            "results": done,
            "startedAt": started,
            "completedAt": iso(self._portal.now_ms()),
        }
        if errors:
            return json_response({**answer, "numErrors": len(errors), "errors": errors}, 207)
        return json_response(answer)

    # -- the door -------------------------------------------------------------------------------------------------

    def show_delivery(self, _request: Request) -> Response:
        return json_response(self._webhooks.sender.state())

    def disturb(self, request: Request) -> Response:
        usage = 'webhooks take {"drop":n, "duplicate":n, "delay_s":n, "reorder":true} for the deliveries to come'
        try:
            order = door_json(request)
        except DoorError as error:
            return refuse(str(error))
        if not isinstance(order, dict) or set(order) - {"drop", "duplicate", "delay_s", "reorder", "target_url"}:
            return refuse(usage)
        kinds = {"drop": int, "duplicate": int, "delay_s": int | float, "reorder": bool, "target_url": str}
        if any(not isinstance(value, kinds[name]) for name, value in order.items()):
            return refuse(usage)
        target_url = order.pop("target_url", None)
        if target_url is not None:
            self._webhooks.aim_at(target_url)
        for name, value in order.items():
            setattr(self._webhooks.sender.disturbance, name, value)
        return self.show_delivery(request)


def _check_property(event_type: str, name: str | None) -> None:
    if not event_type.endswith(".propertyChange"):
        return
    if not name:
        raise Refusal(f"propertyName is required for {event_type} subscriptions")
    if name in UNSUBSCRIBABLE or (event_type.startswith("object.") and name in GENERIC_UNSUBSCRIBABLE):
        raise Refusal(f"The property {name} cannot be subscribed to")


def _spell_settings(settings: Settings) -> dict[str, Any]:
    return {
        "targetUrl": settings.target_url,
        "throttling": {"maxConcurrentRequests": settings.max_concurrent},
        "createdAt": iso(settings.created_ms),
        "updatedAt": iso(settings.updated_ms),
    }


def _spell(subscription: Subscription, *, dated: bool) -> dict[str, Any]:
    spelled = {
        "id": str(subscription.id),
        "eventType": subscription.event_type,
        "active": subscription.active,
        "createdAt": iso(subscription.created_ms),
        "updatedAt": iso(subscription.updated_ms),
    }
    optional_members = {
        "propertyName": subscription.property_name,
        "objectTypeId": subscription.object_type_id,
        "eventTypeName": subscription.event_type_name if dated else None,
    }
    return spelled | {name: value for name, value in optional_members.items() if value is not None}
