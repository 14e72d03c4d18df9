"""Links every task of a directory with the production linker and writes its automatic links.

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

from syncd.matching.linker import Linker
from syncd.matching.memory import Lesson
from syncd.matching.records import Fixture
from syncd.model.bettune import Match, Named
from syncd.model.link import Link, LinkState
from syncd.model.pinnacle import Event

Made = TypeVar("Made")


class UnusableError(Exception):
    """A file that cannot be used; `str()` says which and what."""


def rows(file: Path) -> Iterator[dict[str, Any]]:
    """The file's rows; blank lines are none."""
    try:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield parsed(line, f"{file}, line {number}")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise UnusableError(f"cannot read {file}: {getattr(error, 'strerror', None) or error}") from error


def parsed(line: str, where: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError as error:
        raise UnusableError(f"{where}: not JSON: {error}") from error
    if not isinstance(found, dict):
        raise UnusableError(f"{where}: not an object")
    return found


def made(make: Callable[[dict[str, Any]], Made], file: Path) -> list[Made]:
    """What the file's rows stand for."""
    try:
        return [make(each) for each in rows(file)]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnusableError(f"{file}: a row without what is expected: {error!r}") from error


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def fixture(row: dict[str, Any]) -> Fixture:
    event = Event(
        id=row["event_id"], sport_id=29, league_id=0, home=row["home"], away=row["away"], status="O",
        starts=moment(row["starts"]), parent_id=row.get("parent_id"),
    )  # fmt: skip
    return Fixture(event=event, league=row["league"])


def match(row: dict[str, Any]) -> Match:
    country, tournament, season, home, away = (
        Named(**row[key]) for key in ("country", "tournament", "season", "home", "away")
    )
    return Match(
        id=row["id"], date=moment(row["date"]), finished=False,
        country=country, tournament=tournament, season=season, home=home, away=away,
    )  # fmt: skip


def link_task(directory: Path, task: str, memory: list[Lesson]) -> tuple[list[Link], Linker, float]:
    fixtures = made(fixture, directory / f"{task}.events.jsonl.gz")
    matches = made(match, directory / f"{task}.matches.jsonl.gz")
    started = time.perf_counter()
    linker = Linker(tolerance=timedelta(minutes=15))
    linker.learn(memory)
    linker.put_matches(matches)
    linker.put_fixtures(fixtures)
    links = [link for changes in linker.decide(datetime.now(UTC)) for link in changes.links]
    return links, linker, time.perf_counter() - started


def in_order_of_date(directory: Path) -> list[str]:
    """The tasks of a directory; raises `UnusableError` where there is none."""
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


def opened(path: Path) -> TextIO:
    try:
        return path.open("w", encoding="utf-8")
    except OSError as error:
        raise UnusableError(f"cannot write {path}: {error.strerror}") from error


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--review", type=Path, help="also write the links that wait for a person")
    parser.add_argument("--no-memory", action="store_true")
    try:
        print(run(parser.parse_args()))
    except UnusableError as error:
        sys.exit(f"{error}")


def run(options: argparse.Namespace) -> str:
    memories = defaultdict[str, list[Lesson]](list)
    tasks = in_order_of_date(options.directory)
    took: float = 0
    with ExitStack() as files:
        out = files.enter_context(opened(options.out))
        review = files.enter_context(opened(options.review)) if options.review else None
        for task in tasks:
            # Ids are those of one provider: what one pair of providers taught is of no use to another.
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
