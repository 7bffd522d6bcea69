"""`/__sandbox__/snapshots`: keep the whole org under a name, and come back to it later.

Rows are never changed in place, so that a snapshot costs a table of references. The clock, sessions and call counts go
on; events already sent stay sent.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from pasodoble.simulators.door import DoorError
from pasodoble.simulators.salesforce.org import Org
from pasodoble.simulators.salesforce.rows import Row
from pasodoble.simulators.salesforce.schema import Sobject
from pasodoble.simulators.salesforce.settings import Settings


@dataclass(frozen=True, slots=True)
class Snapshot:
    sobjects: dict[str, Sobject]
    rows: dict[str, dict[str, Row]]
    bins: dict[str, tuple[str, ...]]
    settings: Settings
    at_ms: int


class Snapshots:
    """Snapshots by name."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._kept: dict[str, Snapshot] = {}

    def listing(self) -> dict[str, Any]:
        return {
            "snapshots": [
                {"name": name, "at_ms": kept.at_ms, "records": sum(map(len, kept.rows.values()))}
                for name, kept in self._kept.items()
            ]
        }

    def take(self, order: object) -> dict[str, Any]:
        """Raises DoorError."""
        name = order.get("name") if isinstance(order, dict) else None
        if not isinstance(name, str) or not name or "/" in name:
            raise DoorError('a snapshot takes {"name": "before the merge"}')
        org = self._org
        self._kept[name] = Snapshot(
            {key: table.sobject for key, table in org.tables.items()},
            {key: dict(table.rows) for key, table in org.tables.items()},
            dict(org.bins),
            copy.deepcopy(org.settings),
            org.clock.now_ms(),
        )
        return self.listing()

    def restore(self, name: str) -> dict[str, Any]:
        """Raises DoorError."""
        kept = self._kept.get(name)
        if kept is None:
            raise DoorError(f"no snapshot {name!r}; there is {', '.join(self._kept) or 'none'}")
        org = self._org
        for key in set(org.tables) - set(kept.sobjects):
            org.undefine(key)
        for key, rows in kept.rows.items():
            org.tables[key].rows = dict(rows)
        org.bins = dict(kept.bins)
        org.settings = copy.deepcopy(kept.settings)
        org.unsettled.clear()
        org.define(kept.sobjects.values())
        return self.listing()
