"""Links whose game is over: kept with the names of both sides until both results are known."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from syncd.linking.inputs import fixture_of
from syncd.matching.aliases import Aliases
from syncd.matching.assignment import is_by_elimination
from syncd.matching.comparison import Comparer, Comparison
from syncd.matching.lesson import Lesson
from syncd.matching.result_parameters import MIN_ALIKE_SIMILARITY, MIN_ALIKE_WEIGHT
from syncd.matching.results import Because, FinishedLink, Verdict, VerdictKind
from syncd.model.bettune import Match
from syncd.model.feed import EventState, Gone
from syncd.model.link import Link, LinkState
from syncd.store import catalogue, events, lessons, links, verifications
from syncd.store.connection import AsyncConnection
from syncd.store.verifications import Verification

OVER = (Gone.SETTLED, Gone.CANCELLED, Gone.IN_PLAY)
"""Events that are gone for one of these reasons have begun, whatever their kick-off says."""

NOT_JUDGED = Verdict(kind=VerdictKind.WAITING, because=Because.NOT_SETTLED)


class FinishedLinks:
    """Keeps links for which the linker has no more use; a link that is made again is not over."""

    def __init__(self, aliases: Aliases) -> None:
        self._aliases = aliases

    async def keep(
        self, conn: AsyncConnection, event_ids: Collection[int], since: datetime, now: datetime
    ) -> None:
        """Keep the links of these events whose games began after `since`, before their rows are deleted.

        A link that was kept before keeps its verdict: a confirmed one is given up at each start again.
        """
        found = await links.load_for_events(conn, event_ids)
        if not found:
            return
        states = await events.load_ids(conn, found.keys())
        listed = await catalogue.matches_by_id(conn, {link.match_id for link in found.values()})
        known = await verifications.load_ids(conn, found.keys())
        taught = await lessons.load_for_events(conn, found.keys())
        over = [
            self._finished(link, states[event_id], listed[link.match_id], taught.get(event_id, ()))
            for event_id, link in found.items()
            if event_id in states
            and link.match_id in listed
            and states[event_id].event.starts >= since
            and is_over(states[event_id], now)
        ]
        await verifications.save(
            conn,
            [
                Verification(link=link, verdict=NOT_JUDGED, judged_at=now)
                for link in over
                if not _is_same(known.get(link.event_id), link)
            ],
        )

    def _finished(
        self, link: Link, state: EventState, match: Match, taught: Iterable[Lesson]
    ) -> FinishedLink:
        comparison = Comparer([fixture_of(state, has_prices=True)], [match], aliases=self._aliases).compare(
            state.event.id, match.id
        )
        unlike = tuple(_unlike(link, match, comparison))
        return FinishedLink(
            event_id=link.event_id,
            match_id=link.match_id,
            kickoff=state.event.starts,
            state=link.state,
            confidence=link.confidence,
            home=state.event.home,
            away=state.event.away,
            league=state.league.name,
            match_home=match.home.name,
            match_away=match.away.name,
            tournament=match.tournament.name,
            cup=comparison.extra_time and not comparison.countries,
            swapped=comparison.swapped,
            alike=not comparison.swapped and not unlike,
            unlike=unlike,
            eliminated=is_by_elimination(link),
            taught=tuple(taught),
        )


def _unlike(link: Link, match: Match, comparison: Comparison) -> Iterator[int]:
    """Yield the ids of teams whose names agree neither by themselves nor by the evidence of the link."""
    knows = link.state is LinkState.AUTO and not is_by_elimination(link)
    weights = {piece.kind: piece.weight for piece in link.evidence} if knows else {}
    for side, team, similarity in (
        ("home", match.home, comparison.home),
        ("away", match.away, comparison.away),
    ):
        if similarity < MIN_ALIKE_SIMILARITY and weights.get(side, 0.0) < MIN_ALIKE_WEIGHT:
            yield team.id


def is_over(state: EventState, now: datetime) -> bool:
    """Return whether the game of an event has begun, so that no more prices follow its link."""
    return state.event.starts <= now or state.gone_because in OVER


def _is_same(known: Verification | None, link: FinishedLink) -> bool:
    return known is not None and (known.link.match_id, known.link.kickoff) == (link.match_id, link.kickoff)
