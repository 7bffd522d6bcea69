"""Several records or calls in one: collections, composite, batch, graph, tree."""

from __future__ import annotations

from typing import Any

import pytest
from salesforce_client import Client, read

V = "/services/data/v66.0"


@pytest.fixture
def sf() -> Client:
    return Client()


def lead(**values: Any) -> dict[str, Any]:
    return {"attributes": {"type": "Lead"}, "Company": "Acme", **values}


def test_a_bad_record_of_a_collection_does_not_hurt_its_neighbours(sf: Client) -> None:
    results = sf.post("/composite/sobjects", {"records": [lead(LastName="a"), lead(), lead(LastName="c")]})
    assert [result["success"] for result in results] == [True, False, True]
    assert results[1]["errors"] == [
        {
            "statusCode": "REQUIRED_FIELD_MISSING",
            "message": "Required fields are missing: [LastName]",
            "fields": ["LastName"],
        }
    ]
    assert len(sf.query("SELECT Id FROM Lead")) == 2


def test_all_or_none_takes_the_good_records_back(sf: Client) -> None:
    results = sf.post("/composite/sobjects", {"allOrNone": True, "records": [lead(LastName="a"), lead()]})
    assert [r["errors"][0]["statusCode"] for r in results] == [
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "REQUIRED_FIELD_MISSING",
    ]
    assert sf.query("SELECT Id FROM Lead") == []


def test_collections_update_read_upsert_and_delete(sf: Client) -> None:
    one, two = (sf.create("Lead", LastName=name, Company="Acme") for name in "ab")
    gone = sf.create("Lead", LastName="c", Company="Acme")
    sf.send("DELETE", f"/sobjects/Lead/{gone}")
    changed = read(
        sf.send(
            "PATCH",
            "/composite/sobjects",
            {"records": [lead(id=one, Title="x"), lead(Id=two, Title="y"), lead(id=gone, Title="z"), lead(Title="w")]},
        )
    )
    assert [r["success"] for r in changed] == [True, True, False, False]
    assert changed[2]["errors"][0]["statusCode"] == "ENTITY_IS_DELETED"
    assert sf.send("PATCH", "/composite/sobjects", {"records": [lead(id=one)]}).writes == 1
    found = sf.get("/composite/sobjects/Lead", ids=f"{one},{gone},{two}", fields="Title")
    assert [row and row["Title"] for row in found] == ["x", None, "y"]
    posted = sf.post("/composite/sobjects/Lead", {"ids": [two], "fields": ["Title", "Id"]})
    assert posted[0]["Id"] == two
    rows = [lead(Pasodoble_Key__c="K1", LastName="n"), lead(Pasodoble_Key__c="K1", LastName="m"), lead(LastName="q")]
    upserted = read(sf.send("PATCH", "/composite/sobjects/Lead/Pasodoble_Key__c", {"records": rows}))
    assert [r.get("created") for r in upserted] == [True, False, None]
    by_id = read(sf.send("PATCH", "/composite/sobjects/Lead/Id", {"records": [lead(Id=None, LastName="new")]}))
    assert by_id[0]["created"] is True
    dropped = read(sf.send("DELETE", f"/composite/sobjects?ids={one},{gone}&allOrNone=false"))
    assert [r["success"] for r in dropped] == [True, False]


def test_malformed_collections_are_refused_whole(sf: Client) -> None:
    assert sf.refusal("POST", "/composite/sobjects", {"records": [lead(LastName="x")] * 201})[0] == 400
    assert sf.refusal("POST", "/composite/sobjects", {"records": [{"LastName": "x"}]})[0] == 400
    mixed = [lead(LastName="x"), {"attributes": {"type": "Contact"}, "LastName": "x"}] * 6
    assert sf.refusal("POST", "/composite/sobjects", {"records": mixed})[0] == 400
    assert sf.refusal("GET", "/composite/sobjects/Lead?ids=00Q5g0000000001AAA&fields=Nope") == (400, "INVALID_FIELD")


def test_composite_passes_results_on_by_reference(sf: Client) -> None:
    body = {
        "compositeRequest": [
            {"method": "POST", "url": f"{V}/sobjects/Account", "referenceId": "a", "body": {"Name": "Acme"}},
            {
                "method": "POST",
                "url": f"{V}/sobjects/Contact",
                "referenceId": "c",
                "body": {"LastName": "Roe", "AccountId": "@{a.id}"},
            },
            {"method": "GET", "url": f"{V}/sobjects/Contact/@{{c.id}}?fields=Name,AccountId", "referenceId": "g"},
            {
                "method": "GET",
                "url": f"{V}/query?q=SELECT Id FROM Contact WHERE AccountId='@{{a.id}}'",
                "referenceId": "q",
            },
            {"method": "GET", "url": f"{V}/sobjects/Contact/@{{q.records[0].Id}}", "referenceId": "h"},
            {"method": "GET", "url": f"{V}/sobjects/Nope/describe", "referenceId": "n"},
        ]
    }
    items = sf.post("/composite", body)["compositeResponse"]
    assert [item["httpStatusCode"] for item in items] == [201, 201, 200, 200, 200, 404]
    assert items[2]["body"]["AccountId"] == items[0]["body"]["id"]
    assert items[0]["httpHeaders"] == {"Location": f"{V}/sobjects/Account/{items[0]['body']['id']}"}
    assert [item["referenceId"] for item in items] == list("acgqhn")


@pytest.mark.parametrize(("all_or_none", "left"), [(True, 0), (False, 1)])
def test_composite_rolls_back_all_or_only_what_depends(sf: Client, all_or_none: bool, left: int) -> None:
    body = {
        "allOrNone": all_or_none,
        "compositeRequest": [
            {"method": "POST", "url": f"{V}/sobjects/Account", "referenceId": "a", "body": {"Name": "Acme"}},
            {"method": "POST", "url": f"{V}/sobjects/Account", "referenceId": "b", "body": {}},
            {
                "method": "POST",
                "url": f"{V}/sobjects/Contact",
                "referenceId": "c",
                "body": {"LastName": "x", "AccountId": "@{b.id}"},
            },
        ],
    }
    items = sf.post("/composite", body)["compositeResponse"]
    assert items[2]["httpStatusCode"] == 400 and items[2]["body"][0]["errorCode"] == "PROCESSING_HALTED"
    assert (items[0]["httpStatusCode"] == 201) is not all_or_none
    assert len(sf.query("SELECT Id FROM Account")) == left


def test_composite_has_its_limits(sf: Client) -> None:
    item = {"method": "GET", "url": f"{V}/limits"}
    many = [{**item, "referenceId": f"r{n}"} for n in range(26)]
    assert sf.refusal("POST", "/composite", {"compositeRequest": many})[0] == 400
    queries = [{"method": "GET", "url": f"{V}/query?q=SELECT+Id+FROM+Lead", "referenceId": f"r{n}"} for n in range(6)]
    assert sf.refusal("POST", "/composite", {"compositeRequest": queries})[0] == 400
    twice = [{**item, "referenceId": "r"}] * 2
    assert sf.refusal("POST", "/composite", {"compositeRequest": twice})[0] == 400


def test_batch_counts_each_call_and_stops_when_told(sf: Client) -> None:
    used = sf.get("/limits")["DailyApiRequests"]["Remaining"]
    body = {
        "haltOnError": True,
        "batchRequests": [
            {"method": "GET", "url": "v66.0/limits"},
            {"method": "POST", "url": "v66.0/sobjects/Lead", "richInput": {"LastName": "x"}},
            {"method": "GET", "url": "v66.0/limits"},
        ],
    }
    response = sf.send("POST", "/composite/batch", body)
    answer = read(response)
    assert response.cost == 3 and sf.send("GET", "/services/data").cost == 0
    assert answer["hasErrors"] is True and [r["statusCode"] for r in answer["results"]] == [200, 400, 412]
    assert used - sf.get("/limits")["DailyApiRequests"]["Remaining"] == 4


def test_each_graph_is_all_or_none_by_itself(sf: Client) -> None:
    def node(name: str, url: str, body: dict[str, Any]) -> dict[str, Any]:
        return {"method": "POST", "url": V + url, "referenceId": name, "body": body}

    good = [
        node("c", "/sobjects/Contact", {"LastName": "x", "AccountId": "@{a.id}"}),
        node("a", "/sobjects/Account", {"Name": "A"}),
    ]
    bad = [node("a", "/sobjects/Account", {"Name": "B"}), node("c", "/sobjects/Contact", {"AccountId": "@{a.id}"})]
    graphs = [{"graphId": "g1", "compositeRequest": good}, {"graphId": "g2", "compositeRequest": bad}]
    told = sf.post("/composite/graph", {"graphs": graphs})["graphs"]
    assert [g["isSuccessful"] for g in told] == [True, False]
    assert [i["httpStatusCode"] for i in told[0]["graphResponse"]["compositeResponse"]] == [201, 201]
    assert [a["Name"] for a in sf.query("SELECT Name FROM Account")] == ["A"]


def test_a_tree_is_made_whole_or_not_at_all(sf: Client) -> None:
    def account(last_name: str | None) -> dict[str, Any]:
        child = {"attributes": {"type": "Contact", "referenceId": "c"}, "LastName": last_name}
        return {"attributes": {"type": "Account", "referenceId": "a"}, "Name": "T", "Contacts": {"records": [child]}}

    answer = sf.send("POST", "/composite/tree/Account", {"records": [account("Roe")]})
    assert answer.status == 201 and [r["referenceId"] for r in read(answer)["results"]] == ["a", "c"]
    assert sf.query("SELECT Account.Name FROM Contact")[0]["Account"]["Name"] == "T"
    refused = sf.send("POST", "/composite/tree/Account", {"records": [account(None)]})
    assert refused.status == 400 and read(refused)["hasErrors"] is True
    assert len(sf.query("SELECT Id FROM Account")) == 1
