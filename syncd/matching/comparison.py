"""Comparison of events and matches for users, linked or not: the plain facts, without weights."""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from syncd.matching.aliases import Aliases
from syncd.matching.evidence_text import kickoff_text
from syncd.matching.knowledge import Knowledge, shipped_with
from syncd.matching.lesson import Lesson
from syncd.matching.memory import team_scope
from syncd.matching.name_index import NameIndex
from syncd.matching.parameters import (
    DIFFERENCE_PENALTY,
    KICKOFF_PENALTY_PER_DAY,
    LITTLE_IN_COMMON_SIMILARITY,
    MAX_KICKOFF_PENALTY,
    MIN_SWAPPED_SIMILARITY,
    NOTABLE_KICKOFF_GAP_S,
    SAME_FIT_SIMILARITY,
)
from syncd.matching.records import Fixture, Record, RecordBuilder, Team
from syncd.model.bettune import Match


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """An event beside a match: how similar the names are (0..1 a side), and what else differs."""

    home: float
    away: float
    swapped: bool
    """The names agree only with home and away exchanged; `home` and `away` are then those of the exchange."""
    apart_s: float
    squads: str
    """`first team against women`; "" if they are the same."""
    countries: str
    """`England against Wales`; "" if they are the same."""
    extra_time: bool = False
    """True if the names of league or tournament say that games may have extra time."""

    @property
    def name_similarity(self) -> float:
        """Both sides together, 0..2."""
        return self.home + self.away

    @property
    def similarity(self) -> float:
        """For sorting what is not linked, at most 2: names first, then whatever else differs."""
        differences = bool(self.squads) + bool(self.countries) + self.swapped
        kickoff = min(MAX_KICKOFF_PENALTY, self.apart_s / 86_400 * KICKOFF_PENALTY_PER_DAY)
        return self.name_similarity - DIFFERENCE_PENALTY * differences - kickoff

    @property
    def text(self) -> str:
        """All of it in one line."""
        return ", ".join((self._names, kickoff_text(self.apart_s), *self._differences()))

    @property
    def _names(self) -> str:
        return f"names {self.home:.2f} / {self.away:.2f}"

    def _differences(self) -> Iterable[str]:
        if self.swapped:
            yield "home and away swapped"
        if self.squads:
            yield f"squad differs: {self.squads}"
        if self.countries:
            yield f"country differs: {self.countries}"

    @property
    def objection(self) -> str:
        """Return what speaks most against the two being one game."""
        for difference in self._differences():
            return difference
        if min(self.home, self.away) < LITTLE_IN_COMMON_SIMILARITY:
            side = "home" if self.home < self.away else "away"
            return f"the {side} names have too little in common"
        if self.apart_s > NOTABLE_KICKOFF_GAP_S:
            return kickoff_text(self.apart_s)
        return "too little evidence in all"

    def weaker_than(self, best: "Comparison") -> str:
        """Return by what this one is weaker than the best."""
        known = set(best._differences())
        for difference in self._differences():
            if difference not in known:
                return difference
        if self.name_similarity < best.name_similarity - SAME_FIT_SIMILARITY:
            return self._names
        if self.apart_s > best.apart_s + NOTABLE_KICKOFF_GAP_S:
            return kickoff_text(self.apart_s)
        return "nearly as good a fit"


class SupportingLesson(NamedTuple):
    """The two names that a lesson joins (`Al-Suqoor = Neom SC`), and the lesson."""

    names: str
    lesson: Lesson


class Comparer:
    """Compares some events with some matches."""

    def __init__(
        self,
        fixtures: Iterable[Fixture],
        matches: Iterable[Match],
        *,
        aliases: Aliases,
        knowledge: Knowledge | None = None,
    ) -> None:
        known = knowledge or shipped_with(aliases.names)
        records = RecordBuilder(known)
        self._events = {fixture.event.id: records.of_event(fixture) for fixture in fixtures}
        self._matches = {match.id: records.of_match(match) for match in matches}
        self._names = NameIndex(known, aliases, {})
        self._names.build(_teams(self._events.values()), _teams(self._matches.values()))

    def compare(self, event_id: int, match_id: int) -> Comparison:
        """Compare an event with a match. Raises `KeyError` if one of them was not given."""
        event, match = self._events[event_id], self._matches[match_id]
        straight = tuple(self._similarity(*sides) for sides in event.sides(match))
        exchanged = self._similarity(event.home, match.away), self._similarity(event.away, match.home)
        swapped = (
            min(exchanged) >= MIN_SWAPPED_SIMILARITY and sum(exchanged) > sum(straight) + SAME_FIT_SIMILARITY
        )
        home, away = (min(1.0, each) for each in (exchanged if swapped else straight))
        return Comparison(
            home=home,
            away=away,
            swapped=swapped,
            apart_s=abs(event.kickoff - match.kickoff),
            squads=_against(event.home.squad_label, match.home.squad_label)
            or _against(event.away.squad_label, match.away.squad_label),
            countries=_against(event.competition.country, match.competition.country),
            extra_time=event.competition.may_have_extra_time or match.competition.may_have_extra_time,
        )

    def supporting_lessons(
        self, event_id: int, match_id: int, lessons: Iterable[Lesson]
    ) -> list[SupportingLesson]:
        """Return the lessons of other events by which the two have the same teams, the newest first."""
        event, match = self._events[event_id], self._matches[match_id]
        country = event.competition.country
        names = {
            (team_scope(country, event_team), event_team.lesson_name, match_team.id): (
                f"{event_team.name.text} = {match_team.name.text}"
            )
            for event_team, match_team in event.sides(match)
        }
        found = [
            SupportingLesson(names[key], lesson)
            for lesson in lessons
            if lesson.kind == "team"
            and lesson.event_id != event_id
            and (key := (lesson.scope, lesson.name, lesson.target_id)) in names
        ]
        return sorted(found, key=lambda each: each.lesson.learnt_at, reverse=True)

    def _similarity(self, event_team: Team, match_team: Team) -> float:
        return self._names.evidence(event_team, match_team).similarity


def _against(one: str, other: str) -> str:
    return "" if one == other else f"{one} against {other}"


def _teams(records: Iterable[Record]) -> list[Team]:
    return [team for record in records for team in (record.home, record.away)]
