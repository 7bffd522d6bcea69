"""While a worker holds the SQLite file: commands queue with it and print the same report; it stops cleanly when told to."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator

import pytest
from tests.acceptance.conftest import PASODOBLE, Sandbox


@pytest.fixture
def worker(sandbox: Sandbox) -> Iterator[subprocess.Popen[str]]:
    env = {**os.environ, "PASODOBLE_CONFIG": str(sandbox.config)}
    running = subprocess.Popen([*PASODOBLE, "worker"], cwd=sandbox.folder, env=env, stderr=subprocess.PIPE, text=True)
    assert running.stderr is not None and "Working" in running.stderr.readline()
    yield running
    running.kill()
    running.communicate()


def test_sync_queues_with_the_worker_and_prints_its_report(sandbox: Sandbox, worker: subprocess.Popen[str]) -> None:
    person = {"email": "ana@acme.example", "lastname": "Ruiz", "company": "Acme"}
    sandbox.hubspot.post("/crm/v3/objects/contacts", json={"properties": person}).raise_for_status()
    report = json.loads(sandbox.run("sync", "--json", check=False).stdout)
    assert report["outcome"] in ("done", "attention")
    assert "contacts" in report["objects"]
    found = sandbox.salesforce.get(
        "/services/data/v66.0/query", params={"q": "SELECT Email FROM Lead WHERE Email = 'ana@acme.example'"}
    )
    assert found.json()["totalSize"] == 1
    missing = sandbox.run("sync", "--record", "nobody@x.example", check=False)
    assert missing.returncode == 1
    assert "no record answers to" in missing.stderr
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0
