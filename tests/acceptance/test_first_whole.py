"""The main job from outside: strangers' clients write to one CRM, `pasodoble sync --once` carries it to the other."""

from __future__ import annotations

import json
from typing import Any

import hubspot as hubspot_api_client
import pytest
import requests
from hubspot.crm.contacts import SimplePublicObjectInput, SimplePublicObjectInputForCreate
from hubspot_sdk import HubSpot
from simple_salesforce import Salesforce
from tests.acceptance.conftest import Sandbox


class PlainHttp(requests.Session):
    """simple-salesforce always says https; the sandbox without --tls speaks http."""

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        return super().request(method, str(url).replace("https://", "http://", 1), *args, **kwargs)


@pytest.fixture
def salesforce(sandbox: Sandbox) -> Salesforce:
    org = sandbox.ready["salesforce"]
    session = PlainHttp()
    session.trust_env = False
    return Salesforce(instance_url=org["instance_url"], session_id=org["token"], version="66.0", session=session)


@pytest.fixture
def hubspot(sandbox: Sandbox) -> hubspot_api_client.HubSpot:
    hub = sandbox.ready["hubspot"]
    return hubspot_api_client.HubSpot(access_token=hub["token"], host=hub["base_url"], base_url=hub["base_url"])


def test_a_contact_made_in_hubspot_becomes_a_lead_and_edits_travel_both_ways(
    sandbox: Sandbox, salesforce: Salesforce, hubspot: hubspot_api_client.HubSpot
) -> None:
    made = hubspot.crm.contacts.basic_api.create(
        SimplePublicObjectInputForCreate(
            properties={
                "email": "Ana.Ruiz@acme.example",
                "firstname": "Ana",
                "lastname": "Ruiz",
                "company": "Acme S.A.",
                "jobtitle": "CTO",
            },
            associations=[],
        )
    )
    report = sandbox.sync()
    assert report["outcome"] == "done"
    assert report["objects"]["contacts"]["salesforce"]["created"] == 1
    [lead] = salesforce.query("SELECT Id, FirstName, LastName, Company, Title, Email FROM Lead")["records"]
    assert (lead["FirstName"], lead["LastName"], lead["Company"], lead["Title"]) == ("Ana", "Ruiz", "Acme S.A.", "CTO")
    assert lead["Email"].lower() == "ana.ruiz@acme.example"

    salesforce.Lead.update(lead["Id"], {"Title": "Head of Data"})
    hubspot.crm.contacts.basic_api.update(made.id, SimplePublicObjectInput(properties={"lastname": "Ruiz Peña"}))
    sandbox.sync()
    contact = hubspot.crm.contacts.basic_api.get_by_id(made.id, properties=["jobtitle", "lastname"])
    assert contact.properties["jobtitle"] == "Head of Data"
    assert contact.properties["lastname"] == "Ruiz Peña"
    assert salesforce.Lead.get(lead["Id"])["LastName"] == "Ruiz Peña"


def test_a_salesforce_contact_becomes_a_hubspot_contact(sandbox: Sandbox, salesforce: Salesforce) -> None:
    salesforce.Contact.create({"LastName": "Okafor", "FirstName": "Amelia", "Email": "amelia@vega.example"})
    sandbox.sync()
    hub = sandbox.ready["hubspot"]
    with HubSpot(access_token=hub["token"], base_url=hub["base_url"], _strict_response_validation=True) as client:
        found = client.crm.objects.contacts.get("amelia@vega.example", id_property="email", properties=["lastname"])
    assert found.properties["lastname"] == "Okafor"


def test_what_is_the_same_person_on_both_sides_is_linked_and_not_made_again(
    sandbox: Sandbox, salesforce: Salesforce, hubspot: hubspot_api_client.HubSpot
) -> None:
    salesforce.Lead.create({"LastName": "Brown", "Company": "Lince Labs", "Email": "OWEN@LINCE.example"})
    hubspot.crm.contacts.basic_api.create(
        SimplePublicObjectInputForCreate(
            properties={"email": "owen@lince.example", "lastname": "Brown", "phone": "+34 600 123 456"}, associations=[]
        )
    )
    report = sandbox.sync()
    contacts = report["objects"]["contacts"]
    assert contacts["salesforce"]["created"] == contacts["hubspot"]["created"] == 0
    [lead] = salesforce.query("SELECT Id, Phone FROM Lead")["records"]
    assert lead["Phone"] == "+34 600 123 456"


def test_a_second_sync_writes_nothing_and_costs_a_constant_few_calls(sandbox: Sandbox, salesforce: Salesforce) -> None:
    for number in range(30):
        salesforce.Lead.create({"LastName": f"N{number}", "Company": "C", "Email": f"n{number}@x.example"})
    sandbox.sync()
    for client in (sandbox.hubspot, sandbox.salesforce):
        client.delete("/__sandbox__/calls").raise_for_status()
    report = sandbox.sync()
    for side in ("hubspot", "salesforce"):
        written = report["objects"]["contacts"][side]
        assert written == {"created": 0, "updated": 0, "deleted": 0, "associated": 0}
    writes = [
        call
        for client in (sandbox.hubspot, sandbox.salesforce)
        for call in client.get("/__sandbox__/calls").json()["calls"]
        if call["writes"]
    ]
    assert writes == []


def test_why_explains_a_person_without_an_address(sandbox: Sandbox, salesforce: Salesforce) -> None:
    made = salesforce.Lead.create({"LastName": "Nobody", "Company": "C"})
    report = sandbox.sync()
    assert report["objects"]["contacts"]["left_out"] == {"no_email": 1}
    answer = json.loads(sandbox.run("why", str(made["id"]), "--json").stdout)
    assert answer["state"] == "left_out"
    assert "no_email" in answer["reasons"]


def test_a_refused_record_stops_nobody_and_ends_with_exit_code_3(
    sandbox: Sandbox, hubspot: hubspot_api_client.HubSpot, salesforce: Salesforce
) -> None:
    for email, properties in {
        "good@x.example": {"lastname": "Good", "company": "X"},
        "bad@x.example": {"firstname": "No last name", "company": "X"},
    }.items():
        hubspot.crm.contacts.basic_api.create(
            SimplePublicObjectInputForCreate(properties={"email": email, **properties}, associations=[])
        )
    done = sandbox.run("sync", "--once", "--json", check=False)
    assert done.returncode == 3
    report = json.loads(done.stdout)
    assert report["objects"]["contacts"]["salesforce"]["created"] == 1
    assert report["objects"]["contacts"]["problems"] == {"value.required_missing": 1}
    answer = json.loads(sandbox.run("why", "bad@x.example", "--json").stdout)
    assert answer["state"] == "needs_attention"


def test_a_plan_writes_nothing_and_applies_exactly(
    sandbox: Sandbox, hubspot: hubspot_api_client.HubSpot, salesforce: Salesforce
) -> None:
    hubspot.crm.contacts.basic_api.create(
        SimplePublicObjectInputForCreate(
            properties={"email": "p@x.example", "lastname": "Plan", "company": "X"}, associations=[]
        )
    )
    plan = sandbox.run("plan", "--out", "plan.json", "--detailed-exitcode", check=False)
    assert plan.returncode == 2
    assert salesforce.query("SELECT Id FROM Lead")["totalSize"] == 0
    sandbox.run("apply", "plan.json", "--yes")
    assert salesforce.query("SELECT Id FROM Lead")["totalSize"] == 1
    assert sandbox.run("apply", "plan.json", "--yes", check=False).returncode == 1
    assert sandbox.run("plan", "--detailed-exitcode", check=False).returncode == 0


def test_of_two_edits_to_one_field_the_newer_wins_whichever_side_it_was_made_on(
    sandbox: Sandbox, salesforce: Salesforce, hubspot: hubspot_api_client.HubSpot
) -> None:
    contacts = hubspot.crm.contacts.basic_api
    made = {
        name: contacts.create(
            SimplePublicObjectInputForCreate(
                properties={"email": f"{name}@x.example", "lastname": "Old", "company": "X"}, associations=[]
            )
        ).id
        for name in ("first", "second")
    }
    sandbox.sync()
    leads = {row["Email"]: row["Id"] for row in salesforce.query("SELECT Id, Email FROM Lead")["records"]}

    salesforce.Lead.update(leads["first@x.example"], {"LastName": "Older"})
    contacts.update(made["second"], SimplePublicObjectInput(properties={"lastname": "Older"}))
    sandbox.hubspot.post("/__sandbox__/clock", json={"advance_s": 5}).raise_for_status()
    contacts.update(made["first"], SimplePublicObjectInput(properties={"lastname": "Newer"}))
    salesforce.Lead.update(leads["second@x.example"], {"LastName": "Newer"})
    sandbox.sync()

    for name in ("first", "second"):
        assert contacts.get_by_id(made[name], properties=["lastname"]).properties["lastname"] == "Newer"
        assert salesforce.Lead.get(leads[f"{name}@x.example"])["LastName"] == "Newer"
