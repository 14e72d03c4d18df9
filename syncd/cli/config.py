"""`syncd config`: show the settings in force, check them, or write a file to begin with."""

import click

from syncd.cli.command import CliGroup, CommandError
from syncd.cli.context import CommandContext, pass_command_context
from syncd.cli.options import as_json
from syncd.cli.output import print_json, print_line
from syncd.config.problems import ConfigError
from syncd.config.show import effective_toml, plain_values
from syncd.config.toml_file import write_starter
from syncd.config.warnings import warnings_of
from syncd.views.formatting import counted


@click.group(cls=CliGroup)
def config() -> None:
    """Show the config, check it, or write one to begin with."""


@config.command()
@as_json
@pass_command_context
def show(context: CommandContext, *, as_json: bool) -> None:
    """Print every setting in force with its origin; secrets are masked."""
    loaded = context.loaded
    context.name_config()
    if as_json:
        print_json(plain_values(loaded.settings))
    else:
        click.echo(effective_toml(loaded), nl=False)


@config.command()
@as_json
@click.pass_context
@pass_command_context
def check(context: CommandContext, ctx: click.Context, *, as_json: bool) -> None:
    """Show everything that is wrong in the file and the environment.

    It sends no request: `syncd check` also tests the database and both APIs.
    """
    try:
        settings = context.load().settings
    except ConfigError as error:
        if not as_json:
            raise
        print_json({"file": str(context.path), "problems": error.problems})
        ctx.exit(2)
    warnings, missing = tuple(warnings_of(context.loaded)), settings.missing_credentials
    if as_json:
        found = {"problems": [], "warnings": warnings, "missing": missing}
        print_json({"file": str(context.path), **found})
        return
    print_line(f"{context.path}: no problems, {counted(len(settings.rules), 'rule')}")
    for each in warnings:
        print_line(f"{each.subject}: {each.message}", style="yellow")
        print_line(f"  -> {each.advice}", style="dim")
    if not settings.rules:
        print_line("No [[rules]]: every filter is left alone, so nothing will be written.")
    if missing:
        print_line(f"Not set yet: {', '.join(missing)}")


@config.command()
@pass_command_context
def init(context: CommandContext) -> None:
    """Write a commented config file to begin with. An existing file is never overwritten."""
    try:
        write_starter(context.path)
    except FileExistsError:
        message = f"{context.path} exists already and is not overwritten; choose another file with --config"
        raise CommandError(message) from None
    except OSError as error:
        raise CommandError(f"cannot write {context.path}: {error.strerror}") from None
    print_line(f"Wrote {context.path}. Next:")
    print_line("  1. fill in pinnacle.username, and the rules for your filters")
    print_line("  2. set the secrets: SYNCD_PINNACLE__PASSWORD and SYNCD_BETTUNE__TOKEN, or as files")
    print_line("  3. syncd check   shows what would not work yet")
    print_line("  4. syncd plan    shows what would be written, and writes nothing")
    print_line("  5. syncd run")
