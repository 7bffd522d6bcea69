"""Moments as Salesforce writes them: `2026-01-31T09:08:07.000+0000` in UTC, dates as `2026-01-31`.

Date arithmetic of SOQL or of formulas does not belong here.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

_DATETIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?\s*(Z|z|[+-]\d\d:?\d\d)?)?\Z"
)
_TIME = re.compile(r"(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?Z?\Z")


@lru_cache(maxsize=4096)
def spell_second(second: int) -> str:
    """A datetime without milliseconds, as system fields are kept. Cached, so that equal moments share one text."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def spell_ms(ms: int) -> str:
    """A datetime with its milliseconds."""
    return f"{spell_second(ms // 1000)[:19]}.{ms % 1000:03d}+0000"


def parse_moment(text: str) -> datetime | None:
    """An ISO 8601 date or datetime as an aware UTC datetime; None when it is neither."""
    match = _DATETIME.match(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    try:
        moment = datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0),
            int(((fraction or "") + "000000")[:6]), tzinfo=_zone(zone),
        )  # fmt: skip
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(text: str | None) -> timezone:
    if text is None or text in "Zz":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=minutes if text[0] == "+" else -minutes))


def parse_ms(text: str) -> int | None:
    """Like `parse_moment`, in milliseconds since 1970."""
    moment = parse_moment(text)
    return None if moment is None else round(moment.timestamp() * 1000)


def normal_date(text: str) -> str | None:
    """The date of a date or datetime text; None when it is neither."""
    moment = parse_moment(text)
    return None if moment is None else text[:10]


def normal_time(text: str) -> str | None:
    """A time of day as `09:08:07.000Z`; None when it is none."""
    match = _TIME.match(text)
    if match is None:
        return None
    hour, minute, second, fraction = match.groups()
    if int(hour) > 23 or int(minute) > 59 or int(second or 0) > 59:
        return None
    return f"{hour}:{minute}:{second or '00'}.{(fraction or '').ljust(3, '0')}Z"
