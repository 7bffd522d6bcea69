"""One value against its property: what HubSpot accepts, how it stores it, and how it words a refusal.

Rules that need other values or other records (uniqueness, pipelines, lifecycle order) do not belong here.
"""

from __future__ import annotations

import re
from typing import Final

from pasodoble.simulators.hubspot.moments import DAY_MS, MAX_MS, iso, iso_date, parse_day, parse_moment
from pasodoble.simulators.hubspot.property_model import Property

MAX_TEXT: Final = 65_536
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)$")
_EMAIL = re.compile(r"[^\s@<>()\[\],;:\\\"]+@[^\s@<>()\[\],;:\\\"]+\.[^\s@<>()\[\],;:\\\".]+$")


class Problem(Exception):
    """Why one property's value is refused: HubSpot's code, and its sentence."""

    def __init__(self, name: str, code: str, message: str) -> None:
        super().__init__(message)
        self.name = name
        self.code = code
        self.message = message


def plain(definition: Property, raw: object) -> str:
    """A JSON value as text: numbers and booleans are taken as if they were strings. Raises Problem."""
    if isinstance(raw, str):
        return raw
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, int):
        return str(raw)
    if isinstance(raw, float):
        return format(raw, "f").rstrip("0").rstrip(".")
    raise Problem(definition.name, "INVALID_STRING", f"{definition.name} was not a valid string.")


def store(definition: Property, text: str, old: str, *, truncate_dates: bool = False) -> str:
    """The value as it is kept; "" clears. `old` is the value so far, for checkboxes that append. Raises Problem."""
    if text == "":
        return ""
    match definition.type:
        case "string" | "phone_number":
            return _text(definition, text)
        case "number":
            return _number(definition, text)
        case "enumeration":
            return _choice(definition, text, old)
        case "datetime":
            return _datetime(definition, text)
        case "date":
            return _date(definition, text, truncate=truncate_dates)
        case "bool":
            return _bool(definition, text)
        case _:
            return text


def _text(definition: Property, text: str) -> str:
    if definition.name == "email":
        return clean_email(text)
    if len(text) > MAX_TEXT:
        message = f"{definition.name} is too long: it may have {MAX_TEXT} characters, not {len(text)}."
        raise Problem(definition.name, "PROPERTY_VALUE_TOO_LONG", message)
    return text


def clean_email(text: str) -> str:
    """Lower-cased and trimmed. Raises Problem."""
    email = text.strip().lower()
    if len(email) > 254 or not _EMAIL.match(email) or ".." in email:
        raise Problem("email", "INVALID_EMAIL", f"Email address {text} is invalid")
    return email


def _number(definition: Property, text: str) -> str:
    number = text.strip()
    if not _NUMBER.match(number):
        raise Problem(definition.name, "INVALID_INTEGER", f"{text} was not a valid number.")
    return number.removeprefix("+")


def _bool(definition: Property, text: str) -> str:
    flag = text.strip().lower()
    if flag not in ("true", "false"):
        raise _not_an_option(definition, text, "[true, false]")
    return flag


def _choice(definition: Property, text: str, old: str) -> str:
    if definition.field_type != "checkbox":
        if not definition.external and text not in definition.choices:
            raise _not_an_option(definition, text, render_options(definition))
        return text
    kept = old.split(";") if text.startswith(";") and old else []
    chosen = [part for part in text.split(";") if part]
    if not definition.external:
        for value in chosen:
            if value not in definition.choices:
                raise _not_an_option(definition, value, render_options(definition))
    return ";".join(dict.fromkeys((*kept, *chosen)))


def render_options(definition: Property) -> str:
    labels = ", ".join(
        f'label: "{option.label}" value: "{option.value}"' for option in definition.options if not option.hidden
    )
    return f"[{labels}]"


def _not_an_option(definition: Property, text: str, options: str) -> Problem:
    return Problem(definition.name, "INVALID_OPTION", f"{text} was not one of the allowed options: {options}")


def _datetime(definition: Property, text: str) -> str:
    ms = parse_moment(text)
    if ms is None:
        if text.strip().lstrip("-").isdecimal():
            raise Problem(definition.name, "INVALID_LONG", f"{text} was not a valid long.")
        raise Problem(definition.name, "INVALID_DATE", f"{text} was not a valid date.")
    return iso(ms)


def _date(definition: Property, text: str, *, truncate: bool) -> str:
    day = parse_day(text)
    if day is not None:
        return day.isoformat()
    ms = parse_moment(text)
    if ms is None or not -MAX_MS <= ms <= MAX_MS:
        raise Problem(definition.name, "INVALID_DATE", f"{text} was not a valid date.")
    if ms % DAY_MS and not truncate:
        clock = f"{ms % DAY_MS // 3_600_000}:{ms // 60_000 % 60}:{ms // 1000 % 60}.{ms % 1000}"
        raise Problem(definition.name, "INVALID_DATE", f"{text} is at {clock} UTC, not midnight!")
    return iso_date(ms)
