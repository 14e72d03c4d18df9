"""Markets of the event's periods, looked up at exactly the line of a selection.

Moneyline, spread, total and team total: what Pinnacle calls straight bets, as against specials.
"""

from collections.abc import Iterable

import msgspec

from syncd.model.change import Cause
from syncd.model.decimals import format_decimal, format_signed
from syncd.model.pinnacle import SOCCER, Period
from syncd.model.pinnacle import Moneyline as Prices
from syncd.pricing.board import Board
from syncd.pricing.market import SPREAD, Market, Refused, first_known, words_of_period
from syncd.pricing.selection import Moneyline, Spread, TeamTotal, Total

Straight = Moneyline | Spread | Total | TeamTotal


def find_straight(selection: Straight, board: Board) -> Market | Refused:
    """The market of the selection; `NO_MARKET` or `NO_LINE` where the board has none."""
    period = board.periods.get(selection.period)
    if period is None:
        return Refused(Cause.NO_MARKET, (f"Pinnacle has no odds for {words_of_period(selection.period)}",))
    found = _find(selection, period, board)
    if isinstance(found, Refused) or board.sport_id == SOCCER:
        return found
    return msgspec.structs.replace(found, dear=True)


def _find(selection: Straight, period: Period, board: Board) -> Market | Refused:
    match selection:
        case Moneyline():
            return _moneyline(period, selection, board)
        case Spread():
            return _spread(period, selection)
        case Total() | TeamTotal():
            return _over_under(period, selection)


def _moneyline(period: Period, selection: Moneyline, board: Board) -> Market | Refused:
    line = period.moneyline
    where = words_of_period(period.number)
    if line is None or line == Prices():
        taken_down = period.number in board.had_moneyline
        words = f"Pinnacle {'has taken down its' if taken_down else 'offers no'} moneyline for {where}"
        return Refused(Cause.NO_MARKET, (words,))
    prices = {"home": line.home, "draw": line.draw, "away": line.away}
    if line.draw is None:
        if board.can_draw(period.number):
            # Home and away without a draw is another bet, at lower prices: never a stand-in for 1X2.
            words = f"the moneyline of {where} has no draw, so it is no 1X2"
            return Refused(Cause.INCOMPLETE_MARKET, (words,))
        del prices["draw"]
    if selection.side not in prices:
        return Refused(Cause.NO_MARKET, (f"the moneyline of {where} is two-way: it has no draw to bet on",))
    return Market(
        kind="moneyline",
        period=period.number,
        prices=prices,
        asked=selection.side,
        max_stake=period.max_moneyline,
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
                max_stake=first_known(line.max_stake, period.max_spread),
            )
    return _no_line(SPREAD, format_signed(hdp), (format_signed(line.hdp) for line in period.spreads), period)


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
                max_stake=first_known(line.max_stake, limit),
            )
    return _no_line(
        kind, format_decimal(selection.line), (format_decimal(line.points) for line in lines), period
    )


def _no_market(kind: str, period: Period) -> Refused:
    return Refused(Cause.NO_MARKET, (f"Pinnacle offers no {kind} for {words_of_period(period.number)}",))


def _no_line(kind: str, wanted: str, offered: Iterable[str], period: Period) -> Refused:
    lines = ", ".join(offered)
    if not lines:
        return _no_market(kind, period)
    where = words_of_period(period.number)
    return Refused(Cause.NO_LINE, (f"Pinnacle offers no {kind} {wanted} for {where}, only {lines}",))
