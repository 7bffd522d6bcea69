"""The reasons of all verdicts, as public message ids; the sentences are in `words/`.

Each reason is one frozen Message a side, made once: a check of a million fields gives the same few objects. Sentences do
not belong here.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from pasodoble.model.message import Message
from pasodoble.model.side import SIDES, Side


class Why(StrEnum):
    """Ids of reasons. Each has one parameter, `side`: the side whose value counts."""

    CHANGED = "rule.changed"
    """Only this side has changed since the two last agreed."""
    NEWER = "rule.newer"
    """Both have changed; this side's change is the later one."""
    TIE = "rule.tie"
    """Both have changed, and which came later is not known: the side that the settings name."""
    UNEQUAL = "rule.unequal"
    """Neither has changed and yet they differ (a mapping or rule was edited): the side that the settings name."""
    LEADS = "rule.leads"
    """The rule says that this side's value counts."""
    CLEARED = "rule.cleared"
    """The rule says that this side counts, and it was cleared."""
    FILLS = "rule.fills"
    """The leading side is blank and yields: this side's value fills it."""
    FIRST_FILL = "rule.first_fill"
    """Never synced before: this side's value fills the other's blank."""
    FIRST_LEADS = "rule.first_leads"
    """Never synced before, both hold a value: the rule says that this side's counts."""
    FIRST_NEWER = "rule.first_newer"
    """Never synced before, both hold a value: this side's was set later."""
    FIRST_TIE = "rule.first_tie"
    """Never synced before, both hold a value: the side that the settings name."""
    NEVER_BLANK = "special.never_blank"
    """The field cannot be blanked by the sync (C-13, O-09): this side's value is put back."""
    OPTED_OUT = "special.opted_out"
    """Opted out on this side, so on both (G-01)."""
    OPTED_IN = "special.opted_in"
    """Opted in again on the only side where that counts (G-02)."""
    OWNER_PUT_BACK = "special.owner_put_back"
    """The new owner has no match on this side: this side's owner is put back (O-04)."""

    CHOSEN = "person.chose"
    """A person said that this side's value counts."""


class Rest(StrEnum):
    """Ids of reasons to leave a field alone. No parameters."""

    IN_STEP = "rule.in_step"
    DONT_SYNC = "rule.dont_sync"
    DORMANT = "rule.dormant"
    """A new or re-pointed line carries nothing until a previewed backfill wakes it (TN-06, M-16)."""
    NOT_GIVEN = "rule.not_given"
    """A side does not show the field to us; that is no blank."""
    LEADER_BLANK = "rule.leader_blank"
    """The leading side is blank and does not yield: the other may hold what it likes."""
    READ_ONLY = "rule.read_only"
    """The side that would have to change does not let us write this field."""
    CANNOT_CARRY = "rule.cannot_carry"
    """The value cannot be said on the other side; the problem says why."""
    UNDECIDED = "rule.undecided"
    """Both have changed, and a person is to choose: neither is written."""
    OWNER_UNMATCHED = "special.owner_unmatched"
    """Nobody on the other side matches the owner: each side keeps its own (O-03)."""
    FORWARD_ONLY = "special.forward_only"
    """The stage would move backwards, which it never does (L-04)."""


WHY: Final[dict[tuple[Why, Side], Message]] = {(why, side): Message.of(why, side=side) for why in Why for side in SIDES}
REST: Final[dict[Rest, Message]] = {rest: Message(rest) for rest in Rest}
