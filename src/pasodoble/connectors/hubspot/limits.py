"""What HubSpot's headers say about calls left. What to do about it is the Budget's matter.

Source: developer docs, "Usage guidelines": on every answer but a search's; the daily ones only for non-OAuth tokens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_PREFIX: Final = "x-hubspot-ratelimit-"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsLeft:
    """`None` where the headers do not say. `window_s`: the length of the short window."""

    window_s: float | None = None
    window_limit: int | None = None
    window_left: int | None = None
    day_limit: int | None = None
    day_left: int | None = None


def parse_limits(headers: Mapping[str, str]) -> CallsLeft:
    """headers   lower-case names"""
    interval_ms = _number(headers, "interval-milliseconds")
    return CallsLeft(
        window_s=None if interval_ms is None else interval_ms / 1000,
        window_limit=_number(headers, "max"),
        window_left=_number(headers, "remaining"),
        day_limit=_number(headers, "daily"),
        day_left=_number(headers, "daily-remaining"),
    )


def _number(headers: Mapping[str, str], name: str) -> int | None:
    text = headers.get(_PREFIX + name, "")
    return int(text) if text.isdigit() else None
