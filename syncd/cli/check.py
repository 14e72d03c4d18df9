"""`syncd check`: find what would not work yet."""

import click
from rich.text import Text

from syncd.cli.command import CliCommand
from syncd.cli.context import CommandContext, pass_command_context, run_async
from syncd.cli.options import as_json
from syncd.cli.output import console, print_json, print_line, print_table
from syncd.config.warnings import warnings_of
from syncd.runtime.progress import ProgressBar
from syncd.views.check.report import CheckReport, FilterSummary, Finding, FindingLevel, problem, warning
from syncd.views.check.run import run_checks
from syncd.views.formatting import counted

LEVEL_MARKS = {
    FindingLevel.OK: Text("ok", style="green"),
    FindingLevel.WARNING: Text("note", style="yellow"),
    FindingLevel.PROBLEM: Text("PROBLEM", style="bold red"),
}


@click.command(cls=CliCommand)
@as_json
@pass_command_context
def check(context: CommandContext, *, as_json: bool) -> None:
    """Show what would not work, and what to do about it. Exit status 1 if there is a problem.

    Tests the config, the database, the credentials of both APIs, PRO and the rate limit, and shows which
    filter gets which rule and which Pinnacle market. It costs two or three requests to BetTune, and nothing
    of Pinnacle's pace. While a syncd runs, no request goes to BetTune: its alerts are shown instead.
    """
    settings = context.begin()
    context.load()  # with the alias file, of which `begin` is silent
    report = run_async(_check(context))
    if as_json:
        print_json({"works": report.works, "findings": report.findings, "filters": report.filters})
    else:
        show(report)
    if settings and not report.works:
        raise click.exceptions.Exit(1)


async def _check(context: CommandContext) -> CheckReport:
    async with ProgressBar(console(stderr=True)) as bar:
        report = await run_checks(context.settings, context.clock, bar.update)
    own = [
        (problem if each.has_no_effect else warning)(each.subject, each.message, each.advice)
        for each in warnings_of(context.loaded)
    ]
    return CheckReport(findings=(*own, *report.findings), filters=report.filters)


def show(report: CheckReport) -> None:
    """Print all findings, the filters, and the number of problems."""
    for finding in report.findings:
        _show(finding)
    if report.filters:
        print_line()
        print_table(
            [">id", "filter", "bet type", "|rule", "Pinnacle", ""], [_row(each) for each in report.filters]
        )
    problems = sum(each.level is FindingLevel.PROBLEM for each in report.findings)
    print_line()
    if problems:
        print_line(f"{counted(problems, 'problem')}: this would not work.", style="bold red")
    else:
        print_line("No problems.", style="green")


def _show(finding: Finding) -> None:
    mark = LEVEL_MARKS[finding.level].copy()
    mark.pad_right(8 - len(mark))
    console().print(Text.assemble(mark, f"{finding.subject}: {finding.message}"), soft_wrap=True)
    if finding.advice:
        print_line(f"        -> {finding.advice}", style="dim")


def _row(each: FilterSummary) -> list[str | Text]:
    filled = not each.reason
    return [
        str(each.id),
        each.name,
        each.bet_type,
        "" if each.rule is None else f"rules[{each.rule}]",
        each.selection,
        Text("filled", style="green") if filled else Text(each.reason, style="dim"),
    ]
