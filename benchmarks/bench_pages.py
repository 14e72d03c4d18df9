"""The pages of a daemon with 5,000 matches and 25,000 predictions, by processor time and by the clock.

`python -m benchmarks.bench_pages [sqlite] [postgresql]`: both by default. Each page is read once, and then
every second, as a browser does that shows it. `first` includes what is made once for all readers.
"""

import asyncio
import http.client
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple
from urllib.parse import urlsplit

from benchmarks.daemon import database
from benchmarks.table import Figures
from syncd.app.interpreter import tune_interpreter
from syncd.config.settings import Settings
from syncd.model.link import Link, LinkState
from syncd.runtime.clock import SystemClock
from syncd.store import links
from syncd.store.engine import Store
from syncd.store.migrate import upgrade
from syncd.web.server import serve
from tests.support.filled import FIRST_EVENT, fill_large, fill_past
from tests.web.fixtures import at_work

MATCHES, WRITES, REVIEWS, WITH_PAST = 5_000, 20_000, 60, 200
"""With five filters; writes of the last hours; links for review; matches whose prices moved."""

READINGS, EVERY_S = 7, 1.1
SAMPLE_EVERY_S = 0.002

PAGES = (
    "",
    "bets",
    "bets?search=leeds&sort=odds&order=desc",
    "bets?offset=20000",
    "matches/150?filter=1",
    "review",
    "activity",
    "activity?search=porto",
    "filters",
    "controls",
    "api/v1/status",
)

GOAL_MS, TURN_MS = 100.0, 20.0


class Reading(NamedTuple):
    """One response: its time by the clock, the processor time of the process, and its size."""

    ms: float
    cpu_ms: float
    size: int


class Turns:
    """The longest turn of the event loop since it was asked for last, by the loop's own work."""

    def __init__(self) -> None:
        self._longest_s = 0.0

    async def watch(self) -> None:
        """Look until cancelled."""
        while True:
            worked = time.thread_time()
            await asyncio.sleep(SAMPLE_EVERY_S)
            self._longest_s = max(self._longest_s, time.thread_time() - worked)

    def take_ms(self) -> float:
        """Return it, and forget it."""
        longest, self._longest_s = self._longest_s, 0.0
        return longest * 1000


def settings_for(url: str) -> Settings:
    return Settings.of(
        {
            "pinnacle": {"username": "me", "password": "secret"},
            "bettune": {"token": "secret"},
            "web": {"port": 0},
            "store": {"url": url},
            "rules": [{"filter": "Pinnacle*"}],
        }
    )


async def fill(store: Store, settings: Settings) -> None:
    now = store.clock.now()
    await fill_large(store, settings, matches=MATCHES, written=WRITES)
    for number in range(100, 100 + WITH_PAST):
        await fill_past(store, number, steps=80)
    waiting = [
        Link(event_id=FIRST_EVENT + number, match_id=number, state=LinkState.REVIEW, confidence=0.6)
        for number in range(1, REVIEWS + 1)
    ]
    async with store.write() as conn:
        await links.save(conn, waiting, now)


@asynccontextmanager
async def working(store: Store, settings: Settings) -> AsyncIterator[str]:
    """Serve the pages of a daemon that has planned everything; nothing in it moves by itself."""
    async with at_work(store, settings) as daemon:
        assert daemon.components
        planner = daemon.components.planner
        daemon.components.signals.invalidate(everything=True)
        planner.planned_once.clear()
        while not planner.planned_once.is_set():
            await planner.step()
        tune_interpreter()
        async with serve(daemon, settings) as address:
            yield address


def read(address: str, path: str) -> Reading:
    """Read a page; runs in a thread, so that the loop answers it."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    began, worked = time.monotonic(), time.process_time()
    connection.request("GET", f"/{path}")
    response = connection.getresponse()
    size = len(response.read())
    ms, cpu_ms = (time.monotonic() - began) * 1000, (time.process_time() - worked) * 1000
    connection.close()
    if response.status != 200:
        raise RuntimeError(f"{path}: {response.status}")
    return Reading(ms, cpu_ms, size)


async def measure(kind: str) -> None:
    figures = Figures(f"Pages of {MATCHES:,} matches and {MATCHES * 5:,} predictions, {kind}")
    with tempfile.TemporaryDirectory(prefix="syncd-bench-") as place, database(kind, Path(place)) as url:
        settings = settings_for(url)
        await upgrade(url)
        async with await Store.open(url, SystemClock()) as store:
            await fill(store, settings)
            async with working(store, settings) as address:
                await measure_pages(address, figures)
    figures.show()


async def measure_pages(address: str, figures: Figures) -> None:
    turns = Turns()
    watching = asyncio.create_task(turns.watch())
    for path in PAGES:
        turns.take_ms()
        first = await asyncio.to_thread(read, address, path)
        first_turn, readings, longest = turns.take_ms(), list[Reading](), list[float]()
        for _ in range(READINGS):
            await asyncio.sleep(EVERY_S)
            turns.take_ms()
            readings.append(await asyncio.to_thread(read, address, path))
            longest.append(turns.take_ms())
        cpu, wall = min(each.cpu_ms for each in readings), [each.ms for each in readings]
        more = f"by the clock best {min(wall):.0f}, median {median(wall):.0f}, first {first.ms:.0f} ms"
        figures.add(f"/{path}", cpu, "ms", GOAL_MS, f"{more}; {first.size / 1024:.0f} kB")
        more = f"at first {first_turn:.0f} ms"
        figures.add("  longest turn of the loop", median(longest), "ms", TURN_MS, more)
    watching.cancel()


if __name__ == "__main__":
    for named in sys.argv[1:] or ("sqlite", "postgresql"):
        asyncio.run(measure(named))
