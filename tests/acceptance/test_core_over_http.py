"""The core from outside, over real HTTP: associations both ways, conflicts and pairs that a person settles, schemas that change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.acceptance.conftest import Sandbox

DATA = "/services/data/v66.0"


def change_settings(sandbox: Sandbox, **changes: Any) -> None:
    path = Path(sandbox.config)
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    [connection] = document["connections"].values()
    for key, value in changes.items():
        connection[key] = {**connection[key], **value} if isinstance(value, dict) else value
    path.write_text(yaml.safe_dump(document), encoding="utf-8")


def post(client: Any, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = client.post(path, json=body)
    assert answer.status_code < 300, answer.text
    return answer.json()  # type: ignore[no-any-return]  # a vendor's answer


def add(sandbox: Sandbox, object: str, **properties: str) -> str:
    return str(post(sandbox.hubspot, f"/crm/objects/2026-03/{object}", {"properties": properties})["id"])


def associate(sandbox: Sandbox, one: str, other: str, *types: tuple[str, int]) -> None:
    """`one` and `other` as object/id; the default association without types."""
    at, to = one.split("/"), other.split("/")
    default = "" if types else "/default"
    path = f"/crm/objects/2026-03/{at[0]}/{at[1]}/associations{default}/{to[0]}/{to[1]}"
    body = [{"associationCategory": category, "associationTypeId": id} for category, id in types]
    answer = sandbox.hubspot.put(path, json=body) if types else sandbox.hubspot.put(path)
    assert answer.status_code < 300, answer.text


def tied(sandbox: Sandbox, object: str, id: str, to: str) -> dict[str, set[tuple[str, int]]]:
    path = f"/crm/associations/2026-03/{object}/{to}/batch/read"
    answer = post(sandbox.hubspot, path, {"inputs": [{"id": id}]})
    rows = answer["results"][0]["to"] if answer["results"] else []
    return {
        str(row["toObjectId"]): {(kind["category"], kind["typeId"]) for kind in row["associationTypes"]} for row in rows
    }


def query(sandbox: Sandbox, soql: str) -> list[dict[str, Any]]:
    return sandbox.salesforce.get(f"{DATA}/query", params={"q": soql}).json()["records"]  # type: ignore[no-any-return]


def edit(sandbox: Sandbox, object: str, id: str, **values: str) -> None:
    if object[0].isupper():
        answer = sandbox.salesforce.patch(f"{DATA}/sobjects/{object}/{id}", json=values)
    else:
        answer = sandbox.hubspot.patch(f"/crm/objects/2026-03/{object}/{id}", json={"properties": values})
    assert answer.status_code < 300, answer.text


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_companies_deals_roles_and_labels_are_tied_alike_on_both_sides(sandbox: Sandbox) -> None:
    label = post(
        sandbox.hubspot,
        "/crm/associations/2026-03/deals/contacts/labels",
        {"label": "Decision maker", "name": "decision_maker"},
    )["results"]
    own = next(one["typeId"] for one in label)
    change_settings(
        sandbox,
        contacts={"create_in_salesforce": "contact"},
        associations={"deals_contacts": {"labels": {f"USER_DEFINED:{own}": "Decision Maker"}}},
    )
    ana, bo = (add(sandbox, "contacts", email=f"{n}@acme.example", lastname=n.title()) for n in ("ana", "bo"))
    acme = add(sandbox, "companies", name="Acme", domain="acme.example")
    deal = add(
        sandbox, "deals", dealname="Big", closedate="2027-01-31", pipeline="default", dealstage="appointmentscheduled"
    )
    associate(sandbox, f"contacts/{ana}", f"companies/{acme}", ("HUBSPOT_DEFINED", 1))
    associate(sandbox, f"deals/{deal}", f"companies/{acme}", ("HUBSPOT_DEFINED", 5))
    associate(sandbox, f"deals/{deal}", f"contacts/{ana}", ("USER_DEFINED", own))
    for _ in range(2):
        sandbox.sync()
    [account] = query(sandbox, "SELECT Id FROM Account WHERE Name = 'Acme'")
    by_name = {row["LastName"]: row for row in query(sandbox, "SELECT Id, LastName, AccountId FROM Contact")}
    assert by_name["Ana"]["AccountId"] == account["Id"] and by_name["Bo"]["AccountId"] is None
    [opportunity] = query(sandbox, "SELECT Id, AccountId FROM Opportunity")
    assert opportunity["AccountId"] == account["Id"]
    [role] = query(sandbox, "SELECT ContactId, Role FROM OpportunityContactRole")
    assert (role["ContactId"], role["Role"]) == (by_name["Ana"]["Id"], "Decision Maker")

    made = {"OpportunityId": opportunity["Id"], "ContactId": by_name["Bo"]["Id"], "Role": "Decision Maker"}
    post(sandbox.salesforce, f"{DATA}/sobjects/OpportunityContactRole", made)
    edit(sandbox, "Contact", by_name["Bo"]["Id"], AccountId=account["Id"])
    for _ in range(2):
        sandbox.sync()
    assert ("USER_DEFINED", own) in tied(sandbox, "deals", deal, "contacts")[bo]
    assert ("HUBSPOT_DEFINED", 1) in tied(sandbox, "contacts", bo, "companies")[acme]


def test_person_settles_a_conflict_from_the_command_line(sandbox: Sandbox) -> None:
    fields = [
        {"hubspot": "email", "salesforce": "Email", "rule": "two_way"},
        {"hubspot": "lastname", "salesforce": "LastName", "rule": "two_way"},
        {"hubspot": "company", "salesforce": "Company", "rule": "two_way"},
        {"hubspot": "jobtitle", "salesforce": "Title", "rule": "always_salesforce"},
    ]
    change_settings(sandbox, contacts={"fields": fields})
    ana = add(sandbox, "contacts", email="ana@acme.example", lastname="Ruiz", company="Acme", jobtitle="CTO")
    sandbox.sync()
    [lead] = query(sandbox, "SELECT Id, Title FROM Lead")
    edit(sandbox, "Lead", lead["Id"], Title="CFO")
    sandbox.sync()
    edit(sandbox, "contacts", ana, jobtitle="CEO")
    sandbox.sync()
    [row] = lines(sandbox.run("conflicts", "--json").stdout)
    assert row["values"] == {"hubspot": "CEO", "salesforce": "CFO"} and row["winner"] == "salesforce"
    assert row["rule"] == "always_salesforce" and row["set_at"]["hubspot"]
    done = sandbox.run("conflicts", "resolve", "ana@acme.example", "jobtitle", "--keep", "hubspot", "--json")
    assert json.loads(done.stdout)["settled"] == 1
    assert query(sandbox, "SELECT Title FROM Lead")[0]["Title"] == "CEO"
    assert sandbox.run("conflicts", "--json").stdout.strip() == ""
    assert sandbox.sync()["objects"]["contacts"]["salesforce"]["updated"] == 0


def test_person_pairs_what_nobody_would_guess(sandbox: Sandbox) -> None:
    for title in ("first", "second"):
        lead = {"LastName": "Ruiz", "Company": "Acme", "Email": "ana@acme.example", "Title": title}
        post(sandbox.salesforce, f"{DATA}/sobjects/Lead", lead)
    ana = add(sandbox, "contacts", email="ana@acme.example", lastname="Ruiz")
    report = sandbox.sync()
    assert set(report["objects"]["contacts"]["problems"]) == {"duplicate.ambiguous_match"}
    second = next(r["Id"] for r in query(sandbox, "SELECT Id, Title FROM Lead") if r["Title"] == "second")
    done = sandbox.run("problems", "pair", f"hubspot:contact:{ana}", second, "--json")
    assert json.loads(done.stdout)["paired"] == {
        "hubspot": f"hubspot:contacts:{ana}",
        "salesforce": f"salesforce:Lead:{second}",
    }
    shown = sandbox.hubspot.get(f"/crm/objects/2026-03/contacts/{ana}", params={"properties": "jobtitle"}).json()
    assert shown["properties"]["jobtitle"] == "second"
    again = sandbox.run("problems", "pair", f"hubspot:contact:{ana}", second, check=False)
    assert again.returncode == 1 and "a pair already" in again.stderr


@pytest.mark.parametrize("right", ["read", "edit"])
def test_field_that_a_right_takes_away_rests_alone_and_goes_on_when_it_is_back(sandbox: Sandbox, right: str) -> None:
    fields = [
        {"hubspot": "email", "salesforce": "Email", "rule": "two_way"},
        {"hubspot": "lastname", "salesforce": "LastName", "rule": "two_way"},
        {"hubspot": "company", "salesforce": "Company", "rule": "two_way"},
        {"hubspot": "jobtitle", "salesforce": "Title", "rule": "two_way"},
    ]
    change_settings(sandbox, contacts={"fields": fields})
    ana = add(sandbox, "contacts", email="ana@acme.example", lastname="Ruiz", company="Acme", jobtitle="CTO")
    sandbox.sync()

    def grant(*, granted: bool) -> None:
        rights = {"permissions": {"fields": {"Title": {right: granted}}}}
        answer = sandbox.salesforce.patch("/__sandbox__/schema", json={"objects": {"Lead": rights}})
        assert answer.status_code < 300, answer.text

    grant(granted=False)
    edit(sandbox, "contacts", ana, jobtitle="CEO", lastname="Ruiz Gil")
    report = sandbox.sync()
    assert report["outcome"] == "done" and report["objects"]["contacts"]["problems"] == {}
    checked = sandbox.run("check", "--json", check=False)
    found = [one["id"] for one in json.loads(checked.stdout)["findings"]]
    assert ("drift.field_gone" if right == "read" else "drift.write_forbidden") in found
    grant(granted=True)
    [lead] = query(sandbox, "SELECT LastName, Title FROM Lead")
    assert (lead["LastName"], lead["Title"]) == ("Ruiz Gil", "CTO"), "the rest went on, nothing was blanked"
    sandbox.sync()
    assert query(sandbox, "SELECT Title FROM Lead")[0]["Title"] == "CEO", "it goes on by itself, with what was edited"


def test_new_line_of_a_mapping_waits_for_its_preview(sandbox: Sandbox) -> None:
    base = [
        {"hubspot": "email", "salesforce": "Email", "rule": "two_way"},
        {"hubspot": "lastname", "salesforce": "LastName", "rule": "two_way"},
        {"hubspot": "company", "salesforce": "Company", "rule": "two_way"},
    ]
    change_settings(sandbox, contacts={"fields": base})
    add(sandbox, "contacts", email="ana@acme.example", lastname="Ruiz", company="Acme", jobtitle="CTO")
    sandbox.sync()
    line = {"hubspot": "jobtitle", "salesforce": "Title", "rule": "two_way"}
    change_settings(sandbox, contacts={"fields": [*base, line]})
    sandbox.sync()
    assert query(sandbox, "SELECT Title FROM Lead")[0]["Title"] is None
    seen = json.loads(sandbox.run("mapping", "wake", "contacts", "jobtitle", "--json").stdout)
    assert (seen["pairs"], seen["fills"]) == (1, {"hubspot": 0, "salesforce": 1})
    assert query(sandbox, "SELECT Title FROM Lead")[0]["Title"] is None
    sandbox.run("mapping", "wake", "contacts", "jobtitle", "--yes")
    assert query(sandbox, "SELECT Title FROM Lead")[0]["Title"] == "CTO"


def test_custom_object_goes_both_ways_with_its_association(sandbox: Sandbox) -> None:
    schema = {
        "name": "project",
        "labels": {"singular": "Project", "plural": "Projects"},
        "primaryDisplayProperty": "title",
        "requiredProperties": ["title"],
        "properties": [
            {"name": "title", "label": "Title", "type": "string", "fieldType": "text"},
            {"name": "budget", "label": "Budget", "type": "number", "fieldType": "number"},
            {
                "name": "pasodoble_key",
                "label": "Key",
                "type": "string",
                "fieldType": "text",
                "hasUniqueValue": True,
            },
        ],
        "associatedObjects": ["COMPANY"],
    }
    post(sandbox.hubspot, "/crm-object-schemas/2026-03/schemas", schema)
    fields = {
        "Budget__c": {"type": "currency", "precision": 18, "scale": 2},
        "Account__c": {"type": "reference", "referenceTo": ["Account"]},
        "Pasodoble_Key__c": {"type": "string", "length": 80, "externalId": True, "unique": True},
    }
    changed = sandbox.salesforce.patch("/__sandbox__/schema", json={"objects": {"Project__c": {"fields": fields}}})
    assert changed.status_code < 300, changed.text
    custom = {
        "name": "projects",
        "hubspot": "p4242_project",
        "salesforce": "Project__c",
        "associations": {"companies": "Account__c"},
        "fields": [
            {"hubspot": "title", "salesforce": "Name", "rule": "two_way"},
            {"hubspot": "budget", "salesforce": "Budget__c", "rule": "two_way"},
        ],
    }
    change_settings(sandbox, custom=[custom])
    acme = add(sandbox, "companies", name="Acme", domain="acme.example")
    mars = add(sandbox, "p4242_project", title="Mars", budget="1200.5")
    associate(sandbox, f"p4242_project/{mars}", f"companies/{acme}")
    for _ in range(2):
        sandbox.sync()
    [account] = query(sandbox, "SELECT Id FROM Account WHERE Name = 'Acme'")
    [project] = query(sandbox, "SELECT Id, Name, Budget__c, Account__c FROM Project__c")
    assert (project["Name"], project["Budget__c"], project["Account__c"]) == ("Mars", 1200.5, account["Id"])

    vega = post(sandbox.salesforce, f"{DATA}/sobjects/Account", {"Name": "Vega"})["id"]
    venus = {"Name": "Venus", "Budget__c": 7, "Account__c": vega}
    post(sandbox.salesforce, f"{DATA}/sobjects/Project__c", venus)
    edit(sandbox, "Project__c", project["Id"], Name="Mars II", Account__c=vega)
    for _ in range(2):
        sandbox.sync()
    shown = sandbox.hubspot.get("/crm/objects/2026-03/p4242_project", params={"properties": "title"}).json()["results"]
    by_title = {row["properties"]["title"]: row["id"] for row in shown}
    assert by_title.keys() == {"Mars II", "Venus"} and by_title["Mars II"] == mars
    names = sandbox.hubspot.get("/crm/objects/2026-03/companies", params={"properties": "name"}).json()["results"]
    company = {row["properties"]["name"]: row["id"] for row in names}
    for project_id in by_title.values():
        assert set(tied(sandbox, "p4242_project", project_id, "companies")) == {company["Vega"]}
