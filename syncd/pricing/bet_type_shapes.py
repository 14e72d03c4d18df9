"""How a shape of `bet_type_names` becomes a pattern, and a bet type the text that patterns are tried on.

Both sides go through `folded`, so that a spelling in the table and what a user wrote meet as the same tokens.
"""

import re
import unicodedata
from decimal import Decimal
from functools import cache
from typing import Final

from syncd.pricing.bet_type_names import TERMS

_ONE_FOR_ANOTHER: Final = str.maketrans(
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
_SPLIT_LINE: Final = re.compile(rf"(?<![0-9./])([+-]?)({_NUMBER})\s*[/,]\s*([+-]?)({_NUMBER})(?![0-9./])")

_NUMBERS: Final = {
    "line": _NUMBER,
    "hdp": rf"[+-]?{_NUMBER}",
    "signed": rf"[+-]{_NUMBER}|{_ZERO}",
    "half": rf"[+-]?{_HALF}|{_ZERO}",
    "signed half": rf"[+-]{_HALF}",
    "whole": rf"[+-]?{_WHOLE}",
    "signed whole": rf"[+-]{_WHOLE}",
}

_PART: Final = re.compile(
    r"\[<(?P<optional>[^>]+)>\] | <(?P<term>[^>]+)> | \{(?P<number>[^}]+)\} | (?P<words>[^<>\[\]{}]+)",
    re.VERBOSE,
)
_DASH: Final = "(?:- )?"
"""Between words a dash says nothing; before a number it may be a sign, and is not passed over."""


def folded(name: str) -> str:
    """The tokens of a name, each followed by a space: `AH1(-0,50)` is `ah 1 -0.50 `."""
    text = unicodedata.normalize("NFC", name).casefold().translate(_ONE_FOR_ANOTHER)
    text = "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
    text = re.sub(r"(?<=[0-9]),(?=[0-9])", ".", text)
    text = _SPLIT_LINE.sub(_quarter_line, text)
    return "".join(f"{token} " for token in _TOKEN.findall(text))


@cache
def any_of(shapes: str) -> str:
    """The pattern of all shapes between the bars; each number in it is a group."""
    return f"(?:{'|'.join(map(_pattern, _between_bars(shapes)))})"


def spellings(text: str) -> tuple[str, ...]:
    """The plain spellings between the bars, folded."""
    return tuple(map(folded, _between_bars(text)))


def _between_bars(text: str) -> list[str]:
    return re.split(r"[|\n]", text.strip())


def _pattern(spelling: str) -> str:
    parts = [part for part in _PART.finditer(spelling.strip()) if part.group().strip()]
    following = [*parts[1:], None]
    return "".join(_part(part, after) for part, after in zip(parts, following, strict=True))


def _part(part: re.Match[str], after: re.Match[str] | None) -> str:
    if part["number"]:
        return f"({_NUMBERS[part['number']]}) "
    dash = "" if after is None or after["number"] else _DASH
    if part["optional"]:
        return f"(?:{any_of(TERMS[part['optional']])}{dash})?"
    words = any_of(TERMS[part["term"]]) if part["term"] else re.escape(folded(part["words"]))
    return f"{words}{dash}"


def _quarter_line(found: re.Match[str]) -> str:
    """`2.5/3` is 2.75 and `0/-0.5` is -0.25, as Asian books write them; anything else stays as it is."""
    first, second = Decimal(found[2]), Decimal(found[4])
    if found[3] and not found[1] and first:
        return found.group()
    if abs(first - second) != Decimal("0.5"):
        return found.group()
    return f"{found[1] or found[3]}{(first + second) / 2}"
