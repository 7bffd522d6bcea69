"""Every error code of the contract's table: how to provoke it, and its body in the three shapes it comes in."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from salesforce_client import Client, read

from pasodoble.simulators.salesforce import Switches

LEAD = {"LastName": "Roe", "Company": "Acme"}
NOBODY = "0055g00000000zzAAA"
STATE = "There's a problem with this state, even though it may appear correct. Please select a state from the list of valid states."
RULE = {"name": "R", "formula": "LastName = 'bad'", "message": "Says the rule", "field": "Company"}
DUPLICATE = {"name": "Same_Mail", "match": ["Email"], "action": "block"}


def nothing(_sf: Client) -> None:
    """No preparation."""


def with_rule(code: str) -> Callable[[Client], None]:
    return lambda sf: sf.set_up("Lead", validation_rules=[{**RULE, "code": code}])


def with_settings(**settings: Any) -> Callable[[Client], None]:
    def prepare(sf: Client) -> None:
        assert sf.send("PATCH", "/__sandbox__/schema", {"settings": settings}).status == 200

    return prepare


def with_twin(sf: Client) -> None:
    sf.create("Lead", **LEAD, Email="a@x.example")
    sf.set_up("Lead", duplicate_rules=[DUPLICATE])


def with_unique(sf: Client) -> None:
    sf.set_up("Lead", fields={"Key__c": {"type": "text", "length": 20, "unique": True, "externalId": True}})
    sf.create("Lead", **LEAD, Key__c="k")


def without_rights(sf: Client) -> None:
    sf.set_up("Lead", permissions={"create": False})


CASES: list[tuple[str, Callable[[Client], None], dict[str, Any], str, list[str]]] = [
    ("FIELD_CUSTOM_VALIDATION_EXCEPTION", with_rule("FIELD_CUSTOM_VALIDATION_EXCEPTION"), {"LastName": "bad"}, "Says the rule", ["Company"]),
    ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", with_rule("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"), {"LastName": "bad"}, "Says the rule", ["Company"]),
    ("CANNOT_EXECUTE_FLOW_TRIGGER", with_rule("CANNOT_EXECUTE_FLOW_TRIGGER"), {"LastName": "bad"}, "Says the rule", ["Company"]),
    ("STORAGE_LIMIT_EXCEEDED", with_rule("STORAGE_LIMIT_EXCEEDED"), {"LastName": "bad"}, "Says the rule", ["Company"]),
    ("OP_WITH_INVALID_USER_TYPE_EXCEPTION", with_rule("OP_WITH_INVALID_USER_TYPE_EXCEPTION"), {"LastName": "bad"}, "Says the rule", ["Company"]),
    ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", without_rights, {}, "entity type cannot be inserted: Lead", []),
    ("REQUIRED_FIELD_MISSING", nothing, {"Company": None}, "Required fields are missing: [Company]", ["Company"]),
    ("DUPLICATES_DETECTED", with_twin, {"Email": "A@x.example"}, "Use one of these records?", []),
    ("DUPLICATE_VALUE", with_unique, {"Key__c": "k"}, "duplicate value found: Key__c duplicates value on record with id: 00Q5g0000000001", []),
    ("STRING_TOO_LONG", nothing, {"City": "x" * 41}, f"City: data value too large: {'x' * 41} (max length=40)", ["City"]),
    ("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", nothing, {"GeocodeAccuracy": "Near"}, "Geocode Accuracy: bad value for restricted picklist field: Near", ["GeocodeAccuracy"]),
    ("INVALID_EMAIL_ADDRESS", nothing, {"Email": "badone"}, "Email: invalid email address: badone", ["Email"]),
    ("NUMBER_OUTSIDE_VALID_RANGE", nothing, {"NumberOfEmployees": 10**9}, "Employees: value outside of valid range on numeric field: 1000000000", ["NumberOfEmployees"]),
    ("INVALID_CROSS_REFERENCE_KEY", nothing, {"OwnerId": NOBODY}, "invalid cross reference id", []),
    ("FIELD_INTEGRITY_EXCEPTION", nothing, {"OwnerId": "0015g0000000001AAA"}, "Owner ID: id value of incorrect type: 0015g0000000001AAA", ["OwnerId"]),
    ("FIELD_INTEGRITY_EXCEPTION", with_settings(address_choices={"Spain": ["Madrid"]}), {"Country": "Spain", "State": "Texas"}, STATE, ["State"]),
    ("MALFORMED_ID", nothing, {"OwnerId": "xyz"}, "Owner ID: id value of incorrect type: xyz", ["OwnerId"]),
]  # fmt: skip


@pytest.fixture
def sf() -> Client:
    return Client()


def bulk_error(sf: Client, sobject: str, values: dict[str, Any]) -> str:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerows([values.keys(), ["#N/A" if value is None else value for value in values.values()]])
    job = sf.post("/jobs/ingest", {"object": sobject, "operation": "insert"})["id"]
    content = text.getvalue().encode()
    assert sf.send("PUT", f"/jobs/ingest/{job}/batches", content, headers={"content-type": "text/csv"}).status == 201
    sf.send("PATCH", f"/jobs/ingest/{job}", {"state": "UploadComplete"})
    assert sf.get(f"/jobs/ingest/{job}")["numberRecordsFailed"] == 1
    failed = sf.send("GET", f"/jobs/ingest/{job}/failedResults/").body.decode()
    return next(csv.DictReader(io.StringIO(failed)))["sf__Error"]


@pytest.mark.parametrize(("code", "prepare", "values", "message", "fields"), CASES)
def test_a_refusal_reads_alike_in_a_row_a_collection_and_a_bulk_job(
    sf: Client, code: str, prepare: Callable[[Client], None], values: dict[str, Any], message: str, fields: list[str]
) -> None:
    prepare(sf)
    given = {**LEAD, **values}
    response = sf.send("POST", "/sobjects/Lead", given)
    (told,) = read(response)
    assert response.status == 400 and (told["errorCode"], told["message"]) == (code, message)
    assert told.get("fields", []) == fields
    (result,) = sf.post("/composite/sobjects", {"records": [{"attributes": {"type": "Lead"}, **given}]})
    assert result == {"success": False, "errors": [{"statusCode": code, "message": message, "fields": fields}]}
    assert bulk_error(sf, "Lead", given) == f"{code}:{message}:{','.join(fields)} --"


@pytest.mark.parametrize(
    ("code", "status", "message"),
    [
        ("API_DISABLED_FOR_ORG", 403, "API is not enabled for this Organization or Partner"),
        ("API_CURRENTLY_DISABLED", 403, "API is not enabled for this Organization or Partner"),
        ("REQUEST_LIMIT_EXCEEDED", 403, "TotalRequests Limit exceeded."),
        ("QUERY_TIMEOUT", 400, "Your query request was running for too long."),
        ("SERVER_UNAVAILABLE", 503, "Server unavailable, please try again later"),
    ],
)
def test_a_call_is_refused_where_the_door_says_so_and_nowhere_else(
    sf: Client, code: str, status: int, message: str
) -> None:
    with_settings(refused_calls={"/query": code})(sf)
    response = sf.send("GET", "/query", q="SELECT Id FROM Lead")
    assert (response.status, read(response)) == (status, [{"message": message, "errorCode": code}])
    assert sf.send("GET", "/sobjects").status == 200
    with_settings(refused_calls={})(sf)
    assert sf.send("GET", "/query", q="SELECT Id FROM Lead").status == 200


def test_long_requests_fill_the_concurrent_limit_only_where_limits_are_real() -> None:
    switches = Switches(concurrent_requests=5)
    strict, lax = Client(limits="real", switches=switches), Client(switches=switches)
    for sf in (strict, lax):
        with_settings(long_requests=4)(sf)
        assert sf.send("GET", "/sobjects").status == 200
        with_settings(long_requests=5)(sf)
    response = strict.send("GET", "/sobjects")
    message = "ConcurrentRequests (Concurrent API Requests) Limit exceeded."
    assert (response.status, read(response)) == (403, [{"message": message, "errorCode": "REQUEST_LIMIT_EXCEEDED"}])
    assert lax.send("GET", "/sobjects").status == 200


def test_the_daily_limit_lets_a_short_overshoot_through() -> None:
    sf = Client(limits="real")
    with_settings(daily_api_requests=2, daily_overshoot=1)(sf)
    assert [sf.send("GET", "/sobjects").status for _ in range(4)] == [200, 200, 200, 403]


def test_a_duplicate_is_told_whole_when_its_details_are_asked_for(sf: Client) -> None:
    with_twin(sf)
    given = {**LEAD, "Email": "a@x.example"}
    brief = read(sf.send("POST", "/sobjects/Lead", given))[0]["duplicateResut"]["matchResults"][0]["matchRecords"]
    assert set(brief[0]["record"]) == {"attributes", "Id"}
    header = {"sforce-duplicate-rule-header": "allowSave=false; includeRecordDetails=true"}
    (told,) = read(sf.send("POST", "/sobjects/Lead", given, headers=header))
    record = told["duplicateResut"]["matchResults"][0]["matchRecords"][0]["record"]
    assert (record["Company"], record["Email"], record["Title"]) == ("Acme", "a@x.example", None)


def test_an_address_is_held_against_the_lists_only_when_it_changes(sf: Client) -> None:
    old = sf.create("Contact", LastName="Roe", MailingState="Texas", OtherCountry="Narnia")
    with_settings(address_choices={"Spain": ["Madrid", "Sevilla"]})(sf)
    assert sf.send("PATCH", f"/sobjects/Contact/{old}", {"Title": "CTO"}).status == 204
    assert (
        sf.send("PATCH", f"/sobjects/Contact/{old}", {"MailingState": "madrid", "MailingCountry": "spain"}).status
        == 204
    )
    for values, field in (
        ({"MailingCountry": "Narnia"}, "MailingCountry"),
        ({"OtherState": "Madrid", "OtherCountry": None}, "OtherState"),
    ):
        response = sf.send("PATCH", f"/sobjects/Contact/{old}", values)
        (told,) = read(response)
        assert (response.status, told["errorCode"], told["fields"]) == (400, "FIELD_INTEGRITY_EXCEPTION", [field])


def test_a_bulk_job_takes_csv_only(sf: Client) -> None:
    job = {"object": "Lead", "operation": "insert", "contentType": "JSON"}
    assert sf.refusal("POST", "/jobs/ingest", job) == (400, "INVALIDJOB")


@pytest.mark.parametrize(
    "settings",
    [
        {"refused_calls": {"/query": "NOPE"}},
        {"address_choices": {"Spain": "Madrid"}},
        {"jwt_certificate": "no key"},
        {"long_requests": -1},
    ],
)
def test_a_setting_that_makes_no_sense_changes_nothing(sf: Client, settings: dict[str, Any]) -> None:
    before = sf.get("/__sandbox__/schema")
    assert sf.send("PATCH", "/__sandbox__/schema", {"settings": settings}).status == 400
    assert sf.get("/__sandbox__/schema") == before


def test_a_dependent_picklist_tells_for_which_values_it_is_offered(sf: Client) -> None:
    sf.set_up(
        "Lead",
        fields={
            "Dish__c": {
                "type": "picklist",
                "controller": "LeadSource",
                "picklist": [{"value": "Tapas", "for": [0, 9]}, {"value": "Soup", "for": []}],
            }
        },
    )
    told = next(f for f in sf.get("/sobjects/Lead/describe")["fields"] if f["name"] == "Dish__c")
    assert (told["dependentPicklist"], told["controllerName"]) == (True, "LeadSource")
    assert [choice["validFor"] for choice in told["picklistValues"]] == ["gEAA", "AAAA"]


def test_amounts_are_shown_in_their_own_currency_and_converted_to_the_corporate_one() -> None:
    sf = Client(switches=Switches(multi_currency=True))
    account = sf.create("Account", Name="Acme", AnnualRevenue=2160, CurrencyIsoCode="USD")
    sf.create("Contact", LastName="Roe", AccountId=account)
    (row,) = sf.query(
        "SELECT AnnualRevenue, FORMAT(AnnualRevenue) shown, convertCurrency(AnnualRevenue) own, "
        "FORMAT(convertCurrency(AnnualRevenue)) both FROM Account"
    )
    assert (row["AnnualRevenue"], row["shown"], row["both"]) == (2160, "USD 2,160.00", "EUR 2,000.00")
    assert row["own"] == pytest.approx(2000)
    (row,) = sf.query("SELECT FORMAT(Account.AnnualRevenue) shown FROM Contact")
    assert row["shown"] == "USD 2,160.00"


def test_aggregates_over_several_currencies_are_in_the_corporate_one() -> None:
    sf = Client(switches=Switches(multi_currency=True))
    sf.create("Account", Name="Acme", AnnualRevenue=2160, CurrencyIsoCode="USD")
    sf.create("Account", Name="Bcme", AnnualRevenue=500, CurrencyIsoCode="EUR")
    (row,) = sf.query("SELECT SUM(AnnualRevenue) total, FORMAT(MAX(AnnualRevenue)) most FROM Account")
    assert (row["total"], row["most"]) == (pytest.approx(2500), "EUR 2,000.00")
