"""Normalisation of written names: one spelling for all alphabets, accents and punctuation."""

import re
from functools import lru_cache

from anyascii import anyascii

from syncd.matching.parameters import CACHED_TEXTS

_APOSTROPHES = re.compile(r"['`´’‘ʼʻ]")
_DOTTED_INITIALS = re.compile(r"\b(?:[a-z]\.\s?){2,}|\b(?:[a-z]\.)+[a-z]\b")
_SEPARATORS = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=CACHED_TEXTS)
def normalize(text: str) -> str:
    """Return lower-case ASCII tokens, single-spaced; dotted initials become one token (`F.C.` -> `fc`).

    Returns "" for a text without a letter or digit.
    """
    folded = anyascii(_APOSTROPHES.sub("", text)).lower().replace("&", " and ")
    folded = _APOSTROPHES.sub("", folded)
    folded = _DOTTED_INITIALS.sub(lambda dotted: re.sub(r"[.\s]", "", dotted.group()) + " ", folded)
    return _SEPARATORS.sub(" ", folded).strip()
