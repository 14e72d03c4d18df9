"""Wanted values while BetTune's lists contradict themselves about a filter or a match.

Nobody knows which reading is right, so a prediction must be right by both: it is deleted if one of them has
no price, and raised to the higher price. Nothing is lowered or created before a second reading has decided.
"""

from collections.abc import Collection, Iterator

import msgspec

from syncd.model.change import Wanted
from syncd.model.contradiction import are_other_teams
from syncd.sync.states import FilterState, MatchState

CONTRADICTED = "BetTune's last list contradicts what was known: waits for a second one that agrees"


def other_readings(state: FilterState, match: MatchState) -> Iterator[tuple[FilterState, MatchState]]:
    """Yield the filter and the match as BetTune's last lists have them, in each combination; mostly none."""
    other_match = _by_contradiction(match)
    if other_match:
        yield state, other_match
    if state.contradiction:
        yield state.contradiction, match
        if other_match:
            yield state.contradiction, other_match


def _by_contradiction(state: MatchState) -> MatchState | None:
    """Return the match as the contradiction has it; None if there is none.

    The link was made for the teams that were known: it says nothing about others.
    """
    match, listed = state.match, state.contradiction
    if match is None or listed is None:
        return None
    link = None if are_other_teams(match, listed) else state.link
    return msgspec.structs.replace(state, match=listed, contradiction=None, link=link)


def most_careful(value: Wanted, others: Collection[Wanted]) -> Wanted:
    """Return the value that risks least by any reading of a pair; `value` is by what was known."""
    if value.odds is None and not value.keep:
        return value
    for each in others:
        if each.odds is None and not each.keep:
            return msgspec.structs.replace(each, reason=f"by BetTune's last list: {each.reason}")
    values = (value, *others)
    highest = max(values, key=lambda each: each.odds or 0)
    ends = [each.until for each in values if each.until]
    return msgspec.structs.replace(highest, until=min(ends, default=None), contradicted=CONTRADICTED)
