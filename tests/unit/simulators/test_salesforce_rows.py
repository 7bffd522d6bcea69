"""Single records over REST: ids, external ids, conditions, refusals."""

from __future__ import annotations

import pytest
from salesforce_client import Client, read


@pytest.fixture
def sf() -> Client:
    return Client()


def test_a_record_is_made_read_changed_and_deleted(sf: Client) -> None:
    made = sf.send("POST", "/sobjects/Lead", {"LastName": " Roe ", "Company": "Acme", "Email": "R@x.example"})
    body = read(made)
    assert made.status == 201 and body["success"] is True and body["errors"] == [] and len(body["id"]) == 18
    assert dict(made.headers)["Location"] == f"/services/data/v66.0/sobjects/Lead/{body['id']}"
    row = sf.row("Lead", body["id"])
    assert row["attributes"] == {"type": "Lead", "url": f"/services/data/v66.0/sobjects/Lead/{body['id']}"}
    assert row["LastName"] == "Roe" and row["Name"] == "Roe" and row["Status"] == "Open - Not Contacted"
    assert row["CreatedDate"] == row["SystemModstamp"] and row["CreatedDate"].endswith(".000+0000")
    assert row["IsConverted"] is False and row["Address"] is None
    sf.clock.advance(5)
    assert sf.send("PATCH", f"/sobjects/Lead/{body['id'][:15]}", {"city": "Sevilla", "Email": None}).status == 204
    after = sf.row("Lead", body["id"])
    assert after["Email"] is None and after["Address"]["city"] == "Sevilla"
    assert after["SystemModstamp"] > row["SystemModstamp"] and after["CreatedDate"] == row["CreatedDate"]
    assert sf.send("DELETE", f"/sobjects/Lead/{body['id']}").status == 204
    assert sf.refusal("GET", f"/sobjects/Lead/{body['id']}") == (404, "ENTITY_IS_DELETED")


def test_fields_narrows_what_is_read(sf: Client) -> None:
    made = sf.create("Lead", LastName="Roe", Company="Acme")
    assert set(sf.get(f"/sobjects/Lead/{made}", fields="LastName,company")) == {
        "attributes",
        "Id",
        "LastName",
        "Company",
    }
    assert sf.refusal("GET", f"/sobjects/Lead/{made}?fields=Nope") == (400, "INVALID_FIELD")


@pytest.mark.parametrize(
    ("values", "code", "fields"),
    [
        ({"LastName": "x"}, "REQUIRED_FIELD_MISSING", ["Company"]),
        ({"LastName": "x", "Company": "y", "Email": "bad"}, "INVALID_EMAIL_ADDRESS", ["Email"]),
        ({"LastName": "x" * 81, "Company": "y"}, "STRING_TOO_LONG", ["LastName"]),
        ({"LastName": "x", "Company": "y", "Nope": 1}, "INVALID_FIELD", []),
        ({"LastName": "x", "Company": "y", "SystemModstamp": None}, "INVALID_FIELD_FOR_INSERT_UPDATE", ["SystemModstamp"]),
        ({"LastName": "x", "Company": "y", "GeocodeAccuracy": "Near"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", ["GeocodeAccuracy"]),
        ({"LastName": "x", "Company": "y", "OwnerId": "001"}, "MALFORMED_ID", ["OwnerId"]),
        ({"LastName": "x", "Company": "y", "OwnerId": "0015g0000000001AAA"}, "FIELD_INTEGRITY_EXCEPTION", ["OwnerId"]),
        ({"LastName": "x", "Company": "y", "OwnerId": "0055g00000000zzAAA"}, "INVALID_CROSS_REFERENCE_KEY", []),
        ({"LastName": "x", "Company": "y", "NumberOfEmployees": 10**12}, "NUMBER_OUTSIDE_VALID_RANGE", ["NumberOfEmployees"]),
        ({"Id": "00Q5g0000000001AAA", "LastName": "x", "Company": "y"}, "INVALID_FIELD_FOR_INSERT_UPDATE", ["Id"]),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_in_salesforces_words(
    sf: Client, values: dict[str, object], code: str, fields: list[str]
) -> None:
    response = sf.send("POST", "/sobjects/Lead", values)
    (wrong,) = read(response)
    assert (response.status, wrong["errorCode"], wrong["fields"]) == (400, code, fields)


@pytest.mark.parametrize("values", [{"LastName": 5}, {"IsUnreadByOwner": "maybe"}, {"AnnualRevenue": "much"}])
def test_a_value_of_the_wrong_json_type_is_a_parser_error(sf: Client, values: dict[str, object]) -> None:
    assert sf.refusal("POST", "/sobjects/Lead", values) == (400, "JSON_PARSER_ERROR")


def test_a_body_that_is_no_json_or_sent_as_a_form_is_refused(sf: Client) -> None:
    assert sf.refusal("POST", "/sobjects/Lead", b"{oops") == (400, "JSON_PARSER_ERROR")
    assert sf.refusal("POST", "/sobjects/Lead", b"") == (400, "JSON_PARSER_ERROR")
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert sf.refusal("POST", "/sobjects/Lead", {"LastName": "x"}, headers=form) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_upsert_makes_then_changes_then_refuses_to_make_when_told_so(sf: Client) -> None:
    path = "/sobjects/Contact/Pasodoble_Key__c/K-1"
    first = sf.send("PATCH", path, {"LastName": "Roe"})
    assert first.status == 201 and read(first)["created"] is True
    second = sf.send("PATCH", path, {"Title": "CTO"})
    assert second.status == 200 and read(second) == {**read(first), "created": False}
    assert sf.send("PATCH", path, {"Title": "CEO"}, version="45.0").status == 204
    assert sf.get(path)["Title"] == "CEO"
    assert sf.refusal("GET", "/sobjects/Contact/Pasodoble_Key__c/k-1") == (404, "NOT_FOUND")
    missing = "/sobjects/Contact/Pasodoble_Key__c/K-2?updateOnly=true"
    assert sf.refusal("PATCH", missing, {"LastName": "x"}) == (404, "NOT_FOUND")
    assert sf.refusal("PATCH", "/sobjects/Contact/Title/x", {"LastName": "x"}) == (404, "NOT_FOUND")
    assert sf.send("DELETE", path).status == 204


def test_several_matches_of_a_lookup_answer_300_with_their_urls(sf: Client) -> None:
    one, two = (sf.create("Contact", LastName=name, Email="same@x.example") for name in "ab")
    response = sf.send("GET", "/sobjects/Contact/Email/SAME@x.example")
    assert response.status == 300
    assert read(response) == [f"/services/data/v66.0/sobjects/Contact/{i}" for i in (one, two)]


def test_a_parent_can_be_named_by_external_id(sf: Client) -> None:
    sf.send("PATCH", "/sobjects/Account/Pasodoble_Key__c/A-1", {"Name": "Acme"})
    made = sf.create("Contact", LastName="Roe", Account={"Pasodoble_Key__c": "A-1"})
    assert sf.query(f"SELECT Account.Name FROM Contact WHERE Id = '{made}'")[0]["Account"]["Name"] == "Acme"
    response = sf.send("POST", "/sobjects/Contact", {"LastName": "x", "Account": {"Pasodoble_Key__c": "a-9"}})
    assert read(response)[0]["message"] == (
        "Foreign key external ID: a-9 not found for field Pasodoble_Key__c in entity Account"
    )


def test_unique_fields_name_the_record_that_has_the_value(sf: Client) -> None:
    one = sf.create("Contact", LastName="a", Pasodoble_Key__c="K")
    response = sf.send("POST", "/sobjects/Contact", {"LastName": "b", "Pasodoble_Key__c": "K"})
    assert read(response) == [
        {
            "message": f"duplicate value found: Pasodoble_Key__c duplicates value on record with id: {one[:15]}",
            "errorCode": "DUPLICATE_VALUE",
            "fields": [],
        }
    ]


def test_conditions_on_time_and_tag(sf: Client) -> None:
    made = sf.create("Account", Name="Acme")
    answer = sf.send("GET", f"/sobjects/Account/{made}")
    headers = dict(answer.headers)
    stamp, tag = headers["Last-Modified"], headers["ETag"]
    path = f"/sobjects/Account/{made}"
    assert sf.send("GET", path, headers={"if-modified-since": stamp}).status == 304
    assert sf.send("GET", path, headers={"if-none-match": tag}).status == 304
    sf.clock.advance(3)
    assert sf.send("PATCH", path, {"Site": "x"}, headers={"if-unmodified-since": stamp}).status == 204
    assert sf.send("PATCH", path, {"Site": "y"}, headers={"if-unmodified-since": stamp}).status == 412
    assert sf.send("PATCH", path, {"Site": "y"}, headers={"if-match": tag}).status == 412
    assert sf.send("PATCH", path, {"Site": "y"}, headers={"if-match": "junk"}).status == 400
    assert sf.send("GET", path, headers={"if-modified-since": stamp}).status == 200


def test_odd_paths_and_versions_are_understood(sf: Client) -> None:
    made = sf.create("Contact", LastName="Roe")
    assert sf.send("GET", f"/services/data/v51.0//sobjects///Contact/{made}/").status == 200
    assert sf.send("GET", f"//sobjects/Contact/{made}", version="60.0").status == 200
    assert sf.refusal("GET", "/services/data/v66/sobjects") == (404, "NOT_FOUND")
    assert sf.refusal("GET", "/sobjects/Nope/describe") == (404, "NOT_FOUND")
    assert sf.refusal("PUT", f"/sobjects/Contact/{made}", {}) == (405, "METHOD_NOT_ALLOWED")
    sf.token = "gone"
    assert sf.refusal("GET", f"/sobjects/Contact/{made}") == (401, "INVALID_SESSION_ID")


def test_pretty_print_and_gzip_on_request(sf: Client) -> None:
    pretty = sf.send("GET", "/sobjects/Lead/describe", headers={"x-prettyprint": "1"})
    assert pretty.body.startswith(b"{\n")
    packed = sf.send("GET", "/sobjects/Lead/describe", headers={"accept-encoding": "gzip, deflate"})
    assert ("Content-Encoding", "gzip") in packed.headers and packed.body[:2] == b"\x1f\x8b"
