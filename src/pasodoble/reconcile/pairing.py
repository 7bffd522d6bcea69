"""Which unlinked records are one thing: by a stored id, by our key, by a natural key, and never by a guess.

The engine finds the candidates, and gives them here with how each was found. Whether a record may sync at all is asked
first, in `gates`; how candidates are searched for does not belong here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Final

from pasodoble.model.ref import Ref
from pasodoble.model.settings import Duplicates


class By(IntEnum):
    """How a candidate was found, the strongest evidence first. A stronger kind leaves the weaker ones unasked."""

    STORED_ID = 1
    """One record names the other's id: ours, or what HubSpot's own integration left (`salesforcecontactid`, ...)."""
    KEY = 2
    """The record carries the key of the create that made it."""
    EMAIL = 3
    PEOPLE = 4
    """Companies whose people are paired with each other (A-04)."""
    DOMAIN = 5
    NAME = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A record that may be the partner. `taken`: it is linked with another record already."""

    ref: Ref
    by: By
    modified_at: datetime
    taken: bool = False


@dataclass(frozen=True, slots=True)
class Paired:
    ref: Ref
    by: By


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """More than one could be the partner, or more than one wants it. All are shown, none is guessed.

    candidates  on the other side, sorted
    rivals      on the record's own side, sorted, without itself
    """

    candidates: tuple[Ref, ...]
    by: By
    rivals: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """The partner belongs to another pair: a second record of the same person or company. Nothing is made (C-04)."""

    refs: tuple[Ref, ...]
    by: By


@dataclass(frozen=True, slots=True)
class Unmatched:
    """No candidate at all: a partner may be made, if the gates say so."""


Pairing = Paired | Ambiguous | Taken | Unmatched

PREFERRED: Final = ("Contact", "Lead")
"""Salesforce's objects in the order in which one answers for a person: a contact before an unconverted lead."""


def pair_record(
    candidates: Sequence[Candidate],
    *,
    own: Candidate | None = None,
    rivals: Sequence[Candidate] = (),
    duplicates: Duplicates = Duplicates.ASK,
    preferred: Sequence[str] = PREFERRED,
) -> Pairing:
    """Decide which of the candidates on the other side is the record's partner. Never raises.

    own         the record itself, as its rivals would see it; only needed where there are rivals
    rivals      other unlinked records of its own side that answer to the same natural key
    preferred   names of objects, the one that is asked first in front
    """
    strongest = _strongest(candidates)
    free = _first_object([c for c in strongest if not c.taken], preferred)
    if rivals and own is not None and (not strongest or strongest[0].by >= By.EMAIL):
        first = _first_object([own, *rivals], preferred)
        if own not in first:
            return Taken(_refs(first), own.by)
        if len(first) > 1 and (duplicates is Duplicates.ASK or _latest(first) != own):
            return Ambiguous(_refs(free), own.by, _refs([c for c in first if c != own]))
    if not strongest:
        return Unmatched()
    if not free:
        return Taken(_refs(strongest), strongest[0].by)
    if len(free) > 1 and duplicates is Duplicates.ASK:
        return Ambiguous(_refs(free), free[0].by)
    return Paired(_latest(free).ref, free[0].by)


def _strongest(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates found by the strongest evidence there is, each record once, sorted."""
    if not candidates:
        return []
    by = min(c.by for c in candidates)
    return sorted({c.ref: c for c in candidates if c.by is by}.values(), key=lambda c: c.ref)


def _first_object(candidates: Sequence[Candidate], preferred: Sequence[str]) -> list[Candidate]:
    """Those of the object that answers first; all where no object is preferred."""
    for name in preferred:
        if found := [c for c in candidates if c.ref.object == name]:
            return found
    return list(candidates)


def _latest(candidates: Sequence[Candidate]) -> Candidate:
    return max(candidates, key=lambda c: (c.modified_at, c.ref))


def _refs(candidates: Sequence[Candidate]) -> tuple[Ref, ...]:
    return tuple(sorted(c.ref for c in candidates))
