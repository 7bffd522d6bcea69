"""Validation rules that administrators set on properties: what each of HubSpot's rule types demands of a value.

Rules that hold for every account (types, options, uniqueness) do not belong here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from pasodoble.simulators.hubspot.moments import parse_moment
from pasodoble.simulators.hubspot.portal import Rule
from pasodoble.simulators.hubspot.values import Problem

Test = Callable[[str, tuple[str, ...]], bool]


def _domain(text: str) -> str:
    return text.rpartition("@")[2].lower()


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _host(text: str) -> str:
    return re.sub(r"^[a-z]+://", "", text.lower()).partition("/")[0]


TESTS: Final[dict[str, Test]] = {
    "MIN_LENGTH": lambda text, args: len(text) >= int(args[0]),
    "MAX_LENGTH": lambda text, args: len(text) <= int(args[0]),
    "MIN_NUMBER": lambda text, args: _number(text) >= float(args[0]),
    "MAX_NUMBER": lambda text, args: _number(text) <= float(args[0]),
    "DECIMAL": lambda text, args: len(text.partition(".")[2]) <= int(args[0]),
    "REGEX": lambda text, args: re.fullmatch(args[0], text) is not None,
    "ALPHANUMERIC": lambda text, _args: text.isalnum(),
    "SPECIAL_CHARACTERS": lambda text, _args: all(c.isalnum() or c.isspace() for c in text),
    "WHITESPACE": lambda text, _args: not any(c.isspace() for c in text),
    "EMAIL": lambda text, _args: "@" in text and "." in _domain(text),
    "EMAIL_ALLOWED_DOMAINS": lambda text, args: _domain(text) in args,
    "EMAIL_BLOCKED_DOMAINS": lambda text, args: _domain(text) not in args,
    "URL": lambda text, _args: re.match(r"https?://[^\s]+\.[^\s]+", text) is not None,
    "URL_ALLOWED_DOMAINS": lambda text, args: _host(text) in args,
    "URL_BLOCKED_DOMAINS": lambda text, args: _host(text) not in args,
    "DOMAIN": lambda text, _args: re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", text.lower()) is not None,
    "PHONE_NUMBER_WITH_EXPLICIT_COUNTRY_CODE": lambda text, _args: re.match(r"\+\d", text.strip()) is not None,
    "START_DATE": lambda text, args: (parse_moment(text) or 0) >= (parse_moment(args[0]) or 0),
    "START_DATETIME": lambda text, args: (parse_moment(text) or 0) >= (parse_moment(args[0]) or 0),
    "END_DATE": lambda text, args: (parse_moment(text) or 0) <= (parse_moment(args[0]) or 0),
    "END_DATETIME": lambda text, args: (parse_moment(text) or 0) <= (parse_moment(args[0]) or 0),
}
"""Rule type -> whether (value, arguments) pass. Types that are not here are kept and shown, and pass everything."""


def check_rules(rules: Iterable[Rule], name: str, text: str) -> str:
    """The value, normalised where its rules say so. Raises Problem."""
    for rule in rules:
        if rule.normalise:
            text = " ".join(text.split())
        test = TESTS.get(rule.type)
        if test is not None and not test(text, rule.arguments):
            arguments = f" ({', '.join(rule.arguments)})" if rule.arguments else ""
            raise Problem(name, rule.type, f"{text} does not meet the validation rule {rule.type}{arguments}.")
    return text
