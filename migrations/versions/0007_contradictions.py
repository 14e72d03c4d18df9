"""What a list of BetTune's said against a known filter or match, until a second reading agrees."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("matches", sa.Column("contradiction_json", sa.Text()))
    op.add_column("filters", sa.Column("contradiction_json", sa.Text()))


def downgrade() -> None:
    op.drop_column("filters", "contradiction_json")
    op.drop_column("matches", "contradiction_json")
