"""simple-salesforce, unchanged, against the simulated org: rows, queries, collections, Bulk 2.0, metadata, logins."""

from __future__ import annotations

import datetime
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from salesforce_server import ServedOrg, ToSimulator
from simple_salesforce import Salesforce, SFType
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceExpiredSession,
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceResourceNotFound,
)


@pytest.fixture(scope="module")
def sf(salesforce: ServedOrg) -> Iterator[Salesforce]:
    session = ToSimulator(salesforce.base_url)
    yield Salesforce(instance_url=salesforce.base_url, session_id=salesforce.token, version="66.0", session=session)
    session.close()


@pytest.fixture(autouse=True)
def brief_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client waits five seconds before it looks at a job for the first time."""
    monkeypatch.setattr("simple_salesforce.bulk2.sleep", lambda _seconds: time.sleep(0.01))


def unique(word: str) -> str:
    return f"{word}-{uuid.uuid4().hex[:8]}"  # noqa: TID251


def errors(refused: Any) -> list[Any]:
    content = refused.value.content
    return list(content) if isinstance(content, list) else [content]


def test_a_row_is_made_read_changed_and_deleted(sf: Salesforce) -> None:
    made = sf.Contact.create({"LastName": "Núñez", "FirstName": "Ana", "Email": "ana.n@x.example"})
    assert made["success"] is True and made["errors"] == [] and len(made["id"]) == 18
    record = sf.Contact.get(made["id"])
    assert record["attributes"] == {"type": "Contact", "url": f"/services/data/v66.0/sobjects/Contact/{made['id']}"}
    assert (record["Name"], record["IsDeleted"], record["Email"]) == ("Ana Núñez", False, "ana.n@x.example")
    assert record["CreatedDate"].endswith(".000+0000")
    assert sf.Contact.update(made["id"], {"Title": "CTO", "FirstName": None}) == 204
    record = sf.Contact.get(made["id"][:15])
    assert (record["Title"], record["FirstName"], record["Name"]) == ("CTO", None, "Núñez")
    assert sf.Contact.delete(made["id"]) == 204
    with pytest.raises(SalesforceResourceNotFound) as gone:
        sf.Contact.get(made["id"])
    assert errors(gone)[0]["errorCode"] in ("ENTITY_IS_DELETED", "NOT_FOUND")


def test_upsert_by_external_id_creates_then_updates(sf: Salesforce) -> None:
    key = unique("K")
    path = f"Pasodoble_Key__c/{key}"
    assert sf.Lead.upsert(path, {"LastName": "Lee", "Company": "Lco"}) == 201
    assert sf.Lead.upsert(path, {"LastName": "Leo"}) in (200, 204)
    record = sf.Lead.get_by_custom_id("Pasodoble_Key__c", key)
    assert (record["LastName"], record["Company"]) == ("Leo", "Lco")
    with pytest.raises(SalesforceResourceNotFound):
        sf.Lead.get_by_custom_id("Pasodoble_Key__c", "nobody")


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"FirstName": "A"}, "REQUIRED_FIELD_MISSING"),
        ({"LastName": "x" * 81}, "STRING_TOO_LONG"),
        ({"LastName": "x", "Nope": 1}, "INVALID_FIELD"),
        ({"LastName": "x", "CreatedDate": "2026-01-01T00:00:00Z"}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ({"LastName": "x", "Email": "nonsense"}, "INVALID_EMAIL_ADDRESS"),
        ({"LastName": "x", "Birthdate": "yesterday"}, "JSON_PARSER_ERROR"),
        ({"LastName": "x", "AccountId": "001"}, "MALFORMED_ID"),
    ],
)
def test_writes_are_refused_with_salesforces_codes(sf: Salesforce, values: dict[str, Any], code: str) -> None:
    with pytest.raises(SalesforceMalformedRequest) as refused:
        sf.Contact.create(values)
    error = errors(refused)[0]
    assert error["errorCode"] == code
    assert error["message"]


def test_unknown_objects_and_ids_are_not_found(sf: Salesforce) -> None:
    for act in (lambda: sf.Contact.get("003000000000000AAA"), lambda: SFType("Nope", sf.session_id, sf.sf_instance, "66.0", session=sf.session).describe()):  # fmt: skip
        with pytest.raises(SalesforceResourceNotFound) as missing:
            act()
        assert errors(missing)[0]["errorCode"] == "NOT_FOUND"


def test_queries_page_by_locator(sf: Salesforce) -> None:
    sf.bulk2.Campaign.insert(records=[{"Name": f"Page {n}"} for n in range(450)])
    page = sf.query(
        "SELECT Id, Name FROM Campaign WHERE Name LIKE 'Page %'", headers={"Sforce-Query-Options": "batchSize=200"}
    )
    assert (page["totalSize"], page["done"], len(page["records"])) == (450, False, 200)
    names = [record["Name"] for record in page["records"]]
    while not page["done"]:
        page = sf.query_more(page["nextRecordsUrl"], identifier_is_url=True)
        names += [record["Name"] for record in page["records"]]
    assert sorted(names) == sorted(f"Page {n}" for n in range(450))
    assert len(list(sf.query_all_iter("SELECT Id FROM Campaign WHERE Name LIKE 'Page %'"))) == 450


def test_queries_of_many_shapes(sf: Salesforce) -> None:
    account = sf.Account.create({"Name": unique("Acme"), "Industry": "Energy"})["id"]
    contact = sf.Contact.create({"LastName": "Roe", "AccountId": account})["id"]
    sf.Task.create({"Subject": "Call", "WhoId": contact, "Status": "Completed", "Priority": "Normal"})
    (row,) = sf.query(
        "SELECT Id, Owner.Email, (SELECT LastName, (SELECT Subject FROM Tasks) FROM Contacts) "
        f"FROM Account WHERE Id = '{account}'"
    )["records"]
    assert row["Owner"]["Email"]
    assert row["Contacts"]["records"][0]["Tasks"]["records"][0]["Subject"] == "Call"
    (task,) = sf.query(
        f"SELECT Who.Type, What.Name, TYPEOF Owner WHEN User THEN Username END FROM Task WHERE WhoId = '{contact}'"
    )["records"]
    assert (task["Who"]["Type"], task["What"], "Username" in task["Owner"]) == ("Contact", None, True)
    assert sf.query("SELECT COUNT() FROM User")["totalSize"] >= 1
    groups = sf.query(
        "SELECT Industry, COUNT(Id) n FROM Account GROUP BY Industry HAVING COUNT(Id) > 0 ORDER BY COUNT(Id) DESC"
    )
    assert sum(group["n"] for group in groups["records"]) == sf.query("SELECT COUNT() FROM Account")["totalSize"]
    assert (
        sf.query("SELECT Id FROM Contact WHERE LastModifiedDate = TODAY AND Id IN (SELECT WhoId FROM Task)")[
            "totalSize"
        ]
        >= 1
    )
    assert sf.query("SELECT FIELDS(STANDARD) FROM Lead LIMIT 1")["records"][0]["LastName"]
    assert sf.query("SELECT Id FROM Lead WHERE Id = '00Q000000000000AAA'") == {
        "totalSize": 0,
        "done": True,
        "records": [],
    }


def test_a_wrong_query_says_where(sf: Salesforce) -> None:
    with pytest.raises(SalesforceMalformedRequest) as refused:
        sf.query("SELECT Foo FROM Lead")
    (error,) = errors(refused)
    assert error["errorCode"] == "INVALID_FIELD"
    assert error["message"].startswith(
        "\nSELECT Foo FROM Lead\n       ^\nERROR at Row:1:Column:8\nNo such column 'Foo' on entity 'Lead'."
    )


def test_query_all_sees_the_recycle_bin(sf: Salesforce) -> None:
    name = unique("Bin")
    contact = sf.Contact.create({"LastName": name})["id"]
    sf.Contact.delete(contact)
    query = f"SELECT Id, IsDeleted FROM Contact WHERE LastName = '{name}'"
    assert sf.query(query)["totalSize"] == 0
    assert sf.query(query, include_deleted=True)["records"][0]["IsDeleted"] is True


def test_replication_tells_changed_and_deleted_ids(sf: Salesforce) -> None:
    contact = sf.Contact.create({"LastName": "Repl"})["id"]
    now = datetime.datetime.now(datetime.UTC)  # noqa: TID251
    start, end = now - datetime.timedelta(minutes=10), now + datetime.timedelta(minutes=2)
    answer = sf.Contact.updated(start, end)
    assert contact in answer["ids"] and answer["latestDateCovered"]
    sf.Contact.delete(contact)
    answer = sf.Contact.deleted(start, end)
    assert contact in [record["id"] for record in answer["deletedRecords"]]
    assert answer["earliestDateAvailable"]


def test_describe_and_limits(sf: Salesforce) -> None:
    names = {entry["name"] for entry in sf.describe()["sobjects"]}
    assert {"Lead", "Contact", "Account", "Opportunity", "Task", "Campaign", "CampaignMember", "User"} <= names
    described = sf.Lead.describe()
    fields = {field["name"]: field for field in described["fields"]}
    assert (fields["Email"]["type"], fields["Email"]["length"], fields["Status"]["type"]) == ("email", 80, "picklist")
    assert sf.Lead.metadata()["objectDescribe"]["name"] == "Lead"
    assert sf.limits()["DailyApiRequests"]["Max"] > 0
    assert sf.api_usage["api-usage"].used >= 0


def test_searches(sf: Salesforce) -> None:
    name = unique("Searchable")
    lead = sf.Lead.create({"LastName": name, "Company": "C"})["id"]
    term = name.replace("-", "\\-")
    found = sf.search(f"FIND {{{term}}} IN NAME FIELDS RETURNING Lead(Id, LastName)")
    assert [record["Id"] for record in found["searchRecords"]] == [lead]
    assert sf.quick_search(name.partition("-")[0])["searchRecords"]
    asked = {"q": name, "in": "NAME", "sobjects": [{"name": "Lead", "fields": ["Id", "Company"], "limit": 1}]}
    assert sf.restful("parameterizedSearch", method="POST", json=asked)["searchRecords"][0]["Company"] == "C"
    by_query = {"q": name, "sobject": "Lead", "Lead.fields": "Id,LastName", "Lead.limit": "5"}
    assert sf.restful("parameterizedSearch", params=by_query)["searchRecords"][0]["LastName"] == name


def test_bulk_2_inserts_updates_upserts_and_deletes(sf: Salesforce, tmp_path: Path) -> None:
    word = unique("Bulk")
    (job,) = sf.bulk2.Contact.insert(
        records=[{"LastName": f"{word} {n}", "Email": f"b{n}@x.example"} for n in range(30)]
    )
    assert (job["numberRecordsProcessed"], job["numberRecordsFailed"]) == (30, 0)
    rows = sf.query_all(f"SELECT Id, LastName FROM Contact WHERE LastName LIKE '{word}%'")["records"]
    assert len(rows) == 30
    (job,) = sf.bulk2.Contact.update(records=[{"Id": row["Id"], "Title": 'VP, "Sales"'} for row in rows[:10]])
    assert job["numberRecordsFailed"] == 0
    assert (
        sf.query(f"SELECT COUNT() FROM Contact WHERE LastName LIKE '{word}%' AND Title = 'VP, \"Sales\"'")["totalSize"]
        == 10
    )
    records = [{"Pasodoble_Key__c": f"{word}-{n}", "LastName": f"{word} up"} for n in range(3)]
    (job,) = sf.bulk2.Contact.upsert(records=records, external_id_field="Pasodoble_Key__c")
    assert job["numberRecordsFailed"] == 0
    (job,) = sf.bulk2.Contact.insert(
        records=[{"LastName": f"{word} ok", "Email": "ok@x.example"}, {"LastName": "", "Email": "no@x.example"}]
    )
    assert (job["numberRecordsProcessed"], job["numberRecordsFailed"]) == (2, 1)
    failed = sf.bulk2.Contact.get_failed_records(job["job_id"])
    assert "REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --" in failed
    assert "sf__Created" in sf.bulk2.Contact.get_successful_records(job["job_id"])
    pages = list(
        sf.bulk2.Contact.query(
            f"SELECT Id, LastName, Account.Name FROM Contact WHERE LastName LIKE '{word}%'", max_records=20
        )
    )
    assert [page.splitlines()[0] for page in pages] == ['"Id","LastName","Account.Name"'] * 2
    assert sum(len(page.splitlines()) - 1 for page in pages) == 34
    (job,) = sf.bulk2.Contact.delete(records=[{"Id": row["Id"]} for row in rows])
    assert job["numberRecordsFailed"] == 0
    assert sf.query(f"SELECT COUNT() FROM Contact WHERE LastName LIKE '{word}%'")["totalSize"] == 4


def test_composite_and_collections_by_plain_calls(sf: Salesforce) -> None:
    word = unique("Comp")
    answer = sf.restful("composite/sobjects", method="POST", json={
        "allOrNone": False,
        "records": [{"attributes": {"type": "Contact"}, "LastName": word}, {"attributes": {"type": "Contact"}}],
    })  # fmt: skip
    assert [result["success"] for result in answer] == [True, False]
    assert answer[1]["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"
    answer = sf.restful("composite", method="POST", json={
        "allOrNone": True,
        "compositeRequest": [
            {"method": "POST", "url": "/services/data/v66.0/sobjects/Account", "referenceId": "acc", "body": {"Name": word}},
            {"method": "POST", "url": "/services/data/v66.0/sobjects/Contact", "referenceId": "con",
             "body": {"LastName": word, "AccountId": "@{acc.id}"}},
            {"method": "GET", "url": "/services/data/v66.0/query?q=SELECT+Account.Name+FROM+Contact+WHERE+Id='@{con.id}'", "referenceId": "q"},
        ],
    })  # fmt: skip
    assert [part["httpStatusCode"] for part in answer["compositeResponse"]] == [201, 201, 200]
    assert answer["compositeResponse"][2]["body"]["records"][0]["Account"]["Name"] == word


def test_several_matches_of_an_external_id_are_listed(sf: Salesforce) -> None:
    word = unique("Dup")
    email = f"{word.lower()}@x.example"
    for _ in range(2):
        sf.Contact.create({"LastName": word, "Email": email})
    with pytest.raises((SalesforceMoreThanOneRecord, SalesforceResourceNotFound)):
        sf.Contact.get_by_custom_id("Email", email)


# Getting in


def test_client_credentials(salesforce: ServedOrg) -> None:
    credentials = salesforce.world.credentials
    with ToSimulator(salesforce.base_url) as session:
        sf = Salesforce(
            consumer_key=credentials["client_id"],
            consumer_secret=credentials["client_secret"],
            domain="sim.my",
            session=session,
            version="66.0",
        )
        assert sf.query("SELECT COUNT() FROM Lead")["totalSize"] > 0


def test_jwt_bearer(salesforce: ServedOrg, tmp_path: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = tmp_path / "key.pem"
    file.write_bytes(pem)
    credentials = salesforce.world.credentials
    with ToSimulator(salesforce.base_url) as session:
        sf = Salesforce(
            username=credentials["username"],
            consumer_key=credentials["client_id"],
            privatekey_file=str(file),
            domain="login",
            session=session,
            version="66.0",
        )
        assert sf.query("SELECT COUNT() FROM Lead")["totalSize"] > 0


def test_soap_login(salesforce: ServedOrg) -> None:
    with ToSimulator(salesforce.base_url) as session:
        sf = Salesforce(
            username=salesforce.world.credentials["username"],
            password="any",
            security_token="x",
            session=session,
            version="66.0",
        )
        assert sf.query("SELECT COUNT() FROM Lead")["totalSize"] > 0
        with pytest.raises(SalesforceAuthenticationFailed):
            Salesforce(username="nobody@x.example", password="p", security_token="t", session=session)


def test_a_dead_session_is_told_as_such(salesforce: ServedOrg) -> None:
    with ToSimulator(salesforce.base_url) as session:
        sf = Salesforce(instance_url=salesforce.base_url, session_id="00D!no", version="66.0", session=session)
        with pytest.raises(SalesforceExpiredSession) as dead:
            sf.query("SELECT Id FROM Lead")
    assert errors(dead) == [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]
