import tomllib
from importlib import resources

import pytest

from syncd.matching.knowledge import shipped
from syncd.matching.spelling import normalize

KNOWN = shipped()
TABLE = resources.files("syncd.matching").joinpath("knowledge.toml").read_text(encoding="utf-8")


def test_all_words_of_the_table_are_normalised():
    words = [
        *KNOWN.spelling.forms,
        *KNOWN.common,
        *KNOWN.squads.women,
        *KNOWN.squads.reserve,
        *KNOWN.squads.youth,
    ]
    words += [
        *KNOWN.spelling.abbreviations,
        *KNOWN.spelling.places,
        *KNOWN.nations,
    ]
    assert [word for word in words if normalize(word) != word] == []


def test_no_word_is_both_a_club_form_and_a_name():
    assert KNOWN.spelling.forms.isdisjoint(KNOWN.common)
    assert KNOWN.spelling.forms.isdisjoint(KNOWN.squads.women - {"wfc", "lfc"})


@pytest.mark.parametrize("table", ["places", "nations", "competitions"])
def test_no_spelling_is_in_two_rows(table):
    rows = tomllib.loads(TABLE)[table]
    names = [normalize(name) for first, others in rows.items() for name in {first, *others}]
    assert len(names) == len(set(names))


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
    places = KNOWN.spelling.places
    assert places.get(one, one) == places.get(other, other)


def test_a_spelling_leads_to_one_nation():
    assert KNOWN.nations["holland"] == KNOWN.nations["ned"] == "netherlands"
    assert KNOWN.nations["cote d ivoire"] == "ivory coast"


def test_what_an_abbreviation_means_is_written_out():
    written_out = KNOWN.spelling.abbreviations
    chained = [full for words in written_out.values() for full in words if full in written_out]
    assert chained == []
