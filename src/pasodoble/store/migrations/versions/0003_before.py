"""What was sent to us and waits to be read; how often each trigger was heard; the last silence of each record.

Frozen as it was written: nothing of the living code is imported here.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003_before"
down_revision = "0002_before"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
EXACT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name="fk_inbox_connection_id"),
        sa.PrimaryKeyConstraint("id", name="pk_inbox"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_inbox_connection_id_id", "inbox", ["connection_id", "id"])
    op.create_table(
        "trigger_counts",
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("count", NUMBER, nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name="fk_trigger_counts_connection_id"),
        sa.PrimaryKeyConstraint("connection_id", "key", "side", "effect", name="pk_trigger_counts"),
    )
    op.create_table(
        "silences",
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("ref", EXACT, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name="fk_silences_connection_id"),
        sa.PrimaryKeyConstraint("connection_id", "ref", name="pk_silences"),
    )
    op.create_index("ix_silences_connection_id_at", "silences", ["connection_id", "at"])
