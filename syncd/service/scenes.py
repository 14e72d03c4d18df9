"""From the store to the scenes that wanted values are made of."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.config.rules import rule_for
from syncd.config.settings import Settings
from syncd.model.bettune import Filter, Match
from syncd.model.feed import EventState, FeedState, PeriodState
from syncd.model.link import Link
from syncd.pinnacle.feed.build import filter_key
from syncd.pricing.bet_types import BetTypeError, read_bet_type
from syncd.store import catalogue, events, feeds, links, periods
from syncd.sync.scene import Conditions, FilterScene, MatchScene


def filter_scene(found: Filter, settings: Settings) -> FilterScene:
    """A filter with its rule and with what its bet type was read as."""
    rule = rule_for(found.id, found.name, settings.rules)
    scene = FilterScene(filter_id=found.id, filter=found, rule=rule)
    try:
        selection = read_bet_type(found.bet_type, settings.bet_types)
    except BetTypeError as error:
        return msgspec.structs.replace(scene, problem=str(error))
    return msgspec.structs.replace(scene, selection=selection)


async def load_filters(conn: AsyncConnection, settings: Settings) -> dict[int, FilterScene]:
    """Every filter that BetTune lists, by id."""
    found = await catalogue.listed_filters(conn)
    return {each.id: filter_scene(each, settings) for each in found.values()}


async def load_matches(conn: AsyncConnection, match_ids: Collection[int]) -> list[MatchScene]:
    """The scenes of these matches, those too that nothing is known of."""
    known = await catalogue.matches_by_id(conn, match_ids)
    gone = await catalogue.gone_matches(conn, match_ids)
    linked = _best_of_each_match((await links.of_matches(conn, match_ids)).values())
    event_ids = [link.event_id for link in linked.values()]
    states = await events.load_ids(conn, event_ids)
    offered = await periods.load(conn, event_ids)
    return [
        _scene(match_id, None if match_id in gone else known.get(match_id), linked, states, offered)
        for match_id in match_ids
    ]


def _scene(
    match_id: int,
    match: Match | None,
    linked: Mapping[int, Link],
    states: Mapping[int, EventState],
    offered: Mapping[int, Mapping[int, PeriodState]],
) -> MatchScene:
    link = linked.get(match_id)
    if link is None:
        return MatchScene(match_id=match_id, match=match)
    return MatchScene(
        match_id=match_id,
        match=match,
        link=link,
        event=states.get(link.event_id),
        periods=offered.get(link.event_id, {}),
    )


def _best_of_each_match(found: Iterable[Link]) -> dict[int, Link]:
    """The link that carries predictions, where there is one; else the surest that waits for review."""
    best: dict[int, Link] = {}
    for link in sorted(found, key=lambda each: (each.state.carries_predictions, each.confidence)):
        best[link.match_id] = link
    return best


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


PRICED_FROM = ("fixtures", "odds")
"""The feeds that every price rests on: whether an event is open, and at what odds."""


CLOCK_SLACK = timedelta(minutes=1)


def stale_at(
    states: Iterable[FeedState], sport_id: int, settings: Settings, now: datetime
) -> datetime | None:
    """When the older of a sport's two feeds is too old to be believed; none: it never answered."""
    ok_at = {state.kind: state.ok_at for state in states if state.sport_id == sport_id}
    answers = [ok_at.get(kind) for kind in PRICED_FROM]
    # An answer from the future tells that our clock was set back: how old it is, nobody knows.
    known = [at for at in answers if at is not None and at <= now + CLOCK_SLACK]
    return min(known) + settings.safety.stale_after if len(known) == len(answers) else None


def conditions_of(scene: MatchScene, by_sport: Mapping[int, Conditions]) -> Conditions:
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
        sport_id: _of_sport(sport_id, states, settings, now, withdrawn)
        for sport_id in settings.pinnacle.sports
    }


def _of_sport(
    sport_id: int, states: Collection[FeedState], settings: Settings, now: datetime, withdrawn: bool
) -> Conditions:
    odds = next((each for each in states if each.kind == "odds" and each.sport_id == sport_id), None)
    until = stale_at(states, sport_id, settings, now)
    return Conditions(
        now=now,
        horizon=settings.bettune.horizon,
        skew=odds.skew if odds else timedelta(0),
        stale=_stale(until, settings, now),
        odds_asked_at=odds.ok_at if odds else None,
        withdrawn=withdrawn,
    )


def _stale(until: datetime | None, settings: Settings, now: datetime) -> str:
    if until is None:
        return "no good answer from Pinnacle yet"
    if until > now:
        return ""
    return f"no good answer from Pinnacle since {until - settings.safety.stale_after:%d %b %H:%M:%S} UTC"
