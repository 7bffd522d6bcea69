"""What Salesforce's headers say of the calls that are left. What is done about it is the budget's.

Source: Salesforce REST guide, "Limit Info Header"; the allocation is the org's, for any 24 hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pasodoble.ports import Usage, WindowRule

WINDOWS: Final[Mapping[str, tuple[WindowRule, ...]]] = {}
"""None: only calls of 20 s and longer are counted by how many run at a time, and none of ours is."""


def read_usage(status: int, headers: Mapping[str, str]) -> list[Usage]:
    """`api-usage=17/15000` is 17 used of 15,000."""
    _, _, usage = headers.get("sforce-limit-info", "").partition("api-usage=")
    used, _, allowed = usage.split(",")[0].strip().partition("/")
    if not (used.isdigit() and allowed.isdigit()):
        return []
    return [Usage(window="day", allowed=int(allowed), left=max(0, int(allowed) - int(used)))]
