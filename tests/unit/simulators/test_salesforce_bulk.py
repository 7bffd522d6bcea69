"""Bulk API 2.0: ingest and query jobs, their states, files and refusals."""

from __future__ import annotations

import csv
import io

import pytest
from salesforce_client import Client, read


@pytest.fixture
def sf() -> Client:
    return Client()


def ingest(sf: Client, text: str, **job: str) -> dict[str, object]:
    made = sf.post("/jobs/ingest", {"contentType": "CSV", "lineEnding": "LF", **job})
    sf.send("PUT", "/" + made["contentUrl"], text.encode(), headers={"content-type": "text/csv"})
    closed = read(sf.send("PATCH", f"/jobs/ingest/{made['id']}", {"state": "UploadComplete"}))
    assert closed["state"] == "UploadComplete"
    told: dict[str, object] = sf.get(f"/jobs/ingest/{made['id']}")
    return told


def rows_of(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode())))


def results(sf: Client, job: dict[str, object], kind: str) -> list[dict[str, str]]:
    return rows_of(sf.send("GET", f"/jobs/ingest/{job['id']}/{kind}/").body)


def test_an_insert_job_tells_what_became_of_each_row(sf: Client) -> None:
    text = 'LastName,Email,Description\nRoe,r@x.example,"two\nlines, ""quoted"""\n,no@x.example,\nPoe,bad,\n'
    job = ingest(sf, text, object="Contact", operation="insert")
    assert (job["state"], job["numberRecordsProcessed"], job["numberRecordsFailed"]) == ("JobComplete", 3, 2)
    assert job["apiVersion"] == 66.0 and job["jobType"] == "V2Ingest" and str(job["id"]).startswith("750")
    (good,) = results(sf, job, "successfulResults")
    assert good["sf__Created"] == "true" and good["Description"] == 'two\nlines, "quoted"'
    assert sf.row("Contact", good["sf__Id"])["Description"] == 'two\nlines, "quoted"'
    errors = [row["sf__Error"] for row in results(sf, job, "failedResults")]
    assert errors[0] == "REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --"
    assert errors[1].startswith("INVALID_EMAIL_ADDRESS:Email: invalid email address: bad:Email --")


def test_empty_is_left_alone_and_na_clears(sf: Client) -> None:
    made = sf.create("Contact", LastName="Roe", Title="CTO", Department="R&D")
    job = ingest(sf, f"Id,Title,Department\n{made},,#N/A\n", object="Contact", operation="update")
    assert job["numberRecordsFailed"] == 0
    row = sf.row("Contact", made)
    assert row["Title"] == "CTO" and row["Department"] is None


def test_upsert_by_external_id_with_a_parent_by_key(sf: Client) -> None:
    sf.send("PATCH", "/sobjects/Account/Pasodoble_Key__c/A-1", {"Name": "Acme"})
    text = (
        "Pasodoble_Key__c;LastName;Account.Pasodoble_Key__c;Owner.Email\r\nK;Roe;A-1;ben.clarke@pasodoble.example\r\n"
    )
    job = ingest(
        sf,
        text,
        object="Contact",
        operation="upsert",
        externalIdFieldName="Pasodoble_Key__c",
        columnDelimiter="SEMICOLON",
        lineEnding="CRLF",
    )
    assert (job["state"], job["numberRecordsFailed"]) == ("JobComplete", 0)
    (row,) = sf.query("SELECT Account.Name, Owner.Name FROM Contact")
    assert row["Account"]["Name"] == "Acme" and row["Owner"]["Name"] == "Ben Clarke"


def test_a_polymorphic_parent_names_its_object(sf: Client) -> None:
    sf.create("Lead", LastName="Roe", Company="x", Email="r@x.example")
    job = ingest(sf, "Subject,Lead:Who.Email\nHello,r@x.example\n", object="Task", operation="insert")
    assert job["numberRecordsFailed"] == 0
    assert sf.query("SELECT Who.Type FROM Task")[0]["Who"]["Type"] == "Lead"


def test_deletes_soft_and_hard(sf: Client) -> None:
    one, two = (sf.create("Lead", LastName=name, Company="x") for name in "ab")
    ingest(sf, f"Id\n{one}\n", object="Lead", operation="delete")
    ingest(sf, f"Id\n{two}\n", object="Lead", operation="hardDelete")
    left = sf.get("/queryAll", q="SELECT Id, IsDeleted FROM Lead")["records"]
    assert [(row["Id"], row["IsDeleted"]) for row in left] == [(one, True)]


def test_an_unknown_column_or_line_ending_fails_the_job(sf: Client) -> None:
    job = ingest(sf, "LastName,Nope\nx,y\n", object="Contact", operation="insert")
    assert job["state"] == "Failed" and "Nope" in str(job["errorMessage"])
    job = ingest(sf, "LastName\r\nx\r\n", object="Contact", operation="insert")
    assert job["state"] == "Failed" and "LineEnding" in str(job["errorMessage"])


def test_a_multipart_job_goes_straight_to_work(sf: Client) -> None:
    body = (
        '--B\r\nContent-Type: application/json\r\nContent-Disposition: form-data; name="job"\r\n\r\n'
        '{"object":"Contact","contentType":"CSV","operation":"insert"}\r\n'
        '--B\r\nContent-Type: text/csv\r\nContent-Disposition: form-data; name="content"; filename="content"\r\n\r\n'
        "LastName\nRoe\n\r\n--B--\r\n"
    )
    headers = {"content-type": "multipart/form-data; boundary=B"}
    made = read(sf.send("POST", "/jobs/ingest", body.encode(), headers=headers))
    assert made["state"] == "UploadComplete"
    assert sf.get(f"/jobs/ingest/{made['id']}")["numberRecordsProcessed"] == 1


def test_a_job_that_takes_its_time_is_in_progress_until_then(sf: Client) -> None:
    sf.send("PATCH", "/__sandbox__/schema", {"settings": {"bulk_delay_s": 30}})
    job = ingest(sf, "LastName\nx\n", object="Contact", operation="insert")
    assert job["state"] == "InProgress"
    sf.clock.advance(31)
    assert sf.get(f"/jobs/ingest/{job['id']}")["state"] == "JobComplete"


def test_wrong_states_and_jobs_are_refused(sf: Client) -> None:
    made = sf.post("/jobs/ingest", {"object": "Contact", "operation": "insert"})
    path = f"/jobs/ingest/{made['id']}"
    assert made["contentUrl"] == f"services/data/v66.0/jobs/ingest/{made['id']}/batches"
    assert sf.refusal("DELETE", path) == (400, "INVALIDJOBSTATE")
    assert sf.send("PUT", path + "/batches", b"LastName\nx\n").status == 201
    assert sf.send("PUT", path + "/batches", b"LastName\nx\n").status == 400
    assert read(sf.send("PATCH", path, {"state": "Aborted"}))["state"] == "Aborted"
    assert sf.send("DELETE", path).status == 204
    assert sf.refusal("GET", path) == (404, "NOT_FOUND")
    assert sf.refusal("POST", "/jobs/ingest", {"object": "Nope", "operation": "insert"})[0] == 400
    assert sf.get("/jobs/ingest") == {"done": True, "records": [], "nextRecordsUrl": None}


def test_a_query_job_is_read_page_by_page(sf: Client) -> None:
    for n in range(5):
        sf.create("Contact", LastName=f"L{n}", Email=f"l{n}@x.example")
    job = sf.post("/jobs/query", {"operation": "query", "query": "SELECT Id, Owner.Name, DoNotCall FROM Contact"})
    assert job["state"] == "UploadComplete"
    path = f"/jobs/query/{job['id']}"
    assert sf.get(path)["numberRecordsProcessed"] == 5
    seen, locator = [], ""
    while locator != "null":
        page = sf.send("GET", f"{path}/results?maxRecords=2" + (f"&locator={locator}" if locator else ""))
        locator = dict(page.headers)["Sforce-Locator"]
        seen += rows_of(page.body)
    assert len(seen) == 5 and seen[0]["Owner.Name"] == "Pasodoble Integration" and seen[0]["DoNotCall"] == "false"
    assert len(sf.get(f"{path}/resultPages")["resultPages"]) == 1
    assert sf.send("GET", f"{path}/results", version="65.0").status == 409
    assert sf.send("DELETE", path).status == 204


@pytest.mark.parametrize(
    "query",
    [
        "SELECT COUNT(Id) FROM Contact",
        "SELECT Id FROM Contact OFFSET 5",
        "SELECT Id, (SELECT Id FROM Contacts) FROM Account",
        "SELECT MailingAddress FROM Contact",
        "SELECT Nope FROM Contact",
    ],
)
def test_what_a_query_job_cannot_do_is_refused(sf: Client, query: str) -> None:
    assert sf.refusal("POST", "/jobs/query", {"operation": "query", "query": query})[0] == 400
