"""The org-wide settings that the door takes, each with what reads it: `{"settings": {"late_visible_s": 5}}`.

    {"refused_calls": {"/query": "QUERY_TIMEOUT"}, "long_requests": 25, "daily_overshoot": 100,
     "address_choices": {"Spain": ["Madrid"]}, "jwt_certificate": "-----BEGIN PUBLIC KEY-----..."}

What a setting does is told where it is obeyed; objects and their rules are `setup`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pasodoble.simulators.door import DoorError
from pasodoble.simulators.salesforce.errors import CALL_WORDS
from pasodoble.simulators.salesforce.rest.assertions import read_key
from pasodoble.simulators.salesforce.settings import Settings

LARGEST = 1_000_000_000


def read_number(name: str, value: Any) -> float:
    """A number from 0. Raises DoorError."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LARGEST:
        raise DoorError(f"{name} is a number from 0 to {LARGEST}")
    return float(value)


def _count(name: str, value: Any) -> int:
    return int(read_number(name, value))


def _flag(_name: str, value: Any) -> bool:
    return bool(value)


def _refused_calls(name: str, value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(code, str) and code in CALL_WORDS for code in value.values()):
        raise DoorError(f"{name} is an object of paths, each with one of {', '.join(CALL_WORDS)}")
    return dict(value)


def _address_choices(name: str, value: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict) or not all(isinstance(states, list) for states in value.values()):
        raise DoorError(f"{name} is an object of countries, each with the list of its states")
    return {country: tuple(map(str, states)) for country, states in value.items()}


def _certificate(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise DoorError(f"{name} is a certificate or public key in PEM, or an empty text")
    if value:
        read_key(value)
    return value


READERS: Mapping[str, Callable[[str, Any], Any]] = {
    "late_visible_s": read_number,
    "bulk_delay_s": read_number,
    "set_audit_fields": _flag,
    "long_requests": _count,
    "daily_overshoot": _count,
    "refused_calls": _refused_calls,
    "address_choices": _address_choices,
    "jwt_certificate": _certificate,
}


def set_knob(settings: Settings, name: str, value: Any) -> None:
    """Raises DoorError for what is unknown or not of its kind, ValueError for a certificate that is none."""
    if name not in READERS:
        raise DoorError(f"unknown setting {name!r}; one of {', '.join(['daily_api_requests', *READERS])}")
    setattr(settings, name, READERS[name](name, value))


def tell_knobs(settings: Settings) -> dict[str, Any]:
    return {name: getattr(settings, name) for name in READERS}
