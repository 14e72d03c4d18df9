"""A block: all events and matches of one country, scored together, because a list teaches itself.

The sure candidates are found first. They say which teams and tournaments stand behind which names, who plays
at the same time as whom, and whether a league is punctual. Then everything is scored again with that.
"""

from collections.abc import Callable, Iterator, Mapping, Set
from typing import NamedTuple

import msgspec

from syncd.matching.aliases import Aliases
from syncd.matching.candidate_search import CandidateSearch
from syncd.matching.collective import CollectiveEvidence
from syncd.matching.confidence import confidences, probability
from syncd.matching.elimination import Elimination, UnidentifiedSide
from syncd.matching.knowledge import Knowledge
from syncd.matching.marks import ListedSquads, Readings
from syncd.matching.memory import Memory
from syncd.matching.name_index import NameIndex
from syncd.matching.parameters import (
    EXISTING_LINK_WEIGHT,
    HOPELESS_SCORE,
    HOURS_APART_S,
    LIKELY_CONFIDENCE,
    MAX_TEAMS_WEIGHT,
    MIN_CANDIDATES_KEPT,
    MIN_LEAD_OVER_EXISTING_LINK,
    MIN_LEAD_OVER_SWAPPED,
    MIN_NAMES_SHOWING_NAMESAKES,
    MIN_SWAPPED_SCORE,
    SURE_CONFIDENCE,
)
from syncd.matching.records import Record, Team
from syncd.matching.remembered import RememberedCandidates
from syncd.matching.scoring import Candidate, KickoffWeights, Scorer
from syncd.matching.translated_names import UnknownName
from syncd.matching.unknown_names import unknown_names


class BlockSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings that all blocks share."""

    knowledge: Knowledge
    aliases: Aliases
    kickoffs: KickoffWeights


class PriorLinks(msgspec.Struct, frozen=True, kw_only=True):
    """Earlier decisions: automatic links that exist, and the decisions of users."""

    existing: Mapping[int, int]
    """Event -> match of the automatic links."""
    eliminated: Set[int]
    """Events whose existing link was made by elimination."""
    rejected: Set[tuple[int, int]]
    taken_events: Set[int]
    taken_matches: Set[int]


class SwappedCandidate(NamedTuple):
    """A candidate that is good with home and away exchanged, its probability, and whether it is better so."""

    candidate: Candidate
    confidence: float
    better: bool


class RankedCandidates(NamedTuple):
    """The candidates of an event, best first, the confidence of the first, and the best swapped one."""

    candidates: tuple[Candidate, ...]
    confidence: float
    swapped: SwappedCandidate | None

    @property
    def best(self) -> Candidate | None:
        """The best candidate, home with home; None if there is none."""
        return self.candidates[0] if self.candidates else None


class ScoredBlock(NamedTuple):
    """The candidates of each event, and the collective evidence (None for a block without candidates)."""

    by_event: dict[int, RankedCandidates]
    collective: CollectiveEvidence | None


_TeamKey = tuple[str, str, int, tuple[str, ...]]
"""Name, squad, id and translations of a team."""
_EventMatches = list[tuple[Record, list[Record]]]
"""Each event with the matches it may be."""


class Block:
    """The games of one country. `score` depends on nothing but them and its arguments."""

    def __init__(self, country: str, settings: BlockSettings) -> None:
        self.country = country
        self.events: dict[int, Record] = {}
        self.matches: dict[int, Record] = {}
        self.events_as_read: dict[int, Record] = {}
        """The events of which a name was read in another way than it is written."""
        self._settings = settings
        self._remembered = RememberedCandidates()
        self._names: NameIndex | None = None
        self._indexed: tuple[Set[_TeamKey], Set[_TeamKey]] | None = None

    def score(self, memory: Memory, prior: PriorLinks) -> ScoredBlock:
        """Score and rank the candidates of every event that no user has linked."""
        events = _by_time(event for event in self.events.values() if event.id not in prior.taken_events)
        matches = _by_time(match for match in self.matches.values() if match.id not in prior.taken_matches)
        if not events or not matches:
            return ScoredBlock({}, None)
        events, matches = self._read(events, matches)
        names = self._index(events, matches)
        collective = CollectiveEvidence(self.country, memory, self._settings.aliases, at=events[0].kickoff)
        collective.add_matches(matches)
        scorer = Scorer(
            names, ListedSquads(events, matches), collective, self._settings.kickoffs, len(matches)
        )
        search = CandidateSearch(matches, names, collective)
        possible = [
            (event, search.matches_for(event, prior.existing.get(event.id), prior.rejected))
            for event in events
        ]
        self._remembered.begin(names, memory.version(self.country), collective, events, matches)
        first = _rank(scorer, possible, prior.existing, self._remembered)
        sure = list(_sure(first))
        collective.add_sure(sure)
        collective.add_kickoffs(_kickoffs(first))
        second = first | _rank(scorer, _unsure_near_in_time(possible, sure), prior.existing)
        elimination = Elimination(events, matches, sure)
        if self._knows_namesakes():
            _confirm_by_round(collective, second, elimination)
        _resolve_unidentified(collective, second, elimination, prior)
        return ScoredBlock(_rank(scorer, possible, prior.existing), collective)

    def unknown_names(
        self, linked: Mapping[int, int], knows: Callable[[Team], bool]
    ) -> Iterator[UnknownName]:
        """Yield the names of events without a link that share nothing with any match of their time.

        `linked` are the events that have their match; nothing is said before the first `score`.
        """
        taken = set(linked.values())
        waiting = [event for event_id, event in self.events.items() if event_id not in linked]
        free = [match for match_id, match in self.matches.items() if match_id not in taken]
        return unknown_names(waiting, free, self._names, knows) if self._names else iter(())

    def _read(self, events: list[Record], matches: list[Record]) -> tuple[list[Record], list[Record]]:
        readings = Readings(events, matches)
        read = readings.events(events), readings.matches(matches)
        self.events_as_read = {
            one.id: one for one, listed in zip(read[0], events, strict=True) if one is not listed
        }
        return read

    def _knows_namesakes(self) -> bool:
        """Return whether the table of clubs would say that another club of a name exists in this country."""
        return len(self._settings.knowledge.clubs.table.clubs(self.country)) >= MIN_NAMES_SHOWING_NAMESAKES

    def _index(self, events: list[Record], matches: list[Record]) -> NameIndex:
        left, right = _teams(events), _teams(matches)
        teams = left.keys(), right.keys()
        if self._names is None or self._indexed != teams:
            # Token matches of names that have left the list are not handed on any further.
            known_matches = self._names.token_matches if self._names else {}
            self._names = NameIndex(
                self._settings.knowledge, self._settings.aliases, known_matches, self.country
            )
            self._names.build(list(left.values()), list(right.values()))
            self._indexed = teams
        return self._names


def _by_time(records: Iterator[Record]) -> list[Record]:
    return sorted(records, key=lambda record: (record.kickoff, record.id))


def _teams(records: list[Record]) -> dict[_TeamKey, Team]:
    """Return all teams of a list, each once."""
    return {
        (team.name.text, team.squad_label, team.id, tuple(name.text for name in team.translations)): team
        for record in records
        for team in (record.home, record.away)
    }


def _rank(
    scorer: Scorer,
    possible: _EventMatches,
    existing: Mapping[int, int],
    remembered: RememberedCandidates | None = None,
) -> dict[int, RankedCandidates]:
    ranked: dict[int, list[Candidate]] = {}
    swapped: dict[int, SwappedCandidate | None] = {}
    for event, matches in possible:
        candidates = (
            remembered.of(event, matches, scorer)
            if remembered
            else [scorer.candidate(event, match) for match in matches]
        )
        candidates = _favour_existing(candidates, existing.get(event.id), scorer)
        candidates.sort(key=lambda candidate: (-candidate.score, candidate.match.id))
        ranked[event.id] = [
            candidate
            for index, candidate in enumerate(candidates)
            if index < MIN_CANDIDATES_KEPT or candidate.score > HOPELESS_SCORE
        ]
        swapped[event.id] = _best_swapped(scorer, candidates)
    return {
        event_id: RankedCandidates(tuple(ranked[event_id]), confidence, swapped[event_id])
        for event_id, confidence in confidences(ranked)
    }


def _favour_existing(candidates: list[Candidate], match_id: int | None, scorer: Scorer) -> list[Candidate]:
    """Favour the candidate that is linked already, unless another one is clearly better."""
    linked = next((candidate for candidate in candidates if candidate.match.id == match_id), None)
    if linked is None:
        return candidates
    if max(candidate.score for candidate in candidates) - linked.score > MIN_LEAD_OVER_EXISTING_LINK:
        return candidates
    favoured = scorer.candidate(linked.event, linked.match, existing=True)
    return [favoured if candidate is linked else candidate for candidate in candidates]


def _best_swapped(scorer: Scorer, candidates: list[Candidate]) -> SwappedCandidate | None:
    """Return the candidate that is good with home and away exchanged, and better so than any as listed.

    Or the best candidate, if its teams are so similar that the names do not say which is at home.
    `candidates` are sorted, best first.
    """
    straight = candidates[0].score if candidates else 0.0
    if candidates and candidates[0].certain:
        return None
    best, best_score = None, max(MIN_SWAPPED_SCORE, straight - MIN_LEAD_OVER_SWAPPED)
    for index, candidate in enumerate(candidates):
        if index == 1:
            best_score = max(best_score, straight)
        rest = candidate.score - candidate.home.weight - candidate.away.weight
        # That the two are linked as listed does not speak for the exchange.
        rest -= EXISTING_LINK_WEIGHT if candidate.existing else 0.0
        # For most candidates time and league alone rule out that any names could suffice.
        if rest + MAX_TEAMS_WEIGHT <= best_score:
            continue
        exchanged = rest + scorer.swapped_weight(candidate.event, candidate.match)
        if exchanged > best_score:
            best, best_score = candidate, exchanged
    return SwappedCandidate(best, probability(best_score), best_score > straight) if best else None


def _sure(by_event: Mapping[int, RankedCandidates]) -> Iterator[tuple[Record, Record]]:
    """Yield the candidates that are good enough to teach the rest of the list."""
    for ranked in by_event.values():
        best = ranked.best
        if best is None or ranked.confidence < SURE_CONFIDENCE or ranked.swapped is not None:
            continue
        if not best.refuted and best.recognised and best.squad_weight >= 0 and best.apart_s <= HOURS_APART_S:
            yield best.event, best.match


def _kickoffs(by_event: Mapping[int, RankedCandidates]) -> Iterator[tuple[Record, bool]]:
    """Yield recognised events, and whether their match has about the same time or is hours off."""
    for ranked in by_event.values():
        best = ranked.best
        if best is not None and ranked.confidence >= LIKELY_CONFIDENCE and best.recognised:
            yield best.event, best.apart_s <= HOURS_APART_S


def _unsure_near_in_time(possible: _EventMatches, sure: list[tuple[Record, Record]]) -> _EventMatches:
    """Return those events that are not sure and have a match at about their time."""
    sure_ids = {event.id for event, _ in sure}
    return [
        (event, matches)
        for event, matches in possible
        if event.id not in sure_ids
        and any(abs(match.kickoff - event.kickoff) <= HOURS_APART_S for match in matches)
    ]


def _confirm_by_round(
    collective: CollectiveEvidence, by_event: Mapping[int, RankedCandidates], elimination: Elimination
) -> None:
    """Take parts of names as enough where the lists agree on the rest of the round."""
    best = [ranked.best for ranked in by_event.values() if ranked.best and not ranked.swapped]
    collective.add_confirmed_by_round(
        (candidate.event, candidate.match) for candidate in elimination.confirmed(best)
    )


def _resolve_unidentified(
    collective: CollectiveEvidence,
    by_event: Mapping[int, RankedCandidates],
    elimination: Elimination,
    prior: PriorLinks,
) -> None:
    """Add coincidences, and the teams for which nothing else is possible, to the collective evidence."""
    sides = list(_unidentified_sides(by_event))
    collective.add_coincidences(
        (best.event, *teams)
        for best in (ranked.best for ranked in by_event.values() if not ranked.swapped)
        if best is not None
        for teams in best.unproven
    )
    resolved = elimination.resolve(sides, (ranked.best for ranked in by_event.values() if ranked.best))
    # Or nothing else was possible when the two were linked: the games of that round are played, and gone.
    resolved += [
        side for side in sides if side.candidate.existing and side.candidate.event.id in prior.eliminated
    ]
    collective.add_eliminated((side.candidate.event, side.event_team, side.match_team) for side in resolved)


def _unidentified_sides(by_event: Mapping[int, RankedCandidates]) -> Iterator[UnidentifiedSide]:
    """Yield the sides whose two teams have the same place in a game though their names say nothing."""
    for ranked in by_event.values():
        best = ranked.best
        if best is None or ranked.swapped is not None:
            continue
        if teams := best.unidentified_within(HOURS_APART_S):
            yield UnidentifiedSide(best, *teams)
