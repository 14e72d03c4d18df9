"""The tables. Migrations in `migrations/` lead here, and a test holds the two equal.

Times are aware UTC. Columns named `*_json` contain msgspec-encoded values of `syncd.model`. Texts of
Pinnacle and BetTune are `Text`: PostgreSQL would reject a whole snapshot for one that is too long.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from syncd.store.types import Exact, MicroOdds, Utc

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = BigInteger().with_variant(Integer, "sqlite")
"""Pinnacle's line ids need more than 32 bits; SQLite counts up only plain INTEGER keys."""

HIGHEST_ID = 2**63 - 1
"""The highest id of both databases; a query for a higher one is an error."""

# --- Pinnacle ---------------------------------------------------------------------------------

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

# --- BetTune ----------------------------------------------------------------------------------

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

# --- Links ------------------------------------------------------------------------------------

links = Table(
    "links",
    metadata,
    Column("event_id", Id, primary_key=True, autoincrement=False),
    Column("match_id", Id, nullable=False),
    Column("state", String(10), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("link_json", Text, nullable=False),
    Column("decided_at", Utc, nullable=False),
    Index(None, "match_id"),
)

rejections = Table(
    "rejections",
    metadata,
    # A user's decision: these two are not the same game.
    Column("event_id", Id, primary_key=True, autoincrement=False),
    Column("match_id", Id, primary_key=True, autoincrement=False),
    Column("at", Utc, nullable=False),
)

lessons = Table(
    "lessons",
    metadata,
    # One thing that one link taught: a name or league of Pinnacle's, and the BetTune id behind it.
    Column("id", Id, primary_key=True),
    Column("kind", String(12), nullable=False),
    Column("scope", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("target_id", Id, nullable=False),
    Column("event_id", Id, nullable=False),
    Column("confirmed", Boolean, nullable=False, default=False),
    Column("learnt_at", Utc, nullable=False),
    # Nats by which the results of its game agreed; 0 if they have not been compared.
    Column("proven", Float, nullable=False, default=0.0, server_default="0"),
    UniqueConstraint("kind", "scope", "name", "target_id", "event_id"),
    Index(None, "event_id"),
)

verifications = Table(
    "verifications",
    metadata,
    # A link whose game is over, as it was then, and what both results say of it.
    Column("event_id", Id, primary_key=True, autoincrement=False),
    Column("match_id", Id, nullable=False),
    Column("kickoff", Utc, nullable=False),
    Column("state", String(10), nullable=False),
    Column("verdict", String(20), nullable=False),
    Column("because", String(30), nullable=False),
    Column("weight", Float, nullable=False, default=0.0),
    Column("judged_at", Utc, nullable=False),
    # When a difference was seen first, until it is judged.
    Column("differs_since", Utc),
    Column("link_json", Text, nullable=False),
    # Both results as they were judged.
    Column("pinnacle_json", Text),
    Column("bettune_json", Text),
    Index(None, "verdict", "kickoff"),
    Index(None, "match_id"),
)

translations = Table(
    "translations", metadata, Column("country", Text, primary_key=True),
    Column("name", Text, primary_key=True), Column("texts_json", Text, nullable=False),
)  # fmt: skip

# --- The process ------------------------------------------------------------------------------

requests = Table(
    "requests",
    metadata,
    # A row for each request, written before it; BetTune counts it at `counted_at` at the latest.
    Column("id", Id, primary_key=True),
    Column("counted_at", Utc, nullable=False),
    Index(None, "counted_at"),
)

facts = Table(
    "facts",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("value_json", Text, nullable=False),
    Column("at", Utc, nullable=False),
)

commands = Table(
    "commands",
    metadata,
    # Commands of users to the running daemon: pause, resync, ... by `cli NAME` or `page ADDRESS`.
    Column("id", Id, primary_key=True),
    Column("verb", String(20), nullable=False),
    Column("arguments_json", Text, nullable=False, default="{}"),
    Column("requested_at", Utc, nullable=False),
    Column("done_at", Utc),
    Column("requested_by", String(120)),
    Index(None, "done_at"),
)

alerts = Table(
    "alerts",
    metadata,
    # Firing and resolved. A subject fires at most once at a time.
    Column("id", Id, primary_key=True),
    Column("subject", String(120), nullable=False),
    Column("message", Text, nullable=False),
    Column("fired_at", Utc, nullable=False),
    Column("resolved_at", Utc),
    Column("notify", Boolean, nullable=False, default=False),
    Column("seen_at", Utc),
    Column("seen_by", String(120)),
    Index(None, "subject", "resolved_at"),
    Index(None, "resolved_at"),
)

leases = Table(
    "leases",
    metadata,
    # Who works. Each write transaction checks that its token, which grows with each holder, is still here.
    Column("name", String(40), primary_key=True),
    Column("holder", String(200), nullable=False),
    Column("token", BigInteger, nullable=False),
    Column("taken_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
)
