"""Names and messages of others, made safe to show: on a terminal, in a log, in a notification, on a page.

An escape sequence moves the cursor or retitles the window, a line break forges a line of the log, a direction
mark swaps the teams of a match that a user decides on, and characters without width make two different names
look the same.
"""

import re
from typing import Final

_SPANS: Final = (
    "\\x00-\\x1f\\x7f-\\x9f"  # controls, of which \x9b begins an escape sequence too
    "\\xad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f"  # without width
    "\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f"  # without width, line separators, directions
    "\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb"
    "\\ud800-\\udfff"  # surrogates: they cannot even be written
    "\\U0001bca0-\\U0001bca3\\U0001d173-\\U0001d17a\\U000e0000-\\U000e0fff"
)
_UNSAFE: Final = re.compile(f"[{_SPANS}]")
_UNSAFE_IN_LINES: Final = re.compile(f"(?![\\n\\t])[{_SPANS}]")
REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"


def one_line(text: str) -> str:
    """Replace every character that does something other than show itself, line breaks included."""
    return _UNSAFE.sub(REPLACEMENT, text)


def in_lines(text: str) -> str:
    """The same for a text with lines of our own: line breaks and tabs stay."""
    return _UNSAFE_IN_LINES.sub(REPLACEMENT, text)


def escaped(text: str, *, lines: bool = False) -> str:
    """Write these characters as JSON does, by their numbers: a JSON document stays the same one.

    `lines`: line breaks and tabs stay.
    """
    return (_UNSAFE_IN_LINES if lines else _UNSAFE).sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
