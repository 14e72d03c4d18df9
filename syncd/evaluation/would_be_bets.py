"""The bets that BetTune would have made: an estimate, since its limits and other settings are not seen.

Its documentation says that it looks when Pinnacle moves, and bets where the market offers the Min Odds or
more.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import msgspec

from syncd.evaluation.active_odds import ActiveOdds, active_before
from syncd.evaluation.offers import ClosingPrice, Offer


class WouldBeBet(msgspec.Struct, frozen=True, kw_only=True):
    """The first moment of a pair at which Pinnacle's price moved to its Min Odds or above."""

    at: datetime
    price: Decimal
    """Pinnacle's own, at which it is taken to be made."""
    min_odds: Decimal
    age: timedelta
    """The age of the Min Odds at that moment."""
    right: Decimal | None
    """The Min Odds that the rule says for this price; None: there should have been no prediction."""

    @property
    def stale(self) -> bool:
        """True if the Min Odds were lower than the rule said then, or should not have been there."""
        return self.right is None or self.min_odds < self.right

    @property
    def rightly_made(self) -> bool:
        """True if it would have been made with the right Min Odds, too."""
        return self.right is not None and self.price >= self.right

    def closing_value(self, closing: ClosingPrice | None) -> Decimal | None:
        """Return by which share the price was above the fair closing price; None if there is none."""
        if closing is None or closing.fair is None:
            return None
        return self.price / closing.fair - 1


def first_bet(offers: Sequence[Offer], found: Sequence[ActiveOdds]) -> WouldBeBet | None:
    """Return the bet that BetTune would have made on a pair; None if the price never reached its Min Odds."""
    price_before = None
    for offer in offers:
        has_moved, price_before = offer.price != price_before, offer.price
        active = active_before(found, offer.at)
        if offer.price is None or not has_moved or active is None or active.odds is None:
            continue
        if offer.price >= active.odds:
            return WouldBeBet(
                at=offer.at,
                price=offer.price,
                min_odds=active.odds,
                age=offer.at - active.at,
                right=offer.right,
            )
    return None
