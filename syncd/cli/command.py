"""A command and a group of commands: with `--config`, and expected trouble told in one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from syncd.bettune.errors import BetTuneError
from syncd.cli.options import config_option
from syncd.config.problems import ConfigError
from syncd.pinnacle.errors import PinnacleError
from syncd.store.errors import BadAddressError, LeaseHeldError, StoreError

INTERRUPTED = 130


class Failure(click.ClickException):
    """It could not be done: what a person is told instead of a traceback."""

    exit_code = 1


class WrongUse(Failure):
    """The command or the config is wrong."""

    exit_code = 2


class Command(click.Command):
    """A command of `syncd`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.append(config_option())

    def invoke(self, ctx: click.Context) -> Any:
        """Run it, with expected trouble turned into a sentence."""
        with told():
            return super().invoke(ctx)


class Group(click.Group):
    """Commands that belong together."""

    command_class = Command

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.append(config_option())


@contextmanager
def told() -> Iterator[None]:
    """Tell expected errors; what is left is a fault of ours, and its traceback is worth having."""
    try:
        yield
    except KeyboardInterrupt:
        raise click.exceptions.Exit(INTERRUPTED) from None
    except (ConfigError, BadAddressError) as error:
        raise WrongUse(str(error)) from error
    except LeaseHeldError as error:
        raise Failure(f"{error}.") from error
    except StoreError as error:
        raise Failure(str(error)) from error
    except BetTuneError as error:
        raise Failure(f"BetTune: {error}") from error
    except PinnacleError as error:
        raise Failure(f"Pinnacle: {error}") from error
