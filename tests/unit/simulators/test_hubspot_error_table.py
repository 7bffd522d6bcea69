"""The contract's table of errors, row by row: each one provoked, and its body held against the documented one, word by word."""

from typing import Any

import orjson
import pytest
from hubspot_hub import CONTACTS, Hub, drive

from pasodoble.simulators.http import Request

TOO_MANY = ". Please reduce the number of items and try again"
MAX_BATCH = "The maximum number of inputs supported in a batch"


def envelope(message: str, category: str = "VALIDATION_ERROR", **more: Any) -> dict[str, Any]:
    return {"status": "error", "message": message, "category": category, **more}


def invalid(name: str, code: str, message: str) -> dict[str, Any]:
    """The body for one value that is wrong."""
    row = {"isValid": False, "message": message, "error": code, "name": name}
    row |= {"localizedErrorMessage": message, "portalId": 4242}
    errors = [{"message": message, "code": code, "context": {"propertyName": [name]}}]
    return envelope(f"Property values were not valid: {orjson.dumps([row]).decode()}", errors=errors)


WRONG_VALUES = [
    ({"x1": "1"}, "PROPERTY_DOESNT_EXIST", 'Property "x1" does not exist'),
    ({"hs_object_id": "1"}, "READ_ONLY_VALUE", '"hs_object_id" is a read only property; its value cannot be set.'),
    ({"day": "1777888800000"}, "INVALID_DATE", "1777888800000 is at 10:0:0.0 UTC, not midnight!"),
    ({"day": "soon"}, "INVALID_DATE", "soon was not a valid date."),
    ({"at": "99999999999999999999"}, "INVALID_LONG", "99999999999999999999 was not a valid long."),
    ({"amount": "x"}, "INVALID_INTEGER", "x was not a valid number."),
    ({"amount": "1,000"}, "INVALID_INTEGER", "1,000 was not a valid number."),
    ({"email": "nope"}, "INVALID_EMAIL", "Email address nope is invalid"),
    (
        {"size": "VIP"},
        "INVALID_OPTION",
        'VIP was not one of the allowed options: [label: "s" value: "s", label: "l" value: "l"]',
    ),
]


@pytest.fixture
def shop(hub: Hub) -> Hub:
    """A contact 101 with an address, and a property of each type."""
    wanted = {"day": {"type": "date"}, "at": {"type": "datetime"}, "amount": {"type": "number"}}
    wanted["size"] = {"type": "enumeration", "options": ["s", "l"]}
    hub.patch("/__sandbox__/schema", {"properties": {"contacts": wanted}})
    hub.contact(email="ana@acme.test")
    return hub


def refused(answer: Any) -> tuple[int, dict[str, Any]]:
    """Status and body without the id that every error has of its own."""
    assert len(answer.body.pop("correlationId")) == 36
    return answer.status, answer.body


@pytest.mark.parametrize(("properties", "code", "message"), WRONG_VALUES, ids=str)
def test_a_wrong_value_is_told_in_text_and_in_errors(
    shop: Hub, properties: dict[str, str], code: str, message: str
) -> None:
    (name,) = properties
    expected = (400, invalid(name, code, message))
    assert refused(shop.post(CONTACTS, {"properties": {"firstname": "Ben", **properties}})) == expected
    assert refused(shop.patch(f"{CONTACTS}/101", {"properties": properties})) == expected
    assert refused(shop.post(f"{CONTACTS}/batch/create", {"inputs": [{"properties": properties}]})) == expected


ROWS: list[tuple[str, str, Any, int, dict[str, Any]]] = [
    ("POST", "/batch/read", {"inputs": [{"id": "1"}] * 101}, 400, envelope(f"{MAX_BATCH} is 100{TOO_MANY}")),
    (
        "POST",
        "/batch/read",
        {"inputs": [{"id": "1"}] * 51, "propertiesWithHistory": ["email"]},
        400,
        envelope(f"{MAX_BATCH} request for property histories is 50{TOO_MANY}"),
    ),
    (
        "POST",
        "/batch/update",
        {"inputs": [{"id": "101", "properties": {}}] * 2},
        400,
        envelope("Duplicate IDs found in batch input: [101]. IDs must be unique", context={"ids": ["101"]}),
    ),
    (
        "PATCH",
        "/55",
        {"properties": {}},
        404,
        envelope("Object not found.  objectId are usually numeric.", "OBJECT_NOT_FOUND", context={"id": ["55"]}),
    ),
    ("GET", "/55", None, 404, envelope("resource not found", "OBJECT_NOT_FOUND")),
    (
        "POST",
        "",
        {"properties": {"email": " ANA@acme.test"}},
        409,
        envelope("Contact already exists. Existing ID: 101", "CONFLICT"),
    ),
    (
        "POST",
        "/batch/create",
        {"inputs": [{"properties": {"email": "ana@acme.test"}}]},
        409,
        envelope("Contact already exists. Existing ID: 101", "CONFLICT"),
    ),
]


@pytest.mark.parametrize(("method", "path", "body", "status", "expected"), ROWS)
def test_a_refused_call_is_told_as_documented(
    shop: Hub, method: str, path: str, body: Any, status: int, expected: dict[str, Any]
) -> None:
    assert refused(shop.call(method, CONTACTS + path, body)) == (status, expected)


def test_a_call_without_a_token_is_told_where_to_read(hub: Hub) -> None:
    response = drive(hub.world.application.handle(Request("GET", CONTACTS, "", {}, b"")))
    body = orjson.loads(response.body)
    del body["correlationId"]
    message = (
        "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more "
        "details at https://developers.hubspot.com/docs/methods/auth/oauth-overview"
    )
    assert (response.status, body) == (401, envelope(message, "INVALID_AUTHENTICATION"))


def test_a_partial_read_names_what_is_not_there(shop: Hub) -> None:
    answer = shop.post(f"{CONTACTS}/batch/read", {"inputs": [{"id": "101"}, {"id": "999"}]})
    assert (answer.status, answer["numErrors"], [row["id"] for row in answer["results"]]) == (207, 1, ["101"])
    (error,) = answer["errors"]
    message = "Could not get some CONTACT objects, they may be deleted or not exist. Check that ids are valid."
    assert (error["message"], error["category"]) == (message, "OBJECT_NOT_FOUND")
    assert error["context"] == {"ids": ["999"]}
