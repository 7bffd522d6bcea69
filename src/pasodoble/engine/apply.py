"""Carry out steps: both sides at once, each in batches; a refused field is left out and the rest tried again, once.

What an outcome means for the link, the base and the history is `record`'s.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from pasodoble.engine.connected import Connected
from pasodoble.engine.decide import Decision
from pasodoble.engine.report import side_of
from pasodoble.model.cause import Disposition, Problem
from pasodoble.model.causes import get_cause
from pasodoble.model.operation import Step
from pasodoble.model.outcome import Outcome, Refused
from pasodoble.model.side import SIDES, Side
from pasodoble.planner.plan import without_fields


@dataclass(slots=True)
class Attempt:
    """One step on its way: `outcome` of the last try, and the problems of fields that were left out to get that far."""

    decision: Decision
    step: Step
    outcome: Outcome | None = None
    left_out: list[tuple[Problem, tuple[str, ...]]] = field(default_factory=list)

    @property
    def side(self) -> Side:
        return side_of(self.step.operation)

    @property
    def dropped_fields(self) -> set[str]:
        return {name for _, names in self.left_out for name in names}


async def apply_steps(at: Connected, decisions: Sequence[Decision]) -> list[Attempt]:
    """Write all steps of these decisions; one attempt a step, each with its outcome."""
    attempts = [Attempt(decision, step) for decision in decisions for step in decision.steps]
    await _write(at, attempts)
    await _write(at, [attempt for attempt in attempts if _spare_fields(attempt)])
    return attempts


async def _write(at: Connected, attempts: Sequence[Attempt]) -> None:
    await asyncio.gather(*(_write_side(at, side, [a for a in attempts if a.side is side]) for side in SIDES))


async def _write_side(at: Connected, side: Side, attempts: Sequence[Attempt]) -> None:
    if not attempts:
        return
    outcomes = await at.connectors[side].write([attempt.step.operation for attempt in attempts])
    for attempt, outcome in zip(attempts, outcomes, strict=True):
        attempt.outcome = outcome


def _spare_fields(attempt: Attempt) -> bool:
    """Whether the step can be tried again without the fields that were refused; if so, takes them out."""
    outcome = attempt.outcome
    if not isinstance(outcome, Refused) or not outcome.fields:
        return False
    if get_cause(outcome.problem.cause).disposition is not Disposition.SKIP_FIELD:
        return False
    rest = without_fields(attempt.step, outcome.fields)
    attempt.left_out.append((outcome.problem, outcome.fields))
    if rest is None or rest == attempt.step:
        return False
    attempt.step = rest
    return True
