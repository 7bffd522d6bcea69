from __future__ import annotations

import json
from pathlib import Path

from tests.unit.cli.conftest import Run

SETTINGS = """version: 1
connections:
  acme:
    hubspot: {{ base_url: "{hubspot}", auth: {{ service_key: k }} }}
    salesforce: {{ login_url: "http://127.0.0.1:9", auth: {{ client_id: i, client_secret: s }} }}
"""


def write_settings(folder: Path, hubspot: str) -> None:
    (folder / "pasodoble.yaml").write_text(SETTINGS.format(hubspot=hubspot), "utf-8")


def test_a_command_that_failed_before_it_began_still_prints_its_document(run: Run, tmp_path: Path) -> None:
    write_settings(tmp_path, "http://127.0.0.1:9")
    ended = run("sync", "--once", "--json")
    document = json.loads(ended.out)
    assert (ended.code, document["format_version"], document["outcome"]) == (1, 1, "failed")
    assert document["error"]["message"] in ended.err
    assert ended.err.splitlines()[-1] == f"Next: {document['error']['next_step']}"


def test_a_port_that_no_host_has_is_told_with_its_line(run: Run, tmp_path: Path) -> None:
    write_settings(tmp_path, "http://127.0.0.1:99999")
    ended = run("sync", "--once")
    assert ended.code == 4
    assert "pasodoble.yaml:4: connections.acme.hubspot.base_url: http://127.0.0.1:99999 has no port" in ended.err
