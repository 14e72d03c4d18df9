"""Compile the shapes of `spellings`, and match bet types with them.

Both the tables and the names of users go through `tokenise`, so that the same spelling gives the same tokens.
"""

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Final, NamedTuple

from syncd.pricing.bet_types.spellings import TERMS

_SAME_CHARACTER: Final = str.maketrans(
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
      (?<![0-9])[+-](?={_NUMBER}){_NUMBER}   # no sign after a digit: "2-1" is a score
    | {_NUMBER}
    | [^\W\d_]+
    | -(?=\s*[0-9])                          # "AH1 - 0.5" must not become +0.5
    | (?<=[0-9]):(?=[0-9])
    | [^\s()\[\]{{}},;.:'"?!|_-]             # other characters have a meaning: "&", "/", "+"
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

    def split_from(self, tokens: Tokens) -> tuple[str, Tokens] | None:
        """The number at the beginning of the tokens, and the other tokens; a score is three tokens long."""
        length = 3 if self.kind == "score" else 1
        text = "".join(tokens[:length])
        return (text, tokens[length:]) if _NUMBERS[self.kind].fullmatch(text) else None


class TermSlot(NamedTuple):
    """A place for one of these spellings of a term."""

    spellings: frozenset[Tokens]
    optional: bool = False
    dash: bool = False
    """True if a dash may follow: between words it means nothing, before a number it may be a sign."""


Shape = tuple[NumberSlot | TermSlot, ...]


class TokenisedName(NamedTuple):
    """The tokens of a name, and the text between them."""

    tokens: Tokens
    gaps: tuple[str, ...]
    """The text before each token, and after the last."""

    def is_joined(self, at: int) -> bool:
        """Return whether nothing separates the token from the one before it, as with the 1 of `AH1`."""
        return 0 < at < len(self.tokens) and not self.gaps[at]

    def has_dot_after(self, at: int) -> bool:
        """Return whether a dot follows the token: `2. HZ` is the second half, and nothing else."""
        return self.gaps[at + 1].startswith(".")


def tokenise(name: str) -> TokenisedName:
    """The tokens of a name: `AH1(-0,50)` is `ah`, `1`, `-0.50`."""
    text = unicodedata.normalize("NFC", name).casefold().translate(_SAME_CHARACTER)
    text = "".join(map(_plain_letter, text))
    text = _SPLIT_LINE.sub(_quarter_line, re.sub(r"(?<=[0-9]),(?=[0-9])", ".", text))
    found = list(_TOKEN.finditer(text))
    starts, ends = [each.start() for each in found], [each.end() for each in found]
    gaps = tuple(text[end:start] for end, start in zip([0, *ends], [*starts, None], strict=True))
    return TokenisedName(tuple(each.group() for each in found), gaps)


def tokens_of(name: str) -> Tokens:
    """The tokens of a name alone."""
    return tokenise(name).tokens


def _plain_letter(letter: str) -> str:
    """The letter without its accents; a superscript 2 is unchanged, since "2²" is not 22."""
    decomposed = unicodedata.normalize("NFKD", letter)
    if not letter.isascii() and any(each.isdigit() for each in decomposed):
        return letter
    return "".join(each for each in decomposed if not unicodedata.combining(each))


def split_row(text: str) -> list[str]:
    """The spellings or shapes in a row of a table."""
    return [each.strip() for each in re.split(r"[|\n]", text.strip())]


def read_shape(text: str) -> Shape:
    """Compile a shape of the table: words, `<term>`, `[<term>]` and `{number}`."""
    found = list(
        re.finditer(r"\[<(?P<optional>.+?)>\]|<(?P<term>.+?)>|\{(?P<number>.+?)\}|(?P<words>[^<\[{]+)", text)
    )
    parts = [part for part in found if part.group().strip()]
    following = [*parts[1:], None]
    return tuple(_part(part, after) for part, after in zip(parts, following, strict=True))


def number_in(shape: Shape, tokens: Tokens) -> str | None:
    """The number in the tokens, empty if the shape has no place for one; None if they do not fit it."""
    if not shape:
        return None if tokens else ""
    first, rest = shape[0], shape[1:]
    if isinstance(first, NumberSlot):
        split = first.split_from(tokens)
        return split[0] if split and number_in(rest, split[1]) is not None else None
    for count in _lengths(first, tokens):
        found = number_in(rest, tokens[count:])
        if found is not None:
            return found
    return None


def _lengths(slot: TermSlot, tokens: Tokens) -> Iterator[int]:
    """The numbers of tokens that the term may fill."""
    if slot.optional:
        yield 0
    for count in range(1, len(tokens) + 1):
        if tokens[:count] in slot.spellings:
            yield count
            if slot.dash and tokens[count : count + 1] == ("-",):
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
    """All spellings of a term, and those of the terms that are named among them."""
    found: set[Tokens] = set()
    for spelling in split_row(TERMS[term]):
        found |= _spellings(spelling[1:-1]) if spelling.startswith("<") else {tokens_of(spelling)}
    return frozenset(found)


def _quarter_line(found: re.Match[str]) -> str:
    """`2.5/3` is 2.75 and `0/-0.5` is -0.25, as Asian bookmakers write them; anything else is unchanged.

    A sign before the first number alone counts for both, and one before 0 does not count: `+0/-0.5` is -0.25.
    """
    first, second = Decimal(found[1] + found[2]), Decimal((found[3] or found[1]) + found[4])
    unsigned_first = found[3] and not found[1] and first
    if unsigned_first or abs(first - second) != Decimal("0.5"):
        return found.group()
    line = (first + second) / 2
    return f"{line:+f}" if found[1] or found[3] else f"{line:f}"
