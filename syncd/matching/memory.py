"""Memory: what links teach, for how long it counts, and what goes when a link was wrong.

A link teaches lessons: this team name stands for that BetTune team, this league for that tournament. Each
lesson keeps the event that taught it, so that the lessons of a wrong link can be taken back. Lessons fade,
because clubs are renamed and leagues reshuffled.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from itertools import chain

from msgspec.structs import replace

from syncd.matching.lesson import Lesson, LessonKind
from syncd.matching.parameters import CONFIRMED_LESSON_STRENGTH, LESSON_HALF_LIFE_S
from syncd.matching.records import Record, Team
from syncd.matching.result_parameters import ESTABLISHED_WEIGHT
from syncd.model.link import Link, LinkState


def team_scope(country: str, team: Team) -> str:
    """Return the scope of lessons about this team: its country and squad."""
    return f"{country}/{team.squad_label}"


def country_of(scope: str) -> str:
    """Return the country of a lesson's scope."""
    return scope.partition("/")[0]


def lessons_of(
    link: Link, event: Record, match: Record, unproven: Iterable[tuple[Team, Team]]
) -> tuple[Lesson, ...]:
    """Return what a link teaches, dated by its decision, else by the event's kick-off.

    A link that carries predictions teaches both teams and the league. A link that waits for review because
    some of its teams are `unproven` is kept as a coincidence of these.
    """
    country = event.competition.country
    taught: list[tuple[LessonKind, str, str, int]] = []
    if link.state.carries_predictions:
        taught += [
            ("team", team_scope(country, event_team), event_team.lesson_name, match_team.id)
            for event_team, match_team in event.sides(match)
        ]
        taught.append(("league", country, event.competition.name, match.tournament_id))
    else:
        taught += [
            ("hint", team_scope(country, event_team), event_team.lesson_name, match_team.id)
            for event_team, match_team in unproven
        ]
    return tuple(
        Lesson(
            kind=kind,
            scope=scope,
            name=name,
            target_id=target_id,
            event_id=link.event_id,
            confirmed=link.state is LinkState.CONFIRMED,
            learnt_at=link.decided_at or datetime.fromtimestamp(event.kickoff, UTC),
        )
        for kind, scope, name, target_id in taught
    )


class Support:
    """The lessons that say the same: the strength of each event's lesson, their sum, and agreed results."""

    __slots__ = ("by_event", "proven", "total")

    def __init__(self) -> None:
        self.by_event: dict[int, float] = {}
        self.total = 0.0
        self.proven: dict[int, float] = {}

    def add(self, event_id: int, strength: float, proven: float = 0.0) -> None:
        """Count an event once, with the strongest of its lessons."""
        gain = strength - self.by_event.get(event_id, 0.0)
        if gain > 0:
            self.by_event[event_id] = strength
            self.total += gain
        if proven > 0:
            self.proven[event_id] = max(proven, self.proven.get(event_id, 0.0))

    def without(self, event_id: int) -> float:
        """Return the sum without this event's own lessons: no event confirms itself."""
        return self.total - self.by_event.get(event_id, 0.0)

    def proven_without(self, event_id: int) -> float:
        """Return how much the results of other events agreed, in all (nats)."""
        return sum(weight for other, weight in self.proven.items() if other != event_id)


SupportByTarget = dict[int, Support]
"""BetTune id -> the lessons that name it."""


class Memory:
    """All lessons as the linker looks them up: by name, and by BetTune team."""

    def __init__(self) -> None:
        self._by_event: dict[int, tuple[Lesson, ...]] = {}
        self._by_name: defaultdict[tuple[str, str, str], list[Lesson]] = defaultdict(list)
        self._by_team: defaultdict[tuple[str, int], list[Lesson]] = defaultdict(list)
        self._versions = Counter[str]()
        self._refuted = 0

    def version(self, country: str) -> int:
        """Return a number that differs whenever lessons about this country have changed."""
        return self._versions[country]

    @property
    def any_refuted(self) -> bool:
        """True if any results have spoken against a lesson."""
        return self._refuted > 0

    def learn(self, lessons: Iterable[Lesson]) -> set[str]:
        """Add lessons, in place of all that their events taught before; return the scopes that changed."""
        taught: defaultdict[int, list[Lesson]] = defaultdict(list)
        for lesson in lessons:
            taught[lesson.event_id].append(lesson)
        changed = set[str]()
        for event_id, new in taught.items():
            if self._by_event.get(event_id) != tuple(new):
                changed |= self.forget([event_id])
                changed |= self._add(event_id, tuple(new))
        return changed

    def _add(self, event_id: int, lessons: tuple[Lesson, ...]) -> set[str]:
        self._by_event[event_id] = lessons
        for lesson in lessons:
            self._versions[country_of(lesson.scope)] += 1
            self._refuted += lesson.kind == "refuted"
            self._by_name[lesson.kind, lesson.scope, lesson.name].append(lesson)
            if lesson.kind == "team":
                self._by_team[lesson.scope, lesson.target_id].append(lesson)
        return {lesson.scope for lesson in lessons}

    def forget(self, event_ids: Iterable[int]) -> set[str]:
        """Drop all that these events taught; return the scopes that changed."""
        dropped = [lesson for event_id in event_ids for lesson in self._by_event.pop(event_id, ())]
        for lesson in dropped:
            self._versions[country_of(lesson.scope)] += 1
            self._refuted -= lesson.kind == "refuted"
            self._by_name[lesson.kind, lesson.scope, lesson.name].remove(lesson)
            if lesson.kind == "team":
                self._by_team[lesson.scope, lesson.target_id].remove(lesson)
        return {lesson.scope for lesson in dropped}

    def support(self, kind: LessonKind, scope: str, name: str, *, at: float) -> SupportByTarget:
        """Return the ids that this name stood for, with their support at that time (epoch seconds)."""
        found: SupportByTarget = {}
        for lesson in self._by_name.get((kind, scope, name), ()):
            age_s = max(0.0, at - lesson.learnt_at.timestamp())
            fresh = CONFIRMED_LESSON_STRENGTH if lesson.confirmed else 1.0
            strength = fresh * 0.5 ** (age_s / LESSON_HALF_LIFE_S)
            support = found.setdefault(lesson.target_id, Support())
            support.add(lesson.event_id, strength, lesson.proven * 0.5 ** (age_s / LESSON_HALF_LIFE_S))
        return found

    def is_refuted(self, scope: str, name: str, team_id: int) -> bool:
        """Return whether results showed that this name is not this team, and nothing stronger says it is.

        Stronger are a user's later decision, and agreed results of other games.
        """
        against = [
            lesson
            for lesson in self._by_name.get(("refuted", scope, name), ())
            if lesson.target_id == team_id
        ]
        if not against:
            return False
        last = max(lesson.learnt_at for lesson in against)
        speaking = [
            lesson
            for kind in _OF_TEAMS
            for lesson in self._by_name.get((kind, scope, name), ())
            if lesson.target_id == team_id
        ]
        return not (
            any(lesson.confirmed and lesson.learnt_at > last for lesson in speaking)
            or is_established(speaking)
        )

    def names_of_team(self, scope: str, team_id: int) -> dict[str, set[int]]:
        """Return the names under which this BetTune team was seen, each with the events that taught it."""
        found: dict[str, set[int]] = {}
        for lesson in self._by_team.get((scope, team_id), ()):
            found.setdefault(lesson.name, set()).add(lesson.event_id)
        return found

    def confirmed_events(self, scope: str, name: str, team_id: int) -> set[int]:
        """Return the events whose link, confirmed by a user, taught that this name is this team."""
        lessons = self._by_name.get(("team", scope, name), ())
        return {lesson.event_id for lesson in lessons if lesson.confirmed and lesson.target_id == team_id}

    def last_learnt(self, scope: str, name: str, team_id: int) -> datetime | None:
        """Return when this name was last learnt to be this team, for `explain`; None if never."""
        lessons = self._by_name.get(("team", scope, name), ())
        return max((lesson.learnt_at for lesson in lessons if lesson.target_id == team_id), default=None)


_OF_TEAMS: tuple[LessonKind, ...] = ("team", "hint", "seen")


def is_established(lessons: Iterable[Lesson]) -> bool:
    """Return whether the results of the games that taught these lessons leave no doubt about them."""
    proven: dict[int, float] = {}
    for lesson in lessons:
        proven[lesson.event_id] = max(lesson.proven, proven.get(lesson.event_id, 0.0))
    return sum(proven.values()) >= ESTABLISHED_WEIGHT


class LessonsByEvent:
    """The lessons of all events, as the store holds them."""

    def __init__(self, lessons: Iterable[Lesson] = ()) -> None:
        self._by_event: defaultdict[int, tuple[Lesson, ...]] = defaultdict(tuple)
        for lesson in lessons:
            self._by_event[lesson.event_id] += (lesson,)

    def __contains__(self, event_id: int) -> bool:
        return bool(self._by_event.get(event_id))

    def missing_from(self, stored: set[int]) -> set[int]:
        """Return the events that are not among the `stored` ones: a user took their lessons back."""
        return self._by_event.keys() - stored

    def put(self, event_id: int, lessons: Sequence[Lesson]) -> None:
        """Replace all that an event teaches."""
        self._by_event.pop(event_id, None)
        if lessons:
            self._by_event[event_id] = tuple(lessons)

    def drop(self, event_ids: Iterable[int]) -> None:
        """Drop all that these events teach."""
        for event_id in event_ids:
            self._by_event.pop(event_id, None)

    def with_first_dates(self, event_id: int, lessons: Sequence[Lesson]) -> tuple[Lesson, ...]:
        """Return these lessons, each that the event has taught before with the time of its first teaching."""
        before = self._by_event.get(event_id, ())
        return tuple(
            next((old for old in before if _differ_in_date_only(old, lesson)), lesson) for lesson in lessons
        )

    def lost(self, event_id: int, lessons: Sequence[Lesson]) -> list[Lesson]:
        """Return what the event taught and would no longer teach if it taught these `lessons`."""
        return [
            old
            for old in self._by_event.get(event_id, ())
            if not any(
                _differ_in_date_only(replace(old, confirmed=lesson.confirmed), lesson) for lesson in lessons
            )
        ]

    def depending_on(self, mistaken: Sequence[Lesson]) -> set[int]:
        """Return the other events whose lessons go with these mistaken ones."""
        return events_depending_on(mistaken, chain.from_iterable(self._by_event.values()))


def _differ_in_date_only(old: Lesson, lesson: Lesson) -> bool:
    """Return whether they say the same; what results added to one of them is no difference either."""
    return replace(old, learnt_at=lesson.learnt_at, proven=lesson.proven) == lesson


_Claim = tuple[str, str, int]
"""Scope, name and target id: what a lesson says, whoever taught it."""


def events_depending_on(mistaken: Collection[Lesson], known: Iterable[Lesson]) -> set[int]:
    """Return the other events that teach what these mistaken lessons taught, or what followed from that.

    A wrong link teaches a name; the name makes other links, and those teach it again. If only the wrong
    link's own lessons were taken back, the links that it caused would go on supporting each other.

    Lessons that a user or a result confirmed, and lessons older than the mistake, do not depend on it; they
    also support every other lesson that says the same. Only team names are followed: a league has too many
    other sources.
    """
    if not mistaken:
        return set()
    since = min(lesson.learnt_at for lesson in mistaken)
    by_claim = defaultdict[_Claim, list[Lesson]](list)
    claims_of = defaultdict[int, set[_Claim]](set)
    for lesson in filter(_is_of_team, known):
        by_claim[_claim(lesson)].append(lesson)
        claims_of[lesson.event_id].add(_claim(lesson))
    causes = {lesson.event_id for lesson in mistaken}
    undone, open_claims = set(causes), {_claim(lesson) for lesson in filter(_is_of_team, mistaken)}
    while open_claims:
        others = [lesson for lesson in by_claim.pop(open_claims.pop(), ()) if lesson.event_id not in causes]
        if any(lesson.confirmed or lesson.proven or lesson.learnt_at < since for lesson in others):
            continue
        dependent = {lesson.event_id for lesson in others} - undone
        undone |= dependent
        open_claims |= {claim for event_id in dependent for claim in claims_of[event_id]}
    return undone - causes


def _is_of_team(lesson: Lesson) -> bool:
    return lesson.kind in _OF_TEAMS


def _claim(lesson: Lesson) -> _Claim:
    return lesson.scope, lesson.name, lesson.target_id
