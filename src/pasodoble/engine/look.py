"""The look: what has changed on one side since the cursor, turned into marks.

A record that holds what its base says is our own echo or an edit of something that is not mapped: it gets no mark, so that
a check with nothing to do costs the same few calls whatever the number of records.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from pasodoble.engine.connected import Connected
from pasodoble.model.link import Link, LinkState
from pasodoble.model.record import Snapshot
from pasodoble.model.ref import Kind
from pasodoble.model.side import SIDES, Side
from pasodoble.model.signal import Urgency
from pasodoble.ports import NewMark, Page, Transaction

CREATED = {Side.HUBSPOT: "hubspot_record_created", Side.SALESFORCE: "salesforce_record_created"}
CHANGED = {Side.HUBSPOT: "hubspot_property_changed", Side.SALESFORCE: "salesforce_field_changed"}


def name_cursor(kind: Kind, side: Side, object: str) -> str:
    return f"look:{kind}:{side}:{object}"


async def look(at: Connected, kind: Kind) -> int:
    """Mark all that changed on both sides since the last look; gives how many marks were put."""
    return sum([await _look_at(at, kind, side, object) for side in SIDES for object in at.objects(kind, side)])


async def _look_at(at: Connected, kind: Kind, side: Side, object: str) -> int:
    name, marked = name_cursor(kind, side, object), 0
    async for page in read_page(at, kind, side, object):
        with at.store.transaction(at.settings.name) as tx:
            marks = find_marks(at, kind, side, page.snapshots, tx)
            tx.marks.put(marks, at.clock.now())
            tx.cursors.save(name, page.cursor, at.clock.now())
        marked += len(marks)
    return marked


async def read_page(at: Connected, kind: Kind, side: Side, object: str) -> AsyncIterator[Page]:
    with at.store.transaction(at.settings.name, read_only=True) as tx:
        cursor = tx.cursors.load(name_cursor(kind, side, object))
    async for page in at.connectors[side].read_changes(object, at.fields(kind, side, object), cursor):
        yield page


def find_marks(at: Connected, kind: Kind, side: Side, snapshots: Sequence[Snapshot], tx: Transaction) -> list[NewMark]:
    """A mark for every record that holds something else than at the last agreement, or has never been linked."""
    links = tx.links.load([snap.ref for snap in snapshots])
    bases = tx.bases.load([link.id for link in links.values()])
    marks = []
    for snap in snapshots:
        link = links.get(snap.ref)
        if link is None:
            marks.append(NewMark(kind=kind, ref=snap.ref, trigger=CREATED[side], urgency=Urgency.CHECK))
        elif not _is_unchanged(at, link, side, snap, bases[link.id].seen[side] if link.id in bases else ""):
            marks.append(NewMark(kind=kind, ref=snap.ref, trigger=CHANGED[side], urgency=Urgency.CHECK))
    return marks


def _is_unchanged(at: Connected, link: Link, side: Side, snap: Snapshot, seen: str) -> bool:
    mapping = at.mapping(link.kind, link.refs)
    if link.state is not LinkState.LINKED or mapping is None or not seen:
        return False
    return mapping.fingerprint(side, snap.fields) == seen
