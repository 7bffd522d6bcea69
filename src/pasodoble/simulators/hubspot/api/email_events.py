"""Marketing email events, version 1: one row for each send, delivery, open and click, newest first.

It is the only API that tells single events; totals are in `api/marketing_emails`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Any, Final

from pasodoble.simulators.http import Request, Response, json_response
from pasodoble.simulators.hubspot.bodies import page_size
from pasodoble.simulators.hubspot.errors import Refusal, missing
from pasodoble.simulators.hubspot.event_model import EmailEvent
from pasodoble.simulators.hubspot.portal import Portal
from pasodoble.simulators.hubspot.routes import Routes

MAX_EVENTS: Final = 1_000
EVENT_APP: Final = (113, "Batch")
"""(id, name) of HubSpot's own application that sends marketing emails."""


def add_routes(portal: Portal, routes: Routes) -> None:
    area = EmailEvents(portal)
    routes.add("GET", "/email/public/v1/events", area.page, area="content")
    routes.add("GET", "/email/public/v1/events/{created}/{id}", area.show, area="content")
    routes.add("GET", "/email/public/v1/campaigns", area.campaigns, area="content")
    routes.add("GET", "/email/public/v1/campaigns/by-id", area.campaigns, area="content")
    routes.add("GET", "/email/public/v1/campaigns/{id}", area.campaign, area="content")


class EmailEvents:
    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._book = portal.events

    def page(self, request: Request) -> Response:
        limit = page_size(request, default=10, largest=MAX_EVENTS)
        events = self._book.email_events
        low = bisect_left(events, _moment(request, "startTimestamp") or 0, key=_created)
        end_ms = _moment(request, "endTimestamp")
        high = len(events) if end_ms is None else bisect_right(events, end_ms, key=_created)
        high = min(high, _position(request, high))
        found: list[dict[str, Any]] = []
        while high > low and len(found) < limit:
            high -= 1
            if _wanted(request, events[high]):
                found.append(self._spell(events[high]))
        more = any(_wanted(request, event) for event in events[low:high])
        return json_response({"hasMore": more, "offset": f"{high:x}", "events": found})

    def show(self, request: Request) -> Response:
        for event in self._book.email_events:
            if event.id == request.params["id"] and str(event.created_ms) == request.params["created"]:
                return json_response(self._spell(event))
        raise missing("resource not found")

    def _spell(self, event: EmailEvent) -> dict[str, Any]:
        spelled: dict[str, Any] = {
            "id": event.id,
            "created": event.created_ms,
            "type": event.type,
            "recipient": event.recipient,
            "portalId": self._portal.account.portal_id,
            "appId": EVENT_APP[0],
            "appName": EVENT_APP[1],
            "emailCampaignId": event.campaign_id,
        }
        if event.sent_by is not None:
            spelled["sentBy"] = {"id": event.sent_by[0], "created": event.sent_by[1]}
        if event.url is not None:
            spelled["url"] = event.url
        if event.user_agent is not None:
            spelled["userAgent"] = event.user_agent
        return spelled

    def campaigns(self, _request: Request) -> Response:
        rows = [
            {
                "id": email.campaign_id,
                "appId": EVENT_APP[0],
                "appName": EVENT_APP[1],
                "lastUpdatedTime": email.updated_ms,
            }
            for email in self._book.emails.values()
        ]
        return json_response({"hasMore": False, "offset": "", "campaigns": rows})

    def campaign(self, request: Request) -> Response:
        for email in self._book.emails.values():
            if str(email.campaign_id) == request.params["id"]:
                return json_response(
                    {
                        "id": email.campaign_id,
                        "contentId": email.id,
                        "appId": EVENT_APP[0],
                        "appName": EVENT_APP[1],
                        "name": email.name,
                        "subject": email.subject,
                        "counters": self._counters(email.campaign_id),
                        "type": "BATCH_EMAIL",
                    }
                )
        raise missing("resource not found")

    def _counters(self, campaign_id: int) -> dict[str, int]:
        counters: dict[str, int] = {}
        for event in self._book.email_events:
            if event.campaign_id == campaign_id:
                counters[event.type.lower()] = counters.get(event.type.lower(), 0) + 1
        return counters


def _created(event: EmailEvent) -> int:
    return event.created_ms


def _moment(request: Request, name: str) -> int | None:
    text = request.one(name)
    if not text:
        return None
    if not text.isdecimal():
        raise Refusal(f"{name} is to be milliseconds since 1970, not {text!r}")
    return int(text)


def _position(request: Request, default: int) -> int:
    try:
        return int(request.one("offset") or f"{default:x}", 16)
    except ValueError:
        raise Refusal("offset is to be what the page before gave") from None


def _wanted(request: Request, event: EmailEvent) -> bool:
    types = request.many("eventType")
    recipient, campaign = request.one("recipient"), request.one("campaignId")
    return (
        (not types or event.type in types)
        and (recipient is None or event.recipient == recipient.strip().lower())
        and (campaign is None or str(event.campaign_id) == campaign)
    )
