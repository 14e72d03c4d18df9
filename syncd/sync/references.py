"""The earlier prices that rules start from: found once in the history, then kept up to date with it."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import NamedTuple, TypeVar

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.model.change import Cause
from syncd.model.pinnacle import Event
from syncd.model.special import SpecialOdds
from syncd.pricing.board import SpecialMarket
from syncd.pricing.min_odds import Terms
from syncd.pricing.reference import (
    BoardHistory,
    PastBoard,
    PastPrice,
    boards_over_time,
    past_prices,
    pick_reference,
)
from syncd.pricing.specials import past_special_market
from syncd.runtime.clock import Clock
from syncd.store import offer_history
from syncd.store.offer_history import OpennessChange, PastPeriod, PastSpecialOdds
from syncd.sync.states import FilterState, MatchState, Question

OVER = timedelta(days=1)
"""So long after its kick-off nobody asks for the past of an event again."""


class _Asked(NamedTuple):
    scene: MatchState
    event: Event


EntryT = TypeVar("EntryT", PastPeriod, PastSpecialOdds, OpennessChange)


class Read(NamedTuple):
    """The ids up to which each part of the history was read."""

    periods: int = 0
    specials: int = 0
    turns: int = 0
    special_turns: int = 0


class News(NamedTuple):
    """What the history of an event says beyond what was read of it."""

    periods: Sequence[PastPeriod]
    specials: Sequence[PastSpecialOdds]
    turns: Sequence[OpennessChange]
    special_turns: Sequence[OpennessChange]

    def beyond(self, read: Read) -> "News":
        """Without what was read."""
        return News(
            _beyond(read.periods, self.periods),
            _beyond(read.specials, self.specials),
            _beyond(read.turns, self.turns),
            _beyond(read.special_turns, self.special_turns),
        )

    def upto(self, read: Read) -> Read:
        """What was read, and this."""
        return Read(
            max([read.periods, *(each.id for each in self.periods)]),
            max([read.specials, *(each.id for each in self.specials)]),
            max([read.turns, *(each.id for each in self.turns)]),
            max([read.special_turns, *(each.id for each in self.special_turns)]),
        )


def _beyond(upto: int, entries: Sequence[EntryT]) -> list[EntryT]:
    return [each for each in entries if each.id > upto]


class _Told(msgspec.Struct):
    """What the history of an event has told so far."""

    starts: datetime
    questions: frozenset[Question]
    answers: dict[Question, PastPrice] = msgspec.field(default_factory=dict)
    last: PastBoard | None = None
    odds: dict[int, SpecialOdds] = msgspec.field(default_factory=dict)
    """The last of each special."""
    closed: set[int] = msgspec.field(default_factory=set)
    """The specials that were closed last."""
    read: Read = Read()


class References:
    """Answers the questions of rules with a reference: from which earlier offer they start.

    The history of an event is read whole when it is first asked about, and from then on only what is new:
    a linked event has hundreds of entries by its kick-off.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._told: dict[int, _Told] = {}

    async def furnish(
        self, conn: AsyncConnection, scenes: Sequence[MatchState], filters: Iterable[FilterState]
    ) -> list[MatchState]:
        """The scenes with the answers to what the rules of these filters ask of the past."""
        questions = frozenset(filter(None, (each.question for each in filters)))
        asked = {
            scene.event.event.id: _Asked(scene, scene.event.event)
            for scene in scenes
            if questions and scene.event
        }
        if not asked:
            return list(scenes)
        self._prepare(asked, questions)
        await self._read(conn, asked)
        return [self._with_answers(scene) for scene in scenes]

    def _prepare(self, asked: Mapping[int, _Asked], questions: frozenset[Question]) -> None:
        since = self._clock.now() - OVER
        self._told = {each: told for each, told in self._told.items() if told.starts > since}
        for event_id, each in asked.items():
            known = self._told.get(event_id)
            if known is None or not questions <= known.questions:
                # A new question is answered from the beginning of the history.
                self._told[event_id] = _Told(each.event.starts, questions)

    async def _read(self, conn: AsyncConnection, asked: Mapping[int, _Asked]) -> None:
        """What is new of each event: apart for those of which everything is."""
        fresh = [each for each in asked if self._told[each].last is None]
        known = [each for each in asked if self._told[each].last is not None]
        for event_ids in filter(None, (fresh, known)):
            least = Read(*map(min, zip(*(self._told[each].read for each in event_ids), strict=True)))
            periods = await offer_history.load_periods(conn, event_ids, after=least.periods)
            beside = await offer_history.load_special_odds(conn, event_ids, after=least.specials)
            turns = await offer_history.load_event_openness(conn, event_ids, after=least.turns)
            their_turns = await offer_history.load_special_openness(
                conn, event_ids, after=least.special_turns
            )
            for event_id in event_ids:
                news = News(
                    periods.get(event_id, ()),
                    beside.get(event_id, ()),
                    turns.get(event_id, ()),
                    their_turns.get(event_id, ()),
                )
                _take_in(self._told[event_id], asked[event_id], news)
                await asyncio.sleep(0)

    def _with_answers(self, scene: MatchState) -> MatchState:
        if scene.event is None:
            return scene
        return msgspec.structs.replace(scene, earlier=dict(self._told[scene.event.event.id].answers))


def _take_in(told: _Told, asked: _Asked, all_news: News) -> None:
    """Answer the questions anew with what has come since."""
    news = all_news.beyond(told.read)
    stood = boards_over_time(
        ((each.at, each.period) for each in news.periods),
        list(_markets(told, asked, news)),
        turns=((each.at, each.open) for each in news.turns),
        sport_id=asked.event.sport_id,
        before=told.last,
    )
    told.read = news.upto(told.read)
    if not stood:
        return
    for question in told.questions:
        _answer(told.answers, question, stood)
    told.last = stood[-1]


def _answer(answers: dict[Question, PastPrice], question: Question, stood: BoardHistory) -> None:
    terms = Terms(price=question.price, method=question.method)
    before = [answers[question]] if question in answers else []
    found = pick_reference(question.reference, chain(before, past_prices(question.selection, stood, terms)))
    if found:
        answers[question] = found


def _markets(told: _Told, asked: _Asked, news: News) -> Iterator[tuple[datetime, SpecialMarket]]:
    """The specials at each moment at which their prices changed, or they opened or closed."""
    home, away = asked.event.home, asked.event.away
    named = {state.special.id: state.special for state in asked.scene.specials}
    told_then: list[PastSpecialOdds | OpennessChange] = [*news.special_turns, *news.specials]
    told_then.sort(key=lambda each: each.at)
    for each in told_then:
        special_id = _take_in_special(told, each)
        if special_id not in named or special_id not in told.odds:
            continue
        market = past_special_market(
            named[special_id], told.odds[special_id], home=home, away=away, at=each.at
        )
        if special_id in told.closed:
            market = msgspec.structs.replace(market, closed_reason="halted", closed_cause=Cause.EVENT_HALTED)
        yield each.at, market


def _take_in_special(told: _Told, each: PastSpecialOdds | OpennessChange) -> int:
    """The special that this is about."""
    if isinstance(each, PastSpecialOdds):
        told.odds[each.odds.id] = each.odds
        return each.odds.id
    if each.open:
        told.closed.discard(each.of)
    else:
        told.closed.add(each.of)
    return each.of
