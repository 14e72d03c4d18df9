"""A soccer list of the measured size under two naming conventions, served by the simulated servers.

Measured (PS3838, 2025-04-02): 3,930 fixtures in 548 leagues, of which one in eight is of corners or
bookings and one in twenty live; 324 kick off within a day, 1,493 within three, 3,431 within a week. Odds of
some 1,200 events and 2,300 periods, 26 prices each. BetTune lists 2,500 matches of that week.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import msgspec

from syncd.model.bettune import Named
from syncd.model.pinnacle import Moneyline, Period
from syncd.simulator.bookmaker import offer
from syncd.simulator.game import ListedMatch
from syncd.simulator.goals import GoalRates
from syncd.simulator.listed import ListedEvent, ListedPeriod
from syncd.simulator.world_state import FeedName, WorldState

GAMES, CHILDREN, LIVE, LEAGUES = 3_200, 520, 210, 300
PRICED = 1_200
MATCHES, WITHOUT_EVENT = 2_500, 250
SECOND_PERIODS = 1_100 / PRICED
"""Share of the priced events that also have odds of their first half."""

COUNTRIES = (
    "Albania", "Algeria", "Argentina", "Armenia", "Australia", "Austria", "Azerbaijan", "Belgium", "Bolivia",
    "Brazil", "Bulgaria", "Chile", "Colombia", "Croatia", "Cyprus", "Denmark", "Ecuador", "Egypt", "England",
    "Estonia", "Finland", "France", "Georgia", "Germany", "Ghana", "Greece", "Hungary", "Iceland", "India",
    "Indonesia", "Ireland", "Israel", "Italy", "Japan", "Latvia", "Lithuania", "Malta", "Mexico", "Norway",
    "Paraguay", "Peru", "Poland", "Portugal", "Romania", "Scotland", "Serbia", "Slovakia", "Slovenia",
    "Spain", "Sweden", "Switzerland", "Tunisia", "Turkey", "Ukraine", "Uruguay",
)  # fmt: skip
LEVELS = (
    "Premier League", "First Division", "Second Division", "Third Division", "Cup", "Premier League Women",
    "Youth League U19", "Reserve League", "Regional League North", "Regional League South",
)  # fmt: skip
MARKERS = ("Women", "U19", "Reserve")
CONVENTIONS = {
    ("{}", "{}"): 4, ("{}", "{} FC"): 4, ("{} United", "{} Utd"): 2, ("{} City", "{} City"): 1,
    ("Sporting {}", "SC {}"): 1, ("Atletico {}", "Atlético {}"): 1, ("Dinamo {}", "Dynamo {}"): 1,
    ("{} Rovers", "{} Rovers"): 1, ("Deportivo {}", "CD {}"): 1, ("{} II", "{} 2"): 1,
}  # fmt: skip
"""Patterns of a club's name at Pinnacle and at BetTune -> how often they occur."""
ONSETS, VOWELS, CODAS = "bcdfghjklmnprstvwz", "aeiouy", ("", "", "n", "r", "s", "l", "ck", "m", "th")


@dataclass(frozen=True)
class Club:
    """A club under both naming conventions."""

    pinnacle: str
    bettune: str


class Football(WorldState):
    """The measured list as the state of the servers."""

    def __init__(self, start: datetime, *, seed: int = 1) -> None:
        super().__init__(seed=seed, clock=None)
        self.start = start
        self.rates: dict[int, GoalRates] = {}
        self.tiers: dict[int, int] = {}
        self.linkable: list[ListedEvent] = []
        """Events with odds that BetTune lists too, the earliest first."""
        self.match_of: dict[int, int] = {}
        """The match that each linkable event is."""
        self._fill()
        self.starting_up = False

    # --- Changes of prices

    def tick(self, event: ListedEvent) -> None:
        """Move the moneyline's home price by one step, and nothing else."""
        period = event.periods[0]
        moneyline = period.offered.moneyline
        assert moneyline is not None
        assert moneyline.home is not None
        step = Decimal("0.011") if self.rng.random() < 0.5 else Decimal("-0.011")
        moved = msgspec.structs.replace(moneyline, home=max(Decimal("1.05"), moneyline.home + step))
        self.put(period, msgspec.structs.replace(period.offered, moneyline=moved))

    def reprice(self, event: ListedEvent) -> None:
        """Move all prices of the event's periods a little."""
        old = self.rates[event.id]
        rates = GoalRates(
            *(rate * self.rng.choice((0.97, 0.98, 1.02, 1.03)) for rate in (old.home, old.away))
        )
        self.rates[event.id] = rates
        for number, period in event.periods.items():
            offered = offered_at(number, rates, self.tiers[event.id], event.starts)
            self.put(period, offered)

    def put(self, period: ListedPeriod, offered: Period) -> None:
        """Offer these prices from now on."""
        period.offered, period.stamp = offered, self.stamp(FeedName.ODDS)

    # --- The list

    def _fill(self) -> None:
        leagues = self._leagues()
        games = [next(leagues) for _ in range(GAMES)]
        kickoffs = sorted(self._kickoff() for _ in games)
        mains = [
            self.list_event(league, home.pinnacle, away.pinnacle, kickoff)
            for (league, home, away), kickoff in zip(games, kickoffs, strict=True)
        ]
        for number, main in enumerate(mains[:PRICED]):
            self.price(main, tier=(3, 3, 2, 3, 2, 1)[number % 6], halves=self.rng.random() < SECOND_PERIODS)
        for main in self.rng.sample(mains, CHILDREN + LIVE):
            self._child(main, live=self.rng.random() < LIVE / (CHILDREN + LIVE))
        week = range(len(games))[: int(0.95 * GAMES)]
        listed = sorted(self.rng.sample(week, MATCHES - WITHOUT_EVENT))
        for number in listed:
            league, home, away = games[number]
            match_id = self._match(league, home.bettune, away.bettune, kickoffs[number])
            self.match_of[mains[number].id] = match_id
        self.linkable = [mains[number] for number in listed if number < PRICED]
        for _ in range(WITHOUT_EVENT):
            league, home, away = next(leagues)
            self._match(league, home.bettune, away.bettune, self._kickoff())

    def _leagues(self) -> Iterator[tuple[str, Club, Club]]:
        """Yield the leagues in turn, each time with two of their clubs that have no game yet."""
        names = [f"{country} - {level}" for level in LEVELS for country in COUNTRIES][:LEAGUES]
        towns = self._towns()
        while True:
            for name in names:
                first, second = next(towns), next(towns)
                conventions = self.rng.choices(list(CONVENTIONS), list(CONVENTIONS.values()), k=2)
                home, away = (
                    Club(form.format(town), theirs.format(town))
                    for town, (form, theirs) in zip((first, second), conventions, strict=True)
                )
                yield name, home, away

    def _towns(self) -> Iterator[str]:
        """Yield names of places, each once: they differ as much as those of real lists."""
        seen = set[str]()
        while True:
            town = "".join(self._syllable() for _ in range(self.rng.choice((2, 2, 3)))).capitalize()
            if town not in seen:
                seen.add(town)
                yield town

    def _syllable(self) -> str:
        return "".join(self.rng.choice(part) for part in (ONSETS, VOWELS, CODAS))

    def _kickoff(self) -> datetime:
        """Draw a kick-off as measured: 8 % within a day, 38 % within three, 87 % within a week."""
        share = self.rng.random()
        low, high = (
            (0.1, 1) if share < 0.08 else (1, 3) if share < 0.38 else (3, 7) if share < 0.9 else (7, 30)
        )
        minutes = self.rng.uniform(low, high) * 24 * 60
        return self.start + timedelta(minutes=round(minutes / 15) * 15)

    def list_event(self, league: str, home: str, away: str, starts: datetime) -> ListedEvent:
        """List an event without odds."""
        event = ListedEvent(
            id=self.next_event_id(), league_id=self.league(league).id, home=home, away=away, starts=starts,
            stamp=self.stamp(FeedName.FIXTURES), rot_num=str(30_000 + len(self.events)),
        )  # fmt: skip
        self.events[event.id] = event
        return event

    def price(self, event: ListedEvent, *, tier: int, halves: bool) -> None:
        """Set the first prices of an event: of the match, and with `halves` of its first half."""
        rates = GoalRates(self.rng.uniform(0.9, 2.2), self.rng.uniform(0.6, 1.7))
        self.rates[event.id], self.tiers[event.id] = rates, tier
        for number in (0, 1) if halves else (0,):
            offered = offered_at(number, rates, tier, event.starts)
            event.periods[number] = ListedPeriod(offered=offered, stamp=self.stamp(FeedName.ODDS))

    def _child(self, main: ListedEvent, *, live: bool) -> None:
        league = next(league.name for league in self.leagues.values() if league.id == main.league_id)
        suffix = "" if live else " (Corners)"
        child = self.list_event(
            league if live else f"{league} Corners", main.home + suffix, main.away + suffix, main.starts
        )
        child.parent_id, child.resulting_unit = main.id, "Regular" if live else "Corners"
        child.live_status, child.status = (1, "H") if live else (0, "O")

    def _match(self, league: str, home: str, away: str, date: datetime) -> int:
        country, _, tournament = league.partition(" - ")
        marker = next((f" {marker}" for marker in MARKERS if marker in tournament), "")
        match = ListedMatch(
            id=1_611_000 + 13 * len(self.matches),
            date=date,
            country=self.named(country),
            tournament=self.named(country, tournament),
            season=self.named(tournament, f"{date.year}/{date.year + 1}"),
            home=self.named(league, home + marker),
            away=self.named(league, away + marker),
        )
        self.matches[match.id] = match
        return match.id

    def named(self, *path: str) -> Named:
        """Return a name with an id of its own within its country or tournament."""
        return Named(id=self.name_ids.setdefault(path, 400 + len(self.name_ids)), name=path[-1])


def offered_at(number: int, rates: GoalRates, tier: int, cutoff: datetime) -> Period:
    """Return what a bookmaker offers of a period at these rates."""
    offered = offer(number, rates.of_period(number), tier)
    return msgspec.structs.replace(offered, status=1, cutoff=cutoff)


def prices_of(period: Period) -> int:
    """Count the prices of a period."""
    lines = len(period.spreads) + len(period.totals) + len(period.home_totals) + len(period.away_totals)
    moneyline = period.moneyline or Moneyline()
    return 2 * lines + sum(side is not None for side in (moneyline.home, moneyline.draw, moneyline.away))


def size_of(state: WorldState) -> dict[str, int]:
    """Count fixtures, leagues, events with odds, periods, prices and matches."""
    periods = [period for event in state.events.values() for period in event.periods.values()]
    return {
        "fixtures": len(state.events),
        "leagues": len({event.league_id for event in state.events.values()}),
        "with odds": sum(bool(event.periods) for event in state.events.values()),
        "periods": len(periods),
        "prices": sum(prices_of(period.offered) for period in periods),
        "matches": len(state.matches),
    }
