"""Forms, marketing emails and their events, custom events: what visitors and recipients leave behind in the APIs."""

from typing import Any

import orjson
import pytest

from pasodoble.simulators.clock import SimClock
from pasodoble.simulators.http import Request
from pasodoble.simulators.hubspot import Switches, World, build
from pasodoble.simulators.hubspot.activities import click_email, make_email, open_email, send_email
from pasodoble.simulators.hubspot.event_model import Form, MarketingEmail
from pasodoble.simulators.hubspot.records import Record

START_MS = 1_777_888_800_000
SUBMIT = "/submissions/v3/integration/secure/submit/4242/f-1"


@pytest.fixture
def world() -> World:
    built = build(SimClock(start_ms=START_MS, frozen=True), people=20, seed=3)
    built.portal.events.forms["f-1"] = Form(id="f-1", name="Ask us", created_ms=START_MS)
    return built


async def call(world: World, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    path, _, query = path.partition("?")
    headers = {"authorization": f"Bearer {world.credentials['token']}"}
    request = Request(method, path, query, headers, b"" if body is None else orjson.dumps(body))
    response = await world.application.handle(request)
    return response.status, orjson.loads(response.body) if response.body else None


def contact_of(world: World) -> Record:
    return next(row for row in world.portal.tables["0-1"].rows.values() if "email" in row.values)


def fields(**values: str) -> dict[str, Any]:
    return {"fields": [{"objectTypeId": "0-1", "name": name, "value": value} for name, value in values.items()]}


# -- forms -----------------------------------------------------------------------------------------------------------


async def test_a_submission_makes_the_contact_and_moves_the_conversion_dates(world: World) -> None:
    context = {"pageUri": "https://x.test/ask", "pageName": "Ask", "sfdcCampaignId": "701xx"}
    status, _ = await call(
        world, "POST", SUBMIT, {**fields(email="New@Form.test", firstname="Ana"), "context": context}
    )
    assert status == 200
    _, made = await call(
        world,
        "GET",
        "/crm/v3/objects/contacts/new@form.test?idProperty=email&properties=firstname,recent_conversion_date,"
        "recent_conversion_event_name,num_conversion_events,hs_object_source",
    )
    assert made["properties"]["firstname"] == "Ana"
    assert made["properties"]["recent_conversion_date"] == "2026-05-04T10:00:00.000Z"
    assert made["properties"]["recent_conversion_event_name"] == "Ask: Ask us"
    assert (made["properties"]["num_conversion_events"], made["properties"]["hs_object_source"]) == ("1", "FORM")
    assert world.portal.events.submissions[-1].salesforce_campaign_id == "701xx"


async def test_submissions_are_listed_newest_first_fifty_a_page(world: World) -> None:
    for number in range(60):
        await call(world, "POST", SUBMIT, fields(email=f"p{number}@form.test"))
        world.portal.clock.advance(1)
    path = "/form-integrations/v1/submissions/forms/f-1"
    _, first = await call(world, "GET", f"{path}?limit=50")
    assert len(first["results"]) == 50
    assert first["results"][0]["values"][0]["value"] == "p59@form.test"
    _, rest = await call(world, "GET", f"{path}?limit=50&after={first['paging']['next']['after']}")
    assert rest["results"][-1]["values"][0]["value"] == "p0@form.test" and "paging" not in rest
    assert (await call(world, "GET", f"{path}?limit=51"))[0] == 400


@pytest.mark.parametrize(
    "body",
    [
        {},
        fields(firstname="Ana"),
        fields(email="no address"),
        {**fields(email="a@b.test"), "submittedAt": START_MS + 1},
        {**fields(email="a@b.test"), "submittedAt": START_MS - 40 * 86_400_000},
        {"fields": [{"name": "email", "value": "a@b.test"}] * 1001},
    ],
)
async def test_senseless_submissions_are_refused_and_leave_nothing(world: World, body: dict[str, Any]) -> None:
    before = len(world.portal.tables["0-1"].rows)
    assert (await call(world, "POST", SUBMIT, body))[0] == 400
    assert world.portal.events.submissions == [] and len(world.portal.tables["0-1"].rows) == before


async def test_forms_may_be_backdated_within_a_month(world: World) -> None:
    at_ms = START_MS - 10 * 86_400_000
    assert (await call(world, "POST", SUBMIT, {**fields(email="a@b.test"), "submittedAt": at_ms}))[0] == 200
    assert world.portal.events.submissions[-1].submitted_ms == at_ms


async def test_an_archived_form_takes_no_submissions(world: World) -> None:
    assert (await call(world, "DELETE", "/marketing/v3/forms/f-1"))[0] == 204
    assert (await call(world, "POST", SUBMIT, fields(email="a@b.test")))[0] == 404
    assert (await call(world, "GET", "/marketing/v3/forms/f-1"))[0] == 404
    _, archived = await call(world, "GET", "/marketing/v3/forms?archived=true")
    assert [form["id"] for form in archived["results"]] == ["f-1"]


async def test_fields_of_a_form_are_those_of_its_groups(world: World) -> None:
    field = {"objectTypeId": "0-1", "name": "city", "label": "City", "fieldType": "single_line_text"}
    path = "/marketing/forms/2026-09-beta"
    _, made = await call(world, "POST", path, {"name": "Where", "fieldGroups": [{"fields": [field]}]})
    assert world.portal.events.forms[made["id"]].fields == ["city"] and made["fieldGroups"] == [{"fields": [field]}]
    for odd in ([1], [{"fields": [1]}], "x"):
        assert (await call(world, "PATCH", f"{path}/{made['id']}", {"fieldGroups": odd}))[0] == 400
    assert world.portal.events.forms[made["id"]].fields == ["city"]


async def test_forms_page_through(world: World) -> None:
    for number in range(2, 6):
        world.portal.events.forms[f"f-{number}"] = Form(id=f"f-{number}", name="x")
    ids: list[str] = []
    after = "0"
    while after:
        _, page = await call(world, "GET", f"/marketing/v3/forms?limit=3&after={after}")
        ids += [form["id"] for form in page["results"]]
        after = page.get("paging", {}).get("next", {}).get("after", "")
    assert len(set(ids)) == len(ids) == len(world.portal.events.forms)


# -- email events ------------------------------------------------------------------------------------------------------


def some_events(world: World) -> tuple[Record, MarketingEmail]:
    """SENT, DELIVERED, OPEN, CLICK, a minute apart."""
    contact, email = contact_of(world), make_email(world.portal, "News")
    for step in (
        lambda: send_email(world.portal, contact, email),
        lambda: open_email(world.portal, contact, email),
        lambda: click_email(world.portal, contact, email, "https://x.test/offer"),
    ):
        step()
        world.portal.clock.advance(60)
    return contact, email


async def kinds(world: World, query: str = "") -> list[str]:
    _, answer = await call(world, "GET", f"/email/public/v1/events{query}")
    return [event["type"] for event in answer["events"]]


async def test_events_come_newest_first_with_all_their_members(world: World) -> None:
    contact, email = some_events(world)
    _, answer = await call(world, "GET", "/email/public/v1/events")
    assert [event["type"] for event in answer["events"]] == ["CLICK", "OPEN", "DELIVERED", "SENT"]
    click, sent = answer["events"][0], answer["events"][-1]
    assert (click["recipient"], click["url"]) == (contact.values["email"], "https://x.test/offer")
    assert click["sentBy"] == {"id": sent["id"], "created": sent["created"]} and "sentBy" not in sent
    assert (click["portalId"], click["emailCampaignId"]) == (4242, email.campaign_id)
    assert answer["hasMore"] is False
    assert (await call(world, "GET", f"/email/public/v1/events/{click['created']}/{click['id']}"))[1] == click


async def test_events_are_filtered_by_time_type_recipient_and_campaign(world: World) -> None:
    contact, email = some_events(world)
    assert await kinds(world, f"?startTimestamp={START_MS + 60_000}") == ["CLICK", "OPEN"]
    assert await kinds(world, f"?endTimestamp={START_MS + 60_000}") == ["OPEN", "DELIVERED", "SENT"]
    assert await kinds(world, "?eventType=OPEN") == ["OPEN"]
    assert await kinds(world, f"?recipient={contact.values['email'].upper()}&eventType=SENT") == ["SENT"]
    assert await kinds(world, "?recipient=nobody@x.test") == []
    assert await kinds(world, f"?campaignId={email.campaign_id + 1}") == []


async def test_events_page_by_offset_even_while_new_ones_arrive(world: World) -> None:
    some_events(world)
    seen: list[str] = []
    offset = ""
    while True:
        _, answer = await call(world, "GET", f"/email/public/v1/events?limit=1{offset}")
        seen += [event["type"] for event in answer["events"]]
        if not answer["hasMore"]:
            break
        offset = f"&offset={answer['offset']}"
        send_email(world.portal, contact_of(world), make_email(world.portal, "More"))
    assert seen == ["CLICK", "OPEN", "DELIVERED", "SENT"]


@pytest.mark.parametrize("query", ["?limit=1001", "?startTimestamp=today", "?offset=zz!"])
async def test_senseless_event_queries_are_refused(world: World, query: str) -> None:
    assert (await call(world, "GET", f"/email/public/v1/events{query}"))[0] == 400


@pytest.mark.parametrize(
    "odd", [{"testing": "x"}, {"webversion": {"expiresAt": "soon"}}, {"publishDate": 5}, {"from": []}]
)
async def test_members_of_the_wrong_kind_are_refused(world: World, odd: dict[str, Any]) -> None:
    assert (await call(world, "POST", "/marketing/v3/emails", {"name": "News"} | odd))[0] == 400
    _, email = await call(world, "POST", "/marketing/v3/emails", {"name": "News"})
    assert (await call(world, "PATCH", f"/marketing/v3/emails/{email['id']}/draft", odd))[0] == 400


async def test_statistics_count_the_events(world: World) -> None:
    _, email = some_events(world)
    _, stats = await call(
        world,
        "GET",
        f"/marketing/emails/2026-03/statistics/list?emailIds={email.id}"
        "&startTimestamp=2026-05-04T00:00:00Z&endTimestamp=2026-05-05T00:00:00Z",
    )
    counters = stats["aggregate"]["counters"]
    assert [counters[name] for name in ("sent", "delivered", "open", "click", "bounce")] == [1, 1, 1, 1, 0]
    assert stats["aggregate"]["ratios"]["openratio"] == 100 and stats["emails"] == [email.id]
    _, histogram = await call(
        world,
        "GET",
        "/marketing/v3/emails/statistics/histogram?interval=HOUR"
        "&startTimestamp=2026-05-04T09:00:00Z&endTimestamp=2026-05-04T12:00:00Z",
    )
    assert [row["aggregations"]["counters"]["sent"] for row in histogram["results"]] == [0, 1, 0]


# -- custom events and campaigns ---------------------------------------------------------------------------------------


async def test_events_of_unknown_definitions_are_refused_and_of_unknown_people_lost(world: World) -> None:
    send = "/events/v3/send"
    assert (await call(world, "POST", send, {"eventName": "pe4242_x", "email": "a@b.test", "properties": {}}))[0] == 400
    wanted = {
        "label": "X",
        "includeDefaultProperties": True,
        "propertyDefinitions": [{"label": "Size", "type": "number"}],
    }
    _, made = await call(world, "POST", "/events/2026-03/event-definitions", wanted)
    assert made["fullyQualifiedName"] == "pe4242_x"
    row = {"eventName": "pe4242_x", "properties": {"size": "4"}}
    assert (await call(world, "POST", send, row | {"email": "nobody@x.test"}))[0] == 204
    assert (await call(world, "POST", send, row))[0] == 400
    contact = contact_of(world)
    assert (await call(world, "POST", f"{send}/batch", {"inputs": [row | {"objectId": str(contact.id)}]}))[0] == 204
    path = f"/events/event-occurrences/2026-03?objectType=contact&objectId={contact.id}"
    _, listed = await call(world, "GET", path)
    assert [(event["eventType"], event["properties"]) for event in listed["results"]] == [("pe4242_x", {"size": "4"})]


async def test_event_analytics_is_not_for_every_plan() -> None:
    small = build(SimClock(start_ms=START_MS, frozen=True), empty=True, switches=Switches(tier="starter"))
    for path in ("/events/v3/events", "/events/event-occurrences/2026-03/event-types"):
        assert (await call(small, "GET", path))[0] == 403


async def test_campaign_names_are_unique_and_batches_end_at_fifty(world: World) -> None:
    path = "/marketing/campaigns/2026-03"
    assert (await call(world, "POST", path, {"properties": {"hs_name": "A"}}))[0] == 201
    assert (await call(world, "POST", path, {"properties": {"hs_name": "A"}}))[0] == 409
    assert (await call(world, "POST", path, {"properties": {}}))[0] == 400
    rows = [{"properties": {"hs_name": f"C{number}"}} for number in range(51)]
    assert (await call(world, "POST", f"{path}/batch/create", {"inputs": rows}))[0] == 400
    assert (await call(world, "POST", f"{path}/batch/create", {"inputs": rows[:50]}))[0] == 201
    _, page = await call(world, "GET", f"{path}?limit=100&sort=-hs_name&properties=hs_name")
    assert [row["properties"]["hs_name"] for row in page["results"]][-1] == "A" and len(page["results"]) == 51
