"""Merges and restores: one pair goes on with the survivor, whoever is heard of first, and a person is told of the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fakes.small_world import SmallWorld, make_settings

from pasodoble.engine.cycle import Scope
from pasodoble.engine.service.syncing import ask_for
from pasodoble.model.link import Link, LinkState
from pasodoble.model.ref import Ref
from pasodoble.model.side import SIDES, Pair, Side


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    made = SmallWorld(f"sqlite:///{tmp_path / 'small.db'}", make_settings())
    yield made
    made.close()


def values(name: str) -> dict[str, str]:
    return {"email": f"{name}@acme.example", "firstname": name, "lastname": "Ruiz", "company": "Acme"}


def link_of(world: SmallWorld, ref: Ref) -> Link | None:
    with world.store.transaction("small", read_only=True) as tx:
        return tx.links.load([ref]).get(ref)


def causes(world: SmallWorld) -> dict[str, int]:
    with world.store.transaction("small", read_only=True) as tx:
        return tx.problems.count_by_cause()


async def merge_two(world: SmallWorld, primary: str) -> tuple[Ref, dict[str, Ref], dict[str, Ref]]:
    """Two contacts with a lead each are merged into a third; `primary`'s values win. (survivor, contacts, leads)"""
    contacts = {name: world.hubspot.put("contacts", values(name)) for name in ("ana", "eva")}
    await world.sync()
    leads = {str(row.fields["FirstName"]): row.ref for row in world.live(Side.SALESFORCE)}
    world.clock.advance(60)
    survivor = world.hubspot.put("contacts", {})
    for loser in contacts.values():
        world.hubspot.merge(loser, survivor)
        world.hubspot.rows[loser].fields["email"] = None
    world.hubspot.edit(survivor, values(primary))
    return survivor, contacts, leads


@pytest.mark.parametrize("primary", ["ana", "eva"])
@pytest.mark.parametrize("heard", ["survivor", "ana", "eva", "all"])
async def test_pair_of_the_merges_primary_goes_on_whoever_is_heard_of_first(
    world: SmallWorld, primary: str, heard: str
) -> None:
    survivor, contacts, leads = await merge_two(world, primary)
    refs = {"survivor": [survivor], "all": [*contacts.values(), survivor]}.get(heard) or [contacts[heard]]
    ask_for(await world.connect(), "contacts", refs)
    await world.sync(Scope(refs=refs))
    await world.sync()
    link = link_of(world, survivor)
    assert link is not None and link.state is LinkState.LINKED
    assert link.refs == Pair(survivor, leads[primary])
    assert causes(world) == {"duplicate.merged_twin": 1}
    assert len(world.live(Side.SALESFORCE)) == 2, "nothing is made for a survivor"
    world.hubspot.edit(survivor, {"jobtitle": "CEO"})
    await world.sync()
    assert world.salesforce.rows[leads[primary]].fields["Title"] == "CEO"


async def test_twin_stays_a_problem_until_a_person_acts(world: SmallWorld) -> None:
    _survivor, _contacts, leads = await merge_two(world, "ana")
    await world.sync()
    for title in ("one", "two"):
        world.clock.advance(900)
        world.salesforce.edit(leads["eva"], {"Title": title})
        await world.sync()
        assert causes(world) == {"duplicate.merged_twin": 1}
    world.salesforce.merge(leads["eva"], leads["ana"])
    ask_for(await world.connect(), "contacts", [leads["eva"]])
    await world.sync(Scope(refs=[leads["eva"]]))
    assert causes(world) == {}


async def test_master_of_a_salesforce_merge_that_is_seen_first_takes_the_losers_place(world: SmallWorld) -> None:
    ana = world.hubspot.put("contacts", values("ana"))
    await world.sync()
    [loser] = world.live(Side.SALESFORCE)
    world.clock.advance(60)
    master = world.salesforce.put("Lead", {"Email": "ana@acme.example", "LastName": "Ruiz", "Company": "Acme"})
    world.salesforce.merge(loser.ref, master)
    world.salesforce.edit(master, {"Title": "CTO"})
    await world.sync()
    await world.sync()
    link = link_of(world, ana)
    assert link is not None and link.refs.salesforce == master and causes(world) == {}
    assert world.one(Side.HUBSPOT)["jobtitle"] == "CTO"


@pytest.mark.parametrize("side", SIDES)
async def test_z10_restored_record_goes_on_in_the_pair_it_was_in(world: SmallWorld, side: Side) -> None:
    ana = world.hubspot.put("contacts", values("ana"))
    await world.sync()
    [lead] = world.live(Side.SALESFORCE)
    refs = Pair(ana, lead.ref)
    memory = world.hubspot if side is Side.HUBSPOT else world.salesforce
    memory.remove(refs[side])
    for _ in range(2):
        ask_for(await world.connect(), "contacts", [refs[side]], "record_deleted")
        await world.sync()
    gone = link_of(world, ana)
    assert gone is not None and gone.state is LinkState.RETIRED
    world.clock.advance(60)
    memory.restore(refs[side])
    await world.sync()
    again = link_of(world, ana)
    assert again is not None and (again.id, again.state) == (gone.id, LinkState.LINKED)
    world.hubspot.edit(ana, {"jobtitle": "CEO"})
    await world.sync()
    assert world.one(Side.SALESFORCE)["Title"] == "CEO"
    writes = world.writes()
    world.clock.advance(900)
    await world.sync()
    assert world.writes() == writes
