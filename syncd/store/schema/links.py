"""The tables of links, and of what they teach."""

from sqlalchemy import Boolean, Column, Float, Index, String, Table, Text, UniqueConstraint

from syncd.store.schema.base import Id, metadata
from syncd.store.types import Utc

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
