"""The market that a selection names, looked up on a board at exactly its line."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

import msgspec

from syncd.model.change import Cause
from syncd.model.pinnacle import Period
from syncd.pricing import margin
from syncd.pricing.board import Board, SpecialMarket
from syncd.pricing.selection import Moneyline, Selection, Special, Spread, TeamTotal, Total, signed

SPREAD: Final = "spread"
PERIODS: Final = {0: "the match", 1: "the first half", 2: "the second half"}


class Refused(msgspec.Struct, frozen=True):
    """No price: the stable `cause` of it, and `words`, short lines for people."""

    cause: Cause
    words: tuple[str, ...]


class Market(msgspec.Struct, frozen=True, kw_only=True):
    """One set of prices that belong together, such as the two sides of one total."""

    kind: str
    period: int
    line: Decimal | None = None
    """Points, or for a spread the home side's handicap."""
    prices: Mapping[str, Decimal | None]
    """All outcomes by name; none where Pinnacle gives no price."""
    asked: str
    """The outcome that was asked for."""
    max_stake: Decimal | None = None
    winners: int = 1
    """How many outcomes win at once."""

    def offered(self, outcome: str) -> Decimal | None:
        """The price of an outcome, where it has one that can be bet on."""
        price = self.prices[outcome]
        return price if price is not None and price > 1 else None

    @property
    def missing(self) -> tuple[str, ...]:
        """The outcomes without a price."""
        return tuple(outcome for outcome in self.prices if self.offered(outcome) is None)

    @property
    def booksum(self) -> Decimal | None:
        """The sum of the reciprocal prices for one winner; none where an outcome has no price."""
        prices = [price for outcome in self.prices if (price := self.offered(outcome)) is not None]
        return margin.booksum(prices, self.winners) if len(prices) == len(self.prices) else None

    def __str__(self) -> str:
        prices = ", ".join(
            f"{outcome} {price or 'without a price'}" for outcome, price in self.prices.items()
        )
        return f"{self.title}: {prices}"

    @property
    def title(self) -> str:
        """The market in words."""
        line = "" if self.line is None else f" {signed(self.line) if self.kind == SPREAD else self.line}"
        return f"{self.kind}{line} of {words_of_period(self.period)}"


def find_market(selection: Selection, board: Board) -> Market | Refused | None:
    """The market of the selection; `NO_MARKET` or `NO_LINE` where the board has none.

    None where Pinnacle's odds know no market of that kind at all: double chance and draw no bet.
    """
    if isinstance(selection, Special):
        return _special(selection, board)
    period = board.periods.get(selection.period)
    if period is None:
        return Refused(Cause.NO_MARKET, (f"Pinnacle has no odds for {words_of_period(selection.period)}",))
    match selection:
        case Moneyline(side=side):
            return _moneyline(period, side, can_draw=board.can_draw(period.number))
        case Spread():
            return _spread(period, selection)
        case Total() | TeamTotal():
            return _over_under(period, selection)
        case _:
            return None


def words_of_period(number: int) -> str:
    """The period in words."""
    return PERIODS.get(number, f"period {number}")


def _moneyline(period: Period, side: str, *, can_draw: bool) -> Market | Refused:
    line = period.moneyline
    if line is None or (line.home is None and line.draw is None and line.away is None):
        return _no_market("moneyline", period)
    prices = {"home": line.home, "draw": line.draw, "away": line.away}
    if not can_draw and line.draw is None:
        del prices["draw"]
    if side not in prices:
        return Refused(Cause.NO_MARKET, (f"{words_of_period(period.number)} cannot end in a draw",))
    if can_draw and line.draw is None:
        # Home and away without a draw is another bet, at lower prices: never a stand-in for 1X2.
        where = words_of_period(period.number)
        return Refused(Cause.INCOMPLETE_MARKET, (f"the moneyline of {where} has no draw, so it is no 1X2",))
    return Market(
        kind="moneyline", period=period.number, prices=prices, asked=side, max_stake=period.max_moneyline
    )


def _spread(period: Period, selection: Spread) -> Market | Refused:
    hdp = selection.hdp
    for line in period.spreads:
        if line.hdp == hdp:
            return Market(
                kind=SPREAD,
                period=period.number,
                line=hdp,
                prices={"home": line.home, "away": line.away},
                asked=selection.side,
                max_stake=_first_known(line.max_stake, period.max_spread),
            )
    return _no_line(SPREAD, signed(hdp), (signed(line.hdp) for line in period.spreads), period)


def _over_under(period: Period, selection: Total | TeamTotal) -> Market | Refused:
    if isinstance(selection, Total):
        kind, lines, limit = "total", period.totals, period.max_total
    else:
        kind, limit = f"{selection.team} team total", period.max_team_total
        lines = period.home_totals if selection.team == "home" else period.away_totals
    for line in lines:
        if line.points == selection.line:
            return Market(
                kind=kind,
                period=period.number,
                line=line.points,
                prices={"over": line.over, "under": line.under},
                asked=selection.side,
                max_stake=_first_known(line.max_stake, limit),
            )
    return _no_line(kind, str(selection.line), (str(line.points) for line in lines), period)


def _special(selection: Special, board: Board) -> Market | Refused:
    if board.specials is None:
        return Refused(Cause.NO_MARKET, (f"{selection}: Pinnacle's specials are not read",))
    for special in board.specials:
        if special.period == selection.period and special.name.casefold() == selection.name.casefold():
            return _contestant(selection, special)
    where = words_of_period(selection.period)
    return Refused(Cause.NO_MARKET, (f"Pinnacle has no special {selection.name!r} for {where}",))


def _contestant(selection: Special, special: SpecialMarket) -> Market | Refused:
    prices = {each.name: each.price for each in special.outcomes}
    wanted = selection.contestant.casefold()
    asked = next((name for name in prices if name.casefold() == wanted), None)
    if asked is None:
        offered = ", ".join(prices) or "nobody"
        return Refused(Cause.NO_LINE, (f"{special.name!r} offers {offered}, not {selection.contestant!r}",))
    return Market(
        kind=f'special "{special.name}"',
        period=special.period,
        prices=prices,
        asked=asked,
        max_stake=special.max_stake,
        winners=special.winners,
    )


def _no_market(kind: str, period: Period) -> Refused:
    return Refused(Cause.NO_MARKET, (f"Pinnacle offers no {kind} for {words_of_period(period.number)}",))


def _no_line(kind: str, wanted: str, offered: Iterable[str], period: Period) -> Refused:
    lines = ", ".join(offered)
    if not lines:
        return _no_market(kind, period)
    where = words_of_period(period.number)
    return Refused(Cause.NO_LINE, (f"Pinnacle offers no {kind} {wanted} for {where}, only {lines}",))


def _first_known(own: Decimal | None, of_the_period: Decimal | None) -> Decimal | None:
    return own if own is not None else of_the_period
