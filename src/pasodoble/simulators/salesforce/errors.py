"""What the org says no with. One `Refusal` holds all that is wrong with one record or call.

How a refusal looks in a REST body, a CSV or a SOAP fault is for those who answer; its HTTP status is here because the
code decides it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

STATUS = {
    "INVALID_SESSION_ID": 401,
    "INVALID_AUTH_HEADER": 401,
    "REQUEST_LIMIT_EXCEEDED": 403,
    "API_DISABLED_FOR_ORG": 403,
    "API_CURRENTLY_DISABLED": 403,
    "INSUFFICIENT_ACCESS_OR_READONLY": 403,
    "INSUFFICIENT_ACCESS": 403,
    "NOT_FOUND": 404,
    "ENTITY_IS_DELETED": 404,
    "METHOD_NOT_ALLOWED": 405,
    "URI_TOO_LONG": 414,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "SERVER_UNAVAILABLE": 503,
    "UNKNOWN_EXCEPTION": 500,
}
"""HTTP status of a code on a single-record call; 400 for all the rest."""


_NO_API = "API is not enabled for this Organization or Partner"
CALL_WORDS = {
    "API_DISABLED_FOR_ORG": _NO_API,
    "API_CURRENTLY_DISABLED": _NO_API,
    "INVALID_SESSION_ID": "Session expired or invalid",
    "QUERY_TIMEOUT": "Your query request was running for too long.",
    "REQUEST_LIMIT_EXCEEDED": "TotalRequests Limit exceeded.",
    "SERVER_UNAVAILABLE": "Server unavailable, please try again later",
    "TOO_MANY_APEX_REQUESTS": "The maximum number of concurrent Apex requests is running; try again later",
    "UNKNOWN_EXCEPTION": "An unexpected error occurred. Please include this ErrorId if you contact support.",
}
"""What is said when a whole call is refused, whatever it asks for."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong. `extra` are further keys of the REST body (the match list of a duplicate rule)."""

    code: str
    message: str
    fields: Sequence[str] | None = ()
    extra: tuple[tuple[str, Any], ...] = ()

    def rest(self) -> dict[str, Any]:
        body: dict[str, Any] = {**dict(self.extra), "message": self.message, "errorCode": self.code}
        if self.fields is not None:
            body["fields"] = list(self.fields)
        return body

    def result(self) -> dict[str, Any]:
        """As collections give it."""
        return {"statusCode": self.code, "message": self.message, "fields": list(self.fields or ())}


class Refusal(Exception):
    """A record or call that the org does not take. `wrongs` is never empty."""

    def __init__(self, wrongs: Iterable[Wrong], status: int | None = None) -> None:
        self.wrongs = tuple(wrongs)
        self.status = status or STATUS.get(self.wrongs[0].code, 400)
        super().__init__("; ".join(f"{wrong.code}: {wrong.message}" for wrong in self.wrongs))

    def rest(self) -> list[dict[str, Any]]:
        return [wrong.rest() for wrong in self.wrongs]

    def results(self) -> list[dict[str, Any]]:
        return [wrong.result() for wrong in self.wrongs]


def refusal(code: str, message: str, fields: Sequence[str] | None = (), status: int | None = None) -> Refusal:
    """A refusal with one wrong. `fields` None leaves the key out of the REST body."""
    return Refusal((Wrong(code, message, fields),), status)


def call_refusal(code: str, message: str, status: int | None = None) -> Refusal:
    """A refusal of a whole call, whose body has no `fields`."""
    return refusal(code, message, None, status)


def not_found() -> Refusal:
    return call_refusal("NOT_FOUND", "The requested resource does not exist")


class WrongShape(Exception):
    """A value that cannot be read as its field's type at all, such as text for a number."""

    def __init__(self, field_name: str, type_name: str, value: object) -> None:
        self.field_name = field_name
        self.type_name = type_name
        self.value = value
        super().__init__(f"{field_name}: {value!r} is no {type_name}")
