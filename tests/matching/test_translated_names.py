"""Pinnacle's own translations: further spellings of a name, which everything else overrules."""

from datetime import timedelta

import pytest

from syncd.matching.knowledge import shipped
from syncd.matching.name_evidence import NOTHING_IN_COMMON, NameEvidence
from syncd.matching.names import NameParser
from syncd.matching.parameters import ONE_CLUB_WEIGHT, TRANSLATED_NAME_WEIGHT
from syncd.matching.records import RecordBuilder
from syncd.matching.translated_names import TranslatedName, by_translation, names_of, usable_translations
from tests.matching.games import NOW, SATURDAY, automatic, decided, fixture, linker, match

LEAGUE, COUNTRY, TOURNAMENT = "Poland - Ekstraklasa", "Poland", "Ekstraklasa"
HOUR = timedelta(hours=1)


def event(number, home, away, **fields):
    return fixture(number, home, away, league=fields.pop("league", LEAGUE), **fields)


def listed(number, home, away, **fields):
    return match(
        number, home, away, country=COUNTRY, tournament=fields.pop("tournament", TOURNAMENT), **fields
    )


def translated(name, *texts, country="poland"):
    return TranslatedName(country=country, name=name, texts=texts)


def games(*, home="White Eagles", theirs="Białe Orły"):
    return [event(1, home, "Legia Warsaw")], [listed(11, theirs, "Legia Warszawa")]


EAGLES = translated("White Eagles", "Białe Orły")


def with_translations(fixtures, matches, *names):
    made = linker(fixtures, matches)
    made.put_translations(names)
    return decided(made)


def test_a_name_that_shares_nothing_is_linked_by_its_translation():
    made = linker(*games())
    assert automatic(decided(made)) == {}
    made.put_translations([EAGLES])
    link = decided(made)[1]
    assert (link.match_id, link.state.value) == (11, "auto")
    assert link.evidence[0].text == (
        '"White Eagles" and "Białe Orły": one team by Pinnacle\'s own translation, "Białe Orły"'
    )
    assert "names translated / 1.00" in link.reason


def test_translations_may_come_before_the_event():
    made = linker()
    made.put_translations([EAGLES])
    made.put_fixtures(games()[0])
    made.put_matches(games()[1])
    assert automatic(decided(made)) == {1: 11}


def test_another_alphabet_is_read():
    fixtures = [event(1, "Morning Star", "Levski Sofia", league="Bulgaria - Parva Liga")]
    matches = [match(11, "Utrenna Zvezda", "Levski", country="Bulgaria", tournament="Parva Liga")]
    star = translated("Morning Star", "Утренна Звезда", country="bulgaria")
    assert automatic(with_translations(fixtures, matches, star)) == {1: 11}


def test_a_translation_counts_for_less_than_the_table_of_clubs():
    home, _ = with_translations(*games(), EAGLES)[1].evidence[:2]
    assert 0 < home.weight <= TRANSLATED_NAME_WEIGHT < ONE_CLUB_WEIGHT


def test_a_name_counts_in_its_country_only():
    assert (
        automatic(with_translations(*games(), translated("White Eagles", "Białe Orły", country="spain")))
        == {}
    )


def test_pinnacle_lists_the_translation_as_a_team_of_its_own():
    fixtures, matches = games()
    fixtures.append(event(2, "Biale Orly", "Lech Poznan", at=SATURDAY + 50 * HOUR))
    assert automatic(with_translations(fixtures, matches, EAGLES)) == {}


def test_bettune_lists_the_name_itself_as_another_team():
    fixtures, matches = games()
    matches.append(listed(12, "White Eagles", "Lech Poznań", at=SATURDAY + 50 * HOUR))
    assert automatic(with_translations(fixtures, matches, EAGLES)) == {}


def test_two_names_with_one_translation_are_neither():
    fixtures, matches = games()
    fixtures.append(event(2, "Pale Birds", "Lech Poznan", at=SATURDAY + 50 * HOUR))
    other = translated("Pale Birds", "Białe Orły")
    assert automatic(with_translations(fixtures, matches, EAGLES, other)) == {}


@pytest.mark.parametrize("home", ["Wisla Krakow", "Zaglebie Lubin"])
def test_the_table_of_clubs_overrules_a_translation(home):
    fixtures, matches = games(home=home, theirs="Cracovia")
    assert automatic(with_translations(fixtures, matches, translated(home, "Cracovia"))) == {}


def test_the_name_itself_overrules_a_translation():
    fixtures, matches = games(home="Orzel Biala", theirs="Orzel Miedziana")
    found = with_translations(fixtures, matches, translated("Orzel Biala", "Orzel Miedziana"))
    assert automatic(found) == {}


def test_a_translation_of_another_squad_is_none():
    found = with_translations(*games(), translated("White Eagles", "Białe Orły II"))
    assert automatic(found) == {}


def test_a_part_of_a_translation_is_not_enough_where_words_are_left_over():
    found = with_translations(*games(theirs="Białe Sokoły"), EAGLES)
    assert automatic(found) == {}


def test_two_translated_names_wait_where_few_clubs_are_listed():
    fixtures = [event(1, "White Eagles", "Quick Foxes")]
    matches = [listed(11, "Białe Orły", "Szybkie Lisy")]
    names = EAGLES, translated("Quick Foxes", "Szybkie Lisy")
    found = with_translations(fixtures, matches, *names)
    assert automatic(found) == {}
    assert found[1].match_id == 11


def test_a_translated_side_is_not_certain_enough_for_an_opponent_without_a_name():
    rest = [("Legia Warsaw", "Lech Poznan"), ("Wisla Krakow", "Cracovia"), ("Arka Gdynia", "Widzew Lodz")]
    fixtures = [event(1, "White Eagles", "Ironworks")]
    fixtures += [event(2 + i, *teams) for i, teams in enumerate(rest)]
    matches = [listed(11, "Białe Orły", "Huta Nowa")]
    matches += [listed(12 + i, *teams) for i, teams in enumerate(rest)]
    assert automatic(with_translations(fixtures, matches, EAGLES)) == {2: 12, 3: 13, 4: 14}


def usable(*names):
    """Return the translations of Wisla Krakow that may be used."""
    records = RecordBuilder(shipped())
    records.translate(names_of([translated("Wisla Krakow", *names)]))
    team = records.of_event(event(1, "Wisla Krakow", "Legia Warsaw")).home
    return [translation.text for _, translation in usable_translations([team], [])]


def test_a_translation_that_is_another_club_by_the_table_is_not_used():
    assert usable("Cracovia") == []
    assert usable("Krakowska Wisla Stara", "Wisła Kraków SA") == ["Krakowska Wisla Stara", "Wisła Kraków SA"]


@pytest.mark.parametrize(
    "found",
    [
        NameEvidence(4.0, shared=False, similarity=0.5, contained=True),
        NameEvidence(4.0, shared=True, similarity=0.5, contained=False),
        NameEvidence(4.0, shared=True, similarity=0.5, contained=True, doubtful=True),
    ],
)
def test_a_translation_that_agrees_in_part_or_may_be_several_clubs_says_nothing(found):
    text = NameParser(shipped())("Białe Orły")
    assert by_translation(found, NOTHING_IN_COMMON, text) is NOTHING_IN_COMMON


def unknown(fixtures, matches, *, translations=(), learnt_from=None):
    made = linker(fixtures, matches)
    made.put_translations(translations)
    decided(made)
    if learnt_from:
        made.confirm(*learnt_from)
        decided(made)
        made.learn(made.lessons(made.links[learnt_from[0]]))
        decided(made)
    return [(each.country, each.name) for each in made.unknown_names()]


def test_the_name_of_an_event_that_waits_is_unknown():
    assert unknown(*games()) == [("poland", "White Eagles")]


def test_the_soonest_comes_first_and_each_name_once():
    fixtures, matches = games()
    for number, (name, hours) in enumerate([("Quick Foxes", -50), ("White Eagles", 90)]):
        at = SATURDAY + hours * HOUR
        fixtures.append(event(2 + number, name, "Lech Poznan", at=at))
        matches.append(listed(12 + number, f"Klub {'XY'[number]}", "Lech Poznań", at=at))
    assert unknown(fixtures, matches) == [("poland", "Quick Foxes"), ("poland", "White Eagles")]


def test_nothing_is_unknown_where_every_event_has_its_match():
    fixtures, matches = games(theirs="White Eagles")
    assert unknown(fixtures, matches) == []


def test_nothing_is_unknown_where_no_match_is_left():
    fixtures, matches = games()
    fixtures.append(event(2, "Quick Foxes", "Ironworks"))
    assert [name for _, name in unknown(fixtures, matches)] == ["Ironworks", "Quick Foxes", "White Eagles"]
    late = [listed(11, "Białe Orły", "Legia", at=SATURDAY + 5 * HOUR)]
    assert unknown(fixtures, late) == unknown(fixtures, []) == []


def test_nothing_is_unknown_where_the_only_match_is_of_another_club():
    fixtures, _ = games()
    assert unknown(fixtures, [listed(11, "Arka Gdynia", "Lech Poznań")]) == []


def test_a_women_s_match_makes_no_name_unknown():
    fixtures, matches = games()
    women = [
        listed(each.id, each.home.name, each.away.name, tournament="Ekstraliga Women") for each in matches
    ]
    assert unknown(fixtures, women) == []


def test_a_name_that_memory_knows_is_not_unknown():
    fixtures, matches = games()
    fixtures.append(event(2, "White Eagles", "Lech Poznan", at=SATURDAY + 50 * HOUR))
    matches.append(listed(12, "Huta Nowa", "Lech Poznań", at=SATURDAY + 50 * HOUR))
    assert unknown(fixtures, matches) == [("poland", "White Eagles")]
    assert unknown(fixtures, matches, learnt_from=(1, 11)) == []


def test_national_teams_and_cups_across_borders_have_no_unknown_names():
    fixtures = [fixture(1, "White Eagles", "Legia Warsaw", league="UEFA - Champions League")]
    matches = [match(11, "Białe Orły", "Legia", country="Europe", tournament="UEFA Champions League")]
    assert unknown(fixtures, matches) == []


def test_names_are_known_between_decisions_only():
    made = linker(*games())
    assert made.unknown_names() == []
    decided(made)
    assert len(made.unknown_names()) == 1
    made.put_matches([listed(13, "Arka Gdynia", "Lech Poznań")])
    assert made.unknown_names() == []
    assert NOW < SATURDAY
