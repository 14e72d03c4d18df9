"""What happens to specials at Pinnacle happens to their predictions, and to no others."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from syncd.simulator import listed_specials
from syncd.simulator.fixture_list import Extent
from syncd.simulator.game import SimulatedGame
from syncd.simulator.listed import ListedSpecial
from syncd.simulator.sandbox import Sandbox
from tests.end_to_end.markets import BET_TYPES, OVERRIDES, Markets, few, markets, named, rules_of
from tests.end_to_end.running import PACE, PACES, broken_rules, running, small_sandbox


def calls_to_specials(box: Sandbox) -> list[str]:
    return [call.path for call in box.pinnacle.request_log.requests if "special" in call.path]


async def test_a_contestant_that_is_withdrawn_takes_its_prediction_along_within_a_poll(sqlite_url: str):
    async with markets(sqlite_url, "raw", "shin") as tried:
        await tried.agree()
        game, calls = tried.game, tried.box.pinnacle.request_log.requests
        special, before = named(game, "Both Teams To Score?"), len(calls)
        listed_specials.withdraw(tried.world, special, "Yes")
        await tried.gone(game, "BTTS Yes")
        assert sum(call.path.endswith("/odds/special") for call in calls[before:]) <= 2
        actual = await tried.agree()
        assert ("raw: KG Yok", game.name) in actual
        assert ("shin: KG Yok", game.name) not in actual  # a fair price needs both sides
        listed_specials.put_back(tried.world, special)
        assert ("shin: KG Yok", game.name) in await tried.agree()


DISRUPTIONS: dict[str, Callable[[Markets, ListedSpecial, SimulatedGame], object]] = {
    "halted": lambda tried, special, _: listed_specials.set_status(tried.world, special, "H"),
    "empty": lambda tried, special, _: listed_specials.set_lines(tried.world, special, shown=False),
    "settled": lambda tried, special, _: listed_specials.remove(tried.world, special),
    "its match halted": lambda tried, _, game: tried.world.halt(game),
    "its match over": lambda tried, _, game: tried.world.kick_off(game),
    "cut off": lambda tried, special, _: listed_specials.set_cutoff(
        tried.world, special, tried.world.now() + timedelta(seconds=1)
    ),
}


@pytest.mark.parametrize("kind", DISRUPTIONS)
async def test_a_special_that_takes_no_bets_holds_nothing(sqlite_url: str, kind: str):
    async with markets(sqlite_url, "raw") as tried:
        await tried.agree()
        game = tried.game
        DISRUPTIONS[kind](tried, named(game, "Both Teams To Score?"), game)
        await tried.gone(game, "BTTS Yes", "KG Yok")
        await tried.agree()


async def test_a_special_that_returns_under_a_new_id_is_followed(store_url: str):
    async with markets(store_url, "raw") as tried:
        await tried.agree()
        game = tried.game
        for name in ("Both Teams To Score?", "Double Chance", "Correct Score"):
            listed_specials.recreate(tried.world, game, named(game, name))
        tried.world.move(game, by=0.3)
        await tried.agree()
        assert tried.of(game, "BTTS Yes") == named(game, "Both Teams To Score?").contestants[0].price


async def test_one_that_vanishes_without_a_word_is_missed_by_the_next_snapshot(sqlite_url: str):
    paces = {"pinnacle": {"pace": dict.fromkeys(PACES, f"{PACE}s") | {"resnapshot": "2s"}}}
    async with markets(sqlite_url, "raw", **paces) as tried:
        await tried.agree()
        game = tried.game
        listed_specials.remove(tried.world, named(game, "Both Teams To Score?"), quietly=True)
        await tried.gone(game, "BTTS Yes", "KG Yok")
        await tried.agree()


async def test_where_specials_cannot_be_read_only_their_predictions_go(sqlite_url: str):
    async with markets(sqlite_url, "raw", safety={"stale_after": "4s"}) as tried:
        before = await tried.agree()
        tried.box.pinnacle.faults.inject("500", path="*/odds/special", seconds=12.0)
        game = tried.game
        await tried.gone(game, "BTTS Yes", "KG Yok", "Two one", "Late winner")
        left = tried.actual()
        for bet_type, bet in BET_TYPES.items():
            if bet.market in ("moneyline", "total", "team_total"):
                key = (f"raw: {bet_type}", game.name)
                assert left.get(key) == before.get(key)
        # A double chance goes by the spread meanwhile.
        spread = [line.home for line in game.main.periods[0].offered.spreads if line.hdp == Decimal("0.5")]
        assert tried.of(game, "Doppelte Chance 1X") == (spread[0] if spread else None)
        assert await tried.agree() == before


@pytest.mark.parametrize("kind", ["html", "cut", "american"])
async def test_a_wrong_answer_about_specials_changes_nothing_and_passes(sqlite_url: str, kind: str):
    async with markets(sqlite_url, "raw") as tried:
        before = await tried.agree()
        faults = tried.box.pinnacle.faults
        for path in ("*/fixtures/special", "*/odds/special"):
            faults.inject(kind, path=path, times=2)
        await tried.run.until(lambda: len(faults.injected) >= 4)
        assert tried.actual() == before
        tried.world.move(tried.game, by=0.3)
        await tried.agree()


async def test_a_restart_goes_on_from_the_cursors_and_asks_for_nothing_twice(sqlite_url: str):
    async with small_sandbox(filters=few("raw"), extent=Extent(leagues=1, rounds=1, traps=False)) as box:
        config = {"rules": rules_of("raw"), "bet_types": OVERRIDES}
        async with running(box, sqlite_url, **config) as run:
            await Markets(run).agree()
        asked = len(box.pinnacle.request_log.requests)
        listed_specials.withdraw(box.world, named(next(iter(box.world.games)), "Both Teams To Score?"), "Yes")
        async with running(box, sqlite_url, **config) as run:
            await Markets(run).agree()
        again = [call for call in box.pinnacle.request_log.requests[asked:] if call.path.endswith("/special")]
        assert again
        assert all(call.is_delta for call in again)
        assert broken_rules(box) == []


async def test_specials_are_asked_for_only_while_a_filter_needs_them(sqlite_url: str):
    plain = (("raw: O2.50", "O2.50", True), ("raw: AH1 -0.5", "AH1 -0.5", True), ("Other", "BTTS Yes", True))
    waiting = ("raw: BTTS Yes", "BTTS Yes", False)
    async with markets(sqlite_url, "raw", filters=(*plain, waiting)) as tried:
        await tried.run.until(lambda: len(tried.box.pinnacle.request_log.requests) > 30)
        assert calls_to_specials(tried.box) == []
        needed = tried.run.filter(waiting[0])
        tried.box.bettune.account.set_approved(needed.id, approved=True)
        await tried.run.until(lambda: tried.of(tried.game, "BTTS Yes") is not None)
        tried.box.bettune.account.set_approved(needed.id, approved=False)
        await tried.gone(tried.game, "BTTS Yes")
        before = len(calls_to_specials(tried.box))
        await asyncio.sleep(6 * PACE)
        assert len(calls_to_specials(tried.box)) <= before + 3
