"""What a list of steps costs in API calls, by side.

The figures are the batch sizes that the connectors keep to. How calls are rationed does not belong here (the budget's port).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Final

from pasodoble.model.operation import Associate, Create, Delete, Operation, Step, Update
from pasodoble.model.side import Pair, Side

HUBSPOT_BATCH: Final = 100
"""Inputs of one batch call."""
HUBSPOT_LOOK_BACK: Final = 50
"""Records of one read with history, which follows a write of two-way fields."""
SALESFORCE_COMPOSITE: Final = 1_000
"""Rows of one composite call: five collections of 200."""
SALESFORCE_GUARDED: Final = 25
"""Rows of one composite call in which each carries its own condition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Calls by side. Reads that come before the plan are not in it."""

    calls: Pair[int] = Pair(0, 0)  # noqa: RUF009 - a frozen value
    by_step: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.calls)


def count_calls(steps: Iterable[Step]) -> Cost:
    """The least number of calls that carry out these steps, and the look back after each HubSpot update."""
    groups: Counter[tuple[Side, str, str]] = Counter()
    for step in steps:
        side, object, what = _sort(step.operation)
        groups[side, what, object] += 1
        if side is Side.HUBSPOT and what == "update":
            groups[side, "look_back", object] += 1
    by_step = Counter[str]()
    by_side = Counter[Side]()
    for (side, what, _), count in sorted(groups.items()):
        calls = ceil(count / BATCHES[side, what])
        by_step[f"{side}.{what}"] += calls
        by_side[side] += calls
    return Cost(calls=Pair(by_side[Side.HUBSPOT], by_side[Side.SALESFORCE]), by_step=dict(by_step))


BATCHES: Final[Mapping[tuple[Side, str], int]] = {
    (Side.HUBSPOT, "create"): HUBSPOT_BATCH,
    (Side.HUBSPOT, "update"): HUBSPOT_BATCH,
    (Side.HUBSPOT, "look_back"): HUBSPOT_LOOK_BACK,
    (Side.HUBSPOT, "delete"): HUBSPOT_BATCH,
    (Side.HUBSPOT, "associate"): HUBSPOT_BATCH,
    (Side.SALESFORCE, "create"): SALESFORCE_COMPOSITE,
    (Side.SALESFORCE, "update"): SALESFORCE_COMPOSITE,
    (Side.SALESFORCE, "guarded"): SALESFORCE_GUARDED,
    (Side.SALESFORCE, "delete"): SALESFORCE_COMPOSITE,
    (Side.SALESFORCE, "associate"): SALESFORCE_COMPOSITE,
}
"""Operations in one call, by side and sort of operation."""


def _sort(operation: Operation) -> tuple[Side, str, str]:
    """Side, object and sort of an operation: those that are alike in all three share calls."""
    match operation:
        case Create(side=side, object=object):
            return side, object, "create"
        case Update(ref=ref, unless_modified_since=moment):
            guarded = ref.side is Side.SALESFORCE and moment is not None
            return ref.side, "" if guarded else ref.object, "guarded" if guarded else "update"
        case Delete(ref=ref):
            return ref.side, ref.object, "delete"
        case Associate(ref=ref, to=to):
            return ref.side, f"{ref.object} {to.object}", "associate"
