"""Specials: from what the feed tells of them to markets, and the market that a selection names."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final, NamedTuple

import msgspec

from syncd.model.change import Cause
from syncd.model.decimals import format_decimal
from syncd.model.feed import Gone
from syncd.model.openness import LIVE, is_open_status, is_past
from syncd.model.special import Special as Told
from syncd.model.special import SpecialOdds, SpecialState
from syncd.pricing.board import Board, Outcome, SpecialMarket
from syncd.pricing.contestants import Teams, folded, places, readings
from syncd.pricing.market import Market, Refused, first_known, words_of_period
from syncd.pricing.selection import Special

PAIRINGS: Final = {frozenset({each}) for each in ("1X", "12", "X2")}


class _Closed(NamedTuple):
    """Why no bets are taken, and since when."""

    cause: Cause
    words: str
    since: datetime


def special_market(state: SpecialState, *, home: str, away: str, now: datetime) -> SpecialMarket | None:
    """A special as a market of the match `home` - `away`; none for an outright, which belongs to no match.

    `now` is this moment by the server's clock.
    """
    told, priced_at = state.special, state.odds_changed_at or state.changed_at
    if told.event_id is None:
        return None
    closed = next(_reasons_against(state, now), None) or _exchanged(state, home, away)
    market = _market(told, state.odds, Teams(told.home or home, told.away or away))
    return msgspec.structs.replace(
        market,
        closed=closed.words if closed else "",
        closed_cause=closed.cause if closed else Cause.NO_MARKET,
        changed_at=max(state.changed_at, priced_at, *([closed.since] if closed else [])),
    )


def past_special_market(
    told: Told, odds: SpecialOdds, *, home: str, away: str, at: datetime
) -> SpecialMarket:
    """A special as it was priced at a moment of the past: open, unless its cutoff had passed.

    Whether it was halted then is told by the history of openness.
    """
    market = _market(told, odds, Teams(told.home or home, told.away or away))
    late = is_past(told.cutoff, at)
    return msgspec.structs.replace(
        market,
        closed=_no_bets_since(told.cutoff) if told.cutoff and late else "",
        closed_cause=Cause.CUTOFF_PASSED if late else Cause.NO_MARKET,
        changed_at=at,
    )


def find_special(selection: Special, board: Board) -> Market | Refused:
    """The market of a contestant; a refusal of a special that is there tells since when it stands so."""
    if board.specials is None:
        return Refused(Cause.NO_MARKET, (f"{selection}: Pinnacle's specials are not read",))
    where = words_of_period(selection.period)
    named = [each for each in board.specials if _is_meant(each, selection)]
    if not named:
        return Refused(Cause.NO_MARKET, (f"Pinnacle has no special {selection.name!r} for {where}",))
    takes_bets = [each for each in named if not each.closed]
    if len(takes_bets) > 1:
        words = (
            f"Pinnacle has {len(takes_bets)} specials {selection.name!r} for {where}: it may be any of them"
        )
        return Refused(Cause.NO_MARKET, (words,), _newest(takes_bets).changed_at)
    special = takes_bets[0] if takes_bets else _newest(named)
    if special.closed:
        return Refused(
            special.closed_cause, (f"special {special.name!r}: {special.closed}",), special.changed_at
        )
    found = _contestant(selection, special)
    return msgspec.structs.replace(found, since=special.changed_at) if isinstance(found, Refused) else found


def _reasons_against(state: SpecialState, now: datetime) -> Iterator[_Closed]:
    """Why no bets are taken on it now, in the order in which a person would ask."""
    told, changed = state.special, state.changed_at
    if state.gone_because in (Gone.SETTLED, Gone.CANCELLED, Gone.DELETED):
        yield _Closed(Cause.EVENT_SETTLED, f"{state.gone_because} by Pinnacle", state.gone_at or changed)
    if not state.listed:
        yield _Closed(Cause.NO_MARKET, "no longer listed by Pinnacle", state.gone_at or changed)
    if told.live_status == LIVE:
        yield _Closed(Cause.NO_MARKET, "a live special is never priced", changed)
    if told.cutoff is not None and is_past(told.cutoff, now):
        yield _Closed(Cause.CUTOFF_PASSED, _no_bets_since(told.cutoff), told.cutoff)
    if not is_open_status(told.status):
        yield _Closed(Cause.EVENT_HALTED, f"its status is {told.status}", changed)
    if state.odds is None:
        yield _Closed(Cause.NO_MARKET, "Pinnacle has not priced it yet", changed)
    elif state.odds_gone:
        yield _Closed(Cause.NO_MARKET, "Pinnacle no longer prices it", state.odds_changed_at or changed)


def _exchanged(state: SpecialState, home: str, away: str) -> _Closed | None:
    """While one feed has put the sides right and the other has not yet, who is home is not known."""
    told = state.special
    names = {folded(each) for each in (home, away) if each}
    if told.home is None or told.away is None or {folded(told.home), folded(told.away)} != names:
        return None
    if folded(told.home) == folded(home):
        return None
    words = f"it calls {told.home} the home side, and the fixture calls it the away side"
    return _Closed(Cause.INCOMPLETE_MARKET, words, state.changed_at)


def _no_bets_since(cutoff: datetime) -> str:
    return f"no bets since {cutoff:%d %b %H:%M:%S} UTC"


def _market(told: Told, odds: SpecialOdds | None, teams: Teams) -> SpecialMarket:
    outcomes = tuple(_outcomes(told, odds))
    return SpecialMarket(
        id=told.id,
        name=told.name,
        outcomes=outcomes,
        period=told.period,
        bet_type=told.bet_type,
        home=teams.home,
        away=teams.away,
        max_stake=odds.max_stake if odds else None,
        winners=2 if _is_of_two_results_each(outcomes, told.name, teams) else 1,
        cutoff=told.cutoff,
    )


def _is_of_two_results_each(outcomes: Sequence[Outcome], special: str, teams: Teams) -> bool:
    """Whether these are 1X, 12 and X2: of a double chance with one of them missing nobody can say."""
    if len(outcomes) != len(PAIRINGS):
        return False
    return {readings(each.name, special=special, teams=teams) for each in outcomes} == PAIRINGS


def _outcomes(told: Told, odds: SpecialOdds | None) -> Iterator[Outcome]:
    """Every contestant with its lines, and lines whose contestant was not told: they are bets too."""
    lines = odds.lines if odds else ()
    for contestant in told.contestants:
        own = [line for line in lines if line.id == contestant.id]
        for line in own:
            yield Outcome(
                name=contestant.name, price=line.price, handicap=line.handicap, max_stake=line.max_stake
            )
        if not own:
            yield Outcome(name=contestant.name)
    told_ids = {contestant.id for contestant in told.contestants}
    for line in lines:
        if line.id not in told_ids:
            yield Outcome(name=f"contestant {line.id}", price=line.price, handicap=line.handicap)


def _is_meant(special: SpecialMarket, selection: Special) -> bool:
    teams = Teams(special.home, special.away)
    own = places(special.name, special.period, teams=teams)
    return not own.isdisjoint(places(selection.name, selection.period, teams=teams))


def _newest(specials: Sequence[SpecialMarket]) -> SpecialMarket:
    """The one that changed last; those that tell no time come first."""
    return max(specials, key=lambda each: each.changed_at.timestamp() if each.changed_at else 0.0)


def _contestant(selection: Special, special: SpecialMarket) -> Market | Refused:
    asked = _asked(selection, special)
    if isinstance(asked, Refused):
        return asked
    outcomes = _of_one_bet(asked, special)
    prices = {each.name: each.price for each in outcomes}
    if len(prices) < len(outcomes):
        return Refused(Cause.NO_MARKET, (f"special {special.name!r} names two outcomes alike",))
    return Market(
        kind=f'special "{special.name}"',
        period=selection.period,
        line=asked.handicap,
        prices=prices,
        asked=asked.name,
        max_stake=first_known(asked.max_stake, special.max_stake),
        winners=special.winners,
        dear=True,
        cutoff=special.cutoff,
        changed_at=special.changed_at,
    )


def _asked(selection: Special, special: SpecialMarket) -> Outcome | Refused:
    """The one outcome that the selection means."""
    teams = Teams(special.home, special.away)
    wanted = readings(selection.contestant, special=special.name, teams=teams)
    read = [(each, readings(each.name, special=special.name, teams=teams)) for each in special.outcomes]
    found = [each for each, own in read if not own.isdisjoint(wanted)]
    if not found:
        offered = ", ".join(dict.fromkeys(map(_in_words, special.outcomes))) or "nobody"
        words = f"special {special.name!r} offers {offered}, not {selection.contestant!r}"
        return Refused(Cause.NO_LINE, (words,))
    if len(wanted) > 1 or any(len(own) > 1 for each, own in read if each in found):
        words = f"{found[0].name!r} can be read in two ways in a match of {special.home} and {special.away}"
        return Refused(Cause.NO_LINE, (words,))
    at_line = [each for each in found if each.handicap == selection.line]
    if not at_line:
        return _no_line(selection, found)
    if len(at_line) > 1:
        names = " and ".join(repr(each.name) for each in at_line)
        return Refused(Cause.NO_LINE, (f"special {special.name!r} offers {names}, which read alike",))
    return at_line[0]


def _no_line(selection: Special, found: Sequence[Outcome]) -> Refused:
    """The contestant is there, but not at this line."""
    by_line = sorted(found, key=lambda each: each.handicap or Decimal(0))
    at = ", ".join(map(_in_words, by_line))
    if selection.line is None:
        example = msgspec.structs.replace(selection, line=by_line[0].handicap)
        return Refused(Cause.NO_LINE, (f"Pinnacle offers {at}: say at which line, as in {example}",))
    return Refused(Cause.NO_LINE, (f"Pinnacle offers {at}, not {format_decimal(selection.line)}",))


def _in_words(outcome: Outcome) -> str:
    return outcome.name + ("" if outcome.handicap is None else f" {format_decimal(outcome.handicap)}")


def _of_one_bet(asked: Outcome, special: SpecialMarket) -> list[Outcome]:
    """The outcomes that share a line with this one: at the same points, or at the handicap turned round."""
    if asked.handicap is None:
        return [each for each in special.outcomes if each.handicap is None]
    theirs = -asked.handicap if special.bet_type == "SPREAD" else asked.handicap
    names = dict.fromkeys(each.name for each in special.outcomes)
    return [asked if name == asked.name else _at(theirs, name, special) for name in names]


def _at(handicap: Decimal, name: str, special: SpecialMarket) -> Outcome:
    """That contestant at this line; without a price where it has none there."""
    there = (each for each in special.outcomes if each.name == name and each.handicap == handicap)
    return next(there, Outcome(name=name, handicap=handicap))
