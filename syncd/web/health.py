"""Liveness and readiness: that every task runs, and that the predictions can be relied on now."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta

import msgspec

from syncd.app.components import Components
from syncd.app.daemon import DAEMON_LEASE_TTL, Daemon
from syncd.app.start import START
from syncd.app.withdraw_only import WITHDRAW_ONLY
from syncd.bettune.gateway import AWAY, REFUSED, WAITING
from syncd.config.settings import BetTuneSettings
from syncd.model.feed import FeedState
from syncd.sync.freshness import PRICED_FROM, SPECIALS_FROM, conditions

STANDBY_ALERT = "lease"
"""Subject of the alert that another daemon holds the lease."""

UNREADY_ALERTS = frozenset({AWAY, REFUSED, WAITING})
"""Alerts during which nothing reaches BetTune, or not what is urgent."""


class HealthReport(msgspec.Struct, frozen=True, kw_only=True):
    """The response of `/healthz` and `/readyz`."""

    ok: bool
    state: str
    """`working`, `only withdrawing`, `standing by`, `reloading` or `starting`."""
    lease_holder: str = ""
    """Who works on this database, this daemon or another. Empty if nobody is known to."""
    reasons: tuple[str, ...] = ()
    """The reasons why it is not ok; empty if it is."""
    lacks_bettune: bool = False
    """True if one of the reasons is that BetTune does not respond, or refuses."""
    withdraws: bool = False
    """True if this daemon lacks nothing but fresh feeds: what rests on them it withdraws by itself."""


def liveness(daemon: Daemon) -> HealthReport:
    """Report ok while every task is alive: a process that only waits for the lease is ok too."""
    return _report(daemon, _dead(daemon))


def readiness(daemon: Daemon) -> HealthReport:
    """Report ok while this daemon works, the feeds are fresh, and BetTune responds.

    So is one that stands by for another that works: a rolling update waits until the new one is ready.
    """
    report = _report(daemon, _unready(daemon), _without_bettune(daemon))
    stale = tuple(_stale(daemon.components, daemon.clock.now())) if daemon.components else ()
    return msgspec.structs.replace(report, withdraws=bool(stale) and report.reasons == stale)


def _report(daemon: Daemon, reasons: Iterable[str], without_bettune: Iterable[str] = ()) -> HealthReport:
    about_bettune = tuple(without_bettune)
    found = (*reasons, *about_bettune)
    return HealthReport(
        ok=not found,
        state=_state(daemon),
        lease_holder=daemon.lease_holder,
        reasons=found,
        lacks_bettune=bool(about_bettune),
    )


def _dead(daemon: Daemon) -> Iterator[str]:
    if daemon.is_reloading and not _fails_to_start(daemon):  # a reload ends every task, to start it again
        return
    failing = daemon.supervisor.failing()
    if daemon.components or _fails_to_start(daemon):  # one that waits for the database is alive
        yield from (each.message for each in daemon.alerts.firing if each.subject in (START, WITHDRAW_ONLY))
    for name in daemon.supervisor.dead():
        yield f"the task «{name}» has ended, and is started again: {failing.get(name, 'it ends the work')}"


def _fails_to_start(daemon: Daemon) -> bool:
    return any(each.subject == START for each in daemon.alerts.firing)


def _state(daemon: Daemon) -> str:
    if daemon.is_reloading:
        return "reloading"
    if daemon.withdraw_only and daemon.withdraw_only.reason:
        return "only withdrawing"
    if daemon.components:
        return "working"
    return "standing by" if _standing_by(daemon) else "starting"


def _standing_by(daemon: Daemon) -> str:
    return next((each.message for each in daemon.alerts.firing if each.subject == STANDBY_ALERT), "")


def _unready(daemon: Daemon) -> Iterator[str]:
    components = daemon.components
    if daemon.is_reloading:
        yield "reloading: the config has changed"
    elif components is None:
        yield from _not_standing_by(daemon)
    else:
        yield from _not_working(daemon, components)
    if daemon.store.health.is_away:
        yield f"store: {daemon.store.health.reason}"


def _not_standing_by(daemon: Daemon) -> Iterator[str]:
    standing_by = _standing_by(daemon)
    if not standing_by:
        yield "starting: the lease is not held yet"
    elif not daemon.lease_holder:
        yield standing_by
    elif daemon.clock.monotonic() - daemon.lease_seen_at > 2 * DAEMON_LEASE_TTL.total_seconds():
        yield f"standing by: nothing was seen of the lease of {daemon.lease_holder} for too long"


def _not_working(daemon: Daemon, components: Components) -> Iterator[str]:
    now = daemon.clock.now()
    for name, error in daemon.supervisor.failing().items():
        yield f"the task «{name}» fails: {error}"
    if not components.planner.planned_once.is_set():
        yield "nothing has been planned yet"
    yield from _stale(components, now)


def _without_bettune(daemon: Daemon) -> Iterator[str]:
    components = daemon.components
    if components is None or daemon.is_reloading:
        return
    yield from _silent(components.gateway.ok_at, components.settings.bettune, daemon.clock.now())
    for alert in daemon.alerts.firing:
        if alert.subject in UNREADY_ALERTS:
            yield f"{alert.subject}: {alert.message}"


def _stale(components: Components, now: datetime) -> Iterator[str]:
    feeds = components.feeds.states
    # A sport that is forbidden has an alert, and so have specials that fail. Where nothing of them stands,
    # what is left is right, and a guard would withdraw it.
    refused, nothing_waits = components.feeds.refused_sports, not components.queue.urgent_count
    for sport_id, each in conditions(feeds, components.settings, now).items():
        if sport_id in refused and (nothing_waits or not _ever_priced(sport_id, feeds)):
            continue
        if each.stale:
            yield f"sport {sport_id}: {each.stale}"
        elif each.specials_stale and not nothing_waits and _any_fails(SPECIALS_FROM, sport_id, feeds):
            yield f"sport {sport_id}, specials: {each.specials_stale}"


def _ever_priced(sport_id: int, feeds: Iterable[FeedState]) -> bool:
    return any(each.ok_at for each in feeds if each.sport_id == sport_id and each.kind in PRICED_FROM)


def _any_fails(kinds: Collection[str], sport_id: int, feeds: Iterable[FeedState]) -> bool:
    """Check whether one of these feeds fails. A feed that the host does not offer does not fail."""
    return any(each.failures for each in feeds if each.sport_id == sport_id and each.kind in kinds)


def _silent(ok_at: datetime | None, bettune: BetTuneSettings, now: datetime) -> Iterator[str]:
    """The catalogue is read repeatedly, so a BetTune that works has responded at least this recently."""
    longest = 2 * min(bettune.filters_every, bettune.matches_every) + timedelta(minutes=1)
    if ok_at is None:
        yield "BetTune has not responded yet"
    elif now - ok_at > longest:
        yield f"no good response from BetTune since {ok_at:%d %b %H:%M:%S} UTC"
