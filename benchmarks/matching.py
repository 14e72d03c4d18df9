"""Links every task of a directory with the production linker and writes its automatic links."""

import argparse
import gzip
import json
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

from syncd.matching.cards import Fixture
from syncd.matching.linker import Linker
from syncd.matching.memory import Lesson
from syncd.model.bettune import Match, Named
from syncd.model.link import Link, LinkState
from syncd.model.pinnacle import Event


def rows(file: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


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
    fixtures = [fixture(row) for row in rows(directory / f"{task}.events.jsonl.gz")]
    matches = [match(row) for row in rows(directory / f"{task}.matches.jsonl.gz")]
    started = time.perf_counter()
    linker = Linker(tolerance=timedelta(minutes=15))
    linker.learn(memory)
    linker.put_matches(matches)
    linker.put_fixtures(fixtures)
    links = [link for changes in linker.decide(datetime.now(UTC)) for link in changes.links]
    return links, linker, time.perf_counter() - started


def in_order_of_date(directory: Path) -> list[str]:
    tasks = (file.name.removesuffix(".events.jsonl.gz") for file in directory.glob("*.events.jsonl.gz"))
    return sorted(tasks, key=lambda task: (task.partition("__")[2], task))


def write_rows(links: Iterable[Link], file: TextIO) -> None:
    for link in links:
        row = {"event_id": link.event_id, "match_id": link.match_id, "confidence": link.confidence}
        if link.state is LinkState.REVIEW:
            row["runner_up"] = link.runner_up or 0
        file.write(json.dumps(row) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--review", type=Path, help="also write the links that wait for a person")
    parser.add_argument("--no-memory", action="store_true")
    options = parser.parse_args()
    memories = defaultdict[str, list[Lesson]](list)
    tasks = in_order_of_date(options.directory)
    took: float = 0
    with ExitStack() as files:
        out = files.enter_context(options.out.open("w"))
        review = files.enter_context(options.review.open("w")) if options.review else None
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
    print(f"{len(tasks)} tasks linked in {took:.2f} s")


if __name__ == "__main__":
    main()
