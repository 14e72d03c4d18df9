"""`syncd` itself: the list of commands. Nothing heavy is imported before one of them is called."""

from importlib import import_module

import click
from click.exceptions import NoSuchCommand

from syncd import __version__
from syncd.cli.options import config_option

SECTIONS = {
    "Work": {
        "run": ("syncd.cli.run:run", "Mirror Pinnacle into BetTune until told to stop."),
        "once": ("syncd.cli.passes:once", "One whole pass: poll, link, plan, write. For cron."),
        "plan": ("syncd.cli.passes:plan", "Show what would be written now, why, and what it costs."),
    },
    "Look": {
        "check": ("syncd.cli.check:check", "Say what would not work yet, and what to do about it."),
        "status": ("syncd.cli.status:status", "Feeds, budget, counts and what is wrong now."),
        "explain": ("syncd.cli.explain:explain", "Why a prediction has its value, or why there is none."),
        "matches": ("syncd.cli.matches:matches", "Which event is which match, and what waits for a person."),
    },
    "Decide links": {
        "link": ("syncd.cli.link_decisions:link", "Say that an event and a match are the same game."),
        "unlink": ("syncd.cli.link_decisions:unlink", "Take an event's link away, for good."),
        "reject": ("syncd.cli.link_decisions:reject", "Say that an event and a match are not the same game."),
    },
    "Control": {
        "pause": ("syncd.cli.control:pause", "Stop writing; feeds go on."),
        "resume": ("syncd.cli.control:resume", "Write again."),
        "withdraw": ("syncd.cli.control:withdraw", "Delete every prediction of ours, and make none."),
        "resync": ("syncd.cli.control:resync", "Read everything anew and compare, now."),
    },
    "Set up": {
        "config": ("syncd.cli.config:config", "Show the config, check it, or write one to begin with."),
        "db": ("syncd.cli.db:db", "The database's tables: upgrade them, tell their revision."),
        "health": ("syncd.cli.health:health", "Ask a running syncd whether it is well."),
        "demo": ("syncd.cli.demo:demo", "Try it all against a simulated Pinnacle and BetTune."),
    },
}
"""By heading: each command's place and its line in the help."""


class Commands(click.Group):
    """Knows the commands by name, and loads one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order of the help."""
        return [name for section in SECTIONS.values() for name in section]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name."""
        for section in SECTIONS.values():
            if cmd_name in section:
                module, _, attribute = section[cmd_name][0].partition(":")
                command: click.Command = getattr(import_module(module), attribute)
                return command
        return None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is meant, or the names that are like it."""
        try:
            return super().resolve_command(ctx, args)
        except NoSuchCommand as error:
            raise NoSuchCommand(error.command_name, possibilities=self.list_commands(ctx), ctx=ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The help's list, without loading any."""
        for heading, section in SECTIONS.items():
            with formatter.section(heading):
                formatter.write_dl([(name, line) for name, (_, line) in section.items()])


@click.group(
    cls=Commands,
    params=[config_option()],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit status: 0 well, 1 it could not do it, 2 wrong usage or config.",
)
@click.version_option(__version__, prog_name="syncd", message="%(prog)s %(version)s")
def cli() -> None:
    """Keep BetTune predictions equal to what Pinnacle says now.

    To begin: `syncd config init`, fill in the file, `syncd check`, `syncd plan`, `syncd run`. Or look
    first without any account: `syncd demo`.
    """


def main() -> None:
    """The entry point of the `syncd` script."""
    cli(prog_name="syncd")
