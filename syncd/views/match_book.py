"""The names of the matches that people look for, kept in memory and up to date with the catalogue."""

import asyncio
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

import msgspec

from syncd.linking.link_details import GAME_OVER_AFTER
from syncd.matching.spelling import normalize
from syncd.model.bettune import Match
from syncd.runtime.clock import Clock
from syncd.store import bets
from syncd.store.bets import StoredMatch
from syncd.store.connection import AsyncConnection
from syncd.store.rows import in_chunks

LATE_COMMIT = timedelta(seconds=5)
"""A transaction may be committed so long after the moment that its rows carry."""

READ_ALL_EVERY = timedelta(minutes=10)
"""All is read again so often: what was committed later still, and kick-offs of clocks that were set."""


class MatchNames(msgspec.Struct, frozen=True, gc=False):
    """A match by its names."""

    id: int
    title: str
    """`Home v Away`."""
    league: str
    """The country and the tournament, by BetTune's names."""
    kickoff: datetime
    """By BetTune."""
    listed: bool
    """False once BetTune's list of its day no longer names it."""
    words: str
    """Teams and league as the search compares them: lower-case ASCII, each word behind a space."""

    def has(self, words: Iterable[str]) -> bool:
        """Return whether a word of teams or league begins with each of these."""
        return all(f" {word}" in self.words for word in words)


def search_words(text: str) -> tuple[str, ...]:
    """Return the words of a search in the spelling in which `MatchNames` has them."""
    return tuple(normalize(text).split())


def league_words(league: str) -> str:
    """Return a league's name as two spellings of it are compared."""
    return normalize(league)


class MatchBook(Mapping[int, MatchNames]):
    """Matches by id: those that are not over for longer than `past`, and further ones that were asked for."""

    def __init__(self, clock: Clock, past: timedelta = GAME_OVER_AFTER) -> None:
        self._clock = clock
        self._past = past
        self._known: dict[int, MatchNames] = {}
        self._unknown: set[int] = set()
        self._read_at: datetime | None = None
        self._all_read_at: datetime | None = None

    def __getitem__(self, match_id: int) -> MatchNames:
        return self._known[match_id]

    def __iter__(self) -> Iterator[int]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def copy(self) -> dict[int, MatchNames]:
        """Return all of them as they are now."""
        return self._known.copy()

    async def refresh(self, conn: AsyncConnection, also: Collection[int] = ()) -> None:
        """Read what has changed since the last time, and the matches `also` that are not known yet."""
        now = self._clock.now()
        if self._all_read_at is None or abs(now - self._all_read_at) >= READ_ALL_EVERY:
            self._known, self._unknown, self._all_read_at, self._read_at = {}, set(), now, None
        since = None if self._read_at is None else self._read_at - LATE_COMMIT
        await self._keep(await bets.matches_from(conn, now - self._past, since))
        self._read_at = now
        missing = {each for each in also if each not in self._known} - self._unknown
        await self._keep(await bets.matches_by_id(conn, missing))
        self._unknown |= missing - self._known.keys()

    def coming(self, until: datetime) -> list[MatchNames]:
        """Return the listed matches that are not over and kick off before this moment."""
        since = self._clock.now() - GAME_OVER_AFTER
        return [each for each in self._known.values() if each.listed and since <= each.kickoff < until]

    async def _keep(self, found: Iterable[StoredMatch]) -> None:
        for chunk in in_chunks(found):
            for match, listed in chunk:
                names = _by_names(match, listed=listed)
                if self._known.get(match.id) != names:  # the same object: entries with it are kept
                    self._known[match.id] = names
            await asyncio.sleep(0)


async def names_by_id(conn: AsyncConnection, ids: Collection[int]) -> dict[int, MatchNames]:
    """Load the names of these matches, without a book."""
    return {
        each.match.id: _by_names(each.match, listed=each.listed)
        for each in await bets.matches_by_id(conn, ids)
    }


def _by_names(match: Match, *, listed: bool) -> MatchNames:
    league = f"{match.country.name} · {match.tournament.name}"
    words = normalize(f"{match.home.name} {match.away.name} {league}")
    return MatchNames(match.id, match.title, league, match.date, listed, " " + words)
