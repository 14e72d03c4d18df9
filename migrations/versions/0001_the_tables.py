"""The tables, as they were at first."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "events",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("sport_id", sa.Integer(), nullable=False),
        sa.Column("league_id", ID, nullable=False),
        sa.Column("home", sa.Text(), nullable=False),
        sa.Column("away", sa.Text(), nullable=False),
        sa.Column("starts", UTC, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("live_status", sa.Integer(), nullable=False),
        sa.Column("parent_id", ID),
        sa.Column("resulting_unit", sa.Text()),
        sa.Column("rot_num", sa.Text()),
        sa.Column("seen_at", UTC, nullable=False),
        sa.Column("changed_at", UTC, nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("gone_at", UTC),
        sa.Column("gone_because", sa.String(length=20)),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
    )
    op.create_index("ix_events_sport_id_gone_at", "events", ["sport_id", "gone_at"])
    op.create_index("ix_events_starts", "events", ["starts"])

    op.create_table(
        "feeds",
        sa.Column("host", sa.String(length=200), nullable=False),
        sa.Column("path", sa.String(length=100), nullable=False),
        sa.Column("sport_id", sa.Integer(), nullable=False),
        sa.Column("leagues", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("cursor", sa.BigInteger()),
        sa.Column("snapshot_at", UTC),
        sa.Column("ok_at", UTC),
        sa.Column("changed_at", UTC),
        sa.Column("polled_at", UTC),
        sa.Column("server_skew_s", sa.Float(), nullable=False),
        sa.Column("doubt_json", sa.Text()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("error_since", UTC),
        sa.PrimaryKeyConstraint("host", "path", "sport_id", "leagues", name="pk_feeds"),
    )
    op.create_table(
        "filters",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("filter_json", sa.Text(), nullable=False),
        sa.Column("seen_at", UTC, nullable=False),
        sa.Column("gone_at", UTC),
        sa.PrimaryKeyConstraint("id", name="pk_filters"),
    )
    op.create_table(
        "leagues",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("sport_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_leagues"),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("holder", sa.String(length=200), nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", UTC, nullable=False),
        sa.Column("expires_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )
    op.create_table(
        "links",
        sa.Column("event_id", ID, autoincrement=False, nullable=False),
        sa.Column("match_id", ID, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("link_json", sa.Text(), nullable=False),
        sa.Column("decided_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_links"),
    )
    op.create_index("ix_links_match_id", "links", ["match_id"])

    op.create_table(
        "matches",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("date", UTC, nullable=False),
        sa.Column("finished", sa.Boolean(), nullable=False),
        sa.Column("match_json", sa.Text(), nullable=False),
        sa.Column("listed_on", sa.Date(), nullable=False),
        sa.Column("seen_at", UTC, nullable=False),
        sa.Column("gone_at", UTC),
        sa.PrimaryKeyConstraint("id", name="pk_matches"),
    )
    op.create_index("ix_matches_date", "matches", ["date"])
    op.create_index("ix_matches_listed_on", "matches", ["listed_on"])

    op.create_table(
        "memories",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("target_id", ID, nullable=False),
        sa.Column("event_id", ID, nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("learnt_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_memories"),
        sa.UniqueConstraint(
            "kind",
            "scope",
            "name",
            "target_id",
            "event_id",
            name="uq_memories_kind_scope_name_target_id_event_id",
        ),
    )
    op.create_index("ix_memories_event_id", "memories", ["event_id"])

    op.create_table(
        "orders",
        sa.Column("id", ID, nullable=False),
        sa.Column("verb", sa.String(length=20), nullable=False),
        sa.Column("arguments_json", sa.Text(), nullable=False),
        sa.Column("asked_at", UTC, nullable=False),
        sa.Column("done_at", UTC),
        sa.PrimaryKeyConstraint("id", name="pk_orders"),
    )
    op.create_index("ix_orders_done_at", "orders", ["done_at"])

    op.create_table(
        "paces",
        sa.Column("host", sa.String(length=200), nullable=False),
        sa.Column("endpoint", sa.String(length=40), nullable=False),
        sa.Column("sport_id", sa.Integer(), nullable=False),
        sa.Column("next_call_at", UTC, nullable=False),
        sa.Column("next_snapshot_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("host", "endpoint", "sport_id", name="pk_paces"),
    )
    op.create_table(
        "periods",
        sa.Column("event_id", ID, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sport_id", sa.Integer(), nullable=False),
        sa.Column("league_id", ID, nullable=False),
        sa.Column("period_json", sa.Text(), nullable=False),
        sa.Column("changed_at", UTC, nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", "number", name="pk_periods"),
    )
    op.create_index("ix_periods_sport_id_gone", "periods", ["sport_id", "gone"])

    op.create_table(
        "predictions",
        sa.Column("filter_id", ID, autoincrement=False, nullable=False),
        sa.Column("match_id", ID, autoincrement=False, nullable=False),
        sa.Column("owner", sa.String(length=10), nullable=False),
        sa.Column("odds", sa.BigInteger()),
        sa.Column("read_at", UTC),
        sa.Column("doubt", sa.Boolean(), nullable=False),
        sa.Column("respected", sa.Boolean(), nullable=False),
        sa.Column("blocked_until", UTC),
        sa.Column("blocked_kind", sa.String(length=10)),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("filter_id", "match_id", name="pk_predictions"),
    )
    op.create_index("ix_predictions_match_id", "predictions", ["match_id"])

    op.create_table(
        "price_history",
        sa.Column("id", ID, nullable=False),
        sa.Column("event_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("period_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_price_history"),
    )
    op.create_index("ix_price_history_at", "price_history", ["at"])
    op.create_index("ix_price_history_event_id_number_at", "price_history", ["event_id", "number", "at"])

    op.create_table(
        "rejections",
        sa.Column("event_id", ID, autoincrement=False, nullable=False),
        sa.Column("match_id", ID, autoincrement=False, nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("event_id", "match_id", name="pk_rejections"),
    )
    op.create_table(
        "requests",
        sa.Column("id", ID, nullable=False),
        sa.Column("counted_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_requests"),
    )
    op.create_index("ix_requests_counted_at", "requests", ["counted_at"])

    op.create_table(
        "settings",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value_json", sa.Text(), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_settings"),
    )
    op.create_table(
        "settlements",
        sa.Column("event_id", ID, autoincrement=False, nullable=False),
        sa.Column("period", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("settlement_id", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("settled_at", UTC),
        sa.Column("team1_score", sa.Integer()),
        sa.Column("team2_score", sa.Integer()),
        sa.Column("reason", sa.Text()),
        sa.PrimaryKeyConstraint("event_id", "period", name="pk_settlements"),
    )
    op.create_table(
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

    op.create_table(
        "writes",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("filter_id", ID, nullable=False),
        sa.Column("match_id", ID, nullable=False),
        sa.Column("event_id", ID),
        sa.Column("before", sa.BigInteger()),
        sa.Column("after", sa.BigInteger()),
        sa.Column("cause", sa.String(length=30), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("source_price", sa.Text()),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_writes"),
    )
    op.create_index("ix_writes_at", "writes", ["at"])
    op.create_index("ix_writes_filter_id_match_id_at", "writes", ["filter_id", "match_id", "at"])


def downgrade() -> None:
    op.drop_table("writes")
    op.drop_table("troubles")
    op.drop_table("settlements")
    op.drop_table("settings")
    op.drop_table("requests")
    op.drop_table("rejections")
    op.drop_table("price_history")
    op.drop_table("predictions")
    op.drop_table("periods")
    op.drop_table("paces")
    op.drop_table("orders")
    op.drop_table("memories")
    op.drop_table("matches")
    op.drop_table("links")
    op.drop_table("leases")
    op.drop_table("leagues")
    op.drop_table("filters")
    op.drop_table("feeds")
    op.drop_table("events")
