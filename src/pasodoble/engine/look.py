"""The look: what has changed on one side since the cursor, turned into marks.

A record that holds what its base says is our own echo or an edit of something that is not mapped: it gets no mark, so that
a check with nothing to do costs the same few calls whatever the number of records. Which trigger fires is not said here: the
look tells signals, as a push does (`intake`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from pasodoble.engine.connected import Connected
from pasodoble.engine.intake import Haul, hear, keep, take_in
from pasodoble.engine.lifecycle import find_moved
from pasodoble.engine.membership import find_joined, look_at_members
from pasodoble.engine.ties import find_retied, find_role_changes
from pasodoble.model.link import Base, Link, LinkState
from pasodoble.model.record import Loss, Snapshot
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.side import SIDES, Pair, Side
from pasodoble.model.signal import OTHER_FIELD, Mark, Signal, SignalKind, Urgency
from pasodoble.model.value import Value
from pasodoble.ports import NewMark, Page, Transaction

PRESENT: Final = frozenset({"hubspot_record_created", "salesforce_record_created", "periodic_check"})
"""Triggers that say no more of a record than that it is there."""

_LOST: Final = {
    Loss.CONVERTED: SignalKind.CONVERTED,
    Loss.MERGED: SignalKind.MERGED,
    Loss.DELETED: SignalKind.DELETED,
}
MOST_MARKS = 1_000_000


def name_cursor(kind: Kind, side: Side, object: str) -> str:
    return f"look:{kind}:{side}:{object}"


async def look(at: Connected, kind: Kind) -> int:
    """Mark all that changed on both sides since the last look; gives how many marks were put."""
    marked = await look_at_members(at, kind)
    marked += sum([await _look_at(at, kind, side, object) for side in SIDES for object in at.objects(kind, side)])
    return marked + await _look_at_roles(at, kind)


async def _look_at_roles(at: Connected, kind: Kind) -> int:
    """Records whose roles changed without a trace on themselves, and people whom an opportunity may move on."""
    marks, cursors = await find_role_changes(at, kind)
    moved, more = await find_moved(at, kind)
    if not cursors and not more:
        return 0
    with at.store.transaction(at.settings.name) as tx:
        tx.marks.put(marks, at.clock.now())
        marked = len(marks) + len(take_in(at, tx, moved, no_sooner=Urgency.CHECK))
        for name, cursor in (cursors | more).items():
            tx.cursors.save(name, cursor, at.clock.now())
    return marked


async def _look_at(at: Connected, kind: Kind, side: Side, object: str) -> int:
    name, marked = name_cursor(kind, side, object), 0
    async for page in read_page(at, kind, side, object):
        retied = await find_retied(at, kind, side, page.snapshots)
        with at.store.transaction(at.settings.name) as tx:
            haul = find_marks(at, kind, page, tx, retied)
            keep(at, tx, haul)
            tx.cursors.save(name, page.cursor, at.clock.now())
        marked += len(haul)
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
                    for mark in find_marks(at, kind, page, tx, retied).marks.values():
                        found[mark.ref] = _spell_mark(mark, now)
    joined = [signal async for signals, _ in find_joined(at, kind) for signal in signals]
    moved, _ = await find_moved(at, kind)
    for mark in [*hear(at, [*joined, *moved]).marks.values(), *(await find_role_changes(at, kind))[0]]:
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


def find_marks(at: Connected, kind: Kind, page: Page, tx: Transaction, retied: Collection[Ref]) -> Haul:
    """What the triggers make of a page: marks for what holds something else than at the last agreement, or was never linked.

    What is found here has waited for the check, so it goes behind what people and vendors tell; and the records that were
    there before us go last of all.
    """
    no_sooner = Urgency.BACKFILL if page.walk else Urgency.CHECK
    haul = hear(at, find_signals(at, kind, page, tx, retied), no_sooner=no_sooner)
    # A new record that may make none still may have a partner, or is left out by a gate that is to be told.
    seen = [replace(signal, kind=SignalKind.SEEN) for signal in haul.off if signal.kind is SignalKind.CREATED]
    haul.marks |= hear(at, seen, no_sooner=no_sooner).marks
    return haul


def find_signals(at: Connected, kind: Kind, page: Page, tx: Transaction, retied: Collection[Ref]) -> Iterator[Signal]:
    """What the page tells, compared with the bases.

    A record that only looks different (our own write, in the vendor's spelling) has its base's fingerprint renewed.
    """
    links = tx.links.load([snap.ref for snap in page.snapshots] + [gone.ref for gone in page.gone])
    bases = tx.bases.load([link.id for link in links.values()])
    for gone in page.gone:
        if gone.ref in links and gone.how in _LOST:
            yield _signal(_LOST[gone.how], gone.ref, gone.seen_at)
    judged = tx.left_out.load([snap.ref for snap in page.snapshots if snap.ref not in links])
    installed_at = load_installed(tx, kind)
    renewed: dict[int, Base] = {}
    for snap in page.snapshots:
        link = links.get(snap.ref)
        if link is None:
            if snap.ref not in judged or snap.modified_at >= judged[snap.ref][1]:  # else left out, and unchanged since
                yield _signal(_how_new(snap, installed_at, walk=page.walk), snap.ref, snap.modified_at)
            continue
        compared = compare(at, link, bases.get(link.id), snap)
        yield from _tell(compared, snap, tied_anew=snap.ref in retied)
        base, side = compared.base, snap.ref.side
        if base is not None and not compared.fields and base.seen[side] != compared.fingerprint:
            bases[link.id] = renewed[link.id] = replace(base, seen=base.seen.put(side, compared.fingerprint))
    tx.bases.save(renewed)


def _signal(kind: SignalKind, ref: Ref, at: datetime, fields: tuple[str, ...] = (), *, by_us: bool = False) -> Signal:
    return Signal(kind=kind, side=ref.side, ref=ref, at=at, fields=fields, by_us=by_us)


def _how_new(snap: Snapshot, installed_at: datetime | None, *, walk: bool) -> SignalKind:
    """A record that was there before us has been edited, if it is not merely seen in the walk over all there are."""
    if walk:
        return SignalKind.SEEN
    old = installed_at is not None and snap.created_at is not None and snap.created_at < installed_at
    return SignalKind.CHANGED if old else SignalKind.CREATED


@dataclass(frozen=True, slots=True)
class Compared:
    """A linked record beside its base. `base` is None where nothing can be compared, and any field may have changed.

    fields   that hold something else than at the last agreement, by the vendor's names
    """

    base: Base | None = None
    fields: tuple[str, ...] = ()
    fingerprint: str = ""


def compare(at: Connected, link: Link, base: Base | None, snap: Snapshot) -> Compared:
    """The record beside what both sides agreed on last."""
    mapping = at.mapping(link.kind, link.refs)
    if base is None or mapping is None or link.state is not LinkState.LINKED:
        return Compared()
    side = snap.ref.side
    print_now = mapping.fingerprint(side, snap.fields)
    if print_now == base.seen[side]:
        return Compared(base, (), print_now)
    values, problems = mapping.canonical(side, snap.fields)
    changed = [
        mapping.by_key[key].names[side]
        for key, value in values.items()
        if not _holds(base.fields.get(key), side, value)
    ]
    unreadable = [name for problem in problems for name in problem.fields]
    return Compared(base, tuple(dict.fromkeys((*changed, *unreadable))), print_now)


def _holds(agreed: Pair[Value] | None, side: Side, value: Value) -> bool:
    """Whether the value is the base's; a blank that was never agreed on has nothing to say either."""
    return value is None if agreed is None else agreed[side] == value


def _tell(compared: Compared, snap: Snapshot, *, tied_anew: bool) -> Iterator[Signal]:
    """What became of a linked record. Where nothing did that concerns us, why it was in the page, if that is known."""
    base, side, ref, at = compared.base, snap.ref.side, snap.ref, snap.modified_at
    if base is None or compared.fields:
        yield _signal(SignalKind.CHANGED, ref, at, compared.fields)
    if tied_anew and base is not None:
        yield _signal(SignalKind.ASSOCIATED, ref, at)
    elif base is not None and not compared.fields:
        read_at = base.read_at[side]
        if snap.by_us or not base.seen[side]:  # where we have written, the fingerprint was given up
            yield _signal(SignalKind.CHANGED, ref, at, by_us=True)
        elif base.seen[side] == compared.fingerprint and (read_at is None or read_at < at):
            yield _signal(SignalKind.CHANGED, ref, at, (OTHER_FIELD,))


def load_installed(tx: Transaction, kind: Kind) -> datetime | None:
    """When this kind was first dealt with."""
    known = tx.cursors.load(name_installed(kind))
    return None if known is None else datetime.fromisoformat(str(known["at"]))


def name_installed(kind: Kind) -> str:
    return f"installed:{kind}"
