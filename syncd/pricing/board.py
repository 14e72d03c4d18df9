"""All that Pinnacle offers on one event, as pricing looks at it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final, Self

import msgspec

from syncd.model.change import Cause
from syncd.model.pinnacle import SOCCER, Moneyline, Period
from syncd.pricing.margin import booksum

SOCCER_PERIODS_WITHOUT_DRAW: Final = frozenset({6, 7, 8, 39})
"""Shoot-out, first ten penalties, to qualify, to win the final: somebody wins these."""

SPORTS_DECIDED_BY_THE_SPREADS_SCORE: Final = frozenset({4, 15, 19, SOCCER})
"""Basketball, football, hockey and soccer: the spread counts the goals or points that decide who wins.

In tennis it counts games, which the loser may win more of. In baseball a moneyline stands after five innings
and a spread after nine, so the same result may settle one of them and void the other."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """One outcome of a special by Pinnacle's name; its price is none while Pinnacle has withdrawn it."""

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
    """`MULTI_WAY_HEAD_TO_HEAD`, `SPREAD` or `OVER_UNDER`: how handicaps of one bet belong together."""
    home: str = ""
    away: str = ""
    """The event's teams by Pinnacle: outcomes are often called by them."""
    max_stake: Decimal | None = None
    winners: int = 1
    """How many outcomes win at once: 2 in a double chance."""
    closed: str = ""
    """Why no bets are taken on it; empty while it is open."""
    closed_cause: Cause = Cause.NO_MARKET
    """The stable code of what `closed` says in words."""
    cutoff: datetime | None = None
    changed_at: datetime | None = None
    """When its prices last changed, or the reason in `closed` came up."""


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """The markets of one event: its periods by number, and its specials."""

    periods: Mapping[int, Period] = msgspec.field(default_factory=dict)
    specials: tuple[SpecialMarket, ...] | None = None
    """None where specials are not read at all, which is something else than an event without any."""
    sport_id: int = SOCCER
    had_moneyline: frozenset[int] = frozenset()
    """Periods that were offered with a moneyline before: one that is not there now was taken down."""

    @classmethod
    def of(
        cls,
        periods: Iterable[Period],
        specials: Iterable[SpecialMarket] | None = None,
        *,
        sport_id: int = SOCCER,
        had_moneyline: Iterable[int] = (),
    ) -> Self:
        """The board of an event."""
        return cls(
            periods={period.number: period for period in periods},
            specials=None if specials is None else tuple(specials),
            sport_id=sport_id,
            had_moneyline=frozenset(had_moneyline),
        )

    def can_draw(self, period: int) -> bool | None:
        """Whether a draw is one of the outcomes of the period's moneyline.

        In soccer the rules of the game say so, elsewhere the market does: none where there is none to ask.
        """
        if self.sport_id == SOCCER:
            return period not in SOCCER_PERIODS_WITHOUT_DRAW
        held = self.periods.get(period)
        return _has_draw(held.moneyline) if held and held.moneyline else None

    @property
    def spreads_count_the_score(self) -> bool:
        """Whether who wins is decided by what a spread adds to."""
        return self.sport_id in SPORTS_DECIDED_BY_THE_SPREADS_SCORE


def _has_draw(line: Moneyline) -> bool | None:
    if line.draw is not None:
        return True
    sides = [side for side in (line.home, line.away) if side is not None and side > 1]
    if not sides:
        return None
    # No bookmaker sells two outcomes for less than they pay: there is a third, and it is withdrawn.
    return len(sides) == 2 and booksum(sides) < 1
