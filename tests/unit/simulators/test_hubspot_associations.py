"""Associations: default and labelled, primary ones, limits, batches old and new; and custom object schemas."""

from typing import Any

import pytest
from hubspot_hub import START, Hub

from pasodoble.simulators.hubspot import Switches

PAIR = "/crm/v4/associations/contacts/companies"


@pytest.fixture
def linked(hub: Hub) -> Hub:
    """Contact 101 at company 101; 102 stands by on both sides."""
    for number in range(2):
        hub.contact(email=f"n{number}@b.test")
        hub.company(name=f"Company {number}")
    hub.put("/crm/v4/objects/contacts/101/associations/default/companies/101")
    return hub


def types_of(hub: Hub, contact: str = "101") -> dict[str, list[int]]:
    rows = hub.get(f"/crm/v4/objects/contacts/{contact}/associations/companies")["results"]
    return {row["toObjectId"]: [kind["typeId"] for kind in row["associationTypes"]] for row in rows}


def spec(id: int, category: str = "HUBSPOT_DEFINED") -> dict[str, Any]:
    return {"associationCategory": category, "associationTypeId": id}


def test_first_company_becomes_the_primary_one(linked: Hub) -> None:
    assert types_of(linked) == {"101": [1, 279]}
    linked.put("/crm/v4/objects/contacts/101/associations/default/companies/102")
    assert types_of(linked) == {"101": [1, 279], "102": [279]}


def test_switch_leaves_the_first_company_unlabelled() -> None:
    hub = Hub(switches=Switches(first_company_primary=False))
    contact, company = hub.contact(email="a@b.test"), hub.company(name="Acme")
    hub.put(f"/crm/v4/objects/contacts/{contact}/associations/default/companies/{company}")
    assert types_of(hub, contact) == {company: [279]}


def test_primary_is_one_for_a_contact_and_many_for_a_company(linked: Hub) -> None:
    linked.put("/crm/v4/objects/companies/101/associations/default/contacts/102")
    assert types_of(linked) == {"101": [1, 279]}
    assert types_of(linked, "102") == {"101": [1, 279]}


def test_refused_link_takes_no_primary_away(linked: Hub) -> None:
    limits = "/crm/v4/associations/definitions/configurations/contacts/companies/batch/create"
    linked.post(limits, {"inputs": [{"category": "HUBSPOT_DEFINED", "typeId": 279, "maxToObjectIds": 1}]})
    assert linked.put("/crm/v4/objects/contacts/101/associations/companies/102", [spec(1)]).status == 400
    assert types_of(linked) == {"101": [1, 279]}


def test_link_is_seen_from_the_other_side(linked: Hub) -> None:
    (row,) = linked.get("/crm/objects/2026-03/companies/101/associations/contacts")["results"]
    assert [(kind["typeId"], kind["label"]) for kind in row["associationTypes"]] == [(2, "Primary"), (280, None)]


def test_new_primary_takes_the_mark_from_the_old(linked: Hub) -> None:
    answer = linked.put("/crm/v4/objects/contacts/101/associations/companies/102", [spec(1)])
    assert answer.status == 201
    assert answer["labels"] == ["Primary"]
    assert types_of(linked) == {"101": [279], "102": [1, 279]}
    assert linked.value("101", "associatedcompanyid") == "102"


def test_company_id_written_to_a_contact_is_its_primary_company(linked: Hub) -> None:
    linked.patch("/crm/v3/objects/contacts/101", {"properties": {"associatedcompanyid": "102"}})
    assert linked.value("101", "associatedcompanyid") == "102"
    wrong = linked.patch("/crm/v3/objects/contacts/101", {"properties": {"associatedcompanyid": "999"}})
    assert wrong.status == 400


def test_every_type_is_announced_on_its_own(linked: Hub) -> None:
    before = len(linked.portal.changes.journal)
    linked.put("/crm/v4/objects/contacts/101/associations/companies/102", [spec(1)])
    told = [change.detail for change in linked.portal.changes.journal[before:]]
    assert [(one.to_id, one.type_id, one.removed) for one in told] == [
        (101, 1, True),
        (102, 1, False),
        (102, 279, False),
    ]


def test_removing_takes_all_types(linked: Hub) -> None:
    assert linked.delete("/crm/v4/objects/contacts/101/associations/companies/101").status == 204
    assert types_of(linked) == {}
    assert linked.value("101", "associatedcompanyid") is None


def test_unknown_types_and_records_are_refused(linked: Hub) -> None:
    assert linked.put("/crm/v4/objects/contacts/101/associations/companies/101", [spec(3)]).status == 400
    assert linked.put("/crm/v4/objects/contacts/101/associations/default/companies/999").status == 404
    assert linked.get("/crm/v4/objects/contacts/999/associations/companies").status == 404


def test_pages_of_links_go_by_id(linked: Hub) -> None:
    linked.put("/crm/v4/objects/contacts/101/associations/default/companies/102")
    first = linked.get("/crm/v4/objects/contacts/101/associations/companies?limit=1")
    assert first["paging"]["next"]["after"] == "102"
    rest = linked.get("/crm/v4/objects/contacts/101/associations/companies?limit=1&after=102")
    assert [row["toObjectId"] for row in rest["results"]] == ["102"]
    assert "paging" not in rest.body


def test_batch_read_reports_who_has_no_links(linked: Hub) -> None:
    answer = linked.post(f"{PAIR}/batch/read", {"inputs": [{"id": "101"}, {"id": "102"}]})
    assert answer.status == 207
    assert answer["results"][0]["from"] == {"id": "101"}
    assert answer["errors"][0]["message"] == "No company is associated with contact 102."
    assert answer["errors"][0]["subCategory"] == "crm.associations.NO_ASSOCIATIONS_FOUND"


def test_batch_create_is_partial(linked: Hub) -> None:
    inputs = [
        {"from": {"id": "102"}, "to": {"id": "101"}, "types": [spec(279)]},
        {"from": {"id": "102"}, "to": {"id": "999"}, "types": [spec(279)]},
    ]
    answer = linked.post(f"{PAIR}/batch/create", {"inputs": inputs})
    assert answer.status == 207
    assert answer["numErrors"] == 1
    assert linked.post(f"{PAIR}/batch/create", {"inputs": inputs[:1]}).status == 201
    assert linked.post(f"{PAIR}/batch/create", {"inputs": inputs[:1] * 2001}).status == 400


def test_batch_default_and_archive(linked: Hub) -> None:
    pair = {"from": {"id": "102"}, "to": {"id": "101"}}
    made = linked.post(f"{PAIR}/batch/associate/default", {"inputs": [pair]})
    assert made.status == 200
    assert made["results"][0] == {**pair, "associationSpec": spec(279)}
    body = {"inputs": [{"from": {"id": "102"}, "to": [{"id": "101"}]}]}
    assert linked.post(f"{PAIR}/batch/archive", body).status == 204
    assert types_of(linked, "102") == {}
    assert linked.post("/crm/associations/2026-03/0-1/0-2/batch/archive", body).status == 200


def test_labels_are_made_used_renamed_and_removed(linked: Hub) -> None:
    made = linked.post(f"{PAIR}/labels", {"label": "Boss", "name": "boss", "inverseLabel": "Led by"})
    forth, back = made["results"]
    assert forth["category"] == back["category"] == "USER_DEFINED"
    path = "/crm/v4/objects/contacts/101/associations/companies/101"
    assert linked.put(path, [spec(forth["typeId"], "USER_DEFINED")])["labels"] == ["Boss"]
    assert types_of(linked) == {"101": [279, forth["typeId"]]}
    body = {"associationTypeId": forth["typeId"], "label": "Chief", "inverseLabel": "Under"}
    assert linked.put(f"{PAIR}/labels", body).status == 204
    labels = {row["typeId"]: row["label"] for row in linked.get(f"{PAIR}/labels")["results"]}
    assert labels[forth["typeId"]] == "Chief"
    inputs = [{"from": {"id": "101"}, "to": {"id": "101"}, "types": [spec(forth["typeId"])]}]
    assert linked.post(f"{PAIR}/batch/labels/archive", {"inputs": inputs}).status == 204
    assert types_of(linked) == {"101": [279]}
    assert linked.delete(f"{PAIR}/labels/{forth['typeId']}").status == 204
    assert linked.delete(f"{PAIR}/labels/279").status == 400


def test_removing_the_unlabelled_type_removes_all(linked: Hub) -> None:
    inputs = [{"from": {"id": "101"}, "to": {"id": "101"}, "types": [spec(279)]}]
    linked.post(f"{PAIR}/batch/labels/archive", {"inputs": inputs})
    assert types_of(linked) == {}


def test_limits_bind_and_may_be_lifted(linked: Hub) -> None:
    limits = "/crm/v4/associations/definitions/configurations/contacts/companies"
    limit = {"category": "HUBSPOT_DEFINED", "typeId": 279, "maxToObjectIds": 1}
    assert linked.post(f"{limits}/batch/create", {"inputs": [limit]}).status == 201
    assert linked.put("/crm/v4/objects/contacts/101/associations/default/companies/102").status == 400
    assert linked.get(limits)["results"][0]["userEnforcedMaxToObjectIds"] == 1
    assert len(linked.get("/crm/v4/associations/definitions/configurations/all")["results"]) == 1
    raised = {**limit, "maxToObjectIds": 2}
    assert linked.post(f"{limits}/batch/update", {"inputs": [raised]}).status == 200
    assert linked.put("/crm/v4/objects/contacts/101/associations/default/companies/102").status == 200
    purge = {"inputs": [{"category": "HUBSPOT_DEFINED", "typeId": 279}]}
    assert linked.post(f"{limits}/batch/purge", purge).status == 204
    assert linked.get(limits)["results"] == []


def test_old_paths_name_types_in_words(linked: Hub) -> None:
    old = "/crm/v3/associations/contacts/companies"
    names = {row["name"] for row in linked.get(f"{old}/types")["results"]}
    assert {"contact_to_company", "contact_to_company_unlabeled"} <= names
    pair = {"from": {"id": "102"}, "to": {"id": "102"}, "type": "contact_to_company"}
    assert linked.post(f"{old}/batch/create", {"inputs": [pair]}).status == 201
    read = linked.post(f"{old}/batch/read", {"inputs": [{"id": "102"}]})
    assert [row["type"] for row in read["results"][0]["to"]] == ["contact_to_company", "contact_to_company_unlabeled"]
    assert linked.post(f"{old}/batch/archive", {"inputs": [pair]}).status == 204
    assert types_of(linked, "102") == {}


def test_report_of_heavy_use_is_queued_for_a_user(linked: Hub) -> None:
    assert linked.post("/crm/v4/associations/usage/high-usage-report/77")["enqueueTime"] == START
    assert linked.post("/crm/associations/2026-03/usage/high-usage-report/77")["userEmail"].startswith("ana.")
    assert linked.post("/crm/v4/associations/usage/high-usage-report/1").status == 404


ACTIVITIES = [("notes", 202), ("tasks", 204), ("calls", 194), ("meetings", 200), ("emails", 198)]


@pytest.mark.parametrize(("objects", "type_id"), ACTIVITIES)
def test_activity_leaves_its_marks_on_the_contact(hub: Hub, objects: str, type_id: int) -> None:
    contact = hub.contact(email="a@b.test")
    properties = {"hs_timestamp": START}
    if objects == "emails":
        properties["hs_email_direction"] = "EMAIL"
    body = {"properties": properties, "associations": [{"to": {"id": contact}, "types": [spec(type_id)]}]}
    hub.clock.advance(5)
    assert hub.post(f"/crm/v3/objects/{objects}", body).status == 201
    assert hub.value(contact, "notes_last_updated") == START
    assert hub.value(contact, "num_notes") == "1"
    contacted = START if objects in ("calls", "meetings", "emails") else None
    assert hub.value(contact, "notes_last_contacted") == contacted
    booked = "2026-05-04T10:00:05.000Z" if objects == "meetings" else None
    assert hub.value(contact, "engagements_last_meeting_booked") == booked
    assert hub.get(f"/crm/v3/objects/contacts/{contact}")["updatedAt"] == "2026-05-04T10:00:05.000Z"


CAR = {
    "name": "car",
    "labels": {"singular": "Car", "plural": "Cars"},
    "primaryDisplayProperty": "vin",
    "requiredProperties": ["vin"],
    "searchableProperties": ["vin"],
    "properties": [{"name": "vin", "label": "VIN", "type": "string", "fieldType": "text", "hasUniqueValue": True}],
    "associatedObjects": ["CONTACT"],
}
SCHEMAS = "/crm-object-schemas/v3/schemas"


def test_custom_objects_are_objects_like_others(hub: Hub) -> None:
    made = hub.post(SCHEMAS, CAR)
    assert made.status == 201
    assert made["objectTypeId"] == "2-10001"
    assert made["fullyQualifiedName"] == "p4242_car"
    for word in ("2-10001", "car", "p4242_car", "p_car"):
        assert hub.get(f"/crm/v3/objects/{word}").status == 200
    assert hub.post("/crm/v3/objects/2-10001", {"properties": {}}).status == 400
    car = hub.post("/crm/v3/objects/2-10001", {"properties": {"vin": "X1"}})["id"]
    assert hub.post("/crm/v3/objects/car", {"properties": {"vin": "x1"}}).status == 409
    assert hub.found({"propertyName": "vin", "operator": "EQ", "value": "x1"}, objects="2-10001") == [car]
    contact = hub.contact(email="a@b.test")
    assert hub.put(f"/crm/v4/objects/car/{car}/associations/default/contacts/{contact}").status == 200
    shown = hub.get(f"/crm/v3/objects/contacts/{contact}?associations=2-10001")
    assert shown["associations"]["p4242_car"]["results"] == [{"id": car, "type": "contact_to_car"}]


def test_schema_is_changed_listed_and_deleted(hub: Hub) -> None:
    hub.post(SCHEMAS, CAR)
    assert hub.post(SCHEMAS, CAR).status == 409
    changed = hub.patch(f"{SCHEMAS}/car", {"labels": {"plural": "Autos"}, "description": "On wheels"})
    assert changed["labels"] == {"singular": "Car", "plural": "Autos"}
    dated = hub.get("/crm-object-schemas/2026-03/schemas/2-10001")
    assert dated["description"] == "On wheels"
    body = {"inputs": ["car"], "includeAssociationDefinitions": True}
    assert len(hub.post("/crm-object-schemas/2026-03/schemas/batch/read", body)["results"]) == 1
    hub.post("/crm/v3/objects/car", {"properties": {"vin": "X1"}})
    assert hub.delete(f"{SCHEMAS}/car").status == 400
    hub.delete("/crm/v3/objects/car/101")
    assert hub.delete(f"{SCHEMAS}/car").status == 204
    assert hub.get("/crm/v3/objects/car").status == 400
    assert len(hub.get(f"{SCHEMAS}?archived=true")["results"]) == 1


def test_refused_schema_leaves_nothing_behind(hub: Hub) -> None:
    assert hub.post(SCHEMAS, {**CAR, "requiredProperties": ["wheels"]}).status == 400
    assert hub.get("/crm/v3/objects/car").status == 400
    assert hub.post(SCHEMAS, CAR).status == 201


def test_schemas_get_and_lose_associations(hub: Hub) -> None:
    hub.post(SCHEMAS, CAR)
    body = {"fromObjectTypeId": "2-10001", "toObjectTypeId": "0-3", "name": "car_of_deal"}
    made = hub.post(f"{SCHEMAS}/car/associations", body)
    assert made.status == 201
    assert made["id"] in [row["id"] for row in hub.get(f"{SCHEMAS}/car")["associations"]]
    assert hub.delete(f"{SCHEMAS}/car/associations/{made['id']}").status == 204
    assert hub.delete(f"{SCHEMAS}/car/associations/{made['id']}").status == 404
