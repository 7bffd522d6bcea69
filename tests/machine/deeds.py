"""What people, vendors and operators do: the alphabet of a history, each deed with how often it comes up.

A deed draws from the step's dice alone. What must hold afterwards is in `promises`.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.fakes.small_world import Crash
from tests.machine.people import FIELDS, Edit, spell

from pasodoble.connectors.memory import Row
from pasodoble.engine.service.planning import plan
from pasodoble.errors import ConnectorError
from pasodoble.model.record import Loss
from pasodoble.model.side import SIDES, Side
from pasodoble.model.value import Raw

if TYPE_CHECKING:
    from tests.machine.simulation import Simulation

KEYS = {Side.HUBSPOT: "pasodoble_key", Side.SALESFORCE: "Pasodoble_Key__c"}
SPACED = "  {} "
"""How some people type: both vendors trim it."""


def be_new(sim: Simulation, dice: random.Random) -> None:
    """A person turns up on one side, or on both at once."""
    person = sim.people.new()
    sides = dice.choice(((Side.HUBSPOT,), (Side.SALESFORCE,), SIDES))
    for side in sides:
        object = "contacts" if side is Side.HUBSPOT else dice.choice(("Lead", "Lead", "Contact"))
        keys = [key for key in FIELDS if key == "lastname" or dice.random() < 0.6]
        values = {key: sim.new_value(key) for key in keys}
        add_record(sim, side, object, person, values)
    sim.tell(f"person {person} in {', '.join(sides)}")


def add_record(sim: Simulation, side: Side, object: str, person: int, values: dict[str, str]) -> None:
    fields: dict[str, Raw] = {FIELDS[key][object]: value for key, value in values.items()}
    fields |= {"email" if side is Side.HUBSPOT else "Email": f"p{person}@x.example"}
    fields |= {"contacts": {"company": "C"}, "Lead": {"Company": "C"}}.get(object, {})
    ref = sim.people.memories[side].put(object, fields)
    sim.people.ghosts[ref] = person
    for key, value in values.items():
        at = sim.people.row(ref).modified_at
        sim.people.note_edit(Edit(sim.step, person, ref, key, spell(value), at, sim.count()))


def edit_somebody(sim: Simulation, dice: random.Random) -> None:
    row = sim.anybody(dice)
    key = dice.choice(tuple(FIELDS))
    if row is not None:
        edit(sim, row, key, sim.new_value(key), spaced=dice.random() < 0.1)


def blank_something(sim: Simulation, dice: random.Random) -> None:
    row = sim.anybody(dice)
    key = dice.choice([key for key in FIELDS if key != "lastname"])
    if row is not None and row.fields.get(FIELDS[key][row.ref.object]) is not None and _is_agreed(sim, row, key):
        edit(sim, row, key, None)


def edit(sim: Simulation, row: Row, key: str, value: str | None, *, spaced: bool = False) -> None:
    name = FIELDS[key][row.ref.object]
    if (row.ref.side, row.ref.object, name) in sim.hidden:
        return
    taken_back = value is None and _takes_back(sim, row, key)
    typed = SPACED.format(value) if spaced else value
    sim.people.memories[row.ref.side].edit(row.ref, {name: typed})
    person = sim.people.of(row.ref)
    sim.people.note_edit(
        Edit(
            sim.step,
            person,
            row.ref,
            key,
            spell(value),
            row.modified_at,
            sim.count(),
            taken_back=taken_back,
            in_between=sim.in_between,
        )
    )
    sim.tell(f"edit {person} {row.ref} {key} = {value!r} at {row.modified_at:%d %H:%M:%S.%f}")


def _is_agreed(sim: Simulation, row: Row, key: str) -> bool:
    """A blank is carried only where the two sides have agreed before: on a first sync it never erases."""
    base = sim.base_of(row.ref)
    return key in base.fields and not sim.forgot


def _takes_back(sim: Simulation, row: Row, key: str) -> bool:
    """Whether a blank puts back what the sides agreed on, undoing an edit that we have neither seen nor covered."""
    agreed = sim.base_of(row.ref).fields.get(key)
    if agreed is None or agreed[row.ref.side] is not None:
        return False
    versions = row.history.get(FIELDS[key][row.ref.object], [])
    since = next((v for v in versions if v.by_us or v.value is None), None)
    return since is None or not since.by_us


def stamp_many(sim: Simulation, dice: random.Random) -> None:
    """A bulk action: one field of many records in one moment."""
    key = dice.choice(tuple(FIELDS))
    rows = [row for row in sim.people.living() if row.ref.side is dice.choice(SIDES)]
    for row in rows[:8]:
        edit(sim, row, key, sim.new_value(key))


def touch_unmapped(sim: Simulation, dice: random.Random) -> None:
    row = sim.anybody(dice)
    if row is not None:
        sim.people.memories[row.ref.side].edit(row.ref, {"notes": sim.new_value("notes")})
        sim.tell(f"touch {row.ref}")


def change_address(sim: Simulation, dice: random.Random) -> None:
    """A person's e-mail address changes: the link is by id, so it is an edit like any other."""
    row = sim.anybody(dice)
    if row is not None and sim.partner_of(row.ref) is not None:
        name = "email" if row.ref.side is Side.HUBSPOT else "Email"
        sim.people.memories[row.ref.side].edit(row.ref, {name: f"{sim.new_value('e')}@y.example"})
        sim.people.moved.add(sim.people.of(row.ref))
        sim.tell(f"address of {row.ref}: {row.fields[name]}")


def delete_somebody(sim: Simulation, dice: random.Random) -> None:
    row = sim.anybody(dice)
    if row is not None and _is_known(sim, row):
        sim.people.memories[row.ref.side].remove(row.ref)
        sim.people.deleted[sim.people.of(row.ref)] = sim.world.clock.now()
        if (partner := sim.partner_of(row.ref)) is not None:
            sim.people.tombs[row.ref] = partner
        sim.tell(f"delete {row.ref} of {sim.people.of(row.ref)}")


def _is_known(sim: Simulation, row: Row) -> bool:
    """Not a record of ours that we have not heard of yet: what people do to it before that cannot be told from nothing."""
    return sim.partner_of(row.ref) is not None or not row.fields.get(KEYS[row.ref.side])


def undelete_somebody(sim: Simulation, dice: random.Random) -> None:
    gone = [  # restored beside a record that took its place it would be a second one
        row
        for side in SIDES
        for ref, row in sim.people.memories[side].rows.items()
        if row.loss is Loss.DELETED and not row.by_us and ref in sim.people.ghosts
        if not sim.people.rows(side, sim.people.of(ref))
    ]
    if gone:
        row = dice.choice(gone)
        sim.people.memories[row.ref.side].restore(row.ref)
        sim.people.tombs.pop(row.ref, None)
        sim.tell(f"restore {row.ref} of {sim.people.of(row.ref)}")


def merge_two(sim: Simulation, dice: random.Random) -> None:
    """Two records of one object become one. The survivor keeps its values; where it has none, the loser's fill them."""
    side = dice.choice(SIDES)
    objects: dict[str, list[Row]] = {}
    for row in sim.people.living():
        if row.ref.side is side and _is_known(sim, row):
            objects.setdefault(row.ref.object, []).append(row)
    rows = objects.get(dice.choice(sorted(objects)), []) if objects else []
    if len(rows) < 2:
        return
    loser, into = dice.sample(rows, 2)
    sim.people.memories[side].merge(loser.ref, into.ref)
    blanks = {name: loser.fields.get(name) for name in loser.fields if into.fields.get(name) is None}
    sim.people.memories[side].edit(into.ref, {name: value for name, value in blanks.items() if "asodoble" not in name})
    sim.people.join(sim.people.of(loser.ref), sim.people.of(into.ref))
    sim.tell(f"merge {loser.ref} into {into.ref}: {sim.people.of(into.ref)}")


def convert_somebody(sim: Simulation, dice: random.Random) -> None:
    """A lead becomes a contact that holds what the lead held."""
    leads = [row for row in sim.people.living() if row.ref.object == "Lead" and _is_known(sim, row)]
    if not leads:
        return
    lead = dice.choice(leads)
    fields = {"Email": lead.fields.get("Email")}
    fields |= {names["Contact"]: lead.fields.get(names["Lead"]) for names in FIELDS.values()}
    fields |= {KEYS[Side.SALESFORCE]: lead.fields.get(KEYS[Side.SALESFORCE])}  # as the shipped metadata maps it
    person = sim.people.ghosts[lead.ref]
    contact = sim.people.memories[Side.SALESFORCE].convert(lead.ref, fields)
    sim.people.ghosts[contact] = person
    sim.tell(f"convert {lead.ref} to {contact} of {sim.people.of(contact)}")


def let_time_pass(sim: Simulation, dice: random.Random) -> None:
    sim.world.clock.advance(dice.choice((0.3, 2, 40, 1000)))


def set_clock(sim: Simulation, dice: random.Random) -> None:
    """The engine's clock jumps, or is set right."""
    sim.clock.offset = timedelta(seconds=dice.choice((-600, -20, 0, 0, 20, 600)))
    sim.fired["clock step"] += 1
    sim.tell(f"clock is off by {sim.clock.offset}")


def spend_quota(sim: Simulation, dice: random.Random) -> None:
    """Another application uses up a side's calls for some hours."""
    weather = sim.world.faults[dice.choice(SIDES)]
    weather.spent_until = sim.world.clock.now() + timedelta(hours=dice.choice((1, 3)))  # type: ignore[attr-defined]
    sim.fired["quota spent"] += 1
    sim.tell(f"quota of {weather.side} spent")


def hide_field(sim: Simulation, dice: random.Random) -> None:
    """A field is hidden from our user on one object, or shown again; its values stay."""
    if sim.hidden:
        sim.show(sim.hidden.pop())
        return
    key = dice.choice([key for key in FIELDS if key != "lastname"])
    object = dice.choice(("contacts", "Lead", "Contact"))
    sim.hide(Side.HUBSPOT if object == "contacts" else Side.SALESFORCE, object, FIELDS[key][object])


def forget(sim: Simulation, dice: random.Random) -> None:
    """The store is put back to an older copy, or lost altogether."""
    sim.forget(lost=dice.random() < 0.3)


def keep_copy(sim: Simulation, dice: random.Random) -> None:
    if not sim.url:
        sim.backup = sim.store.snapshot()


async def plan_only(sim: Simulation, dice: random.Random) -> None:
    """A dry run: whatever the weather, nothing is written to a vendor, and no link, base or mark changes."""
    before = (sim.world.writes(), sim.semantic_state())
    try:
        await plan(await sim.connect())
    except ConnectorError:
        sim.tell("plan: no answer")
    except Crash:
        sim.die("plan")
    sim.check("P28", (sim.world.writes(), sim.semantic_state()) == before, "a plan has changed something")
    sim.fired["plan"] += 1


Deed = Callable[["Simulation", random.Random], Awaitable[None] | None]


async def check_both(sim: Simulation, dice: random.Random) -> None:
    await sim.sync()


DEEDS: tuple[tuple[float, Deed], ...] = (
    (11, be_new),
    (32, edit_somebody),
    (6, blank_something),
    (2, stamp_many),
    (2, touch_unmapped),
    (2, change_address),
    (2, delete_somebody),
    (2, undelete_somebody),
    (1, merge_two),
    (2, convert_somebody),
    (9, let_time_pass),
    (0.7, set_clock),
    (0.7, spend_quota),
    (1, hide_field),
    (1, keep_copy),
    (0.3, forget),
    (1.5, plan_only),
    (24, check_both),
)
