"""Three-way merge of what ties records together: associations in HubSpot, contact roles and the like in Salesforce.

A tie is there or it is not, so no tie is ever in conflict: what was added on one side is added on the other, what was taken
away is taken away, and without a base nothing is taken away at all. Where one side can hold one record only (a lookup), the
side that changed decides (`merge_one`). How ties are read and written does not belong here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from pasodoble.model.link import Tie
from pasodoble.model.ref import Ref
from pasodoble.model.side import SIDES, Pair, Side

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


def label_ties(
    add: Pair[tuple[Tie, ...]], held: Pair[Mapping[Ref, str]], roles: Mapping[str, str]
) -> Pair[tuple[Tie, ...]]:
    """The same ties, each made with the label that stands for the one it has on the side it comes from.

    held   per side, the label of each tied record there
    roles  HubSpot's labels, each with the Salesforce role that it stands for; any other label stays where it is
    """
    across = Pair({role: label for label, role in roles.items()}, dict(roles))
    return Pair(
        *(
            tuple(
                Tie(tie.to, across[side].get(held[side.other].get(tie.to[side.other], ""), tie.label))
                for tie in add[side]
            )
            for side in SIDES
        )
    )


def _recognise(ties: Iterable[tuple[Ref, str]], partners: Mapping[Ref, Ref]) -> frozenset[Tie]:
    """The ties to records that are linked."""
    return frozenset(Tie(Pair.of(ref.side, ref, partners[ref]), label) for ref, label in ties if ref in partners)


def _sort(ties: Iterable[Tie]) -> tuple[Tie, ...]:
    return tuple(sorted(ties, key=lambda tie: (tie.to.hubspot, tie.to.salesforce, tie.label)))


PRIMARY: Final = "primary"
"""The label of the one tie that stands for all: HubSpot's primary company."""


def choose_one(ties: Iterable[tuple[Ref, str]], *others: Ref | None) -> Ref | None:
    """Which of several ties stands for all where the other side can hold but one: the primary one, else one that is agreed on
    already (`others`, in order), else the first."""
    held = dict(ties)
    labelled = sorted(ref for ref, label in held.items() if label == PRIMARY)
    known = [ref for ref in others if ref is not None and ref in held]
    return next(iter((*labelled, *known, *sorted(held))), None)


def merge_one(base: Tie | None, now: Pair[Ref | None], partners: Mapping[Ref, Ref], *, label: str = "") -> TieMerge:
    """Decide to which one record both sides are to be tied: the side that changed leads, Salesforce where both did (A-11).

    A record that has no partner yet is waited for, and until then nothing is touched. Only what was agreed on is taken away.
    """
    known = () if base is None else (base,)
    waiting = tuple(sorted(ref for ref in now if ref is not None and ref not in partners))
    if waiting:
        return TieMerge(add=Pair((), ()), remove=Pair((), ()), base=known, waiting=waiting)
    held = Pair(*(_tie_to(now[side], partners, label) for side in SIDES))
    wanted = _lead(base, held)
    add: Pair[tuple[Tie, ...]] = Pair((), ())
    remove: Pair[tuple[Tie, ...]] = Pair((), ())
    for side in SIDES:
        if held[side] == wanted:
            continue
        if wanted is not None:
            add = add.put(side, (wanted,))
        if base is not None and held[side] == base and (wanted is None or side is Side.HUBSPOT):
            remove = remove.put(side, known)  # a lookup that is given another record has lost the former by that
    return TieMerge(add=add, remove=remove, base=() if wanted is None else (wanted,))


def _lead(base: Tie | None, held: Pair[Tie | None]) -> Tie | None:
    if held.salesforce != base and held.salesforce is not None:
        return held.salesforce
    return held.hubspot if held.hubspot != base else held.salesforce


def _tie_to(ref: Ref | None, partners: Mapping[Ref, Ref], label: str) -> Tie | None:
    return None if ref is None else Tie(Pair.of(ref.side, ref, partners[ref]), label)


__all__ = ["BOTH", "PRIMARY", "Tie", "TieMerge", "choose_one", "merge_one", "merge_ties"]
