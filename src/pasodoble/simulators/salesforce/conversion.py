"""Lead conversion: one lead becomes a contact at an account, and, if wanted, an opportunity.

Source: Object Reference and SOAP API Developer Guide, "convertLead()". Its SOAP and door clothes are elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pasodoble.simulators.salesforce.errors import Refusal, refusal
from pasodoble.simulators.salesforce.ids import full_id
from pasodoble.simulators.salesforce.rows import Row
from pasodoble.simulators.salesforce.writes import Writer

CONTACT_FIELDS = {
    **{name: name for name in "FirstName LastName Salutation Title Phone MobilePhone Fax Email Description".split()},
    **{name: name for name in "HasOptedOutOfEmail HasOptedOutOfFax DoNotCall LeadSource".split()},
    **{part: f"Mailing{part}" for part in "Street City State PostalCode Country Latitude Longitude".split()},
}
ACCOUNT_FIELDS = {
    "Company": "Name",
    **{name: name for name in "Phone Fax Website Industry AnnualRevenue NumberOfEmployees Rating".split()},
    **{part: f"Billing{part}" for part in "Street City State PostalCode Country Latitude Longitude".split()},
    "LeadSource": "AccountSource",
}
OPPORTUNITY_FIELDS = {"LeadSource": "LeadSource"}
CUSTOM_TARGETS = ("Contact", "Account", "Opportunity")
FIRST_STAGE = "Prospecting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """What the converting person chose. Without `account_id` an account is made; likewise the rest."""

    lead_id: str
    status: str | None = None
    account_id: str | None = None
    contact_id: str | None = None
    opportunity_id: str | None = None
    opportunity_name: str | None = None
    create_opportunity: bool = True
    owner_id: str | None = None
    overwrite_lead_source: bool = False


@dataclass(frozen=True, slots=True)
class Converted:
    lead_id: str
    account_id: str
    contact_id: str
    opportunity_id: str | None


def convert_lead(writer: Writer, wanted: Conversion) -> Converted:
    """Convert in one go, or raise Refusal and leave all as it was."""
    mark = writer.work.mark()
    try:
        return _convert(writer, wanted)
    except Refusal:
        writer.work.rollback(mark)
        raise


def _convert(writer: Writer, wanted: Conversion) -> Converted:
    lead = writer.existing(writer.org.sobject("Lead"), wanted.lead_id)
    if lead.get("IsConverted"):
        raise refusal("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", [])
    status = _converted_status(writer, wanted.status)
    owner = full_id(wanted.owner_id) if wanted.owner_id else lead.get("OwnerId")
    if owner and owner.startswith("00G"):
        message = "Converted objects can only be owned by users.  If the lead is not owned by a user, you must specify a user for the Owner field."
        raise refusal("CONVERTED_LEAD_OWNER", message, ["OwnerId"])
    custom = _custom_values(writer, lead)
    account_id = _account(writer, lead, wanted, owner, custom["Account"])
    contact_id = _contact(writer, lead, wanted, owner, account_id, custom["Contact"])
    opportunity_id = _opportunity(writer, lead, wanted, owner, account_id, custom["Opportunity"])
    closing = {
        "Status": status,
        "IsConverted": True,
        "ConvertedDate": writer.org.now()[:10],
        "ConvertedAccountId": account_id,
        "ConvertedContactId": contact_id,
        "ConvertedOpportunityId": opportunity_id,
    }
    writer.amend("Lead", lead["Id"], closing, touch="user")
    if opportunity_id:
        _add_role(writer, wanted, opportunity_id, contact_id)
    if opportunity_id is not None:
        role = {"OpportunityId": opportunity_id, "ContactId": contact_id, "IsPrimary": not wanted.opportunity_id}
        _insert(writer, "OpportunityContactRole", role)
    _hand_over(writer, lead, contact_id, account_id, opportunity_id)
    return Converted(lead["Id"], account_id, contact_id, opportunity_id)


def _converted_status(writer: Writer, given: str | None) -> str:
    """The status after conversion: one of those marked IsConverted, the first when none is named."""
    rows = [row for row in writer.org.table("LeadStatus").rows.values() if row.get("IsConverted")]
    known = [row["ApiName"] for row in rows]
    if given is None and known:
        return str(known[0])
    if given is None or given not in known:
        raise refusal("INVALID_STATUS", f"invalid convertedStatus: {given}", ["Status"])
    return given


def _custom_values(writer: Writer, lead: Row) -> dict[str, dict[str, Any]]:
    """Custom fields go along where the target has a writable one of the same name and type, unique ones aside."""
    values: dict[str, dict[str, Any]] = {name: {} for name in CUSTOM_TARGETS}
    for field in writer.org.sobject("Lead").fields.values():
        if not field.custom or field.unique or lead.get(field.name) is None:
            continue
        for name in CUSTOM_TARGETS:
            twin = writer.org.sobject(name).fields.get(field.name)
            if twin is not None and twin.type == field.type and twin.createable:
                values[name][field.name] = lead[field.name]
    return values


def _taken(lead: Row, mapping: dict[str, str]) -> dict[str, Any]:
    return {target: lead[source] for source, target in mapping.items() if lead.get(source) is not None}


def _fill(writer: Writer, name: str, record_id: str, values: dict[str, Any], overwrite: frozenset[str]) -> str:
    """Fill the empty fields of an existing record; those in `overwrite` are replaced."""
    row = writer.existing(writer.org.sobject(name), record_id)
    fresh = {k: v for k, v in values.items() if row.get(k) is None or k in overwrite}
    if fresh:
        writer.amend(name, row["Id"], fresh, touch="user")
    record: str = row["Id"]
    return record


def _insert(writer: Writer, name: str, values: dict[str, Any]) -> str:
    """Create past field security, as conversion does; rules and required fields still count."""
    return writer.as_system().insert(writer.org.sobject(name), values)


def _account(writer: Writer, lead: Row, wanted: Conversion, owner: str | None, custom: dict[str, Any]) -> str:
    values = {**_taken(lead, ACCOUNT_FIELDS), **custom}
    if wanted.account_id:
        return _fill(writer, "Account", wanted.account_id, values, frozenset())
    return _insert(writer, "Account", {**values, "OwnerId": owner})


def _contact(
    writer: Writer, lead: Row, wanted: Conversion, owner: str | None, account_id: str, custom: dict[str, Any]
) -> str:
    values = {**_taken(lead, CONTACT_FIELDS), **custom}
    if wanted.contact_id:
        overwrite = frozenset(("LeadSource",)) if wanted.overwrite_lead_source else frozenset()
        values["AccountId"] = account_id
        return _fill(writer, "Contact", wanted.contact_id, values, overwrite)
    return _insert(writer, "Contact", {**values, "AccountId": account_id, "OwnerId": owner})


def _opportunity(
    writer: Writer,
    lead: Row,
    wanted: Conversion,
    owner: str | None,
    account_id: str,
    custom: dict[str, Any],
) -> str | None:
    if wanted.opportunity_id:
        return _fill(writer, "Opportunity", wanted.opportunity_id, custom, frozenset())
    if not wanted.create_opportunity:
        return None
    values = {
        **_taken(lead, OPPORTUNITY_FIELDS),
        **custom,
        "Name": wanted.opportunity_name or f"{lead.get('Company')}-",
        "StageName": FIRST_STAGE,
        "CloseDate": _quarter_end(writer.org.now()[:10]),
        "AccountId": account_id,
        "OwnerId": owner,
    }
    return _insert(writer, "Opportunity", values)


def _add_role(writer: Writer, wanted: Conversion, opportunity_id: str, contact_id: str) -> None:
    """Put the contact on the deal, unless they are there already; on a new deal as the primary one."""
    roles = writer.children("OpportunityContactRole", "OpportunityId", opportunity_id)
    if all(role.get("ContactId") != contact_id for role in roles):
        role = {"OpportunityId": opportunity_id, "ContactId": contact_id}
        _insert(writer, "OpportunityContactRole", {**role, "IsPrimary": wanted.opportunity_id is None})


def _quarter_end(today: str) -> str:
    year, quarter = today[:4], (int(today[5:7]) + 2) // 3
    return f"{year}-" + ("03-31", "06-30", "09-30", "12-31")[quarter - 1]


def _hand_over(writer: Writer, lead: Row, contact_id: str, account_id: str, opportunity_id: str | None) -> None:
    """Activities and campaign memberships of the lead go on with the contact."""
    for name in ("Task", "Event"):
        for row in writer.children(name, "WhoId", lead["Id"]):
            about = {"WhoId": contact_id, "AccountId": account_id, "WhatId": row.get("WhatId") or opportunity_id}
            writer.amend(name, row["Id"], about)
    there = {row.get("CampaignId") for row in writer.children("CampaignMember", "ContactId", contact_id)}
    for row in writer.children("CampaignMember", "LeadId", lead["Id"]):
        if row.get("CampaignId") in there:
            continue
        writer.amend("CampaignMember", row["Id"], {"ContactId": contact_id, "LeadOrContactId": contact_id})
        campaign = writer.org.get(row["CampaignId"]) or {}
        counted = {"NumberOfConvertedLeads": campaign.get("NumberOfConvertedLeads", 0) + 1}
        writer.amend("Campaign", row["CampaignId"], counted, touch="nothing")
