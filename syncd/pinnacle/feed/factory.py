"""The feeds of one sport, put together."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from syncd.config.presets import Pace
from syncd.pinnacle.client import PinnacleClient
from syncd.pinnacle.feed.danger import BettingStatusHandler, InRunningHandler
from syncd.pinnacle.feed.endpoint import EndpointHandler
from syncd.pinnacle.feed.feed import Feed
from syncd.pinnacle.feed.fixtures import FixturesHandler
from syncd.pinnacle.feed.leagues import LeaguesHandler
from syncd.pinnacle.feed.odds import OddsHandler
from syncd.pinnacle.feed.on_demand import Demand
from syncd.pinnacle.feed.pacer import Pacer
from syncd.pinnacle.feed.settled import SettledHandler, SettledSpecialsHandler
from syncd.pinnacle.feed.special_odds import SpecialOddsHandler
from syncd.pinnacle.feed.specials import SpecialsHandler
from syncd.pinnacle.feed.sport_gate import SportGate
from syncd.runtime.clock import Clock
from syncd.runtime.gate import Gate
from syncd.store.engine import Store
from syncd.store.feeds import FeedKey, filter_key


def feeds_of_sport(
    sport_id: int,
    *,
    client: PinnacleClient,
    store: Store,
    clock: Clock,
    gate: Gate,
    pace: Pace,
    leagues: Collection[int] = (),
    specials: Demand | None = None,
) -> tuple[Feed[Any], ...]:
    """The feeds of a sport in the order of a first pass: what closes, then what is listed, then prices.

    Fixtures and odds share the given `gate`, the account's, and one of their sport. Settlements, names and
    specials, which are optional, have gates of their own: a host that refuses only these must not stop the
    prices.

    The feeds of specials are idle until there is demand for `specials`; without a `Demand` for ever.
    """
    league_names, demand = LeaguesHandler(client, sport_id, leagues), specials or Demand()
    prices_gate, specials_gate = SportGate(gate, Gate()), _own_gate()
    handlers: tuple[tuple[EndpointHandler[Any], SportGate], ...] = (
        (SettledHandler(client, sport_id, leagues), _own_gate()),
        (FixturesHandler(client, sport_id, leagues, league_names), prices_gate),
        (league_names, _own_gate()),
        (OddsHandler(client, sport_id, leagues), prices_gate),
        (SettledSpecialsHandler(client, sport_id, leagues, demand), _own_gate()),
        (SpecialsHandler(client, sport_id, leagues, demand), specials_gate),
        (SpecialOddsHandler(client, sport_id, leagues, demand), specials_gate),
    )
    key = filter_key(leagues)
    return tuple(
        _feed(handler, gate=own, leagues=key, store=store, clock=clock, pace=pace)
        for handler, own in handlers
    )


def feeds_of_account(
    *, client: PinnacleClient, store: Store, clock: Clock, pace: Pace
) -> tuple[Feed[Any], ...]:
    """The feeds that are about every sport: Pinnacle's own warnings."""
    handlers: tuple[EndpointHandler[Any], ...] = (BettingStatusHandler(client), InRunningHandler(client))
    return tuple(
        _feed(handler, gate=_own_gate(), leagues="", store=store, clock=clock, pace=pace)
        for handler in handlers
    )


def _feed(
    handler: EndpointHandler[Any],
    *,
    gate: SportGate,
    leagues: str,
    store: Store,
    clock: Clock,
    pace: Pace,
) -> Feed[Any]:
    client = handler.client
    return Feed(
        handler,
        key=FeedKey(
            host=client.base_url[:200],
            path=client.path(handler.endpoint),
            sport_id=handler.sport_id,
            leagues=leagues,
        ),
        store=store,
        clock=clock,
        gate=gate,
        pacer=Pacer(clock, pace.gaps(handler.endpoint)),
        resnapshot=pace.resnapshot,
        request_timeout=timedelta(seconds=client.timeout_s),
    )


def _own_gate() -> SportGate:
    return SportGate(Gate(), Gate())
