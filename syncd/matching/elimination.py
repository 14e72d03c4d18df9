"""Elimination: where two lists agree on all other games of a round, the last two entries are one game.

A team plays one game at a time. So where one side is certain at its time in its league, no other game is
possible, whatever the opponent is called, unless one of the lists is wrong there. How often the lists
disagree in the rest of the league and the country says how far to rely on that.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import NamedTuple

from syncd.matching.parameters import (
    CONTRADICTED_WEIGHT,
    COUNTRY_ENTRIES,
    MAX_ROUND_DISAGREEMENT,
    MAX_ROUND_DISAGREEMENT_WITH_HINT,
    MIN_ROUND_LINKS,
    MIN_ROUND_LINKS_WITH_HINT,
    ROUND_S,
)
from syncd.matching.records import Record, Team
from syncd.matching.scoring import Candidate

_TeamPair = tuple[str, int]
"""The name of a team of Pinnacle's and the id of one of BetTune's."""


class UnidentifiedSide(NamedTuple):
    """A candidate of which only one side is identified, and the two teams of the other side."""

    candidate: Candidate
    event_team: Team
    match_team: Team

    @property
    def team_pair(self) -> _TeamPair:
        """The name of Pinnacle's team, and the team of BetTune's that it would be."""
        return self.event_team.lesson_name, self.match_team.id

    @property
    def opponent_certain(self) -> bool:
        """True if the other side is certain: a city in common is not enough."""
        opponent = self.candidate.away if self._is_home else self.candidate.home
        return opponent.certain and not opponent.alike

    @property
    def doubtful(self) -> bool:
        """True if one name may be that of another club."""
        return (self.candidate.home if self._is_home else self.candidate.away).names.doubtful

    @property
    def hint(self) -> bool:
        """True if the two names have at least something in common."""
        side = self.candidate.home if self._is_home else self.candidate.away
        return (side.names.shared or side.names.hinted) and side.weight > CONTRADICTED_WEIGHT

    @property
    def _is_home(self) -> bool:
        return self.event_team is self.candidate.event.home


class _Entries(NamedTuple):
    """Games that are linked; events and matches that are not."""

    linked: int
    unmatched: int

    @property
    def disagreement(self) -> float:
        total = 2 * self.linked + self.unmatched
        return self.unmatched / total if total else 1.0


class Elimination:
    """The two lists of one country, each in the order of time, and which of their games are surely linked."""

    def __init__(
        self, events: Sequence[Record], matches: Sequence[Record], sure: Sequence[tuple[Record, Record]]
    ) -> None:
        # One list may reach further ahead than the other: what only one of them can know says nothing.
        first = max(events[0].kickoff, matches[0].kickoff)
        last = min(events[-1].kickoff, matches[-1].kickoff)
        self._events = [event for event in events if first <= event.kickoff <= last]
        self._matches = [match for match in matches if first <= match.kickoff <= last]
        self._linked_events = {event.id for event, _ in sure}
        self._linked_matches = {match.id for _, match in sure}
        self._linked_teams = {(event.home.lesson_name, event.away.lesson_name) for event, _ in sure}
        leagues = {event.competition.name for event, _ in sure}
        tournaments = {match.tournament_id for _, match in sure}
        self._country = self._count(
            lambda event: event.competition.name in leagues, lambda match: match.tournament_id in tournaments
        )

    def resolve(self, sides: Iterable[UnidentifiedSide], best: Iterable[Candidate]) -> list[UnidentifiedSide]:
        """Return the sides for which nothing else is possible; `best`: the best candidate of each event."""
        pairs = [(candidate.event, candidate.match) for candidate in best]
        by_event = {event.id: _team_pairs(event, match) for event, match in pairs}
        by_match = {match.id: _team_pairs(event, match) for event, match in pairs}
        return [
            side
            for side in sides
            if side.opponent_certain
            and not side.doubtful
            and self._lists_agree(side.candidate, hint=side.hint)
            and not self._plays_elsewhere(side, by_event, by_match)
        ]

    def confirmed(self, best: Iterable[Candidate]) -> list[Candidate]:
        """Return the candidates of which only parts of the names agree, but so do the lists on all else."""
        return [
            candidate
            for candidate in best
            if candidate.partial
            and candidate.only_parts_agree
            and not (candidate.home.names.doubtful or candidate.away.names.doubtful)
            and self._lists_agree(candidate, hint=False)
        ]

    def _lists_agree(self, candidate: Candidate, *, hint: bool) -> bool:
        """Return whether the two lists agree well enough on the rest of this round."""
        event, match = candidate.event, candidate.match
        league = self._count(
            lambda other: other.competition.name == event.competition.name and _in_round(other, event),
            lambda other: other.tournament_id == match.tournament_id and _in_round(other, match),
        )
        # This event and this match do not count against themselves.
        country = self._country._replace(unmatched=max(0, self._country.unmatched - 2)).disagreement
        entries = 2 * league.linked + league.unmatched + COUNTRY_ENTRIES
        disagreement = (league.unmatched + COUNTRY_ENTRIES * country) / entries
        if hint:
            enough = league.linked >= MIN_ROUND_LINKS_WITH_HINT
            return enough and disagreement <= MAX_ROUND_DISAGREEMENT_WITH_HINT
        return league.linked >= MIN_ROUND_LINKS and disagreement <= MAX_ROUND_DISAGREEMENT

    def _count(
        self, event_counts: Callable[[Record], bool], match_counts: Callable[[Record], bool]
    ) -> _Entries:
        events = [event for event in self._events if event_counts(event)]
        matches = [match for match in self._matches if match_counts(match)]
        linked = sum(event.id in self._linked_events for event in events)
        # A second listing of a linked event is not unmatched.
        unmatched = sum(
            (event.home.lesson_name, event.away.lesson_name) not in self._linked_teams for event in events
        )
        return _Entries(linked, unmatched + sum(match.id not in self._linked_matches for match in matches))

    def _plays_elsewhere(
        self,
        side: UnidentifiedSide,
        by_event: Mapping[int, Set[_TeamPair]],
        by_match: Mapping[int, Set[_TeamPair]],
    ) -> bool:
        """Return whether one of the two plays in another game of these lists that does not join them too."""
        event, match = side.candidate.event, side.candidate.match
        other_events = (
            other.id
            for other in self._events
            if (side.event_team.same_as(other.home) or side.event_team.same_as(other.away))
            and not other.is_twin_of(event)
        )
        other_matches = (
            other.id
            for other in self._matches
            if side.match_team.id in (other.home.id, other.away.id) and other.id != match.id
        )
        return any(side.team_pair not in by_event.get(event_id, ()) for event_id in other_events) or any(
            side.team_pair not in by_match.get(match_id, ()) for match_id in other_matches
        )


def _team_pairs(event: Record, match: Record) -> set[_TeamPair]:
    return {(event_team.lesson_name, match_team.id) for event_team, match_team in event.sides(match)}


def _in_round(game: Record, of: Record) -> bool:
    return game is not of and abs(game.kickoff - of.kickoff) <= ROUND_S
