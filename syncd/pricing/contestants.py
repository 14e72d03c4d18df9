"""The names of a special's contestants in one form, so that one line of a config serves every match.

Pinnacle calls contestants by the teams ("Arsenal or Draw", "Arsenal - Draw", "Arsenal 2, Chelsea 1"); a
selection says `1X`, `Home/Draw`, `2-1`. Both are read here into the same text. A name that can be read in two
ways has two readings, and whoever asks refuses it: a guess would put the price of one bet on another.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import chain
from typing import Final, NamedTuple

from syncd.pricing.selection import CORRECT_SCORE, DOUBLE_CHANCE, DRAW_NO_BET, HALF_TIME_FULL_TIME

_ONE_FOR_ANOTHER: Final = str.maketrans(dict.fromkeys("‐‑‒–—−", "-") | dict.fromkeys("´`‘’", "'"))

_SIDE_WORDS: Final = {
    "home": ("home", "1", "home team"),
    "draw": ("draw", "x", "tie", "the draw"),
    "away": ("away", "2", "away team"),
}
_WORDS_OF_ANY_MARKET: Final = frozenset(
    chain(*_SIDE_WORDS.values(), ("yes", "no", "over", "under", "odd", "even", "none", "neither", "no goal"))
)
"""A team of such a name makes a contestant of that name ambiguous."""

_PAIRINGS: Final = {
    frozenset({"home", "draw"}): "1X",
    frozenset({"home", "away"}): "12",
    frozenset({"draw", "away"}): "X2",
}
_SHORT_PAIRINGS: Final = {"1x": "1X", "x1": "1X", "12": "12", "21": "12", "x2": "X2", "2x": "X2"}

_HALF: Final = re.compile(r"(.+?) (1st|2nd) half", re.DOTALL)


class Teams(NamedTuple):
    """The two teams of the match by Pinnacle's names."""

    home: str
    away: str


@lru_cache(maxsize=65536)  # each pass asks the same names of the same matches
def readings(name: str, *, special: str, teams: Teams) -> frozenset[str]:
    """What a contestant of this special may mean, in canonical form; one reading unless it is ambiguous."""
    read = _READERS.get(_without_half(folded(special)))
    text, sides = folded(name), _Sides(teams)
    found = frozenset(read(text, sides)) if read else frozenset()
    return found or sides.replaced(text)


@lru_cache(maxsize=65536)
def places(name: str, period: int, *, teams: Teams) -> frozenset[tuple[str, int]]:
    """By which names and in which period a special can be found, as canonical names.

    Pinnacle also writes the half into the name: "Draw No Bet 1st Half" is the draw no bet of period 1,
    whether its period number says so or not.
    """
    half = _HALF.fullmatch(folded(name))
    base, number = (half[1], int(half[2][0])) if half else (folded(name), period)
    if number != period and period:
        base, number = folded(name), period
    return frozenset((reading, number) for reading in _Sides(teams).replaced(base))


def folded(text: str) -> str:
    """Case, runs of space and kinds of dash and apostrophe make no difference."""
    return " ".join(unicodedata.normalize("NFKC", text.translate(_ONE_FOR_ANOTHER)).casefold().split())


def _without_half(name: str) -> str:
    half = _HALF.fullmatch(name)
    return half[1] if half else name


class _Sides:
    """Who a name may be in this match."""

    def __init__(self, teams: Teams) -> None:
        self._names = {"home": folded(teams.home), "away": folded(teams.away)}

    def of(self, name: str) -> Iterator[str]:
        """`home`, `draw` or `away`: none for a name that is no side, more than one if a team is called so."""
        for side, words in _SIDE_WORDS.items():
            if name in words or (name and name == self._names.get(side)):
                yield side

    def replaced(self, text: str) -> frozenset[str]:
        """The text with `home` and `away` for the teams' names, the longer name first."""
        names = {name: side for side, name in self._names.items() if name}
        found = {_with_sides(text, names)}
        if any(name in _WORDS_OF_ANY_MARKET for name in names):
            found.add(text)
        if self._names["home"] == self._names["away"]:
            found.add(_with_sides(text, dict.fromkeys(names, "home")))
        return frozenset(found)


def _with_sides(text: str, names: dict[str, str]) -> str:
    if not names:
        return text
    longest_first = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    return re.sub(rf"(?<!\w)(?:{longest_first})(?!\w)", lambda name: names[name.group()], text)


def _parted(text: str, separator: str) -> Iterator[tuple[str, str]]:
    """The text cut in two at each of its separators in turn: a team's name may hold one too."""
    for found in re.finditer(separator, text):
        yield text[: found.start()], text[found.end() :]


def _double_chance(text: str, sides: _Sides) -> Iterator[str]:
    if text in _SHORT_PAIRINGS:
        yield _SHORT_PAIRINGS[text]
    for one, other in _parted(text, r" or | and |\s*[/&,-]\s*"):
        for first in sides.of(one):
            for second in sides.of(other):
                if first != second:
                    yield _PAIRINGS[frozenset({first, second})]


def _half_time_full_time(text: str, sides: _Sides) -> Iterator[str]:
    for one, other in _parted(text, r"\s*[/,-]\s*"):
        for first in sides.of(one):
            for second in sides.of(other):
                yield f"{first}/{second}"


def _draw_no_bet(text: str, sides: _Sides) -> Iterator[str]:
    yield from (side for side in sides.of(text) if side != "draw")


def _correct_score(text: str, sides: _Sides) -> Iterator[str]:
    for shape in _SCORES:
        if found := shape.fullmatch(text):
            yield from _with_home_first(found.groupdict(), sides)


def _with_home_first(said: dict[str, str], sides: _Sides) -> Iterator[str]:
    """The score with the home side's goals first, in every way in which the names beside it allow."""
    one, other = int(said["one"]), int(said["other"])
    as_said, turned = f"{one}-{other}", f"{other}-{one}"
    if "first" not in said:
        yield as_said
        return
    allowed = {("home", "away"): [as_said], ("away", "home"): [turned], ("home", ""): [as_said]}
    # "Chelsea 2-1" is a win of the away side, or the home side's goals stand first as everywhere else.
    allowed["away", ""] = [as_said, turned]
    allowed["draw", ""] = [as_said] if one == other else []
    for first in sides.of(said["first"]):
        for second in sides.of(said["second"]) if "second" in said else [""]:
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
    folded(DOUBLE_CHANCE): _double_chance,
    folded(DRAW_NO_BET): _draw_no_bet,
    folded(HALF_TIME_FULL_TIME): _half_time_full_time,
    folded(CORRECT_SCORE): _correct_score,
}
"""Specials whose contestants are more than names. In any other `Home` and `Away` stand for the teams."""
