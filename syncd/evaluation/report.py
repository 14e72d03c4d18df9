"""The report of a filter: service, would-be bets, and what they were worth. No figure without its number."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from functools import reduce

import msgspec

from syncd.evaluation.active_odds import Effect
from syncd.evaluation.estimates import Estimate, drawdown, estimate, percentile
from syncd.evaluation.pair import EvaluatedPair
from syncd.evaluation.service import Service
from syncd.evaluation.would_be_bets import WouldBeBet

ASSUMPTIONS = (
    "It is an estimate: BetTune's limits, stakes, other filters and settings are not seen.",
    "A bet is the first move of Pinnacle's price to the Min Odds of then, or above; one for each pair.",
    "Right is what the rule of the config says now, whatever the rule was then.",
    "Prices are known from when syncd received them; between two polls nobody knows.",
    "Closing-line value is the price of a bet against the fair closing price, by the rule's method.",
)


class ServiceFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of how predictions were kept. Times in seconds, exposure in hours times share."""

    predictions: int
    """Pairs that BetTune ever had a prediction of ours for."""
    wanted_s: float
    share_in_step: float | None
    """None if nothing was wanted."""
    lags: int
    """Changes of the right value that were followed."""
    lag_p50_s: float | None
    lag_p95_s: float | None
    exposure_h: float
    too_low_s: float
    missed_s: float
    writes: dict[str, int]
    """Requests that wrote, by kind."""
    refused: dict[str, int]
    """Writes that were not carried out, or whose effect is not known, by what is known of it."""


class BetFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The would-be bets of a filter."""

    n: int
    mean_odds: float | None
    median_age_s: float | None
    """The age of the Min Odds."""
    stale: int
    """Bets on Min Odds that were lower than the rule said, or should not have been there."""
    only_stale: int
    """Those that the right Min Odds would not have made."""


class WorthFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The worth of the would-be bets: shares of the stake, which is 1 each."""

    closing_value: Estimate
    settled: int
    returned: Estimate
    """Profit for each bet with a result."""
    profit: float
    drawdown: float


class FilterReport(msgspec.Struct, frozen=True, kw_only=True):
    """All figures of one filter by its rule."""

    filter_id: int
    filter_name: str
    rule: str
    pairs: int
    service: ServiceFigures
    bets: BetFigures
    worth: WorthFigures


def report(filter_id: int, filter_name: str, rule: str, pairs: Sequence[EvaluatedPair]) -> FilterReport:
    """Return the report of a filter, from its pairs in order of kick-off."""
    bets = [each for each in pairs if each.bet]
    return FilterReport(
        filter_id=filter_id,
        filter_name=filter_name,
        rule=rule,
        pairs=len(pairs),
        service=_service_figures(pairs),
        bets=_bet_figures([each.bet for each in bets if each.bet]),
        worth=_worth_figures(bets),
    )


def _service_figures(pairs: Sequence[EvaluatedPair]) -> ServiceFigures:
    total = reduce(Service.plus, (each.service for each in pairs), Service())
    lags = [lag.total_seconds() for lag in total.lags]
    sent = [each for pair in pairs for each in pair.sent]
    return ServiceFigures(
        predictions=sum(each.was_kept for each in pairs),
        wanted_s=total.wanted.total_seconds(),
        share_in_step=total.in_step / total.wanted if total.wanted else None,
        lags=len(lags),
        lag_p50_s=percentile(lags, 0.5),
        lag_p95_s=percentile(lags, 0.95),
        exposure_h=total.exposure,
        too_low_s=total.too_low.total_seconds(),
        missed_s=total.missed.total_seconds(),
        writes=dict(sorted(Counter(each.kind.value for each in sent).items())),
        refused=dict(
            sorted(Counter(each.effect.value for each in sent if each.effect is not Effect.DONE).items())
        ),
    )


def _bet_figures(bets: Sequence[WouldBeBet]) -> BetFigures:
    odds = [float(each.price) for each in bets]
    return BetFigures(
        n=len(bets),
        mean_odds=estimate(odds).mean,
        median_age_s=percentile([_seconds(each.age) for each in bets], 0.5),
        stale=sum(each.stale for each in bets),
        only_stale=sum(not each.rightly_made for each in bets),
    )


def _worth_figures(bets: Sequence[EvaluatedPair]) -> WorthFigures:
    values = [float(each.closing_value) for each in bets if each.closing_value is not None]
    profits = [float(each.profit) for each in bets if each.profit is not None]
    return WorthFigures(
        closing_value=estimate(values),
        settled=len(profits),
        returned=estimate(profits),
        profit=sum(profits),
        drawdown=drawdown(profits),
    )


def _seconds(length: timedelta) -> float:
    return length.total_seconds()
