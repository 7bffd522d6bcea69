"""What vendors say, in their own bodies, and the cause we take it for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from pasodoble.connectors.http import Answer
from pasodoble.connectors.hubspot import errors as hubspot
from pasodoble.connectors.outcomes import outcome_of_error, outcome_of_problem, problem_of_error
from pasodoble.connectors.salesforce import errors as salesforce
from pasodoble.errors import AuthLapsed, ConnectorError, QuotaSpent, RateLimited, Unreachable, Unsupported
from pasodoble.model.cause import Problem
from pasodoble.model.causes import CAUSES
from pasodoble.model.outcome import Deferred, Refused, Stale, Unknown
from pasodoble.model.side import Side

NOW = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)


def answer(status: int, body: Any, **headers: str) -> Answer:
    return Answer(status=status, body=body, headers=headers, at=NOW)


INVALID = 'Property values were not valid: [{"isValid":false,"message":"m","error":"%s","name":"x1"}]'


@pytest.mark.parametrize(
    ("body", "cause", "fields"),
    [
        ({"category": "VALIDATION_ERROR", "message": INVALID % "PROPERTY_DOESNT_EXIST"}, "mapping.field_missing", "x1"),
        ({"category": "VALIDATION_ERROR", "message": INVALID % "INVALID_OPTION"}, "picklist.value_missing", "x1"),
        ({"category": "VALIDATION_ERROR", "message": INVALID % "READ_ONLY_VALUE"}, "mapping.read_only", "x1"),
        ({"category": "VALIDATION_ERROR", "message": INVALID % "INVALID_LONG"}, "value.invalid_number", "x1"),
        (
            {"errors": [{"message": "m", "code": "INVALID_EMAIL", "context": {"propertyName": ["email"]}}]},
            "value.invalid_email",
            "email",
        ),
        ({"category": "CONFLICT", "message": "Contact already exists. Existing ID: 101"}, "duplicate.email_in_use", ""),
        ({"category": "OBJECT_NOT_FOUND", "message": "Object not found.  objectId are usually numeric."}, "record.deleted", ""),
        ({"category": "MISSING_SCOPES", "message": "This app hasn't been granted"}, "permission.scope", ""),
        ({"category": "VALIDATION_ERROR", "message": "VIP was not one of the allowed options: [a]"}, "picklist.value_missing", ""),
        ({"category": "SOMETHING_NEW", "message": "?"}, "unknown", ""),
        ({}, "unknown", ""),
        (None, "unknown", ""),
        ("text", "unknown", ""),
        ({"message": "Property values were not valid: [not json"}, "unknown", ""),
    ],
)  # fmt: skip
def test_hubspot_bodies(body: Any, cause: str, fields: str) -> None:
    problem = hubspot.problem_of(body)
    assert (problem.cause, " ".join(problem.fields)) == (cause, fields)


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("Contact already exists. Existing ID: 101", "101"),
        ("Cannot set PropertyValueCoordinates{propertyName=pasodoble_key, value=7}. 55 already has that value.", "55"),
        ("Something else 101", None),
    ],
)
def test_hubspot_names_the_record_in_the_way(text: str, id: str | None) -> None:
    assert hubspot.existing_id({"message": text}) == id


@pytest.mark.parametrize(
    ("status", "body", "headers", "error", "wait_s"),
    [
        (429, {"policyName": "TEN_SECONDLY_ROLLING", "message": "ten_secondly_rolling limit."}, {}, RateLimited, 10),
        (429, {"policyName": "SECONDLY", "message": "You have reached your secondly limit."}, {}, RateLimited, 1),
        (429, {"message": "You have reached your secondly limit."}, {}, RateLimited, 1),
        (429, {"message": "You have reached your ten_secondly_rolling limit."}, {}, RateLimited, 10),
        (429, {"policyName": "SECONDLY"}, {"retry-after": "3"}, RateLimited, 3),
        (429, {"policyName": "DAILY", "message": "You have reached your daily limit."}, {}, QuotaSpent, None),
        (477, None, {"retry-after": "600"}, RateLimited, 600),
        (503, None, {"retry-after": "5"}, RateLimited, 5),
        (503, None, {}, Unreachable, None),
        (502, None, {}, Unreachable, None),
        (401, {"category": "INVALID_AUTHENTICATION"}, {}, AuthLapsed, None),
        (404, {}, {}, None, None),
        (207, {}, {}, None, None),
    ],
)
def test_hubspot_calls_that_fail(
    status: int, body: Any, headers: dict[str, str], error: type[ConnectorError] | None, wait_s: float | None
) -> None:
    found = hubspot.judge(answer(status, body, **headers))
    assert type(found) is (error or type(None))
    if isinstance(found, RateLimited):
        assert found.retry_after_s == wait_s
    if isinstance(found, Unreachable):
        assert found.sent is (status == 502)


@pytest.mark.parametrize(
    ("code", "message", "cause"),
    [
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "We have a CTO", "salesforce.validation_rule"),
        ("REQUIRED_FIELD_MISSING", "Required fields are missing: [Name]", "value.required_missing"),
        ("STRING_TOO_LONG", "Billing City: data value too large: G (max length=40)", "value.too_long"),
        ("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "Status: bad value", "picklist.value_missing"),
        ("FIELD_INTEGRITY_EXCEPTION", "There's a problem with this state, even though", "picklist.state_or_country"),
        ("FIELD_INTEGRITY_EXCEPTION", "Account ID: id value of incorrect type: 003", "association.wrong_type"),
        ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "MyTrigger: execution of BeforeInsert", "salesforce.trigger"),
        ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "Apex CPU time limit exceeded", "salesforce.automation_busy"),
        (
            "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
            "entity type cannot be inserted: Campaña",
            "permission.marketing_user",
        ),
        ("CANNOT_EXECUTE_FLOW_TRIGGER", 'the "X" process failed', "salesforce.flow"),
        ("JSON_PARSER_ERROR", "Cannot deserialize instance of date from VALUE_STRING", "value.invalid_date"),
        ("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access", "record.locked"),
        ("INACTIVE_OWNER_OR_USER", "operation performed with inactive user", "owner.inactive"),
        ("ENTITY_IS_DELETED", "entity is deleted", "record.deleted"),
        ("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", "record.converted_lead"),
        ("A_CODE_OF_NEXT_YEAR", "?", "unknown"),
    ],
)
def test_salesforce_codes(code: str, message: str, cause: str) -> None:
    for spelled in ("statusCode", "errorCode"):
        assert salesforce.problem_of({spelled: code, "message": message}).cause == cause


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (401, [{"errorCode": "INVALID_SESSION_ID", "message": "Session expired or invalid"}], AuthLapsed),
        (403, [{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}], QuotaSpent),
        (403, [{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "ConcurrentPerOrgLongTxn Limit exceeded."}], RateLimited),
        (403, [{"errorCode": "API_DISABLED_FOR_ORG", "message": "API is not enabled"}], AuthLapsed),
        (503, [{"errorCode": "SERVER_UNAVAILABLE", "message": "later"}], Unreachable),
        (500, [{"errorCode": "UNKNOWN_EXCEPTION", "message": "?"}], Unreachable),
        (400, [{"errorCode": "MALFORMED_QUERY", "message": "?"}], None),
        (412, None, None),
    ],
)  # fmt: skip
def test_salesforce_calls_that_fail(status: int, body: Any, error: type[ConnectorError] | None) -> None:
    assert type(salesforce.judge(answer(status, body))) is (error or type(None))


@pytest.mark.parametrize(
    ("text", "holder"),
    [
        (
            "duplicate value found: Pasodoble_Key__c duplicates value on record with id: 003000000000001",
            ("Pasodoble_Key__c", "003000000000001AAA"),
        ),
        ("duplicate value found: <unknown> duplicates value on record with id: <unknown>", ("<unknown>", "")),
        ("Already a campaign member.", ("", "")),
    ],
)
def test_salesforce_names_the_record_in_the_way(text: str, holder: tuple[str, str]) -> None:
    assert salesforce.holder_in(text) == holder


@pytest.mark.parametrize("vendor", [hubspot, salesforce])
def test_every_cause_that_a_vendor_names_is_in_the_catalogue(vendor: Any) -> None:
    named = {*vendor.CAUSES.values(), *vendor.CALL_CAUSES.values()}
    named |= {row[-1] for row in getattr(vendor, "_FINER", ())} | {row[-1] for row in getattr(vendor, "_MESSAGES", ())}
    assert named <= set(CAUSES)


@pytest.mark.parametrize(
    ("error", "outcome", "cause"),
    [
        (Unreachable("lost"), Unknown, "request.no_answer"),
        (Unreachable("no route", sent=False), Deferred, "service.unavailable"),
        (RateLimited("slow", retry_after_s=5), Deferred, "limit.rate"),
        (RateLimited("moving", retry_after_s=5, code="477"), Deferred, "service.migrating"),
        (QuotaSpent("spent", resets_at=NOW), Deferred, "suspension.quota"),
        (AuthLapsed("who?"), Deferred, "suspension.sign_in"),
        (Unsupported("what?", code="OBJECT_NOT_FOUND"), Refused, "request.refused"),
    ],
)
def test_failed_call_as_the_outcome_of_each_operation_in_it(
    error: ConnectorError, outcome: type[object], cause: str
) -> None:
    found = outcome_of_error(error, Side.HUBSPOT, NOW, hubspot.CALL_CAUSES)
    assert type(found) is outcome
    assert problem_of_error(error, Side.HUBSPOT, hubspot.CALL_CAUSES).cause == cause


@pytest.mark.parametrize("cause", CAUSES)
def test_outcome_follows_the_catalogues_disposition(cause: str) -> None:
    outcome = outcome_of_problem(Problem(cause=cause, side=Side.SALESFORCE))
    about_the_record = cause.startswith("record.") and CAUSES[cause].disposition == "replan"
    expected: type[object] = Refused
    if cause == "request.no_answer":
        expected = Unknown
    elif about_the_record:
        expected = Stale
    elif CAUSES[cause].disposition in ("retry", "pause_side"):
        expected = Deferred
    assert type(outcome) is expected
