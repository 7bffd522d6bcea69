"""Why a record stands where it stands: the decision trace, one field's history, and the four states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from pasodoble.model.message import Message
from pasodoble.model.side import Side
from pasodoble.model.value import Value


class State(StrEnum):
    IN_STEP = "in_step"
    WAITING = "waiting"
    LEFT_OUT = "left_out"
    NEEDS_ATTENTION = "needs_attention"


class StepKind(StrEnum):
    TRIGGER = "trigger"
    GATE = "gate"
    MATCH = "match"
    RULE = "rule"
    WRITE = "write"
    NEXT = "next"


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceStep:
    """One step of the way. `passed`: None where there was nothing to pass."""

    kind: StepKind
    reason: Message
    at: datetime
    passed: bool | None = None
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One field of one record that we wrote: the audit row, and what an undo needs.

    before, after   canonical, in the written side's own terms; `key` is the mapping line, "" for a create or delete
    actor           "rule", or the person who asked
    """

    side: Side
    key: str
    field: str
    before: Value
    after: Value
    reason: Message
    at: datetime
    actor: str = "rule"
    contested: bool = False
