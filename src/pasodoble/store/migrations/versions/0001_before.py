"""The first tables.

Frozen as it was written: nothing of the living code is imported here.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001_before"
down_revision = None
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
EXACT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "connections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_connections"),
        sa.UniqueConstraint("name", name="uq_connections_name"),
    )
    op.create_table(
        "settings",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_settings"),
    )
    op.create_table(
        "tickets",
        sa.Column("id", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tickets"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "cursors",
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name="fk_cursors_connection_id"),
        sa.PrimaryKeyConstraint("connection_id", "name", name="pk_cursors"),
    )
    op.create_table(
        "history",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("run_id", NUMBER, nullable=False),
        sa.Column("link_id", NUMBER, nullable=False),
        sa.Column("ref", EXACT, nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("contested", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name="fk_history_connection_id"),
        sa.PrimaryKeyConstraint("id", name="pk_history"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_history_connection_id_at_side", "history", ["connection_id", "at", "side"])
    op.create_index("ix_history_connection_id_id", "history", ["connection_id", "id"])
    op.create_index("ix_history_link_id_id", "history", ["link_id", "id"])
    op.create_index("ix_history_run_id_id", "history", ["run_id", "id"])
    op.create_table(
        "left_out",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("ref", EXACT, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("gate", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("link_id", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name="fk_left_out_connection_id"),
        sa.PrimaryKeyConstraint("id", name="pk_left_out"),
        sa.UniqueConstraint("connection_id", "ref", name="uq_left_out_connection_id_ref"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_left_out_connection_id_id", "left_out", ["connection_id", "id"])
    op.create_index("ix_left_out_connection_id_kind_gate", "left_out", ["connection_id", "kind", "gate"])
    op.create_index("ix_left_out_connection_id_kind_id", "left_out", ["connection_id", "kind", "id"])
    op.create_index("ix_left_out_link_id", "left_out", ["link_id"])
    op.create_table(
        "links",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("hubspot_ref", EXACT, nullable=True),
        sa.Column("salesforce_ref", EXACT, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("live", sa.SmallInteger(), nullable=True),
        sa.Column("key", EXACT, nullable=True),
        sa.Column("linked_at", sa.BigInteger(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("natural", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name="fk_links_connection_id"),
        sa.PrimaryKeyConstraint("id", name="pk_links"),
        sa.UniqueConstraint("connection_id", "hubspot_ref", "live", name="uq_links_connection_id_hubspot_ref_live"),
        sa.UniqueConstraint("connection_id", "key", "live", name="uq_links_connection_id_key_live"),
        sa.UniqueConstraint(
            "connection_id", "salesforce_ref", "live", name="uq_links_connection_id_salesforce_ref_live"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_links_connection_id_kind_state_id", "links", ["connection_id", "kind", "state", "id"])
    op.create_index("ix_links_connection_id_state_id", "links", ["connection_id", "state", "id"])
    op.create_table(
        "marks",
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("ref", EXACT, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sequence", NUMBER, nullable=False),
        sa.Column("urgency", sa.SmallInteger(), nullable=False),
        sa.Column("triggers", sa.Text(), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name="fk_marks_connection_id"),
        sa.PrimaryKeyConstraint("connection_id", "ref", name="pk_marks"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_marks_connection_id_due_at", "marks", ["connection_id", "due_at"])
    op.create_index(
        "ix_marks_connection_id_kind_urgency_due_at_first_at",
        "marks",
        ["connection_id", "kind", "urgency", "due_at", "first_at"],
    )
    op.create_table(
        "names",
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("tail", EXACT, nullable=False),
        sa.Column("owner", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name="fk_names_connection_id"),
        sa.PrimaryKeyConstraint("connection_id", "tail", "owner", "id", name="pk_names"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "problems",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ref", EXACT, nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.BigInteger(), nullable=True),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("ignored", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name="fk_problems_connection_id"),
        sa.PrimaryKeyConstraint("id", name="pk_problems"),
        sa.UniqueConstraint("connection_id", "ref", "cause", name="uq_problems_connection_id_ref_cause"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_problems_connection_id_cause_id", "problems", ["connection_id", "cause", "id"])
    op.create_index("ix_problems_connection_id_id", "problems", ["connection_id", "id"])
    op.create_table(
        "runs",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name="fk_runs_connection_id"),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_runs_connection_id_id", "runs", ["connection_id", "id"])
    op.create_table(
        "traces",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("hubspot_ref", EXACT, nullable=True),
        sa.Column("salesforce_ref", EXACT, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name="fk_traces_connection_id"),
        sa.PrimaryKeyConstraint("id", name="pk_traces"),
    )
    op.create_index("ix_traces_connection_id_hubspot_ref_at_id", "traces", ["connection_id", "hubspot_ref", "at", "id"])
    op.create_index(
        "ix_traces_connection_id_salesforce_ref_at_id", "traces", ["connection_id", "salesforce_ref", "at", "id"]
    )
    op.create_table(
        "bases",
        sa.Column("link_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["links.id"], name="fk_bases_link_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("link_id", name="pk_bases"),
    )
