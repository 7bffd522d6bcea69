"""What becomes of a pair when a record appears, goes or comes back: the eight cases, and what is left of a lost record.

A deletion needs proof, an edit outlives a deletion elsewhere, a record out of sight is never a reason to delete, and what
was deleted is not made again. What two living records should hold is decided in `record`, which unlinked records belong
together in `pairing`; neither belongs here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from pasodoble.model.link import LinkState
from pasodoble.model.message import Message
from pasodoble.model.record import Gone, Loss, Seen, Snapshot
from pasodoble.model.ref import Ref
from pasodoble.model.settings import OnDelete
from pasodoble.model.side import SIDES, Pair, Side


class Tie(Enum):
    """What we know of the two records so far."""

    NONE = auto()
    LINKED = auto()
    RETIRED = auto()
    """They were linked, and are not kept in step any more: the tombstone that prevents a resurrection."""


class Then(Enum):
    """What each case leads to."""

    NOTHING = auto()
    MATCH = auto()
    MERGE = auto()
    LOSS = auto()
    RETIRE = auto()
    REST = auto()
    REOPEN = auto()


@dataclass(frozen=True, slots=True)
class Case:
    then: Then
    story: str


_HERE, _GONE = True, False

CASES: Final[dict[tuple[Tie, bool, bool], Case]] = {
    # tie, in HubSpot, in Salesforce
    (Tie.NONE, _GONE, _GONE): Case(Then.NOTHING, "It came and went before we ever saw it."),
    (Tie.NONE, _HERE, _GONE): Case(Then.MATCH, "New in HubSpot: find its partner, or make one."),
    (Tie.NONE, _GONE, _HERE): Case(Then.MATCH, "New in Salesforce: find its partner, or make one."),
    (Tie.NONE, _HERE, _HERE): Case(
        Then.MATCH, "Both are there and may be the same: find out before anything is written."
    ),
    (Tie.LINKED, _HERE, _HERE): Case(Then.MERGE, "The ordinary day: both live, field by field."),
    (Tie.LINKED, _HERE, _GONE): Case(Then.LOSS, "Gone in Salesforce, alive in HubSpot: it depends on how it went."),
    (Tie.LINKED, _GONE, _HERE): Case(Then.LOSS, "Gone in HubSpot, alive in Salesforce: it depends on how it went."),
    (Tie.LINKED, _GONE, _GONE): Case(
        Then.RETIRE, "Gone on both sides: remember them, so that an old signal makes nothing."
    ),
    # The same four of a pair that was given up.
    (Tie.RETIRED, _GONE, _GONE): Case(Then.NOTHING, "Both gone, and known to be."),
    (Tie.RETIRED, _HERE, _GONE): Case(
        Then.REST, "Deleted in Salesforce some time ago: HubSpot's record does not bring it back."
    ),
    (Tie.RETIRED, _GONE, _HERE): Case(
        Then.REST, "Deleted in HubSpot some time ago: Salesforce's record does not bring it back."
    ),
    (Tie.RETIRED, _HERE, _HERE): Case(Then.REOPEN, "Somebody restored the lost one: the same pair goes on."),
}
"""Every case there is, with its story. Symmetric on purpose: what differs between the sides is a setting."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """There is nothing to do, and nothing to say."""


@dataclass(frozen=True, slots=True)
class Match:
    """Not linked: `pairing` decides."""


@dataclass(frozen=True, slots=True)
class Merge:
    """Both live: `record` decides, field by field."""


@dataclass(frozen=True, slots=True)
class Follow:
    """The record on `side` became another one (merge, lead conversion): point the link there, then look again."""

    side: Side
    into: Ref
    reason: Message


@dataclass(frozen=True, slots=True)
class Remove:
    """Delete the survivor, which is `ref`, and then retire the link."""

    ref: Ref
    reason: Message


@dataclass(frozen=True, slots=True)
class Retire:
    """Keep the pair in step no longer; nothing is deleted. `contested`: an edit met a deletion, so a person is told."""

    reason: Message
    contested: bool = False


@dataclass(frozen=True, slots=True)
class LookAgain:
    """A deletion is not proven yet: read the record on `side` once more, later."""

    side: Side
    reason: Message


@dataclass(frozen=True, slots=True)
class OutOfSight:
    """The record on `side` is not shown to us, and nothing proves a deletion: write nothing, tell (Z-11)."""

    side: Side
    reason: Message


@dataclass(frozen=True, slots=True)
class Rest:
    """A retired pair of which one lives on: leave it alone."""

    reason: Message


@dataclass(frozen=True, slots=True)
class Reopen:
    """A retired pair of which both live again: link it anew, with the base it had."""

    reason: Message


Existence = Nothing | Match | Merge | Follow | Remove | Retire | LookAgain | OutOfSight | Rest | Reopen

NEVER_DELETE: Final = Pair(OnDelete.NOTHING, OnDelete.NOTHING)


def decide_presence(
    state: LinkState | None,
    seen: Pair[Seen | None],
    *,
    edited: Pair[bool],
    when_deleted_in: Pair[OnDelete] = NEVER_DELETE,
    confirmed: bool = False,
    unpaired: bool = False,
) -> Existence:
    """Decide what becomes of a link, or of records without one. Never raises.

    state            of the link; None without one, or while a create is under way
    seen             what a read by id gave; None where there is nothing to read
    edited           whether somebody else has changed a mapped field there since the base
    when_deleted_in  per side, the setting for a deletion on that side
    confirmed        a deletion event, or an earlier read by id, has said the same before: a deletion needs both
    unpaired         the link was retired by a person, and only a person links it anew
    """
    tie = Tie.NONE if state is None else Tie.RETIRED if state is LinkState.RETIRED else Tie.LINKED
    if tie is Tie.RETIRED and (converted := find_conversion(seen)) is not None:
        return converted
    here = seen.map(lambda s: isinstance(s, Snapshot))
    match CASES[tie, here.hubspot, here.salesforce].then:
        case Then.NOTHING:
            return Nothing()
        case Then.MATCH:
            return Match()
        case Then.MERGE:
            return Merge()
        case Then.LOSS:
            lost = Side.HUBSPOT if here.salesforce else Side.SALESFORCE
            return _decide_loss(lost, seen, edited=edited[lost.other], then=when_deleted_in[lost], confirmed=confirmed)
        case Then.RETIRE:
            return _decide_both_lost(seen)
        case Then.REST:
            return Rest(Message("presence.tombstone"))
        case Then.REOPEN:
            return Rest(Message("presence.unpaired")) if unpaired else Reopen(Message("presence.restored"))


def _decide_loss(lost: Side, seen: Pair[Seen | None], *, edited: bool, then: OnDelete, confirmed: bool) -> Existence:
    gone, survivor = seen[lost], seen[lost.other]
    if not isinstance(gone, Gone) or survivor is None or gone.how is Loss.UNSEEN:
        return OutOfSight(lost, Message.of("presence.unseen", side=lost))
    if gone.into is not None:
        return _follow(lost, gone, gone.into)
    if not confirmed:
        return LookAgain(lost, Message.of("presence.look_again", side=lost))
    if then is OnDelete.NOTHING or gone.how is not Loss.DELETED:  # merged away, and nobody knows into what
        return Retire(Message.of("presence.deleted_elsewhere", side=lost))
    if edited:
        return Retire(Message.of("presence.edit_outlives", side=lost), contested=True)
    return Remove(survivor.ref, Message.of("presence.delete_follows", side=lost))


def _decide_both_lost(seen: Pair[Seen | None]) -> Existence:
    """Both are gone. A merged or converted one lives on in another; an unseen one may only be hidden."""
    for side in SIDES:
        gone = seen[side]
        if isinstance(gone, Gone) and gone.into is not None:
            return _follow(side, gone, gone.into)
    for side in SIDES:
        gone = seen[side]
        if not isinstance(gone, Gone) or gone.how is Loss.UNSEEN:
            return OutOfSight(side, Message.of("presence.unseen", side=side))
    return Retire(Message("presence.both_gone"))


def find_conversion(seen: Pair[Seen | None]) -> Follow | None:
    """The lead of a retired pair became a contact: the pair stays retired and follows, so that nothing is made of it anew."""
    for side in SIDES:
        gone = seen[side]
        if isinstance(gone, Gone) and gone.how is Loss.CONVERTED and gone.into is not None:
            return _follow(side, gone, gone.into)
    return None


def _follow(side: Side, gone: Gone, into: Ref) -> Follow:
    converted = gone.how is Loss.CONVERTED
    return Follow(side, into, Message.of("presence.converted" if converted else "presence.merged", side=side))
