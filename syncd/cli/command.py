"""A command and a group of commands: both take `--config`, and show an expected error as one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from syncd.bettune.errors import BetTuneError
from syncd.cli.options import config_option
from syncd.config.problems import ConfigError
from syncd.pinnacle.errors import PinnacleError
from syncd.runtime import logs
from syncd.runtime.printable import in_lines, one_line
from syncd.store.errors import BadAddressError, LeaseHeldError, StoreError

EXIT_INTERRUPTED = 130


class CommandError(click.ClickException):
    """The command failed; the message is shown to the user in place of a traceback."""

    exit_code = 1

    def format_message(self) -> str:
        """Return the message without secrets, and with the names in it safe to show."""
        return in_lines(logs.masked(self.message))


class WrongUsageError(CommandError):
    """The command line or the config is wrong."""

    exit_code = 2


class CliCommand(click.Command):
    """A command of `syncd`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.append(config_option())

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. Raises `CommandError` in place of an expected error."""
        with errors_as_messages():
            return super().invoke(ctx)


class CliGroup(click.Group):
    """A group of commands of `syncd`."""

    command_class = CliCommand

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.append(config_option())


@contextmanager
def errors_as_messages() -> Iterator[None]:
    """Turn expected errors into `CommandError`. All others are bugs, and keep their traceback."""
    try:
        yield
    except KeyboardInterrupt:
        raise click.exceptions.Exit(EXIT_INTERRUPTED) from None
    except (ConfigError, BadAddressError) as error:
        raise WrongUsageError(str(error)) from error
    except LeaseHeldError as error:
        raise CommandError(f"{one_line(str(error))}.") from error
    except StoreError as error:
        raise CommandError(one_line(str(error))) from error
    except BetTuneError as error:
        raise CommandError(one_line(f"BetTune: {error}")) from error
    except PinnacleError as error:
        raise CommandError(one_line(f"Pinnacle: {error}")) from error
