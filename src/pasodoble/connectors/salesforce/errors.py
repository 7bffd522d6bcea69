"""Salesforce's status codes and messages, read here and nowhere else.

Source: REST API Developer Guide (error codes), the SOAP WSDL's list of codes, and bodies recorded in public traffic.
What is done about a cause stands in `model/causes.py`, not here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from pasodoble.connectors.http import Answer
from pasodoble.connectors.salesforce.ids import to_18
from pasodoble.errors import AuthLapsed, ConnectorError, QuotaSpent, RateLimited, Unreachable, Unsupported
from pasodoble.model.cause import Problem
from pasodoble.model.side import Side

CALL_CAUSES: Final[Mapping[str, str]] = {
    "503": "service.unavailable",
    "API_CURRENTLY_DISABLED": "suspension.api_disabled",
    "API_DISABLED_FOR_ORG": "suspension.api_disabled",
}
"""Cause of a whole call's failure, where its code says more than its class."""

CAUSES: Final[Mapping[str, str]] = {
    "ALL_OR_NONE_OPERATION_ROLLED_BACK": "request.batch_rolled_back",
    "API_CURRENTLY_DISABLED": "suspension.api_disabled",
    "API_DISABLED_FOR_ORG": "suspension.api_disabled",
    "CANNOT_EXECUTE_FLOW_TRIGGER": "salesforce.flow",
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY": "salesforce.trigger",
    "CANNOT_UPDATE_CONVERTED_LEAD": "record.converted_lead",
    "DELETE_FAILED": "association.dependent_records",
    "DEPENDENCY_EXISTS": "association.dependent_records",
    "DUPLICATES_DETECTED": "duplicate.salesforce_rule",
    "DUPLICATE_EXTERNAL_ID": "duplicate.external_id",
    "DUPLICATE_VALUE": "duplicate.value",
    "ENTITY_IS_DELETED": "record.deleted",
    "ENTITY_IS_LOCKED": "record.locked",
    "EXCEEDED_ID_LIMIT": "request.refused",
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": "salesforce.validation_rule",
    "FIELD_INTEGRITY_EXCEPTION": "association.wrong_type",
    "FUNCTIONALITY_NOT_ENABLED": "suspension.api_disabled",
    "INACTIVE_OWNER_OR_USER": "owner.inactive",
    "INSUFFICIENT_ACCESS": "permission.object",
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": "permission.reference",
    "INSUFFICIENT_ACCESS_OR_READONLY": "permission.record",
    "INVALID_CROSS_REFERENCE_KEY": "association.reference_missing",
    "INVALID_CROSS_REFERENCE_TYPE_FOR_FIELD": "association.wrong_type",
    "INVALID_EMAIL_ADDRESS": "value.invalid_email",
    "INVALID_FIELD": "mapping.field_missing",
    "INVALID_FIELD_FOR_INSERT_UPDATE": "permission.field",
    "INVALID_INPUT": "request.refused",
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": "picklist.value_missing",
    "INVALID_QUERY_FILTER_OPERATOR": "request.refused",
    "INVALID_QUERY_LOCATOR": "request.refused",
    "INVALID_REPLICATION_DATE": "request.refused",
    "INVALID_SESSION_ID": "suspension.sign_in",
    "INVALID_STATUS": "picklist.status",
    "INVALID_TYPE": "mapping.object_missing",
    "INVALID_TYPE_ON_FIELD_IN_RECORD": "value.wrong_type",
    "JSON_PARSER_ERROR": "value.wrong_type",
    "MALFORMED_ID": "value.malformed_id",
    "MALFORMED_QUERY": "request.refused",
    "METHOD_NOT_ALLOWED": "request.refused",
    "NOT_FOUND": "record.deleted",
    "NUMBER_OUTSIDE_VALID_RANGE": "value.out_of_range",
    "OP_WITH_INVALID_USER_TYPE_EXCEPTION": "permission.user_type",
    "PROCESSING_HALTED": "request.batch_rolled_back",
    "QUERY_TIMEOUT": "request.timeout",
    "REQUEST_LIMIT_EXCEEDED": "suspension.quota",
    "REQUIRED_FIELD_MISSING": "value.required_missing",
    "SERVER_UNAVAILABLE": "service.unavailable",
    "STORAGE_LIMIT_EXCEEDED": "suspension.storage_full",
    "STRING_TOO_LONG": "value.too_long",
    "TOO_MANY_APEX_REQUESTS": "salesforce.automation_busy",
    "TXN_SECURITY_METERING_ERROR": "permission.object",
    "UNABLE_TO_LOCK_ROW": "record.locked",
    "UNKNOWN_EXCEPTION": "unknown",
}

_FINER: Final = tuple(
    (code, re.compile(pattern, re.I), cause)
    for code, pattern, cause in (
        ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", r"UNABLE_TO_LOCK_ROW|CPU time|Too many", "salesforce.automation_busy"),
        ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", r"cannot be inserted: Campa", "permission.marketing_user"),
        ("FIELD_INTEGRITY_EXCEPTION", r"\b(state|country)\b", "picklist.state_or_country"),
        ("JSON_PARSER_ERROR", r"instance of date", "value.invalid_date"),
        ("JSON_PARSER_ERROR", r"instance of (double|int|currency|percent)", "value.invalid_number"),
        ("INVALID_TYPE_ON_FIELD_IN_RECORD", r"date", "value.invalid_date"),
        ("REQUEST_LIMIT_EXCEEDED", r"Concurrent", "limit.rate"),
    )
)
"""Where the code alone does not say enough: the first pattern that the message holds."""

_HOLDER: Final = re.compile(r"with id: ([A-Za-z0-9]{15,18})")
_HOLDER_OF: Final = re.compile(r"duplicate value found: (\S+) duplicates")
_COLUMN: Final = re.compile(r"No such column '([^']+)'|Unable to create/update fields: ([\w, ]+)")
_CONCURRENT_WAIT_S: Final = 5.0


def judge(answer: Answer) -> ConnectorError | None:
    """What is wrong with a whole answer; None where the caller reads it (400 and 404 about one request, 412)."""
    if answer.status < 400:
        return None
    error = first_error(answer.body)
    code, message = str(error.get("errorCode", "")), str(error.get("message", ""))
    if answer.status == 401:
        return AuthLapsed(f"Salesforce refuses the sign-in: {message}", code=code, next_step=_SIGN_IN)
    if code == "REQUEST_LIMIT_EXCEEDED":
        if "Concurrent" in message:
            return RateLimited(message, retry_after_s=_CONCURRENT_WAIT_S, code=code)
        return QuotaSpent(message or "The day's calls are used up", resets_at=None, code=code)
    if code in ("API_DISABLED_FOR_ORG", "API_CURRENTLY_DISABLED"):
        return AuthLapsed(f"Salesforce's API is not open to us: {message}", code=code, next_step=_SIGN_IN)
    if answer.status == 429 or (answer.status == 503 and answer.retry_after_s is not None):
        wait = answer.retry_after_s if answer.retry_after_s is not None else _CONCURRENT_WAIT_S
        return RateLimited(message or "Salesforce asks us to slow down", retry_after_s=wait, code=str(answer.status))
    if answer.status >= 500 or answer.status == 420:
        sent = answer.status not in (420, 503)
        return Unreachable(f"Salesforce answered {answer.status}: {message}", sent=sent, code=code)
    return None


_SIGN_IN: Final = "pasodoble connect salesforce"


def ensure_ok(answer: Answer) -> Answer:
    """For reads: a refused request is a bug or a changed contract. Raises Unsupported."""
    if answer.status < 300:
        return answer
    problem = problem_of(first_error(answer.body))
    raise Unsupported(
        f"Salesforce refused the request ({answer.status}): {problem.text}",
        code=problem.code,
        next_step="pasodoble check",
    )


def ensure_holds(answer: Answer, name: str) -> Answer:
    """For reads that answer with a list of that name. Raises what `ensure_ok` raises, Unreachable where there is none."""
    if not isinstance(ensure_ok(answer).body, dict) or not isinstance(answer.body.get(name), list):
        raise Unreachable(f"Salesforce answered {answer.status} without {name}")
    return answer


def first_error(body: Any) -> Mapping[str, Any]:
    """The first of an answer's errors, {} where there is none. Collections and rows spell them differently."""
    rows = body if isinstance(body, list) else [body]
    return next((row for row in rows if isinstance(row, dict)), {})


def problem_of(error: Mapping[str, Any]) -> Problem:
    """One error of Salesforce's, of a row or of a collection's result, as a problem of ours."""
    code = str(error.get("statusCode") or error.get("errorCode") or "")
    message = str(error.get("message", ""))
    finer = next((cause for c, pattern, cause in _FINER if c == code and pattern.search(message)), None)
    return Problem(
        cause=finer or CAUSES.get(code, "unknown"),
        side=Side.SALESFORCE,
        code=code,
        text=message,
        fields=tuple(str(field) for field in error.get("fields") or ()) or _fields_in(message),
    )


def holder_in(text: str) -> tuple[str, str]:
    """From a DUPLICATE_VALUE's message: (field, id of the record that holds the value), "" for what it does not say."""
    field, id = _HOLDER_OF.search(text), _HOLDER.search(text)
    return (field[1] if field else "", to_18(id[1]) if id else "")


def _fields_in(message: str) -> tuple[str, ...]:
    found = _COLUMN.search(message)
    return tuple(name.strip() for name in (found[1] or found[2]).split(",")) if found else ()
