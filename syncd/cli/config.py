"""`syncd config`: what is in force, what is wrong, and a file to begin with."""

import click

from syncd.cli.command import Failure, Group
from syncd.cli.context import App, pass_app
from syncd.cli.options import as_json
from syncd.cli.output import counted, print_json, say
from syncd.config.problems import ConfigError
from syncd.config.show import effective_toml, plain_values
from syncd.config.starter import write_starter


@click.group(cls=Group)
def config() -> None:
    """Show the config, check it, or write one to begin with."""


@config.command()
@as_json
@pass_app
def show(app: App, *, as_json: bool) -> None:
    """Print every setting in force, secrets masked, each with where it comes from."""
    if as_json:
        print_json(plain_values(app.settings))
    else:
        click.echo(effective_toml(app.loaded), nl=False)


@config.command()
@as_json
@click.pass_context
@pass_app
def check(app: App, ctx: click.Context, *, as_json: bool) -> None:
    """Name everything that is wrong with the file and the environment at once.

    It asks nobody: `syncd check` also tries the database and both APIs.
    """
    try:
        settings = app.settings
    except ConfigError as error:
        if not as_json:
            raise
        print_json({"file": str(app.path), "problems": error.problems})
        ctx.exit(2)
    if as_json:
        print_json({"file": str(app.path), "problems": [], "missing": settings.missing_credentials})
        return
    say(f"{app.path}: no problems, {counted(len(settings.rules), 'rule')}")
    if not settings.rules:
        say("No [[rules]]: every filter is left alone, so nothing will be written.")
    if settings.missing_credentials:
        say(f"Not set yet: {', '.join(settings.missing_credentials)}")


@config.command()
@pass_app
def init(app: App) -> None:
    """Write a commented config file to begin with; one that is there is never overwritten."""
    try:
        write_starter(app.path)
    except FileExistsError:
        message = f"{app.path} is there already, and is not overwritten; name another one with --config"
        raise Failure(message) from None
    except OSError as error:
        raise Failure(f"cannot write {app.path}: {error.strerror}") from None
    say(f"Wrote {app.path}. Next:")
    say("  1. fill in pinnacle.username, and the rules for your filters")
    say("  2. give the secrets: SYNCD_PINNACLE__PASSWORD and SYNCD_BETTUNE__TOKEN, or as files")
    say("  3. syncd check   says what would not work yet")
    say("  4. syncd plan    shows what would be written, and writes nothing")
    say("  5. syncd run")
