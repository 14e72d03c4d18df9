import json

import pytest

from syncd.simulator.endings import FinalScore, Goals
from syncd.simulator.fixture_list import Extent


@pytest.fixture
def trapped(call, open_box, write_config):
    """One round with what makes linking hard; all that can be written is."""
    with open_box(extent=Extent(leagues=3, rounds=1, traps=True)) as box:
        write_config(box)
        assert call("once").exit_code == 0
        yield box


def reviewed(call):
    return json.loads(call("matches", "--review", "--json").stdout)


def test_the_review_shows_what_waits_why_and_how_many_predictions_follow(call, trapped):
    [waiting] = reviewed(call)
    assert waiting["link"]["state"] == "review"
    assert waiting["waiting"] == 2, "two filters have a rule and a price"
    shown = call("matches", "--review").stdout
    event, match = waiting["link"]["event_id"], waiting["link"]["match_id"]
    for text in (
        "why it waits: home and away are swapped",
        f"syncd link {event} {match}",
        "2 predictions would follow",
        "1 link for review, with 2 predictions",
    ):
        assert text in shown


def test_two_lists_at_once_are_refused_in_a_sentence(call, trapped):
    refused = call("matches", "--review", "--unlinked")
    assert refused.exit_code == 2
    assert "--review, --unlinked and --verified are different lists" in refused.stderr
    assert call("matches", "--verified", "--unlinked").exit_code == 2


def test_links_of_finished_games_are_shown_with_both_results(call, trapped):
    assert "No linked game is over yet." in call("matches", "--verified").stdout
    one, other = [game for game in trapped.world.games if game.linkable][:2]
    trapped.world.finish(one, FinalScore(Goals(2, 1)))
    trapped.world.abandon(other)
    assert call("once").exit_code == 0
    assert call("once").exit_code == 0  # by then the first has kept the links
    shown = call("matches", "--verified").stdout
    assert "2-1 / 2-1: both" in " ".join(shown.split())
    assert "1 of 1 finished links agreed, 1 not comparable" in shown
    assert "1 of 1 finished links agreed" in call("status").stdout
    explained = call("explain", "Pinnacle Home", one.match.id).stdout
    assert f"event {one.main.id}: 2-1 / 2-1: both show the same score" in explained
    found = json.loads(call("matches", "--verified", "--json").stdout)
    assert {each["verdict"]["kind"] for each in found} == {"agreed", "not_comparable"}


def test_a_match_without_a_link_is_explained_by_what_came_nearest(call, trapped):
    unlinked = json.loads(call("matches", "--unlinked", "--json").stdout)
    women = next(each for each in unlinked if "Women" in each["tournament"]["name"])
    shown = call("explain", "Pinnacle Home", women["id"]).stdout
    assert "Nearest" in shown
    assert "squad differs: first team against women" in shown
    assert "it is linked to match" in shown


def test_a_match_that_resembles_nothing_says_so(call, trapped):
    unlinked = json.loads(call("matches", "--unlinked", "--json").stdout)
    alone = next(each for each in unlinked if "Women" not in each["tournament"]["name"])
    assert "within four days has similar names" in call("explain", "Pinnacle Home", alone["id"]).stdout


def test_a_users_decisions_are_shown_where_they_count(call, trapped):
    [waiting] = reviewed(call)
    ids = waiting["link"]["event_id"], waiting["link"]["match_id"]
    refused = call("link", *ids)
    assert refused.exit_code == 1
    assert "every price would be on the wrong side" in refused.stderr
    assert call("link", *ids, "--force").exit_code == 0
    assert "confirmed by a user, " in call("explain", "Pinnacle Home", ids[1]).stdout
    assert call("reject", *ids).exit_code == 0
    assert "a user rejected this link" in call("explain", "Pinnacle Home", ids[1]).stdout
    assert reviewed(call) == []


@pytest.mark.parametrize("number", ["9" * 19, "9" * 30, "9" * 5000])
def test_a_number_that_no_id_can_be_is_not_known(call, trapped, number):
    for arguments in (number, 1), ("Pinnacle Home", number):
        unknown = call("explain", *arguments)
        assert unknown.exit_code == 1
        assert f"{number}" in unknown.stderr
        assert "is not known" in unknown.stderr
