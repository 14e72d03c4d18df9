"""Specials with their prices, when bets were taken, and which periods ever had a moneyline."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column(
        "periods", sa.Column("had_moneyline", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    periods = sa.table(
        "periods", sa.column("had_moneyline", sa.Boolean()), sa.column("period_json", sa.Text())
    )
    has_one = periods.c.period_json.not_like('%"moneyline":null%')
    op.execute(periods.update().where(has_one).values(had_moneyline=sa.true()))

    op.create_table(
        "specials",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("sport_id", sa.Integer(), nullable=False),
        sa.Column("league_id", ID, nullable=False),
        sa.Column("event_id", ID, nullable=False),
        sa.Column("cutoff", UTC),
        sa.Column("special_json", sa.Text(), nullable=False),
        sa.Column("changed_at", UTC, nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("gone_at", UTC),
        sa.Column("gone_because", sa.String(length=20)),
        sa.Column("settlement_id", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_specials"),
    )
    op.create_index("ix_specials_event_id", "specials", ["event_id"])
    op.create_index("ix_specials_sport_id_gone_at", "specials", ["sport_id", "gone_at"])

    op.create_table(
        "special_prices",
        sa.Column("special_id", ID, autoincrement=False, nullable=False),
        sa.Column("sport_id", sa.Integer(), nullable=False),
        sa.Column("odds_json", sa.Text(), nullable=False),
        sa.Column("changed_at", UTC, nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("special_id", name="pk_special_prices"),
    )
    op.create_index("ix_special_prices_sport_id_gone", "special_prices", ["sport_id", "gone"])

    op.create_table(
        "special_history",
        sa.Column("id", ID, nullable=False),
        sa.Column("special_id", ID, nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("odds_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_special_history"),
    )
    op.create_index("ix_special_history_special_id_at", "special_history", ["special_id", "at"])
    op.create_index("ix_special_history_at", "special_history", ["at"])

    for of in ("event", "special"):
        op.create_table(
            f"{of}_openness",
            sa.Column("id", ID, nullable=False),
            sa.Column(f"{of}_id", ID, nullable=False),
            sa.Column("at", UTC, nullable=False),
            sa.Column("open", sa.Boolean(), nullable=False),
            sa.PrimaryKeyConstraint("id", name=f"pk_{of}_openness"),
        )
        op.create_index(f"ix_{of}_openness_{of}_id", f"{of}_openness", [f"{of}_id"])


def downgrade() -> None:
    op.drop_table("special_openness")
    op.drop_table("event_openness")
    op.drop_table("special_history")
    op.drop_table("special_prices")
    op.drop_table("specials")
    op.drop_column("periods", "had_moneyline")
