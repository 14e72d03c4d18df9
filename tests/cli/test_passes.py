import asyncio
import json
from datetime import timedelta

from msgspec.structs import replace

from syncd.model.bettune import Pair
from syncd.runtime.clock import SystemClock
from syncd.store.engine import Store
from syncd.store.lease import Lease
from tests.cli.conftest import FILTERS

TTL = timedelta(seconds=15)


def pair_of(change):
    return change["filter_id"], change["match_id"]


def planned(call):
    result = call("plan", "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_plan_on_no_database_writes_nothing_and_agrees_with_once(call, config, box):
    plan = planned(call)
    assert box.bettune.account.predictions() == {}
    assert {each["kind"] for each in plan["changes"]} == {"create"}
    assert plan["cost"]["requests"] == len(plan["changes"]) > 0

    done = call("once")
    assert done.exit_code == 0, done.output
    actual = {(pair.filter_id, pair.match_id): str(odds) for pair, odds in box.bettune.account.odds().items()}
    assert actual == {pair_of(each): each["after"] for each in plan["changes"]}
    assert f"{len(actual)} created" in done.stdout
    assert planned(call)["changes"] == []


def test_once_follows_a_filter_that_a_user_has_changed(call, config, box, monkeypatch):
    monkeypatch.setattr("syncd.bettune.catalogue.READ_AGAIN_AFTER", timedelta(milliseconds=20))
    assert call("once").exit_code == 0
    account = box.bettune.account
    home = next(each for each in account.filters if each.name == "Pinnacle Home")
    before = account.odds()
    account._filters[home.id] = replace(home, bet_type="Away")
    assert call("once").exit_code == 0
    wanted = box.oracle(ruled=lambda each: each.id == home.id).wanted([account._filters[home.id]])
    after = {pair: odds for pair, odds in account.odds().items() if pair.filter_id == home.id}
    assert after == {pair: odds for pair, odds in wanted.items() if odds} != before


def test_the_plan_names_filter_match_price_and_cost(call, config, box):
    shown = call("plan").stdout
    game = next(each for each in box.world.games if each.linkable)
    assert "Pinnacle Home" in shown
    assert f"{game.match.home.name} v {game.match.away.name}" in shown
    assert "moneyline home" in shown
    assert "requests" in shown


def test_a_given_limit_applies_in_a_pipe_too(call, config, box):
    count = len(planned(call)["changes"])
    assert "more (--limit 0 shows all)" not in call("plan").stdout
    assert f"... and {count - 2} more (--limit 0 shows all)" in call("plan", "--limit", "2").stdout


def test_reasons_are_below_the_changes_on_a_narrow_terminal(call, config, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    shown = call("plan").stdout
    assert "Pinnacle Home: moneyline home" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_a_pass_that_bettune_refuses_says_so_and_ends_with_1(call, write_config, box):
    write_config(box, token="wrong")
    result = call("once")
    assert result.exit_code == 1
    assert "BetTune refuses our requests" in result.stderr
    assert "wrong" not in result.output.replace("the token is wrong", "")


def hold_lease(url):
    async def acquire():
        async with await Store.open(url, SystemClock()) as store:
            return await Lease.acquire(store, ttl=TTL, holder="another")

    return asyncio.run(acquire())


def test_while_another_works_once_is_refused_and_plan_sends_no_request(call, config, box, tmp_path):
    planned(call)
    before = len(box.bettune.request_log.requests)
    lease = hold_lease(f"sqlite:///{tmp_path}/data/syncd.db")
    try:
        refused = call("once")
        plan = planned(call)
    finally:
        lease._unlock()
    assert refused.exit_code == 1
    assert "another syncd (another" in refused.stderr
    assert not plan["polled"]
    assert plan["lease_holder"].startswith("another")
    assert len(plan["changes"]) > 0
    assert len(box.bettune.request_log.requests) == before


def test_while_paused_once_writes_nothing(call, config, box):
    assert call("pause").exit_code == 0
    refused = call("once")
    assert refused.exit_code == 1
    assert "syncd resume" in refused.stderr
    plan = call("plan", "--json")
    assert plan.exit_code == 1  # nothing has ever been read
    assert not json.loads(plan.stdout)["polled"]
    assert call("resume").exit_code == 0
    assert call("once").exit_code == 0
    assert len(box.bettune.account.predictions()) > 0


def test_withdraw_deletes_all_of_ours_without_a_daemon_and_leaves_the_rest(call, config, box):
    home = next(each for each in box.bettune.account.filters if each.name == "Pinnacle Home")
    game = next(each for each in box.world.games if each.linkable)
    by_hand = box.bettune.account.ui_set(Pair(home.id, game.match.id), "3.5")
    assert call("once").exit_code == 0
    assert len(box.bettune.account.predictions()) > 1
    result = call("withdraw")
    assert result.exit_code == 0, result.output
    assert list(box.bettune.account.predictions().values()) == [by_hand]
    assert call("once").exit_code == 0
    assert len(box.bettune.account.predictions()) == 1, "it lasts"


def test_a_pass_after_a_withdrawal_says_why_it_makes_nothing(call, config, box):
    call("once")
    call("withdraw")
    assert "syncd is withdrawn: no prediction is made until `syncd resume`" in call("once").stdout
    assert "This ends the withdrawal" in call("pause").stdout


def test_filters_without_a_rule_are_left_alone(call, config, box):
    call("once")
    without = {each.id for each in box.bettune.account.filters if each.name == FILTERS[2][0]}
    assert without.isdisjoint(pair.filter_id for pair in box.bettune.account.predictions())
