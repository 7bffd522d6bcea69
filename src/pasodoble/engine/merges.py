"""Records that people have merged or converted: whose pairs are concerned, which of them goes on, and which is left without a partner.

A merge is never repeated on the other side: HubSpot's cannot be undone, and nobody asked for it. One pair goes on with the
survivor, a person is told of every other one. What becomes of one pair alone is `reconcile/presence`'s.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from pasodoble.engine.connected import Connected
from pasodoble.engine.observe import Job, observe, read_records
from pasodoble.mapping.identity import MERGED_IDS
from pasodoble.model.cause import Problem
from pasodoble.model.link import NO_BASE, Link, LinkState
from pasodoble.model.message import Message
from pasodoble.model.record import Gone, Snapshot
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.side import SIDES, Side
from pasodoble.model.signal import Mark, Urgency

if TYPE_CHECKING:
    from pasodoble.engine.decide import Decision

MERGED = "records_merged"
TWIN = Message("presence.merged_twin")
"""Why a pair was given up: what one of its records was merged into has a partner of its own."""


async def find_merged(at: Connected, kind: Kind, jobs: Sequence[Job]) -> list[Job]:
    """Jobs to be dealt with beside these: pairs of which one record became what these are about, by a merge or a conversion.

    So it does not matter which of the records is heard of first, or whether the other one's pair is in somebody's hands, and
    what it became is never taken for a new record. Raises ConnectorError.
    """
    survivors = {seen.into for job in jobs for seen in job.seen if isinstance(seen, Gone) and seen.into is not None}
    survivors |= {job.own for job in jobs if job.link is None}
    absorbed = await _read_absorbed(at, kind, jobs, survivors)
    known = {ref for job in jobs for ref in job.refs if ref is not None}
    candidates = {c.ref for job in jobs if job.link is None for c in job.candidates if c.taken}
    leads = await _find_leads(at, kind, jobs)
    wanted = (absorbed | candidates | leads) - known
    if not wanted:
        return []
    with at.store.transaction(at.settings.name, read_only=True) as tx:
        there = tx.links.load(wanted)
        links = {link.id: link for ref, link in there.items() if link.state is LinkState.LINKED or ref in leads}
        bases = tx.bases.load(links)
    now = at.clock.now()
    beside = [
        Job(kind, [_mark(kind, link, now)], link, bases.get(id, NO_BASE))
        for id, link in links.items()
        if not known & {*link.refs}
    ]
    await observe(at, kind, beside)
    return [job for job in beside if any(isinstance(seen, Gone) and seen.into in survivors for seen in job.seen)]


async def _find_leads(at: Connected, kind: Kind, jobs: Sequence[Job]) -> set[Ref]:
    """The leads that became the contacts which have no pair yet. A lead's pair, given up or not, goes on with its contact."""
    if "Lead" not in at.objects(kind, Side.SALESFORCE):
        return set()
    contacts = {job.own for job in jobs if job.link is None and job.own.object == "Contact"}
    return {gone.ref for gone in await at.connectors.salesforce.find_converted(contacts)} if contacts else set()


async def _read_absorbed(at: Connected, kind: Kind, jobs: Sequence[Job], survivors: set[Ref]) -> set[Ref]:
    """The records that these say they have absorbed. Only HubSpot's say so."""
    seen = {job.own: job.snapshot(Side.HUBSPOT) for job in jobs if job.link is None and job.own.side is Side.HUBSPOT}
    unread = {ref for ref in survivors if ref.side is Side.HUBSPOT and ref not in seen}
    read = await read_records(at, kind, unread) if unread else {}
    return {ref for snap in (*seen.values(), *read.values()) if isinstance(snap, Snapshot) for ref in _absorbed(snap)}


def _absorbed(snap: Snapshot) -> Iterator[Ref]:
    for id in str(snap.fields.get(MERGED_IDS) or "").split(";"):
        if id.strip():
            yield Ref(Side.HUBSPOT, snap.ref.object, id.strip())


def _mark(kind: Kind, link: Link, now: datetime) -> Mark:
    """A mark that is in no table: nothing is cleared when it is done."""
    [ref, *_] = [ref for ref in link.refs if ref is not None]
    return Mark(kind=kind, ref=ref, sequence=0, urgency=Urgency.EDIT, triggers=(MERGED,), first_at=now)


async def refuse_twins(at: Connected, kind: Kind, decisions: Sequence[Decision]) -> None:
    """A record that was merged into one with a partner of its own: the pair is given up, and a person is told (R-01, R-04).

    Where several were merged into a third, the pair of the merge's primary goes on: the one whose values the survivor
    holds, since the primary's win. Raises ConnectorError.
    """
    by_survivor: dict[Ref, list[Decision]] = defaultdict(list)
    for decision in decisions:
        if decision.follow is not None:
            by_survivor[decision.follow.into].append(decision)
    if not by_survivor:
        return
    with at.store.transaction(at.settings.name, read_only=True) as tx:
        links = tx.links.load(by_survivor)
    shared = {into for into, group in by_survivor.items() if len(group) > 1}
    survivors = await read_records(at, kind, shared) if shared else {}
    for into, group in by_survivor.items():
        taken = into in links and links[into].state is not LinkState.RETIRED
        ranked = sorted(group, key=lambda decision: _rank(at, decision, survivors.get(into)))
        for twin in ranked if taken else ranked[1:]:
            twin.problems.append(tell_twin(into))
            twin.retire, twin.follow = TWIN, None


def tell_twin(into: Ref) -> Problem:
    return Problem(cause="duplicate.merged_twin", side=into.side, text=str(into))


def _rank(at: Connected, decision: Decision, survivor: object) -> tuple[bool, int, Ref]:
    """Smallest first: its base has the survivor's address, then most of its values; the oldest where that says nothing."""
    job = decision.job
    [first, *_] = [ref for ref in job.refs if ref is not None]
    mapping = at.mapping(job.kind, job.refs)
    if not isinstance(survivor, Snapshot) or mapping is None:
        return False, 0, first
    side = survivor.ref.side
    values, _ = mapping.canonical(side, survivor.fields)
    alike = {key for key, agreed in job.base.fields.items() if values.get(key) == agreed[side]}
    natural = at.identity(job.kind).natural
    named = {line.key for line in mapping.lines if natural is not None and line.names[side] == natural.fields[side]}
    return not named & alike, -len(alike), first


def find_twin_of(job: Job) -> Ref | None:
    """Of a pair that was given up as a twin: the survivor, while the other record of the pair is still alone."""
    if job.link is None or job.link.why != TWIN.id:
        return None
    gone = next((job.seen[side] for side in SIDES if isinstance(job.seen[side], Gone)), None)
    return gone.into if isinstance(gone, Gone) else None
