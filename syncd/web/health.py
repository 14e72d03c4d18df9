"""Whether the daemon is alive, and whether what it does can be relied on now."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta

import msgspec

from syncd.app.components import Components
from syncd.app.daemon import Daemon
from syncd.bettune.gateway import AWAY, REFUSED
from syncd.config.settings import BetTuneSettings
from syncd.model.feed import FeedState
from syncd.sync.freshness import SPECIALS_FROM, conditions

STANDING_BY = "lease"
"""The subject of the trouble that another daemon holds the lease."""

UNREADY = frozenset({AWAY, REFUSED})
"""Troubles under which nothing reaches BetTune."""


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of `/healthz` and `/readyz`."""

    ok: bool
    state: str
    """`working`, `standing by` or `starting`."""
    reasons: tuple[str, ...] = ()
    """Why it is not well; empty where it is."""


def liveness(daemon: Daemon) -> Health:
    """Well while every task is alive: a process that only waits for the lease is well too."""
    dead = tuple(f"the task «{name}» has ended" for name in daemon.crew.dead())
    return Health(ok=not dead, state=_state(daemon), reasons=dead)


def readiness(daemon: Daemon) -> Health:
    """Well while this daemon works, the feeds are fresh, and BetTune answers."""
    reasons = tuple(_unready(daemon))
    return Health(ok=not reasons, state=_state(daemon), reasons=reasons)


def _state(daemon: Daemon) -> str:
    if daemon.rooms:
        return "working"
    return "standing by" if _standing_by(daemon) else "starting"


def _standing_by(daemon: Daemon) -> str:
    return next((each.message for each in daemon.alerts.firing if each.subject == STANDING_BY), "")


def _unready(daemon: Daemon) -> Iterator[str]:
    rooms = daemon.rooms
    if rooms is None:
        yield _standing_by(daemon) or "starting: the lease is not held yet"
        return
    now = daemon.clock.now()
    yield from (f"the task «{name}» has ended" for name in daemon.crew.dead())
    if not rooms.planner.looked.is_set():
        yield "nothing has been planned yet"
    yield from _stale(rooms, now)
    yield from _silent(rooms.gateway.ok_at, rooms.settings.bettune, now)
    for trouble in daemon.alerts.firing:
        if trouble.subject in UNREADY or trouble.subject.startswith("store."):
            yield f"{trouble.subject}: {trouble.message}"


def _stale(rooms: Components, now: datetime) -> Iterator[str]:
    states = rooms.states
    for sport_id, each in conditions(states, rooms.settings, now).items():
        if each.stale:
            yield f"sport {sport_id}: {each.stale}"
        elif each.specials_stale and _fails(SPECIALS_FROM, sport_id, states):
            yield f"sport {sport_id}, specials: {each.specials_stale}"


def _fails(kinds: Collection[str], sport_id: int, states: Iterable[FeedState]) -> bool:
    """Whether one of these feeds is out of order. One that the host does without is not."""
    return any(each.failures for each in states if each.sport_id == sport_id and each.kind in kinds)


def _silent(ok_at: datetime | None, bettune: BetTuneSettings, now: datetime) -> Iterator[str]:
    """The catalogue is read again and again, so a BetTune that is well is heard of at least so often."""
    patience = 2 * min(bettune.filters_every, bettune.matches_every) + timedelta(minutes=1)
    if ok_at is None:
        yield "BetTune has not answered yet"
    elif now - ok_at > patience:
        yield f"no good answer from BetTune since {ok_at:%d %b %H:%M:%S} UTC"
