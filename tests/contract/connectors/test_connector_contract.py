"""The Connector port's promises, kept by every implementation."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from sides import World

from pasodoble.model.operation import Create, Delete, Operation, Update
from pasodoble.model.outcome import Applied, Exists, Refused, Stale
from pasodoble.model.record import Gone, Loss, Snapshot
from pasodoble.model.ref import Ref
from pasodoble.model.value import Raw
from pasodoble.ports import Cursor

GUARDING = ["memory_hubspot", "memory_salesforce", "salesforce_contact", "salesforce_lead"]
"""HubSpot itself has no guard: there the history is read again."""
UNIQUE_EMAIL = ["memory_hubspot", "hubspot_contact", "hubspot_contact_v3"]


def new(world: World, key: str, **values: Raw) -> Create:
    fields = world.fields(**({"last": "Roe"} | values))
    if world.object == "Lead":
        fields["Company"] = "Acme"
    natural = (world.names["email"], str(values["email"])) if values.get("email") else None
    other = world.connector.side.other
    of = Ref(other, "elsewhere", key)
    return Create(side=world.connector.side, object=world.object, fields=fields, key=key, of=of, natural=natural)


async def changes(world: World, cursor: Cursor | None, *names: str) -> tuple[dict[Ref, Snapshot], Cursor]:
    seen: dict[Ref, Snapshot] = {}
    fields = [world.names[name] for name in names or ("email", "last", "title")]
    async for page in world.connector.read_changes(world.object, fields, cursor):
        seen.update((snap.ref, snap) for snap in page.snapshots)
        cursor = page.cursor
    assert cursor is not None
    return seen, cursor


async def read_one(world: World, ref: Ref, *names: str) -> Mapping[str, Raw]:
    found = (await world.connector.read([ref], [world.names[name] for name in names]))[ref]
    assert isinstance(found, Snapshot)
    return found.fields


async def test_record_is_read_as_it_was_written_and_blank_is_none(world: World) -> None:
    ref = world.put(email="ana@acme.example", last="Gómez", title="CTO")
    assert await read_one(world, ref, "email", "last", "title", "phone") == world.fields(
        email="ana@acme.example", last="Gómez", title="CTO", phone=None
    )


async def test_only_what_was_asked_for_is_in_a_snapshot(world: World) -> None:
    ref = world.put(email="ana@acme.example", title="CTO")
    assert set(await read_one(world, ref, "title")) == {world.names["title"]}


async def test_every_ref_asked_for_is_answered(world: World) -> None:
    live, dead = world.put(email=world.email()), world.put(email=world.email())
    world.remove(dead)
    never = Ref(world.connector.side, world.object, "99999" if live.id.isdigit() else f"{live.id[:3]}000000999999AAA")
    seen = await world.connector.read([live, dead, never, live], [world.names["email"]])
    assert set(seen) == {live, dead, never}
    assert isinstance(seen[live], Snapshot)
    assert seen[dead] == Gone(ref=dead, how=Loss.DELETED, seen_at=seen[dead].seen_at)
    assert seen[never] == Gone(ref=never, how=Loss.UNSEEN, seen_at=seen[never].seen_at)


async def test_merged_record_leads_to_its_survivor(world: World) -> None:
    loser, winner = world.put(email=world.email()), world.put(email=world.email())
    survivor = world.merge(loser, winner)
    seen = (await world.connector.read([loser], [world.names["email"]]))[loser]
    assert seen == Gone(ref=loser, how=Loss.MERGED, seen_at=seen.seen_at, into=survivor)


async def test_stamps_tell_when_a_record_was_made_and_changed(world: World) -> None:
    made_at = world.clock.now()
    ref = world.put(email="ana@acme.example")
    world.sim.advance(90)
    world.edit(ref, title="CTO")
    seen = (await world.connector.read([ref], [world.names["title"]]))[ref]
    assert isinstance(seen, Snapshot)
    assert seen.created_at == made_at
    assert (seen.modified_at - made_at).total_seconds() == 90
    assert not seen.by_us


async def test_first_look_gives_every_record_and_the_next_only_what_changed_since(world: World) -> None:
    refs = {world.put(email=world.email()) for _ in range(23)}
    world.sim.advance(3600)
    first, cursor = await changes(world, None)
    assert set(first) == refs
    world.sim.advance(3600)
    _, cursor = await changes(world, cursor)
    changed = sorted(refs)[5]
    world.edit(changed, title="CTO")
    made = world.put(email=world.email())
    world.sim.advance(60)
    second, _ = await changes(world, cursor, "title")
    assert set(second) == {changed, made}
    assert second[changed].fields == world.fields(title="CTO")


async def test_change_made_during_the_first_look_comes_with_the_next(world: World) -> None:
    refs = sorted(world.put(email=world.email()) for _ in range(9))
    world.sim.advance(3600)
    cursor: Cursor | None = None
    async for page in world.connector.read_changes(world.object, [world.names["title"]], None):
        world.sim.advance(1)
        world.edit(refs[0], title="edited meanwhile")
        cursor = page.cursor
    world.sim.advance(60)
    second, _ = await changes(world, cursor, "title")
    assert second[refs[0]].fields == world.fields(title="edited meanwhile")


async def test_look_can_be_gone_on_from_any_page(world: World) -> None:
    refs = {world.put(email=world.email()) for _ in range(23)}
    world.sim.advance(3600)
    _, start = await changes(world, None)
    world.sim.advance(3600)
    _, start = await changes(world, start)
    for ref in refs:
        world.edit(ref, title="CTO")
    for begin in (None, start):
        pages = [page async for page in world.connector.read_changes(world.object, [world.names["title"]], begin)]
        for stop in range(1, len(pages)):
            seen = {snap.ref for page in pages[:stop] for snap in page.snapshots}
            rest, _ = await changes(world, pages[stop - 1].cursor, "title")
            assert seen | set(rest) == refs


async def test_idle_look_costs_a_constant_number_of_calls(world: World) -> None:
    for _ in range(30):
        world.put(email=world.email())
    _, cursor = await changes(world, None)
    for _ in range(8):
        world.sim.advance(900)
        _, cursor = await changes(world, cursor)
    before = world.calls
    world.sim.advance(900)
    seen, _ = await changes(world, cursor)
    assert not seen
    assert world.calls - before <= 2


async def test_found_by_email_whatever_its_case(world: World) -> None:
    ana, _ = world.put(email="ana@acme.example"), world.put(email="leo@acme.example")
    found = await world.connector.find(
        world.object, world.names["email"], ["Ana@ACME.example", "nobody@acme.example"], [world.names["last"]]
    )
    assert [snap.ref for snap in found] == [ana]
    assert found[0].fields[world.names["last"]] == "Roe" or found[0].fields[world.names["last"]] is None


async def test_found_by_any_value_with_hostile_text_and_deleted_ones_not(world: World) -> None:
    hostile = "O'Brien \\ \"x\" OR Name != ''"
    kept, gone, _ = world.put(last=hostile), world.put(last=hostile), world.put(last="Other")
    world.remove(gone)
    found = await world.connector.find(world.object, world.names["last"], [hostile], [])
    assert [snap.ref for snap in found] == [kept]


async def test_created_with_its_key_and_a_second_try_finds_it(world: World) -> None:
    ops = [new(world, f"key-{i}", email=f"p{i}@acme.example", title=str(i)) for i in range(3)]
    outcomes = await world.connector.write(ops)
    refs = [outcome.ref for outcome in outcomes if isinstance(outcome, Applied)]
    assert len({*refs}) == 3
    for i, ref in enumerate(refs):
        assert await read_one(world, ref, "title", "email") == world.fields(title=str(i), email=f"p{i}@acme.example")
    again = await world.connector.write(ops)
    assert [outcome.refs for outcome in again if isinstance(outcome, Exists)] == [(ref,) for ref in refs]


async def test_update_writes_the_named_fields_and_clears_with_a_blank(world: World) -> None:
    ref = world.put(email="ana@acme.example", title="CTO", phone="123")
    outcomes = await world.connector.write([Update(ref=ref, fields=world.fields(title=None, last="Roe-Díaz"))])
    assert [type(outcome) for outcome in outcomes] == [Applied]
    assert await read_one(world, ref, "email", "title", "last", "phone") == world.fields(
        email="ana@acme.example", title=None, last="Roe-Díaz", phone="123"
    )


async def test_outcomes_stand_in_the_order_of_the_operations(world: World) -> None:
    a, b = world.put(email=world.email()), world.put(email=world.email())
    gone = world.put(email=world.email())
    world.remove(gone)
    ops: list[Operation] = [
        Delete(ref=b),
        Update(ref=gone, fields=world.fields(title="x")),
        new(world, "key-1", email=world.email(), title="made"),
        Update(ref=a, fields=world.fields(title="first")),
        Update(ref=a, fields=world.fields(title="second")),
    ]
    deleted, stale, made, first, second = await world.connector.write(ops)
    assert deleted == Applied(ref=b)
    assert stale == Stale()
    assert isinstance(made, Applied)
    assert await read_one(world, made.ref, "title") == world.fields(title="made")
    assert isinstance(first, Applied)
    assert isinstance(second, Applied)
    assert await read_one(world, a, "title") == world.fields(title="second")
    assert isinstance((await world.connector.read([b], []))[b], Gone)


async def test_deleting_what_is_gone_already_is_no_trouble(world: World) -> None:
    ref = world.put(email=world.email())
    world.remove(ref)
    assert await world.connector.write([Delete(ref=ref)]) == [Applied(ref=ref)]


@pytest.mark.parametrize("world", GUARDING, indirect=True)
async def test_guarded_update_gives_way_to_a_later_change(world: World) -> None:
    ref, other = world.put(email=world.email(), title="old"), world.put(email=world.email(), title="old")
    read_at = world.clock.now()
    world.sim.advance(5)
    world.edit(ref, title="a person's")
    ops = [Update(ref=r, fields=world.fields(title="ours"), unless_modified_since=read_at) for r in (ref, other)]
    assert [type(outcome) for outcome in await world.connector.write(ops)] == [Stale, Applied]
    assert await read_one(world, ref, "title") == world.fields(title="a person's")
    assert await read_one(world, other, "title") == world.fields(title="ours")


async def test_nothing_to_do_sends_nothing(world: World) -> None:
    assert await world.connector.write([]) == []
    assert await world.connector.read([], []) == {}
    assert await world.connector.find(world.object, world.names["email"], [], []) == []
    assert world.calls == 0


async def test_our_own_write_is_known_as_ours(world: World) -> None:
    ref = world.put(email=world.email(), title="old")
    world.sim.advance(5)
    await world.connector.write([Update(ref=ref, fields=world.fields(title="new"))])
    title = world.names["title"]
    seen = (await world.connector.read([ref], [title], history=[title]))[ref]
    assert isinstance(seen, Snapshot)
    assert seen.by_us
    if seen.history:
        assert [(version.value, version.by_us) for version in seen.history[title]] == [("new", True), ("old", False)]


@pytest.mark.parametrize("world", UNIQUE_EMAIL, indirect=True)
async def test_refused_record_stops_no_neighbour(world: World) -> None:
    taken = world.put(email="taken@acme.example")
    ops = [new(world, f"key-{i}", email=world.email()) for i in range(5)]
    ops.insert(2, new(world, "key-9", email="taken@acme.example"))
    outcomes = await world.connector.write(ops)
    assert [type(outcome) for outcome in outcomes] == [Applied, Applied, Exists, Applied, Applied, Applied]
    assert isinstance(outcomes[2], Exists)
    assert outcomes[2].refs == (taken,)
    ours = next(outcome.ref for outcome in outcomes if isinstance(outcome, Applied))
    refused = await world.connector.write([Update(ref=ours, fields=world.fields(email="taken@acme.example"))])
    assert isinstance(refused[0], Refused)
