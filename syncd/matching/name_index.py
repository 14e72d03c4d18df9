"""Index of the team names of one country: each of Pinnacle's with those of BetTune's that resemble it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from heapq import nsmallest

import msgspec

from syncd.matching.aliases import Aliases
from syncd.matching.knowledge import Knowledge
from syncd.matching.known_clubs import KnownClubs
from syncd.matching.name_evidence import (
    NOTHING_IN_COMMON,
    OTHER_NATION,
    SAME_BY_ALIAS,
    NameEvidence,
    TokenWeights,
)
from syncd.matching.names import TeamName
from syncd.matching.parameters import (
    BETTER_PARTNER_FACTOR,
    GOOD_PARTNER_WEIGHT,
    MAX_ACRONYM_LETTERS,
    MAX_CLUB_FORM_LETTERS,
    MAX_JOINED_TOKENS,
    MAX_NAMES_COMPARED,
    MIN_NAMES_SHOWING_NAMESAKES,
    MIN_SOUND_LETTERS,
    MIN_SUFFIX_KEY_TOKEN_LETTERS,
    PREFIX_KEY_LETTERS,
    SUFFIX_KEY_LETTERS,
    TAKEN_PARTNER_FACTOR,
)
from syncd.matching.records import Team
from syncd.matching.similarity import TokenMatch, match_tokens
from syncd.matching.spelling import sound, syllables
from syncd.matching.squads import Squad
from syncd.matching.translated_names import by_translation, usable_translations

TokenMatches = dict[tuple[str, int, str, int], tuple[TokenMatch, ...]]
"""Pinnacle's and BetTune's name, each with the number of its tokens -> their token matches."""

_Side = tuple[str, Squad]
"""A name and the squad that plays."""


def _keys(name: TeamName) -> Iterator[str]:
    """Yield the blocking keys of a name: two names are compared if they share one."""
    for token in (each for each in name.tokens if each not in name.forms):
        yield token[:PREFIX_KEY_LETTERS]
        if len(sounds := sound(token)) >= MIN_SOUND_LETTERS:
            yield f"~{sounds}"
        yield f"~{syllables(token)}"
        if len(token) >= MIN_SUFFIX_KEY_TOKEN_LETTERS:
            yield f"-{token[-SUFFIX_KEY_LETTERS:]}"
        if 2 <= len(token) <= MAX_ACRONYM_LETTERS:
            yield f".{token}"
    letters = "".join(token[0] for token in name.tokens)
    for start in range(len(letters) - 1):
        for end in range(start + 2, min(len(letters), start + MAX_JOINED_TOKENS) + 1):
            yield f".{letters[start:end]}"
            last = name.tokens[end - 1]
            if 2 <= len(last) <= MAX_CLUB_FORM_LETTERS:
                yield f".{letters[start : end - 1]}{last}"


def _initial_keys(name: TeamName) -> Iterator[str]:
    """Yield `!m` for a token written as initials, `^m` for any other: a name looks for the opposite ones."""
    for token in name.tokens:
        if token not in name.forms:
            yield f"{'!' if token in name.initials else '^'}{token[0]}"


_OPPOSITE = {"!": "^", "^": "!"}


def _most_in_common(holders: list[set[TeamName]]) -> Iterable[TeamName]:
    """Return who shares a key, given the holders of each; of too many, those with the most and rarest."""
    sharing = set[TeamName]().union(*holders)
    if len(sharing) <= MAX_NAMES_COMPARED:
        return sharing
    shared = defaultdict[TeamName, float](float)
    for names in holders:
        for name in names:
            shared[name] += 1.0 / len(names)
    return nsmallest(MAX_NAMES_COMPARED, sharing, key=lambda name: (-round(shared[name], 6), name.text))


class NameIndex:
    """Evidence of all names of one country that have something in common, Pinnacle's left, BetTune's right.

    Two names lose weight if either has a better partner: "Grazer AK" is similar to "Sturm Graz" until the
    list shows the other "Grazer AK".
    """

    def __init__(
        self, knowledge: Knowledge, aliases: Aliases, known_matches: TokenMatches, country: str = ""
    ) -> None:
        self._knowledge = knowledge
        self._country = country
        self._aliases = aliases
        self._known_matches = known_matches
        self._clubs = KnownClubs((), ())
        self.token_matches: TokenMatches = {}
        """The token matches that were needed, to be handed to the next index."""
        self._similar: dict[str, dict[str, NameEvidence]] = {}
        self._best_left: dict[_Side, float] = {}
        self._best_right: dict[_Side, float] = {}
        self.shows_namesakes = False
        """True if so many clubs are listed that another club of a name would be among them."""

    def build(self, left: list[Team], right: list[Team]) -> None:
        """Compare all names of the two lists."""
        lefts, rights = _squads_by_name(left), _squads_by_name(right)
        clubs_by_word = self._knowledge.clubs.of(self._country).by_word
        weights = TokenWeights(self._knowledge, lefts, rights, clubs_by_word)
        clubs = max(len({name.key for name in lefts}), len({name.key for name in rights}))
        self.shows_namesakes = clubs >= MIN_NAMES_SHOWING_NAMESAKES
        holders = defaultdict[str, set[TeamName]](set)
        for name in rights:
            for key in (*_keys(name), *_initial_keys(name)):
                holders[key].add(name)
        for name in lefts:
            self._similar[name.text] = self._compare(name, holders, weights)
        self._clubs = KnownClubs(left, right, shows_namesakes=self.shows_namesakes)
        self._add_clubs(lefts, rights)
        for name, translation in usable_translations(left, rights):
            self._add_translation(name, translation, self._compare(translation, holders, weights), rights)
        self._add_aliases(lefts, right)
        self._find_best_partners(lefts, rights)

    def _compare(
        self, name: TeamName, holders: Mapping[str, set[TeamName]], weights: TokenWeights
    ) -> dict[str, NameEvidence]:
        """Compare a name with those on the right that share a key with it."""
        keys = {*_keys(name), *(_OPPOSITE[key[0]] + key[1:] for key in _initial_keys(name))}
        return {
            other.text: weights.evidence(name, other, matches)
            for other in _most_in_common([holders[key] for key in keys if key in holders])
            if not name.of_another_nation(other) and (matches := self._match(name, other))
        }

    def _add_translation(
        self,
        name: TeamName,
        translation: TeamName,
        similar: Mapping[str, NameEvidence],
        rights: Iterable[TeamName],
    ) -> None:
        """Add what a translation of the name says, unless the name itself or the table contradicts."""
        if self._aliases.has_team(name.text):
            return
        by_text = {other.text: other for other in rights}
        for text in {*similar, *self._clubs.other_names(translation)}:
            other = by_text[text]
            found = self._clubs.judge(translation, other, similar.get(text, NOTHING_IN_COMMON))
            by_itself = self._clubs.judge(name, other, self._similar[name.text].get(text, NOTHING_IN_COMMON))
            judged = by_translation(found, by_itself, translation)
            if judged.translation:
                self._similar[name.text][text] = judged

    def _match(self, left: TeamName, right: TeamName) -> tuple[TokenMatch, ...]:
        # A name may be read in two ways, with and without a last letter.
        key = left.text, len(left.tokens), right.text, len(right.tokens)
        matches = self._known_matches.get(key)
        if matches is None:
            matches = match_tokens(left, right)
        self.token_matches[key] = matches
        return matches

    def _add_clubs(self, lefts: Iterable[TeamName], rights: Iterable[TeamName]) -> None:
        """Add what the table of clubs says; of a name in the user's aliases, nothing."""
        by_text = {name.text: name for name in rights}
        for name in lefts:
            if self._aliases.has_team(name.text):
                continue
            similar = self._similar[name.text]
            for text in {*similar, *self._clubs.other_names(name)}:
                judged = self._clubs.judge(name, by_text[text], similar.get(text, NOTHING_IN_COMMON))
                if judged.table and not judged.shared:
                    similar.pop(text, None)
                elif judged is not NOTHING_IN_COMMON:
                    similar[text] = judged

    def _add_aliases(self, lefts: Iterable[TeamName], right: Iterable[Team]) -> None:
        """Add the user's own aliases."""
        for name in lefts:
            if self._aliases.has_team(name.text):
                same = (
                    team.name.text
                    for team in right
                    if self._aliases.same_team(name.text, team.name.text, team.id)
                )
                self._similar[name.text] |= dict.fromkeys(same, SAME_BY_ALIAS)

    def _find_best_partners(
        self, lefts: dict[TeamName, set[Squad]], rights: dict[TeamName, set[Squad]]
    ) -> None:
        """Find each name's best partner, where a partner that fits another name better counts for less."""
        squads_right = {name.text: squads for name, squads in rights.items()}
        possible = [
            ((name.text, squad), (other, squad), evidence.weight)
            for name, squads in lefts.items()
            for other, evidence in self._similar[name.text].items()
            if not evidence.hinted
            for squad in squads & squads_right[other]
        ]
        raw_left, raw_right = _best_weights(possible)
        self._best_left, _ = _best_weights(
            (left, right, _less_if_taken(weight, raw_right[right])) for left, right, weight in possible
        )
        _, self._best_right = _best_weights(
            (left, right, _less_if_taken(weight, raw_left[left])) for left, right, weight in possible
        )

    def similar_names(self, left: Team) -> Iterator[str]:
        """Yield BetTune's names that have a token in common with this one."""
        for name, evidence in self._similar.get(left.name.text, {}).items():
            if not evidence.hinted:
                yield name

    def in_common(self, left: Team, right: Team) -> bool:
        """Return whether anything of the two names matches."""
        return right.name.text in self._similar.get(left.name.text, ())

    def evidence(self, left: Team, right: Team) -> NameEvidence:
        """Return the evidence of two names, less what speaks for another partner of either."""
        found = self._similar.get(left.name.text, {}).get(right.name.text, NOTHING_IN_COMMON)
        if found is NOTHING_IN_COMMON:
            if left.name.of_another_nation(right.name):
                return OTHER_NATION
            if not self._aliases.has_team(left.name.text):
                found = self._clubs.judge(left.name, right.name, found)
                if found.table:
                    return found
        # Names with nothing in common lose weight only by a good partner elsewhere.
        least = max(found.weight, GOOD_PARTNER_WEIGHT) if found is NOTHING_IN_COMMON else found.weight
        best_left = self._best_left.get((left.name.text, left.squad), least)
        best_right = self._best_right.get((right.name.text, right.squad), least)
        lead = max(0.0, best_left - least) + max(0.0, best_right - least)
        if not lead:
            return found
        return msgspec.structs.replace(found, weight=found.weight - BETTER_PARTNER_FACTOR * lead)


def _less_if_taken(weight: float, best: float) -> float:
    """Return what a partner is worth whose own best partner has the weight `best`."""
    return weight - TAKEN_PARTNER_FACTOR * (best - weight)


def _squads_by_name(teams: Iterable[Team]) -> dict[TeamName, set[Squad]]:
    found: dict[str, tuple[TeamName, set[Squad]]] = {}
    for team in teams:
        found.setdefault(team.name.text, (team.name, set()))[1].add(team.squad)
    return dict(found.values())


def _best_weights(
    pairs: Iterable[tuple[_Side, _Side, float]],
) -> tuple[dict[_Side, float], dict[_Side, float]]:
    lefts, rights = dict[_Side, float](), dict[_Side, float]()
    for left, right, weight in pairs:
        lefts[left] = max(weight, lefts.get(left, weight))
        rights[right] = max(weight, rights.get(right, weight))
    return lefts, rights
