"""Communication preferences: which kinds of mail there are, who takes them, and how somebody opts in or out.

What opting out of everything does to the contact belongs to `activities`.
"""

from __future__ import annotations

from typing import Any, Final

from pasodoble.simulators.http import Request, Response, json_response
from pasodoble.simulators.hubspot.activities import unsubscribe
from pasodoble.simulators.hubspot.api.objects import flag
from pasodoble.simulators.hubspot.bodies import json_object, optional, required
from pasodoble.simulators.hubspot.errors import Refusal
from pasodoble.simulators.hubspot.moments import iso
from pasodoble.simulators.hubspot.portal import Portal
from pasodoble.simulators.hubspot.routes import Routes, actor_of
from pasodoble.simulators.hubspot.writing import Writer

KINDS: Final = (
    ("2001", "Marketing Information", "Marketing offers and updates", "Marketing"),
    ("2002", "One to One", "One to one emails", "Sales"),
)
CHANNEL: Final = "Email"
OPTED_OUT: Final = "hs_email_optout"


def add_routes(portal: Portal, routes: Routes) -> None:
    area = Preferences(portal)
    rows = [
        ("GET", "/definitions", area.definitions),
        ("GET", "/status/email/{email}", area.status),
        ("POST", "/subscribe", area.subscribe),
        ("POST", "/unsubscribe", area.unsubscribe),
    ]
    routes.add_table("preferences", ("/communication-preferences/v3",), rows)
    newer = [
        ("GET", "/statuses/{email}/unsubscribe-all", area.wide_status),
        ("POST", "/statuses/{email}/unsubscribe-all", area.unsubscribe_all),
    ]
    routes.add_table("preferences", ("/communication-preferences/v4", "/communication-preferences/{edition}"), newer)


class Preferences:
    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._choices: dict[tuple[str, str], bool] = {}

    def definitions(self, _request: Request) -> Response:
        started = iso(self._portal.started_ms)
        rows = [
            {
                "id": id,
                "name": name,
                "description": description,
                "purpose": purpose,
                "communicationMethod": CHANNEL,
                "isActive": True,
                "isDefault": True,
                "isInternal": id == KINDS[1][0],
                "createdAt": started,
                "updatedAt": started,
            }
            for id, name, description, purpose in KINDS
        ]
        return json_response({"subscriptionDefinitions": rows})

    def status(self, request: Request) -> Response:
        email = request.params["email"].strip().lower()
        opted_out = self._is_opted_out(email)
        rows = [self._spell(email, id, name, description, opted_out=opted_out) for id, name, description, _ in KINDS]
        return json_response({"recipient": email, "subscriptionStatuses": rows})

    def wide_status(self, request: Request) -> Response:
        email = _subscriber(request)
        row = {
            "channel": CHANNEL.upper(),
            "status": "UNSUBSCRIBED" if self._is_opted_out(email) else "NOT_SPECIFIED",
            "subscriberIdString": email,
            "timestamp": iso(self._portal.now_ms()),
            "wideStatusType": "PORTAL_WIDE",
        }
        return json_response(self._complete([row]), records=1)

    def unsubscribe_all(self, request: Request) -> Response:
        """Opting out of everything; somebody opts in again by a link in an email only."""
        email = _subscriber(request)
        self._choices.update({(email, kind[0]): False for kind in KINDS})
        contact = self._portal.find_unique(self._portal.types["0-1"], "email", email)
        if contact is not None and not self._is_opted_out(email):
            unsubscribe(self._portal, contact, None)
        shown = [self._spell_status(email, kind) for kind in KINDS] if flag(request, "verbose") else []
        return json_response(self._complete(shown), records=1, writes=1)

    def _spell_status(self, email: str, kind: tuple[str, ...]) -> dict[str, Any]:
        return {
            "channel": CHANNEL.upper(),
            "source": "API",
            "status": "UNSUBSCRIBED",
            "subscriberIdString": email,
            "subscriptionId": int(kind[0]),
            "subscriptionName": kind[1],
            "timestamp": iso(self._portal.now_ms()),
            "setStatusSuccessReason": "UNSUBSCRIBE_FROM_ALL_OCCURRED",
        }

    def _complete(self, results: list[dict[str, Any]]) -> dict[str, Any]:
        now = iso(self._portal.now_ms())
        return {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now}

    def _is_opted_out(self, email: str) -> bool:
        contact = self._portal.find_unique(self._portal.types["0-1"], "email", email)
        return contact is not None and contact.values.get(OPTED_OUT) == "true"

    def _spell(self, email: str, id: str, name: str, description: str, *, opted_out: bool) -> dict[str, Any]:
        subscribed = self._choices.get((email, id), False) and not opted_out
        return {
            "id": id,
            "name": name,
            "description": description,
            "status": "SUBSCRIBED" if subscribed else "NOT_SUBSCRIBED",
            "sourceOfStatus": "PORTAL_WIDE_STATUS" if opted_out else "SUBSCRIPTION_STATUS",
        }

    def subscribe(self, request: Request) -> Response:
        return self._choose(request, subscribed=True)

    def unsubscribe(self, request: Request) -> Response:
        return self._choose(request, subscribed=False)

    def _choose(self, request: Request, *, subscribed: bool) -> Response:
        body = json_object(request)
        email, id = required(body, "emailAddress", str).strip().lower(), required(body, "subscriptionId", str)
        kind = next((kind for kind in KINDS if kind[0] == id), None)
        if kind is None:
            raise Refusal(f"Subscription {id} does not exist")
        if subscribed and self._is_opted_out(email):
            raise Refusal(f"{email} has opted out of all email and cannot be subscribed")
        self._choices[email, id] = subscribed
        self._mark_contact(request, email, id, subscribed=subscribed)
        optional(body, "legalBasisExplanation", str)
        return json_response(self._spell(email, *kind[:3], opted_out=False))

    def _mark_contact(self, request: Request, email: str, id: str, *, subscribed: bool) -> None:
        """The contact shows single refusals in a property of their own."""
        contacts, name = self._portal.types["0-1"], f"hs_email_optout_{id}"
        contact = self._portal.find_unique(contacts, "email", email)
        if contact is not None and self._portal.properties["0-1"].get(name) is not None:
            Writer(self._portal, actor_of(request)).apply(contacts, contact, {name: str(not subscribed).lower()})


def _subscriber(request: Request) -> str:
    if request.one("channel") != CHANNEL.upper():
        raise Refusal("channel is required, and only EMAIL is supported")
    email = request.params["email"].strip().lower()
    if "@" not in email:
        raise Refusal(f"{email} is not an email address")
    return email
