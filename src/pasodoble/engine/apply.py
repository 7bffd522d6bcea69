"""Carry out steps: both sides at once, each in batches; a refused field is left out and the rest tried again, once.

What an outcome means for the link, the base and the history is `record`'s.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from pasodoble.engine.connected import Connected
from pasodoble.engine.decide import Decision
from pasodoble.engine.report import side_of
from pasodoble.model.cause import Disposition, Problem
from pasodoble.model.causes import get_cause
from pasodoble.model.operation import Step, Update
from pasodoble.model.outcome import Outcome, Refused, Stale
from pasodoble.model.side import SIDES, Side
from pasodoble.planner.plan import without_fields

SECOND = timedelta(seconds=1)
"""Salesforce's stamps, and so its guards, are whole seconds."""


@dataclass(slots=True)
class Attempt:
    """One step on its way: `outcome` of the last try, and the problems of fields that were left out to get that far.

    sent   False where it was held back, so that nothing of it can have been done
    """

    decision: Decision
    step: Step
    outcome: Outcome | None = None
    sent: bool = True
    left_out: list[tuple[Problem, tuple[str, ...]]] = field(default_factory=list)

    @property
    def side(self) -> Side:
        return side_of(self.step.operation)


async def apply_steps(at: Connected, decisions: Sequence[Decision]) -> list[Attempt]:
    """Write all steps of these decisions; one attempt a step, each with its outcome."""
    attempts = [Attempt(decision, step) for decision in decisions for step in decision.steps]
    unsettled = [attempt for attempt in attempts if _is_unsettled(attempt)]
    for attempt in attempts:
        if any(attempt is one or _belongs_to(attempt, one) for one in unsettled):
            attempt.outcome, attempt.sent = Stale(), False
    await _write(at, [attempt for attempt in attempts if attempt.outcome is None])
    await _write(at, [attempt for attempt in attempts if _spare_fields(attempt)])
    if unsettled:
        await at.clock.sleep(max(_rest_of_second_s(attempt) for attempt in unsettled))
    return attempts


def _is_unsettled(attempt: Attempt) -> bool:
    """Whether the record was changed in the very second in which it was read: its guard, a whole second, would not notice
    one more edit in that second. It is read again once the second is over."""
    operation, snapshots = attempt.step.operation, attempt.decision.snapshots
    guard = operation.unless_modified_since if isinstance(operation, Update) else None
    return guard is not None and snapshots is not None and snapshots[attempt.side].seen_at < guard + SECOND


def _belongs_to(attempt: Attempt, unsettled: Attempt) -> bool:
    """Whether it writes one of the same fields on the other side: an edit that is put back goes to both, or to none."""
    return attempt.decision is unsettled.decision and not attempt.step.why.keys().isdisjoint(unsettled.step.why)


def _rest_of_second_s(attempt: Attempt) -> float:
    """By the vendor's clock, as the read gave it."""
    assert attempt.decision.snapshots is not None
    return 1 - attempt.decision.snapshots[attempt.side].seen_at.microsecond / 1_000_000


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
