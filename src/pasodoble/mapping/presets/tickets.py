"""HubSpot tickets and Salesforce cases (MD-05). Only field names and options belong here."""

from __future__ import annotations

from pasodoble.mapping.spec import KindSpec, make_rule
from pasodoble.model.rule import UpdateRule

_CASE = ("Case",)

SPEC = KindSpec(
    kind="tickets",
    hubspot_object="tickets",
    salesforce_objects=_CASE,
    rules=(
        make_rule("subject", "Subject", _CASE, UpdateRule.TWO_WAY),
        make_rule("content", "Description", _CASE, UpdateRule.TWO_WAY),
        make_rule(
            "hs_pipeline_stage",
            "Status",
            _CASE,
            UpdateRule.TWO_WAY,
            values={"1": "New", "2": "Working", "3": "Working", "4": "Closed"},
            values_back={"Working": "3", "Escalated": "3"},
        ),
        make_rule("hs_pipeline", "RecordTypeId", _CASE, UpdateRule.DONT_SYNC),
        make_rule(
            "hs_ticket_priority",
            "Priority",
            _CASE,
            values={"LOW": "Low", "MEDIUM": "Medium", "HIGH": "High", "URGENT": "High"},
        ),
        make_rule(
            "source_type",
            "Origin",
            _CASE,
            values={"FORM": "Web", "CHAT": "Web", "EMAIL": "Email", "PHONE": "Phone"},
        ),
        make_rule("hubspot_owner_id", "OwnerId", _CASE, UpdateRule.TWO_WAY),
    ),
)
