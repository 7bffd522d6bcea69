"""The commands around the sync, as a user types them, on one sandbox without our key fields."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.acceptance.conftest import Sandbox, start_sandbox, stop


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Sandbox]:
    process, running = start_sandbox(tmp_path, "--empty", "--bare")
    yield running
    stop(process)


def test_from_check_to_undo(bare: Sandbox) -> None:
    found = {finding["id"] for finding in json.loads(bare.run("check", "--json").stdout)["findings"]}
    assert found == {"key_missing", "push_partial"}
    assert "contacts: pasodoble_key made" in bare.run("connect", "hubspot").stderr
    assert "contacts: pasodoble_key is there" in bare.run("connect", "hubspot").stderr
    left = json.loads(bare.run("check", "--json").stdout)["findings"]
    assert {finding["detail"]["side"] for finding in left if finding["id"] == "key_missing"} == {"salesforce"}
    bare.run("connect", "salesforce", "--out", "metadata")
    assert list((bare.folder / "metadata").rglob("objects/Lead/fields/Pasodoble_Key__c.field-meta.xml"))

    person = {"email": "ana@x.example", "lastname": "Ruiz", "company": "X", "jobtitle": "CTO"}
    made = bare.hubspot.post("/crm/v3/objects/contacts", json={"properties": person}).raise_for_status().json()
    bare.sync()
    path = f"/crm/v3/objects/contacts/{made['id']}"
    bare.hubspot.patch(path, json={"properties": {"lastname": "Peña"}}).raise_for_status()
    run = bare.sync()["run"]

    shown = bare.run("undo", str(run))
    assert "--yes" in shown.stderr
    done = json.loads(bare.run("undo", str(run), "--yes", "--json").stdout)
    assert (done["outcome"], done["refusals"]) == ("done", [])
    contact = bare.hubspot.get(path, params={"properties": "lastname"}).json()
    assert contact["properties"]["lastname"] == "Ruiz"
    again = bare.sync()["objects"]["contacts"]
    assert again["hubspot"]["updated"] == again["salesforce"]["updated"] == 0
    rows = [json.loads(line) for line in bare.run("history", "ana@x.example", "--json").stdout.splitlines()]
    assert {row["reason"] for row in rows[:2]} == {"undo.put_back"}

    limits = json.loads(bare.run("limits", "--json").stdout)["sides"]
    assert limits["hubspot"]["used_24h"] > 0
    assert bare.run("problems", "show", "1", check=False).returncode == 1
    assert bare.run("problems", "export").stdout.startswith("id,kind,label")
