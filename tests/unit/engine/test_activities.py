"""Activities told in Salesforce, once, whatever happens; campaigns joined by form; what is logged in Salesforce, told here."""

from __future__ import annotations

import contextlib
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.fakes.small_world import Crash, SmallWorld, make_field, make_schema, make_settings

from pasodoble.engine.cycle import Scope
from pasodoble.engine.service import mending
from pasodoble.engine.service.explaining import explain_known
from pasodoble.engine.service.finding import find_known
from pasodoble.model.activity import ACTIVITIES, Activity
from pasodoble.model.cause import Problem
from pasodoble.model.operation import Create
from pasodoble.model.outcome import Refused
from pasodoble.model.record import Owner
from pasodoble.model.ref import Ref
from pasodoble.model.schema import Family
from pasodoble.model.settings import ExistingRecords, OnDelete, SalesforceActivities
from pasodoble.model.side import Side

TASK_FIELDS = "Subject Description ActivityDate Status Priority Type TaskSubtype CallType OwnerId WhoId WhatId".split()
KEY = make_field("Pasodoble_Key__c", unique=True)
ON: dict[str, Any] = {"note_created": {"on": True}, "sales_email_opened": {"on": True}}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[SmallWorld]:
    made = SmallWorld(f"sqlite:///{tmp_path}/small.db", replace(make_settings(), activities=ON))
    task = [make_field(name, Family.CHOICE if name == "Status" else Family.TEXT) for name in TASK_FIELDS]
    made.salesforce.schemas["Task"] = make_schema(Side.SALESFORCE, "Task", [*task, KEY])
    event = [make_field(name) for name in ("Subject", "Description", "StartDateTime", "EndDateTime", "WhoId")]
    made.salesforce.schemas["Event"] = make_schema(Side.SALESFORCE, "Event", [*event, KEY])
    yield made
    made.close()


def put_person(world: SmallWorld, name: str = "ana", **fields: str) -> Ref:
    known = {"email": f"{name}@x.example", "lastname": name.title(), "company": "Acme"}
    return world.hubspot.put("contacts", known | fields)


def happen(world: SmallWorld, *contacts: Ref, name: str = "note_created", id: str = "", **fields: str) -> Activity:
    """A note, say, on the timeline of these contacts."""
    object = "notes" if name == "note_created" else "email_opens"
    ref = Ref(Side.HUBSPOT, object, id or str(len(world.hubspot.activities) + 1))
    record = world.hubspot.put(object, {})
    for contact in contacts:
        world.hubspot.tie(record, contact)
    one = Activity(
        name=name, ref=ref, at=world.clock.now(), record=record, fields={"hs_note_body": "Hello"} | dict(fields)
    )
    world.hubspot.activities.append(one)
    return one


def submit(world: SmallWorld, address: str, form: str = "f-1") -> Activity:
    ref = Ref(Side.HUBSPOT, "form_submissions", f"{form}-{len(world.hubspot.activities)}")
    fields = {"form": form, "form_name": "Contact us"}
    one = Activity(name="form_submitted", ref=ref, at=world.clock.now(), address=address, fields=fields)
    world.hubspot.activities.append(one)
    return one


def tasks(world: SmallWorld) -> list[dict[str, Any]]:
    return [row.fields for row in world.salesforce.live("Task")]


def whose(world: SmallWorld) -> list[Ref]:
    return sorted(to for ref, to, _ in world.salesforce.ties if ref.object == "Task")


def person(world: SmallWorld) -> Ref:
    [row] = world.live(Side.SALESFORCE)
    return row.ref


# --- HubSpot to Salesforce -------------------------------------------------------------------------------------------


async def test_a_note_on_a_new_contact_is_told_on_its_lead_in_the_same_run(world: SmallWorld) -> None:
    happen(world, put_person(world))
    result = await world.sync()
    assert [task["Subject"] for task in tasks(world)] == ["Note: Hello"]
    assert whose(world) == [person(world)]
    assert result.report.tallies[ACTIVITIES].written[Side.SALESFORCE]["created"] == 1


async def test_it_is_told_once_however_often_it_is_seen(world: SmallWorld) -> None:
    one = happen(world, put_person(world))
    for _ in range(3):
        await world.sync()
        world.hubspot.activities.append(one)
    assert len(tasks(world)) == 1


@pytest.mark.parametrize("fault", ["before", "after"])
async def test_an_answer_that_is_lost_makes_no_second_task(world: SmallWorld, fault: str) -> None:
    happen(world, put_person(world))
    await world.sync()
    happen(world, *[row.ref for row in world.hubspot.live("contacts")])
    world.faults.salesforce.draw = lambda what: fault if what == "write" else ""
    await world.sync()
    world.faults.salesforce.draw = lambda _what: ""
    await world.sync()
    assert len(tasks(world)) == 2


@pytest.mark.parametrize("fault", ["crash_before", "crash_after"])
async def test_a_crash_while_it_is_told_loses_and_doubles_nothing(world: SmallWorld, fault: str) -> None:
    contact = put_person(world)
    await world.sync()
    happen(world, contact)
    world.faults.salesforce.draw = lambda what: fault if what == "write" else ""
    with pytest.raises(Crash):
        await world.sync()
    world.faults.salesforce.draw = lambda _what: ""
    await world.sync()
    await world.sync()
    assert len(tasks(world)) == 1


@pytest.mark.parametrize("seed", range(12))
async def test_whatever_the_world_does_each_activity_has_one_task(world: SmallWorld, seed: int) -> None:
    dice = random.Random(seed)
    words = ["", "", "before", "after", "crash_before", "crash_after"]
    contacts = [put_person(world, name) for name in ("ana", "bea", "eva")]
    for _ in range(4):
        for _ in range(dice.randrange(4)):
            happen(world, dice.choice(contacts))
        draw = lambda what: dice.choice(words) if what == "write" else dice.choice(["", "", "", "after"])  # noqa: E731
        world.faults.salesforce.draw = draw
        with contextlib.suppress(Crash):
            await world.sync()
    world.faults.salesforce.draw = lambda _what: ""
    world.clock.advance(6 * 3600)
    await world.sync()
    await world.sync()
    told = sorted(str(task["Pasodoble_Key__c"]) for task in tasks(world))
    assert told == sorted(f"p1:hubspot:hubspot-account:notes:{one.ref.id}" for one in world.hubspot.activities)


async def test_a_hundred_activities_cost_as_few_writes_as_one(world: SmallWorld) -> None:
    contact = put_person(world)
    await world.sync()
    batches: list[int] = []
    write = world.salesforce.write

    async def counted(operations: Any) -> Any:
        batches.append(len(operations))
        return await write(operations)

    for _ in range(100):
        happen(world, contact)
    world.faults.salesforce.write = counted  # type: ignore[method-assign]  # the wrapper writes one by one
    await world.sync()
    assert batches == [100]
    assert len(tasks(world)) == 100


async def test_each_contact_of_a_note_has_it_on_its_own_timeline(world: SmallWorld) -> None:
    happen(world, put_person(world), put_person(world, "bea"))
    await world.sync()
    assert len(tasks(world)) == 2
    assert whose(world) == sorted(row.ref for row in world.live(Side.SALESFORCE))


async def test_a_note_that_is_on_nobody_yet_is_told_when_it_is(world: SmallWorld) -> None:
    contact = put_person(world)
    one = happen(world)
    await world.sync()
    assert tasks(world) == []
    assert one.record is not None
    world.hubspot.tie(one.record, contact)
    world.hubspot.activities.append(one)
    await world.sync()
    assert len(tasks(world)) == 1


async def test_who_is_left_out_has_no_task(world: SmallWorld) -> None:
    happen(world, world.hubspot.put("contacts", {"lastname": "Nobody", "company": "X"}))
    result = await world.sync()
    assert (tasks(world), world.live(Side.SALESFORCE)) == ([], [])
    assert result.report.tallies[ACTIVITIES].left_out == {"no_email": 1}
    await world.sync()
    assert tasks(world) == []


async def test_an_activity_waits_for_its_person_and_after_a_day_somebody_is_told(world: SmallWorld) -> None:
    contact = put_person(world, company="")
    happen(world, contact)
    result = await world.sync()
    assert result.report.tallies[ACTIVITIES].waiting == 1
    assert not result.report.tallies[ACTIVITIES].problems
    world.clock.advance(timedelta(days=1, hours=1).total_seconds())
    result = await world.sync()
    assert result.report.tallies[ACTIVITIES].problems == {"association.waiting_for_other": 1}
    world.hubspot.edit(contact, {"company": "Acme"})
    await world.sync()
    assert len(tasks(world)) == 1
    with world.store.transaction("small", read_only=True) as tx:
        assert tx.problems.load() == []


async def test_what_is_switched_off_is_neither_told_nor_a_trigger(world: SmallWorld) -> None:
    world.settings = replace(world.settings, activities={"note_created": {"on": False}})
    happen(world, put_person(world))
    await world.sync()
    assert tasks(world) == []


async def test_a_form_syncs_its_contact_even_where_it_is_not_told(world: SmallWorld) -> None:
    contact = put_person(world)
    submit(world, "Ana@x.example ")
    await world.sync(Scope())
    assert tasks(world) == []
    found = find_known(world.settings, world.store, str(contact))
    assert found is not None
    steps = explain_known(world.settings, world.store, found).steps
    assert "trigger.form_submitted" in [step.reason.id for step in steps]


async def test_what_happened_long_before_it_was_switched_on_is_left_alone(world: SmallWorld) -> None:
    contact = put_person(world)
    happen(world, contact)
    world.clock.advance(timedelta(days=2).total_seconds())
    happen(world, contact)
    await world.sync()
    assert [task["Pasodoble_Key__c"][-1] for task in tasks(world)] == ["2"]


async def test_with_existing_records_waiting_only_what_happens_from_now_on_is_told(world: SmallWorld) -> None:
    world.settings = replace(world.settings, existing_records=ExistingRecords.WAIT)
    contact = put_person(world)
    happen(world, contact)
    await world.sync()
    world.hubspot.edit(contact, {"city": "Jaén"})
    happen(world, contact)
    await world.sync()
    assert [task["Pasodoble_Key__c"][-1] for task in tasks(world)] == ["2"]


async def test_a_task_goes_to_the_activitys_owner_else_the_contacts_else_to_nobody_in_particular(
    world: SmallWorld,
) -> None:
    world.hubspot.owners = [Owner(id="1", email="o@x.example", name="O")]
    world.salesforce.owners = [Owner(id="005A", email="o@x.example", name="O")]
    world.salesforce.schemas["Lead"] = make_schema(
        Side.SALESFORCE,
        "Lead",
        [*world.salesforce.schemas["Lead"].fields.values(), make_field("OwnerId", Family.OWNER)],
    )
    contact = put_person(world)
    await world.sync()
    world.salesforce.edit(person(world), {"OwnerId": "005B"})
    happen(world, contact, hubspot_owner_id="1")
    happen(world, contact, hubspot_owner_id="2")
    await world.sync()
    world.salesforce.edit(person(world), {"OwnerId": "00GQ"})
    happen(world, contact)
    await world.sync()
    assert [task.get("OwnerId") for task in tasks(world)] == ["005A", "005B", None]


async def test_a_refused_task_is_a_problem_and_is_told_once_it_is_mended(world: SmallWorld) -> None:
    def refuse(operation: Any) -> Refused | None:
        is_task = isinstance(operation, Create) and operation.object == "Task"
        problem = Problem(cause="salesforce.validation_rule", side=Side.SALESFORCE, code="FIELD_CUSTOM", text="No")
        return Refused(problem=problem) if is_task else None

    world.salesforce.refuse = refuse
    happen(world, put_person(world))
    result = await world.sync()
    assert result.report.tallies[ACTIVITIES].problems == {"salesforce.validation_rule": 1}
    world.salesforce.refuse = lambda _operation: None
    with world.store.transaction("small", read_only=True) as tx:
        rows = tx.problems.load(cause="salesforce.validation_rule")
    refs = mending.retry(world.settings, world.store, world.clock, rows)
    await world.sync(Scope(kinds=tuple(refs), refs=set().union(*refs.values())))
    assert len(tasks(world)) == 1


async def test_the_contacts_own_trace_and_history_tell_of_the_task(world: SmallWorld) -> None:
    contact = put_person(world)
    happen(world, contact)
    await world.sync()
    found = find_known(world.settings, world.store, str(contact))
    assert found is not None
    told = [step.reason for step in explain_known(world.settings, world.store, found).steps]
    [task] = world.salesforce.live("Task")
    assert "trigger.note_created" in [reason.id for reason in told]
    assert dict(told[-1].params)["record"] == f"Task {task.ref.id}"
    with world.store.transaction("small", read_only=True) as tx:
        [link] = tx.links.load([contact]).values()
        fields = [row.change.field for row in tx.history.load(link.id)]
        rows, _ = tx.records.search()
    assert fields[0] == "activity:note_created"
    assert [row.kind for row in rows] == ["contacts"]


# --- campaigns -------------------------------------------------------------------------------------------------------


@pytest.fixture
def campaigns(world: SmallWorld) -> dict[str, Ref]:
    world.salesforce.schemas["Campaign"] = make_schema(Side.SALESFORCE, "Campaign", [make_field("IsActive")])
    refs = {name: world.salesforce.put("Campaign", {"IsActive": name == "active"}) for name in ("active", "inactive")}
    forms = {"f-1": refs["active"].id, "f-2": refs["inactive"].id}
    world.settings = replace(world.settings, campaign_of_form=forms, member_status="Responded")
    return refs


def members(world: SmallWorld) -> list[dict[str, Any]]:
    return [row.fields for row in world.salesforce.live("CampaignMember")]


async def test_a_form_makes_its_contact_a_member_once(world: SmallWorld, campaigns: dict[str, Ref]) -> None:
    put_person(world)
    submit(world, "ana@x.example")
    submit(world, "ana@x.example")
    await world.sync()
    submit(world, "ana@x.example")
    await world.sync()
    [member] = members(world)
    assert (member["CampaignId"], member["LeadId"]) == (campaigns["active"].id, person(world).id)
    assert member["Status"] == "Responded"


async def test_joining_a_campaign_is_a_trigger_of_its_own(world: SmallWorld, campaigns: dict[str, Ref]) -> None:
    contact = put_person(world)
    submit(world, "ana@x.example")
    await world.sync()
    with world.store.transaction("small", read_only=True) as tx:
        counted = {row.key for row in tx.firings.load()}
        [link] = tx.links.load([contact]).values()
        assert "activity:form_submitted" in [row.change.field for row in tx.history.load(link.id)]
    assert "campaign_joined_by_form" in counted


async def test_an_inactive_campaign_has_no_members_and_the_trace_says_so(
    world: SmallWorld, campaigns: dict[str, Ref]
) -> None:
    contact = put_person(world)
    submit(world, "ana@x.example", "f-2")
    await world.sync()
    assert members(world) == []
    found = find_known(world.settings, world.store, str(contact))
    assert found is not None
    said = [step.reason.id for step in explain_known(world.settings, world.store, found).steps]
    assert "gate.campaign_inactive" in said
    world.salesforce.edit(campaigns["inactive"], {"IsActive": True})
    await world.sync()
    assert members(world) == []
    submit(world, "ana@x.example", "f-2")
    await world.sync()
    assert len(members(world)) == 1


async def test_who_is_a_member_already_is_left_as_they_are(world: SmallWorld, campaigns: dict[str, Ref]) -> None:
    put_person(world)
    await world.sync()
    world.salesforce.tie(campaigns["active"], person(world), "Sent")
    submit(world, "ana@x.example")
    await world.sync()
    assert members(world) == []


async def test_campaigns_are_shown_on_the_contact(world: SmallWorld, campaigns: dict[str, Ref]) -> None:
    shown = make_field("salesforcecampaignids", Family.CHOICES)
    known = world.hubspot.schemas["contacts"].fields.values()
    world.hubspot.schemas["contacts"] = make_schema(Side.HUBSPOT, "contacts", [*known, shown])
    contact = put_person(world)
    await world.sync()
    world.salesforce.tie(campaigns["active"], person(world))
    world.hubspot.edit(contact, {"jobtitle": "CTO"})
    await world.sync()
    assert world.hubspot.rows[contact].fields["salesforcecampaignids"] == campaigns["active"].id


# --- Salesforce to HubSpot -------------------------------------------------------------------------------------------


@pytest.fixture
def logging(world: SmallWorld) -> SmallWorld:
    """Tasks come back, calls do not; one person is synced, and the switch has been on for a while."""
    names = "hs_task_subject hs_task_body hs_task_priority hs_timestamp hubspot_owner_id".split()
    fields = [*map(make_field, names), make_field("hs_task_status", Family.CHOICE)]
    key = make_field("pasodoble_key", unique=True)
    world.hubspot.schemas["tasks"] = make_schema(Side.HUBSPOT, "tasks", [*fields, key])
    world.settings = replace(world.settings, salesforce_activities=SalesforceActivities(kinds=("tasks",)))
    return world


def log(world: SmallWorld, who: Ref | None, **fields: str) -> Ref:
    known = {"Subject": "Ring", "Status": "Not Started", "ActivityDate": "2026-05-05", "WhoId": who and who.id}
    return world.salesforce.put("Task", known | fields)


def told_tasks(world: SmallWorld) -> list[dict[str, Any]]:
    return [row.fields for row in world.hubspot.live("tasks")]


async def test_a_task_logged_in_salesforce_is_told_on_its_contact(logging: SmallWorld) -> None:
    contact = put_person(logging)
    await logging.sync()
    log(logging, person(logging))
    await logging.sync()
    [task] = told_tasks(logging)
    assert (task["hs_task_subject"], task["hs_task_status"]) == ("Ring", "NOT_STARTED")
    [row] = logging.hubspot.live("tasks")
    assert (row.ref, contact, "") in logging.hubspot.ties


async def test_only_what_was_made_or_changed_since_it_was_switched_on_comes(logging: SmallWorld) -> None:
    on = logging.settings
    logging.settings = replace(on, salesforce_activities=SalesforceActivities())
    put_person(logging)
    await logging.sync()
    old = log(logging, person(logging))
    logging.clock.advance(5)
    logging.settings = on
    await logging.sync()
    assert told_tasks(logging) == []
    logging.salesforce.edit(old, {"Status": "Completed"})
    await logging.sync()
    assert [task["hs_task_status"] for task in told_tasks(logging)] == ["COMPLETED"]


async def test_a_change_follows_and_a_check_with_no_news_writes_nothing(logging: SmallWorld) -> None:
    put_person(logging)
    await logging.sync()
    task = log(logging, person(logging))
    await logging.sync()
    logging.clock.advance(60)
    logging.salesforce.edit(task, {"Subject": "Rang"})
    await logging.sync()
    assert [one["hs_task_subject"] for one in told_tasks(logging)] == ["Rang"]
    before = logging.writes()
    await logging.sync()
    assert logging.writes() == before


@pytest.mark.parametrize("rule", OnDelete)
async def test_a_deletion_follows_where_the_settings_say_so(logging: SmallWorld, rule: OnDelete) -> None:
    back = SalesforceActivities(kinds=("tasks",), when_deleted=rule)
    logging.settings = replace(logging.settings, salesforce_activities=back)
    put_person(logging)
    await logging.sync()
    task = log(logging, person(logging))
    await logging.sync()
    logging.salesforce.remove(task)
    await logging.sync()
    assert len(told_tasks(logging)) == (0 if rule is OnDelete.DELETE else 1)


async def test_our_own_telling_does_not_come_back(logging: SmallWorld) -> None:
    contact = put_person(logging)
    await logging.sync()
    happen(logging, contact)
    await logging.sync()
    await logging.sync()
    assert (len(tasks(logging)), told_tasks(logging)) == (1, [])


@pytest.mark.parametrize(("subtype", "count"), [("Call", 0), ("Email", 0), ("Task", 1)])
async def test_only_the_sorts_that_are_on_come(logging: SmallWorld, subtype: str, count: int) -> None:
    put_person(logging)
    await logging.sync()
    log(logging, person(logging), TaskSubtype=subtype)
    await logging.sync()
    assert len(told_tasks(logging)) == count


async def test_a_task_of_nobody_or_of_somebody_who_does_not_sync_is_left_alone(logging: SmallWorld) -> None:
    await logging.sync()
    log(logging, None)
    log(logging, logging.salesforce.put("Lead", {"LastName": "Nobody", "Company": "X"}))
    await logging.sync()
    assert told_tasks(logging) == []


@pytest.mark.parametrize("fault", ["before", "after", "crash_before", "crash_after"])
async def test_a_task_is_told_back_once_whatever_happens(logging: SmallWorld, fault: str) -> None:
    put_person(logging)
    await logging.sync()
    log(logging, person(logging))
    logging.faults.hubspot.draw = lambda what: fault if what == "write" else ""
    try:
        await logging.sync()
    except Crash:
        assert fault.startswith("crash")
    logging.faults.hubspot.draw = lambda _what: ""
    await logging.sync()
    await logging.sync()
    assert len(told_tasks(logging)) == 1
