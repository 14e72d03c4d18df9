"""The candidates of the last decision: a change of one event or match leaves nearly all as they were."""

from collections.abc import Sequence

from syncd.matching.collective import CollectiveEvidence
from syncd.matching.name_index import NameIndex
from syncd.matching.records import Record
from syncd.matching.scoring import Candidate, Scorer


class RememberedCandidates:
    """The candidates of one country as they were scored before its list taught itself."""

    def __init__(self) -> None:
        self._circumstances: tuple[object, ...] = ()
        self._before: dict[tuple[int, int], Candidate] = {}
        self._now: dict[tuple[int, int], Candidate] = {}

    def begin(
        self,
        names: NameIndex,
        lessons: int,
        collective: CollectiveEvidence,
        events: Sequence[Record],
        matches: Sequence[Record],
    ) -> None:
        """Begin a decision; what differs from the last one in all that a candidate depends on is forgotten.

        `lessons` is the version of memory for this country; `collective` has nothing of this list yet.
        """
        teams = _teams_and_leagues(events), _teams_and_leagues(matches)
        circumstances = names, lessons, collective.at, collective.relisting, len(matches), *teams
        self._before = self._now if circumstances == self._circumstances else {}
        self._circumstances, self._now = circumstances, {}

    def of(self, event: Record, matches: Sequence[Record], scorer: Scorer) -> list[Candidate]:
        """Return the candidates of an event, scored only if the event or the match has changed."""
        candidates = list[Candidate]()
        for match in matches:
            found = self._before.get((event.id, match.id))
            if found is None or found.event is not event or found.match is not match:
                found = scorer.candidate(event, match)
            self._now[event.id, match.id] = found
            candidates.append(found)
        return candidates


def _teams_and_leagues(games: Sequence[Record]) -> frozenset[tuple[str, str, str]]:
    """Return who plays whom where: what marks of squads mean depends on all of it."""
    return frozenset((game.home.name.text, game.away.name.text, game.competition.name) for game in games)
