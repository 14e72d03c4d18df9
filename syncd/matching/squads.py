"""Which side of a club plays: the first team, the women, an age group, the reserves."""

import re
from typing import NamedTuple

from syncd.matching.knowledge import SquadWords

_AGE = re.compile(r"\b(?:u|under|sub|s)[ -]?(1[4-9]|2[0-3])s?\b|\b(1[4-9]|2[0-3])u\b")
ANY_AGE = 0


class Squad(NamedTuple):
    """`age` is the limit of an age group (`ANY_AGE` where only "youth" is said), none for adults."""

    women: bool = False
    age: int | None = None
    reserve: bool = False

    def within(self, league: "Squad") -> "Squad":
        """This squad as read from a team's name, completed by what the league's name says."""
        age = league.age if self.age in (None, ANY_AGE) and league.age is not None else self.age
        return Squad(self.women or league.women, age, self.reserve or league.reserve)

    @property
    def words(self) -> str:
        """How a person would call it: `women U19`, `reserves`, `first team`."""
        said = ["women"] if self.women else []
        if self.age is not None:
            said.append(f"U{self.age}" if self.age else "youth")
        if self.reserve:
            said.append("reserves")
        return " ".join(said) or "first team"


FIRST_TEAM = Squad()


def of_name(words: list[str], markers: SquadWords) -> tuple[Squad, list[str]]:
    """The squad that a team's name tells, and the name's words without its markers."""
    text = " ".join(words)
    if text in markers.first_teams:
        return FIRST_TEAM, words
    squad, rest = _of_words(text, markers)
    women, age, reserve = squad
    # "Celta B", "Mainz 05 II", "Ajax W": such short words mark a squad only behind a name.
    while len(rest) > 1 and len(rest[-2]) > 1 and rest[-1] in (*markers.reserve_endings, "w", "f"):
        women |= rest[-1] in ("w", "f")
        reserve |= rest[-1] in markers.reserve_endings
        rest = rest[:-1]
    return Squad(women, age, reserve), rest or words


def of_league(text: str, markers: SquadWords) -> Squad:
    """The squad that a league's or tournament's plain name tells."""
    squad, rest = _of_words(text, markers)
    youth = squad.age is None and not markers.youth.isdisjoint(rest)
    return squad._replace(age=ANY_AGE if youth else squad.age)


def _of_words(text: str, markers: SquadWords) -> tuple[Squad, list[str]]:
    age = _AGE.search(text)
    if age:
        text = _AGE.sub(" ", text)
    women = any(f" {phrase} " in f" {text} " for phrase in markers.women_phrases)
    reserve = any(f" {phrase} " in f" {text} " for phrase in markers.reserve_phrases)
    for phrase in markers.reserve_phrases:
        text = text.replace(phrase, " ")
    words = text.split()
    women |= not markers.women.isdisjoint(words)
    reserve |= not markers.reserve.isdisjoint(words)
    rest = [word for word in words if word not in markers.women and word not in markers.reserve]
    return Squad(women, int(age[1] or age[2]) if age else None, reserve), rest


_SAME, _UNCLEAR, _AGES_NEAR, _DIFFERENT = 0.0, -2.5, -4.0, -12.0


def likeness(one: Squad, other: Squad) -> float:
    """Log likelihood ratio: 0 for the same squad, far below for another one of the same club."""
    if one == other:
        return _SAME
    if one.women != other.women:
        return _DIFFERENT
    if one.age is not None and other.age is not None:
        return _ages(one.age, other.age)
    # A second team is "II" to one provider and "U23" to the other.
    if one.reserve and other.reserve:
        return _UNCLEAR
    if (one.reserve and (other.age or 0) > 20) or (other.reserve and (one.age or 0) > 20):
        return _UNCLEAR
    return _DIFFERENT


def _ages(one: int, other: int) -> float:
    if one == other or ANY_AGE in (one, other):
        return _SAME
    return _AGES_NEAR if abs(one - other) <= 1 else _DIFFERENT
