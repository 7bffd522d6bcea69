"""Search: every operator, groups, sorting, paging and its limits, text queries, and the lagging index."""

from typing import Any

import pytest
from hubspot_hub import START_MS, Hub, wanted

from pasodoble.simulators.hubspot import Switches


@pytest.fixture
def people(hub: Hub) -> Hub:
    hub.contact(
        email="ana@acme.test", firstname="Ana", annualrevenue="100", lifecyclestage="lead", phone="+34600111222"
    )
    hub.clock.advance(60)
    hub.contact(email="ben@acme.test", firstname="Ben", annualrevenue="250", lifecyclestage="customer")
    hub.clock.advance(60)
    hub.contact(email="carla@other.test", firstname="Carla de la Cruz", lifecyclestage="lead")
    return hub


OPERATORS = [
    (wanted("firstname", "EQ", "ANA"), "101"),
    (wanted("firstname", "NEQ", "ana"), "102 103"),
    (wanted("annualrevenue", "EQ", "100.0"), "101"),
    (wanted("annualrevenue", "LT", "250"), "101"),
    (wanted("annualrevenue", "LTE", "250"), "101 102"),
    (wanted("annualrevenue", "GT", "100"), "102"),
    (wanted("annualrevenue", "GTE", 100), "101 102"),
    (wanted("annualrevenue", "BETWEEN", "90", highValue="110"), "101"),
    (wanted("lifecyclestage", "EQ", "lead"), "101 103"),
    (wanted("lifecyclestage", "EQ", "LEAD"), ""),
    (wanted("lifecyclestage", "IN", values=["lead", "customer"]), "101 102 103"),
    (wanted("lifecyclestage", "NOT_IN", values=["lead"]), "102"),
    (wanted("firstname", "IN", values=["ana"]), "101"),
    (wanted("firstname", "IN", values=["Ana"]), ""),
    (wanted("annualrevenue", "HAS_PROPERTY"), "101 102"),
    (wanted("annualrevenue", "NOT_HAS_PROPERTY"), "103"),
    (wanted("email", "CONTAINS_TOKEN", "acme"), "101 102"),
    (wanted("email", "CONTAINS_TOKEN", "*@acme.test"), "101 102"),
    (wanted("firstname", "CONTAINS_TOKEN", "cru*"), "103"),
    (wanted("email", "NOT_CONTAINS_TOKEN", "acme"), "103"),
    (wanted("hs_object_id", "GT", "101"), "102 103"),
    (wanted("hs_object_id", "IN", values=["103", "101"]), "101 103"),
    (wanted("createdate", "GTE", str(START_MS + 60_000)), "102 103"),
    (wanted("createdate", "LT", "2026-05-04T10:01:00Z"), "101"),
    (wanted("lastmodifieddate", "BETWEEN", str(START_MS), highValue=str(START_MS + 60_000)), "101 102"),
    (wanted("hs_email_domain", "EQ", "acme.test"), "101 102"),
]


@pytest.mark.parametrize(("condition", "ids"), OPERATORS, ids=lambda part: str(part)[:60])
def test_operator_finds_what_it_says(people: Hub, condition: dict[str, Any], ids: str) -> None:
    assert people.found(condition) == ids.split()


@pytest.mark.parametrize(("condition", "ids"), OPERATORS, ids=lambda part: str(part)[:60])
def test_index_and_walk_agree(people: Hub, condition: dict[str, Any], ids: str) -> None:
    """A second alternative that no index narrows makes the search look at every record."""
    nothing = [wanted("firstname", "NOT_HAS_PROPERTY"), wanted("firstname", "HAS_PROPERTY")]
    groups = {"filterGroups": [{"filters": [condition]}, {"filters": nothing}]}
    answer = people.post("/crm/v3/objects/contacts/search", groups)
    assert [row["id"] for row in answer["results"]] == ids.split()


def test_groups_are_alternatives_of_filters_that_all_hold(people: Hub) -> None:
    groups = [
        {"filters": [wanted("firstname", "EQ", "ana"), wanted("lifecyclestage", "EQ", "customer")]},
        {"filters": [wanted("firstname", "EQ", "ben")]},
    ]
    assert people.found(filterGroups=groups) == ["102"]
    assert people.found(filters=[wanted("firstname", "EQ", "ben")]) == ["102"]


@pytest.mark.parametrize(
    ("sort", "ids"),
    [
        ("firstname", "101 102 103"),
        ("-firstname", "103 102 101"),
        ({"propertyName": "annualrevenue", "direction": "DESCENDING"}, "102 101 103"),
        ({"propertyName": "annualrevenue", "direction": "ASCENDING"}, "101 102 103"),
        ("-lastmodifieddate", "103 102 101"),
        ("-hs_object_id", "103 102 101"),
    ],
)
def test_sort_is_a_string_or_an_object(people: Hub, sort: Any, ids: str) -> None:
    assert people.found(sorts=[sort]) == ids.split()


def test_pages_are_cut_by_offset(people: Hub) -> None:
    first = people.search(limit=2)
    assert first["total"] == 3
    assert first["paging"] == {"next": {"after": "2"}}
    last = people.search(limit=2, after=first["paging"]["next"]["after"])
    assert [row["id"] for row in last["results"]] == ["103"]
    assert "paging" not in last.body


def test_next_page_sees_what_changed_in_between(people: Hub) -> None:
    people.search(limit=2)
    people.contact(email="dev@acme.test")
    assert people.search(limit=2, after="2")["total"] == 4


@pytest.mark.parametrize(
    "body",
    [
        {"limit": 201},
        {"after": "9900", "limit": 101},
        {"after": "x"},
        {"sorts": ["email", "firstname"]},
        {"sorts": ["nonsense"]},
        {"filterGroups": [{"filters": [wanted("email", "EQ", "a")]}] * 6},
        {"filterGroups": [{"filters": [wanted("email", "EQ", "a")] * 7}]},
        {"filterGroups": [{"filters": [wanted("email", "EQ", "a")] * 5}] * 4},
        {"filterGroups": [{"filters": [wanted("nonsense", "EQ", "a")]}]},
        {"filterGroups": [{"filters": [wanted("email", "LIKE", "a")]}]},
        {"filterGroups": [{"filters": [wanted("email", "IN")]}]},
        {"filterGroups": [{"filters": [wanted("email", "EQ")]}]},
        {"filterGroups": [{"filters": [wanted("email", "BETWEEN", "a")]}]},
        {"query": "x" * 3001},
    ],
    ids=str,
)
def test_what_goes_beyond_the_limits_is_refused(people: Hub, body: dict[str, Any]) -> None:
    assert people.search(**body).status == 400


def test_ten_thousand_results_may_be_paged_through(people: Hub) -> None:
    assert people.search(after="9800", limit=200).status == 200


def test_query_looks_into_names_addresses_and_numbers(people: Hub) -> None:
    assert people.found(query="acme") == ["101", "102"]
    assert people.found(query="carl cru") == ["103"]
    assert people.found(query="600111222") == ["101"]
    assert people.found(query="nobody") == []


def test_records_are_found_by_whom_they_are_linked_to(people: Hub) -> None:
    company = people.company(name="Acme")
    people.put(f"/crm/v4/objects/contacts/102/associations/default/companies/{company}")
    assert people.found(wanted("associations.company", "EQ", company)) == ["102"]
    assert people.found(wanted("associations.companies", "NOT_HAS_PROPERTY")) == ["101", "103"]
    assert people.search(wanted("associations.wombat", "EQ", "1")).status == 400


def test_archived_records_are_not_found(people: Hub) -> None:
    people.delete("/crm/v3/objects/contacts/101")
    assert people.found(wanted("lifecyclestage", "EQ", "lead")) == ["103"]
    people.act("restore", contact="101")
    assert people.found(wanted("lifecyclestage", "EQ", "lead")) == ["101", "103"]


def test_changed_values_are_found_by_their_new_ones(people: Hub) -> None:
    assert people.found(wanted("firstname", "EQ", "ana")) == ["101"]
    people.patch("/crm/v3/objects/contacts/101", {"properties": {"firstname": "Eva", "email": "eva@acme.test"}})
    assert people.found(wanted("firstname", "EQ", "ana")) == []
    assert people.found(wanted("firstname", "EQ", "eva")) == ["101"]
    assert people.found(wanted("email", "EQ", "eva@acme.test")) == ["101"]


def test_lagging_index_shows_records_as_they_were() -> None:
    hub = Hub(switches=Switches(search_lag_s=10))
    id = hub.contact(email="a@b.test", firstname="Ana")
    assert hub.found(wanted("firstname", "EQ", "ana")) == []
    hub.clock.advance(10)
    assert hub.found(wanted("firstname", "EQ", "ana")) == [id]
    hub.patch(f"/crm/v3/objects/contacts/{id}", {"properties": {"firstname": "Eva"}})
    old = hub.search(wanted("firstname", "EQ", "ana"), properties=["firstname"])
    assert old["results"][0]["properties"]["firstname"] == "Ana"
    assert hub.found(wanted("firstname", "EQ", "eva")) == []
    hub.clock.advance(10)
    assert hub.found(wanted("firstname", "EQ", "eva")) == [id]
    assert hub.found(wanted("firstname", "EQ", "ana")) == []


def test_lagging_index_holds_the_old_time_of_change_too() -> None:
    hub = Hub(switches=Switches(search_lag_s=10))
    first, second = hub.contact(email="a@b.test", firstname="Ana"), hub.contact(email="b@b.test")
    hub.clock.advance(60)
    hub.patch(f"/crm/v3/objects/contacts/{first}", {"properties": {"firstname": "Eva"}})
    after = wanted("lastmodifieddate", "GT", str(START_MS))
    assert hub.found(after) == []
    row = hub.search(wanted("lastmodifieddate", "EQ", str(START_MS)), properties=["lastmodifieddate"])["results"][0]
    assert row["updatedAt"] == row["properties"]["lastmodifieddate"] == "2026-05-04T10:00:00.000Z"
    assert hub.found(sorts=["-lastmodifieddate"]) == [first, second]
    hub.clock.advance(10)
    assert hub.found(after) == [first]


def test_disorderly_index_lets_some_changes_overtake_others() -> None:
    hub = Hub(switches=Switches(search_lag_s=60, search_disorder=True))
    for number in range(40):
        hub.contact(email=f"n{number}@b.test")
        hub.clock.advance(1)
    seen = [int(id) for id in hub.found(limit=200)]
    assert 0 < len(seen) < 40
    assert any(id not in seen for id in range(min(seen), max(seen)))
    hub.clock.advance(61)
    assert len(hub.found(limit=200)) == 40
