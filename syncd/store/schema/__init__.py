"""The tables. Migrations in `migrations/` lead here, and a test holds the two equal.

Times are aware UTC. Columns named `*_json` contain msgspec-encoded values of `syncd.model`. Texts of
Pinnacle and BetTune are `Text`: PostgreSQL would reject a whole snapshot for one that is too long.
"""

from syncd.store.schema.base import HIGHEST_ID, Id, metadata
from syncd.store.schema.bettune import filters, matches, predictions, writes
from syncd.store.schema.links import lessons, links, rejections, translations, verifications
from syncd.store.schema.pinnacle import (
    event_openness,
    events,
    feeds,
    leagues,
    paces,
    periods,
    price_history,
    settlements,
    special_history,
    special_openness,
    special_prices,
    specials,
)
from syncd.store.schema.process import alerts, commands, facts, leases, requests

__all__ = [
    "HIGHEST_ID",
    "Id",
    "alerts",
    "commands",
    "event_openness",
    "events",
    "facts",
    "feeds",
    "filters",
    "leagues",
    "leases",
    "lessons",
    "links",
    "matches",
    "metadata",
    "paces",
    "periods",
    "predictions",
    "price_history",
    "rejections",
    "requests",
    "settlements",
    "special_history",
    "special_openness",
    "special_prices",
    "specials",
    "translations",
    "verifications",
    "writes",
]
