"""Rounds of a league as text, a game a line, and what the linker must make of each.

    = Pinnacle's home - away | BetTune's home - away      must be linked
    ? Pinnacle's home - away | BetTune's home - away      must wait
    < home - away                                         only Pinnacle lists it
    > home - away                                         only BetTune lists it

A side may end with `@+5h`: it kicks off so much later than the others.
"""

import re
from collections.abc import Iterable
from datetime import timedelta

from tests.matching.games import SATURDAY, automatic, fixture, linked, match

_GAME = re.compile(r"(.+?) - (.+?)(?: @([+-]\d+)h)?")


def surprises(league: str, tournament: str, lines: Iterable[str]) -> list[str]:
    """Return the lines that came out otherwise; the league begins with the country of both."""
    fixtures, matches, expected = [], [], {}
    country = league.partition(" - ")[0]
    written = list(lines)
    for number, line in enumerate(written, 1):
        kind, (event, _, game) = line[0], line[2:].partition(" | ")
        if kind in "=?<":
            fixtures.append(_fixture(number, event.strip(), league))
        if kind in "=?>":
            matches.append(_match(1000 + number, game.strip() or event.strip(), country, tournament))
        expected[number] = 1000 + number if kind == "=" else None
    found = automatic(linked(fixtures, matches))
    return [written[number - 1] for number, match_id in expected.items() if found.get(number) != match_id]


def _fixture(number: int, text: str, league: str):
    home, away, at = _read(text)
    return fixture(number, home, away, league=league, at=at)


def _match(number: int, text: str, country: str, tournament: str):
    home, away, at = _read(text)
    return match(number, home, away, country=country, tournament=tournament, at=at)


def _read(text: str):
    read = _GAME.fullmatch(text)
    assert read, text
    home, away, hours = read.groups()
    return home, away, SATURDAY + timedelta(hours=int(hours or 0))
