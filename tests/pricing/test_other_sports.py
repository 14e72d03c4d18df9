"""Nothing assumes soccer: offers in real responses of five sports, compared with a separate calculation."""

import json
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from math import ceil, sqrt
from pathlib import Path
from typing import NamedTuple

import pytest

from syncd.model.change import Cause
from syncd.model.pinnacle import Period
from syncd.pinnacle.decode.events import decode_period
from syncd.pinnacle.decode.prices import OddsFormat
from syncd.pricing.board import Board
from syncd.pricing.derivation import Derivation
from syncd.pricing.grammar import parse_selection
from syncd.pricing.market import NoPrice
from syncd.pricing.min_odds import Priced, Terms, price
from tests.pricing.boards import moneyline, spread

SOCCER, BASEBALL, BASKETBALL, HOCKEY, TENNIS = 29, 3, 4, 19, 33
RECORDED = {
    "ps3838-2025-04-02/odds_4.json": BASKETBALL,
    "ps3838-2025-04-02/odds_33.json": TENNIS,
    "ps3838-2025-04-02/odds_3.json": BASEBALL,
    "ps3838-2025-04-02/odds_19.json": HOCKEY,
    "pinnacle-native-2020-05-mlb/odds_3.json": BASEBALL,
    "ps3838-2025-03-31/odds_29_league_1977_decimal.json": SOCCER,
    "ps3838-2025-03-31/odds_29_live_decimal.json": SOCCER,
}


class Bet(NamedTuple):
    """A selection with the prices of its whole market, its own first."""

    text: str
    prices: list[Fraction]


def events(path: Path) -> Iterator[list[dict]]:
    """The periods of each event."""
    response = json.loads(path.read_text(), parse_float=str)
    for league in response["leagues"]:
        for event in league["events"]:
            yield event["periods"]


def number(value: object) -> Fraction:
    return Fraction(str(value))


def odds_of(value: object, *, american: bool) -> Fraction:
    price = number(value)
    if not american:
        return price
    return 1 + (price / 100 if price > 0 else 100 / -price)


def bets(period: dict, *, american: bool) -> Iterator[Bet]:
    """Everything that a period of a response offers, without code of syncd."""
    where = f" period {period['number']}"

    def sides(market: dict, *names: str) -> Iterator[tuple[str, list[Fraction]]]:
        prices = {each: odds_of(market[each], american=american) for each in names if market.get(each)}
        for side, own in prices.items():
            yield side, [own, *(other for each, other in prices.items() if each != side)]

    for side, prices in sides(period.get("moneyline") or {}, "home", "draw", "away"):
        yield Bet(f"moneyline {side}{where}", prices)
    for line in period.get("spreads") or ():
        for side, prices in sides(line, "home", "away"):
            own = number(line["hdp"]) * (1 if side == "home" else -1)
            yield Bet(
                f"spread {float(own):+g} {side}{where}".replace(" +0 ", " 0 ").replace(" -0 ", " 0 "), prices
            )
    for line in period.get("totals") or ():
        for side, prices in sides(line, "over", "under"):
            yield Bet(f"total {float(number(line['points'])):g} {side}{where}", prices)
    for team, lines in (period.get("teamTotal") or {}).items():
        for line in lines if isinstance(lines, list) else [lines] if lines else []:
            for side, prices in sides(line, "over", "under"):
                yield Bet(f"team_total {team} {float(number(line['points'])):g} {side}{where}", prices)


def fair(prices: list[Fraction]) -> float:
    """The odds of the first by Shin's method, from its formula."""
    r = [float(1 / each) for each in prices]
    whole = sum(r)

    def chances(z: float) -> list[float]:
        return [(sqrt(z * z + 4 * (1 - z) * x * x / whole) - z) / (2 * (1 - z)) for x in r]

    low, high = 0.0, 0.9
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if sum(chances(middle)) > 1 else (low, middle)
    return 1 / chances(high)[0]


def board_of(periods: list[dict], sport_id: int, *, american: bool) -> Board:
    kind = OddsFormat.AMERICAN if american else OddsFormat.DECIMAL
    return Board.of([decode_period(json.dumps(each).encode(), kind) for each in periods], sport_id=sport_id)


def recorded(shared_dir: Path, name: str) -> Iterator[tuple[Board, list[Bet]]]:
    american = "decimal" not in name
    for periods in events(shared_dir / "recordings" / name):
        offered = [bet for each in periods for bet in bets(each, american=american)]
        yield board_of(periods, RECORDED[name], american=american), offered


def highest_of(sport_id: int, outcomes: int) -> float:
    if sport_id != SOCCER:
        return 1.16
    return 1.085 if outcomes == 2 else 1.10


@pytest.mark.parametrize("name", RECORDED)
def test_every_offer_of_a_recorded_response_has_its_price_or_a_reason(shared_dir: Path, name: str):
    counted: Counter[str] = Counter()
    for board, offered in recorded(shared_dir, name):
        for text, prices in offered:
            selection = parse_selection(text)
            raw = price(selection, board, Terms(decimals=6))
            no_margin = price(selection, board, Terms(price="fair", decimals=6))
            if isinstance(raw, NoPrice):
                assert "no 1X2" in raw.reason[0]
                counted["no draw"] += 1
                continue
            assert raw.derivation is Derivation.EXACT
            assert raw.odds == Decimal(ceil(prices[0] * 10**6)) / 10**6
            booksum, highest = sum(1 / each for each in prices), highest_of(RECORDED[name], len(prices))
            if isinstance(no_margin, Priced):
                assert float(no_margin.odds) == pytest.approx(fair(prices), rel=1e-9, abs=1.01e-6)
                counted["fair"] += 1
            else:
                assert len(prices) == 1 or not 1.005 <= booksum <= highest, no_margin.reason
                assert no_margin.cause in (Cause.BOOKSUM, Cause.INCOMPLETE_MARKET)
                counted["unfair"] += 1
    live = "live" in name
    assert counted["fair"] > (5 if live else 100) * counted["unfair"]


DERIVED = [
    *("moneyline home", "moneyline draw", "draw_no_bet home", "draw_no_bet away"),
    *("double_chance 1X", "double_chance 12", "double_chance X2", "both_teams_to_score yes"),
    *("spread -0.5 home", "spread 0 away", "spread +0.5 away", "correct_score 2-1"),
]


@pytest.mark.parametrize(
    ("name", "ways"),
    [
        ("ps3838-2025-04-02/odds_33.json", {"draw_no_bet by moneyline"}),
        ("ps3838-2025-04-02/odds_3.json", {"draw_no_bet by moneyline", "double_chance by moneyline"}),
        (
            "ps3838-2025-04-02/odds_4.json",
            {"draw_no_bet by moneyline", "spread by moneyline", "double_chance by spread"},
        ),
        (
            "ps3838-2025-04-02/odds_19.json",
            {
                *("draw_no_bet by spread", "double_chance by spread"),
                *("draw_no_bet by moneyline", "double_chance by moneyline", "spread by moneyline"),
            },
        ),
    ],
)
def test_equivalents_apply_only_in_sports_that_allow_them(shared_dir: Path, name: str, ways: set[str]):
    seen = set()
    for board, _ in recorded(shared_dir, name):
        for period in board.periods:
            for text in DERIVED:
                found = price(parse_selection(f"{text} period {period}"), board, Terms(price="fair"))
                if isinstance(found, Priced) and found.derivation is not Derivation.EXACT:
                    market = found.quote.market
                    seen.add(f"{text.split()[0]} by {market.kind}")
                    two_way = "draw" not in market.prices and market.kind == "moneyline"
                    assert not two_way or text.split()[0] == "draw_no_bet" or " 0 " in text
    assert seen == ways


TWO_WAY = moneyline("1.5", None, "2.7")
THREE_WAY = moneyline("2.05", "3.40", "3.90")
SPREADS = (spread("-0.5", "2.04", "1.88"), spread("0", "1.5", "2.74"), spread("0.5", "1.3", "3.6"))


def way(text: str, sport_id: int, *, fair: bool = False, **markets: object) -> str:
    board = Board.of([Period(number=0, **markets)], sport_id=sport_id)
    found = price(parse_selection(text), board, Terms(price="fair" if fair else "raw"))
    if isinstance(found, NoPrice):
        return str(found.cause)
    return f"{found.derivation} {found.quote.market.kind}"


@pytest.mark.parametrize("sport_id", [BASKETBALL, BASEBALL, HOCKEY, TENNIS, 12, 22])
def test_a_two_way_moneyline_is_whole_in_other_sports(sport_id):
    assert way("moneyline home", sport_id, moneyline=TWO_WAY, fair=True) == "exact moneyline"
    assert way("moneyline draw", sport_id, moneyline=TWO_WAY) == Cause.NO_MARKET
    assert way("moneyline draw", sport_id, moneyline=THREE_WAY) == "exact moneyline"
    assert way("moneyline home", SOCCER, moneyline=TWO_WAY) == Cause.INCOMPLETE_MARKET


def test_two_sides_that_sum_to_less_than_one_lack_their_draw():
    without = moneyline("2.05", None, "3.90")
    assert way("moneyline home", HOCKEY, moneyline=without) == Cause.INCOMPLETE_MARKET
    assert way("draw_no_bet home", HOCKEY, moneyline=without) == Cause.NO_MARKET


@pytest.mark.parametrize("sport_id", [BASKETBALL, HOCKEY])
def test_a_two_way_moneyline_returns_the_stake_on_a_draw_like_spread_0_but_unlike_half_a_goal(sport_id):
    assert way("draw_no_bet home", sport_id, moneyline=TWO_WAY) == "equivalent moneyline"
    assert way("spread 0 home", sport_id, moneyline=TWO_WAY) == "equivalent moneyline"
    assert way("draw_no_bet home", sport_id, moneyline=TWO_WAY, spreads=SPREADS) == "equivalent spread"
    assert way("spread -0.5 home", sport_id, moneyline=TWO_WAY) == Cause.NO_MARKET
    assert way("moneyline home", sport_id, spreads=SPREADS) == Cause.NO_MARKET
    assert way("double_chance 1X", sport_id, moneyline=TWO_WAY, fair=True) == Cause.NO_MARKET


@pytest.mark.parametrize("sport_id", [HOCKEY, BASKETBALL])
def test_with_a_draw_among_the_prices_it_is_as_in_soccer(sport_id):
    assert way("spread -0.5 home", sport_id, moneyline=THREE_WAY) == "equivalent moneyline"
    assert way("double_chance 12", sport_id, moneyline=THREE_WAY, fair=True) == "computed moneyline"
    assert way("spread 0 home", sport_id, moneyline=THREE_WAY, fair=True) == "computed moneyline"


@pytest.mark.parametrize("sport_id", [TENNIS, BASEBALL])
def test_a_spread_that_does_not_count_the_score_replaces_nothing(sport_id):
    assert way("draw_no_bet home", sport_id, spreads=SPREADS) == Cause.NO_MARKET
    assert way("double_chance 1X", sport_id, spreads=SPREADS) == Cause.NO_MARKET
    assert way("spread -0.5 home", sport_id, moneyline=THREE_WAY) == Cause.NO_MARKET
    assert way("spread 0 home", sport_id, moneyline=THREE_WAY, fair=True) == Cause.NO_MARKET
    assert way("draw_no_bet home", sport_id, moneyline=THREE_WAY, fair=True) == "computed moneyline"
    assert way("draw_no_bet home", sport_id, moneyline=TWO_WAY, spreads=SPREADS) == "equivalent moneyline"
