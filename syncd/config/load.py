"""Load the configuration, or report all problems with it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from syncd.config.environment import CONFIG_VARIABLE, read_environment
from syncd.config.problems import ConfigError, Problem
from syncd.config.settings import Settings
from syncd.config.sources import Sources
from syncd.config.toml_file import read_toml
from syncd.config.validation import validate

DEFAULT_PATH = Path("config/syncd.toml")


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """The settings, with the origin of each value."""

    settings: Settings
    sources: Sources


def load(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Load the settings from a file and the environment. Raises `ConfigError` with all problems at once.

    Without a path, `$SYNCD_CONFIG` names the file, else it is `config/syncd.toml`.
    """
    return load_with_sources(path, environ).settings


def load_with_sources(path: Path | None = None, environ: Mapping[str, str] | None = None) -> LoadedSettings:
    """Like `load`, with the origin of each value. Raises `ConfigError` as `load` does."""
    environ = os.environ if environ is None else environ
    overrides, problems = read_environment(environ)
    try:
        file = read_toml(config_path(path, environ))
    except ConfigError as error:
        raise ConfigError([*error.problems, *problems]) from None
    sources = Sources(file, overrides)
    settings, found = validate(sources)
    problems += [*sources.problems, *found]
    if settings is None or problems:
        raise ConfigError(_in_order(problems))
    return LoadedSettings(settings, sources)


def config_path(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Path:
    """The path of the file: the one given, else `$SYNCD_CONFIG`, else `config/syncd.toml`."""
    environ = os.environ if environ is None else environ
    return path or Path(environ.get(CONFIG_VARIABLE) or DEFAULT_PATH)


def config_path_origin(path: Path | None = None, environ: Mapping[str, str] | None = None) -> str:
    """Say what chose the path of the file: an option, the environment, or nothing."""
    environ = os.environ if environ is None else environ
    if path:
        return "by --config"
    return f"by {CONFIG_VARIABLE}" if environ.get(CONFIG_VARIABLE) else "by default"


def _in_order(problems: list[Problem]) -> list[Problem]:
    """Sort by place, so that a user can go through the file once."""

    def place(problem: Problem) -> tuple[str, int]:
        name, _, line = problem.where.rpartition(":")
        return (name, int(line)) if line.isdigit() else (problem.where, 0)

    return sorted(dict.fromkeys(problems), key=place)
