"""Open conflicts, for a person to choose.

Frozen as it was written: nothing of the living code is imported here.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002_before"
down_revision = "0001_before"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "conflicts",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("link_id", NUMBER, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("clash", sa.Text(), nullable=False),
        sa.Column("chosen", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name="fk_conflicts_connection_id"),
        sa.ForeignKeyConstraint(["link_id"], ["links.id"], name="fk_conflicts_link_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_conflicts"),
        sa.UniqueConstraint("link_id", "key", name="uq_conflicts_link_id_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_conflicts_connection_id_id", "conflicts", ["connection_id", "id"])
