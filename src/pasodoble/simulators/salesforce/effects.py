"""What follows from a write: fields derived before the record is saved, other records changed after.

One function an object and moment, found by the tables at the end. Checks that hold for every object are in `writes`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from pasodoble.simulators.salesforce.errors import refusal
from pasodoble.simulators.salesforce.moments import parse_ms, spell_second
from pasodoble.simulators.salesforce.persons import derive_person, follow_account, follow_contact
from pasodoble.simulators.salesforce.rows import Row
from pasodoble.simulators.salesforce.schema import Field, Sobject

if TYPE_CHECKING:
    from pasodoble.simulators.salesforce.writes import Writer

Changes = Mapping[str, Any]
Before = Callable[["Writer", Row, Row | None, Changes], None]
After = Callable[["Writer", Row, Row | None], None]


def put(row: Row, **values: Any) -> None:
    """Set derived values; empty ones and false are kept by their absence."""
    for name, value in values.items():
        if value is None or value is False:
            row.pop(name, None)
        else:
            row[name] = value


def find_status(writer: Writer, sobject_name: str, value: str | None) -> Row:
    """The row of OpportunityStage, TaskStatus, ... behind a picklist value; empty when the value is in no list."""
    table = writer.org.tables[sobject_name]
    return next(table.find(table.sobject.fields["ApiName"], (value,)), {}) if value else {}


# People


def join_name(writer: Writer, row: Row, before: Row | None, _changes: Changes) -> None:
    if (
        before is None
        or row.get("LastName") != before.get("LastName")
        or row.get("FirstName") != before.get("FirstName")
    ):
        put(row, Name=" ".join(filter(None, (row.get("FirstName"), row.get("LastName")))))
    if row.get("ReportsToId") == row["Id"]:
        raise refusal("FIELD_INTEGRITY_EXCEPTION", "Contacts cannot report to themselves", ["ReportsToId"])


def name_user(writer: Writer, row: Row, before: Row | None, changes: Changes) -> None:
    join_name(writer, row, before, changes)
    table = writer.org.tables["User"]
    username = table.sobject.fields["Username"]
    if any(other["Id"] != row["Id"] for other in table.find(username, (row.get("Username"),))):
        raise refusal("DUPLICATE_USERNAME", "Duplicate Username.", ["Username"])
    put(row, UserType="Standard")


# Opportunities and their products


def derive_opportunity(writer: Writer, row: Row, before: Row | None, changes: Changes) -> None:
    stage_moved = before is None or before.get("StageName") != row.get("StageName")
    if stage_moved:
        stage = find_status(writer, "OpportunityStage", row.get("StageName"))
        if changes.get("Probability") is None:
            put(row, Probability=float(stage.get("DefaultProbability") or 0.0))
        put(
            row,
            IsClosed=stage.get("IsClosed", False),
            IsWon=stage.get("IsWon", False),
            ForecastCategory=stage.get("ForecastCategory", "Pipeline"),
            LastStageChangeDate=None if before is None else row["SystemModstamp"],
        )
        if changes.get("ForecastCategoryName") is None:
            put(row, ForecastCategoryName=stage.get("ForecastCategoryName", "Pipeline"))
    if before is not None and row.get("HasOpportunityLineItem"):
        put(row, Amount=before.get("Amount"))
    amount, chance = row.get("Amount"), row.get("Probability", 0.0)
    put(row, ExpectedRevenue=None if amount is None else round(amount * chance / 100, 2))
    close = row.get("CloseDate")
    if close:
        quarter = (int(close[5:7]) + 2) // 3
        put(row, FiscalQuarter=quarter, FiscalYear=int(close[:4]), Fiscal=f"{close[:4]} {quarter}")


def follow_opportunity(writer: Writer, row: Row, before: Row | None) -> None:
    if before is None and row.get("ContactId"):
        role = {"OpportunityId": row["Id"], "ContactId": row["ContactId"], "IsPrimary": True}
        writer.as_system().insert(writer.org.sobject("OpportunityContactRole"), role)
    for campaign_id, sign, state in ((before or {}).get("CampaignId"), -1, before), (row.get("CampaignId"), 1, row):
        if campaign_id and state is not None:
            count_opportunity(writer, campaign_id, state, sign)


def count_opportunity(writer: Writer, campaign_id: str, row: Row, sign: int) -> None:
    if row.get("IsDeleted"):
        return
    campaign = writer.org.get(campaign_id) or {}
    won, amount = bool(row.get("IsWon")), row.get("Amount") or 0.0
    writer.amend(
        "Campaign",
        campaign_id,
        {
            "NumberOfOpportunities": campaign.get("NumberOfOpportunities", 0) + sign,
            "NumberOfWonOpportunities": campaign.get("NumberOfWonOpportunities", 0) + sign * won,
            "AmountAllOpportunities": campaign.get("AmountAllOpportunities", 0.0) + sign * amount,
            "AmountWonOpportunities": campaign.get("AmountWonOpportunities", 0.0) + sign * won * amount,
        },
        touch="nothing",
    )


def keep_one_primary(writer: Writer, row: Row, before: Row | None) -> None:
    """A deal has one primary contact role; the newest claim wins. The deal's own ContactId is not moved."""
    if not row.get("IsPrimary") or row.get("IsDeleted"):
        return
    for other in writer.children("OpportunityContactRole", "OpportunityId", row["OpportunityId"]):
        if other["Id"] != row["Id"] and other.get("IsPrimary"):
            writer.amend("OpportunityContactRole", other["Id"], {"IsPrimary": False}, touch="user")


def derive_line_item(writer: Writer, row: Row, before: Row | None, changes: Changes) -> None:
    deal = writer.org.get(row.get("OpportunityId", "")) or {}
    entry = _price_of(writer, row, deal)
    product = writer.org.get(entry["Product2Id"]) or {}
    quantity = row.get("Quantity") or 0.0
    if changes.get("TotalPrice") is not None:
        put(row, UnitPrice=round(changes["TotalPrice"] / quantity, 2) if quantity else 0.0)
    elif row.get("UnitPrice") is None:
        raise refusal("REQUIRED_FIELD_MISSING", "Required fields are missing: [UnitPrice, TotalPrice]", ["UnitPrice"])
    if "TotalPrice" not in changes:
        row["TotalPrice"] = round(row["UnitPrice"] * quantity, 2)
    put(
        row,
        PricebookEntryId=entry["Id"],
        Product2Id=entry["Product2Id"],
        Name=f"{deal.get('Name')} {product.get('Name')}",
    )


def _price_of(writer: Writer, row: Row, deal: Row) -> Row:
    """The price book entry of a line, found by the product in the deal's price book when only that is named."""
    if row.get("PricebookEntryId"):
        entry = writer.org.get(row["PricebookEntryId"]) or {}
        if deal and not deal.get("Pricebook2Id"):
            writer.amend("Opportunity", deal["Id"], {"Pricebook2Id": entry.get("Pricebook2Id")}, touch="user")
        elif deal and deal.get("Pricebook2Id") != entry.get("Pricebook2Id"):
            message = "The pricebook entry is in a different pricebook than the one assigned to the opportunity, or the opportunity has no pricebook assigned."
            raise refusal("FIELD_INTEGRITY_EXCEPTION", message, ["PricebookEntryId"])
        return entry
    for entry in writer.children("PricebookEntry", "Product2Id", row.get("Product2Id", "")):
        if entry.get("Pricebook2Id") == deal.get("Pricebook2Id"):
            return entry
    raise refusal("REQUIRED_FIELD_MISSING", "Required fields are missing: [PricebookEntryId]", ["PricebookEntryId"])


def sum_line_items(writer: Writer, row: Row, before: Row | None) -> None:
    deal_id = row.get("OpportunityId")
    deal = writer.org.get(deal_id) if deal_id else None
    if deal is None or deal.get("IsDeleted"):
        return
    lines = writer.children("OpportunityLineItem", "OpportunityId", deal["Id"])
    amount = round(sum(line.get("TotalPrice", 0.0) for line in lines), 2)
    expected = round(amount * deal.get("Probability", 0.0) / 100, 2)
    changes = {"HasOpportunityLineItem": bool(lines)}
    sums = {"Amount": amount, "ExpectedRevenue": expected} if lines else {}
    writer.amend("Opportunity", deal["Id"], {**changes, **sums}, touch="user")


def check_price(writer: Writer, row: Row, before: Row | None, _changes: Changes) -> None:
    """A product has one price a price book, the standard one first."""
    if before is not None:
        return
    prices = writer.children("PricebookEntry", "Product2Id", row.get("Product2Id", ""))
    book = writer.org.get(row.get("Pricebook2Id", "")) or {}
    if any(price["Pricebook2Id"] == row.get("Pricebook2Id") for price in prices):
        raise refusal("DUPLICATE_VALUE", "This price definition already exists in this price book", [])
    standard = {r["Id"] for r in writer.org.tables["Pricebook2"].rows.values() if r.get("IsStandard")}
    if not book.get("IsStandard") and not any(price["Pricebook2Id"] in standard for price in prices):
        raise refusal(
            "STANDARD_PRICE_NOT_DEFINED", "No standard price defined for this product", [],
        )  # fmt: skip


# Cases


def derive_case(writer: Writer, row: Row, before: Row | None, changes: Changes) -> None:
    if before is None:
        put(row, CaseNumber=f"{1000 + writer.org.count_up('CaseNumber'):08d}")
    if before is None or before.get("Status") != row.get("Status"):
        closed = find_status(writer, "CaseStatus", row.get("Status")).get("IsClosed", False)
        was = bool(before and before.get("IsClosed"))
        put(row, IsClosed=closed)
        if closed != was:
            put(row, ClosedDate=row["SystemModstamp"] if closed else None)
    if row.get("ContactId") and "AccountId" not in changes and (before is None or "ContactId" in changes):
        put(row, AccountId=(writer.org.get(row["ContactId"]) or {}).get("AccountId"))


# Tasks and events


def relate_activity(writer: Writer, row: Row) -> None:
    """AccountId follows WhatId, else WhoId; a lead stands alone."""
    who, what = row.get("WhoId"), row.get("WhatId")
    if who and what and who.startswith("00Q"):
        message = "WhatId: can not be set when WhoId is a lead"
        raise refusal("FIELD_INTEGRITY_EXCEPTION", message, ["WhatId"])
    account = None
    for target in (what, who):
        if target and account is None:
            found = writer.org.get(target) or {}
            account = found["Id"] if target.startswith("001") else found.get("AccountId")
    put(row, AccountId=account)


def derive_task(writer: Writer, row: Row, before: Row | None, _changes: Changes) -> None:
    relate_activity(writer, row)
    closed = bool(find_status(writer, "TaskStatus", row.get("Status")).get("IsClosed", False))
    was = bool(before and before.get("IsClosed"))
    put(row, IsClosed=closed, IsHighPriority=row.get("Priority") == "High")
    if closed != was:
        put(row, CompletedDateTime=row["SystemModstamp"] if closed else None)
    row.setdefault("TaskSubtype", "Task")


def derive_event(writer: Writer, row: Row, before: Row | None, changes: Changes) -> None:
    relate_activity(writer, row)
    row.setdefault("EventSubtype", "Event")
    if row.get("IsAllDayEvent"):
        _derive_all_day(row, changes)
        return
    start = changes.get("StartDateTime") or changes.get("ActivityDateTime") or row.get("StartDateTime")
    if start is None:
        raise refusal("REQUIRED_FIELD_MISSING", "Required fields are missing: [StartDateTime]", ["StartDateTime"])
    start_ms = parse_ms(start) or 0
    minutes, end = row.get("DurationInMinutes"), row.get("EndDateTime")
    if changes.get("EndDateTime"):
        minutes = ((parse_ms(changes["EndDateTime"]) or 0) - start_ms) // 60_000
        if changes.get("DurationInMinutes") not in (None, minutes):
            raise refusal("INVALID_FIELD", "Event duration and end time do not agree", ["DurationInMinutes"], 400)
    elif minutes is None and end is None:
        names = ["DurationInMinutes", "EndDateTime"]
        raise refusal("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(names)}]", names)
    if minutes is None or minutes < 0:
        raise refusal("FIELD_INTEGRITY_EXCEPTION", "Event end time must be after its start", ["EndDateTime"])
    end = spell_second(start_ms // 1000 + minutes * 60)
    put(row, StartDateTime=start, ActivityDateTime=start, ActivityDate=start[:10])
    put(row, DurationInMinutes=minutes, EndDateTime=end, EndDate=end[:10])


def _derive_all_day(row: Row, changes: Changes) -> None:
    day = changes.get("ActivityDate") or (changes.get("StartDateTime") or row.get("StartDateTime") or "")[:10]
    day = day or row.get("ActivityDate")
    if not day:
        raise refusal("REQUIRED_FIELD_MISSING", "Required fields are missing: [ActivityDate]", ["ActivityDate"])
    minutes = row.get("DurationInMinutes") or 1440
    start = f"{day}T00:00:00.000+0000"
    end_ms = (parse_ms(start) or 0) + (minutes - 1440) * 60_000
    end = spell_second(end_ms // 1000)
    put(row, ActivityDate=day, StartDateTime=start, EndDateTime=end, EndDate=end[:10], DurationInMinutes=minutes)


def note_activity(writer: Writer, row: Row, before: Row | None) -> None:
    """A closed task or an event moves LastActivityDate of those it is about, and their SystemModstamp."""
    day = row.get("ActivityDate") or row["SystemModstamp"][:10]
    if row.get("IsDeleted") or not (row.get("IsClosed") or "StartDateTime" in row):
        return
    for target in dict.fromkeys(filter(None, (row.get("WhoId"), row.get("WhatId"), row.get("AccountId")))):
        sobject, found = writer.org.sobject_of(target), writer.org.get(target)
        if sobject and found and "LastActivityDate" in sobject.fields and day > found.get("LastActivityDate", ""):
            writer.amend(sobject.name, target, {"LastActivityDate": day})


# Campaigns

DEFAULT_STATUSES = (("Sent", True, False), ("Responded", False, True))


def follow_campaign(writer: Writer, row: Row, before: Row | None) -> None:
    """A new campaign gets the two usual member statuses."""
    if before is not None:
        return
    for order, (label, is_default, responded) in enumerate(DEFAULT_STATUSES, start=1):
        status = {"CampaignId": row["Id"], "Label": label, "SortOrder": order}
        writer.as_system().insert(
            writer.org.sobject("CampaignMemberStatus"),
            {**status, "IsDefault": is_default, "HasResponded": responded},
        )


def keep_one_default(writer: Writer, row: Row, before: Row | None) -> None:
    if not row.get("IsDefault") or row.get("IsDeleted"):
        return
    for other in writer.children("CampaignMemberStatus", "CampaignId", row["CampaignId"]):
        if other["Id"] != row["Id"] and other.get("IsDefault"):
            writer.amend("CampaignMemberStatus", other["Id"], {"IsDefault": False}, touch="user")


def derive_member(writer: Writer, row: Row, before: Row | None, changes: Changes) -> None:
    person = row.get("LeadId") or row.get("ContactId")
    if before is None:
        if person is None:
            message = "Required fields are missing: [LeadId, ContactId]"
            raise refusal("REQUIRED_FIELD_MISSING", message, ["LeadId", "ContactId"])
        key = "LeadId" if row.get("LeadId") else "ContactId"
        for other in writer.children("CampaignMember", key, person):
            if other.get("CampaignId") == row.get("CampaignId"):
                raise refusal("DUPLICATE_VALUE", "Already a campaign member.", [])
    statuses = writer.children("CampaignMemberStatus", "CampaignId", row.get("CampaignId", ""))
    row["Status"] = _member_status(row.get("Status"), statuses)
    responded = any(s.get("HasResponded") for s in statuses if s.get("Label") == row["Status"])
    put(row, HasResponded=responded, Type="Lead" if row.get("LeadId") else "Contact", LeadOrContactId=person)
    if responded and not row.get("FirstRespondedDate"):
        row["FirstRespondedDate"] = row["SystemModstamp"][:10]
    found = writer.org.get(person or "") or {}
    company = found.get("Company") or (writer.org.get(found.get("AccountId") or "") or {}).get("Name")
    put(row, CompanyOrAccount=company)


def _member_status(given: str | None, statuses: list[Row]) -> str:
    if given is None:
        return next((s["Label"] for s in statuses if s.get("IsDefault")), "Sent")
    exact = next((s["Label"] for s in statuses if s["Label"].lower() == given.lower()), None)
    if exact is None:
        message = f"Status: bad value for restricted picklist field: {given}"
        raise refusal("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, ["Status"])
    return str(exact)


def count_member(writer: Writer, row: Row, before: Row | None) -> None:
    """The campaign's counts follow, without touching the campaign's timestamps."""
    counts = {"NumberOfLeads": 0, "NumberOfContacts": 0, "NumberOfResponses": 0}
    for state, sign in ((before, -1), (row, 1)):
        if state is None or state.get("IsDeleted"):
            continue
        counts["NumberOfLeads" if state.get("Type") == "Lead" else "NumberOfContacts"] += sign
        counts["NumberOfResponses"] += sign if state.get("HasResponded") else 0
    campaign = writer.org.get(row["CampaignId"])
    if campaign is not None and any(counts.values()):
        moved = {name: campaign.get(name, 0) + delta for name, delta in counts.items() if delta}
        writer.amend("Campaign", campaign["Id"], moved, touch="nothing")


# Roll-up summaries


def refresh_rollups(writer: Writer, sobject: Sobject, row: Row, before: Row | None) -> None:
    """Recalculate the masters of a child that was written, and save those whose sum moved."""
    for master, item in writer.org.rollups.get(sobject.name, ()):
        assert item.rollup is not None
        key = item.rollup.key
        for parent in dict.fromkeys(filter(None, ((before or {}).get(key), row.get(key)))):
            writer.amend(master.name, parent, {item.name: roll_up(writer, item, parent)}, touch="user")


def roll_up(writer: Writer, item: Field, parent_id: str) -> Any:
    rollup = item.rollup
    assert rollup is not None
    child = writer.org.sobject(rollup.child)
    rows = writer.children(rollup.child, rollup.key, parent_id)
    if rollup.condition:
        holds = writer.condition(child, rollup.condition)
        rows = [row for row in rows if holds(row, None)]
    if rollup.operation == "count":
        return float(len(rows))
    assert rollup.summed is not None
    read = writer.view.reader(child, child.fields[rollup.summed])
    values = [value for value in map(read, rows) if value is not None]
    if rollup.operation == "sum":
        return float(sum(values))
    return (min if rollup.operation == "min" else max)(values, default=None)


BEFORE: dict[str, Before] = {
    "Account": derive_person,
    "Lead": join_name,
    "Contact": join_name,
    "User": name_user,
    "Opportunity": derive_opportunity,
    "OpportunityLineItem": derive_line_item,
    "PricebookEntry": check_price,
    "Case": derive_case,
    "Task": derive_task,
    "Event": derive_event,
    "CampaignMember": derive_member,
}
AFTER: dict[str, After] = {
    "Account": follow_account,
    "Contact": follow_contact,
    "Opportunity": follow_opportunity,
    "OpportunityContactRole": keep_one_primary,
    "OpportunityLineItem": sum_line_items,
    "Task": note_activity,
    "Event": note_activity,
    "Campaign": follow_campaign,
    "CampaignMemberStatus": keep_one_default,
    "CampaignMember": count_member,
}
