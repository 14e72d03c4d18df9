"""The age of the feeds, and the conditions that follow for every pair of a sport."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from syncd.config.settings import Settings
from syncd.model.feed import EVERY_SPORT, FeedState
from syncd.store import feeds
from syncd.store.connection import AsyncConnection
from syncd.store.feeds import FeedKey, filter_key
from syncd.sync.states import MAX_CLOCK_SLACK, Conditions, MatchState

PRICED_FROM: Final = ("fixtures", "odds")
"""The feeds that every price needs: whether an event is open, and its odds."""

SPECIALS_FROM: Final = ("specials", "special_odds")
"""The feeds that the price of a special needs as well."""

ABOUT_SPECIALS: Final = (*SPECIALS_FROM, "settled_specials")
"""The feeds that are polled only while a filter may be priced from a special."""


async def load_feeds(conn: AsyncConnection, settings: Settings) -> list[FeedState]:
    """Load the feeds of this config, without those of an earlier one with other hosts, paths or leagues."""
    leagues, sports = filter_key(settings.pinnacle.leagues), settings.pinnacle.sports
    return await _load(conn, settings, lambda key: key.leagues == leagues and key.sport_id in sports)


async def load_account_feeds(conn: AsyncConnection, settings: Settings) -> list[FeedState]:
    """Load the feeds that are about every sport: the betting status, and the matches in play."""
    return await _load(conn, settings, lambda key: not key.leagues and key.sport_id == EVERY_SPORT)


async def _load(
    conn: AsyncConnection, settings: Settings, is_ours: Callable[[FeedKey], bool]
) -> list[FeedState]:
    host = settings.pinnacle.base_url[:200]
    loaded = await feeds.load_all(conn)
    ours = [state for key, state in loaded if key.host == host and is_ours(key)]
    oldest_first = sorted(ours, key=lambda state: (state.polled_at is not None, state.polled_at))
    return list({(state.sport_id, state.kind): state for state in oldest_first}.values())


def polled(states: Iterable[FeedState], *, specials: bool) -> list[FeedState]:
    """Return the feeds that are polled: without those about specials if these are not needed."""
    return [each for each in states if specials or each.kind not in ABOUT_SPECIALS]


def have_responded(states: Iterable[FeedState]) -> bool:
    """Return whether each feed that every price needs has had a good response at least once.

    Before that, nothing says that a prediction at BetTune is wrong.
    """
    return all(state.ok_at is not None for state in states if state.kind in PRICED_FROM)


def stale_at(
    states: Iterable[FeedState],
    sport_id: int,
    settings: Settings,
    now: datetime,
    kinds: Sequence[str] = PRICED_FROM,
) -> datetime | None:
    """Return when the first of a sport's feeds is stale; None if one of them never had a good response."""
    ok_at = {state.kind: state.ok_at for state in states if state.sport_id == sport_id}
    times = [ok_at.get(kind) for kind in kinds]
    # After our clock was set back the age of a response is not known.
    known = [at for at in times if at is not None and at <= now + MAX_CLOCK_SLACK]
    return min(known) + settings.safety.stale_after if len(known) == len(times) else None


def confirmed_at(states: Collection[FeedState], settings: Settings, now: datetime) -> datetime | None:
    """Return when the prices of a sport, of the one that was last, were confirmed; None if nobody knows."""
    until = [stale_at(states, sport_id, settings, now) for sport_id in settings.pinnacle.sports]
    known = [at for at in until if at is not None]
    return max(known) - settings.safety.stale_after if known else None


def conditions_of(match: MatchState, by_sport: Mapping[int, Conditions]) -> Conditions:
    """Return the conditions of this match; those of a sport that is not polled are stale."""
    anywhere = next(iter(by_sport.values()))
    if match.event is None:
        return anywhere
    sport_id = match.event.event.sport_id
    unpolled = msgspec.structs.replace(anywhere, stale=f"sport {sport_id} is not polled")
    return by_sport.get(sport_id, unpolled)


def conditions(
    states: Collection[FeedState],
    settings: Settings,
    now: datetime,
    *,
    withdrawn: bool = False,
    betting_closed: str = "",
) -> dict[int, Conditions]:
    """Return the conditions of this moment by sport."""
    return {
        sport_id: _of_sport(
            {each.kind: each for each in states if each.sport_id == sport_id},
            settings,
            now,
            withdrawn,
            betting_closed,
        )
        for sport_id in settings.pinnacle.sports
    }


def _of_sport(
    states: Mapping[str, FeedState],
    settings: Settings,
    now: datetime,
    withdrawn: bool,
    betting_closed: str,
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
        betting_closed=betting_closed,
    )


def _stale(states: Mapping[str, FeedState], kinds: Sequence[str], settings: Settings, now: datetime) -> str:
    sport_id = next((each.sport_id for each in states.values()), 0)
    until = stale_at(states.values(), sport_id, settings, now, kinds)
    if until is None:
        return "no good response from Pinnacle yet"
    if until > now:
        return ""
    return f"no good response from Pinnacle since {until - settings.safety.stale_after:%d %b %H:%M:%S} UTC"
