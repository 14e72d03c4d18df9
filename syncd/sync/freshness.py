"""How old the feeds are, and what holds for every pair of a sport because of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.config.settings import Settings
from syncd.model.feed import FeedState
from syncd.pinnacle.feed.factory import filter_key
from syncd.pinnacle.feed.feed import Feed
from syncd.pinnacle.feed.on_demand import Demand
from syncd.store import feeds
from syncd.sync.states import Conditions, MatchState

log = structlog.get_logger(__name__)

PRICED_FROM: Final = ("fixtures", "odds")
"""The feeds that every price rests on: whether an event is open, and at what odds."""

SPECIALS_FROM: Final = ("specials", "special_odds")
"""The feeds that a special's price rests on besides."""

ABOUT_SPECIALS: Final = (*SPECIALS_FROM, "settled_specials")
"""Polled only while a filter may be priced from a special."""

CLOCK_SLACK = timedelta(minutes=1)


class PolledFeeds:
    """The feeds of this process, without those of specials while no filter needs them."""

    def __init__(self, feeds: Sequence[Feed[Any]], specials: Demand) -> None:
        self._feeds = feeds
        self._specials = specials

    @property
    def states(self) -> list[FeedState]:
        """The states of the feeds that are polled now."""
        return polled((feed.state for feed in self._feeds), specials=self._specials.needed)

    def poll_specials(self, needed: bool) -> bool:
        """Poll the feeds of specials from now on, or do not; returns whether that is a change."""
        changed = needed != self._specials.needed
        if changed:
            log.info("specials_needed" if needed else "specials_not_needed")
            self._specials.needed = needed
        return changed


async def load_feeds(conn: AsyncConnection, settings: Settings) -> list[FeedState]:
    """The feeds of this config; those of an earlier one, with other paths or leagues, tell nothing now."""
    host, leagues = settings.pinnacle.base_url[:200], filter_key(settings.pinnacle.leagues)
    ours = [
        state
        for key, state in await feeds.load_all(conn)
        if (key.host, key.leagues) == (host, leagues) and key.sport_id in settings.pinnacle.sports
    ]
    oldest_first = sorted(ours, key=lambda state: (state.polled_at is not None, state.polled_at))
    return list({(state.sport_id, state.kind): state for state in oldest_first}.values())


def polled(states: Iterable[FeedState], *, specials: bool) -> list[FeedState]:
    """The feeds without those about specials, where these are not needed."""
    return [each for each in states if specials or each.kind not in ABOUT_SPECIALS]


def have_responded(states: Iterable[FeedState]) -> bool:
    """Whether each feed that every price rests on has had a good response at least once.

    Until then nothing that BetTune holds can be called wrong.
    """
    return all(state.ok_at is not None for state in states if state.kind in PRICED_FROM)


def stale_at(
    states: Iterable[FeedState],
    sport_id: int,
    settings: Settings,
    now: datetime,
    kinds: Sequence[str] = PRICED_FROM,
) -> datetime | None:
    """When the oldest of a sport's feeds is too old to be believed; none: one never answered."""
    ok_at = {state.kind: state.ok_at for state in states if state.sport_id == sport_id}
    answers = [ok_at.get(kind) for kind in kinds]
    # An answer from the future tells that our clock was set back: how old it is, nobody knows.
    known = [at for at in answers if at is not None and at <= now + CLOCK_SLACK]
    return min(known) + settings.safety.stale_after if len(known) == len(answers) else None


def conditions_of(scene: MatchState, by_sport: Mapping[int, Conditions]) -> Conditions:
    """What holds for this match; of a sport that is not polled nothing is believed."""
    anywhere = next(iter(by_sport.values()))
    if scene.event is None:
        return anywhere
    sport_id = scene.event.event.sport_id
    unpolled = msgspec.structs.replace(anywhere, stale=f"sport {sport_id} is not polled")
    return by_sport.get(sport_id, unpolled)


def conditions(
    states: Collection[FeedState], settings: Settings, now: datetime, *, withdrawn: bool = False
) -> dict[int, Conditions]:
    """What holds for all pairs of a sport at this moment, by sport."""
    return {
        sport_id: _of_sport(
            {each.kind: each for each in states if each.sport_id == sport_id}, settings, now, withdrawn
        )
        for sport_id in settings.pinnacle.sports
    }


def _of_sport(
    states: Mapping[str, FeedState], settings: Settings, now: datetime, withdrawn: bool
) -> Conditions:
    odds, special_odds = states.get("odds"), states.get("special_odds")
    return Conditions(
        now=now,
        horizon=settings.bettune.horizon,
        skew=odds.skew if odds else timedelta(0),
        stale=_stale(states, PRICED_FROM, settings, now),
        odds_requested_at=odds.ok_at if odds else None,
        specials_stale=_stale(states, SPECIALS_FROM, settings, now),
        specials_requested_at=special_odds.ok_at if special_odds else None,
        withdrawn=withdrawn,
    )


def _stale(states: Mapping[str, FeedState], kinds: Sequence[str], settings: Settings, now: datetime) -> str:
    sport_id = next((each.sport_id for each in states.values()), 0)
    until = stale_at(states.values(), sport_id, settings, now, kinds)
    if until is None:
        return "no good answer from Pinnacle yet"
    if until > now:
        return ""
    return f"no good answer from Pinnacle since {until - settings.safety.stale_after:%d %b %H:%M:%S} UTC"
