"""Normal forms of contestants' names, so that one line of a config serves every match.

Pinnacle calls contestants by the teams ("Arsenal or Draw", "Arsenal - Draw", "Arsenal 2, Chelsea 1"); a
selection says `1X`, `Home/Draw`, `2-1`. Both are normalised here to the same text. A name that can be read in
two ways has two readings, and the caller refuses it: a guess would put the price of one bet on another.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import chain
from typing import Final, NamedTuple

from syncd.pricing.selection import CORRECT_SCORE, DOUBLE_CHANCE, DRAW_NO_BET, HALF_TIME_FULL_TIME

_SAME_CHARACTER: Final = str.maketrans(dict.fromkeys("‐‑‒–—−", "-") | dict.fromkeys("´`‘’", "'"))

_SIDE_WORDS: Final = {
    "home": ("home", "1", "home team"),
    "draw": ("draw", "x", "tie", "the draw"),
    "away": ("away", "2", "away team"),
}
_COMMON_NAMES: Final = frozenset(
    chain(*_SIDE_WORDS.values(), ("yes", "no", "over", "under", "odd", "even", "none", "neither", "no goal"))
)
"""If a team has such a name, a contestant of that name is ambiguous."""

_PAIRINGS: Final = {
    frozenset({"home", "draw"}): "1X",
    frozenset({"home", "away"}): "12",
    frozenset({"draw", "away"}): "X2",
}
_SHORT_PAIRINGS: Final = {"1x": "1X", "x1": "1X", "12": "12", "21": "12", "x2": "X2", "2x": "X2"}

_HALF: Final = re.compile(r"(.+?) (1st|2nd) half", re.DOTALL)


class Teams(NamedTuple):
    """The two teams of the match, by Pinnacle's names."""

    home: str
    away: str


@lru_cache(maxsize=65536)  # each pricing pass reads the same names of the same matches
def readings(name: str, *, special: str, teams: Teams) -> frozenset[str]:
    """The meanings that a contestant of this special may have, in normal form; one unless it is ambiguous."""
    read = _READERS.get(_without_half(normalised(special)))
    text, sides = normalised(name), _Sides(teams)
    found = frozenset(read(text, sides)) if read else frozenset()
    return found or sides.replaced(text)


@lru_cache(maxsize=65536)
def special_keys(name: str, period: int, *, teams: Teams) -> frozenset[tuple[str, int]]:
    """The normal names and the periods by which a special can be found.

    Pinnacle also writes the half into the name: "Draw No Bet 1st Half" is the draw no bet of period 1,
    whatever its period number.
    """
    half = _HALF.fullmatch(normalised(name))
    base, number = (half[1], int(half[2][0])) if half else (normalised(name), period)
    if number != period and period:
        base, number = normalised(name), period
    return frozenset((reading, number) for reading in _Sides(teams).replaced(base))


def normalised(text: str) -> str:
    """The text without differences of case, spaces, dashes and apostrophes."""
    return " ".join(unicodedata.normalize("NFKC", text.translate(_SAME_CHARACTER)).casefold().split())


def _without_half(name: str) -> str:
    half = _HALF.fullmatch(name)
    return half[1] if half else name


class _Sides:
    """The sides that a name may mean in this match."""

    def __init__(self, teams: Teams) -> None:
        self._names = {"home": normalised(teams.home), "away": normalised(teams.away)}

    def of(self, name: str) -> Iterator[str]:
        """`home`, `draw` or `away`: nothing for a name that is no side, several if a team has such a name."""
        for side, words in _SIDE_WORDS.items():
            if name in words or (name and name == self._names.get(side)):
                yield side

    def replaced(self, text: str) -> frozenset[str]:
        """The text with `home` and `away` in place of the teams' names; several if it is ambiguous."""
        names = {name: side for side, name in self._names.items() if name}
        found = {_with_sides(text, names)}
        if any(name in _COMMON_NAMES for name in names):
            found.add(text)
        if self._names["home"] == self._names["away"]:
            found.add(_with_sides(text, dict.fromkeys(names, "home")))
        return frozenset(found)


def _with_sides(text: str, names: dict[str, str]) -> str:
    if not names:
        return text
    longest_first = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    return re.sub(rf"(?<!\w)(?:{longest_first})(?!\w)", lambda name: names[name.group()], text)


def _split_at(text: str, separator: str) -> Iterator[tuple[str, str]]:
    """The text split in two at each separator in turn: a team's name may contain one too."""
    for found in re.finditer(separator, text):
        yield text[: found.start()], text[found.end() :]


def _double_chance(text: str, sides: _Sides) -> Iterator[str]:
    if text in _SHORT_PAIRINGS:
        yield _SHORT_PAIRINGS[text]
    for one, other in _split_at(text, r" or | and |\s*[/&,-]\s*"):
        for first in sides.of(one):
            for second in sides.of(other):
                if first != second:
                    yield _PAIRINGS[frozenset({first, second})]


def _half_time_full_time(text: str, sides: _Sides) -> Iterator[str]:
    for one, other in _split_at(text, r"\s*[/,-]\s*"):
        for first in sides.of(one):
            for second in sides.of(other):
                yield f"{first}/{second}"


def _draw_no_bet(text: str, sides: _Sides) -> Iterator[str]:
    yield from (side for side in sides.of(text) if side != "draw")


def _correct_score(text: str, sides: _Sides) -> Iterator[str]:
    for shape in _SCORES:
        if found := shape.fullmatch(text):
            yield from _with_home_first(found.groupdict(), sides)


def _with_home_first(parts: dict[str, str], sides: _Sides) -> Iterator[str]:
    """The score with the home side's goals first, in every way that the names beside it allow."""
    one, other = int(parts["one"]), int(parts["other"])
    as_written, swapped = f"{one}-{other}", f"{other}-{one}"
    if "first" not in parts:
        yield as_written
        return
    allowed = {("home", "away"): [as_written], ("away", "home"): [swapped], ("home", ""): [as_written]}
    # "Chelsea 2-1" is a win of the away side, or the home side's goals come first, as everywhere else.
    allowed["away", ""] = [as_written, swapped]
    allowed["draw", ""] = [as_written] if one == other else []
    for first in sides.of(parts["first"]):
        for second in sides.of(parts["second"]) if "second" in parts else [""]:
            yield from allowed.get((first, second), [])


_SCORES: Final = [
    re.compile(shape.replace("#", "[0-9]{1,2}"))
    for shape in (
        r"(?P<one>#)\s*[-:]\s*(?P<other>#)",
        r"(?P<first>.+?) (?P<one>#)\s*[-:]\s*(?P<other>#)",
        r"(?P<first>.+?) (?P<one>#)\s*[-:]\s*(?P<other>#) (?P<second>.+)",
        r"(?P<first>.+?) (?P<one>#)\s*[,:-]\s*(?P<second>.+?) (?P<other>#)",
    )
]

_READERS: Final[dict[str, Callable[[str, _Sides], Iterator[str]]]] = {
    normalised(DOUBLE_CHANCE): _double_chance,
    normalised(DRAW_NO_BET): _draw_no_bet,
    normalised(HALF_TIME_FULL_TIME): _half_time_full_time,
    normalised(CORRECT_SCORE): _correct_score,
}
"""Specials whose contestants are more than names. In all others only the teams' names are replaced."""
