"""The figures that Prometheus is told: names, labels and meanings in one table, then their values."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from syncd.model.change import Kind
from syncd.store.mode import Mode
from syncd.sync.outcome import WriteOutcome
from syncd.views.status_values import BetTuneStatus, Counts, FeedStatus, Live, Status

Labels = tuple[str, ...]


class Meaning(NamedTuple):
    """What a figure says. Seconds and counts only, so no unit needs guessing."""

    help: str
    labels: Labels = ()


class Sample(NamedTuple):
    """One value."""

    name: str
    labels: Labels
    value: float


FEED = ("feed", "sport")

GAUGES: Mapping[str, Meaning] = {
    "syncd_info": Meaning("Always 1; its label is the version that runs.", ("version",)),
    "syncd_database_up": Meaning("1 while the database answers. While it is 0, most of the rest is missing."),
    "syncd_working": Meaning("1 while this process holds the lease and works, 0 while it stands by."),
    "syncd_tasks_dead": Meaning("Tasks that have ended, though none should before the process does."),
    "syncd_mode": Meaning("1 for what a person ordered last.", ("mode",)),
    "syncd_planned": Meaning("1 once everything has been looked at for the first time."),
    "syncd_feed_age_seconds": Meaning("Since the last good answer was asked for: the data's age.", FEED),
    "syncd_feed_snapshot_age_seconds": Meaning("Since the last whole snapshot that was applied.", FEED),
    "syncd_feed_polled_age_seconds": Meaning("Since the last answer or failure of any kind.", FEED),
    "syncd_feed_failures": Meaning("Failures in a row; 0 after a good answer.", FEED),
    "syncd_feed_doubted": Meaning("1 while a snapshot that lost more than half waits for another.", FEED),
    "syncd_feed_cursor": Meaning("The cursor of the next delta, as Pinnacle gave it.", FEED),
    "syncd_feed_clock_skew_seconds": Meaning("Pinnacle's clock minus ours.", FEED),
    "syncd_feed_stale": Meaning("1 while a sport is withdrawn because its feed is too old.", ("sport",)),
    "syncd_bettune_answer_age_seconds": Meaning("Since BetTune last answered well."),
    "syncd_bettune_requests_used": Meaning("Requests to BetTune that count now."),
    "syncd_bettune_requests_limit": Meaning("How many may count at once."),
    "syncd_bettune_window_seconds": Meaning("How long a request counts."),
    "syncd_bettune_hold_seconds": Meaning("How much longer BetTune's Retry-After keeps us waiting."),
    "syncd_catalogue_age_seconds": Meaning("Since BetTune's matches or filters were read.", ("list",)),
    "syncd_events": Meaning("Pinnacle's events: all listed ones, and of these the open.", ("state",)),
    "syncd_matches": Meaning("BetTune's matches within the horizon."),
    "syncd_links": Meaning("Links to matches of the horizon: automatic, confirmed, for review.", ("state",)),
    "syncd_filters": Meaning(
        "BetTune's filters: all, those with a rule, and those that are approved too.", ("state",)
    ),
    "syncd_predictions": Meaning("Predictions at BetTune: ours, and theirs, made by hand.", ("owner",)),
    "syncd_predictions_respected": Meaning("Ours that were deleted by hand and stay so."),
    "syncd_predictions_quarantined": Meaning("Pairs left in peace because BetTune refused a write."),
    "syncd_predictions_in_doubt": Meaning("Pairs to be read back because an answer was lost."),
    "syncd_queue_changes": Meaning("Changes that wait to be sent.", ("kind",)),
    "syncd_queue_reads": Meaning("Pairs that wait to be read."),
    "syncd_held": Meaning("Changes held back because they look wrong."),
    "syncd_refusals": Meaning("Pairs without a price, by the cause.", ("cause",)),
    "syncd_troubles_open": Meaning("Troubles that last now."),
    "syncd_trouble_age_seconds": Meaning("How long a trouble has lasted.", ("subject", "loud")),
}

COUNTERS: Mapping[str, Meaning] = {
    "syncd_writes_total": Meaning(
        f"Writes to BetTune since this process took the lease: {', '.join(Kind)}; {', '.join(WriteOutcome)}.",
        ("kind", "outcome"),
    ),
}


def samples(status: Status) -> Iterator[Sample]:
    """The values of the gauges; a figure that is not known is missing rather than 0."""
    yield Sample("syncd_info", (status.version,), 1)
    for mode in Mode:
        yield Sample("syncd_mode", (mode,), mode is status.mode)
    for feed in status.feeds:
        yield from _feed(feed, status)
    for sport in sorted({feed.state.sport_id for feed in status.feeds} | status.stale.keys()):
        yield Sample("syncd_feed_stale", (str(sport),), sport in status.stale)
    yield from _bettune(status.bettune, status)
    yield from _counts(status.counts)
    yield from _filters(status)
    yield Sample("syncd_troubles_open", (), len(status.troubles))
    for trouble in status.troubles:
        lasted = max(0.0, (status.at - trouble.fired_at).total_seconds())
        yield Sample("syncd_trouble_age_seconds", (trouble.subject, str(trouble.notify).lower()), lasted)
    if status.live:
        yield from _live(status.live, status)


def _feed(feed: FeedStatus, status: Status) -> Iterator[Sample]:
    state, labels = feed.state, (feed.state.kind, str(feed.state.sport_id))
    polled_age = (status.at - state.polled_at).total_seconds() if state.polled_at else None
    known = {
        "syncd_feed_age_seconds": feed.age_s,
        "syncd_feed_snapshot_age_seconds": feed.snapshot_age_s,
        "syncd_feed_polled_age_seconds": polled_age,
        "syncd_feed_failures": state.failures,
        "syncd_feed_doubted": bool(state.suspect),
        "syncd_feed_cursor": state.cursor,
        "syncd_feed_clock_skew_seconds": state.skew.total_seconds(),
    }
    for name, value in known.items():
        if value is not None:
            yield Sample(name, labels, value)


def _bettune(bettune: BetTuneStatus, status: Status) -> Iterator[Sample]:
    until = bettune.limited_until
    yield Sample("syncd_bettune_requests_used", (), bettune.used)
    yield Sample("syncd_bettune_requests_limit", (), bettune.limit)
    yield Sample("syncd_bettune_window_seconds", (), bettune.window_s)
    hold = (until - status.at).total_seconds() if until else 0.0
    yield Sample("syncd_bettune_hold_seconds", (), max(0.0, hold))
    for name, age in (("matches", bettune.matches_age_s), ("filters", bettune.filters_age_s)):
        if age is not None:
            yield Sample("syncd_catalogue_age_seconds", (name,), age)


def _counts(counts: Counts) -> Iterator[Sample]:
    yield Sample("syncd_events", ("listed",), counts.events.listed)
    yield Sample("syncd_events", ("open",), counts.events.open)
    yield Sample("syncd_matches", (), counts.matches)
    for state, number in counts.links.items():
        yield Sample("syncd_links", (state,), number)
    predictions = counts.predictions
    yield Sample("syncd_predictions", ("ours",), predictions.standing)
    yield Sample("syncd_predictions", ("theirs",), predictions.theirs)
    yield Sample("syncd_predictions_respected", (), predictions.respected)
    yield Sample("syncd_predictions_quarantined", (), predictions.quarantined)
    yield Sample("syncd_predictions_in_doubt", (), predictions.in_doubt)


def _filters(status: Status) -> Iterator[Sample]:
    ruled = [each for each in status.filters if each.rule]
    yield Sample("syncd_filters", ("listed",), len(status.filters))
    yield Sample("syncd_filters", ("with_rule",), len(ruled))
    yield Sample("syncd_filters", ("active",), sum(each.approved for each in ruled))


def _live(live: Live, status: Status) -> Iterator[Sample]:
    yield Sample("syncd_planned", (), live.planned)
    if live.bettune_ok_at:
        age = (status.at - live.bettune_ok_at).total_seconds()
        yield Sample("syncd_bettune_answer_age_seconds", (), max(0.0, age))
    for kind, number in live.queue.items():
        yield Sample("syncd_queue_changes", (kind,), number)
    yield Sample("syncd_queue_reads", (), live.unread)
    yield Sample("syncd_held", (), live.held)
    for cause, number in live.refusals.items():
        yield Sample("syncd_refusals", (cause,), number)
