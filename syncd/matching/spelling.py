"""Spelling of single words: one for all alphabets, the sound behind it, and how similar two words are."""

import re
from functools import lru_cache

from anyascii import anyascii
from rapidfuzz.distance import Levenshtein

from syncd.matching.parameters import (
    CACHED_TEXTS,
    CACHED_TOKEN_PAIRS,
    CACHED_TOKENS,
    CONTRACTION_SIMILARITY,
    EQUAL_SIMILARITY,
    MAX_SOUND_LENGTH_GAP,
    MIN_CONTRACTED_LETTERS,
    MIN_SOUND_LETTERS,
    MIN_SPELLING_SIMILARITY,
    MIN_SPELLING_SIMILARITY_SAME_INITIAL,
    MIN_SUFFIX_LETTERS,
    PREFIX_SIMILARITY,
    SHORT_PREFIX_SIMILARITIES,
    SHORT_SPELLING_SIMILARITY,
    SHORT_TOKEN_LETTERS,
    SOUND_SIMILARITY,
    SUFFIX_SIMILARITY,
)

_APOSTROPHES = re.compile(r"['`´’‘ʼʻ]")
_DOTTED_INITIALS = re.compile(r"\b(?:[a-z]\.)+[a-z]\b|\b(?:[a-z]\.\s?){2,}")
_SEPARATORS = re.compile(r"[^a-z0-9]+")
_PLAIN = re.compile(r"[A-Za-z0-9]+(?: [A-Za-z0-9]+)*")
"""Texts of which only the case has to be folded."""
_VOWELS = re.compile(r"[aeiouy]+")
_SOUNDS = str.maketrans({"q": "k", "c": "k", "z": "s", "v": "f", "w": "f", "j": "y"})


@lru_cache(maxsize=CACHED_TEXTS)
def normalize(text: str) -> str:
    """Return lower-case ASCII tokens, single-spaced; dotted initials become one token (`F.C.` -> `fc`).

    Returns "" for a text without a letter or digit.
    """
    return normalize_once(text)


def normalize_once(text: str) -> str:
    """Return the same, and do not remember it: for the thousands of names of a table."""
    if _PLAIN.fullmatch(text):
        return text.lower()
    folded = anyascii(_APOSTROPHES.sub("", text)).lower().replace("&", " and ")
    folded = _APOSTROPHES.sub("", folded)
    folded = _DOTTED_INITIALS.sub(lambda dotted: re.sub(r"[.\s]", "", dotted.group()) + " ", folded)
    return _SEPARATORS.sub(" ", folded).strip()


def _in_common_letters(token: str) -> str:
    """Write each sound that alphabets spell differently with one letter."""
    spelt = (
        token.replace("kh", "k")
        .replace("gh", "g")
        .replace("dh", "d")
        .replace("th", "t")
        .replace("ph", "f")
        .replace("x", "ks")
    )
    return spelt.translate(_SOUNDS)


@lru_cache(maxsize=CACHED_TOKENS)
def sound(token: str) -> str:
    """Return the consonants of a token roughly as they sound: transliterations differ in little else."""
    spelt = _in_common_letters(token)
    first = "a" if spelt[:1] in "aeiouy" else spelt[:1]
    kept = first + "".join(letter for letter in spelt[1:] if letter not in "aeiouyh")
    return "".join(letter for index, letter in enumerate(kept) if index == 0 or kept[index - 1] != letter)


@lru_cache(maxsize=CACHED_TOKENS)
def syllables(token: str) -> str:
    """Return the token with each run of vowels as one: "Fayha" and "Feiha", "Tai" and "Taee"."""
    return _VOWELS.sub("a", _in_common_letters(token).rstrip("h"))


@lru_cache(maxsize=CACHED_TOKEN_PAIRS)
def token_similarity(one: str, other: str) -> float:
    """Return how likely two tokens are one word written differently: 1 if equal, 0 if unrelated."""
    if one == other:
        return EQUAL_SIMILARITY
    short, long = sorted((one, other), key=len)
    if short.isdigit() or long.isdigit():
        return 0.0
    return _similarity_of_different(short, long)


def _similarity_of_different(short: str, long: str) -> float:
    if long.startswith(short):
        known = len(short) < len(SHORT_PREFIX_SIMILARITIES)
        return SHORT_PREFIX_SIMILARITIES[len(short)] if known else PREFIX_SIMILARITY
    if _same_syllables(short, long):
        return SOUND_SIMILARITY
    if len(short) <= SHORT_TOKEN_LETTERS:
        return _similarity_of_short(short, long)
    if len(short) >= MIN_SUFFIX_LETTERS and long.endswith(short):
        return SUFFIX_SIMILARITY
    return max(_spelling(short, long), SOUND_SIMILARITY if _same_sound(short, long) else 0.0)


def _same_syllables(short: str, long: str) -> bool:
    """Compare syllables. Short tokens may differ in one letter only: "Raed" is not "Riyadh"."""
    if len(short) <= SHORT_TOKEN_LETTERS and (len(long) - len(short) > 1 or short[0] != long[0]):
        return False
    return len(long) - len(short) <= MAX_SOUND_LENGTH_GAP and syllables(short) == syllables(long)


def _similarity_of_short(short: str, long: str) -> float:
    comparable = len(short) == SHORT_TOKEN_LETTERS and len(long) <= SHORT_TOKEN_LETTERS + 1
    if comparable and _same_sound(short, long):
        return SOUND_SIMILARITY
    if comparable and _spelling(short, long):
        return SHORT_SPELLING_SIMILARITY
    if len(short) < 2 or len(long) < len(short) + MIN_CONTRACTED_LETTERS or short[0] != long[0]:
        return 0.0
    return CONTRACTION_SIMILARITY if _is_contraction(short, long) else 0.0


def _is_contraction(short: str, long: str) -> bool:
    """Return whether `short` consists of consonants of `long` in their order ("tg" of "targu")."""
    if not set(short[1:]).isdisjoint("aeiou"):
        return False
    letters = iter(long)
    return all(letter in letters for letter in short)


def _same_sound(one: str, other: str) -> bool:
    sounds = sound(one)
    if len(sounds) < MIN_SOUND_LETTERS or sounds != sound(other):
        return False
    return abs(len(one) - len(other)) <= MAX_SOUND_LENGTH_GAP


def _spelling(one: str, other: str) -> float:
    similarity = Levenshtein.normalized_similarity(one, other)
    same_initial = one[0] == other[0]
    least = MIN_SPELLING_SIMILARITY_SAME_INITIAL if same_initial else MIN_SPELLING_SIMILARITY
    return similarity if similarity >= least else 0.0
