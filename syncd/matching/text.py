"""Names as plain lower-case words: one spelling for all alphabets, accents and punctuation."""

import re
from functools import lru_cache

from anyascii import anyascii

_APOSTROPHES = re.compile(r"['`´’‘ʼʻ]")
_INITIALS = re.compile(r"\b(?:[a-z]\.\s?){2,}|\b(?:[a-z]\.)+[a-z]\b")
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")

LONGEST_NAME = 100
"""Letters of a team's name: the longest one seen has 40. What is longer is no name, and slow to compare."""


@lru_cache(maxsize=100_000)
def plain(text: str) -> str:
    """Lower-case ASCII words, single-spaced; dotted initials become one word (`F.C.` -> `fc`)."""
    folded = anyascii(_APOSTROPHES.sub("", text)).lower().replace("&", " and ")
    folded = _APOSTROPHES.sub("", folded)
    folded = _INITIALS.sub(lambda dotted: re.sub(r"[.\s]", "", dotted.group()) + " ", folded)
    return _NOT_A_WORD.sub(" ", folded).strip()
