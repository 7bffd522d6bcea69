"""From trouble to outcome: what a problem, or the failure of a whole call, means for one operation.

Reads the catalogue's dispositions and the error's class. Vendors' codes are read in `<vendor>/errors.py` only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from pasodoble.errors import AuthLapsed, ConnectorError, QuotaSpent, RateLimited, Unreachable, Unsupported
from pasodoble.model.cause import Disposition, Problem
from pasodoble.model.causes import get_cause
from pasodoble.model.outcome import Deferred, Outcome, Refused, Stale, Unknown
from pasodoble.model.side import Side

NO_ANSWER: Final = "request.no_answer"

_STALE: Final = frozenset({"record.changed_meanwhile", "record.converted_lead", "record.deleted", "record.merged"})
"""The record is not what we took it for: a new read shows what became of it."""

_LATER: Final = frozenset({Disposition.RETRY, Disposition.PAUSE_SIDE})

_CAUSES: Final[Mapping[type[ConnectorError], str]] = {
    RateLimited: "limit.rate",
    QuotaSpent: "suspension.quota",
    AuthLapsed: "suspension.sign_in",
    Unsupported: "request.refused",
}


def outcome_of_problem(problem: Problem, until: datetime | None = None) -> Outcome:
    """The outcome of one operation that did not succeed."""
    if problem.cause == NO_ANSWER:
        return Unknown(problem=problem)
    if problem.cause in _STALE:
        return Stale()
    if get_cause(problem.cause).disposition in _LATER:
        return Deferred(problem=problem, until=until)
    return Refused(problem=problem, fields=problem.fields)


def problem_of_error(error: ConnectorError, side: Side, causes: Mapping[str, str]) -> Problem:
    """causes   the vendor's codes of failed calls that say more than the error's class does"""
    cause = causes.get(error.code) or _CAUSES.get(type(error), "unknown")
    if isinstance(error, Unreachable):
        cause = NO_ANSWER if error.sent else "service.unavailable"
    return Problem(cause=cause, side=side, code=error.code, text=str(error), request_id=error.request_id)


def outcome_of_error(error: ConnectorError, side: Side, now: datetime, causes: Mapping[str, str]) -> Outcome:
    """What the failure of a whole call means for each operation in it."""
    until = None
    if isinstance(error, RateLimited):
        until = now + timedelta(seconds=error.retry_after_s)
    elif isinstance(error, QuotaSpent):
        until = error.resets_at
    return outcome_of_problem(problem_of_error(error, side, causes), until)


def outcome_of_unsent(error: ConnectorError, side: Side, now: datetime, causes: Mapping[str, str]) -> Outcome:
    """What it means for an operation that a call which had to come before it failed: nothing was sent."""
    outcome = outcome_of_error(error, side, now, causes)
    if isinstance(outcome, Unknown):
        return Deferred(problem=replace(outcome.problem, cause="service.unavailable"))
    return outcome
