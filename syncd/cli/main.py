"""`syncd` itself: the list of commands. A command is imported only when it is called."""

import gc
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import TracebackType

import click
from click.exceptions import NoSuchCommand

from syncd import __version__
from syncd.cli.options import config_option
from syncd.runtime.printable import in_lines

SECTIONS = {
    "Work": {
        "run": ("syncd.cli.run:run", "Run the daemon until it is stopped."),
        "once": ("syncd.cli.once:once", "Do one whole pass: poll, link, plan, write. For cron."),
        "plan": ("syncd.cli.plan:plan", "Show what would be written now, why, and what it costs."),
    },
    "Inspect": {
        "check": ("syncd.cli.check:check", "Show what would not work yet, and what to do about it."),
        "status": ("syncd.cli.status:status", "Show feeds, budget, counts and what is wrong now."),
        "log": ("syncd.cli.log:log", "Show what was written, with names; --follow goes on."),
        "explain": (
            "syncd.cli.explain:explain",
            "Show why a prediction has its value, or why there is none.",
        ),
        "report": ("syncd.cli.report:report", "Show how predictions were kept, and what they were worth."),
        "matches": (
            "syncd.cli.matches:matches",
            "Show which event is which match, and what waits for review.",
        ),
    },
    "Decide links": {
        "link": ("syncd.cli.link_decisions:link", "Confirm that event and match are the same game."),
        "unlink": ("syncd.cli.link_decisions:unlink", "Remove the link of an event, for good."),
        "reject": ("syncd.cli.link_decisions:reject", "Decide that event and match are different games."),
        "aliases": ("syncd.cli.aliases:aliases", "Check or import tables of names of your own."),
    },
    "Control": {
        "pause": ("syncd.cli.control:pause", "Stop writing; feeds go on."),
        "resume": ("syncd.cli.control:resume", "Write again."),
        "withdraw": ("syncd.cli.withdraw:withdraw", "Delete all our predictions, and make none."),
        "resync": ("syncd.cli.control:resync", "Read everything again and compare, now."),
        "restore": ("syncd.cli.restore:restore", "Take up a prediction again that was deleted by hand."),
        "guard": ("syncd.cli.guard:guard", "Watch the daemon, and withdraw when it fails."),
    },
    "Set up": {
        "config": ("syncd.cli.config:config", "Show the config, check it, or write one to begin with."),
        "db": ("syncd.cli.db:db", "Upgrade the database's tables, or show their revision."),
        "backup": ("syncd.cli.backup:backup", "Write the database to one file, also while syncd runs."),
        "restore-backup": ("syncd.cli.backup:restore_backup", "Put such a file back, into either database."),
        "notify": ("syncd.cli.notify:notify", "Try the addresses that notifications go to."),
        "health": ("syncd.cli.health:health", "Check whether the running syncd is healthy."),
        "record": ("syncd.cli.record:record", "Show what was recorded of both services."),
        "completion": ("syncd.cli.completion:completion", "Have your shell complete commands and names."),
        "demo": ("syncd.cli.demo:demo", "Watch syncd work against a simulated Pinnacle and BetTune."),
        "sandbox": ("syncd.cli.sandbox:sandbox", "Serve both, to try every command without an account."),
    },
}
"""By heading: where each command is defined, and its line in the help."""


@contextmanager
def without_collections() -> Iterator[None]:
    """Collect no garbage among what is imported here, now or later: a search of it takes 15 % of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


class LazyGroup(click.Group):
    """A group that knows its commands by name, and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List all names, in the order of the help."""
        return [name for section in SECTIONS.values() for name in section]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of this name; None if there is none."""
        for section in SECTIONS.values():
            if cmd_name in section:
                module, _, attribute = section[cmd_name][0].partition(":")
                with without_collections():
                    command: click.Command = getattr(import_module(module), attribute)
                return command
        return None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Resolve the command, or raise `NoSuchCommand` with the names that resemble it."""
        try:
            return super().resolve_command(ctx, args)
        except NoSuchCommand as error:
            raise NoSuchCommand(error.command_name, possibilities=self.list_commands(ctx), ctx=ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of the help, without importing any command."""
        for heading, section in SECTIONS.items():
            with formatter.section(heading):
                formatter.write_dl([(name, line) for name, (_, line) in section.items()])


@click.group(
    cls=LazyGroup,
    params=[config_option()],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit status: 0 success, 1 failure, 2 wrong usage or config.",
)
@click.version_option(__version__, prog_name="syncd", message="%(prog)s %(version)s")
def cli() -> None:
    """Keep BetTune predictions equal to Pinnacle's current prices.

    To begin: `syncd config init`, edit the file, `syncd check`, `syncd plan`, `syncd run`. To try it first
    without any account: `syncd demo` shows it, `syncd sandbox` lets you try every command.
    """


def show_crash(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print the traceback of a bug, without the secrets of the config."""
    text = "".join(traceback.format_exception(kind, error, trace))
    sys.stderr.write(in_lines(import_module("syncd.runtime.logs").masked(text)))


def main() -> None:
    """Run the `syncd` script."""
    sys.excepthook = show_crash
    cli(prog_name="syncd")
