"""What many workers share: leases, duties, the living, requests of commands, and the API calls that were made.

Frozen as it was written: nothing of the living code is imported here.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004_before"
down_revision = "0003_before"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
EXACT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _of_connection(table: str) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    return (
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name=f"fk_{table}_connection_id"),
    )


def upgrade() -> None:
    op.create_table(
        "leases",
        *_of_connection("leases"),
        sa.Column("key", EXACT, nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("connection_id", "key", name="pk_leases"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "duties",
        *_of_connection("duties"),
        sa.Column("errand", sa.Text(), nullable=False),
        sa.Column("requested", NUMBER, nullable=False),
        sa.Column("done", NUMBER, nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("rests_until", sa.BigInteger(), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("connection_id", "errand", name="pk_duties"),
    )
    op.create_table(
        "workers",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_workers"),
    )
    op.create_table(
        "requests",
        sa.Column("id", NUMBER, nullable=False),
        *_of_connection("requests"),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_requests"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_requests_connection_id_ended_at_id", "requests", ["connection_id", "ended_at", "id"])
    op.create_table(
        "calls",
        *_of_connection("calls"),
        sa.Column("hour", sa.BigInteger(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("connection_id", "hour", "side", "purpose", name="pk_calls"),
    )
    op.create_table(
        "api_windows",
        *_of_connection("api_windows"),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("connection_id", "side", "name", name="pk_api_windows"),
    )
