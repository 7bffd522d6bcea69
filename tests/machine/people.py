"""Who is who, and who wrote what: the ghost ledger. The engine cannot see it.

A person may have a record on either side, made by people or by us; a merge makes two persons one. Every value is written
once only, so that where it went can be told.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pasodoble.connectors.memory import MemoryConnector, Row
from pasodoble.model.record import Loss
from pasodoble.model.ref import Ref
from pasodoble.model.side import SIDES, Pair, Side
from pasodoble.model.value import Raw

SKEW = timedelta(seconds=1, milliseconds=50)
"""Edits closer than this are too close to call: Salesforce's stamps are whole seconds."""

FIELDS = {
    "firstname": {"contacts": "firstname", "Lead": "FirstName", "Contact": "FirstName"},
    "lastname": {"contacts": "lastname", "Lead": "LastName", "Contact": "LastName"},
    "jobtitle": {"contacts": "jobtitle", "Lead": "Title", "Contact": "Title"},
    "phone": {"contacts": "phone", "Lead": "Phone", "Contact": "Phone"},
    "city": {"contacts": "city", "Lead": "City", "Contact": "MailingCity"},
}
"""The fields that people edit, by HubSpot's name: the name on each object."""
KEY_OF = {(object, name): key for key, names in FIELDS.items() for object, name in names.items()}


def spell(value: Raw) -> str | None:
    """A value as both sides mean it: without the spaces around it, a telephone number without any."""
    text = str(value or "").strip()
    return (text.replace(" ", "") if text.startswith("+") else text) or None


@dataclass(frozen=True, slots=True)
class Edit:
    """Somebody's edit.

    taken_back   it puts back what the sides had agreed on, before we saw anything else: no change
    in_between   made in the moment between our read and our write
    """

    step: object
    person: int
    ref: Ref
    key: str
    value: str | None
    at: datetime
    order: int
    taken_back: bool = False
    in_between: bool = False


@dataclass
class People:
    """Persons by number, their records, and the ledger of what people did to them."""

    memories: Pair[MemoryConnector]
    count: int = 0
    ledger: list[Edit] = field(default_factory=list)
    ghosts: dict[Ref, int] = field(default_factory=dict)
    held: dict[tuple[int, str], set[str | None]] = field(default_factory=lambda: defaultdict(set))
    written: Counter[tuple[int, str]] = field(default_factory=Counter)
    made: Counter[tuple[int, Side]] = field(default_factory=Counter)
    deleted: dict[int, datetime] = field(default_factory=dict)
    merged: set[int] = field(default_factory=set)
    moved: set[int] = field(default_factory=set)
    """Persons whose address has changed on one side."""
    tombs: dict[Ref, Ref] = field(default_factory=dict)
    """Records that people deleted when they had a partner, and the partner: of which none is ever made anew."""
    _same: dict[int, int] = field(default_factory=dict)

    def new(self) -> int:
        self.count += 1
        return self.count

    def who(self, person: int) -> int:
        """The person that this one became."""
        while person in self._same:
            person = self._same[person]
        return person

    def of(self, ref: Ref) -> int:
        """The person whose record it is; 0 for nobody's."""
        return self.who(self.ghosts[ref]) if ref in self.ghosts else 0

    def join(self, loser: int, into: int) -> None:
        if self.who(loser) != self.who(into):
            self._same[self.who(loser)] = self.who(into)
            self.merged.add(self.who(into))

    def all(self) -> list[int]:
        return [person for person in range(1, self.count + 1) if person not in self._same]

    def rows(self, side: Side, person: int) -> list[Row]:
        """The live records of that person on that side."""
        rows = self.memories[side].rows
        return [rows[ref] for ref in self.refs(side, person) if rows[ref].loss is None]

    def refs(self, side: Side, person: int) -> list[Ref]:
        return [ref for ref in self.ghosts if ref.side is side and self.of(ref) == self.who(person)]

    def row(self, ref: Ref) -> Row:
        return self.memories[ref.side].rows[ref]

    def heir(self, ref: Ref) -> Ref:
        """What that record is by now, after conversions and merges."""
        while (into := self.row(ref).into) is not None:
            ref = into
        return ref

    def living(self) -> Iterator[Row]:
        for side in SIDES:
            for ref, row in self.memories[side].rows.items():
                if row.loss is None and ref in self.ghosts:
                    yield row

    def note_edit(self, edit: Edit) -> None:
        self.ledger.append(edit)
        person = self.who(edit.person)
        self.held[person, edit.key].add(edit.value)
        if not edit.taken_back:
            self.written[person, edit.key] = 0

    def values(self, person: int, key: str) -> set[str | None]:
        """All that anybody ever wrote there, of all persons that are this one by now."""
        return {
            value
            for (other, its), values in self.held.items()
            if its == key and self.who(other) == person
            for value in values
        }

    def is_gone(self, person: int) -> bool:
        """Whether a record of theirs is deleted, or was: the two sides need not be in step then."""
        return self.who(person) in {self.who(one) for one in self.deleted}

    def find_deletion(self, person: int, side: Side) -> Row | None:
        """A record of theirs on that side that people have deleted."""
        rows = [self.row(ref) for ref in self.refs(side, person)]
        return next((row for row in rows if row.loss is Loss.DELETED and not row.by_us), None)
