"""The lessons of a link once the results of its game are known."""

from datetime import datetime

from msgspec.structs import replace

from syncd.matching.lesson import Lesson
from syncd.matching.results import FinishedLink, Verdict, VerdictKind


def lessons_after(link: FinishedLink, verdict: Verdict, judged_at: datetime) -> tuple[Lesson, ...]:
    """Return what the link's event teaches after this verdict, in place of all that it taught.

    Agreed results prove each lesson. Results that differ take all of them back: from then on each of the two
    names is refuted as the team in its place; only one of them, if the names of the other side agree by
    themselves. Without a verdict the link teaches what it taught before.
    """
    match verdict.kind:
        case VerdictKind.AGREED:
            return tuple(replace(lesson, proven=verdict.weight) for lesson in link.taught)
        case VerdictKind.DIFFERS:
            # A judgement of now contradicts a decision that a user made before the game.
            return tuple(
                replace(lesson, kind="refuted", confirmed=False, learnt_at=judged_at, proven=0.0)
                for lesson in link.taught
                if lesson.kind != "league" and (not link.unlike or lesson.target_id in link.unlike)
            )
        case _:
            return link.taught
