"""Link every task of a directory with the production linker and write the automatic links.

A task is two files of one name, `PAIR__MONDAY.events.jsonl.gz` and `PAIR__MONDAY.matches.jsonl.gz`.
"""

import argparse
import gzip
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TextIO, TypeVar

from syncd.matching.lesson import Lesson
from syncd.matching.linker import Linker
from syncd.matching.records import Fixture
from syncd.model.bettune import Match, Named
from syncd.model.link import Link, LinkState
from syncd.model.pinnacle import Event

T = TypeVar("T")


class UnusableError(Exception):
    """A file that cannot be used; `str()` names it and says why."""


def rows(file: Path) -> Iterator[dict[str, Any]]:
    """Yield the file's rows without blank lines. Raises `UnusableError`."""
    try:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield parse_row(line, f"{file}, line {number}")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise UnusableError(f"cannot read {file}: {getattr(error, 'strerror', None) or error}") from error


def parse_row(line: str, where: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError as error:
        raise UnusableError(f"{where}: not JSON: {error}") from error
    if not isinstance(found, dict):
        raise UnusableError(f"{where}: not an object")
    return found


def read_all(make: Callable[[dict[str, Any]], T], file: Path) -> list[T]:
    """Make an object of each row. Raises `UnusableError`."""
    try:
        return [make(each) for each in rows(file)]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnusableError(f"{file}: a row is incomplete or malformed: {error!r}") from error


def parse_time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def fixture_of(row: dict[str, Any]) -> Fixture:
    event = Event(
        id=row["event_id"], sport_id=29, league_id=0, home=row["home"], away=row["away"], status="O",
        starts=parse_time(row["starts"]), parent_id=row.get("parent_id"),
    )  # fmt: skip
    return Fixture(event=event, league=row["league"])


def match_of(row: dict[str, Any]) -> Match:
    country, tournament, season, home, away = (
        Named(**row[key]) for key in ("country", "tournament", "season", "home", "away")
    )
    return Match(
        id=row["id"], date=parse_time(row["date"]), finished=False,
        country=country, tournament=tournament, season=season, home=home, away=away,
    )  # fmt: skip


def link_task(directory: Path, task: str, memory: list[Lesson]) -> tuple[list[Link], Linker, float]:
    fixtures = read_all(fixture_of, directory / f"{task}.events.jsonl.gz")
    matches = read_all(match_of, directory / f"{task}.matches.jsonl.gz")
    started = time.perf_counter()
    linker = Linker(tolerance=timedelta(minutes=15))
    linker.learn(memory)
    linker.put_matches(matches)
    linker.put_fixtures(fixtures)
    links = [link for changes in linker.decide(datetime.now(UTC)) for link in changes.links]
    return links, linker, time.perf_counter() - started


def tasks_by_date(directory: Path) -> list[str]:
    """Return the tasks of a directory. Raises `UnusableError` if there are none."""
    tasks = (file.name.removesuffix(".events.jsonl.gz") for file in directory.glob("*.events.jsonl.gz"))
    found = sorted(tasks, key=lambda task: (task.partition("__")[2], task))
    if not found:
        raise UnusableError(f"no *.events.jsonl.gz in {directory}")
    return found


def write_rows(links: Iterable[Link], file: TextIO) -> None:
    for link in links:
        row = {"event_id": link.event_id, "match_id": link.match_id, "confidence": link.confidence}
        if link.state is LinkState.REVIEW:
            row["runner_up"] = link.runner_up or 0
        file.write(json.dumps(row) + "\n")


def open_output(path: Path) -> TextIO:
    try:
        return path.open("w", encoding="utf-8")
    except OSError as error:
        raise UnusableError(f"cannot write {path}: {error.strerror}") from error


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--review", type=Path, help="also write the links that wait for review")
    parser.add_argument("--no-memory", action="store_true")
    try:
        print(run(parser.parse_args()))
    except UnusableError as error:
        sys.exit(f"{error}")


def run(options: argparse.Namespace) -> str:
    memories = defaultdict[str, list[Lesson]](list)
    tasks = tasks_by_date(options.directory)
    took: float = 0
    with ExitStack() as files:
        out = files.enter_context(open_output(options.out))
        review = files.enter_context(open_output(options.review)) if options.review else None
        for task in tasks:
            # Lessons name ids of one provider, so they are of no use to another pair of providers.
            memory = memories[task.partition("__")[0]]
            links, linker, seconds = link_task(options.directory, task, memory)
            took += seconds
            write_rows((link for link in links if link.state is LinkState.AUTO), out)
            if review:
                write_rows((link for link in links if link.state is LinkState.REVIEW), review)
            if not options.no_memory:
                memory += [lesson for link in links for lesson in linker.lessons(link)]
    return f"{len(tasks)} tasks linked in {took:.2f} s"


if __name__ == "__main__":
    main()
