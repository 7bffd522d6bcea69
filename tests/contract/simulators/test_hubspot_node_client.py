"""`@hubspot/api-client`, unchanged. What it does is in tests/referees/node_hubspot/hubspot_walk.mjs."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import httpx
import node
import pytest
from hubspot_receiver import receiving
from hubspot_server import Served

pytestmark = pytest.mark.node

CHECKS = """contacts conflicts associations definitions lists engagements marketing oauth webhooks retriesWhenToldTooMany
signatures""".split()


@pytest.fixture(scope="module")
def walked(hubspot: Served, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    known = hubspot.world.credentials
    file = tmp_path_factory.mktemp("delivery") / "delivery.json"
    save_delivery(hubspot, file)
    return node.walk(
        node.installed("node_hubspot"),
        "hubspot_walk.mjs",
        hubspot.base_url,
        hubspot.token,
        known["client_id"],
        known["client_secret"],
        known["developer_key"],
        str(file),
    )


def save_delivery(hubspot: Served, file: Path) -> None:
    """One webhook delivery as it came in, for the client to check."""
    with receiving() as app, httpx.Client(base_url=hubspot.base_url) as client:
        client.post("/__sandbox__/webhooks", json={"target_url": app.url}).raise_for_status()
        body = {"properties": {"email": "hook@node.test", "firstname": "Zoë"}}
        headers = {"authorization": f"Bearer {hubspot.token}"}
        client.post("/crm/v3/objects/contacts", json=body, headers=headers).raise_for_status()
        end = time.monotonic() + 5
        while not app.requests and time.monotonic() < end:
            time.sleep(0.01)
        sent = app.requests[0]
        file.write_text(json.dumps({"url": sent.url, "headers": sent.headers, "body": sent.body.decode()}))
        hubspot.world.portal.webhooks.book.settings = None


@pytest.mark.parametrize("check", CHECKS)
def test_node_client(walked: dict[str, dict[str, Any]], check: str) -> None:
    assert walked[check]["ok"], walked[check].get("why")
