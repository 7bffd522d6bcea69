"""Verify: compare both sides with the rules, say what was found and what a sync would write about it, and keep the figure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from pasodoble.engine.connected import Connected
from pasodoble.engine.cycle import BATCH, chunk
from pasodoble.engine.judging import decide_batch, join_pairs, make_judge
from pasodoble.engine.verify import KindFound, SideFound, verify_kind
from pasodoble.model.ref import Kind
from pasodoble.model.side import SIDES
from pasodoble.model.signal import Mark
from pasodoble.ports import Transaction

FORMAT_VERSION: Final = 1
FIGURE: Final = "verify"
"""The cursor under which the latest figure is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """`planned`: by kind, the writes that a sync would make about what was found.

    All is well where there are none, and nothing is gone. A value that differs from the base may need no write: the other
    side has it already, or the rule leaves it.
    """

    at: datetime
    kinds: Sequence[KindFound]
    planned: Mapping[Kind, int]
    calls: Mapping[str, int]

    @property
    def healthy(self) -> bool:
        gone = sum(side.missing for kind in self.kinds for side in kind.sides)
        return not gone and not any(self.planned.values())

    def document(self) -> dict[str, object]:
        """The versioned document of `verify --json`."""
        return {
            "format_version": FORMAT_VERSION,
            "at": self.at.isoformat(),
            "healthy": self.healthy,
            "objects": {
                found.kind: {
                    **{side.value: _spell_side(found.sides[side]) for side in SIDES},
                    "planned_writes": self.planned[found.kind],
                }
                for found in self.kinds
            },
            "api_calls": dict(self.calls),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """The latest check at a glance: records that were compared, and findings about them."""

    at: datetime
    records: int
    findings: int
    planned_writes: int


def _spell_side(found: SideFound) -> dict[str, int]:
    names = ("records", "in_step", "differing", "unlinked", "missing")
    return {name: getattr(found, name) for name in names}


async def verify(at: Connected, *, kinds: Collection[Kind] | None = None, marks: bool = True) -> Verified:
    """Compare all there is. Raises ConnectorError.

    marks   what was found is marked, so that the next cycle deals with it; nothing is written to either side
    """
    walked = [await verify_kind(at, of.kind) for of in at.settings.enabled() if kinds is None or of.kind in kinds]
    planned = {found.kind: await _plan_writes(at, found) for found in walked}
    now = at.clock.now()
    calls = {side.value: count for side, count in at.count_calls().items()}
    verified = Verified(at=now, kinds=walked, planned=planned, calls=calls)
    with at.store.transaction(at.settings.name) as tx:
        if marks:
            tx.marks.put([mark for found in walked for mark in found.marks.values()], now)
        if kinds is None:
            tx.cursors.save(FIGURE, _spell_figure(verified), now)
    return verified


async def verify_nightly(at: Connected) -> bool:
    """The check as an errand of the night: one step, after which there is no more. Raises ConnectorError."""
    await verify(replace(at, reported={}))  # calls are told apart from those of the lanes beside it
    return False


async def _plan_writes(at: Connected, found: KindFound) -> int:
    """How many writes a sync would make about what was found."""
    judge = await make_judge(at, found.kind, asked=False)
    now = at.clock.now()
    marks = [
        Mark(kind=mark.kind, ref=ref, sequence=0, urgency=mark.urgency, triggers=(mark.trigger,), first_at=now)
        for ref, mark in sorted(found.marks.items())
    ]
    decisions = [d for batch in chunk(marks, BATCH) for d in await decide_batch(at, found.kind, batch, judge)]
    return sum(len(decision.steps) for decision in join_pairs(decisions))


def _spell_figure(verified: Verified) -> dict[str, str | bool | int | float | None]:
    return {
        "at": verified.at.isoformat(),
        "records": sum(side.records for kind in verified.kinds for side in kind.sides),
        "findings": sum(kind.findings for kind in verified.kinds),
        "planned_writes": sum(verified.planned.values()),
    }


def read_figure(tx: Transaction) -> Figure | None:
    """What the latest whole check came to; None before the first."""
    kept = tx.cursors.load(FIGURE)
    if kept is None:
        return None
    return Figure(
        at=datetime.fromisoformat(str(kept["at"])),
        records=int(kept["records"] or 0),
        findings=int(kept["findings"] or 0),
        planned_writes=int(kept["planned_writes"] or 0),
    )
