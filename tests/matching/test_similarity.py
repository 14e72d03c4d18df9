import pytest

from syncd.matching.knowledge import shipped
from syncd.matching.name_evidence import TokenWeights
from syncd.matching.names import NameParser
from syncd.matching.parameters import MAX_NAME_WEIGHT, MIN_NAME_WEIGHT
from syncd.matching.similarity import match_tokens
from syncd.matching.spelling import token_similarity

READ = NameParser(shipped())


def compare(left, right, lefts=(), rights=()):
    one, other = READ(left), READ(right)
    weights = TokenWeights(shipped(), [one, *map(READ, lefts)], [other, *map(READ, rights)])
    return weights.evidence(one, other, match_tokens(one, other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("taawoun", "taawon"),
        ("quadisiya", "qadsiah"),
        ("fayha", "feiha"),
        ("tai", "taee"),
        ("akhdoud", "okhdood"),
        ("helsingborgs", "helsingborg"),
        ("belediyespor", "belediye"),
        ("universitatea", "univ"),
        ("thespakusatsu", "kusatsu"),
    ],
)
def test_the_same_word_is_recognised_in_another_spelling(one, other):
    assert token_similarity(one, other) == token_similarity(other, one) >= 0.7


@pytest.mark.parametrize(
    ("one", "other"), [("motala", "utsikten"), ("1860", "1896"), ("aik", "hammarby"), ("haifa", "akko")]
)
def test_different_words_are_not_similar(one, other):
    assert token_similarity(one, other) == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rigas Futbola Skola", "RFS"),
        ("BW Linz", "Blau-Weiß Linz"),
        ("Northeast United", "North East Utd"),
        ("Go Ahead Eagles", "G.A. Eagles"),
        ("Borussia M'gladbach", "B. Monchengladbach"),
        ("Van Buyuksehir Belediyesp", "Vanspor FK"),
        ("Rakow Czestochowa", "Rakow"),
        ("Gokulam Kerala", "Gokulam FC"),
        ("KAC Kenitra", "Kenitra Athletic Club"),
        ("AGF Aarhus", "Aarhus GF"),
    ],
)
def test_names_of_one_team_share_a_distinctive_word(one, other):
    found = compare(one, other)
    assert found.shared
    assert found.weight > 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hapoel Haifa", "Hapoel Akko"),
        ("Dinamo Bucharest", "Rapid Bucuresti"),
        ("Wisla Plock", "Wisla Krakow"),
        ("Den Bosch", "Den Haag"),
    ],
)
def test_a_shared_word_does_not_make_two_teams_one(one, other):
    assert compare(one, other).weight < 0


def test_an_initial_is_no_more_than_a_hint():
    found = compare("KPV", "Kokkola")
    assert found.hinted
    assert not found.shared
    assert found.weight < 0


def test_a_word_counts_for_less_where_many_teams_bear_it():
    others = [f"Haifa {name}" for name in ("Carmel", "Bay", "Port", "Ahva")]
    assert compare("Haifa", "Haifa").weight > compare("Haifa", "Haifa", others).weight


def test_weights_stay_within_their_bounds():
    long = "Uno Dos Tres Cuatro Cinco Seis Siete"
    assert compare(long, long).weight == MAX_NAME_WEIGHT
    assert compare("Ohio Utah Iowa", "Alpha Omega Gamma").weight == MIN_NAME_WEIGHT


@pytest.mark.parametrize(
    ("one", "other"), [("Norvale City FC", "NCFC"), ("Ebersdorfer AC", "EAC"), ("Dorn SG", "DSG")]
)
def test_initials_may_end_with_the_club_form(one, other):
    assert compare(one, other).shared
    assert compare(other, one).shared


@pytest.mark.parametrize(("one", "other"), [("raud", "riyadh"), ("oro", "aarau")])
def test_for_short_words_the_same_sound_is_too_little(one, other):
    assert token_similarity(one, other) == 0


def test_initials_are_no_hint_where_both_names_say_more():
    assert compare("KVT", "Kolmora").hinted
    assert compare("KVT Dunbar", "Kolmora").hinted
    assert not compare("KVT Dunbar", "Kolmora Vesting").hinted


def test_initials_of_the_whole_name_leave_nothing_over():
    assert (
        compare("KAC Kenitra", "Kenitra Athletic Club").weight
        > compare("KAC Kenitra", "Kenitra Wydad").weight + 4
    )
    assert compare("MAS Fes", "Wydad Fes").weight < 0


@pytest.mark.parametrize(
    ("short", "long", "one"),
    [
        ("Helsingborg", "Helsingborgs", True),
        ("Wolfsberg", "Wolfsberger", True),
        ("Debrecen", "Debreceni", True),
        ("Persik", "Persikas", False),
        ("Clyde", "Clydebank", False),
        ("Sao Jose SP", "Sao Joseense", False),
    ],
)
def test_the_beginning_of_a_word_is_the_name_only_if_an_ending_is_left(short, long, one):
    assert compare(short, long).shared is compare(long, short).shared is one


def test_a_year_and_a_place_may_be_of_one_club_and_two_places_are_not():
    by_year, by_place = compare("Metalac Ub", "Metalac 1921"), compare("Metalac Ub", "Metalac Kraljevo")
    assert by_place.weight < by_year.weight == 0
    assert not by_year.shared
