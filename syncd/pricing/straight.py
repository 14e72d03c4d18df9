"""Markets of the event's periods, at exactly the line of a selection.

Moneyline, spread, total and team total: what Pinnacle calls straight bets, in contrast to specials.
"""

from collections.abc import Iterable

import msgspec

from syncd.model.change import Cause
from syncd.model.decimals import format_decimal, format_signed
from syncd.model.pinnacle import SOCCER, Moneyline, Period
from syncd.pricing.board import Board
from syncd.pricing.market import SPREAD, Market, NoPrice, first_known, period_name
from syncd.pricing.selection import (
    MoneylineSelection,
    SpreadSelection,
    TeamTotalSelection,
    TotalSelection,
)

StraightSelection = MoneylineSelection | SpreadSelection | TotalSelection | TeamTotalSelection


def find_straight(selection: StraightSelection, board: Board) -> Market | NoPrice:
    """The market of the selection; `NO_MARKET` or `NO_LINE` if the board has none."""
    period = board.periods.get(selection.period)
    if period is None:
        return NoPrice(Cause.NO_MARKET, (f"Pinnacle has no odds for {period_name(selection.period)}",))
    found = _find(selection, period, board)
    if isinstance(found, NoPrice) or board.sport_id == SOCCER:
        return found
    return msgspec.structs.replace(found, high_margin=True)


def _find(selection: StraightSelection, period: Period, board: Board) -> Market | NoPrice:
    match selection:
        case MoneylineSelection():
            return _moneyline(period, selection, board)
        case SpreadSelection():
            return _spread(period, selection)
        case TotalSelection() | TeamTotalSelection():
            return _over_under(period, selection)


def _moneyline(period: Period, selection: MoneylineSelection, board: Board) -> Market | NoPrice:
    line = period.moneyline
    name = period_name(period.number)
    if line is None or line == Moneyline():
        taken_down = period.number in board.had_moneyline
        reason = f"Pinnacle {'has taken down its' if taken_down else 'offers no'} moneyline for {name}"
        return NoPrice(Cause.NO_MARKET, (reason,))
    prices = {"home": line.home, "draw": line.draw, "away": line.away}
    if line.draw is None:
        if board.can_draw(period.number):
            # Home and away without a draw is another bet, at lower prices: it never replaces 1X2.
            reason = f"the moneyline of {name} has no draw, so it is no 1X2"
            return NoPrice(Cause.INCOMPLETE_MARKET, (reason,))
        del prices["draw"]
    if selection.side not in prices:
        return NoPrice(Cause.NO_MARKET, (f"the moneyline of {name} is two-way: it has no draw to bet on",))
    return Market(
        kind="moneyline",
        period=period.number,
        prices=prices,
        selected=selection.side,
        max_stake=period.max_moneyline,
    )


def _spread(period: Period, selection: SpreadSelection) -> Market | NoPrice:
    hdp = selection.hdp
    for line in period.spreads:
        if line.hdp == hdp:
            return Market(
                kind=SPREAD,
                period=period.number,
                line=hdp,
                prices={"home": line.home, "away": line.away},
                selected=selection.side,
                max_stake=first_known(line.max_stake, period.max_spread),
            )
    return _no_line(SPREAD, format_signed(hdp), (format_signed(line.hdp) for line in period.spreads), period)


def _over_under(period: Period, selection: TotalSelection | TeamTotalSelection) -> Market | NoPrice:
    if isinstance(selection, TotalSelection):
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
                selected=selection.side,
                max_stake=first_known(line.max_stake, limit),
            )
    return _no_line(
        kind, format_decimal(selection.line), (format_decimal(line.points) for line in lines), period
    )


def _no_line(kind: str, line: str, offered: Iterable[str], period: Period) -> NoPrice:
    lines, name = ", ".join(offered), period_name(period.number)
    if not lines:
        return NoPrice(Cause.NO_MARKET, (f"Pinnacle offers no {kind} for {name}",))
    return NoPrice(Cause.NO_LINE, (f"Pinnacle offers no {kind} {line} for {name}, only {lines}",))
