"""Tables and columns under the words of docs/glossary.md: alerts, commands, lessons, facts, ..."""

from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UTC = sa.DateTime(timezone=True)

COLUMNS = {
    ("feeds", "doubt_json"): "suspect_json",
    ("predictions", "doubt"): "in_doubt",
    ("predictions", "blocked_until"): "quarantined_until",
    ("predictions", "blocked_kind"): "rejected_kind",
    ("writes", "detail"): "reason",
}

# Tables with a new name, and their columns.
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
LESSONS = {
    name: name for name in ("id", "kind", "scope", "name", "target_id", "event_id", "confirmed", "learnt_at")
}
FACTS = {name: name for name in ("name", "value_json", "at")}


def upgrade() -> None:
    for (table, old), new in COLUMNS.items():
        _rename(table, old, new)
    _rename_evidence("words", "text")
    _rename_outcome("refused", "rejected")

    alerts = _create_alerts("alerts", "fired_at", "resolved_at", "notify")
    _move("troubles", alerts, ALERTS)

    commands = _create_commands("commands", "requested_at")
    _move("orders", commands, COMMANDS)
    op.execute(commands.update().where(commands.c.verb == "words").values(verb="links_changed"))

    _move("memories", _create_lessons("lessons"), LESSONS)
    facts = _create_facts("facts")
    _move("settings", facts, FACTS)
    op.execute(
        facts.update().where(facts.c.name == "bettune.held_until").values(name="bettune.limited_until")
    )


def downgrade() -> None:
    settings = _create_facts("settings")
    _move("facts", settings, FACTS)
    limited = settings.c.name == "bettune.limited_until"
    op.execute(settings.update().where(limited).values(name="bettune.held_until"))
    _move("lessons", _create_lessons("memories"), LESSONS)

    orders = _create_commands("orders", "asked_at")
    _move("commands", orders, _inverse(COMMANDS))
    op.execute(orders.update().where(orders.c.verb == "links_changed").values(verb="words"))

    troubles = _create_alerts("troubles", "since", "until", "loud")
    _move("alerts", troubles, _inverse(ALERTS))

    _rename_outcome("rejected", "refused")
    _rename_evidence("text", "words")
    for (table, old), new in COLUMNS.items():
        _rename(table, new, old)


def _create_alerts(name: str, fired_at: str, resolved_at: str, notify: str) -> sa.Table:
    alerts = op.create_table(
        name,
        sa.Column("id", ID, nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column(fired_at, UTC, nullable=False),
        sa.Column(resolved_at, UTC),
        sa.Column(notify, sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
    )
    op.create_index(f"ix_{name}_subject_{resolved_at}", name, ["subject", resolved_at])
    op.create_index(f"ix_{name}_{resolved_at}", name, [resolved_at])
    return alerts


def _create_commands(name: str, requested_at: str) -> sa.Table:
    commands = op.create_table(
        name,
        sa.Column("id", ID, nullable=False),
        sa.Column("verb", sa.String(length=20), nullable=False),
        sa.Column("arguments_json", sa.Text(), nullable=False),
        sa.Column(requested_at, UTC, nullable=False),
        sa.Column("done_at", UTC),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
    )
    op.create_index(f"ix_{name}_done_at", name, ["done_at"])
    return commands


def _create_lessons(name: str) -> sa.Table:
    lessons = op.create_table(
        name,
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("target_id", ID, nullable=False),
        sa.Column("event_id", ID, nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("learnt_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sa.UniqueConstraint(
            "kind",
            "scope",
            "name",
            "target_id",
            "event_id",
            name=f"uq_{name}_kind_scope_name_target_id_event_id",
        ),
    )
    op.create_index(f"ix_{name}_event_id", name, ["event_id"])
    return lessons


def _create_facts(name: str) -> sa.Table:
    return op.create_table(
        name,
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value_json", sa.Text(), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("name", name=f"pk_{name}"),
    )


def _rename(table: str, old: str, new: str) -> None:
    """Rename a column. Alembic's own operation would copy the whole table on SQLite."""
    op.execute(f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}")


def _rename_evidence(old: str, new: str) -> None:
    """Rename a key of the evidence of links. Inside a JSON string its quotes would have backslashes."""
    links = sa.table("links", sa.column("link_json", sa.Text()))
    op.execute(links.update().values(link_json=sa.func.replace(links.c.link_json, f'"{old}":', f'"{new}":')))


def _rename_outcome(old: str, new: str) -> None:
    writes = sa.table("writes", sa.column("outcome", sa.String()))
    op.execute(writes.update().where(writes.c.outcome == old).values(outcome=new))


def _inverse(columns: Mapping[str, str]) -> dict[str, str]:
    return {new: old for old, new in columns.items()}


def _move(source: str, target: sa.Table, columns: Mapping[str, str]) -> None:
    """Move all rows, and drop the old table with its indexes.

    A table that was renamed instead would keep the old names of its key, its indexes and its sequence.
    """
    rows = sa.table(source, *(sa.column(name) for name in columns))
    op.execute(target.insert().from_select(list(columns.values()), sa.select(rows)))
    op.drop_table(source)
    if "id" in columns and op.get_bind().dialect.name == "postgresql":
        sequence = sa.func.pg_get_serial_sequence(target.name, "id")
        op.execute(sa.select(sa.func.setval(sequence, sa.func.max(target.c.id))))
