"""Webhooks as an app receives them: over real HTTP, checked by the official clients' own signature check."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from hubspot.utils.signature import Signature
from hubspot_receiver import Received, Receiver, receiving
from hubspot_server import Served, served

from pasodoble.simulators.hubspot.signatures import sign_v1, sign_v3

VECTORS = json.loads((Path(__file__).parents[2] / "contract_data/hubspot/signatures.json").read_text())

SIGNED = [vector for vector in VECTORS["vectors"] if vector["version"] != "v2"]
"""CRM webhooks are never signed with version 2."""


@pytest.fixture(scope="module")
def told() -> Iterator[tuple[Served, Receiver]]:
    """A simulator whose every change goes to a receiver, and one contact made and changed."""
    with (
        receiving("/hook?tenant=acme") as app,
        served(empty=True, webhook_target=app.url) as server,
        httpx.Client(base_url=server.base_url, headers={"authorization": f"Bearer {server.token}"}) as client,
    ):
        body = {"properties": {"email": "zoe@hook.test", "firstname": "Zoë"}}
        id = client.post("/crm/v3/objects/contacts", json=body).json()["id"]
        client.patch(f"/crm/v3/objects/contacts/{id}", json={"properties": {"lifecyclestage": "customer"}})
        client.delete(f"/crm/v3/objects/contacts/{id}")
        until(lambda: any(event["subscriptionType"] == "contact.deletion" for event in events(app)))
        yield server, app


def until(happened: Any, *, timeout_s: float = 5) -> None:
    end = time.monotonic() + timeout_s
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def events(app: Receiver) -> list[dict[str, Any]]:
    return [event for request in app.requests for event in json.loads(request.body)]


def valid(server: Served, sent: Received, version: str, *, body: str | None = None) -> bool:
    name = "x-hubspot-signature-v3" if version == "v3" else "x-hubspot-signature"
    return bool(
        Signature.is_valid(
            signature=sent.headers[name],
            client_secret=server.world.credentials["client_secret"],
            request_body=sent.body.decode() if body is None else body,
            http_method="POST",
            http_uri=sent.url,
            signature_version=version,
            timestamp=sent.headers["x-hubspot-request-timestamp"],
        )
    )


@pytest.mark.parametrize("version", ["v1", "v3"])
def test_the_python_client_trusts_what_was_sent_and_nothing_else(told: tuple[Served, Receiver], version: str) -> None:
    server, app = told
    assert app.requests
    for sent in app.requests:
        assert valid(server, sent, version)
        assert not valid(server, sent, version, body=sent.body.decode() + " ")


def test_a_contacts_life_is_told_once_in_order_of_time(told: tuple[Served, Receiver]) -> None:
    _, app = told
    seen = events(app)
    kinds = [event["subscriptionType"] for event in seen]
    assert kinds.count("contact.creation") == kinds.count("contact.deletion") == 1
    stages = [event for event in seen if event.get("propertyName") == "lifecyclestage"]
    assert stages[-1]["propertyValue"] == "customer"
    assert {(event["changeSource"], event["sourceId"]) for event in seen} == {("INTEGRATION", "11")}
    assert sorted(event["occurredAt"] for event in seen) == [event["occurredAt"] for event in seen]
    assert abs(seen[0]["occurredAt"] / 1000 - datetime.now(UTC).timestamp()) < 60  # noqa: TID251 - the real time is meant


@pytest.mark.parametrize("vector", SIGNED, ids=lambda vector: f"{vector['version']} {vector['origin'][:20]}")
def test_signatures_are_those_of_the_documentation(vector: dict[str, Any]) -> None:
    body, secret = vector["body"].encode(), VECTORS["client_secret"]
    found = (
        sign_v1(secret, body)
        if vector["version"] == "v1"
        else sign_v3(secret, vector["method"], vector["uri_received"], body, int(vector["timestamp"]))
    )
    assert found == vector["expected"]
