"""What commands share: the config, logs without secrets, and the clock."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterator
from functools import update_wrapper
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import click

from syncd.cli.command import WrongUse
from syncd.cli.options import CONFIG
from syncd.config.load import LoadedSettings, config_path, load_with_sources
from syncd.config.problems import ConfigError, Problem
from syncd.config.settings import Settings
from syncd.config.tree import dotted
from syncd.matching import aliases
from syncd.matching.aliases import AliasError
from syncd.pricing.grammar import SelectionError, parse_selection
from syncd.runtime import logs
from syncd.runtime.clock import SystemClock

P = ParamSpec("P")
T = TypeVar("T")

LOUDER = {"debug": "debug", "info": "warning", "warning": "warning", "error": "error"}
"""Commands that answer and end show no running commentary, unless the config asks for all of it."""


class App:
    """One command's surroundings. The config is read when it is first needed."""

    def __init__(self, config: Path | None) -> None:
        self.path = config_path(config)
        self.clock = SystemClock()
        self._given = config
        self._loaded: LoadedSettings | None = None

    @property
    def loaded(self) -> LoadedSettings:
        """The config with the origin of each value. Raises `ConfigError`."""
        if self._loaded is None:
            self._loaded = self.load()
        return self._loaded

    @property
    def settings(self) -> Settings:
        """The config. Raises `ConfigError`."""
        return self.loaded.settings

    def load(self) -> LoadedSettings:
        """Read the config anew, with the selections and the file of aliases in it. Raises `ConfigError`."""
        loaded = load_with_sources(self._given)
        problems = [*wrong_selections(loaded), *wrong_aliases(loaded.settings.matching.aliases)]
        if problems:
            raise ConfigError(problems)
        return loaded

    def begin(self) -> Settings:
        """The config, with logs set up for a command that answers and ends."""
        settings = self.settings
        logs.set_up(level=LOUDER[settings.log.level], form=settings.log.format, secrets=settings.secrets)
        if settings.log.level != "debug":
            # What goes wrong is told at the end, in sentences.
            logging.getLogger("syncd.runtime.alerts").setLevel(logging.CRITICAL)
        return settings

    def need_credentials(self) -> None:
        """Say at once which keys are missing: without them nothing can be asked."""
        missing = self.settings.missing_credentials
        if missing:
            names = " and ".join([", ".join(missing[:-1]), missing[-1]] if missing[1:] else missing)
            verb = "are" if missing[1:] else "is"
            raise WrongUse(
                f"{names} {verb} not set; put them into {self.path}, or better into the environment "
                f"or files of their own (docs/configuration.md)"
            )


def wrong_selections(loaded: LoadedSettings) -> Iterator[Problem]:
    """What stands in `[bet_types]` and is no selection."""
    for name, text in loaded.settings.bet_types.items():
        try:
            parse_selection(text)
        except SelectionError as error:
            key = ("bet_types", name)
            yield Problem(where=loaded.sources.where(key), key=dotted(key), fault=f"is no selection: {error}")


def wrong_aliases(path: Path | None) -> Iterator[Problem]:
    """What is wrong in the file of aliases, told like any other config problem."""
    if path is None:
        return
    try:
        aliases.parse(path.read_text(encoding="utf-8"), str(path))
    except AliasError as error:
        for line in str(error).splitlines():
            yield Problem(where=str(path), fault=line.removeprefix(f"{path}: "))
    except (OSError, UnicodeDecodeError) as error:
        fault = error.strerror if isinstance(error, OSError) and error.strerror else "is not UTF-8 text"
        yield Problem(where=str(path), fault=f"cannot be read: {fault}")


def pass_app(command: Callable[Concatenate[App, P], T]) -> Callable[P, T]:
    """Give a command its `App` as the first argument."""

    def with_app(*args: P.args, **kwargs: P.kwargs) -> T:
        return command(App(click.get_current_context().meta.get(CONFIG)), *args, **kwargs)

    return update_wrapper(with_app, command)


def finish(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's asynchronous part to its end."""
    return asyncio.run(work)
