"""HubSpot's tasks, meetings and calls, and Salesforce's tasks and events (MD-06). Their fields are fixed (M-22).

Also what a new Salesforce task or event says of each activity of HubSpot's timeline (Y-01), where the settings say nothing
else. How the words are put together is `mapping/telling`'s matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from pasodoble.mapping.spec import KindSpec, make_rule
from pasodoble.model.rule import UpdateRule

_TASK = ("Task",)
_EVENT = ("Event",)
_TWO_WAY = UpdateRule.TWO_WAY

TASKS = KindSpec(
    kind="tasks",
    hubspot_object="tasks",
    salesforce_objects=_TASK,
    rules=(
        make_rule("hs_task_subject", "Subject", _TASK, _TWO_WAY),
        make_rule("hs_task_body", "Description", _TASK),
        make_rule("hs_timestamp", "ActivityDate", _TASK, _TWO_WAY),
        make_rule(
            "hs_task_status",
            "Status",
            _TASK,
            _TWO_WAY,
            values={
                "NOT_STARTED": "Not Started",
                "IN_PROGRESS": "In Progress",
                "WAITING": "Waiting on someone else",
                "COMPLETED": "Completed",
                "DEFERRED": "Deferred",
            },
        ),
        make_rule(
            "hs_task_priority",
            "Priority",
            _TASK,
            values={"MEDIUM": "Normal", "NONE": "Normal", "LOW": "Low", "HIGH": "High"},
        ),
        make_rule("hubspot_owner_id", "OwnerId", _TASK, _TWO_WAY),
    ),
)

MEETINGS = KindSpec(
    kind="meetings",
    hubspot_object="meetings",
    salesforce_objects=_EVENT,
    rules=(
        make_rule("hs_meeting_title", "Subject", _EVENT, _TWO_WAY),
        make_rule("hs_meeting_body", "Description", _EVENT),
        make_rule("hs_meeting_start_time", "StartDateTime", _EVENT, _TWO_WAY),
        make_rule("hs_meeting_end_time", "EndDateTime", _EVENT, _TWO_WAY),
        make_rule("hs_meeting_location", "Location", _EVENT),
        make_rule("hubspot_owner_id", "OwnerId", _EVENT, _TWO_WAY),
    ),
)

CALLS = KindSpec(
    kind="calls",
    hubspot_object="calls",
    salesforce_objects=_TASK,
    rules=(
        make_rule("hs_call_title", "Subject", _TASK, _TWO_WAY),
        make_rule("hs_call_body", "Description", _TASK),
        make_rule("hs_timestamp", "ActivityDate", _TASK, _TWO_WAY),
        make_rule("hs_call_direction", "CallType", _TASK, values={"INBOUND": "Inbound", "OUTBOUND": "Outbound"}),
        make_rule("hubspot_owner_id", "OwnerId", _TASK, _TWO_WAY),
    ),
)

EMAILS = KindSpec(
    kind="emails",
    hubspot_object="emails",
    salesforce_objects=_TASK,
    rules=(
        make_rule("hs_email_subject", "Subject", _TASK, _TWO_WAY),
        make_rule("hs_email_text", "Description", _TASK),
        make_rule("hs_timestamp", "ActivityDate", _TASK, _TWO_WAY),
        make_rule("hubspot_owner_id", "OwnerId", _TASK, _TWO_WAY),
    ),
)

SPECS = (TASKS, MEETINGS, CALLS, EMAILS)

SUBTYPE: Final = "TaskSubtype"
SORTS: Final[Mapping[str, str]] = MappingProxyType({"Call": "calls", "Email": "emails", "List Email": "emails"})
"""What a task's subtype makes it; without one of these it is a task."""
CONSTANT: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "tasks": {"hs_task_type": "TODO"},
        "calls": {"hs_call_status": "COMPLETED"},
        "emails": {"hs_email_direction": "EMAIL", "hs_email_status": "SENT"},
        "meetings": {"hs_meeting_outcome": "SCHEDULED"},
    }
)
"""What a record of HubSpot's timeline holds when it tells of one that was logged in Salesforce."""
WHEN: Final = "hs_timestamp"
"""HubSpot wants it of every one; Salesforce may have no day for it."""
WHO: Final = "WhoId"
WHAT: Final = "WhatId"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is told of one sort of activity.

    subject   template of the subject; `{name}` stands for a value of the activity
    body      values that make up the description, in order, each with the word before it ("" for none)
    day       the value whose day is the task's; the activity's own moment where it has none
    start, end   of the event that it may become; "" where it may not
    type, subtype   Salesforce's words for its sort, used where the org has them
    copied    values that answer to a field of the task, with their spelling there: {HubSpot: {value: value}}, {} as it is
    """

    subject: str
    body: tuple[tuple[str, str], ...] = ()
    day: str = "hs_timestamp"
    start: str = ""
    end: str = ""
    location: str = ""
    type: str = ""
    subtype: str = "Task"
    copied: Mapping[str, tuple[str, Mapping[str, str]]] = field(default_factory=dict)

    @property
    def fields(self) -> frozenset[str]:
        """The values it is made of, the subject's aside."""
        named = {self.day, self.start, self.end, self.location, *(name for name, _ in self.body), *self.copied}
        return frozenset(named - {""})


_TASK_RULES: Final = {rule.hubspot: rule for rule in TASKS.rules}
_MARKETING: Final = (("email_subject", "Subject"), ("email_name", "Email"))

TOLD: Final[Mapping[str, Told]] = MappingProxyType(
    {
        "form_submitted": Told(
            subject="Form submitted: {form_name}", body=(("values", ""), ("page_url", "Page")), day=""
        ),
        "marketing_email_sent": Told(subject="Marketing email sent: {email_name}", body=_MARKETING, day=""),
        "marketing_email_opened": Told(subject="Marketing email opened: {email_name}", body=_MARKETING, day=""),
        "marketing_email_clicked": Told(
            subject="Marketing email clicked: {email_name}", body=(("url", "Link"), *_MARKETING), day=""
        ),
        "sales_email_sent": Told(
            subject="Email: {hs_email_subject}",
            body=(("hs_email_to_email", "To"), ("hs_email_text", "")),
            type="Email",
            subtype="Email",
        ),
        "sales_email_opened": Told(subject="Email opened: {hs_email_subject}", day=""),
        "sales_email_clicked": Told(subject="Email clicked: {hs_email_subject}", day=""),
        "meeting_scheduled": Told(
            subject="Meeting: {hs_meeting_title}",
            body=(("hs_meeting_body", ""), ("hs_meeting_location", "Where"), ("hs_meeting_outcome", "Outcome")),
            day="hs_meeting_start_time",
            start="hs_meeting_start_time",
            end="hs_meeting_end_time",
            location="hs_meeting_location",
            type="Meeting",
        ),
        "call_logged": Told(
            subject="Call: {hs_call_title}",
            body=(("hs_call_body", ""),),
            type="Call",
            subtype="Call",
            copied={"hs_call_direction": ("CallType", {"INBOUND": "Inbound", "OUTBOUND": "Outbound"})},
        ),
        "note_created": Told(subject="Note: {hs_note_body}", body=(("hs_note_body", ""),)),
        "task_created": Told(
            subject="{hs_task_subject}",
            body=(("hs_task_body", ""),),
            copied={
                name: (_TASK_RULES[name].salesforce["Task"], _TASK_RULES[name].values)
                for name in ("hs_task_status", "hs_task_priority")
            },
        ),
        "document_viewed": Told(subject="Document viewed", day=""),
    }
)
"""By the key of the trigger. An event of the past makes a completed task (Y-13); a task keeps its own status."""
