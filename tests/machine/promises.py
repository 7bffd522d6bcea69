"""What must hold: each promise by its number in `docs/reliability.md`. Safety at every call and run, the rest once all is quiet.

Nothing here looks into the engine but at what it has stored for people to read: history and problems.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from tests.machine.people import FIELDS, KEY_OF, SKEW, Edit, spell

from pasodoble.engine.look import name_cursor
from pasodoble.model.operation import Create, Delete, Operation, Update
from pasodoble.model.record import Loss
from pasodoble.model.ref import Ref
from pasodoble.model.rule import UpdateRule
from pasodoble.model.side import SIDES, Pair, Side
from pasodoble.model.value import Raw

if TYPE_CHECKING:
    from tests.machine.simulation import Simulation

MOST_WRITES = 4
"""How often we may change a field after the last edit of a person: both sides once, and once more each around a crash."""

WRITABLE = {
    UpdateRule.TWO_WAY: frozenset(SIDES),
    UpdateRule.PREFER_SALESFORCE: frozenset(SIDES),
    UpdateRule.PREFER_HUBSPOT: frozenset(SIDES),
    UpdateRule.ALWAYS_SALESFORCE: frozenset({Side.HUBSPOT}),
    UpdateRule.ALWAYS_HUBSPOT: frozenset({Side.SALESFORCE}),
    UpdateRule.DONT_SYNC: frozenset[Side](),
}
"""The sides that each rule may write: said here anew, for an oracle shares nothing with what it judges."""

HEARD = {
    UpdateRule.TWO_WAY: frozenset(SIDES),
    UpdateRule.PREFER_SALESFORCE: frozenset({Side.SALESFORCE}),
    UpdateRule.ALWAYS_SALESFORCE: frozenset({Side.SALESFORCE}),
    UpdateRule.PREFER_HUBSPOT: frozenset({Side.HUBSPOT}),
    UpdateRule.ALWAYS_HUBSPOT: frozenset({Side.HUBSPOT}),
    UpdateRule.DONT_SYNC: frozenset[Side](),
}
"""The sides whose edits count: another one's, made in the moment between our read and our write, is overruled unseen."""


# --- safety: at each call ------------------------------------------------------------------------------------------------


def check_payload(sim: Simulation, operation: Operation) -> None:
    """P5 direction, P4 provenance, P23 schema, P9 deletion: of what is about to be written."""
    match operation:
        case Create():
            _check_fields(sim, operation.side, operation.object, operation.of, operation.fields, required=True)
        case Update():
            _check_fields(sim, operation.ref.side, operation.ref.object, operation.ref, operation.fields)
        case Delete():
            gone = sim.people.find_deletion(sim.people.of(operation.ref), operation.ref.side.other)
            sim.check("P9", gone is not None, f"{operation.ref} is deleted, and nobody deleted its partner")


def _check_fields(
    sim: Simulation, side: Side, object: str, of: Ref, fields: Mapping[str, Raw], *, required: bool = False
) -> None:
    person = sim.people.of(of)
    for name, value in fields.items():
        key = KEY_OF.get((object, name))
        shown = (side, object, name) not in sim.hidden or required  # a create is sent as it was at first, and refused
        sim.check("P23", shown, f"{object}.{name} is hidden and was written")
        if key is None:
            continue
        allowed = side in WRITABLE[sim.rule_of(key)] or (required and key == "lastname")
        sim.check("P5", allowed, f"{object}.{name} of {of} was written under {sim.rule_of(key)}")
        sim.check(
            "P4", spell(value) in sim.people.values(person, key), f"{object}.{name} of {of}: {value!r} is nobody's"
        )


def check_create(sim: Simulation, operation: Create) -> None:
    """P6 no duplicate, P8 no resurrection: of what was just made."""
    person = sim.people.of(operation.of)
    sim.people.made[person, operation.side] += 1
    if sim.forgot or person in sim.people.merged:
        return
    sim.check("P6", sim.people.made[person, operation.side] == 1, f"person {person} was made twice in {operation.side}")
    again = [
        ref
        for ref, partner in sim.people.tombs.items()
        if ref.side is operation.side and sim.people.heir(partner) == operation.of
    ]
    sim.check("P8", not again, f"person {person} was deleted in {operation.side} and made again")


def check_update(sim: Simulation, operation: Update, before: Mapping[str, Raw]) -> None:
    """P10 no ping-pong: of what was just changed. Keeps what P27 compares with the history."""
    row = sim.people.row(operation.ref)
    person = sim.people.of(operation.ref)
    for name in operation.fields:
        key = KEY_OF.get((operation.ref.object, name))
        if key is None or before.get(name) == row.fields.get(name):
            continue
        sim.people.written[person, key] += 1
        sim.effects.append((operation.ref, key, spell(row.fields.get(name)), sim.count()))
        often = sim.people.written[person, key]
        calm = often <= MOST_WRITES or person in sim.people.merged or sim.forgot
        sim.check("P10", calm, f"person {person} {key} was written {often} times since the last edit")


def check_links(sim: Simulation) -> None:
    """P7: no record in two links, and both records of a link are the same person's."""
    links = sim.links()
    for ref, often in Counter(ref for pair in links for ref in pair).items():
        sim.check("P7", often == 1, f"{ref} is in {often} links")
    for pair in links:
        same = sim.people.of(pair.hubspot) == sim.people.of(pair.salesforce)
        sim.check("P7", same, f"{pair.hubspot} and {pair.salesforce} are two persons and linked")


# --- once all is quiet ---------------------------------------------------------------------------------------------------


async def check_rest(sim: Simulation) -> None:
    """P1, P2, P29: nothing is written any more, and nothing would be if everything were looked at again."""
    state, writes = sim.semantic_state(), sim.world.writes()
    await sim.pass_a_day()
    sim.check("P1", sim.world.writes() == writes, "a check with nothing to do wrote something")
    sim.check("P2", sim.semantic_state() == state, "a check with nothing to do changed the store")
    look_anew(sim)
    await sim.pass_a_day()
    if not _in_trouble(sim) and not sim.people.merged:  # what was refused is tried again, as it should be
        sim.check("P29", sim.world.writes() == writes, "a full look wrote something")
    check_presence(sim)
    check_agreement(sim)
    check_edits(sim)
    check_audit(sim)


def _in_trouble(sim: Simulation) -> set[Ref]:
    """Records with a problem that a person is told of."""
    with sim.world.store.transaction(sim.settings.name, read_only=True) as tx:
        return {row.ref for row in tx.problems.load(limit=10_000)}


def look_anew(sim: Simulation) -> None:
    """Everything is looked at again, as on the first day."""
    with sim.world.store.transaction(sim.settings.name) as tx:
        for side, object in ((Side.HUBSPOT, "contacts"), (Side.SALESFORCE, "Lead"), (Side.SALESFORCE, "Contact")):
            tx.cursors.clear(name_cursor("contacts", side, object))


def check_presence(sim: Simulation) -> None:
    """P6, P19: whoever was never deleted nor merged is there once on each side."""
    troubled = _in_trouble(sim)
    for person in sim.people.all():
        if person in sim.people.merged or sim.people.is_gone(person):
            continue
        if sim.forgot and person in sim.people.moved:
            continue
        counts = [len(sim.people.rows(side, person)) for side in SIDES]
        if any(ref in troubled for side in SIDES for ref in sim.people.refs(side, person)):
            continue
        sim.check("P6", counts == [1, 1], f"person {person} is there {counts} times")


def check_agreement(sim: Simulation) -> None:
    """P1: the rule holds for every field of every link whose records are both there."""
    troubled = _in_trouble(sim)
    for pair in sim.links():
        rows = pair.map(sim.people.row)
        if rows.hubspot.loss is not None or rows.salesforce.loss is not None or troubled & {*pair}:
            continue
        for key, names in FIELDS.items():
            held = rows.map(lambda row, names=names: spell(row.fields.get(names[row.ref.object])))  # type: ignore[misc]
            told = f"{pair.hubspot} {key} is {held.hubspot!r}, {held.salesforce!r} under {sim.rule_of(key)}"
            sim.check("P1", agree(sim.rule_of(key), held), told)


def agree(rule: UpdateRule, held: Pair[str | None]) -> bool:
    match rule:
        case UpdateRule.DONT_SYNC:
            return True
        case UpdateRule.ALWAYS_SALESFORCE:
            return held.salesforce in (None, held.hubspot)
        case UpdateRule.ALWAYS_HUBSPOT:
            return held.hubspot in (None, held.salesforce)
        case _:
            return held.hubspot == held.salesforce


def check_edits(sim: Simulation) -> None:
    """P3: every edit is the value now, or was followed by a later one, or is told of as one that lost."""
    told = _told_of(sim)
    for edit in sim.people.ledger:
        person, row = sim.people.who(edit.person), sim.people.row(edit.ref)
        if edit.taken_back or person in sim.people.merged or (sim.forgot and edit.value is None):
            continue
        if edit.in_between and edit.ref.side not in HEARD[sim.rule_of(edit.key)]:
            continue
        if row.loss is not None:
            ours = row.loss is Loss.DELETED and row.by_us and not sim.fired["field hidden"]
            outlived = not ours or not _came_after_deletion(sim, edit)
            sim.check("P3", outlived, f"{edit} was deleted by us with its record")
            continue
        if spell(row.fields.get(FIELDS[edit.key][edit.ref.object])) == edit.value:
            continue
        if (person, edit.key, edit.value) not in told and not any(_follows(sim, o, edit) for o in sim.people.ledger):
            sim.check("P3", False, f"{edit} is lost; now {row.fields.get(FIELDS[edit.key][edit.ref.object])!r}")


def _came_after_deletion(sim: Simulation, edit: Edit) -> bool:
    """Whether it was made in full sight after the partner was deleted: in an earlier step than the one that deleted it."""
    gone = sim.people.find_deletion(edit.person, edit.ref.side.other)
    row = sim.people.row(edit.ref)
    return gone is not None and edit.at > gone.modified_at + SKEW and row.modified_at - edit.at > SKEW * 60


def _follows(sim: Simulation, other: Edit, edit: Edit) -> bool:
    same = sim.people.who(other.person) == sim.people.who(edit.person) and other.key == edit.key
    return same and other is not edit and (other.order > edit.order or abs(other.at - edit.at) <= SKEW)


def _told_of(sim: Simulation) -> set[tuple[int, str, str | None]]:
    """Values that the history names as replaced in a contest."""
    with sim.world.store.transaction(sim.settings.name, read_only=True) as tx:
        rows = tx.history.load_recent(limit=100_000)
    return {
        (
            sim.people.of(row.ref),
            row.change.key,
            spell(row.change.before) if isinstance(row.change.before, str) else None,
        )
        for row in rows
        if row.change.contested
    }


def check_audit(sim: Simulation) -> None:
    """P27: every field that we changed has its line in the history."""
    with sim.world.store.transaction(sim.settings.name, read_only=True) as tx:
        rows = tx.history.load_recent(limit=100_000)
    told = {
        (row.ref, row.change.key, spell(row.change.after) if isinstance(row.change.after, str) else None)
        for row in rows
    }
    for ref, key, value, order in sim.effects:
        person = sim.people.of(ref)
        covered = any((edit.ref, edit.key) == (ref, key) and edit.order > order for edit in sim.people.ledger)
        unsure = person in sim.people.merged or sim.people.is_gone(person) or sim.fired["field hidden"]
        if covered or unsure or sim.people.row(ref).loss is not None:
            continue  # what a call without an answer did there cannot be known any more
        sim.check("P27", (ref, key, value) in told, f"{ref} {key} = {value!r} was written and is not in the history")
