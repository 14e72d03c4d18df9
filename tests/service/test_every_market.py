"""Every bet type that Pinnacle prices, from its documents to the row at BetTune, to six decimals."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from syncd.demo import specials
from syncd.demo.fixture_list import Extent
from syncd.demo.game import Game
from syncd.demo.listing import ListedSpecial
from syncd.demo.sandbox import Sandbox
from syncd.model.bettune import Pair
from syncd.runtime.clock import SystemClock
from syncd.service.check.findings import Level
from syncd.service.check.run import check
from tests.service.reckoning import Bet, Terms, Told
from tests.service.running import PACES, Running, broken_rules, running, settings_for, small_sandbox

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
NONSENSE = ("Banana", "1/X", "Handicap 1 (-1)", "Over", "Corners over 9.5", "O2.4", "")


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
    """The daemon at work, and what each of its filters ought to hold."""

    def __init__(self, run: Running) -> None:
        self.run = run
        self.box = run.box
        self.world = run.box.world
        self.had_no_moneyline: set[int] = set()
        """Events whose match period was never seen with one."""

    @property
    def game(self) -> Game:
        """One of a great league."""
        return next(game for game in self.world.open_games() if len(game.specials) > 4)

    def wanted(self) -> dict[tuple[str, str], Decimal]:
        """By filter and match, reckoned from the documents of this moment."""
        told = Told(self.world, self.box.pinnacle.dialect)
        return {
            (name, game.words): odds
            for name, bet, terms in self._filters()
            for game in self.world.games
            if game.linkable and game.main
            if (odds := self._odds(told, game, bet, terms)) is not None
        }

    def held(self) -> dict[tuple[str, str], Decimal]:
        names = {found.id: found.name for found in self.box.bettune.book.filters}
        games = {game.match.id: game.words for game in self.world.games if game.match}
        return {
            (names[pair.filter_id], games[pair.match_id]): row.odds
            for pair, row in self.box.bettune.book.rows().items()
            if row.source == "api"
        }

    def of(self, game: Game, bet_type: str, rule: str = "raw") -> Decimal | None:
        return self.held().get((f"{rule}: {bet_type}", game.words))

    async def agree(self, within: float = 25.0) -> dict[tuple[str, str], Decimal]:
        """Wait until BetTune holds exactly what it ought to; gives it."""
        wanted = self.wanted()  # once: the world stands still meanwhile
        try:
            await self.run.until(lambda: self.held() == wanted, within)
        except AssertionError:
            held = self.held()
            wrong = {key for key in wanted.keys() | held.keys() if wanted.get(key) != held.get(key)}
            told = [f"{key}: {wanted.get(key)} but is {held.get(key)}" for key in sorted(wrong)]
            pytest.fail(f"{len(wrong)} of {len(wanted)} differ\n" + "\n".join(told[:40]))
        return wanted

    async def gone(self, game: Game, *bet_types: str) -> None:
        await self.run.until(lambda: not any(self.of(game, each) for each in bet_types))

    def _filters(self) -> list[tuple[str, Bet, Terms]]:
        found = [(each.name, *each.name.split(": ", 1)) for each in self.box.bettune.book.filters]
        return [
            (name, BET_TYPES[bet_type], RULES[rule])
            for name, rule, bet_type in found
            if bet_type in BET_TYPES
        ]

    def _odds(self, told: Told, game: Game, bet: Bet, terms: Terms) -> Decimal | None:
        assert game.main
        lacked = game.main.id in self.had_no_moneyline and bet.period == 0
        return told.odds_of(game.main.id, bet, terms, had_moneyline=not lacked)


@asynccontextmanager
async def markets(
    url: str,
    *rules: str,
    filters: Filters | None = None,
    leagues: int = 1,
    before: Callable[[Sandbox], object] = lambda _: None,
    **sections: Any,
) -> AsyncIterator[Markets]:
    """The daemon over a small world whose filters bet on some of everything; `before` sets the world up."""
    extent = Extent(leagues=leagues, rounds=1, traps=False)
    async with small_sandbox(filters=filters or few(*rules), extent=extent) as box:
        before(box)
        config = {"rules": rules_of(*rules), "bet_types": OVERRIDES}
        async with running(box, url, **(config | sections)) as run:
            yield Markets(run)
            assert broken_rules(box) == []


def named(game: Game, name: str) -> ListedSpecial:
    return next(special for special in game.specials if special.name == name)


def calls_to_specials(box: Sandbox) -> list[str]:
    return [call.path for call in box.pinnacle.arrivals.calls if "special" in call.path]


def in_disorder(box: Sandbox) -> None:
    """Before anything is read: specials in every state, a match without a moneyline, one without odds."""
    world = box.world
    one, two, three, four, five = (game for game in world.open_games() if len(game.specials) > 4)
    specials.withdraw(world, named(one, "Both Teams To Score?"), "Yes")
    specials.withdraw(world, named(one, "Correct Score"), named(one, "Correct Score").contestants[0].name)
    specials.set_lines(world, named(one, "Double Chance"), shown=False)
    specials.set_status(world, named(two, "Both Teams To Score?"), "H")
    specials.set_status(world, named(two, "Double Chance"), "I")
    specials.set_cutoff(world, named(two, "Draw No Bet"), world.now())
    specials.remove(world, named(three, "Double Chance"))
    specials.remove(world, named(three, "Draw No Bet"))
    specials.set_listed(world, named(three, "Total Goals Odd/Even"), listed=False)
    specials.recreate(world, three, named(three, "Both Teams To Score?"))
    world.take_down(four, "moneyline")
    world.take_down(four, "spreads", number=1)
    world.set_period_status(five, 2, number=1)
    world.take_down(five, "totals", "home_totals", number=0)
    for contestant in named(five, "Total Goals Odd/Even").contestants:
        contestant.price = Decimal("1.6")  # a booksum of 1.25, and so no fair price


async def test_every_bet_type_holds_what_the_documents_say(sqlite_url: str):
    filters = of_everything()
    async with markets(sqlite_url, *RULES, filters=filters, leagues=2, before=in_disorder) as tried:
        lacking = [game for game in tried.world.open_games() if "moneyline" in game.main.periods[0].hidden]
        tried.had_no_moneyline = {game.main.id for game in lacking}
        held = await tried.agree()
        priced = {name for name, _ in held}
        assert priced == {name for name, _, _ in filters}
        for game in tried.world.open_games()[:3]:
            tried.world.move(game, by=0.2)
        await tried.agree()


async def test_a_contestant_that_is_withdrawn_takes_its_prediction_along_within_a_poll(sqlite_url: str):
    async with markets(sqlite_url, "raw", "shin") as tried:
        await tried.agree()
        game, calls = tried.game, tried.box.pinnacle.arrivals.calls
        special, before = named(game, "Both Teams To Score?"), len(calls)
        specials.withdraw(tried.world, special, "Yes")
        await tried.gone(game, "BTTS Yes")
        assert sum(call.path.endswith("/odds/special") for call in calls[before:]) <= 2
        held = await tried.agree()
        assert ("raw: KG Yok", game.words) in held
        assert ("shin: KG Yok", game.words) not in held  # a fair price needs both sides
        specials.put_back(tried.world, special)
        assert ("shin: KG Yok", game.words) in await tried.agree()


TROUBLES: dict[str, Callable[[Markets, ListedSpecial, Game], object]] = {
    "halted": lambda tried, special, _: specials.set_status(tried.world, special, "H"),
    "empty": lambda tried, special, _: specials.set_lines(tried.world, special, shown=False),
    "settled": lambda tried, special, _: specials.remove(tried.world, special),
    "its match halted": lambda tried, _, game: tried.world.halt(game),
    "its match over": lambda tried, _, game: tried.world.kick_off(game),
    "cut off": lambda tried, special, _: specials.set_cutoff(
        tried.world, special, tried.world.now() + timedelta(seconds=1)
    ),
}


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_a_special_that_takes_no_bets_holds_nothing(sqlite_url: str, trouble: str):
    async with markets(sqlite_url, "raw") as tried:
        await tried.agree()
        game = tried.game
        TROUBLES[trouble](tried, named(game, "Both Teams To Score?"), game)
        await tried.gone(game, "BTTS Yes", "KG Yok")
        await tried.agree()


async def test_a_special_that_returns_under_a_new_id_is_followed(store_url: str):
    async with markets(store_url, "raw") as tried:
        await tried.agree()
        game = tried.game
        for name in ("Both Teams To Score?", "Double Chance", "Correct Score"):
            specials.recreate(tried.world, game, named(game, name))
        tried.world.move(game, by=0.3)
        await tried.agree()
        assert tried.of(game, "BTTS Yes") == named(game, "Both Teams To Score?").contestants[0].price


async def test_one_that_vanishes_without_a_word_is_missed_by_the_next_snapshot(sqlite_url: str):
    paces = {"pinnacle": {"pace": dict.fromkeys(PACES, "50ms") | {"resnapshot": "400ms"}}}
    async with markets(sqlite_url, "raw", **paces) as tried:
        await tried.agree()
        game = tried.game
        specials.remove(tried.world, named(game, "Both Teams To Score?"), quietly=True)
        await tried.gone(game, "BTTS Yes", "KG Yok")
        await tried.agree()


async def test_where_specials_cannot_be_read_only_their_predictions_go(sqlite_url: str):
    async with markets(sqlite_url, "raw", safety={"stale_after": "1s"}) as tried:
        before = await tried.agree()
        tried.box.pinnacle.faults.add("500", path="*/odds/special", seconds=3.0)
        game = tried.game
        await tried.gone(game, "BTTS Yes", "KG Yok", "Two one", "Late winner")
        left = tried.held()
        for bet_type, bet in BET_TYPES.items():
            if bet.market in ("moneyline", "total", "team_total"):
                key = (f"raw: {bet_type}", game.words)
                assert left.get(key) == before.get(key)
        # A double chance goes by the spread meanwhile.
        spread = [line.home for line in game.main.periods[0].offered.spreads if line.hdp == Decimal("0.5")]
        assert tried.of(game, "Doppelte Chance 1X") == (spread[0] if spread else None)
        assert await tried.agree() == before


async def test_specials_are_asked_for_only_while_a_filter_needs_them(sqlite_url: str):
    plain = (("raw: O2.50", "O2.50", True), ("raw: AH1 -0.5", "AH1 -0.5", True), ("Other", "BTTS Yes", True))
    waiting = ("raw: BTTS Yes", "BTTS Yes", False)
    async with markets(sqlite_url, "raw", filters=(*plain, waiting)) as tried:
        await tried.run.until(lambda: len(tried.box.pinnacle.arrivals.calls) > 30)
        assert calls_to_specials(tried.box) == []
        needed = tried.run.filter(waiting[0])
        tried.box.bettune.book.set_approved(needed.id, approved=True)
        await tried.run.until(lambda: tried.of(tried.game, "BTTS Yes") is not None)
        tried.box.bettune.book.set_approved(needed.id, approved=False)
        await tried.gone(tried.game, "BTTS Yes")
        before = len(calls_to_specials(tried.box))
        await asyncio.sleep(0.3)
        assert len(calls_to_specials(tried.box)) <= before + 3


async def test_a_moneyline_that_never_was_is_half_a_goal_and_one_taken_down_is_nothing(sqlite_url: str):
    def never(box: Sandbox) -> None:
        box.world.take_down(_with_half_a_goal(box), "moneyline")

    async with markets(sqlite_url, "raw", before=never) as tried:
        without, other = [game for game in tried.world.open_games() if _half_a_goal(game)][:2]
        tried.had_no_moneyline = {without.main.id}
        await tried.agree()
        assert tried.of(without, "Heimsieg") == _half_a_goal(without)
        assert tried.of(without, "Remis") is None
        tried.world.take_down(other, "moneyline")
        await tried.gone(other, "Heimsieg", "Remis", "П2")
        await tried.agree()
        assert tried.of(other, "AH1 -0.5") == _half_a_goal(other)
        tried.world.put_back(without, "moneyline")
        tried.had_no_moneyline = set()
        await tried.agree()
        tried.world.take_down(without, "moneyline")
        await tried.gone(without, "Heimsieg")


async def test_nonsense_prices_nothing_and_is_named(sqlite_url: str):
    filters = (("raw: O2.50", "O2.50", True), *((f"raw: {each}", each, True) for each in NONSENSE))
    async with small_sandbox(filters=filters) as box:
        unread = {each.id: each for each in box.bettune.book.filters if each.bet_type in NONSENSE}
        match = box.world.open_games()[0].match
        by_hand = {Pair(number, match.id): Decimal("2.5") for number in unread}
        for pair, odds in by_hand.items():
            box.bettune.book.ui_set(pair, odds)
        async with running(box, sqlite_url, rules=rules_of("raw")) as run:
            await run.until(lambda: len(box.bettune.book.rows()) > len(by_hand) + 3)
            await run.until(lambda: bool(run.daemon.rooms and run.daemon.rooms.idle))
        assert not [write for write in box.bettune.book.writes if write.pair.filter_id in unread]
        assert by_hand.items() <= box.bettune.book.odds().items()
        found = await check(settings_for(box, sqlite_url, rules=rules_of("raw")), SystemClock(), str)
        named_ones = [each.subject for each in found.findings if each.level is Level.PROBLEM]
        for number, each in unread.items():
            assert f"filter {number} ({each.name})" in named_ones


def _with_half_a_goal(box: Sandbox) -> Game:
    return next(game for game in box.world.open_games() if _half_a_goal(game))


def _half_a_goal(game: Game) -> Decimal | None:
    """The price of the home side half a goal behind."""
    lines = game.main.periods[0].offered.spreads
    return next((line.home for line in lines if line.hdp == Decimal("-0.5")), None)
