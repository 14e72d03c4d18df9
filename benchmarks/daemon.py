"""The daemon as a process of its own, as the benchmarks run it."""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.servers import Servers
from syncd.simulator.client_config import as_toml, client_config, feed_pace, merged


def write_config(folder: Path, servers: Servers, store: str, *, pace: str = "", horizon: str = "8d") -> Path:
    """Write a config file for these servers. `pace` is that of every feed; empty: that of the preset."""
    limit = servers.bettune.limit
    config = client_config(
        preset=servers.pinnacle.dialect.name,
        pinnacle_url=servers.pinnacle_url,
        bettune_url=servers.bettune_url,
        pace=feed_pace(pace) | {"leagues": pace, "resnapshot": "60m"} if pace else {},
        requests=limit.requests,
        window=f"{limit.seconds:g}s",
    )
    more = {
        "store": {"url": store},
        "bettune": {"horizon": horizon},
        "web": {"port": 0},
        "log": {"format": "json"},
    }
    file = folder / "syncd.toml"
    file.write_text(as_toml(merged(config, more)))
    return file


class Turn(NamedTuple):
    """A turn of the event loop, in milliseconds, and who took most of it."""

    own_ms: float
    """The loop's own work: what other processes took is not in it."""
    ms: float
    """By the clock."""
    steps: str
    """Tasks with their share."""


class DaemonProcess:
    """A process of `benchmarks.observed`, with everything it has reported."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.reports: list[dict[str, Any]] = []
        self._new_report = asyncio.Event()
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self._process.stdout
        async for line in self._process.stdout:
            self.reports.append(json.loads(line))
            self._new_report.set()

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._process.pid

    def send(self, command: str) -> None:
        """Send it a command."""
        assert self._process.stdin
        self._process.stdin.write(f"{command}\n".encode())

    async def until(self, since: float, kind: str, *, within: float = 120.0, **fields: Any) -> dict[str, Any]:
        """Wait for the first report of this kind, with these fields, after a moment."""
        async with asyncio.timeout(within):
            while True:
                for report in list(self.reports):
                    if report["at"] > since and report["kind"] == kind and fields.items() <= report.items():
                        return report
                if self._reading.done():
                    raise RuntimeError("the daemon has ended; its log says why")
                self._new_report.clear()
                await self._new_report.wait()

    def longest_turn(self, since: float, until: float | None = None) -> Turn:
        """The turn of the event loop with the most work of its own."""
        end = until or time.monotonic()
        turns = [
            Turn(min(each["ms"], each["own_ms"]), each["ms"], _as_text(each["steps"]))
            for each in self.reports
            if each["kind"] == "turn" and since <= each["at"] <= end
        ]
        return max(turns, default=Turn(0.0, 0.0, ""))

    def cpu_between(self, since: float, until: float) -> float:
        """Seconds of a processor that all its threads have used between two moments."""
        return self._cpu_at(until) - self._cpu_at(since)

    def _cpu_at(self, moment: float) -> float:
        known = [each["seconds"] for each in self.reports if each["kind"] == "cpu" and each["at"] <= moment]
        return float(max(known, default=0.0))

    async def peak_mb(self) -> float:
        """Its largest resident size so far."""
        now = time.monotonic()
        self.send("memory")
        return float((await self.until(now, "memory"))["mb"])

    async def stop(self) -> None:
        """Stop it, and read its last reports."""
        if self._process.returncode is None:
            self.send("stop")
            await asyncio.wait_for(self._process.wait(), 20)
        await self._reading


def _as_text(steps: Mapping[str, float]) -> str:
    return ", ".join(f"{seconds * 1000:.0f} {who}" for who, seconds in steps.items())


@asynccontextmanager
async def daemon(config: Path, log: Path, *options: str) -> AsyncIterator[DaemonProcess]:
    """Run the daemon with this config; its log is written to the file. `options` are of `observed`."""
    with log.open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "benchmarks.observed", "--config", str(config), *options,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=errors,
            cwd=Path(__file__).parents[1], env=environment(),
        )  # fmt: skip
        running = DaemonProcess(process)
        try:
            yield running
        finally:
            await running.stop()


def environment() -> Mapping[str, str]:
    """The environment without variables that would change the config."""
    return {name: value for name, value in os.environ.items() if not name.startswith("SYNCD_")}


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database: `sqlite`, or `postgresql` from the wheel that the tests use, too."""
    if kind == "sqlite":
        with nullcontext():
            yield f"sqlite:///{folder / 'syncd.db'}"
        return
    from tests.support.databases import PostgresServer  # noqa: PLC0415 - only if it is needed

    server = PostgresServer()
    try:
        server.execute("CREATE DATABASE bench")
        yield server.url("bench")
    finally:
        server.close()
