import re

import pytest

from syncd.matching.aliases import AliasError, Aliases, parse
from tests.matching.games import automatic, fixture, linked, match, named

FILE = """
[teams]
"Al-Suqoor" = "Neom SC"
[leagues]
"England - Premier League" = "Top Flight"
"""


def test_an_alias_links_names_that_share_nothing():
    event, game = fixture(1, "Al-Suqoor", "Chelsea"), match(10, "NEOM S.C.", "Chelsea")
    assert automatic(linked([event], [game])) == {}
    assert automatic(linked([event], [game], aliases=parse(FILE, "aliases.toml"))) == {1: 10}


def test_an_alias_may_name_the_id():
    aliases = Aliases(teams={"al suqoor": named("Neom").id})
    assert automatic(
        linked([fixture(1, "Al-Suqoor", "Chelsea")], [match(10, "Neom", "Chelsea")], aliases=aliases)
    )


def test_an_alias_says_that_two_squads_are_one_team():
    event, game = fixture(1, "Arden Youth", "Chelsea"), match(10, "Arden U21", "Chelsea")
    assert automatic(linked([event], [game])) == {}
    assert automatic(linked([event], [game], aliases=Aliases(teams={"arden youth": "arden u21"}))) == {1: 10}


def test_an_alias_does_not_cross_what_the_leagues_say():
    event, game = fixture(1, "Suqoor", "Chelsea"), match(10, "Neom", "Chelsea", tournament="Women League")
    assert automatic(linked([event], [game], aliases=Aliases(teams={"suqoor": "neom"}))) == {}


def test_a_league_alias_is_evidence():
    event, game = fixture(1, "Arsenal", "Chelsea"), match(10, "Arsenal", "Chelsea", tournament="Top Flight")
    plain, helped = linked([event], [game]), linked([event], [game], aliases=parse(FILE, "aliases.toml"))
    before, after = (
        next(piece.weight for piece in links[1].evidence if piece.kind == "league")
        for links in (plain, helped)
    )
    assert after > before


def test_all_errors_are_reported_at_once_with_file_and_key():
    with pytest.raises(AliasError) as raised:
        parse('[teams]\n"Arsenal" = 1.5\n[legues]\n"x" = "y"\n', "aliases.toml")
    assert 'aliases.toml: teams."Arsenal"' in str(raised.value)
    assert "did you mean [leagues]?" in str(raised.value)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ('"-" = "Neom"', 'teams."-": the name has no letter or digit'),
        ('"Suqoor" = "..."', "teams.\"Suqoor\": BetTune's name, '...', has no letter or digit"),
        ('"Suqoor" = true', 'teams."Suqoor": expected a BetTune name or id, found True'),
        ('"Suqoor" = "Neom"\n"SÚQOOR." = 12', 'teams."SÚQOOR.": the name has two different rows'),
    ],
)
def test_each_problem_has_a_message_of_its_own(row: str, message: str):
    with pytest.raises(AliasError, match=re.escape(f"a.toml: {message}")):
        parse(f"[teams]\n{row}\n", "a.toml")


def test_two_rows_that_say_the_same_are_accepted():
    assert parse('[teams]\n"Suqoor" = "Neom"\n"suqoor" = "NEOM"\n', "a.toml").teams == {"suqoor": "neom"}


def test_a_file_that_is_not_toml_is_refused_by_name():
    with pytest.raises(AliasError, match=r"aliases\.toml: not TOML"):
        parse("= nonsense", "aliases.toml")


def test_an_empty_file_has_no_aliases():
    assert parse("", "aliases.toml") == Aliases()
