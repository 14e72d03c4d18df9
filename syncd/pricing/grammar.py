"""The grammar of selections, as users write them.

    selection = market [ "period" number ]
    market    = "moneyline" ( "home" | "draw" | "away" )
              | "total" points ( "over" | "under" )
              | "spread" handicap ( "home" | "away" )          the NAMED side's own handicap
              | "team_total" ( "home" | "away" ) points ( "over" | "under" )
              | "double_chance" ( "1X" | "12" | "X2" )
              | "draw_no_bet" ( "home" | "away" )
              | "both_teams_to_score" ( "yes" | "no" )
              | "odd_even" ( "odd" | "even" )
              | "correct_score" score                    the home side's goals first: 2-1
              | "half_time_full_time" leaders            at half-time and at full time: home/draw
              | "special" name contestant [ line ]       the name in double quotes, the contestant if it
                                                         has spaces; the line if its price has one

Lines are multiples of a quarter goal. A handicap has its sign unless it is 0. Period 0 is the match, 1 and 2
its halves. Upper and lower case are the same, but a special keeps its spelling.
"""

import difflib
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final, NamedTuple, NoReturn, TypeVar, cast

import msgspec

from syncd.pricing.selection import (
    BOTH_TEAMS_TO_SCORE,
    CORRECT_SCORE,
    HALF_TIME_FULL_TIME,
    ODD_EVEN,
    RESULTS,
    DoubleChanceSelection,
    DrawNoBetSelection,
    MatchResult,
    MoneylineSelection,
    OverUnder,
    Pairing,
    Selection,
    SpecialSelection,
    SpreadSelection,
    Team,
    TeamTotalSelection,
    TotalSelection,
)

T = TypeVar("T")

QUARTER: Final = Decimal("0.25")
"""Asian lines are multiples of a quarter goal."""


class SelectionError(ValueError):
    """A text is no selection: it is wrong at `position` (from 0), where `expected` was expected."""

    def __init__(self, text: str, position: int, expected: str) -> None:
        super().__init__(text, position, expected)
        self.text = text
        self.position = position
        self.expected = expected

    def __str__(self) -> str:
        rest = self.text[self.position :].split()
        found = f"found {rest[0]!r}" if rest else "but the text ends"
        return f"{self.text!r}, character {self.position + 1}: expected {self.expected}, {found}"


def parse_selection(text: str) -> Selection:
    """Parse the text of a selection. Raises `SelectionError`."""
    reader = _TokenReader(text)
    selection = _MARKETS[reader.one_of(tuple(_MARKETS))](reader)
    if reader.has_more():
        reader.keyword("period")
        selection = msgspec.structs.replace(selection, period=reader.period())
    reader.end()
    return selection


def parse_line(text: str) -> Decimal | None:
    """A line in quarters of a goal, with or without a sign; None if the text is not one."""
    if not re.fullmatch(r"[+-]?([0-9]{1,4}(\.[0-9]{1,3})?|\.[0-9]{1,3})", text):
        return None
    line = Decimal(text)
    return line if line % QUARTER == 0 else None


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


def _score(word: str) -> str | None:
    goals = re.fullmatch(r"([0-9]{1,2})[-:]([0-9]{1,2})", word)
    return f"{int(goals[1])}-{int(goals[2])}" if goals else None


def _leaders(word: str) -> str | None:
    """`home/draw` or `1/X` as `Home/Draw`."""
    results = {"1": "home", "x": "draw", "2": "away"} | {each: each for each in RESULTS}
    named = [results.get(each) for each in word.casefold().split("/")]
    return "/".join(each.title() for each in named if each) if len(named) == 2 and all(named) else None


def _period(word: str) -> int | None:
    return int(word) if re.fullmatch(r"[0-9]{1,3}", word) else None


def _listed(choices: Sequence[str]) -> str:
    return choices[0] if len(choices) == 1 else f"{', '.join(choices[:-1])} or {choices[-1]}"


class _Token(NamedTuple):
    text: str
    start: int


class _TokenReader:
    """The tokens of a text, read one by one; each method raises `SelectionError` at an unexpected token."""

    def __init__(self, text: str) -> None:
        self._text = text
        found = re.finditer(r'"(?:[^"\\]|\\.)*"|\S+', text, re.DOTALL)
        self._tokens = [_Token(match.group(), match.start()) for match in found]
        self._next = 0
        self._alternative = ""
        """An optional part that could also have come here, for the error message."""

    def has_more(self) -> bool:
        return self._next < len(self._tokens)

    def one_of(self, choices: Sequence[str]) -> str:
        """One of these keywords, in its canonical spelling."""
        folded = {choice.casefold(): choice for choice in choices}
        return self._take(_listed(choices), lambda word: folded.get(word.casefold()), choices)

    def keyword(self, keyword: str) -> None:
        expected = f"{self._alternative}{keyword} or nothing more"
        self._take(expected, lambda word: word.casefold() == keyword or None, [keyword])

    def result(self) -> MatchResult:
        return cast("MatchResult", self.one_of(RESULTS))

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

    def score(self) -> str:
        return self._take("a score with the home side's goals first, such as 2-1", _score)

    def leaders(self) -> str:
        both = [f"{one}/{other}" for one in RESULTS for other in RESULTS]
        return self._take("who leads at half-time and at full time, such as home/draw or 1/X", _leaders, both)

    def period(self) -> int:
        return self._take("a period number (0 the match, 1 its first half)", _period)

    def special(self) -> str:
        return self._take("the special's name in double quotes", _unquoted)

    def contestant(self) -> str:
        expected = "the contestant's name, in double quotes where it has spaces"
        return self._take(expected, lambda word: _unquoted(word) if word[0] == '"' else word)

    def maybe_line(self) -> Decimal | None:
        """The line, if the next token is one."""
        line = parse_line(self._tokens[self._next].text) if self.has_more() else None
        if line is not None:
            self._next += 1
        else:
            self._alternative = "a line such as 9.5, "
        return line

    def end(self) -> None:
        if self.has_more():
            self._fail("nothing more")

    def _take(self, expected: str, read: Callable[[str], T | None], near: Sequence[str] = ()) -> T:
        value = read(self._tokens[self._next].text) if self.has_more() else None
        if value is None:
            self._fail(expected, near)
        self._next += 1
        return value

    def _fail(self, expected: str, near: Sequence[str] = ()) -> NoReturn:
        if not self.has_more():
            raise SelectionError(self._text, len(self._text), expected)
        word, start = self._tokens[self._next]
        folded = {each.casefold(): each for each in near}
        guess = difflib.get_close_matches(word.casefold(), folded, n=1)
        hint = f" (did you mean {folded[guess[0]]}?)" if guess else ""
        raise SelectionError(self._text, start, expected + hint)


_MARKETS: Final[dict[str, Callable[[_TokenReader], Selection]]] = {
    # Python evaluates arguments from left to right, which is the order of the tokens.
    "moneyline": lambda tokens: MoneylineSelection(tokens.result()),
    "total": lambda tokens: TotalSelection(tokens.points(), tokens.over_under()),
    "spread": lambda tokens: SpreadSelection(tokens.handicap(), tokens.team()),
    "team_total": lambda tokens: TeamTotalSelection(tokens.team(), tokens.points(), tokens.over_under()),
    "double_chance": lambda tokens: DoubleChanceSelection(tokens.pairing()),
    "draw_no_bet": lambda tokens: DrawNoBetSelection(tokens.team()),
    "both_teams_to_score": lambda tokens: SpecialSelection(BOTH_TEAMS_TO_SCORE, tokens.one_of(("Yes", "No"))),
    "odd_even": lambda tokens: SpecialSelection(ODD_EVEN, tokens.one_of(("Odd", "Even"))),
    "correct_score": lambda tokens: SpecialSelection(CORRECT_SCORE, tokens.score()),
    "half_time_full_time": lambda tokens: SpecialSelection(HALF_TIME_FULL_TIME, tokens.leaders()),
    "special": lambda tokens: SpecialSelection(tokens.special(), tokens.contestant(), tokens.maybe_line()),
}
"""The first keyword of a selection -> a reader of the rest."""
