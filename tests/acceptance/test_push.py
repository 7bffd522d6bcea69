"""`pasodoble serve` beside a sandbox: what changes in Salesforce is in HubSpot at once, and without push at the next check."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.acceptance.conftest import PASODOBLE, Sandbox, stop

AT_ONCE_S = 8.0
"""A bound for a busy machine; `bench/latency.py` measures how long it really takes."""
VERSION = "/services/data/v66.0"


@contextlib.contextmanager
def serving(sandbox: Sandbox) -> Iterator[subprocess.Popen[str]]:
    """`serve` on a free port, once its pages answer."""
    process = subprocess.Popen(
        [*PASODOBLE, "serve", "--port", "0"],
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


def change_settings(config: Path, **changes: Any) -> None:
    """`pubsub` and `check_every` of the only connection."""
    document = yaml.safe_load(config.read_text())
    [connection] = document["connections"].values()
    if "pubsub" in changes:
        connection["salesforce"]["pubsub"]["enabled"] = changes.pop("pubsub")
    connection.update(changes)
    config.write_text(yaml.safe_dump(document))


def wait_until(what: Callable[[], Any], patience_s: float) -> float:
    """Seconds until it is true. Fails when patience runs out."""
    started = time.monotonic()
    while not what():
        assert time.monotonic() - started < patience_s, "it did not happen in time"
        time.sleep(0.05)
    return time.monotonic() - started


class Person:
    """Somebody who works in Salesforce, and looks for the outcome in HubSpot."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._hubspot, self._salesforce = sandbox.hubspot, sandbox.salesforce

    def make_lead(self, email: str, **fields: str) -> str:
        body = {"LastName": "Ruiz", "Company": "Acme", "Email": email, **fields}
        return str(self._salesforce.post(f"{VERSION}/sobjects/Lead", json=body).raise_for_status().json()["id"])

    def edit(self, lead: str, **fields: str) -> None:
        self._salesforce.patch(f"{VERSION}/sobjects/Lead/{lead}", json=fields).raise_for_status()

    def delete(self, lead: str) -> None:
        self._salesforce.delete(f"{VERSION}/sobjects/Lead/{lead}").raise_for_status()

    def see(self, email: str) -> dict[str, Any] | None:
        """The HubSpot contact's properties, None where there is none."""
        answer = self._hubspot.get(
            f"/crm/v3/objects/contacts/{email}", params={"idProperty": "email", "properties": "jobtitle,lastname"}
        )
        return None if answer.status_code == 404 else dict(answer.raise_for_status().json()["properties"])


@pytest.fixture
def person(sandbox: Sandbox) -> Person:
    return Person(sandbox)


def is_listening(sandbox: Sandbox, person: Person) -> None:
    """Edits until one has come over without a check: from then on the stream is known to be open."""
    lead = person.make_lead("first@acme.example")
    wait_until(lambda: person.see("first@acme.example"), 60)
    titles = iter(range(1000))

    def told() -> bool:
        person.edit(lead, Title=f"T{next(titles)}")
        time.sleep(0.5)
        return (person.see("first@acme.example") or {}).get("jobtitle") is not None

    wait_until(told, 30)


def test_an_edit_a_creation_and_an_edit_while_serve_was_down_arrive_at_once(sandbox: Sandbox, person: Person) -> None:
    change_settings(sandbox.config, check_every="1h")
    with serving(sandbox):
        is_listening(sandbox, person)
        lead = person.make_lead("ana@acme.example")
        wait_until(lambda: person.see("ana@acme.example"), AT_ONCE_S)
        person.edit(lead, Title="Head of Data")
        wait_until(lambda: (person.see("ana@acme.example") or {})["jobtitle"] == "Head of Data", AT_ONCE_S)
    person.edit(lead, Title="Head of Everything")
    with serving(sandbox):
        wait_until(lambda: (person.see("ana@acme.example") or {})["jobtitle"] == "Head of Everything", 30)
    history = json.loads(sandbox.run("why", "ana@acme.example", "--json").stdout)
    assert history["state"] == "in_step"


def test_without_push_the_check_brings_the_same(sandbox: Sandbox, person: Person) -> None:
    change_settings(sandbox.config, pubsub="off", check_every="2s")
    with serving(sandbox):
        lead = person.make_lead("ana@acme.example")
        wait_until(lambda: person.see("ana@acme.example"), 60)
        person.edit(lead, Title="Head of Data")
        wait_until(lambda: (person.see("ana@acme.example") or {})["jobtitle"] == "Head of Data", 30)
