"""Link the tasks of a directory with entries removed or falsified at random, and count what is right.

usage: python -m benchmarks.matching_changed DIR [--change KIND ...] [--seeds S ...]
DIR has a truth for each task: `TASK.truth.jsonl.gz`. The calibration says how often a confidence was right.
"""

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from msgspec.structs import replace

from benchmarks.matching import UnusableError, fixture_of, match_of, read_all, rows, tasks_by_date
from syncd.matching.linker import Linker
from syncd.matching.records import Fixture
from syncd.model.bettune import Match, Named
from syncd.model.link import Link

NOW = datetime(2025, 1, 1, tzinfo=UTC)
BANDS = (0.999, 0.99, 0.95, 0.9, 0.8, 0.5, 0.0)
Truth = dict[int, dict[str, Any]]


def without(share: float) -> Callable[[list[Match], Random], list[Match]]:
    """Return a change that removes this share of the matches."""
    return lambda matches, random: [match for match in matches if random.random() >= share]


def with_wrong_opponents(matches: list[Match], random: Random) -> list[Match]:
    """Replace one opponent in eight by another team of the country; one match in five is missing."""
    teams = defaultdict[str, list[Named]](list)
    for match in matches:
        teams[match.country.name] += [match.home, match.away]
    return [
        replace(match, **{random.choice(("home", "away")): random.choice(teams[match.country.name])})
        if random.random() < 1 / 8
        else match
        for match in without(0.2)(matches, random)
    ]


CHANGES = {
    "none": without(0.0),
    "missing": without(0.5),
    "gaps": without(0.3),
    "replaced": with_wrong_opponents,
}
MISSING_EVENTS = {"gaps": 0.3}
"""The share of events that is missing, too."""


def right_of(link: Link, truth: Truth, before: dict[int, Match], after: dict[int, Match]) -> bool | None:
    """Return whether a link is right; None if nobody knows. A match with another opponent is another game."""
    row = truth.get(link.event_id)
    if row is None or row["kind"] == "ignore":
        return None
    return row.get("match_id") == link.match_id and before[link.match_id] == after[link.match_id]


def judged(directory: Path, change: str, seed: int) -> Iterator[tuple[Link, bool]]:
    """Yield each link of all tasks, automatic or for review, and whether it is right."""
    for task in tasks_by_date(directory):
        truth = {row["event_id"]: row for row in rows(directory / f"{task}.truth.jsonl.gz")}
        fixtures: list[Fixture] = read_all(fixture_of, directory / f"{task}.events.jsonl.gz")
        matches: list[Match] = read_all(match_of, directory / f"{task}.matches.jsonl.gz")
        random = Random(f"{seed} {task}")
        changed = CHANGES[change](matches, random)
        fixtures = [each for each in fixtures if random.random() >= MISSING_EVENTS.get(change, 0.0)]
        linker = Linker(tolerance=timedelta(minutes=15))
        linker.put_matches(changed)
        linker.put_fixtures(fixtures)
        list(linker.decide(NOW))
        before, after = ({match.id: match for match in many} for many in (matches, changed))
        for link in linker.links.values():
            right = right_of(link, truth, before, after)
            if right is not None:
                yield link, right


def table(found: list[tuple[Link, bool]]) -> Iterator[str]:
    """Yield the calibration, a line for each band of confidence."""
    counts = Counter[tuple[bool, float, bool]]()
    for link, right in found:
        band = next(least for least in BANDS if link.confidence >= least)
        counts[link.state.carries_predictions, band, right] += 1
    for automatic in (True, False):
        for band in BANDS:
            right, wrong = (counts[automatic, band, each] for each in (True, False))
            if right + wrong:
                state = "linked" if automatic else "review"
                yield f"  {state} from {band:5}: {right / (right + wrong):.4f} of {right + wrong}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--change", nargs="+", choices=CHANGES, default=list(CHANGES))
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    options = parser.parse_args()
    try:
        for change in options.change:
            found = [one for seed in options.seeds for one in judged(options.directory, change, seed)]
            wrong = sum(not right for link, right in found if link.state.carries_predictions)
            linked = sum(link.state.carries_predictions for link, _ in found)
            print(f"{change}: {wrong} wrong of {linked}", *table(found), sep="\n")
    except UnusableError as error:
        sys.exit(f"{error}")


if __name__ == "__main__":
    main()
