"""Whatever happens, a snapshot and the deltas after it add up to the next snapshot."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncd.simulator.fixture_list import Extent
from syncd.simulator.listed import MARKETS
from syncd.simulator.pinnacle_dialects import DIALECTS, Dialect, DocumentShape
from syncd.simulator.pinnacle_documents import PinnacleDocuments
from syncd.simulator.pinnacle_query import FeedQuery
from syncd.simulator.random_events import BRISK, RandomEvents
from syncd.simulator.world import World
from tests.simulator.eventful_minute import after_an_eventful_minute
from tests.support.sandbox import HandClock

CHANGES: dict[str, Callable[[World, Any], object]] = {
    "move": lambda world, game: world.move(game, by=0.1),
    "halt": lambda world, game: world.halt(game),
    "resume": lambda world, game: world.resume(game),
    "offline": lambda world, game: world.set_period_status(game, 2),
    "online": lambda world, game: world.set_period_status(game, 1),
    "take down": lambda world, game: world.take_down(game, "totals", "moneyline"),
    "empty": lambda world, game: world.take_down(game, *MARKETS),
    "put back": lambda world, game: world.put_back(game),
    "kick off": lambda world, game: world.kick_off(game),
    "cancel": lambda world, game: world.cancel(game),
    "delete": lambda world, game: world.delete(game),
    "postpone": lambda world, game: world.postpone(game, timedelta(hours=2)),
}
Periods = dict[tuple[int, int], dict[str, Any]]


class DeltaClient:
    """A client that knows the documents only: it replaces whole periods, and keeps its cursor."""

    def __init__(self, documents: PinnacleDocuments) -> None:
        self._documents = documents
        self._last: int | None = None
        self.periods: Periods = {}

    def poll(self) -> None:
        document = self._documents.odds(FeedQuery(sport=29, since=self._last), DocumentShape.ARRAYS)
        if document is not None:
            self._last = document["last"]
            self.periods |= periods_of(document)

    def offered(self) -> Periods:
        return {key: period for key, period in self.periods.items() if set(period) & MARKET_KEYS}


MARKET_KEYS = {"moneyline", "spreads", "totals", "teamTotal"}


def periods_of(document: dict[str, Any] | None) -> Periods:
    leagues = document["leagues"] if document is not None else []
    return {
        (event["id"], period["number"]): period
        for league in leagues
        for event in league["events"]
        for period in event["periods"]
    }


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
@settings(max_examples=25)
@given(data=st.data(), seed=st.integers(0, 9))
def test_a_snapshot_and_its_deltas_add_up(dialect: Dialect, data: st.DataObject, seed: int):
    world = World(seed=seed, clock=HandClock(), extent=Extent(leagues=1, rounds=1, traps=False))
    documents = PinnacleDocuments(world, dialect)
    client = DeltaClient(documents)
    client.poll()
    for _ in range(data.draw(st.integers(1, 4))):
        names = st.lists(st.tuples(st.sampled_from(sorted(CHANGES)), st.integers(0, 4)), max_size=6)
        for name, number in data.draw(names):
            CHANGES[name](world, world.games[number % len(world.games)])
        client.poll()
    whole = DeltaClient(documents)
    whole.poll()
    assert client.offered() == whole.offered()


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_they_add_up_over_an_eventful_minute(dialect: Dialect):
    events, client, whole = after_an_eventful_minute(dialect, DeltaClient, leagues=4)
    # After a quiet deletion no delta ends the odds: they are only missing from the next snapshot.
    kept = {key: p for key, p in client.offered().items() if events.world.events[key[0]].in_odds}
    assert kept == whole.offered()
    assert {change.kind for change in events.history} >= {
        "move",
        "kick_off",
        "settled",
        "halt",
        "reopened",
    }


def test_a_delta_contains_the_changed_period_whole_and_no_other():
    world = World(clock=HandClock(), extent=Extent(leagues=1, rounds=1, traps=False))
    client = DeltaClient(PinnacleDocuments(world, DIALECTS["pinnacle"]))
    client.poll()
    before = dict(client.periods)
    game = world.games[0]
    world.take_down(game, "totals")
    client.poll()
    changed = {key for key, period in client.periods.items() if before[key] != period}
    assert changed == {(game.main.id, 0)}
    assert "totals" not in client.periods[game.main.id, 0]
    kept = client.periods[game.main.id, 0]["moneyline"]
    assert kept == before[game.main.id, 0]["moneyline"]


def test_a_period_that_closes_is_listed_once_more_and_empty():
    world = World(clock=HandClock(), extent=Extent(leagues=1, rounds=1, traps=False))
    client = DeltaClient(PinnacleDocuments(world, DIALECTS["ps3838"]))
    client.poll()
    world.kick_off(world.games[0])
    client.poll()
    period = client.periods[world.games[0].main.id, 0]
    assert not MARKET_KEYS & set(period)


def test_the_same_seed_gives_the_same_events():
    def changes() -> list[str]:
        clock = HandClock()
        events = RandomEvents(World(seed=5, clock=clock, extent=Extent(leagues=3, rounds=1)), BRISK)
        return [change.text for _ in range(20) for change in events.step(1)]

    assert changes() == changes()
