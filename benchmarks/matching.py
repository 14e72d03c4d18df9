"""Links every task of a directory with the production linker and writes its automatic links."""

import argparse
import gzip
import json
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

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


def link_task(directory: Path, task: str, memory: list[Lesson]) -> tuple[dict[int, Link], Linker, float]:
    fixtures = [fixture(row) for row in rows(directory / f"{task}.events.jsonl.gz")]
    matches = [match(row) for row in rows(directory / f"{task}.matches.jsonl.gz")]
    started = time.perf_counter()
    linker = Linker(tolerance=timedelta(minutes=15))
    linker.learn(memory)
    linker.put_matches(matches)
    linker.put_fixtures(fixtures)
    links = {
        link.event_id: link
        for changes in linker.decide(moment("2025-01-01T00:00:00Z"))
        for link in changes.links
    }
    return links, linker, time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--review", type=Path, help="also write the links that wait for a person")
    parser.add_argument("--no-memory", action="store_true")
    options = parser.parse_args()
    tasks = sorted(
        (file.name.removesuffix(".events.jsonl.gz") for file in options.directory.glob("*.events.jsonl.gz")),
        key=lambda task: (task.partition("__")[2], task),
    )
    memories = defaultdict[str, list[Lesson]](list)
    took: float = 0
    with options.out.open("w") as out, (options.review or Path("/dev/null")).open("w") as review:
        for task in tasks:
            pair = task.partition("__")[0]
            links, linker, seconds = link_task(options.directory, task, memories[pair])
            took += seconds
            for link in links.values():
                auto = link.state is LinkState.AUTO
                row = {"event_id": link.event_id, "match_id": link.match_id, "confidence": link.confidence}
                if not auto:
                    row["runner_up"] = link.runner_up
                (out if auto else review).write(json.dumps(row) + "\n")
                if not options.no_memory:
                    memories[pair] += linker.lessons(link)
    print(f"{len(tasks)} tasks linked in {took:.2f} s")


if __name__ == "__main__":
    main()
