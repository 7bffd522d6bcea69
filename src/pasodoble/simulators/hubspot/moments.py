"""Moments as HubSpot writes and reads them: milliseconds since 1970 inside, ISO-8601 in UTC outside.

Asking what time it is does not belong here; that is the simulated clock's.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import lru_cache

DAY_MS = 86_400_000
MAX_MS = 253_402_300_799_999
_ISO = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def _day(days: int) -> str:
    return datetime.fromtimestamp(days * 86_400, UTC).strftime("%Y-%m-%d")


def iso(ms: int) -> str:
    """`2026-05-04T10:00:00.412Z`."""
    days, rest = divmod(ms, DAY_MS)
    seconds, milli = divmod(rest, 1000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{_day(days)}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z"


def iso_date(ms: int) -> str:
    return _day(ms // DAY_MS)


def parse_moment(text: str) -> int | None:
    """Milliseconds of an ISO-8601 moment or date, or of epoch milliseconds; None when it is neither."""
    text = text.strip()
    if text.lstrip("-").isdecimal():
        number = int(text)
        return number if -62_135_596_800_000 <= number <= MAX_MS else None
    match = _ISO.match(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    try:
        moment = datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=UTC
        )
    except ValueError:
        return None
    milli = int((fraction or "0").ljust(3, "0")[:3])
    return int(moment.timestamp()) * 1000 + milli - _offset_ms(zone)


def _offset_ms(zone: str | None) -> int:
    if zone is None or zone in "zZ":
        return 0
    digits = zone[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return (minutes if zone[0] == "+" else -minutes) * 60_000


def parse_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
