"""The words of the glossary: alerts (once troubles) and commands (once orders)."""

from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UTC = sa.DateTime(timezone=True)


ALERTS = {
    "id": "id",
    "subject": "subject",
    "message": "message",
    "since": "fired_at",
    "until": "resolved_at",
    "loud": "notify",
}
COMMANDS = {
    "id": "id",
    "verb": "verb",
    "arguments_json": "arguments_json",
    "asked_at": "requested_at",
    "done_at": "done_at",
}


def upgrade() -> None:
    alerts = op.create_table(
        "alerts",
        sa.Column("id", ID, nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("fired_at", UTC, nullable=False),
        sa.Column("resolved_at", UTC),
        sa.Column("notify", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
    )
    op.create_index("ix_alerts_subject_resolved_at", "alerts", ["subject", "resolved_at"])
    op.create_index("ix_alerts_resolved_at", "alerts", ["resolved_at"])
    _move("troubles", alerts, ALERTS)

    commands = op.create_table(
        "commands",
        sa.Column("id", ID, nullable=False),
        sa.Column("verb", sa.String(length=20), nullable=False),
        sa.Column("arguments_json", sa.Text(), nullable=False),
        sa.Column("requested_at", UTC, nullable=False),
        sa.Column("done_at", UTC),
        sa.PrimaryKeyConstraint("id", name="pk_commands"),
    )
    op.create_index("ix_commands_done_at", "commands", ["done_at"])
    _move("orders", commands, COMMANDS)
    op.execute("UPDATE commands SET verb = 'links_changed' WHERE verb = 'words'")
    op.execute("UPDATE settings SET name = 'bettune.limited_until' WHERE name = 'bettune.held_until'")


def downgrade() -> None:
    troubles = op.create_table(
        "troubles",
        sa.Column("id", ID, nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("since", UTC, nullable=False),
        sa.Column("until", UTC),
        sa.Column("loud", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_troubles"),
    )
    op.create_index("ix_troubles_subject_until", "troubles", ["subject", "until"])
    op.create_index("ix_troubles_until", "troubles", ["until"])
    _move("alerts", troubles, _inverse(ALERTS))

    orders = op.create_table(
        "orders",
        sa.Column("id", ID, nullable=False),
        sa.Column("verb", sa.String(length=20), nullable=False),
        sa.Column("arguments_json", sa.Text(), nullable=False),
        sa.Column("asked_at", UTC, nullable=False),
        sa.Column("done_at", UTC),
        sa.PrimaryKeyConstraint("id", name="pk_orders"),
    )
    op.create_index("ix_orders_done_at", "orders", ["done_at"])
    _move("commands", orders, _inverse(COMMANDS))
    op.execute("UPDATE orders SET verb = 'words' WHERE verb = 'links_changed'")
    op.execute("UPDATE settings SET name = 'bettune.held_until' WHERE name = 'bettune.limited_until'")


def _inverse(columns: Mapping[str, str]) -> dict[str, str]:
    return {new: old for old, new in columns.items()}


def _move(source: str, target: sa.Table, columns: Mapping[str, str]) -> None:
    """Move all rows, and drop the old table with its indexes.

    A table that was renamed instead would keep the old names of its key, its indexes and its sequence.
    """
    rows = sa.table(source, *(sa.column(name) for name in columns))
    op.execute(target.insert().from_select(list(columns.values()), sa.select(rows)))
    op.drop_table(source)
    if op.get_bind().dialect.name == "postgresql":
        sequence = sa.func.pg_get_serial_sequence(target.name, "id")
        op.execute(sa.select(sa.func.setval(sequence, sa.func.max(target.c.id))))
