"""The look: what has changed on one side since the cursor, turned into marks.

A record that holds what its base says is our own echo or an edit of something that is not mapped: it gets no mark, so that
a check with nothing to do costs the same few calls whatever the number of records.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from dataclasses import replace
from datetime import datetime

from pasodoble.engine.connected import Connected
from pasodoble.engine.lifecycle import find_moved
from pasodoble.engine.membership import find_joined, look_at_members
from pasodoble.engine.ties import ASSOCIATED, find_retied, find_role_changes
from pasodoble.model.link import Base, Link, LinkState
from pasodoble.model.record import Loss, Snapshot
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.side import SIDES, Pair, Side
from pasodoble.model.signal import Mark, Urgency
from pasodoble.model.value import Value
from pasodoble.ports import Cursor, NewMark, Page, Transaction

CREATED = {Side.HUBSPOT: "hubspot_record_created", Side.SALESFORCE: "salesforce_record_created"}
CHANGED = {Side.HUBSPOT: "hubspot_property_changed", Side.SALESFORCE: "salesforce_field_changed"}

GONE = {Loss.CONVERTED: "lead_converted", Loss.MERGED: "records_merged", Loss.DELETED: "record_deleted"}
MOST_MARKS = 1_000_000


def name_cursor(kind: Kind, side: Side, object: str) -> str:
    return f"look:{kind}:{side}:{object}"


async def look(at: Connected, kind: Kind) -> int:
    """Mark all that changed on both sides since the last look; gives how many marks were put."""
    marked = await look_at_members(at, kind)
    marked += sum([await _look_at(at, kind, side, object) for side in SIDES for object in at.objects(kind, side)])
    return marked + await _look_at_roles(at, kind)


async def _find_roles(at: Connected, kind: Kind) -> tuple[list[NewMark], dict[str, Cursor]]:
    """Marks for records whose roles changed without a trace on themselves, and what follows from them for a person's stage."""
    tied, cursors = await find_role_changes(at, kind)
    moved, more = await find_moved(at, kind)
    return [*tied, *moved], cursors | more


async def _look_at_roles(at: Connected, kind: Kind) -> int:
    marks, cursors = await _find_roles(at, kind)
    if not cursors:
        return 0
    with at.store.transaction(at.settings.name) as tx:
        tx.marks.put(marks, at.clock.now())
        for name, cursor in cursors.items():
            tx.cursors.save(name, cursor, at.clock.now())
    return len(marks)


async def _look_at(at: Connected, kind: Kind, side: Side, object: str) -> int:
    name, marked = name_cursor(kind, side, object), 0
    async for page in read_page(at, kind, side, object):
        retied = await find_retied(at, kind, side, page.snapshots)
        with at.store.transaction(at.settings.name) as tx:
            marks = find_marks(at, kind, page, tx, retied)
            tx.marks.put(marks, at.clock.now())
            tx.cursors.save(name, page.cursor, at.clock.now())
        marked += len(marks)
    return marked


async def look_aside(at: Connected, kind: Kind) -> list[Mark]:
    """The marks that a look would put, and those that are due already, without putting any: for a plan."""
    found: dict[Ref, Mark] = {}
    now = at.clock.now()
    for side in SIDES:
        for object in at.objects(kind, side):
            async for page in read_page(at, kind, side, object):
                retied = await find_retied(at, kind, side, page.snapshots)
                with at.store.transaction(at.settings.name, read_only=True) as tx:
                    for mark in find_marks(at, kind, page, tx, retied):
                        found[mark.ref] = _spell_mark(mark, now)
    async for marks, _ in find_joined(at, kind):
        found.update((mark.ref, _spell_mark(mark, now)) for mark in marks)
    for mark in (await _find_roles(at, kind))[0]:
        found[mark.ref] = _spell_mark(mark, now)
    with at.store.transaction(at.settings.name, read_only=True) as tx:
        found.update({mark.ref: mark for mark in tx.marks.take(kind, MOST_MARKS, now)})
    return list(found.values())


def _spell_mark(mark: NewMark, now: datetime) -> Mark:
    return Mark(kind=mark.kind, ref=mark.ref, sequence=0, urgency=mark.urgency, triggers=(mark.trigger,), first_at=now)


async def read_page(at: Connected, kind: Kind, side: Side, object: str) -> AsyncIterator[Page]:
    with at.store.transaction(at.settings.name, read_only=True) as tx:
        cursor = tx.cursors.load(name_cursor(kind, side, object))
    async for page in at.connectors[side].read_changes(object, at.fields(kind, side, object), cursor):
        yield page


def find_marks(at: Connected, kind: Kind, page: Page, tx: Transaction, retied: Collection[Ref]) -> list[NewMark]:
    """A mark for every record that holds something else than at the last agreement, or has never been linked.

    A record that only looks different (our own write, in the vendor's spelling) has its base's fingerprint renewed.
    """
    links = tx.links.load([snap.ref for snap in page.snapshots] + [gone.ref for gone in page.gone])
    bases = tx.bases.load([link.id for link in links.values()])
    marks = [
        NewMark(kind=kind, ref=gone.ref, trigger=GONE[gone.how], urgency=Urgency.CHECK)
        for gone in page.gone
        if gone.ref in links and gone.how in GONE
    ]
    judged = tx.left_out.load([snap.ref for snap in page.snapshots if snap.ref not in links])
    renewed: dict[int, Base] = {}
    for snap in page.snapshots:
        link, side = links.get(snap.ref), snap.ref.side
        if snap.ref in judged and snap.modified_at < judged[snap.ref][1]:
            continue  # left out on purpose, and unchanged since
        base = bases.get(link.id) if link is not None else None
        print_now = _find_echo(at, link, base, snap)
        if snap.ref in retied and print_now is not None:
            marks.append(NewMark(kind=kind, ref=snap.ref, trigger=ASSOCIATED, urgency=Urgency.CHECK))
        elif print_now is None:
            trigger = CREATED[side] if link is None else CHANGED[side]
            marks.append(NewMark(kind=kind, ref=snap.ref, trigger=trigger, urgency=Urgency.CHECK))
        elif link is not None and base is not None and base.seen[side] != print_now:
            bases[link.id] = renewed[link.id] = replace(base, seen=base.seen.put(side, print_now))
    tx.bases.save(renewed)
    return marks


def _find_echo(at: Connected, link: Link | None, base: Base | None, snap: Snapshot) -> str | None:
    """The record's fingerprint if it holds what its base says, None if it is to be looked at closely."""
    mapping = at.mapping(link.kind, link.refs) if link is not None else None
    if link is None or base is None or mapping is None or link.state is not LinkState.LINKED:
        return None
    side = snap.ref.side
    print_now = mapping.fingerprint(side, snap.fields)
    if print_now == base.seen[side]:
        return print_now
    values, problems = mapping.canonical(side, snap.fields)
    agreed = all(_holds(base.fields.get(key), side, value) for key, value in values.items())
    return print_now if agreed and not problems else None


def _holds(agreed: Pair[Value] | None, side: Side, value: Value) -> bool:
    """Whether the value is the base's; a blank that was never agreed on has nothing to say either."""
    return value is None if agreed is None else agreed[side] == value
