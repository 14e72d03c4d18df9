"""`syncd report`: figures by filter, as text, JSON and CSV."""

import csv
import io
import json

import pytest


@pytest.fixture
def written(call, config, box):
    assert call("once").exit_code == 0
    return json.loads(call("log", "--json", "--limit", "0").stdout)


AHEAD = ("--from", "2020-01-01", "--to", "2100-01-01")


def test_each_filter_with_a_rule_has_its_figures_in_every_form(call, written):
    found = json.loads(call("report", "--json", *AHEAD).stdout)
    names = [each["filter_name"] for each in found["filters"]]
    assert names == sorted({each["filter"] for each in written})
    for each in found["filters"]:
        created = [write for write in written if write["filter"] == each["filter_name"]]
        assert each["service"]["writes"] == {"create": len(created)}
        assert each["bets"]["n"] == 0
    rows = list(csv.DictReader(io.StringIO(call("report", "--csv", *AHEAD).stdout)))
    assert [row["filter"] for row in rows] == names
    shown = call("report", *AHEAD).stdout
    for name in names:
        assert name in shown
    assert "It is an estimate" in shown


def test_matches_and_filters_are_chosen(call, written):
    found = json.loads(call("report", "--json", "--filter", "* Home", *AHEAD).stdout)
    assert [each["filter_name"] for each in found["filters"]] == ["Pinnacle Home"]
    past = json.loads(call("report", "--json", "--to", "2020-01-01").stdout)
    assert all(each["pairs"] == 0 for each in past["filters"])


@pytest.mark.parametrize(
    "options",
    [
        ("--json", "--csv"),
        ("--from", "2026-03-07", "--to", "2026-03-07"),
        ("--from", "yesterday"),
    ],
)
def test_what_cannot_be_meant_is_refused(call, config, options):
    assert call("report", *options).exit_code == 2


def test_without_bets_the_list_of_them_is_empty(call, written):
    assert json.loads(call("report", "--bets", "--json", *AHEAD).stdout) == []
    assert call("report", "--bets", "--csv", *AHEAD).stdout.startswith("filter_id,match_id,match,")
    assert "0 would-be bets" in call("report", "--bets", *AHEAD).stdout
