"""The house itself: what is promised of names, files and start-up holds for every commit."""

from __future__ import annotations

import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
INDEX_HOSTS = re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|npmjs\.com/[a-z]|\bresolved\b\W+http")


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.splitlines() if (ROOT / name).is_file()]


def test_no_file_names_an_index_host() -> None:
    guilty = [
        str(file.relative_to(ROOT))
        for file in _tracked()
        if file != Path(__file__) and file.suffix != ".png" and INDEX_HOSTS.search(file.read_text("utf-8", "replace"))
    ]
    assert guilty == []


def test_every_locked_package_carries_hashes() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        lines = [line for line in lock.read_text().splitlines() if re.match(r"^[a-z0-9]", line)]
        assert lines
        assert all(line.endswith("\\") for line in lines), lock


def test_there_is_no_room_without_a_subject() -> None:
    named = {file.stem for file in _tracked() if file.is_relative_to(ROOT / "src")}
    assert not named & {"utils", "helpers", "common", "misc"}


def test_help_is_quick() -> None:
    """Under 0.4 s of CPU, as DESIGN section 9 asks: nothing heavy is imported before a command runs."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, "-m", "pasodoble", "--help"], capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert "sync" in done.stdout
    assert (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime) < 0.4


def test_help_of_every_command_starts_with_an_example() -> None:
    listing = subprocess.run([sys.executable, "-m", "pasodoble", "--help"], capture_output=True, text=True).stdout
    commands = re.findall(r"^  ([a-z]+)  ", listing.partition("Commands:")[2], re.MULTILINE)
    assert {"demo", "sandbox", "plan", "apply", "sync", "serve", "status", "why"} <= set(commands)
    for command in commands:
        shown = subprocess.run([sys.executable, "-m", "pasodoble", command, "--help"], capture_output=True, text=True)
        assert f"Example: pasodoble {command}" in shown.stdout, command


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["sync", "--nonsense"], 64, "--nonsense"),
        (["no-such-command"], 64, "no-such-command"),
        (["status"], 4, "Next: pasodoble"),
        (["serve", "--host", "0.0.0.0"], 4, "Next: pasodoble serve"),
        (["apply", "no-such-plan.json"], 1, "Next: pasodoble plan"),
    ],
)
def test_an_error_has_its_exit_code_and_ends_with_the_next_step(
    arguments: list[str], code: int, said: str, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pasodoble", *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == code, done.stderr
    assert said in done.stderr
