"""The tables of Pinnacle: feeds, events, prices, specials."""

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, String, Table, Text, false

from syncd.store.schema.base import Id, metadata
from syncd.store.types import Utc

feeds = Table(
    "feeds",
    metadata,
    # A cursor is never carried across hosts, endpoint versions, sports or league filters.
    Column("host", String(200), primary_key=True),
    Column("path", String(100), primary_key=True),
    Column("sport_id", Integer, primary_key=True),
    Column("leagues", Text, primary_key=True, default=""),
    Column("kind", String(20), nullable=False),
    Column("cursor", BigInteger),
    Column("snapshot_at", Utc),
    Column("ok_at", Utc),
    Column("changed_at", Utc),
    Column("polled_at", Utc),
    Column("server_skew_s", Float, nullable=False, default=0.0),
    Column("suspect_json", Text),
    Column("failures", Integer, nullable=False, default=0),
    Column("error", Text),
    Column("error_since", Utc),
)

paces = Table(
    "paces",
    metadata,
    # One bucket per host, endpoint and sport, whatever the filters: stored before each call.
    Column("host", String(200), primary_key=True),
    Column("endpoint", String(40), primary_key=True),
    Column("sport_id", Integer, primary_key=True),
    Column("next_call_at", Utc, nullable=False),
    Column("next_snapshot_at", Utc, nullable=False),
)

leagues = Table(
    "leagues",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("sport_id", Integer, nullable=False),
    Column("name", Text, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("sport_id", Integer, nullable=False),
    Column("league_id", Id, nullable=False),
    Column("home", Text, nullable=False),
    Column("away", Text, nullable=False),
    Column("starts", Utc, nullable=False),
    Column("status", Text, nullable=False),
    Column("live_status", Integer, nullable=False, default=0),
    Column("parent_id", Id),
    Column("resulting_unit", Text),
    Column("rot_num", Text),
    Column("seen_at", Utc, nullable=False),
    Column("changed_at", Utc, nullable=False),
    # A tombstone: kept, and revived when the event returns.
    Column("missed", Integer, nullable=False, default=0),
    Column("gone_at", Utc),
    Column("gone_because", String(20)),
    Index(None, "sport_id", "gone_at"),
    Index(None, "starts"),
)

periods = Table(
    "periods",
    metadata,
    # No foreign key: odds may come before their fixture.
    Column("event_id", Id, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("sport_id", Integer, nullable=False),
    Column("league_id", Id, nullable=False),
    Column("period_json", Text, nullable=False),
    # When the response with this content came; a later good response confirms it.
    Column("changed_at", Utc, nullable=False),
    Column("gone", Boolean, nullable=False, default=False),
    # Whether it ever had one. SQLite can add a column that is not null only with a server default.
    Column("had_moneyline", Boolean, nullable=False, default=False, server_default=false()),
    Index(None, "sport_id", "gone"),
)

settlements = Table(
    "settlements",
    metadata,
    Column("event_id", Id, primary_key=True, autoincrement=False),
    Column("period", Integer, primary_key=True, autoincrement=False),
    Column("settlement_id", BigInteger, nullable=False),
    Column("status", Integer, nullable=False),
    Column("settled_at", Utc),
    Column("team1_score", Integer),
    Column("team2_score", Integer),
    Column("reason", Text),
)

price_history = Table(
    "price_history",
    metadata,
    Column("id", Id, primary_key=True),
    Column("event_id", Id, nullable=False),
    Column("number", Integer, nullable=False),
    Column("at", Utc, nullable=False),
    Column("period_json", Text, nullable=False),
    Index(None, "event_id", "number", "at"),
    Index(None, "at"),
)

event_openness = Table(
    "event_openness",
    metadata,
    # One row for each time that an event closed (halted, or no longer listed) or opened again.
    Column("id", Id, primary_key=True),
    Column("event_id", Id, nullable=False),
    Column("at", Utc, nullable=False),
    Column("open", Boolean, nullable=False),
    Index(None, "event_id"),
)

specials = Table(
    "specials",
    metadata,
    # Of events only: no selection means an outright.
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("sport_id", Integer, nullable=False),
    Column("league_id", Id, nullable=False),
    Column("event_id", Id, nullable=False),
    Column("cutoff", Utc),
    Column("special_json", Text, nullable=False),
    Column("changed_at", Utc, nullable=False),
    Column("missed", Integer, nullable=False, default=0),
    Column("gone_at", Utc),
    Column("gone_because", String(20)),
    # The newest settlement of it: older ones may be sent again and change nothing.
    Column("settlement_id", BigInteger),
    Index(None, "event_id"),
    Index(None, "sport_id", "gone_at"),
)

special_prices = Table(
    "special_prices",
    metadata,
    # No foreign key: odds may come before their special, and those of outrights have none.
    Column("special_id", Id, primary_key=True, autoincrement=False),
    Column("sport_id", Integer, nullable=False),
    Column("odds_json", Text, nullable=False),
    Column("changed_at", Utc, nullable=False),
    Column("gone", Boolean, nullable=False, default=False),
    Index(None, "sport_id", "gone"),
)

special_history = Table(
    "special_history",
    metadata,
    Column("id", Id, primary_key=True),
    Column("special_id", Id, nullable=False),
    Column("at", Utc, nullable=False),
    Column("odds_json", Text, nullable=False),
    Index(None, "special_id", "at"),
    Index(None, "at"),
)

special_openness = Table(
    "special_openness",
    metadata,
    Column("id", Id, primary_key=True),
    Column("special_id", Id, nullable=False),
    Column("at", Utc, nullable=False),
    Column("open", Boolean, nullable=False),
    Index(None, "special_id"),
)
