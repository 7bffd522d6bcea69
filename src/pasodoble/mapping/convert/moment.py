"""Calendar days, moments and times of day.

A day (`2026-01-31`) is never shifted; a moment (`2026-01-31T09:30:00Z`) is floored to the second, which is all that
Salesforce keeps; a time of day (`09:30:00`) has neither day nor zone. Where a day answers to a moment, one zone says which
day it is (MV-04). Reading a clock does not belong here.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from pasodoble.mapping.convert.codec import Carried, Codec, Cross, Lookup, Loss, Spelling, UnreadableValue, pass_on
from pasodoble.model.side import Pair, Side
from pasodoble.model.value import Raw, Value

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_moment(raw: Raw) -> Value:
    """ISO 8601 with any offset, or milliseconds since 1970 as a number or as text, as HubSpot has them in places."""
    moment = parse_moment(raw)
    return None if moment is None else spell_moment(moment)


def read_date(raw: Raw) -> Value:
    """A day as ISO 8601, or HubSpot's milliseconds of that day's midnight in UTC (MT-09)."""
    text = raw.strip() if isinstance(raw, str) else raw
    if isinstance(text, str) and len(text) == 10:
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            raise UnreadableValue("value.invalid_date") from None
    moment = parse_moment(raw)
    return None if moment is None else moment.date().isoformat()


def parse_moment(raw: Raw) -> datetime | None:
    """Aware, in UTC. Raises UnreadableValue."""
    text = str(raw).strip()
    if not text:
        return None
    try:
        if text.lstrip("-").isdecimal():
            return _EPOCH + timedelta(milliseconds=int(text))
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise UnreadableValue("value.invalid_date") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else _shift(moment)


def _shift(moment: datetime) -> datetime:
    if moment.tzinfo is UTC:
        return moment
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise UnreadableValue("value.invalid_date") from None


def spell_moment(moment: datetime) -> str:
    return moment.isoformat()[:19] + "Z"


def read_time(raw: Raw) -> Value:
    """`09:30`, `09:30:00` or Salesforce's `09:30:00.000Z`, all floored to the second."""
    text = str(raw).strip()
    if not text:
        return None
    try:
        return time.fromisoformat(text.removesuffix("Z")).replace(tzinfo=None, microsecond=0).isoformat()
    except ValueError:
        raise UnreadableValue("value.invalid_date") from None


def render_same(value: str | bool) -> Raw:
    return value


def render_salesforce_time(value: str | bool) -> Raw:
    return f"{value}.000Z"


def cross_to_day(zone: tzinfo) -> Cross:
    """The day that a moment falls on in `zone`."""

    def cross(value: str | bool, lookup: Lookup) -> Carried:
        return datetime.fromisoformat(str(value)).astimezone(zone).date().isoformat()

    return cross


def cross_to_midnight(zone: tzinfo) -> Cross:
    """The moment at which a day begins in `zone`."""

    def cross(value: str | bool, lookup: Lookup) -> Carried:
        midnight = datetime.combine(date.fromisoformat(str(value)), time(), zone)
        return spell_moment(midnight.astimezone(UTC))

    return cross


DATE = Spelling(read_date, render_same)
MOMENT = Spelling(read_moment, render_same)
TIME = Pair(Spelling(read_time, render_same), Spelling(read_time, render_salesforce_time))


def date_codec() -> Codec:
    return Codec(name="date", loss=Loss.LOSSLESS, spellings=Pair(DATE, DATE), across=Pair(pass_on, pass_on))


def moment_codec() -> Codec:
    return Codec(name="moment", loss=Loss.LOSSLESS, spellings=Pair(MOMENT, MOMENT), across=Pair(pass_on, pass_on))


def time_codec() -> Codec:
    """HubSpot has no time of day: it is a text there."""
    return Codec(name="time", loss=Loss.LOSSLESS, spellings=TIME, across=Pair(pass_on, pass_on))


def day_of_moment_codec(moment_side: Side, zone: tzinfo) -> Codec:
    """A moment on `moment_side`, a day on the other one. A moment agrees with the day it falls on in `zone`."""
    return Codec(
        name="day_of_moment",
        loss=Loss.PROJECTION,
        spellings=Pair.of(moment_side, MOMENT, DATE),
        across=Pair.of(moment_side, cross_to_day(zone), cross_to_midnight(zone)),
    )
