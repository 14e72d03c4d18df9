"""BetTune's data: matches, prediction-based filters and their predictions."""

from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Annotated, Literal, NamedTuple

import msgspec

from syncd.model.bounds import HIGHEST_BIG, Code, Count, Id, Name

ODDS_STEP = Decimal("0.000001")
"""BetTune keeps odds at six decimals; two odds are the same if they are equal there."""


LOWEST_ODDS = Decimal("1.000000")
"""No market offers less: odds that cannot be read are taken for these."""


def at_six_decimals(odds: Decimal) -> Decimal:
    """The odds as BetTune will keep them."""
    return odds.quantize(ODDS_STEP, rounding=ROUND_HALF_EVEN)


class Named(msgspec.Struct, frozen=True):
    """An id with its name: a country, tournament, season or team."""

    id: Annotated[int, msgspec.Meta(ge=0, le=HIGHEST_BIG)]
    name: Name


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """A football match of BetTune's catalogue; `date` is its kick-off, aware UTC."""

    id: Id
    date: datetime
    finished: bool
    country: Named
    tournament: Named
    season: Named
    home: Named
    away: Named
    home_score: Count | None = None
    away_score: Count | None = None

    @property
    def title(self) -> str:
        """`Home v Away`, by BetTune's names."""
        return f"{self.home.name} v {self.away.name}"


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """A prediction-based filter; BetTune bets only by an approved one."""

    id: Id
    name: Name
    sport: Named
    bet_type: Name
    status: Code

    @property
    def approved(self) -> bool:
        """True if BetTune bets by this filter now."""
        return self.status == "approved"


class Pair(NamedTuple):
    """The key of a prediction: each filter and match have at most one."""

    filter_id: int
    match_id: int


class Prediction(msgspec.Struct, frozen=True, kw_only=True):
    """One row as BetTune returns it; `odds` is the Min Odds at six decimals."""

    id: int
    pair: Pair
    odds: Decimal
    source: Literal["api", "ui"]
    created_at: datetime | None = None
    updated_at: datetime | None = None
    problem: str = ""
    """The reason why its odds cannot be believed; they are `LOWEST_ODDS` then."""
