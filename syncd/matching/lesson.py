"""A lesson of the linker's memory, as it is stored."""

from datetime import datetime
from typing import Literal

import msgspec

LessonKind = Literal["team", "league", "hint", "seen", "refuted"]


class Lesson(msgspec.Struct, frozen=True, kw_only=True):
    """One row of memory: `name` (normalised) stood for `target_id`.

    `scope` is country and squad for a team, country for a league. A `hint` is like `team`, but from a link
    that waits for review: a coincidence, which counts once another event has shown it too. A `refuted` lesson
    says the opposite of a `team`: the results of their game differed. A `seen` lesson counts for nothing
    until several games have shown it: two unknown names in each other's place, with the same result.
    """

    kind: LessonKind
    scope: str
    name: str
    target_id: int
    event_id: int
    confirmed: bool
    learnt_at: datetime
    proven: float = 0.0
    """The weight (nats) of the agreed results of the event's game; 0 if they have not been compared."""
