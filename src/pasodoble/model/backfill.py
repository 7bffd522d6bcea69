"""A backfill: the initial load of a connection, or of some of its kinds. How it is carried out is the engine's matter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from pasodoble.model.ref import Kind

SAMPLES: Final = 30
"""Over how many of the last steps the rate is taken."""


class BackfillState(StrEnum):
    """`WALKING`: all records are read by id, and what needs work is marked. `WORKING`: the marks are worked on."""

    WALKING = "walking"
    WORKING = "working"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"


ENDED: Final = frozenset({BackfillState.DONE, BackfillState.FAILED})
RUNNING: Final = frozenset({BackfillState.WALKING, BackfillState.WORKING})


@dataclass(frozen=True, slots=True, kw_only=True)
class KindProgress:
    """One kind's numbers. `walked`: records read; `marked`: of those, such as need work; `written`: by side and sort of write."""

    walked: int = 0
    marked: int = 0
    done: int = 0
    linked: int = 0
    problems: int = 0
    written: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far it is, as its worker writes it down.

    walks      objects that have been read to the end, as "kind side object"
    walked_at  when the last of them was; marks that were put later are not this backfill's
    samples    the last steps: (moment, records done by then); begun anew after a pause
    calls      API calls it has cost, by side
    released   a person has let its deletions and clearings through
    """

    kinds: Mapping[Kind, KindProgress] = field(default_factory=dict)
    walks: frozenset[str] = frozenset()
    walked_at: datetime | None = None
    samples: Sequence[tuple[datetime, int]] = ()
    calls: Mapping[str, int] = field(default_factory=dict)
    released: bool = False

    @property
    def marked(self) -> int:
        return sum(kind.marked for kind in self.kinds.values())

    @property
    def done(self) -> int:
        return sum(kind.done for kind in self.kinds.values())

    @property
    def share(self) -> float:
        """0 to 1, of the work; nothing is known before the walk is over."""
        if self.walked_at is None:
            return 0.0
        return min(1.0, self.done / self.marked) if self.marked else 1.0

    @property
    def per_minute(self) -> float | None:
        """Records a minute over the last steps; None while there is nothing to tell it by."""
        if len(self.samples) < 2:
            return None
        (since, before), (until, after) = self.samples[0], self.samples[-1]
        span = (until - since) / timedelta(minutes=1)
        return (after - before) / span if span > 0 else None

    @property
    def left_s(self) -> float | None:
        """Seconds until it is done, at the present rate."""
        rate = self.per_minute
        return max(0, self.marked - self.done) / rate * 60 if rate else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfill:
    """`run_id`: the run under which its changes are kept. `per_minute`: records a minute at the most; None: as fast as it goes.

    trouble   why it was paused, or has failed; "" where a person paused it
    """

    id: int
    run_id: int
    kinds: tuple[Kind, ...]
    state: BackfillState
    started_at: datetime
    ended_at: datetime | None = None
    per_minute: int | None = None
    trouble: str = ""
    progress: Progress = field(default_factory=Progress)

    @property
    def active(self) -> bool:
        return self.state not in ENDED
