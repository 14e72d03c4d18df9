"""Who gave a command, and which alerts a user has seen."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("commands", sa.Column("requested_by", sa.String(length=120)))
    op.add_column("alerts", sa.Column("seen_at", UTC))
    op.add_column("alerts", sa.Column("seen_by", sa.String(length=120)))


def downgrade() -> None:
    op.drop_column("alerts", "seen_by")
    op.drop_column("alerts", "seen_at")
    op.drop_column("commands", "requested_by")
