"""`syncd sandbox`: both simulated services, and a folder with a config and a database that fit them."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from syncd.config.plain_file import make_private_folder, write_private
from syncd.demo.scenario import set_by_hand
from syncd.demo.setup import config_for, free_port, is_free, tempo_at
from syncd.runtime.clock import Clock
from syncd.simulator.client_config import as_toml
from syncd.simulator.fixture_list import Extent
from syncd.simulator.pinnacle_dialects import DIALECTS, equal_pace
from syncd.simulator.random_events import Tempo
from syncd.simulator.sandbox import Sandbox
from syncd.store.filelock import FileLock, FileLockedError
from syncd.store.migrate import upgrade

MARK: Final = "# Written by `syncd sandbox`, which replaces this file and the database at each start.\n"
"""The first line of the config. A config without it is a user's own, and is never replaced."""

PRESETS: Final = tuple(sorted(DIALECTS))

PAGE_PORT: Final = 8080

SOON: Final = tuple(range(120, 3600, 120))
"""Seconds until the first kick-offs; all other games begin hours later."""

TEMPO: Final = Tempo(
    goals=0.003, match_length=timedelta(minutes=4), corrected_after=timedelta(minutes=2), newcomers=0.005
)
"""Few enough events for a user to follow, for days: about 0.4 prices move in a second."""


class SandboxError(Exception):
    """The folder cannot be used for a sandbox; the message says why, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxOptions:
    """The options of the command."""

    folder: Path
    seed: int = 1
    speed: float = 1.0
    """2: twice as many changes."""
    preset: str = "pinnacle"
    pace: int = 2
    """Seconds between two requests for a feed that the simulated Pinnacle requires."""
    requests: int = 900
    """Requests a minute that the simulated BetTune allows."""
    leagues: int | None = None
    """Only so many leagues; None: all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxFolder:
    """The files of a sandbox; all paths are absolute."""

    folder: Path

    @property
    def config(self) -> Path:
        """The config, which names the two services and the database."""
        return self.folder / "syncd.toml"

    @property
    def database(self) -> Path:
        """The database."""
        return self.folder / "syncd.db"

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Keep a second sandbox out meanwhile, and begin without the files of the last one.

        Raises `SandboxError`, `NotWritableError`, `OSError`.
        """
        make_private_folder(self.folder)
        with _locked(self.folder / "sandbox.lock", "another sandbox ({}) uses this folder: choose --dir"):
            self._require_ours()
            in_use = f"a syncd ({{}}) works on {self.database}: stop it first"
            with _locked(Path(f"{self.database}.lock"), in_use):
                for ending in ("", "-wal", "-shm"):
                    Path(f"{self.database}{ending}").unlink(missing_ok=True)
            yield

    def _require_ours(self) -> None:
        """Raise `SandboxError` if a user's own config or database is here."""
        if self.config.exists():
            with self.config.open(encoding="utf-8", errors="replace") as file:
                if file.readline() == MARK:
                    return
        if self.config.exists() or self.database.exists():
            raise SandboxError(
                f"{self.folder} has a config or a database that no sandbox has written: choose --dir"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSandbox:
    """A sandbox while it is served."""

    config: Path
    events: int
    """Listed by Pinnacle at the start."""
    matches: int
    """Listed by BetTune at the start."""


@asynccontextmanager
async def open_sandbox(options: SandboxOptions, clock: Clock) -> AsyncIterator[OpenSandbox]:
    """Serve both services, and write config and database. Raises as `claimed` does, and `StoreError`."""
    place = SandboxFolder(folder=options.folder.absolute())
    sandbox = Sandbox(
        seed=options.seed,
        clock=clock,
        preset=options.preset,
        extent=Extent(leagues=options.leagues, soon=SOON),
        tempo=tempo_at(options.speed, TEMPO),
        pinnacle={"pace": equal_pace(options.pace)},
        bettune={"requests": options.requests},
    )
    set_by_hand(sandbox)
    with place.claimed():
        async with sandbox:
            port = PAGE_PORT if is_free(PAGE_PORT) else free_port()
            config = config_for(sandbox, place.database, port, pace=options.pace, requests=options.requests)
            write_private(place.config, MARK + "\n" + as_toml(config))
            await upgrade(f"sqlite:///{place.database}")
            events = sum(game.main is not None for game in sandbox.world.games)
            yield OpenSandbox(config=place.config, events=events, matches=len(sandbox.world.matches))


@contextmanager
def _locked(path: Path, message: str) -> Iterator[None]:
    try:
        lock = FileLock.take(path, "another process")
    except FileLockedError as error:
        raise SandboxError(message.format(error)) from None
    try:
        yield
    finally:
        lock.release()
