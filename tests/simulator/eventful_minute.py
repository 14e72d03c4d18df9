"""Two clients of one world after a minute in which much has happened."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from syncd.simulator.fixture_list import Extent
from syncd.simulator.pinnacle_dialects import Dialect
from syncd.simulator.pinnacle_documents import PinnacleDocuments
from syncd.simulator.random_events import BRISK, RandomEvents
from syncd.simulator.world import World
from tests.support.sandbox import HandClock


class PollingClient(Protocol):
    """A client that requests a snapshot first, and then deltas."""

    def poll(self) -> None: ...


ClientT = TypeVar("ClientT", bound=PollingClient)


def after_an_eventful_minute(
    dialect: Dialect, client_of: Callable[[PinnacleDocuments], ClientT], *, leagues: int
) -> tuple[RandomEvents, ClientT, ClientT]:
    """The events, a client that polled every second, and one that has only a snapshot of the end."""
    clock = HandClock()
    world = World(seed=3, clock=clock, extent=Extent(leagues=leagues, rounds=1, soon=(10, 20, 30)))
    events, client = RandomEvents(world, BRISK), client_of(PinnacleDocuments(world, dialect))
    client.poll()
    for _ in range(60):
        clock.move(1)
        events.step(1)
        client.poll()
    whole = client_of(PinnacleDocuments(world, dialect))
    whole.poll()
    return events, client, whole
