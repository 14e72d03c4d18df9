"""`syncd plan` by filter, league, match and kind, as lines for programs, and when it knows nothing."""

import json

import pytest


@pytest.fixture
def changes(call, config, box):
    return json.loads(call("plan", "--json").stdout)["changes"]


def planned(call, *options):
    result = call("plan", "--json", *options)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_each_option_shows_exactly_the_changes_it_names_and_says_how_many_it_leaves_out(call, changes):
    one = changes[0]
    ways = {
        ("--filter", "pinnacle home"): lambda each: each["filter"] == "Pinnacle Home",
        ("--filter", one["filter_id"]): lambda each: each["filter_id"] == one["filter_id"],
        ("--league", one["league"]): lambda each: each["league"] == one["league"],
        ("--match", one["match_id"]): lambda each: each["match_id"] == one["match_id"],
        ("--match", one["match"].upper()): lambda each: each["match"] == one["match"],
        ("--kind", "create"): lambda each: True,
        ("--kind", "delete"): lambda each: False,
        ("--match", one["match_id"], "--filter", "* Home"): lambda each: (
            each["match_id"] == one["match_id"] and each["filter"] == "Pinnacle Home"
        ),
    }
    for options, is_meant in ways.items():
        found = planned(call, *options)
        wanted = [each for each in changes if is_meant(each)]
        assert found["changes"] == wanted, options
        assert found["left_out"] == len(changes) - len(wanted)
        assert found["cost"]["requests"] == len(changes)
    assert 0 < len(planned(call, "--league", one["league"])["changes"]) < len(changes)


def test_tsv_has_a_line_for_each_change_with_as_many_cells_as_the_first(call, changes):
    head, *rows = [line.split("\t") for line in call("plan", "--tsv").stdout.splitlines()]
    assert [dict(zip(head, row, strict=True))["after"] for row in rows] == [each["after"] for each in changes]
    assert {len(row) for row in rows} == {len(head)}
    assert call("plan", "--tsv", "--json").exit_code == 2


def test_in_a_pipe_each_change_is_one_line_however_long_its_names_are(call, write_config, open_box):
    name = "Pinnacle Home" + " of a long name" * 15
    with open_box(filters=((name, "Home", True),)) as box:
        write_config(box)
        changes = planned(call)["changes"]
        shown = call("plan").stdout.splitlines()
    rows = [line for line in shown if line.startswith("create ")]
    assert len(rows) == len(changes) > 0
    assert all(name in row for row in rows)


def test_a_plan_that_reached_nobody_says_so_and_ends_with_1(call, write_config):
    write_config()
    for _ in range(2):
        result = call("plan")
        assert result.exit_code == 1
        assert "Nothing is known" in result.stdout
        assert "Nothing to write" not in result.stdout
        assert "all 0" not in result.output


def test_a_plan_beside_a_daemon_that_reaches_nobody_ends_with_1(call, write_config, start):
    write_config()
    start().wait_for("bettune.away")
    result = call("plan")
    assert result.exit_code == 1
    assert "Nothing is known" in result.stdout
    assert "bettune.away" in result.stderr
