"""Something happened, and the durable note that a record is to be looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Final

from pasodoble.model.ref import Kind, Ref
from pasodoble.model.side import Side
from pasodoble.model.value import Raw


class SignalKind(StrEnum):
    """What a vendor, the schedule or a person can tell us. A trigger listens to one of these."""

    CREATED = "created"
    CHANGED = "changed"
    DELETED = "deleted"
    RESTORED = "restored"
    MERGED = "merged"
    CONVERTED = "converted"
    ASSOCIATED = "associated"
    LIST_JOINED = "list_joined"
    LIST_LEFT = "list_left"
    CAMPAIGN_JOINED = "campaign_joined"
    CAMPAIGN_LEFT = "campaign_left"
    ACTIVITY = "activity"
    SEEN = "seen"
    """The periodic look found the record among those changed since the last one."""
    ASKED = "asked"
    """A person asked for it."""
    SETTINGS = "settings"
    """The app was installed, a list chosen or a mapping edited; `detail["what"]` says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """`fields`: names that are known to have changed, empty if not known. `detail`: what the trigger's condition needs."""

    kind: SignalKind
    side: Side
    ref: Ref
    at: datetime
    fields: tuple[str, ...] = ()
    by_us: bool = False
    detail: Mapping[str, Raw] = field(default_factory=dict)


OTHER_FIELD: Final = "*"
"""In a signal's `fields`: something changed that is not among what we read."""


class Effect(StrEnum):
    """What became of a signal, as far as one declared trigger is concerned."""

    FIRED = "fired"
    OFF = "off"
    """It would have fired, were its switch on."""
    SILENT = "silent"
    """A non-trigger: seen, and nothing starts, on purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Something happened to a record and started nothing: `key` is the non-trigger, or the trigger that is switched off."""

    key: str
    effect: Effect
    at: datetime
    fields: tuple[str, ...] = ()


class Urgency(IntEnum):
    """Smaller goes first."""

    MANUAL = 1
    FORM = 2
    EDIT = 3
    CHECK = 4
    BACKFILL = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A dirty mark: look at this record again. Cleared only if `sequence` has not moved since it was taken.

    triggers   keys of the triggers that fired since the mark was first set, in that order
    due_at     not before this moment (a retry, a look-back); None: now
    attempts   tries that ended without the record being dealt with
    """

    kind: Kind
    ref: Ref
    sequence: int
    urgency: Urgency
    triggers: tuple[str, ...]
    first_at: datetime
    due_at: datetime | None = None
    attempts: int = 0
