"""All tables, to be read at a sitting. Every row belongs to one connection. No query belongs here.

Numbers are keys wherever rows are many. Moments are microseconds, documents are JSON text (`columns`).
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, MetaData, Table, Text, UniqueConstraint

from pasodoble.model.backfill import BackfillState
from pasodoble.model.link import LinkState
from pasodoble.model.side import Side
from pasodoble.model.signal import Effect
from pasodoble.model.trace import State
from pasodoble.store.columns import EXACT, NUMBER, SMALL, Chosen, Document, Foreign, Moment, RefText

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _connection(*, primary_key: bool = False) -> Column[int]:
    return Column("connection_id", Integer, ForeignKey("connections.id"), nullable=False, primary_key=primary_key)


connections = Table(
    "connections",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
)

# `live` is 1, or NULL once the link is retired. NULLs never collide, so the three unique constraints bind live links
# only, while their indexes find the retired ones as well.
links = Table(
    "links",
    metadata,
    Column("id", NUMBER, primary_key=True),
    _connection(),
    Column("kind", Text, nullable=False),
    Column("hubspot_ref", RefText),
    Column("salesforce_ref", RefText),
    Column("state", Chosen(LinkState), nullable=False),
    Column("live", SMALL),
    Column("key", EXACT),
    Column("linked_at", Moment, nullable=False),
    Column("payload", Document),
    Column("why", Text, nullable=False),
    Column("label", Foreign, nullable=False),
    Column("natural", Foreign, nullable=False),
    UniqueConstraint("connection_id", "hubspot_ref", "live"),
    UniqueConstraint("connection_id", "salesforce_ref", "live"),
    UniqueConstraint("connection_id", "key", "live"),
    Index(None, "connection_id", "state", "id"),
    Index(None, "connection_id", "kind", "state", "id"),
    sqlite_autoincrement=True,
)

bases = Table(
    "bases",
    metadata,
    Column("link_id", NUMBER, ForeignKey("links.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("document", Text, nullable=False),
)

# `due_at` is never empty: a mark that is due at once is due when it was first set.
marks = Table(
    "marks",
    metadata,
    _connection(primary_key=True),
    Column("ref", RefText, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("sequence", NUMBER, nullable=False),
    Column("urgency", SMALL, nullable=False),
    Column("triggers", Text, nullable=False),
    Column("first_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False),
    Index(None, "connection_id", "kind", "urgency", "due_at", "first_at"),
    Index(None, "connection_id", "due_at"),
    sqlite_with_rowid=False,
)

# Gives out sequence numbers that never come again; its rows are deleted as soon as they are made.
tickets = Table("tickets", metadata, Column("id", NUMBER, primary_key=True), sqlite_autoincrement=True)

history = Table(
    "history",
    metadata,
    Column("id", NUMBER, primary_key=True),
    _connection(),
    Column("run_id", NUMBER, nullable=False),
    Column("link_id", NUMBER, nullable=False),
    Column("ref", RefText, nullable=False),
    Column("side", Chosen(Side), nullable=False),
    Column("key", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("before", Document, nullable=False),
    Column("after", Document, nullable=False),
    Column("reason", Document, nullable=False),
    Column("at", Moment, nullable=False),
    Column("actor", Text, nullable=False),
    Column("contested", Boolean, nullable=False),
    Index(None, "connection_id", "id"),
    Index(None, "connection_id", "at", "side"),
    Index(None, "link_id", "id"),
    Index(None, "run_id", "id"),
    sqlite_autoincrement=True,
)

traces = Table(
    "traces",
    metadata,
    Column("id", NUMBER, primary_key=True),
    _connection(),
    Column("kind", Text, nullable=False),
    Column("hubspot_ref", RefText),
    Column("salesforce_ref", RefText),
    Column("state", Chosen(State), nullable=False),
    Column("document", Document, nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "connection_id", "hubspot_ref", "at", "id"),
    Index(None, "connection_id", "salesforce_ref", "at", "id"),
)

problems = Table(
    "problems",
    metadata,
    Column("id", NUMBER, primary_key=True),
    _connection(),
    Column("kind", Text, nullable=False),
    Column("ref", RefText, nullable=False),
    Column("cause", Text, nullable=False),
    Column("side", Chosen(Side), nullable=False),
    Column("code", Foreign, nullable=False),
    Column("text", Foreign, nullable=False),
    Column("fields", Document, nullable=False),
    Column("request_id", Foreign, nullable=False),
    Column("first_at", Moment, nullable=False),
    Column("last_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try_at", Moment),
    Column("label", Foreign, nullable=False),
    Column("ignored", Boolean, nullable=False),
    UniqueConstraint("connection_id", "ref", "cause"),
    Index(None, "connection_id", "id"),
    Index(None, "connection_id", "cause", "id"),
    sqlite_autoincrement=True,
)

# A field in which two values met, until a person has chosen or the field has moved on.
conflicts = Table(
    "conflicts",
    metadata,
    Column("id", NUMBER, primary_key=True),
    _connection(),
    Column("kind", Text, nullable=False),
    Column("link_id", NUMBER, ForeignKey("links.id", ondelete="CASCADE"), nullable=False),
    Column("key", Text, nullable=False),
    Column("clash", Document, nullable=False),
    Column("chosen", Chosen(Side)),
    Column("actor", Text, nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("link_id", "key"),
    Index(None, "connection_id", "id"),
    sqlite_autoincrement=True,
)

left_out = Table(
    "left_out",
    metadata,
    Column("id", NUMBER, primary_key=True),
    _connection(),
    Column("ref", RefText, nullable=False),
    Column("kind", Text, nullable=False),
    Column("gate", Text, nullable=False),
    Column("message", Document, nullable=False),
    Column("label", Foreign, nullable=False),
    Column("at", Moment, nullable=False),
    Column("link_id", NUMBER, index=True),
    UniqueConstraint("connection_id", "ref"),
    Index(None, "connection_id", "id"),
    Index(None, "connection_id", "kind", "id"),
    Index(None, "connection_id", "kind", "gate"),
    sqlite_autoincrement=True,
)

# What a vendor sent by itself, as it came, until its marks are put; `trouble` says why one could not be read.
inbox = Table(
    "inbox",
    metadata,
    Column("id", NUMBER, primary_key=True),
    _connection(),
    Column("body", Foreign, nullable=False),
    Column("at", Moment, nullable=False),
    Column("trouble", Foreign, nullable=False),
    Index(None, "connection_id", "id"),
    sqlite_autoincrement=True,
)

trigger_counts = Table(
    "trigger_counts",
    metadata,
    _connection(primary_key=True),
    Column("key", Text, primary_key=True),
    Column("side", Chosen(Side), primary_key=True),
    Column("effect", Chosen(Effect), primary_key=True),
    Column("count", NUMBER, nullable=False),
    Column("last_at", Moment, nullable=False),
)

# The last time something happened to a record and started nothing.
silences = Table(
    "silences",
    metadata,
    _connection(primary_key=True),
    Column("ref", RefText, primary_key=True),
    Column("key", Text, nullable=False),
    Column("effect", Chosen(Effect), nullable=False),
    Column("fields", Document, nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "connection_id", "at"),
)

# What people type to find a record: each tail of its name that begins at a word, and its address (`names`).
names = Table(
    "names",
    metadata,
    _connection(primary_key=True),
    Column("tail", EXACT, primary_key=True),
    Column("owner", SMALL, primary_key=True, autoincrement=False),
    Column("id", NUMBER, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

cursors = Table(
    "cursors",
    metadata,
    _connection(primary_key=True),
    Column("name", Text, primary_key=True),
    Column("document", Document, nullable=False),
    Column("at", Moment, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("id", NUMBER, primary_key=True),
    _connection(),
    Column("what", Text, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("outcome", Text, nullable=False),
    Column("report", Document, nullable=False),
    Index(None, "connection_id", "id"),
    sqlite_autoincrement=True,
)

# Who works on which link: its number, or a ref that has none. Lapsed leases are taken over in place.
leases = Table(
    "leases",
    metadata,
    _connection(primary_key=True),
    Column("key", EXACT, primary_key=True),
    Column("token", Text, nullable=False),
    Column("expires_at", Moment, nullable=False),
    sqlite_with_rowid=False,
)

duties = Table(
    "duties",
    metadata,
    _connection(primary_key=True),
    Column("errand", Text, primary_key=True),
    Column("requested", NUMBER, nullable=False),
    Column("done", NUMBER, nullable=False),
    Column("due_at", Moment),
    Column("rests_until", Moment),
    Column("trouble", Text, nullable=False),
)

workers = Table(
    "workers",
    metadata,
    Column("name", Text, primary_key=True),
    Column("version", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

requests = Table(
    "requests",
    metadata,
    Column("id", NUMBER, primary_key=True),
    _connection(),
    Column("what", Text, nullable=False),
    Column("document", Document, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("begun_at", Moment),
    Column("ended_at", Moment),
    Column("answer", Document),
    Index(None, "connection_id", "ended_at", "id"),
    sqlite_autoincrement=True,
)

backfills = Table(
    "backfills",
    metadata,
    Column("id", NUMBER, primary_key=True),
    _connection(),
    Column("run_id", NUMBER, nullable=False),
    Column("kinds", Document, nullable=False),
    Column("state", Chosen(BackfillState), nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("per_minute", Integer),
    Column("trouble", Text, nullable=False),
    Column("progress", Document, nullable=False),
    Index(None, "connection_id", "id"),
    sqlite_autoincrement=True,
)

calls = Table(
    "calls",
    metadata,
    _connection(primary_key=True),
    Column("hour", Moment, primary_key=True),
    Column("side", Chosen(Side), primary_key=True),
    Column("purpose", Text, primary_key=True),
    Column("count", Integer, nullable=False),
)

api_windows = Table(
    "api_windows",
    metadata,
    _connection(primary_key=True),
    Column("side", Chosen(Side), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("document", Document, nullable=False),
)

settings = Table(
    "settings",
    metadata,
    Column("version", Integer, primary_key=True),
    Column("document", Text, nullable=False),
    Column("at", Moment, nullable=False),
)
