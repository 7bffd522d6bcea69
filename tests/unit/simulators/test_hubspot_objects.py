"""Single records: created, read, listed, changed, archived, and what a portal refuses."""

import pytest
from hubspot_hub import CONTACTS, DATED_CONTACTS, START, Hub

from pasodoble.simulators.hubspot import Switches


def refusal_codes(body: dict) -> list[str]:
    return [error["code"] for error in body["errors"]]


def test_created_contact_answers_what_it_holds(hub: Hub) -> None:
    answer = hub.post(
        CONTACTS, {"properties": {"email": " Ana@Acme.TEST ", "firstname": "Ana", "lifecyclestage": "lead"}}
    )
    assert answer.status == 201
    assert answer.body == {
        "id": "101",
        "properties": {
            "email": "ana@acme.test",
            "firstname": "Ana",
            "lifecyclestage": "lead",
            "createdate": START,
            "hs_object_id": "101",
            "lastmodifieddate": START,
        },
        "createdAt": START,
        "updatedAt": START,
        "archived": False,
    }


def test_dated_paths_add_the_address_of_a_record(hub: Hub) -> None:
    id = hub.contact(email="a@b.test")
    assert hub.get(f"{DATED_CONTACTS}/{id}")["url"].endswith(f"/4242/record/0-1/{id}")
    assert "url" not in hub.get(f"{CONTACTS}/{id}").body


def test_empty_property_is_null_on_numbered_and_left_out_on_dated_paths(hub: Hub) -> None:
    id = hub.contact(email="a@b.test")
    assert hub.get(f"{CONTACTS}/{id}?properties=phone,nonsense")["properties"]["phone"] is None
    assert "nonsense" not in hub.get(f"{CONTACTS}/{id}?properties=phone,nonsense")["properties"]
    assert "phone" not in hub.get(f"{DATED_CONTACTS}/{id}?properties=phone")["properties"]


@pytest.mark.parametrize(("setting", "shown"), [("null", True), ("omit", False)])
def test_switch_decides_about_empty_properties(setting: str, shown: bool) -> None:
    hub = Hub(switches=Switches(empty_values=setting))
    id = hub.contact(email="a@b.test")
    assert ("phone" in hub.get(f"{CONTACTS}/{id}?properties=phone")["properties"]) is shown


def test_default_properties_are_shown_when_none_are_asked_for(hub: Hub) -> None:
    id = hub.contact(email="a@b.test", phone="1")
    shown = hub.get(f"{CONTACTS}/{id}")["properties"]
    assert sorted(shown) == ["createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"]


def test_type_is_named_by_plural_singular_or_id(hub: Hub) -> None:
    id = hub.contact(email="a@b.test")
    for word in ("contacts", "contact", "0-1", "CONTACT"):
        assert hub.get(f"/crm/v3/objects/{word}/{id}")["id"] == id
    assert hub.get("/crm/v3/objects/wombats").status == 400


def test_pages_go_by_id_and_lead_to_the_next(hub: Hub) -> None:
    ids = [hub.contact(email=f"p{number}@b.test") for number in range(5)]
    first = hub.get(f"{CONTACTS}?limit=2&properties=email")
    assert [row["id"] for row in first["results"]] == ids[:2]
    assert first["paging"]["next"] == {
        "after": ids[2],
        "link": f"http://hub.test{CONTACTS}?limit=2&properties=email&after={ids[2]}",
    }
    last = hub.get(f"{CONTACTS}?limit=2&after={ids[4]}")
    assert [row["id"] for row in last["results"]] == ids[4:]
    assert "paging" not in last.body


def test_page_sizes_are_limited(hub: Hub) -> None:
    assert hub.get(f"{CONTACTS}?limit=100").status == 200
    assert hub.get(f"{CONTACTS}?limit=101").status == 400
    assert hub.get(f"{CONTACTS}?limit=50&propertiesWithHistory=email").status == 200
    assert hub.get(f"{CONTACTS}?limit=51&propertiesWithHistory=email").status == 400
    assert hub.get(f"{CONTACTS}?after=abc").status == 400


def test_arrays_and_booleans_are_read_in_every_spelling(hub: Hub) -> None:
    id = hub.contact(email="a@b.test", phone="1", city="Madrid")
    joined = hub.get(f"{CONTACTS}/{id}?properties=phone,city&archived=False")
    repeated = hub.get(f"{CONTACTS}/{id}?properties=phone&properties=city&archived=false")
    assert joined.body == repeated.body
    assert hub.get(f"{CONTACTS}?archived=perhaps").status == 400


def test_record_is_found_by_a_unique_property(hub: Hub) -> None:
    id = hub.contact(email="a@b.test", pasodoble_key="Key-1")
    assert hub.get(f"{CONTACTS}/A@B.test?idProperty=email")["id"] == id
    assert hub.get(f"{CONTACTS}/key-1?idProperty=pasodoble_key")["id"] == id
    assert hub.get(f"{CONTACTS}/x?idProperty=firstname").status == 400


def test_unknown_ids_are_404(hub: Hub) -> None:
    assert hub.get(f"{CONTACTS}/999").status == 404
    answer = hub.patch(f"{CONTACTS}/999", {"properties": {}})
    assert answer.status == 404
    assert answer["message"] == "Object not found.  objectId are usually numeric."
    assert answer["context"] == {"id": ["999"]}


def test_unknown_and_read_only_properties_are_refused_together(hub: Hub) -> None:
    answer = hub.post(CONTACTS, {"properties": {"x1": "1", "hs_object_id": "5", "email": "a@b.test"}})
    assert answer.status == 400
    assert refusal_codes(answer.body) == ["PROPERTY_DOESNT_EXIST", "READ_ONLY_VALUE"]
    assert answer["message"].startswith(
        'Property values were not valid: [{"isValid":false,"message":"Property \\"x1\\"'
    )
    assert answer["errors"][0]["context"] == {"propertyName": ["x1"]}
    assert hub.get(CONTACTS)["results"] == []


def test_emails_ignore_what_cannot_be_written(hub: Hub) -> None:
    properties = {"hs_timestamp": START, "hs_email_direction": "EMAIL", "hs_email_open_count": "4", "nonsense": "1"}
    answer = hub.post("/crm/v3/objects/emails", {"properties": properties})
    assert answer.status == 201
    assert "hs_email_open_count" not in answer["properties"]


def test_email_address_is_unique_with_its_secondary_ones(hub: Hub) -> None:
    id = hub.contact(email="a@b.test", hs_additional_emails="old@b.test;older@b.test")
    for address in ("A@b.test", "old@b.test"):
        answer = hub.post(CONTACTS, {"properties": {"email": address}})
        assert answer.status == 409
        assert answer["message"] == f"Contact already exists. Existing ID: {id}"
        assert answer["category"] == "CONFLICT"
    assert hub.get(f"{CONTACTS}/older@b.test?idProperty=email")["id"] == id


def test_secondary_address_changes_places_with_the_primary(hub: Hub) -> None:
    id = hub.contact(email="a@b.test", hs_additional_emails="old@b.test")
    assert hub.patch(f"{CONTACTS}/{id}", {"properties": {"email": "old@b.test"}}).status == 200
    assert hub.value(id, "email") == "old@b.test"
    assert hub.value(id, "hs_additional_emails") == "a@b.test"


def test_replaced_address_is_free_again(hub: Hub) -> None:
    id = hub.contact(email="a@b.test")
    hub.patch(f"{CONTACTS}/{id}", {"properties": {"email": "new@b.test"}})
    assert hub.contact(email="a@b.test") != id


def test_unique_property_conflicts(hub: Hub) -> None:
    hub.contact(email="a@b.test", pasodoble_key="k")
    answer = hub.post(CONTACTS, {"properties": {"email": "c@b.test", "pasodoble_key": "K"}})
    assert answer.status == 409
    assert refusal_codes(answer.body) == ["CONFLICTING_UNIQUE_VALUE"]


@pytest.mark.parametrize(
    ("objects", "properties", "absent"),
    [
        ("contacts", {"phone": "1"}, "email"),
        ("companies", {"phone": "1"}, "name"),
        ("deals", {"dealname": "x"}, "dealstage"),
        ("tickets", {"hs_pipeline_stage": "1"}, "subject"),
        ("notes", {"hs_note_body": "x"}, "hs_timestamp"),
        ("emails", {"hs_timestamp": START}, "hs_email_direction"),
    ],
)
def test_required_properties_are_demanded(hub: Hub, objects: str, properties: dict, absent: str) -> None:
    answer = hub.post(f"/crm/v3/objects/{objects}", {"properties": properties})
    assert answer.status == 400
    assert answer["context"] == {"properties": [absent]}


def test_deal_lands_in_the_default_pipeline_and_in_one_of_its_stages(hub: Hub) -> None:
    made = hub.post(
        "/crm/v3/objects/deals", {"properties": {"dealname": "x", "dealstage": "closedwon", "amount": "10"}}
    )
    assert made["properties"]["pipeline"] == "default"
    assert hub.value(made["id"], "hs_is_closed_won", "deals") == "true"
    assert hub.value(made["id"], "hs_projected_amount", "deals") == "10"
    answer = hub.patch(f"/crm/v3/objects/deals/{made['id']}", {"properties": {"dealstage": "nowhere"}})
    assert refusal_codes(answer.body) == ["INVALID_OPTION"]


def test_lead_needs_a_contact_and_goes_with_its_last_one(hub: Hub) -> None:
    contact = hub.contact(email="a@b.test")
    properties = {"properties": {"hs_lead_name": "Ana"}}
    assert hub.post("/crm/v3/objects/leads", properties).status == 400
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 578}]
    made = hub.post("/crm/v3/objects/leads", {**properties, "associations": [{"to": {"id": contact}, "types": types}]})
    assert made.status == 201
    assert hub.delete(f"/crm/v4/objects/leads/{made['id']}/associations/contacts/{contact}").status == 204
    assert hub.get(f"/crm/v3/objects/leads/{made['id']}").status == 404


def test_empty_string_clears_and_same_value_changes_nothing(hub: Hub) -> None:
    id = hub.contact(email="a@b.test", phone="1")
    hub.clock.advance(5)
    assert hub.patch(f"{CONTACTS}/{id}", {"properties": {"phone": "1"}})["updatedAt"] == START
    assert hub.patch(f"{CONTACTS}/{id}", {"properties": {"phone": ""}})["updatedAt"] == "2026-05-04T10:00:05.000Z"
    assert hub.value(id, "phone") is None


def test_lifecycle_moves_only_forward_until_it_is_cleared(hub: Hub) -> None:
    id = hub.contact(email="a@b.test", lifecyclestage="customer")
    assert hub.patch(f"{CONTACTS}/{id}", {"properties": {"lifecyclestage": "lead"}}).status == 200
    assert hub.value(id, "lifecyclestage") == "customer"
    hub.patch(f"{CONTACTS}/{id}", {"properties": {"lifecyclestage": ""}})
    hub.patch(f"{CONTACTS}/{id}", {"properties": {"lifecyclestage": "lead"}})
    assert hub.value(id, "lifecyclestage") == "lead"
    assert hub.value(id, "hs_lifecyclestage_lead_date") == START


def test_switch_refuses_a_backward_lifecycle() -> None:
    hub = Hub(switches=Switches(lifecycle_backward="refuse"))
    id = hub.contact(email="a@b.test", lifecyclestage="customer")
    assert hub.patch(f"{CONTACTS}/{id}", {"properties": {"lifecyclestage": "lead"}}).status == 400


def test_person_may_move_a_lifecycle_backward(hub: Hub) -> None:
    id = hub.contact(email="a@b.test", lifecyclestage="customer")
    hub.act("edit", contact=id, properties={"lifecyclestage": "lead"})
    assert hub.value(id, "lifecyclestage") == "lead"


def test_owner_has_to_be_an_active_one(hub: Hub) -> None:
    id = hub.contact(email="a@b.test", hubspot_owner_id="7001")
    assert hub.value(id, "hubspot_owner_assigneddate") == START
    for wrong in ("77", "7006", "abc"):
        answer = hub.patch(f"{CONTACTS}/{id}", {"properties": {"hubspot_owner_id": wrong}})
        assert refusal_codes(answer.body) == ["INVALID_OWNER_ID"]


def test_archived_record_is_apart_and_its_address_free(hub: Hub) -> None:
    id = hub.contact(email="a@b.test")
    assert hub.delete(f"{CONTACTS}/{id}").status == 204
    assert hub.get(f"{CONTACTS}/{id}").status == 404
    archived = hub.get(f"{CONTACTS}/{id}?archived=true")
    assert archived["archived"] is True
    assert archived["archivedAt"] == START
    assert [row["id"] for row in hub.get(f"{CONTACTS}?archived=true")["results"]] == [id]
    assert hub.get(CONTACTS)["results"] == []
    assert hub.delete(f"{CONTACTS}/{id}").status == 204
    assert hub.delete(f"{CONTACTS}/999").status == 404
    assert hub.contact(email="a@b.test") != id


def test_associations_come_with_creation_and_reading(hub: Hub) -> None:
    company = hub.company(name="Acme")
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}]
    body = {"properties": {"email": "a@b.test"}, "associations": [{"to": {"id": company}, "types": types}]}
    id = hub.post(CONTACTS, body)["id"]
    shown = hub.get(f"{CONTACTS}/{id}?associations=companies,deals&properties=associatedcompanyid")
    assert shown["associations"] == {
        "companies": {
            "results": [
                {"id": company, "type": "contact_to_company"},
                {"id": company, "type": "contact_to_company_unlabeled"},
            ]
        }
    }
    assert shown["properties"]["associatedcompanyid"] == company
    assert hub.value(company, "num_associated_contacts", "companies") == "1"


def test_association_with_nobody_makes_no_record(hub: Hub) -> None:
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}]
    body = {"properties": {"email": "a@b.test"}, "associations": [{"to": {"id": "999"}, "types": types}]}
    assert hub.post(CONTACTS, body).status == 404
    assert hub.get(CONTACTS)["results"] == []


def test_locks_meet_some_writes_when_the_switch_says_so() -> None:
    hub = Hub(switches=Switches(lock_probability=1.0))
    id = hub.contact(email="a@b.test")
    assert hub.patch(f"{CONTACTS}/{id}", {"properties": {"phone": "1"}}).status == 423


def test_company_of_the_email_domain_is_found_or_made() -> None:
    hub = Hub(switches=Switches(company_auto_association=True))
    first, second = hub.contact(email="a@acme.test"), hub.contact(email="b@acme.test")
    hub.contact(email="c@gmail.com")
    assert hub.value(first, "associatedcompanyid") == hub.value(second, "associatedcompanyid") == "101"
    assert hub.value("101", "domain", "companies") == "acme.test"
    assert len(hub.get("/crm/v3/objects/companies")["results"]) == 1


def test_admin_rules_bind_only_newer_dated_paths(hub: Hub) -> None:
    rule = "/crm/property-validations/2026-03/0-1/firstname/rule-type/MAX_LENGTH"
    assert hub.put(rule, {"ruleArguments": ["3"]}).status == 204
    assert hub.get(rule)["ruleArguments"] == ["3"]
    body = {"properties": {"email": "a@b.test", "firstname": "Alexandra"}}
    assert hub.post("/crm/objects/2026-09/contacts", body).status == 400
    assert hub.post(CONTACTS, body).status == 201


def test_overlong_address_is_414(hub: Hub) -> None:
    id = hub.contact(email="a@b.test")
    assert hub.get(f"{CONTACTS}/{id}?properties={'x' * 15_000}").status == 200
    assert hub.get(f"{CONTACTS}/{id}?properties={'x' * 16_000}").status == 414


def test_deal_is_split_among_owners(hub: Hub) -> None:
    deal = hub.post("/crm/v3/objects/deals", {"properties": {"dealname": "x", "dealstage": "closedwon"}})["id"]
    splits = "/crm/v3/objects/deals/splits/batch"

    def share(*shares: float) -> list[dict]:
        return [{"ownerId": 7001 + at, "percentage": share} for at, share in enumerate(shares)]

    made = hub.post(f"{splits}/upsert", {"inputs": [{"id": int(deal), "splits": share(0.6, 0.4)}]})
    assert made.status == 200
    read = hub.post(f"{splits}/read", {"inputs": [{"id": deal}, {"id": "999"}]})
    assert read.status == 207
    assert [row["properties"]["hs_deal_split_percentage"] for row in read["results"][0]["splits"]] == ["0.6", "0.4"]
    assert hub.post(f"{splits}/upsert", {"inputs": [{"id": int(deal), "splits": share(0.6, 0.5)}]}).status == 207


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"properties": 4}'])
def test_malformed_bodies_are_400(hub: Hub, body: bytes) -> None:
    answer = hub.call("POST", CONTACTS, body)
    assert answer.status == 400
    assert answer["category"] == "VALIDATION_ERROR"


def test_same_calls_give_the_same_answers_in_two_worlds() -> None:
    def story(hub: Hub) -> list[object]:
        hub.contact(email="a@b.test")
        return [hub.get(CONTACTS).body, hub.post(CONTACTS, {"properties": {"email": "a@b.test"}}).body]

    assert story(Hub(people=50)) == story(Hub(people=50))
