"""`syncd restore`: what was deleted by hand is taken up again; what was set by hand stays the user's."""

import asyncio

import pytest

from syncd.model.bettune import Pair
from syncd.model.change import Actual, Owner
from syncd.runtime.clock import SystemClock
from syncd.store import predictions, rows
from syncd.store.engine import Store


@pytest.fixture
def pair(call, config, box):
    assert call("once").exit_code == 0
    return min(box.bettune.account.odds())


def believe(tmp_path, actual):
    async def save():
        url = f"sqlite:///{tmp_path}/data/syncd.db"
        async with await Store.open(url, SystemClock()) as store, store.write() as conn:
            await rows.write(conn, [predictions.row(actual)])

    asyncio.run(save())


def test_without_a_daemon_the_next_pass_makes_it_again(call, box, pair, tmp_path):
    box.bettune.account.ui_delete(pair)
    believe(tmp_path, Actual(pair=pair, owner=Owner.NOBODY, respected=True))
    assert call("once").exit_code == 0
    assert pair not in box.bettune.account.odds()
    assert "syncd restore" in call("explain", *pair).stdout
    done = call("restore", *pair)
    assert done.exit_code == 0, done.output
    assert "No syncd is running" in done.stdout
    assert call("once").exit_code == 0
    assert pair in box.bettune.account.odds()


def test_what_a_user_has_set_stays_theirs_and_the_command_says_so(call, box, pair, tmp_path):
    believe(tmp_path, Actual(pair=pair, owner=Owner.THEIRS))
    refused = call("restore", *pair)
    assert refused.exit_code == 1
    assert "stays theirs" in refused.stderr


def test_what_was_not_given_up_has_nothing_to_restore(call, box, pair):
    assert "was not given up" in call("restore", *pair).stderr
    unread = Pair(pair.filter_id, max(each.match.id for each in box.world.games if each.match))
    refused = call("restore", *unread)
    assert refused.exit_code == 1
    assert call("restore", pair.filter_id, "no such team").exit_code == 1
