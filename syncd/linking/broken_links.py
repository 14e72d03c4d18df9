"""Automatic links that carried predictions and no longer do: each is logged, and an unexpected one alerts."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

import msgspec
import structlog

from syncd.model.bettune import Match
from syncd.model.feed import EventState
from syncd.model.link import Link
from syncd.runtime.alerts import Alerts
from syncd.store import catalogue, events
from syncd.store.connection import AsyncConnection

log = structlog.get_logger(__name__)


class BrokenLink(msgspec.Struct, frozen=True, kw_only=True):
    """A link as it was, the event's link now, and the event that its match is linked to now."""

    before: Link
    now: Link | None
    taken_by: int | None = None


def find_broken(before: Mapping[int, Link], links: Iterable[Link], gone: Iterable[int]) -> list[BrokenLink]:
    """Return the links of `before` that carried predictions, and no longer do after a decision.

    `links` are those that the decision changed, `gone` the events whose link it removed.
    """
    changed = {link.event_id: link for link in links}
    owners = {link.match_id: link.event_id for link in changed.values() if link.state.carries_predictions}
    affected = [before[event_id] for event_id in (*changed, *gone) if event_id in before]
    return [
        BrokenLink(before=link, now=changed.get(link.event_id), taken_by=owners.get(link.match_id))
        for link in affected
        if link.state.carries_predictions and owners.get(link.match_id) != link.event_id
    ]


class BrokenLinkReporter:
    """Fires an alert for each broken link, until its game is over, a user decides, or the link is back."""

    def __init__(self, alerts: Alerts) -> None:
        self._alerts = alerts
        self._alerted: dict[int, int] = {}
        """The match that an event was linked to, for each event with an alert."""

    async def report(
        self, conn: AsyncConnection, found: Collection[BrokenLink], expected: Collection[Link]
    ) -> None:
        """Log all, and alert for unexpected ones, unless a twin of the event has the match now."""
        states = await events.load_ids(conn, {each for one in found for each in _events(one)})
        known = await catalogue.matches_by_id(conn, {each for one in found for each in _matches(one)})
        for one in found:
            _log(one)
            if one.before not in expected and not _is_twin(one, states):
                self._fire(one, states, known)

    def _fire(self, one: BrokenLink, states: Mapping[int, EventState], known: Mapping[int, Match]) -> None:
        event_id = one.before.event_id
        self.resolve([event_id])
        self._alerted[event_id] = one.before.match_id
        self._alerts.fire(_subject(event_id), message(one, states, known), notify=True)

    def resolve(self, event_ids: Iterable[int]) -> None:
        """Resolve the alerts of events whose games are over, or about which a user has decided."""
        for event_id in event_ids:
            if self._alerted.pop(event_id, None) is not None:
                self._alerts.resolve(_subject(event_id))

    def resolve_restored(self, links: Iterable[Link]) -> None:
        """Resolve the alerts of links that are as they were before they broke."""
        self.resolve(
            link.event_id
            for link in links
            if link.state.carries_predictions and self._alerted.get(link.event_id) == link.match_id
        )


def _subject(event_id: int) -> str:
    return f"link.{event_id}"


def _events(one: BrokenLink) -> Iterable[int]:
    return [one.before.event_id, *([one.taken_by] if one.taken_by else [])]


def _matches(one: BrokenLink) -> Iterable[int]:
    return [one.before.match_id, *([one.now.match_id] if one.now else [])]


def _is_twin(one: BrokenLink, states: Mapping[int, EventState]) -> bool:
    """Return whether Pinnacle lists the game twice, and the match is linked to the other listing now."""
    ours, other = states.get(one.before.event_id), states.get(one.taken_by or 0)
    if ours is None or other is None:
        return False
    return (ours.event.home, ours.event.away) == (other.event.home, other.event.away)


def message(one: BrokenLink, states: Mapping[int, EventState], known: Mapping[int, Match]) -> str:
    """Return the text of the alert: both matches with their dates, and the commands to choose by."""
    event_id, match_id = one.before.event_id, one.before.match_id
    return (
        f"{_event(event_id, states)} was linked to {_match(match_id, known)} and carried predictions; "
        f"{_instead(one, states, known)}. {_commands(one)}"
    )


def _commands(one: BrokenLink) -> str:
    """Return what to enter if the old link is right, and if the new one is, or neither."""
    event_id, match_id = one.before.event_id, one.before.match_id
    force = " --force" if one.taken_by is not None else ""
    old = f"If the link before was right: syncd link {event_id} {match_id}{force}"
    if one.now is not None and one.now.match_id != match_id:
        return f"{old}. If the new one is right: syncd link {event_id} {one.now.match_id}"
    if one.taken_by is not None:
        return f"{old}. If the new one is right: syncd link {one.taken_by} {match_id}"
    return f"{old}. If it was wrong: syncd reject {event_id} {match_id}"


def _instead(one: BrokenLink, states: Mapping[int, EventState], known: Mapping[int, Match]) -> str:
    if one.now is None:
        return (
            f"that match went to {_event(one.taken_by, states)}"
            if one.taken_by
            else "now it is linked to nothing"
        )
    now = _match(one.now.match_id, known) if one.now.match_id != one.before.match_id else "this link"
    state = "now it is linked to" if one.now.state.carries_predictions else "waiting for review now:"
    return f"{state} {now}: {one.now.reason}"


def _event(event_id: int, states: Mapping[int, EventState]) -> str:
    state = states.get(event_id)
    return (
        f"{state.event.title} (event {event_id}{_at(state.event.starts)})" if state else f"event {event_id}"
    )


def _match(match_id: int, known: Mapping[int, Match]) -> str:
    match = known.get(match_id)
    return f"{match.title} (match {match_id}{_at(match.date)})" if match else f"match {match_id}"


def _at(kickoff: datetime) -> str:
    return f", {kickoff:%a %d %b %H:%M} UTC"


def _log(one: BrokenLink) -> None:
    log.warning(
        "link_broken",
        event_id=one.before.event_id,
        match_id=one.before.match_id,
        now=one.now.match_id if one.now else None,
        taken_by=one.taken_by,
        reason=one.now.reason if one.now else "the event or the match is gone, or they no longer fit",
    )
