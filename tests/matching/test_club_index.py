"""Which club a written name stands for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.matching.club_index import AddedName, ClubIndexes
from syncd.matching.club_table import ClubTable
from syncd.matching.knowledge import shipped

SPELLING = shipped().spelling
LINES = """
Partizan; Partizan Belgrade
Yokohama F Marinos; Yokohama Marinos
Yokohama FC
CS U Craiova; Univ Craiova
FC U Craiova 1948; FC U Craiova
CSKA Sofia; CSKA
CSKA 1948
Real Madrid; Castilla [second]; Real Madrid Castilla [second]
Neom; Al Suqoor [until 2022]
New Suqoor; Al Suqoor [since 2024]
Tianjin Tianhai; Tianjin Quanjian [until 2018]
"""


def index(lines=LINES):
    return ClubIndexes(ClubTable({"x": lines}), SPELLING).of("x")


def found(name, year=2025, lines=LINES):
    """Return the usual name of the club, "?" for one of several, "" if the table does not know the name."""
    what = index(lines).find(SPELLING.key_of(name), year)
    return "" if what is None else what.club.name if what.club else "?"


@pytest.mark.parametrize(
    ("name", "club"),
    [
        ("Partizan", "Partizan"),
        ("FK Partizan Beograd", "Partizan"),
        ("Yokohama F. Marinos", "Yokohama F Marinos"),
        ("Yokohama FC", "Yokohama FC"),
        ("Univ. Craiova", "CS U Craiova"),
        ("U Craiova 1948", "FC U Craiova 1948"),
        ("FC U Craiova", "FC U Craiova 1948"),
        ("PFC CSKA", "CSKA Sofia"),
        ("FC CSKA 1948", "CSKA 1948"),
    ],
)
def test_a_name_is_found_whatever_its_club_forms(name, club):
    assert found(name) == club


@pytest.mark.parametrize("name", ["Yokohama", "Yokohama SC", "U Craiova", "Real"])
def test_a_bare_name_is_none_of_the_clubs_that_it_may_be(name):
    assert found(name, lines=f"{LINES}Real Zaragoza\n") == "?"


@pytest.mark.parametrize("name", ["IFK Partizan", "Partizan 1923", "Yokohama Marinos 2", "CSKA 1949"])
def test_a_club_form_or_a_number_that_is_not_the_clubs_makes_another_name(name):
    assert found(name) == ""


@pytest.mark.parametrize("name", ["Marinos", "Vojvodina", "FC"])
def test_a_name_that_is_not_in_the_table_is_not_known(name):
    assert found(name) == ""


@pytest.mark.parametrize(
    ("name", "clubs"),
    [
        ("P. Belgrade", {"Partizan"}),
        ("Parttizan Belgrade", {"Partizan"}),
        ("Partizan Real Madrid", {"Partizan"}),
        ("Belgrade Madrid", set()),
        ("R. Mostar", set()),
        ("Partizan", set()),
        ("P", set()),
    ],
)
def test_a_name_that_is_almost_a_clubs_may_be_that_club(name, clubs):
    what = index().almost(SPELLING.key_of(name))
    assert {club.name for club in what.possible} == clubs if what else not clubs
    assert what is None or what.club is None


@pytest.mark.parametrize(
    ("name", "club"), [("Arden Borl", "Arden"), ("Vale Corin", "Corin"), ("Corin Vale", "Corin")]
)
def test_of_two_names_side_by_side_the_one_that_is_a_place_is_not_the_club(name, club):
    table = index("Arden\nBorl\nCorin\nVale\nDynamo Vale")
    assert [each.name for each in table.almost(SPELLING.key_of(name)).possible] == [club]


def test_the_order_of_the_words_does_not_matter_but_where_it_makes_two_clubs():
    assert found("Verdy Tokyo", lines="Tokyo Verdy") == "Tokyo Verdy"
    assert found("Union Real Arden", lines="Real Union Arden\nArden Union Real") == "?"


def test_a_second_teams_name_counts_only_as_it_is_written():
    assert index().exact(SPELLING.key_of("Castilla"), 2025).name.kind == "second"
    assert found("Castilla CF") == ""


def test_a_name_belongs_to_its_club_until_another_club_has_it():
    assert [found("Al Suqoor", year) for year in (2021, 2022, 2023, 2024)] == ["Neom"] * 3 + ["New Suqoor"]
    assert found("Tianjin Quanjian", 2025) == "Tianjin Tianhai"


def test_a_name_of_later_says_nothing_before():
    assert found("Al Suqoor", 2023, "New Suqoor; Al Suqoor [since 2024]") == ""


words = st.sampled_from(["Red", "Star", "Rovers", "Town", "FC", "SK", "1948", "Athletic", "Borl", "Arden"])


@given(st.lists(st.lists(words, min_size=1, max_size=3).map(" ".join), min_size=1, max_size=6))
def test_no_name_leads_to_a_club_that_does_not_bear_it(names):
    """Whatever the table: all words of the name that are no forms are the club's, in any order."""
    table = index("\n".join(names))
    for name in ["Red", "Red Star", "Star FC", "Arden 1948", "Borl Athletic Town", *names]:
        key = SPELLING.key_of(name)
        what = table.find(key, 2025)
        if what and what.club:
            assert sorted(key.words.split()) == sorted(SPELLING.key_of(what.name.text).words.split())


@given(st.lists(st.lists(words, min_size=1, max_size=3).map(" ".join), min_size=1, max_size=6, unique=True))
def test_each_name_of_one_club_only_leads_to_it(names):
    keys = [SPELLING.key_of(name) for name in names]
    table = index("\n".join(names))
    for name, key in zip(names, keys, strict=True):
        expected = name if keys.count(key) == 1 else None
        what = table.exact(key, 2025)
        assert (what.club.name if what else None) == expected


@pytest.mark.parametrize("first", ["serbia", "japan", "", "all"])
def test_a_club_is_the_same_whichever_index_is_made_first(first):
    table = ClubTable(
        {"serbia": "Partizan; FK Partizan Belgrade\nPartizan Nis", "japan": "Verdy; Tokyo Verdy"}
    )
    indexes = ClubIndexes(table, SPELLING, [AddedName("japan", "Green Verdy", "Tokyo Verdy")])
    if first:
        _ = indexes.of_all() if first == "all" else indexes.of(first)
    for country, text in (("serbia", "Partizan Belgrade"), ("japan", "Green Verdy"), ("japan", "Verdy")):
        found = indexes.of_all().find(SPELLING.key_of(text), 2026)
        assert found.club is indexes.of(country).find(SPELLING.key_of(text), 2026).club is not None


def test_the_index_of_all_countries_makes_none_of_a_single_one():
    indexes = ClubIndexes(ClubTable({"serbia": "Partizan", "japan": "Verdy"}), SPELLING)
    indexes.of_all()
    assert indexes.made == set()
    indexes.of("japan")
    assert indexes.made == {"japan"}
