"""`syncd check`: what would not work yet."""

import click
from rich.text import Text

from syncd.cli.command import Command
from syncd.cli.context import App, finish, pass_app
from syncd.cli.options import as_json
from syncd.cli.output import console, counted, print_json, print_table, say
from syncd.cli.progress import Bar
from syncd.views.check.findings import Checked, FilterReading, Finding, Level
from syncd.views.check.run import check as look_at_everything

MARKS = {
    Level.OK: Text("ok", style="green"),
    Level.WARNING: Text("note", style="yellow"),
    Level.PROBLEM: Text("PROBLEM", style="bold red"),
}


@click.command(cls=Command)
@as_json
@pass_app
def check(app: App, *, as_json: bool) -> None:
    """Say what would not work, and what to do about it: exit status 1 if anything would not.

    Tries the config, the database, the credentials of both APIs, PRO and the rate limit, and shows which
    filter gets which rule and which Pinnacle market. It costs two or three requests to BetTune, and
    nothing of Pinnacle's pace. While a syncd runs, BetTune is judged by what that one experiences.
    """
    settings = app.begin()
    checked = finish(_check(app))
    if as_json:
        print_json({"works": checked.works, "findings": checked.findings, "filters": checked.filters})
    else:
        say(f"Config {app.path}")
        show(checked)
    if settings and not checked.works:
        raise click.exceptions.Exit(1)


async def _check(app: App) -> Checked:
    async with Bar() as bar:
        return await look_at_everything(app.settings, app.clock, bar.stage)


def show(checked: Checked) -> None:
    """All findings, the filters, and the sum."""
    for finding in checked.findings:
        _show(finding)
    if checked.filters:
        say()
        print_table(
            [">id", "filter", "bet type", "|rule", "Pinnacle", ""], [_row(each) for each in checked.filters]
        )
    problems = sum(each.level is Level.PROBLEM for each in checked.findings)
    say()
    if problems:
        say(f"{counted(problems, 'problem')}: it would not work like this.", style="bold red")
    else:
        say("No problems.", style="green")


def _show(finding: Finding) -> None:
    mark = MARKS[finding.level].copy()
    mark.pad_right(8 - len(mark))
    line = Text.assemble(mark, f"{finding.subject}: {finding.message}")
    if finding.advice:
        line.append(f"\n        -> {finding.advice}", style="dim")
    console().print(line, soft_wrap=True)


def _row(each: FilterReading) -> list[str | Text]:
    filled = not each.why_not
    return [
        str(each.id),
        each.name,
        each.bet_type,
        "" if each.rule is None else f"rules[{each.rule}]",
        each.selection,
        Text("filled", style="green") if filled else Text(each.why_not, style="dim"),
    ]
