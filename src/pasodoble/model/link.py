"""Two records that are the same thing, and what both held when we last left them in agreement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from pasodoble.model.ref import Kind, Ref
from pasodoble.model.side import Pair, Side
from pasodoble.model.trace import Change
from pasodoble.model.value import Raw, Value


class LinkState(StrEnum):
    """RESERVED -> SENT -> LINKED; SENT means that the outcome of a create is not yet known."""

    RESERVED = "reserved"
    SENT = "sent"
    LINKED = "linked"
    RETIRED = "retired"
    """No longer kept in step: a side is gone, merged away or unpaired by a person. Kept so that nothing is made again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """`refs[side]` is None on the side where the record is still to be made. `key` is the create's idempotency key.

    payload   what a create sends or sent, by field name; empty once LINKED
    why       how it came to be as it is, as the id of a reason; "" where there is nothing to say
    """

    id: int
    kind: Kind
    refs: Pair[Ref | None]
    state: LinkState
    key: str
    linked_at: datetime
    payload: Mapping[str, Raw] = field(default_factory=dict)
    why: str = ""

    def missing_side(self) -> Side | None:
        """The side on which the record is still to be made."""
        if self.refs.hubspot is None:
            return Side.HUBSPOT
        return Side.SALESFORCE if self.refs.salesforce is None else None


@dataclass(frozen=True, slots=True)
class Tie:
    """To what the record is tied, as both sides know it. `label`: HubSpot's association label or the role, "" for none."""

    to: Pair[Ref]
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """Per field (by the rule's key) what each side held at the last agreement, canonical in that side's own terms.

    seen     fingerprint of each side's raw mapped values then: an equal one means that nothing changed since
    read_at  each side's clock at the read that this base rests on
    intent   what was about to be written when this was stored, kept until its outcome is known: so that what a crash or a
             lost answer has left undecided still comes into the history
    ties     the associations that both sides have
    waiting  records that it is tied to on one side, and that have no partner yet
    """

    fields: Mapping[str, Pair[Value]]
    seen: Pair[str]
    read_at: Pair[datetime | None]
    intent: tuple[Change, ...] = ()
    ties: tuple[Tie, ...] = ()
    waiting: tuple[Ref, ...] = ()


NO_BASE = Base(fields={}, seen=Pair("", ""), read_at=Pair(None, None))
