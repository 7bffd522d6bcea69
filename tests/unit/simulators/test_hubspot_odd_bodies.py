"""Bodies and queries of the wrong kind, thrown at every operation of the contract: refused or taken, never an exception."""

import json
import re
from typing import Any

import pytest
from hubspot_contract import load

from pasodoble.simulators.clock import SimClock
from pasodoble.simulators.http import Request
from pasodoble.simulators.hubspot import World, build

BODIES: list[Any] = [
    None,
    [],
    {},
    "x",
    5,
    [1],
    {"inputs": [None]},
    {"inputs": "x"},
    {"inputs": [{}]},
    {"inputs": [{"id": {}}]},
    {"inputs": [{"from": 1, "to": 2}]},
    {"properties": []},
    {"properties": {"email": {}}},
    {"name": 5},
    {"name": "x", "fieldGroups": [{"fields": [1]}]},
    {"snapshotRequests": [1]},
    {"subscriptionId": 1, "filter": {"conditions": [1]}},
    {"targetUrl": "http://x", "throttling": 5},
    {"label": "x", "stages": [1]},
    {"label": "x", "includeDefaultProperties": 1, "propertyDefinitions": [1]},
    {"name": "q", "objectTypeId": "0-1", "processingType": "DYNAMIC", "filterBranch": {"filterBranchType": 1}},
    {"amount": "x", "name": "x", "order": 1},
]
RAW = [json.dumps(body).encode() for body in BODIES] + [b"{", b"\xff"]
QUERIES = ("", "limit=x&after=zz&archived=maybe&count=1e9&offset=~")
WORDS = ("101", "x")


@pytest.fixture(scope="module")
def world() -> World:
    return build(SimClock(), people=10, seed=1)


@pytest.mark.parametrize("name", ["dated", "numbered"])
async def test_nothing_that_is_sent_ends_in_an_exception(world: World, name: str) -> None:
    """The application lets what it does not know pass as an exception, so an answer is all that is asked for here."""
    headers = {"authorization": f"Bearer {world.credentials['token']}", "content-type": "application/json"}
    asked = 0
    for operation in load(name).operations:
        for word in WORDS:
            path = re.sub(r"\{(\w+)\}", lambda found, word=word: "11" if found[1] == "appId" else word, operation.path)
            bare = operation.method in ("GET", "DELETE")
            sent = [(query, b"") for query in QUERIES] if bare else [("", body) for body in RAW]
            for query, body in sent:
                response = await world.application.handle(Request(operation.method, path, query, headers, body))
                assert response.status < 500
                asked += 1
    assert asked > 8_000
