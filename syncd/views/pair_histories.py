"""Histories of predictions, from the store: what was offered, what was sent, how the games ended."""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from syncd.config.settings import Rule
from syncd.evaluation.active_odds import Effect, Sent
from syncd.evaluation.offers import RuleTerms
from syncd.evaluation.pair import GameResult, PairHistory
from syncd.matching.results import CALLED_OFF, Score
from syncd.model.bettune import Pair
from syncd.model.feed import EventState
from syncd.model.pinnacle import MATCH_PERIOD, Settlement
from syncd.pricing.min_odds import Reference
from syncd.pricing.reference import BoardHistory
from syncd.store import events, specials, writes
from syncd.store.connection import AsyncConnection
from syncd.store.engine import Store
from syncd.store.rows import in_chunks
from syncd.store.writes import Write
from syncd.sync.outcome import WriteOutcome
from syncd.sync.references import boards_of, load_entries
from syncd.sync.states import FilterState
from syncd.sync.wanted import terms_of

MATCHES_PER_LOAD = 50
"""Matches whose whole history is in memory at the same time: some megabytes."""

EFFECTS = {
    WriteOutcome.DONE: Effect.DONE,
    WriteOutcome.OTHER_ODDS: Effect.UNKNOWN,
    WriteOutcome.UNKNOWN: Effect.UNKNOWN,
}
"""Knowledge of the effect of a write by its outcome; all others were not carried out."""


class _Game(NamedTuple):
    """A linked game with its history."""

    event: EventState
    boards: BoardHistory
    result: GameResult
    sent: Mapping[Pair, Sequence[Sent]]


def rule_terms(rule: Rule) -> RuleTerms:
    """Return the part of a rule that says which Min Odds are right."""
    return RuleTerms(
        terms=terms_of(rule),
        reference=Reference(rule.reference),
        close_before=rule.close_before,
        open_before=rule.open_before,
        min_change=rule.min_change,
    )


async def load_histories(
    store: Store,
    filters: Collection[FilterState],
    kickoff_from: datetime,
    kickoff_to: datetime,
    now: datetime,
) -> AsyncIterator[list[PairHistory]]:
    """Yield the histories of these filters on the matches that were ever written, some matches at a time.

    A filter that has no rule now, or whose bet type is not understood, has none.
    """
    in_use = {each.filter_id: each for each in filters if each.rule and each.selection}
    async with store.read() as conn:
        match_ids = await writes.matches_written(conn, in_use, kickoff_from, kickoff_to)
    for chunk in in_chunks(match_ids, MATCHES_PER_LOAD):
        async with store.read() as conn:
            games = await _load_games(conn, in_use, chunk)
        yield [each for game in games for each in _histories(game, in_use, now)]


async def _load_games(
    conn: AsyncConnection, filter_ids: Collection[int], match_ids: Collection[int]
) -> list[_Game]:
    written = await writes.load_of_matches(conn, filter_ids, match_ids)
    # A match may have had several events: the last one that was written from has its price.
    event_of = {each.change.pair.match_id: each.change.event_id for each in written if each.change.event_id}
    event_ids = set(event_of.values())
    states = await events.load_ids(conn, event_ids)
    entries = await load_entries(conn, event_ids)
    of_specials = await specials.load(conn, event_ids)
    results = _results((await events.load_settlements(conn, event_ids)).values())
    sent = _sent_by_match(written)
    return [
        _Game(
            event=states[event_id],
            boards=boards_of(states[event_id].event, of_specials.get(event_id, ()), entries[event_id]),
            result=results.get(event_id, GameResult()),
            sent=sent[match_id],
        )
        for match_id, event_id in event_of.items()
        if event_id in states
    ]


def _histories(game: _Game, filters: Mapping[int, FilterState], now: datetime) -> Iterable[PairHistory]:
    event = game.event.event
    first = min(each.at for sent in game.sent.values() for each in sent)
    for pair, sent in game.sent.items():
        state = filters.get(pair.filter_id)
        if state is None or state.rule is None or state.selection is None:
            continue
        yield PairHistory(
            pair=pair,
            title=f"{event.home} v {event.away}",
            league=game.event.league.name,
            kickoff=event.starts,
            selection=state.selection,
            rule=rule_terms(state.rule),
            boards=game.boards,
            sent=sent,
            result=game.result,
            since=first,
            until=now,
        )


def _sent_by_match(written: Iterable[Write]) -> dict[int, dict[Pair, list[Sent]]]:
    found: dict[int, dict[Pair, list[Sent]]] = {}
    for each in written:
        change = each.change
        sent = Sent(each.at, change.kind, change.before, change.after, _effect(each))
        found.setdefault(change.pair.match_id, {}).setdefault(change.pair, []).append(sent)
    return found


def _effect(write: Write) -> Effect:
    return EFFECTS.get(WriteOutcome(write.outcome), Effect.NONE)


def _results(settlements: Iterable[Settlement]) -> dict[int, GameResult]:
    """Return the result of each event; one whose bets on the match were cancelled is void."""
    found: dict[int, dict[int, Settlement]] = {}
    for each in settlements:
        found.setdefault(each.event_id, {})[each.period] = each
    return {event_id: _result(periods) for event_id, periods in found.items()}


def _result(periods: Mapping[int, Settlement]) -> GameResult:
    whole = periods.get(MATCH_PERIOD)
    if whole is not None and whole.status in CALLED_OFF:
        return GameResult(void=True)
    scores = {
        number: Score(each.team1_score, each.team2_score)
        for number, each in periods.items()
        if each.team1_score is not None and each.team2_score is not None and each.status not in CALLED_OFF
    }
    return GameResult(scores=scores)
