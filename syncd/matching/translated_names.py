"""Pinnacle's own translations of team names: further spellings, where a name shares nothing with any other.

A translation says "also known as" and no more: it never counts for as much as the table of clubs, and it says
nothing where the lists, the table or the names themselves contradict it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from syncd.matching.name_evidence import NameEvidence
from syncd.matching.names import TeamName
from syncd.matching.parameters import TRANSLATED_NAME_WEIGHT
from syncd.matching.records import Team


class TranslatedName(msgspec.Struct, frozen=True, kw_only=True):
    """A team's name as Pinnacle writes it in leagues of a country, and as it writes it in other languages."""

    country: str
    name: str
    texts: tuple[str, ...] = ()


class UnknownName(msgspec.Struct, frozen=True, kw_only=True):
    """A name of Pinnacle's that shares nothing with those of the matches that its event may be."""

    country: str
    name: str
    kickoff: float
    """Epoch seconds, of its first such event."""


def usable_translations(
    left: Iterable[Team], right: Iterable[TeamName]
) -> Iterator[tuple[TeamName, TeamName]]:
    """Yield the names on the left that have translations, each with one that nothing contradicts.

    Contradicted is that of a name that the right has itself; one that is another team's name on the left, or
    the translation of two; and one that is another club or squad.
    """
    teams = list(left)
    listed = {team.name.key for team in teams}
    by_name = {team.name: team.translations for team in teams if team.translations}
    if not by_name:
        return
    known = {name.key for name in right}
    bearers = Counter(key for names in by_name.values() for key in {name.key for name in names})
    for name, translations in by_name.items():
        for translation in translations:
            key = translation.key
            is_taken = bearers[key] > 1 or (key in listed and key != name.key)
            if name.key not in known and not is_taken and not _is_another(name, translation):
                yield name, translation


def _is_another(name: TeamName, translation: TeamName) -> bool:
    one, other = name.found, translation.found
    clubs = one and other and one.clubs and other.clubs and one.clubs.isdisjoint(other.clubs)
    return bool(clubs) or name.squad != translation.squad or name.of_another_nation(translation)


def by_translation(found: NameEvidence, by_itself: NameEvidence, translation: TeamName) -> NameEvidence:
    """Return the evidence of two names, of which `found` is what a translation of the left one says.

    `by_itself` is what the name itself says; it stays as it is where that is more, or contradicts.
    """
    says_same = found.shared and found.contained and not found.doubtful
    contradicted = by_itself.weight < 0 and (by_itself.similarity > 0 or by_itself.table)
    weight = min(found.weight, TRANSLATED_NAME_WEIGHT)
    if not says_same or (contradicted and not by_itself.hinted) or weight <= by_itself.weight:
        return by_itself
    return NameEvidence(
        weight,
        shared=True,
        similarity=by_itself.similarity,
        contained=True,
        translation=translation.text,
    )


def names_of(rows: Iterable[TranslatedName]) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Return the translations by country and name."""
    return {(row.country, row.name): row.texts for row in rows}
