"""Pinnacle's own translations of team names."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "translations",
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("texts_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("country", "name", name="pk_translations"),
    )


def downgrade() -> None:
    op.drop_table("translations")
