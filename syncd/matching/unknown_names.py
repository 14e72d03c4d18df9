"""Search for team names that share nothing with any other of their time: a translation may help."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator

from syncd.matching.competitions import INTERNATIONAL, competition_weight
from syncd.matching.name_evidence import NameEvidence
from syncd.matching.name_index import NameIndex
from syncd.matching.parameters import HOURS_APART_S
from syncd.matching.records import Record, Team
from syncd.matching.translated_names import UnknownName


def unknown_names(
    events: Iterable[Record],
    matches: Collection[Record],
    names: NameIndex,
    knows: Callable[[Team], bool],
) -> Iterator[UnknownName]:
    """Yield the names of these events, which have no link, that no name of a match of their time resembles.

    `matches` are those of the country without a link: an event that is none of them needs no name. `knows`
    says whether lessons know a team. Of what crosses borders nothing is said: a nation's name is known.
    """
    schedule = sorted(matches, key=_kickoff)
    for event in events:
        start = bisect_left(schedule, event.kickoff - HOURS_APART_S, key=_kickoff)
        end = bisect_right(schedule, event.kickoff + HOURS_APART_S, key=_kickoff)
        near = [match for match in schedule[start:end] if _may_be(event, match, names)]
        if not near or event.competition.country == INTERNATIONAL:
            continue
        others = {team.name.text: team for match in near for team in (match.home, match.away)}.values()
        for team in (event.home, event.away):
            if not knows(team) and not any(names.evidence(team, other).shared for other in others):
                country = event.competition.country
                yield UnknownName(country=country, name=team.name.text, kickoff=event.kickoff)


def _kickoff(record: Record) -> float:
    return record.kickoff


def _may_be(event: Record, match: Record, names: NameIndex) -> bool:
    """Return whether squads, competitions and the table of clubs leave it open that the two are one game."""
    return (
        event.home.squad == match.home.squad
        and event.away.squad == match.away.squad
        and competition_weight(event.competition, match.competition) >= 0
        and not any(_are_two_clubs(names.evidence(*sides)) for sides in event.sides(match))
    )


def _are_two_clubs(found: NameEvidence) -> bool:
    return bool(found.table) and not found.shared
