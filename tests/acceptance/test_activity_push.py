"""`pasodoble serve` beside a sandbox that sends webhooks: what people do in HubSpot is told in Salesforce at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.acceptance.conftest import start_sandbox, stop
from tests.acceptance.test_activities import ACTIONS, SUBJECTS, Office
from tests.acceptance.test_webhooks import PATH, find_port, serving, wait_until


@pytest.fixture(scope="module")
def pushed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Ana is synced, and the next check is a quarter of an hour away."""
    port = find_port()
    folder: Path = tmp_path_factory.mktemp("pushed")
    process, sandbox = start_sandbox(folder, "--empty", "--webhook-target", f"http://127.0.0.1:{port}{PATH}")
    sandbox.hubspot.patch("/__sandbox__/schema", json={"forms": [{"id": "f-1", "name": "Contact us"}]})
    try:
        with serving(sandbox, port):
            office = Office(sandbox)
            office.put_person("ana")
            wait_until(lambda: office.query("SELECT Id FROM Lead"), 20)
            yield office
    finally:
        stop(process)


@pytest.mark.parametrize("action", ACTIONS)
def test_each_activity_is_told_as_soon_as_hubspot_tells_of_it(pushed: Office, action: str) -> None:
    [ana] = pushed.sandbox.hubspot.get("/crm/v3/objects/contacts").json()["results"]
    pushed.act(action, contact=ana["id"], **ACTIONS[action])
    wait_until(lambda: SUBJECTS[action] in [task["Subject"] for task in pushed.tasks("ana")])
    assert [task["Subject"] for task in pushed.tasks("ana")].count(SUBJECTS[action]) == 1


def test_what_was_done_once_is_counted_once(pushed: Office) -> None:
    before = count_fired(pushed)
    [ana] = pushed.sandbox.hubspot.get("/crm/v3/objects/contacts").json()["results"]
    pushed.act("note_created", contact=ana["id"], body="Counted")
    wait_until(lambda: "Counted" in [task["Description"] for task in pushed.tasks("ana")])
    assert count_fired(pushed) - before == 1


def count_fired(office: Office) -> int:
    lines = office.sandbox.run("triggers", "--json").stdout.splitlines()
    return next(int(line["fired"]) for line in map(json.loads, lines) if line["key"] == "note_created")
