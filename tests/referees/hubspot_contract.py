"""The HubSpot contract as JSON Schema and OpenAPI, and the referee that holds every answer of the simulator against it.

The data is `tests/contract_data/hubspot/{dated,numbered}.json`. Its notation: `X` is required, `?X` may be absent, `X|null` may be null, `A|B` is either,
`array<T>`, `map<T>`, `enum(a,b)`, `enum(@name)` (from "enums"), `{name: T, ?name}`; other words are models or plain types. What a client does with an
answer does not belong here: the clients are asked themselves.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import jsonschema_rs

from pasodoble.simulators.http import DOOR, Application, Request, Response

DATA = Path(__file__).parents[1] / "contract_data" / "hubspot"
Schema = dict[str, Any]

PLAIN: dict[str, Schema] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "null": {"type": "null"},
    "any": {},
    "date-time": {"type": "string", "format": "date-time"},
    "file": {"type": "string", "format": "binary"},
    "BinaryAPIResponse": {},
}
ERROR: Schema = {
    "type": "object",
    "required": ["status", "message"],
    "properties": {
        "status": {"type": "string"},
        "message": {"type": "string", "minLength": 1},
        "correlationId": {"type": "string", "pattern": "^[0-9a-f-]{36}$"},
        "category": {"type": "string"},
        "subCategory": {"type": "string"},
        "context": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
        "links": {"type": "object", "additionalProperties": {"type": "string"}},
        "errors": {"type": "array", "items": {"type": "object", "required": ["message"]}},
    },
}
"""The envelope of section 3; OAuth errors add `error` and `error_description`, rate limits `errorType` and `policyName`."""

TOKENS = re.compile(r"enum\([^)]*\)|[\w-]+|[<>{}|?,:]")


class _Notation:
    """A recursive-descent reader of one type expression; `refs` is how a model is pointed at."""

    def __init__(self, text: str, contract: Contract, refs: str) -> None:
        self._tokens = TOKENS.findall(text)
        self._at = 0
        self._contract = contract
        self._refs = refs

    def read(self) -> Schema:
        self._skip("?")
        choices = [self._atom()]
        while self._skip("|"):
            choices.append(self._atom())
        return choices[0] if len(choices) == 1 else {"anyOf": choices}

    def _skip(self, token: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at] == token:
            self._at += 1
            return True
        return False

    def _atom(self) -> Schema:
        token = self._tokens[self._at]
        self._at += 1
        if token == "{":
            return self._fields()
        if token.startswith("enum("):
            return {"enum": self._contract.members(token[5:-1])}
        if token in ("array", "map") and self._skip("<"):
            inner = self.read()
            self._skip(">")
            if token == "array":
                return {"type": "array", "items": inner}
            return {"type": "object", "additionalProperties": inner}
        if token in PLAIN:
            return dict(PLAIN[token])
        return {"$ref": self._refs + token} if token in self._contract.models else {}

    def _fields(self) -> Schema:
        properties: Schema = {}
        required = []
        while not self._skip("}"):
            optional = self._skip("?")
            name = self._tokens[self._at]
            self._at += 1
            properties[name] = self.read() if self._skip(":") else {"type": "string"}
            if not optional:
                required.append(name)
            self._skip(",")
        if "results" in properties:
            properties["total"] = {"type": "integer"}  # the client's page classes leave it out
        return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


@dataclass(frozen=True)
class Operation:
    """One operation: `responses` maps a status (or "2xx") to the notation of its body, None for no body."""

    method: str
    path: str
    sdk: str
    query: dict[str, str]
    body: str | dict[str, str] | None
    responses: dict[str, str | None]

    @cached_property
    def segments(self) -> tuple[str, ...]:
        return tuple(self.path.strip("/").split("/"))


@dataclass
class Contract:
    name: str
    models: dict[str, dict[str, str]]
    enums: dict[str, str]
    operations: list[Operation] = field(default_factory=list)

    def members(self, text: str) -> list[str]:
        return (self.enums[text[1:]] if text.startswith("@") else text).split(",")

    def schema(self, notation: str, refs: str = "#/$defs/") -> Schema:
        return _Notation(notation, self, refs).read()

    def fields(self, fields: dict[str, str], refs: str, *, closed: bool) -> Schema:
        """The schema of an object; `closed` forbids fields that the contract does not name."""
        properties = {name: self.schema(notation, refs) for name, notation in fields.items()}
        if self.name == "numbered":
            _allow_documented_nulls(fields, properties)
            if fields.keys() >= UNION_MARKS:
                return {"type": "object"}
        shape: Schema = {
            "type": "object",
            "properties": properties,
            "required": [name for name, notation in fields.items() if not notation.startswith("?")],
        }
        return shape | {"additionalProperties": False} if closed else shape

    def definitions(self, refs: str, *, closed: bool) -> Schema:
        return {name: self.fields(fields, refs, closed=closed) for name, fields in self.models.items()}

    @cached_property
    def closed_definitions(self) -> Schema:
        return self.definitions("#/$defs/", closed=True)


UNION_MARKS = {"filterBranchType", "eventTypeId", "propertyWithObjectId"}
"""Fields that mark the filter branch of a list, which the numbered client flattened: a union of seven shapes whose fields
it takes to be required all at once, and then takes answers that hold those of one."""
NULLABLE = {"userIdIncludingInactive": ("email", "userId", "userIdIncludingInactive"), "typeId": ("label",)}
"""A field that marks a model -> those of the model that may be null."""


def _allow_documented_nulls(fields: dict[str, str], properties: Schema) -> None:
    """Where the guides show null and the numbered client's models, which take it, do not say so: a known but empty
    property, what an owner who is archived or a queue does not have, and the label of an unlabelled association."""
    if fields.get("properties") == "map<string>":
        properties["properties"]["additionalProperties"] = {"type": ["string", "null"]}
    for mark, names in NULLABLE.items():
        for name in names if mark in fields else ():
            properties[name] = {"anyOf": [properties.get(name, {}), {"type": "null"}]}


@cache
def load(name: str) -> Contract:
    """`dated` or `numbered`."""
    data = json.loads((DATA / f"{name}.json").read_text())
    contract = Contract(name=name, models=data["models"], enums=data["enums"])
    for raw in data["operations"]:
        responses = raw["responses"] if "responses" in raw else {"2xx": raw["response"]}
        responses = {status: None if body == "null" else body for status, body in responses.items()}
        contract.operations.append(
            Operation(
                method=raw["method"],
                path=raw["path"],
                sdk=raw["sdk"],
                query=raw.get("query", {}),
                body=raw.get("body"),
                responses=responses or {"2xx": None},
            )
        )
    return contract


def contracts() -> Iterator[Contract]:
    yield load("dated")
    yield load("numbered")


# -- the referee -----------------------------------------------------------------------------------------------------


def find_operation(method: str, path: str) -> tuple[Contract, Operation] | None:
    """The operation a call is one of; fixed segments win over `{parameters}`."""
    segments = tuple(s for s in path.split("?")[0].strip("/").split("/"))
    best: tuple[int, Contract, Operation] | None = None
    for contract in contracts():
        for operation in contract.operations:
            if operation.method != method or len(operation.segments) != len(segments):
                continue
            fixed = _fixed_count(operation.segments, segments)
            if fixed is not None and (best is None or fixed > best[0]):
                best = (fixed, contract, operation)
    return (best[1], best[2]) if best else None


def _fixed_count(pattern: tuple[str, ...], segments: tuple[str, ...]) -> int | None:
    fixed = 0
    for expected, found in zip(pattern, segments, strict=True):
        if expected.startswith("{"):
            continue
        if expected != found:
            return None
        fixed += 1
    return fixed


@cache
def _validator(contract_name: str, notation: str) -> jsonschema_rs.Validator:
    contract = load(contract_name)
    schema = contract.schema(notation) | {"$defs": contract.closed_definitions}
    return jsonschema_rs.validator_for(schema, validate_formats=True)


ERROR_VALIDATOR = jsonschema_rs.validator_for(ERROR)


def problems(method: str, path: str, status: int, body: bytes) -> list[str]:
    """What is wrong with an answer: nothing, for a path that is in no contract."""
    found = find_operation(method, path)
    if found is None or status == 0:
        return []
    contract, operation = found
    where = f"{method} {operation.path} -> {status}"
    if status >= 400:
        return [f"{where}: {problem}" for problem in _read(ERROR_VALIDATOR, body)]
    notation = _notation_for(operation, status) if status != 204 else None
    if notation is None:
        return [f"{where}: a body where the contract has none: {body[:80]!r}"] if body else []
    if status == 207 and contract.name == "dated":
        body, failed = _without_errors(body)
        if failed:
            return [f"{where}: {problem}" for problem in failed]
    return [f"{where}: {problem}" for problem in _read(_validator(contract.name, notation), body)]


def _without_errors(body: bytes) -> tuple[bytes, list[str]]:
    """The dated contract knows only the answer of a batch that went well; what failed is held against its own model."""
    value = json.loads(body)
    errors = json.dumps(value.pop("errors", [])).encode()
    value.pop("numErrors", None)
    return json.dumps(value).encode(), _read(_validator("dated", "array<StandardError>"), errors)


def _notation_for(operation: Operation, status: int) -> str | None:
    """The contract names statuses only in part: any 2xx it does not name has the shape of the one it does."""
    responses = operation.responses
    if str(status) in responses:
        return responses[str(status)]
    return next(iter(responses.values()))


def _read(validator: jsonschema_rs.Validator, body: bytes) -> list[str]:
    try:
        value = json.loads(body)
    except ValueError as error:
        return [f"not JSON ({error}): {body[:80]!r}"]
    return [
        f"/{'/'.join(map(str, error.instance_path))}: {str(error).splitlines()[0][:300]}"
        for error in validator.iter_errors(value)
    ][:5]


@contextmanager
def watching() -> Iterator[list[str]]:
    """While it is open, every answer of every simulator in this process is held against the contract; gives what is wrong."""
    found: list[str] = []
    handle = Application.handle

    async def watched(self: Application, request: Request) -> Response:
        response = await handle(self, request)
        if not request.path.startswith(DOOR):
            found.extend(problems(request.method, request.path, response.status, response.body))
        return response

    Application.handle = watched  # type: ignore[method-assign]
    try:
        yield found
    finally:
        Application.handle = handle  # type: ignore[method-assign]


# -- OpenAPI -----------------------------------------------------------------------------------------------------------


def openapi(name: str, *, prefixes: tuple[str, ...] = ("/",)) -> Schema:
    """One contract as an OpenAPI 3.1 document, of the operations whose path starts with one of `prefixes`."""
    contract = load(name)
    refs = "#/components/schemas/"
    paths: dict[str, Schema] = {}
    for operation in contract.operations:
        if operation.path.startswith(prefixes):
            paths.setdefault(operation.path, {})[operation.method.lower()] = _openapi_operation(
                contract, operation, refs
            )
    return {
        "openapi": "3.1.0",
        "info": {"title": f"HubSpot, {name}", "version": "1"},
        "paths": paths,
        "components": {"schemas": {**contract.definitions(refs, closed=True), "Error": ERROR}},
    }


def _openapi_operation(contract: Contract, operation: Operation, refs: str) -> Schema:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in re.findall(r"\{(\w+)\}", operation.path)
    ]
    parameters += [
        {"name": name, "in": "query", "schema": _query_schema(contract, notation)}
        for name, notation in operation.query.items()
    ]
    described: Schema = {
        "operationId": f"{operation.method} {operation.path}",
        "parameters": parameters,
        "responses": {
            **{code.upper(): _content(contract, body, refs) for code, body in operation.responses.items()},
            "4XX": {"description": "refused", **_json_content({"$ref": refs + "Error"})},
        },
    }
    body = _body_schema(contract, operation, refs)
    if body is not None:
        described["requestBody"] = {"required": True, **_json_content(body)}
    return described


def _query_schema(contract: Contract, notation: str) -> Schema:
    plain = {"single": "string", "repeated": "array<string>", "multi": "array<string>"}.get(notation, notation)
    return contract.schema(plain, "#/components/schemas/")


def _json_content(schema: Schema) -> Schema:
    return {"content": {"application/json": {"schema": schema}}}


def _content(contract: Contract, notation: str | None, refs: str) -> Schema:
    if notation is None:
        return {"description": "done"}
    return {"description": "done", **_json_content(contract.schema(notation, refs))}


def _body_schema(contract: Contract, operation: Operation, refs: str) -> Schema | None:
    if operation.body is None:
        return None
    if isinstance(operation.body, str):
        return contract.schema(operation.body, refs)
    return contract.fields(operation.body, refs, closed=True)
