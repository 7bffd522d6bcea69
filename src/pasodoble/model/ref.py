"""Where a record lives."""

from __future__ import annotations

from dataclasses import dataclass

from pasodoble.model.side import Side

Kind = str
"""Our open name for a sort of record, as in the settings: contacts, companies, deals, tickets, or a custom object's."""


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """One record of one side. `object` is the vendor's own name for its sort (`contacts`, `Lead`), `id` the vendor's id.

    A Salesforce id has 18 characters here, whatever spelling it came in.
    """

    side: Side
    object: str
    id: str

    def __str__(self) -> str:
        return f"{self.side}:{self.object}:{self.id}"
