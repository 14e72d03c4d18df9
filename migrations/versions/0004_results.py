"""Links of finished games with what both results say of them, and lessons that results have proven."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("lessons", sa.Column("proven", sa.Float(), nullable=False, server_default="0"))
    op.create_table(
        "verifications",
        sa.Column("event_id", ID, autoincrement=False, nullable=False),
        sa.Column("match_id", ID, nullable=False),
        sa.Column("kickoff", UTC, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("because", sa.String(length=30), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("judged_at", UTC, nullable=False),
        sa.Column("differs_since", UTC),
        sa.Column("link_json", sa.Text(), nullable=False),
        sa.Column("pinnacle_json", sa.Text()),
        sa.Column("bettune_json", sa.Text()),
        sa.PrimaryKeyConstraint("event_id", name="pk_verifications"),
    )
    op.create_index("ix_verifications_verdict_kickoff", "verifications", ["verdict", "kickoff"])
    op.create_index("ix_verifications_match_id", "verifications", ["match_id"])


def downgrade() -> None:
    op.drop_table("verifications")
    # An older program would take each kind that it does not know for one of its own.
    lessons = sa.table("lessons", sa.column("kind", sa.String()))
    op.execute(lessons.delete().where(lessons.c.kind.in_(["refuted", "seen"])))
    op.drop_column("lessons", "proven")
