"""Inclusion lists over the dictionary world: what joining starts, what choosing does not, and what leaving stops."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.fakes.small_world import SmallWorld, make_settings

from pasodoble.engine.membership import Membership, find_joined, look_at_members, open_membership
from pasodoble.engine.report import RunOutcome
from pasodoble.engine.service.explaining import explain_known
from pasodoble.engine.service.finding import Found
from pasodoble.engine.service.syncing import ask_for
from pasodoble.model.ref import Ref
from pasodoble.model.settings import OnDelete
from pasodoble.model.side import Pair, Side
from pasodoble.ports import ListInfo

ANA = {"email": "ana@acme.example", "firstname": "Ana", "lastname": "Ruiz", "company": "Acme"}
LEAD = {"Email": "eva@acme.example", "LastName": "Sol", "Company": "Acme"}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    made = SmallWorld(f"sqlite:///{tmp_path}/world.db", make_settings(inclusion_list="7"))
    made.hubspot.lists["7"] = {}
    yield made
    made.close()


def join(world: SmallWorld, *refs: Ref, list_id: str = "7") -> None:
    for ref in refs:
        world.hubspot.lists[list_id].pop(ref.id, None)
        world.hubspot.lists[list_id][ref.id] = world.clock.now()


async def joined(world: SmallWorld) -> set[str]:
    at = await world.connect()
    return {signal.ref.id async for signals, _ in find_joined(at, "contacts") for signal in signals}


async def test_a_contact_from_long_ago_syncs_when_it_enters_the_list(world: SmallWorld) -> None:
    ana = world.hubspot.put("contacts", ANA)
    await world.sync()
    assert world.live(Side.SALESFORCE) == []
    world.clock.advance(timedelta(days=400).total_seconds())
    join(world, ana)
    await world.sync()
    assert world.one(Side.SALESFORCE)["Email"] == ANA["email"]


async def test_choosing_a_list_starts_no_sync_of_those_who_are_in_it(world: SmallWorld) -> None:
    ana = world.hubspot.put("contacts", ANA)
    await world.sync()
    world.hubspot.lists["8"] = {}
    join(world, ana, list_id="8")
    world.settings = make_settings(inclusion_list="8")
    await world.sync()
    assert world.live(Side.SALESFORCE) == []
    found = Found(kind="contacts", refs=Pair(ana, None))
    told = explain_known(world.settings, world.store, found).steps[-1]
    assert (told.reason.id, told.passed, told.detail) == ("trigger.list_chosen", False, {"list": "8"})
    world.hubspot.edit(ana, {"jobtitle": "CEO"})
    await world.sync()
    assert len(world.live(Side.SALESFORCE)) == 1
    assert explain_known(world.settings, world.store, found).steps[-1].reason.id != "trigger.list_chosen"


async def test_leaving_stops_both_ways_and_deletes_nothing_and_coming_back_catches_up(world: SmallWorld) -> None:
    ana = world.hubspot.put("contacts", ANA)
    join(world, ana)
    await world.sync()
    [lead] = world.live(Side.SALESFORCE)
    del world.hubspot.lists["7"][ana.id]
    world.hubspot.edit(ana, {"jobtitle": "CEO"})
    world.salesforce.edit(lead.ref, {"Phone": "+34600111222"})
    result = await world.sync()
    assert result.report.of("contacts").left_out == {"not_in_list": 1}
    assert (world.one(Side.SALESFORCE).get("Title"), world.one(Side.HUBSPOT).get("phone")) == (None, None)
    world.clock.advance(60)
    join(world, ana)
    await world.sync()
    assert (world.one(Side.SALESFORCE)["Title"], world.one(Side.HUBSPOT)["phone"]) == ("CEO", "+34600111222")


@pytest.mark.parametrize(("then", "left"), [(OnDelete.NOTHING, 1), (OnDelete.DELETE, 0)])
async def test_a_deletion_after_leaving_is_noticed_and_answered_as_set(
    world: SmallWorld, then: OnDelete, left: int
) -> None:
    world.settings = make_settings(inclusion_list="7", when_deleted_in_salesforce=then)
    ana = world.hubspot.put("contacts", ANA)
    join(world, ana)
    await world.sync()
    del world.hubspot.lists["7"][ana.id]
    [lead] = world.live(Side.SALESFORCE)
    world.salesforce.remove(lead.ref)
    ask_for(await world.connect(), "contacts", {ana})
    for _ in range(3):
        world.clock.advance(60)
        await world.sync()
    assert len(world.live(Side.HUBSPOT)) == left
    assert world.live(Side.SALESFORCE) == []


async def test_a_salesforce_person_comes_in_once_and_is_silent_until_in_the_list(world: SmallWorld) -> None:
    lead = world.salesforce.put("Lead", LEAD)
    await world.sync()
    eva = world.live(Side.HUBSPOT)[0]
    world.clock.advance(60)
    world.salesforce.edit(lead, {"Title": "CTO"})
    await world.sync()
    assert world.one(Side.HUBSPOT).get("jobtitle") is None
    world.clock.advance(60)
    join(world, eva.ref)
    await world.sync()
    assert world.one(Side.HUBSPOT)["jobtitle"] == "CTO"


async def test_a_missing_list_stops_its_own_kind_with_what_to_do(world: SmallWorld) -> None:
    world.settings = make_settings(inclusion_list="999")
    world.hubspot.put("contacts", ANA)
    result = await world.sync()
    assert result.outcome is RunOutcome.FAILED
    assert result.report.failures == []
    assert "999" in str(result.report.misset["contacts"])
    assert world.live(Side.SALESFORCE) == []


async def test_each_joining_is_found_once_whoever_left_or_came_back_meanwhile(world: SmallWorld) -> None:
    people = [world.hubspot.put("contacts", {"email": f"p{n}@acme.example"}) for n in range(250)]
    join(world, *people[:230])
    at = await world.connect()
    assert await look_at_members(at, "contacts") == 0
    assert await joined(world) == set()
    join(world, *people[230:])
    del world.hubspot.lists["7"][people[3].id]
    del world.hubspot.lists["7"][people[229].id]
    join(world, people[0])
    assert await joined(world) == {ref.id for ref in (*people[230:], people[0])}
    assert await look_at_members(at, "contacts") == 21
    assert await joined(world) == set()


async def test_a_list_that_was_empty_when_chosen_fires_for_its_first_member(world: SmallWorld) -> None:
    at = await world.connect()
    assert await look_at_members(at, "contacts") == 0
    ana = world.hubspot.put("contacts", ANA)
    join(world, ana)
    assert await look_at_members(at, "contacts") == 1
    with world.store.transaction("small") as tx:
        assert tx.marks.load([ana])[ana].triggers == ("inclusion_list_joined",)


async def test_of_a_long_list_only_those_at_hand_are_asked_about(world: SmallWorld) -> None:
    people = [world.hubspot.put("contacts", {"email": f"p{n}@acme.example"}) for n in range(40)]
    join(world, *people[:30])
    at = await world.connect()
    members = await open_membership(at, "contacts")
    assert members is not None
    await members.ask({people[0].id, people[35].id})
    assert people[0].id in members
    assert people[35].id not in members
    assert people[1].id not in members  # not asked about
    await members.ask({ref.id for ref in people})
    assert people[1].id in members


async def test_a_list_too_long_to_be_held_is_never_read_whole(world: SmallWorld) -> None:
    ana = world.hubspot.put("contacts", ANA)
    join(world, ana)
    at = await world.connect()
    members = Membership(at, ListInfo(id="7", name="Long", size=1_000_000), "contacts")
    for _ in range(3):
        await members.ask({ana.id, *map(str, range(1_000_000))})
    assert ana.id in members
    assert len(members._inside) == 1
