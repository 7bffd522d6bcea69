"""Undo over two CRMs of dictionaries: what comes back, what stays back, and that the next check leaves it alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.fakes.small_world import SmallWorld, choose_rules, make_settings

from pasodoble.engine.report import RunOutcome
from pasodoble.engine.service import undoing
from pasodoble.engine.service.finding import NotFound
from pasodoble.engine.service.undoing import Undoing, Undone
from pasodoble.model.ref import Ref
from pasodoble.model.rule import UpdateRule
from pasodoble.model.side import Side
from pasodoble.ports import ChangeRow

ANA = {"email": "ana@acme.example", "firstname": "Ana", "lastname": "Ruiz", "company": "Acme", "jobtitle": "CTO"}
ALWAYS_SALESFORCE = {"jobtitle": UpdateRule.ALWAYS_SALESFORCE}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    made = SmallWorld(f"sqlite:///{tmp_path / 'small.db'}", make_settings())
    yield made
    made.close()


async def pair(world: SmallWorld) -> tuple[Ref, Ref]:
    """Ana on both sides, linked by a run that made the lead."""
    ana = world.hubspot.put("contacts", ANA)
    await world.sync()
    [lead] = world.live(Side.SALESFORCE)
    return ana, lead.ref


async def undo(world: SmallWorld, text: str) -> tuple[Undoing, Undone]:
    at = await world.connect()
    planned = await undoing.plan(at, text)
    return planned, await undoing.apply(at, planned, actor="maria")


def load_history(world: SmallWorld) -> list[ChangeRow]:
    """Newest first."""
    with world.store.transaction("small", read_only=True) as tx:
        return tx.history.load_recent(limit=100)


async def settle(world: SmallWorld) -> None:
    """Two checks, which must leave everything as it is."""
    before = [row.fields for side in Side for row in world.live(side)]
    for _ in range(2):
        assert (await world.sync()).outcome is RunOutcome.DONE
    assert [row.fields for side in Side for row in world.live(side)] == before


async def test_an_undone_run_puts_the_value_back_on_both_sides_and_the_next_check_leaves_it(world: SmallWorld) -> None:
    _, lead = await pair(world)
    world.salesforce.edit(lead, {"Title": "Director"})
    run = (await world.sync()).run_id
    assert world.one(Side.HUBSPOT)["jobtitle"] == "Director"
    _, done = await undo(world, f"run:{run}")
    assert (done.result.outcome, done.refusals) == (RunOutcome.DONE, ())
    assert world.one(Side.HUBSPOT)["jobtitle"] == world.one(Side.SALESFORCE)["Title"] == "CTO"
    await settle(world)


async def test_a_rule_that_would_bring_the_value_back_is_answered_on_the_deciding_side(tmp_path: Path) -> None:
    settings = make_settings(fields=choose_rules(ALWAYS_SALESFORCE))
    world = SmallWorld(f"sqlite:///{tmp_path / 'small.db'}", settings)
    _, lead = await pair(world)
    world.salesforce.edit(lead, {"Title": "Director"})
    await world.sync()
    await undo(world, f"#{load_history(world)[0].id}")
    assert world.one(Side.HUBSPOT)["jobtitle"] == world.one(Side.SALESFORCE)["Title"] == "CTO"
    await settle(world)
    world.close()


async def test_an_edit_after_an_undo_travels_even_if_it_is_the_undone_value(world: SmallWorld) -> None:
    _, lead = await pair(world)
    world.salesforce.edit(lead, {"Title": "Director"})
    run = (await world.sync()).run_id
    await undo(world, str(run))
    world.salesforce.edit(lead, {"Title": "Director"})
    await world.sync()
    assert world.one(Side.HUBSPOT)["jobtitle"] == "Director"


async def test_what_was_edited_since_is_refused_and_the_rest_is_undone(world: SmallWorld) -> None:
    ana, lead = await pair(world)
    world.salesforce.edit(lead, {"Title": "Director", "LastName": "Ruiz Peña"})
    run = (await world.sync()).run_id
    world.hubspot.edit(ana, {"jobtitle": "CEO"})
    planned, done = await undo(world, str(run))
    assert [(r.key, r.reason.id) for r in done.refusals] == [("jobtitle", "undo.edited_since")]
    assert len(planned.plan.steps) == 2
    assert world.one(Side.HUBSPOT)["lastname"] == "Ruiz"
    assert world.one(Side.HUBSPOT)["jobtitle"] == "CEO"


async def test_the_history_says_who_undid_it(world: SmallWorld) -> None:
    _, lead = await pair(world)
    world.salesforce.edit(lead, {"Title": "Director"})
    run = (await world.sync()).run_id
    _, done = await undo(world, str(run))
    rows = [row for row in load_history(world) if row.run_id == done.result.run_id]
    assert {(r.change.side, r.change.before, r.change.after) for r in rows} == {
        (Side.HUBSPOT, "Director", "CTO"),
        (Side.SALESFORCE, "Director", "CTO"),
    }
    assert {(r.change.actor, r.change.reason.id) for r in rows} == {("maria", "undo.put_back")}


async def test_an_undo_can_be_undone(world: SmallWorld) -> None:
    _, lead = await pair(world)
    world.salesforce.edit(lead, {"Title": "Director"})
    run = (await world.sync()).run_id
    _, done = await undo(world, str(run))
    await undo(world, str(done.result.run_id))
    assert world.one(Side.HUBSPOT)["jobtitle"] == world.one(Side.SALESFORCE)["Title"] == "Director"


async def test_undoing_a_create_deletes_the_record_and_it_is_not_made_again(world: SmallWorld) -> None:
    await pair(world)
    _, done = await undo(world, "ana@acme.example")
    assert done.result.report.of("contacts").written[Side.SALESFORCE]["deleted"] == 1
    assert world.live(Side.SALESFORCE) == []
    await settle(world)
    assert [row.change.reason.id for row in load_history(world)] == ["history.deleted", "history.created"]


async def test_a_created_record_that_somebody_has_edited_is_not_deleted(world: SmallWorld) -> None:
    _, lead = await pair(world)
    world.salesforce.edit(lead, {"Title": "Director"})
    planned, _ = await undo(world, "ana@acme.example")
    assert planned.plan.empty
    assert [r.reason.id for r in planned.refusals] == ["undo.record_edited_since"]
    assert len(world.live(Side.SALESFORCE)) == 1


async def test_an_edit_between_the_plan_and_the_write_is_not_overwritten(world: SmallWorld) -> None:
    _, lead = await pair(world)
    world.salesforce.edit(lead, {"Title": "Director"})
    run = (await world.sync()).run_id
    at = await world.connect()
    planned = await undoing.plan(at, str(run))
    world.clock.advance(60)
    world.salesforce.edit(lead, {"Title": "Boss"})
    done = await undoing.apply(at, planned, actor="maria")
    assert [r.reason.id for r in done.refusals] == ["write.stale"]
    assert world.one(Side.SALESFORCE)["Title"] == "Boss"


async def test_a_refused_write_is_told_and_the_rules_go_on(world: SmallWorld) -> None:
    _, lead = await pair(world)
    world.salesforce.edit(lead, {"Title": "Director"})
    run = (await world.sync()).run_id
    world.faults.salesforce.draw = lambda what: "before" if what == "write" else ""
    _, done = await undo(world, str(run))
    assert done.result.outcome is RunOutcome.ATTENTION
    assert [r.reason.id for r in done.refusals] == ["write.deferred"]
    world.faults.salesforce.draw = lambda _what: ""
    await world.sync()
    assert world.one(Side.HUBSPOT)["jobtitle"] == world.one(Side.SALESFORCE)["Title"]


async def test_a_pair_of_which_one_is_gone_is_refused(world: SmallWorld) -> None:
    _, lead = await pair(world)
    world.salesforce.edit(lead, {"Title": "Director"})
    run = (await world.sync()).run_id
    world.salesforce.remove(lead)
    planned = await undoing.plan(await world.connect(), str(run))
    assert planned.plan.empty
    assert [r.reason.id for r in planned.refusals] == ["undo.not_paired"]


@pytest.mark.parametrize("text", ["999", "run:999", "#999", "change:999", "nobody@x.example", "hubspot:contact:77"])
async def test_what_never_changed_anything_is_not_found(world: SmallWorld, text: str) -> None:
    await pair(world)
    with pytest.raises(NotFound):
        await undoing.plan(await world.connect(), text)


async def test_pair_that_another_run_is_at_work_on_is_not_undone(world: SmallWorld) -> None:
    ana, lead = await pair(world)
    world.salesforce.edit(lead, {"Title": "Director"})
    run = (await world.sync()).run_id
    now = world.clock.now()
    with world.store.transaction("small") as tx:
        tx.leases.claim({str(tx.links.load([ana])[ana].id)}, "another run", now + timedelta(minutes=2), now)
    _, done = await undo(world, f"run:{run}")
    assert {refusal.reason for refusal in done.refusals} == {undoing.BUSY}
    assert world.one(Side.HUBSPOT)["jobtitle"] == world.one(Side.SALESFORCE)["Title"] == "Director"
    with world.store.transaction("small") as tx:
        tx.leases.release({str(tx.links.load([ana])[ana].id)}, "another run")
    _, done = await undo(world, f"run:{run}")
    assert done.refusals == ()
    assert world.one(Side.HUBSPOT)["jobtitle"] == "CTO"
