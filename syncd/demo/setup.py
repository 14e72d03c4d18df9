"""What the demo is played on: two simulated services, a temporary folder, and the real daemon."""

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
from syncd.simulator.client_config import RULED_FILTERS
from syncd.simulator.fixture_list import Extent
from syncd.simulator.pinnacle_dialects import equal_pace
from syncd.simulator.random_events import Tempo
from syncd.simulator.sandbox import HOST, Sandbox
from syncd.store.engine import Store
from syncd.store.migrate import upgrade

PACE: Final = 1
"""Seconds between two questions that the simulated Pinnacle asks for."""

REQUESTS: Final = 900
"""So many a minute the simulated BetTune takes."""

STALE_AFTER: Final = 30
"""Seconds."""

EXTENT: Final = Extent(leagues=8, rounds=2, soon=tuple(range(15, 900, 24)))
"""Some 70 matches of England, Scotland, Spain and Germany; every now and then one kicks off."""

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
"""So that two or three lines a second tell it all."""

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

ASKED_AT_PACE: Final = ("fixtures", "odds", "settled", "specials")

Serve = Callable[[Daemon, Settings], AbstractAsyncContextManager[str]]
"""Serves the daemon's page; gives its address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSetup:
    """Everything there is."""

    box: Sandbox
    store: Store
    daemon: Daemon
    address: str
    """Of the daemon's page."""


@asynccontextmanager
async def set_up(clock: Clock, serve: Serve, *, seed: int, port: int) -> AsyncIterator[DemoSetup]:
    """The stage; nothing moves on it yet, and the daemon is not started."""
    sandbox = Sandbox(
        seed=seed,
        clock=clock,
        extent=EXTENT,
        pinnacle={"pace": equal_pace(PACE)},
        bettune={"requests": REQUESTS, "window": 60.0},
    )
    with TemporaryDirectory(prefix="syncd-demo-") as folder:
        async with sandbox as box:
            settings = settings_for(box, Path(folder) / "syncd.db", port if is_free(port) else 0)
            url = settings.store.url.get_secret_value()
            await upgrade(url)
            async with await Store.open(url, clock) as store:
                daemon = Daemon(settings, store, clock)
                async with serve(daemon, settings) as address:
                    yield DemoSetup(box=box, store=store, daemon=daemon, address=address)


def is_free(port: int) -> bool:
    """Whether somebody may listen at this port of the machine's own address."""
    with socket() as probe:
        # As asyncio's servers do: a port that was used a moment ago is free.
        probe.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def settings_for(box: Sandbox, database: Path, port: int) -> Settings:
    """What a user would write into the config file, with addresses on this machine."""
    gaps = {f"{name}_{kind}": f"{PACE}s" for name in ASKED_AT_PACE for kind in ("snapshot", "delta")}
    return Settings.of(
        {
            "store": {"url": f"sqlite:///{database}"},
            "pinnacle": {
                "base_url": box.pinnacle_url,
                "username": "demo",
                "password": "demo",
                "pace": {**gaps, "resnapshot": "20s"},
            },
            "bettune": {
                "base_url": box.bettune_url,
                "token": "demo-token",
                "filters_every": "2s",
                "matches_every": "10s",
                "limit": {"requests": REQUESTS, "window": "60s"},
            },
            "rules": [{"filter": RULED_FILTERS}],
            "safety": {"stale_after": f"{STALE_AFTER}s"},
            "web": {"host": HOST, "port": port},
        }
    )


def tempo_at(speed: float) -> Tempo:
    """So many times as much happens."""
    return replace(TEMPO, **{name: getattr(TEMPO, name) * speed for name in RATES})
