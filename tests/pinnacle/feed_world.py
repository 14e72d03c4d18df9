"""The feeds of one sport between a Pinnacle in memory and a real store."""

from datetime import timedelta

from syncd.config.presets import Pace
from syncd.pinnacle.feed.factory import feeds_of_sport
from syncd.pinnacle.feed.on_demand import Demand
from syncd.runtime.gate import Gate
from syncd.store import events, periods, specials
from tests.pinnacle.fakes import SPORT, FakePinnacle, HandClock

SECOND = timedelta(seconds=1)
PACE = Pace(
    **{
        f"{kind}_{call}": seconds * SECOND
        for kind in ("fixtures", "odds", "settled", "specials")
        for call, seconds in (("snapshot", 60), ("delta", 5))
    }
)


class World:
    """Pinnacle, the feeds of one sport, and the store that they write."""

    def __init__(self, store, pace=PACE):
        self.clock = HandClock()
        self.pinnacle = FakePinnacle(self.clock)
        self.store = store
        self.pace = pace
        self.gate = Gate()
        self.demand = Demand(needed=True)

    async def start(self):
        """Build and load the feeds, as a new process does, also after a crash."""
        made = feeds_of_sport(
            SPORT,
            client=self.pinnacle,
            store=self.store,
            clock=self.clock,
            gate=self.gate,
            pace=self.pace,
            specials=self.demand,
        )
        self.feeds = {feed.kind: feed for feed in made}
        for feed in made:
            await feed.load()
        return self

    async def poll(self, kind, *, snapshot=False):
        """Wait until the feed is due, and poll it."""
        if snapshot:
            self.feeds[kind].request_snapshot()
            self.clock.move(seconds=61)
        wait = self.feeds[kind].next_at() - self.clock.now()
        self.clock.move(seconds=max(0.0, wait.total_seconds()))
        return await self.feeds[kind].poll()

    async def events(self):
        async with self.store.read() as conn:
            return await events.load(conn, [SPORT], with_gone=True)

    async def prices(self):
        """The home price of each period that is not gone."""
        async with self.store.read() as conn:
            known = await periods.load(conn, list(range(1, 40)))
        return {
            (event, number): state.period.moneyline and state.period.moneyline.home
            for event, numbers in known.items()
            for number, state in numbers.items()
            if not state.gone
        }

    async def specials(self):
        """The specials of event 7 by id."""
        async with self.store.read() as conn:
            known = await specials.load(conn, [7])
        return {state.special.id: state for state in known.get(7, ())}
