"""The evaluation of one prediction: a filter's selection on one match, from its history."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from syncd.evaluation.active_odds import ActiveOdds, Sent, active_over_time
from syncd.evaluation.offers import ClosingPrice, Offer, RuleTerms, closing_price, offers
from syncd.evaluation.service import Service, service
from syncd.evaluation.settlement import REFUNDED, Payout, PeriodScores, settle
from syncd.evaluation.would_be_bets import WouldBeBet, first_bet
from syncd.model.bettune import Pair
from syncd.pricing.reference import BoardHistory
from syncd.pricing.selection import Selection


class GameResult(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a game, as far as it is known."""

    scores: PeriodScores = msgspec.field(default_factory=dict)
    void: bool = False
    """True if its bets were cancelled, so that stakes are returned."""


class PairHistory(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of one prediction."""

    pair: Pair
    title: str
    """`Home v Away`."""
    league: str
    kickoff: datetime
    selection: Selection
    rule: RuleTerms
    boards: BoardHistory
    sent: Sequence[Sent]
    result: GameResult = GameResult()
    since: datetime
    """From when on it counts how the prediction was kept: before, the match was not linked."""
    until: datetime
    """The end of what is evaluated: kick-off, or now."""


class EvaluatedPair(msgspec.Struct, frozen=True, kw_only=True):
    """One prediction with all figures of it."""

    pair: Pair
    title: str
    league: str
    kickoff: datetime
    selection: str
    sent: Sequence[Sent]
    service: Service
    closing: ClosingPrice | None
    bet: WouldBeBet | None
    payout: Payout | None
    """The end of the bet; None without a bet or a result that decides it."""

    @property
    def was_kept(self) -> bool:
        """True if BetTune ever had a prediction of ours."""
        return any(each.odds is not None for each in active_over_time(self.sent))

    @property
    def closing_value(self) -> Decimal | None:
        """The share by which the bet's price was above the fair closing price."""
        return self.bet.closing_value(self.closing) if self.bet else None

    @property
    def profit(self) -> Decimal | None:
        """The profit of the bet with a stake of 1."""
        return self.payout.profit(self.bet.price) if self.bet and self.payout else None


def evaluate(history: PairHistory) -> EvaluatedPair:
    """Evaluate one prediction."""
    offered = offers(history.selection, history.boards, history.rule, history.kickoff)
    active = active_over_time(history.sent)
    bet = first_bet([each for each in offered if each.at <= history.until], active)
    return EvaluatedPair(
        pair=history.pair,
        title=history.title,
        league=history.league,
        kickoff=history.kickoff,
        selection=str(history.selection),
        sent=history.sent,
        service=_service(history, offered, active),
        closing=_closing(history, offered),
        bet=bet,
        payout=_payout(history.selection, history.result) if bet else None,
    )


def _service(history: PairHistory, offered: Sequence[Offer], active: Sequence[ActiveOdds]) -> Service:
    until = min(history.until, history.kickoff)
    if history.since >= until:
        return Service()
    return service(offered, active, since=history.since, until=until, min_change=history.rule.min_change)


def _closing(history: PairHistory, offered: Sequence[Offer]) -> ClosingPrice | None:
    """Return the closing price; None before kick-off, when nothing has closed yet."""
    if history.until < history.kickoff:
        return None
    return closing_price(history.selection, offered, history.rule.terms.method)


def _payout(selection: Selection, result: GameResult) -> Payout | None:
    return REFUNDED if result.void else settle(selection, result.scores)


def by_filter(pairs: Sequence[EvaluatedPair]) -> Mapping[int, list[EvaluatedPair]]:
    """Return the pairs of each filter, in order of kick-off."""
    found: dict[int, list[EvaluatedPair]] = {}
    for each in sorted(pairs, key=lambda each: (each.kickoff, each.pair)):
        found.setdefault(each.pair.filter_id, []).append(each)
    return found
