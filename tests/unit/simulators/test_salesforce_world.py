"""What the org does by itself: conversion, merges, cascades, derived fields, rules, rights, the door, the starting world."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from salesforce_client import Client, read

from pasodoble.simulators.salesforce import Switches
from pasodoble.simulators.salesforce.changes import Commit


@pytest.fixture
def sf() -> Client:
    return Client()


def test_a_lead_is_converted_with_all_that_follows(sf: Client) -> None:
    campaign = sf.create("Campaign", Name="C", IsActive=True)
    lead = sf.create("Lead", LastName="Roe", FirstName="Jo", Company="Acme", Email="jo@x.example", City="León")
    task = sf.create("Task", Subject="Call", WhoId=lead)
    member = sf.create("CampaignMember", CampaignId=campaign, LeadId=lead)
    sf.clock.advance(2)
    done = sf.act("convert_lead", lead=lead)
    row = sf.row("Lead", lead)
    assert row["IsConverted"] is True and row["Status"] == "Closed - Converted" and row["ConvertedDate"]
    assert row["ConvertedContactId"] == done["contact"] and row["ConvertedOpportunityId"] == done["opportunity"]
    contact = sf.row("Contact", done["contact"])
    assert (contact["Name"], contact["Email"], contact["MailingCity"]) == ("Jo Roe", "jo@x.example", "León")
    assert sf.row("Account", done["account"])["Name"] == "Acme"
    assert sf.query("SELECT ContactId FROM OpportunityContactRole")[0]["ContactId"] == done["contact"]
    assert sf.row("Task", task)["WhoId"] == done["contact"]
    assert sf.row("CampaignMember", member)["ContactId"] == done["contact"]
    assert sf.refusal("PATCH", f"/sobjects/Lead/{lead}", {"Title": "x"}) == (400, "CANNOT_UPDATE_CONVERTED_LEAD")


def test_a_conversion_is_one_commit_in_the_documented_order(sf: Client) -> None:
    lead = sf.create("Lead", LastName="Roe", Company="Acme")
    commits: list[Commit] = []
    sf.world.org.listen(commits.append)
    sf.act("convert_lead", lead=lead)
    (commit,) = commits
    assert [(change.kind, change.sobject) for change in commit.changes][:4] == [
        ("CREATE", "Account"),
        ("CREATE", "Contact"),
        ("CREATE", "Opportunity"),
        ("UPDATE", "Lead"),
    ]


def test_conversion_into_existing_records_fills_only_what_is_empty(sf: Client) -> None:
    account = sf.create("Account", Name="Old", Phone="1")
    contact = sf.create("Contact", LastName="Roe", Title="CTO", AccountId=account)
    lead = sf.create("Lead", LastName="Roe", Company="New", Phone="2", Title="CEO", Email="r@x.example")
    done = sf.act("convert_lead", lead=lead, account=account, contact=contact, create_opportunity=False)
    assert done["opportunity"] is None
    row = sf.row("Contact", contact)
    assert (row["Title"], row["Email"]) == ("CTO", "r@x.example")
    assert sf.row("Account", account)["Phone"] == "1"


def test_a_merge_moves_children_and_leaves_a_trace(sf: Client) -> None:
    winner, loser = (sf.create("Account", Name=name) for name in "ab")
    child = sf.create("Contact", LastName="x", AccountId=loser)
    assert sf.act("merge", winner=winner, losers=[loser])["moved"] == [child]
    assert sf.row("Contact", child)["AccountId"] == winner
    gone = sf.get("/queryAll", q="SELECT Id, MasterRecordId FROM Account WHERE IsDeleted = true")["records"]
    assert [(row["Id"], row["MasterRecordId"]) for row in gone] == [(loser, winner)]


def test_deleting_an_account_takes_its_people_along_and_undelete_brings_them_back(sf: Client) -> None:
    account = sf.create("Account", Name="a")
    contact = sf.create("Contact", LastName="x", AccountId=account)
    case = sf.create("Case", Subject="s", ContactId=contact)
    sf.send("DELETE", f"/sobjects/Account/{account}")
    assert sf.query("SELECT Id FROM Contact") == []
    assert sf.row("Case", case)["ContactId"] is None
    sf.act("undelete", record=account)
    assert [row["Id"] for row in sf.query("SELECT Id FROM Contact")] == [contact]


def test_a_stage_decides_the_numbers_of_a_deal(sf: Client) -> None:
    deal = sf.create("Opportunity", Name="D", StageName="Value Proposition", CloseDate="2026-12-24", Amount=1000)
    row = sf.row("Opportunity", deal)
    assert (row["Probability"], row["ExpectedRevenue"], row["IsClosed"]) == (50.0, 500.0, False)
    assert (row["FiscalQuarter"], row["FiscalYear"], row["Fiscal"]) == (4, 2026, "2026 4")
    sf.send("PATCH", f"/sobjects/Opportunity/{deal}", {"StageName": "Closed Won"})
    row = sf.row("Opportunity", deal)
    assert (row["Probability"], row["IsWon"], row["ForecastCategory"]) == (100.0, True, "Closed")


def test_line_items_set_the_amount(sf: Client) -> None:
    book = sf.query("SELECT Id FROM Pricebook2 WHERE IsStandard = true")[0]["Id"]
    product = sf.create("Product2", Name="P", IsActive=True)
    entry = sf.create("PricebookEntry", Pricebook2Id=book, Product2Id=product, UnitPrice=10, IsActive=True)
    deal = sf.create("Opportunity", Name="D", StageName="Prospecting", CloseDate="2026-12-24", Pricebook2Id=book)
    item = sf.create("OpportunityLineItem", OpportunityId=deal, PricebookEntryId=entry, Quantity=3, UnitPrice=9.5)
    assert sf.row("Opportunity", deal)["Amount"] == 28.5
    sf.send("PATCH", f"/sobjects/Opportunity/{deal}", {"Amount": 1})
    assert sf.row("Opportunity", deal)["Amount"] == 28.5
    sf.send("DELETE", f"/sobjects/OpportunityLineItem/{item}")
    assert sf.row("Opportunity", deal)["HasOpportunityLineItem"] is False


def test_a_campaign_member_answers_once(sf: Client) -> None:
    campaign = sf.create("Campaign", Name="C")
    contact = sf.create("Contact", LastName="x", Email="e@x.example")
    before = sf.row("Campaign", campaign)
    sf.clock.advance(60)
    member = sf.create("CampaignMember", CampaignId=campaign, ContactId=contact)
    row = sf.row("CampaignMember", member)
    assert (row["Status"], row["HasResponded"], row["Email"]) == ("Sent", False, "e@x.example")
    sf.send("PATCH", f"/sobjects/CampaignMember/{member}", {"Status": "Responded"})
    assert sf.row("CampaignMember", member)["FirstRespondedDate"]
    twice = sf.send("POST", "/sobjects/CampaignMember", {"CampaignId": campaign, "ContactId": contact})
    assert read(twice)[0]["message"] == "Already a campaign member."
    after = sf.row("Campaign", campaign)
    assert (after["NumberOfContacts"], after["NumberOfResponses"]) == (1, 1)
    assert after["SystemModstamp"] == before["SystemModstamp"]


def test_a_campaign_gets_its_statuses_whatever_its_maker_may_do(sf: Client) -> None:
    sf.set_up("CampaignMemberStatus", permissions={"create": False})
    sf.create("Campaign", Name="C")
    assert [row["Label"] for row in sf.query("SELECT Label FROM CampaignMemberStatus")] == ["Sent", "Responded"]


def test_tasks_know_their_account_and_move_the_last_activity(sf: Client) -> None:
    account = sf.create("Account", Name="a")
    contact = sf.create("Contact", LastName="x", AccountId=account)
    before = sf.row("Contact", contact)
    sf.clock.advance(60)
    task = sf.create("Task", WhoId=contact, Subject="Call", Status="Completed", ActivityDate="2026-11-20")
    assert sf.row("Task", task)["AccountId"] == account and sf.row("Task", task)["IsClosed"] is True
    after = sf.row("Contact", contact)
    assert after["LastActivityDate"] == "2026-11-20"
    assert after["SystemModstamp"] > before["SystemModstamp"]
    assert after["LastModifiedDate"] == before["LastModifiedDate"]


def test_an_event_needs_an_end_and_gets_the_rest(sf: Client) -> None:
    start = "2026-11-20T10:00:00+01:00"
    event = sf.create("Event", Subject="Demo", StartDateTime=start, DurationInMinutes=45)
    row = sf.row("Event", event)
    assert row["StartDateTime"] == "2026-11-20T09:00:00.000+0000" == row["ActivityDateTime"]
    assert row["EndDateTime"] == "2026-11-20T09:45:00.000+0000"
    assert sf.refusal("POST", "/sobjects/Event", {"StartDateTime": start}) == (400, "REQUIRED_FIELD_MISSING")


def test_owners_must_be_active_or_a_queue_for_such_records(sf: Client) -> None:
    gone = sf.query("SELECT Id FROM User WHERE IsActive = false")[0]["Id"]
    queue = sf.query("SELECT Id FROM Group WHERE Type = 'Queue'")[0]["Id"]
    lead = sf.create("Lead", LastName="x", Company="y", OwnerId=queue)
    assert sf.query("SELECT Owner.Type, Owner.Name FROM Lead")[0]["Owner"]["Type"] == "Queue"
    assert sf.refusal("PATCH", f"/sobjects/Lead/{lead}", {"OwnerId": gone}) == (400, "INACTIVE_OWNER_OR_USER")
    assert sf.refusal("POST", "/sobjects/Contact", {"LastName": "x", "OwnerId": queue})[0] == 400


def test_the_bin_is_seen_for_fifteen_days(sf: Client) -> None:
    lead = sf.create("Lead", LastName="x", Company="y")
    sf.send("DELETE", f"/sobjects/Lead/{lead}")
    everything = "SELECT Id FROM Lead"
    assert sf.get("/queryAll", q=everything)["totalSize"] == 1
    sf.clock.advance(15 * 86_400 + 1)
    assert sf.get("/queryAll", q=everything)["totalSize"] == 0


# Set up through the door


def test_validation_rules_and_formulas_of_the_door_hold(sf: Client) -> None:
    sf.set_up(
        "Lead",
        fields={
            "Score__c": {"type": "double", "precision": 5, "scale": 1},
            "Grade__c": {"type": "text", "formula": "IF(Score__c > 50, 'A', 'B')"},
        },
        validation_rules=[
            {"name": "Down", "formula": "AND(NOT(ISNEW()), Score__c < PRIORVALUE(Score__c))", "message": "No way back", "field": "Score__c"}
        ],
    )  # fmt: skip
    lead = sf.create("Lead", LastName="x", Company="y", Score__c=60.25)
    row = sf.row("Lead", lead)
    assert (row["Score__c"], row["Grade__c"]) == (60.3, "A")
    refused = read(sf.send("PATCH", f"/sobjects/Lead/{lead}", {"Score__c": 1}))
    assert refused == [
        {"message": "No way back", "errorCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "fields": ["Score__c"]}
    ]
    assert sf.refusal("PATCH", f"/sobjects/Lead/{lead}", {"Grade__c": "C"})[1] == "INVALID_FIELD_FOR_INSERT_UPDATE"
    told = {field["name"]: field for field in sf.get("/sobjects/Lead/describe")["fields"]}
    assert told["Grade__c"]["calculated"] is True and told["Grade__c"]["calculatedFormula"].startswith("IF(")
    assert len(told["Grade__c"]) == len(told["Email"]) == 57


def test_a_bad_setup_changes_nothing_and_says_why(sf: Client) -> None:
    order = {"objects": {"Lead": {"fields": {"A__c": {"type": "text"}, "B__c": {"type": "text", "formula": "NOPE("}}}}}
    response = sf.send("PATCH", "/__sandbox__/schema", order)
    assert response.status == 400 and read(response)["error"]
    assert "A__c" not in sf.get("/__sandbox__/schema")["objects"]["Lead"]["fields"]
    assert sf.send("PATCH", "/__sandbox__/schema", {"settings": {"late_visible_s": -1}}).status == 400
    for spec in ({"type": "nope"}, {"type": "picklist"}, {"typ": "text"}, {"type": "lookup"}):
        assert sf.send("PATCH", "/__sandbox__/schema", {"objects": {"Lead": {"fields": {"A__c": spec}}}}).status == 400


def test_hidden_and_locked_fields_bind_the_integration_user_only(sf: Client) -> None:
    lead = sf.create("Lead", LastName="x", Company="y", Title="T", Website="w")
    sf.set_up("Lead", permissions={"fields": {"Title": {"read": False}, "Website": {"edit": False}}})
    assert "Title" not in sf.row("Lead", lead)
    assert sf.refusal("GET", "/query?q=SELECT+Title+FROM+Lead") == (400, "INVALID_FIELD")
    assert sf.refusal("PATCH", f"/sobjects/Lead/{lead}", {"Title": "U"}) == (400, "INVALID_FIELD")
    assert sf.refusal("PATCH", f"/sobjects/Lead/{lead}", {"Website": "u"}) == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")
    names = {field["name"]: field for field in sf.get("/sobjects/Lead/describe")["fields"]}
    assert "Title" not in names and names["Website"]["updateable"] is False
    sf.act("edit", record=lead, values={"Title": "V"})
    sf.set_up("Lead", permissions={"fields": {"Title": {"read": True}}})
    assert sf.row("Lead", lead)["Title"] == "V"


def test_object_permissions_and_hidden_records(sf: Client) -> None:
    lead = sf.create("Lead", LastName="x", Company="y")
    sf.act("hide", record=lead)
    assert sf.refusal("GET", f"/sobjects/Lead/{lead}") == (404, "NOT_FOUND")
    assert sf.query("SELECT Id FROM Lead") == []
    sf.act("show", record=lead)
    sf.set_up("Lead", permissions={"edit": False, "create": False, "delete": False})
    assert sf.refusal("PATCH", f"/sobjects/Lead/{lead}", {"Title": "x"}) == (403, "INSUFFICIENT_ACCESS_OR_READONLY")
    assert sf.refusal("POST", "/sobjects/Lead", {})[1] == "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"
    sf.set_up("Lead", permissions={"read": False})
    assert sf.refusal("GET", "/sobjects/Lead/describe") == (404, "NOT_FOUND")
    assert "Lead" not in {s["name"] for s in sf.get("/sobjects")["sobjects"]}


@pytest.mark.parametrize(("action", "second"), [("block", 400), ("alert", 201), ("report", 201)])
def test_a_duplicate_rule_blocks_or_warns(sf: Client, action: str, second: int) -> None:
    sf.set_up("Contact", duplicate_rules=[{"name": "Mail_Rule", "match": ["Email"], "action": action}])
    one = sf.create("Contact", LastName="a", Email="a@x.example")
    values = {"LastName": "b", "Email": "A@x.example"}
    first = sf.send("POST", "/sobjects/Contact", values)
    if action == "report":
        assert first.status == 201
        return
    (wrong,) = read(first)
    assert wrong["errorCode"] == "DUPLICATES_DETECTED"
    found = wrong["duplicateResut"]
    assert found["allowSave"] is (action == "alert")
    record = found["matchResults"][0]["matchRecords"][0]["record"]
    assert record == {
        "attributes": {"type": "Contact", "url": f"/services/data/v66.0/sobjects/Contact/{one}"},
        "Id": one,
    }
    allow = {"sforce-duplicate-rule-header": "allowSave=true"}
    assert sf.send("POST", "/sobjects/Contact", values, headers=allow).status == second


def test_assignment_rules_run_unless_the_header_says_no(sf: Client) -> None:
    entries = [{"formula": "City = 'León'", "owner": "carla.ruiz@pasodoble.example"}]
    sf.set_up("Lead", assignment_rules=[{"name": "R", "entries": entries}])
    given = {"LastName": "x", "Company": "y", "City": "León"}
    sf.send("POST", "/sobjects/Lead", given)
    sf.send("POST", "/sobjects/Lead", given, headers={"sforce-auto-assign": "FALSE"})
    owners = [row["Owner"]["Name"] for row in sf.query("SELECT Owner.Name FROM Lead")]
    assert owners == ["Carla Ruiz", "Pasodoble Integration"]


def test_roll_ups_save_the_master_with_the_child(sf: Client) -> None:
    rollup = {"child": "Opportunity", "key": "AccountId", "operation": "sum", "field": "Amount", "condition": "IsWon"}
    sf.set_up("Account", fields={"Won__c": {"type": "currency", "rollup": rollup}})
    account = sf.create("Account", Name="a")
    before = sf.row("Account", account)
    sf.clock.advance(5)
    base: dict[str, Any] = {"Name": "d", "CloseDate": "2026-12-01", "AccountId": account, "Amount": 10}
    sf.create("Opportunity", **base, StageName="Closed Won")
    sf.create("Opportunity", **base, StageName="Prospecting")
    after = sf.row("Account", account)
    assert after["Won__c"] == 10.0 and after["LastModifiedDate"] > before["LastModifiedDate"]


def test_custom_objects_with_lookups_are_queried_both_ways(sf: Client) -> None:
    sf.set_up(
        "Visit__c",
        fields={
            "Contact__c": {"type": "lookup", "referenceTo": "Contact", "relationshipName": "Visits"},
            "Kind__c": {"type": "picklist", "picklist": ["Site", "Call"], "default": "Call"},
            "Number__c": {"type": "autonumber", "displayFormat": "V-{0000}"},
        },
    )
    contact = sf.create("Contact", LastName="x")
    visit = sf.create("Visit__c", Contact__c=contact)
    row = sf.row("Visit__c", visit)
    assert (row["Kind__c"], row["Number__c"]) == ("Call", "V-0001")
    down = sf.query("SELECT (SELECT Id FROM Visits__r) FROM Contact")[0]["Visits__r"]
    assert down["totalSize"] == 1
    assert sf.query("SELECT Contact__r.LastName FROM Visit__c")[0]["Contact__r"]["LastName"] == "x"
    assert sf.refusal("POST", "/sobjects/Visit__c", {"Kind__c": "Nope"})[1] == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"


def test_record_types_narrow_picklists(sf: Client) -> None:
    sf.set_up(
        "Contact",
        fields={"Tier__c": {"type": "picklist", "picklist": ["Gold", "Tin"]}},
        record_types=[{"name": "Partner", "default": True, "picklists": {"Tier__c": ["Gold"]}}],
    )
    contact = sf.create("Contact", LastName="x", Tier__c="Gold")
    kind = sf.query("SELECT RecordType.Name FROM Contact")[0]["RecordType"]["Name"]
    assert kind == "Partner"
    assert sf.refusal("PATCH", f"/sobjects/Contact/{contact}", {"Tier__c": "Tin"})[0] == 400
    infos = sf.get("/sobjects/Contact/describe")["recordTypeInfos"]
    assert [info["name"] for info in infos] == ["Partner", "Master"]


def test_a_roll_up_is_worked_out_for_the_records_there_are(sf: Client) -> None:
    account = sf.create("Account", Name="a")
    sf.create("Contact", LastName="x", AccountId=account)
    rollup = {"child": "Contact", "key": "AccountId", "operation": "count"}
    sf.set_up("Account", fields={"People__c": {"rollup": rollup}})
    assert sf.row("Account", account)["People__c"] == 1.0


def test_a_new_stage_means_what_the_door_says(sf: Client) -> None:
    stages = ["Prospecting", {"value": "Signed", "isClosed": True, "isWon": True}]
    sf.set_up("Opportunity", fields={"StageName": {"picklist": stages}})
    deal = sf.create("Opportunity", Name="d", StageName="Signed", CloseDate="2026-12-01")
    assert (sf.row("Opportunity", deal)["IsWon"], sf.row("Opportunity", deal)["Probability"]) == (True, 100.0)


def test_a_write_to_a_record_not_yet_seen_builds_on_its_newest_state(sf: Client) -> None:
    lead = sf.create("Lead", LastName="x", Company="y")
    sf.send("PATCH", "/__sandbox__/schema", {"settings": {"late_visible_s": 10}})
    sf.send("PATCH", f"/sobjects/Lead/{lead}", {"Title": "t"})
    sf.send("PATCH", f"/sobjects/Lead/{lead}", {"City": "c"})
    assert sf.row("Lead", lead)["Title"] is None
    sf.clock.advance(11)
    assert (sf.row("Lead", lead)["Title"], sf.row("Lead", lead)["City"]) == ("t", "c")


def test_amounts_have_a_currency_where_the_switch_is_set(sf: Client) -> None:
    assert "CurrencyIsoCode" not in sf.world.org.sobject("Opportunity").fields
    many = Client(switches=Switches(multi_currency=True))
    base = {"Name": "d", "StageName": "Prospecting", "CloseDate": "2026-12-01"}
    deal = many.create("Opportunity", **base)
    assert many.row("Opportunity", deal)["CurrencyIsoCode"] == "EUR"
    wrong = (400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST")
    assert many.refusal("POST", "/sobjects/Opportunity", {**base, "CurrencyIsoCode": "XXX"}) == wrong
    assert len(many.query("SELECT IsoCode FROM CurrencyType")) == 4


def test_a_rule_can_play_a_failing_trigger(sf: Client) -> None:
    code = "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"
    sf.set_up("Lead", validation_rules=[{"name": "T", "formula": "true", "message": "T: execution of x", "code": code}])
    assert sf.refusal("POST", "/sobjects/Lead", {"LastName": "x", "Company": "y"}) == (400, code)


# The door


def test_the_journal_tells_who_changed_what(sf: Client) -> None:
    lead = sf.create("Lead", LastName="x", Company="y")
    sf.act("edit", record=lead, values={"Title": "CTO"}, user="ben.clarke@pasodoble.example")
    sf.send("DELETE", f"/sobjects/Lead/{lead}", headers={"sforce-call-options": "client=me"})
    entries = sf.get("/__sandbox__/journal", record=lead)["journal"]
    title = next(entry for entry in entries if entry["field"] == "Title")
    assert (title["who"], title["old"], title["new"], title["origin"]) == (
        "ben.clarke@pasodoble.example",
        None,
        "CTO",
        "",
    )
    assert entries[-1]["kind"] == "DELETE" and entries[-1]["origin"] == "com/salesforce/api/rest/66.0;client=me"


def test_what_salesforce_does_inside_moves_only_the_system_stamp(sf: Client) -> None:
    lead = sf.create("Lead", LastName="x", Company="y", Rating="Hot")
    before = sf.row("Lead", lead)
    sf.clock.advance(5)
    sf.act("system_touch", record=lead)
    touched = sf.row("Lead", lead)
    sf.clock.advance(5)
    assert sf.act("rename_picklist_value", object="Lead", field="Rating", old="Hot", new="Blazing")["renamed"] == 1
    renamed = sf.row("Lead", lead)
    assert before["SystemModstamp"] < touched["SystemModstamp"] < renamed["SystemModstamp"]
    assert before["LastModifiedDate"] == renamed["LastModifiedDate"] and renamed["Rating"] == "Blazing"
    told = next(f for f in sf.get("/sobjects/Lead/describe")["fields"] if f["name"] == "Rating")
    assert [choice["value"] for choice in told["picklistValues"]] == ["Blazing", "Warm", "Cold"]


def test_bad_orders_to_the_door_are_refused_clearly(sf: Client) -> None:
    for order in ({}, {"action": "nope"}, {"action": "edit"}, {"action": "convert_lead", "lead": "003x"}, b"{"):
        response = sf.send("POST", "/__sandbox__/actions", order)
        assert response.status == 400 and read(response)["error"]
    lead = sf.create("Lead", LastName="x", Company="y")
    response = sf.send("POST", "/__sandbox__/actions", {"action": "edit", "record": lead, "values": {"Email": "bad"}})
    assert response.status == 400 and read(response)["errors"][0]["errorCode"] == "INVALID_EMAIL_ADDRESS"


def test_a_snapshot_brings_the_org_back(sf: Client) -> None:
    lead = sf.create("Lead", LastName="x", Company="y")
    sf.post("/__sandbox__/snapshots", {"name": "s"})
    sf.set_up("Lead", fields={"A__c": {"type": "text"}})
    sf.send("PATCH", f"/sobjects/Lead/{lead}", {"Title": "t", "A__c": "a"})
    sf.send("POST", "/__sandbox__/snapshots/s/restore")
    row = sf.row("Lead", lead)
    assert row["Title"] is None and "A__c" not in row
    assert sf.send("POST", "/__sandbox__/snapshots/none/restore").status == 404


def test_the_org_goes_to_a_file_and_back(sf: Client, tmp_path: Path) -> None:
    lead = sf.create("Lead", LastName="x", Company="y")
    sf.post("/__sandbox__/snapshot", {"save": str(tmp_path / "org.json")})
    other = Client()
    other.post("/__sandbox__/snapshot", {"load": str(tmp_path / "org.json")})
    assert other.row("Lead", lead)["LastName"] == "x"
    assert sf.send("POST", "/__sandbox__/snapshot", {"load": str(tmp_path / "none.json")}).status == 400


def test_a_locked_record_is_refused_until_it_is_let_go(sf: Client) -> None:
    lead = sf.create("Lead", LastName="x", Company="y")
    sf.act("lock", record=lead)
    assert sf.refusal("PATCH", f"/sobjects/Lead/{lead}", {"Title": "t"}) == (400, "UNABLE_TO_LOCK_ROW")
    sf.act("unlock", record=lead)
    assert sf.send("PATCH", f"/sobjects/Lead/{lead}", {"Title": "t"}).status == 204


def test_late_commits_are_seen_later_with_their_old_timestamp(sf: Client) -> None:
    sf.send("PATCH", "/__sandbox__/schema", {"settings": {"late_visible_s": 10}})
    lead = sf.create("Lead", LastName="x", Company="y")
    assert sf.query("SELECT Id FROM Lead") == []
    sf.clock.advance(11)
    assert [row["Id"] for row in sf.query("SELECT Id FROM Lead")] == [lead]


# Limits and the starting world


def test_the_daily_limit_refuses_only_when_it_is_real(sf: Client) -> None:
    sf.send("PATCH", "/__sandbox__/schema", {"settings": {"daily_api_requests": 2}})
    assert all(sf.send("GET", "/limits").status == 200 for _ in range(4))
    strict = Client(limits="real")
    strict.send("PATCH", "/__sandbox__/schema", {"settings": {"daily_api_requests": 2}})
    statuses = [strict.send("GET", "/limits").status for _ in range(3)]
    assert statuses == [200, 200, 403]
    assert dict(strict.send("GET", "/limits").headers)["Sforce-Limit-Info"] == "api-usage=2/2"
    assert strict.send("GET", "/services/data").status == 200
    strict.clock.advance(86_400 + 60)
    assert strict.send("GET", "/limits").status == 200


def test_the_same_seed_gives_the_same_world() -> None:
    one, two = Client(people=60), Client(people=60)
    soql = "SELECT FIELDS(ALL) FROM Contact LIMIT 200"
    assert one.send("GET", "/query", q=soql).body == two.send("GET", "/query", q=soql).body
    assert one.token == two.token
    for name in ("Lead", "Account", "Opportunity", "Task", "CampaignMember"):
        assert one.get("/query", q=f"SELECT COUNT() FROM {name}")["totalSize"] > 0


def test_bare_leaves_the_key_field_out() -> None:
    names = {field["name"] for field in Client(bare=True).get("/sobjects/Lead/describe")["fields"]}
    assert "Pasodoble_Key__c" not in names and "Email" in names


def test_updated_and_deleted_tell_ids_by_minute(sf: Client) -> None:
    lead = sf.create("Lead", LastName="x", Company="y")
    gone = sf.create("Lead", LastName="x", Company="y")
    sf.send("DELETE", f"/sobjects/Lead/{gone}")
    now = sf.world.org.now()
    sf.clock.advance(120)
    span = {"start": "2026-11-18T00:00:00+00:00", "end": sf.world.org.now()}
    updated = sf.get("/sobjects/Lead/updated/", **span)
    assert updated["ids"] == [lead]
    deleted = sf.get("/sobjects/Lead/deleted", **span)
    assert deleted["deletedRecords"] == [{"deletedDate": now, "id": gone}]
    assert sf.refusal("GET", "/sobjects/Lead/updated?start=2020-01-01T00:00:00Z&end=2026-11-18T00:00:00Z")[0] == 400
    assert sf.refusal("GET", "/sobjects/Lead/updated?start=x&end=y")[0] == 400


def test_pages_of_a_query_are_reached_by_locator(sf: Client) -> None:
    for start in range(0, 450, 150):
        records = [{"attributes": {"type": "Contact"}, "LastName": f"L{start + n}"} for n in range(150)]
        sf.post("/composite/sobjects", {"records": records})
    headers = {"sforce-query-options": "batchSize=200"}
    page = read(sf.send("GET", "/query", q="SELECT LastName FROM Contact", headers=headers))
    seen = page["records"]
    while not page["done"]:
        assert page["totalSize"] == 450
        page = sf.get(page["nextRecordsUrl"])
        seen += page["records"]
    assert len({row["LastName"] for row in seen}) == 450
    assert sf.refusal("GET", "/query/01g5g0000000099AAA-200") == (400, "INVALID_QUERY_LOCATOR")


def test_describes_are_conditional(sf: Client) -> None:
    answer = sf.send("GET", "/sobjects/Lead/describe")
    headers = dict(answer.headers)
    for sent in ({"if-none-match": headers["ETag"]}, {"if-modified-since": headers["Last-Modified"]}):
        assert sf.send("GET", "/sobjects/Lead/describe", headers=sent).status == 304
    sf.clock.advance(5)
    sf.set_up("Lead", fields={"A__c": {"type": "text"}})
    assert sf.send("GET", "/sobjects/Lead/describe", headers={"if-none-match": headers["ETag"]}).status == 200
    assert sf.send("GET", "/sobjects", headers={"if-modified-since": headers["Last-Modified"]}).status == 200


def test_every_listed_object_can_be_described(sf: Client) -> None:
    for entry in sf.get("/sobjects")["sobjects"]:
        told = sf.get(f"/sobjects/{entry['name']}/describe")
        assert {len(field) for field in told["fields"]} == {57}, entry["name"]


def test_every_address_that_a_describe_names_is_served(sf: Client) -> None:
    lead = sf.create("Lead", LastName="x", Company="y")
    urls = sf.get("/sobjects/Lead/describe")["urls"]
    for name, url in urls.items():
        assert sf.send("GET", url.replace("{ID}", lead)).status == 200, name
