"""What is known of a filter, of a match and of this moment: the input to every wanted value."""

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


class Question(NamedTuple):
    """What a rule asks of the past: the reference price of a selection, raw or fair."""

    reference: Reference
    selection: Selection
    price: Literal["raw", "fair"]
    method: Method


class FilterState(msgspec.Struct, frozen=True, kw_only=True):
    """A filter with the rule it falls under and the selection its bet type was read as."""

    filter_id: int
    filter: Filter | None = None
    """None where BetTune no longer lists it."""
    rule: Rule | None = None
    selection: Selection | None = None
    problem: str = ""
    """Why the bet type could not be read."""

    @property
    def is_in_use(self) -> bool:
        """Whether it is approved and falls under a rule."""
        return self.filter is not None and self.filter.approved and self.rule is not None

    @property
    def needs_specials(self) -> bool:
        """Whether it may be priced from Pinnacle's specials."""
        return self.is_in_use and self.selection is not None and may_need_specials(self.selection)

    @property
    def question(self) -> Question | None:
        """What its rule asks of the past; none where it goes by the latest price."""
        if self.rule is None or self.selection is None or self.rule.reference == "latest":
            return None
        return Question(
            Reference(self.rule.reference), self.selection, self.rule.price, Method(self.rule.method)
        )


class MatchState(msgspec.Struct, frozen=True, kw_only=True):
    """A match with its link and everything that Pinnacle says of the event behind it."""

    match_id: int
    match: Match | None = None
    """None where BetTune's list of its day no longer names it."""
    link: Link | None = None
    event: EventState | None = None
    periods: Mapping[int, PeriodState] = msgspec.field(default_factory=dict)
    specials: tuple[SpecialState, ...] = ()
    earlier: Mapping[Question, PastPrice] = msgspec.field(default_factory=dict)
    """The answers that the history of the event has to what rules ask of the past."""

    def board(self, conditions: "Conditions") -> Board:
        """The markets of the event as pricing looks at them, without specials where these are too old."""
        event = self.event.event if self.event else None
        if event is None:
            return Board()
        there = conditions.now + conditions.skew
        specials = (
            special_market(state, home=event.home, away=event.away, now=there) for state in self.specials
        )
        return Board.of(
            (held.period for held in self.periods.values() if not held.gone),
            None if conditions.specials_stale else filter(None, specials),
            sport_id=event.sport_id,
            had_moneyline=(number for number, held in self.periods.items() if held.had_moneyline),
        )


class Conditions(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for all pairs at this moment."""

    now: datetime
    horizon: timedelta
    skew: timedelta = timedelta(0)
    """Pinnacle's clock minus ours: cutoffs are by Pinnacle's."""
    stale: str = ""
    """Why the feed is too old to be believed; empty while it is fresh."""
    odds_asked_at: datetime | None = None
    """When the newest good odds answer was asked for: it confirms every price older than that."""
    specials_stale: str = "specials are not polled"
    """Why the special feeds are too old to be believed; empty while they are fresh."""
    specials_asked_at: datetime | None = None
    """When the newest good answer on special odds was asked for."""
    withdrawn: bool = False
    """A person ordered to withdraw everything."""
