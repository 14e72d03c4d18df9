"""The fixture list of a new world: some days of football, with the cases that make linking hard."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from syncd.simulator.clubs import Club, SimulatedCompetition, competitions
from syncd.simulator.goals import GoalRates


class Trap(StrEnum):
    """A difficulty that is put into a game on purpose."""

    SWAPPED = "swapped"
    """BetTune has home and away swapped."""
    ONLY_PINNACLE = "only_pinnacle"
    ONLY_BETTUNE = "only_bettune"
    RETIRED_TWIN = "retired_twin"
    """Pinnacle lists the game twice; one of the two events is retired (rotation number 99999, status H)."""
    EARLY_ODDS = "early_odds"
    """Its odds appear before its fixture."""
    NO_PRICES = "no_prices"
    """Listed, not priced yet."""
    KICKOFF_DIFFERS = "kickoff_differs"
    """The kick-offs of the two services are minutes apart."""
    PLACEHOLDER = "placeholder"
    """Not a game: "Home Teams (5 Games)", which only Pinnacle lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """The size of a new world."""

    leagues: int | None = None
    """Only the first leagues of `football.txt`; None for all."""
    rounds: int = 2
    """Games of each club, one day apart."""
    soon: tuple[float, ...] = ()
    """For each number one game kicks off that many seconds after the start instead of hours later."""
    traps: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class GameDraft:
    """A game to be listed."""

    competition: SimulatedCompetition
    home: Club
    away: Club
    kickoff: datetime
    rates: GoalRates
    traps: frozenset[Trap] = frozenset()


RANDOM_TRAPS = {
    Trap.SWAPPED: 0.03,
    Trap.ONLY_PINNACLE: 0.05,
    Trap.ONLY_BETTUNE: 0.06,
    Trap.RETIRED_TWIN: 0.05,
    Trap.EARLY_ODDS: 0.02,
    Trap.NO_PRICES: 0.04,
    Trap.KICKOFF_DIFFERS: 0.05,
}
CERTAIN_TRAPS = (Trap.SWAPPED, Trap.ONLY_PINNACLE, Trap.ONLY_BETTUNE, Trap.RETIRED_TWIN, Trap.NO_PRICES)
"""Each of these occurs at least once, even in a small world."""


def draw(rng: Random, now: datetime, extent: Extent) -> list[GameDraft]:
    """Draw all games of the first days, league by league."""
    chosen = competitions()[: extent.leagues]
    # All leagues of one country play at the same hours: first team, women and U21 of the same
    # clubs at once, which only the league's name distinguishes.
    countries = sorted({competition.country for competition in chosen})
    start = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=3)
    drafts = [
        _draft(
            rng, competition, pair, start + timedelta(hours=22 * number, minutes=30 * slot + 150 * (i % 2))
        )
        for competition in chosen
        for slot in (countries.index(competition.country),)
        for number in range(extent.rounds)
        for i, pair in enumerate(pairs(competition.clubs, number))
    ]
    if extent.traps:
        drafts = [*_set_traps(rng, drafts), _placeholder(chosen[0], start)]
    return _soon(rng, drafts, now, extent.soon)


def pairs(clubs: tuple[Club, ...], number: int) -> list[tuple[Club, Club]]:
    """The games of one round. The file lists city rivals side by side, so the first games are derbies."""
    half = len(clubs) // 2
    if number % 3 == 0:
        return [(clubs[2 * i], clubs[2 * i + 1]) for i in range(half)]
    if number % 3 == 1:
        return [(clubs[i + half], clubs[i]) for i in range(half)]
    return [(clubs[(2 * i + 2) % (2 * half)], clubs[2 * i + 1]) for i in range(half)]


def random_draft(rng: Random, now: datetime, delay: timedelta) -> GameDraft:
    """Draw a game that is announced later; it kicks off after `delay`."""
    competition = rng.choice(competitions())
    home, away = rng.sample(competition.clubs, 2)
    return _draft(rng, competition, (home, away), now.replace(microsecond=0) + delay)


def _draft(
    rng: Random, competition: SimulatedCompetition, pair: tuple[Club, Club], kickoff: datetime
) -> GameDraft:
    rates = GoalRates(rng.uniform(0.9, 2.2), rng.uniform(0.6, 1.7))
    return GameDraft(competition=competition, home=pair[0], away=pair[1], kickoff=kickoff, rates=rates)


def _soon(rng: Random, drafts: list[GameDraft], now: datetime, soon: tuple[float, ...]) -> list[GameDraft]:
    # An early game must be visible, so it has no trap.
    plain = [i for i, draft in enumerate(drafts) if not draft.traps]
    early = set(rng.sample(plain, min(len(soon), len(plain))))
    delays = iter(soon)
    whole = now.replace(microsecond=0)
    return [
        replace(draft, kickoff=whole + timedelta(seconds=next(delays))) if i in early else draft
        for i, draft in enumerate(drafts)
    ]


def _set_traps(rng: Random, drafts: list[GameDraft]) -> list[GameDraft]:
    certain = dict(zip(rng.sample(range(len(drafts)), len(CERTAIN_TRAPS)), CERTAIN_TRAPS, strict=True))
    found = []
    for i, draft in enumerate(drafts):
        trap = certain.get(i) or next(
            (t for t, chance in RANDOM_TRAPS.items() if rng.random() < chance), None
        )
        found.append(draft if trap is None else replace(draft, traps=frozenset({trap})))
    return found


def _placeholder(competition: SimulatedCompetition, kickoff: datetime) -> GameDraft:
    games = len(competition.clubs) // 2
    return GameDraft(
        competition=competition,
        home=Club(f"Home Teams ({games} Games)", ""),
        away=Club(f"Away Teams ({games} Games)", ""),
        kickoff=kickoff,
        rates=GoalRates(3.4, 2.6),
        traps=frozenset({Trap.PLACEHOLDER, Trap.ONLY_PINNACLE}),
    )
