"""The wanted value of a pair: the rules of the domain, one after the other.

Each rule that forbids a price has a cause. The first one wins, so they are in the order in which a user
would look for the reason.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import msgspec

from syncd.config.rules import accepts_league
from syncd.config.settings import Rule
from syncd.model.bettune import Pair, at_six_decimals
from syncd.model.change import Cause, Wanted
from syncd.model.feed import EventState, Gone, PeriodState
from syncd.model.horizon import horizon
from syncd.model.openness import is_main_event, is_online, is_open_status, is_past
from syncd.model.pinnacle import MATCH_PERIOD
from syncd.pricing.board import Board
from syncd.pricing.margin import Method
from syncd.pricing.market import Market, NoPrice
from syncd.pricing.min_odds import Priced, Terms, price
from syncd.pricing.reference import price_from
from syncd.pricing.selection import Selection, SpecialSelection
from syncd.sync.contradicted import most_careful, other_readings
from syncd.sync.states import MAX_CLOCK_SLACK, Conditions, FilterState, MatchState, ReferenceQuery

LATE_START = timedelta(minutes=15)
"""A match counts as started this long after BetTune's kick-off, whatever date Pinnacle has for its event."""

SUSPENSIONS = frozenset(
    {
        Cause.EVENT_HALTED,
        Cause.PERIOD_OFFLINE,
        Cause.NO_MARKET,
        Cause.NO_LINE,
        Cause.INCOMPLETE_MARKET,
    }
)
"""The market may come back: the rule's `on_suspend` decides. Every other cause deletes at once."""


class _Unpriced(msgspec.Struct, frozen=True):
    """A pair without a price: the cause and the reason, and for how long if time alone ends it."""

    cause: Cause
    reason: str = ""
    since: datetime | None = None
    """When a suspension began."""
    until: datetime | None = None
    """When it ends by time alone."""


class _Case(msgspec.Struct, frozen=True):
    """A pair with everything that a price is made of."""

    rule: Rule
    selection: Selection
    event: EventState
    match: MatchState
    conditions: Conditions
    board: Board
    reference_query: ReferenceQuery | None

    @property
    def period_numbers(self) -> tuple[int, ...]:
        """The periods that must be open if they are offered: the match, and the selection's own.

        A special may be about a period without any other market. Whether a market that is needed exists,
        pricing decides.
        """
        if isinstance(self.selection, SpecialSelection) or self.selection.period == MATCH_PERIOD:
            return (MATCH_PERIOD,)
        return (MATCH_PERIOD, self.selection.period)

    def needed_periods(self) -> Iterator[PeriodState]:
        """Yield those of these periods that Pinnacle has ever offered."""
        for number in self.period_numbers:
            if number in self.match.periods:
                yield self.match.periods[number]

    def cutoffs(self) -> Iterator[datetime]:
        """Yield kick-off and the cutoff of each needed period, by Pinnacle's clock."""
        kickoff = self.event.event.starts
        yield kickoff
        for state in self.needed_periods():
            yield state.period.cutoff or kickoff


def wanted(
    state: FilterState, match: MatchState, conditions: Conditions, board: Board | None = None
) -> Wanted:
    """Return the price that a pair should hold, or why it has none. Defined for any pair.

    `board` is the match's under these conditions, if it has been made for another filter already. If
    BetTune's lists contradict themselves, it is the more careful of the values by either.
    """
    value = _by_one_reading(state, match, conditions, board)
    others = [
        _by_one_reading(other_state, other_match, conditions, board)
        for other_state, other_match in other_readings(state, match)
    ]
    return most_careful(value, others) if others else value


def _by_one_reading(
    state: FilterState, match: MatchState, conditions: Conditions, board: Board | None
) -> Wanted:
    case = _case(state, match, conditions, board)
    if isinstance(case, _Unpriced):
        return _without_price(state.filter_id, case, match)
    unpriced = _check_time(case) or _check_league(case) or _check_market(case)
    if unpriced:
        return _without_price_or_kept(state.filter_id, unpriced, case)
    return _priced(state.filter_id, case)


def _case(
    state: FilterState, match: MatchState, conditions: Conditions, board: Board | None
) -> _Case | _Unpriced:
    rule, selection, event = state.rule, state.selection, match.event
    unpriced = (
        _check_filter(state)
        or _check_match(match, conditions)
        or _check_link(match, conditions)
        or _check_event(event)
    )
    if unpriced or not (rule and selection and event):
        return unpriced or _Unpriced(Cause.EVENT_GONE)
    board = board or match.board(conditions)
    return _Case(rule, selection, event, match, conditions, board, state.reference_query)


def _check_filter(state: FilterState) -> _Unpriced | None:
    if state.filter is None:
        return _Unpriced(Cause.FILTER_GONE, "BetTune no longer lists this filter")
    if state.rule is None:
        return _Unpriced(Cause.NO_RULE, "no rule of the config names this filter")
    if not state.filter.approved:
        return _Unpriced(Cause.FILTER_DISABLED, f"the filter's status at BetTune is {state.filter.status}")
    if state.selection is None:
        return _Unpriced(Cause.UNKNOWN_BET_TYPE, state.problem)
    return None


def _check_match(state: MatchState, conditions: Conditions) -> _Unpriced | None:
    match, last_day = state.match, horizon(conditions.now, conditions.horizon).last
    if conditions.withdrawn:
        return _Unpriced(Cause.WITHDRAWN, "every prediction is withdrawn")
    if match is None:
        return _Unpriced(Cause.MATCH_GONE, "BetTune no longer lists this match")
    if match.finished:
        return _Unpriced(Cause.MATCH_FINISHED, "BetTune has it as finished")
    if match.date + LATE_START <= conditions.now:
        return _Unpriced(Cause.MATCH_STARTED, f"BetTune has its kick-off at {match.date:%d %b %H:%M} UTC")
    if match.date.date() > last_day:
        return _Unpriced(Cause.OUT_OF_HORIZON, f"after {last_day:%d %b}, the last day of the horizon")
    return None


def _check_link(state: MatchState, conditions: Conditions) -> _Unpriced | None:
    if state.link is None:
        return _Unpriced(Cause.NOT_LINKED, "no Pinnacle event is linked to this match")
    if not state.link.state.carries_predictions:
        return _Unpriced(Cause.NOT_LINKED, "its link waits for review")
    if conditions.betting_closed:
        return _Unpriced(Cause.BETTING_CLOSED, f"Pinnacle's betting status is {conditions.betting_closed}")
    return _Unpriced(Cause.STALE_FEED, conditions.stale) if conditions.stale else None


def _check_event(state: EventState | None) -> _Unpriced | None:
    if state is None:
        return _Unpriced(Cause.EVENT_GONE, "Pinnacle has not listed this fixture yet")
    if state.gone_because in (Gone.SETTLED, Gone.CANCELLED, Gone.DELETED):
        return _Unpriced(Cause.EVENT_SETTLED, f"{state.gone_because} by Pinnacle")
    if state.gone_because is Gone.IN_PLAY:
        return _Unpriced(Cause.IN_PLAY, "Pinnacle lists it as being played")
    if not state.listed:
        return _Unpriced(Cause.EVENT_GONE, "not in Pinnacle's newest list of fixtures")
    # A user may link what the linker never would.
    if not is_main_event(state.event):
        return _Unpriced(Cause.NOT_LINKED, "a live event, or one of corners or bookings, is never priced")
    return None


def _check_time(case: _Case) -> _Unpriced | None:
    rule, kickoff, now = case.rule, case.event.event.starts, case.conditions.now_pinnacle
    for cutoff in case.cutoffs():
        if is_past(cutoff, now):
            return _Unpriced(Cause.CUTOFF_PASSED, f"no bets since {cutoff:%d %b %H:%M:%S} UTC")
    if rule.close_before and kickoff - rule.close_before <= now:
        return _Unpriced(Cause.CLOSING, f"kick-off {kickoff:%H:%M} UTC is nearer than close_before")
    if rule.open_before is not None and kickoff - rule.open_before > now:
        opens = kickoff - rule.open_before
        return _Unpriced(
            Cause.NOT_YET_OPEN, f"opens {opens:%d %b %H:%M} UTC", until=opens - case.conditions.skew
        )
    return None


def _check_league(case: _Case) -> _Unpriced | None:
    name = case.event.league.name
    if accepts_league(case.rule, name):
        return None
    return _Unpriced(Cause.LEAGUE_EXCLUDED, f"the rule excludes «{name}»")


def _check_market(case: _Case) -> _Unpriced | None:
    event = case.event.event
    if not is_open_status(event.status):
        return _Unpriced(Cause.EVENT_HALTED, f"fixture status {event.status}", case.event.changed_at)
    if isinstance(case.selection, SpecialSelection) and case.conditions.specials_stale:
        return _Unpriced(Cause.STALE_FEED, f"specials: {case.conditions.specials_stale}")
    if MATCH_PERIOD not in case.match.periods:
        return _Unpriced(Cause.NO_MARKET, f"no odds for period {MATCH_PERIOD}", case.event.changed_at)
    for state in case.needed_periods():
        number = state.period.number
        if state.gone:
            return _Unpriced(Cause.NO_MARKET, f"no odds for period {number}", state.changed_at)
        if not is_online(state.period):
            return _Unpriced(Cause.PERIOD_OFFLINE, f"period {number} is offline", state.changed_at)
    return None


def _priced(filter_id: int, case: _Case) -> Wanted:
    result = _price(case)
    if isinstance(result, NoPrice):
        since = result.since or _changed_at(case)
        unpriced = _Unpriced(result.cause, "; ".join(result.reason), since)
        return _without_price_or_kept(filter_id, unpriced, case)
    market = result.quote.market
    return Wanted(
        pair=Pair(filter_id, case.match.match_id),
        cause=Cause.PRICED,
        odds=at_six_decimals(result.odds),
        reason="; ".join(result.reason),
        event_id=case.event.event.id,
        kickoff=case.event.event.starts,
        source_price=result.source_price,
        booksum=result.booksum,
        confirmed=_is_confirmed(market, case),
        source=(case.event.event.sport_id, "odds" if market.changed_at is None else "special_odds"),
        min_change=case.rule.min_change,
        until=_ends_at(case, market),
    )


def _price(case: _Case) -> Priced | NoPrice:
    terms, query = terms_of(case.rule), case.reference_query
    if query is None:
        return price(case.selection, case.board, terms)
    earlier = case.match.reference_prices.get(query)
    return price_from(query.reference, case.selection, case.board, earlier, terms)


def _is_confirmed(market: Market, case: _Case) -> bool:
    """Return whether a good response of the market's own feed was requested after the price had come."""
    if market.changed_at is not None:
        requested_at, changed_at = case.conditions.specials_requested_at, market.changed_at
    else:
        requested_at, changed_at = case.conditions.odds_requested_at, _changed_at(case)
    if requested_at is None:
        return False
    # A change of a time that is not yet was stored while the clock was wrong, and before this response.
    return requested_at > changed_at or changed_at > case.conditions.now + MAX_CLOCK_SLACK


def _changed_at(case: _Case) -> datetime:
    """Return when the newest of the needed periods last changed."""
    return max(state.changed_at for state in case.needed_periods())


def _ends_at(case: _Case, market: Market) -> datetime:
    """Return when time alone will take this price away, by our clock."""
    closing = case.event.event.starts - case.rule.close_before if case.rule.close_before else None
    own = filter(None, (closing, market.cutoff))
    return min((*case.cutoffs(), *own)) - case.conditions.skew


def terms_of(rule: Rule) -> Terms:
    """Return the part of a rule that makes Min Odds out of a price."""
    return Terms(
        price=rule.price,
        method=Method(rule.method),
        factor=rule.factor,
        decimals=rule.decimals,
        min_odds=rule.min_odds,
        max_odds=rule.max_odds,
        min_limit=rule.min_limit,
        max_booksum=rule.max_booksum,
    )


def _without_price_or_kept(filter_id: int, unpriced: _Unpriced, case: _Case) -> Wanted:
    """Return a value without a price; during a suspension `on_suspend` and `suspend_grace` may keep it."""
    deleted = _without_price(filter_id, unpriced, case.match)
    if unpriced.cause not in SUSPENSIONS or unpriced.since is None:
        return deleted
    rule, now = case.rule, case.conditions.now
    closes = case.event.event.starts - case.conditions.skew
    ends = closes if rule.on_suspend == "keep" else min(closes, _grace_ends(unpriced.since, case))
    if now >= ends:
        return deleted
    reason = f"{unpriced.reason}; kept until {ends:%d %b %H:%M:%S} UTC"
    return msgspec.structs.replace(deleted, keep=True, cause=Cause.SUSPENDED_KEPT, reason=reason, until=ends)


def _grace_ends(since: datetime, case: _Case) -> datetime:
    """Return when the grace of a suspension ends; at once if it began at a time that is not yet.

    That was stored while the clock was wrong: how long ago it was, nobody knows.
    """
    now = case.conditions.now
    return now if since > now + MAX_CLOCK_SLACK else min(since, now) + case.rule.suspend_grace


def _without_price(filter_id: int, unpriced: _Unpriced, state: MatchState) -> Wanted:
    event = state.event.event if state.event else None
    return Wanted(
        pair=Pair(filter_id, state.match_id),
        cause=unpriced.cause,
        reason=unpriced.reason,
        event_id=event.id if event else None,
        kickoff=event.starts if event else state.match.date if state.match else None,
        until=unpriced.until,
    )


def count_causes(values: Iterable[Wanted]) -> dict[Cause, int]:
    """Count the pairs without a price by cause, the most frequent cause first."""
    return dict(Counter(each.cause for each in values if each.odds is None).most_common())
