"""The report as text and as rows: the same on the command line, in files and on the page."""

from collections.abc import Iterator
from typing import Any, Final

from syncd.evaluation.estimates import Estimate
from syncd.evaluation.pair import EvaluatedPair
from syncd.evaluation.report import BetFigures, FilterReport, ServiceFigures, WorthFigures
from syncd.views.formatting import code_text, counted, duration

FIGURE_COLUMNS: Final = (
    "filter_id", "filter", "rule", "pairs", "predictions", "wanted_s", "share_in_step", "lags", "lag_p50_s",
    "lag_p95_s", "exposure_h", "too_low_s", "missed_s", "writes", "bets", "mean_odds", "median_age_s",
    "stale", "only_stale", "closing_n", "closing_value", "closing_low", "closing_high", "closing_needed",
    "settled", "returned", "returned_low", "returned_high", "returned_needed", "profit", "drawdown",
)  # fmt: skip
"""The columns of a filter's row."""

BET_COLUMNS: Final = (
    "filter_id", "match_id", "match", "league", "kickoff", "selection", "at", "price", "min_odds", "age_s",
    "right", "stale", "only_stale", "closing_price", "closing_fair", "closing_value", "profit",
)  # fmt: skip
"""The columns of a would-be bet's row."""


def figures_text(found: FilterReport) -> Iterator[tuple[str, str]]:
    """Yield the figures of a filter in words, each line with its heading."""
    yield "kept", _kept(found.service)
    yield "wrong", _wrong(found.service)
    yield "requests", _requests(found.service)
    yield "bets", _bets(found.bets)
    if found.bets.n:
        yield "closing line", estimate_text(found.worth.closing_value)
        yield "return", _returned(found.worth)


def estimate_text(found: Estimate) -> str:
    """Return a mean share with its interval, its number, and what it would take to mean something."""
    if found.mean is None:
        return f"not known (n {found.n})"
    if found.low is None or found.high is None:
        return f"{found.mean:+.1%} (n {found.n}: too few for an interval)"
    text = f"{found.mean:+.1%} (95 %: {found.low:+.1%} to {found.high:+.1%}, n {found.n})"
    if found.differs:
        return text
    if found.needed is None:
        return f"{text}: not different from zero"
    return f"{text}: not different from zero; if it stays, after {counted(found.needed, 'bet')}"


def figures_row(found: FilterReport) -> dict[str, Any]:
    """Return the figures of a filter by `FIGURE_COLUMNS`."""
    service, bets, worth = found.service, found.bets, found.worth
    closing, returned = worth.closing_value, worth.returned
    values = (
        found.filter_id, found.filter_name, found.rule, found.pairs, service.predictions, service.wanted_s,
        service.share_in_step, service.lags, service.lag_p50_s, service.lag_p95_s, service.exposure_h,
        service.too_low_s, service.missed_s, sum(service.writes.values()), bets.n, bets.mean_odds,
        bets.median_age_s, bets.stale, bets.only_stale, closing.n, closing.mean, closing.low, closing.high,
        closing.needed, worth.settled, returned.mean, returned.low, returned.high, returned.needed,
        worth.profit, worth.drawdown,
    )  # fmt: skip
    return dict(zip(FIGURE_COLUMNS, values, strict=True))


def bet_row(each: EvaluatedPair) -> dict[str, Any]:
    """Return a would-be bet with what it was worth. Raises `ValueError` if there is none."""
    if each.bet is None:
        raise ValueError(f"{each.pair} has no would-be bet")
    bet, closing = each.bet, each.closing
    values = (
        each.pair.filter_id, each.pair.match_id, each.title, each.league, each.kickoff.isoformat(),
        each.selection, bet.at.isoformat(), bet.price, bet.min_odds, bet.age.total_seconds(), bet.right,
        bet.stale, not bet.rightly_made, closing.price if closing else None,
        closing.fair if closing else None, each.closing_value, each.profit,
    )  # fmt: skip
    return dict(zip(BET_COLUMNS, values, strict=True))


def _kept(found: ServiceFigures) -> str:
    if found.share_in_step is None:
        return f"{counted(found.predictions, 'prediction')}; nothing was wanted"
    text = f"{counted(found.predictions, 'prediction')}; in step {found.share_in_step:.2%} of the time"
    if found.lag_p50_s is None or found.lag_p95_s is None:
        return text
    lag = f"{duration(found.lag_p50_s)} (median), {duration(found.lag_p95_s)} (95 %), n {found.lags}"
    return f"{text}; lag behind Pinnacle {lag}"


def _wrong(found: ServiceFigures) -> str:
    return (
        f"Min Odds too low for {duration(found.too_low_s)}, exposure {found.exposure_h:.3f} h;"
        f" missing or too high for {duration(found.missed_s)}"
    )


def _requests(found: ServiceFigures) -> str:
    kinds = ", ".join(f"{number:,} {kind}" for kind, number in found.writes.items())
    refused = ", ".join(f"{number:,} {code_text(what)}" for what, number in found.refused.items())
    return f"{counted(sum(found.writes.values()), 'write')}: {kinds}" + (f"; {refused}" if refused else "")


def _bets(found: BetFigures) -> str:
    if not found.n or found.mean_odds is None or found.median_age_s is None:
        return "none would have been made"
    text = f"{found.n:,} would have been made, mean odds {found.mean_odds:.2f}"
    return (
        f"{text}, Min Odds {duration(found.median_age_s)} old (median);"
        f" {found.stale:,} on stale Min Odds, {found.only_stale:,} of them only for that"
    )


def _returned(found: WorthFigures) -> str:
    if not found.settled:
        return "no result is known"
    return f"{estimate_text(found.returned)}; profit {found.profit:+.2f}, drawdown {found.drawdown:.2f}"
