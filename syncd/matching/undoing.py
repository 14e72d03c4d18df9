"""What rests on a mistake: lessons that came of it, and would keep each other up once it is gone.

A wrong link teaches a name; the name makes other links, and those teach it again. Taking back only what the
wrong link taught would leave its pupils as each other's witnesses.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable

from syncd.matching.memory import Lesson

_Taught = tuple[str, str, int]


def resting_on(mistaken: Collection[Lesson], known: Iterable[Lesson]) -> set[int]:
    """The other events that teach what these mistaken lessons taught, or what came of that in turn.

    What a person said, or what was known before the mistake, does not rest on it, and holds up whatever else
    says the same. Only names of teams are followed: a league has too many other witnesses.
    """
    if not mistaken:
        return set()
    since = min(lesson.learnt_at for lesson in mistaken)
    witnesses = defaultdict[_Taught, list[Lesson]](list)
    pupils = defaultdict[int, set[_Taught]](set)
    for lesson in filter(_of_a_team, known):
        witnesses[_taught(lesson)].append(lesson)
        pupils[lesson.event_id].add(_taught(lesson))
    undone = {lesson.event_id for lesson in mistaken}
    causes, doubted = set(undone), {_taught(lesson) for lesson in filter(_of_a_team, mistaken)}
    while doubted:
        others = [lesson for lesson in witnesses.pop(doubted.pop(), ()) if lesson.event_id not in causes]
        if any(lesson.confirmed or lesson.learnt_at < since for lesson in others):
            continue
        fallen = {lesson.event_id for lesson in others} - undone
        undone |= fallen
        doubted |= {each for event_id in fallen for each in pupils[event_id]}
    return undone - causes


def _of_a_team(lesson: Lesson) -> bool:
    return lesson.kind != "league"


def _taught(lesson: Lesson) -> _Taught:
    return lesson.scope, lesson.name, lesson.target_id
