"""One pass over a real week: a recorded Monday list of soccer against the matches of two providers.

`python -m benchmarks.real_week DIR`, where DIR holds `recordings/` and `matching/dev/`; they are not part of
the repository. The list is moved in time by whole days, so that the week lies ahead. Its live odds and those
of one league are recorded, the others are generated in the measured shape. `syncd once` runs as a process of
its own, under PS3838's preset, on a new SQLite file. The truth is for counting only.
"""

import argparse
import asyncio
import gzip
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from benchmarks.daemon import environment, write_config
from benchmarks.football import PRICED, SECOND_PERIODS, offered_at, size_of
from benchmarks.servers import Servers, serving
from benchmarks.table import Figures
from syncd.model.bettune import Named
from syncd.model.pinnacle import SOCCER, League
from syncd.pinnacle.decode.events import decode_odds, decode_period
from syncd.simulator.game import ListedMatch
from syncd.simulator.goals import GoalRates
from syncd.simulator.listed import ListedEvent, ListedPeriod
from syncd.simulator.world_state import FeedName, WorldState

RECORDED = "recordings/ps3838-2025-03-31"
TASKS = ("pinnacle-fs", "pinnacle-bf")
WEEK = date(2025, 3, 31)
FIRST_MATCH_DAY = date(2025, 3, 30)
FILTERS = {
    "Pinnacle Home": "Home", "Pinnacle Draw": "Draw", "Pinnacle Away": "Away", "Pinnacle Over": "Over 2.5",
}  # fmt: skip
REQUEST_LIMIT = 6000
SMALL_LIMIT = 60
"""Requests a minute of a small limit; the time it would take is computed, not waited for."""


class Week(WorldState):
    """The recorded list, as the simulated servers serve it."""

    def __init__(self, directory: Path, task: str) -> None:
        super().__init__(seed=1, clock=None)
        self.shift = self.now().date() + timedelta(days=1) - FIRST_MATCH_DAY
        self._list(directory / RECORDED / "fixtures_29.json")
        for recorded in ("odds_29_live_decimal.json", "odds_29_league_1977_decimal.json"):
            self._price_as_recorded(directory / RECORDED / recorded)
        self._price_the_rest()
        for row in rows(directory, task, "matches"):
            self._match(row)
        self.starting_up = False

    def moved(self, text: str) -> datetime:
        """Move a recorded time into the week ahead."""
        return datetime.fromisoformat(text).astimezone(UTC) + self.shift

    def _list(self, file: Path) -> None:
        for league in json.loads(file.read_bytes())["league"]:
            self.leagues[league["name"]] = League(id=league["id"], sport_id=SOCCER, name=league["name"])
            for row in league["events"]:
                self.events[row["id"]] = ListedEvent(
                    id=row["id"], league_id=league["id"], home=row["home"], away=row["away"],
                    starts=self.moved(row["starts"]), stamp=self.stamp(FeedName.FIXTURES),
                    rot_num=row["rotNum"], status=row["status"], live_status=row["liveStatus"],
                    parent_id=row.get("parentId"), resulting_unit=row["resultingUnit"],
                )  # fmt: skip

    def _price_as_recorded(self, file: Path) -> None:
        payload = decode_odds(file.read_bytes(), sport_id=SOCCER)
        assert payload.items, f"{file} is empty"
        for key, raw in payload.items.items():
            offered, event = decode_period(raw.json), self.events.get(key.event_id)
            if event is not None:
                cutoff = offered.cutoff + self.shift if offered.cutoff else event.starts
                moved = msgspec.structs.replace(offered, cutoff=cutoff)
                event.periods[key.number] = ListedPeriod(offered=moved, stamp=self.stamp(FeedName.ODDS))

    def _price_the_rest(self) -> None:
        """Price the earliest events without recorded odds, up to the measured number."""
        dice, now = random.Random(29), self.now()
        mains = [each for each in self.events.values() if each.parent_id is None and each.starts > now]
        missing = PRICED - sum(bool(each.periods) for each in self.events.values())
        for event in sorted((each for each in mains if not each.periods), key=lambda each: each.starts)[
            :missing
        ]:
            rates = GoalRates(dice.uniform(0.9, 2.2), dice.uniform(0.6, 1.7))
            for number in (0, 1) if dice.random() < SECOND_PERIODS else (0,):
                offered = offered_at(number, rates, dice.choice((3, 3, 2, 3, 2, 1)), event.starts)
                event.periods[number] = ListedPeriod(offered=offered, stamp=self.stamp(FeedName.ODDS))

    def _match(self, row: dict[str, Any]) -> None:
        names = {key: Named(**row[key]) for key in ("country", "tournament", "season", "home", "away")}
        self.matches[row["id"]] = ListedMatch(id=row["id"], date=self.moved(row["date"]), **names)


def rows(directory: Path, task: str, kind: str) -> Iterator[dict[str, Any]]:
    with gzip.open(directory / "matching/dev" / f"{task}__{WEEK}.{kind}.jsonl.gz", "rt") as lines:
        yield from map(json.loads, lines)


class PassFigures(NamedTuple):
    """Exit status, time and memory of a pass."""

    status: int
    seconds: float
    peak_mb: float


async def once(config: Path, log: Path) -> PassFigures:
    """Run a pass in a process of its own, while this one serves it."""
    return await asyncio.to_thread(_once, config, log)


def _once(config: Path, log: Path) -> PassFigures:
    command = [sys.executable, "-m", "syncd", "--config", str(config), "once", "--json"]
    began = time.monotonic()
    with log.open("wb") as output:
        root = Path(__file__).parents[1]
        process = subprocess.Popen(command, stdout=output, stderr=output, env=environment(), cwd=root)
    # `getrusage` would add up all children; this is the usage of this one alone.
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return PassFigures(process.returncode, time.monotonic() - began, usage.ru_maxrss / 1024)


class LinkCounts(NamedTuple):
    """Counts of links, and how many are right by the truth."""

    auto: int
    review: int
    right: int
    wrong: int
    unlabelled: int
    pairs: int


def count_links(database: Path, directory: Path, task: str) -> LinkCounts:
    """Count the links. In the files of a task an event has ten times its recorded id, plus a digit."""
    truth = {row["event_id"] // 10: row for row in rows(directory, task, "truth") if row["kind"] != "ignore"}
    connection = sqlite3.connect(database)
    found = connection.execute("SELECT event_id, match_id, state FROM links").fetchall()
    connection.close()
    auto = {event_id: match_id for event_id, match_id, state in found if state == "auto"}
    labelled = {event_id: match_id for event_id, match_id in auto.items() if event_id in truth}
    right = sum(truth[event_id]["match_id"] == match_id for event_id, match_id in labelled.items())
    pairs = {row["match_id"] for row in truth.values() if row["kind"] == "pair"}
    return LinkCounts(
        auto=len(auto),
        review=len(found) - len(auto),
        right=right,
        wrong=len(labelled) - right,
        unlabelled=len(auto) - len(labelled),
        pairs=len(pairs),
    )


async def run(directory: Path, task: str) -> None:
    week, figures = Week(directory, task), Figures(f"A real week: {task}, `syncd once`")
    print(", ".join(f"{count:,} {what}" for what, count in size_of(week).items()))
    with tempfile.TemporaryDirectory(prefix="syncd-week-") as place:
        folder = Path(place)
        async with serving(week, FILTERS, preset="ps3838", requests=REQUEST_LIMIT) as servers:
            config = write_config(folder, servers, f"sqlite:///{folder / 'syncd.db'}", horizon="9d")
            ended = await once(config, folder / "log")
            if ended.status:
                print((folder / "log").read_text()[-2000:])
            fill(figures, week, servers, ended, count_links(folder / "syncd.db", directory, task))
            again = await once(config, folder / "log")
            repeated = len(servers.bettune.account.writes) - len(servers.bettune.account.predictions())
            figures.add("a second pass right after it", again.seconds, "s", more=f"{repeated} more writes")
        for rule in servers.broken_rules():
            print("broken:", rule)
    figures.show()


def fill(figures: Figures, week: Week, servers: Servers, ended: PassFigures, links: LinkCounts) -> None:
    requests = len(servers.bettune.request_log.requests)
    predictions = servers.bettune.account.predictions()
    figures.count("events listed", len(week.events))
    figures.count("of these open", sum(each.is_open(week.now()) for each in week.events.values()))
    figures.count("matches", len(week.matches))
    figures.count(
        "links, automatic", links.auto, f"of {links.pairs} pairs; {links.unlabelled} without a label"
    )
    figures.count("links, for review", links.review)
    figures.count("right by the truth", links.right)
    figures.add("wrong by the truth", links.wrong, "", 0)
    figures.count(
        "predictions", len(predictions), f"of {len({pair.match_id for pair in predictions})} matches"
    )
    figures.count("requests to Pinnacle", len(servers.pinnacle.request_log.requests))
    figures.count(
        "requests to BetTune",
        requests,
        f"at {SMALL_LIMIT} a minute: {requests / SMALL_LIMIT:.0f} min and more",
    )
    figures.add("time", ended.seconds, "s", more=f"exit status {ended.status}")
    figures.add("peak memory", ended.peak_mb, "MB", 150)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("directory", type=Path)
    directory: Path = parser.parse_args().directory
    if not (directory / RECORDED).is_dir():
        sys.exit(f"there is no {RECORDED} in {directory}: the recorded lists are not part of the repository")
    for task in TASKS:
        asyncio.run(run(directory, task))


if __name__ == "__main__":
    main()
