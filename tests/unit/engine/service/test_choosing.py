"""Conflicts that a person settles: opened by the cycle, carried out by the cycle, over once done or overtaken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.fakes.small_world import Crash, SmallWorld, choose_rules, make_settings

from pasodoble.engine.service.choosing import choose_conflicts, list_conflicts, resolve, spell_conflict, sum_first_sync
from pasodoble.engine.service.finding import NotFound
from pasodoble.engine.service.syncing import ask_for
from pasodoble.model.cause import Problem
from pasodoble.model.outcome import Refused
from pasodoble.model.ref import Ref
from pasodoble.model.rule import UpdateRule
from pasodoble.model.settings import Connection
from pasodoble.model.side import SIDES, Pair, Side
from pasodoble.model.trace import State
from pasodoble.ports import ConflictRow

ANA = {"email": "ana@acme.example", "firstname": "Ana", "lastname": "Ruiz", "company": "Acme", "jobtitle": "start"}
NAMES = Pair("jobtitle", "Title")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    made = SmallWorld(f"sqlite:///{tmp_path / 'small.db'}", with_rule(UpdateRule.TWO_WAY))
    yield made
    made.close()


def with_rule(rule: UpdateRule) -> Connection:
    return make_settings(fields=choose_rules({"jobtitle": rule}))


async def pair_up(world: SmallWorld) -> Pair[Ref]:
    hubspot = world.hubspot.put("contacts", ANA)
    await world.sync()
    [lead] = world.live(Side.SALESFORCE)
    world.clock.advance(60)
    return Pair(hubspot, lead.ref)


def edit(world: SmallWorld, refs: Pair[Ref], side: Side, value: str | None) -> None:
    memory = world.hubspot if side is Side.HUBSPOT else world.salesforce
    memory.edit(refs[side], {NAMES[side]: value})
    world.clock.advance(60)


async def clash(world: SmallWorld, refs: Pair[Ref], *, last: Side) -> ConflictRow:
    """Both people write, `last` later; the cycle decides."""
    edit(world, refs, last.other, "early")
    edit(world, refs, last, "late")
    await world.sync()
    [row] = list_conflicts(world.settings, world.store)
    return row


def titles(world: SmallWorld) -> tuple[object, object]:
    return world.one(Side.HUBSPOT)["jobtitle"], world.one(Side.SALESFORCE)["Title"]


@pytest.mark.parametrize("last", SIDES)
async def test_conflict_tells_both_values_who_set_them_when_and_the_rule(world: SmallWorld, last: Side) -> None:
    row = await clash(world, await pair_up(world), last=last)
    assert row.clash.values == Pair.of(last, "late", "early")
    assert row.clash.taken is last and row.clash.rule is UpdateRule.TWO_WAY
    assert row.clash.authors.hubspot == "person"
    times = row.clash.set_at
    assert times[last] > times[last.other]  # type: ignore[operator]  # both are known here
    document = spell_conflict(row)
    assert document["winner"] == last.value and document["field"] == {"hubspot": "jobtitle", "salesforce": "Title"}


@pytest.mark.parametrize("last", SIDES)
async def test_choosing_the_loser_writes_it_to_both_sides_and_ends_the_conflict(world: SmallWorld, last: Side) -> None:
    refs = await pair_up(world)
    row = await clash(world, refs, last=last)
    assert titles(world) == ("late", "late")
    done = await resolve(await world.connect(), [row], last.other, actor="rosa")
    assert titles(world) == ("early", "early") and (done.settled, done.open) == (1, ())
    assert list_conflicts(world.settings, world.store) == []
    with world.store.transaction("small") as tx:
        written = [c.change for c in tx.history.load(row.link_id) if c.change.reason.id == "person.chose"]
    assert {(c.side, c.actor, c.before, c.after) for c in written} == {(s, "rosa", "late", "early") for s in SIDES}
    writes = world.writes()
    world.clock.advance(60)
    await world.sync()
    assert world.writes() == writes


@pytest.mark.parametrize("last", SIDES)
async def test_choosing_the_winner_ends_the_conflict_without_a_write(world: SmallWorld, last: Side) -> None:
    row = await clash(world, await pair_up(world), last=last)
    writes = world.writes()
    await resolve(await world.connect(), [row], last, actor="rosa")
    assert world.writes() == writes and list_conflicts(world.settings, world.store) == []


@pytest.mark.parametrize("rule", [UpdateRule.ALWAYS_SALESFORCE, UpdateRule.ALWAYS_HUBSPOT])
async def test_edit_that_the_rule_overruled_can_be_chosen_all_the_same(world: SmallWorld, rule: UpdateRule) -> None:
    follower = Side.HUBSPOT if rule is UpdateRule.ALWAYS_SALESFORCE else Side.SALESFORCE
    world.settings = with_rule(rule)
    refs = await pair_up(world)
    edit(world, refs, follower.other, "ruled")
    await world.sync()
    edit(world, refs, follower, "wished")
    await world.sync()
    assert titles(world) == ("ruled", "ruled")
    [row] = list_conflicts(world.settings, world.store)
    await resolve(await world.connect(), [row], follower, actor="rosa")
    assert titles(world) == ("wished", "wished") and list_conflicts(world.settings, world.store) == []


@pytest.mark.parametrize("side", SIDES)
async def test_edit_after_the_conflict_has_the_last_word_over_a_choice(world: SmallWorld, side: Side) -> None:
    refs = await pair_up(world)
    row = await clash(world, refs, last=side)
    edit(world, refs, side, "newest")
    await resolve(await world.connect(), [row], side.other, actor="rosa")
    assert titles(world) == ("newest", "newest") and list_conflicts(world.settings, world.store) == []


async def test_field_that_moved_on_is_no_conflict_any_more(world: SmallWorld) -> None:
    refs = await pair_up(world)
    await clash(world, refs, last=Side.HUBSPOT)
    edit(world, refs, Side.SALESFORCE, "agreed by phone")
    await world.sync()
    assert titles(world) == ("agreed by phone",) * 2 and list_conflicts(world.settings, world.store) == []


async def test_choice_that_is_refused_stays_chosen_and_is_carried_out_when_the_side_lets_it(world: SmallWorld) -> None:
    row = await clash(world, await pair_up(world), last=Side.HUBSPOT)
    no = Refused(problem=Problem(cause="salesforce.validation_rule", side=Side.SALESFORCE))
    world.salesforce.refuse = lambda _op: no
    done = await resolve(await world.connect(), [row], Side.SALESFORCE, actor="rosa")
    assert [open.chosen for open in done.open] == [Side.SALESFORCE]
    world.salesforce.refuse = lambda _op: None
    done = await resolve(await world.connect(), done.open, Side.SALESFORCE, actor="rosa")
    assert titles(world) == ("early", "early") and not done.open


@pytest.mark.parametrize("dies_on", SIDES)
@pytest.mark.parametrize("when", ["crash_before", "crash_after"])
async def test_choice_outlives_a_crash_in_the_middle_of_carrying_it_out(
    world: SmallWorld, dies_on: Side, when: str
) -> None:
    row = await clash(world, await pair_up(world), last=Side.HUBSPOT)
    world.faults[dies_on].draw = lambda what: when if what == "write" else ""
    with pytest.raises(Crash):
        await resolve(await world.connect(), [row], Side.SALESFORCE, actor="rosa")
    world.faults[dies_on].draw = lambda _what: ""
    world.clock.advance(60)
    await world.sync()
    await world.sync()
    assert titles(world) == ("early", "early") and list_conflicts(world.settings, world.store) == []


@pytest.mark.parametrize("leader", SIDES)
async def test_first_sync_is_told_as_a_sum_a_field_and_not_as_a_conflict_a_record(
    world: SmallWorld, leader: Side
) -> None:
    always = UpdateRule.ALWAYS_HUBSPOT if leader is Side.HUBSPOT else UpdateRule.ALWAYS_SALESFORCE
    world.settings = with_rule(always)
    for number in range(3):
        address = f"p{number}@x.example"
        world.hubspot.put("contacts", {"email": address, "lastname": "P", "jobtitle": "here"})
        world.salesforce.put("Lead", {"Email": address, "LastName": "P", "Company": "C", "Title": "there"})
    await world.sync()
    assert list_conflicts(world.settings, world.store) == []
    [one] = sum_first_sync(world.settings, world.store)
    assert (one.kind, one.key, one.replaced) == ("contacts", "jobtitle", Pair.of(leader.other, 3, 0))
    with world.store.transaction("small") as tx:
        assert sum(row.change.contested for row in tx.history.load_recent(limit=99)) == 3


async def test_person_finds_a_conflict_by_number_record_and_either_sides_field(world: SmallWorld) -> None:
    row = await clash(world, await pair_up(world), last=Side.HUBSPOT)
    at = world.settings, world.store
    for record, fields in ((f"#{row.id}", ()), ("ana@acme.example", ("jobtitle",)), ("ana@acme.example", ("Title",))):
        assert choose_conflicts(*at, record, fields) == [row]
    for record, fields in (("#999", ()), ("ana@acme.example", ("City",)), ("nobody@x.example", ())):
        with pytest.raises(NotFound, match="no open conflict"):
            choose_conflicts(*at, record, fields)


async def test_retired_pair_has_no_conflicts(world: SmallWorld) -> None:
    refs = await pair_up(world)
    await clash(world, refs, last=Side.HUBSPOT)
    world.salesforce.remove(refs.salesforce)
    at = await world.connect()
    for _ in range(2):
        ask_for(at, "contacts", [refs.salesforce], "record_deleted")
        await world.sync()
    assert list_conflicts(world.settings, world.store) == []


async def test_state_of_a_settled_conflict_is_in_step(world: SmallWorld) -> None:
    await clash(world, await pair_up(world), last=Side.SALESFORCE)
    with world.store.transaction("small") as tx:
        assert tx.records.count_by_state()[State.IN_STEP] == 1


# --- who wins where nobody knows who was later ------------------------------------------------------------------------


async def clash_at_once(world: SmallWorld, winner: Side | None) -> Pair[Ref]:
    """Both people write within the clocks' skew, and the settings name the winner."""
    refs = await pair_up(world)
    world.settings = replace(world.settings, conflict_winner=winner)
    for side in SIDES:
        memory = world.hubspot if side is Side.HUBSPOT else world.salesforce
        memory.edit(refs[side], {NAMES[side]: side.value})
    await world.sync()
    return refs


@pytest.mark.parametrize("winner", SIDES)
async def test_side_that_the_settings_name_wins_a_tie(world: SmallWorld, winner: Side) -> None:
    await clash_at_once(world, winner)
    assert titles(world) == (winner.value, winner.value)
    [row] = list_conflicts(world.settings, world.store)
    assert row.clash.reason.id == "rule.tie" and row.clash.taken is winner


@pytest.mark.parametrize("chosen", SIDES)
async def test_with_nobody_to_win_both_sides_keep_their_value_until_a_person_chooses(
    world: SmallWorld, chosen: Side
) -> None:
    refs = await clash_at_once(world, None)
    await world.sync()
    assert titles(world) == ("hubspot", "salesforce")
    with world.store.transaction("small") as tx:
        assert set(tx.problems.count_by_cause()) == {"conflict.both_changed"}
    world.hubspot.edit(refs.hubspot, {"firstname": "Anita"})
    await world.sync()
    assert world.one(Side.SALESFORCE)["FirstName"] == "Anita", "a conflict blocks no other field"
    [row] = list_conflicts(world.settings, world.store)
    await resolve(await world.connect(), [row], chosen, actor="rosa")
    assert titles(world) == (chosen.value, chosen.value)
    with world.store.transaction("small") as tx:
        assert tx.problems.count_by_cause() == {} and tx.conflicts.count() == 0
