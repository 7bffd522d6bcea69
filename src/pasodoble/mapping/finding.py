"""Something to say of a mapping: what is wrong or doubtful, what it stops, and what to do. Looking for it does not belong here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pasodoble.model.message import Message
from pasodoble.model.ref import Kind
from pasodoble.model.side import Side

LINT = frozenset(
    """
    object_missing object_off not_one_to_one required_unmapped field_missing user_property custom_lookup type_mismatch
    converter_unfit calculated_two_way read_only lossy_two_way options_differ value_map_unknown value_map_astray
    """.split()
)
DRIFT = frozenset(
    """
    object_gone creates_forbidden deletes_forbidden required_unmapped field_gone field_there type_changed write_forbidden
    write_allowed required shorter fewer_decimals restricted options_gone options_new
    """.split()
)
IDS = LINT | {f"drift.{id}" for id in DRIFT}
"""Every finding there can be, by its public id."""


class Severity(StrEnum):
    ERROR = "error"
    """Something does not sync."""
    WARNING = "warning"
    """It syncs, and may not do what is expected."""
    NOTE = "note"
    """Good to know."""


class Stops(StrEnum):
    """How much a finding brings to a halt: no more than it touches."""

    NOTHING = "nothing"
    VALUES = "values"
    """Some values of one line."""
    LINE = "line"
    CREATES = "creates"
    """New records of the object; those that are linked go on."""
    DELETES = "deletes"
    OBJECT = "object"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`id` is public and stable: `check` and `mapping lint` print it, the docs explain it.

    object   the Salesforce object that it is about, "" where all are
    key      the mapping line, "" where none is
    field    the vendor field on `side`, "" where none is
    detail   names, types, options or counts, never a customer's value; as ordered (name, text) pairs
    """

    id: str
    severity: Severity
    stops: Stops
    kind: Kind
    side: Side
    object: str = ""
    key: str = ""
    field: str = ""
    detail: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        assert self.id in IDS, self.id

    @property
    def message(self) -> Message:
        """What is the matter."""
        return Message(f"finding.{self.id}", self._params)

    @property
    def fix(self) -> Message:
        """What to do about it."""
        return Message(f"finding.{self.id}.fix", self._params)

    @property
    def _params(self) -> tuple[tuple[str, str], ...]:
        own = (
            ("kind", self.kind),
            ("side", self.side),
            ("object", self.object),
            ("key", self.key),
            ("field", self.field),
        )
        return own + self.detail
