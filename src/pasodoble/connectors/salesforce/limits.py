"""What Salesforce's headers say about calls left. What to do about it is the Budget's matter.

Source: REST guide, "Sforce-Limit-Info", on every answer; a rolling 24 hours for the whole org.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_USAGE: Final = re.compile(r"(?<![\w-])api-usage=(\d+)/(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsLeft:
    """`None` where the headers do not say."""

    day_used: int | None = None
    day_limit: int | None = None


def parse_limits(headers: Mapping[str, str]) -> CallsLeft:
    """headers   lower-case names"""
    found = _USAGE.search(headers.get("sforce-limit-info", ""))
    return CallsLeft(day_used=int(found[1]), day_limit=int(found[2])) if found else CallsLeft()
