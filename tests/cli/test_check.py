import json
import sqlite3

import pytest

from syncd.simulator.pinnacle_dialects import PinnacleResource
from syncd.store.revision import HEAD_REVISION


def checked(call):
    result = call("check", "--json")
    return result.exit_code, json.loads(result.stdout)


def problems(found):
    return {each["subject"]: each["message"] for each in found["findings"] if each["level"] == "problem"}


def test_everything_works(call, config, box):
    status, found = checked(call)
    assert status == 0
    assert found["works"]
    readings = {each["name"]: (each["rule"], each["selection"], each["reason"]) for each in found["filters"]}
    assert readings["Pinnacle Home"] == (0, "moneyline home", "")
    assert readings["By hand"] == (None, "moneyline draw", "no rule fits: left alone")
    assert "No problems." in call("check").stdout


def test_it_costs_nothing_of_the_pace_and_little_of_the_budget(call, config, box):
    checked(call)
    assert [each.path for each in box.pinnacle.request_log.requests] == ["/v1/client/balance"]
    assert len(box.bettune.request_log.requests) <= 4
    assert box.bettune.account.predictions() == {}


CHESS = {"filters": (("Pinnacle A", "Chess", True),)}
CASES = {
    "wrong password": ({"password": "wrong"}, {}, "pinnacle", "user name or password is wrong"),
    "wrong token": ({"token": "wrong-token"}, {}, "bettune", "the token is wrong"),
    "no token": ({"token": ""}, {}, "bettune", "bettune.token is not set"),
    "no password": ({"password": ""}, {}, "pinnacle", "pinnacle.password not set"),
    "no PRO": ({}, {}, "bettune", "no PRO subscription"),
    "Pinnacle away": ({"pinnacle": "http://127.0.0.1:9"}, {}, "pinnacle", "cannot be reached"),
    "BetTune away": ({"bettune": "http://127.0.0.1:9/v1"}, {}, "bettune", "cannot be reached"),
    "no such filter": ({"filter": "Pinacle*"}, {}, "rules[0]", "fits no filter"),
    "unknown bet type": (
        {},
        {"filters": (("Pinnacle A", "Chess", True),)},
        "filter ",
        "'Chess' is not known",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_wrong_is_named(call, write_config, open_box, case):
    config, world, subject, text = CASES[case]
    with open_box(**world) as box:
        box.bettune.pro = case != "no PRO"
        write_config(box, **config)
        status, found = checked(call)
    assert status == 1
    named = problems(found)
    assert any(each.startswith(subject) and text in message for each, message in named.items()), found
    assert len(named) == 1, "one fault hides none and brings no other"
    assert all(each["advice"] for each in found["findings"] if each["level"] == "problem")


def test_a_host_without_balance_gets_a_request_for_its_sports_once_an_hour(call, write_config, open_box):
    with open_box(pinnacle={"gone": frozenset({PinnacleResource.BALANCE})}) as box:
        write_config(box)
        call("db", "upgrade")
        assert checked(call)[0] == 0
        assert checked(call)[0] == 0
        paths = [each.path for each in box.pinnacle.request_log.requests]
    assert paths == ["/v1/client/balance", "/v2/sports", "/v1/client/balance"]


def test_a_database_that_is_behind(call, config, tmp_path):
    call("db", "upgrade")
    with sqlite3.connect(tmp_path / "data/syncd.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '0000'")
    database.close()
    status, found = checked(call)
    assert status == 1
    assert f"behind {HEAD_REVISION}" in problems(found)["database"]


def test_a_disabled_filter_is_a_warning(call, write_config, open_box):
    with open_box(filters=(("Pinnacle Home", "Home", False),)) as box:
        write_config(box)
        status, found = checked(call)
    assert status == 0
    assert any("disabled" in each["message"] for each in found["findings"] if each["level"] == "warning")


def test_a_period_that_pinnacle_does_not_have_is_named(call, write_config, open_box):
    with open_box(filters=(("Pinnacle A", "Home", True), ("Pinnacle B", "Over 1.5 HT", True))) as box:
        write_config(box, more='[bet_types]\n"Home" = "moneyline home period 5"')
        status, found = checked(call)
    assert status == 0
    message = next(each["message"] for each in found["findings"] if "about period" in each["message"])
    assert "is about period 5, and Pinnacle has: 0 " in message
    assert not any("HT" in each["message"] for each in found["findings"])


def test_names_from_elsewhere_do_not_steer_the_terminal(call, write_config, open_box):
    with open_box(filters=(("Pinnacle \x1b[31mred", "Ch\x1b]0;ess\x07", True),)) as box:
        write_config(box)
        shown = call("check").output
    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert "Pinnacle \N{REPLACEMENT CHARACTER}[31mred" in shown


def test_a_pause_that_was_forgotten_is_mentioned(call, config):
    call("pause")
    _, found = checked(call)
    assert any("paused" in each["message"] for each in found["findings"])


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # apprise's plugins, on newer Pythons
def test_a_notify_url_that_apprise_does_not_know_is_named_without_its_secret(call, write_config, box, caplog):
    urls = [
        "json://localhost",
        "tgrm://s3cret-token/chat",
        "tgram://s3cret-token",
        "json://me:s3cret@localhost",
    ]
    write_config(box, more=f"[notify]\nurls = {json.dumps(urls)}")
    status, found = checked(call)
    assert status == 1
    assert problems(found).keys() == {"notify.urls[1]", "notify.urls[2]"}
    assert "no such service" in problems(found)["notify.urls[1]"]
    assert "apprise's service tgram" in problems(found)["notify.urls[2]"]
    for command in (["check"], ["config", "check"]):
        shown = call(*command)
        assert "notify.urls[1]" in shown.output
        assert "s3cret" not in shown.output + shown.stderr + caplog.text
