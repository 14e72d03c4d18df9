import tomllib
from importlib import resources

import pytest

from syncd.matching.knowledge import shipped
from syncd.matching.spelling import normalize

KNOWN = shipped()
TABLE = resources.files("syncd.matching").joinpath("knowledge.toml").read_text(encoding="utf-8")


def test_all_words_of_the_table_are_normalised():
    words = [*KNOWN.forms, *KNOWN.common, *KNOWN.squads.women, *KNOWN.squads.reserve, *KNOWN.squads.youth]
    words += [
        *KNOWN.abbreviations,
        *KNOWN.places,
        *KNOWN.nations,
        *(name for row in KNOWN.clubs for name in row),
        *KNOWN.squads.second_teams,
    ]
    assert [word for word in words if normalize(word) != word] == []


def test_no_word_is_both_a_club_form_and_a_name():
    assert KNOWN.forms.isdisjoint(KNOWN.common)
    assert KNOWN.forms.isdisjoint(KNOWN.squads.women - {"wfc", "lfc"})


def test_no_club_is_in_two_rows():
    names = [name for row in KNOWN.clubs for name in row]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("table", ["places", "nations", "competitions"])
def test_no_spelling_is_in_two_rows(table):
    rows = tomllib.loads(TABLE)[table]
    names = [normalize(name) for first, others in rows.items() for name in {first, *others}]
    assert len(names) == len(set(names))


def test_the_clubs_of_two_names_are_few():
    """A club of two names is learnt, or belongs in the alias file: this is not a table of clubs."""
    assert len(KNOWN.clubs) <= 40


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Germany", "Alemania"),
        ("Ivory Coast", "Côte d'Ivoire"),
        ("South Korea", "Corée du Sud"),
        ("Turkey", "Türkiye"),
        ("Netherlands", "Pays-Bas"),
    ],
)
def test_a_nation_is_known_in_several_languages(one, other):
    assert KNOWN.nations[normalize(one)] == KNOWN.nations[normalize(other)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("moscow", "moskva"), ("copenhagen", "koebenhavn"), ("seville", "sevilla"), ("athens", "athina"),
        ("mecca", "makkah"), ("kiev", "kyiv"), ("isfahan", "esfahan"), ("bombay", "mumbai"),
    ],
)  # fmt: skip
def test_a_city_is_known_in_several_languages(one, other):
    assert KNOWN.places.get(one, one) == KNOWN.places.get(other, other)


def test_a_spelling_leads_to_one_nation():
    assert KNOWN.nations["holland"] == KNOWN.nations["ned"] == "netherlands"
    assert KNOWN.nations["cote d ivoire"] == "ivory coast"


def test_what_an_abbreviation_means_is_written_out():
    chained = [
        full for words in KNOWN.abbreviations.values() for full in words if full in KNOWN.abbreviations
    ]
    assert chained == []
