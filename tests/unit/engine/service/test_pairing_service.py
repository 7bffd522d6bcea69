"""Two records that a person pairs: what was ambiguous, taken or a twin; and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fakes.small_world import SmallWorld, make_settings

from pasodoble.engine.service.pairing import NotPaired, PairedUp, pair_up, read_wish
from pasodoble.model.ref import Ref
from pasodoble.model.side import SIDES, Pair, Side
from pasodoble.model.trace import State

ANA = {"email": "ana@acme.example", "firstname": "Ana", "lastname": "Ruiz", "company": "Acme"}
LEAD = {"Email": "ana@acme.example", "FirstName": "Ana", "LastName": "Ruiz", "Company": "Acme"}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    made = SmallWorld(f"sqlite:///{tmp_path / 'small.db'}", make_settings())
    yield made
    made.close()


async def pair(world: SmallWorld, record: object, other: object, *, repoint: bool = False) -> PairedUp:
    at = await world.connect()
    return await pair_up(at, await read_wish(at, str(record), str(other)), actor="rosa", repoint=repoint)


def partner(world: SmallWorld, ref: Ref) -> Ref | None:
    with world.store.transaction("small", read_only=True) as tx:
        return tx.links.load([ref])[ref].refs[ref.side.other]


def causes(world: SmallWorld) -> dict[str, int]:
    with world.store.transaction("small", read_only=True) as tx:
        return tx.problems.count_by_cause()


async def two_leads(world: SmallWorld) -> tuple[Ref, Ref, Ref]:
    ana = world.hubspot.put("contacts", ANA)
    leads = [world.salesforce.put("Lead", LEAD | {"Title": title}) for title in ("first", "second")]
    await world.sync()
    assert set(causes(world)) == {"duplicate.ambiguous_match"}
    return ana, leads[0], leads[1]


@pytest.mark.parametrize("first", SIDES)
async def test_ambiguous_match_is_settled_by_naming_both_in_either_order(world: SmallWorld, first: Side) -> None:
    ana, _, second = await two_leads(world)
    refs = Pair(ana, second)
    done = await pair(world, refs[first], refs[first.other])
    assert (done.wish.refs, done.let_go) == (refs, ())
    assert partner(world, ana) == second and world.one(Side.HUBSPOT)["jobtitle"] == "second"
    world.hubspot.edit(ana, {"lastname": "Peña"})
    await world.sync()
    assert world.salesforce.rows[second].fields["LastName"] == "Peña"
    with world.store.transaction("small") as tx:
        [told] = [r.change for r in tx.history.load_recent(limit=99) if r.change.reason.id == "person.paired"]
    assert (told.actor, told.after) == ("rosa", str(second))


async def test_records_that_have_nothing_in_common_can_be_paired(world: SmallWorld) -> None:
    ana = world.hubspot.put("contacts", ANA)
    other = world.salesforce.put("Lead", {"LastName": "R.", "Company": "A"})
    await pair(world, ana, other)
    assert partner(world, ana) == other and world.one(Side.SALESFORCE)["Email"] == "ana@acme.example"


async def test_record_that_has_a_partner_is_refused_and_nothing_changes(world: SmallWorld) -> None:
    ana, first, second = await two_leads(world)
    await pair(world, ana, first)
    for other, word in ((second, "would part them"), (first, "are a pair already")):
        with pytest.raises(NotPaired, match=word):
            await pair(world, ana, other)
    assert partner(world, ana) == first


async def test_repointing_lets_the_former_partner_go_and_leaves_it_alone(world: SmallWorld) -> None:
    ana, first, second = await two_leads(world)
    await pair(world, ana, first)
    done = await pair(world, ana, second, repoint=True)
    assert done.let_go == (first,) and partner(world, ana) == second
    world.clock.advance(60)
    world.salesforce.edit(first, {"Title": "edited"})
    await world.sync()
    assert world.one(Side.HUBSPOT)["jobtitle"] == "second" and len(world.live(Side.HUBSPOT)) == 1
    with world.store.transaction("small") as tx:
        assert tx.records.count_by_state() == {
            State.NEEDS_ATTENTION: 0,
            State.WAITING: 0,
            State.LEFT_OUT: 1,
            State.IN_STEP: 1,
        }
    await pair(world, first, ana, repoint=True)
    assert partner(world, ana) == first, "and back again"


async def test_repointing_may_part_two_pairs(world: SmallWorld) -> None:
    ana = world.hubspot.put("contacts", ANA)
    eva = world.hubspot.put("contacts", ANA | {"email": "eva@acme.example"})
    await world.sync()
    of_ana, of_eva = partner(world, ana), partner(world, eva)
    done = await pair(world, ana, of_eva, repoint=True)
    assert partner(world, ana) == of_eva and set(done.let_go) == {eva, of_ana}
    await world.sync()
    assert partner(world, ana) == of_eva and len(world.live(Side.SALESFORCE)) == 2


async def test_records_of_one_side_or_of_nobody_are_no_pair(world: SmallWorld) -> None:
    _, first, second = await two_leads(world)
    with pytest.raises(NotPaired, match="cannot be one"):
        await pair(world, first, second)
    ana = world.hubspot.live("contacts")[0].ref
    at = await world.connect()
    wish = await read_wish(at, str(ana), str(first))
    world.salesforce.remove(first)
    with pytest.raises(NotPaired, match="not there any more"):
        await pair_up(at, wish, actor="rosa")
