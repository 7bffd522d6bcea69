"""Marketing emails over HTTP: drafts, publishing, versions, and statistics counted from the events.

Sending one to somebody is what `activities` does; single events are listed by `api/email_events`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from pasodoble.simulators.http import Request, Response, json_response
from pasodoble.simulators.hubspot.activities import make_email
from pasodoble.simulators.hubspot.bodies import json_object, optional, page_of, required
from pasodoble.simulators.hubspot.errors import Refusal, missing
from pasodoble.simulators.hubspot.event_model import EmailEvent, MarketingEmail
from pasodoble.simulators.hubspot.moments import DAY_MS, iso, parse_moment
from pasodoble.simulators.hubspot.portal import Portal
from pasodoble.simulators.hubspot.routes import Routes, is_dated

WRITABLE: Final = frozenset(
    (
        "activeDomain businessUnitId campaign content feedbackSurveyId folderIdV2 from jitterSendTime language "
        "publishDate rssData sendOnPublish state subcategory subscriptionDetails testing to webversion"
    ).split()
)
"""What travels through as it was given, beside name, subject and archived."""
OBJECTS: Final = ("content", "from", "rssData", "subscriptionDetails", "testing", "to", "webversion")
COUNTERS: Final = {
    "SENT": "sent",
    "DELIVERED": "delivered",
    "OPEN": "open",
    "CLICK": "click",
    "BOUNCE": "bounce",
    "DROPPED": "dropped",
    "DEFERRED": "deferred",
    "SPAMREPORT": "spamreport",
    "STATUSCHANGE": "unsubscribed",
}
RATIOS: Final = (
    ("openratio", "open", "delivered"),
    ("clickratio", "click", "delivered"),
    ("clickthroughratio", "click", "open"),
    ("deliveredratio", "delivered", "sent"),
    ("bounceratio", "bounce", "sent"),
)
INTERVALS: Final = {
    "SECOND": 1_000,
    "MINUTE": 60_000,
    "QUARTER_HOUR": 900_000,
    "HOUR": 3_600_000,
    "DAY": DAY_MS,
    "WEEK": 7 * DAY_MS,
    "MONTH": 30 * DAY_MS,
    "QUARTER": 91 * DAY_MS,
    "YEAR": 365 * DAY_MS,
}
MAX_INTERVALS: Final = 1_000
PUBLISHED: Final = "PUBLISHED"


def add_routes(portal: Portal, routes: Routes) -> None:
    area = MarketingEmails(portal)
    rows = [
        ("GET", "", area.page),
        ("POST", "", area.create),
        ("POST", "/clone", area.clone),
        ("POST", "/ab-test/create-variation", area.create_variation),
        ("GET", "/statistics/list", area.statistics),
        ("GET", "/statistics/histogram", area.histogram),
        ("GET", "/{id}", area.show),
        ("PATCH", "/{id}", area.update),
        ("DELETE", "/{id}", area.archive),
        ("GET", "/{id}/ab-test/get-variation", area.show_variation),
        ("GET", "/{id}/draft", area.show_draft),
        ("PATCH", "/{id}/draft", area.change_draft),
        ("POST", "/{id}/draft/reset", area.reset_draft),
        ("POST", "/{id}/publish", area.publish),
        ("POST", "/{id}/unpublish", area.unpublish),
        ("GET", "/{id}/revisions", area.revisions),
        ("GET", "/{id}/revisions/{revision}", area.revision),
        ("POST", "/{id}/revisions/{revision}/restore", area.restore),
        ("POST", "/{id}/revisions/{revision}/restore-to-draft", area.restore_to_draft),
    ]
    routes.add_table("marketing-emails", ("/marketing/v3/emails", "/marketing/emails/{edition}"), rows)


class MarketingEmails:
    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._emails = portal.events.emails
        self._drafts = portal.events.drafts
        self._versions = portal.events.versions

    def _find(self, request: Request) -> MarketingEmail:
        return self._get(request.params["id"])

    def _get(self, id: str) -> MarketingEmail:
        email = self._emails.get(int(id)) if id.isdecimal() else None
        if email is None:
            raise missing(f"Email {id} not found")
        return email

    # -- emails ---------------------------------------------------------------------------------------------------

    def page(self, request: Request) -> Response:
        archived = (request.one("archived") or "").lower() == "true"
        emails = [email for email in self._emails.values() if bool(email.archived_ms) == archived]
        emails = [email for email in emails if _within(request, "created", email.created_ms)]
        emails = [email for email in emails if _within(request, "updated", email.updated_ms or email.created_ms)]
        if (published := request.one("isPublished")) is not None:
            emails = [email for email in emails if (_state(email) == PUBLISHED) == (published.lower() == "true")]
        sort = request.one("sort") or "createdAt"
        emails.sort(key=lambda email: _sort_key(email, sort.lstrip("-")), reverse=sort.startswith("-"))
        shown, paging = page_of(emails, request, default=10, largest=100)
        answer: dict[str, Any] = {"results": [self._spell(email, request) for email in shown], **paging}
        return json_response(answer if is_dated(request) else {"total": len(emails), **answer})

    def show(self, request: Request) -> Response:
        return json_response(self._spell(self._find(request), request))

    def create(self, request: Request) -> Response:
        body = json_object(request)
        email = self._new(required(body, "name", str), optional(body, "subject", str) or "")
        _take(email, body)
        return json_response(self._spell(email, request), 201)

    def _new(self, name: str, subject: str) -> MarketingEmail:
        email = make_email(self._portal, name, subject=subject)
        email.extra["state"] = "DRAFT"
        return email

    def clone(self, request: Request) -> Response:
        body = json_object(request)
        original = self._get(required(body, "id", str))
        email = self._new(optional(body, "cloneName", str) or f"{original.name} (copy)", original.subject)
        email.extra = {**original.extra, "state": "DRAFT"}
        return json_response(self._spell(email, request))

    def update(self, request: Request) -> Response:
        email, body = self._find(request), json_object(request)
        self._keep_version(email, request)
        self._change(email, body)
        return json_response(self._spell(email, request))

    def _change(self, email: MarketingEmail, body: dict[str, Any]) -> None:
        _take(email, body)
        email.updated_ms = self._portal.now_ms()
        archived = optional(body, "archived", bool)
        if archived is not None:
            email.archived_ms = email.updated_ms if archived else 0

    def archive(self, request: Request) -> Response:
        email = self._find(request)
        email.archived_ms = email.archived_ms or self._portal.now_ms()
        return Response(status=204)

    def create_variation(self, request: Request) -> Response:
        body = json_object(request)
        master = self._get(required(body, "contentId", str))
        variation = self._new(required(body, "variationName", str), master.subject)
        test_id = str(variation.id)
        for email, status in ((master, "master"), (variation, "variant")):
            email.extra["testing"] = {"testId": test_id, "abStatus": status, "isAbVariation": email is variation}
        return json_response(self._spell(variation, request), 201)

    def show_variation(self, request: Request) -> Response:
        master = self._find(request)
        test_id = (master.extra.get("testing") or {}).get("testId")
        for email in self._emails.values():
            if test_id and email is not master and (email.extra.get("testing") or {}).get("testId") == test_id:
                return json_response(self._spell(email, request))
        raise missing(f"Email {master.id} has no variation")

    # -- drafts and publishing ------------------------------------------------------------------------------------

    def show_draft(self, request: Request) -> Response:
        return json_response(self._spell_draft(self._find(request), request))

    def _spell_draft(self, email: MarketingEmail, request: Request) -> dict[str, Any]:
        return {**self._spell(email, request), **_shaped(self._drafts.get(email.id, {}), dated=is_dated(request))}

    def change_draft(self, request: Request) -> Response:
        email, body = self._find(request), json_object(request)
        _check(body)
        draft = self._drafts.setdefault(email.id, {})
        draft |= {name: value for name, value in body.items() if name in WRITABLE or name in ("name", "subject")}
        return json_response(self._spell_draft(email, request))

    def reset_draft(self, request: Request) -> Response:
        self._drafts.pop(self._find(request).id, None)
        return Response(status=204)

    def publish(self, request: Request) -> Response:
        email = self._find(request)
        self._change(email, self._drafts.pop(email.id, {}))
        email.extra |= {"state": PUBLISHED, "publishedAt": iso(email.updated_ms)}
        return Response(status=204)

    def unpublish(self, request: Request) -> Response:
        email = self._find(request)
        email.extra["state"] = "DRAFT"
        email.extra.pop("publishedAt", None)
        email.updated_ms = self._portal.now_ms()
        return Response(status=204)

    # -- versions -------------------------------------------------------------------------------------------------

    def _keep_version(self, email: MarketingEmail, request: Request) -> None:
        versions = self._versions.setdefault(email.id, [])
        versions.append({"id": str(len(versions) + 1), "updated_ms": email.updated_ms, "email": _copy(email)})

    def _all_versions(self, request: Request) -> list[dict[str, Any]]:
        """Newest first; the email as it is now is the newest."""
        email = self._find(request)
        kept = self._versions.get(email.id, [])
        now = {"id": str(len(kept) + 1), "updated_ms": email.updated_ms or email.created_ms, "email": email}
        return [*kept, now][::-1]

    def _version(self, request: Request) -> dict[str, Any]:
        for version in self._all_versions(request):
            if version["id"] == request.params["revision"]:
                return version
        raise missing(f"Revision {request.params['revision']} not found")

    def revisions(self, request: Request) -> Response:
        versions = self._all_versions(request)
        shown, paging = page_of(versions, request, default=10, largest=100)
        answer: dict[str, Any] = {"results": [self._spell_version(version, request) for version in shown], **paging}
        return json_response(answer if is_dated(request) else {"total": len(versions), **answer})

    def revision(self, request: Request) -> Response:
        return json_response(self._spell_version(self._version(request), request))

    def _spell_version(self, version: dict[str, Any], request: Request) -> dict[str, Any]:
        user = self._portal.owners[min(self._portal.owners)]
        return {
            "id": version["id"],
            "updatedAt": iso(version["updated_ms"]),
            "object": self._spell(version["email"], request),
            "user": {"id": str(user.user_id), "email": user.email, "fullName": f"{user.first} {user.last}"},
        }

    def restore(self, request: Request) -> Response:
        email, old = self._find(request), self._version(request)["email"]
        self._keep_version(email, request)
        email.name, email.subject, email.extra = old.name, old.subject, dict(old.extra)
        email.updated_ms = self._portal.now_ms()
        return Response(status=204)

    def restore_to_draft(self, request: Request) -> Response:
        email, old = self._find(request), self._version(request)["email"]
        self._drafts[email.id] = {"name": old.name, "subject": old.subject, **old.extra}
        return json_response(self._spell_draft(email, request))

    # -- statistics -----------------------------------------------------------------------------------------------

    def statistics(self, request: Request) -> Response:
        emails = self._asked_for(request)
        events = self._events_between(request)
        by_campaign = {
            str(email.campaign_id): _data(event for event in events if event.campaign_id == email.campaign_id)
            for email in emails
        }
        campaigns = {email.campaign_id for email in emails}
        sent = sorted({email.id for email in emails if any(e.campaign_id == email.campaign_id for e in events)})
        return json_response(
            {
                "emails": sent,
                "campaignAggregations": by_campaign,
                "aggregate": _data(event for event in events if event.campaign_id in campaigns),
            }
        )

    def _asked_for(self, request: Request) -> list[MarketingEmail]:
        ids = set(request.many("emailIds"))
        return [email for email in self._emails.values() if not ids or str(email.id) in ids]

    def _events_between(self, request: Request) -> list[EmailEvent]:
        start, end = _moment(request, "startTimestamp"), _moment(request, "endTimestamp")
        return [
            event
            for event in self._portal.events.email_events
            if (start is None or event.created_ms >= start) and (end is None or event.created_ms < end)
        ]

    def histogram(self, request: Request) -> Response:
        interval = request.one("interval") or "DAY"
        if interval not in INTERVALS:
            raise Refusal(f"interval is one of {', '.join(INTERVALS)}, not {interval!r}")
        start, end = _moment(request, "startTimestamp"), _moment(request, "endTimestamp")
        if start is None or end is None:
            raise Refusal("startTimestamp and endTimestamp are required")
        step = INTERVALS[interval]
        if (end - start) / step > MAX_INTERVALS:
            raise Refusal(f"The histogram would have more than {MAX_INTERVALS} intervals")
        campaigns = {email.campaign_id for email in self._asked_for(request)}
        events = [event for event in self._events_between(request) if event.campaign_id in campaigns]
        rows = [
            {
                "interval": {"start": iso(low), "end": iso(min(low + step, end))},
                "aggregations": _data(event for event in events if low <= event.created_ms < low + step),
            }
            for low in range(start, end, step)
        ]
        return json_response({"total": len(rows), "results": rows})

    # -- spelling -------------------------------------------------------------------------------------------------

    def _spell(self, email: MarketingEmail, request: Request) -> dict[str, Any]:
        dated, state = is_dated(request), _state(email)
        spelled: dict[str, Any] = {
            "id": str(email.id),
            "name": email.name,
            "subject": email.subject,
            "state": state,
            "isPublished": state == PUBLISHED,
            "type": "BATCH_EMAIL",
            "subcategory": "batch",
            "archived": bool(email.archived_ms),
            "createdAt": iso(email.created_ms),
            "updatedAt": iso(email.updated_ms or email.created_ms),
            "sendOnPublish": True,
            "isTransactional": False,
            "language": "en",
            "activeDomain": "mail.pasodoble.example",
            "content": {"templatePath": "@hubspot/email/dnd/welcome.html"},
            "from": {"fromName": "Marketing", "replyTo": "marketing@pasodoble.example"},
            "to": {"contactIds": {"include": [], "exclude": []}, "limitSendFrequency": False, "suppressGraymail": True},
            "webversion": {"domain": "mail.pasodoble.example"},
        }
        if dated:
            spelled |= {
                "isAb": bool(email.extra.get("testing")),
                "primaryEmailCampaignId": str(email.campaign_id),
                "allEmailCampaignIds": [str(email.campaign_id)],
                "emailCampaignGroupId": str(email.campaign_id),
            }
        spelled |= _shaped(email.extra, dated=dated)
        if (request.one("includeStats") or "").lower() == "true":
            events = self._portal.events.email_events
            spelled["stats"] = _data(event for event in events if event.campaign_id == email.campaign_id)
        return spelled


def _shaped(extra: dict[str, Any], *, dated: bool) -> dict[str, Any]:
    """What an email's maker gave, as the edition has it: a number here is a string in answers."""
    shaped = {name: value for name, value in extra.items() if value is not None}
    if "businessUnitId" in shaped:
        shaped["businessUnitId"] = str(shaped["businessUnitId"])
    if not dated:
        if "folderIdV2" in shaped:
            shaped["folderId"] = shaped.pop("folderIdV2")
        if "testing" in shaped:
            shaped["testing"] = _without(shaped["testing"], "isAbVariation")
        if "subscriptionDetails" in shaped:
            shaped["subscriptionDetails"] = _without(shaped["subscriptionDetails"], "subscriptionName")
    return shaped


def _without(members: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in members.items() if key != name}


def _copy(email: MarketingEmail) -> MarketingEmail:
    return MarketingEmail(
        id=email.id,
        campaign_id=email.campaign_id,
        name=email.name,
        subject=email.subject,
        created_ms=email.created_ms,
        updated_ms=email.updated_ms,
        extra=dict(email.extra),
    )


def _take(email: MarketingEmail, body: dict[str, Any]) -> None:
    email.name = optional(body, "name", str) or email.name
    subject = optional(body, "subject", str)
    email.subject = email.subject if subject is None else subject
    _check(body)
    email.extra |= {name: value for name, value in body.items() if name in WRITABLE and value is not None}


def _check(body: dict[str, Any]) -> None:
    """What travels through is at least of the right kind. Raises Refusal."""
    for name in OBJECTS:
        optional(body, name, dict)
    _check_moment("publishDate", body.get("publishDate"))
    _check_moment("webversion.expiresAt", (body.get("webversion") or {}).get("expiresAt"))


def _check_moment(name: str, value: object) -> None:
    """Raises Refusal."""
    if value is not None and (not isinstance(value, str) or parse_moment(value) is None):
        raise Refusal(f"{name} is to be an ISO-8601 moment, not {value!r}")


def _state(email: MarketingEmail) -> str:
    """Emails that the control door made have gone out already."""
    return str(email.extra.get("state", PUBLISHED))


def _sort_key(email: MarketingEmail, name: str) -> tuple[int, str]:
    moments = {"createdAt": email.created_ms, "updatedAt": email.updated_ms}
    return (moments[name], "") if name in moments else (0, email.name.lower())


def _moment(request: Request, name: str) -> int | None:
    text = request.one(name)
    if not text:
        return None
    parsed = parse_moment(text)
    if parsed is None:
        raise Refusal(f"{name} is to be an ISO-8601 moment, not {text!r}")
    return parsed


def _within(request: Request, verb: str, ms: int) -> bool:
    """`createdAt`, `createdAfter`, `createdBefore`, and the same for `updated`."""
    at, after, before = (_moment(request, verb + suffix) for suffix in ("At", "After", "Before"))
    return (at is None or ms == at) and (after is None or ms > after) and (before is None or ms < before)


def _data(events: Iterable[EmailEvent]) -> dict[str, Any]:
    counted = Counter(COUNTERS[event.type] for event in events if event.type in COUNTERS)
    counters = {name: counted.get(name, 0) for name in COUNTERS.values()}
    ratios = {
        name: round(100 * counters[part] / counters[whole], 3) if counters[whole] else 0.0
        for name, part, whole in RATIOS
    }
    return {"counters": counters, "ratios": ratios, "deviceBreakdown": {}, "qualifierStats": {}}
