"""The tables of BetTune: its lists, predictions and writes."""

from sqlalchemy import Boolean, Column, Date, Index, Integer, String, Table, Text

from syncd.store.schema.base import Id, metadata
from syncd.store.types import Exact, MicroOdds, Utc

matches = Table(
    "matches",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("date", Utc, nullable=False),
    Column("finished", Boolean, nullable=False),
    Column("match_json", Text, nullable=False),
    Column("listed_on", Date, nullable=False),  # a postponed match moves to the list of another day
    Column("seen_at", Utc, nullable=False),
    Column("gone_at", Utc),  # when the list of its day no longer named it
    Column("contradiction_json", Text),  # see `model/contradiction.py`
    Index(None, "date"),
    Index(None, "listed_on"),
)

filters = Table(
    "filters",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("filter_json", Text, nullable=False),
    Column("seen_at", Utc, nullable=False),
    Column("gone_at", Utc),
    Column("contradiction_json", Text),
)

predictions = Table(
    "predictions",
    metadata,
    Column("filter_id", Id, primary_key=True, autoincrement=False),
    Column("match_id", Id, primary_key=True, autoincrement=False),
    Column("owner", String(10), nullable=False),
    Column("odds", MicroOdds),
    Column("read_at", Utc),
    Column("in_doubt", Boolean, nullable=False, default=False),
    Column("respected", Boolean, nullable=False, default=False),
    Column("quarantined_until", Utc),
    Column("rejected_kind", String(10)),
    Column("error", Text, nullable=False, default=""),
    Index(None, "match_id"),
)

writes = Table(
    "writes",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("filter_id", Id, nullable=False),
    Column("match_id", Id, nullable=False),
    Column("event_id", Id),
    Column("before", MicroOdds),
    Column("after", MicroOdds),
    Column("cause", String(30), nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("source_price", Exact),
    Column("outcome", String(20), nullable=False),
    Column("error", Text, nullable=False, default=""),
    Column("took_ms", Integer, nullable=False, default=0),
    Index(None, "filter_id", "match_id", "at"),
    Index(None, "at"),
)
