"""Every accepted change of a portal passes here once, with who did it, and is told to whoever subscribed.

Deciding whether a change is acceptable, and making it, does not belong here (see `writing`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal[
    "creation",
    "propertyChange",
    "deletion",
    "restore",
    "merge",
    "associationChange",
    "privacyDeletion",
    "listMembership",
]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who writes: `source` and `source_id` as property history and webhooks show them (`INTEGRATION`, app id)."""

    source: str
    source_id: str = ""
    user_id: int | None = None
    label: str | None = None


def integration(app_id: int) -> Actor:
    return Actor("INTEGRATION", str(app_id))


def person(user_id: int) -> Actor:
    """A user at work in the browser."""
    return Actor("CRM_UI", f"userId:{user_id}", user_id)


CALCULATED: Final = Actor("CALCULATED", "")


@dataclass(frozen=True, slots=True)
class Association:
    """One directed association type between two records, made or taken away. Type ids of objects as `0-1`."""

    from_type: str
    from_id: int
    to_type: str
    to_id: int
    type_id: int
    category: str
    primary: bool
    removed: bool

    def from_other_side(self, inverse_id: int) -> Association:
        """The same from the other record's side, where the type has `inverse_id`."""
        return Association(
            self.to_type,
            self.to_id,
            self.from_type,
            self.from_id,
            inverse_id,
            self.category,
            self.primary,
            self.removed,
        )


@dataclass(frozen=True, slots=True)
class Merge:
    primary_id: int
    merged_ids: tuple[int, ...]
    new_id: int
    moved_count: int
    """Properties that the surviving record took over from the absorbed one."""


@dataclass(frozen=True, slots=True)
class Membership:
    list_id: int
    joined: bool


Detail = Association | Merge | Membership


@dataclass(slots=True, eq=False)
class Change:
    """One accepted change of one record; a record's history is made of these too.

    values   property -> new value ("" when cleared); for a creation all that was set.
    before   property -> value before, for a propertyChange; absent names had none.
    detail   for associationChange, merge and listMembership.
    An associationChange has the record of the `from` side; the `to` side is told by the same change.
    """

    at_ms: int
    kind: Kind
    actor: Actor
    type_id: str
    record_id: int
    values: dict[str, str]
    before: dict[str, str]
    detail: Detail | None = None


Listener = Callable[[Change], None]
NOTHING: Final[dict[str, str]] = {}
"""Shared by all changes without values; never written to."""


class Changes:
    """The portal's stream of changes: `journal` keeps them all, in order, and each listener is told at once."""

    def __init__(self) -> None:
        self.journal: list[Change] = []
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def announce(self, change: Change) -> None:
        self.journal.append(change)
        for listener in self._listeners:
            listener(change)
