"""`syncd log`: what was written to BetTune, with names, one line a write."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import click
import msgspec
from rich.text import Text

from syncd.cli.command import CliCommand, WrongUsageError
from syncd.cli.completion import complete_filter, complete_match
from syncd.cli.context import CommandContext, pass_command_context, run_async
from syncd.cli.database import open_store
from syncd.cli.duration import Duration
from syncd.cli.options import as_json
from syncd.cli.output import console, print_json, print_line
from syncd.cli.plan_choice import PlanChoice, print_tsv
from syncd.cli.plan_view import KIND_STYLES
from syncd.model.change import Kind
from syncd.runtime.printable import escaped
from syncd.store.engine import Store
from syncd.sync.outcome import WriteOutcome
from syncd.views.formatting import code_text, odds, precise_moment
from syncd.views.write_log import LoggedWrite, load_log

DEFAULT_LINES = 50
LOOK_EVERY_S = 1.0

Show = Callable[[Iterable[LoggedWrite]], None]


@click.command(cls=CliCommand)
@click.option("--follow", is_flag=True, help="Go on with each new write, until Ctrl-C.")
@click.option(
    "--filter",
    "filters",
    multiple=True,
    shell_complete=complete_filter,
    help="Only this filter: its id, or a glob on its name.",
)
@click.option(
    "--match",
    "matches",
    multiple=True,
    shell_complete=complete_match,
    help="Only this match: its id, or a part of its name.",
)
@click.option("--kind", "kinds", multiple=True, type=click.Choice([kind.value for kind in Kind]))
@click.option("--failed", is_flag=True, help="Only what was not carried out.")
@click.option("--since", type=Duration(), help="Only the last 2h, 3d ...; then all of it is shown.")
@click.option(
    "--limit", type=click.IntRange(0), help=f"Lines; 0: all.  [default: {DEFAULT_LINES}, with --since all]"
)
@click.option("--tsv", "as_tsv", is_flag=True, help="Print a line for each write, with tabs, for programs.")
@as_json
@pass_command_context
def log(
    context: CommandContext,
    /,
    *,
    follow: bool,
    failed: bool,
    since: timedelta | None,
    limit: int | None,
    as_tsv: bool,
    as_json: bool,
    **choice: tuple[str, ...],
) -> None:
    """Show what was written to BetTune and what it refused, the oldest first. All from the store.

    With --follow and --json each line is a document.
    """
    if as_json and as_tsv:
        raise WrongUsageError("--json and --tsv are different forms: give one of them")
    context.begin()
    chosen = msgspec.convert(choice, PlanChoice)

    def takes(each: LoggedWrite) -> bool:
        if failed and each.outcome == WriteOutcome.DONE:
            return False
        return chosen.takes((each.filter_id, each.filter), (each.match_id, each.match), "", each.kind)

    if limit is None:
        limit = 0 if since else DEFAULT_LINES
    started = context.clock.now() - since if since else None
    show = _tsv() if as_tsv else _json(follow=follow) if as_json else _lines(context.clock.now())
    run_async(_log(context, takes, show, follow=follow, limit=limit, since=started))


async def _log(
    context: CommandContext,
    takes: Callable[[LoggedWrite], bool],
    show: Show,
    *,
    follow: bool,
    limit: int,
    since: datetime | None,
) -> None:
    async with open_store(context) as store:
        newest = await _newest(store)
        async with store.read() as conn:
            found = await load_log(conn, takes, limit=limit, since=since)
        show(found)
        seen = max([newest, *(each.id for each in found)])
        while follow:
            await context.clock.sleep(LOOK_EVERY_S)
            async with store.read() as conn:
                new = await load_log(conn, lambda _: True, after=seen)
            if new:
                seen = new[-1].id
                show(filter(takes, new))


async def _newest(store: Store) -> int:
    async with store.read() as conn:
        last = await load_log(conn, lambda _: True, limit=1)
    return last[0].id if last else 0


def _lines(now: datetime) -> Show:
    def show(found: Iterable[LoggedWrite]) -> None:
        for each in found:
            console().print(line_of(each, now), soft_wrap=True)

    return show


def line_of(each: LoggedWrite, now: datetime) -> Text:
    """Return the line of a write: time, kind, Min Odds, filter, match, and what came of it if not done."""
    kind = Text(f"{each.kind:<7}", style=KIND_STYLES[each.kind])
    prices = f"{odds(each.before)} → {odds(each.after)}"
    line = Text.assemble(
        f"{precise_moment(each.at, now)}  ", kind, f"{prices:<15} {each.filter}, {each.match}"
    )
    if each.outcome != WriteOutcome.DONE:
        line.append(f": {code_text(each.outcome)} {each.error}", style="red")
    return line


def _json(*, follow: bool) -> Show:
    def show_line(found: Iterable[LoggedWrite]) -> None:
        for each in found:
            print_line(escaped(msgspec.json.encode(each).decode()))

    return show_line if follow else lambda found: print_json(list(found))


def _tsv() -> Show:
    headings = list(LoggedWrite.__struct_fields__)

    def show(found: Iterable[LoggedWrite]) -> None:
        rows = [[getattr(each, name) for name in LoggedWrite.__struct_fields__] for each in found]
        print_tsv(headings, rows)
        headings.clear()

    return show
