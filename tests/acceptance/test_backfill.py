"""The initial load as a person starts it, over HTTP: 2,000 people, killed in the middle, and what it costs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from math import ceil
from typing import Any

from tests.acceptance.conftest import PASODOBLE, Sandbox

BOTH, HUBSPOT_ONLY, SALESFORCE_ONLY = 1_000, 500, 500
PEOPLE = BOTH + HUBSPOT_ONLY + SALESFORCE_ONLY


def fill(sandbox: Sandbox) -> None:
    """People whom both sides know, and such as only one does."""
    known = [{"email": f"p{i}@x.example", "lastname": f"P{i}", "company": "X"} for i in range(BOTH + HUBSPOT_ONLY)]
    with sandbox.hubspot as client:
        for some in chunks(known, 100):
            body = {"inputs": [{"properties": person} for person in some]}
            client.post("/crm/v3/objects/contacts/batch/create", json=body).raise_for_status()
    numbers = [*range(BOTH), *range(10_000, 10_000 + SALESFORCE_ONLY)]
    leads = [{"Email": f"p{i}@x.example", "LastName": f"P{i}", "Company": "X"} for i in numbers]
    with sandbox.salesforce as client:
        for some in chunks(leads, 200):
            records = [{"attributes": {"type": "Lead"}, **lead} for lead in some]
            client.post("/services/data/v62.0/composite/sobjects", json={"records": records}).raise_for_status()


def chunks(items: Sequence[Any], size: int) -> list[Sequence[Any]]:
    return [items[i : i + size] for i in range(0, len(items), size)]


def count_leads(sandbox: Sandbox) -> tuple[int, int]:
    """Leads, and different addresses among them."""
    with sandbox.salesforce as client:
        answer = client.get("/services/data/v62.0/query", params={"q": "SELECT Email FROM Lead"}).json()
        rows = answer["records"]
        while not answer["done"]:
            answer = client.get(answer["nextRecordsUrl"]).json()
            rows += answer["records"]
    return len(rows), len({row["Email"] for row in rows})


def count_contacts(sandbox: Sandbox) -> int:
    with sandbox.hubspot as client:
        answer = client.post("/crm/v3/objects/contacts/search", json={"limit": 1}).json()
    return int(answer["total"])


def test_backfill_costs_few_calls_and_makes_each_person_once(sandbox: Sandbox) -> None:
    fill(sandbox)
    done = sandbox.run("backfill", "start", "--object", "contacts", "--yes")
    assert f"{BOTH:,}" in done.stdout
    document = json.loads(sandbox.run("backfill", "status", "--json").stdout)
    assert (document["state"], document["share"]) == ("done", 1.0)
    told = document["objects"]["contacts"]
    assert (told["walked"], told["linked"]) == (BOTH * 2 + HUBSPOT_ONLY + SALESFORCE_ONLY, BOTH)
    assert count_leads(sandbox) == (PEOPLE, PEOPLE)
    assert count_contacts(sandbox) == PEOPLE
    calls = document["api_calls"]
    assert calls["salesforce"] / PEOPLE < 0.02
    walk = ceil((BOTH + HUBSPOT_ONLY) / 100)
    least = walk + walk + ceil(SALESFORCE_ONLY / 100) * 2  # list, read, look for Salesforce's own, make them
    assert calls["hubspot"] <= least * 1.10 + 15


def has_begun(sandbox: Sandbox) -> bool:
    done = sandbox.run("backfill", "status", "--json", check=False)
    return done.returncode == 0


def test_killed_backfill_is_resumed_and_doubles_nobody(sandbox: Sandbox) -> None:
    fill(sandbox)
    env = {**os.environ, "PASODOBLE_CONFIG": str(sandbox.config)}
    kills: list[tuple[list[str], Callable[[], bool]]] = [
        (["start", "--object", "contacts", "--yes"], lambda: has_begun(sandbox)),
        (["resume"], lambda: count_leads(sandbox)[0] > BOTH + SALESFORCE_ONLY),
        (["resume"], lambda: count_contacts(sandbox) > BOTH + HUBSPOT_ONLY),
    ]
    for command, is_time in kills:
        process = subprocess.Popen(
            [*PASODOBLE, "backfill", *command], cwd=sandbox.folder, env=env, stdout=subprocess.DEVNULL
        )
        until = time.monotonic() + 60
        while process.poll() is None and not is_time() and time.monotonic() < until:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
    sandbox.run("backfill", "resume", check=False)
    document = json.loads(sandbox.run("backfill", "status", "--json").stdout)
    assert document["state"] == "done"
    assert count_leads(sandbox) == (PEOPLE, PEOPLE)
    assert count_contacts(sandbox) == PEOPLE
