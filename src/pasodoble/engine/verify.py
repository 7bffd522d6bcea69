"""The consistency check: every record of both sides beside what the store says of it, whatever any cursor says.

It is how deletions are found without a push, how a formula's new result arrives, and the proof that nothing was missed: where
all is well it marks nothing. Nothing is written to either side; what is found is marked, for the cycle to deal with.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final

from pasodoble.engine.connected import Connected
from pasodoble.engine.look import compare
from pasodoble.model.link import LinkState
from pasodoble.model.record import Snapshot
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.side import SIDES, Pair, Side
from pasodoble.model.signal import Urgency
from pasodoble.ports import NewMark, Transaction

TRIGGER: Final = "periodic_check"
LINKS_A_PAGE: Final = 2_000


@dataclass(slots=True)
class SideFound:
    """What one side's records of a kind came to. `missing`: linked, and not in the list of all there are."""

    records: int = 0
    in_step: int = 0
    differing: int = 0
    unlinked: int = 0
    missing: int = 0

    @property
    def findings(self) -> int:
        return self.differing + self.unlinked + self.missing


@dataclass(slots=True)
class KindFound:
    """Both sides of one kind, and the marks that deal with what was found."""

    kind: Kind
    sides: Pair[SideFound] = field(default_factory=lambda: Pair(SideFound(), SideFound()))
    marks: dict[Ref, NewMark] = field(default_factory=dict)

    @property
    def findings(self) -> int:
        return sum(side.findings for side in self.sides)

    def mark(self, ref: Ref) -> None:
        self.marks[ref] = NewMark(kind=self.kind, ref=ref, trigger=TRIGGER, urgency=Urgency.BACKFILL)


@dataclass(slots=True)
class Roll:
    """Which ids were seen, in eight bytes each: a million records in eight megabytes.

    Two ids that share a digest (one pair in 10^7 rolls of a million) hide one missing record until the next night.
    """

    digests: array[int] = field(default_factory=lambda: array("Q"))

    def add(self, id: str) -> None:
        self.digests.append(_digest(id))

    def close(self) -> None:
        self.digests = array("Q", sorted(self.digests))

    def __contains__(self, id: str) -> bool:
        wanted = _digest(id)
        at = bisect_left(self.digests, wanted)
        return at < len(self.digests) and self.digests[at] == wanted


def _digest(id: str) -> int:
    return int.from_bytes(blake2b(id.encode(), digest_size=8).digest())


async def verify_kind(at: Connected, kind: Kind) -> KindFound:
    """Walk all records of both sides. Raises ConnectorError: half a walk proves nothing, so nothing of it is kept."""
    found = KindFound(kind)
    for side in SIDES:
        for object in at.objects(kind, side):
            roll = await _walk_records(at, found, side, object)
            _find_missing(at, found, side, object, roll)
    return found


async def _walk_records(at: Connected, found: KindFound, side: Side, object: str) -> Roll:
    roll = Roll()
    async for page in at.connectors[side].read_changes(object, at.fields(found.kind, side, object), None):
        with at.store.transaction(at.settings.name, read_only=True) as tx:
            _compare_page(at, found, page.snapshots, tx)
        for snap in page.snapshots:
            roll.add(snap.ref.id)
    roll.close()
    return roll


def _compare_page(at: Connected, found: KindFound, snapshots: Collection[Snapshot], tx: Transaction) -> None:
    refs = [snap.ref for snap in snapshots]
    links = tx.links.load(refs)
    bases = tx.bases.load([link.id for link in links.values()])
    known = set(tx.left_out.load(refs)) | set(tx.marks.load(refs))
    for snap in snapshots:
        told, link = found.sides[snap.ref.side], links.get(snap.ref)
        told.records += 1
        if link is None:
            if snap.ref not in known and not tx.problems.load(ref=snap.ref, limit=1):
                told.unlinked += 1
                found.mark(snap.ref)
        elif link.state is not LinkState.RETIRED:
            compared = compare(at, link, bases.get(link.id), snap)
            if compared.base is not None and not compared.fields:
                told.in_step += 1
            elif snap.ref not in known:
                told.differing += 1
                found.mark(snap.ref)


def _find_missing(at: Connected, found: KindFound, side: Side, object: str, roll: Roll) -> None:
    """Linked records that are not among those there are. Read by id, twice, before anything follows from it (P9)."""
    for link_refs in _iter_linked(at, found.kind):
        ref = link_refs[side]
        if ref is not None and ref.object == object and ref.id not in roll:
            found.sides[side].missing += 1
            found.mark(ref)


def _iter_linked(at: Connected, kind: Kind) -> Iterator[Pair[Ref | None]]:
    after_id = 0
    while True:
        with at.store.transaction(at.settings.name, read_only=True) as tx:
            page = tx.links.walk(kind, after_id=after_id, limit=LINKS_A_PAGE)
        if not page:
            return
        yield from (link.refs for link in page)
        after_id = page[-1].id
