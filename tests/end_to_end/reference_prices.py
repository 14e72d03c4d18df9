"""What a filter should have, computed from Pinnacle's documents by formulas of its own.

Written after docs/pricing.md and facts of the API, and with nothing of `syncd.pricing`: figures that two
programs agree on are worth more than those that one agrees on with itself. Everything is read from JSON.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import ROUND_CEILING, Context, Decimal
from math import sqrt
from typing import Any, NamedTuple

import msgspec

from syncd.simulator.pinnacle_dialects import Dialect, DocumentShape
from syncd.simulator.pinnacle_documents import PinnacleDocuments
from syncd.simulator.pinnacle_markets import PriceFormat
from syncd.simulator.pinnacle_query import FeedQuery
from syncd.simulator.world_state import WorldState

Document = Mapping[str, Any]
TWELVE = Context(prec=12)
SIX = Decimal("0.000001")
OF_A_PERIOD = ("moneyline", "total", "team_total", "spread", "double_chance", "draw_no_bet")
"""Any other market is a special by its name: it may be about what has no odds of its own."""

MOST = {2: 1.085, 3: 1.10}
"""The highest booksum of a match that is believed, by the number of outcomes."""
MOST_OF_SPECIAL, MOST_OF_MANY = 1.16, 1.30
"""The same of a special, and where there are four outcomes and more."""


class Bet(NamedTuple):
    """What a filter bets on: a market, a side or a contestant, its line, its period."""

    market: str
    side: str
    line: str | None = None
    period: int = 0


class Terms(NamedTuple):
    """Of a rule: a method of removing the margin, or none for the raw price."""

    method: str = ""
    factor: str = "1"
    decimals: int = 3


class Prices(NamedTuple):
    """One market: what its outcomes cost, and which of them win or give the stake back."""

    prices: Mapping[str, Decimal | None]
    wins: tuple[str, ...]
    refunds: tuple[str, ...] = ()
    winners: int = 1
    special: bool = False
    computed: bool = False
    """From 1X2, which is only for fair prices."""


class Stop(Exception):
    """The market is there and takes no bets now: no other may stand in for it."""


class CurrentDocuments:
    """The documents of this moment, as a client reads them."""

    def __init__(self, state: WorldState, dialect: Dialect) -> None:
        documents = PinnacleDocuments(state, dialect)
        query = FeedQuery(sport=29, price_format=PriceFormat.DECIMAL)
        self.now = state.now()
        self.fixtures = _by_id(documents.fixtures(query, DocumentShape.FULL), "league", "events")
        self.odds = _by_id(documents.odds(query, DocumentShape.ARRAYS), "leagues", "events")
        self.specials = _by_id(documents.specials(query, DocumentShape.FULL), "leagues", "specials")
        self.special_odds = _by_id(documents.special_odds(query, DocumentShape.FULL), "leagues", "specials")

    def odds_of(self, event_id: int, bet: Bet, terms: Terms, *, had_moneyline: bool = True) -> Decimal | None:
        """Min Odds at six decimals, or none."""
        fixture = self.fixtures.get(event_id)
        of_period = bet.market in OF_A_PERIOD
        if fixture is None or fixture["status"] == "H" or not self._open_period(event_id, 0):
            return None
        if of_period and not self._open_period(event_id, bet.period):
            return None
        try:
            for market in self._derivations(fixture, bet, had_moneyline=had_moneyline):
                if market is not None and not (market.computed and not terms.method):
                    return _min_odds(market, terms)
        except Stop:
            pass
        return None

    # --- where a price may be found, best first

    def _derivations(self, fixture: Document, bet: Bet, *, had_moneyline: bool) -> Iterator[Prices | None]:
        period = self._open_period(fixture["id"], bet.period)
        match bet.market:
            case "moneyline":
                yield _moneyline(period, bet.side)
                if not had_moneyline and bet.side != "draw":
                    yield _spread(period, Decimal("-0.5"), bet.side)
            case "total" | "team_total":
                yield _total(period, bet)
            case "spread":
                line = Decimal(bet.line or 0)
                yield _spread(period, line, bet.side)
                yield from self._like_spread(fixture, period, line, bet)
            case "double_chance":
                yield self._special(fixture, "Double Chance", _pairing(fixture, bet.side), bet.period)
                if bet.side != "12":
                    side = "home" if bet.side == "1X" else "away"
                    yield _spread(period, Decimal("0.5"), side)
                yield _from_1x2(period, bet.side)
            case "draw_no_bet":
                yield self._special(fixture, "Draw No Bet", fixture[bet.side], bet.period)
                yield _spread(period, Decimal(0), bet.side)
                yield _from_1x2(period, bet.side)
            case name:
                yield self._special(fixture, name, bet.side.format(**fixture), bet.period, bet.line)

    def _like_spread(
        self, fixture: Document, period: Document, line: Decimal, bet: Bet
    ) -> Iterator[Prices | None]:
        if line == Decimal("-0.5"):
            yield _moneyline(period, bet.side)
        elif line == Decimal("0.5"):
            pair = "1X" if bet.side == "home" else "X2"
            yield self._special(fixture, "Double Chance", _pairing(fixture, pair), bet.period)
            yield _from_1x2(period, pair)
        elif line == 0:
            yield self._special(fixture, "Draw No Bet", fixture[bet.side], bet.period)
            yield _from_1x2(period, bet.side)

    def _open_period(self, event_id: int, number: int) -> Document:
        """Empty where it takes no bets."""
        periods = self.odds.get(event_id, {}).get("periods", ())
        found = next((each for each in periods if each["number"] == number), {})
        return found if found and found["status"] == 1 and self._ahead(found["cutoff"]) else {}

    def _special(
        self, fixture: Document, name: str, label: str, period: int, line: str | None = None
    ) -> Prices | None:
        full = f"{name} 1st Half" if period == 1 else name
        of_event = (
            each for each in self.specials.values() if each.get("event", {}).get("id") == fixture["id"]
        )
        of_name = (each for each in of_event if each["name"] == full)
        found = next((each for each in of_name if each["event"]["periodNumber"] == period), None)
        if found is None or found["id"] not in self.special_odds:
            return None
        if found["status"] == "H" or not self._ahead(found.get("cutoff") or found["cutOff"]):
            raise Stop
        lines = {each["id"]: each for each in self.special_odds[found["id"]]["contestantLines"]}
        if any(_text(each["handicap"]) != line for each in lines.values()):
            return None
        names = {each["name"]: lines.get(each["id"], {}).get("price") for each in found["contestants"]}
        return Prices(names, (label,), winners=2 if name == "Double Chance" else 1, special=True)

    def _ahead(self, moment: str) -> bool:
        return datetime.fromisoformat(moment) > self.now


# --- markets of a period


def _moneyline(period: Document, side: str) -> Prices | None:
    return Prices(period["moneyline"], (side,)) if "moneyline" in period else None


def _spread(period: Document, line: Decimal, side: str) -> Prices | None:
    hdp = line if side == "home" else -line
    for each in period.get("spreads", ()):
        if each["hdp"] == hdp:
            return Prices({"home": each["home"], "away": each["away"]}, (side,))
    return None


def _total(period: Document, bet: Bet) -> Prices | None:
    if bet.market == "total":
        lines, side = period.get("totals", ()), bet.side
    else:
        team, side = bet.side.split()
        lines = period.get("teamTotal", {}).get(team, ())
    for each in lines:
        if each["points"] == Decimal(bet.line or 0):
            return Prices({"over": each["over"], "under": each["under"]}, (side,))
    return None


def _from_1x2(period: Document, side: str) -> Prices | None:
    if "moneyline" not in period:
        return None
    pairs = {"1X": ("home", "draw"), "12": ("home", "away"), "X2": ("draw", "away")}
    wins = pairs.get(side, (side,))
    return Prices(period["moneyline"], wins, () if side in pairs else ("draw",), computed=True)


def _pairing(fixture: Document, side: str) -> str:
    home, away = fixture["home"], fixture["away"]
    return {"1X": f"{home} or Draw", "12": f"{home} or {away}", "X2": f"Draw or {away}"}[side]


# --- from a market to Min Odds


def _min_odds(market: Prices, terms: Terms) -> Decimal | None:
    base = _fair(market, terms.method) if terms.method else market.prices[market.wins[0]]
    if base is None:
        return None
    odds = Decimal(base) * Decimal(terms.factor)
    if terms.method or Decimal(terms.factor) != 1:
        odds = odds.quantize(Decimal(1).scaleb(-terms.decimals), rounding=ROUND_CEILING)
    return odds.quantize(SIX, rounding=ROUND_CEILING) if odds > 1 else None


def _fair(market: Prices, method: str) -> Decimal | None:
    if any(price is None for price in market.prices.values()):
        return None
    shares = [1 / float(price) / market.winners for price in market.prices.values() if price]
    most = MOST_OF_SPECIAL if market.special and len(shares) < 4 else MOST.get(len(shares), MOST_OF_MANY)
    if not 1.005 <= sum(shares) <= most:
        return None
    found = _chances(shares, method, market.winners)
    if not all(0 < p < 1 for p in found):
        return None
    chances = dict(zip(market.prices, found, strict=True))
    won, void = (sum(chances[name] for name in names) for names in (market.wins, market.refunds))
    return TWELVE.create_decimal((1 - void) / won)


def _chances(shares: list[float], method: str, winners: int) -> list[float]:
    """They sum to the winners: power and odds ratio are solved for that, the others scale."""
    if method == "power":
        return _power([share * winners for share in shares], winners)
    if method == "odds_ratio":
        return _odds_ratio([share * winners for share in shares], winners)
    return [p * winners for p in METHODS[method](shares)]


def _multiplicative(shares: list[float]) -> list[float]:
    return [share / sum(shares) for share in shares]


def _additive(shares: list[float]) -> list[float]:
    """Margin weights proportional to the odds: fair odds n O / (n - margin O)."""
    n, margin = len(shares), sum(shares) - 1
    return [(n - margin / share) / (n / share) for share in shares]


def _power(shares: list[float], winners: int = 1) -> list[float]:
    k = _secant(lambda k: sum(share**k for share in shares) - winners, 1.0, 1.1)
    return [share**k for share in shares]


def _odds_ratio(shares: list[float], winners: int = 1) -> list[float]:
    def chances(c: float) -> list[float]:
        return [share / (c + share - c * share) for share in shares]

    return chances(_secant(lambda c: sum(chances(c)) - winners, 1.0, 1.1))


def _shin(shares: list[float]) -> list[float]:
    """Of two outcomes by the closed form, of more by Jullien and Salanie's fixed point."""
    whole, n = sum(shares), len(shares)
    if n == 2:
        apart = shares[0] - shares[1]
        z = (whole - 1) * (apart**2 - whole) / (whole * (apart**2 - 1))
    else:
        z = 0.0
        for _ in range(2000):
            z = (sum(sqrt(z * z + 4 * (1 - z) * s * s / whole) for s in shares) - 2) / (n - 2)
    return [(sqrt(z * z + 4 * (1 - z) * s * s / whole) - z) / (2 * (1 - z)) for s in shares]


def _secant(excess: Callable[[float], float], one: float, other: float) -> float:
    for _ in range(100):
        a, b = excess(one), excess(other)
        if a == b:
            break
        one, other = other, other - b * (other - one) / (b - a)
    return other


METHODS: Mapping[str, Callable[[list[float]], list[float]]] = {
    "multiplicative": _multiplicative,
    "additive": _additive,
    "power": _power,
    "odds_ratio": _odds_ratio,
    "shin": _shin,
}


def _by_id(document: Document | None, leagues: str, rows: str) -> dict[int, Document]:
    """The rows of a document after it has been JSON, with every number as it was written."""
    found = _decoder.decode(_encoder.encode(document)) or {}
    return {row["id"]: row for league in found.get(leagues, ()) for row in league[rows]}


_encoder = msgspec.json.Encoder(decimal_format="number")
_decoder = msgspec.json.Decoder(float_hook=Decimal)


def _text(handicap: Decimal | int | None) -> str | None:
    return None if handicap is None else str(handicap)
