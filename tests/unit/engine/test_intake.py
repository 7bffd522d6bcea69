"""Signals become marks by the declared triggers, whoever tells them; and what starts nothing is remembered."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.fakes.small_world import LEAD_FIELDS, SmallWorld, choose_rules, make_field, make_schema, make_settings

from pasodoble.engine.cycle import Scope
from pasodoble.engine.intake import drain, take_in
from pasodoble.engine.look import look
from pasodoble.engine.service.syncing import ask_for
from pasodoble.model.ref import Ref
from pasodoble.model.rule import FieldRule, UpdateRule
from pasodoble.model.side import Side
from pasodoble.model.signal import Effect, Mark, Signal, SignalKind, Urgency

ANA = {"email": "ana@acme.example", "lastname": "Ruiz", "company": "Acme"}
HS, SF = Side.HUBSPOT, Side.SALESFORCE
K = SignalKind
SCORE = FieldRule(hubspot="city", salesforce={"Lead": "Score__c"}, rule=UpdateRule.ALWAYS_SALESFORCE)
"""A formula in Salesforce, mapped."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    rules = (*(rule for rule in choose_rules() if rule.hubspot != "city"), SCORE)
    made = SmallWorld(f"sqlite:///{tmp_path / 'small.db'}", make_settings(fields=rules))
    fields = (
        *LEAD_FIELDS,
        make_field("Fax"),
        make_field("Score__c", calculated=True, writable=False, creatable=False),
    )
    made.salesforce.schemas["Lead"] = make_schema(SF, "Lead", fields)
    yield made
    made.close()


def signal(kind: SignalKind, ref: Ref, *fields: str, **more: Any) -> Signal:
    return Signal(kind=kind, side=ref.side, ref=ref, at=datetime(2026, 5, 4, 12, tzinfo=UTC), fields=fields, **more)


def marks(world: SmallWorld, *refs: Ref) -> dict[Ref, Mark]:
    with world.store.transaction("small", read_only=True) as tx:
        return tx.marks.load(refs)


def counts(world: SmallWorld) -> dict[tuple[str, Effect], int]:
    with world.store.transaction("small", read_only=True) as tx:
        return {(row.key, row.effect): row.count for row in tx.firings.load()}


async def tell(world: SmallWorld, *signals: Signal) -> int:
    at = await world.connect()
    with at.store.transaction("small") as tx:
        return len(take_in(at, tx, signals))


async def linked(world: SmallWorld) -> tuple[Ref, Ref]:
    """A pair in step, after a look that saw our own writes come back. No mark is left."""
    contact = world.hubspot.put("contacts", ANA)
    await world.sync()
    await world.sync()
    [lead] = world.live(SF)
    return contact, lead.ref


async def test_mark_carries_the_key_and_the_urgency_of_its_trigger(world: SmallWorld) -> None:
    ref = Ref(HS, "contacts", "7")
    await tell(
        world, signal(K.CHANGED, ref, "jobtitle"), signal(K.ACTIVITY, ref, detail={"activity": "form_submitted"})
    )
    mark = marks(world, ref)[ref]
    assert set(mark.triggers) == {"hubspot_property_changed", "form_submitted"}
    assert mark.urgency is Urgency.FORM
    assert counts(world) == {("hubspot_property_changed", Effect.FIRED): 1, ("form_submitted", Effect.FIRED): 1}


async def test_each_field_told_by_itself_and_twice_is_one_change(world: SmallWorld) -> None:
    ref = Ref(HS, "contacts", "7")
    told = [signal(K.CHANGED, ref, name) for name in ("jobtitle", "phone", "jobtitle")]
    assert await tell(world, *told) == 1
    assert counts(world) == {("hubspot_property_changed", Effect.FIRED): 1}


async def test_pushed_activity_is_counted_when_it_is_read_and_not_before(world: SmallWorld) -> None:
    ref = Ref(HS, "contacts", "7")
    told = signal(K.ACTIVITY, ref, detail={"activity": "form_submitted"})
    at = await world.connect()
    with at.store.transaction("small") as tx:
        take_in(at, tx, [told], pushed=True)
    assert set(marks(world, ref)) == {ref} and sum(counts(world).values()) == 0
    await tell(world, told)
    assert counts(world) == {("form_submitted", Effect.FIRED): 1}


SILENT = [
    (signal(K.CHANGED, Ref(HS, "contacts", "7"), "fax"), "unmapped_field_changed", Effect.SILENT),
    (signal(K.CHANGED, Ref(HS, "contacts", "7"), "jobtitle", by_us=True), "own_echo", Effect.SILENT),
    (signal(K.CHANGED, Ref(SF, "Lead", "00Q7"), "Score__c"), "formula_result_changed", Effect.SILENT),
    (signal(K.ACTIVITY, Ref(HS, "contacts", "7"), detail={"activity": "note_created"}), "note_created", Effect.OFF),
]


@pytest.mark.parametrize(("told", "key", "effect"), SILENT, ids=[case[1] for case in SILENT])
async def test_what_starts_nothing_puts_no_mark_and_is_remembered(
    world: SmallWorld, told: Signal, key: str, effect: Effect
) -> None:
    assert await tell(world, told) == 0
    assert await tell(world, told) == 0  # delivered again: it is not counted twice
    assert counts(world) == {(key, effect): 1}
    with world.store.transaction("small", read_only=True) as tx:
        silence = tx.firings.load_silences([told.ref])[told.ref]
    assert (silence.key, silence.effect, silence.fields) == (key, effect, told.fields)


async def test_object_that_is_not_synced_is_none_of_our_business(world: SmallWorld) -> None:
    assert await tell(world, signal(K.CREATED, Ref(HS, "companies", "7"))) == 0
    assert counts(world) == {}


# --- the look --------------------------------------------------------------------------------------------------------


async def look_once(world: SmallWorld) -> None:
    await look(await world.connect(), "contacts")


async def test_first_walk_only_sees_and_goes_last_of_all(world: SmallWorld) -> None:
    contact = world.hubspot.put("contacts", ANA)
    await look_once(world)
    mark = marks(world, contact)[contact]
    assert (mark.triggers, mark.urgency) == (("periodic_check",), Urgency.BACKFILL)


async def test_look_tells_a_new_record_from_one_that_was_there_before_us(world: SmallWorld) -> None:
    old = world.hubspot.put("contacts", ANA | {"email": ""})
    await world.sync()
    world.clock.advance(60)
    new = world.hubspot.put("contacts", ANA | {"email": "new@acme.example"})
    world.hubspot.edit(old, {"jobtitle": "CTO"})
    await look_once(world)
    found = marks(world, old, new)
    assert found[old].triggers == ("hubspot_property_changed",)
    assert found[new].triggers == ("hubspot_record_created",)
    assert found[new].urgency is Urgency.CHECK


async def test_new_record_that_may_make_none_is_looked_at_all_the_same(world: SmallWorld) -> None:
    world.settings = replace(
        world.settings, objects={"contacts": replace(world.settings.objects["contacts"], create_in_salesforce="")}
    )
    await world.sync()
    world.clock.advance(60)
    new = world.hubspot.put("contacts", ANA)
    result = await world.sync()
    assert result.report.of("contacts").left_out == {"create_off": 1}
    assert counts(world)["hubspot_record_created", Effect.OFF] == 1
    assert marks(world, new) == {}


async def test_formula_alone_starts_nothing_and_travels_when_an_input_changes(world: SmallWorld) -> None:
    """TN-01, T-17."""
    _, lead = await linked(world)
    world.clock.advance(60)
    world.salesforce.edit(lead, {"Score__c": "88"})
    await world.sync()
    assert world.one(HS).get("city") is None
    assert counts(world)["formula_result_changed", Effect.SILENT] == 1
    world.clock.advance(60)
    world.salesforce.edit(lead, {"Title": "CTO", "Score__c": "99"})
    await world.sync()
    assert (world.one(HS)["jobtitle"], world.one(HS)["city"]) == ("CTO", "99")


async def test_edit_of_an_unmapped_field_is_told_once_and_costs_no_read(world: SmallWorld) -> None:
    """TN-04."""
    _, lead = await linked(world)
    world.clock.advance(60)
    world.salesforce.edit(lead, {"Fax": "1"})
    await look_once(world)
    assert marks(world, lead) == {}
    assert counts(world)["unmapped_field_changed", Effect.SILENT] == 1
    with world.store.transaction("small", read_only=True) as tx:
        assert tx.firings.load_silences([lead])[lead].key == "unmapped_field_changed"


async def test_our_own_write_comes_back_as_an_echo(world: SmallWorld) -> None:
    _, lead = await linked(world)
    assert counts(world)["own_echo", Effect.SILENT] == 1
    assert marks(world, lead) == {}


# --- letters ---------------------------------------------------------------------------------------------------------


def letter(*events: dict[str, Any]) -> str:
    return json.dumps(list(events))


async def test_letters_become_marks_and_are_gone(world: SmallWorld) -> None:
    at = await world.connect()
    changed = {"kind": "changed", "object": "contacts", "fields": ["jobtitle"]}
    world.store.receive({"small": [letter(changed | {"id": str(i)}) for i in range(3)]}, world.clock.now())
    assert drain(at) == {"contacts"}
    assert len(marks(world, *(Ref(HS, "contacts", str(i)) for i in range(3)))) == 3
    with world.store.transaction("small") as tx:
        assert tx.inbox.count() == 0
    assert drain(at) == set()


async def test_letter_that_cannot_be_read_is_put_aside_and_hinders_no_other(world: SmallWorld) -> None:
    at = await world.connect()
    good = letter({"kind": "created", "object": "contacts", "id": "1"})
    world.store.receive({"small": ["[{}]", good]}, world.clock.now())
    assert drain(at) == {"contacts"}
    with world.store.transaction("small") as tx:
        assert [aside.body for aside in tx.inbox.load_aside()] == ["[{}]"]
        assert tx.inbox.count() == 0


async def test_run_reads_the_inbox_before_it_works(world: SmallWorld) -> None:
    contact, _ = await linked(world)
    world.hubspot.edit(contact, {"jobtitle": "CTO"})
    told = letter({"kind": "changed", "object": "contacts", "id": contact.id, "fields": ["jobtitle"]})
    world.store.receive({"small": [told]}, world.clock.now())
    await world.sync()
    assert world.one(SF)["Title"] == "CTO"
    assert counts(world)["hubspot_property_changed", Effect.FIRED] >= 1


async def test_what_a_person_asks_for_is_counted_too(world: SmallWorld) -> None:
    contact = world.hubspot.put("contacts", ANA)
    ask_for(await world.connect(), "contacts", [contact])
    assert marks(world, contact)[contact].triggers == ("manual_record",)
    assert counts(world) == {("manual_record", Effect.FIRED): 1}


@pytest.mark.parametrize("seed", range(8))
async def test_letters_are_only_hints(world: SmallWorld, seed: int) -> None:
    """P12: lost, doubled, out of order or about nobody, they lead to the same end as none at all."""
    dice = random.Random(seed)
    refs = [world.hubspot.put("contacts", ANA | {"email": f"p{i}@acme.example"}) for i in range(4)]
    await world.sync()
    events = []
    for turn in range(10):
        ref = dice.choice(refs)
        world.clock.advance(60)
        world.hubspot.edit(ref, {"jobtitle": f"title {turn}"})
        events.append({"kind": "changed", "object": "contacts", "id": ref.id, "fields": ["jobtitle"]})
        events.append({"kind": "deleted", "object": "contacts", "id": str(900 + turn)})
        told = dice.choices(events, k=dice.randrange(6))
        world.store.receive({"small": [letter(event) for event in told]}, world.clock.now())
        if dice.random() < 0.4:
            await world.sync(Scope(looks=False))
    await world.sync()
    titles = {row.fields["email"]: row.fields.get("jobtitle") for row in world.live(HS)}
    assert {row.fields["Email"]: row.fields.get("Title") for row in world.live(SF)} == titles
