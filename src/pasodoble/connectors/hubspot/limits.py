"""How many calls HubSpot allows, and what its headers say of that. What is done about it is the budget's.

Source: HubSpot developer docs, "Usage guidelines" (2026): 100 to 250 calls in 10 s by tier, search 5 a second beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pasodoble.ports import Usage, WindowRule

WINDOWS: Final[Mapping[str, tuple[WindowRule, ...]]] = {
    "rest": (WindowRule(name="burst", calls=100, seconds=10.0),),
    "search": (WindowRule(name="search", calls=5, seconds=1.0),),
}
"""By API. The smallest tier, until the headers say more."""

TEN_SECONDS: Final = 10.0
ONE_SECOND: Final = 1.0


def read_usage(status: int, headers: Mapping[str, str]) -> list[Usage]:
    """Everything an answer tells of its windows; nothing where it tells nothing."""
    told = []
    allowed, left = _number(headers, "x-hubspot-ratelimit-max"), _number(headers, "x-hubspot-ratelimit-remaining")
    span_ms = _number(headers, "x-hubspot-ratelimit-interval-milliseconds")
    if allowed and span_ms:
        told.append(Usage(window="burst", allowed=allowed, left=left, seconds=span_ms / 1000))
    daily = _number(headers, "x-hubspot-ratelimit-daily")
    if daily:
        left = _number(headers, "x-hubspot-ratelimit-daily-remaining")
        told.append(Usage(window="day", allowed=daily, left=left))
    if status == 429:
        wish = headers.get("retry-after", "")
        name, usual_s = ("burst", TEN_SECONDS) if allowed else ("search", ONE_SECOND)
        told.append(Usage(window=name, shut_s=float(wish) if wish.isdigit() else usual_s))
    return told


def _number(headers: Mapping[str, str], name: str) -> int | None:
    text = headers.get(name, "")
    return int(text) if text.isdigit() else None
