"""A sport without draws: nothing assumes three outcomes, or sport 29."""

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from syncd.simulator.game import SimulatedGame
from syncd.simulator.pinnacle_dialects import DocumentShape, PinnacleResource, equal_pace
from syncd.simulator.pinnacle_server import PinnacleServer
from syncd.simulator.request_log import ReceivedRequest
from syncd.simulator.sandbox import Sandbox
from tests.end_to_end.running import PACE, Running, broken_rules, running, small_sandbox

TENNIS = 33
FILTERS = {
    "raw: 1": "1",
    "raw: Away": "Away",
    "raw: Draw": "Draw",
    "raw: 1X": "1X",
    "raw: DNB 2": "DNB 2",
    "raw: AH1 -0.5": "AH1 -0.5",
    "raw: Over 2.5": "Over 2.5",
    "fair: Home": "Home",
    "fair: 12": "12",
}
RULES = [{"filter": "raw:*"}, {"filter": "fair:*", "price": "fair", "decimals": 6}]


class TwoWayServer(PinnacleServer):
    """The simulated world as if it were one of tennis: no match can be drawn, and there are no specials."""

    def _document(
        self, call: ReceivedRequest, ask: PinnacleResource, shape: DocumentShape
    ) -> dict[str, Any] | None:
        if call.query.get("sportid") != str(TENNIS) or ask in (
            PinnacleResource.SPECIALS,
            PinnacleResource.SPECIAL_ODDS,
        ):
            return None
        document = super()._document(replace(call, query=call.query | {"sportid": "29"}), ask, shape)
        if document is not None and ask is PinnacleResource.ODDS:
            for league in document["leagues"]:
                for event in league["events"]:
                    _make_two_way(event["periods"])
        return document if document is None else document | {"sportId": TENNIS}


def _make_two_way(periods: list[dict[str, Any]]) -> None:
    """Who wins costs what the main spread costs: any two sides that make a believable market."""
    for period in periods:
        if "moneyline" in period:
            main = period["spreads"][0]
            period["moneyline"] = {"home": main["home"], "away": main["away"]}


@pytest.fixture
async def box() -> AsyncIterator[Sandbox]:
    box = small_sandbox(filters=tuple((name, bet_type, True) for name, bet_type in FILTERS.items()))
    box.pinnacle = TwoWayServer(box.world, pace=equal_pace(PACE))
    async with box:
        yield box


def by_filter(run: Running, game: SimulatedGame) -> dict[str, Decimal | None]:
    return {name: run.odds(game, name) for name in FILTERS}


async def test_two_outcomes_are_priced_and_a_draw_never_is(box: Sandbox, sqlite_url: str):
    async with running(box, sqlite_url, rules=RULES, pinnacle={"sports": [TENNIS]}) as run:
        games = [game for game in box.world.open_games() if game.main.periods[0].offered.spreads]
        await run.until(lambda: all(run.odds(each, "fair: Home") for each in games))
        await run.until(lambda: all(run.odds(each, "raw: Away") for each in games))
        for game in games:
            actual = by_filter(run, game)
            period = game.main.periods[0].offered
            main = period.spreads[0]
            assert actual["raw: 1"] == main.home
            assert actual["raw: Away"] == main.away
            assert actual["raw: Draw"] is None
            assert actual["raw: 1X"] is actual["fair: 12"] is None
            # Of two outcomes shin is additive: the margin is shared in equal parts.
            share = (1 / main.home + 1 / main.away - 1) / 2
            fair = 1 / (1 / main.home - share)
            assert abs(actual["fair: Home"] - fair) <= Decimal("0.000001")
            assert actual["raw: DNB 2"] == main.away  # nobody can draw, so it is the same bet
            half = next((line.home for line in period.spreads if line.hdp == Decimal("-0.5")), None)
            assert actual["raw: AH1 -0.5"] == half  # games or sets: never the moneyline instead
            over = next((line.over for line in period.totals if line.points == Decimal("2.5")), None)
            assert actual["raw: Over 2.5"] == over
    assert broken_rules(box) == []


async def test_a_two_way_market_that_moves_is_followed(box: Sandbox, sqlite_url: str):
    async with running(box, sqlite_url, rules=RULES, pinnacle={"sports": [TENNIS]}) as run:
        await run.until(lambda: any(run.odds(game, "raw: 1") for game in box.world.open_games()))
        game = next(game for game in box.world.open_games() if run.odds(game, "raw: 1"))
        before = game.main.periods[0].offered.spreads[0].home
        while game.main.periods[0].offered.spreads[0].home == before:
            box.world.move(game, by=0.1)
        await run.until(lambda: run.odds(game, "raw: 1") == game.main.periods[0].offered.spreads[0].home)
