"""Functions whose arguments are all worked out first: one table, name to kinds and Python function.

Null in any argument gives null, but text arguments get "" for it. Functions that look at a field, at its former value,
or leave arguments unevaluated are in `forms`.
"""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Decimal, DecimalException, InvalidOperation
from html import escape
from typing import Any
from urllib.parse import quote

from pasodoble.simulators.salesforce.formula.kinds import Kind, moment_ms, parse_clock, spell_clock
from pasodoble.simulators.salesforce.ids import full_id

TEXT, NUMBER, BOOLEAN, DATE, DATETIME, TIME = (
    Kind.TEXT, Kind.NUMBER, Kind.BOOLEAN, Kind.DATE, Kind.DATETIME, Kind.TIME,
)  # fmt: skip


LONGEST_TEXT = 32_000
MOST_DIGITS = 64
"""Limits that keep a formula from eating the machine; results beyond them are errors in Salesforce as well."""


class Unworkable(Exception):
    """A value that the function cannot work with: what a user sees as #Error!."""


@dataclass(frozen=True, slots=True)
class Function:
    """`takes`: the kinds each parameter may have; the last `optional` may be missing; `repeats`: the last may repeat."""

    call: Callable[..., Any]
    gives: Kind
    takes: tuple[tuple[Kind, ...], ...] = ()
    optional: int = 0
    repeats: bool = False


# Text


def _mid(text: str, start: Decimal, count: Decimal) -> str:
    first = max(1, int(start)) - 1
    return text[first : first + max(0, int(count))]


def _find(needle: str, text: str, start: Decimal = Decimal(1)) -> Decimal:
    if not needle or not text or start < 1:
        return Decimal(0)
    return Decimal(text.find(needle, int(start) - 1) + 1)


def _pad(text: str, length: Decimal, filler: str, *, left: bool) -> str:
    width = int(length)
    if not text or width <= 0:
        return ""
    if width <= len(text) or not filler:
        return text[:width]
    if width > LONGEST_TEXT:
        raise Unworkable("the text is too long")
    missing = width - len(text)
    padding = (filler * (missing // len(filler) + 1))[:missing]
    return padding + text if left else text + padding


def _value(text: str) -> Decimal | None:
    if not text.strip():
        return None
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise Unworkable(f"{text} is not a number") from None
    if not number.is_finite():
        raise Unworkable(f"{text} is not a number")
    return number


def _is_number(text: str) -> bool:
    return re.fullmatch(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", text) is not None


def _regex(text: str, pattern: str) -> bool:
    """Java's dialect as far as Python's knows it; the whole text has to match."""
    pattern = re.sub(r"\\p\{(Alpha|Digit|Alnum|Upper|Lower|Punct|Space)\}", lambda m: _JAVA_CLASSES[m[1]], pattern)
    try:
        return re.fullmatch(pattern, text) is not None
    except re.error as error:
        raise Unworkable(str(error)) from None


_JAVA_CLASSES = {
    "Alpha": "[a-zA-Z]",
    "Digit": "[0-9]",
    "Alnum": "[a-zA-Z0-9]",
    "Upper": "[A-Z]",
    "Lower": "[a-z]",
    "Punct": r"[!-/:-@\[-`{-~]",
    "Space": r"\s",
}


def _hyperlink(url: str, label: str, target: str = "_blank") -> str:
    return f'<a href="{escape(url)}" target="{escape(target)}">{escape(label)}</a>'


def _image(url: str, alternative: str, height: Decimal | None = None, width: Decimal | None = None) -> str:
    size = "".join(f' {name}="{int(v)}"' for name, v in (("height", height), ("width", width)) if v is not None)
    return f'<img src="{escape(url)}" alt="{escape(alternative)}"{size} border="0"/>'


def spell_number(value: Decimal) -> str:
    """Without an exponent and without idle zeros."""
    if value.adjusted() > MOST_DIGITS:
        raise Unworkable("the number is too big")
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def spell_text(value: Any) -> str:
    """TEXT() of anything but a picklist."""
    match value:
        case Decimal():
            return spell_number(value)
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
        case date():
            return value.isoformat()
        case int():
            return spell_clock(value)
        case _:
            return str(value)


# Numbers


def _round(value: Decimal, places: Decimal, rounding: str = ROUND_HALF_UP) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-int(places)), rounding)


def _whole(value: Decimal, rounding: str) -> Decimal:
    return value.quantize(Decimal(1), rounding)


def _away(value: Decimal) -> Decimal:
    return _whole(value, ROUND_CEILING if value >= 0 else ROUND_FLOOR)


def _toward(value: Decimal) -> Decimal:
    return _whole(value, ROUND_DOWN)


def raise_to(base: Decimal, exponent: Decimal) -> Decimal:
    """`^` and POWER."""
    try:
        result = base**exponent
    except DecimalException as error:
        raise Unworkable(str(error)) from None
    if not result.is_finite() or result.adjusted() > MOST_DIGITS:
        raise Unworkable("the number is too big")
    return result


def _mod(value: Decimal, divisor: Decimal) -> Decimal:
    if divisor == 0:
        raise Unworkable("division by zero")
    return value % divisor


def _floating(function: Callable[..., float]) -> Callable[..., Decimal]:
    def call(*values: Decimal) -> Decimal:
        try:
            result = function(*map(float, values))
        except (ValueError, OverflowError) as error:
            raise Unworkable(str(error)) from None
        return Decimal(repr(result))

    return call


def _sqrt(value: Decimal) -> Decimal:
    if value < 0:
        raise Unworkable("square root of a negative number")
    return value.sqrt()


# Dates and times


def _date(year: Decimal, month: Decimal, day: Decimal) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError as error:
        raise Unworkable(str(error)) from None


def add_months(day: date, months: Decimal) -> date:
    """The last day of a month stays a last day. Works on datetimes too."""
    index = day.year * 12 + day.month - 1 + int(months)
    year, month = index // 12, index % 12 + 1
    last = calendar.monthrange(year, month)[1]
    stays_last = day.day == calendar.monthrange(day.year, day.month)[1]
    return day.replace(year=year, month=month, day=last if stays_last else min(day.day, last))


def _datetime_value(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time(), tzinfo=UTC)
    try:
        moment = datetime.fromisoformat(value.strip().replace(" ", "T", 1))
    except ValueError as error:
        raise Unworkable(str(error)) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _time_value(value: Any) -> int:
    if isinstance(value, datetime):
        moment = value.astimezone(UTC)
        return (moment.hour * 3600 + moment.minute * 60 + moment.second) * 1000 + moment.microsecond // 1000
    try:
        return parse_clock(value.strip() if value.count(":") == 2 else value.strip() + ":00")
    except (ValueError, InvalidOperation) as error:
        raise Unworkable(str(error)) from None


def _unix_timestamp(value: Any) -> Decimal:
    if isinstance(value, int):
        return Decimal(value // 1000)
    moment = value if isinstance(value, datetime) else datetime.combine(value, time(), tzinfo=UTC)
    return Decimal(moment_ms(moment) // 1000)


def _format_duration(first: Any, second: Any = None) -> str:
    """`HH:MM:SS` of seconds or of the gap between two moments or times, with days in front for moments."""
    if second is None:
        seconds, with_days = int(first), False
    elif isinstance(first, datetime):
        seconds, with_days = int(abs((first - second).total_seconds())), True
    else:
        seconds, with_days = abs(first - second) // 1000, False
    days, rest = divmod(abs(seconds), 86400)
    hours = rest // 3600 if with_days else abs(seconds) // 3600
    clock = f"{hours:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}"
    return f"{days}:{clock}" if with_days else clock


def _part(of: Callable[[Any], int]) -> Callable[[Any], Decimal]:
    return lambda value: Decimal(of(value))


def _distance(a: tuple[float, float], b: tuple[float, float], unit: str) -> Decimal:
    radius = {"mi": 3958.7613, "km": 6371.0088}.get(unit)
    if radius is None:
        raise Unworkable("the unit of DISTANCE is 'mi' or 'km'")
    (north_a, east_a), (north_b, east_b) = (tuple(map(math.radians, p)) for p in (a, b))
    half = math.sin((north_b - north_a) / 2) ** 2
    half += math.cos(north_a) * math.cos(north_b) * math.sin((east_b - east_a) / 2) ** 2
    return Decimal(repr(2 * radius * math.asin(math.sqrt(half))))


_T, _N, _D, _DT, _TM = (TEXT,), (NUMBER,), (DATE,), (DATETIME,), (TIME,)
_ANY_TIME = (DATE, DATETIME, TIME)

FUNCTIONS: dict[str, Function] = {
    # text
    "ASCII": Function(lambda text: Decimal(ord(text[0])) if text else None, NUMBER, (_T,)),
    "BEGINS": Function(lambda text, start: text.startswith(start), BOOLEAN, (_T, _T)),
    "BR": Function(lambda: "\n", TEXT),
    "CASESAFEID": Function(lambda text: full_id(text) or text, TEXT, (_T,)),
    "CHR": Function(lambda number: chr(int(number)), TEXT, (_N,)),
    "CONTAINS": Function(lambda text, part: part in text, BOOLEAN, (_T, _T)),
    "FIND": Function(_find, NUMBER, (_T, _T, _N), optional=1),
    "HTMLENCODE": Function(lambda text: escape(text), TEXT, (_T,)),
    "HYPERLINK": Function(_hyperlink, TEXT, (_T, _T, _T), optional=1),
    "IMAGE": Function(_image, TEXT, (_T, _T, _N, _N), optional=2),
    "INITCAP": Function(lambda text: re.sub(r"[^\W_]+", lambda m: m[0].capitalize(), text), TEXT, (_T,)),
    "ISNUMBER": Function(_is_number, BOOLEAN, (_T,)),
    "LEFT": Function(lambda text, count: text[: max(0, int(count))], TEXT, (_T, _N)),
    "LEN": Function(lambda text: Decimal(len(text)), NUMBER, (_T,)),
    "LOWER": Function(lambda text, _locale="": text.lower(), TEXT, (_T, _T), optional=1),
    "LPAD": Function(lambda t, n, filler=" ": _pad(t, n, filler, left=True), TEXT, (_T, _N, _T), optional=1),
    "MID": Function(_mid, TEXT, (_T, _N, _N)),
    "REGEX": Function(_regex, BOOLEAN, (_T, _T)),
    "REVERSE": Function(lambda text: text[::-1], TEXT, (_T,)),
    "RIGHT": Function(lambda text, count: text[-int(count) :] if count >= 1 else "", TEXT, (_T, _N)),
    "RPAD": Function(lambda t, n, filler=" ": _pad(t, n, filler, left=False), TEXT, (_T, _N, _T), optional=1),
    "SUBSTITUTE": Function(lambda text, old, new: text.replace(old, new) if old else text, TEXT, (_T, _T, _T)),
    "TRIM": Function(lambda text: text.strip(), TEXT, (_T,)),
    "UPPER": Function(lambda text, _locale="": text.upper(), TEXT, (_T, _T), optional=1),
    "URLENCODE": Function(lambda text: quote(text, safe=""), TEXT, (_T,)),
    "VALUE": Function(_value, NUMBER, (_T,)),
    # numbers
    "ABS": Function(abs, NUMBER, (_N,)),
    "ACOS": Function(_floating(math.acos), NUMBER, (_N,)),
    "ASIN": Function(_floating(math.asin), NUMBER, (_N,)),
    "ATAN": Function(_floating(math.atan), NUMBER, (_N,)),
    "ATAN2": Function(_floating(math.atan2), NUMBER, (_N, _N)),
    "CEILING": Function(_away, NUMBER, (_N,)),
    "COS": Function(_floating(math.cos), NUMBER, (_N,)),
    "EXP": Function(_floating(math.exp), NUMBER, (_N,)),
    "FLOOR": Function(_toward, NUMBER, (_N,)),
    "LN": Function(_floating(math.log), NUMBER, (_N,)),
    "LOG": Function(_floating(math.log10), NUMBER, (_N,)),
    "MAX": Function(lambda *values: max(values), NUMBER, (_N,), repeats=True),
    "MCEILING": Function(lambda value: _whole(value, ROUND_CEILING), NUMBER, (_N,)),
    "MFLOOR": Function(lambda value: _whole(value, ROUND_FLOOR), NUMBER, (_N,)),
    "MIN": Function(lambda *values: min(values), NUMBER, (_N,), repeats=True),
    "MOD": Function(_mod, NUMBER, (_N, _N)),
    "PI": Function(lambda: Decimal(repr(math.pi)), NUMBER),
    "POWER": Function(raise_to, NUMBER, (_N, _N)),
    "ROUND": Function(_round, NUMBER, (_N, _N)),
    "SIN": Function(_floating(math.sin), NUMBER, (_N,)),
    "SQRT": Function(_sqrt, NUMBER, (_N,)),
    "TAN": Function(_floating(math.tan), NUMBER, (_N,)),
    "TRUNC": Function(lambda v, n=Decimal(0): _round(v, n, ROUND_DOWN), NUMBER, (_N, _N), optional=1),
    # dates and times
    "DATE": Function(_date, DATE, (_N, _N, _N)),
    "DATETIMEVALUE": Function(_datetime_value, DATETIME, ((TEXT, DATE, DATETIME),)),
    "DAY": Function(_part(lambda day: day.day), NUMBER, (_D,)),
    "DAYOFYEAR": Function(_part(lambda day: day.timetuple().tm_yday), NUMBER, (_D,)),
    "FORMATDURATION": Function(_format_duration, TEXT, ((NUMBER, DATETIME, TIME), (DATETIME, TIME)), optional=1),
    "FROMUNIXTIME": Function(lambda v: datetime.fromtimestamp(float(v), UTC), DATETIME, (_N,)),
    "HOUR": Function(_part(lambda ms: ms // 3_600_000), NUMBER, (_TM,)),
    "ISOWEEK": Function(_part(lambda day: day.isocalendar()[1]), NUMBER, (_D,)),
    "ISOYEAR": Function(_part(lambda day: day.isocalendar()[0]), NUMBER, (_D,)),
    "MILLISECOND": Function(_part(lambda ms: ms % 1000), NUMBER, (_TM,)),
    "MINUTE": Function(_part(lambda ms: ms // 60_000 % 60), NUMBER, (_TM,)),
    "MONTH": Function(_part(lambda day: day.month), NUMBER, (_D,)),
    "SECOND": Function(_part(lambda ms: ms // 1000 % 60), NUMBER, (_TM,)),
    "TIMEVALUE": Function(_time_value, TIME, ((TEXT, DATETIME),)),
    "UNIXTIMESTAMP": Function(_unix_timestamp, NUMBER, (_ANY_TIME,)),
    "WEEKDAY": Function(_part(lambda day: (day.weekday() + 1) % 7 + 1), NUMBER, (_D,)),
    "YEAR": Function(_part(lambda day: day.year), NUMBER, (_D,)),
    # places
    "DISTANCE": Function(_distance, NUMBER, ((Kind.LOCATION,), (Kind.LOCATION,), _T)),
    "GEOLOCATION": Function(lambda north, east: (float(north), float(east)), Kind.LOCATION, (_N, _N)),
}


def date_from_text(text: str) -> date | None:
    """DATEVALUE of a text `YYYY-MM-DD`."""
    if not text:
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise Unworkable(str(error)) from None


def plus_days(moment: Any, days: Decimal) -> Any:
    """A date (whole days count) or a datetime (fractions too) moved by a number of days."""
    if isinstance(moment, datetime):
        return moment + timedelta(microseconds=int(days * 86_400_000_000))
    return moment + timedelta(days=int(days))
