"""`hubspot-sdk` 0.1.0a9 with strict validation, unchanged, on the dated paths: every read it knows, and the writes."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hubspot_contract import Operation, load
from hubspot_sdk import APIStatusError, HubSpot
from hubspot_server import Served

from pasodoble.simulators.hubspot.activities import make_email, open_email, send_sales_email
from pasodoble.simulators.hubspot.changes import person

MOMENT = "2026-05-04T10:00:00Z"


@pytest.fixture(scope="module")
def client(hubspot: Served) -> HubSpot:
    return HubSpot(
        access_token=hubspot.token, base_url=hubspot.base_url, max_retries=0, _strict_response_validation=True
    )


# -- every read --------------------------------------------------------------------------------------------------------

UNCLAIMED = ("/marketing/marketing-events/",)
"""What the simulator does not claim to be: event marketing. Everything else the client can read is asked for."""
READS = [op for op in load("dated").operations if op.method == "GET" and not op.path.startswith(UNCLAIMED)]
QUERIES: dict[str, dict[str, Any]] = {
    "/marketing/emails/2026-03/statistics/histogram": {
        "start_timestamp": MOMENT,
        "end_timestamp": "2026-05-06T10:00:00Z",
    },
    "/crm/lists/2026-03/{listId}/size-and-edits-history/between": {
        "start_date": MOMENT,
        "end_date": "2027-01-01T00:00:00Z",
    },
    "/crm/lists/2026-03/idmapping": {"legacy_list_id": "1"},
}


@pytest.fixture(scope="module")
def samples(client: HubSpot, hubspot: Served) -> dict[str, Any]:
    """A value for every path parameter of the reads, of something that is there."""
    portal = hubspot.world.portal
    first = {type_id: str(min(table.rows)) for type_id, table in portal.tables.items() if table.rows}
    contact = portal.tables["0-1"].rows[int(first["0-1"])]
    email = make_email(portal, "Sample")
    open_email(portal, contact, email)
    client.crm.lists.create(name="Sample", object_type_id="0-1", processing_type="MANUAL")
    campaign = client.marketing.campaigns.create(properties={"hs_name": "Sample"}).id
    item: dict[str, Any] = {"name": "Poster", "amount": 9.5, "order": 1}
    definition = client.events.definitions.create(
        label="Sample", include_default_properties=True, property_definitions=[]
    )
    subscription = client.webhooks_journal.subscriptions.list().results or [journal_subscription(client)]
    client.webhooks.update_settings(
        app_id=11, target_url="https://hooks.example.test/x", throttling={"max_concurrent_requests": 10}
    )
    event = client.webhooks.create_event_subscription(app_id=11, active=False, event_type="contact.creation")
    pipeline = client.crm.pipelines.list(object_type="deals").results[0]
    client.marketing.emails.create_ab_test_variation(content_id=str(email.id), variation_name="B")
    client.crm.properties_validations.update_by_object_type_id_property_name_and_rule_type(
        object_type_id="0-1", property_name="email", rule_type="MAX_LENGTH", rule_arguments=["60"]
    )
    active = client.crm.lists.create(
        name="Active",
        object_type_id="0-1",
        processing_type="DYNAMIC",
        filter_branch={
            "filterBranchType": "OR",
            "filterBranchOperator": "OR",
            "filters": [],
            "filterBranches": [
                {
                    "filterBranchType": "AND",
                    "filterBranchOperator": "AND",
                    "filterBranches": [],
                    "filters": [
                        {
                            "filterType": "PROPERTY",
                            "property": "email",
                            "operation": {
                                "operationType": "ALL_PROPERTY",
                                "operator": "IS_KNOWN",
                                "includeObjectsWithNoValueSet": False,
                            },
                        }
                    ],
                }
            ],
        },
    ).list
    client.crm.lists.update_schedule_conversion(
        list_id=active.list_id, conversion_type="CONVERSION_DATE", year=2027, month=5, day=4
    )
    boat = client.crm.object_schemas.create(
        name="skiff",
        labels={"singular": "Skiff", "plural": "Skiffs"},
        primary_display_property="name",
        required_properties=["name"],
        searchable_properties=[],
        secondary_display_properties=[],
        properties=[{"name": "name", "label": "Name", "type": "string", "field_type": "text"}],
        associated_objects=["CONTACT"],
        allows_sensitive_properties=False,
    ).object_type_id
    return {
        "sales_email_id": send_sales_email(portal, person(77), contact, subject="Hi", body="Hello").id,
        "custom_type": boat,
        "object_type": "contacts",
        "object_type_id": "0-1",
        "from_object_type": "contacts",
        "to_object_type": "companies",
        "from_object_type_id": "0-1",
        "to_object_type_id": "0-2",
        "object_id": first["0-1"],
        "record_id": first["0-1"],
        "contact_id": first["0-1"],
        "company_id": first["0-2"],
        "deal_id": first["0-3"],
        "ticket_id": first["0-5"],
        "list_id": active.list_id,
        "list_name": "Sample",
        "owner_id": min(portal.owners),
        "property_name": "email",
        "group_name": "contactinformation",
        "rule_type": "MAX_LENGTH",
        "pipeline_id": pipeline.id,
        "stage_id": pipeline.stages[0].id,
        "email_id": str(email.id),
        "revision_id": "1",
        "campaign_guid": campaign,
        "asset_type": "FORM",
        "contact_type": "contactFirstTouch",
        "budget_id": client.marketing.campaigns.budget.create(campaign_guid=campaign, **item).id,
        "spend_id": client.marketing.campaigns.spend.create(campaign_guid=campaign, **item).id,
        "event_name": definition.fully_qualified_name,
        "app_id": 11,
        "subscription_id": subscription[0].id,
        "event_subscription_id": int(event.id),
        "count": 5,
        "offset": "00000001-0000-7000-8000-000000000000",
    }


def journal_subscription(client: HubSpot) -> Any:
    return client.webhooks.create_journal_subscription(
        subscription_type="OBJECT",
        portal_id=4242,
        object_type_id="0-1",
        actions=["CREATE", "UPDATE"],
        properties=["email"],
        object_ids=[],
    )


def elsewhere(samples: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Parameters whose names mean something else below these paths."""
    return [
        ("/crm/pipelines/", {"object_type": "deals"}),
        ("/crm/objects/2026-03/emails/{", {"email_id": samples["sales_email_id"]}),
        ("/webhooks/2026-03/{appId}/subscriptions/{", {"subscription_id": samples["event_subscription_id"]}),
        ("/crm-object-schemas/2026-03/schemas/{", {"object_type": samples["custom_type"]}),
    ]


def path_parameters(operation: Operation) -> list[str]:
    return [re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower() for name in re.findall(r"\{(\w+)\}", operation.path)]


def method_of(client: HubSpot, operation: Operation) -> Callable[..., Any]:
    found: Any = client
    for part in operation.sdk.split(".")[1:]:
        found = getattr(found, part)
    return found


@pytest.mark.parametrize("operation", READS, ids=lambda operation: operation.path)
def test_every_read_is_answered_in_shape(client: HubSpot, samples: dict[str, Any], operation: Operation) -> None:
    """Strict validation raises for a wrong shape; only where no sample is at hand may the answer be a 404."""
    arguments = {name: samples.get(name, "12345") for name in path_parameters(operation)}
    arguments |= next((these for prefix, these in elsewhere(samples) if operation.path.startswith(prefix)), {})
    try:
        method_of(client, operation)(**arguments, **QUERIES.get(operation.path, {}))
    except APIStatusError as error:
        assert error.status_code == 404 and not all(name in samples for name in arguments), error.body


# -- the writes --------------------------------------------------------------------------------------------------------


def test_a_contact_from_creation_to_erasure(client: HubSpot) -> None:
    api = client.crm.objects.contacts
    made = api.create(properties={"email": "ana@sdk.test", "firstname": "Ana"}, associations=[])
    assert made.url and made.properties["firstname"] == "Ana"
    found = api.get(contact_id="ana@sdk.test", id_property="email", properties=["phone", "firstname"])
    assert "phone" not in found.properties, "the typed models know strings only, so what is empty is left out"
    api.update(contact_id=made.id, properties={"firstname": "Eva"})
    history = api.get(contact_id=made.id, properties_with_history=["firstname"]).properties_with_history
    assert history is not None and [entry.value for entry in history["firstname"]] == ["Eva", "Ana"]
    api.gdpr_delete(object_id=made.id)
    with pytest.raises(APIStatusError) as refused:
        api.get(contact_id=made.id)
    assert refused.value.status_code == 404


def test_batches_with_trace_ids_fail_one_by_one(client: HubSpot) -> None:
    eggs: list[Any] = [
        {"properties": {"email": "good@sdk.test"}, "associations": [], "objectWriteTraceId": "row-1"},
        {"properties": {"email": "bad"}, "associations": [], "objectWriteTraceId": "row-2"},
    ]
    answer = client.crm.objects.contacts.batch.create(inputs=eggs)
    assert [row.properties["email"] for row in answer.results] == ["good@sdk.test"]
    raw = client.crm.objects.contacts.batch.with_raw_response.create(
        inputs=[{**egg, "properties": {"email": "bad"}} for egg in eggs[:1]]
    )
    assert raw.http_response.status_code == 207
    assert raw.http_response.json()["errors"][0]["context"]["objectWriteTraceId"] == ["row-1"]


def test_upsert_by_email_tells_new_from_known(client: HubSpot) -> None:
    rows: list[Any] = [
        {"id": "up@sdk.test", "idProperty": "email", "properties": {"firstname": name}} for name in ("Ana", "Eva")
    ]
    first = client.crm.objects.contacts.batch.upsert(inputs=rows[:1]).results[0]
    second = client.crm.objects.contacts.batch.upsert(inputs=rows[1:]).results[0]
    assert (first.new, second.new, first.id) == (True, False, second.id)


def test_search_pages_to_the_end(client: HubSpot) -> None:
    for number in range(5):
        client.crm.objects.contacts.create(properties={"email": f"s{number}@search.test"}, associations=[])
    filters: Any = [{"filters": [{"propertyName": "email", "operator": "CONTAINS_TOKEN", "value": "*@search.test"}]}]
    seen, after = [], "0"
    while True:
        page = client.crm.objects.contacts.search(
            filter_groups=filters, sorts=["email"], properties=["email"], limit=2, after=after
        )
        seen += [row.properties["email"] for row in page.results]
        if page.paging is None or page.paging.next is None:
            break
        after = page.paging.next.after
    assert page.total == 5 and seen == [f"s{number}@search.test" for number in range(5)]


def test_associations_by_label(client: HubSpot) -> None:
    contact = client.crm.objects.contacts.create(properties={"email": "assoc@sdk.test"}, associations=[]).id
    company = client.crm.objects.companies.create(properties={"name": "Linked"}, associations=[]).id
    batch = client.crm.associations.batch
    pair: Any = {"from": {"id": contact}, "to": {"id": company}}
    spec: Any = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}
    ends: Any = {"from_object_type": "contacts", "to_object_type": "companies"}
    batch.create(**ends, inputs=[{**pair, "types": [spec]}])
    read = batch.get(**ends, inputs=[{"id": contact}]).results[0]
    assert {kind.type_id for kind in read.to[0].association_types} == {1, 279}
    client.crm.associations.batch.delete_labels(**ends, inputs=[{**pair, "types": [spec]}])
    left = batch.get(**ends, inputs=[{"id": contact}]).results[0]
    assert {kind.type_id for kind in left.to[0].association_types} == {279}


def test_campaigns_with_assets_budget_and_spend(client: HubSpot) -> None:
    api = client.marketing.campaigns
    made = api.create(properties={"hs_name": "Walk", "hs_start_date": "2026-05-04"})
    api.assets.update(campaign_guid=made.id, asset_type="FORM", asset_id="f-1")
    assert [asset.id for asset in api.get(campaign_guid=made.id).assets["FORM"].results] == ["f-1"]
    api.budget.create(campaign_guid=made.id, amount=100, name="All", order=1)
    spent = api.spend.create(campaign_guid=made.id, amount=30, name="Poster", order=1)
    api.spend.update(campaign_guid=made.id, spend_id=spent.id, amount=40, name="Poster", order=1)
    totals = api.budget.get_totals(campaign_guid=made.id)
    assert (totals.budget_total, totals.spend_total, totals.remaining_budget) == (100, 40, 60)
    assert api.update(campaign_guid=made.id, properties={"hs_name": "Walked"}).properties["hs_name"] == "Walked"
    assert [row.id for row in api.batch.get(inputs=[{"id": made.id}, {"id": "gone"}]).results] == [made.id]
    api.delete(campaign_guid=made.id)


def test_the_journal_is_followed_from_file_to_file(client: HubSpot) -> None:
    journal_subscription(client)
    client.crm.objects.contacts.create(properties={"email": "journal@sdk.test"}, associations=[])
    entry = client.webhooks.get_latest_journal_entry().json()
    told = httpx.get(entry["url"]).json()["journalEvents"][-1]
    assert (told["action"], told["propertyChanges"]) == ("CREATE", {"email": "journal@sdk.test"})
    after = client.webhooks.get_next_journal_entries(offset=entry["currentOffset"])
    assert after.read() == b""
    batch = client.webhooks.get_earliest_journal_batch(count=50)
    assert batch.results[-1].current_offset == entry["currentOffset"]


def test_tokens_are_given_looked_at_and_revoked(client: HubSpot, hubspot: Served) -> None:
    known = hubspot.world.credentials
    secret: Any = {"client_id": known["client_id"], "client_secret": known["client_secret"]}
    given = client.auth.oauth.create_token(
        grant_type="client_credentials", scope="developer.webhooks_journal.read", **secret
    )
    told: Any = client.auth.oauth.introspect_token(token=given.access_token, **secret)
    assert told.active and told.scopes == ["developer.webhooks_journal.read"]
    client.auth.oauth.revoke_token(token=given.access_token, **secret)
    with pytest.raises(APIStatusError) as refused:
        HubSpot(access_token=given.access_token, base_url=hubspot.base_url, max_retries=0).account.get()
    assert refused.value.status_code == 401


def test_an_import_by_the_client(client: HubSpot) -> None:
    request = (
        '{"name":"Walk","files":[{"fileName":"c.csv","fileFormat":"CSV","fileImportPage":{"hasHeader":true,'
        '"columnMappings":[{"columnObjectTypeId":"0-2","columnName":"Firm","propertyName":"name"},'
        '{"columnObjectTypeId":"0-1","columnName":"Mail","propertyName":"email"}]}}]}'
    )
    started = client.crm.imports.create(
        files=("c.csv", b"Firm,Mail\nImported Ltd,imp@sdk.test\n"), import_request=request
    )
    done = client.crm.imports.get(import_id=int(started.id))
    assert done.metadata.counters["CREATED_OBJECTS"] == 2
    linked = client.crm.objects.contacts.get(contact_id="imp@sdk.test", id_property="email", associations=["companies"])
    assert linked.associations is not None and linked.associations["companies"].results


def test_an_export_of_a_list(client: HubSpot) -> None:
    contact = client.crm.objects.contacts.create(properties={"email": "export@sdk.test"}, associations=[]).id
    one = client.crm.lists.create(name="Export", object_type_id="0-1", processing_type="MANUAL").list.list_id
    client.crm.lists.add_memberships(list_id=one, body=[contact])
    started = client.crm.exports.create_async(
        export_type="LIST",
        list_id=one,
        format="CSV",
        export_name="Walk",
        object_type="CONTACT",
        object_properties=["email"],
        language="EN",
        associated_object_type=[],
        export_internal_values_options=["VALUES"],
        include_labeled_associations=False,
        include_primary_display_property_for_associated_objects=False,
        override_associated_objects_per_definition_per_row_limit=False,
    )
    done = client.crm.exports.get_status(task_id=int(started.id))
    assert done.result is not None
    assert httpx.get(done.result).text.splitlines() == ["Record ID,email", f"{contact},export@sdk.test"]
    assert client.crm.exports.get(export_id=int(started.id)).record_count == 1


KINDS: dict[str, dict[str, str]] = {
    "contacts": {"email": "kind@sdk.test"},
    "companies": {"name": "Acme"},
    "deals": {"dealname": "Big", "dealstage": "appointmentscheduled", "pipeline": "default"},
    "tickets": {"subject": "Help", "hs_pipeline_stage": "1", "hs_pipeline": "0"},
    "notes": {"hs_note_body": "x", "hs_timestamp": MOMENT},
    "tasks": {"hs_task_subject": "x", "hs_timestamp": MOMENT},
    "calls": {"hs_call_title": "x", "hs_timestamp": MOMENT},
    "meetings": {"hs_meeting_title": "x", "hs_timestamp": MOMENT},
    "emails": {"hs_email_direction": "EMAIL", "hs_timestamp": MOMENT},
    "communications": {"hs_communication_channel_type": "SMS", "hs_timestamp": MOMENT},
    "postal_mail": {"hs_timestamp": MOMENT},
    "line_items": {"name": "Bolt"},
    "products": {"name": "Bolt"},
    "quotes": {"hs_title": "Offer", "hs_expiration_date": "2027-01-01"},
    "orders": {"hs_order_name": "First"},
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_record_has_the_same_life(client: HubSpot, kind: str) -> None:
    api, values = getattr(client.crm.objects, kind), KINDS[kind]
    name = next(iter(values))
    made = api.create(properties=values, associations=[])
    id_name = next(parameter for parameter in inspect.signature(api.get).parameters if parameter.endswith("_id"))
    change_name = next(parameter for parameter in inspect.signature(api.update).parameters if parameter.endswith("_id"))
    assert name in api.get(**{id_name: made.id}, properties=[name]).properties
    assert api.update(**{change_name: made.id}, properties={name: values[name]}).id == made.id
    assert api.list(limit=1).results
    assert [
        row.id for row in api.batch.get(inputs=[{"id": made.id}], properties=[], properties_with_history=[]).results
    ]
    filters = [{"filters": [{"propertyName": "hs_object_id", "operator": "EQ", "value": made.id}]}]
    assert api.search(filter_groups=filters, limit=1, properties=[], sorts=[], after="0").total == 1
    api.batch.delete(inputs=[{"id": made.id}])
    with pytest.raises(APIStatusError):
        api.get(**{id_name: made.id})


def test_lists_are_filled_emptied_and_restored(client: HubSpot) -> None:
    api = client.crm.lists
    ids = [
        client.crm.objects.contacts.create(properties={"email": f"member{number}@sdk.test"}, associations=[]).id
        for number in range(3)
    ]
    one = api.create(name="Walk", object_type_id="0-1", processing_type="MANUAL").list.list_id
    other = api.create(name="Other", object_type_id="0-1", processing_type="MANUAL").list.list_id
    added = api.add_memberships(list_id=one, body=[*ids[:2], "999999"])
    assert added.records_ids_added == ids[:2] and added.record_ids_missing == ["999999"]
    swapped = api.add_and_remove_memberships(list_id=one, record_ids_to_add=ids[2:], record_ids_to_remove=ids[:1])
    assert (swapped.records_ids_added, swapped.record_ids_removed) == (ids[2:], ids[:1])
    api.add_memberships_from(list_id=other, source_list_id=one)
    assert [row.record_id for row in api.list_memberships(list_id=other).results] == ids[1:]
    assert [row.record_id for row in api.get_memberships_join_order(list_id=one).results] == ids[1:]
    held = api.get_record_memberships(object_type_id="0-1", record_id=ids[2])
    assert {row.list_id for row in held.results} >= {one, other}
    api.update_list_name(list_id=one, list_name="Walked")
    api.delete_memberships(list_id=one)
    api.delete(list_id=one)
    api.restore(list_id=one)
    assert api.get(list_id=one).list.name == "Walked"


def test_pipelines_and_their_stages_are_made_changed_and_taken_away(client: HubSpot) -> None:
    api: Any = client.crm.pipelines
    stage = {"label": "Open", "display_order": 0, "metadata": {"probability": "0.5"}}
    made = api.create(object_type="deals", label="Walk", display_order=9, stages=[stage])
    place = {"object_type": "deals", "pipeline_id": made.id}
    won = api.create_stage(**place, label="Won", display_order=1, metadata={"probability": "1.0"})
    assert api.update_stage(**place, stage_id=won.id, label="Done", metadata={"probability": "1.0"}).label == "Done"
    api.delete_stage(**place, stage_id=won.id)
    assert api.update(**place, label="Walked").label == "Walked"
    replaced = api.update_all_properties(**place, label="New", display_order=1, stages=[stage])
    assert [row.label for row in replaced.stages] == ["Open"]
    api.delete(**place)


def test_opting_out_of_all_email_shows_on_the_contact(client: HubSpot) -> None:
    contact = client.crm.objects.contacts.create(properties={"email": "out@client.test"}, associations=[])
    api = client.communication_preferences
    assert api.get_unsubscribe_all_status("out@client.test", channel="EMAIL").results[0].status == "NOT_SPECIFIED"
    done = api.unsubscribe_all("out@client.test", channel="EMAIL", verbose=True)
    assert {row.status for row in done.results} == {"UNSUBSCRIBED"}
    assert api.get_unsubscribe_all_status("out@client.test", channel="EMAIL").results[0].status == "UNSUBSCRIBED"
    shown = client.crm.objects.contacts.get(contact.id, properties=["hs_email_optout"])
    assert shown.properties["hs_email_optout"] == "true"
