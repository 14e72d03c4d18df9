"""The report of predictions that the daemon kept, against what the simulated world knows."""

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from syncd.evaluation.pair import EvaluatedPair
from syncd.model.bettune import Pair
from syncd.simulator.endings import FinalScore, Goals
from syncd.simulator.sandbox import Sandbox
from syncd.store.engine import Store
from syncd.views.report import Evaluation, load_evaluation
from tests.end_to_end.running import Running, running, settings_for
from tests.support.virtual_time import LoopClock, SettableClock

DAY = timedelta(days=1)
MOVES = (0.01, -0.04, 0.03, 0.05, -0.02)


async def evaluation(box: Sandbox, url: str) -> Evaluation:
    """Everything, as it is two weeks later."""
    clock = SettableClock()
    now = LoopClock().now()
    clock.ahead = 14 * DAY
    async with await Store.open(url, clock) as store:
        return await load_evaluation(store, settings_for(box, url), now - DAY, now + 14 * DAY)


async def follow(run: Running, name: str) -> list[Decimal]:
    """Let one game's prices move; return the Min Odds before, and after each was followed."""
    found = [run.odds(run.game, name)]
    for by in MOVES:
        game = run.game
        assert run.box.world.move(game, by=by)
        await run.agrees()
        found.append(run.odds(game, name))
    return found


@pytest.mark.parametrize(("score", "home_wins"), [(Goals(2, 1), True), (Goals(0, 0), False)])
async def test_a_bet_its_closing_price_and_its_result_are_those_of_the_world(
    box: Sandbox, store_url: str, score: Goals, home_wins: bool
):
    async with running(box, store_url) as run:
        await run.agrees()
        game = run.game
        shown = await follow(run, "Pinnacle Home")
        box.world.kick_off(game)
        await run.until(lambda: run.odds(game) is None)
        box.world.finish(game, FinalScore(score))
        await run.daemon.clock.sleep(5)
        pair = Pair(run.filter("Pinnacle Home").id, game.match.id)
        writes = [each for each in box.bettune.account.writes if each.pair == pair]
    found = await evaluation(box, store_url)
    each = next(each for each in found.pairs if each.pair == pair)
    # The rule is raw, so Min Odds are Pinnacle's price, and each rise meets those that active before it.
    rises = [(before, after) for before, after in pairwise(shown) if after > before]
    assert (each.bet.min_odds, each.bet.price) == rises[0]
    assert each.bet.stale
    assert each.closing.price == shown[-1]
    assert each.closing_value == each.bet.price / each.closing.fair - 1
    assert each.profit == (each.bet.price - 1 if home_wins else -1)
    assert len(each.sent) == len(writes)
    figures = next(each for each in found.report.filters if each.filter_name == "Pinnacle Home")
    assert figures.bets.n >= 1
    assert figures.service.share_in_step > 0.5


async def test_a_filter_without_a_rule_is_named_and_not_evaluated(run: Running, sqlite_url: str):
    found = await evaluation(run.box, sqlite_url)
    assert found.report.not_evaluated == ["By hand"]
    assert {each.filter_name for each in found.report.filters} == {"Pinnacle Home", "Pinnacle Over 2.5"}
    assert all(isinstance(each, EvaluatedPair) and each.bet is None for each in found.pairs)
