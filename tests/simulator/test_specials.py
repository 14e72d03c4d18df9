"""Specials are as rich as the real ones, and their deltas add up, too."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import aiohttp
import pytest

from syncd.simulator import listed_specials
from syncd.simulator.fixture_list import Extent
from syncd.simulator.game import SimulatedGame
from syncd.simulator.goals import GoalRates
from syncd.simulator.listed import ListedSpecial
from syncd.simulator.oracle import Oracle
from syncd.simulator.pinnacle_dialects import DIALECTS, Dialect, DocumentShape
from syncd.simulator.pinnacle_documents import PinnacleDocuments
from syncd.simulator.pinnacle_markets import iso
from syncd.simulator.pinnacle_query import FeedQuery
from syncd.simulator.sandbox import Sandbox
from syncd.simulator.special_kinds import KINDS, MatchScore
from syncd.simulator.world import World
from tests.simulator.eventful_minute import after_an_eventful_minute
from tests.support.sandbox import DECIMAL, SMALL, HandClock, pinnacle_client

YES = "BTTS Yes"
BOTH_SCORE = "Both Teams To Score?"


@pytest.fixture
def world(clock: HandClock) -> World:
    return World(clock=clock, extent=Extent(leagues=1, rounds=1, traps=False))


@pytest.fixture
def game(world: World) -> SimulatedGame:
    return world.open_games()[0]


def named(game: SimulatedGame, name: str = BOTH_SCORE) -> ListedSpecial:
    return next(special for special in game.specials if special.name == name)


def by_id(document: dict[str, Any] | None) -> dict[int, dict[str, Any]]:
    leagues = document["leagues"] if document is not None else []
    return {special["id"]: special for league in leagues for special in league["specials"]}


class DeltaClient:
    """A client that replaces whole specials, and keeps its cursors."""

    def __init__(self, documents: PinnacleDocuments) -> None:
        self._documents = (documents.specials, documents.special_odds)
        self._last: list[int | None] = [None, None]
        self.by_feed: tuple[dict[int, Any], dict[int, Any]] = ({}, {})

    def poll(self) -> None:
        for i, document_of in enumerate(self._documents):
            document = document_of(FeedQuery(sport=29, since=self._last[i]), DocumentShape.FULL)
            if document is not None:
                self._last[i] = document["last"]
                self.by_feed[i].update(by_id(document))


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_a_snapshot_and_its_deltas_add_up(dialect: Dialect):
    _, client, whole = after_an_eventful_minute(dialect, DeltaClient, leagues=3)
    for kept, current in zip(client.by_feed, whole.by_feed, strict=True):
        # What was settled or removed is only missing, and listed by `/fixtures/special/settled`.
        assert {number: kept[number] for number in current} == current
        assert current


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_special_carries_its_margin_and_settles_by_its_name(kind):
    offers = kind.offers(GoalRates(1.6, 1.1), "Arsenal", "Chelsea")
    winners = 2 if "Double Chance" in kind.name else 1
    assert sum(offer.chance for offer in offers) == pytest.approx(winners, abs=1e-3)
    ended = MatchScore(half=(1, 0), full=(2, 1))
    outcomes = [kind.outcome(i, ended, offer.handicap) for i, offer in enumerate(offers)]
    assert outcomes.count("W") == winners


def test_winners_have_pinnacles_names():
    ended = MatchScore(half=(1, 1), full=(2, 1))
    won = {
        kind.name: [
            offer.label
            for i, offer in enumerate(kind.offers(GoalRates(1.6, 1.1), "Arsenal", "Chelsea"))
            if kind.outcome(i, ended, offer.handicap) == "W"
        ]
        for kind in KINDS
    }
    assert won["Correct Score"] == ["Arsenal 2, Chelsea 1"]
    assert won["Half-Time/Full-Time"] == ["Draw - Arsenal"]
    assert won["Double Chance"] == ["Arsenal or Draw", "Arsenal or Chelsea"]
    assert won["Double Chance 1st Half"] == ["Arsenal or Draw", "Draw or Chelsea"]
    assert won["Draw No Bet 1st Half"] == []  # at a draw the stakes are returned
    assert won["Total Goals Odd/Even 1st Half"] == ["Even"]


def test_leagues_of_the_first_tier_have_all_of_them_and_those_of_the_third_none(clock: HandClock):
    world = World(clock=clock, extent=Extent(rounds=1, traps=False))
    names = {tier: set() for tier in (1, 2, 3)}
    for game in world.games:
        names[game.competition.tier] |= {special.name for special in game.specials}
    assert [len(found) for found in names.values()] == [12, 4, 0]
    assert 20 <= len(named(world.games[0], "Correct Score").contestants) <= 25


def test_an_outright_belongs_to_a_league_and_to_no_event(world: World):
    listed = by_id(
        PinnacleDocuments(world, DIALECTS["pinnacle"]).specials(FeedQuery(sport=29), DocumentShape.FULL)
    )
    [outright] = [special for special in listed.values() if "event" not in special]
    assert len(outright["contestants"]) == 10


def test_prices_follow_the_game_but_a_withdrawn_contestant_stays_without(world: World, game: SimulatedGame):
    special = named(game)
    before = [contestant.price for contestant in special.contestants]
    listed_specials.withdraw(world, special, "No")
    world.set_rates(game, GoalRates(3.0, 2.0))
    documents = PinnacleDocuments(world, DIALECTS["pinnacle"])
    yes, no = by_id(documents.special_odds(FeedQuery(sport=29), DocumentShape.FULL))[special.id][
        "contestantLines"
    ]
    assert yes["price"] is not None
    assert no["price"] is None
    listed_specials.put_back(world, special)
    assert special.contestants[0].visible_price < before[0]
    assert special.contestants[1].visible_price > before[1]


CLOSINGS = {
    "withdrawn": lambda world, special: listed_specials.withdraw(world, special, "Yes"),
    "empty": lambda world, special: listed_specials.set_lines(world, special, shown=False),
    "halted": lambda world, special: listed_specials.set_status(world, special, "H"),
    "cut off": lambda world, special: listed_specials.set_cutoff(world, special, world.now()),
    "not listed yet": lambda world, special: listed_specials.set_listed(world, special, listed=False),
    "removed": lambda world, special: listed_specials.remove(world, special, quietly=True),
}


@pytest.mark.parametrize("name", CLOSINGS)
def test_the_oracle_wants_nothing_on_a_special_that_is_not_open(world: World, game: SimulatedGame, name: str):
    oracle, special = Oracle(world), named(game)
    assert oracle.price(game, YES) == special.contestants[0].price
    CLOSINGS[name](world, special)
    assert oracle.price(game, YES) is None
    assert oracle.price(game, "Home")


def test_the_oracle_takes_a_double_chance_from_the_spread_where_there_is_no_such_special(
    world: World, game: SimulatedGame
):
    special, oracle = named(game, "Double Chance"), Oracle(world)
    assert oracle.price(game, "1X") == special.contestants[0].price
    listed_specials.set_status(world, special, "H")
    assert oracle.price(game, "1X") is None
    listed_specials.remove(world, special)
    half = [line.home for line in game.main.periods[0].offered.spreads if line.hdp == Decimal("0.5")]
    assert oracle.price(game, "1X") == (half[0] if half else None)


def test_a_special_that_is_listed_again_has_new_ids(world: World, game: SimulatedGame):
    old = named(game)
    new = listed_specials.recreate(world, game, old)
    assert named(game) is new
    assert {c.id for c in new.contestants}.isdisjoint(c.id for c in old.contestants)
    assert [each.status for each in world.settled if each.owner_id == old.id] == [5]


def test_cutoffs_move_with_the_kick_off(world: World, game: SimulatedGame):
    world.postpone(game, timedelta(hours=2))
    assert {special.cutoff for special in game.specials} == {game.main.starts}


@pytest.mark.parametrize(
    ("preset", "path", "keys"),
    [
        ("pinnacle", "/v1", ("cutoff", "maxBet", True)),
        ("ps3838", "/v2", ("cutOff", "maxBet", True)),
        ("ps3838", "/v1", ("cutoff", "maxRisk", False)),
        ("manual-2017", "/v1", ("cutoff", "maxRisk", False)),
    ],
)
async def test_each_version_has_its_own_keys(
    session: aiohttp.ClientSession, clock: HandClock, preset: str, path: str, keys: tuple[str, str, bool]
):
    cutoff, limit, names_teams = keys
    async with Sandbox(clock=clock, extent=SMALL, preset=preset) as sandbox:
        client, game = (
            pinnacle_client(session, sandbox),
            next(g for g in sandbox.world.open_games() if g.specials),
        )
        special = named(game, "Total Shots On Target" if game.competition.tier == 1 else BOTH_SCORE)
        listed = by_id((await client(f"{path}/fixtures/special", **DECIMAL)).json)[special.id]
        priced = by_id((await client(f"{path}/odds/special", **DECIMAL)).json)[special.id]
        assert listed[cutoff] == iso(special.cutoff)
        assert ("home" in listed["event"]) == names_teams
        assert listed.get("units") == special.units
        assert priced[limit] == special.max_bet
        handicaps = {line["handicap"] for line in priced["contestantLines"]}
        assert handicaps == {c.handicap and float(c.handicap) for c in special.contestants}
