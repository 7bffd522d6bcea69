"""Which scopes a call needs, as a table from paths to names, and the refusal of a token that lacks them.

Which token a call carries, and whether it still lives, does not belong here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from pasodoble.simulators.hubspot.errors import Refusal

READ, WRITE = 0, 1
Pair = tuple[str, str]
"""Scope for reading, scope for writing."""


def _pair(stem: str) -> Pair:
    return f"{stem}.read", f"{stem}.write"


_CONTACTS: Final = _pair("crm.objects.contacts")
_CUSTOM: Final = _pair("crm.objects.custom")
OBJECTS: Final[dict[str, Pair]] = {
    name: pair
    for names, pair in (
        ("contacts contact 0-1 notes note 0-46 tasks task 0-27 calls call 0-48 meetings meeting 0-47", _CONTACTS),
        ("communications communication 0-18", _CONTACTS),
        ("emails email 0-49", ("sales-email-read", "crm.objects.contacts.write")),
        ("companies company 0-2", _pair("crm.objects.companies")),
        ("deals deal 0-3", _pair("crm.objects.deals")),
        ("tickets ticket 0-5", ("tickets", "tickets")),
        ("leads lead 0-136", _pair("crm.objects.leads")),
        ("line_items line_item 0-8", _pair("crm.objects.line_items")),
        ("products product 0-7", _pair("crm.objects.products")),
        ("quotes quote 0-14", _pair("crm.objects.quotes")),
        ("users user 0-115", ("crm.objects.users.read", "crm.objects.users.read")),
    )
    for name in names.split()
}
SCHEMAS: Final[dict[str, Pair]] = {
    name: _pair(f"crm.schemas.{stem}")
    for names, stem in (
        ("contacts contact 0-1", "contacts"),
        ("companies company 0-2", "companies"),
        ("deals deal 0-3", "deals"),
        ("line_items line_item 0-8", "line_items"),
    )
    for name in names.split()
}

_VERSION: Final = r"(?:v\d|\d{4}-\d{2}(?:-beta)?)"
_JOURNAL: Final = "developer.webhooks_journal"
AREAS: Final[tuple[tuple[str, Pair], ...]] = (
    (r"/crm/(?:v\d/owners|owners/VERSION)", ("crm.objects.owners.read", "crm.objects.owners.read")),
    (r"/crm/(?:v\d/lists|lists/VERSION)", _pair("crm.lists")),
    (r"/crm/(?:v\d/imports|imports/VERSION)", ("crm.import", "crm.import")),
    (r"/crm/(?:v\d/exports|exports/VERSION)", ("crm.export", "crm.export")),
    (r"/(?:crm-object-schemas/VERSION|crm/v\d)/schemas", _pair("crm.schemas.custom")),
    (r"/email/public/v1", ("content", "content")),
    (r"/marketing/(?:v\d/emails|emails/VERSION)", _pair("marketing.email")),
    (r"/marketing/(?:v\d/campaigns|campaigns/VERSION)", _pair("marketing.campaigns")),
    (r"/(?:marketing/(?:v\d/forms|forms/VERSION)|form-integrations/v1|submissions/v3)", ("forms", "forms")),
    (r"/events/(?:VERSION/event-definitions)", ("behavioral_events.event_definitions.read_write",) * 2),
    (r"/events/VERSION/send", ("analytics.behavioral_events.send", "analytics.behavioral_events.send")),
    (r"/communication-preferences", ("communication_preferences.read", "communication_preferences.read_write")),
    (r"/webhooks-journal/(?:journal|journal-local)/", (f"{_JOURNAL}.read", f"{_JOURNAL}.read")),
    (r"/webhooks-journal/subscriptions/", _pair(f"{_JOURNAL}.subscriptions")),
    (r"/webhooks-journal/snapshots/", _pair(f"{_JOURNAL}.snapshots")),
    (r"/account-info/VERSION/activity", ("account-info.security.read",) * 2),
)
_AREAS: Final = tuple((re.compile(pattern.replace("VERSION", _VERSION)), pair) for pattern, pair in AREAS)
_ONE_TYPE: Final = re.compile(
    rf"/crm/(?:v\d/(objects|properties|pipelines)|(objects|properties|pipelines|property-validations)/{_VERSION})/([^/]+)"
)
_ASSOCIATED: Final = re.compile(
    rf"/crm/(?:v\d/objects|objects/{_VERSION})/([^/]+)/[^/]+/associations/(?:default/)?([^/]+)"
)
_TWO_TYPES: Final = re.compile(
    rf"/crm/(?:v\d/associations|associations/{_VERSION})/(?:definitions/\w+/)?([^/]+)/([^/]+)"
)
_READING: Final = re.compile(
    r"(?:/search|/batch/read|/memberships/batch/read|/lists/(?:VERSION/)?search)$".replace("VERSION", _VERSION)
)


@lru_cache(maxsize=8192)
def required_scopes(method: str, path: str) -> tuple[str, ...]:
    """The scopes a call needs, all of them; none for what any token may do."""
    verb = READ if method == "GET" or _READING.search(path) else WRITE
    if two := _ASSOCIATED.match(path) or _TWO_TYPES.match(path):
        return tuple(dict.fromkeys(OBJECTS.get(name.lower(), _CUSTOM)[verb] for name in two.groups()))
    if one := _ONE_TYPE.match(path):
        area, name = one[1] or one[2], one[3].lower()
        if area in ("properties", "property-validations"):
            return (SCHEMAS.get(name, OBJECTS.get(name, _pair("crm.schemas.custom")))[verb],)
        return (OBJECTS.get(name, _CUSTOM)[verb],)
    for pattern, pair in _AREAS:
        if pattern.match(path):
            return (pair[verb],)
    return ()


def missing_scopes(required: Sequence[str]) -> Refusal:
    return Refusal(
        "This app hasn't been granted all required scopes to make this call. "
        "Read more about required scopes here: https://developers.hubspot.com/scopes.",
        status=403,
        category="MISSING_SCOPES",
        errors=[
            {
                "message": "One or more of the following scopes are required.",
                "context": {"requiredGranularScopes": list(required)},
            }
        ],
        links={"scopes": "https://developers.hubspot.com/scopes"},
    )
