"""The referee itself: the notation of the contract, and that wrong answers are found."""

import json

import jsonschema_rs
import pytest
from hubspot_contract import Contract, contracts, find_operation, load, openapi, problems

CONTRACT = Contract(name="dated", models={"Row": {"id": "string", "size": "?integer|null"}}, enums={"e1": "A,B"})
GOOD = {
    "id": "5",
    "properties": {},
    "createdAt": "2026-05-04T10:00:00Z",
    "updatedAt": "2026-05-04T10:00:00Z",
    "archived": False,
}


@pytest.mark.parametrize(
    ("notation", "good", "bad"),
    [
        ("string", "x", 1),
        ("integer", 1, 1.5),
        ("date-time", "2026-05-04T10:00:00.000Z", "yesterday"),
        ("array<string>", ["x"], [1]),
        ("map<array<integer>>", {"a": [1]}, {"a": ["1"]}),
        ("enum(X,Y)", "Y", "Z"),
        ("enum(@e1)", "B", "C"),
        ("string|null", None, 1),
        ("array<Row>", [{"id": "1"}], [{}]),
        ("Row", {"id": "1", "size": None}, {"id": "1", "other": 2}),
        (
            "{results: array<Row>, ?paging: {next: {after, ?link}}}",
            {"results": []},
            {"results": [], "paging": {"next": {}}},
        ),
        ("?any", {"what": "ever"}, ...),
    ],
)
def test_notation_becomes_schema(notation: str, good: object, bad: object) -> None:
    validator = jsonschema_rs.validator_for(
        CONTRACT.schema(notation) | {"$defs": CONTRACT.closed_definitions}, validate_formats=True
    )
    assert validator.is_valid(good)
    assert bad is ... or not validator.is_valid(bad)


def test_fixed_paths_win_over_parameters() -> None:
    found = find_operation("POST", "/crm/v3/objects/contacts/search")
    assert found is not None and found[1].path == "/crm/v3/objects/contacts/search"
    assert find_operation("GET", "/crm/v3/nowhere/at/all") is None


@pytest.mark.parametrize(
    ("status", "body", "wrong"),
    [
        (200, GOOD, ""),
        (200, GOOD | {"extra": 1}, "extra"),
        (200, {**GOOD, "archived": "no"}, "archived"),
        (404, {"status": "error", "message": "gone"}, ""),
        (404, {"message": "gone"}, "status"),
        (204, GOOD, "a body"),
    ],
)
def test_wrong_answers_are_found(status: int, body: object, wrong: str) -> None:
    found = problems("GET", "/crm/objects/2026-03/contacts/5", status, json.dumps(body).encode())
    assert bool(found) == bool(wrong) and (not wrong or wrong in found[0])


def test_null_is_an_empty_property_on_numbered_paths_only() -> None:
    body = json.dumps(GOOD | {"properties": {"phone": None}}).encode()
    assert problems("GET", "/crm/v3/objects/contacts/5", 200, body) == []
    assert problems("GET", "/crm/objects/2026-03/contacts/5", 200, body)


@pytest.mark.parametrize("name", ["dated", "numbered"])
def test_openapi_holds_every_operation_and_points_at_models_that_exist(name: str) -> None:
    document = openapi(name)
    assert sum(map(len, document["paths"].values())) == len(load(name).operations)
    text = json.dumps(document)
    known = set(document["components"]["schemas"])
    pointed_at = {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert pointed_at <= known


def test_both_contracts_are_whole() -> None:
    assert [(c.name, len(c.operations), len(c.models)) for c in contracts()] == [
        ("dated", 391, 329),
        ("numbered", 356, 384),
    ]
