"""The whole path over HTTP and SQL, from Pinnacle's response to BetTune's predictions, on a SQLite file.

The servers run here, the daemon in a process of its own. The soccer list has the measured size and is
generated (benchmarks/football.py).
"""

import asyncio
import os
import random
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.daemon import DaemonProcess, daemon, database, write_config
from benchmarks.football import Football, size_of
from benchmarks.servers import Servers, serving
from benchmarks.table import Figures
from syncd.simulator.world_state import FeedName

FILTERS = {"Pinnacle Home": "Home", "Pinnacle Over": "Over 2.5"}
DELTA_PERIODS, DELTAS = 300, 7


async def first_fill(process: DaemonProcess, servers: Servers, figures: Figures, began: float) -> None:
    stored = await process.until(began, "polled", feed="odds", outcome="applied")
    response = servers.last_response("/odds", delta=False)
    figures.add("first odds snapshot decoded, compared, stored", stored["at"] - response.at, "s", 2)
    puts = await servers.until_quiet(began)
    spans = [each["at"] - each["since"] for each in process.reports if each.get("work") == "linking"]
    figures.add("that list linked against 2,500 matches, and planned and written meanwhile", max(spans), "s")
    for what, at in (("first", puts[0]), ("last", puts[-1])):
        cpu = f"{process.cpu_between(began, at):.1f} s of a processor"
        figures.add(f"from start to the {what} PUT", at - began, "s", more=cpu)
    more = f"of {len(puts)}"
    figures.at_least("PUTs a second meanwhile", len(puts) / (puts[-1] - puts[0]), "/s", 150, more=more)


async def again(process: DaemonProcess, servers: Servers, figures: Figures) -> None:
    await asyncio.sleep(1.1)
    now = time.monotonic()
    process.send("snapshot")
    polled = await process.until(now, "polled", feed="odds", snapshot=True)
    response = servers.last_response("/odds", delta=False)
    figures.add(
        "unchanged odds snapshot", (polled["at"] - response.at) * 1000, "ms", 150, more=polled["outcome"]
    )


async def delta(process: DaemonProcess, servers: Servers, world: Football, seed: int) -> list[float]:
    """Seconds from a delta's response to each PUT that follows."""
    await asyncio.sleep(1.5)
    now, periods = time.monotonic(), 0
    for event in random.Random(seed).sample(world.linkable, len(world.linkable)):
        if periods >= DELTA_PERIODS:
            break
        world.reprice(event)
        periods += len(event.periods)
    await process.until(now, "polled", feed="odds", outcome="applied")
    response = servers.last_response("/odds", delta=True)
    return [put - response.at for put in await servers.until_quiet(response.at)]


async def deltas(process: DaemonProcess, servers: Servers, figures: Figures, world: Football) -> None:
    found = [await delta(process, servers, world, seed) for seed in range(DELTAS)]
    first = sorted(puts[0] * 1000 for puts in found)
    last = sorted(puts[-1] for puts in found)
    what, half = f"delta of {DELTA_PERIODS} periods, from its response", DELTAS // 2
    figures.add(
        f"{what} to the first PUT", first[half], "ms", 100, f"median of {DELTAS}; best {first[0]:.0f}"
    )
    figures.add(f"{what} to the last PUT", last[half], "s", more=f"{len(found[0])} PUTs")


async def relink(process: DaemonProcess, figures: Figures, world: Football) -> None:
    await asyncio.sleep(1.5)
    now = time.monotonic()
    event = world.linkable[7]
    event.home += " 1909"
    event.stamp = world.stamp(FeedName.FIXTURES)
    linked = await process.until(now, "worked", work="linking")
    figures.add("one fixture changed: linked again", (linked["at"] - linked["since"]) * 1000, "ms")


async def measure(kind: str) -> None:
    load = os.getloadavg()[0]
    figures = Figures(f"The whole path on {kind}, beside a load of {load:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory(prefix="syncd-bench-") as place, database(kind, Path(place)) as store:
        folder = Path(place)
        world = Football(datetime.now(UTC).replace(microsecond=0))
        print(", ".join(f"{count:,} {what}" for what, count in size_of(world).items()))
        async with serving(world, FILTERS, pace=1.0) as servers:
            config = write_config(folder, servers, store, pace="1s")
            began = time.monotonic()
            async with daemon(config, folder / "log") as process:
                try:
                    await first_fill(process, servers, figures, began)
                    await again(process, servers, figures)
                    await deltas(process, servers, figures, world)
                    await relink(process, figures, world)
                    turn = process.longest_turn(began)
                    more = f"{turn.ms:.0f} by the clock: {turn.steps}"
                    figures.add("longest turn of the event loop", turn.own_ms, "ms", 20, more=more)
                    figures.add("peak memory of the process", await process.peak_mb(), "MB", 150)
                except BaseException:
                    print((folder / "log").read_text()[-3000:])
                    raise
            for rule in servers.broken_rules():
                print("broken:", rule)
    figures.show()


if __name__ == "__main__":
    asyncio.run(measure("sqlite"))
