"""The page of the simulated CRM: what it shows, what a hand can do on it, and that no value becomes markup."""

import re
from urllib.parse import urlencode

import orjson
import pytest

from pasodoble.simulators.clock import SimClock
from pasodoble.simulators.http import Request, Response
from pasodoble.simulators.hubspot import World, build
from pasodoble.simulators.hubspot.event_model import Form

HOSTILE = '"><script>alert(1)</script>'


@pytest.fixture
def world() -> World:
    return build(SimClock(start_ms=1_777_888_800_000, frozen=True), people=40, seed=3)


async def get(world: World, path: str) -> Response:
    path, _, query = path.partition("?")
    return await world.application.handle(Request("GET", path, query, {}, b""))


async def post(world: World, path: str, *, origin: str | None = None, **form: str) -> Response:
    headers = {"host": "hub.test"} | ({} if origin is None else {"origin": origin})
    return await world.application.handle(Request("POST", path, "", headers, urlencode(form).encode()))


@pytest.mark.parametrize("path", ["/", "/records/contacts", "/records/companies", "/records/deals", "/records/0-5"])
async def test_every_page_loads_nothing_from_elsewhere_and_runs_no_script(world: World, path: str) -> None:
    page = await get(world, path)
    assert page.status == 200
    text = page.body.decode()
    assert "<script" not in text and not re.search(r'(src|href)="(?!/|\?|#|data:,)', text)
    assert "default-src 'none'" in dict(page.headers)["Content-Security-Policy"]


async def test_hostile_values_stay_text_on_every_page(world: World) -> None:
    id = min(world.portal.tables["0-1"].rows)
    await post(world, f"/records/contacts/{id}/edit", property="firstname", value=HOSTILE)
    await post(world, f"/records/contacts/{id}/note", body=HOSTILE)
    for path in (
        "/",
        "/records/contacts",
        f"/records/contacts/{id}",
        f"/records/contacts/{id}?{urlencode({'said': HOSTILE})}",
        f"/records/contacts?{urlencode({'q': HOSTILE})}",
    ):
        page = (await get(world, path)).body
        assert b"<script" not in page and b"&lt;script&gt;" in page


async def test_an_edit_by_hand_is_a_persons_write(world: World) -> None:
    id = min(world.portal.tables["0-1"].rows)
    answer = await post(world, f"/records/contacts/{id}/edit", property="jobtitle", value="Head of Ops")
    assert answer.status == 303
    row = world.portal.tables["0-1"].rows[id]
    assert row.values["jobtitle"] == "Head of Ops"
    assert (row.history[-1].actor.source, row.history[-1].actor.source_id) == ("CRM_UI", "userId:77")
    assert b"Head of Ops" in (await get(world, f"/records/contacts/{id}")).body


async def test_a_refused_edit_says_why_and_changes_nothing(world: World) -> None:
    id = min(world.portal.tables["0-1"].rows)
    before = world.portal.tables["0-1"].rows[id].values
    page = await post(world, f"/records/contacts/{id}/edit", property="email", value="nope")
    assert page.status == 200 and b"Email address nope is invalid" in page.body
    assert world.portal.tables["0-1"].rows[id].values == before


async def test_a_note_by_hand_is_linked_and_told_in_the_timeline(world: World) -> None:
    id = min(world.portal.tables["0-3"].rows)
    await post(world, f"/records/deals/{id}/note", body="Wants a discount")
    assert len(world.portal.links.of("0-3", id, "0-46")) == 1
    assert b"Wants a discount" in (await get(world, f"/records/deals/{id}")).body


async def test_forms_of_other_sites_are_refused(world: World) -> None:
    id = min(world.portal.tables["0-1"].rows)
    path = f"/records/contacts/{id}/edit"
    refused = await post(world, path, origin="http://evil.test", property="jobtitle", value="x")
    assert refused.status == 403
    assert (await post(world, path, origin="http://hub.test", property="jobtitle", value="x")).status == 303


async def test_lists_are_paged_and_searched(world: World) -> None:
    first = (await get(world, "/records/contacts")).body.decode()
    second = (await get(world, "/records/contacts?start=25")).body.decode()
    linked = [set(re.findall(r"/records/contacts/(\d+)", page)) for page in (first, second)]
    assert len(linked[0]) == 25 and linked[1] and not linked[0] & linked[1]
    email = next(row.values["email"] for row in world.portal.tables["0-1"].rows.values() if "email" in row.values)
    found = (await get(world, f"/records/contacts?{urlencode({'q': email})}")).body.decode()
    assert len(set(re.findall(r"/records/contacts/(\d+)", found))) == 1


@pytest.mark.parametrize("path", ["/records/unicorns", "/records/contacts/999999", "/records/contacts/x"])
async def test_what_is_not_there_is_said_kindly(world: World, path: str) -> None:
    page = await get(world, path)
    assert page.status == 404 and b"There is no such" in page.body


async def test_the_page_is_no_api(world: World) -> None:
    answer = await get(world, "/records")
    assert answer.status == 404 and orjson.loads(answer.body)["status"] == "error"


async def test_opening_an_email_by_hand_leaves_the_event_and_the_marks(world: World) -> None:
    id, row = next((id, row) for id, row in world.portal.tables["0-1"].rows.items() if "email" in row.values)
    assert (await post(world, f"/records/contacts/{id}/email", email="", verb="open")).status == 303
    kinds = [event.type for event in world.portal.events.email_events if event.contact_id == id]
    assert kinds[-3:] == ["SENT", "DELIVERED", "OPEN"]
    assert row.values["hs_email_last_open_date"] == "2026-05-04T10:00:00.000Z"
    assert b"Opened Newsletter" in (await get(world, f"/records/contacts/{id}")).body


async def test_submitting_a_form_by_hand_counts_as_the_visitors_conversion(world: World) -> None:
    id, row = next((id, row) for id, row in world.portal.tables["0-1"].rows.items() if "email" in row.values)
    world.portal.events.forms["f-1"] = Form(id="f-1", name="Ask <us>")
    assert (await post(world, f"/records/contacts/{id}/form", form="f-1")).status == 303
    assert row.values["recent_conversion_event_name"] == "Ask <us>"
    assert b"Submitted Ask &lt;us&gt;" in (await get(world, f"/records/contacts/{id}")).body
    assert b"There is no such form" in (await post(world, f"/records/contacts/{id}/form", form="f-2")).body
