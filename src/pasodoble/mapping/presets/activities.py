"""HubSpot's tasks, meetings and calls, and Salesforce's tasks and events (MD-06). Their fields are fixed (M-22).

How an activity of HubSpot's timeline is told in a new Salesforce task (Y-01) is no mapping and does not belong here.
"""

from __future__ import annotations

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

SPECS = (TASKS, MEETINGS, CALLS)
