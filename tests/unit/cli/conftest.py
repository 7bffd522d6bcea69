"""The command line in this process: what it prints, and how it ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from pasodoble.cli.main import main


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """A command as it is typed in an empty folder, on a terminal of 80 columns."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    for name in ("PASODOBLE_CONFIG", "PASODOBLE_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)

    def run_command(*arguments: str) -> Ended:
        code = main(arguments)
        said = capsys.readouterr()
        return Ended(code, said.out, said.err)

    return run_command


@pytest.fixture
def signed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The secrets that a starter file refers to."""
    for name in ("HUBSPOT_KEY", "SF_ID", "SF_SECRET"):
        monkeypatch.setenv(name, f"{name}-0123456789")
