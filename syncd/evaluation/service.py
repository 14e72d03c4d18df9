"""The service of a prediction: the time in step, the lag behind Pinnacle, exposure and missed time."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

import msgspec

from syncd.evaluation.active_odds import ActiveOdds
from syncd.evaluation.offers import Offer

NOTHING = timedelta(0)


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of how one prediction was kept, or all of a filter added up."""

    wanted: timedelta = NOTHING
    """The time in which the rule said that there should be a prediction."""
    in_step: timedelta = NOTHING
    """The part of it in which BetTune had the right Min Odds."""
    missed: timedelta = NOTHING
    """The part of it without a prediction, or with higher Min Odds than the rule said."""
    too_low: timedelta = NOTHING
    """The time with lower Min Odds than the rule said, or with a prediction that should not be there."""
    exposure: float = 0.0
    """Hours multiplied by the share by which Min Odds were too low; 1 where there should be none."""
    lags: tuple[timedelta, ...] = ()
    """From each change of the right value until BetTune was in step with it, those that it ever was."""

    def plus(self, other: "Service") -> "Service":
        """Return both added up."""
        return Service(
            wanted=self.wanted + other.wanted,
            in_step=self.in_step + other.in_step,
            missed=self.missed + other.missed,
            too_low=self.too_low + other.too_low,
            exposure=self.exposure + other.exposure,
            lags=self.lags + other.lags,
        )


class _Span(NamedTuple):
    """A time in which nothing changed."""

    since: datetime
    until: datetime
    right: Decimal | None
    active: Decimal | None

    @property
    def length(self) -> timedelta:
        return self.until - self.since


def service(
    offers: Sequence[Offer],
    found: Sequence[ActiveOdds],
    *,
    since: datetime,
    until: datetime,
    min_change: Decimal = Decimal(0),
) -> Service:
    """Return how a prediction was kept from `since` to `until`."""
    spans = list(_spans(offers, found, since, until))
    wanted = [each for each in spans if each.right is not None]
    exposures = [(each, _too_low(each, min_change)) for each in spans]
    return Service(
        wanted=_sum(wanted),
        in_step=_sum(each for each in wanted if _is_in_step(each, min_change)),
        missed=_sum(each for each in wanted if _is_missed(each, min_change)),
        too_low=_sum(each for each, share in exposures if share > 0),
        exposure=sum(each.length.total_seconds() / 3600 * share for each, share in exposures),
        lags=tuple(_lags(spans, min_change)),
    )


def _spans(
    offers: Sequence[Offer], found: Sequence[ActiveOdds], since: datetime, until: datetime
) -> Iterator[_Span]:
    """Yield the times between all changes of either."""
    changes: list[Offer | ActiveOdds] = sorted([*offers, *found], key=lambda each: each.at)
    right, active, began = None, None, since
    for change in changes:
        at = min(max(change.at, since), until)
        if at > began:
            yield _Span(began, at, right, active)
            began = at
        if isinstance(change, Offer):
            right = change.right
        else:
            active = change.odds
    if until > began:
        yield _Span(began, until, right, active)


def _is_in_step(span: _Span, min_change: Decimal) -> bool:
    if span.right is None or span.active is None:
        return span.right is span.active
    return span.right == span.active or abs(span.right / span.active - 1) < min_change


def _is_missed(span: _Span, min_change: Decimal) -> bool:
    if span.right is None or _is_in_step(span, min_change):
        return False
    return span.active is None or span.active > span.right


def _too_low(span: _Span, min_change: Decimal) -> float:
    """Return the share by which the Min Odds were too low."""
    if span.active is None or _is_in_step(span, min_change):
        return 0.0
    if span.right is None:
        return 1.0
    return max(0.0, float(1 - span.active / span.right))


def _lags(spans: Sequence[_Span], min_change: Decimal) -> Iterator[timedelta]:
    """Yield the time from each change of the right value until it was reached; of several, from the first."""
    behind_since: datetime | None = None
    right_before: Decimal | None = None
    for span in spans:
        if _is_in_step(span, min_change):
            if behind_since is not None:
                yield span.since - behind_since
            behind_since = None
        elif behind_since is None and span.right != right_before:
            behind_since = span.since
        right_before = span.right


def _sum(spans: "Sequence[_Span] | Iterator[_Span]") -> timedelta:
    return sum((each.length for each in spans), NOTHING)
