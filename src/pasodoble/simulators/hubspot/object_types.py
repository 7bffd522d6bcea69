"""The sorts of record a portal holds: names, type ids, what each shows and asks for by default.

Property definitions do not belong here (see `property_tables`), nor do records.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

ACTIVITY_DEFAULTS: Final = ("hs_createdate", "hs_lastmodifieddate", "hs_object_id")


@dataclass(slots=True, kw_only=True)
class ObjectType:
    """One sort of record. `name` is the plural word of the paths; `modified` the property that every change moves.

    shown       properties of an answer when none are asked for
    required    properties without which a record cannot be made; `any_of` is met by one of them
    searchable  properties that a search's `query` looks into
    """

    type_id: str
    name: str
    singular: str
    created: str = "hs_createdate"
    modified: str = "hs_lastmodifieddate"
    shown: tuple[str, ...] = ACTIVITY_DEFAULTS
    required: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    searchable: tuple[str, ...] = ()
    is_activity: bool = False
    pipeline: str | None = None
    """The property that holds the pipeline's id, for types that have pipelines; the stage's is `stage`."""
    stage: str | None = None
    labels: tuple[str, str] = ("", "")
    custom: bool = False
    lenient: bool = False
    """Whether unknown and read-only properties in a write are ignored rather than refused (email engagements)."""
    aliases: tuple[str, ...] = field(default=())

    @property
    def constant(self) -> str:
        """`CONTACT`, `LINE_ITEM`: how webhooks and error texts name the type."""
        return self.singular.upper()


def _activity(
    type_id: str, name: str, singular: str, *searchable: str, required: tuple[str, ...] = (), lenient: bool = False
) -> ObjectType:
    return ObjectType(
        type_id=type_id,
        name=name,
        singular=singular,
        required=("hs_timestamp", *required),
        searchable=(*searchable, "hs_body_preview"),
        is_activity=True,
        lenient=lenient,
    )


def _commerce(type_id: str, name: str, singular: str, *shown: str, required: tuple[str, ...] = ()) -> ObjectType:
    return ObjectType(
        type_id=type_id,
        name=name,
        singular=singular,
        shown=(*shown, *ACTIVITY_DEFAULTS),
        required=required,
        searchable=shown,
        created="hs_createdate",
    )


def standard_types() -> list[ObjectType]:
    """A fresh copy of HubSpot's own types: a portal may change labels and requirements."""
    return [
        ObjectType(
            type_id="0-1",
            name="contacts",
            singular="contact",
            created="createdate",
            modified="lastmodifieddate",
            shown=("createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"),
            any_of=("email", "firstname", "lastname"),
            searchable=("firstname", "lastname", "email", "hs_additional_emails", "phone", "company"),
        ),
        ObjectType(
            type_id="0-2",
            name="companies",
            singular="company",
            created="createdate",
            shown=("name", "domain", "createdate", "hs_lastmodifieddate", "hs_object_id"),
            any_of=("name", "domain"),
            searchable=("website", "phone", "name", "domain"),
        ),
        ObjectType(
            type_id="0-3",
            name="deals",
            singular="deal",
            created="createdate",
            shown=(
                "dealname",
                "amount",
                "closedate",
                "pipeline",
                "dealstage",
                "createdate",
                "hs_lastmodifieddate",
                "hs_object_id",
            ),
            required=("dealname", "dealstage", "pipeline"),
            searchable=("dealname", "pipeline", "dealstage", "description", "dealtype"),
            pipeline="pipeline",
            stage="dealstage",
        ),
        ObjectType(
            type_id="0-5",
            name="tickets",
            singular="ticket",
            created="createdate",
            shown=(
                "content",
                "hs_pipeline",
                "hs_pipeline_stage",
                "hs_ticket_category",
                "hs_ticket_priority",
                "subject",
                "createdate",
                "hs_lastmodifieddate",
                "hs_object_id",
            ),
            required=("subject", "hs_pipeline_stage", "hs_pipeline"),
            searchable=("subject", "content", "hs_pipeline_stage", "hs_ticket_category"),
            pipeline="hs_pipeline",
            stage="hs_pipeline_stage",
        ),
        _activity("0-46", "notes", "note", "hs_note_body"),
        _activity("0-27", "tasks", "task", "hs_task_body", "hs_task_subject"),
        _activity("0-48", "calls", "call", "hs_call_title", "hs_call_body"),
        _activity("0-47", "meetings", "meeting", "hs_meeting_title", "hs_meeting_body"),
        _activity("0-49", "emails", "email", "hs_email_subject", required=("hs_email_direction",), lenient=True),
        _activity("0-18", "communications", "communication", "hs_communication_body"),
        _activity("0-116", "postal_mail", "postal_mail", "hs_postal_mail_body"),
        ObjectType(
            type_id="0-136",
            name="leads",
            singular="lead",
            required=("hs_lead_name",),
            searchable=("hs_lead_name",),
            shown=("hs_lead_name", *ACTIVITY_DEFAULTS),
            pipeline="hs_pipeline",
            stage="hs_pipeline_stage",
        ),
        _commerce("0-8", "line_items", "line_item", "quantity", "amount", "price"),
        _commerce("0-7", "products", "product", "name", "description", "price"),
        _commerce("0-14", "quotes", "quote", "hs_title", "hs_expiration_date", "hs_status"),
        _commerce("0-84", "discounts", "discount", "hs_label", "hs_value"),
        _commerce("0-85", "fees", "fee", "hs_label", "hs_value"),
        _commerce("0-86", "taxes", "tax", "hs_label", "hs_value"),
        _commerce("0-53", "invoices", "invoice", "hs_title", "hs_invoice_status"),
        _commerce("0-69", "subscriptions", "subscription", "hs_name", "hs_subscription_status"),
        _commerce("0-101", "commerce_payments", "commerce_payment", "hs_initial_amount", "hs_latest_status"),
        _commerce("0-123", "orders", "order", "hs_order_name", "hs_external_order_status"),
        _commerce("0-142", "carts", "cart", "hs_cart_name", "hs_external_status"),
        _commerce("0-74", "goal_targets", "goal_target", "hs_goal_name", "hs_target_amount"),
        _commerce("0-19", "feedback_submissions", "feedback_submission", "hs_content", "hs_survey_type"),
        _commerce("0-162", "services", "service", "hs_name"),
        _commerce("0-410", "courses", "course", "hs_course_name"),
        _commerce("0-420", "listings", "listing", "hs_name"),
        _commerce("0-421", "appointments", "appointment", "hs_appointment_name"),
        _commerce("0-54", "marketing_events", "marketing_event", "hs_event_name"),
        _commerce("0-115", "users", "user", "hs_email", "hs_given_name", "hs_family_name"),
    ]


class ObjectTypes:
    """All sorts of record of one portal, found by type id, by plural, singular, custom or fully qualified name."""

    def __init__(self) -> None:
        self._by_id: dict[str, ObjectType] = {}
        self._by_word: dict[str, ObjectType] = {}
        for kind in standard_types():
            self.add(kind)

    def add(self, kind: ObjectType) -> None:
        self._by_id[kind.type_id] = kind
        for word in (kind.type_id, kind.name, kind.singular, *kind.aliases):
            self._by_word.setdefault(word.lower(), kind)

    def remove(self, kind: ObjectType) -> None:
        del self._by_id[kind.type_id]
        self._by_word = {word: other for word, other in self._by_word.items() if other is not kind}

    def find(self, word: str) -> ObjectType | None:
        return self._by_word.get(word) or self._by_word.get(word.lower())

    def __getitem__(self, type_id: str) -> ObjectType:
        return self._by_id[type_id]

    def __iter__(self) -> Iterator[ObjectType]:
        return iter(self._by_id.values())
