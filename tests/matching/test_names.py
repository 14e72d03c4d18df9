import pytest

from syncd.matching.knowledge import shipped
from syncd.matching.names import NameParser
from syncd.matching.spelling import normalize
from syncd.matching.squads import ANY_AGE, FIRST_TEAM


@pytest.fixture(scope="module")
def parse():
    return NameParser(shipped())


@pytest.mark.parametrize(
    ("written", "tokens"),
    [
        ("Śląsk Wrocław", "slask wroclaw"),
        ("Bodø/Glimt", "bodo glimt"),
        ("St Patrick´s Athletic", "st patricks athletic"),
        ("Academica O.A.F", "academica oaf"),
        ("A. C. Milan", "ac milan"),
        ("A.C.Milan", "ac milan"),
        ("Hapoel Be'er Sheva", "hapoel beer sheva"),
        ("G.A. Eagles", "ga eagles"),
        ("Tlaxcala F.C", "tlaxcala fc"),
        ("ФК Краснодар", "fk krasnodar"),
    ],
)
def test_a_name_is_normalised(written, tokens):
    assert normalize(written) == tokens


@pytest.mark.parametrize(
    "name", ["Ajax II", "Jong Ajax", "Ajax B", "Ajax 2", "Ajax (Am)", "Ajax Am", "Ajax Reserves"]
)
def test_a_second_team_is_recognised_by_its_marker(parse, name):
    assert parse(name).squad.reserve
    assert parse(name).key == "ajax"


@pytest.mark.parametrize(
    "name", ["Spartak-2 Moskva", "Spartak-II Moskva", "Spartak-2 (Moskva)", "Spartak Moskva-2"]
)
def test_a_second_teams_number_may_stand_before_the_town(parse, name):
    assert parse(name).squad == parse("Spartak Moskva II").squad
    assert parse(name).tokens[0] == "spartak"


def test_a_third_teams_number_may_stand_before_the_town(parse):
    assert parse("Spartak-3 Moskva").squad == parse("Spartak Moskva III").squad


@pytest.mark.parametrize(
    "name", ["1-2-3 Klub", "B-93 Odense", "Klubi-04 Helsinki", "PK-35 Vantaa", "A-2 Sotra"]
)
def test_other_numbers_before_a_town_are_of_the_name(parse, name):
    assert parse(name).squad == FIRST_TEAM


@pytest.mark.parametrize(
    "name",
    ["Willem II", "Schalke 04", "Mainz 05", "B 93", "Podbeskidzie B-B", "Klubi-04", "PK-35", "Nacional AM"],
)
def test_a_number_or_letter_of_the_name_itself_marks_no_second_team(parse, name):
    assert not parse(name).squad.reserve


@pytest.mark.parametrize(
    "name", ["Arsenal W", "Arsenal (W)", "Arsenal Women", "Arsenal Ladies", "Arsenal WFC"]
)
def test_women_are_recognised_by_their_marker(parse, name):
    assert parse(name).squad.women


@pytest.mark.parametrize(
    ("name", "age"), [("Genk U21", 21), ("Genk U-19", 19), ("Genk Under 23", 23), ("Genk Sub 20", 20)]
)
def test_an_age_group_is_recognised_by_its_marker(parse, name, age):
    assert parse(name).squad.age == age


@pytest.mark.parametrize("name", ["Slavia Youth", "Slavia Juniores", "Slavia Primavera", "Slavia FC Youth"])
def test_youth_is_recognised_at_the_end_of_the_name(parse, name):
    assert (parse(name).squad.age, parse(name).key) == (ANY_AGE, "slavia")


@pytest.mark.parametrize(
    "name", ["Boca Juniors", "Juventus", "Primavera SP", "EC Primavera", "Young Boys", "Ha Noi", "Frauenfeld"]
)
def test_a_club_that_is_only_called_like_a_squad_is_a_first_team(parse, name):
    assert parse(name).squad == FIRST_TEAM


def test_a_second_team_with_a_name_of_its_own_is_known(parse):
    named, marked = parse("Sevilla Atletico", "spain"), parse("Sevilla B", "spain")
    assert (named.squad, named.key, named.found.club) == (marked.squad, marked.key, marked.found.club)


def test_a_name_that_the_table_has_just_so_bears_no_mark(parse):
    assert parse("Queens Park R").squad.reserve
    assert parse("Queens Park R", "england").squad == FIRST_TEAM


def test_club_forms_and_places_are_one_spelling(parse):
    assert parse("FC Red Bull Salzburg").key == parse("Red Bull Salzburg").key
    assert parse("Rapid Vienna").key == parse("SK Rapid Wien").key
    assert parse("Dinamo Bucharest").tokens == parse("Dynamo Bucuresti").tokens


def test_a_name_of_forms_only_keeps_them(parse):
    assert parse("FC").key == "fc"


def test_a_nation_in_brackets_is_not_part_of_the_name(parse):
    name = parse("Drita (Kos)")
    assert (name.key, name.nation) == ("drita", "kosovo")


def test_national_teams_are_one_token_in_every_spelling(parse):
    assert parse("Korea Republic").key == parse("South Korea").key
    assert parse("USA U20").key == parse("United States").key


@pytest.mark.parametrize("country", ["england", "international"])
def test_a_club_of_two_names_is_one_club(parse, country):
    assert (
        parse("Wolverhampton Wanderers", country).found.club
        is parse("Wolves", country).found.club
        is not None
    )


def test_a_club_is_known_in_its_own_country_only(parse):
    assert parse("Wolves", "ghana").found is None
    assert parse("Barcelona (Ecu)", "international").found.club is parse("Barcelona SC", "ecuador").found.club


def test_where_all_the_world_plays_a_name_of_two_countries_clubs_says_nothing(parse):
    assert parse("Guadalajara", "spain").found.club is not parse("Guadalajara", "mexico").found.club
    assert parse("Guadalajara", "international").found is None


def test_that_a_club_is_of_its_country_says_nothing_there(parse):
    assert parse("Uganda Police", "uganda").key == parse("Police", "uganda").key
    assert parse("Uganda Police", "international").key != "police"
    assert parse("Emirates Club", "united arab emirates").key == "emirates"
    assert parse("Kuwait SC", "kuwait").key
