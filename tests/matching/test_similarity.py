import pytest

from syncd.matching.knowledge import shipped
from syncd.matching.name_evidence import TokenWeights
from syncd.matching.names import NameParser
from syncd.matching.parameters import MAX_NAME_WEIGHT, MIN_NAME_WEIGHT
from syncd.matching.similarity import match_tokens, token_similarity

READ = NameParser(shipped())


def likeness(left, right, lefts=(), rights=()):
    ours, theirs = READ(left), READ(right)
    weights = TokenWeights(shipped(), [ours, *map(READ, lefts)], [theirs, *map(READ, rights)])
    return weights.evidence(ours, theirs, match_tokens(ours, theirs))


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
def test_the_same_word_is_known_in_another_spelling(one, other):
    assert token_similarity(one, other) == token_similarity(other, one) >= 0.7


@pytest.mark.parametrize(
    ("one", "other"), [("motala", "utsikten"), ("1860", "1896"), ("aik", "hammarby"), ("haifa", "akko")]
)
def test_different_words_are_not_alike(one, other):
    assert token_similarity(one, other) == 0


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Rigas Futbola Skola", "RFS"),
        ("BW Linz", "Blau-Weiß Linz"),
        ("Northeast United", "North East Utd"),
        ("Go Ahead Eagles", "G.A. Eagles"),
        ("Borussia M'gladbach", "B. Monchengladbach"),
        ("Van Buyuksehir Belediyesp", "Vanspor FK"),
        ("Rakow Czestochowa", "Rakow"),
        ("Gokulam Kerala", "Gokulam FC"),
    ],
)
def test_names_of_one_team_share_a_telling_word(ours, theirs):
    found = likeness(ours, theirs)
    assert found.shared
    assert found.weight > 1


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Hapoel Haifa", "Hapoel Akko"),
        ("Dinamo Bucharest", "Rapid Bucuresti"),
        ("Wisla Plock", "Wisla Krakow"),
        ("Den Bosch", "Den Haag"),
    ],
)
def test_a_shared_word_does_not_make_one_team_of_two(ours, theirs):
    assert likeness(ours, theirs).weight < 0


def test_an_initial_is_no_more_than_a_hint():
    found = likeness("KPV", "Kokkola")
    assert found.hinted
    assert not found.shared
    assert found.weight < 0


def test_a_word_counts_for_less_where_many_teams_bear_it():
    others = [f"Haifa {name}" for name in ("Carmel", "Bay", "Port", "Ahva")]
    assert likeness("Haifa", "Haifa").weight > likeness("Haifa", "Haifa", others).weight


def test_weights_stay_within_their_bounds():
    long = "Uno Dos Tres Cuatro Cinco Seis Siete"
    assert likeness(long, long).weight == MAX_NAME_WEIGHT
    assert likeness("Ohio Utah Iowa", "Alpha Omega Gamma").weight == MIN_NAME_WEIGHT


@pytest.mark.parametrize(
    ("ours", "theirs"), [("Norvale City FC", "NCFC"), ("Ebersdorfer AC", "EAC"), ("Dorn SG", "DSG")]
)
def test_initials_may_end_with_the_club_form(ours, theirs):
    assert likeness(ours, theirs).shared
    assert likeness(theirs, ours).shared


@pytest.mark.parametrize(("one", "other"), [("raud", "riyadh"), ("oro", "aarau")])
def test_of_short_words_one_sound_is_too_little(one, other):
    assert token_similarity(one, other) == 0


def test_initials_are_no_hint_where_both_names_say_more():
    assert likeness("KVT", "Kolmora").hinted
    assert likeness("KVT Dunbar", "Kolmora").hinted
    assert not likeness("KVT Dunbar", "Kolmora Vesting").hinted
