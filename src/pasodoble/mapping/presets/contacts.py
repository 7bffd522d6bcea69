"""HubSpot contacts and Salesforce's leads and contacts (MD-01). Only field names and options belong here."""

from __future__ import annotations

from pasodoble.mapping.spec import KindSpec, make_rule
from pasodoble.model.rule import UpdateRule

_BOTH = ("Lead", "Contact")
_LEAD = ("Lead",)
_TWO_WAY = UpdateRule.TWO_WAY


def _place(lead: str) -> dict[str, str]:
    """A lead has one address, a contact several: its mailing address is meant."""
    return {"Lead": lead, "Contact": f"Mailing{lead}"}


SPEC = KindSpec(
    kind="contacts",
    hubspot_object="contacts",
    salesforce_objects=_BOTH,
    match=("email",),
    rules=(
        make_rule("email", "Email", _BOTH, _TWO_WAY),
        make_rule("firstname", "FirstName", _BOTH, _TWO_WAY),
        make_rule("lastname", "LastName", _BOTH, _TWO_WAY),
        make_rule("salutation", "Salutation", _BOTH),
        make_rule("phone", "Phone", _BOTH),
        make_rule("mobilephone", "MobilePhone", _BOTH),
        make_rule("fax", "Fax", _BOTH),
        make_rule("jobtitle", "Title", _BOTH),
        make_rule("company", "Company", _LEAD),
        make_rule("website", "Website", _LEAD),
        make_rule("industry", "Industry", _LEAD),
        make_rule("annualrevenue", "AnnualRevenue", _LEAD),
        make_rule("numemployees", "NumberOfEmployees", _LEAD),
        make_rule("address", _place("Street"), _BOTH),
        make_rule("city", _place("City"), _BOTH),
        make_rule("state", _place("State"), _BOTH),
        make_rule("zip", _place("PostalCode"), _BOTH),
        make_rule("country", _place("Country"), _BOTH),
        make_rule("leadsource", "LeadSource", _BOTH),
        make_rule(
            "hs_lead_status",
            "Status",
            _LEAD,
            UpdateRule.DONT_SYNC,
            values={
                "NEW": "Open - Not Contacted",
                "OPEN": "Open - Not Contacted",
                "ATTEMPTED_TO_CONTACT": "Working - Contacted",
                "IN_PROGRESS": "Working - Contacted",
                "CONNECTED": "Working - Contacted",
                "OPEN_DEAL": "Working - Contacted",
                "UNQUALIFIED": "Closed - Not Converted",
                "BAD_TIMING": "Closed - Not Converted",
            },
            values_back={"Working - Contacted": "CONNECTED", "Closed - Converted": "CONNECTED"},
        ),
        make_rule("hubspot_owner_id", "OwnerId", _BOTH, _TWO_WAY),
        make_rule("hs_email_optout", "HasOptedOutOfEmail", _BOTH, _TWO_WAY),
    ),
)
