"""Refuses a plan that does more than is sensible without asking: deletes, clears, creates or touches too much.

A brake is a value in the plan, never an exception. Who may release it does not belong here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from pasodoble.model.operation import Brake, Create, Delete, Step, Update
from pasodoble.model.ref import Kind
from pasodoble.model.settings import Limits
from pasodoble.model.side import Side

Where = tuple[Kind, Side]

DEFAULTS: Final = Limits()
DELETE_SHARE: Final = 0.01
CLEAR_SHARE: Final = 0.02
TOUCH_SHARE: Final = 0.20
TOUCH_FLOOR: Final = 500
EMPTIED_FLOOR: Final = 10
"""Below so many links, losing all of them is an ordinary day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What a plan is measured against, by kind and side.

    linked  records that are linked now
    lost    of these, how many this run found deleted or out of sight
    """

    linked: Mapping[Where, int] = field(default_factory=dict)
    lost: Mapping[Where, int] = field(default_factory=dict)


def check_brakes(
    steps: Iterable[Step], tally: Tally, *, limits: Limits = DEFAULTS, backfill: bool = False
) -> tuple[Brake, ...]:
    """The bounds that the steps overstep, sorted; empty where they may go on.

    backfill   a person has asked for a mass change: creating and touching much is meant, deleting and clearing is not
    """
    counts = _count(steps)
    places = {(kind, side) for _, kind, side in counts} | set(tally.linked)
    return tuple(brake for where in sorted(places) for brake in _check(counts, tally, where, limits, backfill=backfill))


def _check(
    counts: Mapping[tuple[str, Kind, Side], int], tally: Tally, where: Where, limits: Limits, *, backfill: bool
) -> Iterator[Brake]:
    kind, side = where
    linked, lost = tally.linked.get(where, 0), tally.lost.get(where, 0)
    if lost >= linked > EMPTIED_FLOOR:
        yield Brake(what="emptied", kind=kind, side=side, count=lost, allowed=linked - 1)
    allowed = {
        "delete": _widen(limits.max_deletes_per_run, DEFAULTS.max_deletes_per_run, DELETE_SHARE, linked),
        "clear": _widen(limits.max_clears_per_run, DEFAULTS.max_clears_per_run, CLEAR_SHARE, linked),
    }
    if not backfill:
        allowed |= {"create": limits.max_creates_per_run, "touch": max(TOUCH_FLOOR, int(TOUCH_SHARE * linked))}
    for what, bound in allowed.items():
        if (count := counts.get((what, kind, side), 0)) > bound:
            yield Brake(what=what, kind=kind, side=side, count=count, allowed=bound)


def _widen(setting: int, default: int, share: float, linked: int) -> int:
    """The default grows with the number of links; a bound that somebody has set is meant as it stands."""
    return max(default, int(share * linked)) if setting == default else setting


def _count(steps: Iterable[Step]) -> Counter[tuple[str, Kind, Side]]:
    counts: Counter[tuple[str, Kind, Side]] = Counter()
    for step in steps:
        match step.operation:
            case Create(side=side):
                counts["create", step.kind, side] += 1
            case Delete(ref=ref):
                counts["delete", step.kind, ref.side] += 1
            case Update(ref=ref, fields=fields):
                counts["touch", step.kind, ref.side] += 1
                counts["clear", step.kind, ref.side] += sum(
                    raw is None and step.before.get(name) not in (None, "") for name, raw in fields.items()
                )
            case _:
                pass
    return counts
