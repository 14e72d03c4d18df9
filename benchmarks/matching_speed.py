"""Measure the linker: time for a whole list, time for one change, and memory.

usage: python -m benchmarks.matching_speed DIR [--events N] [--matches N]
The lists are those of several tasks of DIR put together, as if all were of one week.
"""

import argparse
import sys
import time
import tracemalloc
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import msgspec

from benchmarks.matching import UnusableError, fixture_of, match_of, read_all, tasks_by_date
from syncd.matching.linker import Linker
from syncd.matching.records import Fixture
from syncd.model.bettune import Match

NOW = datetime(2025, 1, 1, tzinfo=UTC)


def week(directory: Path, events: int, matches: int) -> tuple[list[Fixture], list[Match]]:
    """Return this number of events and matches from all tasks, moved into one week."""
    fixtures: dict[int, Fixture] = {}
    games: dict[int, Match] = {}
    for task in tasks_by_date(directory):
        monday = datetime.fromisoformat(task.partition("__")[2]).replace(tzinfo=UTC)
        for one in read_all(fixture_of, directory / f"{task}.events.jsonl.gz"):
            event = msgspec.structs.replace(one.event, starts=NOW + (one.event.starts - monday))
            fixtures[event.id] = msgspec.structs.replace(one, event=event)
        for game in read_all(match_of, directory / f"{task}.matches.jsonl.gz"):
            games[game.id] = msgspec.structs.replace(game, date=NOW + (game.date - monday))
    return list(islice(fixtures.values(), events)), list(islice(games.values(), matches))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--events", type=int, default=3930)
    parser.add_argument("--matches", type=int, default=2500)
    options = parser.parse_args()
    try:
        fixtures, games = week(options.directory, options.events, options.matches)
    except UnusableError as error:
        sys.exit(f"{error}")
    linker = Linker(tolerance=timedelta(minutes=15))
    started, steps = time.perf_counter(), [0.0]
    linker.put_matches(games)
    linker.put_fixtures(fixtures)
    before = time.perf_counter()
    for _ in linker.decide(NOW):
        steps.append(time.perf_counter() - before)
        before = time.perf_counter()
    took = time.perf_counter() - started
    print(f"{len(fixtures)} events, {len(games)} matches: {len(linker.links)} links in {took:.2f} s")
    print(f"longest step (one country) {max(steps) * 1000:.0f} ms")
    moved = [one for one in fixtures if one.event.parent_id is None][:50]
    started = time.perf_counter()
    for one in moved:
        event = msgspec.structs.replace(one.event, starts=one.event.starts + timedelta(minutes=30))
        linker.put_fixtures([msgspec.structs.replace(one, event=event)])
        list(linker.decide(NOW))
    print(f"one moved kick-off {(time.perf_counter() - started) / len(moved) * 1000:.1f} ms")
    tracemalloc.start()
    again = Linker(tolerance=timedelta(minutes=15))
    again.put_matches(games)
    again.put_fixtures(fixtures)
    list(again.decide(NOW))
    now, peak = tracemalloc.get_traced_memory()
    print(f"memory {now / 1e6:.0f} MB, at most {peak / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
