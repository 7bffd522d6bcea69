"""What the org announces after every accepted write: commits made of changes.

Who listens (change events, the journal) and how they tell it does not belong here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from pasodoble.simulators.salesforce.rows import Row

Kind = Literal["CREATE", "UPDATE", "DELETE", "UNDELETE", "PURGE", "SILENT"]
"""PURGE: gone for good without a trace (hard delete, emptied bin); change events do not tell it. SILENT: a derived
count moved and no timestamp with it; commits do not even hold it."""

SYSTEM_FIELDS = frozenset(("CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById", "SystemModstamp"))


@dataclass(frozen=True, slots=True)
class Change:
    """One record's change in a commit: its row before (None for CREATE) and after (None for PURGE).

    Rows are shared with the store and must not be changed. Several writes to a record in one transaction are one
    Change of the first kind with the final row.
    """

    kind: Kind
    sobject: str
    id: str
    before: Row | None
    after: Row | None

    def differences(self) -> Iterator[tuple[str, Any, Any]]:
        """(field, old, new) of every stored field that differs, system fields too; Id never."""
        before, after = self.before or {}, self.after or {}
        for name, new in after.items():
            old = before.get(name)
            if old != new and name != "Id":
                yield name, old, new
        for name, old in before.items():
            if name not in after and name != "Id":
                yield name, old, None


@dataclass(frozen=True, slots=True)
class Commit:
    """One transaction that was accepted, its changes in the order the records were first touched.

    origin   what change events call changeOrigin, such as `com/salesforce/api/rest/66.0;client=myapp`; "" for people
             working in a browser and for background work.
    number   rises by one with each commit of the org.
    key      the transaction's, a UUID as text.
    """

    number: int
    key: str
    at_ms: int
    user_id: str
    origin: str
    changes: tuple[Change, ...]
