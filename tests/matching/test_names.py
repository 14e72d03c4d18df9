import pytest

from syncd.matching.knowledge import shipped
from syncd.matching.names import NameParser
from syncd.matching.normalization import normalize
from syncd.matching.squads import ANY_AGE, FIRST_TEAM


@pytest.fixture(scope="module")
def read():
    return NameParser(shipped())


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("Śląsk Wrocław", "slask wroclaw"),
        ("Bodø/Glimt", "bodo glimt"),
        ("St Patrick´s Athletic", "st patricks athletic"),
        ("Hapoel Be'er Sheva", "hapoel beer sheva"),
        ("G.A. Eagles", "ga eagles"),
        ("Tlaxcala F.C", "tlaxcala fc"),
        ("ФК Краснодар", "fk krasnodar"),
    ],
)
def test_a_name_becomes_plain_words(written, words):
    assert normalize(written) == words


@pytest.mark.parametrize(
    "name", ["Ajax II", "Jong Ajax", "Ajax B", "Ajax 2", "Ajax (Am)", "Ajax Am", "Ajax Reserves"]
)
def test_a_second_team_is_told_by_its_marker(read, name):
    assert read(name).squad.reserve
    assert read(name).key == "ajax"


@pytest.mark.parametrize(
    "name",
    ["Willem II", "Schalke 04", "Mainz 05", "B 93", "Podbeskidzie B-B", "Klubi-04", "PK-35", "Nacional AM"],
)
def test_a_number_or_letter_of_the_name_itself_marks_no_second_team(read, name):
    assert not read(name).squad.reserve


@pytest.mark.parametrize(
    "name", ["Arsenal W", "Arsenal (W)", "Arsenal Women", "Arsenal Ladies", "Arsenal WFC"]
)
def test_women_are_told_by_their_marker(read, name):
    assert read(name).squad.women


@pytest.mark.parametrize(
    ("name", "age"), [("Genk U21", 21), ("Genk U-19", 19), ("Genk Under 23", 23), ("Genk Sub 20", 20)]
)
def test_an_age_group_is_told_by_its_marker(read, name, age):
    assert read(name).squad.age == age


@pytest.mark.parametrize("name", ["Slavia Youth", "Slavia Juniores", "Slavia Primavera", "Slavia FC Youth"])
def test_youth_is_told_by_the_end_of_the_name(read, name):
    assert (read(name).squad.age, read(name).key) == (ANY_AGE, "slavia")


@pytest.mark.parametrize(
    "name", ["Boca Juniors", "Juventus", "Primavera SP", "EC Primavera", "Young Boys", "Ha Noi", "Frauenfeld"]
)
def test_a_club_that_is_only_called_like_a_squad_is_a_first_team(read, name):
    assert read(name).squad == FIRST_TEAM


def test_a_second_team_with_a_name_of_its_own_is_known(read):
    assert (read("Sevilla Atletico").squad, read("Sevilla Atletico").key) == (
        read("Sevilla B").squad,
        read("Sevilla B").key,
    )


def test_club_forms_and_places_are_one_spelling(read):
    assert read("FC Red Bull Salzburg").key == read("Red Bull Salzburg").key
    assert read("Rapid Vienna").key == read("SK Rapid Wien").key
    assert read("Dinamo Bucharest").tokens == read("Dynamo Bucuresti").tokens


def test_a_name_of_forms_only_keeps_them_as_its_words(read):
    assert read("FC").key == "fc"


def test_a_nation_in_brackets_is_no_part_of_the_name(read):
    name = read("Drita (Kos)")
    assert (name.key, name.nation) == ("drita", "kosovo")


def test_national_teams_are_one_word_in_every_spelling(read):
    assert read("Korea Republic").key == read("South Korea").key
    assert read("USA U20").key == read("United States").key


def test_a_club_of_two_names_is_one_club(read):
    assert read("Wolverhampton Wanderers").club == read("Wolves").club is not None


def test_a_common_word_alone_is_no_certain_club(read):
    assert read("Union SG").club is None
    assert read("Union Saint-Gilloise").club is not None
