"""The webhooks journal: what is written into it for whom, and how a reader follows it."""

from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest

from pasodoble.simulators.clock import SimClock
from pasodoble.simulators.http import Request
from pasodoble.simulators.hubspot import World, build
from pasodoble.simulators.hubspot.changes import Association, Change, Membership, Merge, person
from pasodoble.simulators.hubspot.records import Record

START_MS = 1_777_888_800_000
SUBSCRIPTIONS = "/webhooks-journal/subscriptions/2026-03"
JOURNAL = "/webhooks-journal/journal/2026-03"
OBJECT = {
    "subscriptionType": "OBJECT",
    "portalId": 4242,
    "objectTypeId": "0-1",
    "actions": ["CREATE", "UPDATE", "DELETE", "MERGE"],
    "properties": ["email", "firstname"],
    "objectIds": [],
}


@pytest.fixture
def world() -> World:
    return build(SimClock(start_ms=START_MS, frozen=True), empty=True)


async def call(world: World, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    path, _, query = path.partition("?")
    headers = {"authorization": f"Bearer {world.credentials['token']}", "host": "hub.test"}
    request = Request(method, path, query, headers, b"" if body is None else orjson.dumps(body))
    response = await world.application.handle(request)
    return response.status, orjson.loads(response.body) if response.body else None


async def read(world: World, entry: dict[str, Any]) -> dict[str, Any]:
    parts = urlsplit(entry["url"])
    response = await world.application.handle(Request("GET", parts.path, parts.query, {}, b""))
    assert response.status == 200
    return orjson.loads(response.body)


async def subscribe(world: World, **changes: Any) -> int:
    status, made = await call(world, "POST", SUBSCRIPTIONS, {**OBJECT, **changes})
    assert status == 201, made
    return int(made["id"])


def announce(
    world: World, kind: Any = "propertyChange", *, detail: Any = None, number: int = 101, **values: str
) -> None:
    change = Change(world.portal.now_ms(), kind, person(77), "0-1", number, values, {}, detail)
    world.portal.changes.announce(change)


async def events(world: World) -> list[dict[str, Any]]:
    _, batch = await call(world, "GET", f"{JOURNAL}/batch/earliest/100")
    return [event for entry in batch["results"] for event in (await read(world, entry))["journalEvents"]]


async def test_only_what_was_asked_for_is_written(world: World) -> None:
    announce(world, email="before@subscription.test")
    await subscribe(world)
    announce(world, email="a@b.test", phone="1")
    announce(world, phone="2")
    announce(world, "restore")
    announce(world, "deletion")
    assert [(event["action"], event.get("propertyChanges")) for event in await events(world)] == [
        ("UPDATE", {"email": "a@b.test"}),
        ("DELETE", {}),
    ]


async def test_reader_follows_the_offsets_to_the_end(world: World) -> None:
    await subscribe(world)
    assert (await call(world, "GET", f"{JOURNAL}/earliest"))[0] == 204
    announce(world, email="1@b.test")
    _, first = await call(world, "GET", f"{JOURNAL}/earliest")
    announce(world, email="2@b.test")
    _, second = await call(world, "GET", f"{JOURNAL}/offset/{first['currentOffset']}/next")
    assert (await read(world, second))["journalEvents"][0]["propertyChanges"] == {"email": "2@b.test"}
    assert (await call(world, "GET", f"{JOURNAL}/offset/{second['currentOffset']}/next"))[0] == 204
    assert (await call(world, "GET", f"{JOURNAL}/latest"))[1]["currentOffset"] == second["currentOffset"]
    _, batch = await call(world, "GET", f"{JOURNAL}/batch/{first['currentOffset']}/next/10")
    assert [entry["currentOffset"] for entry in batch["results"]] == [second["currentOffset"]]
    _, named = await call(world, "POST", f"{JOURNAL}/batch/read", {"inputs": [first["currentOffset"], "nope"]})
    assert [entry["currentOffset"] for entry in named["results"]] == [first["currentOffset"]]


async def test_files_are_kept_three_days(world: World) -> None:
    await subscribe(world)
    announce(world, email="1@b.test")
    assert (await call(world, "GET", f"{JOURNAL}/earliest"))[0] == 200
    world.portal.clock.advance(3 * 86_400 + 1)
    assert (await call(world, "GET", f"{JOURNAL}/earliest"))[0] == 204


async def test_address_of_a_file_expires_and_cannot_be_forged(world: World) -> None:
    await subscribe(world)
    announce(world, email="1@b.test")
    _, entry = await call(world, "GET", f"{JOURNAL}/earliest")
    parts = urlsplit(entry["url"])
    forged = Request("GET", parts.path, parts.query[:-1] + "x", {}, b"")
    assert (await world.application.handle(forged)).status == 403
    world.portal.clock.advance(3601)
    late = Request("GET", parts.path, parts.query, {}, b"")
    assert (await world.application.handle(late)).status == 403


async def test_associations_memberships_merges_and_erasures_each_in_their_shape(world: World) -> None:
    await subscribe(world)
    await subscribe(
        world, subscriptionType="ASSOCIATION", actions=["ASSOCIATION_ADDED"], associatedObjectTypeIds=["0-2"]
    )
    await subscribe(world, subscriptionType="LIST_MEMBERSHIP", actions=["ADDED_TO_LIST"], listIds=[9])
    await subscribe(world, subscriptionType="GDPR_PRIVACY_DELETION", actions=["GDPR_DELETE"])
    made = Association("0-1", 101, "0-2", 55, 279, "HUBSPOT_DEFINED", primary=False, removed=False)
    announce(world, "associationChange", detail=made)
    announce(world, "listMembership", detail=Membership(9, joined=True))
    announce(world, "listMembership", detail=Membership(10, joined=True))
    announce(world, "listMembership", detail=Membership(9, joined=False))
    announce(world, "merge", number=300, detail=Merge(101, (102,), 300, 0))
    announce(world, "privacyDeletion")
    found = await events(world)
    assert [event["action"] for event in found] == ["ASSOCIATION_ADDED", "ADDED_TO_LIST", "MERGE", "GDPR_DELETE"]
    assert (found[0]["toObjectTypeId"], found[0]["associationTypeId"]) == ("0-2", 279)
    assert (found[1]["listId"], found[2]["mergedObjectIds"], found[3]["objectId"]) == (9, [102], 101)


async def test_filters_look_at_the_record(world: World) -> None:
    subscription = await subscribe(world)
    asked = {
        "subscriptionId": subscription,
        "filter": {
            "conditions": [{"filterType": "CRM_OBJECT_PROPERTY", "property": "city", "operator": "EQ", "value": "Oslo"}]
        },
    }
    _, made = await call(world, "POST", f"{SUBSCRIPTIONS}/filters", asked)
    table = world.portal.tables["0-1"]
    table.insert(Record(101, START_MS, {"city": "Oslo"}))
    table.insert(Record(102, START_MS, {"city": "Rome"}))
    announce(world, number=101, email="1@b.test")
    announce(world, number=102, email="2@b.test")
    assert [event["objectId"] for event in await events(world)] == [101]
    assert (await call(world, "GET", f"{SUBSCRIPTIONS}/filters/{made['filterId']}"))[1]["filter"] == asked["filter"]
    assert len((await call(world, "GET", f"{SUBSCRIPTIONS}/filters/subscription/{subscription}"))[1]) == 1
    assert (await call(world, "DELETE", f"{SUBSCRIPTIONS}/filters/{made['filterId']}"))[0] == 204


async def test_snapshots_land_in_the_journal(world: World) -> None:
    world.portal.tables["0-1"].insert(Record(101, START_MS, {"email": "a@b.test", "city": "Oslo"}))
    rows = [
        {"portalId": 4242, "objectTypeId": "0-1", "objectId": number, "properties": ["email"]} for number in (101, 999)
    ]
    _, answer = await call(world, "POST", "/webhooks-journal/snapshots/2026-03/crm", {"snapshotRequests": rows})
    known, unknown = (row["snapshotStatusId"] for row in answer["snapshotResponses"])
    assert (await call(world, "GET", f"{JOURNAL}/status/{known}"))[1]["status"] == "COMPLETED"
    assert (await call(world, "GET", f"{JOURNAL}/status/{unknown}"))[1]["status"] == "FAILED"
    (event,) = await events(world)
    assert (event["action"], event["propertyChanges"]) == ("SNAPSHOT", {"email": "a@b.test"})


@pytest.mark.parametrize(
    "changes",
    [{"subscriptionType": "NEWS"}, {"actions": ["ADDED_TO_LIST"]}, {"objectTypeId": "9-9"}, {"objectIds": ["x"]}],
)
async def test_senseless_subscriptions_are_refused(world: World, changes: dict[str, Any]) -> None:
    assert (await call(world, "POST", SUBSCRIPTIONS, {**OBJECT, **changes}))[0] == 400


async def test_subscriptions_of_a_portal_end_together(world: World) -> None:
    await subscribe(world)
    await subscribe(world, portalId=7)
    assert (await call(world, "DELETE", f"{SUBSCRIPTIONS}/portals/4242"))[0] == 204
    assert [row["portalId"] for row in (await call(world, "GET", SUBSCRIPTIONS))[1]["results"]] == [7]


async def test_journal_asks_for_its_own_scope(world: World) -> None:
    token = world.portal.credentials.add_token("client_credentials", ["crm.objects.contacts.read"]).value
    request = Request("GET", f"{JOURNAL}/earliest", "", {"authorization": f"Bearer {token}"}, b"")
    response = await world.application.handle(request)
    assert response.status == 403
    required = orjson.loads(response.body)["errors"][0]["context"]["requiredGranularScopes"]
    assert required == ["developer.webhooks_journal.read"]


async def test_another_accounts_journal_is_empty(world: World) -> None:
    await subscribe(world)
    announce(world, email="1@b.test")
    local = "/webhooks-journal/journal-local/2026-03/earliest?installPortalId="
    assert (await call(world, "GET", local + "4242"))[0] == 200
    assert (await call(world, "GET", local + "7"))[0] == 204


async def test_an_association_is_told_from_both_of_its_sides(world: World) -> None:
    await subscribe(world, subscriptionType="ASSOCIATION", actions=["ASSOCIATION_ADDED"])
    await subscribe(world, subscriptionType="ASSOCIATION", actions=["ASSOCIATION_ADDED"], objectTypeId="0-46")
    made = Association("0-46", 7, "0-1", 101, 202, "HUBSPOT_DEFINED", primary=False, removed=False)
    world.portal.changes.announce(
        Change(world.portal.now_ms(), "associationChange", person(77), "0-46", 7, {}, {}, made)
    )
    told = [
        (event["fromObjectTypeId"], event["fromObjectId"], event["associationTypeId"]) for event in await events(world)
    ]
    assert told == [("0-46", 7, 202), ("0-1", 101, 201)]
