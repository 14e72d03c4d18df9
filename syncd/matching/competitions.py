"""What a league's or tournament's name says: its country, its competition, and the squads that play there."""

import msgspec

from syncd.matching import squads
from syncd.matching.knowledge import Knowledge
from syncd.matching.squads import FIRST_TEAM, Squad
from syncd.matching.text import plain

INTERNATIONAL = "international"
"""The country of everything that crosses borders: club cups, national teams, friendlies."""

_SEPARATOR = " - "
_STEPS = {
    "i": "1",
    "ii": "2",
    "iii": "3",
    "1st": "1",
    "2nd": "2",
    "3rd": "3",
    "first": "1",
    "second": "2",
    "third": "3",
}
_FILLING = frozenset({"league", "liga", "the", "of", "de", "matches", "women", "womens", "s"})
_MOST_WORDS = 30

_SAME_WORDS = 2.0
_CUP_AND_LEAGUE = -2.0
_OTHER_STEP = -1.0


class Competition(msgspec.Struct, frozen=True, kw_only=True):
    """A competition within a country; `country` is also the block in which its matches are decided."""

    name: str
    """The whole name, country included."""
    short: str
    """The name without its country."""
    country: str
    words: frozenset[str]
    squad: Squad = FIRST_TEAM

    @property
    def steps(self) -> frozenset[str]:
        """The numbers in the name: a league's step, or a group."""
        return frozenset(word for word in self.words if word.isdigit())


def of_league(name: str, knowledge: Knowledge) -> Competition:
    """Read Pinnacle's `Country - Competition`; a name without a country is international."""
    prefix, separator, rest = name.partition(_SEPARATOR)
    country = _country(prefix, knowledge) if separator else INTERNATIONAL
    return _competition(name, country, rest if separator else name, knowledge)


def of_tournament(country: str, name: str, knowledge: Knowledge) -> Competition:
    """Read BetTune's country and tournament."""
    return _competition(f"{country}{_SEPARATOR}{name}", _country(country, knowledge), name, knowledge)


def _country(text: str, knowledge: Knowledge) -> str:
    said = plain(text)
    nation = knowledge.nations.get(said)
    if nation is not None:
        return nation
    return INTERNATIONAL if said.replace(" ", "-") in knowledge.bodies or said in knowledge.bodies else said


def _competition(name: str, country: str, rest: str, knowledge: Knowledge) -> Competition:
    text = plain(rest)
    first = text.split()[:_MOST_WORDS]
    words = frozenset(_STEPS.get(word, knowledge.competitions.get(word, word)) for word in first)
    return Competition(
        name=name,
        short=rest,
        # One provider files friendlies under a country, the other under the world.
        country=INTERNATIONAL if "friendly" in words else country,
        words=words - _FILLING,
        squad=squads.of_league(text, knowledge.squads),
    )


def likeness(league: Competition, tournament: Competition) -> float:
    """Log likelihood ratio of the two names being one competition, before anything was learnt."""
    one, other = league.words, tournament.words
    if one == other:
        return _SAME_WORDS
    if ("cup" in one) != ("cup" in other):
        return _CUP_AND_LEAGUE
    shared = len(one & other) / max(1, len(one | other))
    steps = league.steps, tournament.steps
    other_step = _OTHER_STEP if all(steps) and steps[0].isdisjoint(steps[1]) else 0.0
    return _SAME_WORDS * shared + other_step
