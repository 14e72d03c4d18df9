"""Names of leagues and tournaments parsed: the country, the competition, and the squads that play there."""

import msgspec

from syncd.matching import squads
from syncd.matching.knowledge import Knowledge
from syncd.matching.parameters import (
    CUP_AGAINST_LEAGUE_WEIGHT,
    DIFFERENT_STEP_WEIGHT,
    MAX_COMPETITION_TOKENS,
    SAME_COMPETITION_WEIGHT,
)
from syncd.matching.spelling import normalize
from syncd.matching.squads import FIRST_TEAM, Squad

INTERNATIONAL = "international"
"""The country of everything that crosses borders: club cups, national teams, friendlies."""

_SEPARATOR = " - "
_STEPS = {
    "i": "1", "ii": "2", "iii": "3",
    "1st": "1", "2nd": "2", "3rd": "3",
    "first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5",
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "iv": "4", "4th": "4", "5th": "5",
    "ein": "1", "zwei": "2", "drei": "3", "uno": "1", "dos": "2", "tres": "3", "um": "1", "dois": "2",
    "un": "1", "deux": "2", "trois": "3", "due": "2", "tre": "3", "ett": "1", "tva": "2",
}  # fmt: skip
_WITH_EXTRA_TIME = frozenset({"cup", "playoff", "qualifying"})
_STOP_WORDS = frozenset({"league", "liga", "the", "of", "de", "matches", "women", "womens", "s"})


class Competition(msgspec.Struct, frozen=True, kw_only=True):
    """A competition within a country; `country` is also the block in which its games are linked."""

    name: str
    """The whole name, country included."""
    short: str
    """The name without its country."""
    country: str
    tokens: frozenset[str]
    squad: Squad = FIRST_TEAM

    @property
    def steps(self) -> frozenset[str]:
        """The numbers in the name: a league's step, or a group."""
        return frozenset(token for token in self.tokens if token.isdigit())

    @property
    def may_have_extra_time(self) -> bool:
        """True for cups, play-offs, qualifying rounds, and all that crosses borders."""
        return self.country == INTERNATIONAL or not self.tokens.isdisjoint(_WITH_EXTRA_TIME)


def of_league(name: str, knowledge: Knowledge) -> Competition:
    """Parse Pinnacle's `Country - Competition`; a name without a country is international."""
    prefix, separator, rest = name.partition(_SEPARATOR)
    country = _country(prefix, knowledge) if separator else INTERNATIONAL
    return _competition(name, country, rest if separator else name, knowledge)


def of_tournament(country: str, name: str, knowledge: Knowledge) -> Competition:
    """Parse BetTune's country and tournament."""
    return _competition(f"{country}{_SEPARATOR}{name}", _country(country, knowledge), name, knowledge)


def _country(text: str, knowledge: Knowledge) -> str:
    country = normalize(text)
    nation = knowledge.nations.get(country)
    if nation is not None:
        return nation
    is_body = country.replace(" ", "-") in knowledge.bodies or country in knowledge.bodies
    return INTERNATIONAL if is_body else country


def _competition(name: str, country: str, rest: str, knowledge: Knowledge) -> Competition:
    text = normalize(rest)
    written = text.split()[:MAX_COMPETITION_TOKENS]
    tokens = frozenset(_STEPS.get(token, knowledge.competitions.get(token, token)) for token in written)
    return Competition(
        name=name,
        short=rest,
        # One provider files friendlies under a country, the other under the world.
        country=INTERNATIONAL if "friendly" in tokens else country,
        tokens=tokens - _STOP_WORDS,
        squad=squads.of_league(text, knowledge.squads, country),
    )


def competition_weight(league: Competition, tournament: Competition) -> float:
    """Return the log likelihood ratio (nats) of the two being one competition, by their names alone."""
    one, other = league.tokens, tournament.tokens
    if one == other:
        return SAME_COMPETITION_WEIGHT
    # What crosses borders is a cup, whatever it is called: "Champions League", "Champions Cup".
    if ("cup" in one) != ("cup" in other) and league.country != INTERNATIONAL:
        return CUP_AGAINST_LEAGUE_WEIGHT
    shared = len(one & other) / max(1, len(one | other))
    steps = league.steps, tournament.steps
    step_weight = DIFFERENT_STEP_WEIGHT if all(steps) and steps[0].isdisjoint(steps[1]) else 0.0
    return SAME_COMPETITION_WEIGHT * shared + step_weight
