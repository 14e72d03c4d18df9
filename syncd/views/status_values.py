"""How syncd stands, as values: what `syncd status --json` and `/api/v1/status` say."""

from datetime import datetime

import msgspec

from syncd.model.bettune import Pair
from syncd.model.change import Cause, Change, Kind
from syncd.model.feed import FeedState
from syncd.model.link import LinkState
from syncd.runtime.alerts import Alert
from syncd.store.mode import Mode
from syncd.store.writes import Write
from syncd.views import counts as database_counts


class LeaseStatus(msgspec.Struct, frozen=True, kw_only=True):
    """Which process works on the database, or did last."""

    holder: str
    since: datetime
    held: bool
    """False where it was given back, or has expired."""


class FeedStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One feed with its ages in seconds; none where it never answered."""

    state: FeedState
    age_s: float | None
    """Since the last good answer was asked for."""
    snapshot_age_s: float | None


class BetTuneStatus(msgspec.Struct, frozen=True, kw_only=True):
    """The request budget, and how old the catalogue is."""

    used: int
    limit: int
    window_s: float
    limited_until: datetime | None = None
    """BetTune asked us to wait: nothing is sent before."""
    matches_read_at: datetime | None = None
    matches_age_s: float | None = None
    filters_read_at: datetime | None = None
    filters_age_s: float | None = None


class FilterStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A filter that BetTune lists, and what becomes of it here."""

    id: int
    name: str
    bet_type: str
    approved: bool
    rule: str = ""
    """The `filter` of the rule it falls under; empty: it is left alone."""
    selection: str = ""
    """What its bet type was read as."""
    problem: str = ""
    """Why its bet type could not be read."""
    standing: int = 0


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How many of everything."""

    events: database_counts.EventCounts
    matches: int
    """Listed by BetTune within the horizon."""
    links: dict[LinkState, int]
    predictions: database_counts.PredictionCounts


class WriteStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A write that was sent, with the names a person knows its pair by."""

    write: Write
    filter: str
    match: str


class WithheldStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A change that the guard holds back, and why."""

    change: Change
    why: str
    filter: str
    match: str


class QuarantinedStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A pair of which BetTune refused a write, and which is left in peace until then."""

    pair: Pair
    error: str
    until: datetime
    filter: str
    match: str


class Live(msgspec.Struct, frozen=True, kw_only=True):
    """What only the working daemon knows."""

    since: datetime
    """When its process started."""
    planned: bool
    """Whether it has looked at everything at least once."""
    bettune_ok_at: datetime | None
    queue: dict[Kind, int]
    unread: int
    """Pairs whose state has still to be read."""
    held: int
    held_back: tuple[WithheldStatus, ...]
    refusals: dict[Cause, int]
    """Pairs without a price, by the cause."""


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """Everything at one moment."""

    at: datetime
    version: str
    mode: Mode
    lease: LeaseStatus | None
    feeds: tuple[FeedStatus, ...]
    stale: dict[int, str]
    """Why all of a sport is withdrawn, for each sport whose feed is too old to be believed."""
    bettune: BetTuneStatus
    counts: Counts
    filters: tuple[FilterStatus, ...]
    troubles: tuple[Alert, ...]
    """What is wrong now, the oldest first."""
    recent_troubles: tuple[Alert, ...]
    """Over or not, the newest first."""
    recent_writes: tuple[WriteStatus, ...]
    refused: tuple[QuarantinedStatus, ...] = ()
    """The pairs in quarantine, as far as they are shown; `counts.predictions` has their number."""
    live: Live | None = None
    """None beside the daemon, and while it stands by."""
