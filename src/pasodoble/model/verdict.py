"""What was decided for one field."""

from __future__ import annotations

from dataclasses import dataclass

from pasodoble.model.message import Message
from pasodoble.model.side import Side


@dataclass(frozen=True, slots=True)
class Keep:
    """Neither side is written. Whether they agree is in the reason."""

    reason: Message


@dataclass(frozen=True, slots=True)
class Take:
    """The other side is to hold what `side` holds.

    contested   both sides changed, or a change is put back by the rule: the loser goes into the list of conflicts
    """

    side: Side
    reason: Message
    contested: bool = False


@dataclass(frozen=True, slots=True)
class Conflict:
    """Both sides changed, and the settings leave the choice to a person: neither is written until one has chosen."""

    reason: Message


Verdict = Keep | Take | Conflict
