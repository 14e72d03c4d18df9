"""The real daemon against the sandbox, quick enough for tests."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

from syncd.app.daemon import Daemon
from syncd.config.settings import Settings
from syncd.model.bettune import Filter, Pair
from syncd.simulator.fixture_list import Extent
from syncd.simulator.game import SimulatedGame
from syncd.simulator.pinnacle_dialects import equal_pace
from syncd.simulator.sandbox import Sandbox
from syncd.store.engine import Store
from tests.support.virtual_time import LoopClock

PACE = 0.2
AGREES_EVERY = PACE / 2
"""Virtual seconds between two comparisons with the oracle, which cost more than what the daemon does."""

PACES = (
    "fixtures_snapshot",
    "fixtures_delta",
    "odds_snapshot",
    "odds_delta",
    "settled_snapshot",
    "settled_delta",
    "specials_snapshot",
    "specials_delta",
)


def asking_every(seconds: int) -> dict[str, Any]:
    """Sections of a config that asks more rarely: for tests that last long, of which each second costs."""
    return {
        "pinnacle": {"pace": dict.fromkeys(PACES, f"{seconds}s") | {"resnapshot": "10m"}},
        "bettune": {"filters_every": f"{40 * seconds}s", "matches_every": f"{80 * seconds}s"},
    }


CALM_PACE = 3
CALM = asking_every(CALM_PACE)


def small_sandbox(**options: Any) -> Sandbox:
    """A few leagues, limits that a test need not wait for."""
    defaults: dict[str, Any] = {
        "seed": 11,
        "clock": LoopClock(),
        "extent": Extent(leagues=2, rounds=1, traps=False),
        "pinnacle": {"pace": equal_pace(PACE)},
        "bettune": {"requests": 5000, "window": 1.0},
        "filters": (
            ("Pinnacle Home", "Home", True),
            ("Pinnacle Over 2.5", "Over 2.5", True),
            ("By hand", "Home", True),
        ),
    }
    return Sandbox(**(defaults | options))


def settings_for(box: Sandbox, url: str, **sections: dict[str, Any]) -> Settings:
    """A config that fits the sandbox; `sections` are laid over it, key by key."""
    pace = dict.fromkeys(PACES, f"{int(PACE * 1000)}ms") | {"resnapshot": "1m"}
    tree: dict[str, Any] = {
        "store": {"url": url},
        "pinnacle": {
            "base_url": box.pinnacle_url,
            "username": "demo",
            "password": "demo",
            "timeout": "2s",
            "pace": pace,
        },
        "bettune": {
            "base_url": box.bettune_url,
            "token": "demo-token",
            "limit": {"requests": 5000, "window": "1s"},
            "timeout": "1200ms",
            "filters_every": "1s",
            "matches_every": "2s",
            "resync_every": "1m",
        },
        "rules": [{"filter": "Pinnacle*"}],
        "web": {"port": 0},
    }
    for name, section in sections.items():
        tree[name] = {**tree.get(name, {}), **section} if isinstance(section, dict) else section
    return Settings.of(tree)


class Running:
    """The daemon at work, and the state it should reach."""

    def __init__(self, box: Sandbox, daemon: Daemon) -> None:
        self.box = box
        self.daemon = daemon
        self.task = asyncio.create_task(daemon.run())

    @property
    def game(self) -> SimulatedGame:
        """Some open, linked game with a price for both filters."""
        games = self.box.world.open_games()
        return next(each for each in games if self.odds(each) and self.odds(each, "Pinnacle Over 2.5"))

    def filter(self, name: str) -> Filter:
        return next(each for each in self.box.bettune.account.filters if each.name == name)

    def odds(self, game: SimulatedGame, name: str = "Pinnacle Home") -> Decimal | None:
        assert game.match
        row = self.box.bettune.account.prediction(Pair(self.filter(name).id, game.match.id))
        return row.odds if row else None

    def differences(self) -> dict[Pair, Any]:
        book = self.box.bettune.account
        truth = self.box.oracle(ruled=lambda each: each.name.startswith("Pinnacle"))
        theirs = [pair for pair, row in book.predictions().items() if row.source == "ui"]
        return truth.differences(book.filters, book.odds(), theirs)

    async def until(self, reached: Callable[[], bool], within: float = 60.0, *, every: float = 0.02) -> None:
        """Wait until it is so; fail with what is missing."""
        deadline = asyncio.get_running_loop().time() + within
        while not reached():
            if self.task.done():
                self.task.result()
            assert asyncio.get_running_loop().time() < deadline, (
                f"not reached; differences: {self.differences()}"
            )
            await asyncio.sleep(every)

    async def agrees(self, within: float = 60.0) -> None:
        """Wait until BetTune holds exactly what it should have."""
        await self.until(lambda: not self.differences(), within, every=AGREES_EVERY)

    async def stop(self) -> None:
        self.daemon.stop()
        await asyncio.wait_for(self.task, 12)


@asynccontextmanager
async def running(
    box: Sandbox, url: str, clock: LoopClock | None = None, **sections: Any
) -> AsyncIterator[Running]:
    """Start the daemon on a migrated database, and stop it at the end."""
    clock = clock or LoopClock()
    async with await Store.open(url, clock) as store:
        daemon = Daemon(settings_for(box, url, **sections), store, clock)
        run = Running(box, daemon)
        try:
            yield run
        finally:
            await run.stop()


def broken_rules(box: Sandbox) -> list[object]:
    """Every 429 from either side, call too near to the last, and PUT that changed nothing."""
    calls = [*box.pinnacle.request_log.violations, *box.bettune.request_log.violations]
    return [*calls, *(write for write in box.bettune.account.writes if write.is_redundant)]
