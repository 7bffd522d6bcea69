"""The cycle over two CRMs of dictionaries: what a run writes, links, keeps and explains."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.fakes.small_world import Crash, SmallWorld, choose_rules, make_settings

from pasodoble.engine.cycle import Scope
from pasodoble.engine.report import RunOutcome
from pasodoble.engine.service.syncing import ask_for, sync
from pasodoble.model.cause import Problem
from pasodoble.model.outcome import Refused
from pasodoble.model.ref import Ref
from pasodoble.model.rule import UpdateRule
from pasodoble.model.settings import Duplicates, Limits, OnDelete
from pasodoble.model.side import Side
from pasodoble.model.trace import State

ANA = {"email": "ana@acme.example", "firstname": "Ana", "lastname": "Ruiz", "company": "Acme"}
ANA_LEAD = {"Email": "ANA@acme.example", "FirstName": "Ana", "LastName": "Ruiz", "Company": "Acme"}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    made = SmallWorld(f"sqlite:///{tmp_path / 'small.db'}", make_settings())
    yield made
    made.close()


async def test_a_new_hubspot_contact_becomes_a_lead_and_the_next_check_writes_nothing(world: SmallWorld) -> None:
    world.hubspot.put("contacts", ANA)
    result = await world.sync()
    assert result.outcome is RunOutcome.DONE
    assert world.one(Side.SALESFORCE)["LastName"] == "Ruiz"
    written = world.writes()
    await world.sync()
    await world.sync()
    assert world.writes() == written == 1


async def test_a_person_known_to_both_sides_is_linked_without_being_made_again(world: SmallWorld) -> None:
    world.hubspot.put("contacts", ANA)
    world.salesforce.put("Lead", ANA_LEAD)
    result = await world.sync()
    assert result.report.of("contacts").linked == 1
    assert world.writes() == 0
    assert len(world.live(Side.HUBSPOT)) == len(world.live(Side.SALESFORCE)) == 1


async def test_edits_travel_both_ways_in_one_run(world: SmallWorld) -> None:
    ana = world.hubspot.put("contacts", ANA)
    await world.sync()
    [lead] = world.live(Side.SALESFORCE)
    world.clock.advance(5)
    world.hubspot.edit(ana, {"lastname": "Ruiz Peña"})
    world.salesforce.edit(lead.ref, {"Title": "CTO"})
    await world.sync()
    assert world.one(Side.SALESFORCE)["LastName"] == "Ruiz Peña"
    assert world.one(Side.HUBSPOT)["jobtitle"] == "CTO"


async def test_two_leads_with_one_address_are_never_guessed(world: SmallWorld) -> None:
    world.hubspot.put("contacts", ANA)
    world.salesforce.put("Lead", ANA_LEAD)
    world.salesforce.put("Lead", ANA_LEAD | {"FirstName": "Anna"})
    result = await world.sync()
    assert result.outcome is RunOutcome.ATTENTION
    assert set(result.report.of("contacts").problems) == {"duplicate.ambiguous_match"}
    assert world.writes() == 0


async def test_c02_the_lead_that_was_changed_last_is_taken_where_the_settings_say_so(world: SmallWorld) -> None:
    world.settings = replace(world.settings, duplicates=Duplicates.MOST_RECENT)
    older = world.salesforce.put("Lead", ANA_LEAD | {"Title": "old"})
    world.clock.advance(60)
    world.salesforce.put("Lead", ANA_LEAD | {"Title": "new"})
    world.hubspot.put("contacts", ANA)
    await world.sync()
    assert world.one(Side.HUBSPOT)["jobtitle"] == "new"
    assert world.salesforce.rows[older].fields["Title"] == "old"


async def test_without_an_address_nobody_is_carried_and_the_gate_is_told(world: SmallWorld) -> None:
    world.salesforce.put("Lead", {"LastName": "Nobody", "Company": "C"})
    result = await world.sync()
    assert result.report.of("contacts").left_out == {"no_email": 1}
    with world.store.transaction("small") as tx:
        assert tx.records.count_by_state()[State.LEFT_OUT] == 1


async def test_a_refused_record_stops_nobody(world: SmallWorld) -> None:
    problem = Problem(cause="salesforce.validation_rule", side=Side.SALESFORCE, text="Phone, please")
    world.salesforce.refuse = lambda op: Refused(problem=problem) if "bad" in str(op) else None
    for name in ("good1", "bad", "good2"):
        world.hubspot.put("contacts", ANA | {"email": f"{name}@x.example"})
    result = await world.sync()
    assert {row.fields["Email"] for row in world.live(Side.SALESFORCE)} == {"good1@x.example", "good2@x.example"}
    assert result.report.of("contacts").problems == {"salesforce.validation_rule": 1}


async def test_a_refused_field_is_left_out_and_the_rest_of_the_record_goes(world: SmallWorld) -> None:
    problem = Problem(cause="picklist.value_missing", side=Side.SALESFORCE, fields=("Title",))
    world.salesforce.refuse = lambda op: (
        Refused(problem=problem, fields=("Title",)) if "Title" in getattr(op, "fields", {}) else None
    )
    world.hubspot.put("contacts", ANA | {"jobtitle": "Wizard"})
    result = await world.sync()
    assert world.one(Side.SALESFORCE)["LastName"] == "Ruiz"
    assert "Title" not in world.one(Side.SALESFORCE)
    assert result.report.of("contacts").problems == {"picklist.value_missing": 1}


@pytest.mark.parametrize("fault", ["after", "before"])
async def test_a_create_whose_answer_is_lost_makes_one_record(world: SmallWorld, fault: str) -> None:
    world.hubspot.put("contacts", ANA)
    faults = iter([fault])
    world.faults.salesforce.draw = lambda what: next(faults, "") if what == "write" else ""
    for _ in range(3):
        await world.sync()
        world.clock.advance(7 * 3600)
    assert len(world.live(Side.SALESFORCE)) == len(world.live(Side.HUBSPOT)) == 1


@pytest.mark.parametrize("fault", ["crash_before", "crash_after"])
async def test_a_crash_in_the_middle_of_a_create_makes_one_record(world: SmallWorld, fault: str) -> None:
    world.hubspot.put("contacts", ANA)
    faults = iter([fault])
    world.faults.salesforce.draw = lambda what: next(faults, "") if what == "write" else ""
    with pytest.raises(Crash):
        await world.sync()
    await world.sync()
    assert len(world.live(Side.SALESFORCE)) == len(world.live(Side.HUBSPOT)) == 1
    world.hubspot.edit(world.live(Side.HUBSPOT)[0].ref, {"lastname": "Peña"})
    await world.sync()
    assert world.one(Side.SALESFORCE)["LastName"] == "Peña"


async def test_an_edit_made_between_our_read_and_our_write_is_not_lost(world: SmallWorld) -> None:
    ana = world.hubspot.put("contacts", ANA)
    await world.sync()
    [lead] = world.live(Side.SALESFORCE)
    world.clock.advance(5)
    world.salesforce.edit(lead.ref, {"LastName": "From Salesforce"})
    edits = iter([{"lastname": "From HubSpot"}])

    def edit_once() -> None:
        if (fields := next(edits, None)) is not None:
            world.clock.advance(2)
            world.hubspot.edit(ana, fields)

    world.faults.hubspot.between = edit_once
    await world.sync()
    await world.sync()
    assert world.one(Side.HUBSPOT)["lastname"] == world.one(Side.SALESFORCE)["LastName"] == "From HubSpot"


async def test_a_converted_lead_is_followed_and_nothing_is_made(world: SmallWorld) -> None:
    world.hubspot.put("contacts", ANA)
    await world.sync()
    [lead] = world.live(Side.SALESFORCE)
    contact = world.salesforce.convert(lead.ref, {"Email": "ana@acme.example", "LastName": "Ruiz", "Title": "CEO"})
    await world.sync()
    await world.sync()
    assert world.one(Side.HUBSPOT)["jobtitle"] == "CEO"
    with world.store.transaction("small") as tx:
        [link] = tx.links.load([contact]).values()
    assert link.refs.salesforce == contact


async def test_a_merge_of_two_linked_leads_leaves_both_hubspot_contacts_and_tells_r_01(world: SmallWorld) -> None:
    ana = world.hubspot.put("contacts", ANA)
    eva = world.hubspot.put("contacts", ANA | {"email": "eva@acme.example", "firstname": "Eva"})
    await world.sync()
    by_name = {row.fields["FirstName"]: row.ref for row in world.live(Side.SALESFORCE)}
    world.salesforce.merge(by_name["Eva"], by_name["Ana"])
    await _ask(world, eva)
    assert {row.ref for row in world.live(Side.HUBSPOT)} == {ana, eva}
    with world.store.transaction("small") as tx:
        assert tx.problems.count_by_cause() == {"duplicate.merged_twin": 1}
        assert tx.links.load([ana])[ana].refs.salesforce == by_name["Ana"]
    world.salesforce.edit(by_name["Ana"], {"Title": "CTO"})
    await world.sync()
    assert world.hubspot.rows[ana].fields["jobtitle"] == "CTO"


async def test_a_merged_lead_without_a_partner_of_its_own_is_followed_r_03(world: SmallWorld) -> None:
    ana = world.hubspot.put("contacts", ANA)
    await world.sync()
    [lead] = world.live(Side.SALESFORCE)
    winner = world.salesforce.put("Lead", {"LastName": "Ruiz", "Company": "Acme", "Title": "CEO"})
    world.salesforce.merge(lead.ref, winner)
    await _ask(world, ana)
    await world.sync()
    assert world.one(Side.HUBSPOT)["jobtitle"] == "CEO"


@pytest.mark.parametrize(("setting", "left"), [(OnDelete.NOTHING, 1), (OnDelete.DELETE, 0)])
async def test_a_deletion_follows_only_where_the_settings_say_so(
    world: SmallWorld, setting: OnDelete, left: int
) -> None:
    world.settings = make_settings(when_deleted_in_salesforce=setting)
    ana = world.hubspot.put("contacts", ANA)
    await world.sync()
    world.salesforce.remove(world.live(Side.SALESFORCE)[0].ref)
    for _ in range(3):
        await _ask(world, ana)
    assert len(world.live(Side.HUBSPOT)) == left
    assert len(world.live(Side.SALESFORCE)) == 0


async def test_a_record_out_of_sight_is_never_deleted_nor_made_again(world: SmallWorld) -> None:
    from pasodoble.model.record import Loss

    world.settings = make_settings(when_deleted_in_salesforce=OnDelete.DELETE)
    ana = world.hubspot.put("contacts", ANA)
    await world.sync()
    world.salesforce.remove(world.live(Side.SALESFORCE)[0].ref, Loss.UNSEEN)
    for _ in range(3):
        await _ask(world, ana)
    assert len(world.live(Side.HUBSPOT)) == 1
    assert len(world.live(Side.SALESFORCE)) == 0


async def test_too_many_creates_stop_before_anything_is_written_and_ask(world: SmallWorld) -> None:
    world.settings = make_settings(limits=Limits(max_creates_per_run=5))
    for number in range(20):
        world.hubspot.put("contacts", ANA | {"email": f"n{number}@x.example"})
    result = await world.sync()
    assert world.writes() == 0
    assert [brake.what for brake in result.report.brakes] == ["create"]
    assert result.outcome is RunOutcome.ATTENTION
    await world.sync(Scope(approved=True))
    assert len(world.live(Side.SALESFORCE)) == 20


async def test_outside_the_inclusion_list_nothing_goes_out_and_joining_it_does(world: SmallWorld) -> None:
    world.settings = make_settings(inclusion_list="7")
    world.hubspot.lists["7"] = {}
    ana = world.hubspot.put("contacts", ANA)
    result = await world.sync()
    assert result.report.of("contacts").left_out == {"not_in_list": 1}
    world.hubspot.lists["7"][ana.id] = world.clock.now()
    await _ask(world, ana)
    assert len(world.live(Side.SALESFORCE)) == 1


async def test_under_always_salesforce_a_hubspot_edit_is_put_back(world: SmallWorld) -> None:
    world.settings = make_settings(fields=choose_rules({"jobtitle": UpdateRule.ALWAYS_SALESFORCE}))
    ana = world.hubspot.put("contacts", ANA)
    world.salesforce.put("Lead", ANA_LEAD | {"Title": "CTO"})
    await world.sync()
    world.clock.advance(5)
    world.hubspot.edit(ana, {"jobtitle": "Intern"})
    await world.sync()
    assert world.one(Side.HUBSPOT)["jobtitle"] == "CTO"
    assert world.one(Side.SALESFORCE)["Title"] == "CTO"


async def test_the_account_behind_a_connection_cannot_change_unnoticed(world: SmallWorld) -> None:
    from pasodoble.errors import ConfigError

    await world.sync()
    with world.store.transaction("small") as tx:
        tx.cursors.save("accounts", {"hubspot": "another", "salesforce": "salesforce-account"}, world.clock.now())
    with pytest.raises(ConfigError, match="another account"):
        await world.sync()


async def _ask(world: SmallWorld, ref: Ref) -> None:
    at = await world.connect()
    ask_for(at, "contacts", [ref])
    world.clock.advance(60)
    await sync(at, Scope(kinds=("contacts",), refs=[ref]))


async def test_a_value_set_after_the_leading_side_was_blanked_is_the_later_word(world: SmallWorld) -> None:
    ana = world.hubspot.put("contacts", ANA | {"jobtitle": "CTO"})
    await world.sync()
    [lead] = world.live(Side.SALESFORCE)
    world.clock.advance(60)
    world.salesforce.edit(lead.ref, {"Title": None})
    world.clock.advance(60)
    world.hubspot.edit(ana, {"jobtitle": "CEO"})
    await world.sync()
    assert world.one(Side.HUBSPOT)["jobtitle"] == world.one(Side.SALESFORCE)["Title"] == "CEO"


async def test_an_object_with_nothing_to_do_still_has_its_numbers_in_the_report(world: SmallWorld) -> None:
    result = await world.sync()
    assert result.report.document(1, {}, 0.0)["objects"]["contacts"]["hubspot"]["created"] == 0  # type: ignore[index]  # a JSON document


async def test_two_contacts_merged_into_a_third_keep_one_pair_and_stop_nobody(world: SmallWorld) -> None:
    """HubSpot gives the outcome of a merge an id of its own: both pairs would follow to it."""
    merged = [world.hubspot.put("contacts", ANA | {"email": f"{name}@acme.example"}) for name in ("ana", "eva")]
    await world.sync()
    survivor = world.hubspot.put("contacts", ANA)
    for loser in merged:
        world.hubspot.merge(loser, survivor)
    ask_for(await world.connect(), "contacts", merged)
    result = await world.sync(Scope(refs=merged))
    assert result.outcome is RunOutcome.ATTENTION
    assert result.report.of("contacts").problems["duplicate.merged_twin"] == 1
    with world.store.transaction("small") as tx:
        assert survivor in tx.links.load([survivor])
