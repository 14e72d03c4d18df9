"""Which side of a club plays: the first team, the women, an age group, the reserves."""

import re
from collections.abc import Set
from typing import NamedTuple

from syncd.matching.knowledge import SquadEndings, SquadWords

_AGE = re.compile(r"\b(?:(?:u|under|sub|s|k|onder)[ -]?|[pgo])(1[4-9]|2[0-3])s?\b|\b(1[4-9]|2[0-3])u\b")
ANY_AGE = 0
SECOND, THIRD = 1, 2


class Squad(NamedTuple):
    """`age` is the limit of an age group (`ANY_AGE` where only "youth" is said), none for adults.

    `reserve` is `SECOND` (II, B, reserves) or `THIRD` (III), else 0. An `academy` may be a squad or a club.
    """

    women: bool = False
    age: int | None = None
    reserve: int = 0
    academy: bool = False

    def within(self, league: "Squad") -> "Squad":
        """This squad as read from a team's name, completed by what the league's name says."""
        age = league.age if self.age in (None, ANY_AGE) and league.age is not None else self.age
        return Squad(self.women or league.women, age, max(self.reserve, league.reserve), self.academy)

    @property
    def words(self) -> str:
        """How a person would call it: `women U19`, `reserves`, `first team`."""
        said = ["women"] if self.women else []
        if self.age is not None:
            said.append(f"U{self.age}" if self.age else "youth")
        if self.reserve:
            said.append("third team" if self.reserve == THIRD else "reserves")
        if self.academy:
            said.append("academy")
        return " ".join(said) or "first team"


FIRST_TEAM = Squad()


def of_name(words: list[str], markers: SquadWords, forms: Set[str]) -> tuple[Squad, list[str]]:
    """The squad that a team's name tells, and the name's words without its markers.

    `forms` are words that only say what kind of club it is.
    """
    text = " ".join(words)
    if text in markers.first_teams:
        return FIRST_TEAM, words
    if text in markers.second_teams:
        return Squad(reserve=SECOND), list(markers.second_teams[text])
    squad, rest = _of_words(text, markers)
    squad, rest = _without_endings(squad, rest, markers.endings, forms)
    return squad._replace(academy=not markers.academy.isdisjoint(rest)), rest or words


def _without_endings(
    squad: Squad, rest: list[str], endings: SquadEndings, forms: Set[str]
) -> tuple[Squad, list[str]]:
    """Such as "Celta B", "Mainz 05 II", "Ajax W": these words mark a squad only behind a name."""
    while len(rest) > 1 and (len(rest[-2]) > 1 or (len(rest) > 2 and rest[-2] in endings.women)):
        ending = rest[-1]
        if ending in endings.women:
            squad = squad._replace(women=True)
        elif ending in endings.second or ending in endings.third:
            reserve = THIRD if ending in endings.third else SECOND
            squad = squad._replace(reserve=max(squad.reserve, reserve))
        elif ending in endings.youth and not forms >= set(rest[:-1]):
            # "EC Primavera" is a club.
            squad = squad._replace(age=ANY_AGE if squad.age is None else squad.age)
        else:
            break
        rest = rest[:-1]
    return squad, rest


def of_league(text: str, markers: SquadWords) -> Squad:
    """The squad that a league's or tournament's plain name tells."""
    squad, rest = _of_words(text, markers)
    youth = not markers.youth.isdisjoint(rest) or _begins(rest, markers.youth_beginnings)
    return squad._replace(
        women=squad.women or not markers.women_leagues.isdisjoint(rest),
        age=ANY_AGE if youth and squad.age is None else squad.age,
    )


def _of_words(text: str, markers: SquadWords) -> tuple[Squad, list[str]]:
    for place in markers.one_word:
        text = re.sub(rf"\b{place}\b", place.replace(" ", ""), text)
    age = _AGE.search(text)
    if age:
        text = _AGE.sub(" ", text)
    women = any(f" {phrase} " in f" {text} " for phrase in markers.women_phrases)
    reserve = any(f" {phrase} " in f" {text} " for phrase in markers.reserve_phrases)
    for phrase in markers.reserve_phrases:
        text = text.replace(phrase, " ")
    words = text.split()
    rest = [word for word in words if not _marks_women(word, markers)]
    women |= len(rest) < len(words)
    reserve |= not markers.reserve.isdisjoint(rest)
    squad = Squad(women, int(age[1] or age[2]) if age else None, SECOND if reserve else 0)
    return squad, [word for word in rest if word not in markers.reserve]


def _marks_women(word: str, markers: SquadWords) -> bool:
    return word in markers.women or word.startswith(markers.women_beginnings)


def _begins(words: list[str], beginnings: tuple[str, ...]) -> bool:
    return any(word.startswith(beginnings) for word in words)


_SAME, _UNCLEAR, _AGES_NEAR, _DIFFERENT = 0.0, -2.5, -4.0, -12.0


def likeness(one: Squad, other: Squad) -> float:
    """Log likelihood ratio: 0 for the same squad, far below for another one of the same club.

    Anything below 0 waits for a person at best.
    """
    if one == other:
        return _SAME
    if one.women != other.women or (one.reserve != other.reserve and one.reserve and other.reserve):
        return _DIFFERENT
    if one.age is not None and other.age is not None:
        return _ages(one.age, other.age)
    return _UNCLEAR if _may_be_called(one, other) or _may_be_called(other, one) else _DIFFERENT


def _ages(one: int, other: int) -> float:
    if ANY_AGE in (one, other):
        return _UNCLEAR
    if one == other:
        return _SAME
    return _AGES_NEAR if abs(one - other) <= 1 else _DIFFERENT


def _may_be_called(one: Squad, other: Squad) -> bool:
    """Whether the squad that one provider calls `one` may be `other` to the next."""
    if one.academy and one.age is None and not one.reserve:
        return True
    # A second team is "II" to one provider and "U23" to the other.
    return bool(one.reserve) and (bool(other.reserve) or (other.age or 0) > 20)
