"""The control door: what people do and what comes of it, the schema, the journal, snapshots, and the seeded world."""

from pathlib import Path
from typing import Any

import pytest
from hubspot_hub import CONTACTS, START, START_MS, Hub

from pasodoble.simulators.clock import SimClock
from pasodoble.simulators.hubspot import Switches, build
from pasodoble.simulators.hubspot.people_at_work import ACTIONS
from pasodoble.simulators.people import iter_people

DOOR = "/__sandbox__/"


@pytest.fixture
def ana(hub: Hub) -> str:
    return hub.contact(email="ana@b.test", firstname="Ana")


def marks(hub: Hub, id: str, *names: str) -> dict[str, Any]:
    shown = hub.get(f"{CONTACTS}/{id}?properties={','.join(names)}")["properties"]
    return {name: shown[name] for name in names}


def test_submitted_form_converts_the_contact(hub: Hub, ana: str) -> None:
    answer = hub.act("form_submitted", contact=ana, fields={"phone": "600"})
    assert answer.status == 200
    names = "num_conversion_events num_unique_conversion_events recent_conversion_date first_conversion_date phone lifecyclestage"
    assert marks(hub, ana, *names.split()) == {
        "num_conversion_events": "1",
        "num_unique_conversion_events": "1",
        "recent_conversion_date": START,
        "first_conversion_date": START,
        "phone": "600",
        "lifecyclestage": "lead",
    }
    hub.clock.advance(60)
    hub.act("form_submitted", contact=ana, form=answer["form"])
    assert marks(hub, ana, "num_conversion_events", "num_unique_conversion_events", "first_conversion_date") == {
        "num_conversion_events": "2",
        "num_unique_conversion_events": "1",
        "first_conversion_date": START,
    }
    listed = hub.get(f"/form-integrations/v1/submissions/forms/{answer['form']}")["results"]
    assert [row["submittedAt"] for row in listed] == [START_MS + 60_000, START_MS]
    history = hub.get(f"{CONTACTS}/{ana}?propertiesWithHistory=phone")["propertiesWithHistory"]["phone"]
    assert history[0]["sourceType"] == "FORM"


def test_form_of_a_stranger_makes_a_contact(hub: Hub) -> None:
    answer = hub.act("form_submitted", fields={"email": "new@b.test", "firstname": "Eva"})
    assert marks(hub, answer["id"], "email", "lifecyclestage", "hs_object_source") == {
        "email": "new@b.test",
        "lifecyclestage": "lead",
        "hs_object_source": "FORM",
    }


def test_form_with_a_secondary_address_reaches_its_contact(hub: Hub) -> None:
    id = hub.contact(email="a@b.test", hs_additional_emails="old@b.test")
    assert hub.act("form_submitted", fields={"email": "old@b.test"})["id"] == id
    assert hub.value(id, "email") == "a@b.test"


def test_switch_lets_a_form_promote_the_address() -> None:
    hub = Hub(switches=Switches(form_promotes_email=True))
    id = hub.contact(email="a@b.test", hs_additional_emails="old@b.test")
    hub.act("form_submitted", fields={"email": "old@b.test"})
    assert hub.value(id, "email") == "old@b.test"
    assert hub.value(id, "hs_additional_emails") == "a@b.test"


def test_form_never_moves_the_lifecycle_back(hub: Hub) -> None:
    id = hub.contact(email="a@b.test", lifecyclestage="customer")
    hub.act("form_submitted", contact=id)
    assert hub.value(id, "lifecyclestage") == "customer"


def test_marketing_email_is_sent_opened_and_clicked(hub: Hub, ana: str) -> None:
    sent = hub.act("marketing_email_sent", contact=ana, name="News")
    hub.clock.advance(60)
    assert hub.act("marketing_email_opened", contact=ana)["email"] == sent["email"]
    assert hub.act("marketing_email_clicked", contact=ana, url="https://b.test/x")["email"] == sent["email"]
    names = "hs_email_delivered hs_email_open hs_email_click hs_email_last_send_date hs_email_last_open_date hs_email_last_email_name"
    assert marks(hub, ana, *names.split()) == {
        "hs_email_delivered": "1",
        "hs_email_open": "1",
        "hs_email_click": "1",
        "hs_email_last_send_date": START,
        "hs_email_last_open_date": "2026-05-04T10:01:00.000Z",
        "hs_email_last_email_name": "News",
    }
    events = hub.get("/email/public/v1/events")["events"]
    assert sorted(event["type"] for event in events) == ["CLICK", "DELIVERED", "OPEN", "SENT"]
    opened = next(event for event in events if event["type"] == "OPEN")
    assert opened["recipient"] == "ana@b.test"
    assert opened["sentBy"]["id"] == sent["event"]


def test_open_makes_its_email_and_click_its_open(hub: Hub, ana: str) -> None:
    hub.act("marketing_email_clicked", contact=ana)
    assert marks(hub, ana, "hs_email_delivered", "hs_email_open", "hs_email_click") == {
        "hs_email_delivered": "1",
        "hs_email_open": "1",
        "hs_email_click": "1",
    }


def test_bounce_and_unsubscription_are_marked(hub: Hub, ana: str) -> None:
    hub.act("marketing_email_bounced", contact=ana)
    hub.act("unsubscribed", contact=ana)
    assert marks(hub, ana, "hs_email_bounce", "hs_email_optout") == {"hs_email_bounce": "1", "hs_email_optout": "true"}


def test_sales_email_is_a_record_with_counters(hub: Hub, ana: str) -> None:
    sent = hub.act("sales_email_sent", contact=ana, subject="Hello", user="ben.clarke@pasodoble.example")
    path = f"/crm/v3/objects/emails/{sent['id']}"
    hub.act("sales_email_opened", contact=ana)
    hub.act("sales_email_opened", contact=ana)
    hub.act("sales_email_clicked", contact=ana, email=sent["id"])
    shown = hub.get(
        f"{path}?associations=contacts&properties=hs_email_subject,hs_email_direction,hs_email_status,"
        "hs_email_open_count,hs_email_click_count,hs_email_to_email,hs_email_from_email"
    )
    assert {name: value for name, value in shown["properties"].items() if name.startswith("hs_email")} == {
        "hs_email_subject": "Hello",
        "hs_email_direction": "EMAIL",
        "hs_email_status": "SENT",
        "hs_email_open_count": "2",
        "hs_email_click_count": "1",
        "hs_email_to_email": "ana@b.test",
        "hs_email_from_email": "ben.clarke@pasodoble.example",
    }
    assert shown["associations"]["contacts"]["results"] == [{"id": ana, "type": "email_to_contact"}]
    assert marks(hub, ana, "hs_sales_email_last_opened", "hs_sales_email_last_clicked", "notes_last_contacted") == {
        "hs_sales_email_last_opened": START,
        "hs_sales_email_last_clicked": START,
        "notes_last_contacted": START,
    }


@pytest.mark.parametrize(
    ("action", "objects", "name", "value"),
    [
        ("meeting_scheduled", "meetings", "hs_meeting_outcome", "SCHEDULED"),
        ("call_logged", "calls", "hs_call_status", "COMPLETED"),
        ("note_created", "notes", "hs_note_body", "A note."),
        ("task_created", "tasks", "hs_task_status", "NOT_STARTED"),
    ],
)
def test_activity_is_logged_by_a_person(hub: Hub, ana: str, action: str, objects: str, name: str, value: str) -> None:
    answer = hub.act(action, contact=ana, user="7002")
    assert answer["object"] == objects
    shown = hub.get(f"/crm/v3/objects/{objects}/{answer['id']}?associations=contacts&propertiesWithHistory={name}")
    assert shown["associations"]["contacts"]["results"][0]["id"] == ana
    (entry,) = shown["propertiesWithHistory"][name]
    assert (entry["value"], entry["sourceType"], entry["sourceId"]) == (value, "CRM_UI", "userId:78")
    assert hub.value(ana, "num_notes") == "1"


def test_document_view_shows_only_its_moment(hub: Hub, ana: str) -> None:
    hub.act("document_viewed", contact="ana@b.test")
    assert hub.value(ana, "hs_document_last_revisited") == START
    assert hub.value(ana, "hs_last_sales_activity_type") == "DOCUMENT_VIEW"


def test_person_edits_links_and_merges(hub: Hub, ana: str) -> None:
    company = hub.act("create", object="companies", properties={"name": "Acme"})["id"]
    hub.act("associate", **{"from": {"contact": ana}, "to": {"company": company}})
    assert hub.value(ana, "associatedcompanyid") == company
    hub.act("disassociate", **{"from": {"contact": ana}, "to": {"company": company}})
    assert hub.value(ana, "associatedcompanyid") is None
    hub.act("set_owner", contact=ana, owner="dev.patel@pasodoble.example")
    assert hub.value(ana, "hubspot_owner_id") == "7004"
    other = hub.act("create", object="contacts", properties={"email": "o@b.test"})["id"]
    assert hub.get(f"{CONTACTS}/{other}")["id"] == other
    merged = hub.act("merge", primary=ana, other=other)
    assert hub.get(f"{CONTACTS}/{other}")["id"] == merged["id"]
    assert hub.act("privacy_delete", contact=merged["id"]).status == 200


@pytest.mark.parametrize(
    "order",
    [
        {"action": "dance"},
        {},
        {"action": "edit", "contact": "999", "properties": {}},
        {"action": "edit", "properties": {}},
        {"action": "edit", "contact": "101"},
        {"action": "edit", "contact": "101", "properties": {"nonsense": "1"}},
        {"action": "edit", "contact": "101", "properties": {"phone": "1"}, "user": "nobody"},
        {"action": "note_created"},
        {"action": "form_submitted", "contact": "101", "form": "nowhere"},
        {"action": "restore", "contact": "101"},
        {"action": "set_owner", "contact": "101", "owner": "nobody"},
        {"action": "merge", "primary": "101", "other": "101"},
        {"action": "associate", "from": {"contact": "101"}},
        {"action": "list_add", "list": "9", "contact": "101"},
        {"action": "create", "object": "wombats", "properties": {}},
        {"action": "meeting_scheduled", "contact": "101", "start": "soon"},
    ],
    ids=str,
)
def test_orders_that_make_no_sense_are_400_and_change_nothing(hub: Hub, ana: str, order: dict[str, Any]) -> None:
    hub.act("form_submitted", contact=ana)
    before = len(hub.portal.changes.journal)
    answer = hub.post(DOOR + "actions", order)
    assert answer.status == 400
    assert answer["error"]
    assert len(hub.portal.changes.journal) == before


def test_unknown_action_names_the_known_ones(hub: Hub) -> None:
    error = hub.act("dance")["error"]
    assert all(name in error for name in ACTIONS)


def test_schema_is_told_and_merged(hub: Hub) -> None:
    form = "11111111-2222-3333-4444-555555555555"
    change = {
        "forms": [{"id": form, "name": "Webinar"}],
        "properties": {
            "contacts": {
                "tier": {"type": "enumeration", "options": ["gold", "silver"]},
                "points": {"type": "number", "readOnly": True},
                "code": {"unique": True},
            }
        },
        "owners": [{"email": "new@pasodoble.example", "first": "New", "last": "One"}],
    }
    answer = hub.patch(DOOR + "schema", change)
    assert answer.status == 200
    assert {"id": form, "name": "Webinar"} in answer["forms"]
    assert answer["properties"]["contacts"]["tier"]["options"] == ["gold", "silver"]
    assert hub.get(DOOR + "schema").body == answer.body
    assert hub.post(CONTACTS, {"properties": {"email": "a@b.test", "tier": "bronze"}}).status == 400
    assert hub.post(CONTACTS, {"properties": {"email": "a@b.test", "points": "1"}}).status == 400
    hub.contact(email="a@b.test", tier="gold", code="x")
    assert hub.post(CONTACTS, {"properties": {"email": "b@b.test", "code": "X"}}).status == 409
    assert hub.get("/crm/v3/owners?email=new@pasodoble.example")["results"][0]["firstName"] == "New"
    assert hub.act("form_submitted", contact="a@b.test", form=form)["form"] == form


@pytest.mark.parametrize(
    "change",
    [
        {"wombats": 1},
        [],
        {"forms": [{}]},
        {"properties": {"wombats": {"x": {}}}},
        {"properties": {"contacts": {"x": {"type": "wombat"}}}},
        {"properties": {"contacts": {"x": {"colour": "red"}}}},
        {"owners": [{}]},
    ],
    ids=str,
)
def test_schema_changes_that_make_no_sense_are_400(hub: Hub, change: Any) -> None:
    assert hub.patch(DOOR + "schema", change).status == 400


def test_property_made_unique_binds_what_is_there(hub: Hub) -> None:
    hub.contact(email="a@b.test", company="Acme")
    hub.patch(DOOR + "schema", {"properties": {"contacts": {"company": {"unique": True}}}})
    assert hub.post(CONTACTS, {"properties": {"email": "b@b.test", "company": "ACME"}}).status == 409


def test_journal_tells_every_field_with_old_and_new(hub: Hub, ana: str) -> None:
    hub.act("edit", contact=ana, properties={"firstname": "Eva", "phone": "1"})
    hub.delete(f"{CONTACTS}/{ana}")
    journal = hub.get(DOOR + "journal")
    entries = [(e["kind"], e["who"]["source"], e["field"], e["old"], e["new"]) for e in journal["journal"]]
    assert entries == [
        ("creation", "INTEGRATION", "email", None, "ana@b.test"),
        ("creation", "INTEGRATION", "firstname", None, "Ana"),
        ("propertyChange", "CRM_UI", "firstname", "Ana", "Eva"),
        ("propertyChange", "CRM_UI", "phone", None, "1"),
        ("deletion", "INTEGRATION", None, None, None),
    ]
    assert journal["journal"][2]["record"] == {"object": "contacts", "object_type_id": "0-1", "id": ana}
    assert journal["journal"][2]["who"]["user_id"] == 77
    rest = hub.get(DOOR + f"journal?after={journal['next'] - 1}")
    assert [entry["kind"] for entry in rest["journal"]] == ["deletion"]
    assert len(hub.get(DOOR + "journal?limit=1")["journal"]) == 2
    assert hub.get(DOOR + "journal?after=x").status == 400


def test_door_is_not_in_the_journal_when_nothing_changed(hub: Hub, ana: str) -> None:
    before = hub.get(DOOR + "journal").body
    hub.act("edit", contact=ana, properties={"firstname": "Ana"})
    assert hub.get(DOOR + "journal").body == before


def story(hub: Hub) -> str:
    """Something of everything that a snapshot holds; the id of an email with a draft."""
    schema = {
        "name": "car",
        "labels": {"singular": "Car", "plural": "Cars"},
        "requiredProperties": [],
        "properties": [{"name": "vin", "label": "VIN", "type": "string", "fieldType": "text"}],
        "associatedObjects": ["CONTACT"],
    }
    hub.post("/crm-object-schemas/v3/schemas", schema)
    hub.post("/crm/v3/objects/car", {"properties": {"vin": "X"}})
    labels = "/crm/v4/associations/contacts/companies/labels"
    hub.post(labels, {"label": "Boss", "name": "boss", "inverseLabel": "Led by"})
    ana, ben = hub.contact(email="ana@b.test", pasodoble_key="k"), hub.contact(email="ben@b.test")
    gone = hub.contact(email="gone@b.test")
    company = hub.company(name="Acme")
    hub.put(f"/crm/v4/objects/contacts/{gone}/associations/default/companies/{company}")
    hub.delete(f"{CONTACTS}/{gone}")
    for action in ("form_submitted", "marketing_email_clicked", "sales_email_opened", "note_created", "page_visited"):
        hub.act(action, contact=ana)
    known = {"operationType": "ALL_PROPERTY", "operator": "IS_KNOWN", "includeObjectsWithNoValueSet": False}
    inner = {"filterType": "PROPERTY", "property": "email", "operation": known}
    branch = {"filterBranchType": "AND", "filterBranchOperator": "AND", "filterBranches": [], "filters": [inner]}
    body = {"name": "All", "objectTypeId": "0-1", "processingType": "DYNAMIC", "filterBranch": branch}
    hub.post("/crm/v3/lists", body)
    campaign = hub.post("/marketing/v3/campaigns", {"properties": {"hs_name": "Spring"}})["id"]
    hub.put(f"/marketing/v3/campaigns/{campaign}/assets/FORM/1")
    hub.post("/events/v3/event-definitions", {"label": "Fitting", "name": "fitting", "primaryObject": "CONTACT"})
    email = hub.post("/marketing/v3/emails", {"name": "Spring", "subject": "Hello"})["id"]
    hub.patch(f"/marketing/v3/emails/{email}", {"subject": "Hello, spring"})
    hub.patch(f"/marketing/v3/emails/{email}/draft", {"subject": "Hello again"})
    hub.post(f"{CONTACTS}/merge", {"primaryObjectId": ana, "objectIdToMerge": ben})
    return str(email)


VIEWS = [
    f"{CONTACTS}?limit=50&propertiesWithHistory=email,recent_conversion_date&associations=companies,notes,emails",
    f"{CONTACTS}?archived=true",
    f"{CONTACTS}/101",
    "/crm/v3/objects/car",
    "/crm-object-schemas/v3/schemas",
    "/crm/v3/lists/1/memberships/join-order",
    "/crm/v4/associations/contacts/companies/labels",
    "/crm/v3/pipelines/deals",
    "/crm/v3/owners",
    "/email/public/v1/events",
    "/marketing/v3/campaigns?properties=hs_name",
    "/events/v3/event-definitions",
    "/marketing/v3/emails",
    DOOR + "journal",
    DOOR + "schema",
]


def test_snapshot_brings_everything_back_elsewhere(hub: Hub, tmp_path: Path) -> None:
    email = f"/marketing/v3/emails/{story(hub)}"
    views = [*VIEWS, f"{email}/draft", f"{email}/revisions"]
    file = str(tmp_path / "world.json")
    assert hub.post(DOOR + "snapshot", {"save": file}).status == 200
    assert {hub.get(view).status for view in views} == {200}
    before = [hub.get(view).body for view in views]
    other = Hub(people=20)
    assert other.post(DOOR + "snapshot", {"load": file}).status == 200
    assert [other.get(view).body for view in views] == before
    for one in (hub, other):
        one.act("restore", contact="103")
        one.contact(email="next@b.test")
    assert [other.get(view).body for view in views] == [hub.get(view).body for view in views]
    assert other.post(CONTACTS, {"properties": {"email": "ben@b.test"}}).status == 409
    assert other.found({"propertyName": "email", "operator": "EQ", "value": "next@b.test"}) == ["105"]


@pytest.mark.parametrize("order", [{}, {"save": 1}, {"load": "/nowhere/at/all"}, {"save": "/nowhere/at/all"}], ids=str)
def test_snapshots_that_cannot_be_are_400(hub: Hub, order: dict[str, Any]) -> None:
    assert hub.post(DOOR + "snapshot", order).status == 400


def test_file_that_is_no_snapshot_is_refused(hub: Hub, tmp_path: Path) -> None:
    for number, text in enumerate(("{", "[]", '{"format": 99}')):
        file = tmp_path / f"{number}.json"
        file.write_text(text)
        assert "is no snapshot" in hub.post(DOOR + "snapshot", {"load": str(file)})["error"]


def test_seeded_world_holds_those_whom_hubspot_knows() -> None:
    world = build(SimClock(start_ms=START_MS, frozen=True), people=200, seed=9)
    known = [person for person in iter_people(200, 9) if person.in_hubspot]
    rows = list(world.portal.tables["0-1"].rows.values())
    assert [row.values.get("email", "") for row in rows] == [person.email.lower() for person in known]
    assert [row.values["firstname"] for row in rows] == [person.first for person in known]
    companies = {person.company.number for person in known}
    assert len(world.portal.tables["0-2"].rows) == len(companies)
    assert all(world.portal.links.of("0-1", row.id, "0-2") for row in rows)
    assert world.portal.tables["0-3"].rows
    assert world.portal.tables["0-5"].rows
    assert world.portal.tables["0-46"].rows
    assert all(row.created_ms <= START_MS for row in rows)
    assert world.portal.changes.journal == []


def test_seeded_records_pass_the_rules_they_were_not_checked_by() -> None:
    hub = Hub(people=120)
    for objects in ("contacts", "companies", "deals", "tickets", "notes"):
        listed = hub.get(f"/crm/v3/objects/{objects}?limit=100")["results"]
        table = hub.portal.tables[hub.portal.types.find(objects).type_id]
        for row in listed:
            values = table.rows[int(row["id"])].values
            properties = {name: f" {value}" if name == "firstname" else value for name, value in values.items()}
            answer = hub.patch(f"/crm/v3/objects/{objects}/{row['id']}", {"properties": properties})
            assert answer.status == 200, answer.body


def test_empty_world_keeps_users_pipelines_and_properties(hub: Hub) -> None:
    assert [name for name, table in hub.portal.tables.items() if table.rows] == ["0-115"]
    users = hub.get("/crm/v3/objects/users?properties=hs_email")["results"]
    assert users[0]["properties"]["hs_email"] == "ana.torres@pasodoble.example"
    assert len(hub.get("/crm/v3/owners")["results"]) == 5
    assert hub.get("/crm/v3/pipelines/deals")["results"][0]["id"] == "default"
