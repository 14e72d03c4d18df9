"""`syncd log`: every write with its names, by choice, and those to come."""

import json
import time

import pytest


@pytest.fixture
def written(call, config, box):
    assert call("once").exit_code == 0
    return json.loads(call("log", "--json", "--limit", "0").stdout)


def test_each_write_is_one_line_with_both_names_and_the_oldest_is_first(call, box, written):
    assert len(written) == len(box.bettune.account.writes) > 0
    shown = call("log", "--limit", 0).stdout.splitlines()
    assert len(shown) == len(written)
    for line, each in zip(shown, written, strict=True):
        assert each["filter"] in line
        assert each["match"] in line
    assert [each["id"] for each in written] == sorted(each["id"] for each in written)


def test_the_options_choose(call, box, written):
    one = written[0]

    def found(*options):
        return json.loads(call("log", "--json", *options).stdout)

    assert found("--limit", 2) == written[-2:]
    assert found("--match", one["match"], "--limit", 0) == [
        each for each in written if each["match_id"] == one["match_id"]
    ]
    assert {each["filter"] for each in found("--filter", "* Home")} == {"Pinnacle Home"}
    assert found("--kind", "delete") == found("--failed") == []
    assert found("--since", "1h") == written
    time.sleep(0.01)
    assert found("--since", "1ms") == []
    assert call("log", "--since", "soon").exit_code == 2


def test_tsv_has_a_heading_and_a_line_for_each_write(call, written):
    head, *rows = call("log", "--tsv", "--limit", 0).stdout.splitlines()
    assert head.split("\t")[:3] == ["id", "at", "kind"]
    assert [row.split("\t")[0] for row in rows] == [str(each["id"]) for each in written]


def test_follow_goes_on_with_what_is_written_from_then_on(call, box, written, start):
    following = start("syncd", "log", "--follow", "--kind", "delete", "--limit", "1")
    following.wait_for("config: ")
    time.sleep(1)
    for filter_ in box.bettune.account.filters:
        box.bettune.account.set_approved(filter_.id, approved=False)
    assert call("once").exit_code == 0
    following.wait_for("delete", "Pinnacle Home", written[0]["match"])
    assert "create" not in following.log


def test_status_watch_shows_it_again_and_again(call, written, start):
    watching = start("syncd", "status", "--watch")
    watching.wait_for("predictions ")
    first = watching.log.count("predictions ")
    for _ in range(100):
        if watching.log.count("predictions ") > first:
            break
        time.sleep(0.1)
    assert watching.log.count("predictions ") > first


def test_at_80_columns_no_word_of_a_filter_is_broken(call, written, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    shown = call("status").stdout
    assert "moneyline home" in shown
    assert "total 2.5 over" in shown
    assert max(map(len, shown.splitlines())) <= 80
