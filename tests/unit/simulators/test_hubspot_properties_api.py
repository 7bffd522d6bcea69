"""Property definitions and groups over HTTP, owners, and pipelines."""

from typing import Any

import pytest
from hubspot_hub import CONTACTS, Hub

PROPERTIES = "/crm/v3/properties/contacts"
SCORE = {"name": "score", "label": "Score", "type": "number", "fieldType": "number", "groupName": "contactinformation"}
DEALS = "/crm/v3/pipelines/deals"


def test_definitions_tell_what_may_be_written(hub: Hub) -> None:
    listed = {row["name"]: row for row in hub.get(PROPERTIES)["results"]}
    assert listed["email"]["modificationMetadata"]["readOnlyValue"] is False
    assert listed["lastmodifieddate"]["modificationMetadata"]["readOnlyValue"] is True
    assert listed["num_associated_deals"]["calculated"] is True
    assert listed["hubspot_owner_id"]["externalOptions"] is True
    assert listed["hubspot_owner_id"]["referencedObjectType"] == "OWNER"
    assert [option["value"] for option in listed["lifecyclestage"]["options"]][:2] == ["subscriber", "lead"]


@pytest.mark.parametrize(
    "name",
    "salutation industry annualrevenue numemployees leadsource hs_lead_status fax mobilephone website "
    "salesforceleadid salesforcecontactid salesforceaccountid salesforcelastsynctime hs_email_optout pasodoble_key".split(),
)
def test_portal_has_what_the_default_mapping_names(hub: Hub, name: str) -> None:
    assert hub.get(f"{PROPERTIES}/{name}").status == 200


def test_bare_portal_lacks_the_key() -> None:
    assert Hub(bare=True).get(f"{PROPERTIES}/pasodoble_key").status == 404


def test_created_property_takes_values_at_once(hub: Hub) -> None:
    made = hub.post(PROPERTIES, {**SCORE, "description": "How warm", "displayOrder": 3})
    assert made.status == 201
    assert made["modificationMetadata"] == {
        "archivable": True,
        "readOnlyDefinition": False,
        "readOnlyOptions": False,
        "readOnlyValue": False,
    }
    id = hub.contact(email="a@b.test", score="5")
    assert hub.value(id, "score") == "5"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"name": "email"}, 409),
        ({"name": "No Good"}, 400),
        ({"type": "wombat"}, 400),
        ({"fieldType": "radio"}, 400),
        ({"groupName": "nowhere"}, 400),
        ({"label": None}, 400),
        ({"type": "enumeration", "fieldType": "select", "options": [{"label": "A"}]}, 400),
    ],
    ids=str,
)
def test_definitions_are_checked(hub: Hub, change: dict[str, Any], status: int) -> None:
    assert hub.post(PROPERTIES, {**SCORE, **change}).status == status


def test_object_has_ten_unique_properties_at_most(hub: Hub) -> None:
    statuses = [
        hub.post(PROPERTIES, {**SCORE, "name": f"key{number}", "hasUniqueValue": True}).status for number in range(10)
    ]
    assert statuses == [201] * 9 + [400]


def test_options_may_be_changed_and_bind_at_once(hub: Hub) -> None:
    options = [{"label": "Hot", "value": "hot", "displayOrder": 0, "hidden": False}]
    body = {**SCORE, "type": "enumeration", "fieldType": "select", "options": options}
    assert hub.post(PROPERTIES, body).status == 201
    assert hub.post(CONTACTS, {"properties": {"email": "a@b.test", "score": "cold"}}).status == 400
    more = [*options, {"label": "Cold", "value": "cold", "displayOrder": 1, "hidden": False}]
    assert len(hub.patch(f"{PROPERTIES}/score", {"options": more})["options"]) == 2
    assert hub.post(CONTACTS, {"properties": {"email": "a@b.test", "score": "cold"}}).status == 201


def test_archived_property_is_unknown_to_writes_and_listed_apart(hub: Hub) -> None:
    hub.post(PROPERTIES, SCORE)
    assert hub.delete(f"{PROPERTIES}/score").status == 204
    assert hub.get(f"{PROPERTIES}/score").status == 404
    assert [row["name"] for row in hub.get(f"{PROPERTIES}?archived=true")["results"]] == ["score"]
    assert hub.post(CONTACTS, {"properties": {"email": "a@b.test", "score": "1"}}).status == 400
    assert hub.delete(f"{PROPERTIES}/email").status == 400


def test_batches_of_definitions_are_partial(hub: Hub) -> None:
    made = hub.post(f"{PROPERTIES}/batch/create", {"inputs": [SCORE, {**SCORE, "name": "email"}]})
    assert made.status == 207
    assert [row["name"] for row in made["results"]] == ["score"]
    read = hub.post(f"{PROPERTIES}/batch/read", {"inputs": [{"name": "score"}, {"name": "x"}], "archived": False})
    assert read.status == 207
    assert hub.post(f"{PROPERTIES}/batch/archive", {"inputs": [{"name": "score"}]}).status == 204


def test_groups_live_while_they_hold_properties(hub: Hub) -> None:
    groups = f"{PROPERTIES}/groups"
    assert hub.post(groups, {"name": "g1", "label": "G", "displayOrder": 2}).status == 201
    assert hub.post(groups, {"name": "g1", "label": "G"}).status == 409
    hub.post(PROPERTIES, {**SCORE, "groupName": "g1"})
    assert hub.patch(f"{groups}/g1", {"label": "Better"})["label"] == "Better"
    assert hub.delete(f"{groups}/g1").status == 400
    hub.delete(f"{PROPERTIES}/score")
    assert hub.delete(f"{groups}/g1").status == 204
    assert hub.get(f"{groups}/g1").status == 404


def test_owners_are_people_and_queues_and_the_archived_apart(hub: Hub) -> None:
    listed = hub.get("/crm/v3/owners/")["results"]
    assert [owner["email"] for owner in listed if owner["type"] == "PERSON"] == [
        "ana.torres@pasodoble.example",
        "ben.clarke@pasodoble.example",
        "carla.ruiz@pasodoble.example",
        "dev.patel@pasodoble.example",
    ]
    assert [owner["type"] for owner in listed][-1] == "QUEUE"
    (former,) = hub.get("/crm/owners/2026-03?archived=true")["results"]
    assert former["userId"] is None
    assert former["userIdIncludingInactive"] == 81
    assert hub.get(f"/crm/v3/owners/{former['id']}").status == 404
    assert hub.get(f"/crm/v3/owners/{former['id']}?archived=true").status == 200


def test_owners_are_found_by_address_user_and_page(hub: Hub) -> None:
    (found,) = hub.get("/crm/v3/owners?email=Ben.Clarke@pasodoble.example")["results"]
    assert hub.get(f"/crm/v3/owners/{found['userId']}?idProperty=userId")["id"] == found["id"]
    first = hub.get("/crm/v3/owners?limit=2")
    rest = hub.get(f"/crm/v3/owners?after={first['paging']['next']['after']}")
    assert len(first["results"]) + len(rest["results"]) == 5


def test_deal_stages_need_a_probability(hub: Hub) -> None:
    stage = {"label": "Won", "displayOrder": 0, "metadata": {"probability": "1.0"}}
    body = {"label": "Partners", "displayOrder": 1, "stages": [stage]}
    made = hub.post(DEALS, body)
    assert made.status == 201
    assert made["stages"][0]["metadata"]["isClosed"] == "true"
    assert hub.post(DEALS, body).status == 409
    assert hub.post(f"{DEALS}/{made['id']}/stages", {"label": "Odd", "displayOrder": 1, "metadata": {}}).status == 400
    properties = {"dealname": "x", "pipeline": made["id"], "dealstage": made["stages"][0]["id"]}
    assert hub.post("/crm/v3/objects/deals", {"properties": properties}).status == 201
    wrong = {**properties, "dealstage": "closedwon"}
    assert hub.post("/crm/v3/objects/deals", {"properties": wrong}).status == 400


def test_used_stage_is_kept_when_asked_to_look(hub: Hub) -> None:
    hub.post("/crm/v3/objects/deals", {"properties": {"dealname": "x", "dealstage": "contractsent"}})
    path = f"{DEALS}/default/stages/contractsent"
    answer = hub.delete(f"{path}?validateReferencesBeforeDelete=true")
    assert answer.status == 400
    assert answer["subCategory"] == "PipelineError.STAGE_ID_IN_USE"
    assert hub.delete(path).status == 204
    assert hub.get(path).status == 404


def test_last_pipeline_stays(hub: Hub) -> None:
    assert hub.delete(f"{DEALS}/default").status == 400


def test_stages_change_and_leave_a_trail(hub: Hub) -> None:
    path = f"{DEALS}/default/stages/contractsent"
    assert hub.patch(path, {"label": "Contract out", "metadata": {}})["metadata"]["probability"] == "0.9"
    replaced = {"label": "Contract gone", "displayOrder": 4, "metadata": {"probability": "0.95"}}
    assert hub.put(path, replaced)["label"] == "Contract gone"
    trail = hub.get(f"{path}/audit")["results"]
    assert [entry["action"] for entry in trail] == ["UPDATE", "UPDATE"]
    assert hub.patch(f"{DEALS}/default", {"label": "Sales"})["label"] == "Sales"
    assert hub.get(f"{DEALS}/default/audit")["results"][0]["identifier"] == "default"


def test_types_without_pipelines_say_so(hub: Hub) -> None:
    assert hub.get("/crm/v3/pipelines/contacts").status == 400
    assert len(hub.get("/crm/v3/pipelines/tickets")["results"][0]["stages"]) == 4


def test_validation_rules_are_kept_by_type(hub: Hub) -> None:
    path = "/crm/property-validations/2026-03/0-1"
    assert hub.put(f"{path}/firstname/rule-type/REGEX", {"ruleArguments": ["["]}).status == 400
    assert hub.put(f"{path}/firstname/rule-type/WOMBAT", {"ruleArguments": []}).status == 400
    assert hub.put(f"{path}/firstname/rule-type/MIN_LENGTH", {"ruleArguments": ["2"]}).status == 204
    assert hub.get(path)["results"][0]["propertyName"] == "firstname"
    assert len(hub.get(f"{path}/firstname")["results"]) == 1
    assert hub.get(f"{path}/firstname/rule-type/MAX_LENGTH").status == 404
