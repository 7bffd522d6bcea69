"""HubSpot's status codes, categories and messages, read here and nowhere else.

Source: HubSpot developer docs, "Error handling" and "Usage guidelines" (2026), and bodies seen in public integrations.
What is done about a cause stands in `model/causes.py`, not here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from pasodoble.connectors.http import Answer
from pasodoble.errors import AuthLapsed, ConnectorError, QuotaSpent, RateLimited, Unreachable, Unsupported
from pasodoble.model.cause import Problem
from pasodoble.model.side import Side

NOT_DONE: Final = frozenset({503, 521, 523})
"""Turned away at the door: nothing was done."""

CALL_CAUSES: Final[Mapping[str, str]] = {
    "477": "service.migrating",
    "503": "service.unavailable",
    "MISSING_SCOPES": "permission.scope",
}
"""Cause of a whole call's failure, where its code says more than its class."""

CAUSES: Final[Mapping[str, str]] = {
    "ASSOCIATION_LIMIT_EXCEEDED": "association.limit_reached",
    "BAD_REFRESH_TOKEN": "suspension.sign_in",
    "CONFLICT": "duplicate.value",
    "CONFLICTING_UNIQUE_VALUE": "duplicate.value",
    "EXPIRED_AUTHENTICATION": "suspension.sign_in",
    "INVALID_ASSOCIATION_TYPE": "association.wrong_type",
    "INVALID_AUTHENTICATION": "suspension.sign_in",
    "INVALID_DATE": "value.invalid_date",
    "INVALID_EMAIL": "value.invalid_email",
    "INVALID_INTEGER": "value.invalid_number",
    "INVALID_LONG": "value.invalid_number",
    "INVALID_NUMBER": "value.invalid_number",
    "INVALID_OPTION": "picklist.value_missing",
    "INVALID_OWNER_ID": "owner.unresolved",
    "MISSING_SCOPES": "permission.scope",
    "OBJECT_NOT_FOUND": "record.deleted",
    "PROPERTY_DOESNT_EXIST": "mapping.field_missing",
    "RATE_LIMIT": "limit.rate",
    "RATE_LIMITS": "limit.rate",
    "READ_ONLY_VALUE": "mapping.read_only",
    "REQUIRED_FIELD": "value.required_missing",
    "REQUIRED_PROPERTIES_MISSING": "value.required_missing",
    "STAGE_ID_IN_USE": "request.refused",
    "VALIDATION_ERROR": "value.invalid",
}
"""Cause by the error's own code, else by its category."""

_MESSAGES: Final = tuple(
    (re.compile(pattern, re.I), cause)
    for pattern, cause in (
        (r"contact already exists|contact already has that|email.*(in use|already)", "duplicate.email_in_use"),
        (r"was not one of the allowed options", "picklist.value_missing"),
        (r"is a read.only property", "mapping.read_only"),
        (r"property .* does not exist", "mapping.field_missing"),
        (r"email address .* is invalid", "value.invalid_email"),
        (r"was not a valid (number|long|integer)", "value.invalid_number"),
        (r"not a valid date|invalid date", "value.invalid_date"),
        (r"too long|exceeds the maximum length", "value.too_long"),
        (r"required propert|missing required", "value.required_missing"),
        (r"locked", "record.locked"),
    )
)
"""Where neither code nor category says enough."""

_EXISTING_ID: Final = re.compile(r"Existing ID: (\d+)|(\d+) already has that value")
_INVALID_VALUES: Final = "Property values were not valid: "


def judge(answer: Answer) -> ConnectorError | None:
    """What is wrong with a whole answer; None where the caller reads it (4xx about one request, 207)."""
    if answer.status < 400:
        return None
    body = answer.body if isinstance(answer.body, dict) else {}
    message, request_id = str(body.get("message", "")), _request_id(body)
    if answer.status == 429:
        return _too_many(answer, body, message, request_id)
    if answer.status == 401:
        return AuthLapsed(
            f"HubSpot refuses the sign-in: {message}",
            code=str(body.get("category", "")),
            request_id=request_id,
            next_step="pasodoble connect hubspot",
        )
    if answer.status == 477:
        wait = answer.retry_after_s or 3600.0
        return RateLimited("HubSpot is moving this account", retry_after_s=wait, code="477")
    if answer.status == 503 and answer.retry_after_s is not None:
        return RateLimited("HubSpot is not available", retry_after_s=answer.retry_after_s, code="503")
    if answer.status >= 500:
        sent = answer.status not in NOT_DONE
        return Unreachable(
            f"HubSpot answered {answer.status}", sent=sent, code=str(answer.status), request_id=request_id
        )
    return None


def _too_many(answer: Answer, body: Mapping[str, Any], message: str, request_id: str) -> ConnectorError:
    policy = str(body.get("policyName", ""))
    if policy == "DAILY" or "daily" in message:
        return QuotaSpent(message, resets_at=None, code="DAILY", request_id=request_id)
    by_policy = 1.0 if policy == "SECONDLY" or "secondly limit" in message.replace("ten_secondly", "") else 10.0
    wait = answer.retry_after_s
    return RateLimited(
        message or "HubSpot asks us to slow down",
        retry_after_s=by_policy if wait is None else wait,
        code=policy,
        request_id=request_id,
    )


def ensure_ok(answer: Answer) -> Answer:
    """For reads: a refused request is a bug or a changed contract. Raises Unsupported, AuthLapsed where a scope is missing."""
    if answer.status < 400:
        return answer
    problem = problem_of(answer.body)
    error = AuthLapsed if problem.cause == "permission.scope" else Unsupported
    raise error(
        f"HubSpot refused the request ({answer.status}): {problem.text}",
        code=problem.code,
        request_id=problem.request_id,
        next_step="pasodoble check",
    )


def ensure_rows(answer: Answer) -> Answer:
    """For reads that answer with `results`. Raises what `ensure_ok` raises, Unreachable where there are none."""
    if not isinstance(ensure_ok(answer).body, dict) or not isinstance(answer.body.get("results"), list):
        raise Unreachable(f"HubSpot answered {answer.status} without results")
    return answer


def problem_of(error: Any) -> Problem:
    """One error of HubSpot's, whole answer or entry of a 207, as a problem of ours. Reads any JSON."""
    body = error if isinstance(error, dict) else {}
    message = str(body.get("message", ""))
    details = [d for d in body.get("errors") or () if isinstance(d, dict)] or _embedded(message)
    code = next((str(d["code"]) for d in details if d.get("code")), str(body.get("category", "")))
    fields = tuple(dict.fromkeys(name for d in details for name in _names(d)))
    return Problem(
        cause=_cause(code, message),
        side=Side.HUBSPOT,
        code=code,
        text=message,
        fields=fields,
        request_id=_request_id(body),
    )


def existing_id(error: Any) -> str | None:
    """The id of the record that is in the way, from a conflict. Source: messages seen in public integrations."""
    found = _EXISTING_ID.search(str(error.get("message", ""))) if isinstance(error, dict) else None
    return (found[1] or found[2]) if found else None


def _cause(code: str, message: str) -> str:
    vague = code in ("", "VALIDATION_ERROR", "CONFLICT")
    if vague:
        for pattern, cause in _MESSAGES:
            if pattern.search(message):
                return cause
    return CAUSES.get(code, "unknown")


def _embedded(message: str) -> list[dict[str, Any]]:
    """The list of bad values that some answers carry inside their message."""
    start = message.find(_INVALID_VALUES)
    if start < 0:
        return []
    try:
        rows, _ = json.JSONDecoder().raw_decode(message[start + len(_INVALID_VALUES) :])
    except ValueError:
        return []
    return [{"code": row.get("error"), "context": {"propertyName": [row.get("name")]}} for row in rows]


def _names(detail: Mapping[str, Any]) -> list[str]:
    context = detail.get("context") or {}
    names = context.get("propertyName") or context.get("properties") or [detail.get("in")]
    return [str(name) for name in names if name]


def _request_id(body: Mapping[str, Any]) -> str:
    return str(body.get("correlationId") or body.get("requestId") or "")
