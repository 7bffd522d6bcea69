"""Real processes, killed for real against the sandbox over HTTP: `sync --once` on SQLite, one of two workers on PostgreSQL.

`PASODOBLE_KILLS` says how many (40 in `make test`, 300 in `make kill`), half of them on each.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.conftest import PASODOBLE, Sandbox, start_sandbox, stop
from tests.fakes.postgres import run_postgres

from pasodoble.engine.claims import LEASE

KILLS = int(os.environ.get("PASODOBLE_KILLS", "40"))
RESULTS = os.environ.get("PASODOBLE_RESULTS", "")
PEOPLE = 20
MOST_LIFE_S = 3.0
"""Of the older worker, after a round of edits."""
VERSION = "/services/data/v66.0"


@dataclass
class Town:
    """People on both sides, and the last value that each of them was given."""

    sandbox: Sandbox
    dice: random.Random
    url: str
    hubspot_ids: dict[str, str] = field(default_factory=dict)
    lead_ids: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def add(self, count: int) -> None:
        """New people, half of them on each side."""
        for _ in range(count):
            email = f"p{len(self.names)}@x.example"
            self.names[email] = f"t{len(self.names)}"
            if len(self.names) % 2:
                fields = {"email": email, "lastname": "L", "company": "C", "firstname": self.names[email]}
                self.hubspot_ids[email] = self._post_contact(fields)
            else:
                lead = {"Email": email, "LastName": "L", "Company": "C", "FirstName": self.names[email]}
                self.lead_ids[email] = self._post_lead(lead)

    def _post_contact(self, fields: dict[str, str]) -> str:
        answer = self.sandbox.hubspot.post("/crm/v3/objects/contacts", json={"properties": fields})
        return str(answer.raise_for_status().json()["id"])

    def _post_lead(self, lead: dict[str, str]) -> str:
        answer = self.sandbox.salesforce.post(f"{VERSION}/sobjects/Lead", json=lead)
        return str(answer.raise_for_status().json()["id"])

    def edit(self, round: int) -> None:
        """Some on each side, each where they were made."""
        for email in self.dice.sample(sorted(self.hubspot_ids), 3):
            self.names[email] = f"r{round}.{email}"
            body = {"properties": {"firstname": self.names[email]}}
            path = f"/crm/v3/objects/contacts/{self.hubspot_ids[email]}"
            self.sandbox.hubspot.patch(path, json=body).raise_for_status()
        for email in self.dice.sample(sorted(self.lead_ids), 3):
            self.names[email] = f"r{round}.{email}"
            path = f"{VERSION}/sobjects/Lead/{self.lead_ids[email]}"
            self.sandbox.salesforce.patch(path, json={"FirstName": self.names[email]}).raise_for_status()

    def start_sync(self) -> subprocess.Popen[bytes]:
        return self.start("sync", "--once", "--object", "contacts")

    def look_often(self) -> None:
        """The workers look every second; what the vendors tell by themselves comes on top."""
        config = self.sandbox.config
        text = config.read_text()
        assert "check_every: 15m" in text
        config.write_text(text.replace("check_every: 15m", "check_every: 1s"))

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [*PASODOBLE, *words],
            cwd=self.sandbox.folder,
            env={**os.environ, **self.env()},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def env(self) -> dict[str, str]:
        return {"PASODOBLE_CONFIG": str(self.sandbox.config)} | (
            {"PASODOBLE_DATABASE_URL": self.url} if self.url else {}
        )

    def sync(self) -> dict[str, Any]:
        done = self.sandbox.run("sync", "--once", "--json", "--object", "contacts", **self.env())
        return dict(json.loads(done.stdout)["objects"]["contacts"])

    def count_writes(self) -> int:
        return sum(
            call["writes"]
            for client in (self.sandbox.hubspot, self.sandbox.salesforce)
            for call in client.get("/__sandbox__/calls").json()["calls"]
        )

    def held(self) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        """(address, first name) of every record there is, on each side."""
        contacts, after = [], "0"
        while after:
            query = {"limit": "100", "properties": "email,firstname", "after": after}
            page = self.sandbox.hubspot.get("/crm/v3/objects/contacts", params=query).raise_for_status().json()
            contacts += [(row["properties"]["email"], row["properties"]["firstname"]) for row in page["results"]]
            after = page.get("paging", {}).get("next", {}).get("after", "")
        query = {"q": "SELECT Email, FirstName FROM Lead"}
        leads = self.sandbox.salesforce.get(f"{VERSION}/query", params=query).raise_for_status().json()["records"]
        return sorted(contacts), sorted((lead["Email"], lead["FirstName"]) for lead in leads)


@pytest.fixture
def town(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Town]:
    process, sandbox = start_sandbox(tmp_path, "--empty")
    try:
        if request.param == "sqlite":
            yield Town(sandbox, random.Random(7), "")
            return
        with run_postgres() as server:
            town = Town(sandbox, random.Random(8), server.create_database())
            sandbox.run("db", "upgrade", **town.env())
            yield town
    finally:
        stop(process)


def kill(process: subprocess.Popen[bytes]) -> bool:
    """Whether it was still running then."""
    process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


@pytest.mark.parametrize("town", ["sqlite"], indirect=True)
def test_nothing_is_lost_or_doubled_however_often_a_sync_is_killed(town: Town) -> None:
    town.add(PEOPLE)
    started = time.monotonic()
    town.start_sync().wait()
    run_s = time.monotonic() - started
    killed, tried, wanted = 0, 0, KILLS // 2
    while killed < wanted and tried < 3 * wanted:
        tried += 1
        town.edit(tried)
        town.add(2)
        process = town.start_sync()
        time.sleep(run_s * town.dice.uniform(0.35, 1.0))
        killed += kill(process)
    assert killed == wanted
    check_end(town)
    keep("sqlite", killed)


@pytest.mark.postgres
@pytest.mark.parametrize("town", ["postgres"], indirect=True)
def test_nothing_is_lost_or_doubled_however_often_one_of_two_workers_is_killed(town: Town) -> None:
    town.look_often()
    town.add(PEOPLE)
    workers = [town.start("worker") for _ in range(2)]
    try:
        for round in range(KILLS // 2):
            town.edit(round)
            town.add(2)
            time.sleep(town.dice.uniform(0.3, MOST_LIFE_S))
            assert kill(workers.pop(0)), "a worker had ended by itself"
            workers.append(town.start("worker"))
    finally:
        for worker in workers:
            kill(worker)
    assert town.count_writes() > 2 * PEOPLE  # people's own writes, and the workers'
    check_end(town)
    keep("PostgreSQL, two workers", KILLS // 2)


def check_end(town: Town) -> None:
    """Once the leases of those that died are over, both sides hold all that people wrote, once, and all is quiet."""
    expected, deadline = sorted(town.names.items()), time.monotonic() + 1.5 * LEASE.total_seconds()
    while town.held() != (expected, expected) and time.monotonic() < deadline:
        town.sync()
    assert town.held() == (expected, expected)
    town.sync()
    for client in (town.sandbox.hubspot, town.sandbox.salesforce):
        client.delete("/__sandbox__/calls").raise_for_status()
    town.sync()
    assert town.count_writes() == 0


def keep(database: str, kills: int) -> None:
    if RESULTS:
        document = {"database": database, "kills": kills}
        (Path(RESULTS) / f"kills-{database.partition(',')[0].lower()}.json").write_text(json.dumps(document))
