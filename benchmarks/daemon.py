"""The daemon as a process of its own, as benchmarks start and hear it."""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from benchmarks.servers import Servers

QUICK_FEEDS = ("fixtures", "odds", "settled", "specials")

CONFIG = """\
[store]
url = "{store}"

[pinnacle]
preset = "{preset}"
base_url = "{pinnacle}"
username = "demo"
password = "demo"

[pinnacle.pace]
{pace}

[bettune]
base_url = "{bettune}"
token = "demo-token"
horizon = "{horizon}"
{bettune_keys}

[bettune.limit]
requests = {requests}
window = "{window:g}s"

[[rules]]
filter = "Pinnacle*"

[web]
port = 0

[log]
format = "json"
"""


def write_config(
    folder: Path, servers: Servers, store: str, *, pace: str = "", horizon: str = "8d", bettune_keys: str = ""
) -> Path:
    """A config file that fits the servers; `pace` is for every endpoint, none the preset's own."""
    keys = [f'{feed}_{kind} = "{pace}"' for feed in QUICK_FEEDS for kind in ("snapshot", "delta")] + [
        f'leagues = "{pace}"', 'resnapshot = "60m"'
    ]  # fmt: skip
    limit = servers.bettune.limit
    text = CONFIG.format(
        store=store,
        preset=servers.pinnacle.dialect.name,
        pinnacle=servers.pinnacle_url,
        bettune=servers.bettune_url,
        pace="\n".join(keys) if pace else "",
        horizon=horizon,
        bettune_keys=bettune_keys,
        requests=limit.requests,
        window=limit.seconds,
    )
    file = folder / "syncd.toml"
    file.write_text(text)
    return file


class DaemonProcess:
    """`benchmarks.watched`, with what it has told so far."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.told: list[dict[str, Any]] = []
        self._news = asyncio.Event()
        self._hearing = asyncio.create_task(self._hear())

    async def _hear(self) -> None:
        assert self._process.stdout
        async for line in self._process.stdout:
            self.told.append(json.loads(line))
            self._news.set()

    def order(self, word: str) -> None:
        """Write a command to it."""
        assert self._process.stdin
        self._process.stdin.write(f"{word}\n".encode())

    async def until(self, since: float, what: str, *, within: float = 120.0, **fields: Any) -> dict[str, Any]:
        """The first thing of this kind told since a moment, waited for."""
        async with asyncio.timeout(within):
            while True:
                for each in list(self.told):
                    if each["at"] > since and each["what"] == what and fields.items() <= each.items():
                        return each
                if self._hearing.done():
                    raise RuntimeError("the daemon ended; its log says why")
                self._news.clear()
                await self._news.wait()

    def longest_turn(self, since: float, until: float | None = None) -> tuple[float, float]:
        """Of the event loop, in milliseconds: by the clock, and what it worked itself."""
        end = until or time.monotonic()
        turns = [each for each in self.told if each["what"] == "turn" and since <= each["at"] <= end]
        return (
            max((each["ms"] for each in turns), default=0.0),
            max((min(each["ms"], each["own_ms"]) for each in turns), default=0.0),
        )

    async def peak_mb(self) -> float:
        """Its greatest resident size so far."""
        now = time.monotonic()
        self.order("memory")
        return float((await self.until(now, "memory"))["mb"])

    async def stop(self) -> None:
        """Stop it, and hear the last of it."""
        if self._process.returncode is None:
            self.order("stop")
            await asyncio.wait_for(self._process.wait(), 20)
        await self._hearing


@asynccontextmanager
async def daemon(config: Path, log: Path) -> AsyncIterator[DaemonProcess]:
    """Run it by this config; its log goes into the file."""
    with log.open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "benchmarks.watched", "--config", str(config),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=errors,
            cwd=Path(__file__).parents[1], env=environment(),
        )  # fmt: skip
        running = DaemonProcess(process)
        try:
            yield running
        finally:
            await running.stop()


def environment() -> Mapping[str, str]:
    """Without variables that would change the config."""
    return {name: value for name, value in os.environ.items() if not name.startswith("SYNCD_")}


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database: `sqlite`, or `postgresql` from the wheel that the tests use."""
    if kind == "sqlite":
        with nullcontext():
            yield f"sqlite:///{folder / 'syncd.db'}"
        return
    from tests.support.databases import PostgresServer  # noqa: PLC0415 - only where it is asked for

    server = PostgresServer()
    try:
        server.execute("CREATE DATABASE bench")
        yield server.url("bench")
    finally:
        server.close()
