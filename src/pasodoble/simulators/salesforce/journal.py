"""The journal behind `/__sandbox__/journal`: every accepted write, field by field, as people would look it up.

Change events for API clients are `pubsub`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

from pasodoble.simulators.salesforce.changes import SYSTEM_FIELDS, Change, Commit
from pasodoble.simulators.salesforce.moments import spell_ms
from pasodoble.simulators.salesforce.org import Org

MAX_COMMITS = 200_000
DERIVED = SYSTEM_FIELDS | {"IsDeleted"}


class Journal:
    """The newest commits, spelled out only when somebody asks."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._commits: deque[Commit] = deque(maxlen=MAX_COMMITS)
        org.listen(self._commits.append)

    def clear(self) -> None:
        self._commits.clear()

    def entries(
        self, *, after: int = 0, sobject: str | None = None, record: str | None = None
    ) -> Iterator[dict[str, Any]]:
        """One entry a field that was written, oldest first; of deletions and restorations, one a record.

        after     only commits with a higher number (`commit` of an entry).
        """
        for commit in self._commits:
            if commit.number <= after:
                continue
            for change in commit.changes:
                if sobject not in (None, change.sobject) or record not in (None, change.id):
                    continue
                yield from self._spell(commit, change)

    def _spell(self, commit: Commit, change: Change) -> Iterator[dict[str, Any]]:
        user = self._org.get(commit.user_id) or {}
        common = {
            "commit": commit.number,
            "when": spell_ms(commit.at_ms),
            "who": user.get("Username", commit.user_id),
            "origin": commit.origin,
            "object": change.sobject,
            "record": change.id,
            "kind": change.kind,
        }
        if change.kind not in ("CREATE", "UPDATE"):
            gone = change.kind in ("DELETE", "PURGE")
            yield {**common, "field": "IsDeleted", "old": not gone, "new": gone}
        for name, old, new in change.differences():
            if name not in DERIVED and change.kind != "PURGE":
                yield {**common, "field": name, "old": old, "new": new}
