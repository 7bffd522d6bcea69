"""The webhooks journal over HTTP: subscriptions and filters, offsets, batches, snapshots, and the files themselves.

A file's address is signed and needs no token, as the vendor's storage would have it.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any, Final

from pasodoble.simulators.http import Request, Response, json_response
from pasodoble.simulators.hubspot.bodies import json_object, numbers, optional, required, texts
from pasodoble.simulators.hubspot.errors import Refusal, missing
from pasodoble.simulators.hubspot.journal import ACTIONS, OPERATORS, File, Filter, JournalSubscription, Snapshot
from pasodoble.simulators.hubspot.moments import iso
from pasodoble.simulators.hubspot.portal import Portal
from pasodoble.simulators.hubspot.routes import Routes

ADDRESS_LIFE_MS: Final = 3_600_000
MAX_BATCH: Final = 100
FILES: Final = "/webhooks-journal/files"


def add_routes(portal: Portal, routes: Routes) -> None:
    reader = JournalReader(portal)
    rows = [
        ("GET", "/earliest", reader.earliest),
        ("GET", "/latest", reader.latest),
        ("GET", "/offset/{offset}/next", reader.next),
        ("GET", "/batch/earliest/{count}", reader.earliest_batch),
        ("GET", "/batch/latest/{count}", reader.latest_batch),
        ("GET", "/batch/{offset}/next/{count}", reader.next_batch),
        ("POST", "/batch/read", reader.read_batch),
        ("GET", "/status/{id}", reader.snapshot_status),
    ]
    bases = [
        f"/webhooks-journal/{name}/{version}"
        for name in ("journal", "journal-local")
        for version in ("{edition}", "v4")
    ]
    routes.add_table("journal", bases, rows)
    routes.open_add("GET", FILES + "/{offset}", reader.file)
    desk = SubscriptionDesk(portal)
    routes.add_table(
        "journal",
        ("/webhooks-journal/subscriptions/{edition}", "/webhooks-journal/subscriptions/v4"),
        [
            ("GET", "", desk.list_all),
            ("POST", "", desk.create),
            ("GET", "/{id}", desk.show),
            ("DELETE", "/{id}", desk.delete),
            ("DELETE", "/portals/{portal_id}", desk.delete_all),
            ("POST", "/filters", desk.create_filter),
            ("GET", "/filters/{id}", desk.show_filter),
            ("DELETE", "/filters/{id}", desk.delete_filter),
            ("GET", "/filters/subscription/{id}", desk.list_filters),
        ],
    )
    routes.add_table("journal", ("/webhooks-journal/snapshots/{edition}",), [("POST", "/crm", desk.take_snapshots)])


class JournalReader:
    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._journal = portal.journal

    def _files(self, request: Request) -> list[File]:
        """The files the caller may see; another account's journal is empty."""
        asked = request.one("installPortalId")
        if asked is not None and asked != str(self._portal.account.portal_id):
            return []
        return self._journal.files()

    def _after(self, request: Request) -> list[File]:
        try:
            following = self._journal.after(request.params["offset"])
        except ValueError:
            raise Refusal(f"{request.params['offset']!r} is not an offset of this journal") from None
        visible = self._files(request)
        return following if visible else []

    # -- single files ---------------------------------------------------------------------------------------------

    def earliest(self, request: Request) -> Response:
        return self._one(request, self._files(request)[:1])

    def latest(self, request: Request) -> Response:
        return self._one(request, self._files(request)[-1:])

    def next(self, request: Request) -> Response:
        return self._one(request, self._after(request)[:1])

    def _one(self, request: Request, files: list[File]) -> Response:
        """The file's address, or 204 when nothing is new."""
        return json_response(self._spell(request, files[0])) if files else Response(status=204)

    # -- batches --------------------------------------------------------------------------------------------------

    def earliest_batch(self, request: Request) -> Response:
        return self._many(request, self._files(request)[: _count(request)])

    def latest_batch(self, request: Request) -> Response:
        return self._many(request, self._files(request)[-_count(request) :])

    def next_batch(self, request: Request) -> Response:
        return self._many(request, self._after(request)[: _count(request)])

    def read_batch(self, request: Request) -> Response:
        asked = texts(json_object(request), "inputs")
        visible = {file.offset: file for file in self._files(request)}
        return self._many(request, [visible[offset] for offset in asked if offset in visible])

    def _many(self, request: Request, files: list[File]) -> Response:
        now = iso(self._portal.now_ms())
        results = [self._spell(request, file) for file in files]
        return json_response({"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now})

    def _spell(self, request: Request, file: File) -> dict[str, Any]:
        expires_ms = self._portal.now_ms() + ADDRESS_LIFE_MS
        host = request.headers.get("host", "localhost")
        signature = self._sign(file.offset, str(expires_ms))
        return {
            "url": f"{request.scheme}://{host}{FILES}/{file.offset}?expires={expires_ms}&signature={signature}",
            "expiresAt": iso(expires_ms),
            "currentOffset": file.offset,
        }

    def _sign(self, offset: str, expires: str) -> str:
        secret = self._portal.credentials.client_secret.encode()
        return hmac.new(secret, f"{offset}:{expires}".encode(), hashlib.sha256).hexdigest()

    def file(self, request: Request) -> Response:
        offset, expires = request.params["offset"], request.one("expires") or ""
        signed = hmac.compare_digest(self._sign(offset, expires), request.one("signature") or "")
        if not signed or int(expires) < self._portal.now_ms():
            raise Refusal("Request has expired or its signature does not match", status=403, category=None)
        file = self._journal.find(offset)
        if file is None:
            raise missing(f"The journal no longer holds {offset}")
        return json_response(
            {"offset": file.offset, "journalEvents": list(file.events), "publishedAt": iso(file.published_ms)}
        )

    def snapshot_status(self, request: Request) -> Response:
        snapshot = self._journal.snapshots.get(request.params["id"])
        if snapshot is None:
            raise missing(f"Could not find snapshot {request.params['id']}")
        return json_response(_spell_status(snapshot))


def _count(request: Request) -> int:
    text = request.params["count"]
    if not text.isdecimal() or not 1 <= int(text) <= MAX_BATCH:
        raise Refusal(f"count is to be a whole number from 1 to {MAX_BATCH}, not {text!r}")
    return int(text)


def _spell_status(snapshot: Snapshot) -> dict[str, Any]:
    status: dict[str, Any] = {
        "id": snapshot.id,
        "initiatedAt": snapshot.initiated_ms,
        "completedAt": snapshot.initiated_ms,
        "status": "COMPLETED" if snapshot.done else "FAILED",
    }
    if not snapshot.done:
        status |= {"errorCode": "VALIDATION_ERROR", "message": "the record does not exist"}
    return status


class SubscriptionDesk:
    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._journal = portal.journal

    def list_all(self, _request: Request) -> Response:
        return json_response({"results": [self._spell(row) for row in self._journal.subscriptions.values()]})

    def create(self, request: Request) -> Response:
        body = json_object(request)
        kind = required(body, "subscriptionType", str)
        if kind not in ACTIONS:
            raise Refusal(f"subscriptionType {kind!r} is unknown; one of {', '.join(sorted(ACTIONS))}")
        subscription = JournalSubscription(
            id=self._journal.next_id(),
            kind=kind,
            actions=_actions(body, kind),
            type_id=self._type_id(body, kind),
            properties=tuple(texts(body, "properties")),
            record_ids=frozenset(numbers(body, "objectIds")),
            other_type_ids=frozenset(texts(body, "associatedObjectTypeIds")),
            list_ids=frozenset(numbers(body, "listIds")),
            portal_id=optional(body, "portalId", int),
            created_ms=self._portal.now_ms(),
        )
        self._journal.subscriptions[subscription.id] = subscription
        return json_response(self._spell(subscription), 201)

    def _type_id(self, body: dict[str, Any], kind: str) -> str:
        if kind == "APP_LIFECYCLE_EVENT":
            return required(body, "eventTypeId", str)
        if kind == "LIST_MEMBERSHIP":
            return "0-1"
        found = self._portal.types.find(required(body, "objectTypeId", str))
        if found is None:
            raise Refusal(f"objectTypeId {body['objectTypeId']!r} is not an object type of this account")
        return found.type_id

    def _spell(self, row: JournalSubscription) -> dict[str, Any]:
        created = iso(row.created_ms)
        spelled: dict[str, Any] = {
            "id": row.id,
            "appId": self._portal.account.app_id,
            "subscriptionType": row.kind,
            "objectTypeId": row.type_id,
            "actions": sorted(row.actions),
            "properties": list(row.properties),
            "objectIds": sorted(row.record_ids),
            "associatedObjectTypeIds": sorted(row.other_type_ids),
            "listIds": sorted(row.list_ids),
            "createdAt": created,
            "updatedAt": created,
        }
        return spelled if row.portal_id is None else {**spelled, "portalId": row.portal_id}

    def _find(self, request: Request) -> JournalSubscription:
        text = request.params["id"]
        found = self._journal.subscriptions.get(int(text)) if text.isdecimal() else None
        if found is None:
            raise missing(f"Could not find subscription {text}")
        return found

    def show(self, request: Request) -> Response:
        return json_response(self._spell(self._find(request)))

    def delete(self, request: Request) -> Response:
        self._forget([self._find(request).id])
        return Response(status=204)

    def delete_all(self, request: Request) -> Response:
        of_portal = [
            row.id for row in self._journal.subscriptions.values() if str(row.portal_id) == request.params["portal_id"]
        ]
        self._forget(of_portal)
        return Response(status=204)

    def _forget(self, ids: list[int]) -> None:
        for id in ids:
            del self._journal.subscriptions[id]
        for rule in [rule for rule in self._journal.filters.values() if rule.subscription_id in ids]:
            del self._journal.filters[rule.id]

    # -- filters --------------------------------------------------------------------------------------------------

    def create_filter(self, request: Request) -> Response:
        body = json_object(request)
        subscription_id = required(body, "subscriptionId", int)
        if subscription_id not in self._journal.subscriptions:
            raise missing(f"Could not find subscription {subscription_id}")
        conditions = required(required(body, "filter", dict), "conditions", list)
        for condition in conditions:
            if (
                not isinstance(condition, dict)
                or condition.get("operator") not in OPERATORS
                or "property" not in condition
            ):
                raise Refusal(f"a condition names a property and one of {', '.join(sorted(OPERATORS))}")
        rule = Filter(self._journal.next_id(), subscription_id, tuple(conditions), self._portal.now_ms())
        self._journal.filters[rule.id] = rule
        return json_response({"filterId": rule.id}, 201)

    def _find_filter(self, request: Request) -> Filter:
        text = request.params["id"]
        found = self._journal.filters.get(int(text)) if text.isdecimal() else None
        if found is None:
            raise missing(f"Could not find filter {text}")
        return found

    def show_filter(self, request: Request) -> Response:
        return json_response(_spell_filter(self._find_filter(request)))

    def delete_filter(self, request: Request) -> Response:
        del self._journal.filters[self._find_filter(request).id]
        return Response(status=204)

    def list_filters(self, request: Request) -> Response:
        id = self._find(request).id
        return json_response(
            [_spell_filter(rule) for rule in self._journal.filters.values() if rule.subscription_id == id]
        )

    # -- snapshots ------------------------------------------------------------------------------------------------

    def take_snapshots(self, request: Request) -> Response:
        rows = required(json_object(request), "snapshotRequests", list)
        return json_response({"snapshotResponses": [self._snapshot(row) for row in rows]})

    def _snapshot(self, row: object) -> dict[str, Any]:
        if not isinstance(row, dict):
            raise Refusal("snapshotRequests is to be a list of objects")
        kind = self._portal.types.find(required(row, "objectTypeId", str))
        if kind is None:
            raise Refusal(f"objectTypeId {row['objectTypeId']!r} is not an object type of this account")
        record_id = required(row, "objectId", int)
        taken = self._journal.snapshot(kind.type_id, record_id, texts(row, "properties"))
        return {
            "portalId": self._portal.account.portal_id,
            "objectTypeId": kind.type_id,
            "objectId": record_id,
            "snapshotStatusId": taken.id,
        }


def _actions(body: dict[str, Any], kind: str) -> frozenset[str]:
    """What a subscription asks for; app life-cycle ones name no actions and mean both."""
    asked = frozenset(texts(body, "actions"))
    if unknown := asked - ACTIONS[kind]:
        raise Refusal(f"{sorted(unknown)[0]} is no action of {kind}; it has {', '.join(sorted(ACTIONS[kind]))}")
    return asked or ACTIONS[kind]


def _spell_filter(rule: Filter) -> dict[str, Any]:
    return {"id": rule.id, "createdAt": rule.created_ms, "filter": {"conditions": list(rule.conditions)}}
