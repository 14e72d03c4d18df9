"""From a price that changes to its PUT, alone and beside ten readers of the pages.

`python -m benchmarks.bench_readers [sqlite] [postgresql]`: SQLite by default. Readers are another process;
each reads another page every second and keeps its stream of `/events` open, as a browser does.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

from benchmarks.bench_latency import FILTERS, one_by_one
from benchmarks.daemon import DaemonProcess, daemon, database, write_config
from benchmarks.football import Football
from benchmarks.servers import serving
from benchmarks.table import Figures, percentile

READERS = 10
PAGES = ("", "bets", "bets?sort=odds", "review", "activity", "filters", "controls", "api/v1/status")
ROUNDS = 2


def address_of(log: Path) -> str:
    """The address of the page, as the daemon has logged it."""
    for line in log.read_text().splitlines():
        if '"web_started"' in line:
            return str(json.loads(line)["address"])
    raise RuntimeError("the daemon serves no page")


@contextmanager
def readers(address: str) -> Iterator[None]:
    """Have the pages read until the context ends."""
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.bench_readers", "read", address])
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def read_for_ever(address: str) -> None:
    for number in range(READERS):
        Thread(target=read_pages, args=(address, number), daemon=True).start()
        if number % 2:
            Thread(target=read_stream, args=(address,), daemon=True).start()
    while True:
        time.sleep(60)


def read_pages(address: str, number: int) -> None:
    time.sleep(number / READERS)
    while True:
        for path in PAGES[number % len(PAGES) :] + PAGES[: number % len(PAGES)]:
            with urllib.request.urlopen(address + path, timeout=30) as response:
                response.read()
            time.sleep(1)


def read_stream(address: str) -> None:
    while True:
        with urllib.request.urlopen(address + "events", timeout=60) as response:
            response.read()


async def measure(kind: str) -> None:
    figures = Figures(f"From a price at Pinnacle to its PUT at BetTune beside {READERS} readers, {kind}")
    with tempfile.TemporaryDirectory(prefix="syncd-bench-") as place, database(kind, Path(place)) as store:
        folder, world = Path(place), Football(datetime.now(UTC).replace(microsecond=0))
        async with serving(world, FILTERS, pace=1.0) as servers:
            config = write_config(folder, servers, store, pace="1s")
            async with daemon(config, folder / "log", "--pages") as process:
                await servers.until_quiet(0)
                for _ in range(ROUNDS):
                    began = time.monotonic()
                    add(figures, "alone", await one_by_one(world, servers), process, began)
                    with readers(address_of(folder / "log")):
                        await asyncio.sleep(2)
                        began = time.monotonic()
                        add(figures, "with readers", await one_by_one(world, servers), process, began)
    figures.show()


def add(figures: Figures, what: str, took: list[float], process: DaemonProcess, began: float) -> None:
    turn, seconds = process.longest_turn(began), time.monotonic() - began
    cpu = process.cpu_between(began, time.monotonic()) / seconds * 100
    more = (
        f"95 % {percentile(took, 0.95):.2f} s; longest turn {turn.own_ms:.0f} ms; {cpu:.0f} % of a processor"
    )
    figures.add(f"{len(took)} changes, {what}: median", percentile(took, 0.5), "s", more=more)


if __name__ == "__main__":
    if sys.argv[1:2] == ["read"]:
        read_for_ever(sys.argv[2])
    for named in sys.argv[1:] or ["sqlite"]:
        asyncio.run(measure(named))
