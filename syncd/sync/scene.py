"""What is known of a filter, of a match and of this moment: the input to every wanted value."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from syncd.config.settings import Rule
from syncd.model.bettune import Filter, Match
from syncd.model.feed import EventState, PeriodState
from syncd.model.link import Link
from syncd.model.special import SpecialState
from syncd.pricing.selection import Selection


class FilterScene(msgspec.Struct, frozen=True, kw_only=True):
    """A filter with the rule it falls under and the selection its bet type was read as."""

    filter_id: int
    filter: Filter | None = None
    """None where BetTune no longer lists it."""
    rule: Rule | None = None
    selection: Selection | None = None
    problem: str = ""
    """Why the bet type could not be read."""


class MatchScene(msgspec.Struct, frozen=True, kw_only=True):
    """A match with its link and everything that Pinnacle says of the event behind it."""

    match_id: int
    match: Match | None = None
    """None where BetTune's list of its day no longer names it."""
    link: Link | None = None
    event: EventState | None = None
    periods: Mapping[int, PeriodState] = msgspec.field(default_factory=dict)
    specials: tuple[SpecialState, ...] = ()


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
