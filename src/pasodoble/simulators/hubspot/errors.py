"""HubSpot's error envelope and the refusals that several areas share.

What makes a request wrong is decided where the rule lives; only the shape of saying so belongs here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pasodoble.simulators.http import Response, json_response

Context = Mapping[str, Sequence[str]]


class Refusal(Exception):
    """A request, or one input of a batch, that HubSpot would refuse.

    errors    the envelope's `errors`: dicts with message, and code, in, subCategory, context where known.
    context   the envelope's `context`: names to lists of strings.
    extra     further members of the envelope (policyName and the like).
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        category: str | None = "VALIDATION_ERROR",
        sub_category: str | None = None,
        errors: Sequence[Mapping[str, Any]] = (),
        context: Context | None = None,
        links: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.category = category
        self.sub_category = sub_category
        self.errors = errors
        self.context = context
        self.links = links
        self.extra = extra

    def body(self, correlation_id: str) -> dict[str, Any]:
        body: dict[str, Any] = {"status": "error", "message": self.message, "correlationId": correlation_id}
        optional = {
            "errors": list(self.errors),
            "category": self.category,
            "subCategory": self.sub_category,
            "context": self.context,
            "links": self.links,
        }
        body.update((name, value) for name, value in optional.items() if value)
        if self.extra:
            body.update(self.extra)
        return body

    def batch_error(self, **context: str) -> dict[str, Any]:
        """The same refusal as one entry of a batch answer's `errors`; every member is there, empty or not."""
        merged = {**{name: list(values) for name, values in (self.context or {}).items()}}
        merged.update((name, [value]) for name, value in context.items())
        error: dict[str, Any] = {
            "status": "error",
            "category": self.category or "VALIDATION_ERROR",
            "message": self.message,
            "context": merged,
            "errors": list(self.errors),
            "links": dict(self.links or {}),
        }
        if self.sub_category:
            error["subCategory"] = self.sub_category
        return error


def refuse(refusal: Refusal, correlation_id: str) -> Response:
    return json_response(refusal.body(correlation_id), refusal.status)


def missing(what: str = "resource not found", **context: str) -> Refusal:
    """404 for something named in the path."""
    return Refusal(
        what,
        status=404,
        category="OBJECT_NOT_FOUND",
        context={name: [value] for name, value in context.items()},
    )


def record_missing(record_id: str) -> Refusal:
    """404 of a write to a record that is not there (two spaces, as HubSpot has them)."""
    return missing("Object not found.  objectId are usually numeric.", id=record_id)


def too_many_inputs(limit: int) -> Refusal:
    return Refusal(
        f"The maximum number of inputs supported in a batch is {limit}. Please reduce the number of items and try again"
    )


def conflict(message: str) -> Refusal:
    return Refusal(message, status=409, category="CONFLICT")
