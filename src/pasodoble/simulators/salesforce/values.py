"""Given values to stored values, one reader a field: types, lengths, picklists, addresses, references.

A reader takes what came in JSON, CSV or XML and gives what the row keeps (None: empty). Rules that look at more than
one field do not belong here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from pasodoble.simulators.salesforce.errors import Refusal, Wrong, WrongShape, refusal
from pasodoble.simulators.salesforce.ids import EMPTY_ID, full_id
from pasodoble.simulators.salesforce.moments import normal_date, normal_time, parse_ms, spell_second
from pasodoble.simulators.salesforce.schema import Field

if TYPE_CHECKING:
    from pasodoble.simulators.salesforce.view import View

ValueReader = Callable[[Any], Any]

EMAIL = re.compile(r"[^\s@<>,;:\\\"()\[\]]+@[^\s@<>,;:\\\"()\[\]]+\.[^\s@<>,;:\\\"()\[\].]+\Z")
QUOTED = 1000
"""A value too long is quoted in the message up to here."""


def text_of(field: Field, value: Any) -> str | None:
    """Trimmed text, None when nothing is left. Raises WrongShape, or Refusal when it is too long."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise WrongShape(field.name, "string", value)
    text = value.strip()
    if not text:
        return None
    if len(text) > field.length > 0:
        message = f"{field.label}: data value too large: {text[:QUOTED]} (max length={field.length})"
        raise refusal("STRING_TOO_LONG", message, [field.name])
    return text


def _text(field: Field, _view: View) -> ValueReader:
    length = field.length or 1 << 30

    def read(value: Any) -> str | None:
        if value.__class__ is str and len(value) <= length:
            return value.strip() or None
        return text_of(field, value)

    return read


def _email(field: Field, _view: View) -> ValueReader:
    def read(value: Any) -> str | None:
        text = text_of(field, value)
        if text is None:
            return None
        if not EMAIL.match(text) or ".." in text or text.startswith("."):
            message = f"{field.label}: invalid email address: {text}"
            raise refusal("INVALID_EMAIL_ADDRESS", message, [field.name])
        return text

    return read


def _picklist(field: Field, _view: View) -> ValueReader:
    known = {choice.value.lower(): choice.value for choice in field.choices if choice.active}

    def read(value: Any) -> str | None:
        text = text_of(field, value)
        if text is None:
            return None
        exact = known.get(text.lower())
        if exact is not None:
            return exact
        if field.restricted:
            raise refusal(
                "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
                f"{field.label}: bad value for restricted picklist field: {text}",
                [field.name],
            )
        return text

    return read


def _multipicklist(field: Field, view: View) -> ValueReader:
    one = _picklist(field, view)
    order = {choice.value: at for at, choice in enumerate(field.choices)}

    def read(value: Any) -> str | None:
        if value is None:
            return None
        if not isinstance(value, str):
            raise WrongShape(field.name, "string", value)
        chosen = dict.fromkeys(filter(None, (one(part) for part in value.split(";"))))
        return ";".join(sorted(chosen, key=lambda text: order.get(text, len(order)))) or None

    return read


def _boolean(field: Field, _view: View) -> ValueReader:
    words = {"true": True, "false": False, "1": True, "0": False}

    def read(value: Any) -> bool | None:
        if value is True or value is False:
            return value
        if value is None or value == "":
            return False
        known = words.get(value.strip().lower()) if isinstance(value, str) else None
        if known is None:
            raise WrongShape(field.name, "boolean", value)
        return known

    return read


def _plain_number(field: Field, value: Any, type_name: str) -> Decimal | None:
    if value is None or value == "":
        return None
    if value is True or value is False or not isinstance(value, int | float | str):
        raise WrongShape(field.name, type_name, value)
    try:
        number = Decimal(str(value).strip())
    except ArithmeticError:
        raise WrongShape(field.name, type_name, value) from None
    if not number.is_finite():
        raise WrongShape(field.name, type_name, value)
    return number


def _out_of_range(field: Field, value: Any) -> Refusal:
    message = f"{field.label}: value outside of valid range on numeric field: {value}"
    return refusal("NUMBER_OUTSIDE_VALID_RANGE", message, [field.name])


def _integer(field: Field, _view: View) -> ValueReader:
    limit = 10 ** (field.digits or 9)

    def read(value: Any) -> int | None:
        if value.__class__ is not int:
            number = _plain_number(field, value, "int")
            if number is None:
                return None
            if number != number.to_integral_value():
                raise WrongShape(field.name, "int", value)
            value = int(number)
        if not -limit < value < limit:
            raise _out_of_range(field, value)
        return int(value)

    return read


def _number(field: Field, _view: View) -> ValueReader:
    precision, scale = field.precision or 18, field.scale
    limit = 10.0 ** (precision - scale)
    step = Decimal(1).scaleb(-scale)

    def read(value: Any) -> float | None:
        number = _plain_number(field, value, "double" if field.type == "double" else field.type)
        if number is None:
            return None
        if not -limit < number < limit:
            raise _out_of_range(field, value)
        if number == number.to_integral_value():
            return float(number)
        return float(number.quantize(step, ROUND_HALF_UP)) + 0.0

    return read


def _date(field: Field, _view: View) -> ValueReader:
    def read(value: Any) -> str | None:
        if value is None or value == "":
            return None
        date = normal_date(value.strip()) if isinstance(value, str) else None
        if date is None:
            raise WrongShape(field.name, "date", value)
        return date

    return read


def _datetime(field: Field, _view: View) -> ValueReader:
    def read(value: Any) -> str | None:
        if value is None or value == "":
            return None
        ms = parse_ms(value.strip()) if isinstance(value, str) and "T" in value else None
        if ms is None:
            raise WrongShape(field.name, "datetime", value)
        return spell_second(ms // 1000)

    return read


def _time(field: Field, _view: View) -> ValueReader:
    def read(value: Any) -> str | None:
        if value is None or value == "":
            return None
        time = normal_time(value.strip()) if isinstance(value, str) else None
        if time is None:
            raise WrongShape(field.name, "time", value)
        return time

    return read


def _reference(field: Field, view: View) -> ValueReader:
    org, hidden = view.org, view.org.settings.hidden_records

    def read(value: Any) -> str | None:
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise WrongShape(field.name, "string", value)
        whole = full_id(value.strip())
        if whole is None:
            raise refusal("MALFORMED_ID", f"{field.label}: id value of incorrect type: {value}", [field.name])
        if whole == EMPTY_ID:
            return None
        target = org.sobject_of(whole)
        if target is None or target.name not in field.refers_to:
            message = f"{field.label}: id value of incorrect type: {whole}"
            raise refusal("FIELD_INTEGRITY_EXCEPTION", message, [field.name])
        row = org.table(target.name).get(whole)
        if row is None:
            raise refusal("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])
        if row.get("IsDeleted"):
            raise refusal("ENTITY_IS_DELETED", "entity is deleted", [], 400)
        if hidden and not view.sees(row):
            message = f"insufficient access rights on cross-reference id: {whole}"
            raise refusal("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", message, [])
        return whole

    return read


def _id(field: Field, _view: View) -> ValueReader:
    def read(value: Any) -> str | None:
        whole = full_id(value) if isinstance(value, str) else None
        if whole is None:
            raise refusal("MALFORMED_ID", f"malformed id {value}", [field.name])
        return whole

    return read


_MAKERS: dict[str, Callable[[Field, View], ValueReader]] = {
    "id": _id,
    "reference": _reference,
    "email": _email,
    "picklist": _picklist,
    "multipicklist": _multipicklist,
    "boolean": _boolean,
    "int": _integer,
    "double": _number,
    "currency": _number,
    "percent": _number,
    "date": _date,
    "datetime": _datetime,
    "time": _time,
}


def make_value_reader(field: Field, view: View) -> ValueReader:
    """The reader of one field; text for all types that are not listed."""
    return _MAKERS.get(field.type, _text)(field, view)


def required_missing(names: list[str]) -> Wrong:
    return Wrong("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(names)}]", names)
