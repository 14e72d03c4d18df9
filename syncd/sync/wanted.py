"""What a pair ought to hold now: the rules of the domain, one after the other.

Every price has a cause, and so has every refusal. The first rule that speaks against a price
wins, so they stand in the order in which a person would ask.
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
from syncd.sync.states import Conditions, FilterState, MatchState, Question

LATE_START = timedelta(minutes=15)
"""So long after BetTune's own kick-off a match is being played, whatever date Pinnacle has for its event."""

SUSPENDED = frozenset(
    {
        Cause.EVENT_HALTED,
        Cause.PERIOD_OFFLINE,
        Cause.NO_MARKET,
        Cause.NO_LINE,
        Cause.INCOMPLETE_MARKET,
    }
)
"""The market may come back: the rule's `on_suspend` decides. Everything else deletes at once."""


class _Refusal(msgspec.Struct, frozen=True):
    cause: Cause
    detail: str = ""
    since: datetime | None = None
    """When a suspension began."""
    until: datetime | None = None
    """When it ends by time alone."""


class _Case(msgspec.Struct, frozen=True):
    """A pair that has everything a price is made of."""

    rule: Rule
    selection: Selection
    state: EventState
    scene: MatchState
    conditions: Conditions
    board: Board
    question: Question | None

    @property
    def there(self) -> datetime:
        """This moment by Pinnacle's clock."""
        return self.conditions.now + self.conditions.skew

    @property
    def numbers(self) -> tuple[int, ...]:
        """The periods that have to be open where they are offered: the match, and the selection's own.

        What a special is about may be a period that has no market besides. Whether one that is needed is
        there at all, pricing says.
        """
        if isinstance(self.selection, SpecialSelection) or self.selection.period == MATCH_PERIOD:
            return (MATCH_PERIOD,)
        return (MATCH_PERIOD, self.selection.period)

    def needed(self) -> Iterator[PeriodState]:
        """Those of these periods that Pinnacle has told of."""
        for number in self.numbers:
            if number in self.scene.periods:
                yield self.scene.periods[number]

    def cutoffs(self) -> Iterator[datetime]:
        """Until when bets are taken on each needed period, and kick-off, by Pinnacle's clock."""
        yield self.state.event.starts
        for held in self.needed():
            yield held.period.cutoff or self.state.event.starts


def wanted(
    filters: FilterState, scene: MatchState, conditions: Conditions, board: Board | None = None
) -> Wanted:
    """The price that a pair ought to hold, or why none; it has an answer for any pair.

    `board` is the scene's under these conditions, for who has made it for other filters already.
    """
    pair = Pair(filters.filter_id, scene.match_id)
    case = _case(filters, scene, conditions, board)
    if isinstance(case, _Refusal):
        return _refused(pair, case, scene, conditions)
    refusal = _of_time(case) or _of_league(case) or _of_market(case)
    if refusal:
        return _suspended(pair, refusal, case.rule, scene, conditions)
    return _priced(pair, case, scene)


def _case(
    filters: FilterState, scene: MatchState, conditions: Conditions, board: Board | None
) -> _Case | _Refusal:
    rule, selection, state = filters.rule, filters.selection, scene.event
    refusal = (
        _of_filter(filters) or _of_match(scene, conditions) or _of_link(scene, conditions) or _of_event(state)
    )
    if refusal or not (rule and selection and state):
        return refusal or _Refusal(Cause.EVENT_GONE)
    board = board or scene.board(conditions)
    return _Case(rule, selection, state, scene, conditions, board, filters.question)


def _of_filter(scene: FilterState) -> _Refusal | None:
    if scene.filter is None:
        return _Refusal(Cause.FILTER_GONE, "BetTune no longer lists this filter")
    if scene.rule is None:
        return _Refusal(Cause.NO_RULE, "no rule of the config names this filter")
    if not scene.filter.approved:
        return _Refusal(Cause.FILTER_DISABLED, f"its status is {scene.filter.status}")
    if scene.selection is None:
        return _Refusal(Cause.UNKNOWN_BET_TYPE, scene.problem)
    return None


def _of_match(scene: MatchState, conditions: Conditions) -> _Refusal | None:
    match, last_day = scene.match, horizon(conditions.now, conditions.horizon).last
    if conditions.withdrawn:
        return _Refusal(Cause.WITHDRAWN, "a person ordered to withdraw everything")
    if match is None:
        return _Refusal(Cause.MATCH_GONE, "BetTune no longer lists this match")
    if match.finished:
        return _Refusal(Cause.MATCH_FINISHED, "BetTune says that it is over")
    if match.date + LATE_START <= conditions.now:
        return _Refusal(Cause.MATCH_STARTED, f"BetTune says that it kicked off {match.date:%d %b %H:%M} UTC")
    if match.date.date() > last_day:
        return _Refusal(Cause.OUT_OF_HORIZON, f"after {last_day:%d %b}, the last day of the horizon")
    return None


def _of_link(scene: MatchState, conditions: Conditions) -> _Refusal | None:
    if scene.link is None:
        return _Refusal(Cause.NOT_LINKED, "no Pinnacle event is linked to this match")
    if not scene.link.state.carries_predictions:
        return _Refusal(Cause.NOT_LINKED, "its link waits for review")
    return _Refusal(Cause.STALE_FEED, conditions.stale) if conditions.stale else None


def _of_event(state: EventState | None) -> _Refusal | None:
    if state is None:
        return _Refusal(Cause.EVENT_GONE, "Pinnacle has not told of this fixture yet")
    if state.gone_because in (Gone.SETTLED, Gone.CANCELLED, Gone.DELETED):
        return _Refusal(Cause.EVENT_SETTLED, f"{state.gone_because} by Pinnacle")
    if not state.listed:
        return _Refusal(Cause.EVENT_GONE, "not in Pinnacle's newest list of fixtures")
    # A person may link what the linker never would.
    if not is_main_event(state.event):
        return _Refusal(Cause.NOT_LINKED, "a live event, or one of corners or bookings, is never priced")
    return None


def _of_time(case: _Case) -> _Refusal | None:
    rule, kickoff = case.rule, case.state.event.starts
    for cutoff in case.cutoffs():
        if is_past(cutoff, case.there):
            return _Refusal(Cause.CUTOFF_PASSED, f"no bets since {cutoff:%d %b %H:%M:%S} UTC")
    if rule.close_before and kickoff - rule.close_before <= case.there:
        return _Refusal(Cause.CLOSING, f"kick-off {kickoff:%H:%M} UTC is nearer than close_before")
    if rule.open_before is not None and kickoff - rule.open_before > case.there:
        opens = kickoff - rule.open_before
        return _Refusal(Cause.NOT_YET_OPEN, f"opens {opens:%d %b %H:%M} UTC", until=_here(opens, case))
    return None


def _of_league(case: _Case) -> _Refusal | None:
    name = case.state.league.name
    if accepts_league(case.rule, name):
        return None
    return _Refusal(Cause.LEAGUE_EXCLUDED, f"the rule leaves out «{name}»")


def _of_market(case: _Case) -> _Refusal | None:
    event = case.state.event
    if not is_open_status(event.status):
        return _Refusal(Cause.EVENT_HALTED, f"fixture status {event.status}", case.state.changed_at)
    if isinstance(case.selection, SpecialSelection) and case.conditions.specials_stale:
        return _Refusal(Cause.STALE_FEED, f"specials: {case.conditions.specials_stale}")
    if MATCH_PERIOD not in case.scene.periods:
        return _Refusal(Cause.NO_MARKET, f"no odds for period {MATCH_PERIOD}", case.state.changed_at)
    for needed in case.needed():
        number = needed.period.number
        if needed.gone:
            return _Refusal(Cause.NO_MARKET, f"no odds for period {number}", needed.changed_at)
        if not is_online(needed.period):
            return _Refusal(Cause.PERIOD_OFFLINE, f"period {number} is offline", needed.changed_at)
    return None


def _priced(pair: Pair, case: _Case, scene: MatchState) -> Wanted:
    result = _price(case)
    if not isinstance(result, Priced):
        since = result.since or _changed_at(case)
        refusal = _Refusal(result.cause, "; ".join(result.reason), since)
        return _suspended(pair, refusal, case.rule, scene, case.conditions)
    market = result.quote.market
    return Wanted(
        pair=pair,
        cause=Cause.PRICED,
        odds=at_six_decimals(result.odds),
        reason="; ".join(result.reason),
        event_id=case.state.event.id,
        kickoff=case.state.event.starts,
        source_price=result.source_price,
        booksum=result.booksum,
        confirmed=_is_confirmed(market, case),
        min_change=case.rule.min_change,
        until=_next_moment(case, market),
    )


def _price(case: _Case) -> Priced | NoPrice:
    terms, question = terms_of(case.rule), case.question
    if question is None:
        return price(case.selection, case.board, terms)
    return price_from(question.reference, case.selection, case.board, case.scene.earlier.get(question), terms)


def _is_confirmed(market: Market, case: _Case) -> bool:
    """Whether a good answer of the market's own feed was asked for after the price had come."""
    if market.changed_at is not None:
        asked_at, changed_at = case.conditions.specials_asked_at, market.changed_at
    else:
        asked_at, changed_at = case.conditions.odds_asked_at, _changed_at(case)
    return asked_at is not None and asked_at > changed_at


def _changed_at(case: _Case) -> datetime:
    """When the newest of the periods that have to be open last changed."""
    return max(held.changed_at for held in case.needed())


def terms_of(rule: Rule) -> Terms:
    """The part of a rule that makes Min Odds out of a price."""
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


def _suspended(
    pair: Pair, refusal: _Refusal, rule: Rule, scene: MatchState, conditions: Conditions
) -> Wanted:
    """A refusal that `on_suspend` and `suspend_grace` may soften."""
    plain = _refused(pair, refusal, scene, conditions)
    if refusal.cause not in SUSPENDED or refusal.since is None:
        return plain
    closes = scene.event.event.starts - conditions.skew if scene.event else conditions.now
    ends = closes if rule.on_suspend == "keep" else min(closes, refusal.since + rule.suspend_grace)
    if conditions.now >= ends:
        return plain
    reason = f"{refusal.detail}; kept until {ends:%d %b %H:%M:%S} UTC"
    return msgspec.structs.replace(plain, keep=True, cause=Cause.SUSPENDED_KEPT, reason=reason, until=ends)


def _refused(pair: Pair, refusal: _Refusal, scene: MatchState, conditions: Conditions) -> Wanted:
    event = scene.event.event if scene.event else None
    return Wanted(
        pair=pair,
        cause=refusal.cause,
        reason=refusal.detail,
        event_id=event.id if event else None,
        kickoff=event.starts if event else scene.match.date if scene.match else None,
        until=refusal.until,
    )


def _here(moment: datetime, case: _Case) -> datetime:
    """A moment of Pinnacle's clock by ours."""
    return moment - case.conditions.skew


def _next_moment(case: _Case, market: Market) -> datetime:
    """When time alone will take this price away."""
    closing = case.state.event.starts - case.rule.close_before if case.rule.close_before else None
    own = filter(None, (closing, market.cutoff))
    return min(_here(moment, case) for moment in (*case.cutoffs(), *own))


def count_causes(values: Iterable[Wanted]) -> dict[Cause, int]:
    """Count the pairs without a price by cause, the most frequent cause first."""
    return dict(Counter(each.cause for each in values if each.odds is None).most_common())
