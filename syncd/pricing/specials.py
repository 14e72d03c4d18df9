"""Specials as markets of a match, and the market that a selection names."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final, NamedTuple

import msgspec

from syncd.model.change import Cause
from syncd.model.decimals import format_decimal
from syncd.model.feed import Gone
from syncd.model.openness import LIVE, is_open_status, is_past
from syncd.model.special import Special, SpecialOdds, SpecialState
from syncd.pricing.board import Board, Outcome, SpecialMarket
from syncd.pricing.contestants import Teams, normalised, readings, special_keys
from syncd.pricing.market import Market, NoPrice, first_known, period_name
from syncd.pricing.selection import SpecialSelection

PAIRINGS: Final = {frozenset({each}) for each in ("1X", "12", "X2")}


class _Closure(NamedTuple):
    """A reason why no bets are taken on a special, and since when."""

    cause: Cause
    reason: str
    since: datetime


def special_market(state: SpecialState, *, home: str, away: str, now: datetime) -> SpecialMarket | None:
    """The special as a market of the match `home` v `away`; None for an outright, which belongs to no match.

    `now` is by the server's clock.
    """
    special, priced_at = state.special, state.odds_changed_at or state.changed_at
    if special.event_id is None:
        return None
    closure = next(_closures(state, now), None) or _swapped_sides(state, home, away)
    market = _market(special, state.odds, Teams(special.home or home, special.away or away))
    return msgspec.structs.replace(
        market,
        closed_reason=closure.reason if closure else "",
        closed_cause=closure.cause if closure else Cause.NO_MARKET,
        changed_at=max(state.changed_at, priced_at, *([closure.since] if closure else [])),
    )


def past_special_market(
    special: Special, odds: SpecialOdds, *, home: str, away: str, at: datetime
) -> SpecialMarket:
    """The special as it was priced at a moment of the past: open, unless its cutoff had passed.

    Whether it was halted then is recorded in the history of openness.
    """
    market = _market(special, odds, Teams(special.home or home, special.away or away))
    late = is_past(special.cutoff, at)
    return msgspec.structs.replace(
        market,
        closed_reason=_no_bets_since(special.cutoff) if special.cutoff and late else "",
        closed_cause=Cause.CUTOFF_PASSED if late else Cause.NO_MARKET,
        changed_at=at,
    )


def find_special(selection: SpecialSelection, board: Board) -> Market | NoPrice:
    """The market of a contestant. If the special exists, a `NoPrice` has the time since which it applies."""
    if board.specials is None:
        return NoPrice(Cause.NO_MARKET, (f"{selection}: Pinnacle's specials are not read",))
    period = period_name(selection.period)
    named = [each for each in board.specials if _is_named(each, selection)]
    if not named:
        return NoPrice(Cause.NO_MARKET, (f"Pinnacle has no special {selection.name!r} for {period}",))
    takes_bets = [each for each in named if not each.closed_reason]
    if len(takes_bets) > 1:
        reason = (
            f"Pinnacle has {len(takes_bets)} specials {selection.name!r} for {period}: it may be any of them"
        )
        return NoPrice(Cause.NO_MARKET, (reason,), _newest(takes_bets).changed_at)
    special = takes_bets[0] if takes_bets else _newest(named)
    if special.closed_reason:
        reason = f"special {special.name!r}: {special.closed_reason}"
        return NoPrice(special.closed_cause, (reason,), special.changed_at)
    found = _market_of_contestant(selection, special)
    return msgspec.structs.replace(found, since=special.changed_at) if isinstance(found, NoPrice) else found


def _closures(state: SpecialState, now: datetime) -> Iterator[_Closure]:
    """All reasons why no bets are taken on it now, the most important first."""
    special, changed = state.special, state.changed_at
    if state.gone_because in (Gone.SETTLED, Gone.CANCELLED, Gone.DELETED):
        yield _Closure(Cause.EVENT_SETTLED, f"{state.gone_because} by Pinnacle", state.gone_at or changed)
    if not state.listed:
        yield _Closure(Cause.NO_MARKET, "no longer listed by Pinnacle", state.gone_at or changed)
    if special.live_status == LIVE:
        yield _Closure(Cause.NO_MARKET, "a live special is never priced", changed)
    if special.cutoff is not None and is_past(special.cutoff, now):
        yield _Closure(Cause.CUTOFF_PASSED, _no_bets_since(special.cutoff), special.cutoff)
    if not is_open_status(special.status):
        yield _Closure(Cause.EVENT_HALTED, f"its status is {special.status}", changed)
    if state.odds is None:
        yield _Closure(Cause.NO_MARKET, "Pinnacle has not priced it yet", changed)
    elif state.odds_gone:
        yield _Closure(Cause.NO_MARKET, "Pinnacle no longer prices it", state.odds_changed_at or changed)


def _swapped_sides(state: SpecialState, home: str, away: str) -> _Closure | None:
    """The special and the fixture disagree on who is home: one feed has a correction that the other lacks."""
    special = state.special
    names = {normalised(each) for each in (home, away) if each}
    if special.home is None or special.away is None:
        return None
    if {normalised(special.home), normalised(special.away)} != names:
        return None
    if normalised(special.home) == normalised(home):
        return None
    reason = f"it calls {special.home} the home side, and the fixture calls it the away side"
    return _Closure(Cause.INCOMPLETE_MARKET, reason, state.changed_at)


def _no_bets_since(cutoff: datetime) -> str:
    return f"no bets since {cutoff:%d %b %H:%M:%S} UTC"


def _market(special: Special, odds: SpecialOdds | None, teams: Teams) -> SpecialMarket:
    outcomes = tuple(_outcomes(special, odds))
    return SpecialMarket(
        id=special.id,
        name=special.name,
        outcomes=outcomes,
        period=special.period,
        bet_type=special.bet_type,
        home=teams.home,
        away=teams.away,
        max_stake=odds.max_stake if odds else None,
        winners=2 if _is_double_chance(outcomes, special.name, teams) else 1,
        cutoff=special.cutoff,
    )


def _is_double_chance(outcomes: Sequence[Outcome], special: str, teams: Teams) -> bool:
    """Return whether these are 1X, 12 and X2. With one of them missing it cannot be known."""
    if len(outcomes) != len(PAIRINGS):
        return False
    return {readings(each.name, special=special, teams=teams) for each in outcomes} == PAIRINGS


def _outcomes(special: Special, odds: SpecialOdds | None) -> Iterator[Outcome]:
    """Every contestant with its lines, and lines whose contestant is not listed: they are bets too."""
    lines = odds.lines if odds else ()
    for contestant in special.contestants:
        own = [line for line in lines if line.id == contestant.id]
        for line in own:
            yield Outcome(
                name=contestant.name, price=line.price, handicap=line.handicap, max_stake=line.max_stake
            )
        if not own:
            yield Outcome(name=contestant.name)
    listed = {contestant.id for contestant in special.contestants}
    for line in lines:
        if line.id not in listed:
            yield Outcome(name=f"contestant {line.id}", price=line.price, handicap=line.handicap)


def _is_named(special: SpecialMarket, selection: SpecialSelection) -> bool:
    teams = Teams(special.home, special.away)
    keys = special_keys(special.name, special.period, teams=teams)
    return not keys.isdisjoint(special_keys(selection.name, selection.period, teams=teams))


def _newest(specials: Sequence[SpecialMarket]) -> SpecialMarket:
    """The one that changed last; one without a time counts as the oldest."""
    return max(specials, key=lambda each: each.changed_at.timestamp() if each.changed_at else 0.0)


def _market_of_contestant(selection: SpecialSelection, special: SpecialMarket) -> Market | NoPrice:
    selected = _find_outcome(selection, special)
    if isinstance(selected, NoPrice):
        return selected
    outcomes = _outcomes_of_one_bet(selected, special)
    prices = {each.name: each.price for each in outcomes}
    if len(prices) < len(outcomes):
        return NoPrice(Cause.NO_MARKET, (f"special {special.name!r} has two outcomes of the same name",))
    return Market(
        kind=f'special "{special.name}"',
        period=selection.period,
        line=selected.handicap,
        prices=prices,
        selected=selected.name,
        max_stake=first_known(selected.max_stake, special.max_stake),
        winners=special.winners,
        high_margin=True,
        cutoff=special.cutoff,
        changed_at=special.changed_at,
    )


def _find_outcome(selection: SpecialSelection, special: SpecialMarket) -> Outcome | NoPrice:
    """The one outcome that the selection means."""
    teams = Teams(special.home, special.away)
    wanted = readings(selection.contestant, special=special.name, teams=teams)
    read = [(each, readings(each.name, special=special.name, teams=teams)) for each in special.outcomes]
    found = [each for each, meanings in read if not meanings.isdisjoint(wanted)]
    if not found:
        offered = ", ".join(dict.fromkeys(map(_outcome_text, special.outcomes))) or "nobody"
        reason = f"special {special.name!r} offers {offered}, not {selection.contestant!r}"
        return NoPrice(Cause.NO_LINE, (reason,))
    if len(wanted) > 1 or any(len(meanings) > 1 for each, meanings in read if each in found):
        reason = f"{found[0].name!r} can be read in two ways in a match of {special.home} and {special.away}"
        return NoPrice(Cause.NO_LINE, (reason,))
    at_line = [each for each in found if each.handicap == selection.line]
    if not at_line:
        return _no_line(selection, found)
    if len(at_line) > 1:
        names = " and ".join(repr(each.name) for each in at_line)
        return NoPrice(Cause.NO_LINE, (f"special {special.name!r} offers {names}, which mean the same",))
    return at_line[0]


def _no_line(selection: SpecialSelection, found: Sequence[Outcome]) -> NoPrice:
    """The contestant is offered, but not at this line."""
    by_line = sorted(found, key=lambda each: each.handicap or Decimal(0))
    offered = ", ".join(map(_outcome_text, by_line))
    if selection.line is None:
        example = msgspec.structs.replace(selection, line=by_line[0].handicap)
        return NoPrice(Cause.NO_LINE, (f"Pinnacle offers {offered}: add the line, as in {example}",))
    return NoPrice(Cause.NO_LINE, (f"Pinnacle offers {offered}, not {format_decimal(selection.line)}",))


def _outcome_text(outcome: Outcome) -> str:
    return outcome.name + ("" if outcome.handicap is None else f" {format_decimal(outcome.handicap)}")


def _outcomes_of_one_bet(selected: Outcome, special: SpecialMarket) -> list[Outcome]:
    """The outcomes of the same bet: at the same points, or for a spread at the opposite handicap."""
    if selected.handicap is None:
        return [each for each in special.outcomes if each.handicap is None]
    theirs = -selected.handicap if special.bet_type == "SPREAD" else selected.handicap
    names = dict.fromkeys(each.name for each in special.outcomes)
    return [selected if name == selected.name else _at_line(theirs, name, special) for name in names]


def _at_line(handicap: Decimal, name: str, special: SpecialMarket) -> Outcome:
    """The contestant of this name at this line; without a price if it has none there."""
    found = (each for each in special.outcomes if each.name == name and each.handicap == handicap)
    return next(found, Outcome(name=name, handicap=handicap))
