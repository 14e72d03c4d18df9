"""What a filter bets on: the values, and the grammar in which people write them.

    selection = market [ "period" number ]
    market    = "moneyline" ( "home" | "draw" | "away" )
              | "total" points ( "over" | "under" )
              | "spread" handicap ( "home" | "away" )          the NAMED side's own handicap
              | "team_total" ( "home" | "away" ) points ( "over" | "under" )
              | "double_chance" ( "1X" | "12" | "X2" )
              | "draw_no_bet" ( "home" | "away" )
              | "special" name contestant        the name in double quotes; the contestant where it has spaces

Lines go in quarters of a goal. A handicap carries its sign unless it is 0. Period 0 is the match, 1 and 2
its halves. Upper and lower case are one, except that a special keeps the case it was written in.
"""

import difflib
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final, Literal, NamedTuple, NoReturn, TypeVar, cast

import msgspec

from syncd.model.pinnacle import MATCH_PERIOD

Team = Literal["home", "away"]
Outcome = Literal["home", "draw", "away"]
OverUnder = Literal["over", "under"]
Pairing = Literal["1X", "12", "X2"]

T = TypeVar("T")

QUARTER: Final = Decimal("0.25")
"""Asian lines move in steps of a quarter goal."""


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """One outcome of one market of one period. `str()` gives the canonical text, which parses back."""

    period: int = MATCH_PERIOD

    def _market(self) -> str:
        raise NotImplementedError

    def __str__(self) -> str:
        return self._market() + (f" period {self.period}" if self.period != MATCH_PERIOD else "")


class Moneyline(Selection, frozen=True):
    """Who wins: 1X2, or two-way in a sport without draws."""

    side: Outcome

    def _market(self) -> str:
        return f"moneyline {self.side}"


class Total(Selection, frozen=True):
    """Goals of both teams together, over or under `line`."""

    line: Decimal
    side: OverUnder

    def _market(self) -> str:
        return f"total {_plain(self.line)} {self.side}"


class Spread(Selection, frozen=True):
    """Asian handicap: `line` goals are added to the score of `side`."""

    line: Decimal
    side: Team

    @property
    def hdp(self) -> Decimal:
        """The line as Pinnacle writes it, the home side's: `+0.5 away` stands at -0.5."""
        return self.line if self.side == "home" else -self.line

    def _market(self) -> str:
        return f"spread {signed(self.line)} {self.side}"


class TeamTotal(Selection, frozen=True):
    """Goals of one team, over or under `line`."""

    team: Team
    line: Decimal
    side: OverUnder

    def _market(self) -> str:
        return f"team_total {self.team} {_plain(self.line)} {self.side}"


class DoubleChance(Selection, frozen=True):
    """Two of the three outcomes of 1X2 win."""

    pairing: Pairing

    def _market(self) -> str:
        return f"double_chance {self.pairing}"


class DrawNoBet(Selection, frozen=True):
    """The side wins; a draw gives the stake back."""

    side: Team

    def _market(self) -> str:
        return f"draw_no_bet {self.side}"


class Special(Selection, frozen=True):
    """A contestant of a special, both by Pinnacle's names."""

    name: str
    contestant: str

    def _market(self) -> str:
        return f"special {_quoted(self.name)} {_quoted_if_needed(self.contestant)}"


class SelectionError(ValueError):
    """A text that is no selection: where it goes wrong (`position`, from 0) and what was `expected` there."""

    def __init__(self, text: str, position: int, expected: str) -> None:
        super().__init__(text, position, expected)
        self.text = text
        self.position = position
        self.expected = expected

    def __str__(self) -> str:
        rest = self.text[self.position :].split()
        found = f"found {rest[0]!r}" if rest else "but the text ends"
        return f"{self.text!r}, character {self.position + 1}: expected {self.expected}, {found}"

    def pointed(self) -> str:
        """Two lines for a terminal: the text, and a caret under the character where it goes wrong."""
        return f"{self.text}\n{' ' * self.position}^ expected {self.expected}"


def parse_selection(text: str) -> Selection:
    """Read the text of a selection; raises `SelectionError`."""
    reader = _Reader(text)
    selection = MARKETS[reader.one_of(tuple(MARKETS))](reader)
    if reader.has_more():
        reader.keyword("period")
        selection = msgspec.structs.replace(selection, period=reader.period())
    reader.end()
    return selection


def parse_line(text: str) -> Decimal | None:
    """A line in quarters of a goal, with or without its sign; none where the text is not one."""
    if not re.fullmatch(r"[+-]?([0-9]{1,4}(\.[0-9]{1,3})?|\.[0-9]{1,3})", text):
        return None
    line = Decimal(text)
    return line if line % QUARTER == 0 else None


def signed(line: Decimal) -> str:
    """A handicap as people write it: `-0.5`, `+0.25`, `0`."""
    return f"{line.normalize():+f}" if line else "0"


def _plain(line: Decimal) -> str:
    return f"{line.normalize():f}"


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _quoted_if_needed(name: str) -> str:
    return name if re.fullmatch(r"[\w.+/:-]+", name) else _quoted(name)


def _unquoted(word: str) -> str | None:
    if len(word) < 3 or not (word.startswith('"') and word.endswith('"')):
        return None
    return re.sub(r"\\(.)", r"\1", word[1:-1], flags=re.DOTALL)


def _points(word: str) -> Decimal | None:
    line = None if word[0] in "+-" else parse_line(word)
    return line or None


def _handicap(word: str) -> Decimal | None:
    line = parse_line(word)
    return line if line == 0 or word[0] in "+-" else None


def _period(word: str) -> int | None:
    return int(word) if re.fullmatch(r"[0-9]{1,3}", word) else None


def _listed(choices: Sequence[str]) -> str:
    return choices[0] if len(choices) == 1 else f"{', '.join(choices[:-1])} or {choices[-1]}"


class _Word(NamedTuple):
    text: str
    start: int


class _Reader:
    """The words of a text, taken one by one; each method says what it expected where it finds another."""

    def __init__(self, text: str) -> None:
        self._text = text
        found = re.finditer(r'"(?:[^"\\]|\\.)*"|\S+', text, re.DOTALL)
        self._words = [_Word(match.group(), match.start()) for match in found]
        self._next = 0

    def has_more(self) -> bool:
        return self._next < len(self._words)

    def one_of(self, choices: Sequence[str]) -> str:
        """One of these words, in its canonical spelling."""
        folded = {choice.casefold(): choice for choice in choices}
        return self._take(_listed(choices), lambda word: folded.get(word.casefold()), choices)

    def keyword(self, keyword: str) -> None:
        self._take(f"{keyword} or nothing more", lambda word: word.casefold() == keyword or None)

    def outcome(self) -> Outcome:
        return cast("Outcome", self.one_of(("home", "draw", "away")))

    def team(self) -> Team:
        return cast("Team", self.one_of(("home", "away")))

    def over_under(self) -> OverUnder:
        return cast("OverUnder", self.one_of(("over", "under")))

    def pairing(self) -> Pairing:
        return cast("Pairing", self.one_of(("1X", "12", "X2")))

    def points(self) -> Decimal:
        return self._take("a line above 0 in quarters of a goal, such as 2.5", _points)

    def handicap(self) -> Decimal:
        return self._take(
            "a handicap with its sign in quarters of a goal, such as -0.5, +0.25 or 0", _handicap
        )

    def period(self) -> int:
        return self._take("a period number (0 the match, 1 its first half)", _period)

    def special(self) -> str:
        return self._take("the special's name in double quotes", _unquoted)

    def contestant(self) -> str:
        expected = "the contestant's name, in double quotes where it has spaces"
        return self._take(expected, lambda word: _unquoted(word) if word[0] == '"' else word)

    def end(self) -> None:
        if self.has_more():
            self._fail("nothing more")

    def _take(self, expected: str, read: Callable[[str], T | None], near: Sequence[str] = ()) -> T:
        value = read(self._words[self._next].text) if self.has_more() else None
        if value is None:
            self._fail(expected, near)
        self._next += 1
        return value

    def _fail(self, expected: str, near: Sequence[str] = ()) -> NoReturn:
        if not self.has_more():
            raise SelectionError(self._text, len(self._text), expected)
        word, start = self._words[self._next]
        guess = difflib.get_close_matches(word.casefold(), near, n=1)
        hint = f" (did you mean {guess[0]}?)" if guess else ""
        raise SelectionError(self._text, start, expected + hint)


MARKETS: Final[dict[str, Callable[[_Reader], Selection]]] = {
    # Python evaluates arguments from left to right, which is the order of the words.
    "moneyline": lambda words: Moneyline(words.outcome()),
    "total": lambda words: Total(words.points(), words.over_under()),
    "spread": lambda words: Spread(words.handicap(), words.team()),
    "team_total": lambda words: TeamTotal(words.team(), words.points(), words.over_under()),
    "double_chance": lambda words: DoubleChance(words.pairing()),
    "draw_no_bet": lambda words: DrawNoBet(words.team()),
    "special": lambda words: Special(words.special(), words.contestant()),
}
"""The first word of a selection, and how the rest of it is read."""
