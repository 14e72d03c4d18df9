"""The tables of the process: its budget, facts, commands, alerts and leases."""

from sqlalchemy import BigInteger, Boolean, Column, Index, String, Table, Text

from syncd.store.schema.base import Id, metadata
from syncd.store.types import Utc

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
