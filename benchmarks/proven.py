"""A season with results: `python -m benchmarks.proven [--weeks 12] [--gaps 0.08] [--renamed 0.1]`.

Some forty leagues and cups play a round a week. Each list lacks games at random, some clubs have names which
share nothing, games end in every way that the simulator knows, and each week some events are linked by hand
to the wrong match. Printed is what the results made of it: right links that agreed, right links that were
called wrong, wrong ones found, and what games taught that were never linked.
"""

import argparse
import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

from msgspec.structs import replace

from syncd.app.components import linker_of
from syncd.config.settings import Settings
from syncd.linking import decisions
from syncd.linking.decisions import DecisionError
from syncd.linking.relinker import Relinker
from syncd.matching.aliases import Aliases
from syncd.matching.lesson import Lesson
from syncd.matching.results import VerdictKind
from syncd.model.bettune import Match, Named
from syncd.model.feed import EventState, Gone
from syncd.model.pinnacle import Event, League, Settlement
from syncd.runtime.alerts import Alerts
from syncd.runtime.signals import Signals
from syncd.simulator.clubs import Club, SimulatedCompetition, competitions
from syncd.simulator.endings import ODD_ENDINGS, Ending, FinalScore, Goals, draw_extra_time, draw_score
from syncd.simulator.goals import GoalRates
from syncd.store import catalogue, events, lessons, links, verifications
from syncd.store.engine import Store
from syncd.store.migrate import upgrade
from syncd.store.verifications import Verification

START = datetime(2026, 3, 7, 15, tzinfo=UTC)
WEEK, HOUR = timedelta(days=7), timedelta(hours=1)
ODD = 0.04
AWARDED = (Goals(3, 0), Goals(0, 3), Goals(2, 0), Goals(0, 5))
"""Scores of games that were decided by an association."""
SYLLABLES = ["qu", "vex", "zor", "mip", "tak", "lon", "fud", "gri", "wab", "sno", "pel", "yat"]


class Game(NamedTuple):
    """A game of the season, with what each service lists of it (or not)."""

    id: int
    competition: SimulatedCompetition
    home: Club
    away: Club
    kickoff: datetime
    at_pinnacle: bool
    at_bettune: bool


class SeasonClock:
    """A clock that only moves by hand."""

    def __init__(self) -> None:
        self.at = START - timedelta(days=1)

    def now(self) -> datetime:
        """Return the time of the season."""
        return self.at

    def monotonic(self) -> float:
        """Return the same in seconds."""
        return (self.at - START).total_seconds()

    async def sleep(self, seconds: float) -> None:
        """Let time pass at once."""


def all_competitions() -> tuple[SimulatedCompetition, ...]:
    """Return the leagues of the simulated world, and a cup for each country with enough first teams."""
    leagues = competitions()
    cups = []
    for country in sorted({each.country for each in leagues if each.tier < 3}):
        clubs = tuple(
            club for each in leagues if each.country == country and each.tier < 3 for club in each.clubs
        )
        if len(clubs) >= 8 and "Women" not in country:
            first = next(each for each in leagues if each.country == country and each.tier < 3)
            cups.append(SimulatedCompetition(f"{country} - Cup", country, "Cup", 2, first.clubs))
    return (*leagues, *cups)


def draw_round(week: int, gaps: float, rng: Random) -> Iterator[Game]:
    """Yield the games of a week: leagues on Saturday, cups on Wednesday."""
    for number, competition in enumerate(all_competitions()):
        is_cup = competition.tournament == "Cup"
        clubs = list(competition.clubs)
        rng.shuffle(clubs)
        start = START + week * WEEK + (timedelta(days=-3, hours=4) if is_cup else timedelta(0))
        for slot, (home, away) in enumerate(zip(clubs[::2], clubs[1::2], strict=False)):
            yield Game(
                id=1_000_000 * (week + 1) + 1_000 * number + slot,
                competition=competition,
                home=home,
                away=away,
                kickoff=start + timedelta(hours=2 * (slot % 3)),
                at_pinnacle=rng.random() >= gaps,
                at_bettune=rng.random() >= gaps,
            )


class Season:
    """The lists of both services, and the relinker over a store."""

    def __init__(self, store: Store, clock: SeasonClock, rng: Random, renamed: float) -> None:
        self.store, self.clock, self.rng, self.renamed = store, clock, rng, renamed
        self.signals, self.alerts = Signals(clock), Alerts(clock)
        settings = Settings()
        self.relinker = Relinker(
            store=store,
            settings=settings,
            linker=linker_of(settings, Aliases()),
            aliases=Aliases(),
            clock=clock,
            alerts=self.alerts,
            signals=self.signals,
        )
        self.ids: dict[tuple[str, ...], int] = {}
        self.seen: dict[int, Verification] = {}
        self.wrong_by_hand: set[int] = set()
        self.wrong_automatic: set[int] = set()
        self.linked = 0
        self.alarms: set[str] = set()
        self.settled: set[int] = set()
        self.games: dict[int, Game] = {}

    def named(self, *path: str) -> Named:
        """Give each name of BetTune's within its country an id of its own."""
        return Named(id=self.ids.setdefault(path, len(self.ids) + 1), name=path[-1])

    def pinnacle_name(self, club: Club) -> str:
        """Return the club's name at Pinnacle, which for some shares nothing with BetTune's."""
        chance = Random(club.pinnacle)
        if chance.random() >= self.renamed:
            return club.pinnacle
        return "".join(chance.choice(SYLLABLES) for _ in range(4)).capitalize()

    def event(self, game: Game) -> EventState:
        """Return the game as Pinnacle lists it."""
        league = League(
            id=self.named("league", game.competition.league).id, sport_id=29, name=game.competition.league
        )
        event = Event(
            id=game.id,
            sport_id=29,
            league_id=league.id,
            home=self.pinnacle_name(game.home),
            away=self.pinnacle_name(game.away),
            starts=game.kickoff,
            status="O",
        )
        return EventState(event=event, league=league, seen_at=self.clock.now(), changed_at=self.clock.now())

    def match(self, game: Game) -> Match:
        """Return the game as BetTune lists it."""
        country, tournament = game.competition.country, game.competition.tournament
        squad = "" if tournament == "Cup" else tournament
        # A club has one id in league and cup; its women and its youth have others.
        first = next(each for each in competitions() if each.country == country)
        squad = first.tournament if tournament == "Cup" else squad
        return Match(
            id=game.id + 500_000_000,
            date=game.kickoff,
            finished=False,
            country=self.named(country),
            tournament=self.named(country, tournament),
            season=self.named("season"),
            home=self.named(country, squad, game.home.bettune),
            away=self.named(country, squad, game.away.bettune),
        )

    async def list_games(self, games: Sequence[Game]) -> None:
        """Have both services list the games that they have."""
        states = [self.event(game) for game in games if game.at_pinnacle]
        async with self.store.write() as conn:
            await events.save_leagues(conn, {state.league.id: state.league for state in states}.values())
            await events.save(conn, states)
        self.signals.invalidate(events=[state.event.id for state in states])
        await self.show(self.match(game) for game in games if game.at_bettune)

    async def show(self, shown: Iterator[Match]) -> None:
        """Have BetTune's lists show these matches."""
        by_day: dict[date, list[Match]] = {}
        for match in shown:
            by_day.setdefault(match.date.date(), []).append(match)
        async with self.store.write() as conn:
            for day, listed in by_day.items():
                await catalogue.update_day(conn, day, listed, self.clock.now())
        self.signals.invalidate(
            matches=[match.id for listed in by_day.values() for match in listed], results=True
        )
        await self.decide()

    async def decide(self) -> None:
        """Have the relinker work until it is idle."""
        while not self.relinker.idle:
            await self.relinker.step()

    async def settle(
        self, games: Sequence[Game], scores: dict[int, tuple[Goals | None, int]], number: int
    ) -> None:
        """Have Pinnacle settle these games with a score, or cancel them."""
        states = [self.event(game) for game in games if game.at_pinnacle and game.id in scores]
        async with self.store.write() as conn:
            await events.save_settlements(
                conn,
                [
                    Settlement(
                        id=number,
                        event_id=state.event.id,
                        period=0,
                        status=scores[state.event.id][1],
                        settled_at=self.clock.now(),
                        team1_score=goals.home if (goals := scores[state.event.id][0]) else None,
                        team2_score=goals.away if goals else None,
                    )
                    for state in states
                ],
            )
            gone = [replace(state, gone_at=self.clock.now(), gone_because=Gone.SETTLED) for state in states]
            await events.save(conn, gone)
        self.signals.invalidate(events=[state.event.id for state in states], results=True)
        await self.decide()

    async def plant(self, games: Sequence[Game], count: int) -> None:
        """Link some events by hand to the match of another game of their country at that hour."""
        for game in self.rng.sample(list(games), len(games)):
            others = [
                other
                for other in games
                if other.id != game.id and other.at_bettune and other.kickoff == game.kickoff
            ]
            if count and game.at_pinnacle and others:
                match_id = self.rng.choice(others).id + 500_000_000
                try:
                    await decisions.link(self.store, game.id, match_id, force=True)
                except DecisionError:
                    continue
                self.wrong_by_hand.add(game.id)
                count -= 1
        self.signals.invalidate(decisions=True)
        await self.decide()

    async def week(self, week: int, gaps: float, planted: int) -> None:
        """Play a week: games are listed, linked, played, settled and corrected."""
        games = list(draw_round(week, gaps, self.rng))
        self.games |= {game.id: game for game in games}
        self.clock.at = START + week * WEEK - timedelta(days=4)
        await self.list_games(games)
        await self.plant(games, planted)
        async with self.store.read() as conn:
            found = await links.load_all(conn)
        carried = {e: link.match_id for e, link in found.items() if link.state.carries_predictions}
        ours = {game.id for game in games}
        self.linked += len(carried.keys() & ours)
        self.wrong_automatic |= {
            e
            for e, m in carried.items()
            if e in ours and e + 500_000_000 != m and e not in self.wrong_by_hand
        }
        ends = {game.id: self.end(game) for game in games}
        for part, (hours, is_cup) in enumerate(((-60, True), (7, False))):
            played = [game for game in games if (game.competition.tournament == "Cup") is is_cup]
            self.clock.at = START + week * WEEK + timedelta(hours=hours)
            await self.results(played, ends, corrected=False, number=4 * week + 2 * part + 1)
            self.clock.at += HOUR / 2
            await self.results(played, ends, corrected=True, number=4 * week + 2 * part + 2)
            for _ in range(2):
                self.clock.at += 1.5 * HOUR
                await self.results(played, ends, corrected=True, number=4 * week + 2 * part + 2)
        self.alarms |= {each.subject for each in self.alerts.firing if each.subject.startswith("result.")}
        self.relinker.drop_past_matches()
        async with self.store.read() as conn:
            self.seen |= await verifications.load_since(conn, START + (week - 1) * WEEK)

    def end(self, game: Game) -> tuple[Ending, FinalScore]:
        """Draw how a game ends."""
        regular = draw_score(self.rng, GoalRates(self.rng.uniform(0.9, 2.2), self.rng.uniform(0.6, 1.7)))
        ending = self.rng.choice(ODD_ENDINGS) if self.rng.random() < ODD else Ending.REGULAR
        if game.competition.tournament == "Cup" and regular.home == regular.away:
            ending = self.rng.choice((Ending.EXTRA_TIME, Ending.SHOOTOUT))
        return ending, FinalScore(regular, *draw_extra_time(self.rng, ending))

    async def results(
        self,
        games: Sequence[Game],
        ends: dict[int, tuple[Ending, FinalScore]],
        *,
        corrected: bool,
        number: int,
    ) -> None:
        """Have both services show the results, at first with mistakes in some."""
        scores: dict[int, tuple[Goals | None, int]] = {}
        shown = []
        for game in games:
            ending, final = ends[game.id]
            wrong = final.regular.plus(Goals(1, 0))
            by_pinnacle = ending is Ending.CORRECTED_BY_PINNACLE and not corrected
            scores[game.id] = (wrong if by_pinnacle else final.regular, 2 if corrected else 1)
            score: Goals | None = final.shown(with_extra_time=True)
            if ending is Ending.ABANDONED:
                scores[game.id], score = (None, 3), None
            if ending is Ending.AWARDED:
                score = self.rng.choice(AWARDED)
            if ending is Ending.CORRECTED_BY_BETTUNE and not corrected:
                score = wrong
            if game.at_bettune:
                home, away = score or (None, None)
                match = self.match(game)
                shown.append(replace(match, finished=score is not None, home_score=home, away_score=away))
        if number not in self.settled:
            await self.settle(games, self.changed(scores, ends, corrected=corrected), number)
            self.settled.add(number)
        await self.show(iter(shown))

    @staticmethod
    def changed(
        scores: dict[int, tuple[Goals | None, int]],
        ends: dict[int, tuple[Ending, FinalScore]],
        *,
        corrected: bool,
    ) -> dict[int, tuple[Goals | None, int]]:
        """Return the games that Pinnacle settles now: at first all, then those that it corrects."""
        by_pinnacle = Ending.CORRECTED_BY_PINNACLE
        return {id_: score for id_, score in scores.items() if not corrected or ends[id_][0] is by_pinnacle}

    async def report(self, elapsed_s: float) -> None:
        """Print what the results made of it."""
        wrong = self.wrong_by_hand | self.wrong_automatic
        carried = {e: each for e, each in self.seen.items() if each.carried_predictions}
        kinds = Counter(each.verdict.kind for e, each in carried.items() if e not in wrong)
        why = Counter(
            each.verdict.because
            for e, each in carried.items()
            if each.verdict.kind is VerdictKind.NOT_COMPARABLE
        )
        agreed, differ = kinds[VerdictKind.AGREED], kinds[VerdictKind.DIFFERS]
        found = {e for e in wrong if e in carried and carried[e].verdict.kind is VerdictKind.DIFFERS}
        chance = {e for e in wrong - found if e in carried and carried[e].verdict.kind is VerdictKind.AGREED}
        by_hand, by_itself = len(self.wrong_by_hand), len(self.wrong_automatic)
        print(f"{self.linked:,} links, {by_itself} wrong automatic, {by_hand} wrong by hand")
        print(f"right links verified: {agreed:,} of {agreed + differ:,}; false alarms {differ}")
        neither, waiting = kinds[VerdictKind.NOT_COMPARABLE], kinds[VerdictKind.WAITING]
        print(f"right links not comparable: {neither}, waiting {waiting}")
        print(f"  by cause, wrong ones too: {dict(why)}")
        print(f"wrong links found: {len(found)} of {len(wrong)}; the same score by chance: {len(chance)}")
        right_alarms = {int(each.partition(".")[2]) for each in self.alarms} - wrong
        print(f"alerts: {len(self.alarms)}, of them for right links: {len(right_alarms)}")
        await self.report_lessons()
        print(f"process time {elapsed_s:.0f} s")

    async def report_lessons(self) -> None:
        """Print what games taught that were never linked, and how much of it is right."""
        async with self.store.read() as conn:
            known = await lessons.load_all(conn)
        carried = {event_id for event_id, each in self.seen.items() if each.carried_predictions}
        counts = Counter(
            (lesson.kind, self.is_right(lesson)) for lesson in known if lesson.event_id not in carried
        )
        for kind in ("seen", "hint", "team", "refuted"):
            right, wrong = counts[kind, kind != "refuted"], counts[kind, kind == "refuted"]
            print(f"taught by unlinked games, {kind}: {right} right, {wrong} wrong")

    def is_right(self, lesson: Lesson) -> bool:
        """Return whether the name of a lesson is the team."""
        match = self.match(self.games[lesson.event_id])
        return lesson.target_id in (match.home.id, match.away.id)


async def play(weeks: int, gaps: float, planted: int, seed: int, renamed: float) -> None:
    """Play a season and print the report."""
    with tempfile.TemporaryDirectory() as folder:
        url, clock = f"sqlite:///{Path(folder) / 'season.db'}", SeasonClock()
        await upgrade(url)
        async with await Store.open(url, clock) as store:
            season = Season(store, clock, Random(seed), renamed)
            await season.relinker.load()
            began = time.process_time()
            for week in range(weeks):
                await season.week(week, gaps, planted)
            await season.report(time.process_time() - began)


def main() -> None:
    """Read the options and play."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weeks", type=int, default=12)
    parser.add_argument("--gaps", type=float, default=0.08)
    parser.add_argument("--planted", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--renamed", type=float, default=0.1)
    options = parser.parse_args()
    asyncio.run(play(options.weeks, options.gaps, options.planted, options.seed, options.renamed))


if __name__ == "__main__":
    main()
