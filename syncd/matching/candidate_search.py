"""Search for the matches that an event may be, by teams and time, so that not every pair has to be scored."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Set
from heapq import nsmallest
from typing import TypeVar

from syncd.matching.collective import CollectiveEvidence
from syncd.matching.name_index import NameIndex
from syncd.matching.parameters import (
    MAX_EXISTING_LINK_APART_S,
    MAX_KICKOFF_APART_S,
    MAX_MATCHES_PER_EVENT,
)
from syncd.matching.records import Record, Team

Key = TypeVar("Key", bound=Hashable)


class CandidateSearch:
    """The matches of one country by team name and by team id, each in the order of time."""

    def __init__(self, matches: list[Record], names: NameIndex, collective: CollectiveEvidence) -> None:
        self._names = names
        self._collective = collective
        self._matches = {match.id: match for match in matches}
        self._by_name = _by_team(matches, lambda team: team.name.text)
        self._by_id = _by_team(matches, lambda team: team.id)

    def matches_for(
        self, event: Record, existing: int | None, rejected: Set[tuple[int, int]]
    ) -> list[Record]:
        """Return the matches near the event's kick-off that have at least something of one side in common.

        `existing` is the match that the event is linked to; `rejected` pairs are left out.
        """
        found = dict[int, Record]()
        for team in (event.home, event.away):
            for team_id in self._collective.known_team_ids(team):
                _add_near(self._by_id.get(team_id, []), event.kickoff, found)
        known = set(found)
        for team in (event.home, event.away):
            for name in self._names.similar_names(team):
                _add_near(self._by_name.get(name, []), event.kickoff, found)
        if len(found) > MAX_MATCHES_PER_EVENT:
            found = self._likeliest(event, known, found.values())
        linked = self._matches.get(existing) if existing is not None else None
        if linked is not None and abs(linked.kickoff - event.kickoff) <= MAX_EXISTING_LINK_APART_S:
            found[linked.id] = linked
        return [match for match in found.values() if (event.id, match.id) not in rejected]

    def _likeliest(self, event: Record, known: Set[int], found: Iterable[Record]) -> dict[int, Record]:
        """Return, of too many, those of known teams, then the most similar names, then the nearest."""

        def sort_key(match: Record) -> tuple[bool, float, float, int]:
            weight = sum(self._names.evidence(*sides).weight for sides in event.sides(match))
            return match.id not in known, -weight, abs(match.kickoff - event.kickoff), match.id

        return {match.id: match for match in nsmallest(MAX_MATCHES_PER_EVENT, found, key=sort_key)}


def _add_near(schedule: list[Record], kickoff: float, found: dict[int, Record]) -> None:
    start = bisect_left(schedule, kickoff - MAX_KICKOFF_APART_S, key=lambda match: match.kickoff)
    end = bisect_right(schedule, kickoff + MAX_KICKOFF_APART_S, key=lambda match: match.kickoff)
    found.update((match.id, match) for match in schedule[start:end])


def _by_team(matches: Iterable[Record], key: Callable[[Team], Key]) -> Mapping[Key, list[Record]]:
    found = defaultdict[Key, list[Record]](list)
    for match in matches:
        for team in {key(match.home), key(match.away)}:
            found[team].append(match)
    return found
