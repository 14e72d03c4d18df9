"""What a link teaches."""

from datetime import UTC, datetime

from syncd.matching.cards import Game, Team
from syncd.matching.company import team_scope
from syncd.matching.memory import Lesson, LessonKind
from syncd.model.link import Link, LinkState


def lessons(link: Link, event: Game, match: Game, stranger: tuple[Team, Team] | None) -> tuple[Lesson, ...]:
    """What a link teaches as of the event's kick-off.

    A link that carries predictions teaches both teams and the league. One that waits for review because one
    side's names tell nothing (`stranger`) is noted as a coincidence: the second one is none any more.
    """
    country = event.competition.country
    known: list[tuple[LessonKind, str, str, int]] = []
    if link.state.carries_predictions:
        known += [
            ("team", team_scope(country, ours), ours.label, theirs.id) for ours, theirs in event.sides(match)
        ]
        known.append(("league", country, event.competition.name, match.tournament_id))
    elif stranger:
        ours, theirs = stranger
        known.append(("hint", team_scope(country, ours), ours.label, theirs.id))
    return tuple(
        Lesson(
            kind=kind,
            scope=scope,
            name=name,
            target_id=target,
            event_id=link.event_id,
            confirmed=link.state is LinkState.CONFIRMED,
            learnt_at=link.decided_at or datetime.fromtimestamp(event.kickoff, UTC),
        )
        for kind, scope, name, target in known
    )
