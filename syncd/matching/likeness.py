"""How alike two written names are: which word answers which, and how well.

This part knows nothing of how common a word is, so its result holds for good and is kept. `weights.py` says
what the agreement is worth among the names of one country.
"""

import itertools
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from syncd.matching.names import TeamName

SAME = 1.0
_JOINED = 0.95
_BEGINNING = 0.88
_SOUND = 0.85
_INITIALS = 0.8
_ENDING = 0.8
_SHORT_BEGINNING = (0.0, 0.42, 0.5, 0.72)
_CONTRACTED = 0.55
_TYPING = 0.8
WEAKEST = 0.4
HINT = 0.45
LONGEST_FORM = 3

_VOWELS = re.compile(r"[aeiouy]+")
_SOUNDS = str.maketrans({"q": "k", "c": "k", "z": "s", "v": "f", "w": "f", "j": "y"})


class Answer(NamedTuple):
    """Words of one name (by position) that stand for words of the other, and how sure that is (0..1)."""

    left: tuple[int, ...]
    right: tuple[int, ...]
    degree: float


def sound_letters(word: str) -> str:
    """The word with one letter for each sound that alphabets write differently."""
    heard = (
        word.replace("kh", "k")
        .replace("gh", "g")
        .replace("dh", "d")
        .replace("th", "t")
        .replace("ph", "f")
        .replace("x", "ks")
    )
    return heard.translate(_SOUNDS)


@lru_cache(maxsize=10_000)
def sound(word: str) -> str:
    """The consonants of a word, roughly as they sound: transliterations differ in little else."""
    heard = sound_letters(word)
    first = "a" if heard[:1] in "aeiouy" else heard[:1]
    kept = first + "".join(letter for letter in heard[1:] if letter not in "aeiouyh")
    return "".join(letter for at, letter in enumerate(kept) if at == 0 or kept[at - 1] != letter)


@lru_cache(maxsize=10_000)
def syllables(word: str) -> str:
    """The word with each run of vowels as one: "Fayha" and "Feiha", "Tai" and "Taee"."""
    return _VOWELS.sub("a", sound_letters(word).rstrip("h"))


@lru_cache(maxsize=5_000)
def word_likeness(one: str, other: str) -> float:
    """How likely two words are the same word written otherwise: 1 for equal, 0 for nothing in common."""
    if one == other:
        return SAME
    short, long = sorted((one, other), key=len)
    if short.isdigit() or long.isdigit():
        return 0.0
    return _differently_written(short, long)


def _differently_written(short: str, long: str) -> float:
    if long.startswith(short):
        return _SHORT_BEGINNING[len(short)] if len(short) < len(_SHORT_BEGINNING) else _BEGINNING
    if _same_syllables(short, long):
        return _SOUND
    if len(short) <= 4:
        return _short_word(short, long)
    if len(short) >= 6 and long.endswith(short):
        return _ENDING
    return max(_spelling(short, long), _SOUND if _sounds_alike(short, long) else 0.0)


def _same_syllables(short: str, long: str) -> bool:
    """Of short words too little is left for more than a letter's difference: "Raed" is not "Riyadh"."""
    if len(short) <= 4 and (len(long) - len(short) > 1 or short[0] != long[0]):
        return False
    return len(long) - len(short) <= 2 and syllables(short) == syllables(long)


def _short_word(short: str, long: str) -> float:
    if len(short) == 4 and len(long) <= 5 and _sounds_alike(short, long):
        return _SOUND
    if len(short) == 4 and len(long) <= 5 and _spelling(short, long):
        return 0.6
    contracted = len(short) >= 2 and len(long) >= len(short) + 3 and short[0] == long[0]
    return _CONTRACTED if contracted and _is_contraction(short, long) else 0.0


def _is_contraction(short: str, long: str) -> bool:
    """Whether `short` is made of consonants of `long` in their order ("tg" of "targu")."""
    if not set(short[1:]).isdisjoint("aeiou"):
        return False
    letters = iter(long)
    return all(letter in letters for letter in short)


def _sounds_alike(one: str, other: str) -> bool:
    heard = sound(one)
    return len(heard) >= 2 and heard == sound(other) and abs(len(one) - len(other)) <= 2


def _spelling(one: str, other: str) -> float:
    alike = Levenshtein.normalized_similarity(one, other)
    return alike if alike >= _TYPING or (alike >= 0.75 and one[0] == other[0]) else 0.0


def answers(left: TeamName, right: TeamName) -> tuple[Answer, ...]:
    """Which words answer which: joined words and initials first, then the best single words."""
    found: list[Answer] = []
    free = (set(range(len(left.words))), set(range(len(right.words))))
    _equal_words(left, right, free, found)
    _joined_words(left, right, free, found)
    _initials(left, right, free, found)
    _single_words(left, right, free, found)
    _first_letters(left, right, free, found)
    return _one_of_a_kind(tuple(found))


@lru_cache(maxsize=5_000)
def _one_of_a_kind(found: tuple[Answer, ...]) -> tuple[Answer, ...]:
    """Positions and degrees are always the same few: tens of thousands of pairs of names share them."""
    return found


Free = tuple[set[int], set[int]]


def _take(found: list[Answer], free: Free, answer: Answer) -> None:
    found.append(answer)
    free[0].difference_update(answer.left)
    free[1].difference_update(answer.right)


def _equal_words(left: TeamName, right: TeamName, free: Free, found: list[Answer]) -> None:
    for at, word in enumerate(left.words):
        there = next((j for j in sorted(free[1]) if right.words[j] == word), None)
        if there is not None:
            _take(found, free, Answer((at,), (there,), SAME))


def _runs(words: tuple[str, ...], free: set[int]) -> list[tuple[int, ...]]:
    """All runs of two to four neighbouring free words."""
    return [
        run
        for length in (4, 3, 2)
        for start in range(len(words) - length + 1)
        if free.issuperset(run := tuple(range(start, start + length)))
    ]


def _joined_words(left: TeamName, right: TeamName, free: Free, found: list[Answer]) -> None:
    """As "North East" and "Northeast"."""
    for run in _runs(left.words, free[0]):
        joined = "".join(left.words[at] for at in run)
        there = next((j for j in sorted(free[1]) if right.words[j] == joined), None)
        if there is not None and free[0].issuperset(run):
            _take(found, free, Answer(run, (there,), _JOINED))
    for run in _runs(right.words, free[1]):
        joined = "".join(right.words[at] for at in run)
        there = next((i for i in sorted(free[0]) if left.words[i] == joined), None)
        if there is not None and free[1].issuperset(run):
            _take(found, free, Answer((there,), run, _JOINED))


def _initials(left: TeamName, right: TeamName, free: Free, found: list[Answer]) -> None:
    """As "RFS" and "Rigas Futbola Skola", "BW" and "Blau Weiss", "LAFC" and "Los Angeles FC"."""
    for run in _runs(left.words, free[0]):
        there = _written_as(initials_of(left.words, run), right.words, free[1])
        if there is not None and free[0].issuperset(run):
            _take(found, free, Answer(run, (there,), _INITIALS))
    for run in _runs(right.words, free[1]):
        there = _written_as(initials_of(right.words, run), left.words, free[0])
        if there is not None and free[1].issuperset(run):
            _take(found, free, Answer((there,), run, _INITIALS))


def initials_of(words: Sequence[str], run: Iterable[int]) -> tuple[str, ...]:
    """The first letters of these words; the last one may itself be initials: "Wolfsburger AC", "WAC"."""
    *firsts, last = (words[at] for at in run)
    letters = "".join(word[0] for word in firsts)
    return (letters + last[0], letters + last) if 2 <= len(last) <= LONGEST_FORM else (letters + last[0],)


def _written_as(initials: tuple[str, ...], words: tuple[str, ...], free: set[int]) -> int | None:
    return next((at for at in sorted(free) if words[at] in initials), None)


def _single_words(left: TeamName, right: TeamName, free: Free, found: list[Answer]) -> None:
    degrees = [
        (word_likeness(left.words[i], right.words[j]), -i, -j)
        for i in free[0]
        for j in free[1]
        if not (left.words[i] in left.forms) ^ (right.words[j] in right.forms)
    ]
    for degree, i, j in sorted(degrees, reverse=True):
        if degree >= WEAKEST and -i in free[0] and -j in free[1]:
            _take(found, free, Answer((-i,), (-j,), degree))


def _first_letters(left: TeamName, right: TeamName, free: Free, found: list[Answer]) -> None:
    """As "MVV" and "Maastricht": a hint, and none where something else answers or both names say more."""
    if found or min(_telling(left), _telling(right)) > 1:
        return
    for i, j in itertools.product(sorted(free[0]), sorted(free[1])):
        ours, theirs = left.words[i], right.words[j]
        if ours[0] == theirs[0] and (ours in left.initials) != (theirs in right.initials):
            _take(found, free, Answer((i,), (j,), HINT))
            return


def _telling(name: TeamName) -> int:
    return len(name.words) - len(name.forms)
