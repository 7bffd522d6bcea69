"""What the world answered to one operation."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from pasodoble.model.cause import Problem
from pasodoble.model.record import Snapshot
from pasodoble.model.ref import Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """Done. `snapshot` is the record as the vendor's answer shows it, where the answer shows it."""

    ref: Ref
    snapshot: Snapshot | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exists:
    """Not created, since it is there already: `refs` are the records that hold the key or the natural key."""

    refs: tuple[Ref, ...]
    problem: Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """Not written, since the record has changed meanwhile: read again and plan again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Not written, and it will not be before somebody mends the cause. `fields`: the vendor fields at fault, if named."""

    problem: Problem
    fields: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferred:
    """Not written now: a lock, a limit, an outage. Nothing was done; try again at `until`, or by the retry schedule."""

    problem: Problem
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """It may or may not have been done: look before trying again."""

    problem: Problem


Outcome = Applied | Exists | Stale | Refused | Deferred | Unknown
