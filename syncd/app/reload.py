"""The config, read again: what would change, and the change itself, for SIGHUP and the page."""

from pathlib import Path
from typing import Protocol

import msgspec
import structlog

from syncd.app.daemon import Daemon
from syncd.config.load import LoadedSettings
from syncd.config.problems import ConfigError
from syncd.config.reload import ChangedLine, changed_keys, changed_lines, needs_restart
from syncd.config.settings import Settings
from syncd.config.warnings import ConfigWarning, warnings_of
from syncd.matching.aliases import Aliases
from syncd.runtime import logs

log = structlog.get_logger(__name__)

ALIASES = "matching.aliases"


class ConfigSource(Protocol):
    """The place from which the config is read."""

    path: Path
    aliases: Aliases | None
    """The names of the alias file, as last read."""

    def load(self) -> LoadedSettings:
        """Read it again. Raises `ConfigError`."""


class ReloadPlan(msgspec.Struct, frozen=True, kw_only=True):
    """The difference between the config as it is written now and the one that syncd works with."""

    path: str
    problems: tuple[str, ...] = ()
    """Everything that is wrong with it, as `syncd config check` prints it: nothing will be applied."""
    keys: tuple[str, ...] = ()
    """The keys whose values differ."""
    lines: tuple[ChangedLine, ...] = ()
    """The values before and after, secrets masked."""
    restart: tuple[str, ...] = ()
    """The keys that take effect only at the next start."""
    warnings: tuple[ConfigWarning, ...] = ()


class Reloader:
    """Compares and applies the config of a running daemon."""

    def __init__(self, daemon: Daemon, source: ConfigSource) -> None:
        self._daemon = daemon
        self._source = source
        self._shown: Settings | None = None

    def look(self) -> ReloadPlan:
        """Read the config and compare it; nothing is applied."""
        plan, self._shown = self._read()
        return plan

    def apply_shown(self, *, by: str) -> ReloadPlan | None:
        """Apply the config if it is the one that `look` has shown last. None if it is another one by now."""
        plan, found = self._read()
        if found is None or found != self._shown:
            return None
        self._apply(plan, found, by)
        return plan

    def apply(self, *, by: str) -> None:
        """Apply the config as it is now. If it is wrong, log its problems and keep the old one."""
        plan, found = self._read()
        if found is None:
            log.error("config_rejected", problems=list(plan.problems))
        else:
            self._apply(plan, found, by)

    def _read(self) -> tuple[ReloadPlan, Settings | None]:
        try:
            loaded = self._source.load()
        except ConfigError as error:
            problems = tuple(map(str, error.problems))
            return ReloadPlan(path=str(self._source.path), problems=problems), None
        return self._compared(loaded), loaded.settings

    def _compared(self, loaded: LoadedSettings) -> ReloadPlan:
        old, new = self._daemon.settings, loaded.settings
        keys = changed_keys(old, new)
        # The same file may have other names in it. Between two sets of components nobody knows which were
        # read.
        in_force = self._daemon.components.aliases if self._daemon.components else None
        if new.matching.aliases and self._source.aliases != in_force and ALIASES not in keys:
            keys.append(ALIASES)
        return ReloadPlan(
            path=str(self._source.path),
            keys=tuple(keys),
            lines=tuple(changed_lines(old, new)),
            restart=tuple(needs_restart(keys)),
            warnings=tuple(warnings_of(loaded)),
        )

    def _apply(self, plan: ReloadPlan, settings: Settings, by: str) -> None:
        if not plan.keys:
            log.info("config_unchanged")
            return
        logs.set_up(level=settings.log.level, form=settings.log.format, secrets=settings.secrets)
        log.info("config_reloaded", changed=list(plan.keys), by=by)
        for each in plan.warnings:
            log.warning("config_warning", subject=each.subject, reason=each.message, advice=each.advice)
        if plan.restart:
            log.warning("restart_needed", keys=list(plan.restart))
        self._daemon.alias_file.keep(settings.matching.aliases, self._source.aliases)
        self._daemon.reload(settings)
