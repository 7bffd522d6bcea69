"""One worker process at a time on a SQLite file. On PostgreSQL there may be any number, and nothing here is needed.

The lock is SQLite's own, on an empty file beside the database: the operating system drops it when the process dies, however it dies.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from pasodoble.errors import Locked, StoreError
from pasodoble.store.database import find_file, make_folder, read_url


@contextmanager
def hold_worker_lock(url: str, now: datetime) -> Iterator[None]:
    """Be the worker of this database while the block runs. Raises Locked, naming the holder, if another one is."""
    file = find_file(read_url(url))
    if file is None:
        yield
        return
    make_folder(file)
    holder = file.with_name(file.name + ".worker.json")
    with closing(_open_lock(file)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise Locked(
                f"Another worker already works on {file}: {_describe(holder)}.",
                next_step="Use it, or stop it first; for several workers use PostgreSQL (PASODOBLE_DATABASE_URL).",
            ) from error
        holder.write_text(json.dumps({"process": os.getpid(), "since": now.isoformat(timespec="seconds")}))
        try:
            yield
        finally:
            holder.unlink(missing_ok=True)


def _open_lock(file: Path) -> sqlite3.Connection:
    try:
        return sqlite3.connect(file.with_name(file.name + ".worker"), timeout=0, isolation_level=None)
    except sqlite3.OperationalError as error:
        raise StoreError(
            f"Nothing can be written beside the database {file}: {error}.",
            next_step="Give this user the right to write there, or set PASODOBLE_DATABASE_URL to another place.",
        ) from error


def _describe(holder: Path) -> str:
    """Who it is, from the note that it left; the note is a courtesy, only the lock counts."""
    try:
        note = json.loads(holder.read_text())
        return f"process {note['process']}, since {note['since']}"
    except (OSError, ValueError, KeyError):
        return "a process that has just begun"
