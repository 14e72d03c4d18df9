"""A user's tables of names: what each format is read as, what is wrong with a row, what an import adds."""

import time
import tomllib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from syncd.matching import aliases
from syncd.matching.alias_check import ListedNames, RowState, judge_rows, problems_of
from syncd.matching.alias_files import AliasFormat, AliasRow, read_table
from syncd.matching.alias_merge import merge
from syncd.matching.aliases import AliasError, Aliases
from syncd.matching.club_table import OTHER_SQUADS
from syncd.matching.knowledge import shipped, shipped_with
from syncd.matching.spelling import normalize
from tests.matching.games import automatic, fixture, linked, match

CLUBS = """\
==========================
= Österreich • Austria
== Tirol ==

FC Hintertal, 1921,   Hintertal (Dorf)     ## a comment
  | Hintertaler Kickers | SV $$Sponsor$$ Hintertal
  | Lower Valley Kickers [en]
 Dorfstraße 1 // 6290 Hintertal
ii) FC Hintertal II
  | Hintertal Juniors
VfB Vordertal (1911-1977), Vordertal
  | Vordertaler Kickers
"""


def read(text, form=AliasFormat.OPENFOOTBALL):
    return read_table(text, form)


def judged(text, form=AliasFormat.OPENFOOTBALL, *, current=""):
    rows = read_table(text, form).rows
    known = aliases.parse(current, "aliases.toml")
    return judge_rows(rows, current=known, knowledge=shipped(), year=2026, source="aliases.toml")


def refused(text, form=AliasFormat.OPENFOOTBALL, **options):
    """The refused rows: line, and the reason."""
    return {
        each.row.line: each.reason for each in judged(text, form, **options) if each.state is RowState.REFUSED
    }


def test_toml_is_read_with_lines_countries_and_ids():
    text = '# mine\n[teams]\n"Al-Suqoor" = "Neom SC"\nWydad = 12\n\n[leagues]\n"J" = "J1"\n'
    text += '[names.Peru]\n"B" = "C"\n'
    table = read(text, AliasFormat.TOML)
    assert table.problems == []
    assert table.rows == [
        AliasRow(3, "teams", "Al-Suqoor", "Neom SC"),
        AliasRow(4, "teams", "Wydad", 12),
        AliasRow(7, "leagues", "J", "J1"),
        AliasRow(9, "names", "B", "C", "Peru"),
    ]


def test_all_problems_of_a_toml_file_are_named_with_their_lines():
    text = '[teams]\n"A" = 1.5\n"B" = true\n[lgs]\nx = "y"\n[names]\nq = "r"\n[names.Peru]\n"s" = 3\n'
    problems = read(text, AliasFormat.TOML).problems
    assert [each.line for each in problems] == [2, 3, 5, 7, 9]
    assert "expected a BetTune name in quotes, or an id, found 1.5" in problems[0].text
    assert "put it under [teams], [leagues] or [names.COUNTRY]" in problems[2].text


def test_a_file_that_is_no_toml_is_a_problem_of_its_line():
    [problem] = read('[teams]\n"A" = "B"\n"A" = "C"\n', AliasFormat.TOML).problems
    assert problem.line == 3
    assert problem.text.startswith("not TOML")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_has_two_columns_and_perhaps_headings_and_comments(delimiter):
    text = 'Pinnacle,BetTune\n# mine\nAl-Suqoor,Neom SC\n\n"Wydad AC" , 12\n'.replace(",", delimiter)
    assert read(text, AliasFormat.CSV).rows == [
        AliasRow(3, "teams", "Al-Suqoor", "Neom SC"),
        AliasRow(5, "teams", "Wydad AC", 12),
    ]


def test_a_line_of_csv_with_one_column_or_three_is_a_problem():
    table = read('A,B\nC\nD,E,F\nG,\n"H, I",J\n', AliasFormat.CSV)
    assert [row.name for row in table.rows] == ["A", "H, I"]
    assert [each.line for each in table.problems] == [2, 3, 4]
    assert all("expected two columns" in each.text for each in table.problems)


def test_openfootball_is_read_without_towns_years_languages_and_sponsors_marks():
    table = read(CLUBS)
    assert [(row.line, row.name, row.target, row.country) for row in table.rows] == [
        (6, "Hintertaler Kickers", "FC Hintertal", "austria"),
        (6, "SV Sponsor Hintertal", "FC Hintertal", "austria"),
        (7, "Lower Valley Kickers", "FC Hintertal", "austria"),
    ]
    assert table.problems == []


def test_second_teams_and_dissolved_clubs_are_left_out_and_counted():
    assert read(CLUBS).left_out == 4


def test_a_club_under_no_known_country_and_names_under_no_club_are_problems():
    problems = read("FC Foo\n  | Bar\n= Atlantis\nFC Baz\n= Peru (pe)\n  | Qux\n= Peru\n").problems
    assert [each.line for each in problems] == [1, 3, 4]
    assert '"Atlantis" is no country that syncd knows' in problems[1].text
    assert "put a heading" in problems[0].text


def test_names_on_the_line_of_their_club_are_read_too():
    assert [row.name for row in read("= Peru\nFC Foo | Bar | Baz, Lima\n").rows] == ["Bar", "Baz"]


def test_a_name_of_two_clubs_of_one_country_is_refused_at_both():
    text = "= Peru\nFoo Norte\n | Los Verdes\nBar Sur\n | Los Verdes\n= Chile\nBaz Este\n | Los Verdes\n"
    found = refused(text)
    assert found.keys() == {3, 5}
    assert 'line 5 gives the name to another club of peru, "Bar Sur"' in found[3]


def test_an_other_name_that_is_another_clubs_usual_name_is_refused():
    assert refused("= Peru\nFoo Norte\n | Bar Sur\nBar Sur\n | Los Azules\n").keys() == {3}


def test_a_part_of_a_name_that_another_club_has_too_is_refused():
    found = refused("= Peru\nFoo Norte\n | Foo\nFoo Sur\n | Los Azules\n")
    assert found.keys() == {3}
    assert 'it may also be "Foo Sur"' in found[3]


def test_a_name_of_club_forms_alone_is_refused():
    assert "says too little" in refused("= Austria\nFC Hintertal\n | TSV\n")[3]


def test_a_name_that_the_shipped_table_gives_to_another_club_is_refused():
    found = refused("= Austria\nSK Rapid Wien\n | Sturm Graz | Hütteldorfer Kickers\n")
    assert found == {3: 'the shipped table gives the name to "Sturm Graz" of austria; delete it'}
    pair = refused("Arsenal,Chelsea\nArsenal,Chelsea\nGunners of Highbury,Arsenal\n", AliasFormat.CSV)
    assert "two clubs of england" in pair[1]
    assert pair.keys() == {1, 2}


def test_what_the_shipped_table_says_is_known():
    [row] = judged("= Austria\nSK Rapid Wien\n | Rapid Wien\n")
    assert (row.state, row.reason) == (RowState.KNOWN, "in the shipped table")


def test_the_shipped_table_as_openfootballs_text_is_known_whole():
    table = shipped().clubs.table
    lines = [
        line
        for country in table.countries
        for line in (f"= {country}", *map(openfootball_lines, table.clubs(country)))
    ]
    rows = judged("\n".join(lines))
    assert len(rows) > 9000
    assert [each for each in rows if each.state is not RowState.KNOWN] == []


def openfootball_lines(club):
    others = (name.text for name in club.names[1:] if name.kind not in OTHER_SQUADS)
    return f"{club.name}, 1901, Town\n" + "".join(f"  | {name}\n" for name in others)


def test_duplicates_and_contradictions_of_pairs_are_refused():
    found = refused("A b,C\nD,E\na-B,C\nF,G\nf,H\nF,I\n", AliasFormat.CSV)
    assert found.keys() == {3, 4, 5, 6}
    assert "a duplicate of line 1" in found[3]
    assert 'line 5 gives the name to another club, "H"' in found[4]


def test_a_name_without_letters_is_refused():
    assert refused("-,Neom\nNeom,...\n", AliasFormat.CSV).keys() == {1, 2}


def test_a_country_that_nobody_knows_is_refused():
    assert "no country" in refused('[names.Atlantis]\n"A" = "Bcd"\n', AliasFormat.TOML)[2]


def test_rows_of_the_alias_file_are_known_and_others_for_the_name_refused():
    current = '[teams]\n"A" = "B"\n"C" = 1\n[names.Peru]\n"Los Verdes" = "Foo Norte"\n'
    rows = judged("a,b\nC,2\nD,3\n", AliasFormat.CSV, current=current)
    assert [each.state for each in rows] == [RowState.KNOWN, RowState.REFUSED, RowState.NEW]
    assert 'aliases.toml has another row for the name, "1"' in rows[1].reason
    names = judged("= Peru\nFoo Norte\n | Los Verdes\nBar Sur\n | Los Azules\n", current=current)
    assert [each.state for each in names] == [RowState.KNOWN, RowState.NEW]
    assert refused("= Peru\nBar Sur\n | Los Verdes\n", current=current).keys() == {3}


def test_problems_say_line_row_and_what_to_do():
    [problem] = problems_of(judged("A,B\nA,B\n", AliasFormat.CSV))
    assert problem == (2, 'team "A" = "B": a duplicate of line 1; delete one of them')


def test_names_that_no_list_has_are_remarked():
    listed = ListedNames(
        pinnacle={"teams": {"a"}, "leagues": set()}, bettune={"teams": {"b", 7}, "leagues": set()}
    )
    assert listed.lack(AliasRow(1, "teams", "A", "B")) == ""
    assert listed.lack(AliasRow(1, "teams", "A", 7)) == ""
    assert "BetTune's list" in listed.lack(AliasRow(1, "teams", "A", "X"))
    assert "Pinnacle's list" in listed.lack(AliasRow(1, "teams", "X", "B"))
    assert "neither list" in listed.lack(AliasRow(1, "teams", "X", 8))
    assert "neither list" in listed.lack(AliasRow(1, "names", "X", "Y", "Peru"))
    assert listed.lack(AliasRow(1, "names", "X", "A", "Peru")) == ""


MINE = """\
# written by me
[teams]   # of the desert
"Al-Suqoor" = 'Neom SC' # since 2023

# the leagues
[leagues]
"J" = "J1"
"""


def test_new_rows_are_added_sorted_and_what_the_user_wrote_stays():
    rows = [
        AliasRow(1, "teams", "Zed", 12),
        AliasRow(2, "teams", "Émile", 'The "E"'),
        AliasRow(3, "names", "Los Verdes", "Foo Norte", "peru"),
        AliasRow(3, "names", "Grey", "Gray", "new zealand"),
    ]
    assert merge(MINE, rows, "f").splitlines() == [
        "# written by me",
        "[teams]   # of the desert",
        "\"Al-Suqoor\" = 'Neom SC' # since 2023",
        '"Émile" = "The \\"E\\""',
        '"Zed" = 12',
        "",
        "# the leagues",
        "[leagues]",
        '"J" = "J1"',
        "",
        '[names."new zealand"]',
        '"Grey" = "Gray"',
        "",
        "[names.peru]",
        '"Los Verdes" = "Foo Norte"',
    ]


def test_a_file_whose_form_cannot_be_added_to_is_refused_whole():
    with pytest.raises(AliasError, match="heading of its own"):
        merge('teams = { "A" = "B" }\n', [AliasRow(1, "teams", "C", "D")], "f")


@given(st.lists(st.tuples(st.text(min_size=1), st.text(min_size=1)), max_size=8))
@example([("a\u2028b", "c\x85d")])
def test_what_is_merged_is_read_back(pairs):
    rows = {normalize(name): AliasRow(1, "teams", name, target) for name, target in pairs}
    rows = {
        key: row
        for key, row in rows.items()
        if key and normalize(row.target) and key not in ("al suqoor", "one more")
    }
    merged = merge(MINE, rows.values(), "f")
    assert merged.startswith("# written by me\n[teams]   # of the desert\n")
    again = merge(merged, [AliasRow(1, "teams", "One more", 1)], "f")
    assert again == merge(MINE, [*rows.values()], "f").replace(
        "\n\n# the leagues", '\n"One more" = 1\n\n# the leagues'
    )
    read_back = tomllib.loads(merged)["teams"]
    assert read_back == {row.name: row.target for row in rows.values()} | {"Al-Suqoor": "Neom SC"}


@given(st.text(), st.sampled_from(AliasFormat))
def test_no_text_breaks_a_reader_or_the_judge(text, form):
    table = read_table(text, form)
    judge_rows(table.rows, current=Aliases(), knowledge=shipped(), year=2026, source="f")


def link_of(pinnacle, bettune, names):
    event = fixture(1, pinnacle, "Austria Lustenau", league="Austria - 2. Liga")
    game = match(10, bettune, "Austria Lustenau", country="Austria", tournament="2. Liga")
    parsed = aliases.parse(names, "f")
    return automatic(linked([event], [game], aliases=parsed, knowledge=shipped_with(parsed.names)))


@pytest.mark.parametrize(
    "pair", [("Mossbrook", "Hintertal"), ("Hintertal", "Mossbrook"), ("Eldin", "Mossbrook")]
)
def test_names_of_a_club_link_each_with_each_other(pair):
    names = '[names.Austria]\n"Mossbrook" = "FC Hintertal"\n"Eldin" = "FC Hintertal"\n'
    assert link_of(*pair, "") == {}
    assert link_of(*pair, names) == {1: 10}
    assert link_of(*pair, names.replace("Austria", "Peru")) == {}


def test_a_name_added_to_a_club_of_the_shipped_table_is_one_more_of_it():
    clubs = shipped_with(aliases.parse('[names.Austria]\n"Grüne" = "Rapid Vienna"\n', "f").names).clubs
    spelling = shipped().spelling
    found = clubs.of("austria").find(spelling.key_of("Grüne"), 2026)
    assert found.club.name == "Rapid Wien"
    assert clubs.of_all().find(spelling.key_of("Grüne"), 2026).club is found.club


def test_a_large_table_is_judged_in_a_moment():
    judged("Sturm Graz,Rapid Wien\n", AliasFormat.CSV)  # makes the index of each country
    rows = "".join(f"Sturm Graz {number},Rapid Wien {number}\n" for number in range(4000))
    started = time.process_time()
    assert {each.state for each in judged(rows, AliasFormat.CSV)} == {RowState.NEW}
    assert time.process_time() - started < 4, "country by country it took twenty seconds"


def test_a_name_that_the_shipped_table_gives_to_another_club_is_not_added():
    pairs = [("Sturm Graz", "Rapid Wien"), ("FC Sturm Graz", "Rapid Wien"), ("FK Rapid Wien", "Sturm Graz")]
    written = "\n".join(["[names.Austria]", *(f'"{name}" = "{usual}"' for name, usual in pairs)])
    clubs = shipped_with(aliases.parse(written, "f").names).clubs.of("austria")
    keys = [shipped().spelling.key_of(name) for name in ("Sturm Graz", "FC Sturm Graz", "FK Rapid Wien")]
    found = [clubs.find(key, 2026).club.name for key in keys]
    assert found == ["Sturm Graz", "Sturm Graz", "Rapid Wien"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[names]\n"a" = "b"\n', "a table of names for each country"),
        ('[names.Peru]\n"a" = 1\n', "expected the club's usual name, found 1"),
        ('[names.Peru]\n"a" = true\n', "found True"),
    ],
)
def test_wrong_names_of_clubs_are_reported(text, message):
    with pytest.raises(AliasError, match=message):
        aliases.parse(text, "f")
