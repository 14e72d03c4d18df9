"""Finds the filter and the match that a user means: by an id, or by any way in which syncd writes a name."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from syncd.config.rules import matches_glob
from syncd.model.bettune import Filter, Match, Pair
from syncd.store import catalogue, events, links
from syncd.store.connection import AsyncConnection
from syncd.store.schema import HIGHEST_ID
from syncd.views.formatting import moment, short_moment

SEARCHED_PAST: Final = timedelta(hours=6)
SEARCHED_AHEAD: Final = timedelta(days=32)
"""A team's name is looked up among the matches from `SEARCHED_PAST` ago to `SEARCHED_AHEAD` from now."""

MAX_NAMED: Final = 8
"""Matches or filters that a message lists."""

ID: Final = re.compile(r"\b(id|match|event) (\d+)\b", re.IGNORECASE)
"""An id as messages have it: `Home v Away (event 7, England - FA Cup)`."""

BETWEEN: Final = re.compile(r" (?:v|vs\.?|-|–) ", re.IGNORECASE)
"""Words and signs that may stand between the two teams."""

KICKOFF: Final = re.compile(r"(?:\b[A-Z][a-z]{2} )?\b(\d{2} [A-Z][a-z]{2} \d{2}:\d{2})\b(?: UTC)?")
"""A kick-off as `moment` and `short_moment` write it."""

Teams = tuple[str, str]


class UnknownError(Exception):
    """The filter or match is not known; the message says what to do."""


async def find_pair(conn: AsyncConnection, filter_text: str, match_text: str, now: datetime) -> Pair:
    """Find the ids of a filter and a match. Raises `UnknownError`."""
    found = await find_filter(conn, await catalogue.listed_filters(conn), filter_text)
    return Pair(found.id, (await find_match(conn, match_text, now)).id)


async def find_filter(conn: AsyncConnection, listed: Mapping[int, Filter], text: str) -> Filter:
    """Find a filter by its id, its name or a glob on it. Raises `UnknownError`."""
    if text.isdecimal():
        filter_id = _id(text)
        found = listed.get(filter_id) or (await catalogue.filters_by_id(conn, [filter_id])).get(filter_id)
        if found:
            return found
    named = [each for each in listed.values() if matches_glob(each.name, text)]
    if len(named) == 1:
        return named[0]
    if named:
        raise UnknownError(
            f"several filters are called {text!r}: {_listed_filters(named)}; name one by its id"
        )
    if not listed:
        raise UnknownError("no filter is known yet; `syncd plan` reads BetTune's list")
    raise UnknownError(f"filter {text!r} is not known; BetTune lists {_listed_filters(listed.values())}")


async def find_match(conn: AsyncConnection, text: str, now: datetime) -> Match:
    """Find a match by its id, that of its event, its teams by either service's names, or a part of them.

    A kick-off in the text, as syncd writes it, chooses among several. Raises `UnknownError`.
    """
    written = ID.search(text)
    if text.isdecimal() or written:
        kind, number = (written[1].casefold(), written[2]) if written else ("id", text)
        return await _match_of_id(conn, kind, _id(number), text)
    coming = await catalogue.matches_between(conn, now - SEARCHED_PAST, now + SEARCHED_AHEAD)
    named = _named(text, {each.id: [(each.home.name, each.away.name)] for each in coming.values()}, coming)
    if not named:
        named = _named(text, await _event_names(conn, coming), coming)
    if len(named) == 1:
        return named[0]
    if not named:
        raise UnknownError(
            f"no coming match has {text!r} in its teams' names; `syncd matches` lists the linked ones"
        )
    shown = [f"{each.id} ({each.title}, {moment(each.date)} UTC)" for each in named[:MAX_NAMED]]
    raise UnknownError(
        f"{len(named)} matches have {text!r} in their teams' names: {'; '.join(shown)}; name one by its id"
    )


async def _match_of_id(conn: AsyncConnection, kind: str, number: int, text: str) -> Match:
    found = None
    if kind != "event":
        found = (await catalogue.matches_by_id(conn, [number])).get(number)
    if found is None and kind != "match":
        link = (await links.load_for_events(conn, [number])).get(number)
        ids = [link.match_id] if link else []
        found = next(iter((await catalogue.matches_by_id(conn, ids)).values()), None)
    if found is None:
        raise UnknownError(
            f"match {text} is not known: BetTune does not list it for today or the days of the horizon"
        )
    return found


async def _event_names(conn: AsyncConnection, coming: Collection[int]) -> dict[int, list[Teams]]:
    """Return Pinnacle's names of the teams by match."""
    linked = await links.load_for_matches(conn, coming)
    known = await events.load_ids(conn, list(linked))
    names: dict[int, list[Teams]] = {}
    for event_id, state in known.items():
        names.setdefault(linked[event_id].match_id, []).append((state.event.home, state.event.away))
    return names


def _named(text: str, names: Mapping[int, Iterable[Teams]], coming: Mapping[int, Match]) -> list[Match]:
    """Return the matches that the text names: exactly if any, else those whose names contain it."""
    kickoff = KICKOFF.search(text)
    bare = " ".join(KICKOFF.sub(" ", text).split()).strip(" ,()").casefold()
    for is_meant in (_is_exactly, _contains):
        for wanted in _readings(bare):
            found = [
                coming[each]
                for each, known in names.items()
                if any(is_meant(teams, wanted) for teams in known)
            ]
            at_that_time = [each for each in found if kickoff and short_moment(each.date) == kickoff[1]]
            if found:
                return at_that_time or found
    return []


def _readings(text: str) -> Iterator[tuple[str, ...]]:
    """Yield what the text may mean: one team or a part of a title, or two teams."""
    yield (text,)
    for between in BETWEEN.finditer(text):
        yield text[: between.start()], text[between.end() :]


def _is_exactly(teams: Teams, wanted: tuple[str, ...]) -> bool:
    return tuple(map(str.casefold, teams)) == wanted


def _contains(teams: Teams, wanted: tuple[str, ...]) -> bool:
    home, away = map(str.casefold, teams)
    if len(wanted) == 1:
        return wanted[0] in f"{home} v {away}"
    return wanted[0] in home and wanted[1] in away


def _id(text: str) -> int:
    """Read an id; 0, which no id is, if the number is too large."""
    # Python refuses to read a number of thousands of digits.
    number = int(text[:20])
    return number if number <= HIGHEST_ID else 0


def _listed_filters(filters: Collection[Filter]) -> str:
    shown = [f"{each.id} ({each.name})" for each in filters]
    more = f" and {len(shown) - MAX_NAMED} more" if len(shown) > MAX_NAMED else ""
    return ", ".join(shown[:MAX_NAMED]) + more
