"""Whether a bet type has one of the shapes of `bet_type_names`.

Both sides go through `folded`, so that a spelling in the table and what a user wrote meet as the same tokens.
"""

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Final, NamedTuple

from syncd.pricing.bet_types.spellings import TERMS

_CHARACTERS: Final = str.maketrans(
    # German keeps its umlauts: "Ü 2.5" is over, and without the dots "U 2.5" would be under.
    {"ä": "ae", "ö": "oe", "ü": "ue", "ı": "i", "ł": "l", "х": "x"}
    | dict.fromkeys("−–—‑", "-")
    | {"½": ".5", "¼": ".25", "¾": ".75"}
)

_NUMBER = r"(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)"
_HALF = r"[0-9]*\.[0-9]*[1-9][0-9]*"
_WHOLE = r"[0-9]*[1-9][0-9]*(?:\.0+)?"
_ZERO = r"[+-]?0+(?:\.0+)?"

_TOKEN: Final = re.compile(
    rf"""
      (?<![0-9])[+-](?={_NUMBER}){_NUMBER}   # a sign that follows a digit is none: "2-1" is a score
    | {_NUMBER}
    | [^\W\d_]+
    | -(?=\s*[0-9])                          # "AH1 - 0.5" must not become +0.5
    | (?<=[0-9]):(?=[0-9])
    | [^\s()\[\]{{}},;.:'"?!|_-]             # any other sign has a meaning of its own: "&", "/", "+"
    """,
    re.VERBOSE,
)
_SPLIT_LINE: Final = re.compile(
    r"(?<![0-9./])([+-]?)([0-9]{0,4}\.?[0-9]{1,3})\s*[/,]\s*([+-]?)([0-9]{0,4}\.?[0-9]{1,3})(?![0-9./])"
)

_NUMBERS: Final = {
    kind: re.compile(pattern)
    for kind, pattern in {
        "line": _NUMBER,
        "hdp": rf"[+-]?{_NUMBER}",
        "signed": rf"[+-]{_NUMBER}|{_ZERO}",
        "half": rf"[+-]?{_HALF}|{_ZERO}",
        "signed half": rf"[+-]{_HALF}",
        "whole": rf"[+-]?{_WHOLE}",
        "signed whole": rf"[+-]{_WHOLE}",
        "score": r"[0-9]{1,2}[-:][0-9]{1,2}",
    }.items()
}

Tokens = tuple[str, ...]


class NumberSlot(NamedTuple):
    """A place for a number of this kind."""

    kind: str

    def taken_from(self, tokens: Tokens) -> tuple[str, Tokens] | None:
        """The number at the head of the tokens, and what is left of them; a score is three tokens long."""
        length = 3 if self.kind == "score" else 1
        text = "".join(tokens[:length])
        return (text, tokens[length:]) if _NUMBERS[self.kind].fullmatch(text) else None


class TermSlot(NamedTuple):
    """A place for one of these spellings."""

    spellings: frozenset[Tokens]
    optional: bool = False
    dash: bool = False
    """Whether a dash may follow: between words it says nothing, before a number it may be a sign."""


Shape = tuple[NumberSlot | TermSlot, ...]


class TokenisedName(NamedTuple):
    """The tokens of a name, and what stands between them."""

    tokens: Tokens
    gaps: tuple[str, ...]
    """The text before each token, and behind the last."""

    def is_joined(self, at: int) -> bool:
        """Whether the token follows the one before it without a space or a sign, as the 1 of `AH1` does."""
        return 0 < at < len(self.tokens) and not self.gaps[at]

    def has_dot_after(self, at: int) -> bool:
        """Whether a dot follows the token: `2. HZ` is the second half, and nothing else."""
        return self.gaps[at + 1].startswith(".")


def tokenise(name: str) -> TokenisedName:
    """The tokens of a name: `AH1(-0,50)` is `ah`, `1`, `-0.50`."""
    text = unicodedata.normalize("NFC", name).casefold().translate(_CHARACTERS)
    text = "".join(map(_plain_letter, text))
    text = _SPLIT_LINE.sub(_quarter_line, re.sub(r"(?<=[0-9]),(?=[0-9])", ".", text))
    found = list(_TOKEN.finditer(text))
    starts, ends = [each.start() for each in found], [each.end() for each in found]
    gaps = tuple(text[end:start] for end, start in zip([0, *ends], [*starts, None], strict=True))
    return TokenisedName(tuple(each.group() for each in found), gaps)


def tokens_of(name: str) -> Tokens:
    """The tokens of a name, whatever stands between them."""
    return tokenise(name).tokens


def _plain_letter(letter: str) -> str:
    """The letter without its accents; a superscript 2 stays what it is, for "2²" is not 22."""
    plain = unicodedata.normalize("NFKD", letter)
    if not letter.isascii() and any(each.isdigit() for each in plain):
        return letter
    return "".join(each for each in plain if not unicodedata.combining(each))


def split_row(text: str) -> list[str]:
    """The spellings or shapes of a row of the table."""
    return [each.strip() for each in re.split(r"[|\n]", text.strip())]


def read_shape(text: str) -> Shape:
    """A shape as it stands in the table: words, `<term>`, `[<term>]` and `{number}`."""
    found = list(
        re.finditer(r"\[<(?P<optional>.+?)>\]|<(?P<term>.+?)>|\{(?P<number>.+?)\}|(?P<words>[^<\[{]+)", text)
    )
    parts = [part for part in found if part.group().strip()]
    following = [*parts[1:], None]
    return tuple(_part(part, after) for part, after in zip(parts, following, strict=True))


def number_in(shape: Shape, tokens: Tokens) -> str | None:
    """The number in the tokens, empty where the shape has no place for one; none where they do not fit."""
    if not shape:
        return None if tokens else ""
    first, rest = shape[0], shape[1:]
    if isinstance(first, NumberSlot):
        taken = first.taken_from(tokens)
        return taken[0] if taken and number_in(rest, taken[1]) is not None else None
    for count in _taken(first, tokens):
        found = number_in(rest, tokens[count:])
        if found is not None:
            return found
    return None


def _taken(words: TermSlot, tokens: Tokens) -> Iterator[int]:
    """How many tokens the words may take up."""
    if words.optional:
        yield 0
    for count in range(1, len(tokens) + 1):
        if tokens[:count] in words.spellings:
            yield count
            if words.dash and tokens[count : count + 1] == ("-",):
                yield count + 1


def _part(part: re.Match[str], after: re.Match[str] | None) -> NumberSlot | TermSlot:
    if part["number"]:
        return NumberSlot(part["number"])
    term = part["optional"] or part["term"]
    spellings = _spellings(term) if term else frozenset([tokens_of(part["words"])])
    before_sign = after is None or (after["number"] and after["number"] != "score")
    return TermSlot(spellings, optional=bool(part["optional"]), dash=not before_sign)


@cache
def _spellings(term: str) -> frozenset[Tokens]:
    """All spellings of a term, and those of a term that is named among them."""
    found: set[Tokens] = set()
    for spelling in split_row(TERMS[term]):
        found |= _spellings(spelling[1:-1]) if spelling.startswith("<") else {tokens_of(spelling)}
    return frozenset(found)


def _quarter_line(found: re.Match[str]) -> str:
    """`2.5/3` is 2.75 and `0/-0.5` is -0.25, as Asian books write them; anything else stays as it is.

    A sign before the first number alone holds for both, and 0 has none of its own: `+0/-0.5` is -0.25.
    """
    first, second = Decimal(found[1] + found[2]), Decimal((found[3] or found[1]) + found[4])
    unsigned_first = found[3] and not found[1] and first
    if unsigned_first or abs(first - second) != Decimal("0.5"):
        return found.group()
    line = (first + second) / 2
    return f"{line:+f}" if found[1] or found[3] else f"{line:f}"
