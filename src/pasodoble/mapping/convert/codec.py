"""The shape of every codec: how each side spells a line's values, and how a value crosses from one side to the other.

    raw ── read[side] ──▶ Value ── carry(side) ──▶ the other side's Value ── render(other) ──▶ raw

A `Value` is canonical in the terms of the side that holds it. Nothing is lost by reading; what cannot be said on the other
side is lost (or refused) only in crossing, and `Codec.agree` knows that: 12.345 agrees with 12.35 where Salesforce keeps
two decimals. Which codec fits which two types is decided in `catalogue`, not here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from pasodoble.model.side import Pair, Side
from pasodoble.model.value import MISSING, Missing, Raw, Value


class Loss(StrEnum):
    """What a round trip may cost."""

    LOSSLESS = "lossless"
    """There and back gives the same."""
    ONE_WAY = "one_way"
    """Lossless from one side only; by default the other side is not written."""
    PROJECTION = "projection"
    """One side holds more than the other: it is written only when the poorer side says something else."""


class Lookup(Protocol):
    """Knows who answers to whom. The shell fills it before it asks the core."""

    def owner(self, side: Side, id: str) -> str | None:
        """The other side's id of that owner; None if nobody there matches."""

    def record(self, side: Side, id: str) -> str | None:
        """The other side's id of that record; None if it is not linked (yet)."""


class Nobody:
    """A lookup that knows nothing: for lines that refer to nothing."""

    def owner(self, side: Side, id: str) -> str | None:
        return None

    def record(self, side: Side, id: str) -> str | None:
        return None


NOBODY = Nobody()


class UnreadableValue(ValueError):
    """A raw value that its own side should never have given. `cause` is an id of the catalogue of causes."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Unfit:
    """The other side cannot hold the value. `cause` is an id of the catalogue; `detail` says more, without the value."""

    cause: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Unresolved:
    """The value refers to an owner or record that has no match on the other side yet. `what`: "owner" or "record"."""

    what: str
    id: str


Carried = Value | Unfit | Unresolved

Read = Callable[[Raw], Value]
"""From a raw value that is not None. Raises UnreadableValue."""
Render = Callable[[str | bool], Raw]
Cross = Callable[[str | bool, Lookup], Carried]


@dataclass(frozen=True, slots=True)
class Spelling:
    """How one side says the values of a line. `render` gives raw values that read back as the value they came from."""

    read: Read
    render: Render


BLANK_BOTH: Pair[Carried] = Pair(None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Codec:
    """A declared two-way conversion.

    name        public: what `FieldRule.converter` may name
    spellings   per side, how it reads and writes
    across      per side, what the other side would hold; never given a blank or MISSING
    blank       per side, what a blank becomes that is carried *to* it: a blank, where it can hold one (a checkbox of
                Salesforce cannot, and no record there is without an owner)
    sends_raw   send the source's own spelling where that reads as the same value: a phone number, a web address
    """

    name: str
    loss: Loss
    spellings: Pair[Spelling]
    across: Pair[Cross]
    blank: Pair[Carried] = BLANK_BOTH
    sends_raw: bool = False

    def read(self, side: Side, raw: Raw | Missing) -> Value:
        """Canonical, in that side's terms. Raises UnreadableValue."""
        if raw is None or raw is MISSING:
            return raw
        return self.spellings[side].read(raw)

    def carry(self, side: Side, value: Value, lookup: Lookup = NOBODY) -> Carried:
        """What the other side would hold if `side`'s value were carried across, canonical in the other side's terms."""
        if value is MISSING:
            return MISSING
        if value is None:
            return self.blank[side.other]
        return self.across[side](value, lookup)

    def render(self, side: Side, value: Value, source: Raw | Missing = None) -> Raw:
        """What to send to `side` so that it holds `value`.

        source  the other side's raw value that was carried, if there is one: where the codec `sends_raw` and `source`
                means `value`, it goes as it is spelled
        """
        if value is None or value is MISSING:
            return None
        spelling = self.spellings[side]
        if self.sends_raw and source is not None and source is not MISSING:
            trimmed = source.strip() if isinstance(source, str) else source
            if spelling.read(trimmed) == value:
                return trimmed
        return spelling.render(value)

    def agree(self, values: Pair[Value], lookup: Lookup = NOBODY) -> bool:
        """Whether both sides say the same, as far as the poorer one can say it. Then there is nothing to write.

        MISSING agrees with nothing but MISSING.
        """
        return any(self.carry(side, values[side], lookup) == values[side.other] for side in Side)

    def may_blank(self, side: Side) -> bool:
        """Whether `side` can hold a blank."""
        return self.blank[side] is None


def pass_on(value: str | bool, lookup: Lookup) -> Carried:
    """A crossing that changes nothing."""
    return value
