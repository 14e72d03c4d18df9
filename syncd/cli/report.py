"""`syncd report`: how predictions were kept, what BetTune would have bet, and what that was worth."""

import csv
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from syncd.cli.command import CliCommand, WrongUsageError
from syncd.cli.context import CommandContext, pass_command_context, run_async
from syncd.cli.database import open_store
from syncd.cli.output import print_json, print_line, print_table
from syncd.evaluation.pair import EvaluatedPair
from syncd.model.decimals import format_odds
from syncd.views.formatting import short_moment
from syncd.views.report import Evaluation, load_evaluation
from syncd.views.report_text import BET_COLUMNS, FIGURE_COLUMNS, bet_row, figures_row, figures_text

DEFAULT_DAYS = 7
AHEAD = timedelta(days=366)
"""Farther ahead than any match that is listed."""

DAY = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"])


@click.command(cls=CliCommand)
@click.option("--filter", "filters", multiple=True, help="Only this filter: its id, or a glob on its name.")
@click.option(
    "--from",
    "since",
    type=DAY,
    help=f"Matches that kick off from this day on, in UTC.  [default: {DEFAULT_DAYS} days ago]",
)
@click.option("--to", "until", type=DAY, help="Matches that kick off before this day.  [default: all]")
@click.option("--bets", is_flag=True, help="Show each would-be bet in place of the figures.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="Print a line for each filter, or for each bet.")
@pass_command_context
def report(
    context: CommandContext,
    /,
    *,
    filters: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    bets: bool,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Show how predictions were kept, what BetTune would have bet, and what that was worth.

    It is an estimate, from what the store has. No request is sent.
    """
    if as_json and as_csv:
        raise WrongUsageError("--json and --csv are different forms: give one of them")
    context.begin()
    now = context.clock.now()
    end = until.replace(tzinfo=UTC) if until else now + AHEAD
    begin = since.replace(tzinfo=UTC) if since else min(now, end) - timedelta(days=DEFAULT_DAYS)
    if begin >= end:
        raise WrongUsageError("--from is not before --to")
    found = run_async(_load(context, begin, end, filters))
    made = [each for each in found.pairs if each.bet]
    if as_json:
        print_json([bet_row(each) for each in made] if bets else found.report)
    elif as_csv and bets:
        _print_csv(BET_COLUMNS, map(bet_row, made))
    elif as_csv:
        _print_csv(FIGURE_COLUMNS, map(figures_row, found.report.filters))
    elif bets:
        _print_bets(made)
    else:
        _print_figures(found)


async def _load(
    context: CommandContext, since: datetime, until: datetime, filters: tuple[str, ...]
) -> Evaluation:
    async with open_store(context) as store:
        return await load_evaluation(store, context.settings, since, until, filters)


def _print_csv(columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> None:
    writer = csv.DictWriter(sys.stdout, columns)
    writer.writeheader()
    writer.writerows(rows)


def _print_figures(found: Evaluation) -> None:
    whole = found.report
    print_line(f"Matches from {whole.since:%d %b %Y %H:%M} to {whole.until:%d %b %Y %H:%M} UTC")
    for each in whole.filters:
        print_line()
        print_line(f"{each.filter_name} ({each.filter_id}): {each.rule}", style="bold")
        if not each.pairs:
            print_line("  nothing was ever written for these matches")
            continue
        for heading, text in figures_text(each):
            print_line(f"  {heading:<13} {text}")
    if not whole.filters:
        print_line("No filter with a rule is known yet: syncd run reads them from BetTune.")
    print_line()
    if whole.not_evaluated:
        print_line(f"Without a rule or a bet type that is understood: {', '.join(whole.not_evaluated)}")
    for text in whole.assumptions:
        print_line(text, style="dim")


def _print_bets(made: list[EvaluatedPair]) -> None:
    headings = [
        "|kick-off",
        "match",
        "selection",
        "|at",
        ">price",
        ">Min Odds",
        ">closing",
        ">value",
        ">profit",
    ]
    print_table(headings, map(_bet_cells, made))
    print_line(f"{len(made):,} would-be bets; * on stale Min Odds")


def _bet_cells(each: EvaluatedPair) -> list[str]:
    bet, value, profit = each.bet, each.closing_value, each.profit
    if bet is None:
        return []
    return [
        short_moment(each.kickoff),
        each.title,
        each.selection,
        short_moment(bet.at),
        format_odds(bet.price),
        format_odds(bet.min_odds) + (" *" if bet.stale else ""),
        f"{each.closing.fair:.3f}" if each.closing and each.closing.fair else "",
        f"{value:+.1%}" if value is not None else "",
        f"{profit:+.2f}" if profit is not None else "",
    ]
