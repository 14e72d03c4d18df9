"""Boards and odds that the tests of pricing share."""

from decimal import Decimal

from hypothesis import assume
from hypothesis import strategies as st

from syncd.model.pinnacle import Moneyline, Period, SpreadLine, TotalLine
from syncd.pricing.board import Board
from syncd.pricing.market import NoPrice
from syncd.pricing.min_odds import Priced, Reference, Terms
from syncd.pricing.reference import BoardHistory, past_prices, pick_reference, price_from
from syncd.pricing.selection import Selection


def decimals(*odds: str) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, odds))


def moneyline(home: str | None, draw: str | None, away: str | None) -> Moneyline:
    return Moneyline(
        **{
            side: odds and Decimal(odds)
            for side, odds in zip(("home", "draw", "away"), (home, draw, away), strict=True)
        }
    )


def spread(hdp: str, home: str | None, away: str | None, limit: str | None = None) -> SpreadLine:
    return SpreadLine(
        hdp=Decimal(hdp),
        home=home and Decimal(home),
        away=away and Decimal(away),
        max_stake=limit and Decimal(limit),
    )


def total(points: str, over: str | None, under: str | None) -> TotalLine:
    return TotalLine(points=Decimal(points), over=over and Decimal(over), under=under and Decimal(under))


def board(number: int = 0, **markets) -> Board:
    return Board.of([Period(number=number, **markets)])


def price_from_history(
    reference: Reference, selection: Selection, now: Board, history: BoardHistory, terms: Terms
) -> Priced | NoPrice:
    """Price a selection by the price of the history that the reference means."""
    earlier = pick_reference(reference, past_prices(selection, history, terms))
    return price_from(reference, selection, now, earlier, terms)


RESULT = moneyline("2.05", "3.40", "3.90")
"""1X2 with a booksum of 1.0383; by shin .47369008 .28182551 .24448441."""


@st.composite
def margined(draw: st.DrawFn, most: int = 6) -> tuple[Decimal, ...]:
    """Odds of a market of two to `most` outcomes with a margin of about 0.5 % to 12 %, at three decimals."""
    weights = draw(st.lists(st.integers(1, 40), min_size=2, max_size=most))
    margin = draw(st.integers(5, 120)) / 1000
    odds = tuple(
        Decimal(sum(weights) / weight / (1 + margin)).quantize(Decimal("0.001")) for weight in weights
    )
    assume(min(odds) > Decimal("1.01"))
    return odds
