"""Webhooks: what may be subscribed to, what an event says, and how it gets there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest

from pasodoble.simulators.clock import SimClock
from pasodoble.simulators.http import Request, serving
from pasodoble.simulators.hubspot import Switches, World, build
from pasodoble.simulators.hubspot.changes import Actor, Association, Change, Merge, integration, person
from pasodoble.simulators.hubspot.signatures import decoded_uri, sign_v3

START_MS = 1_777_888_800_000
APP = "/webhooks/v3/11"


@pytest.fixture
async def world() -> AsyncIterator[World]:
    built = build(SimClock(start_ms=START_MS, frozen=True), empty=True)
    yield built
    await built.close()


async def call(world: World, method: str, path: str, body: Any = None) -> Any:
    headers = {} if path.startswith("/__") else {"authorization": f"Bearer {world.credentials['token']}"}
    request = Request(method, path, "", headers, b"" if body is None else orjson.dumps(body))
    response = await world.application.handle(request)
    return response.status, orjson.loads(response.body) if response.body else None


class Receiver:
    """An app's own server: keeps what it gets and answers as told."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        self.at_once = 0
        self.most_at_once = 0
        self.answer_after_s = 0.0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        self.requests.append(({name.decode(): value.decode() for name, value in scope["headers"]}, body))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(self.answer_after_s)
        self.at_once -= 1
        status = self.statuses.pop(0) if self.statuses else 200
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    @property
    def events(self) -> list[dict[str, Any]]:
        return [event for _, body in self.requests for event in orjson.loads(body)]


@asynccontextmanager
async def receiver(world: World) -> AsyncIterator[Receiver]:
    served = Receiver()
    async with serving(served) as port:
        world.portal.webhooks.aim_at(f"http://127.0.0.1:{port}/hook?tenant=a%40b")
        yield served


def edit(number: int = 101, *, type_id: str = "0-1", at_ms: int = START_MS, **values: str) -> Change:
    return Change(at_ms, "propertyChange", person(77), type_id, number, values, {})


async def settle(world: World) -> None:
    await asyncio.sleep(0.01)
    await world.portal.webhooks.sender.settle()


# -- configuration ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("base", [APP, "/webhooks/2026-03/11", "/app-webhooks/2026-09/11"])
async def test_settings_and_subscriptions_live_under_every_edition(world: World, base: str) -> None:
    settings = {"targetUrl": "https://hooks.example.test/x", "throttling": {"maxConcurrentRequests": 20}}
    assert (await call(world, "GET", f"{base}/settings"))[0] == 404
    assert (await call(world, "PUT", f"{base}/settings", settings))[1]["throttling"] == {"maxConcurrentRequests": 20}
    asked = {"eventType": "contact.propertyChange", "propertyName": "email"}
    status, made = await call(world, "POST", f"{base}/subscriptions", asked)
    assert status == 201 and made["active"] is False
    assert (await call(world, "PATCH", f"{base}/subscriptions/{made['id']}", {"active": True}))[1]["active"] is True
    rows = [{"id": int(made["id"]), "active": False}, {"id": 9, "active": True}]
    status, answer = await call(world, "POST", f"{base}/subscriptions/batch/update", {"inputs": rows})
    assert (status, answer["numErrors"], answer["results"][0]["active"]) == (207, 1, False)
    assert (await call(world, "DELETE", f"{base}/subscriptions/{made['id']}"))[0] == 204
    assert (await call(world, "GET", f"{base}/subscriptions"))[1] == {"results": []}


@pytest.mark.parametrize(
    "asked",
    [
        {"eventType": "contact.sneezed"},
        {"eventType": "contact.propertyChange"},
        {"eventType": "contact.propertyChange", "propertyName": "hs_lastmodifieddate"},
        {"eventType": "contact.propertyChange", "propertyName": "num_unique_conversion_events"},
        {"eventType": "object.creation"},
        {"eventType": "object.propertyChange", "objectTypeId": "0-49", "propertyName": "hs_email_subject"},
        {},
    ],
)
async def test_what_hubspot_does_not_offer_cannot_be_subscribed_to(world: World, asked: dict[str, Any]) -> None:
    assert (await call(world, "POST", f"{APP}/subscriptions", asked))[0] == 400


async def test_a_thousand_subscriptions_and_no_more(world: World) -> None:
    for number in range(1000):
        world.portal.webhooks.subscribe("contact.propertyChange", active=False, property_name=f"p{number}")
    asked = {"eventType": "contact.creation"}
    status, refusal = await call(world, "POST", f"{APP}/subscriptions", asked)
    assert status == 400 and "maximum number allowed per application (1000)" in refusal["message"]


async def test_five_requests_at_once_are_too_few(world: World) -> None:
    settings = {"targetUrl": "https://hooks.example.test/x", "throttling": {"maxConcurrentRequests": 5}}
    assert (await call(world, "PUT", f"{APP}/settings", settings))[0] == 400


@pytest.mark.parametrize(("accepted", "statuses"), [("any", (200, 200)), ("own", (200, 401))])
async def test_developer_key_opens_the_settings(accepted: Any, statuses: tuple[int, int]) -> None:
    world = build(SimClock(start_ms=START_MS, frozen=True), empty=True, switches=Switches(developer_keys=accepted))
    for key, status in zip((world.credentials["developer_key"], "dev-key"), statuses, strict=True):
        answer = await world.application.handle(Request("GET", f"{APP}/subscriptions", f"hapikey={key}", {}, b""))
        assert answer.status == status
    crm = await world.application.handle(Request("GET", "/crm/v3/owners", "hapikey=dev-key", {}, b""))
    assert crm.status == 401


# -- what events say -------------------------------------------------------------------------------------------------


def events_of(world: World, change: Change, *subscriptions: dict[str, Any]) -> list[dict[str, Any]]:
    for subscription in subscriptions:
        world.portal.webhooks.subscribe(active=True, **subscription)
    webhooks = world.portal.webhooks
    return list(webhooks._speller.events(change, webhooks.book))


async def test_legacy_and_generic_property_changes_have_the_documented_members(world: World) -> None:
    change = edit(lifecyclestage="lead", firstname="Ana")
    legacy, generic = events_of(
        world,
        change,
        {"event_type": "contact.propertyChange", "property_name": "lifecyclestage"},
        {"event_type": "object.propertyChange", "property_name": "firstname", "object_type_id": "0-1"},
        {"event_type": "contact.propertyChange", "property_name": "email"},
        {"event_type": "company.propertyChange", "property_name": "lifecyclestage"},
    )
    assert legacy == {
        "eventId": 90001,
        "subscriptionId": 501,
        "portalId": 4242,
        "appId": 11,
        "occurredAt": START_MS,
        "subscriptionType": "contact.propertyChange",
        "attemptNumber": 0,
        "objectId": 101,
        "propertyName": "lifecyclestage",
        "propertyValue": "lead",
        "changeSource": "CRM_UI",
        "sourceId": "userId:77",
    }
    assert generic["objectTypeId"] == "0-1" and generic["isSensitive"] is False and generic["propertyValue"] == "Ana"


async def test_own_writes_can_be_told_from_a_persons(world: World) -> None:
    change = Change(START_MS, "creation", integration(11), "0-1", 102, {"email": "a@b.test"}, {})
    (event,) = events_of(world, change, {"event_type": "contact.creation"})
    assert (event["changeFlag"], event["changeSource"], event["sourceId"]) == ("CREATED", "INTEGRATION", "11")


async def test_each_subscribed_side_is_told_of_an_association(world: World) -> None:
    made = Association("0-1", 101, "0-2", 55, 1, "HUBSPOT_DEFINED", primary=True, removed=False)
    change = Change(START_MS, "associationChange", person(77), "0-1", 101, {}, {}, made)
    ours, theirs, generic = events_of(
        world,
        change,
        {"event_type": "contact.associationChange"},
        {"event_type": "company.associationChange"},
        {"event_type": "object.associationChange", "object_type_id": "0-2"},
    )
    assert (ours["associationType"], ours["fromObjectId"], ours["toObjectId"]) == ("CONTACT_TO_COMPANY", 101, 55)
    assert (theirs["associationType"], theirs["fromObjectId"], theirs["toObjectId"]) == ("COMPANY_TO_CONTACT", 55, 101)
    assert ours["isPrimaryAssociation"] and not ours["associationRemoved"] and "associationTypeId" not in ours
    assert (generic["fromObjectTypeId"], generic["toObjectTypeId"], generic["associationCategory"]) == (
        "0-2",
        "0-1",
        "HUBSPOT_DEFINED",
    )


async def test_each_side_of_an_association_has_its_own_type_id(world: World) -> None:
    made = Association("0-1", 101, "0-46", 7, 201, "HUBSPOT_DEFINED", primary=False, removed=True)
    change = Change(START_MS, "associationChange", person(77), "0-1", 101, {}, {}, made)
    contact, note = events_of(
        world,
        change,
        {"event_type": "object.associationChange", "object_type_id": "0-1"},
        {"event_type": "object.associationChange", "object_type_id": "0-46"},
    )
    assert (contact["associationTypeId"], contact["associationRemoved"]) == (201, True)
    assert (note["associationTypeId"], note["objectId"], note["associationType"]) == (202, 7, "NOTE_TO_CONTACT")


async def test_a_new_record_is_told_before_its_values(world: World) -> None:
    change = Change(START_MS, "creation", integration(11), "0-1", 102, {"email": "a@b.test", "city": "Oslo"}, {})
    told = events_of(
        world,
        change,
        {"event_type": "contact.propertyChange", "property_name": "email"},
        {"event_type": "contact.creation"},
    )
    assert [event["subscriptionType"] for event in told] == ["contact.creation", "contact.propertyChange"]


async def test_a_merge_names_all_ids(world: World) -> None:
    change = Change(START_MS, "merge", person(77), "0-1", 300, {}, {}, Merge(101, (102,), 300, 4))
    (event,) = events_of(world, change, {"event_type": "contact.merge"})
    assert (event["primaryObjectId"], event["mergedObjectIds"], event["newObjectId"]) == (101, [102], 300)
    assert event["numberOfPropertiesMoved"] == 4


async def test_the_sandboxs_own_target_hears_of_every_property_but_those_hubspot_never_tells(world: World) -> None:
    world.portal.webhooks.aim_at("https://hooks.example.test/x")
    values = {"hs_email_subject": "Hi", "hs_email_text": "Hello", "hs_lastmodifieddate": "x"}
    email = events_of(world, Change(START_MS, "propertyChange", person(77), "0-49", 7, values, {}))
    assert [event["propertyName"] for event in email] == ["hs_email_text"]
    made_up = {"num_unique_conversion_events": "1", "anything_at_all": "1"}
    contact = events_of(world, edit(**made_up))
    assert [(event["subscriptionType"], event["propertyName"]) for event in contact] == [
        ("contact.propertyChange", "anything_at_all")
    ]


async def test_inactive_subscriptions_are_silent(world: World) -> None:
    subscription = world.portal.webhooks.subscribe("contact.creation", active=False)
    change = Change(START_MS, "creation", Actor("CRM"), "0-1", 102, {}, {})
    assert events_of(world, change) == []
    subscription.active = True
    world.portal.webhooks.book.refresh()
    assert len(events_of(world, change)) == 1


# -- delivery --------------------------------------------------------------------------------------------------------


async def test_events_of_one_moment_travel_together_a_hundred_at_most(world: World) -> None:
    async with receiver(world) as app:
        for number in range(250):
            world.portal.changes.announce(edit(number, firstname="Ana"))
        await settle(world)
        assert [len(orjson.loads(body)) for _, body in app.requests] == [100, 100, 50]
        assert {event["attemptNumber"] for event in app.events} == {0}


async def test_both_signatures_hold_for_what_was_sent(world: World) -> None:
    async with receiver(world) as app:
        world.portal.changes.announce(edit(firstname="Zoë"))
        await settle(world)
        (headers, body) = app.requests[0]
        target = world.portal.webhooks.book.settings
        assert target is not None
        secret, stamp = world.credentials["client_secret"], headers["x-hubspot-request-timestamp"]
        assert headers["x-hubspot-signature-v3"] == sign_v3(secret, "POST", target.target_url, body, int(stamp))
        assert headers["x-hubspot-signature-version"] == "v1" and len(headers["x-hubspot-signature"]) == 64


async def test_no_more_requests_at_once_than_the_app_allows(world: World) -> None:
    async with receiver(world) as app:
        assert world.portal.webhooks.book.settings is not None
        world.portal.webhooks.book.settings.max_concurrent = 6
        app.answer_after_s = 0.02
        for number in range(1500):
            world.portal.changes.announce(edit(number, firstname="Ana"))
        await settle(world)
        assert len(app.requests) == 15 and app.most_at_once == 6


async def test_a_refused_delivery_comes_ten_times_more_within_a_day(world: World) -> None:
    async with receiver(world) as app:
        app.statuses = [500] * 20
        world.portal.changes.announce(edit(firstname="Ana"))
        await settle(world)
        for _ in range(60):
            world.portal.clock.advance(1800)
            await settle(world)
        assert [event["attemptNumber"] for event in app.events] == list(range(11))
        assert world.portal.webhooks.sender.state()["given_up"] == 1


async def test_a_retry_that_is_taken_is_the_last(world: World) -> None:
    async with receiver(world) as app:
        app.statuses = [503, 404, 204]
        world.portal.changes.announce(edit(firstname="Ana"))
        await settle(world)
        for _ in range(10):
            world.portal.clock.advance(600)
            await settle(world)
        assert [event["attemptNumber"] for event in app.events] == [0, 1, 2]
        assert len({event["eventId"] for event in app.events}) == 1


async def test_door_drops_doubles_and_delays(world: World) -> None:
    async with receiver(world) as app:
        assert (await call(world, "POST", "/__sandbox__/webhooks", {"drop": 1}))[0] == 200
        world.portal.changes.announce(edit(1, firstname="lost"))
        await settle(world)
        assert app.events == []
        await call(world, "POST", "/__sandbox__/webhooks", {"duplicate": 1, "delay_s": 30})
        world.portal.changes.announce(edit(2, firstname="twice"))
        await settle(world)
        assert app.events == []
        world.portal.clock.advance(31)
        await settle(world)
        assert [event["propertyValue"] for event in app.events] == ["twice", "twice"]
        _, state = await call(world, "GET", "/__sandbox__/webhooks")
        assert (state["dropped"], state["duplicated"], state["delivered"]) == (1, 1, 2)


async def test_door_refuses_what_it_does_not_know(world: World) -> None:
    assert (await call(world, "POST", "/__sandbox__/webhooks", {"lose": 1}))[0] == 400


async def test_reordered_events_all_arrive(world: World) -> None:
    async with receiver(world) as app:
        await call(world, "POST", "/__sandbox__/webhooks", {"reorder": True})
        for number in range(40):
            world.portal.changes.announce(edit(number, firstname="Ana"))
        await settle(world)
        world.portal.clock.advance(1)
        await settle(world)
        order = [event["objectId"] for event in app.events]
        assert sorted(order) == list(range(40)) and order != sorted(order)


async def test_unreachable_target_is_tried_again(world: World) -> None:
    world.portal.webhooks.aim_at("http://127.0.0.1:1/nobody")
    world.portal.changes.announce(edit(firstname="Ana"))
    await settle(world)
    state = world.portal.webhooks.sender.state()
    assert (state["failed_attempts"], state["waiting"]) == (1, 1)
    assert state["deliveries"][0]["status"] is None


def test_only_the_listed_escapes_are_undone_before_signing() -> None:
    assert decoded_uri("https://h/x?a=ops%40b&n=Zo%C3%AB%20A&p=%2fa") == "https://h/x?a=ops@b&n=Zo%C3%AB%20A&p=/a"


async def test_switch_doubles_every_request() -> None:
    world = build(SimClock(start_ms=START_MS, frozen=True), empty=True, switches=Switches(webhook_duplicates=1.0))
    async with receiver(world) as app:
        world.portal.changes.announce(edit(firstname="Ana"))
        await settle(world)
        assert len(app.requests) == 2
    await world.close()
