"""Names of others on the terminal: in tables, lines, messages and JSON."""

import json

import pytest
from rich.text import Text

from syncd.bettune.errors import BetTuneError, Operation
from syncd.cli.command import CommandError, errors_as_messages
from syncd.cli.output import lines, print_json, print_line, print_table
from tests.runtime.test_printable import NASTY, is_safe


@pytest.mark.parametrize("nasty", NASTY)
def test_names_are_shown_in_one_plain_line(capsys, monkeypatch, nasty):
    monkeypatch.setenv("COLUMNS", "200")  # so that no cell is wrapped
    print_line(f"{nasty} v Odra")
    print_line(Text(f"{nasty} v Odra"))
    print_table(["name", "|both"], [[f"{nasty} v Odra", Text(nasty)], ["x", "y"]])
    shown = capsys.readouterr().out
    assert shown.count("\n") == 5
    assert is_safe(shown.replace("\n", ""))


@pytest.mark.parametrize("nasty", NASTY)
def test_lines_of_our_own_stay_and_those_of_others_do_not(capsys, nasty):
    print_table(["both"], [[lines(f"a{nasty}", (f"b{nasty}", "dim"))]])
    shown = capsys.readouterr().out
    assert shown.count("\n") == 3
    assert is_safe(shown.replace("\n", ""))


@pytest.mark.parametrize("nasty", [each for each in NASTY if each != "\ud800"])
def test_json_shows_them_by_number_and_means_the_same(capsys, nasty):
    print_json({"name": nasty})
    shown = capsys.readouterr().out
    assert json.loads(shown) == {"name": nasty}
    assert is_safe(shown.replace("\n", ""))


@pytest.mark.parametrize("nasty", NASTY)
def test_an_error_of_another_service_is_one_plain_sentence(nasty):
    with pytest.raises(CommandError) as caught, errors_as_messages():
        raise BetTuneError(Operation("filters", ""), code="bad", message=nasty, status=400)
    assert is_safe(caught.value.format_message())
