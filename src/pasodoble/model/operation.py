"""The writes we intend, in the order in which they are to be made, and what stands in their way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pasodoble.model.message import Message
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.side import Side
from pasodoble.model.value import Raw


@dataclass(frozen=True, slots=True, kw_only=True)
class Create:
    """Make a record that the other side has. `key` makes a second try find what the first one made.

    natural  (field, raw value) that no two records of the object share, where there is one: a person's e-mail address
    ties     records it is made tied to: only such as its own lookup fields can hold
    """

    side: Side
    object: str
    fields: Mapping[str, Raw]
    key: str
    of: Ref
    natural: tuple[str, str] | None = None
    ties: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """Write these fields and no others. A blank (None) clears.

    unless_modified_since   the vendor must refuse (Stale) when the record has changed after this moment; None: write anyway
    """

    ref: Ref
    fields: Mapping[str, Raw]
    unless_modified_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete:
    ref: Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Associate:
    """Tie two records of one side together; `label` is the vendor's association type or role, "" for the plain one."""

    ref: Ref
    to: Ref
    label: str = ""
    remove: bool = False


Operation = Create | Update | Delete | Associate


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """An operation with the reasons for it, and what would be replaced: enough to show it, explain it and do it.

    why      by field key, the reason of the rule that decided it; for a create or delete the one key "" says why
    before   by vendor field name, what the side holds now
    """

    kind: Kind
    operation: Operation
    why: Mapping[str, Message]
    before: Mapping[str, Raw] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Brake:
    """A plan does more of one thing than is allowed without asking. `count` is planned, `allowed` the bound."""

    what: str
    kind: Kind
    side: Side
    count: int
    allowed: int

    @property
    def message(self) -> Message:
        return Message.of(f"brake.{self.what}", kind=self.kind, side=self.side, count=self.count, allowed=self.allowed)
