"""Restoring, merging and deleting for privacy reasons, and what history keeps of it all."""

from typing import Any

import pytest
from hubspot_hub import CONTACTS, START, Hub

from pasodoble.simulators.hubspot import Switches


def merged(hub: Hub, primary: str, other: str) -> Any:
    return hub.post(f"{CONTACTS}/merge", {"primaryObjectId": primary, "objectIdToMerge": other})


def test_restored_record_is_as_it_was(hub: Hub) -> None:
    company = hub.company(name="Acme")
    id = hub.contact(email="a@b.test", phone="1")
    hub.put(f"/crm/v4/objects/contacts/{id}/associations/default/companies/{company}")
    hub.delete(f"{CONTACTS}/{id}")
    assert hub.value(company, "num_associated_contacts", "companies") == "0"
    assert hub.act("restore", contact=id).status == 200
    assert hub.value(id, "phone") == "1"
    assert hub.value(id, "associatedcompanyid") == company
    assert hub.portal.changes.journal[-3].kind == "restore"


def test_record_is_not_restored_when_its_address_is_taken(hub: Hub) -> None:
    id = hub.contact(email="a@b.test")
    hub.delete(f"{CONTACTS}/{id}")
    hub.contact(email="a@b.test")
    answer = hub.act("restore", contact=id)
    assert answer.status == 400
    assert "has its email by now" in answer["error"]


def test_recycle_bin_keeps_records_for_ninety_days(hub: Hub) -> None:
    first, second = hub.contact(email="a@b.test"), hub.contact(email="b@b.test")
    hub.post(f"{CONTACTS}/batch/archive", {"inputs": [{"id": first}, {"id": second}]})
    hub.clock.advance(90 * 86_400)
    assert hub.act("restore", contact=first).status == 200
    hub.clock.advance(1)
    assert hub.act("restore", contact=second).status == 400


def test_email_engagement_is_deleted_for_good(hub: Hub) -> None:
    email = hub.act("sales_email_sent", contact=hub.contact(email="a@b.test"))["id"]
    assert hub.delete(f"/crm/v3/objects/emails/{email}").status == 204
    assert hub.act("restore", object="emails", id=email).status == 400


def test_merge_makes_a_new_record_to_which_both_ids_lead(hub: Hub) -> None:
    company, deal_company = hub.company(name="Acme"), hub.company(name="Other")
    primary = hub.contact(email="a@b.test", firstname="Ana")
    other = hub.contact(email="b@b.test", firstname="Anna", phone="1")
    hub.put(f"/crm/v4/objects/contacts/{primary}/associations/default/companies/{company}")
    hub.put(f"/crm/v4/objects/contacts/{other}/associations/default/companies/{deal_company}")
    answer = merged(hub, primary, other)
    assert answer.status == 200
    new = answer["id"]
    assert new not in (primary, other)
    for old in (primary, other):
        assert hub.get(f"{CONTACTS}/{old}")["id"] == new
    shown = hub.get(f"{CONTACTS}/{new}?properties=email,firstname,phone,hs_additional_emails,hs_merged_object_ids")
    assert shown["properties"]["firstname"] == "Ana"
    assert shown["properties"]["phone"] == "1"
    assert shown["properties"]["hs_additional_emails"] == "b@b.test"
    assert shown["properties"]["hs_merged_object_ids"] == f"{primary};{other}"
    links = hub.get(f"/crm/v4/objects/contacts/{new}/associations/companies")["results"]
    assert [row["toObjectId"] for row in links] == [company, deal_company]
    assert hub.value(new, "associatedcompanyid") == company
    assert [row["id"] for row in hub.get(CONTACTS)["results"]] == [new]


def test_absorbed_ids_work_one_by_one_but_not_in_batches(hub: Hub) -> None:
    primary, other = hub.contact(email="a@b.test"), hub.contact(email="b@b.test")
    new = merged(hub, primary, other)["id"]
    assert hub.patch(f"{CONTACTS}/{other}", {"properties": {"phone": "1"}})["id"] == new
    answer = hub.post(f"{CONTACTS}/batch/update", {"inputs": [{"id": other, "properties": {"phone": "2"}}]})
    assert answer.status == 207
    assert hub.value(new, "phone") == "1"


def test_switch_preserves_the_primary_id() -> None:
    hub = Hub(switches=Switches(merge_id="preserved"))
    primary, other = hub.contact(email="a@b.test"), hub.contact(email="b@b.test")
    assert merged(hub, primary, other)["id"] == primary
    assert hub.get(f"{CONTACTS}/{other}")["id"] == primary
    assert hub.value(primary, "hs_merged_object_ids") == other


def test_merge_is_announced_with_all_ids(hub: Hub) -> None:
    primary, other = hub.contact(email="a@b.test"), hub.contact(email="b@b.test", phone="1")
    new = merged(hub, primary, other)["id"]
    change = next(change for change in hub.portal.changes.journal if change.kind == "merge")
    assert change.detail.new_id == int(new)
    assert change.detail.merged_ids == (int(primary), int(other))
    assert change.values == {"phone": "1", "hs_additional_emails": "b@b.test"}


def test_merged_contact_keeps_what_both_did(hub: Hub) -> None:
    primary, other = hub.contact(email="a@b.test"), hub.contact(email="b@b.test")
    form = hub.act("form_submitted", contact=primary)["form"]
    hub.act("marketing_email_opened", contact=other)
    new = merged(hub, primary, other)["id"]
    hub.act("form_submitted", contact=new, form=form)
    assert hub.value(new, "num_conversion_events") == "2"
    assert hub.value(new, "num_unique_conversion_events") == "1"
    assert {event.contact_id for event in hub.portal.events.email_events} == {int(new)}


def test_purged_contact_takes_its_events_along(hub: Hub) -> None:
    id = hub.contact(email="a@b.test")
    form = hub.act("form_submitted", contact=id)["form"]
    hub.act("marketing_email_opened", contact=id)
    hub.post(f"{CONTACTS}/gdpr-delete", {"objectId": id})
    assert hub.get(f"/form-integrations/v1/submissions/forms/{form}")["results"] == []
    assert hub.get("/email/public/v1/events")["events"] == []


def test_record_is_not_merged_with_itself_or_with_nobody(hub: Hub) -> None:
    id = hub.contact(email="a@b.test")
    assert merged(hub, id, id).status == 400
    assert merged(hub, id, "999").status == 404


def test_purged_contact_leaves_nothing_and_may_not_come_back(hub: Hub) -> None:
    id = hub.contact(email="a@b.test", phone="1")
    assert hub.post(f"{CONTACTS}/gdpr-delete", {"objectId": "a@b.test", "idProperty": "email"}).status == 204
    assert hub.get(f"{CONTACTS}/{id}").status == 404
    assert hub.get(f"{CONTACTS}/{id}?archived=true").status == 404
    kinds = [change.kind for change in hub.portal.changes.journal]
    assert kinds == ["creation", "privacyDeletion", "deletion"]
    assert all(not change.values for change in hub.portal.changes.journal)
    assert hub.post(CONTACTS, {"properties": {"email": "a@b.test"}}).status == 400


def test_unknown_address_is_blocked_for_the_future(hub: Hub) -> None:
    assert hub.post(f"{CONTACTS}/gdpr-delete", {"objectId": "x@b.test", "idProperty": "email"}).status == 204
    assert hub.post(CONTACTS, {"properties": {"email": "x@b.test"}}).status == 400
    assert hub.post(f"{CONTACTS}/gdpr-delete", {"objectId": "999"}).status == 404


def test_history_names_every_writer_newest_first(hub: Hub) -> None:
    id = hub.contact(email="a@b.test", phone="1")
    hub.clock.advance(1)
    hub.act("edit", contact=id, properties={"phone": "2"}, user="ben.clarke@pasodoble.example")
    hub.clock.advance(1)
    hub.patch(f"{CONTACTS}/{id}", {"properties": {"phone": ""}})
    shown = hub.get(f"{CONTACTS}/{id}?propertiesWithHistory=phone,fax")["propertiesWithHistory"]
    assert shown["phone"] == [
        {"value": "", "timestamp": "2026-05-04T10:00:02.000Z", "sourceType": "INTEGRATION", "sourceId": "11"},
        {
            "value": "2",
            "timestamp": "2026-05-04T10:00:01.000Z",
            "sourceType": "CRM_UI",
            "sourceId": "userId:78",
            "updatedByUserId": 78,
        },
        {"value": "1", "timestamp": START, "sourceType": "INTEGRATION", "sourceId": "11"},
    ]
    assert shown["fax"] == []


def test_source_of_a_record_is_its_maker(hub: Hub) -> None:
    by_app = hub.contact(email="a@b.test")
    by_person = hub.act("create", object="contacts", properties={"email": "b@b.test"})["id"]
    assert hub.value(by_app, "hs_object_source") == "INTEGRATION"
    assert hub.value(by_app, "hs_object_source_id") == "11"
    assert hub.value(by_person, "hs_object_source") == "CRM_UI"
    assert hub.value(by_person, "hs_created_by_user_id") == "77"


@pytest.mark.parametrize("objects", ["companies", "deals", "tickets"])
def test_other_types_merge_too(hub: Hub, objects: str) -> None:
    properties = {
        "companies": {"name": "A", "domain": "a.test"},
        "deals": {"dealname": "A", "dealstage": "closedwon"},
        "tickets": {"subject": "A", "hs_pipeline_stage": "1"},
    }[objects]
    path = f"/crm/v3/objects/{objects}"
    first, second = (hub.post(path, {"properties": properties})["id"] for _ in range(2))
    answer = hub.post(f"{path}/merge", {"primaryObjectId": first, "objectIdToMerge": second})
    assert answer.status == 200
    assert hub.get(f"{path}/{second}")["id"] == answer["id"]
