import json

import pytest

from syncd.views.formatting import odds


@pytest.fixture
def game(call, config, box):
    """A game whose prices have been written."""
    assert call("once").exit_code == 0
    return next(each for each in box.world.games if each.linkable)


def test_a_price_is_explained_from_pinnacles_line_to_the_last_write(call, game):
    shown = call("explain", "pinnacle home", game.match.id).stdout
    price = game.main.periods[0].offered.moneyline.home
    assert shown.startswith(f"Min Odds are {odds(price)}, as they should be.")
    for text in (
        "means: moneyline home",
        'rules[0]: filter = "Pinnacle*"',
        f"{game.match.home.name} v {game.match.away.name}",
        f"event {game.main.id}",
        "auto, confidence",
        f"Pinnacle's price: {price}",
        "ours, read",
        "nothing to do",
        "create: –",
    ):
        assert text in shown


def test_a_missing_price_is_explained_by_its_cause(call, game):
    shown = call("explain", "By hand", game.match.id).stdout
    assert shown.startswith("No prediction (no_rule): no rule of the config names this filter.")


def test_a_move_that_is_still_to_be_written(call, game, box):
    box.world.set_rates(game, type(game.rates)(game.rates.home * 0.8, game.rates.away))
    call("plan")
    shown = json.loads(call("explain", "Pinnacle Home", game.match.id, "--json").stdout)
    change = shown["explanation"]["next_change"]
    assert change["kind"] == "raise"
    assert "to be written next" in shown["summary"]


def test_while_paused_nothing_follows(call, game, box):
    box.world.set_rates(game, type(game.rates)(game.rates.home * 0.8, game.rates.away))
    call("plan")
    call("pause")
    assert "syncd is paused" in call("explain", "Pinnacle Home", game.match.id).stdout


def test_a_match_may_be_named_by_a_team(call, game):
    assert f"id {game.match.id}" in call("explain", "Pinnacle Home", game.match.home.name.upper()).stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("99", "1"), "filter '99' is not known; BetTune lists"),
        (("Pinnacle*", "1"), "several filters are called 'Pinnacle*'"),
        (("By hand", "1"), "match 1 is not known"),
        (("By hand", "Nobody FC"), "no coming match has 'Nobody FC'"),
    ],
)
def test_what_is_unknown_is_reported(call, game, arguments, message):
    result = call("explain", *arguments)
    assert result.exit_code == 1
    assert message in result.stderr
