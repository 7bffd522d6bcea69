"""HubSpot deals and Salesforce opportunities (MD-03), with the stages of both vendors' standard pipelines.

A pipeline answers to a record type, whose id is each org's own: that line is off until the settings name both. Only field names
and options belong here.
"""

from __future__ import annotations

from pasodoble.mapping.spec import KindSpec, make_rule
from pasodoble.model.rule import UpdateRule

_OPPORTUNITY = ("Opportunity",)

SPEC = KindSpec(
    kind="deals",
    hubspot_object="deals",
    salesforce_objects=_OPPORTUNITY,
    rules=(
        make_rule("dealname", "Name", _OPPORTUNITY, UpdateRule.TWO_WAY),
        make_rule("amount", "Amount", _OPPORTUNITY, UpdateRule.TWO_WAY),
        make_rule("closedate", "CloseDate", _OPPORTUNITY, UpdateRule.TWO_WAY),
        make_rule(
            "dealstage",
            "StageName",
            _OPPORTUNITY,
            UpdateRule.TWO_WAY,
            values={
                "appointmentscheduled": "Prospecting",
                "qualifiedtobuy": "Qualification",
                "presentationscheduled": "Value Proposition",
                "decisionmakerboughtin": "Id. Decision Makers",
                "contractsent": "Negotiation/Review",
                "closedwon": "Closed Won",
                "closedlost": "Closed Lost",
            },
            values_back={
                "Needs Analysis": "qualifiedtobuy",
                "Perception Analysis": "decisionmakerboughtin",
                "Proposal/Price Quote": "contractsent",
            },
        ),
        make_rule("pipeline", "RecordTypeId", _OPPORTUNITY, UpdateRule.DONT_SYNC),
        make_rule(
            "dealtype",
            "Type",
            _OPPORTUNITY,
            values={"newbusiness": "New Customer", "existingbusiness": "Existing Customer - Upgrade"},
            values_back={
                "Existing Customer - Replacement": "existingbusiness",
                "Existing Customer - Downgrade": "existingbusiness",
                "New Business": "newbusiness",
                "Existing Business": "existingbusiness",
            },
        ),
        make_rule("description", "Description", _OPPORTUNITY),
        make_rule("hubspot_owner_id", "OwnerId", _OPPORTUNITY, UpdateRule.TWO_WAY),
    ),
)
