"""From a price at Pinnacle to the row at BetTune, over HTTP and SQL, on both databases."""

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal

import pytest

from syncd.model.bettune import Pair
from syncd.model.change import Kind
from syncd.simulator.goals import GoalRates
from syncd.simulator.sandbox import Sandbox
from syncd.views.live_status import live_status
from tests.end_to_end.running import CALM, Running, broken_rules, running


@pytest.fixture
async def run(box: Sandbox, store_url: str) -> AsyncIterator[Running]:
    async with running(box, store_url) as run:
        await run.agrees()
        yield run
        assert broken_rules(box) == []


async def test_the_first_fill_holds_every_open_price_and_nothing_else(run: Running):
    assert len(run.box.bettune.account.predictions()) > 10
    assert run.odds(run.game)


async def test_a_price_that_moves_is_followed(run: Running):
    game, before = run.game, run.odds(run.game)
    while run.box.oracle().price(game, "Home") == before:
        run.box.world.move(game)
    await run.agrees()
    assert run.odds(game) not in (None, before)


async def test_a_halted_event_loses_its_predictions_and_gets_them_back(run: Running):
    game = run.game
    run.box.world.halt(game)
    await run.until(lambda: run.odds(game) is None)
    run.box.world.resume(game)
    await run.agrees()
    assert run.odds(game)


async def test_an_offline_period_loses_its_predictions(run: Running):
    game = run.game
    run.box.world.set_period_status(game, 2)
    await run.until(lambda: run.odds(game) is None)
    run.box.world.set_period_status(game, 1)
    await run.agrees()


async def test_a_market_that_is_taken_down_loses_only_its_own_prediction(run: Running):
    game = run.game
    run.box.world.take_down(game, "moneyline")
    await run.until(lambda: run.odds(game) is None)
    assert run.odds(game, "Pinnacle Over 2.5")
    run.box.world.put_back(game, "moneyline")
    await run.agrees()


@pytest.mark.parametrize("end", ["kick_off", "finish", "cancel", "delete"])
async def test_a_game_that_is_over_holds_nothing(run: Running, end: str):
    game = run.game
    getattr(run.box.world, end)(game)
    await run.until(lambda: run.odds(game) is None and run.odds(game, "Pinnacle Over 2.5") is None)
    await run.agrees()


async def test_a_postponed_game_keeps_its_link_and_its_price(run: Running):
    game = run.game
    run.box.world.postpone(game, timedelta(days=1))
    await run.agrees()


async def test_a_disabled_filter_is_emptied_and_filled_again_when_it_is_approved(run: Running):
    found = run.filter("Pinnacle Home")
    run.box.bettune.account.set_approved(found.id, approved=False)
    await run.until(
        lambda: not any(pair.filter_id == found.id for pair in run.box.bettune.account.predictions())
    )
    run.box.bettune.account.set_approved(found.id, approved=True)
    await run.agrees()
    assert run.odds(run.game)


async def test_a_filter_without_a_rule_is_left_alone(run: Running):
    found = run.filter("By hand")
    assert run.game.match
    run.box.bettune.account.ui_set(Pair(found.id, run.game.match.id), Decimal("7.5"))
    run.box.world.move(run.game, by=0.2)
    await run.agrees()
    assert run.odds(run.game, "By hand") == Decimal("7.5")
    assert not [write for write in run.box.bettune.account.writes if write.pair.filter_id == found.id]


async def test_a_price_that_falls_deep_is_lowered_once_a_second_answer_agrees(run: Running):
    game, before = run.game, run.odds(run.game)
    run.box.world.set_rates(game, GoalRates(home=4.0, away=0.2))
    await run.agrees()
    after = run.odds(game)
    assert after
    assert before
    assert after < before * Decimal("0.65")  # by more than max_jump


async def test_the_daemon_lists_what_pinnacle_says_of_danger_among_its_feeds(box: Sandbox, sqlite_url: str):
    async with running(box, sqlite_url) as run:
        await run.agrees()
        kinds = {each.state.kind for each in (await live_status(run.daemon)).feeds}
    assert {"betting_status", "inrunning", "odds"} <= kinds


async def test_the_reaction_to_a_price_that_rises_is_measured(box: Sandbox, sqlite_url: str):
    async with running(box, sqlite_url) as run:
        await run.agrees()
        assert run.daemon.components
        raises = run.daemon.components.reactions.by_kind[Kind.RAISE]
        assert raises.cumulative()[-1] == 0  # the first fill waits for its readings
        run.box.world.set_rates(run.game, GoalRates(home=0.9, away=1.6))
        await run.agrees()
        counts = raises.cumulative()
        assert counts[-1] > 0
        assert counts[4] == counts[-1]  # within a second of virtual time
        requests = run.daemon.components.requests.by_api_and_code
        assert requests["pinnacle", "200"] > 5
        assert requests["bettune", "200"] > 5


async def test_a_user_is_notified_when_writing_stops_and_when_it_goes_on(box: Sandbox, sqlite_url: str):
    messages: list[tuple[str, str]] = []

    def receive(title: str, body: str) -> bool:
        messages.append((title, body))
        return True

    async with running(box, sqlite_url, **CALM) as run:
        await run.agrees()
        run.daemon.notifications.use(receive)
        run.box.bettune.faults.inject("401", path="*/prediction", seconds=40)
        run.box.world.set_rates(run.game, GoalRates(home=0.9, away=1.6))
        await run.until(lambda: bool(messages), within=120)
        assert messages[0][0] == "syncd: bettune.refused"
        await run.until(lambda: len(messages) > 1, within=600, every=1)
        assert messages[1][0] == "syncd: all clear"
        await run.agrees()
