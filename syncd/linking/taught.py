"""What each event taught, as the store has it: since when, and what would fall with it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain

from msgspec.structs import replace

from syncd.matching.memory import Lesson
from syncd.matching.undoing import resting_on


class Taught:
    """The lessons of all events."""

    def __init__(self, lessons: Iterable[Lesson] = ()) -> None:
        self._by_event: defaultdict[int, tuple[Lesson, ...]] = defaultdict(tuple)
        for lesson in lessons:
            self._by_event[lesson.event_id] += (lesson,)

    def __contains__(self, event_id: int) -> bool:
        return bool(self._by_event.get(event_id))

    def missing(self, teachers: set[int]) -> set[int]:
        """Events whose lessons are gone from the store, where only these teach: a person took them back."""
        return self._by_event.keys() - teachers

    def drop(self, event_ids: Iterable[int]) -> None:
        """These teach nothing any more."""
        for event_id in event_ids:
            self._by_event.pop(event_id, None)

    def dated(self, event_id: int, lessons: Sequence[Lesson]) -> tuple[Lesson, ...]:
        """What an event teaches now; a lesson keeps the time at which the event first taught it."""
        before = self._by_event.get(event_id, ())
        return tuple(next((old for old in before if _same(old, lesson)), lesson) for lesson in lessons)

    def put(self, event_id: int, lessons: Sequence[Lesson]) -> None:
        """What an event teaches, in place of what it taught."""
        self._by_event.pop(event_id, None)
        if lessons:
            self._by_event[event_id] = tuple(lessons)

    def lost(self, event_id: int, lessons: Sequence[Lesson]) -> list[Lesson]:
        """What an event taught, and would not with these lessons."""
        return [
            old
            for old in self._by_event.get(event_id, ())
            if not any(_same(replace(old, confirmed=lesson.confirmed), lesson) for lesson in lessons)
        ]

    def resting_on(self, mistaken: Sequence[Lesson]) -> set[int]:
        """The other events whose lessons fall with these."""
        return resting_on(mistaken, chain.from_iterable(self._by_event.values()))


def _same(old: Lesson, lesson: Lesson) -> bool:
    return replace(old, learnt_at=lesson.learnt_at) == lesson
