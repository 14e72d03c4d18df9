"""What links taught: which BetTune team stands behind a name, which tournament behind a league.

Each lesson keeps the event that taught it, so undoing an event's lessons undoes all that it taught. Lessons
fade: clubs are renamed and leagues reshuffled.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Literal

import msgspec

LessonKind = Literal["team", "league", "hint"]

_HALF_LIFE_S = 300 * 86_400.0
_CONFIRMED_WORTH = 3.0


class Lesson(msgspec.Struct, frozen=True, kw_only=True):
    """One row of memory: `name` (in plain words) stood for `target_id`.

    `scope` is country and squad for a team, country for a league. A `hint` is like `team`, but from a link
    that waits for review: a coincidence that a second one confirms.
    """

    kind: LessonKind
    scope: str
    name: str
    target_id: int
    event_id: int
    confirmed: bool
    learnt_at: datetime


class Tally:
    """The lessons behind one answer: what each event taught it with, and their sum."""

    __slots__ = ("by_event", "total")

    def __init__(self) -> None:
        self.by_event: dict[int, float] = {}
        self.total = 0.0

    def add(self, event_id: int, worth: float) -> None:
        """Count an event's lesson once, at its highest worth."""
        more = worth - self.by_event.get(event_id, 0.0)
        if more > 0:
            self.by_event[event_id] = worth
            self.total += more

    def without(self, event_id: int) -> float:
        """The sum without what this event taught itself: nothing may confirm itself."""
        return self.total - self.by_event.get(event_id, 0.0)


Tallies = dict[int, Tally]
"""BetTune id -> its lessons."""


class Memory:
    """All lessons, by name and by target."""

    def __init__(self) -> None:
        self._by_event: dict[int, tuple[Lesson, ...]] = {}
        self._by_name: defaultdict[tuple[str, str, str], list[Lesson]] = defaultdict(list)
        self._names: defaultdict[tuple[str, int], list[Lesson]] = defaultdict(list)

    def learn(self, lessons: Iterable[Lesson]) -> set[str]:
        """Take lessons in, an event's in place of what it taught before; returns the scopes that changed."""
        taught: defaultdict[int, list[Lesson]] = defaultdict(list)
        for lesson in lessons:
            taught[lesson.event_id].append(lesson)
        changed = set[str]()
        for event_id, new in taught.items():
            if self._by_event.get(event_id) != tuple(new):
                changed |= self.forget([event_id])
                changed |= self._keep(event_id, tuple(new))
        return changed

    def _keep(self, event_id: int, lessons: tuple[Lesson, ...]) -> set[str]:
        self._by_event[event_id] = lessons
        for lesson in lessons:
            self._by_name[lesson.kind, lesson.scope, lesson.name].append(lesson)
            if lesson.kind == "team":
                self._names[lesson.scope, lesson.target_id].append(lesson)
        return {lesson.scope for lesson in lessons}

    def forget(self, event_ids: Iterable[int]) -> set[str]:
        """Drop all that these events taught; returns the scopes that changed."""
        dropped = [lesson for event_id in event_ids for lesson in self._by_event.pop(event_id, ())]
        for lesson in dropped:
            self._by_name[lesson.kind, lesson.scope, lesson.name].remove(lesson)
            if lesson.kind == "team":
                self._names[lesson.scope, lesson.target_id].remove(lesson)
        return {lesson.scope for lesson in dropped}

    def tallies(self, kind: LessonKind, scope: str, name: str, *, at: float) -> Tallies:
        """The ids this name stood for, with the worth of their lessons at that time (epoch seconds)."""
        found: Tallies = {}
        for lesson in self._by_name.get((kind, scope, name), ()):
            age = max(0.0, at - lesson.learnt_at.timestamp())
            worth = (_CONFIRMED_WORTH if lesson.confirmed else 1.0) * 0.5 ** (age / _HALF_LIFE_S)
            found.setdefault(lesson.target_id, Tally()).add(lesson.event_id, worth)
        return found

    def names(self, scope: str, team_id: int) -> dict[str, set[int]]:
        """The names under which this team was seen, each with the events that taught it."""
        found: dict[str, set[int]] = {}
        for lesson in self._names.get((scope, team_id), ()):
            found.setdefault(lesson.name, set()).add(lesson.event_id)
        return found

    def confirmed(self, scope: str, name: str, team_id: int) -> set[int]:
        """The events of which a person said that this name is this team, by linking them."""
        lessons = self._by_name.get(("team", scope, name), ())
        return {lesson.event_id for lesson in lessons if lesson.confirmed and lesson.target_id == team_id}

    def last_learnt(self, scope: str, name: str, team_id: int) -> datetime | None:
        """When this name was last learnt to be this team, for `explain`."""
        lessons = self._by_name.get(("team", scope, name), ())
        return max((lesson.learnt_at for lesson in lessons if lesson.target_id == team_id), default=None)
