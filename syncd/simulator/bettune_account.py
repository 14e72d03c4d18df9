"""The account at the simulated BetTune: filters, predictions, and a record of every write."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Literal

from syncd.model.bettune import Filter, Named, Pair, at_six_decimals
from syncd.runtime.clock import Clock

FOOTBALL = Named(id=1, name="football")
FIRST_FILTER, FIRST_PREDICTION = 11_580, 10
HIGHEST_ODDS = Decimal(1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedPrediction:
    """A prediction as BetTune stores it."""

    id: int
    pair: Pair
    odds: Decimal
    """With six decimals."""
    source: Literal["api", "ui"]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedWrite:
    """One PUT or DELETE that arrived at the API and was carried out."""

    at: datetime
    seconds: float
    """The same moment on the monotonic clock."""
    pair: Pair
    before: SimulatedPrediction | None
    after: SimulatedPrediction | None

    @property
    def is_redundant(self) -> bool:
        """A PUT that left the odds as they were, so that a request was wasted."""
        return self.before is not None and self.after is not None and self.before.odds == self.after.odds


class InvalidOddsError(ValueError):
    """The odds are not valid."""


class BettuneAccount:
    """Filters and predictions. The `ui_` methods are what a user does in the browser."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._filters: dict[int, Filter] = {}
        self._predictions: dict[Pair, SimulatedPrediction] = {}
        self._next_id = FIRST_PREDICTION
        self.writes: list[ReceivedWrite] = []

    # --- filters

    @property
    def filters(self) -> list[Filter]:
        """All prediction-based filters."""
        return list(self._filters.values())

    def add_filter(
        self, name: str, bet_type: str, *, approved: bool = True, filter_id: int | None = None
    ) -> Filter:
        """Add a filter; without an id it gets the next free one."""
        status = "approved" if approved else "disabled"
        number = filter_id or max(self._filters, default=FIRST_FILTER) + 3
        found = Filter(id=number, name=name, sport=FOOTBALL, bet_type=bet_type, status=status)
        self._filters[found.id] = found
        return found

    def set_approved(self, filter_id: int, *, approved: bool) -> None:
        """Approve or disable the filter, as a user does."""
        old = self._filters[filter_id]
        self._filters[filter_id] = Filter(
            id=old.id,
            name=old.name,
            sport=old.sport,
            bet_type=old.bet_type,
            status="approved" if approved else "disabled",
        )

    def has_filter(self, filter_id: int) -> bool:
        """True if the filter exists."""
        return filter_id in self._filters

    # --- predictions

    def predictions(self) -> Mapping[Pair, SimulatedPrediction]:
        """All predictions."""
        return dict(self._predictions)

    def odds(self) -> dict[Pair, Decimal]:
        """The Min Odds of all predictions."""
        return {pair: prediction.odds for pair, prediction in self._predictions.items()}

    def prediction(self, pair: Pair) -> SimulatedPrediction | None:
        """The prediction of this pair; None if there is none."""
        return self._predictions.get(pair)

    def put(self, pair: Pair, odds: Decimal) -> SimulatedPrediction:
        """Create or update by the API: the source becomes `api`, whoever made the prediction."""
        before = self._predictions.get(pair)
        after = self._set(pair, odds, "api")
        self._record(pair, before, after)
        return after

    def delete(self, pair: Pair) -> None:
        """Delete by the API; it is no error if there is no prediction."""
        self._record(pair, self._predictions.pop(pair, None), None)

    def ui_set(self, pair: Pair, odds: Decimal | str) -> SimulatedPrediction:
        """Set the Min Odds by hand. Raises `InvalidOddsError`."""
        return self._set(pair, parse_odds(odds), "ui")

    def ui_delete(self, pair: Pair) -> None:
        """Delete the prediction by hand."""
        self._predictions.pop(pair, None)

    def _set(self, pair: Pair, odds: Decimal, source: Literal["api", "ui"]) -> SimulatedPrediction:
        now = self._clock.now()
        old = self._predictions.get(pair)
        if old is None:
            self._next_id += 1
            old = SimulatedPrediction(
                id=self._next_id, pair=pair, odds=odds, source=source, created_at=now, updated_at=now
            )
        self._predictions[pair] = replace(old, odds=odds, source=source, updated_at=now)
        return self._predictions[pair]

    def _record(
        self, pair: Pair, before: SimulatedPrediction | None, after: SimulatedPrediction | None
    ) -> None:
        at, seconds = self._clock.now(), self._clock.monotonic()
        self.writes.append(ReceivedWrite(at=at, seconds=seconds, pair=pair, before=before, after=after))

    # --- for tests

    def redundant_writes(self) -> list[ReceivedWrite]:
        """PUTs that changed nothing, and DELETEs of predictions that did not exist."""
        return [write for write in self.writes if write.is_redundant or (write.before is write.after is None)]

    def forbidden_writes(self, permitted: Iterable[int]) -> list[ReceivedWrite]:
        """Writes to filters that are not `permitted`, or over a prediction made by hand."""
        allowed = set(permitted)
        return [
            write
            for write in self.writes
            if write.pair.filter_id not in allowed
            or (write.before is not None and write.before.source == "ui")
        ]


def parse_odds(given: object) -> Decimal:
    """Odds of a request, a string or a number above 1, at six decimals. Raises `InvalidOddsError`."""
    if isinstance(given, bool) or not isinstance(given, str | int | float | Decimal):
        raise InvalidOddsError("odds must be a string or a number")
    try:
        odds = Decimal(str(given))
    except InvalidOperation:
        raise InvalidOddsError("odds must be a decimal number") from None
    if not odds.is_finite() or not 1 < odds <= HIGHEST_ODDS:
        raise InvalidOddsError(f"odds must be above 1 and at most {HIGHEST_ODDS}")
    return at_six_decimals(odds)
