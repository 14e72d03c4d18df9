"""`syncd status`: how things stand, by what the store holds."""

from collections.abc import Iterator
from datetime import timedelta

import click
from rich.text import Text

from syncd.cli.command import Command
from syncd.cli.context import App, finish, pass_app
from syncd.cli.database import open_store
from syncd.cli.options import as_json
from syncd.cli.output import Cell, ago, console, moment, odds, print_json, print_table, say, span
from syncd.model.link import LinkState
from syncd.store.mode import Mode
from syncd.views.status import load_status
from syncd.views.status_values import FeedStatus, FilterStatus, Status, WriteStatus

WRITES = 8


@click.command(cls=Command)
@as_json
@pass_app
def status(app: App, *, as_json: bool) -> None:
    """Show feeds, cursors and ages, the budget, counts, the last writes and what is wrong now.

    By what the store holds: nothing is asked, so it works beside a running syncd and without one.
    """
    app.begin()
    found = finish(_status(app))
    if as_json:
        print_json(found)
    else:
        show(found)


async def _status(app: App) -> Status:
    async with open_store(app) as store:
        return await load_status(store, app.settings, app.clock)


def show(found: Status) -> None:
    """The whole of it."""
    for title, line in _head(found):
        console().print(Text.assemble((f"{title:<10}", "cyan"), line), soft_wrap=True)
    if found.feeds:
        say()
        headings = ["feed", ">sport", "|good answer", "|snapshot", ">cursor", ">fails", "now"]
        print_table(headings, [_feed(each, found) for each in found.feeds])
    if found.filters:
        say()
        headings = [">id", "filter", "rule", "bet type", "Pinnacle", ">stand", ""]
        print_table(headings, [_filter(each) for each in found.filters])
    if found.recent_writes:
        say()
        headings = ["|write (UTC)", "|", "filter", "match", ">Min Odds", ""]
        print_table(headings, [_write(each) for each in found.recent_writes[:WRITES]])
    _show_troubles(found)


def _head(found: Status) -> Iterator[tuple[str, Cell]]:
    lease, counts = found.lease, found.counts
    if lease and lease.held:
        yield "syncd", f"{lease.holder} works since {moment(lease.since)} UTC"
    else:
        yield "syncd", Text("none is running", style="yellow")
    if found.mode is not Mode.RUNNING:
        yield "", Text(f"{found.mode}: `syncd resume` lets it write again", style="yellow")
    for sport, why in found.stale.items():
        yield "", Text(f"sport {sport}: {why}: nothing of it is predicted", style="yellow")
    yield "Pinnacle", f"{counts.events.listed:,} events listed, {counts.events.open:,} open"
    yield "BetTune", f"{counts.matches:,} matches within the horizon"
    bettune = found.bettune
    yield "", f"matches read {_since(bettune.matches_age_s)}, filters {_since(bettune.filters_age_s)}"
    links = counts.links
    yield (
        "links",
        f"{links[LinkState.AUTO]:,} automatic, {links[LinkState.CONFIRMED]:,} by a person, "
        f"{links[LinkState.REVIEW]:,} to review",
    )
    yield "standing", _predictions(found)
    yield "budget", _budget(found)


def _predictions(found: Status) -> str:
    held = found.counts.predictions
    words = [f"{held.standing:,} of ours", f"{held.theirs:,} set by hand"]
    rare = {
        "deleted by hand and left so": held.respected,
        "refused and in quarantine": held.quarantined,
        "in doubt": held.in_doubt,
    }
    return ", ".join([*words, *(f"{count:,} {what}" for what, count in rare.items() if count)])


def _budget(found: Status) -> str:
    bettune = found.bettune
    words = f"{bettune.used} of {bettune.limit} requests used in {span(timedelta(seconds=bettune.window_s))}"
    return (
        f"{words}; BetTune asked us to wait until {moment(bettune.limited_until)}"
        if bettune.limited_until
        else words
    )


def _since(age_s: float | None) -> str:
    return "never" if age_s is None else f"{span(timedelta(seconds=age_s))} ago"


def _feed(each: FeedStatus, found: Status) -> list[Cell]:
    state = each.state
    return [
        state.kind.replace("_", " "),
        str(state.sport_id),
        ago(state.ok_at, found.at),
        ago(state.snapshot_at, found.at),
        "" if state.cursor is None else str(state.cursor),
        str(state.failures or ""),
        Text(state.error or state.suspect, style="red"),
    ]


def _filter(each: FilterStatus) -> list[Cell]:
    off = "" if each.approved else "disabled at BetTune"
    return [
        str(each.id),
        each.name,
        each.rule or Text("none: left alone", style="dim"),
        each.bet_type,
        each.selection,
        f"{each.standing:,}",
        Text(each.problem if each.rule and each.problem else off, style="yellow"),
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
        "" if done else Text(f"{write.outcome} {write.error}", style="red"),
    ]


def _show_troubles(found: Status) -> None:
    if not (found.troubles or found.refused):
        return
    say()
    say("Wrong now:", style="bold red")
    for each in found.refused:
        said = each.error or "BetTune refused the last write"
        say(f"  {each.filter}, {each.match}: {said} (not tried again before {moment(each.until)} UTC)")
    more = found.counts.predictions.quarantined - len(found.refused)
    if more > 0:
        say(f"  and {more:,} more that BetTune refused")
    for trouble in found.troubles:
        say(f"  {trouble.subject}: {trouble.message} (since {moment(trouble.fired_at)} UTC)")
