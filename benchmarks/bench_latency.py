"""From a price that changes at Pinnacle to the PUT that arrives at BetTune, with odds polled every second.

`python -m benchmarks.bench_latency [sqlite] [postgresql]`: both by default. The list has the measured size,
and the budget is large enough. Changes come one by one at random moments, then 50 at once. Polling every
second alone accounts for 0.5 s in the median and 0.95 s in the 95th percentile.
"""

import asyncio
import random
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.daemon import daemon, database, write_config
from benchmarks.football import Football
from benchmarks.servers import Servers, serving
from benchmarks.table import Figures, percentile
from syncd.simulator.listed import ListedEvent

FILTERS = {"Pinnacle Home": "Home"}
SINGLE_CHANGES, BURSTS, BURST_SIZE = 220, 8, 50
ARRIVE_WITHIN = 10.0
"""Seconds."""


class PendingChanges:
    """Price changes whose write has not arrived: the match, and when its price changed."""

    def __init__(self, world: Football, servers: Servers) -> None:
        self._world = world
        self._servers = servers
        self._read = len(servers.bettune.account.writes)
        self._since: dict[int, float] = {}
        self.took: list[float] = []

    @property
    def events(self) -> list[ListedEvent]:
        """The linkable events with a prediction at BetTune."""
        predicted = {pair.match_id for pair in self._servers.bettune.account.predictions()}
        return [event for event in self._world.linkable if self._world.match_of[event.id] in predicted]

    def make(self, event: ListedEvent) -> None:
        """Change the price, unless the write of the last change is still to come."""
        match_id = self._world.match_of[event.id]
        if match_id not in self._since:
            self._world.tick(event)
            self._since[match_id] = time.monotonic()

    async def arrive(self) -> None:
        """Wait until the writes of all changes have arrived."""
        deadline = time.monotonic() + ARRIVE_WITHIN
        while self._since and time.monotonic() < deadline:
            self._read_writes()
            await asyncio.sleep(0.002)

    def _read_writes(self) -> None:
        writes = self._servers.bettune.account.writes
        for write in writes[self._read :]:
            since = self._since.pop(write.pair.match_id, None)
            if since is not None:
                self.took.append(write.seconds - since)
        self._read = len(writes)


async def one_by_one(world: Football, servers: Servers) -> list[float]:
    dice, changes = random.Random(5), PendingChanges(world, servers)
    for event in dice.sample(changes.events, SINGLE_CHANGES):
        changes.make(event)
        await asyncio.sleep(dice.uniform(0.05, 0.35))
    await changes.arrive()
    return changes.took


async def in_bursts(world: Football, servers: Servers) -> list[float]:
    dice, took = random.Random(6), list[float]()
    for _ in range(BURSTS):
        changes = PendingChanges(world, servers)
        for event in dice.sample(changes.events, BURST_SIZE):
            changes.make(event)
        await changes.arrive()
        took += changes.took
        await asyncio.sleep(dice.uniform(0.5, 1.5))
    return took


async def measure(kind: str) -> None:
    figures = Figures(f"From a price at Pinnacle to its PUT at BetTune, {kind}")
    with tempfile.TemporaryDirectory(prefix="syncd-bench-") as place, database(kind, Path(place)) as store:
        folder, world = Path(place), Football(datetime.now(UTC).replace(microsecond=0))
        async with serving(world, FILTERS, pace=1.0) as servers:
            config = write_config(folder, servers, store, pace="1s")
            async with daemon(config, folder / "log"):
                await servers.until_quiet(0)
                single = await one_by_one(world, servers)
                burst = await in_bursts(world, servers)
            for rule in servers.broken_rules():
                print("broken:", rule)
    _add(figures, f"{len(single)} changes, one by one", single, goals=(0.6, 1.2))
    _add(figures, f"{len(burst)} changes, {BURST_SIZE} at once", burst)
    figures.show()


def _add(
    figures: Figures, what: str, took: list[float], goals: tuple[float | None, float | None] = (None, None)
) -> None:
    figures.add(f"{what}: median", percentile(took, 0.5), "s", goals[0])
    figures.add(
        f"{what}: 95th percentile", percentile(took, 0.95), "s", goals[1], f"at most {max(took):.2f} s"
    )


if __name__ == "__main__":
    for named in sys.argv[1:] or ("sqlite", "postgresql"):
        asyncio.run(measure(named))
