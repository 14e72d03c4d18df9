"""`syncd status`: the current status, from what the store holds."""

from collections.abc import Iterator

import click
from rich.text import Text

from syncd.cli.command import CliCommand
from syncd.cli.context import CommandContext, pass_command_context, run_async
from syncd.cli.database import open_store
from syncd.cli.options import as_json
from syncd.cli.output import Cell, console, lines, print_json, print_line, print_table
from syncd.model.feed import EVERY_SPORT
from syncd.model.link import LinkState
from syncd.store.mode import Mode
from syncd.views.formatting import age, ago, code_text, duration, moment, odds
from syncd.views.results import results_text
from syncd.views.status import load_status
from syncd.views.status_values import FeedStatus, FilterStatus, Status, WriteStatus

MAX_WRITES_PRINTED = 8
WATCH_EVERY_S = 2.0

SELECTIONS_BESIDE_WIDTH = 100
"""Columns from which on bet type and selection of a filter are beside each other, not below."""

MODE_TEXTS = {
    Mode.PAUSED: "paused: nothing is written until `syncd resume`",
    Mode.WITHDRAWN: "withdrawn: predictions are deleted, and none is made until `syncd resume`",
}


@click.command(cls=CliCommand)
@as_json
@click.option("--watch", is_flag=True, help=f"Show it again every {WATCH_EVERY_S:g} s, until Ctrl-C.")
@pass_command_context
def status(context: CommandContext, *, as_json: bool, watch: bool) -> None:
    """Show feeds, cursors and ages, the budget, counts, the last writes, and the alerts that are firing.

    All from the store: no request is sent, so it works with and without a running syncd.
    """
    context.begin()
    run_async(_watch(context, as_json=as_json) if watch else _show_once(context, as_json=as_json))


async def _watch(context: CommandContext, *, as_json: bool) -> None:
    """Show it again and again: on a terminal in the same place, in a pipe below each other."""
    while True:
        current = await _status(context)
        if not as_json:
            click.clear()  # does nothing in a pipe
            print_line(f"{moment(current.at)}:{current.at:%S} UTC", style="dim")
        _show(current, as_json=as_json)
        await context.clock.sleep(WATCH_EVERY_S)


async def _show_once(context: CommandContext, *, as_json: bool) -> None:
    _show(await _status(context), as_json=as_json)


def _show(current: Status, *, as_json: bool) -> None:
    if as_json:
        print_json(current)
    else:
        show(current)


async def _status(context: CommandContext) -> Status:
    async with open_store(context) as store:
        return await load_status(store, context.settings, context.clock)


def show(current: Status) -> None:
    """Print the whole status."""
    for title, line in _head(current):
        console().print(Text.assemble((f"{title:<12}", "cyan"), line), soft_wrap=True)
    if current.feeds:
        print_line()
        headings = ["feed", ">sport", "|good response", "|snapshot", ">cursor", ">failures", "error"]
        print_table(headings, [_feed(each, current) for each in current.feeds])
    if current.filters:
        print_line()
        beside = console().width >= SELECTIONS_BESIDE_WIDTH
        types = ["bet type", "Pinnacle"] if beside else ["|bet type"]
        headings = [">id", "filter", "rule", *types, ">active", ""]
        print_table(headings, [_filter(each, beside=beside) for each in current.filters])
    if current.recent_writes:
        print_line()
        headings = ["|write (UTC)", "|", "filter", "match", ">Min Odds", ""]
        print_table(headings, [_write(each) for each in current.recent_writes[:MAX_WRITES_PRINTED]])
    _show_problems(current)


def _head(current: Status) -> Iterator[tuple[str, Cell]]:
    lease, counts = current.lease, current.counts
    if lease and lease.is_held:
        yield "syncd", f"{lease.holder} works since {moment(lease.since)} UTC"
    else:
        yield "syncd", Text("none is running", style="yellow")
    if current.mode is not Mode.RUNNING:
        yield "", Text(MODE_TEXTS[current.mode], style="yellow")
    for sport, reason in current.stale.items():
        yield "", Text(f"sport {sport}: {reason}: it has no predictions", style="yellow")
    yield "Pinnacle", f"{counts.events.listed:,} events listed, {counts.events.open:,} open"
    yield "BetTune", f"{counts.matches:,} matches within the horizon"
    bettune = current.bettune
    yield "", f"matches read {_age(bettune.matches_age_s)}, filters {_age(bettune.filters_age_s)}"
    links = counts.links
    yield (
        "links",
        f"{links[LinkState.AUTO]:,} automatic, {links[LinkState.CONFIRMED]:,} confirmed, "
        f"{links[LinkState.REVIEW]:,} for review",
    )
    if verified := results_text(counts.results):
        yield "results", verified
    yield "predictions", _predictions(current)
    yield "budget", _budget(current)


def _predictions(current: Status) -> str:
    counts = current.counts.predictions
    usual = [f"{counts.active:,} of ours", f"{counts.theirs:,} set by hand"]
    rare = {
        "deleted by hand and left so": counts.respected,
        "quarantined": counts.quarantined,
        "in doubt": counts.in_doubt,
    }
    return ", ".join([*usual, *(f"{count:,} {what}" for what, count in rare.items() if count)])


def _budget(current: Status) -> str:
    bettune = current.bettune
    used = f"{bettune.used} of {bettune.limit} requests used in {duration(bettune.window_s)}"
    if bettune.limited_until is None:
        return used
    return f"{used}; BetTune allows none until {moment(bettune.limited_until)} UTC"


def _age(seconds: float | None) -> str:
    return age(None) if seconds is None else f"{age(seconds)} ago"


def _feed(each: FeedStatus, current: Status) -> list[Cell]:
    state = each.state
    return [
        code_text(state.kind),
        "all" if state.sport_id == EVERY_SPORT else str(state.sport_id),
        ago(state.ok_at, current.at),
        ago(state.snapshot_at, current.at),
        "" if state.cursor is None else str(state.cursor),
        str(state.failures or ""),
        Text(state.error or state.suspect, style="red"),
    ]


def _filter(each: FilterStatus, *, beside: bool) -> list[Cell]:
    disabled = "" if each.approved else "disabled at BetTune"
    return [
        str(each.id),
        each.name,
        each.rule or Text("none: left alone", style="dim"),
        *([each.bet_type, each.selection] if beside else [lines(each.bet_type, each.selection)]),
        f"{each.active:,}",
        Text(each.problem if each.rule and each.problem else disabled, style="yellow"),
    ]


def _write(each: WriteStatus) -> list[Cell]:
    write = each.write
    done = write.outcome == "done"
    return [
        f"{write.at:%d %b %H:%M:%S}",
        write.change.kind,
        each.filter,
        each.match,
        f"{odds(write.change.before)} → {odds(write.change.after)}",
        "" if done else Text(f"{code_text(write.outcome)} {write.error}", style="red"),
    ]


def _show_problems(current: Status) -> None:
    if not (current.alerts or current.quarantined):
        return
    print_line()
    print_line("Wrong now:", style="bold red")
    for each in current.quarantined:
        error = each.error or "BetTune rejected the last write"
        print_line(
            f"  {each.filter}, {each.match}: {error} (quarantined: not tried again before "
            f"{moment(each.until)} UTC)"
        )
    more = current.counts.predictions.quarantined - len(current.quarantined)
    if more > 0:
        print_line(f"  and {more:,} more in quarantine")
    for alert in current.alerts:
        print_line(f"  {alert.subject}: {alert.message} (since {moment(alert.fired_at)} UTC)")
