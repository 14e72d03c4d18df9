"""The user's alias file under a running daemon: what was read last stays in force while it is unusable."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

from syncd.linking.inputs import read_aliases
from syncd.matching.aliases import AliasError, Aliases
from syncd.runtime.alerts import Alerts
from syncd.runtime.clock import Clock

ALIAS_FILE: Final = "aliases"
"""Alert: the alias file cannot be used."""

LOOK_EVERY_S = 60.0

REPLACED_WITHIN_S = 1.0
"""Seconds that an editor may take to replace the file."""


class AliasFile:
    """The names of the alias file: those in force, and what keeps the file from being read."""

    def __init__(self, alerts: Alerts, clock: Clock) -> None:
        self.clock = clock
        self._alerts = alerts
        self._path: Path | None = None
        self._last: Aliases | None = None
        """The names as last read; None if they never could be."""
        self._is_missed = False
        """True if the names were needed while the file could not be read."""

    @property
    def in_force(self) -> Aliases:
        """The names as last read: none if there is no file, or if it never could be read."""
        return self._last or Aliases()

    def keep(self, path: Path | None, aliases: Aliases | None) -> None:
        """Put names in force. None: those of this file that are in force stay so."""
        if aliases is not None or path != self._path:
            self._last = aliases
        self._path = path

    async def read(self, path: Path | None) -> Aliases:
        """Return the names for new components: those in the file, or the last ones if it cannot be used."""
        self.keep(path, None)
        found = await self._found()
        self.keep(path, found)
        self._is_missed = path is not None and found is None
        return self.in_force

    async def has_returned(self) -> bool:
        """Look at the file again; return whether other names were in force because it could not be read."""
        found = await self._found()
        if found is None or not self._is_missed:
            return False
        self._is_missed = False
        return found != self.in_force

    async def _found(self) -> Aliases | None:
        """Read the file, and fire or resolve the alert. None if there is none, or if it cannot be used."""
        if self._path is not None:
            try:
                found = await self._read_twice(self._path)
            except AliasError as error:
                self._report(str(error))
                return None
        self._alerts.resolve(ALIAS_FILE)
        return found if self._path is not None else None

    async def _read_twice(self, path: Path) -> Aliases:
        """Read the file, once more if it cannot be used: an editor may be replacing it.

        Raises `AliasError`.
        """
        try:
            return await asyncio.to_thread(read_aliases, path)
        except AliasError:
            await self.clock.sleep(REPLACED_WITHIN_S)
            return await asyncio.to_thread(read_aliases, path)

    def _report(self, reason: str) -> None:
        first, *others = reason.splitlines()
        more = f" (and {len(others)} more)" if others else ""
        effect = (
            "the names that were read before stay in force"
            if self._last is not None
            else "syncd works without its names: links that rest on them wait for review, without predictions"
        )
        message = f"the alias file cannot be used: {first}{more}; {effect}"
        if not self._alerts.fire(ALIAS_FILE, message, notify=True):
            self._alerts.update(ALIAS_FILE, message)


class AliasWatch:
    """Looks at the alias file once a minute, and has components built again that lack what is in it."""

    def __init__(self, file: AliasFile, load_again: Callable[[], None]) -> None:
        self._file = file
        self._load_again = load_again

    async def step(self) -> None:
        """Wait a minute, and look."""
        await self._file.clock.sleep(LOOK_EVERY_S)
        if await self._file.has_returned():
            self._load_again()
