"""The current status as values: the document of `syncd status --json` and `/api/v1/status`."""

from datetime import datetime

import msgspec

from syncd.matching.results import VerdictKind
from syncd.model.bettune import Pair
from syncd.model.change import Cause, Change, Kind
from syncd.model.feed import FeedState
from syncd.model.link import LinkState
from syncd.runtime.alerts import Alert
from syncd.store.mode import Mode
from syncd.store.writes import Write
from syncd.views.counts import EventCounts, PredictionCounts


class LeaseStatus(msgspec.Struct, frozen=True, kw_only=True):
    """The process that works on the database, or the last one that did."""

    holder: str
    since: datetime
    is_held: bool
    """False after it was released, or has expired."""


class FeedStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One feed with its ages in seconds; None before its first good response."""

    state: FeedState
    age_s: float | None
    """Since the request of the last good response: the age of the data."""
    snapshot_age_s: float | None
    next_at: datetime | None = None
    """When the next request may and should be made, as only the working daemon knows."""
    calls: int | None = None
    """Requests since the process started, as only the working daemon knows."""
    gap_s: float | None = None
    """The smallest gap between two requests, by its pace."""


class BetTuneStatus(msgspec.Struct, frozen=True, kw_only=True):
    """The request budget, and the age of the catalogue."""

    used: int
    limit: int
    window_s: float
    limited_until: datetime | None = None
    """BetTune's Retry-After: no request is sent before this time."""
    matches_read_at: datetime | None = None
    matches_age_s: float | None = None
    filters_read_at: datetime | None = None
    filters_age_s: float | None = None


class FilterStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A filter that BetTune lists, and how syncd prices it."""

    id: int
    name: str
    bet_type: str
    approved: bool
    rule: str = ""
    """The `filter` of the rule that fits it; empty: it is left alone."""
    selection: str = ""
    """The meaning of its bet type at Pinnacle; empty if it could not be read."""
    problem: str = ""
    """The reason why its bet type could not be read."""
    active: int = 0
    """Predictions of ours that BetTune holds for it."""


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """The number of events, matches, links and predictions."""

    events: EventCounts
    matches: int
    """Listed by BetTune within the horizon."""
    links: dict[LinkState, int]
    results: dict[VerdictKind, int]
    """Links of finished games that carried predictions, by the verdict of both results."""
    predictions: PredictionCounts


class WriteStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A write that was sent, with the names of its filter and match."""

    write: Write
    filter: str
    match: str


class WithheldStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A change that is withheld."""

    change: Change
    reason: str
    filter: str
    match: str


class QuarantinedStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A pair whose last write BetTune rejected: it is not tried again before `until`."""

    pair: Pair
    error: str
    until: datetime
    filter: str
    match: str


class LiveStatus(msgspec.Struct, frozen=True, kw_only=True):
    """The part of the status that only the working daemon knows."""

    since: datetime
    """When its process started."""
    planned: bool
    """True once every pair has been computed."""
    bettune_ok_at: datetime | None
    """When BetTune last gave a good response."""
    queue: dict[Kind, int]
    """Changes that wait to be sent, by kind."""
    reads_pending: int
    """Pairs that must be read at BetTune first."""
    withheld: tuple[WithheldStatus, ...]
    """The first of the changes that are withheld."""
    withheld_count: int
    """The number of all of them."""
    no_price: dict[Cause, int]
    """Pairs without a price, by cause."""
    oldest_since: datetime | None = None
    """The time since which the oldest change of the queue waits; None if none does."""
    exposed_since: datetime | None = None
    """The same of the deletes and raises: until then a prediction is too low, or should not be there."""


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """Everything at one moment."""

    at: datetime
    version: str
    mode: Mode
    lease: LeaseStatus | None
    feeds: tuple[FeedStatus, ...]
    stale: dict[int, str]
    """The reason, by sport, for each sport that is withdrawn because its feed is too old."""
    bettune: BetTuneStatus
    counts: Counts
    filters: tuple[FilterStatus, ...]
    alerts: tuple[Alert, ...]
    """Those that are firing, the oldest first."""
    recent_alerts: tuple[Alert, ...]
    """Firing and resolved ones, the newest first."""
    recent_writes: tuple[WriteStatus, ...]
    quarantined: tuple[QuarantinedStatus, ...] = ()
    """The first pairs in quarantine; `counts.predictions.quarantined` counts all of them."""
    seen: dict[str, datetime] = {}  # msgspec makes a new one each time
    """The alerts that are firing and that a user has seen: when, by subject."""
    live: LiveStatus | None = None
    """None outside the working daemon: from the command line, and in a daemon that stands by."""
