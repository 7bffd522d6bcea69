"""`pasodoble serve` beside a sandbox that sends webhooks: what changes in HubSpot is in Salesforce at once."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.acceptance.conftest import PASODOBLE, Sandbox, start_sandbox, stop

AT_ONCE_S = 8.0
"""A bound for a busy machine; `bench/webhook_intake.py` measures the intake itself."""
PATH = "/webhooks/hubspot/sandbox"


def find_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Hooked:
    """A sandbox whose webhooks go to a running `serve`."""

    def __init__(self, sandbox: Sandbox, address: str) -> None:
        self.sandbox = sandbox
        self.address = address
        self.hubspot, self.salesforce = sandbox.hubspot, sandbox.salesforce

    def make_contact(self, email: str, **properties: str) -> str:
        body = {"properties": {"email": email, "lastname": "Ruiz", "company": "Acme", **properties}}
        return str(self.hubspot.post("/crm/v3/objects/contacts", json=body).raise_for_status().json()["id"])

    def edit(self, id: str, **properties: str) -> None:
        self.hubspot.patch(f"/crm/v3/objects/contacts/{id}", json={"properties": properties}).raise_for_status()

    def lead(self, email: str) -> dict[str, Any] | None:
        query = f"SELECT Id, LastName, Title FROM Lead WHERE Email = '{email}'"
        rows = self.salesforce.get("/services/data/v66.0/query", params={"q": query}).raise_for_status().json()
        return rows["records"][0] if rows["records"] else None

    def disturb(self, **order: Any) -> None:
        self.hubspot.post("/__sandbox__/webhooks", json=order).raise_for_status()

    def send(self, body: bytes, *, at_ms: int | None = None, secret: str = "", path: str = PATH) -> httpx2.Response:
        """A request signed as HubSpot signs, or with another secret."""
        stamp = str(at_ms or int(time.time() * 1000))
        key = secret or self.sandbox.ready["hubspot"]["client_secret"]
        message = b"POST" + f"{self.address}{path}".encode() + body + stamp.encode()
        signature = base64.b64encode(hmac.new(key.encode(), message, hashlib.sha256).digest()).decode()
        headers = {"X-HubSpot-Signature-v3": signature, "X-HubSpot-Request-Timestamp": stamp}
        return httpx2.post(f"{self.address}{path}", content=body, headers=headers)


def wait_until(what: Callable[[], Any], patience_s: float = AT_ONCE_S) -> None:
    started = time.monotonic()
    while not what():
        assert time.monotonic() - started < patience_s, "it did not happen in time"
        time.sleep(0.05)


@contextlib.contextmanager
def serving(sandbox: Sandbox, port: int, *options: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [*PASODOBLE, "serve", "--port", str(port), *options],
        cwd=sandbox.folder,
        env={**os.environ, "PASODOBLE_CONFIG": str(sandbox.config)},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        assert "Pasodoble is at" in process.stderr.readline()
        yield process
    finally:
        assert stop(process) == 0


@pytest.fixture(scope="module")
def hooked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hooked]:
    """One for all tests here: each works on people of its own."""
    port = find_port()
    folder: Path = tmp_path_factory.mktemp("hooked")
    process, sandbox = start_sandbox(folder, "--empty", "--webhook-target", f"http://127.0.0.1:{port}{PATH}")
    with serving(sandbox, port):
        running = Hooked(sandbox, f"http://127.0.0.1:{port}")
        running.make_contact("first@acme.example")
        wait_until(lambda: running.lead("first@acme.example"), 20)
        yield running
    stop(process)


def why(hooked: Hooked, record: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(hooked.sandbox.run("why", record, "--json").stdout)
    return document


def test_contact_made_and_edited_in_hubspot_is_in_salesforce_at_once(hooked: Hooked) -> None:
    id = hooked.make_contact("ana@acme.example")
    wait_until(lambda: hooked.lead("ana@acme.example"))
    hooked.edit(id, jobtitle="CTO")
    wait_until(lambda: (hooked.lead("ana@acme.example") or {}).get("Title") == "CTO")


def test_delivery_that_is_doubled_and_out_of_order_does_no_harm(hooked: Hooked) -> None:
    hooked.disturb(duplicate=50, reorder=True)
    try:
        ids = [hooked.make_contact(f"many{i}@acme.example", jobtitle="old") for i in range(5)]
        for id in ids:
            hooked.edit(id, jobtitle="new")
        for i in range(5):
            wait_until(lambda i=i: (hooked.lead(f"many{i}@acme.example") or {}).get("Title") == "new")  # type: ignore[misc]
    finally:
        hooked.disturb(duplicate=0, reorder=False)
    query = "SELECT COUNT() FROM Lead WHERE Email LIKE 'many%'"
    counted = hooked.salesforce.get("/services/data/v66.0/query", params={"q": query}).json()
    assert counted["totalSize"] == 5


def test_forged_old_and_replayed_requests_are_refused(hooked: Hooked) -> None:
    body = json.dumps([{"subscriptionType": "contact.creation", "objectId": 1, "occurredAt": 1}]).encode()
    now_ms = int(time.time() * 1000)
    assert hooked.send(body, secret="another").status_code == 401
    assert hooked.send(body, at_ms=now_ms - 301_000).status_code == 401
    assert httpx2.post(hooked.address + PATH, content=body).status_code == 401
    assert hooked.send(body, path="/webhooks/hubspot/nobody").status_code == 404
    assert hooked.send(b"{not json").status_code == 400
    assert hooked.send(b"[" + b" " * (1 << 20) + b"]").status_code == 413
    assert httpx2.get(hooked.address + PATH).status_code == 405
    assert hooked.send(body, at_ms=now_ms).status_code == 200
    assert hooked.send(body, at_ms=now_ms).status_code == 409


def test_letter_that_nobody_can_read_is_put_aside_and_told_and_hinders_no_other(hooked: Hooked) -> None:
    assert hooked.send(b'[{"subscriptionType": "contact.propertyChange", "objectId": "?"}]').status_code == 200
    hooked.make_contact("after@acme.example")
    wait_until(lambda: hooked.lead("after@acme.example"))
    found = json.loads(hooked.sandbox.run("check", "--json", check=False).stdout)
    assert "inbox_unreadable" in {finding["id"] for finding in found["findings"]}


def test_why_tells_what_was_seen_and_started_nothing(hooked: Hooked) -> None:
    id = hooked.make_contact("quiet@acme.example")
    wait_until(lambda: hooked.lead("quiet@acme.example"))
    time.sleep(1)
    hooked.edit(id, hs_language="es")

    def told() -> bool:
        steps = why(hooked, "quiet@acme.example")["steps"]
        return any(step["reason"] == "trigger.unmapped_field_changed" for step in steps)

    wait_until(told, 20)
