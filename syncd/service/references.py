"""The earlier prices that rules start from: found once in the history, then kept up to date with it."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import NamedTuple

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.model.pinnacle import Event
from syncd.pricing.board import Board, SpecialMarket
from syncd.pricing.min_odds import Terms
from syncd.pricing.reference import Offer, Past, boards_over_time, offers, told_by
from syncd.pricing.specials import past_special_market
from syncd.runtime.clock import Clock
from syncd.store import past
from syncd.store.past import PastOdds, PastPeriod
from syncd.sync.scene import FilterScene, MatchScene, Question

OVER = timedelta(days=1)
"""So long after its kick-off nobody asks for the past of an event again."""


class _Asked(NamedTuple):
    scene: MatchScene
    event: Event


class _Told(msgspec.Struct):
    """What the history of an event has told so far."""

    starts: datetime
    questions: frozenset[Question]
    answers: dict[Question, Offer] = msgspec.field(default_factory=dict)
    board: Board | None = None
    read_periods: int = 0
    """The id up to which the history was read."""
    read_specials: int = 0


class References:
    """Answers the questions of rules with a reference: from which earlier offer they start.

    The history of an event is read whole when it is first asked about, and from then on only what is new:
    a linked event has hundreds of entries by its kick-off.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._told: dict[int, _Told] = {}

    async def furnish(
        self, conn: AsyncConnection, scenes: Sequence[MatchScene], filters: Iterable[FilterScene]
    ) -> list[MatchScene]:
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
        fresh = [each for each in asked if self._told[each].board is None]
        known = [each for each in asked if self._told[each].board is not None]
        for event_ids in filter(None, (fresh, known)):
            told = [self._told[each] for each in event_ids]
            periods = await past.load_periods(conn, event_ids, after=min(each.read_periods for each in told))
            beside = await past.load_specials(conn, event_ids, after=min(each.read_specials for each in told))
            for event_id in event_ids:
                news = periods.get(event_id, ()), beside.get(event_id, ())
                _take_in(self._told[event_id], asked[event_id], *news)
                await asyncio.sleep(0)

    def _with_answers(self, scene: MatchScene) -> MatchScene:
        if scene.event is None:
            return scene
        return msgspec.structs.replace(scene, earlier=dict(self._told[scene.event.event.id].answers))


def _take_in(told: _Told, asked: _Asked, periods: Sequence[PastPeriod], beside: Sequence[PastOdds]) -> None:
    """Answer the questions anew with what has come since."""
    periods = [each for each in periods if each.id > told.read_periods]
    beside = [each for each in beside if each.id > told.read_specials]
    boards = boards_over_time(
        ((each.at, each.period) for each in periods),
        _markets(asked, beside),
        sport_id=asked.event.sport_id,
        before=told.board,
    )
    if not boards:
        return
    for question in told.questions:
        _answer(told.answers, question, boards)
    told.board = boards[-1][1]
    told.read_periods = max((each.id for each in periods), default=told.read_periods)
    told.read_specials = max((each.id for each in beside), default=told.read_specials)


def _answer(answers: dict[Question, Offer], question: Question, boards: Past) -> None:
    terms = Terms(price=question.price, method=question.method)
    before = [answers[question]] if question in answers else []
    found = told_by(question.reference, chain(before, offers(question.selection, boards, terms)))
    if found:
        answers[question] = found


def _markets(asked: _Asked, beside: Collection[PastOdds]) -> list[tuple[datetime, SpecialMarket]]:
    home, away = asked.event.home, asked.event.away
    named = {state.special.id: state.special for state in asked.scene.specials}
    return [
        (each.at, past_special_market(special, each.odds, home=home, away=away, at=each.at))
        for each in beside
        if (special := named.get(each.odds.id))
    ]
