"""How each sort of activity is read from HubSpot, as the simulator plays it: single occurrences, paging, places, scopes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from datetime import datetime, timedelta
from typing import Any

import pytest
from sides import HubSpotWorld, InProcess, OpenBudget

from pasodoble.connectors.hubspot.connector import HubSpotConnector
from pasodoble.errors import AuthLapsed
from pasodoble.mapping.presets.activities import TOLD
from pasodoble.mapping.telling import Options, list_fields
from pasodoble.model.activity import Activity
from pasodoble.model.cause import Problem
from pasodoble.model.ref import Ref
from pasodoble.model.settings import HubSpotAccess
from pasodoble.model.side import Side
from pasodoble.ports import Cursor
from pasodoble.simulators.hubspot.people_at_work import act, add_form

ALL = {name: list_fields(name, Options()) for name in TOLD}


class Watched:
    """A portal whose timeline is read on and on. `trouble`: what could not be read, by activity."""

    def __init__(self, connector: HubSpotConnector, world: HubSpotWorld) -> None:
        self.connector = connector
        self.world = world
        self.began = world.clock.now() - timedelta(seconds=1)
        self.cursor: Cursor | None = None
        self.trouble: dict[str, Problem] = {}

    async def look(self, *names: str, only: Collection[str] | None = None) -> list[Activity]:
        wanted = {name: ALL[name] for name in (names or ALL)}
        since: dict[str, datetime] = dict.fromkeys(wanted, self.began)
        seen: list[Activity] = []
        async for page in self.connector.read_activities(wanted, self.cursor, since, only):
            seen += page.activities
            self.cursor = page.cursor
            self.trouble |= page.trouble
        return seen

    def do(self, action: str, contact: Ref, **order: Any) -> dict[str, Any]:
        self.world.sim.advance(1)
        return act(self.world.portal, {"action": action, "contact": contact.id, **order})


@pytest.fixture
async def watched() -> AsyncIterator[Watched]:
    world = HubSpotWorld()
    add_form(world.portal, "f-1", "Contact us")
    yield Watched(world.connector, world)
    await world.connector.close()


async def test_opens_and_clicks_of_one_email_are_told_one_by_one_each_at_its_moment(watched: Watched) -> None:
    ana = watched.world.put(email="ana@x.example")
    watched.do("sales_email_sent", ana, subject="Offer")
    for action in ("sales_email_opened", "sales_email_opened", "sales_email_clicked"):
        watched.do(action, ana)
    seen = {str(one.ref): one for one in await watched.look()}
    opens = [one for ref, one in seen.items() if ":email_opens:" in ref]
    assert [one.ref.id.partition("-")[2] for one in sorted(opens, key=lambda one: one.at)] == ["1", "2"]
    assert opens[0].at != opens[1].at
    assert [one.name for one in seen.values()].count("sales_email_clicked") == 1
    assert all(one.record == Ref(Side.HUBSPOT, "emails", "101") for one in seen.values())


async def test_an_email_that_was_received_or_not_sent_is_no_activity(watched: Watched) -> None:
    for direction, status in (("INCOMING_EMAIL", "SENT"), ("EMAIL", "FAILED")):
        watched.world.put_other("emails", hs_email_direction=direction, hs_email_status=status, hs_timestamp="1")
    assert await watched.look() == []


async def test_each_view_of_a_document_is_told(watched: Watched) -> None:
    ana = watched.world.put(email="ana@x.example")
    for _ in range(3):
        watched.do("document_viewed", ana)
    seen = await watched.look("document_viewed")
    assert {one.contact for one in seen} == {ana}
    assert len({one.ref for one in seen}) == 3


async def test_all_submissions_of_all_forms_are_read_page_after_page(watched: Watched) -> None:
    add_form(watched.world.portal, "f-2", "Fair")
    people = [watched.world.put(email=f"p{i}@x.example") for i in range(120)]
    for i, contact in enumerate(people):
        watched.do("form_submitted", contact, form="f-2" if i % 3 == 0 else "f-1")
    seen = await watched.look("form_submitted")
    assert {one.address for one in seen} == {f"p{i}@x.example" for i in range(120)}
    assert {(one.fields["form"], one.fields["form_name"]) for one in seen} == {("f-1", "Contact us"), ("f-2", "Fair")}


async def test_the_same_form_sent_twice_is_two_submissions(watched: Watched) -> None:
    ana = watched.world.put(email="ana@x.example")
    watched.do("form_submitted", ana, form="f-1")
    watched.do("form_submitted", ana, form="f-1")
    assert len({one.ref for one in await watched.look("form_submitted")}) == 2


async def test_a_look_goes_on_from_the_last_one(watched: Watched) -> None:
    ana = watched.world.put(email="ana@x.example")
    for action in ("note_created", "marketing_email_sent", "document_viewed"):
        watched.do(action, ana)
    watched.do("form_submitted", ana, form="f-1")
    first = await watched.look()
    watched.world.sim.advance(2 * 3600)
    await watched.look()  # the slow lane reads what an index may show late
    assert await watched.look() == []
    watched.do("note_created", ana)
    again = await watched.look()
    assert len(first) == 4
    assert [one.name for one in again] == ["note_created"]
    assert again[0].ref not in {one.ref for one in first}


async def test_a_look_at_some_leaves_the_place_of_the_others(watched: Watched) -> None:
    ana = watched.world.put(email="ana@x.example")
    await watched.look()
    watched.do("note_created", ana)
    watched.do("call_logged", ana)
    assert [one.name for one in await watched.look(only={"call_logged"})] == ["call_logged"]
    watched.world.sim.advance(600)
    assert "note_created" in [one.name for one in await watched.look()]


async def test_what_is_not_asked_for_costs_no_call(watched: Watched) -> None:
    before = len(watched.world.sent())
    await watched.look("note_created")
    paths = {call.split()[1] for call in watched.world.sent()[before:]}
    assert paths == {"/crm/objects/2026-03/notes/search"}


async def test_a_record_that_hubspot_tells_of_is_read_by_its_id(watched: Watched) -> None:
    ana = watched.world.put(email="ana@x.example")
    note = watched.do("note_created", ana, body="Hello")
    refs = [Ref(Side.HUBSPOT, "notes", str(note["id"])), Ref(Side.HUBSPOT, "contacts", ana.id)]
    [seen] = await watched.connector.see_activities(refs, ALL)
    assert (seen.name, seen.fields["hs_note_body"]) == ("note_created", "Hello")
    assert await watched.connector.see_activities(refs, {}) == []


async def test_a_missing_scope_is_told_and_the_rest_is_read(watched: Watched) -> None:
    world = watched.world
    scopes = {"oauth", "crm.objects.contacts.read", "crm.objects.contacts.write"}
    token = world.portal.credentials.add_token("private_app", scopes)
    access = HubSpotAccess(base_url="http://hubspot.test", auth={"service_key": token.value})
    connector = HubSpotConnector(
        access, budget=OpenBudget(), clock=world.clock, transport=InProcess(world.world.application)
    )
    watched.connector = connector
    ana = world.put(email="ana@x.example")
    watched.do("note_created", ana)
    watched.do("form_submitted", ana, form="f-1")
    assert "note_created" in [one.name for one in await watched.look()]
    assert {name: problem.cause for name, problem in watched.trouble.items()}["form_submitted"] == "permission.scope"
    assert "note_created" not in watched.trouble
    await connector.close()


async def test_a_sign_in_that_lapsed_is_not_taken_for_a_missing_scope(watched: Watched) -> None:
    access = HubSpotAccess(base_url="http://hubspot.test", auth={"service_key": "pat-na1-wrong"})
    watched.connector = HubSpotConnector(
        access,
        budget=OpenBudget(),
        clock=watched.world.clock,
        transport=InProcess(watched.world.world.application),
    )
    with pytest.raises(AuthLapsed):
        await watched.look()
    await watched.connector.close()
