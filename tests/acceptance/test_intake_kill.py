"""What `serve` has answered is on disk: a server that is killed with SIGKILL in the middle of it has lost nothing."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import os
import signal
import socket
import sqlite3
import subprocess
import time
from pathlib import Path

import httpx2
from tests.acceptance.conftest import PASODOBLE

SECRET = "quite-secret"
PATH = "/webhooks/hubspot/acme"
SETTINGS = f"""
version: 1
public_url: https://sync.example.com
connections:
  acme:
    hubspot: {{base_url: "http://127.0.0.1:9", auth: {{service_key: none}}, webhooks: {{client_secret: {SECRET}}}}}
    salesforce: {{login_url: "http://127.0.0.1:9", auth: {{client_id: a, client_secret: b}}}}
"""


def make_request(number: int) -> tuple[bytes, dict[str, str]]:
    """Signed over the public address, as a proxy in front of the server leaves it."""
    event = {"eventId": number, "subscriptionType": "contact.creation", "objectId": number, "occurredAt": 1}
    body = json.dumps([event]).encode()
    stamp = str(int(time.time() * 1000))
    message = f"POSThttps://sync.example.com{PATH}".encode() + body + stamp.encode()
    signature = base64.b64encode(hmac.new(SECRET.encode(), message, hashlib.sha256).digest()).decode()
    return body, {
        "x-hubspot-signature-v3": signature,
        "x-hubspot-request-timestamp": stamp,
        "host": "sync.example.com",
    }


async def send_until_it_dies(address: str, process: subprocess.Popen[str]) -> set[int]:
    """Ten senders; after three hundred answers the server is killed. Gives the events that were answered with 200."""
    answered: set[int] = set()
    numbers = iter(range(1, 100_000))

    async def send(client: httpx2.AsyncClient) -> None:
        for number in numbers:
            body, headers = make_request(number)
            try:
                answer = await client.post(address + PATH, content=body, headers=headers)
            except httpx2.TransportError:
                return
            assert answer.status_code == 200, answer.text
            answered.add(number)
            if len(answered) == 300:
                process.send_signal(signal.SIGKILL)

    async with httpx2.AsyncClient(timeout=10) as client:
        await asyncio.gather(*(send(client) for _ in range(10)))
    return answered


def test_no_event_that_was_answered_is_lost_when_the_server_is_killed(tmp_path: Path) -> None:
    (tmp_path / "pasodoble.yaml").write_text(SETTINGS)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    database = tmp_path / "pasodoble.db"
    process = subprocess.Popen(
        [*PASODOBLE, "serve", "--no-worker", "--port", str(port)],
        cwd=tmp_path,
        env={**os.environ, "PASODOBLE_DATABASE_URL": f"sqlite:///{database}"},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        assert "Pasodoble is at" in process.stderr.readline()
        answered = asyncio.run(send_until_it_dies(f"http://127.0.0.1:{port}", process))
    finally:
        process.kill()
        process.communicate()
    with sqlite3.connect(database) as sql:
        kept = {json.loads(body)[0]["eventId"] for (body,) in sql.execute("SELECT body FROM inbox")}
    assert len(answered) >= 300
    assert answered <= kept
