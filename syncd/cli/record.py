"""`syncd record info`: what was recorded, and what is missing in it."""

import asyncio
from collections import Counter
from pathlib import Path

import click
import msgspec

from syncd.cli.command import CliCommand, CliGroup, WrongUsageError
from syncd.cli.context import CommandContext, pass_command_context, run_async
from syncd.cli.options import as_json
from syncd.cli.output import print_json, print_line, print_table
from syncd.config.values import format_size
from syncd.record.files import day_files
from syncd.record.recording import DayContents, contents, missing_days
from syncd.views.formatting import count, duration


class RecordingInfo(msgspec.Struct, frozen=True, kw_only=True):
    """All days of a recording."""

    directory: str
    days: list[DayContents]
    missing_days: list[str]


@click.group(cls=CliGroup)
def record() -> None:
    """Show what was recorded by `record.directory`."""


@record.command(cls=CliCommand)
@click.argument("directory", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False))
@as_json
@pass_command_context
def info(context: CommandContext, /, *, directory: Path | None, as_json: bool) -> None:
    """Show each day of a recording: its size, its exchanges, and what is missing or cannot be read.

    DIRECTORY is that of the config, unless it is given.
    """
    context.begin()
    chosen = directory or context.settings.record.directory
    if chosen is None:
        raise WrongUsageError("nothing is recorded: record.directory is not set, and no DIRECTORY is given")
    if not chosen.is_dir():
        raise WrongUsageError(f"nothing was recorded yet: there is no {chosen}")
    found = run_async(_load(chosen))
    if as_json:
        print_json(found)
    else:
        _show(found)


async def _load(directory: Path) -> RecordingInfo:
    files = day_files(directory)
    return RecordingInfo(
        directory=str(directory),
        days=[await asyncio.to_thread(contents, each) for each in files],
        missing_days=[day.isoformat() for day in missing_days(files)],
    )


def _show(found: RecordingInfo) -> None:
    if not found.days:
        print_line(f"Nothing is recorded in {found.directory}.")
        return
    print_table(["day", ">size", ">exchanges", "from", "to", "faults"], map(_row, found.days))
    requests: Counter[str] = Counter()
    for each in found.days:
        requests.update(each.by_request)
    print_line()
    print_table(
        ["request", ">exchanges"], ([name, count(number)] for name, number in sorted(requests.items()))
    )
    if found.missing_days:
        print_line(f"\nNo file for {', '.join(found.missing_days)}.")


def _row(each: DayContents) -> list[str]:
    return [
        each.day.isoformat(),
        format_size(max(1, round(each.bytes / 1e6)) * 10**6),
        count(each.exchanges),
        f"{each.first:%H:%M:%S}" if each.first else "",
        f"{each.last:%H:%M:%S}" if each.last else "",
        "; ".join(faults_of(each)),
    ]


def faults_of(each: DayContents) -> list[str]:
    """Return what is wrong with a day, in words."""
    found = [
        f"nothing for {duration((gap.until - gap.since).total_seconds())} from {gap.since:%H:%M}"
        for gap in each.gaps
    ]
    if each.set_back:
        found.append(f"clock set back {each.set_back} times")
    if each.lost:
        found.append(f"{count(each.lost)} exchanges were not recorded")
    if each.unreadable_bytes:
        found.append(f"{count(each.unreadable_bytes)} bytes cannot be read")
    if each.invalid_lines:
        found.append(f"{count(each.invalid_lines)} lines are invalid")
    return found
