"""What visitors and recipients did: forms and their submissions, marketing emails and their events, analytics events.

The consequences for contacts do not belong here (see `activities`), nor do the APIs that list all this.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(slots=True, kw_only=True)
class Form:
    """A form definition. `fields` are contact property names; `extra` what its API adds."""

    id: str
    name: str
    fields: list[str] = field(default_factory=lambda: ["email", "firstname", "lastname"])
    created_ms: int = 0
    updated_ms: int = 0
    archived_ms: int = 0
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSubmission:
    form_id: str
    submitted_ms: int
    values: tuple[tuple[str, str, str], ...]
    """(property name, value, object type id) each."""
    contact_id: int
    page_url: str = ""
    page_name: str = ""
    salesforce_campaign_id: str | None = None


@dataclass(slots=True, kw_only=True)
class MarketingEmail:
    """A marketing email; `campaign_id` is the number that its events carry as `emailCampaignId`."""

    id: int
    campaign_id: int
    name: str
    subject: str
    created_ms: int
    updated_ms: int = 0
    archived_ms: int = 0
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailEvent:
    """One marketing email event. `type` is SENT, DELIVERED, OPEN, CLICK, BOUNCE, ...; `sent_by` (id, created) of the SENT."""

    id: str
    type: str
    created_ms: int
    recipient: str
    campaign_id: int
    contact_id: int
    sent_by: tuple[str, int] | None = None
    url: str | None = None
    user_agent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalyticsEvent:
    """One occurrence for the event analytics API, such as `e_visited_page`."""

    id: str
    event_type: str
    type_id: str
    record_id: int
    occurred_ms: int
    properties: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Campaign:
    """A marketing campaign; `assets` are ids by kind, `budget` and `spend` items by their id."""

    id: str
    created_ms: int
    updated_ms: int
    properties: dict[str, str]
    assets: dict[str, list[str]] = field(default_factory=dict)
    budget: dict[str, dict[str, Any]] = field(default_factory=dict)
    spend: dict[str, dict[str, Any]] = field(default_factory=dict)


class EventBook:
    """All of it, oldest first; forms, emails and campaigns by their id.

    definitions   custom event definitions by name, as the API spells them
    drafts        the changes of marketing emails that are not published yet, by the email's id
    versions      what marketing emails were before, by the email's id
    """

    def __init__(self) -> None:
        self.forms: dict[str, Form] = {}
        self.submissions: list[FormSubmission] = []
        self.emails: dict[int, MarketingEmail] = {}
        self.email_events: list[EmailEvent] = []
        self.analytics: list[AnalyticsEvent] = []
        self.campaigns: dict[str, Campaign] = {}
        self.definitions: dict[str, dict[str, Any]] = {}
        self.drafts: dict[int, dict[str, Any]] = {}
        self.versions: dict[int, list[dict[str, Any]]] = {}

    def move(self, old_ids: Collection[int], new_id: int) -> None:
        """What merged contacts did is from now on what the result of the merge did."""
        self.submissions = [
            replace(one, contact_id=new_id) if one.contact_id in old_ids else one for one in self.submissions
        ]
        self.email_events = [
            replace(one, contact_id=new_id) if one.contact_id in old_ids else one for one in self.email_events
        ]
        self.analytics = [
            replace(one, record_id=new_id) if one.type_id == "0-1" and one.record_id in old_ids else one
            for one in self.analytics
        ]

    def forget(self, contact_id: int) -> None:
        """Leave nothing of what a contact did."""
        self.submissions = [one for one in self.submissions if one.contact_id != contact_id]
        self.email_events = [one for one in self.email_events if one.contact_id != contact_id]
        self.analytics = [one for one in self.analytics if one.type_id != "0-1" or one.record_id != contact_id]

    def submissions_of(self, form_id: str) -> list[FormSubmission]:
        return [submission for submission in self.submissions if submission.form_id == form_id]
