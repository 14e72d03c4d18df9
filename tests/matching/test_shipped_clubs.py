"""The shipped table of clubs, checked against itself and the lists at hand: a mistake is a wrong link."""

import random
from collections import defaultdict
from itertools import combinations
from pathlib import Path

import pytest

from benchmarks.matching import fixture_of, match_of, rows, tasks_by_date
from syncd.matching.club_table import OTHER_SQUADS, NameKind
from syncd.matching.knowledge import shipped, shipped_clubs
from syncd.matching.names import NameParser
from syncd.matching.records import RecordBuilder
from syncd.matching.spelling import normalize
from syncd.matching.squads import FIRST_TEAM
from tests.matching.games import automatic, fixture, linked, match

KNOWN, TABLE = shipped(), shipped_clubs()
NOW = 2025
MIN_COUNTRIES = 90
COUNTRIES = pytest.mark.parametrize("country", TABLE.countries)


MARKED = {
    "argentina": {"Sarmiento (Res)", "Talleres (C)"},
    "belarus": {"Isloch Minsk R"},
    "belgium": {"Zulte W"},
    "china": {"GZ R&F", "Guangzhou R&F"},
    "england": {"Havant & W", "Queens Park R"},
    "iceland": {"Leiknir F", "Leiknir R", "Throttur R", "Vikingur R"},
    "japan": {"Kawasaki F"},
    "scotland": {"Inverness C"},
}
"""First teams of which a name ends like that of another squad."""
BARE = {
    "albania": {"Dinamo City"},
    "andorra": {"Rangers"},
    "argentina": {"Independiente", "Racing", "Union"},
    "australia": {"Eastern Lions", "Western United", "Western Utd", "White City"},
    "belarus": {"Slavia"},
    "bosnia and herzegovina": {"Zeljeznicar"},
    "brazil": {"Central", "Internacional"},
    "bulgaria": {"CSKA", "Slavia"},
    "cambodia": {"National Police"},
    "cameroon": {"Victoria United", "Victoria Utd"},
    "chile": {"Rangers", "Wanderers"},
    "colombia": {"Atl Nacional", "Atletico Nacional", "Nacional"},
    "croatia": {"Lokomotiva"},
    "ecuador": {"Nacional"},
    "egypt": {"Eastern Co", "National Bank", "Police Union"},
    "england": {"Wolves"},
    "france": {"Red Star"},
    "georgia": {"Torpedo"},
    "gibraltar": {"Lions"},
    "guatemala": {"Municipal"},
    "honduras": {"Olimpia", "Victoria"},
    "hong kong": {"Eastern", "Rangers", "Southern"},
    "india": {"Army Red", "North East United", "North East Utd"},
    "italy": {"Inter"},
    "jamaica": {"Racing United"},
    "kenya": {"Leopards"},
    "latvia": {"Beitar"},
    "luxembourg": {"Racing Union"},
    "moldova": {"Fortuna", "Victoria"},
    "montenegro": {"Buducnost", "Internacional"},
    "morocco": {"Royal Army"},
    "netherlands": {"Sparta"},
    "nigeria": {"Rangers", "Rangers International"},
    "north macedonia": {"Metalurg"},
    "panama": {"Independiente"},
    "paraguay": {"Nacional", "Olimpia"},
    "peru": {"Municipal"},
    "philippines": {"United City"},
    "portugal": {"Nacional", "Sporting"},
    "romania": {"Dinamo"},
    "russia": {"CSKA", "Dynamo", "Lokomotiv", "Spartak", "Torpedo"},
    "scotland": {"Albion Rovers", "Rangers"},
    "serbia": {"Red Star", "Sloboda", "Spartak"},
    "singapore": {"Young Lions"},
    "slovakia": {"Slovan"},
    "slovenia": {"Olimpija"},
    "south africa": {"Black Leopards", "Leopards"},
    "spain": {"Atletico", "Real Union"},
    "switzerland": {"Black Stars"},
    "thailand": {"Army United", "Army Utd", "Customs United", "Customs Utd", "Navy"},
    "ukraine": {"Dynamo"},
    "uruguay": {"Albion", "Nacional", "Racing", "Wanderers"},
    "uzbekistan": {"Dinamo", "Lokomotiv", "Metallurg"},
    "venezuela": {"Universidad Central"},
    "zambia": {"Green Eagles", "Prison Leopards"},
}
"""Clubs that one word names which many clubs of the world share."""


@pytest.fixture(scope="module")
def parse():
    return NameParser(KNOWN)


def names_by_key(country):
    found = defaultdict(list)
    for club in TABLE.clubs(country):
        for name in club.names:
            found[KNOWN.spelling.key_of(name.text)].append((club, name))
    return found


def in_use_together(one, other):
    """Return whether two names were in use in the same year."""
    former, later = sorted((one, other), key=lambda name: name.kind is NameKind.LATER)
    return not (former.kind is NameKind.FORMER and later.kind is NameKind.LATER and former.year < later.year)


def test_there_are_clubs_of_many_countries():
    assert len(TABLE.countries) >= MIN_COUNTRIES
    assert sum(len(TABLE.clubs(country)) for country in TABLE.countries) >= 5000


@COUNTRIES
def test_the_country_is_one_that_leagues_are_named_after(country):
    assert KNOWN.nations.get(country) == country


@COUNTRIES
def test_no_name_is_that_of_two_clubs_or_two_squads(country):
    shared = [
        (one[1].text, other[1].text)
        for names in names_by_key(country).values()
        for one, other in combinations(names, 2)
        if (one[0] is not other[0] and in_use_together(one[1], other[1]))
        or (one[0] is other[0] and _squad(one[1]) != _squad(other[1]))
    ]
    assert shared == []


def _squad(name):
    return name.kind if name.kind in OTHER_SQUADS else None


@COUNTRIES
def test_no_name_is_there_twice(country):
    twice = [
        name.text
        for club in TABLE.clubs(country)
        for name in club.names
        if [normalize(other.text) for other in club.names].count(normalize(name.text)) > 1
    ]
    assert twice == []


def test_a_club_called_like_a_nation_is_one_in_its_own_country_only(parse):
    assert parse("Andorra", "spain").national == parse("Monaco", "france").national == ""
    assert parse("Monaco", "france").found.club is parse("AS Monaco", "france").found.club
    assert (parse("Andorra", "international").national, parse("Andorra", "international").found) == (
        "andorra",
        None,
    )


@COUNTRIES
def test_years_are_those_of_football(country):
    years = [name.year for club in TABLE.clubs(country) for name in club.names if name.year]
    assert all(1900 <= year <= NOW for year in years)


@COUNTRIES
def test_every_name_leads_to_its_club_and_squad(country, parse):
    for club in TABLE.clubs(country):
        for name in club.names:
            found = parse(name.text, country, NOW)
            assert found.found, name.text
            if name.kind is NameKind.FORMER and found.found.club is not club:
                continue  # another club has the name now
            assert found.found.club is club, name.text
            squad = found.squad
            assert (squad == FIRST_TEAM) == (name.kind not in OTHER_SQUADS), name.text
            assert bool(squad.reserve) == (name.kind in (NameKind.SECOND, NameKind.THIRD)), name.text
            assert squad.women == (name.kind is NameKind.WOMEN), name.text


@COUNTRIES
def test_no_name_of_a_first_team_bears_a_squads_mark(country, parse):
    """Without the table such a name would be another squad's: each is known by heart, and listed here."""
    marked = {
        name.text
        for club in TABLE.clubs(country)
        for name in club.names
        if name.kind not in OTHER_SQUADS and parse(name.text).squad._replace(academy=False) != FIRST_TEAM
    }
    assert marked == MARKED.get(country, set())


@COUNTRIES
def test_a_place_or_a_word_that_many_share_is_not_a_club_of_its_own(country):
    """A common word alone names a club only where it is the whole usual name, or written down here."""
    bare = {
        name.text
        for club in TABLE.clubs(country)
        for name in club.names
        if name.kind is NameKind.ALSO
        and KNOWN.common.issuperset(KNOWN.spelling.key_of(name.text).words.split())
        and not KNOWN.spelling.key_of(name.text).extras
    }
    assert bare == BARE.get(country, set())


@COUNTRIES
def test_namesakes_of_a_country_are_never_linked(country):
    """Where each list lacks the other's game, and both games are at the same minute of the same league."""
    rng = random.Random(country)
    by_word = defaultdict(list)
    for club in TABLE.clubs(country):
        for word in KNOWN.spelling.key_of(club.name).words.split():
            by_word[word].append(club)
    namesakes = [pair for clubs in by_word.values() for pair in combinations(clubs, 2)]
    if len(namesakes) < 2:
        return
    for _ in range(5):
        (home, other_home), (away, other_away) = rng.sample(namesakes, 2)
        if len({home.name, other_home.name, away.name, other_away.name}) == 4:
            league, names = (
                f"{country.title()} - First League",
                [_any_name(club, rng) for club in (home, away)],
            )
            others = [_any_name(club, rng) for club in (other_home, other_away)]
            game = match(10, *others, country=country.title(), tournament="First League")
            assert automatic(linked([fixture(1, *names, league=league)], [game])) == {}


def _any_name(club, rng):
    return rng.choice([name.text for name in club.names if name.kind in (NameKind.ALSO, NameKind.SHORT)])


def test_no_true_pair_of_the_lists_at_hand_is_contradicted(shared_dir: Path):
    lists = shared_dir / "matching" / "dev"
    builder = RecordBuilder(KNOWN)
    contradicted, agreed = set(), set()
    for task in tasks_by_date(lists):
        events = {row["event_id"]: row for row in rows(lists / f"{task}.events.jsonl.gz")}
        matches = {row["id"]: row for row in rows(lists / f"{task}.matches.jsonl.gz")}
        for row in rows(lists / f"{task}.truth.jsonl.gz"):
            if row["kind"] != "pair" or any("swapped" in tag for tag in row["tags"]):
                continue
            event = builder.of_event(fixture_of(events[row["event_id"]]))
            match = builder.of_match(match_of(matches[row["match_id"]]))
            for one, other in event.sides(match):
                clubs = [team.name.found and team.name.found.club for team in (one, other)]
                if all(clubs):
                    (agreed if clubs[0] is clubs[1] else contradicted).add((one.name.text, other.name.text))
    assert contradicted == set()
    assert len(agreed) > 500
