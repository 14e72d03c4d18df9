"""Learns from finished games that were never linked: their results show which are one game."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from syncd.linking.inputs import fixture_of
from syncd.matching import unlinkable
from syncd.matching.aliases import Aliases
from syncd.matching.knowledge import shipped_with
from syncd.matching.lesson import Lesson
from syncd.matching.records import Record, RecordBuilder
from syncd.matching.results import Score
from syncd.matching.unlinked_results import KnownNames, UnlinkedGame, coincidences, hints_of, promoted
from syncd.model.bettune import Match
from syncd.model.feed import EventState
from syncd.store import catalogue, events, lessons, links, verifications
from syncd.store.connection import AsyncConnection

SETTLED_FOR = timedelta(hours=3)
"""Results that are younger may still be corrected, or be missing in one list."""


class UnlinkedGames:
    """Compares the results of games that carried no link, and writes what they teach."""

    def __init__(self, aliases: Aliases, sports: Collection[int]) -> None:
        self._aliases = aliases
        self._sports = sports

    async def learn(
        self, conn: AsyncConnection, since: datetime, now: datetime
    ) -> dict[int, tuple[Lesson, ...]]:
        """Write what games since then teach; return the lessons of each event that has others now."""
        found = await self._hints(conn, since, now)
        changed = await _changed(conn, found)
        await _replace(conn, changed)
        grown = await self._promote(conn)
        await _replace(conn, grown)
        return changed | grown

    async def _hints(
        self, conn: AsyncConnection, since: datetime, now: datetime
    ) -> dict[int, tuple[Lesson, ...]]:
        at_pinnacle = await self._unlinked_events(conn, since, now)
        at_bettune = await self._unlinked_matches(conn, since, now)
        if not at_pinnacle or not at_bettune:
            return {}
        records = RecordBuilder(shipped_with(self._aliases.names))
        one = [
            UnlinkedGame(records.of_event(fixture_of(state, has_prices=False)), score)
            for state, score in at_pinnacle
        ]
        other = [UnlinkedGame(records.of_match(match), score) for match, score in at_bettune]
        known = KnownNames(await lessons.load_about(conn, _names(one), _team_ids(other)))
        joined = await lessons.count_league_links(conn)
        found: dict[int, tuple[Lesson, ...]] = {}
        for country, games in _by_country(one).items():
            there = [game for game in other if game.record.competition.country == country]
            for each in coincidences(games, there, joined, known):
                found[each.event.id] = hints_of(each)
        return found

    async def _unlinked_events(
        self, conn: AsyncConnection, since: datetime, now: datetime
    ) -> list[tuple[EventState, Score]]:
        ids = await verifications.load_settled_unlinked(conn, since, now - SETTLED_FOR)
        states = await events.load_ids(conn, ids)
        results = await verifications.load_pinnacle_results(conn, ids)
        return [
            (state, score)
            for event_id, state in states.items()
            if state.event.sport_id in self._sports
            and not unlinkable.reason(state.event, state.league.name)
            and (score := results[event_id].score) is not None
        ]

    async def _unlinked_matches(
        self, conn: AsyncConnection, since: datetime, now: datetime
    ) -> list[tuple[Match, Score]]:
        found = await catalogue.matches_between(conn, since, now - SETTLED_FOR)
        linked = {
            link.match_id
            for link in (await links.load_for_matches(conn, found.keys())).values()
            if link.state.carries_predictions
        } | await verifications.load_carried_matches(conn, since)
        return [
            (match, Score(match.home_score, match.away_score))
            for match in found.values()
            if match.finished
            and match.id not in linked
            and match.home_score is not None
            and match.away_score is not None
        ]

    async def _promote(self, conn: AsyncConnection) -> dict[int, tuple[Lesson, ...]]:
        """Make teams of hints that results have established, unless results of another game contradict."""
        hints = await lessons.load_proven_hints(conn)
        about = await lessons.load_about(
            conn, {hint.name for hint in hints}, {hint.target_id for hint in hints}
        )
        known = KnownNames(about)
        grown = [
            lesson
            for lesson in promoted(hints)
            if not known.contradict((lesson.scope, lesson.name, lesson.target_id))
        ]
        before = await lessons.load_for_events(conn, {lesson.event_id for lesson in grown})
        claims = {(each.scope, each.name, each.target_id) for each in grown}
        return {
            event_id: tuple(
                next((new for new in grown if new.event_id == event_id and _same_claim(new, each)), each)
                if each.kind in ("hint", "seen") and (each.scope, each.name, each.target_id) in claims
                else each
                for each in known_lessons
            )
            for event_id, known_lessons in before.items()
        }


async def _changed(
    conn: AsyncConnection, found: Mapping[int, tuple[Lesson, ...]]
) -> dict[int, tuple[Lesson, ...]]:
    """Return what is new. What was promoted stays, and refuted is only what was a hint before."""
    stored = await lessons.load_for_events(conn, found.keys())
    hinted = await lessons.load_hinted_claims(conn)
    return {
        event_id: taught
        for event_id, taught in found.items()
        if event_id not in stored
        and (
            taught[0].kind != "refuted"
            or any((each.scope, each.name, each.target_id) in hinted for each in taught)
        )
    }


async def _replace(conn: AsyncConnection, taught: Mapping[int, tuple[Lesson, ...]]) -> None:
    if taught:
        await lessons.replace(conn, [lesson for each in taught.values() for lesson in each])


def _same_claim(one: Lesson, other: Lesson) -> bool:
    return (one.scope, one.name, one.target_id) == (other.scope, other.name, other.target_id)


def _by_country(games: Iterable[UnlinkedGame]) -> dict[str, list[UnlinkedGame]]:
    found: defaultdict[str, list[UnlinkedGame]] = defaultdict(list)
    for game in games:
        found[game.record.competition.country].append(game)
    return found


def _sides(games: Iterable[UnlinkedGame]) -> Iterable[Record]:
    return (game.record for game in games)


def _names(games: Iterable[UnlinkedGame]) -> set[str]:
    return {team.lesson_name for record in _sides(games) for team in (record.home, record.away)}


def _team_ids(games: Iterable[UnlinkedGame]) -> set[int]:
    return {team.id for record in _sides(games) for team in (record.home, record.away)}
