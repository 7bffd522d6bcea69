from __future__ import annotations

from pathlib import Path

import yaml
from tests.unit.cli.conftest import Run


def test_an_exported_mapping_comes_back_as_it_was(run: Run, signed: None, tmp_path: Path) -> None:
    run("init")
    (tmp_path / "contacts.csv").write_text(run("mapping", "export").out, "utf-8")
    imported = run("mapping", "import", "contacts.csv")
    assert imported.code == 0
    lines = yaml.safe_load(imported.out)["fields"]
    exported = yaml.safe_load(run("mapping", "export", "--format", "yaml").out)["fields"]
    assert [(line["hubspot"], line["salesforce"]) for line in lines] == [
        (line["hubspot"], line["salesforce"]) for line in exported
    ]


def test_a_row_that_cannot_be_taken_over_is_named(run: Run, signed: None, tmp_path: Path) -> None:
    run("init")
    header = "HubSpot Field Name,Salesforce Field Name,Sync Rule\n"
    (tmp_path / "m.csv").write_text(header + "jobtitle,Title,Two-way\ncity,,Two-way\n", "utf-8")
    imported = run("mapping", "import", "m.csv")
    assert imported.code == 3
    assert "3" in imported.err
    assert [line["hubspot"] for line in yaml.safe_load(imported.out)["fields"]] == ["jobtitle"]


def test_a_file_that_is_not_there_ends_with_a_next_step(run: Run, signed: None) -> None:
    run("init")
    ended = run("mapping", "import", "nowhere.csv")
    assert ended.code == 1
    assert "Next: pasodoble" in ended.err
