"""The records of an org to a file and back, so that a demo can go on where it stopped.

Saved are rows, the bin and the ids given out; not the schema, which the org is built with, nor sessions, calls and events.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import orjson

from pasodoble.simulators.salesforce.org import Org

FORMAT: Final = 1


class OrgFileError(ValueError):
    """A file that cannot be written or read; the text says which and why."""


def save_org(org: Org, path: Path) -> None:
    """Raises OrgFileError."""
    document = {
        "format": FORMAT,
        "at_ms": org.clock.now_ms(),
        "rows": {name: list(table.rows.values()) for name, table in org.tables.items()},
        "bins": org.bins,
        "ids": org.ids_given(),
    }
    try:
        path.write_bytes(orjson.dumps(document))
    except OSError as error:
        raise OrgFileError(f"{path} cannot be written: {error.strerror}") from None


def load_org(org: Org, path: Path) -> None:
    """Put the saved records in place of the org's. Its clock moves on when the file is from later. Raises OrgFileError."""
    try:
        document = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise OrgFileError(f"{path} cannot be read: {error}") from None
    if document.get("format") != FORMAT:
        raise OrgFileError(f"{path} is no org of this version")
    for name, rows in document["rows"].items():
        if name in org.tables:
            org.tables[name].rows = {row["Id"]: row for row in rows}
    org.bins = {id: tuple(ids) for id, ids in document["bins"].items()}
    org.go_on_from(document["ids"])
    org.define([table.sobject for table in org.tables.values()])
    org.clock.advance(max(0, document["at_ms"] - org.clock.now_ms()) / 1000)
