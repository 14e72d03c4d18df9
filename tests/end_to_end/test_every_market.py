"""Every bet type that Pinnacle prices, from its documents to the row at BetTune, to six decimals."""

from decimal import Decimal

import pytest

from syncd.model.bettune import Pair
from syncd.runtime.clock import SystemClock
from syncd.simulator import listed_specials
from syncd.simulator.game import SimulatedGame
from syncd.simulator.sandbox import Sandbox
from syncd.views.check.report import FindingLevel
from syncd.views.check.run import run_checks
from tests.end_to_end.markets import RULES, markets, named, of_everything, rules_of
from tests.end_to_end.running import running, settings_for, small_sandbox

NONSENSE = ("Banana", "1/X", "Handicap 1 (-1)", "Over", "Corners over 9.5", "O2.4", "")


def in_disorder(box: Sandbox) -> None:
    """Before anything is read: specials in every state, a match without a moneyline, one without odds."""
    world = box.world
    one, two, three, four, five = (game for game in world.open_games() if len(game.specials) > 4)
    listed_specials.withdraw(world, named(one, "Both Teams To Score?"), "Yes")
    listed_specials.withdraw(
        world, named(one, "Correct Score"), named(one, "Correct Score").contestants[0].name
    )
    listed_specials.set_lines(world, named(one, "Double Chance"), shown=False)
    listed_specials.set_status(world, named(two, "Both Teams To Score?"), "H")
    listed_specials.set_status(world, named(two, "Double Chance"), "I")
    listed_specials.set_cutoff(world, named(two, "Draw No Bet"), world.now())
    listed_specials.remove(world, named(three, "Double Chance"))
    listed_specials.remove(world, named(three, "Draw No Bet"))
    listed_specials.set_listed(world, named(three, "Total Goals Odd/Even"), listed=False)
    listed_specials.recreate(world, three, named(three, "Both Teams To Score?"))
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
        actual = await tried.agree()
        priced = {name for name, _ in actual}
        assert priced == {name for name, _, _ in filters}
        for game in tried.world.open_games()[:3]:
            tried.world.move(game, by=0.2)
        await tried.agree()


@pytest.mark.parametrize("preset", ["ps3838", "manual-2017"])
async def test_other_hosts_offer_the_same_in_their_own_versions(sqlite_url: str, preset: str):
    hosts = {"pinnacle": {"preset": preset}}
    async with markets(sqlite_url, "raw", "shin", sandbox={"preset": preset}, **hosts) as tried:
        await tried.agree()
        listed_specials.withdraw(tried.world, named(tried.game, "Both Teams To Score?"), "Yes")
        listed_specials.recreate(tried.world, tried.game, named(tried.game, "Double Chance"))
        tried.world.move(tried.game, by=0.3)
        await tried.agree()


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
        unread = {each.id: each for each in box.bettune.account.filters if each.bet_type in NONSENSE}
        match = box.world.open_games()[0].match
        by_hand = {Pair(number, match.id): Decimal("2.5") for number in unread}
        for pair, odds in by_hand.items():
            box.bettune.account.ui_set(pair, odds)
        async with running(box, sqlite_url, rules=rules_of("raw")) as run:
            await run.until(lambda: len(box.bettune.account.predictions()) > len(by_hand) + 3)
            await run.until(lambda: bool(run.daemon.components and run.daemon.components.idle))
        assert not [write for write in box.bettune.account.writes if write.pair.filter_id in unread]
        assert by_hand.items() <= box.bettune.account.odds().items()
        found = await run_checks(settings_for(box, sqlite_url, rules=rules_of("raw")), SystemClock(), str)
        named_ones = [each.subject for each in found.findings if each.level is FindingLevel.PROBLEM]
        for number, each in unread.items():
            assert f"filter {number} ({each.name})" in named_ones


def _with_half_a_goal(box: Sandbox) -> SimulatedGame:
    return next(game for game in box.world.open_games() if _half_a_goal(game))


def _half_a_goal(game: SimulatedGame) -> Decimal | None:
    """The price of the home side half a goal behind."""
    lines = game.main.periods[0].offered.spreads
    return next((line.home for line in lines if line.hdp == Decimal("-0.5")), None)
