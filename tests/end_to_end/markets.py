"""Filters on everything that Pinnacle prices, the daemon at work on them, and what each should have."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import pytest

from syncd.simulator.fixture_list import Extent
from syncd.simulator.game import SimulatedGame
from syncd.simulator.listed import ListedSpecial
from syncd.simulator.sandbox import Sandbox
from tests.end_to_end.reference_prices import Bet, CurrentDocuments, Terms
from tests.end_to_end.running import Running, broken_rules, running, small_sandbox

BET_TYPES = {
    # results and totals, as five languages write them
    "Heimsieg": Bet("moneyline", "home"),
    "Remis": Bet("moneyline", "draw"),
    "П2": Bet("moneyline", "away"),
    "Away HT": Bet("moneyline", "away", period=1),
    "2nd half home": Bet("moneyline", "home", period=2),
    "O2.50": Bet("total", "over", "2.5"),
    "2.5 Üst": Bet("total", "over", "2.5"),
    "Unter 2,25": Bet("total", "under", "2.25"),
    "ТБ 2.75": Bet("total", "over", "2.75"),
    "Over 2.5/3": Bet("total", "over", "2.75"),
    "Poniżej 3": Bet("total", "under", "3"),
    "İY 1.5 Alt": Bet("total", "under", "1.5", period=1),
    "2nd half over 1.25": Bet("total", "over", "1.25", period=2),
    "1H Over 1": Bet("total", "over", "1", period=1),
    # handicaps
    "AH1 -0.5": Bet("spread", "home", "-0.5"),
    "AH2(+0,5)": Bet("spread", "away", "0.5"),
    "Asian handicap home -0.75": Bet("spread", "home", "-0.75"),
    "Фора 2 (+0.25)": Bet("spread", "away", "0.25"),
    "AH1 0": Bet("spread", "home", "0"),
    "AH1 0/-0.5 HT": Bet("spread", "home", "-0.25", period=1),
    # one team
    "IT1 O1.5": Bet("team_total", "home over", "1.5"),
    "Team Total Away Under 1.5": Bet("team_total", "away under", "1.5"),
    "İT2 O0.5 HT": Bet("team_total", "away over", "0.5", period=1),
    # two results, and stakes that come back
    "Doppelte Chance 1X": Bet("double_chance", "1X"),
    "12": Bet("double_chance", "12"),
    "ДШ X2": Bet("double_chance", "X2"),
    "1X HT": Bet("double_chance", "1X", period=1),
    "X2 2H": Bet("double_chance", "X2", period=2),
    "DNB 1": Bet("draw_no_bet", "home"),
    "Beraberlikte iade 2": Bet("draw_no_bet", "away"),
    "Draw no bet home HT": Bet("draw_no_bet", "home", period=1),
    # specials
    "BTTS Yes": Bet("Both Teams To Score?", "Yes"),
    "KG Yok": Bet("Both Teams To Score?", "No"),
    "GG 1H": Bet("Both Teams To Score?", "Yes", period=1),
    "Чет": Bet("Total Goals Odd/Even", "Even"),
    "Ungerade HZ": Bet("Total Goals Odd/Even", "Odd", period=1),
    # and by the user's own table
    "Two one": Bet("Correct Score", "{home} 2, {away} 1"),
    "Nil all": Bet("Correct Score", "{home} 0, {away} 0"),
    "Nil all at the break": Bet("Correct Score", "{home} 0, {away} 0", period=1),
    "Turned round": Bet("Half-Time/Full-Time", "{away} - {home}"),
    "Late winner": Bet("Half-Time/Full-Time", "Draw - {home}"),
    "Shots": Bet("Total Shots On Target", "Over", "8.5"),
    "Second half": Bet("total", "under", "1.75", period=2),
}
OVERRIDES = {
    "Two one": "correct_score 2-1",
    "nil all": 'special "Correct Score" 0-0',
    "Nil all at the break": "correct_score 0-0 period 1",
    "Turned round": "half_time_full_time away/home",
    "Late winner": 'special "Half-Time/Full-Time" "Draw/Home"',
    "Shots": 'special "Total Shots On Target" Over 8.5',
    "Second half": "total 1.75 under period 2",
}
RULES = {
    "raw": Terms(),
    "dearer": Terms(factor="1.037", decimals=4),
    "shin": Terms("shin", decimals=6),
    "power": Terms("power", decimals=3),
    "additive": Terms("additive", factor="1.02", decimals=2),
    "odds_ratio": Terms("odds_ratio", factor="0.99", decimals=5),
    "multiplicative": Terms("multiplicative", decimals=4),
}
FEW = (
    *("Heimsieg", "Remis", "П2", "O2.50", "AH1 -0.5", "Doppelte Chance 1X", "12", "DNB 1", "1X HT"),
    *("BTTS Yes", "KG Yok", "GG 1H", "Two one", "Late winner", "Shots"),
)


Filters = tuple[tuple[str, str, bool], ...]


def few(*rules: str) -> Filters:
    """Some of everything, called `rule: bet type`."""
    return tuple((f"{rule}: {bet_type}", bet_type, True) for rule in rules for bet_type in FEW)


def of_everything() -> Filters:
    """Every bet type raw, and fair by one of the five methods."""
    return tuple(
        (f"{rule}: {bet_type}", bet_type, True)
        for i, rule in enumerate(RULES)
        for j, bet_type in enumerate(BET_TYPES)
        if rule == "raw" or j % 5 == i % 5
    )


def rules_of(*names: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for name in names:
        method, factor, decimals = RULES[name]
        price = {"price": "fair", "method": method} if method else {"price": "raw"}
        found.append({"filter": f"{name}:*", "factor": float(factor), "decimals": decimals, **price})
    return found


class Markets:
    """The daemon at work, and what each of its filters should have."""

    def __init__(self, run: Running) -> None:
        self.run = run
        self.box = run.box
        self.world = run.box.world
        self.had_no_moneyline: set[int] = set()
        """Events whose match period was never seen with one."""

    @property
    def game(self) -> SimulatedGame:
        """One of a great league."""
        return next(game for game in self.world.open_games() if len(game.specials) > 4)

    def wanted(self) -> dict[tuple[str, str], Decimal]:
        """By filter and match, computed from the documents of this moment."""
        documents = CurrentDocuments(self.world, self.box.pinnacle.dialect)
        return {
            (name, game.name): odds
            for name, bet, terms in self._filters()
            for game in self.world.games
            if game.linkable and game.main
            if (odds := self._odds(documents, game, bet, terms)) is not None
        }

    def actual(self) -> dict[tuple[str, str], Decimal]:
        names = {found.id: found.name for found in self.box.bettune.account.filters}
        games = {game.match.id: game.name for game in self.world.games if game.match}
        return {
            (names[pair.filter_id], games[pair.match_id]): row.odds
            for pair, row in self.box.bettune.account.predictions().items()
            if row.source == "api"
        }

    def of(self, game: SimulatedGame, bet_type: str, rule: str = "raw") -> Decimal | None:
        return self.actual().get((f"{rule}: {bet_type}", game.name))

    async def agree(self, within: float = 100.0) -> dict[tuple[str, str], Decimal]:
        """Wait until BetTune holds exactly what it should have; returns it."""
        wanted = self.wanted()  # once: the world does not change meanwhile
        try:
            await self.run.until(lambda: self.actual() == wanted, within)
        except AssertionError:
            actual = self.actual()
            wrong = {key for key in wanted.keys() | actual.keys() if wanted.get(key) != actual.get(key)}
            differences = [f"{key}: {wanted.get(key)} but is {actual.get(key)}" for key in sorted(wrong)]
            pytest.fail(f"{len(wrong)} of {len(wanted)} differ\n" + "\n".join(differences[:40]))
        return wanted

    async def gone(self, game: SimulatedGame, *bet_types: str) -> None:
        await self.run.until(lambda: not any(self.of(game, each) for each in bet_types))

    def _filters(self) -> list[tuple[str, Bet, Terms]]:
        found = [(each.name, *each.name.split(": ", 1)) for each in self.box.bettune.account.filters]
        return [
            (name, BET_TYPES[bet_type], RULES[rule])
            for name, rule, bet_type in found
            if bet_type in BET_TYPES
        ]

    def _odds(
        self, documents: CurrentDocuments, game: SimulatedGame, bet: Bet, terms: Terms
    ) -> Decimal | None:
        assert game.main
        lacked = game.main.id in self.had_no_moneyline and bet.period == 0
        return documents.odds_of(game.main.id, bet, terms, had_moneyline=not lacked)


@asynccontextmanager
async def markets(
    url: str,
    *rules: str,
    filters: Filters | None = None,
    leagues: int = 1,
    sandbox: dict[str, Any] | None = None,
    before: Callable[[Sandbox], object] = lambda _: None,
    **sections: Any,
) -> AsyncIterator[Markets]:
    """The daemon over a small world whose filters bet on some of everything; `before` sets the world up."""
    extent = Extent(leagues=leagues, rounds=1, traps=False)
    async with small_sandbox(filters=filters or few(*rules), extent=extent, **(sandbox or {})) as box:
        before(box)
        config = {"rules": rules_of(*rules), "bet_types": OVERRIDES}
        async with running(box, url, **(config | sections)) as run:
            yield Markets(run)
            assert broken_rules(box) == []


def named(game: SimulatedGame, name: str) -> ListedSpecial:
    return next(special for special in game.specials if special.name == name)
