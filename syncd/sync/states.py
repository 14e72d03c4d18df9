"""The inputs of every wanted value: a filter, a match, and the conditions that hold for all of them now."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

import msgspec

from syncd.config.settings import Rule
from syncd.model.bettune import Filter, Match
from syncd.model.feed import EventState, PeriodState
from syncd.model.link import Link
from syncd.model.special import SpecialState
from syncd.pricing.board import Board
from syncd.pricing.derivation import may_need_specials
from syncd.pricing.margin import Method
from syncd.pricing.min_odds import Reference
from syncd.pricing.reference import PastPrice
from syncd.pricing.selection import Selection
from syncd.pricing.specials import special_market


class ReferenceQuery(NamedTuple):
    """A query for the reference price of a selection, raw or fair, by a rule that starts from one."""

    reference: Reference
    selection: Selection
    price: Literal["raw", "fair"]
    method: Method


class FilterState(msgspec.Struct, frozen=True, kw_only=True):
    """A filter with its rule and with the selection that its bet type means."""

    filter_id: int
    filter: Filter | None = None
    """None if BetTune no longer lists it."""
    rule: Rule | None = None
    selection: Selection | None = None
    problem: str = ""
    """The reason why the bet type could not be read; empty if it could."""
    contradiction: "FilterState | None" = None
    """The same filter as BetTune's last list has it, if that one contradicts what was known of it."""

    @property
    def is_in_use(self) -> bool:
        """True if it is approved and falls under a rule."""
        return self.filter is not None and self.filter.approved and self.rule is not None

    @property
    def needs_specials(self) -> bool:
        """True if it may be priced from Pinnacle's specials."""
        return self.is_in_use and self.selection is not None and may_need_specials(self.selection)

    @property
    def reference_query(self) -> ReferenceQuery | None:
        """The reference price that its rule starts from; None if that is the latest price."""
        if self.rule is None or self.selection is None or self.rule.reference == "latest":
            return None
        return ReferenceQuery(
            Reference(self.rule.reference), self.selection, self.rule.price, Method(self.rule.method)
        )


class MatchState(msgspec.Struct, frozen=True, kw_only=True):
    """A match with its link and all that is known of the linked event."""

    match_id: int
    match: Match | None = None
    """None if BetTune's list of its day no longer has it."""
    contradiction: Match | None = None
    """The same match as BetTune's last list has it, if that one contradicts what was known of it."""
    link: Link | None = None
    event: EventState | None = None
    periods: Mapping[int, PeriodState] = msgspec.field(default_factory=dict)
    """By number, gone ones included."""
    specials: tuple[SpecialState, ...] = ()
    reference_prices: Mapping[ReferenceQuery, PastPrice] = msgspec.field(default_factory=dict)
    """Prices from the history of the event; no entry for a query that it cannot answer."""

    def board(self, conditions: "Conditions") -> Board:
        """Return the markets of the event, without specials if their feeds are stale."""
        event = self.event.event if self.event else None
        if event is None:
            return Board()
        specials = (
            special_market(state, home=event.home, away=event.away, now=conditions.now_pinnacle)
            for state in self.specials
        )
        return Board.of(
            (state.period for state in self.periods.values() if not state.gone),
            None if conditions.specials_stale else filter(None, specials),
            sport_id=event.sport_id,
            had_moneyline=(number for number, state in self.periods.items() if state.had_moneyline),
        )


MAX_CLOCK_SLACK = timedelta(minutes=1)
"""Slack of clocks: a stored moment further in the future was stored while the clock was wrong."""


class Conditions(msgspec.Struct, frozen=True, kw_only=True):
    """The circumstances that hold now for all pairs of a sport."""

    now: datetime
    horizon: timedelta
    skew: timedelta = timedelta(0)
    """Pinnacle's clock minus ours: cutoffs are by Pinnacle's."""
    stale: str = ""
    """The reason why the feeds are stale; empty while they are fresh."""
    odds_requested_at: datetime | None = None
    """When the newest good odds response was requested: it confirms every price older than that."""
    specials_stale: str = "specials are not polled"
    """The same of the feeds of specials."""
    specials_requested_at: datetime | None = None
    """When the newest good response of special odds was requested."""
    withdrawn: bool = False
    """Every prediction is to be deleted."""
    betting_closed: str = ""
    """Pinnacle's status, if it has closed all betting; empty if it has not."""

    @property
    def now_pinnacle(self) -> datetime:
        """The same moment by Pinnacle's clock."""
        return self.now + self.skew
