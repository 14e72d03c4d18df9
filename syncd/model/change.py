"""Wanted and actual predictions, and the changes between the two.

A `Change` is one object from the plan to the log line, the table row and the page.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

import msgspec

from syncd.model.bettune import Pair


class Cause(StrEnum):
    """The reason why a pair has a price, or none. The value is the stable code in logs and tables."""

    PRICED = "priced"
    NOT_LINKED = "not_linked"
    FILTER_GONE = "filter_gone"
    FILTER_DISABLED = "filter_disabled"
    NO_RULE = "no_rule"
    UNKNOWN_BET_TYPE = "unknown_bet_type"
    MATCH_GONE = "match_gone"
    MATCH_FINISHED = "match_finished"
    MATCH_STARTED = "match_started"
    OUT_OF_HORIZON = "out_of_horizon"
    NOT_YET_OPEN = "not_yet_open"
    CLOSING = "closing"
    EVENT_GONE = "event_gone"
    EVENT_SETTLED = "event_settled"
    EVENT_HALTED = "event_halted"
    IN_PLAY = "in_play"
    BETTING_CLOSED = "betting_closed"
    PERIOD_OFFLINE = "period_offline"
    CUTOFF_PASSED = "cutoff_passed"
    NO_MARKET = "no_market"
    NO_LINE = "no_line"
    INCOMPLETE_MARKET = "incomplete_market"
    BOOKSUM = "booksum"
    LIMIT_TOO_SMALL = "limit_too_small"
    BELOW_MIN_ODDS = "below_min_odds"
    ABOVE_MAX_ODDS = "above_max_odds"
    LEAGUE_EXCLUDED = "league_excluded"
    STALE_FEED = "stale_feed"
    WITHDRAWN = "withdrawn"
    NOT_SHOWN = "not_shown"
    """BetTune shows no prediction where ours was: it is deleted, since the response may be wrong."""
    NOT_WORKING = "not_working"
    """The store or a task has failed for too long: everything is deleted from memory."""
    SUSPENDED_KEPT = "suspended_kept"
    FAULT = "fault"
    """An error in syncd itself: the log has its traceback."""


class Owner(StrEnum):
    """Who made a prediction."""

    OURS = "ours"
    THEIRS = "theirs"
    """Made or edited by hand (`source: ui`): never written or deleted."""
    NOBODY = "nobody"
    """BetTune has no prediction for this pair."""
    UNKNOWN = "unknown"
    """Not read yet: it must be read before the first write."""


Source = tuple[int, str]
"""A feed that prices come from: its sport and its kind."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """The wanted state of a pair: `odds`, or no prediction because of `cause`; `keep` leaves it as it is."""

    pair: Pair
    cause: Cause
    odds: Decimal | None = None
    keep: bool = False
    reason: str = ""
    """Text for people: the line, the margin, the value that failed."""
    event_id: int | None = None
    kickoff: datetime | None = None
    source_price: Decimal | None = None
    """Pinnacle's own price behind `odds`."""
    booksum: Decimal | None = None
    confirmed: bool = True
    """True if a second good response of the feed has confirmed this price."""
    contradicted: str = ""
    """Reason why this price may only raise: BetTune contradicts what it rests on. Empty if it does not."""
    source: Source | None = None
    """The feed that this price came from. None if there is no price."""
    min_change: Decimal = Decimal(0)
    """A relative change smaller than this is not sent."""
    until: datetime | None = None
    """When time alone may change this (a cutoff, the end of a grace period); None if only new data can."""


class Kind(StrEnum):
    """The effect of a change on BetTune's exposure; also its place in the queue."""

    DELETE = "delete"
    RAISE = "raise"
    LOWER = "lower"
    CREATE = "create"

    @property
    def urgent(self) -> bool:
        """True if it reduces the possible loss: such changes go first and are never withheld."""
        return self in (Kind.DELETE, Kind.RAISE)


class Loss(msgspec.Struct, frozen=True, kw_only=True):
    """One response of BetTune did not show our prediction, or as made by hand, or with odds that cannot be.

    A single response may be wrong, so the prediction counts as ours until a second one has decided.
    """

    at: datetime
    to: Owner
    """`NOBODY`, `THEIRS`, or `UNKNOWN` if its odds cannot be."""
    times: int = 1
    """Number of readings in a row that showed it so."""


class Actual(msgspec.Struct, frozen=True, kw_only=True):
    """The actual prediction of a pair as last read or written, and whose it is."""

    pair: Pair
    owner: Owner
    odds: Decimal | None = None
    read_at: datetime | None = None
    in_doubt: bool = False
    """The response to our last write was lost: `odds` may or may not be active, to be read back."""
    respected: bool = False
    """Ours was deleted by hand, and `manual_delete` says to leave it deleted. While it is in doubt too, a
    DELETE has to make sure."""
    quarantined_until: datetime | None = None
    """BetTune rejected the last price, or keeps a lower one: no price is written before this time. Deletes
    do not wait for it."""
    rejected_kind: Kind | None = None
    error: str = ""
    # What follows is known to this process only.
    is_of_earlier_process: bool = False
    """Known from an earlier process: a user may have changed it since, so it is read before a write."""
    loss: Loss | None = None
    """Set while a second response has to decide whose it is."""
    sent: Decimal | None = None
    """The price that was sent last; None if BetTune did not respond to it."""
    misses: int = 0
    """Number of times that BetTune was seen to hold something else than `sent`."""

    @property
    def is_active(self) -> bool:
        """True if it is known to be a prediction of ours that BetTune bets by."""
        return self.owner is Owner.OURS and self.odds is not None

    @property
    def may_be_active(self) -> bool:
        """True if it is active, or may be because the result of the last write is unknown."""
        return self.owner is Owner.OURS and (self.odds is not None or self.in_doubt)


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One write to BetTune: a PUT of `after`, or a DELETE if `after` is None."""

    kind: Kind
    pair: Pair
    before: Decimal | None
    after: Decimal | None
    cause: Cause
    reason: str = ""
    event_id: int | None = None
    kickoff: datetime | None = None
    source_price: Decimal | None = None
