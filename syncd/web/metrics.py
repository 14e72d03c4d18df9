"""The metrics for Prometheus: names, labels and meanings in one table, and their values for a status."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from syncd.model.change import Kind
from syncd.model.feed import EVERY_SPORT
from syncd.runtime.measures import Histogram
from syncd.store.mode import Mode
from syncd.sync.outcome import WriteOutcome
from syncd.views.status_values import BetTuneStatus, Counts, FeedStatus, LiveStatus, Status

Labels = tuple[str, ...]


class MetricDefinition(NamedTuple):
    """The meaning of a metric. All units are seconds or counts; the name says which."""

    help: str
    labels: Labels = ()


class Sample(NamedTuple):
    """One value of a metric."""

    name: str
    labels: Labels
    value: float


class HistogramSample(NamedTuple):
    """One distribution of a metric."""

    name: str
    labels: Labels
    value: Histogram


_FEED_LABELS = ("feed", "sport")

GAUGES: Mapping[str, MetricDefinition] = {
    "syncd_build_info": MetricDefinition("Always 1; the label is the running version.", ("version",)),
    "syncd_database_up": MetricDefinition(
        "1 while the database responds. While it is 0, most other metrics are missing."
    ),
    "syncd_working": MetricDefinition(
        "1 while this process holds the lease and works, 0 while it stands by."
    ),
    "syncd_tasks_dead": MetricDefinition("Tasks that ended, although the process goes on."),
    "syncd_mode": MetricDefinition("1 for the mode that a user chose last.", ("mode",)),
    "syncd_planned": MetricDefinition("1 after every pair was computed once."),
    "syncd_feed_age_seconds": MetricDefinition(
        "Time since the request of the last good response: the age of the data.", _FEED_LABELS
    ),
    "syncd_feed_snapshot_age_seconds": MetricDefinition(
        "Time since the last snapshot that was applied.", _FEED_LABELS
    ),
    "syncd_feed_poll_age_seconds": MetricDefinition(
        "Time since the last response or failure of any kind.", _FEED_LABELS
    ),
    "syncd_feed_consecutive_failures": MetricDefinition(
        "Consecutive failures; 0 after a good response.", _FEED_LABELS
    ),
    "syncd_feed_suspect": MetricDefinition(
        "1 while a snapshot that lost more than half waits for another that agrees.", _FEED_LABELS
    ),
    "syncd_feed_cursor": MetricDefinition("The cursor of the next delta, as Pinnacle gave it.", _FEED_LABELS),
    "syncd_feed_clock_skew_seconds": MetricDefinition("Pinnacle's clock minus ours.", _FEED_LABELS),
    "syncd_feed_wait_seconds": MetricDefinition(
        "Time until the next request, by the pace and by what failed; 0 if it is due.", _FEED_LABELS
    ),
    "syncd_feed_stale": MetricDefinition(
        "1 while a sport is withdrawn because its feed is too old.", ("sport",)
    ),
    "syncd_bettune_response_age_seconds": MetricDefinition("Time since BetTune's last good response."),
    "syncd_bettune_requests_used": MetricDefinition("Requests to BetTune that count in the window now."),
    "syncd_bettune_requests_limit": MetricDefinition("The most requests that may count at once."),
    "syncd_bettune_window_seconds": MetricDefinition("How long a request counts."),
    "syncd_bettune_wait_seconds": MetricDefinition("How much longer BetTune's Retry-After makes us wait."),
    "syncd_catalogue_age_seconds": MetricDefinition(
        "Time since BetTune's matches or filters were read.", ("list",)
    ),
    "syncd_events": MetricDefinition("Pinnacle's events: all that are listed, and those open.", ("state",)),
    "syncd_matches": MetricDefinition("BetTune's matches within the horizon."),
    "syncd_links": MetricDefinition(
        "Links to matches of the horizon: automatic, confirmed, for review.", ("state",)
    ),
    "syncd_results": MetricDefinition(
        "Links of finished games that carried predictions, by the verdict of both results.", ("verdict",)
    ),
    "syncd_filters": MetricDefinition(
        "BetTune's filters: all, those with a rule, and those that are approved too.", ("state",)
    ),
    "syncd_predictions": MetricDefinition(
        "Predictions at BetTune: ours that are active, and theirs, made by hand.", ("owner",)
    ),
    "syncd_predictions_respected": MetricDefinition(
        "Predictions of ours that a user deleted by hand: not made again."
    ),
    "syncd_predictions_quarantined": MetricDefinition(
        "Pairs that wait because BetTune rejected their last write."
    ),
    "syncd_predictions_in_doubt": MetricDefinition("Pairs whose last write has no known result."),
    "syncd_queue_changes": MetricDefinition("Changes that wait to be sent.", ("kind",)),
    "syncd_queue_oldest_wait_seconds": MetricDefinition(
        "How long the oldest change has waited; 0 if none waits."
    ),
    "syncd_exposed_predictions": MetricDefinition(
        "Predictions that are too low, or should not be there: their raise or delete waits."
    ),
    "syncd_exposure_seconds": MetricDefinition("How long the oldest of these has waited; 0 if none waits."),
    "syncd_queue_reads": MetricDefinition("Pairs that wait to be read."),
    "syncd_changes_withheld": MetricDefinition("Changes that are withheld because they look wrong."),
    "syncd_pairs_without_price": MetricDefinition("Pairs without a price, by cause.", ("cause",)),
    "syncd_alerts_firing": MetricDefinition("Alerts that are firing."),
    "syncd_alert_age_seconds": MetricDefinition("Time since an alert began to fire.", ("subject", "notify")),
}

COUNTERS: Mapping[str, MetricDefinition] = {
    "syncd_writes_total": MetricDefinition(
        f"Writes to BetTune since this process took the lease: {', '.join(Kind)}; {', '.join(WriteOutcome)}.",
        ("kind", "outcome"),
    ),
    "syncd_requests_total": MetricDefinition(
        "Requests since the last start, reload or change of the lease: pinnacle, bettune; the status of the "
        "response, or none.",
        ("api", "code"),
    ),
}

HISTOGRAMS: Mapping[str, MetricDefinition] = {
    "syncd_reaction_seconds": MetricDefinition(
        "Time from Pinnacle's response with a change to BetTune's response to the write that follows. "
        "Without what was withheld, or had to be read first.",
        ("kind",),
    ),
}


def samples(status: Status) -> Iterator[Sample]:
    """Give the values of the gauges; a value that is not known is missing, not 0."""
    yield Sample("syncd_build_info", (status.version,), 1)
    for mode in Mode:
        yield Sample("syncd_mode", (mode,), mode is status.mode)
    for feed in status.feeds:
        yield from _feed(feed, status)
    sports = {feed.state.sport_id for feed in status.feeds} - {EVERY_SPORT}
    for sport in sorted(sports | status.stale.keys()):
        yield Sample("syncd_feed_stale", (str(sport),), sport in status.stale)
    yield from _bettune(status.bettune, status)
    yield from _counts(status.counts)
    yield from _filters(status)
    yield Sample("syncd_alerts_firing", (), len(status.alerts))
    for alert in status.alerts:
        age = max(0.0, (status.at - alert.fired_at).total_seconds())
        yield Sample("syncd_alert_age_seconds", (alert.subject, str(alert.notify).lower()), age)
    if status.live:
        yield from _live(status.live, status)


def _feed(feed: FeedStatus, status: Status) -> Iterator[Sample]:
    state, labels = feed.state, (feed.state.kind, str(feed.state.sport_id))
    poll_age = (status.at - state.polled_at).total_seconds() if state.polled_at else None
    values: dict[str, float | None] = {
        "syncd_feed_age_seconds": feed.age_s,
        "syncd_feed_snapshot_age_seconds": feed.snapshot_age_s,
        "syncd_feed_poll_age_seconds": poll_age,
        "syncd_feed_consecutive_failures": state.failures,
        "syncd_feed_suspect": bool(state.suspect),
        "syncd_feed_cursor": state.cursor,
        "syncd_feed_clock_skew_seconds": state.skew.total_seconds(),
    }
    if feed.next_at is not None:
        values["syncd_feed_wait_seconds"] = max(0.0, (feed.next_at - status.at).total_seconds())
    for name, value in values.items():
        if value is not None:
            yield Sample(name, labels, value)


def _bettune(bettune: BetTuneStatus, status: Status) -> Iterator[Sample]:
    yield Sample("syncd_bettune_requests_used", (), bettune.used)
    yield Sample("syncd_bettune_requests_limit", (), bettune.limit)
    yield Sample("syncd_bettune_window_seconds", (), bettune.window_s)
    wait = (bettune.limited_until - status.at).total_seconds() if bettune.limited_until else 0.0
    yield Sample("syncd_bettune_wait_seconds", (), max(0.0, wait))
    for name, age in (("matches", bettune.matches_age_s), ("filters", bettune.filters_age_s)):
        if age is not None:
            yield Sample("syncd_catalogue_age_seconds", (name,), age)


def _counts(counts: Counts) -> Iterator[Sample]:
    yield Sample("syncd_events", ("listed",), counts.events.listed)
    yield Sample("syncd_events", ("open",), counts.events.open)
    yield Sample("syncd_matches", (), counts.matches)
    for state, number in counts.links.items():
        yield Sample("syncd_links", (state,), number)
    for kind, number in counts.results.items():
        yield Sample("syncd_results", (kind,), number)
    predictions = counts.predictions
    yield Sample("syncd_predictions", ("ours",), predictions.active)
    yield Sample("syncd_predictions", ("theirs",), predictions.theirs)
    yield Sample("syncd_predictions_respected", (), predictions.respected)
    yield Sample("syncd_predictions_quarantined", (), predictions.quarantined)
    yield Sample("syncd_predictions_in_doubt", (), predictions.in_doubt)


def _filters(status: Status) -> Iterator[Sample]:
    with_rule = [each for each in status.filters if each.rule]
    yield Sample("syncd_filters", ("listed",), len(status.filters))
    yield Sample("syncd_filters", ("with_rule",), len(with_rule))
    yield Sample("syncd_filters", ("active",), sum(each.approved for each in with_rule))


def _live(live: LiveStatus, status: Status) -> Iterator[Sample]:
    yield Sample("syncd_planned", (), live.planned)
    if live.bettune_ok_at:
        age = (status.at - live.bettune_ok_at).total_seconds()
        yield Sample("syncd_bettune_response_age_seconds", (), max(0.0, age))
    for kind, number in live.queue.items():
        yield Sample("syncd_queue_changes", (kind,), number)
    yield Sample("syncd_queue_oldest_wait_seconds", (), _seconds_since(live.oldest_since, status.at))
    yield Sample("syncd_exposed_predictions", (), live.queue[Kind.DELETE] + live.queue[Kind.RAISE])
    yield Sample("syncd_exposure_seconds", (), _seconds_since(live.exposed_since, status.at))
    yield Sample("syncd_queue_reads", (), live.reads_pending)
    yield Sample("syncd_changes_withheld", (), live.withheld_count)
    for cause, number in live.no_price.items():
        yield Sample("syncd_pairs_without_price", (cause,), number)


def _seconds_since(moment: datetime | None, now: datetime) -> float:
    return max(0.0, (now - moment).total_seconds()) if moment else 0.0
