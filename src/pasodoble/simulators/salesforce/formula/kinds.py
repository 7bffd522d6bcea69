"""The kinds of value a formula knows, and how stored values become them and back.

Null stands for blank; text is never "" but null. Numbers are decimals, as Salesforce reckons in decimals.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import Enum
from typing import Any

from pasodoble.simulators.salesforce.moments import parse_moment, spell_ms
from pasodoble.simulators.salesforce.schema import Field

PRECISE = Context(prec=39, rounding=ROUND_HALF_UP)
"""Enough digits for Salesforce's 18 significant ones through intermediate results."""


class Kind(Enum):
    """The value is the word Salesforce uses in its messages."""

    TEXT = "Text"
    NUMBER = "Number"
    BOOLEAN = "Boolean"
    DATE = "Date"
    DATETIME = "DateTime"
    TIME = "Time"
    PICKLIST = "Picklist"
    MULTIPICKLIST = "Multi-Select Picklist"
    LOCATION = "Location"
    NULL = "Null"


_KINDS: dict[str, Kind] = {
    **dict.fromkeys("string textarea email phone url id reference combobox encryptedstring anyType".split(), Kind.TEXT),
    **dict.fromkeys("int double currency percent".split(), Kind.NUMBER),
    "boolean": Kind.BOOLEAN,
    "date": Kind.DATE,
    "datetime": Kind.DATETIME,
    "time": Kind.TIME,
    "picklist": Kind.PICKLIST,
    "multipicklist": Kind.MULTIPICKLIST,
    "location": Kind.LOCATION,
}


def kind_of(field: Field) -> Kind | None:
    """None for a field that no formula can name (addresses, base64)."""
    return _KINDS.get(field.type)


def parse_clock(text: str) -> int:
    """Milliseconds of a time of day `09:08:07.000Z`."""
    hours, minutes, seconds = text.rstrip("Z").split(":")
    return (int(hours) * 60 + int(minutes)) * 60_000 + int(Decimal(seconds) * 1000)


def spell_clock(ms: int) -> str:
    seconds, rest = divmod(ms, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:03d}"


def to_decimal(value: Any) -> Decimal:
    return Decimal(value) if isinstance(value, int) else Decimal(repr(value))


def _from_text(value: Any) -> Any:
    return value or None


def _from_number(value: Any) -> Any:
    return None if value is None else to_decimal(value)


def _from_percent(value: Any) -> Any:
    return None if value is None else to_decimal(value) / 100


def _from_date(value: Any) -> Any:
    return date.fromisoformat(value[:10]) if value else None


def _from_datetime(value: Any) -> Any:
    return parse_moment(value) if value else None


_LOADERS: dict[str, Callable[[Any], Any]] = {
    "int": _from_number,
    "double": _from_number,
    "currency": _from_number,
    "percent": _from_percent,
    "date": _from_date,
    "datetime": _from_datetime,
    "time": lambda value: parse_clock(value) if value else None,
    "boolean": bool,
    "id": lambda value: value[:15] if value else None,
    "reference": lambda value: value[:15] if value else None,
}
"""Stored value -> formula value. Percents are fractions, ids have 15 characters in a formula."""


def loader(field: Field, *, blank_is_zero: bool) -> Callable[[Any], Any]:
    load = _LOADERS.get(field.type, _from_text)
    if blank_is_zero and kind_of(field) is Kind.NUMBER:
        return lambda value: Decimal(0) if value is None else load(value)
    return load


def _to_number(field: Field) -> Callable[[Any], Any]:
    step = Decimal(1).scaleb(-field.scale)
    factor = 100 if field.type == "percent" else 1

    def store(value: Any) -> Any:
        rounded = (value * factor).quantize(step, ROUND_HALF_UP)
        return int(rounded) if field.type == "int" else float(rounded)

    return store


def moment_ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


_STORERS: dict[Kind, Callable[[Any], Any]] = {
    Kind.DATE: lambda value: value.isoformat(),
    Kind.DATETIME: lambda value: spell_ms(moment_ms(value) // 1000 * 1000),
    Kind.TIME: lambda value: spell_clock(value) + "Z",
    Kind.TEXT: lambda value: value[:1300],
}


def storer(field: Field) -> Callable[[Any], Any]:
    """Formula value -> what a row would hold in a field of this type and scale; null stays null."""
    kind = kind_of(field)
    if kind is Kind.BOOLEAN:
        return bool
    store = _to_number(field) if kind is Kind.NUMBER else _STORERS.get(kind or Kind.TEXT, lambda value: value)
    return lambda value: None if value is None else store(value)
