"""Forged, old and altered webhook requests are refused. Vectors: HubSpot's documented algorithm, worked out by hand."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pasodoble.connectors.hubspot.webhooks import SIGNATURE, TIMESTAMP, WINDOW, is_signed

DOCUMENT = json.loads(
    (Path(__file__).parents[2] / "contract_data" / "hubspot" / "signatures.json").read_text(encoding="utf-8")
)
VECTORS = [vector for vector in DOCUMENT["vectors"] if vector["version"] == "v3"]


def check(vector: Any, *, age: timedelta = timedelta(), **changed: Any) -> bool:
    sent_at = datetime.fromtimestamp(int(vector["timestamp"]) / 1000, UTC)
    given = {
        "method": vector["method"],
        "url": vector["uri_received"],
        "body": vector["body"].encode(),
        "headers": {SIGNATURE: vector["expected"], TIMESTAMP: vector["timestamp"]},
        "secret": DOCUMENT["client_secret"],
    }
    return is_signed(**(given | changed), now=sent_at + age)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["origin"])
def test_signed_request_is_accepted_for_five_minutes(vector: Any) -> None:
    assert check(vector)
    assert check(vector, age=WINDOW)
    assert not check(vector, age=WINDOW + timedelta(milliseconds=1))
    assert not check(vector, age=-WINDOW - timedelta(milliseconds=1))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["origin"])
@pytest.mark.parametrize(
    "changed",
    [
        {"method": "PUT"},
        {"url": "https://hooks.example.test/other"},
        {"body": b"[{}]"},
        {"secret": "another"},
        {"secret": ""},
        {"headers": {}},
        {"headers": {SIGNATURE: "é", TIMESTAMP: "1767225600000"}},
        {"headers": {SIGNATURE: "x", TIMESTAMP: "soon"}},
        {"headers": {SIGNATURE: "x", TIMESTAMP: "9" * 400}},
        {"headers": {SIGNATURE: "x", TIMESTAMP: "²"}},
    ],
)
def test_altered_request_is_refused(vector: Any, changed: dict[str, Any]) -> None:
    assert not check(vector, **changed)


def test_there_are_vectors() -> None:
    assert len(VECTORS) >= 2
