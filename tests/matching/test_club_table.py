"""A table of clubs as text: what a line may say, and how a mistake in it is reported."""

import pytest

from syncd.matching.club_table import ClubName, ClubTable, ClubTableError, NameKind, parse_clubs


def test_a_line_is_a_club_with_its_names_and_what_each_is():
    (club,) = parse_clubs("Real Madrid; Castilla [second]; Madrid FC [until 1920]; Blancos [since 1999]", "x")
    assert club.name == "Real Madrid"
    assert club.names == (
        ClubName("Real Madrid"),
        ClubName("Castilla", NameKind.SECOND),
        ClubName("Madrid FC", NameKind.FORMER, 1920),
        ClubName("Blancos", NameKind.LATER, 1999),
    )


def test_comments_and_empty_lines_are_no_clubs():
    assert [club.name for club in parse_clubs("# Ruritania\n\nStrelsau # the capital\n", "x")] == ["Strelsau"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("Real [seond]", "[seond] is not known; expected also, until, since, short, second, third, women"),
        ("Real [until]", "[until] takes a year"),
        ("Real [second 1999]", "[second] takes no year"),
        ("Real [until 1492]", "expected a year from 1850 to 2100, found 1492"),
        ("Real;; Madrid", "expected a name and at most one [kind], found ''"),
        ("Real [until 1999] [short]", "expected a name and at most one [kind]"),
        ("Real; X", "a name has 2 letters or more, found 'X'"),
        ("Real; ?!.", "a name has 2 letters or more"),
        ("Castilla [second]; Real", "the usual name must be the first team's"),
    ],
)
def test_a_mistake_is_reported_with_country_and_line(line, problem):
    with pytest.raises(ClubTableError) as raised:
        parse_clubs(f"Strelsau\n{line}", "ruritania")
    assert f"ruritania, line 2: {problem}" in str(raised.value)


def test_all_mistakes_are_reported_at_once():
    with pytest.raises(ClubTableError) as raised:
        parse_clubs("A\nStrelsau\nB", "x")
    assert str(raised.value).count("line") == 2


def test_a_country_is_parsed_when_it_is_needed():
    table = ClubTable({"new-ruritania": "Strelsau", "zenda": "!"})
    assert table.countries == ["new ruritania", "zenda"]
    assert [club.name for club in table.clubs("new ruritania")] == ["Strelsau"]
    assert table.clubs("borduria") == ()
    with pytest.raises(ClubTableError):
        table.clubs("zenda")
