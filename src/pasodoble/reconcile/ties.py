"""Three-way merge of what ties records together: associations in HubSpot, contact roles and the like in Salesforce.

A tie is there or it is not, so no tie is ever in conflict: what was added on one side is added on the other, what was taken
away is taken away, and without a base nothing is taken away at all. A lookup field that holds one record only is no tie but a
field, and is merged as one (`merge`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from pasodoble.model.ref import Ref
from pasodoble.model.side import SIDES, Pair


@dataclass(frozen=True, slots=True)
class Tie:
    """To what the record is tied, as both sides know it. `label`: HubSpot's association label or the role, "" for none."""

    to: Pair[Ref]
    label: str = ""


BOTH: Final = Pair(True, True)


@dataclass(frozen=True, slots=True, kw_only=True)
class TieMerge:
    """What each side is to be given and to lose, and the base once that is done. All sorted.

    waiting   records that something is tied to, and that have no partner yet: their ties come when they are linked (A-12)
    """

    add: Pair[tuple[Tie, ...]]
    remove: Pair[tuple[Tie, ...]]
    base: tuple[Tie, ...]
    waiting: tuple[Ref, ...] = ()


def merge_ties(
    base: Collection[Tie] | None,
    now: Pair[Collection[tuple[Ref, str]]],
    partners: Mapping[Ref, Ref],
    *,
    writable: Pair[bool] = BOTH,
) -> TieMerge:
    """Decide which ties both sides are to have.

    base      what both had at the last agreement; None before the first
    now       per side, the records that ours is tied to there, each with its label
    partners  of every linked record, the one on the other side
    writable  per side, whether ties may be changed there
    """
    held = Pair(*(_recognise(now[side], partners) for side in SIDES))
    known = frozenset(base or ())
    wanted = (held.hubspot & held.salesforce) | ((held.hubspot ^ held.salesforce) - known)
    add = Pair(*(_sort(wanted - held[side]) if writable[side] else () for side in SIDES))
    remove = Pair(*(_sort(held[side] - wanted) if writable[side] else () for side in SIDES))
    waiting = {ref for side in SIDES for ref, _ in now[side] if ref not in partners}
    # A change that may not be made stays a change: only what both sides will have alike, or both lack, is agreed on.
    alike = Pair(*((held[side] | set(add[side])) - set(remove[side]) for side in SIDES))
    settled = (alike.hubspot & alike.salesforce) | (known & (alike.hubspot ^ alike.salesforce))
    return TieMerge(add=add, remove=remove, base=_sort(settled), waiting=tuple(sorted(waiting)))


def _recognise(ties: Iterable[tuple[Ref, str]], partners: Mapping[Ref, Ref]) -> frozenset[Tie]:
    """The ties to records that are linked."""
    return frozenset(Tie(Pair.of(ref.side, ref, partners[ref]), label) for ref, label in ties if ref in partners)


def _sort(ties: Iterable[Tie]) -> tuple[Tie, ...]:
    return tuple(sorted(ties, key=lambda tie: (tie.to.hubspot, tie.to.salesforce, tie.label)))
