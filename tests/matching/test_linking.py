"""What is linked automatically, and above all what is not."""

from datetime import timedelta

import pytest

from syncd.model.link import LinkState
from tests.matching.games import SATURDAY, automatic, fixture, linked, match

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("event", "game"),
    [
        (("Manchester United", "Wolverhampton Wanderers"), ("Manchester Utd", "Wolves")),
        (("Nottingham Forest", "Brighton and Hove Albion"), ("Nottm Forest", "Brighton")),
        (("Paris Saint-Germain", "Saint-Etienne"), ("PSG", "St Etienne")),
        (("Bodø/Glimt", "Brann"), ("Bodo Glimt", "SK Brann")),
    ],
)
def test_the_same_match_is_linked_under_two_providers_names(event, game):
    assert automatic(linked([fixture(1, *event)], [match(10, *game)])) == {1: 10}


def test_names_that_are_only_spelt_alike_are_one_where_the_table_knows_the_club():
    event = fixture(1, "Al-Quadisiya", "Al-Taawoun", league="Saudi Arabia - Pro League")
    game = match(10, "Al Qadsiah", "Al Taawon", country="Saudi Arabia", tournament="Pro League")
    assert automatic(linked([event], [game])) == {1: 10}


def test_a_link_has_a_reason():
    events = [
        fixture(1, "Arsenal", "Chelsea"),
        fixture(2, "Fulham", "Everton"),
        fixture(3, "Arsenal", "Everton", league="England - FA Cup", at=SATURDAY + 3 * DAY),
    ]
    games = [
        match(10, "Arsenal", "Chelsea"),
        match(20, "Fulham", "Everton"),
        match(11, "Arsenal W", "Chelsea W", at=SATURDAY),
    ]
    link = linked(events, games)[1]
    assert link.state is LinkState.AUTO
    assert link.reason == (
        "names 1.00 / 1.00, same kick-off, league England - Premier League = Premier League (1 link), "
        "next best Arsenal W v Chelsea W: squad differs"
    )
    assert [piece.kind for piece in link.evidence] == ["home", "away", "kickoff", "league", "squad"]
    assert link.runner_up == 11


@pytest.mark.parametrize("apart", [5 * MINUTE, 90 * MINUTE, -2 * HOUR])
def test_a_kickoff_somewhat_off_is_forgiven(apart):
    games = [match(10, "Arsenal", "Chelsea", at=SATURDAY + apart)]
    assert automatic(linked([fixture(1, "Arsenal", "Chelsea")], games)) == {1: 10}


def test_a_placeholder_kickoff_most_of_a_day_off_needs_full_names():
    later = SATURDAY + 20 * HOUR
    assert automatic(
        linked([fixture(1, "Arsenal", "Chelsea")], [match(10, "Arsenal", "Chelsea", at=later)])
    ) == {1: 10}
    assert not automatic(
        linked([fixture(1, "Al Ahli", "Union")], [match(10, "Ahli Club", "Unions", at=later)])
    )


def test_a_kickoff_most_of_a_day_off_waits_where_the_league_is_otherwise_punctual():
    teams = ["Fulham", "Everton", "Leeds", "Burnley", "Brentford", "Sunderland", "Millwall", "Watford"]
    pairs = list(zip(teams[::2], teams[1::2], strict=True))
    events = [fixture(n, *pair) for n, pair in enumerate(pairs, 2)]
    games = [match(n * 10, *pair) for n, pair in enumerate(pairs, 2)]
    odd = match(10, "Arsenal City", "Chelsea", at=SATURDAY + 20 * HOUR)
    alone, among = (
        linked([fixture(1, "Arsenal", "Chelsea")], [odd]),
        linked([fixture(1, "Arsenal", "Chelsea"), *events], [odd, *games]),
    )
    assert alone[1].state is LinkState.AUTO
    assert 1 not in automatic(among)


def test_a_match_more_than_four_days_off_is_not_a_candidate():
    games = [match(10, "Arsenal", "Chelsea", at=SATURDAY + 5 * DAY)]
    assert linked([fixture(1, "Arsenal", "Chelsea")], games) == {}


def test_home_and_away_swapped_waits_for_review():
    link = linked([fixture(1, "Arsenal", "Chelsea")], [match(10, "Chelsea", "Arsenal")])[1]
    assert (link.state, link.match_id) == (LinkState.REVIEW, 10)
    assert link.reason == "home and away are swapped"
    assert link.evidence[0].text == 'home "Arsenal" is the away side "Arsenal"'


def test_the_return_leg_days_later_is_not_a_swapped_match():
    games = [match(10, "Arsenal", "Chelsea"), match(11, "Chelsea", "Arsenal", at=SATURDAY + 3 * DAY)]
    assert automatic(linked([fixture(1, "Arsenal", "Chelsea")], games)) == {1: 10}


@pytest.mark.parametrize("squad", ["W", "U21", "II", "B", "U19"])
def test_another_squad_of_the_same_clubs_is_never_linked(squad):
    games = [match(10, f"Arsenal {squad}", f"Chelsea {squad}")]
    assert not automatic(linked([fixture(1, "Arsenal", "Chelsea")], games))


@pytest.mark.parametrize(
    ("league", "squad"), [("Women's Super League", "W"), ("U21 League", "U21"), ("Reserve League", "II")]
)
def test_a_squad_may_be_named_by_the_league_only(league, squad):
    event = fixture(1, "Arsenal", "Chelsea", league=f"England - {league}")
    first, other = (
        match(10, "Arsenal", "Chelsea"),
        match(11, f"Arsenal {squad}", f"Chelsea {squad}", tournament=league),
    )
    assert automatic(linked([event], [first, other])) == {1: 11}
    assert not automatic(linked([event], [first]))


def test_another_opponent_at_the_same_minute_is_another_match():
    games = [match(10, "Arsenal", "Tottenham")]
    link = linked([fixture(1, "Arsenal", "Chelsea")], games).get(1)
    assert link is None or link.state is LinkState.REVIEW


def test_another_match_of_the_country_at_that_minute_is_not_a_candidate():
    assert linked([fixture(1, "Arsenal", "Chelsea")], [match(10, "Fulham", "Everton")]) == {}


def test_the_same_names_in_another_country_are_other_teams():
    assert (
        linked([fixture(1, "Arsenal", "Everton")], [match(10, "Arsenal", "Everton", country="Chile")]) == {}
    )


def test_one_match_takes_one_event():
    events = [fixture(1, "Arsenal", "Chelsea"), fixture(2, "Arsenal", "Chelsea FC", at=SATURDAY + HOUR)]
    assert len(automatic(linked(events, [match(10, "Arsenal", "Chelsea")]))) <= 1


def test_of_two_clubs_of_a_city_each_finds_its_own():
    events = [
        fixture(1, "Sturm Graz", "Altach", league="Austria - Bundesliga"),
        fixture(2, "Grazer AK", "Ried", league="Austria - Bundesliga"),
    ]
    games = [
        match(10, "Sturm Graz", "Altach", country="Austria", tournament="Bundesliga"),
        match(20, "Grazer AK", "Ried", country="Austria", tournament="Bundesliga"),
    ]
    assert automatic(linked(events, games)) == {1: 10, 2: 20}


def test_an_initial_decides_only_beside_a_certain_opponent_at_the_same_minute():
    game = match(10, "Uusikaupunki", "Haka Valkeakoski", country="Finland")
    sure = fixture(1, "UPK", "Haka Valkeakoski", league="Finland - Premier League")
    assert automatic(linked([sure], [game])) == {1: 10}
    late = fixture(1, "UPK", "Haka Valkeakoski", league="Finland - Premier League", at=SATURDAY + HOUR)
    assert not automatic(linked([late], [game]))


@pytest.mark.parametrize(
    "game",
    [match(10, "Chelsea", "Arsenal"), match(10, "Arsenal", "Xamax"), match(10, "Arsenal II", "Chelsea II")],
)
def test_links_for_review_have_less_confidence_than_automatic_ones(game):
    link = linked([fixture(1, "Arsenal", "Chelsea")], [game]).get(1)
    assert link is None or link.confidence <= 0.98


def test_only_a_users_decision_is_certain():
    assert linked([fixture(1, "Arsenal", "Chelsea")], [match(10, "Arsenal", "Chelsea")])[1].confidence < 1


def test_teams_so_similar_that_home_and_away_may_be_swapped_wait():
    event = fixture(1, "Santo Coral Norte", "Santo Coral")
    link = linked([event], [match(10, "Santo Coral", "Santo Coral")])[1]
    assert (link.state, link.reason) == (LinkState.REVIEW, "home and away may be swapped")


def test_clubs_of_the_same_two_cities_in_another_league_are_others():
    rounds = [("Velmora", "Quarnock"), ("Thessby", "Drumlow"), ("Hexwold", "Pendrake")]
    first = [fixture(n, *teams, league="England - League One") for n, teams in enumerate(rounds, 2)]
    games = [match(10 * n, *teams, tournament="League One") for n, teams in enumerate(rounds, 2)]
    event = fixture(1, "FC Tolby", "Marwell FC", league="England - League One")
    elsewhere = match(10, "Tolby E.", "Marwell Rovers", tournament="League Two")
    link = linked([event, *first], [elsewhere, *games])[1]
    assert (link.state, link.reason) == (
        LinkState.REVIEW,
        "the leagues differ: names that are the same are needed",
    )
    assert (
        automatic(linked([event, *first], [match(10, "Tolby", "Marwell", tournament="Two"), *games]))[1] == 10
    )
