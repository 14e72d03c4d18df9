"""The names that both services list now, for checks of a user's own tables."""

from collections.abc import Collection
from datetime import timedelta

from syncd.matching.alias_check import ListedNames
from syncd.matching.spelling import normalize
from syncd.model.horizon import horizon
from syncd.store import catalogue, events
from syncd.store.engine import Store


async def listed_names(store: Store, sports: Collection[int], ahead: timedelta) -> ListedNames | None:
    """Load the names of all teams and leagues that are listed; None unless both lists are there."""
    days = horizon(store.clock.now(), ahead)
    async with store.read() as conn:
        found = (await events.load(conn, sports)).values()
        matches = (await catalogue.matches_between(conn, days.start, days.end)).values()
    if not found or not matches:
        return None
    teams = [team for match in matches for team in (match.home, match.away)]
    tournaments = [match.tournament for match in matches]
    return ListedNames(
        pinnacle={
            "teams": {normalize(name) for each in found for name in (each.event.home, each.event.away)},
            "leagues": {normalize(each.league.name) for each in found},
        },
        bettune={
            "teams": {*(normalize(team.name) for team in teams), *(team.id for team in teams)},
            "leagues": {*(normalize(each.name) for each in tournaments), *(each.id for each in tournaments)},
        },
    )
