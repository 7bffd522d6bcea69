"""People do things in HubSpot, and each is one task in Salesforce; over real HTTP, with the command as a user types it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.acceptance.conftest import Sandbox, start_sandbox, stop

VERSION = "/services/data/v66.0"
ACTIONS: dict[str, dict[str, str]] = {
    "form_submitted": {"form": "f-1"},
    "marketing_email_sent": {},
    "marketing_email_opened": {},
    "marketing_email_clicked": {"url": "https://acme.test/offer"},
    "sales_email_sent": {"subject": "Our offer", "body": "Dear Ana"},
    "sales_email_opened": {},
    "sales_email_clicked": {},
    "meeting_scheduled": {"title": "Demo"},
    "call_logged": {"title": "Price?", "direction": "INBOUND"},
    "note_created": {"body": "<p>Likes <b>blue</b></p>"},
    "task_created": {"subject": "Ring back"},
    "document_viewed": {},
}
SUBJECTS = {
    "form_submitted": "Form submitted: Contact us",
    "marketing_email_sent": "Marketing email sent: Monthly news",
    "marketing_email_opened": "Marketing email opened: Monthly news",
    "marketing_email_clicked": "Marketing email clicked: Monthly news",
    "sales_email_sent": "Email: Our offer",
    "sales_email_opened": "Email opened: Our offer",
    "sales_email_clicked": "Email clicked: Our offer",
    "meeting_scheduled": "Meeting: Demo",
    "call_logged": "Call: Price?",
    "note_created": "Note: Likes blue",
    "task_created": "Ring back",
    "document_viewed": "Document viewed",
}


@dataclass
class Office:
    """A sandbox whose people are at work."""

    sandbox: Sandbox

    def act(self, action: str, **order: Any) -> None:
        answer = self.sandbox.hubspot.post("/__sandbox__/actions", json={"action": action, **order})
        assert answer.status_code == 200, answer.text

    def put_person(self, name: str) -> str:
        known = {"email": f"{name}@acme.test", "lastname": name.title(), "company": "Acme"}
        answer = self.sandbox.hubspot.post("/crm/v3/objects/contacts", json={"properties": known})
        return str(answer.json()["id"])

    def make(self, object: str, **fields: Any) -> str:
        answer = self.sandbox.salesforce.post(f"{VERSION}/sobjects/{object}", json=fields)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def query(self, soql: str) -> list[dict[str, Any]]:
        rows = self.sandbox.salesforce.get(f"{VERSION}/query", params={"q": soql}).json()["records"]
        return [{name: value for name, value in row.items() if name != "attributes"} for row in rows]

    def tasks(self, name: str) -> list[dict[str, Any]]:
        """The tasks of that person, by subject."""
        [lead] = self.query(f"SELECT Id FROM Lead WHERE Email = '{name}@acme.test'")
        rows = self.query(f"SELECT Subject, Status, Description, Type, OwnerId FROM Task WHERE WhoId = '{lead['Id']}'")
        return sorted(rows, key=lambda row: row["Subject"])

    def list_tasks(self) -> list[str]:
        """Subjects of HubSpot's tasks."""
        rows = self.sandbox.hubspot.get("/crm/v3/objects/tasks", params={"properties": "hs_task_subject"}).json()
        return [row["properties"]["hs_task_subject"] for row in rows["results"]]

    def configure(self, **sections: Any) -> None:
        written = yaml.safe_load(self.sandbox.config.read_text())
        [connection] = written["connections"].values()
        connection.update(sections)
        self.sandbox.config.write_text(yaml.safe_dump(written))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = Path(tmp_path_factory.mktemp("office"))
    process, sandbox = start_sandbox(folder, "--empty")
    forms = [{"id": "f-1", "name": "Contact us"}, {"id": "f-2", "name": "Old fair"}]
    sandbox.hubspot.patch("/__sandbox__/schema", json={"forms": forms})
    yield Office(sandbox)
    stop(process)


@pytest.fixture(scope="module")
def told(office: Office) -> dict[str, Any]:
    """Ana does all there is to do; one sync, and one more: the first report, her tasks after each, and why."""
    ana = office.put_person("ana")
    for action, order in ACTIONS.items():
        office.act(action, contact=ana, **order)
    report = office.sandbox.sync()
    first = office.tasks("ana")
    office.sandbox.sync()
    why = json.loads(office.sandbox.run("why", "ana@acme.test", "--json").stdout)
    return {"ana": ana, "report": report, "first": first, "second": office.tasks("ana"), "why": why}


@pytest.mark.parametrize("action", ACTIONS)
def test_each_activity_is_one_task_on_its_lead_and_named_in_why(told: dict[str, Any], action: str) -> None:
    mine = [task for task in told["first"] if task["Subject"] == SUBJECTS[action]]
    assert len(mine) == 1
    assert mine[0]["Status"] == ("Not Started" if action == "task_created" else "Completed")
    assert f"trigger.{action}" in [step["reason"] for step in told["why"]["steps"]]


def test_the_report_counts_the_tasks_and_another_sync_makes_none(told: dict[str, Any]) -> None:
    assert told["report"]["objects"]["activities"]["salesforce"]["created"] == len(ACTIONS)
    assert told["second"] == told["first"]


def test_the_task_that_was_written_stands_in_why(told: dict[str, Any]) -> None:
    written = [step["detail"]["record"] for step in told["why"]["steps"] if step["reason"] == "write.told"]
    assert len(written) == len(ACTIONS)
    assert all(record.startswith("Task 00T") for record in written)


def test_an_answer_that_got_lost_makes_no_second_task(office: Office, told: dict[str, Any]) -> None:
    office.act("note_created", contact=told["ana"], body="Once only")
    fault = {
        "match": {"method": "POST", "path": f"{VERSION}/composite"},
        "fault": "timeout_after_commit",
        "times": 1,
        "after_s": 1,
    }
    assert office.sandbox.salesforce.post("/__sandbox__/faults", json=fault).status_code == 200
    office.sandbox.run("sync", "--once", "--json")
    assert office.sandbox.salesforce.get("/__sandbox__/faults").json()["faults"] == [], "the fault did happen"
    office.sandbox.sync()
    assert [task["Subject"] for task in office.tasks("ana")].count("Note: Once only") == 1


@pytest.fixture(scope="module")
def chosen(office: Office, told: dict[str, Any]) -> dict[str, Any]:
    """Other settings, other people, one sync: what is off, filtered, put otherwise; campaigns; and back from Salesforce."""
    active, over = office.make("Campaign", Name="Spring", IsActive=True), office.make("Campaign", Name="Old")
    office.configure(
        activities={
            "form_submitted": "off",
            "meeting_scheduled": {"salesforce": "event"},
            "call_logged": {
                "filter": {"hs_call_direction": "INBOUND"},
                "subject": "{hs_call_title} ({hs_call_direction})",
                "owner": "integration_user",
                "type": "Other",
            },
        },
        campaigns={"forms": {"f-1": active, "f-2": over}, "member_status": "Responded"},
        salesforce_activities={"tasks": "on", "when_deleted": "delete"},
    )
    [ana] = office.query("SELECT Id FROM Lead WHERE Email = 'ana@acme.test'")
    ours = office.make("Task", Subject="Ring Ana", WhoId=ana["Id"], ActivityDate="2026-12-01")
    office.act("form_submitted", form="f-1", fields={"email": "bea@acme.test", "lastname": "Bea", "company": "Acme"})
    eva = office.put_person("eva")
    office.act("form_submitted", form="f-2", contact=eva)
    office.act("note_created", contact=eva)
    office.act("meeting_scheduled", contact=eva, title="Demo")
    for direction in ("INBOUND", "OUTBOUND"):
        office.act("call_logged", contact=eva, title="Price?", direction=direction)
    report = office.sandbox.sync()
    return {
        "report": report,
        "active": active,
        "ours": ours,
        "shown": office.list_tasks(),
        "members": office.query("SELECT CampaignId, Status, Lead.Email FROM CampaignMember"),
        "events": office.query("SELECT Subject FROM Event"),
        "why": json.loads(office.sandbox.run("why", "eva@acme.test", "--json").stdout),
    }


def test_a_form_that_is_off_makes_its_lead_all_the_same_and_no_task(office: Office, chosen: dict[str, Any]) -> None:
    assert office.tasks("bea") == []


def test_filter_subject_type_and_owner_are_settings(office: Office, chosen: dict[str, Any]) -> None:
    [task] = office.tasks("eva")
    assert (task["Subject"], task["Type"]) == ("Price? (INBOUND)", "Other")
    [user] = office.query("SELECT Id FROM User WHERE Username = 'integration@pasodoble.example'")
    assert task["OwnerId"] == user["Id"]


def test_a_meeting_becomes_an_event_where_the_settings_say_so(chosen: dict[str, Any]) -> None:
    assert chosen["events"] == [{"Subject": "Meeting: Demo"}]


def test_a_form_leads_into_its_active_campaign_and_the_contact_shows_it(office: Office, chosen: dict[str, Any]) -> None:
    [member] = chosen["members"]
    assert (member["CampaignId"], member["Status"]) == (chosen["active"], "Responded")
    body = {"idProperty": "email", "properties": ["salesforcecampaignids"], "inputs": [{"id": "bea@acme.test"}]}
    [bea] = office.sandbox.hubspot.post("/crm/v3/objects/contacts/batch/read", json=body).json()["results"]
    assert bea["properties"]["salesforcecampaignids"] == chosen["active"]


def test_an_inactive_campaign_takes_nobody_and_why_says_so(chosen: dict[str, Any]) -> None:
    assert "gate.campaign_inactive" in [step["reason"] for step in chosen["why"]["steps"]]


def test_a_task_logged_in_salesforce_comes_changes_and_goes_in_hubspot(office: Office, chosen: dict[str, Any]) -> None:
    assert chosen["shown"].count("Ring Ana") == 1
    office.sandbox.salesforce.patch(f"{VERSION}/sobjects/Task/{chosen['ours']}", json={"Subject": "Ring her"})
    office.sandbox.sync()
    assert "Ring her" in office.list_tasks()
    office.sandbox.salesforce.delete(f"{VERSION}/sobjects/Task/{chosen['ours']}")
    office.sandbox.sync()
    assert "Ring her" not in office.list_tasks()
    assert office.query("SELECT Id FROM Task WHERE Subject LIKE 'Ring%' AND Subject != 'Ring back'") == []
