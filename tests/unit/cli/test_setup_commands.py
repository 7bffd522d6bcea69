from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.unit.cli.conftest import Run

SRC = Path(__file__).parents[3] / "src"


def test_init_writes_a_file_that_can_be_used_as_it_is(run: Run, signed: None, tmp_path: Path) -> None:
    ended = run("init", "--name", "acme", "--create", "contact", "--salesforce-sandbox")
    assert ended.code == 0
    assert "Next: pasodoble connect hubspot" in ended.err
    assert "https://test.salesforce.com" in (tmp_path / "pasodoble.yaml").read_text("utf-8")
    assert json.loads((tmp_path / "pasodoble.schema.json").read_text("utf-8"))["properties"]
    assert "Connections: acme" in run("config", "show").err


def test_init_never_overwrites(run: Run, tmp_path: Path) -> None:
    (tmp_path / "pasodoble.yaml").write_text("mine", "utf-8")
    ended = run("init")
    assert ended.code == 4
    assert ended.err.splitlines()[-1].startswith("Next: pasodoble ")
    assert (tmp_path / "pasodoble.yaml").read_text("utf-8") == "mine"


def test_what_is_wrong_with_the_settings_ends_with_exit_code_4(run: Run) -> None:
    run("init")
    ended = run("config", "show")
    assert ended.code == 4
    assert "the environment has no HUBSPOT_KEY" in ended.err


def test_secrets_that_stand_in_the_file_are_not_shown(run: Run, signed: None, tmp_path: Path) -> None:
    run("init")
    file = tmp_path / "pasodoble.yaml"
    file.write_text(file.read_text("utf-8").replace("${HUBSPOT_KEY}", "pat-na1-written-down"), "utf-8")
    shown = run("config", "show")
    assert "pat-na1" not in shown.out
    assert "***" in shown.out
    document = json.loads(run("config", "show", "--json").out)
    assert document["settings"]["connections"]["main"]["hubspot"]["auth"] == {"service_key": "***"}


def test_diff_shows_what_has_changed_since_the_last_start(run: Run, signed: None, tmp_path: Path) -> None:
    run("init")
    assert "No version is stored yet" in run("config", "diff").err
    run("status")
    assert run("config", "diff", "--detailed-exitcode").code == 0
    file = tmp_path / "pasodoble.yaml"
    file.write_text(file.read_text("utf-8").replace("15m", "10m"), "utf-8")
    ended = run("config", "diff", "--detailed-exitcode")
    assert ended.code == 2
    assert "-    check_every: 15m\n+    check_every: 10m" in ended.out
    assert json.loads(run("config", "diff", "--json").out)["stored_version"] == 1


def test_the_schema_is_json(run: Run) -> None:
    assert json.loads(run("config", "schema").out)["title"]


def test_a_database_is_upgraded_once(run: Run) -> None:
    assert run("db", "upgrade").err.startswith("Upgraded: sqlite:///")
    assert run("db", "upgrade").err.startswith("Already up to date: sqlite:///")


def test_a_database_that_is_not_there_is_an_error_with_a_next_step(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASODOBLE_DATABASE_URL", "sqlite:////proc/nowhere/x.db")
    ended = run("db", "upgrade")
    assert ended.code == 1
    assert "Next: " in ended.err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(run: Run, shell: str) -> None:
    assert "_PASODOBLE_COMPLETE=complete_" + shell in run("completion", shell).out


def test_an_unknown_shell_is_a_usage_error(run: Run) -> None:
    assert run("completion", "tcsh").code == 64


def run_process(*arguments: str, **env: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "pasodoble", *arguments],
        env={**os.environ, "PYTHONPATH": str(SRC), **env},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_the_script_of_a_shell_is_answered() -> None:
    words = {"COMP_WORDS": "pasodoble config s", "COMP_CWORD": "2"}
    assert run_process(_PASODOBLE_COMPLETE="complete_bash", **words).split() == ["show", "schema"]


def test_help_costs_little_cpu() -> None:
    run_process("--help")
    before = os.times()
    run_process("--help")
    after = os.times()
    spent_s = after.children_user + after.children_system - before.children_user - before.children_system
    assert spent_s < 0.4
