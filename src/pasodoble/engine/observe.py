"""From marks to jobs, and from jobs to what both sides hold now: reading in batches, and nothing else.

What follows from what was seen is decided in `decide`.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from pasodoble.engine.connected import Connected
from pasodoble.engine.people import count_people, find_sharers, has_people
from pasodoble.mapping.identity import EVIDENCE, KEY_FIELDS, Evidence, to_18
from pasodoble.model.conflict import Choice
from pasodoble.model.link import NO_BASE, Base, Link, LinkState
from pasodoble.model.record import Seen, Snapshot
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.side import SIDES, Pair, Side
from pasodoble.model.signal import Mark
from pasodoble.planner.plan import parse_key
from pasodoble.ports import ConflictRow, Transaction
from pasodoble.reconcile.pairing import By, Candidate
from pasodoble.reconcile.policy import may_write

LOOK_BACK = "look_back"
"""The trigger of a mark that we put ourselves after a write, to see whether an edit was covered by it."""
BY_NAME = {"email": By.EMAIL, "domain": By.DOMAIN, "name": By.NAME}


@dataclass(slots=True)
class Job:
    """A claim on one link or, unlinked, on one record: its marks, and what was seen.

    candidates  unlinked only: records of the other side that may be the partner
    rivals      unlinked only: other unlinked records of its own side that answer to the same natural key
    found       what candidates and rivals hold, by ref
    waits       a candidate is the subject of a create under way: it may be this very record
    conflicts   linked only: its conflicts that are open
    displaced   linked only: one of a retired pair has another partner by now
    people      companies: how many people count, where the settings ask for some (N-06); else None
    """

    kind: Kind
    marks: list[Mark]
    link: Link | None = None
    base: Base = NO_BASE
    seen: Pair[Seen | None] = field(default_factory=lambda: Pair(None, None))
    candidates: list[Candidate] = field(default_factory=list)
    rivals: list[Candidate] = field(default_factory=list)
    found: dict[Ref, Snapshot] = field(default_factory=dict)
    waits: bool = False
    conflicts: list[ConflictRow] = field(default_factory=list)
    displaced: bool = False
    people: int | None = None

    @property
    def choices(self) -> dict[str, Choice]:
        """By line, whose value counts as a person has said."""
        return {row.clash.key: row.choice for row in self.conflicts if row.choice is not None}

    @property
    def own(self) -> Ref:
        """The record that was marked first."""
        return self.marks[0].ref

    @property
    def there(self) -> Ref:
        """The same, or where it is gone, the one that is left."""
        left = self.snapshot(self.own.side) or self.snapshot(self.own.side.other)
        return left.ref if left is not None else self.own

    @property
    def refs(self) -> Pair[Ref | None]:
        """Both records as far as they are known."""
        if self.link is not None:
            return self.link.refs
        known = self.seen.map(lambda seen: seen.ref if seen is not None else None)
        return known if known[self.own.side] is not None else known.put(self.own.side, self.own)

    @property
    def met(self) -> Pair[Ref | None]:
        """Both records, with the one that was found by the key of a create under way."""
        found = self.seen.map(lambda seen: seen.ref if seen is not None else None)
        return Pair(*(self.refs[side] or found[side] for side in SIDES))

    @property
    def looks_back(self) -> bool:
        """Whether a write of ours may have covered an edit: one that was just made, or whose outcome is not known."""
        return bool(self.base.intent) or any(LOOK_BACK in mark.triggers for mark in self.marks)

    @property
    def attempts(self) -> int:
        return max(mark.attempts for mark in self.marks)

    def snapshot(self, side: Side) -> Snapshot | None:
        seen = self.seen[side]
        return seen if isinstance(seen, Snapshot) else None


def gather_jobs(kind: Kind, marks: Sequence[Mark], tx: Transaction) -> list[Job]:
    """Marks grouped by link; a ref without one is a job of its own. In the order of the marks."""
    links = tx.links.load([mark.ref for mark in marks])
    ids = {link.id for link in links.values()}
    bases = tx.bases.load(ids)
    conflicts = tx.conflicts.load(ids)
    retired = [link for link in links.values() if link.state is LinkState.RETIRED]
    elsewhere = tx.links.load([ref for link in retired for ref in link.refs if ref is not None]) if retired else {}
    jobs: dict[object, Job] = {}
    for mark in marks:
        link = links.get(mark.ref)
        job = jobs.setdefault(link.id if link is not None else mark.ref, Job(kind, [], link))
        job.marks.append(mark)
        if link is not None:
            job.base = bases.get(link.id, NO_BASE)
            if job.base.waiting:
                _join_marks(job, link, tx)
            job.conflicts = conflicts.get(link.id, [])
            job.displaced = any(ref in elsewhere and elsewhere[ref].id != link.id for ref in link.refs if ref)
    return list(jobs.values())


def _join_marks(job: Job, link: Link, tx: Transaction) -> None:
    """A pair that waits for an associated record is woken by a mark on either side: the one that waits goes with it."""
    known = {mark.ref for mark in job.marks}
    job.marks += tx.marks.load([ref for ref in link.refs if ref is not None and ref not in known]).values()


async def observe(at: Connected, kind: Kind, jobs: Sequence[Job]) -> None:
    """Fill in what both sides hold now, and the candidates of those that have no partner yet. Raises ConnectorError."""
    await _read_refs(at, kind, [job for job in jobs if not job.looks_back], history=False)
    await _read_refs(at, kind, [job for job in jobs if job.looks_back], history=True)
    await find_partners(at, kind, [job for job in jobs if job.link is None])
    await _find_sent(at, kind, [job for job in jobs if job.link is not None and job.link.missing_side() is not None])


async def read_with_history(at: Connected, kind: Kind, jobs: Sequence[Job]) -> None:
    """Read again, with the past versions of the fields on which both sides may have changed."""
    await _read_refs(at, kind, jobs, history=True)


async def _read_refs(at: Connected, kind: Kind, jobs: Sequence[Job], *, history: bool) -> None:
    wanted = {ref for job in jobs for ref in job.met if ref is not None}
    seen = await read_records(at, kind, wanted, history=history)
    for job in jobs:
        job.seen = job.met.map(lambda ref: seen.get(ref) if ref is not None else None)


async def read_records(at: Connected, kind: Kind, refs: Collection[Ref], *, history: bool = False) -> dict[Ref, Seen]:
    """Read by id on both sides at once, one batch an object."""
    by_object: dict[tuple[Side, str], list[Ref]] = defaultdict(list)
    for ref in sorted(refs):
        by_object[ref.side, ref.object].append(ref)
    answers = await asyncio.gather(
        *(
            at.connectors[side].read(
                batch,
                at.fields(kind, side, object),
                history=_contested_fields(at, kind, side) if history else (),
            )
            for (side, object), batch in by_object.items()
        )
    )
    return {ref: seen for answer in answers for ref, seen in answer.items()}


def _contested_fields(at: Connected, kind: Kind, side: Side) -> tuple[str, ...]:
    """HubSpot's names of the fields that both sides may write, where the later change may win. Salesforce keeps no versions."""
    if side is Side.SALESFORCE:
        return ()
    lines = (line for (of, _), mapping in at.mappings.items() if of == kind for line in mapping.lines)
    return tuple(sorted({line.names.hubspot for line in lines if all(may_write(line.update_rule, s) for s in SIDES)}))


async def find_partners(at: Connected, kind: Kind, jobs: Sequence[Job]) -> None:
    """Candidates by stored id or our key, then by the settings' evidence in its order; a stronger one leaves the weaker unasked.

    Which of them is the partner, if any, is `pairing`'s.
    """
    alive = [job for job in jobs if job.snapshot(job.own.side) is not None]
    for side in SIDES:
        of_side = [job for job in alive if job.own.side is side]
        if of_side:
            await _find_by_stored_id(at, kind, of_side)
            for name in at.settings.objects[kind].match:
                unpaired = [job for job in of_side if not job.candidates]
                if name in EVIDENCE:
                    await _find_by_evidence(at, kind, unpaired, side, name)
                elif name == "people" and has_people(at, kind):
                    await _find_by_people(at, kind, unpaired)
    if at.settings.objects[kind].needs_people and has_people(at, kind):
        await _count_people(at, [job for job in alive if job.own.side is Side.HUBSPOT and not job.candidates])
    _note_taken(at, alive)


async def _find_by_people(at: Connected, kind: Kind, jobs: Sequence[Job]) -> None:
    """Companies whose people are the same persons (A-04); and rivals, who have the same people as the candidate."""
    shared = await find_sharers(at, [job.own for job in jobs]) if jobs else {}
    there = {ref for refs in shared.values() for ref in refs}
    back = await find_sharers(at, there) if there else {}
    seen = await read_records(at, kind, there | {ref for refs in back.values() for ref in refs})
    living = {ref: snap for ref, snap in seen.items() if isinstance(snap, Snapshot)}
    for job in jobs:
        own = shared[job.own]
        rivals = {ref for candidate in own for ref in back.get(candidate, ())} - {job.own}
        for ref in sorted((own | rivals) & living.keys()):
            found = Candidate(ref=ref, by=By.PEOPLE, modified_at=living[ref].modified_at)
            (job.candidates if ref in own else job.rivals).append(found)
            job.found[ref] = living[ref]


async def _count_people(at: Connected, jobs: Sequence[Job]) -> None:
    counts = await count_people(at, [job.own for job in jobs]) if jobs else {}
    for job in jobs:
        job.people = counts[job.own]


async def _find_by_stored_id(at: Connected, kind: Kind, jobs: Sequence[Job]) -> None:
    wanted = {job.own: ref for job in jobs if (ref := _stored_ref(at, kind, job)) is not None}
    seen = await read_records(at, kind, set(wanted.values()))
    for job in jobs:
        found = seen.get(wanted[job.own]) if job.own in wanted else None
        if isinstance(found, Snapshot):
            job.found[found.ref] = found
            job.candidates.append(Candidate(ref=found.ref, by=By.STORED_ID, modified_at=found.modified_at))


def _stored_ref(at: Connected, kind: Kind, job: Job) -> Ref | None:
    """The partner that the record itself names: in the native connector's properties, or in the key of our own create."""
    snap = job.snapshot(job.own.side)
    assert snap is not None
    named = parse_key(str(snap.fields.get(KEY_FIELDS[job.own.side]) or ""))
    if named is not None and named.side is not job.own.side and named.object in at.objects(kind, named.side):
        return named
    if job.own.side is Side.HUBSPOT:
        for object, name in at.identity(kind).stored_ids.items():
            if (id := snap.fields.get(name)) and object in at.objects(kind, Side.SALESFORCE):
                return Ref(Side.SALESFORCE, object, to_18(str(id)))
    return None


async def _find_by_evidence(at: Connected, kind: Kind, jobs: Sequence[Job], side: Side, name: str) -> None:
    """Records of the other side, and unlinked rivals on its own, that answer to the same address, domain or name."""
    evidence, by = EVIDENCE[name], BY_NAME[name]
    by_key: dict[str, list[Job]] = defaultdict(list)
    for job in jobs:
        snap = job.snapshot(side)
        if snap is not None and (key := evidence.key(side, snap.fields)):
            by_key[key].append(job)
    if not by_key:
        return
    for snap in await _search(at, kind, side.other, evidence, by_key):
        for job in by_key.get(evidence.key(side.other, snap.fields), ()):
            job.found[snap.ref] = snap
            job.candidates.append(Candidate(ref=snap.ref, by=by, modified_at=snap.modified_at))
    contested = by_key if by is By.EMAIL else {key: jobs for key, jobs in by_key.items() if jobs[0].candidates}
    if (side is Side.HUBSPOT and by is By.EMAIL) or not contested:
        return  # HubSpot keeps addresses unique by itself
    for snap in await _search(at, kind, side, evidence, contested):
        for job in contested.get(evidence.key(side, snap.fields), ()):
            if snap.ref != job.own and all(c.by >= by for c in job.candidates):
                job.found[snap.ref] = snap
                job.rivals.append(Candidate(ref=snap.ref, by=by, modified_at=snap.modified_at))


async def _search(at: Connected, kind: Kind, side: Side, evidence: Evidence, keys: Iterable[str]) -> list[Snapshot]:
    spellings = {text for key in keys for text in evidence.search_for(side, key)}
    return await _find_all(at, kind, side, evidence.fields[side], spellings)


async def _find_all(at: Connected, kind: Kind, side: Side, name: str, values: Iterable[str]) -> list[Snapshot]:
    keys = sorted(values)
    answers = await asyncio.gather(
        *(
            at.connectors[side].find(object, name, keys, at.fields(kind, side, object))
            for object in at.objects(kind, side)
        )
    )
    return [snap for answer in answers for snap in answer]


def _note_taken(at: Connected, jobs: Sequence[Job]) -> None:
    """Which candidates belong to another pair already; rivals that do are none."""
    refs = {c.ref for job in jobs for c in (*job.candidates, *job.rivals)}
    if not refs:
        return
    with at.store.transaction(at.settings.name, read_only=True) as tx:
        links = tx.links.load(refs)
    live = {ref for ref, link in links.items() if link.state is not LinkState.RETIRED}
    under_way = {ref for ref in live if links[ref].state is not LinkState.LINKED}
    for job in jobs:
        job.waits = any(c.ref in under_way for c in job.candidates)
        job.candidates = [
            Candidate(ref=c.ref, by=c.by, modified_at=c.modified_at, taken=c.ref in live) for c in job.candidates
        ]
        job.rivals = [c for c in job.rivals if c.ref not in live]


async def _find_sent(at: Connected, kind: Kind, jobs: Sequence[Job]) -> None:
    """For creates whose outcome is not known: what already carries their key on the side where they were made.

    Without our key field (an admin may forbid it) the natural key stands in, where the kind has one.
    """
    for side in SIDES:
        waiting = [job for job in jobs if job.link is not None and job.link.missing_side() is side]
        if not waiting:
            continue
        keyed = all(KEY_FIELDS[side] in at.schemas[side, object].fields for object in at.objects(kind, side))
        natural = at.identity(kind).natural
        if keyed:
            by_key = {job.link.key: job for job in waiting if job.link is not None}
            found = await _find_all(at, kind, side, KEY_FIELDS[side], by_key)
            answers = [(by_key.get(str(snap.fields.get(KEY_FIELDS[side]) or "")), snap) for snap in found]
        elif natural is not None:
            by_key = {natural.key(side, job.link.payload): job for job in waiting if job.link is not None}
            found = await _search(at, kind, side, natural, by_key)
            answers = [(by_key.get(natural.key(side, snap.fields)), snap) for snap in found]
        else:
            continue
        for job, snap in answers:
            if job is not None:
                job.seen = job.seen.put(side, snap)
