"""Events and matches compared for people: the plain facts, without weights, for what was not linked too."""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from syncd.matching.aliases import Aliases
from syncd.matching.cards import Fixture, Game, Reader, Team
from syncd.matching.company import team_scope
from syncd.matching.kickoffs import apart_words
from syncd.matching.knowledge import Knowledge, shipped
from syncd.matching.memory import Lesson
from syncd.matching.teams import TeamTable
from syncd.model.bettune import Match

_AS_GOOD = 0.05
_SWAPPED = 0.6
_TOO_LITTLE = 0.6
_AS_SOON_S = 15 * 60.0


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """An event beside a match: how far the names agree (0..1), and what else differs."""

    home: float
    away: float
    swapped: bool
    """The names agree only with home and away exchanged; `home` and `away` are then those of the exchange."""
    apart_s: float
    squads: str
    """`first team against women`; empty where they are the same."""
    countries: str
    """`England against Wales`; empty where they are the same."""

    @property
    def names(self) -> float:
        """Both sides together, 0..2."""
        return self.home + self.away

    @property
    def likeness(self) -> float:
        """For an order of what was not linked: names first, then whatever differs besides."""
        others = bool(self.squads) + bool(self.countries) + self.swapped
        return self.names - 0.4 * others - min(0.4, self.apart_s / 86_400 * 0.1)

    @property
    def words(self) -> str:
        """All of it in one line."""
        return ", ".join((self._names, apart_words(self.apart_s), *self._differences()))

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
    def against(self) -> str:
        """What speaks most against the two being one game."""
        for difference in self._differences():
            return difference
        if min(self.home, self.away) < _TOO_LITTLE:
            side = "home" if self.home < self.away else "away"
            return f"the {side} names have too little in common"
        return apart_words(self.apart_s) if self.apart_s > _AS_SOON_S else "too little evidence in all"

    def behind(self, best: "Facts") -> str:
        """Why this one lost against the best, in words."""
        known = set(best._differences())
        for difference in self._differences():
            if difference not in known:
                return difference
        if self.names < best.names - _AS_GOOD:
            return self._names
        if self.apart_s > best.apart_s + _AS_SOON_S:
            return apart_words(self.apart_s)
        return "nearly as good a fit"


class Witness(NamedTuple):
    """`Al-Suqoor = Neom SC`, and the lesson that says so."""

    names: str
    lesson: Lesson


class Onlooker:
    """Compares some events with some matches."""

    def __init__(
        self,
        fixtures: Iterable[Fixture],
        matches: Iterable[Match],
        *,
        aliases: Aliases,
        knowledge: Knowledge | None = None,
    ) -> None:
        known = knowledge or shipped()
        reader = Reader(known)
        self._events = {each.event.id: reader.event(each) for each in fixtures}
        self._matches = {each.id: reader.match(each) for each in matches}
        self._names = TeamTable(known, aliases, {})
        self._names.compare(_teams(self._events.values()), _teams(self._matches.values()))

    def facts(self, event_id: int, match_id: int) -> Facts:
        """The two beside each other; both must have been given."""
        event, match = self._events[event_id], self._matches[match_id]
        straight = self._degrees(event, match)
        exchanged = (
            self._names.likeness(event.home, match.away).degree,
            self._names.likeness(event.away, match.home).degree,
        )
        swapped = min(exchanged) >= _SWAPPED and sum(exchanged) > sum(straight) + _AS_GOOD
        home, away = (min(1.0, each) for each in (exchanged if swapped else straight))
        return Facts(
            home=home,
            away=away,
            swapped=swapped,
            apart_s=abs(event.kickoff - match.kickoff),
            squads=_against(event.home.squad.words, match.home.squad.words)
            or _against(event.away.squad.words, match.away.squad.words),
            countries=_against(event.competition.country, match.competition.country),
        )

    def witnesses(self, event_id: int, match_id: int, lessons: Iterable[Lesson]) -> list[Witness]:
        """The lessons of other events that say that the two have the same teams, the newest first."""
        event, match = self._events[event_id], self._matches[match_id]
        said = {
            (
                team_scope(event.competition.country, ours),
                ours.label,
                theirs.id,
            ): f"{ours.name.text} = {theirs.name.text}"
            for ours, theirs in event.sides(match)
        }
        found = [
            Witness(said[key], lesson)
            for lesson in lessons
            if lesson.kind == "team"
            and lesson.event_id != event_id
            and (key := (lesson.scope, lesson.name, lesson.target_id)) in said
        ]
        return sorted(found, key=lambda each: each.lesson.learnt_at, reverse=True)

    def _degrees(self, event: Game, match: Game) -> tuple[float, float]:
        home, away = (self._names.likeness(*sides).degree for sides in event.sides(match))
        return home, away


def _against(ours: str, theirs: str) -> str:
    return "" if ours == theirs else f"{ours} against {theirs}"


def _teams(games: Iterable[Game]) -> list[Team]:
    return [team for game in games for team in (game.home, game.away)]
