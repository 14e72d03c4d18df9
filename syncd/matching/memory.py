"""What links taught: which BetTune team stands behind a name, which tournament behind a league.

Each lesson keeps the event that taught it, so undoing an event's lessons undoes all that it taught. Lessons fade:
clubs are renamed and leagues reshuffled.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal

import msgspec

LessonKind = Literal["team", "league", "hint"]

_HALF_LIFE_S = 300 * 86_400.0
_CONFIRMED_WORTH = 3.0


class Lesson(msgspec.Struct, frozen=True, kw_only=True):
    """One row of memory. `scope` is country and squad for a team, country for a league; `name` is in plain words."""

    kind: LessonKind
    scope: str
    name: str
    target_id: int
    event_id: int
    confirmed: bool
    learnt_at: datetime


class Memory:
    """All lessons, by name and by target."""

    def __init__(self) -> None:
        self._by_event: dict[int, list[Lesson]] = {}
        self._by_name: defaultdict[tuple[str, str, str], list[Lesson]] = defaultdict(list)
        self._names: defaultdict[tuple[str, str, int], set[str]] = defaultdict(set)

    def learn(self, lessons: Iterable[Lesson]) -> set[str]:
        """Take lessons in (those of an event replace what it taught before); returns the scopes that changed."""
        taught: defaultdict[int, list[Lesson]] = defaultdict(list)
        for lesson in lessons:
            taught[lesson.event_id].append(lesson)
        changed = set[str]()
        for event_id, new in taught.items():
            if self._by_event.get(event_id) != new:
                changed |= self.forget([event_id])
                changed |= self._keep(event_id, new)
        return changed

    def _keep(self, event_id: int, lessons: list[Lesson]) -> set[str]:
        self._by_event[event_id] = lessons
        for lesson in lessons:
            self._by_name[lesson.kind, lesson.scope, lesson.name].append(lesson)
            self._names[lesson.kind, lesson.scope, lesson.target_id].add(lesson.name)
        return {lesson.scope for lesson in lessons}

    def forget(self, event_ids: Iterable[int]) -> set[str]:
        """Drop all that these events taught; returns the scopes that changed."""
        changed = set[str]()
        for event_id in event_ids:
            for lesson in self._by_event.pop(event_id, ()):
                changed.add(lesson.scope)
                self._drop(lesson)
        return changed

    def _drop(self, lesson: Lesson) -> None:
        kept = self._by_name[lesson.kind, lesson.scope, lesson.name]
        kept.remove(lesson)
        if not kept:
            del self._by_name[lesson.kind, lesson.scope, lesson.name]
        if all(other.target_id != lesson.target_id for other in kept):
            names = self._names[lesson.kind, lesson.scope, lesson.target_id]
            names.discard(lesson.name)
            if not names:
                del self._names[lesson.kind, lesson.scope, lesson.target_id]

    def targets(self, kind: LessonKind, scope: str, name: str, *, at: float) -> dict[int, float]:
        """The ids this name stood for, each with the worth of its lessons at that time (epoch seconds)."""
        worth: dict[int, float] = {}
        for lesson in self._by_name.get((kind, scope, name), ()):
            age = max(0.0, at - lesson.learnt_at.timestamp())
            one = (_CONFIRMED_WORTH if lesson.confirmed else 1.0) * 0.5 ** (age / _HALF_LIFE_S)
            worth[lesson.target_id] = worth.get(lesson.target_id, 0.0) + one
        return worth

    def hints(self, scope: str, name: str) -> dict[int, set[int]]:
        """The ids that stood in this name's place, each with the events where they did."""
        found: dict[int, set[int]] = {}
        for lesson in self._by_name.get(("hint", scope, name), ()):
            found.setdefault(lesson.target_id, set()).add(lesson.event_id)
        return found

    def names(self, kind: LessonKind, scope: str, target_id: int) -> frozenset[str]:
        """The names under which this id was seen."""
        return frozenset(self._names.get((kind, scope, target_id), ()))

    def last_learnt(self, kind: LessonKind, scope: str, name: str, target_id: int) -> datetime | None:
        """When this was last taught, for `explain`."""
        days = [x.learnt_at for x in self._by_name.get((kind, scope, name), ()) if x.target_id == target_id]
        return max(days, default=None)

    def of_event(self, event_id: int) -> Sequence[Lesson]:
        """What this event taught."""
        return tuple(self._by_event.get(event_id, ()))
