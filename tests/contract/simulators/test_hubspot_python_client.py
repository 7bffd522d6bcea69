"""`hubspot-api-client` 12, unchanged, on the numbered paths: a broad walk through what the simulator claims to be."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hubspot import HubSpot
from hubspot.communication_preferences import PublicUpdateSubscriptionStatusRequest
from hubspot.crm import companies, contacts, lists, objects, pipelines, properties, schemas
from hubspot.crm.associations import v4 as associations_v4
from hubspot.crm.exports import PublicExportRequest
from hubspot.events.send import BehavioralEventHttpCompletionRequest
from hubspot.marketing.emails import ContentCloneRequestVNext, EmailCreateRequest, EmailUpdateRequest
from hubspot.marketing.forms import HubSpotFormDefinitionPatchRequest
from hubspot.webhooks import (
    BatchInputSubscriptionBatchUpdateRequest,
    SettingsChangeRequest,
    SubscriptionBatchUpdateRequest,
    SubscriptionCreateRequest,
    SubscriptionPatchRequest,
    ThrottlingSettings,
)
from hubspot_server import Served

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")


@pytest.fixture(scope="module")
def client(hubspot: Served) -> HubSpot:
    return HubSpot(access_token=hubspot.token, host=hubspot.base_url, base_url=hubspot.base_url)


@pytest.fixture(scope="module")
def developer(hubspot: Served) -> HubSpot:
    return HubSpot(api_key=hubspot.world.credentials["developer_key"], host=hubspot.base_url)


def refusal(call: Callable[[], Any]) -> tuple[int, dict[str, Any]]:
    """Status and body of a call that has to fail."""
    try:
        call()
    except Exception as error:
        return error.status, json.loads(error.body)  # type: ignore[attr-defined]
    raise AssertionError("the call went well")


def new_contact(client: HubSpot, email: str, **values: str) -> str:
    egg = contacts.SimplePublicObjectInputForCreate(properties={"email": email, **values})
    return str(client.crm.contacts.basic_api.create(egg).id)


# -- records -----------------------------------------------------------------------------------------------------------


def test_a_contact_is_created_read_changed_found_archived(client: HubSpot) -> None:
    api = client.crm.contacts.basic_api
    id = new_contact(client, "life@client.test", firstname="Ana")
    found = api.get_by_id("life@client.test", id_property="email", properties=["firstname", "phone"])
    assert found.id == id and found.properties["firstname"] == "Ana" and found.properties["phone"] is None
    api.update(id, contacts.SimplePublicObjectInput(properties={"firstname": "Eva"}))
    told = api.get_by_id(id, properties_with_history=["firstname"]).properties_with_history["firstname"]
    assert [entry.value for entry in told] == ["Eva", "Ana"] and told[0].source_type == "INTEGRATION"
    api.archive(id)
    assert refusal(lambda: api.get_by_id(id))[0] == 404
    assert api.get_by_id(id, archived=True).archived


def test_pages_lead_through_all_records_once(client: HubSpot, hubspot: Served) -> None:
    everyone, after = [], None
    while True:
        page = client.crm.contacts.basic_api.get_page(limit=7, after=after, associations=["companies"])
        everyone += [one.id for one in page.results]
        if page.paging is None:
            break
        after = page.paging.next.after
    assert len(set(everyone)) == len(everyone) == len(hubspot.world.portal.tables["0-1"].rows)
    assert {one.id for one in client.crm.contacts.get_all()} == set(everyone)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("companies", {"name": "Acme", "domain": "acme.test"}),
        ("deals", {"dealname": "Big", "dealstage": "appointmentscheduled", "pipeline": "default"}),
        ("tickets", {"subject": "Help", "hs_pipeline_stage": "1", "hs_pipeline": "0"}),
        ("notes", {"hs_note_body": "x", "hs_timestamp": "2026-05-04T10:00:00Z"}),
        ("tasks", {"hs_task_subject": "x", "hs_timestamp": "2026-05-04T10:00:00Z"}),
        ("calls", {"hs_call_title": "x", "hs_timestamp": "2026-05-04T10:00:00Z"}),
        ("meetings", {"hs_meeting_title": "x", "hs_timestamp": "2026-05-04T10:00:00Z"}),
        ("emails", {"hs_email_direction": "EMAIL", "hs_timestamp": "2026-05-04T10:00:00Z"}),
        ("products", {"name": "Bolt", "price": "2.50"}),
        ("line_items", {"name": "Bolt", "quantity": "4", "price": "2.50"}),
    ],
)
def test_every_kind_of_record_has_the_same_life(client: HubSpot, kind: str, values: dict[str, str]) -> None:
    basic, batch, search = (getattr(client.crm.objects, name) for name in ("basic_api", "batch_api", "search_api"))
    egg = objects.SimplePublicObjectInputForCreate(properties=values)
    made = basic.create(kind, egg)
    assert basic.get_by_id(kind, made.id, properties=list(values)).properties[next(iter(values))]
    basic.get_page(kind, limit=2)
    rows = objects.BatchReadInputSimplePublicObjectId(
        inputs=[{"id": made.id}], properties=list(values), properties_with_history=[]
    )
    assert [row.id for row in batch.read(kind, rows).results] == [made.id]
    asked = objects.PublicObjectSearchRequest(
        filter_groups=[{"filters": [{"propertyName": "hs_object_id", "operator": "EQ", "value": made.id}]}], limit=5
    )
    assert search.do_search(kind, asked).total == 1
    basic.archive(kind, made.id)


def test_batches_answer_207_for_what_is_missing(client: HubSpot) -> None:
    id = new_contact(client, "batch@client.test")
    asked = contacts.BatchReadInputSimplePublicObjectId(
        inputs=[{"id": id}, {"id": "987654"}], properties=["email"], properties_with_history=[]
    )
    answer = client.crm.contacts.batch_api.read(asked)
    assert answer.num_errors == 1 and answer.errors[0].category == "OBJECT_NOT_FOUND"
    assert answer.errors[0].context == {"ids": ["987654"]}


def test_batches_create_update_upsert_and_archive(client: HubSpot) -> None:
    api = client.crm.contacts.batch_api
    eggs = [{"properties": {"email": f"b{number}@client.test"}, "associations": []} for number in range(3)]
    made = api.create(contacts.BatchInputSimplePublicObjectBatchInputForCreate(inputs=eggs))
    assert made.status == "COMPLETE" and len(made.results) == 3
    ids = [row.id for row in made.results]
    changes = [{"id": id, "properties": {"city": "Oslo"}} for id in ids]
    assert len(api.update(contacts.BatchInputSimplePublicObjectBatchInput(inputs=changes)).results) == 3
    wanted = [
        {"id": "b1@client.test", "idProperty": "email", "properties": {"city": "Rome"}},
        {"id": "b9@client.test", "idProperty": "email", "properties": {"city": "Rome"}},
    ]
    upserted = api.upsert(contacts.BatchInputSimplePublicObjectBatchInputUpsert(inputs=wanted))
    assert sorted(row.new for row in upserted.results) == [False, True]
    api.archive(contacts.BatchInputSimplePublicObjectId(inputs=[{"id": id} for id in ids]))


def test_a_second_contact_with_the_same_address_names_the_first(client: HubSpot) -> None:
    id = new_contact(client, "twice@client.test")
    status, body = refusal(lambda: new_contact(client, "Twice@client.test "))
    assert (status, body["category"], body["message"]) == (
        409,
        "CONFLICT",
        f"Contact already exists. Existing ID: {id}",
    )


def test_an_unknown_property_is_refused_by_name(client: HubSpot) -> None:
    status, body = refusal(lambda: new_contact(client, "prop@client.test", no_such="x"))
    assert status == 400 and body["errors"][0]["code"] == "PROPERTY_DOESNT_EXIST"
    assert body["message"].startswith('Property values were not valid: [{"isValid":false')


def test_merged_contacts_live_on_under_a_new_id(client: HubSpot) -> None:
    first, second = new_contact(client, "m1@client.test"), new_contact(client, "m2@client.test")
    asked = contacts.PublicMergeInput(primary_object_id=first, object_id_to_merge=second)
    merged = client.crm.contacts.basic_api.merge(asked)
    assert merged.id not in (first, second)
    assert client.crm.contacts.basic_api.get_by_id(second).id == merged.id


def test_a_privacy_deletion_blocks_the_address(client: HubSpot) -> None:
    new_contact(client, "gone@client.test")
    client.crm.contacts.basic_api.purge(
        contacts.PublicGdprDeleteInput(object_id="gone@client.test", id_property="email")
    )
    assert refusal(lambda: new_contact(client, "gone@client.test"))[0] == 400


# -- associations --------------------------------------------------------------------------------------------------


def test_associations_of_version_4(client: HubSpot) -> None:
    contact = new_contact(client, "assoc@client.test")
    company = client.crm.companies.basic_api.create(
        companies.SimplePublicObjectInputForCreate(properties={"name": "Linked"})
    ).id
    basic, batch = client.crm.associations.v4.basic_api, client.crm.associations.v4.batch_api
    basic.create_default("contacts", contact, "companies", company)
    spec = associations_v4.AssociationSpec(association_category="HUBSPOT_DEFINED", association_type_id=1)
    basic.create("contacts", contact, "companies", company, [spec])
    page = basic.get_page("contacts", contact, "companies")
    assert {kind.type_id for kind in page.results[0].association_types} == {1, 279}
    asked = associations_v4.BatchInputPublicFetchAssociationsBatchRequest(inputs=[{"id": contact}])
    assert batch.get_page("contacts", "companies", asked).results[0].to[0].to_object_id == company
    pair = {"_from": {"id": contact}, "to": {"id": company}}
    batch.create_default(
        "contacts", "companies", associations_v4.BatchInputPublicDefaultAssociationMultiPost(inputs=[pair])
    )
    labels = client.crm.associations.v4.schema.definitions_api.get_all("contacts", "companies")
    assert {279, 1} <= {label.type_id for label in labels.results}
    basic.archive("contacts", contact, "companies", company)
    assert basic.get_page("contacts", contact, "companies").results == []


# -- definitions ---------------------------------------------------------------------------------------------------


def test_properties_and_groups_are_made_and_unmade(client: HubSpot) -> None:
    group = properties.PropertyGroupCreate(name="walk", display_order=-1, label="Walk")
    client.crm.properties.groups_api.create("contacts", group)
    egg = properties.PropertyCreate(
        name="walk_kind",
        label="Kind",
        type="enumeration",
        field_type="select",
        group_name="walk",
        options=[{"label": "A", "value": "a", "displayOrder": 0, "hidden": False}],
    )
    core = client.crm.properties.core_api
    assert core.create("contacts", egg).options[0].value == "a"
    assert core.update("contacts", "walk_kind", properties.PropertyUpdate(label="Sort")).label == "Sort"
    names = properties.BatchReadInputPropertyName(inputs=[{"name": "walk_kind"}, {"name": "email"}], archived=False)
    assert len(client.crm.properties.batch_api.read("contacts", names).results) == 2
    core.archive("contacts", "walk_kind")
    client.crm.properties.groups_api.archive("contacts", "walk")


def test_pipelines_and_stages(client: HubSpot) -> None:
    api = client.crm.pipelines.pipelines_api
    stage = {"label": "Open", "displayOrder": 0, "metadata": {"probability": "0.5"}}
    made = api.create("deals", pipelines.PipelineInput(label="Walk", display_order=9, stages=[stage]))
    assert made.stages[0].metadata["probability"] == "0.5"
    stages = client.crm.pipelines.pipeline_stages_api
    more = pipelines.PipelineStageInput(label="Won", display_order=1, metadata={"probability": "1.0"})
    assert stages.create("deals", made.id, more).label == "Won"
    assert len(stages.get_all("deals", made.id).results) == 2
    client.crm.pipelines.pipeline_audits_api.get_audit("deals", made.id)
    api.archive("deals", made.id)


def test_owners(client: HubSpot) -> None:
    page = client.crm.owners.owners_api.get_page(email="ana.torres@pasodoble.example")
    (ana,) = page.results
    assert client.crm.owners.owners_api.get_by_id(int(ana.id)).first_name == "Ana"
    assert len(client.crm.owners.get_all()) >= 4


def test_custom_objects_are_defined_and_filled(client: HubSpot) -> None:
    egg = schemas.ObjectSchemaEgg(
        name="boat",
        labels={"singular": "Boat", "plural": "Boats"},
        primary_display_property="name",
        required_properties=["name"],
        searchable_properties=["name"],
        secondary_display_properties=[],
        properties=[{"name": "name", "label": "Name", "type": "string", "fieldType": "text", "options": []}],
        associated_objects=["CONTACT"],
    )
    made = client.crm.schemas.core_api.create(egg)
    assert made.object_type_id.startswith("2-")
    row = objects.SimplePublicObjectInputForCreate(properties={"name": "Vega"})
    boat = client.crm.objects.basic_api.create(made.object_type_id, row)
    assert client.crm.objects.basic_api.get_by_id("boat", boat.id, properties=["name"]).properties["name"] == "Vega"
    assert made.name in {schema.name for schema in client.crm.schemas.core_api.get_all().results}


# -- lists ---------------------------------------------------------------------------------------------------------


def test_a_manual_list_and_its_members(client: HubSpot) -> None:
    id = new_contact(client, "list@client.test")
    egg = lists.ListCreateRequest(name="Walk", object_type_id="0-1", processing_type="MANUAL")
    made = client.crm.lists.lists_api.create(egg).list
    members = client.crm.lists.memberships_api
    assert members.add(made.list_id, [id]).records_ids_added == [id]
    assert [row.record_id for row in members.get_page(made.list_id).results] == [id]
    assert [row.record_id for row in members.get_page_ordered_by_added_to_list_date(made.list_id).results] == [id]
    assert client.crm.lists.lists_api.do_search(lists.ListSearchRequest(query="Walk", offset=0)).total >= 1
    members.remove(made.list_id, [id])
    client.crm.lists.lists_api.remove(made.list_id)


# -- around the records --------------------------------------------------------------------------------------------


def test_oauth_by_the_client(client: HubSpot, hubspot: Served) -> None:
    known = hubspot.world.credentials
    code = hubspot.world.portal.credentials.issue_code("http://localhost/back", ["oauth"])
    asked = {
        "client_id": known["client_id"],
        "client_secret": known["client_secret"],
        "redirect_uri": "http://localhost/back",
    }
    token = client.oauth.tokens_api.create(grant_type="authorization_code", code=code, **asked)
    assert token.expires_in == 1800
    again = client.oauth.tokens_api.create(grant_type="refresh_token", refresh_token=token.refresh_token, **asked)
    assert client.oauth.access_tokens_api.get(again.access_token).hub_id == 4242
    assert client.oauth.refresh_tokens_api.get(token.refresh_token).client_id == known["client_id"]
    client.oauth.refresh_tokens_api.archive(token.refresh_token)
    assert refusal(lambda: client.oauth.access_tokens_api.get(again.access_token))[0] == 404


def test_webhook_settings_by_the_developers_key(developer: HubSpot) -> None:
    settings = SettingsChangeRequest(
        target_url="https://hooks.example.test/x", throttling=ThrottlingSettings(max_concurrent_requests=10)
    )
    api = developer.webhooks
    assert api.settings_api.configure(11, settings).throttling.max_concurrent_requests == 10
    assert api.settings_api.get_all(11).target_url == settings.target_url
    egg = SubscriptionCreateRequest(event_type="contact.propertyChange", property_name="email", active=False)
    made = api.subscriptions_api.create(11, egg)
    assert api.subscriptions_api.update(made.id, 11, SubscriptionPatchRequest(active=True)).active
    rows = BatchInputSubscriptionBatchUpdateRequest(
        inputs=[SubscriptionBatchUpdateRequest(id=int(made.id), active=False)]
    )
    assert api.subscriptions_api.update_batch(11, rows).status == "COMPLETE"
    assert api.subscriptions_api.get_by_id(made.id, 11).property_name == "email"
    api.subscriptions_api.archive(made.id, 11)
    assert api.subscriptions_api.get_all(11).results == []
    api.settings_api.clear(11)


def test_marketing_emails_from_draft_to_statistics(client: HubSpot) -> None:
    api = client.marketing.emails.marketing_emails_api
    made = api.create(EmailCreateRequest(name="Walk", subject="Hello"))
    assert (made.state, made.subject) == ("DRAFT", "Hello")
    api.upsert_draft(made.id, EmailUpdateRequest(subject="Hello again"))
    assert api.get_draft(made.id).subject == "Hello again"
    api.publish_or_send(made.id)
    published = api.get_by_id(made.id, include_stats=True)
    assert (published.state, published.subject, published.stats.counters["sent"]) == ("PUBLISHED", "Hello again", 0)
    api.update(made.id, EmailUpdateRequest(name="Walked"))
    assert api.get_revisions(made.id).total == 2
    assert api.get_revision_by_id(made.id, "1").object.name == "Walk"
    copy = api.clone(ContentCloneRequestVNext(id=made.id, clone_name="Copy"))
    assert api.get_page(limit=50).total >= 2
    client.marketing.emails.statistics_api.get_emails_list(
        start_timestamp="2026-01-01T00:00:00Z", end_timestamp="2027-01-01T00:00:00Z", email_ids=[int(made.id)]
    )
    client.marketing.emails.statistics_api.get_histogram(
        start_timestamp="2026-01-01T00:00:00Z", end_timestamp="2026-01-08T00:00:00Z", interval="DAY"
    )
    api.unpublish_or_cancel(made.id)
    api.archive(copy.id)


def test_forms_are_listed_renamed_and_archived(client: HubSpot, hubspot: Served) -> None:
    made = client.api_request({"method": "POST", "path": "/marketing/v3/forms", "body": {"name": "Walk"}}).json()
    api = client.marketing.forms.forms_api
    assert made["id"] in {form.id for form in api.get_page().results}
    assert api.update(made["id"], HubSpotFormDefinitionPatchRequest(name="Walked")).name == "Walked"
    submitted = client.api_request(
        {
            "method": "POST",
            "path": f"/submissions/v3/integration/secure/submit/4242/{made['id']}",
            "body": {"fields": [{"objectTypeId": "0-1", "name": "email", "value": "form@client.test"}]},
        }
    )
    assert submitted.status_code == 200
    path = f"/form-integrations/v1/submissions/forms/{made['id']}?limit=50"
    (row,) = client.api_request({"path": path}).json()["results"]
    assert row["values"] == [{"name": "email", "value": "form@client.test", "objectTypeId": "0-1"}]
    assert client.crm.contacts.basic_api.get_by_id("form@client.test", id_property="email").id
    api.archive(made["id"])
    assert refusal(lambda: api.get_by_id(made["id"]))[0] == 404


def test_custom_events_are_sent_and_listed(client: HubSpot, hubspot: Served) -> None:
    id = new_contact(client, "event@client.test")
    definition = client.api_request(
        {
            "method": "POST",
            "path": "/events/v3/event-definitions",
            "body": {"label": "Walked", "includeDefaultProperties": True, "propertyDefinitions": []},
        }
    ).json()
    name = definition["fullyQualifiedName"]
    row = BehavioralEventHttpCompletionRequest(event_name=name, email="event@client.test", properties={"steps": "9"})
    client.events.send.basic_api.send(row)
    page = client.events.events_api.get_page(object_type="contact", object_id=int(id), event_type=name)
    assert [event.properties for event in page.results] == [{"steps": "9"}]
    assert name in client.events.events_api.get_types().event_types


def test_preferences(client: HubSpot) -> None:
    kinds = client.communication_preferences.definition_api.get_page().subscription_definitions
    wish = PublicUpdateSubscriptionStatusRequest(email_address="pref@client.test", subscription_id=kinds[0].id)
    assert client.communication_preferences.status_api.subscribe(wish).status == "SUBSCRIBED"
    told = client.communication_preferences.status_api.get_email_status("pref@client.test").subscription_statuses
    assert [row.status for row in told] == ["SUBSCRIBED", "NOT_SUBSCRIBED"]
    assert client.communication_preferences.status_api.unsubscribe(wish).status == "NOT_SUBSCRIBED"


def test_an_import_writes_its_rows_and_tells_of_the_bad_ones(client: HubSpot, tmp_path: Any) -> None:
    file = tmp_path / "people.csv"
    file.write_text("Mail;Stage\nimport1@client.test;lead\nnot an address;lead\n", encoding="utf-8")
    columns = [
        {"columnObjectTypeId": "0-1", "columnName": "Mail", "propertyName": "email"},
        {"columnObjectTypeId": "0-1", "columnName": "Stage", "propertyName": "lifecyclestage"},
    ]
    wanted = {
        "name": "Walk",
        "importOperations": {"0-1": "UPSERT"},
        "files": [
            {
                "fileName": "people.csv",
                "fileFormat": "CSV",
                "fileImportPage": {"hasHeader": True, "columnMappings": columns},
            }
        ],
    }
    api = client.crm.imports.core_api
    started = api.create(import_request=json.dumps(wanted), files=str(file))
    assert started.state == "STARTED"
    done = api.get_by_id(int(started.id))
    assert done.state == "DONE" and done.metadata.counters["CREATED_OBJECTS"] == 1
    (error,) = client.crm.imports.public_imports_api.get_errors(int(started.id)).results
    assert error.source_data.line_number == 3
    made = client.crm.contacts.basic_api.get_by_id(
        "import1@client.test", id_property="email", properties=["lifecyclestage"]
    )
    assert made.properties["lifecyclestage"] == "lead"
    api.cancel(int(started.id))
    assert api.get_page().results


def test_an_export_ends_in_a_file(client: HubSpot) -> None:
    new_contact(client, "export@client.test", firstname="=cmd()")
    wanted = PublicExportRequest(
        export_type="VIEW",
        format="CSV",
        export_name="Walk",
        object_type="CONTACT",
        object_properties=["email", "firstname"],
        language="EN",
        export_internal_values_options=["VALUES"],
        associated_object_type=None,
    )
    api = client.crm.exports.public_exports_api
    started = api.start(public_export_request=wanted)
    done = api.get_status(int(started.id))
    assert done.status == "COMPLETE"
    text = client.api_request({"path": done.result.partition(str(client.config["host"]))[2]}).text
    assert "export@client.test,'=cmd()" in text


# -- what may not be done ------------------------------------------------------------------------------------------


def test_without_a_token_nothing_is_told(hubspot: Served) -> None:
    stranger = HubSpot(access_token="pat-na1-wrong", host=hubspot.base_url)
    status, body = refusal(lambda: stranger.crm.contacts.basic_api.get_page())
    assert (status, body["category"]) == (401, "INVALID_AUTHENTICATION")


def test_a_token_without_the_scope_is_told_which_one(hubspot: Served) -> None:
    token = hubspot.world.portal.credentials.add_token("private_app", ["crm.objects.contacts.read"]).value
    reader = HubSpot(access_token=token, host=hubspot.base_url)
    reader.crm.contacts.basic_api.get_page(limit=1)
    egg = contacts.SimplePublicObjectInputForCreate(properties={"email": "scope@client.test"})
    status, body = refusal(lambda: reader.crm.contacts.basic_api.create(egg))
    assert (status, body["category"]) == (403, "MISSING_SCOPES")
    assert body["errors"][0]["context"]["requiredGranularScopes"] == ["crm.objects.contacts.write"]
