"""Finished games that were never linked: which of them are one game, by league, kick-off and score alone.

A team plays one game at a time. So an event and a match of one league at one time that share a team are one
game, and their results agree; if the results differ, they share none.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from syncd.matching.lesson import Lesson, LessonKind
from syncd.matching.memory import is_established, team_scope
from syncd.matching.records import Record, Team
from syncd.matching.result_parameters import MAX_TWIN_KICKOFF_GAP_S, MIN_LEAGUE_LINKS
from syncd.matching.results import Score, score_weight

Claim = tuple[str, str, int]
"""Scope, name and BetTune's team id: this name is this team."""


class UnlinkedGame(NamedTuple):
    """A finished game of one list that carried no link."""

    record: Record
    score: Score


class KnownNames:
    """The lessons about the names and teams in question."""

    def __init__(self, lessons: Iterable[Lesson]) -> None:
        self._teams: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
        self._names: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
        self._refuted: set[Claim] = set()
        for lesson in lessons:
            claim = lesson.scope, lesson.name, lesson.target_id
            if lesson.kind == "team":
                self._teams[lesson.scope, lesson.name].add(lesson.target_id)
                self._names[lesson.scope, lesson.target_id].add(lesson.name)
            elif lesson.kind == "refuted":
                self._refuted.add(claim)

    def is_known(self, claim: Claim) -> bool:
        """Return whether links have taught this claim."""
        return claim[2] in self._teams.get(claim[:2], ())

    def contradict(self, claim: Claim) -> bool:
        """Return whether the name is known as another team only, the team under other names, or refuted."""
        scope, name, team_id = claim
        others = self._teams.get((scope, name), set()) or self._names.get((scope, team_id), set())
        return claim in self._refuted or (bool(others) and not self.is_known(claim))


class Coincidence(msgspec.Struct, frozen=True, kw_only=True):
    """An event and a match that are alone in their slot: one game if their scores agree."""

    event: Record
    match: Record
    agreed: bool
    weight: float
    claims: tuple[Claim, ...]
    """The claims that would follow, of both sides or of the unknown one."""

    @property
    def kind(self) -> LessonKind:
        """The kind of its lessons. Where one side is known, the other is a hint as it is to the linker."""
        if not self.agreed:
            return "refuted"
        return "hint" if len(self.claims) == 1 else "seen"


def coincidences(
    events: Sequence[UnlinkedGame],
    matches: Sequence[UnlinkedGame],
    leagues: Mapping[tuple[str, str], Mapping[int, int]],
    known: KnownNames,
) -> Iterator[Coincidence]:
    """Yield the events and matches that nothing but each other is left for.

    `leagues` says how many links joined a league (country and name) and a tournament's id. Where lessons
    contradict one side, or both are known already, there is nothing to learn.
    """
    for event in events:
        there = [match for match in matches if _same_slot(event, match, leagues)]
        if len(there) != 1:
            continue
        match = there[0]
        back = [other for other in events if _same_slot(other, match, leagues)]
        claims = _claims(event.record, match.record)
        if len(back) != 1 or not claims or any(map(known.contradict, claims)):
            continue
        unknown = tuple(claim for claim in claims if not known.is_known(claim))
        if unknown:
            yield Coincidence(
                event=event.record,
                match=match.record,
                agreed=event.score == match.score,
                weight=score_weight(event.score),
                claims=unknown,
            )


def hints_of(found: Coincidence) -> tuple[Lesson, ...]:
    """Return what a coincidence teaches: what agreed scores prove a little, or that the names are refuted."""
    return tuple(
        Lesson(
            kind=found.kind,
            scope=scope,
            name=name,
            target_id=team_id,
            event_id=found.event.id,
            confirmed=False,
            learnt_at=datetime.fromtimestamp(found.event.kickoff, UTC),
            proven=found.weight if found.agreed else 0.0,
        )
        for scope, name, team_id in found.claims
    )


def promoted(hints: Iterable[Lesson]) -> list[Lesson]:
    """Return those whose claim several games have established: from now on they are lessons of teams."""
    by_claim: defaultdict[Claim, list[Lesson]] = defaultdict(list)
    for hint in hints:
        by_claim[hint.scope, hint.name, hint.target_id].append(hint)
    return [
        msgspec.structs.replace(lesson, kind="team")
        for lessons in by_claim.values()
        if is_established(lessons)
        for lesson in lessons
    ]


def _same_slot(
    event: UnlinkedGame, match: UnlinkedGame, leagues: Mapping[tuple[str, str], Mapping[int, int]]
) -> bool:
    one, other = event.record, match.record
    league = one.competition.country, one.competition.name
    return (
        abs(one.kickoff - other.kickoff) <= MAX_TWIN_KICKOFF_GAP_S
        and leagues.get(league, {}).get(other.tournament_id, 0) >= MIN_LEAGUE_LINKS
    )


def _claims(event: Record, match: Record) -> tuple[Claim, ...]:
    """Return what both sides would claim; nothing if their squads differ."""
    if any(one.squad_label != other.squad_label for one, other in event.sides(match)):
        return ()
    return tuple(_claim(event, one, other) for one, other in event.sides(match))


def _claim(event: Record, one: Team, other: Team) -> Claim:
    return team_scope(event.competition.country, one), one.lesson_name, other.id
