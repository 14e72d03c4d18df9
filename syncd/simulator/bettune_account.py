"""What the simulated BetTune keeps: filters, predictions, and a record of every write."""

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
    """One prediction."""

    id: int
    pair: Pair
    odds: Decimal
    """At six decimals."""
    source: Literal["api", "ui"]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedWrite:
    """One PUT or DELETE that arrived by the API and was carried out."""

    at: datetime
    seconds: float
    """The same moment on the monotonic clock."""
    pair: Pair
    before: SimulatedPrediction | None
    after: SimulatedPrediction | None

    @property
    def is_redundant(self) -> bool:
        """A PUT that left the odds as they were: a request spent on nothing."""
        return self.before is not None and self.after is not None and self.before.odds == self.after.odds


class InvalidOddsError(ValueError):
    """No odds that BetTune takes."""


class BettuneAccount:
    """Filters and predictions. The `ui_` methods are what a person does in the browser."""

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
        """A new filter; its id is the next free one where none is given."""
        status = "approved" if approved else "disabled"
        number = filter_id or max(self._filters, default=FIRST_FILTER) + 3
        found = Filter(id=number, name=name, sport=FOOTBALL, bet_type=bet_type, status=status)
        self._filters[found.id] = found
        return found

    def set_approved(self, filter_id: int, *, approved: bool) -> None:
        """A person approves or disables the filter."""
        old = self._filters[filter_id]
        self._filters[filter_id] = Filter(
            id=old.id,
            name=old.name,
            sport=old.sport,
            bet_type=old.bet_type,
            status="approved" if approved else "disabled",
        )

    def remove_filter(self, filter_id: int) -> None:
        """The filter is gone, and its predictions with it."""
        del self._filters[filter_id]
        self._predictions = {
            pair: row for pair, row in self._predictions.items() if pair.filter_id != filter_id
        }

    def has_filter(self, filter_id: int) -> bool:
        """Whether there is such a filter."""
        return filter_id in self._filters

    # --- predictions

    def predictions(self) -> Mapping[Pair, SimulatedPrediction]:
        """Every prediction there is now."""
        return dict(self._predictions)

    def odds(self) -> dict[Pair, Decimal]:
        """The Min Odds of every pair that has one."""
        return {pair: row.odds for pair, row in self._predictions.items()}

    def prediction(self, pair: Pair) -> SimulatedPrediction | None:
        """The prediction of this pair."""
        return self._predictions.get(pair)

    def put(self, pair: Pair, odds: Decimal) -> SimulatedPrediction:
        """Create or update by the API; whoever made it, it is the API's from now on."""
        before = self._predictions.get(pair)
        after = self._set(pair, odds, "api")
        self._record(pair, before, after)
        return after

    def delete(self, pair: Pair) -> None:
        """Delete by the API; to delete nothing is well, too."""
        self._record(pair, self._predictions.pop(pair, None), None)

    def ui_set(self, pair: Pair, odds: Decimal | str) -> SimulatedPrediction:
        """A person sets the Min Odds by hand."""
        return self._set(pair, parse_odds(odds), "ui")

    def ui_delete(self, pair: Pair) -> None:
        """A person deletes the prediction."""
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

    # --- questions that tests ask

    def redundant_writes(self) -> list[ReceivedWrite]:
        """PUTs that changed nothing, and DELETEs of nothing."""
        return [write for write in self.writes if write.is_redundant or (write.before is write.after is None)]

    def forbidden_writes(self, permitted: Iterable[int]) -> list[ReceivedWrite]:
        """Writes to filters without permission, or over a prediction made by hand."""
        allowed = set(permitted)
        return [
            write
            for write in self.writes
            if write.pair.filter_id not in allowed
            or (write.before is not None and write.before.source == "ui")
        ]


def parse_odds(given: object) -> Decimal:
    """Odds of a request at six decimals: a string or a number, above 1; raises `InvalidOddsError`."""
    if isinstance(given, bool) or not isinstance(given, str | int | float | Decimal):
        raise InvalidOddsError("odds must be a string or a number")
    try:
        odds = Decimal(str(given))
    except InvalidOperation:
        raise InvalidOddsError("odds must be a decimal number") from None
    if not odds.is_finite() or not 1 < odds <= HIGHEST_ODDS:
        raise InvalidOddsError(f"odds must be above 1 and at most {HIGHEST_ODDS}")
    return at_six_decimals(odds)
