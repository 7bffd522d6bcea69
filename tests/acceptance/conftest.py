"""The installed command, from outside: a sandbox in its own process, the command line as a user types it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

PASODOBLE = [sys.executable, "-m", "pasodoble"]


@dataclass
class Sandbox:
    """A running `pasodoble sandbox --empty`, its ready line, and the settings it wrote."""

    ready: dict[str, Any]
    config: Path
    folder: Path

    @property
    def hubspot(self) -> httpx2.Client:
        hub = self.ready["hubspot"]
        return httpx2.Client(base_url=hub["base_url"], headers={"Authorization": f"Bearer {hub['token']}"})

    @property
    def salesforce(self) -> httpx2.Client:
        org = self.ready["salesforce"]
        return httpx2.Client(base_url=org["instance_url"], headers={"Authorization": f"Bearer {org['token']}"})

    def run(self, *arguments: str, check: bool = True, **env: str) -> subprocess.CompletedProcess[str]:
        """One command in the sandbox's folder, with its settings."""
        done = subprocess.run(
            [*PASODOBLE, *arguments],
            cwd=self.folder,
            env={**os.environ, "PASODOBLE_CONFIG": str(self.config), **env},
            capture_output=True,
            text=True,
            timeout=120,
        )
        if check and done.returncode not in (0, 3):
            raise AssertionError(f"{arguments} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
        return done

    def sync(self) -> dict[str, Any]:
        return json.loads(self.run("sync", "--once", "--json").stdout)


def start_sandbox(folder: Path, *options: str) -> tuple[subprocess.Popen[str], Sandbox]:
    config = folder / "pasodoble.yaml"
    process = subprocess.Popen(
        [
            *PASODOBLE,
            *("sandbox", "--hubspot-port", "0", "--salesforce-port", "0", "--pubsub-port", "0"),
            *("--write-config", str(config), *options),
        ],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise AssertionError(f"the sandbox did not start:\n{process.communicate(timeout=10)[1]}")
    return process, Sandbox(json.loads(line), config, folder)


def stop(process: subprocess.Popen[str]) -> int:
    process.send_signal(signal.SIGINT)
    try:
        process.communicate(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return -9
    return process.returncode


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    process, running = start_sandbox(tmp_path, "--empty")
    yield running
    stop(process)
