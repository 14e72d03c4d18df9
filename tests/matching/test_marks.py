"""Squad marks that only both lists together explain: second teams, academies, initials."""

import pytest

from tests.matching.games import automatic, decided, fixture, linked, linker, match

LEAGUE = "Norway - 2. Division"


def event(number, home, away, league=LEAGUE):
    return fixture(number, home, away, league=league)


def game(number, home, away, tournament="2. Division"):
    return match(number, home, away, country="Norway", tournament=tournament)


@pytest.mark.parametrize("mark", ["B", "II", "2", "U21", "U23", "Reserves"])
@pytest.mark.parametrize("other", ["II", "U23", "Res"])
def test_a_club_has_one_second_team_in_a_league_of_men_whatever_its_mark(mark, other):
    events = [event(1, f"Brann {mark}", "Sotra")]
    assert automatic(linked(events, [game(10, f"Brann {other}", "Sotra")])) == {1: 10}


def test_the_club_of_a_second_team_may_be_written_shorter():
    assert automatic(linked([event(1, "Jong Ajax Amsterdam", "Sotra")], [game(10, "Ajax U21", "Sotra")])) == {
        1: 10
    }


@pytest.mark.parametrize("mark", ["U19", "III", "W", ""])
def test_a_second_team_is_no_other_squad_of_its_club(mark):
    events = [event(1, "Brann II", "Sotra")]
    assert automatic(linked(events, [game(10, f"Brann {mark}".strip(), "Sotra")])) == {}


def test_of_two_second_teams_in_one_list_none_is_taken_for_the_other():
    events = [event(1, "Brann II", "Sotra"), event(2, "Brann U23", "Fana")]
    assert automatic(linked(events, [game(10, "Brann U21", "Sotra")])) == {}
    games = [game(10, "Brann U21", "Sotra"), game(20, "Brann B", "Fana")]
    assert 1 not in automatic(linked(events[:1], games))


def test_the_team_of_a_youth_league_is_no_second_team_of_men():
    events = [event(1, "Brann", "Viking", league="Norway - U21 League")]
    assert automatic(linked(events, [game(10, "Brann II", "Viking II")])) == {}


def test_a_second_team_of_the_youth_league_beside_it_does_not_matter():
    events = [event(1, "Brann II", "Sotra"), event(2, "Brann", "Viking", league="Norway - U21 League")]
    assert automatic(linked(events, [game(10, "Brann U23", "Sotra")])) == {1: 10}


def youth(league, tournament, event_teams, match_teams, country="Italy"):
    events = [fixture(1, *event_teams, league=f"{country} - {league}")]
    return automatic(linked(events, [match(10, *match_teams, country=country, tournament=tournament)]))


@pytest.mark.parametrize(
    ("country", "league", "tournament"),
    [
        ("Italy", "Primavera 1", "Primavera 1"),
        ("Italy", "Campionato Primavera 2", "U20 Primavera 2"),
        ("Brazil", "Copinha", "Copinha U20"),
        ("Germany", "U19 Bundesliga", "A-Junioren Bundesliga"),
        ("Spain", "Division de Honor U19", "Division de Honor Juvenil"),
    ],
)
@pytest.mark.parametrize("mark", ["", " U19", " U20"])
def test_a_club_has_one_team_in_a_youth_league_whatever_its_mark(country, league, tournament, mark):
    written = f"Sotrana{mark}", f"Fanano{mark}"
    assert youth(league, tournament, written, ("Sotrana", "Fanano"), country) == {1: 10}


@pytest.mark.parametrize(
    ("league", "tournament"),
    [("Primavera 1", "Serie A"), ("Primavera 1", "U18 League"), ("Primavera 1", "U17 League")],
)
def test_the_team_of_a_youth_league_plays_in_no_other(league, tournament):
    assert youth(league, tournament, ("Sotrana", "Fanano"), ("Sotrana", "Fanano")) == {}


def test_a_team_much_younger_than_its_youth_league_is_another():
    assert youth("Primavera 1", "Primavera 1", ("Sotrana U17", "Fanano U17"), ("Sotrana", "Fanano")) == {}


def test_two_teams_of_a_club_in_one_youth_league_are_not_taken_for_each_other():
    league = "Italy - Primavera 1"
    events = [
        fixture(1, "Sotrana U19", "Fanano", league=league),
        fixture(2, "Sotrana U20", "Albano", league=league),
    ]
    games = [match(10, "Sotrana U20", "Fanano", country="Italy", tournament="Primavera 1")]
    assert automatic(linked(events, games)) == {}
    assert youth("Primavera 1", "Primavera 1", ("Sotrana U19", "Fanano"), ("Sotrana U20", "Fanano")) == {
        1: 10
    }


@pytest.mark.parametrize("mark", ["U21", "U23", "Reserves", "II"])
def test_a_club_has_one_team_in_a_league_of_reserves(mark):
    events = [event(1, f"Brann {mark}", f"Sotra {mark}", league="Norway - Reserve League")]
    assert automatic(linked(events, [game(10, "Brann", "Sotra", "Reserve League")])) == {1: 10}
    assert automatic(linked(events, [game(10, "Brann U19", "Sotra U19", "Reserve League")])) == {}
    assert automatic(linked(events, [game(10, "Brann", "Sotra")])) == {}


def test_academy_may_be_a_part_of_a_clubs_name():
    events = [event(1, "Academia Cantolao", "Sport Boys")]
    assert automatic(linked(events, [game(10, "Cantolao", "Sport Boys")])) == {1: 10}


def test_an_academy_is_another_squad_where_the_club_is_listed_beside_it():
    events = [event(1, "Cantolao Academy", "Sotra"), event(2, "Cantolao", "Fana")]
    assert automatic(linked(events, [game(10, "Cantolao", "Sotra")])) == {}


@pytest.mark.parametrize(
    ("written", "whole"),
    [
        ("Queens Park R.", "Queens Park Rangers"),
        ("Leiknir R", "Leiknir Reykjavik"),
        ("Union B.", "Union Berlin"),
        ("Zulte W.", "Zulte Waregem"),
        ("Talleres C.", "Talleres Cordoba"),
        ("Inverness C", "Inverness CT"),
        ("Leiknir F", "Leiknir Faskrudsfjordur"),
    ],
)
def test_a_letter_is_an_initial_where_the_other_list_has_the_word(written, whole):
    assert automatic(linked([event(1, written, "Sotra")], [game(10, whole, "Sotra")])) == {1: 10}
    assert automatic(linked([event(1, whole, "Sotra")], [game(10, written, "Sotra")])) == {1: 10}


@pytest.mark.parametrize("mark", ["II", "U23"])
def test_a_letter_is_a_mark_where_the_other_list_has_that_squad(mark):
    events = [event(1, "Union B", "Sotra")]
    games = [game(10, "Union Berlin", "Sotra"), game(20, f"Union {mark}", "Fana")]
    assert automatic(linked(events, games)) == {}


def test_a_letter_is_a_mark_where_both_teams_of_a_game_bear_it():
    assert (
        automatic(linked([event(1, "Union B", "Sotra B")], [game(10, "Union Berlin", "Sotra Bergen")])) == {}
    )


def test_a_letter_is_a_mark_where_the_club_is_listed_without_it():
    events = [event(1, "Union B", "Sotra"), event(2, "Union", "Fana")]
    assert 1 not in automatic(linked(events, [game(10, "Union Berlin", "Sotra")]))


def test_a_letter_that_marks_women_stays_one():
    events = [event(1, "Brann W", "Sotra W", league="Norway - Toppserien Women")]
    assert automatic(linked(events, [game(10, "Brann Waren", "Sotra")])) == {}


def test_what_a_letter_means_follows_the_lists():
    made = linker([event(1, "Union B", "Sotra")], [game(10, "Union Berlin", "Sotra")])
    assert automatic(decided(made)) == {1: 10}
    assert [lesson.name for lesson in made.lessons(made.links[1])][:2] == ["union b", "sotra"]
    made.drop_matches([10])
    made.put_matches([game(20, "Union II", "Sotra")])
    assert automatic(decided(made)) == {1: 20}
