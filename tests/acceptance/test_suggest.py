"""mapping suggest from outside: over real HTTP, before and after records are linked, and what it prints can be used."""

from __future__ import annotations

import json

import yaml
from tests.acceptance.conftest import Sandbox


def test_lines_are_suggested_and_can_be_put_into_the_settings(sandbox: Sandbox) -> None:
    before = json.loads(sandbox.run("mapping", "suggest", "--json", "--line", "rating").stdout)
    assert before["line"]["hubspot"] == "rating"
    assert before["compared"] == 0

    table = sandbox.run("mapping", "suggest", "--object", "contacts", COLUMNS="100").stdout
    assert "Agreement" in table

    told = sandbox.run("mapping", "suggest", "--format", "yaml", "--line", "rating")
    lines = yaml.safe_load(told.stdout)["fields"]
    assert "rating" in [line["hubspot"] for line in lines]
    assert "mapping lint" in told.stderr
