"""Sets up the demo: two simulated services, a temporary database, and the real daemon."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from socket import SO_REUSEADDR, SOL_SOCKET, socket
from tempfile import TemporaryDirectory
from typing import Final

from syncd.app.daemon import Daemon
from syncd.config.settings import Settings
from syncd.runtime.clock import Clock
from syncd.simulator.client_config import ConfigTree, client_config, feed_pace, merged
from syncd.simulator.fixture_list import Extent
from syncd.simulator.pinnacle_dialects import equal_pace
from syncd.simulator.random_events import Tempo
from syncd.simulator.sandbox import HOST, Sandbox
from syncd.store.engine import Store
from syncd.store.migrate import upgrade

PACE: Final = 1
"""Seconds between two requests for a feed that the simulated Pinnacle requires."""

REQUESTS: Final = 900
"""Requests a minute that the simulated BetTune allows."""

STALE_AFTER: Final = 30
"""Seconds without a response of Pinnacle after which syncd deletes all predictions."""

EXTENT: Final = Extent(leagues=8, rounds=2, soon=tuple(range(15, 900, 24)))
"""About 70 matches of England, Scotland, Spain and Germany; one kicks off every 24 seconds."""

TEMPO: Final = Tempo(
    moves=0.45,
    halts=0.05,
    offline=0.04,
    takedowns=0.05,
    specials=0.2,
    cancellations=0.012,
    deletions=0.012,
    postponements=0.02,
    newcomers=0.03,
    first_prices=0.03,
    goals=0.0,
    suspended_for=7.0,
    match_length=timedelta(seconds=15),
)
"""Few enough events for two or three lines a second."""

RATES: Final = (
    "moves",
    "halts",
    "offline",
    "takedowns",
    "specials",
    "cancellations",
    "deletions",
    "postponements",
    "newcomers",
    "first_prices",
)
"""The fields of a tempo that the speed multiplies."""

Serve = Callable[[Daemon, Settings], AbstractAsyncContextManager[str]]
"""Serves the page of the daemon; yields its address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSetup:
    """All parts of the demo."""

    sandbox: Sandbox
    store: Store
    daemon: Daemon
    address: str
    """URL of the page."""


@asynccontextmanager
async def set_up(clock: Clock, serve: Serve, *, seed: int, port: int) -> AsyncIterator[DemoSetup]:
    """Set everything up; the world does not change yet, and the daemon does not run. Raises `StoreError`."""
    sandbox = Sandbox(
        seed=seed,
        clock=clock,
        extent=EXTENT,
        pinnacle={"pace": equal_pace(PACE)},
        bettune={"requests": REQUESTS, "window": 60.0},
    )
    with TemporaryDirectory(prefix="syncd-demo-") as folder:
        async with sandbox:
            settings = settings_for(sandbox, Path(folder) / "syncd.db", port if is_free(port) else 0)
            url = settings.store.url.get_secret_value()
            await upgrade(url)
            async with await Store.open(url, clock) as store:
                daemon = Daemon(settings, store, clock)
                async with serve(daemon, settings) as address:
                    yield DemoSetup(sandbox=sandbox, store=store, daemon=daemon, address=address)


def is_free(port: int) -> bool:
    """True if a server can listen at this port of the loopback address."""
    with socket() as probe:
        # As asyncio's servers do: a port that was in use a moment ago is free.
        probe.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port of the loopback address that nobody listens at now."""
    with socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def settings_for(sandbox: Sandbox, database: Path, port: int) -> Settings:
    """The settings of a user's config file, with addresses on this machine."""
    return Settings.of(config_for(sandbox, database, port, pace=PACE, requests=REQUESTS))


def config_for(sandbox: Sandbox, database: Path, port: int, *, pace: int, requests: int) -> ConfigTree:
    """The tables of a config file; `pace` in seconds, `requests` a minute."""
    config = client_config(
        preset=sandbox.pinnacle.dialect.name,
        pinnacle_url=sandbox.pinnacle_url,
        bettune_url=sandbox.bettune_url,
        pace=feed_pace(f"{pace}s") | {"resnapshot": f"{20 * pace}s"},
        requests=requests,
    )
    more = {
        "store": {"url": f"sqlite:///{database}"},
        "bettune": {"filters_every": "2s", "matches_every": "10s"},
        "safety": {"stale_after": f"{max(STALE_AFTER, 5 * pace)}s"},
        "web": {"host": HOST, "port": port},
    }
    return merged(config, more)


def tempo_at(speed: float, tempo: Tempo = TEMPO) -> Tempo:
    """A tempo, that of the demo by default, with `speed` times as many events."""
    return replace(tempo, **{name: getattr(tempo, name) * speed for name in RATES})
