"""In which order operations are made: what others hang on first, so that a tie finds both its ends.

Owners are never written. Deletions come last, children before their parents. The order is total: the same steps always give
the same sequence, whatever order they came in. How many steps there may be is `brakes`' matter.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pasodoble.model.operation import Associate, Create, Delete, Operation, Step, Update
from pasodoble.model.ref import Kind

KIND_ORDER: Final[tuple[Kind, ...]] = ("companies", "contacts", "deals", "tickets")
"""Custom objects come after these, by name."""
ACTIVITIES: Final[Kind] = "activities"

_WRITE, _TIE, _ACTIVITY, _DELETE = range(4)


def rank_kind(kind: Kind) -> tuple[int, str]:
    """Where a kind stands among the others."""
    return (KIND_ORDER.index(kind), "") if kind in KIND_ORDER else (len(KIND_ORDER), kind)


def sort_steps(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Companies, people, deals, the rest; then associations and roles; then activities; then deletions, last kind first."""
    return tuple(sorted(steps, key=_rank))


def _rank(step: Step) -> tuple[int, int, str, str]:
    place, name = rank_kind(step.kind)
    phase = _phase(step)
    return (phase, -place if phase == _DELETE else place, name, _name(step.operation))


def _phase(step: Step) -> int:
    if isinstance(step.operation, Delete):
        return _DELETE
    if step.kind == ACTIVITIES:
        return _ACTIVITY
    return _TIE if isinstance(step.operation, Associate) else _WRITE


def _name(operation: Operation) -> str:
    """What tells this operation from all others."""
    match operation:
        case Create(side=side, key=key):
            return f"0 {side} {key}"
        case Update(ref=ref) | Delete(ref=ref):
            return f"1 {ref}"
        case Associate(ref=ref, to=to, label=label, remove=remove):
            return f"2 {ref} {to} {label} {remove}"
