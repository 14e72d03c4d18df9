"""The feeds of one sport, wired together."""

from collections.abc import Collection
from datetime import timedelta
from hashlib import blake2b
from typing import Any

from syncd.config.presets import Endpoint, Pace
from syncd.pinnacle.client import Pinnacle
from syncd.pinnacle.feed.feed import Feed
from syncd.pinnacle.feed.fixtures import FixturesMirror
from syncd.pinnacle.feed.leagues import LeagueMirror
from syncd.pinnacle.feed.mirror import Mirror
from syncd.pinnacle.feed.odds import OddsMirror
from syncd.pinnacle.feed.on_need import Need
from syncd.pinnacle.feed.pacer import Pacer
from syncd.pinnacle.feed.settled import SettledMirror
from syncd.pinnacle.feed.settled_specials import SettledSpecialsMirror
from syncd.pinnacle.feed.special_odds import SpecialOddsMirror
from syncd.pinnacle.feed.specials import SpecialsMirror
from syncd.runtime.clock import Clock
from syncd.runtime.gate import Gate
from syncd.store.engine import Store
from syncd.store.feeds import FeedKey

LONGEST_FILTER = 1000
"""Characters of a league filter that a key holds; longer ones are known by their digest."""


def feeds_of_sport(
    sport_id: int,
    *,
    client: Pinnacle,
    store: Store,
    clock: Clock,
    gate: Gate,
    pace: Pace,
    leagues: Collection[int] = (),
    specials: Need | None = None,
) -> tuple[Feed[Any], ...]:
    """The feeds of a sport in the order of a first pass: what closes, then what is listed, then prices.

    The `gate` stands before fixtures and odds. What can be missed, settlements, names and specials,
    has gates of its own: a host that refuses only these must not silence the prices.

    The feeds of specials are idle until `specials` says that they are needed; without it for ever.
    """
    names, need, specials_gate = LeagueMirror(client, sport_id), specials or Need(), Gate()
    mirrors: tuple[tuple[Mirror[Any], Gate], ...] = (
        (SettledMirror(client, sport_id, leagues), Gate()),
        (FixturesMirror(client, sport_id, leagues, names), gate),
        (names, Gate()),
        (OddsMirror(client, sport_id, leagues), gate),
        (SettledSpecialsMirror(client, sport_id, leagues, need), Gate()),
        (SpecialsMirror(client, sport_id, leagues, need), specials_gate),
        (SpecialOddsMirror(client, sport_id, leagues, need), specials_gate),
    )
    return tuple(
        Feed(
            mirror,
            key=FeedKey(
                host=client.base_url[:200],
                path=client.path(mirror.endpoint),
                sport_id=sport_id,
                leagues=filter_key(leagues),
            ),
            store=store,
            clock=clock,
            gate=own_gate,
            pacer=pacer_of(mirror.endpoint, pace, clock),
            resnapshot=pace.resnapshot,
            patience=timedelta(seconds=client.timeout_s),
        )
        for mirror, own_gate in mirrors
    )


def pacer_of(endpoint: Endpoint, pace: Pace, clock: Clock) -> Pacer:
    """The pacer that an endpoint is configured with."""
    gaps = pace.gaps(endpoint)
    return Pacer(clock, snapshot_gap=gaps.snapshot, delta_gap=gaps.delta)


def filter_key(leagues: Collection[int]) -> str:
    """A league filter as part of a cursor's key: equal for equal filters."""
    text = ",".join(str(league) for league in sorted(set(leagues)))
    if len(text) <= LONGEST_FILTER:
        return text
    return "blake2b:" + blake2b(text.encode(), digest_size=20).hexdigest()
