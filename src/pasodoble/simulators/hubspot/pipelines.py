"""Pipelines and their stages: deals, tickets, leads and custom objects move through them.

Whether a record may enter a stage is checked where records are written, not here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True, kw_only=True)
class Stage:
    id: str
    label: str
    order: int
    metadata: dict[str, str]
    created_ms: int
    updated_ms: int
    archived_ms: int = 0


@dataclass(frozen=True, slots=True)
class Audit:
    """One entry of the audit trail of a pipeline or a stage."""

    at_ms: int
    action: str
    identifier: str
    user_id: int | None
    raw: dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Pipeline:
    id: str
    label: str
    order: int
    created_ms: int
    updated_ms: int
    stages: dict[str, Stage] = field(default_factory=dict)
    archived_ms: int = 0
    audits: list[Audit] = field(default_factory=list)


def _stage(id: str, label: str, order: int, now_ms: int, **metadata: str) -> Stage:
    return Stage(id=id, label=label, order=order, metadata=metadata, created_ms=now_ms, updated_ms=now_ms)


DEAL_STAGES = (
    ("appointmentscheduled", "Appointment Scheduled", "0.2"),
    ("qualifiedtobuy", "Qualified To Buy", "0.4"),
    ("presentationscheduled", "Presentation Scheduled", "0.6"),
    ("decisionmakerboughtin", "Decision Maker Bought-In", "0.8"),
    ("contractsent", "Contract Sent", "0.9"),
    ("closedwon", "Closed Won", "1.0"),
    ("closedlost", "Closed Lost", "0.0"),
)
TICKET_STAGES = (
    ("1", "New", "OPEN"),
    ("2", "Waiting on contact", "OPEN"),
    ("3", "Waiting on us", "OPEN"),
    ("4", "Closed", "CLOSED"),
)
LEAD_STAGES = (
    ("new-stage-id", "New", "OPEN"),
    ("attempting-stage-id", "Attempting", "OPEN"),
    ("connected-stage-id", "Connected", "OPEN"),
    ("qualified-stage-id", "Qualified", "CLOSED"),
    ("unqualified-stage-id", "Unqualified", "CLOSED"),
)


def _pipeline(id: str, label: str, stages: list[Stage], now_ms: int) -> dict[str, Pipeline]:
    pipeline = Pipeline(id=id, label=label, order=0, created_ms=now_ms, updated_ms=now_ms)
    pipeline.stages = {stage.id: stage for stage in stages}
    return {id: pipeline}


def starting_pipelines(now_ms: int) -> dict[str, dict[str, Pipeline]]:
    """Object type id -> pipelines by id, as a new account has them."""
    deals = [
        _stage(id, label, at, now_ms, probability=odds, isClosed=str(odds in ("1.0", "0.0")).lower())
        for at, (id, label, odds) in enumerate(DEAL_STAGES)
    ]
    tickets = [_stage(id, label, at, now_ms, ticketState=state) for at, (id, label, state) in enumerate(TICKET_STAGES)]
    leads = [_stage(id, label, at, now_ms, leadState=state) for at, (id, label, state) in enumerate(LEAD_STAGES)]
    return {
        "0-3": _pipeline("default", "Sales Pipeline", deals, now_ms),
        "0-5": _pipeline("0", "Support Pipeline", tickets, now_ms),
        "0-136": _pipeline("lead-pipeline-id", "Lead pipeline", leads, now_ms),
    }
