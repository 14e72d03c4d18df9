"""The board of an event: all markets that Pinnacle offers on it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final, Self

import msgspec

from syncd.model.change import Cause
from syncd.model.pinnacle import SOCCER, Moneyline, Period
from syncd.pricing.margin import booksum

SOCCER_PERIODS_WITHOUT_DRAW: Final = frozenset({6, 7, 8, 39})
"""Shoot-out, first ten penalties, to qualify, to win the final: one side always wins these."""

SPORTS_WHOSE_SPREAD_COUNTS_THE_SCORE: Final = frozenset({4, 15, 19, SOCCER})
"""Basketball, football, hockey and soccer: the spread counts the goals or points that decide who wins.

In tennis it counts games, and the loser may win more of them. In baseball a moneyline is valid after five
innings and a spread after nine, so the same result may settle one of them and void the other."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """One outcome of a special, by Pinnacle's name; its price is None while Pinnacle has withdrawn it."""

    name: str
    price: Decimal | None = None
    handicap: Decimal | None = None
    max_stake: Decimal | None = None


class SpecialMarket(msgspec.Struct, frozen=True, kw_only=True):
    """A special of the event."""

    id: int = 0
    name: str
    outcomes: tuple[Outcome, ...]
    period: int = 0
    bet_type: str = ""
    """`MULTI_WAY_HEAD_TO_HEAD`, `SPREAD` or `OVER_UNDER`: it says which handicaps are sides of one bet."""
    home: str = ""
    away: str = ""
    """The event's teams by Pinnacle's names, which outcomes often have too."""
    max_stake: Decimal | None = None
    winners: int = 1
    """The number of outcomes that win together: 2 in a double chance."""
    closed_reason: str = ""
    """The reason why no bets are taken on it, as text; empty while it is open."""
    closed_cause: Cause = Cause.NO_MARKET
    """The stable code of `closed_reason`."""
    cutoff: datetime | None = None
    changed_at: datetime | None = None
    """When its prices last changed, or it closed."""


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """The markets of one event: its periods by number, and its specials."""

    periods: Mapping[int, Period] = msgspec.field(default_factory=dict)
    specials: tuple[SpecialMarket, ...] | None = None
    """None if specials are not read at all; empty if the event has none."""
    sport_id: int = SOCCER
    had_moneyline: frozenset[int] = frozenset()
    """Periods that had a moneyline before: if it is missing now, it was taken down."""

    @classmethod
    def of(
        cls,
        periods: Iterable[Period],
        specials: Iterable[SpecialMarket] | None = None,
        *,
        sport_id: int = SOCCER,
        had_moneyline: Iterable[int] = (),
    ) -> Self:
        """The board of these periods and specials."""
        return cls(
            periods={period.number: period for period in periods},
            specials=None if specials is None else tuple(specials),
            sport_id=sport_id,
            had_moneyline=frozenset(had_moneyline),
        )

    def can_draw(self, period: int) -> bool | None:
        """Return whether a draw is one of the outcomes of the period's moneyline.

        In soccer this follows from the rules of the game, elsewhere from the market: None if there is none.
        """
        if self.sport_id == SOCCER:
            return period not in SOCCER_PERIODS_WITHOUT_DRAW
        known = self.periods.get(period)
        return _has_draw(known.moneyline) if known and known.moneyline else None

    @property
    def spreads_count_the_score(self) -> bool:
        """True if the score that decides who wins is the one to which a spread adds."""
        return self.sport_id in SPORTS_WHOSE_SPREAD_COUNTS_THE_SCORE


def _has_draw(line: Moneyline) -> bool | None:
    if line.draw is not None:
        return True
    sides = [side for side in (line.home, line.away) if side is not None and side > 1]
    if not sides:
        return None
    # No bookmaker offers a booksum below 1, so there is a third outcome, and its price is withdrawn.
    return len(sides) == 2 and booksum(sides) < 1
