"""How the tables came to be what `tables` says, step by step. Run by `pasodoble db upgrade`; nobody edits an ini file.

Each release may bring two revisions: `NNNN_before` goes in while the old code still runs (it only adds), `NNNN_after` once
all of it is gone (it takes away). So code runs on any revision from its own `before` up to the next release's.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, Engine, inspect, text

if TYPE_CHECKING:
    from alembic.config import Config

USABLE: Final = ("0005_before",)
"""Revisions on which this version's code can run; the first is its own `before`, the last the newest there is. A test holds this against the files."""


class Half(StrEnum):
    BEFORE = "before"
    AFTER = "after"


def find_revision(sql: Connection) -> str | None:
    """Where the database stands; None if it has no tables of ours. Costs no import of Alembic."""
    if not inspect(sql).has_table("alembic_version"):
        return None
    revision: str | None = sql.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return revision


def migrate(engine: Engine, half: Half) -> None:
    """Bring the database to the newest revision of this half, in one transaction."""
    from alembic import command  # heavy, and needed by no command but this one

    target = USABLE[0] if half is Half.BEFORE else "head"
    with engine.begin() as sql:
        command.upgrade(configure(sql), target)


def configure(sql: Connection | None = None) -> Config:
    """Alembic's settings, without a file."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = sql
    return config
