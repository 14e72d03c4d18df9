"""The context of a command: the config, logs without secrets, and the clock."""

import asyncio
import getpass
import logging
import os
from collections.abc import Callable, Coroutine, Iterator
from functools import update_wrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import click

from syncd.cli.command import WrongUsageError
from syncd.cli.options import CONFIG_META_KEY
from syncd.cli.output import print_warning
from syncd.config.load import LoadedSettings, config_path, config_path_origin, load_with_sources
from syncd.config.problems import ConfigError, MissingFileProblem, Problem
from syncd.config.settings import Settings
from syncd.config.tree import dotted
from syncd.pricing.grammar import SelectionError, parse_selection
from syncd.runtime import logs
from syncd.runtime.clock import SystemClock
from syncd.runtime.printable import one_line

if TYPE_CHECKING:
    from syncd.matching.aliases import Aliases

P = ParamSpec("P")
T = TypeVar("T")

COMMAND_LOG_LEVELS = {"debug": "debug", "info": "warning", "warning": "warning", "error": "error"}
"""The log level of a short command, by the config's: it shows warnings only, unless set to `debug`."""


class CommandContext:
    """The context of one command. The config is read when it is first needed."""

    def __init__(self, config: Path | None) -> None:
        self.path = config_path(config)
        self.clock = SystemClock()
        self.chosen_by = config_path_origin(config)
        self._given = config
        self._loaded: LoadedSettings | None = None
        self.aliases: Aliases | None = None
        """The names of the alias file, as they were when `load` last read them; None without a file."""

    @property
    def loaded(self) -> LoadedSettings:
        """The config, and where each value comes from. Raises `ConfigError`."""
        if self._loaded is None:
            loaded = load_with_sources(self._given)
            if problems := list(selection_problems(loaded)):
                raise ConfigError(problems)
            self._loaded = loaded
        return self._loaded

    @property
    def settings(self) -> Settings:
        """The config. Raises `ConfigError`."""
        return self.loaded.settings

    def name_config(self) -> None:
        """Say on standard error which file the config is, and what chose it: shells differ in that."""
        click.secho(one_line(f"config: {self.path.absolute()} ({self.chosen_by})"), err=True, dim=True)

    def load(self) -> LoadedSettings:
        """Read the config again, with its selections and its file of aliases. Raises `ConfigError`."""
        loaded = load_with_sources(self._given)
        problems = list(selection_problems(loaded))
        found = _read_aliases(loaded, problems)
        if problems:
            raise ConfigError(problems)
        self.aliases = found
        return loaded

    def usable_aliases(self) -> "Aliases | None":
        """Read the alias file, if there is one. If it cannot be used, say so, and go on without it.

        Nothing stands at BetTune for ever because a file of names is missing.
        """
        problems = list[Problem]()
        found = _read_aliases(self.loaded, problems)
        for each in problems:
            print_warning(f"{each}. Links that rest on its names wait for review")
        return found

    def begin(self) -> Settings:
        """Set up the logs for a short command, name the config, and return it. Raises `ConfigError`."""
        settings = self.settings
        self.name_config()
        logs.set_up(
            level=COMMAND_LOG_LEVELS[settings.log.level], form=settings.log.format, secrets=settings.secrets
        )
        if settings.log.level != "debug":
            # The command prints the alerts at its end, as sentences.
            logging.getLogger("syncd.runtime.alerts").setLevel(logging.CRITICAL)
        return settings

    def need_credentials(self) -> None:
        """Raise `WrongUsageError` if credentials are missing: without them no request can be sent."""
        missing = self.settings.missing_credentials
        if missing:
            names = " and ".join([", ".join(missing[:-1]), missing[-1]] if missing[1:] else missing)
            verb, them, files = ("are", "them", "files") if missing[1:] else ("is", "it", "a file")
            raise WrongUsageError(
                f"{names} {verb} not set; put {them} into {self.path}, or better into the environment "
                f"or {files} of {'their' if missing[1:] else 'its'} own (docs/configuration.md)"
            )


def selection_problems(loaded: LoadedSettings) -> Iterator[Problem]:
    """Find the entries of `[bet_types]` that are no selections."""
    for name, text in loaded.settings.bet_types.items():
        try:
            parse_selection(text)
        except SelectionError as error:
            key = ("bet_types", name)
            yield Problem(where=loaded.sources.where(key), key=dotted(key), fault=f"is no selection: {error}")


def _read_aliases(loaded: LoadedSettings, problems: list[Problem]) -> "Aliases | None":
    """Read the alias file, if there is one; add what is wrong with it to the problems."""
    path = loaded.settings.matching.aliases
    if path is None:
        return None
    from syncd.linking.inputs import read_aliases  # noqa: PLC0415 - compares names, which few commands do

    try:
        return read_aliases(path)
    except ValueError as error:
        if isinstance(error.__cause__, FileNotFoundError):
            key = ("matching", "aliases")
            where, fault = loaded.sources.where(key), f"names a file that does not exist: {path}"
            problems.append(MissingFileProblem(where=where, key=dotted(key), fault=fault, path=str(path)))
        else:
            lines = str(error).splitlines()
            problems += [Problem(where=str(path), fault=line.removeprefix(f"{path}: ")) for line in lines]
    return None


def pass_command_context(command: Callable[Concatenate[CommandContext, P], T]) -> Callable[P, T]:
    """Pass a command its `CommandContext` as the first argument."""

    def with_context(*args: P.args, **kwargs: P.kwargs) -> T:
        return command(CommandContext(click.get_current_context().meta.get(CONFIG_META_KEY)), *args, **kwargs)

    return update_wrapper(with_context, command)


def user_name() -> str:
    """Return who runs the command, for the activity: `cli anna`."""
    try:
        return f"cli {getpass.getuser()}"
    except (KeyError, OSError):  # a container's user may have no name
        return f"cli user {os.getuid()}"


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Run the asynchronous part of a command to its end."""
    return asyncio.run(work)
