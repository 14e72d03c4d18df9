"""Try the linker on clubs of like names that play at the same minute, one of whose games a list may lack.

usage: python -m benchmarks.namesakes [--cases N] [--seed S] [--show N]
Each case is a small list of one country: a game, another of clubs of like names, and a round around them.
"""

import argparse
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random

import msgspec

from syncd.matching.linker import Linker
from syncd.matching.records import Fixture
from syncd.matching.spelling import normalize
from syncd.model.bettune import Match, Named
from syncd.model.pinnacle import Event

NOW = datetime(2025, 1, 1, tzinfo=UTC)
KICKOFF = NOW + timedelta(days=1)
CLUBS = Path(__file__).with_suffix(".toml")
MIN_WORD_LETTERS = 3
SHAPES = ("one side", "both sides", "four clubs", "exchanged", "return leg", "same opponent")
GAPS = ("complete", "no other event", "no other match", "each lacks one")
WRONG_OPPONENT = "wrong opponent"
"""Counted apart: one list names a wrong opponent, for no team plays twice at the same minute."""
ROUNDS = (0, 1, 3, 5, 8)

Club = tuple[str, ...]
"""All names of one club."""
Game = tuple[Club, Club]


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """The games that each of the two lists has, in one country's league at one minute."""

    country: str
    shape: str
    gap: str
    events: tuple[Game, ...]
    matches: tuple[Game, ...]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What the linker made of a case: right automatic links of so many, and the wrong ones as text."""

    right: int
    possible: int
    wrong: tuple[str, ...]


def clubs() -> dict[str, list[Club]]:
    """Return the clubs of each country."""
    countries: dict[str, str] = tomllib.loads(CLUBS.read_text(encoding="utf-8"))
    return {
        country: [tuple(name.strip() for name in line.split("/")) for line in lines.strip().splitlines()]
        for country, lines in countries.items()
    }


def words(club: Club) -> set[str]:
    """Return the words of all names of a club that are long enough to be taken for another's."""
    return {word for name in club for word in normalize(name).split() if len(word) >= MIN_WORD_LETTERS}


def are_namesakes(one: Club, other: Club) -> bool:
    """Return whether two clubs have a word in common, or a word of one begins a word of the other."""
    return one != other and any(
        mine.startswith(theirs) or theirs.startswith(mine) for mine in words(one) for theirs in words(other)
    )


class CaseMaker:
    """Makes cases at random, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._clubs = clubs()
        self._namesakes = {
            (country, club): [other for other in many if are_namesakes(club, other)]
            for country, many in self._clubs.items()
            for club in many
        }

    def case(self) -> Case:
        """Return the next case."""
        shape = self._random.choice(SHAPES)
        gaps = {"return leg": GAPS[-1:], "same opponent": (WRONG_OPPONENT,)}.get(shape, GAPS)
        gap = self._random.choice(gaps)
        while True:
            country = self._random.choice(list(self._clubs))
            found = self._two_games(country, shape)
            if found is not None:
                break
        game, other = found
        around = self._round(country, {*game, *other})
        # Without the other event, without the other match, or each list without the other list's game.
        lacks_both = gap in ("each lacks one", WRONG_OPPONENT)
        events = (game,) if lacks_both or gap == "no other event" else (game, other)
        matches = (other,) if lacks_both else (game,) if gap == "no other match" else (game, other)
        return Case(country=country, shape=shape, gap=gap, events=events + around, matches=matches + around)

    def _two_games(self, country: str, shape: str) -> tuple[Game, Game] | None:
        many = self._clubs[country]
        home, away = self._random.sample(many, 2)
        if shape == "return leg":
            return (home, away), (away, home)
        first = self._like(country, home, {home, away})
        second = (
            self._like(country, away, {home, away, first}) if shape in ("both sides", "exchanged") else None
        )
        rest = [club for club in many if club not in (home, away, first)]
        if shape == "four clubs":
            return (home, away), (rest[0], rest[1]) if self._random.shuffle(rest) is None else None
        if first is None:
            return None
        if shape == "same opponent":
            return (home, away), (first, away)
        if shape == "one side":
            return (home, away), (first, self._random.choice(rest))
        if second is None:
            return None
        return (home, away), ((first, second) if shape == "both sides" else (second, first))

    def _like(self, country: str, club: Club, but: set[Club | None]) -> Club | None:
        like = [other for other in self._namesakes[country, club] if other not in but]
        return self._random.choice(like) if like else None

    def _round(self, country: str, but: set[Club]) -> tuple[Game, ...]:
        free = [club for club in self._clubs[country] if club not in but]
        self._random.shuffle(free)
        return tuple(zip(free[::2], free[1::2], strict=False))[: self._random.choice(ROUNDS)]

    def name(self, club: Club) -> str:
        """Return one of the club's names."""
        return self._random.choice(club)


def run(case: Case, maker: CaseMaker) -> Outcome:
    """Link a case and compare."""
    numbers = count(1)
    fixtures = {next(numbers): game for game in case.events}
    games = {next(numbers): game for game in case.matches}
    names = {
        club: (maker.name(club), maker.name(club)) for game in (*case.events, *case.matches) for club in game
    }
    ids = {club: number for number, club in enumerate(names, 1)}
    linker = Linker(tolerance=timedelta(minutes=15))
    linker.put_fixtures(
        _fixture(number, case, [names[club][0] for club in game]) for number, game in fixtures.items()
    )
    linker.put_matches(
        _match(number, case, [Named(id=ids[club], name=names[club][1]) for club in game])
        for number, game in games.items()
    )
    list(linker.decide(NOW))
    right, wrong = 0, list[str]()
    for link in linker.links.values():
        if link.state.carries_predictions:
            event, match = fixtures[link.event_id], games[link.match_id]
            right += event == match
            if event != match:
                wrong.append(_text(event, match, names, link.confidence, case))
    return Outcome(right=right, possible=len({*case.events} & {*case.matches}), wrong=tuple(wrong))


def _fixture(number: int, case: Case, names: list[str]) -> Fixture:
    home, away = names
    event = Event(id=number, sport_id=29, league_id=1, home=home, away=away, starts=KICKOFF, status="O")
    return Fixture(event=event, league=f"{case.country} - First Division")


def _match(number: int, case: Case, teams: list[Named]) -> Match:
    home, away = teams
    return Match(
        id=number, date=KICKOFF, finished=False, country=Named(id=1, name=case.country),
        tournament=Named(id=1, name="Division One"), season=Named(id=1, name="2025"), home=home, away=away,
    )  # fmt: skip


def _text(event: Game, match: Game, names: dict[Club, tuple[str, str]], confidence: float, case: Case) -> str:
    one = " - ".join(names[club][0] for club in event)
    other = " - ".join(names[club][1] for club in match)
    around = len(case.events) - 1
    return f"{one} = {other} ({case.shape}, {case.gap}, {around} others, {confidence:.4f})"


def figures(cases: int, seed: int) -> tuple[dict[str, Counter[str]], list[str]]:
    """Return counts by gap, of cases and of links `right`, `wrong` and `possible`; and the wrong links."""
    maker = CaseMaker(seed)
    counts: dict[str, Counter[str]] = {gap: Counter() for gap in (*GAPS, WRONG_OPPONENT)}
    texts = list[str]()
    for _ in range(cases):
        case = maker.case()
        outcome = run(case, maker)
        counts[case.gap].update(
            cases=1, right=outcome.right, possible=outcome.possible, wrong=bool(outcome.wrong)
        )
        texts += outcome.wrong
    return counts, texts


def report(counts: dict[str, Counter[str]]) -> Iterator[str]:
    """Yield one line for each kind of gap."""
    for gap, found in counts.items():
        if found["cases"]:
            share = found["right"] / max(1, found["possible"])
            wrong = f"{found['wrong']:4} with a wrong link"
            yield f"{gap:16} {found['cases']:6} cases, {wrong}, {share:.3f} of the right links made"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=20, help="wrong links to print")
    options = parser.parse_args()
    counts, texts = figures(options.cases, options.seed)
    print(*report(counts), *texts[: options.show], sep="\n")


if __name__ == "__main__":
    main()
