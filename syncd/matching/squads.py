"""The squad of a club that plays: the first team, the women, an age group, the reserves."""

import re
from collections.abc import Mapping, Set
from typing import NamedTuple

from syncd.matching.knowledge import SquadEndings, SquadMarkers
from syncd.matching.parameters import (
    ADJACENT_AGES_WEIGHT,
    DIFFERENT_SQUAD_WEIGHT,
    MAX_ADJACENT_AGES,
    MIN_RESERVE_AGE,
    POSSIBLY_SAME_SQUAD_WEIGHT,
    SAME_SQUAD_WEIGHT,
)

_AGE = re.compile(r"\b(?:(?:u|under|sub|s|k|onder)[ -]?|[pgo])(1[4-9]|2[0-3])s?\b|\b(1[4-9]|2[0-3])u\b")
ANY_AGE = 0
SECOND, THIRD = 1, 2


class Squad(NamedTuple):
    """`age` is the limit of an age group, `ANY_AGE` if only "youth" is known, None for adults.

    `reserve` is `SECOND` (II, B, reserves) or `THIRD` (III), else 0. An `academy` may be a squad or a club.
    """

    women: bool = False
    age: int | None = None
    reserve: int = 0
    academy: bool = False

    def within(self, league: "Squad") -> "Squad":
        """Return this squad, read from a team's name, completed by what the league's name says."""
        age = league.age if self.age in (None, ANY_AGE) and league.age is not None else self.age
        return Squad(self.women or league.women, age, max(self.reserve, league.reserve), self.academy)

    @property
    def label(self) -> str:
        """The usual name: `women U19`, `reserves`, `first team`. Lessons keep it in their scope."""
        parts = ["women"] if self.women else []
        if self.age is not None:
            parts.append(f"U{self.age}" if self.age else "youth")
        if self.reserve:
            parts.append("third team" if self.reserve == THIRD else "reserves")
        if self.academy:
            parts.append("academy")
        return " ".join(parts) or "first team"


FIRST_TEAM = Squad()


def of_name(tokens: list[str], markers: SquadMarkers, forms: Set[str]) -> tuple[Squad, list[str]]:
    """Return the squad that a team's name says, and the name's tokens without its markers.

    `forms` are the club-form words.
    """
    text = " ".join(tokens)
    if text in markers.first_teams:
        return FIRST_TEAM, tokens
    squad, rest = _of_text(text, markers)
    squad, rest = _without_endings(squad, rest, markers.endings, forms)
    return squad._replace(academy=not markers.academy.isdisjoint(rest)), rest or tokens


def _without_endings(
    squad: Squad, rest: list[str], endings: SquadEndings, forms: Set[str]
) -> tuple[Squad, list[str]]:
    """Read `Celta B`, `Mainz 05 II`, `Ajax W`: these tokens mark a squad only after a name."""
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


def ends_with_a_letter(tokens: list[str], markers: SquadMarkers) -> bool:
    """Return whether the last token of a name is a single letter that may mark a squad."""
    endings = markers.endings
    marks = endings.women | endings.second | endings.third
    return len(tokens) > 1 and len(tokens[-1]) == 1 and tokens[-1].isalpha() and tokens[-1] in marks


def of_league(text: str, markers: SquadMarkers, country: str = "") -> Squad:
    """Return the squad that a league's or tournament's normalised name says in its country."""
    squad, rest = _of_text(text, markers)
    women = squad.women or not markers.women_leagues.isdisjoint(rest)
    age = squad.age
    if age is None and not women:
        age = _usual_age(text, markers.ages.get(country, {}))
    if age is None and (not markers.youth.isdisjoint(rest) or _begins(rest, markers.youth_beginnings)):
        age = ANY_AGE
    return squad._replace(women=women, age=age)


def _usual_age(text: str, ages: Mapping[str, int]) -> int | None:
    return next((age for phrase, age in ages.items() if f" {phrase} " in f" {text} "), None)


def _of_text(text: str, markers: SquadMarkers) -> tuple[Squad, list[str]]:
    for place in markers.one_word:
        text = re.sub(rf"\b{place}\b", place.replace(" ", ""), text)
    age = _AGE.search(text)
    if age:
        text = _AGE.sub(" ", text)
    women = any(f" {phrase} " in f" {text} " for phrase in markers.women_phrases)
    reserve = any(f" {phrase} " in f" {text} " for phrase in markers.reserve_phrases)
    for phrase in markers.reserve_phrases:
        text = text.replace(phrase, " ")
    tokens = text.split()
    rest = [token for token in tokens if not _marks_women(token, markers)]
    women |= len(rest) < len(tokens)
    reserve |= not markers.reserve.isdisjoint(rest)
    squad = Squad(women, int(age[1] or age[2]) if age else None, SECOND if reserve else 0)
    return squad, [token for token in rest if token not in markers.reserve]


def _marks_women(token: str, markers: SquadMarkers) -> bool:
    return token in markers.women or token.startswith(markers.women_beginnings)


def _begins(tokens: list[str], beginnings: tuple[str, ...]) -> bool:
    return any(token.startswith(beginnings) for token in tokens)


def squad_weight(one: Squad, other: Squad) -> float:
    """Return the log likelihood ratio (nats) of two squads of one club being the same.

    It is 0 for the same squad; anything below waits for a user at best.
    """
    if one == other:
        return SAME_SQUAD_WEIGHT
    if one.women != other.women or (one.reserve != other.reserve and one.reserve and other.reserve):
        return DIFFERENT_SQUAD_WEIGHT
    if one.age is not None and other.age is not None:
        return _age_weight(one.age, other.age)
    if _may_be_called(one, other) or _may_be_called(other, one):
        return POSSIBLY_SAME_SQUAD_WEIGHT
    return DIFFERENT_SQUAD_WEIGHT


def _age_weight(one: int, other: int) -> float:
    if ANY_AGE in (one, other):
        return POSSIBLY_SAME_SQUAD_WEIGHT
    if one == other:
        return SAME_SQUAD_WEIGHT
    return ADJACENT_AGES_WEIGHT if abs(one - other) <= MAX_ADJACENT_AGES else DIFFERENT_SQUAD_WEIGHT


def _may_be_called(one: Squad, other: Squad) -> bool:
    """Return whether the squad that one provider calls `one` may be `other` to the other."""
    if one.academy and one.age is None and not one.reserve:
        return True
    # A second team is "II" to one provider and "U23" to the other.
    return bool(one.reserve) and (bool(other.reserve) or (other.age or 0) >= MIN_RESERVE_AGE)
