"""Each recipe of docs/recipes.md does what it says: its config is read, and its effect is seen."""

import re
import tomllib
from collections.abc import Callable
from datetime import time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from syncd.config.presets import PRESETS
from syncd.config.settings import Settings
from syncd.model.bettune import Filter, Named
from syncd.model.change import Cause, Wanted
from syncd.model.feed import EventState, PeriodState
from syncd.pricing.bet_types.reader import read_bet_type
from syncd.sync.inputs import filter_state
from syncd.sync.wanted import wanted
from tests.sync.test_wanted import CONDITIONS, EARLIER, KICKOFF, MATCHED, STATE, match_state

PAGE = (Path(__file__).parents[1] / "docs" / "recipes.md").read_text(encoding="utf-8")
RECIPES = dict(re.findall(r"^## I want (.+?)\n\n```toml\n(.*?)```", PAGE, re.MULTILINE | re.DOTALL))


def settings_of(recipe: str) -> Settings:
    return Settings.of(tomllib.loads(RECIPES[recipe]))


class Market:
    """What one recipe makes of the example, with some of it changed."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def wanted(
        self,
        *,
        name: str = "Pinnacle Home",
        league: str = "England - Premier League",
        before_kickoff: timedelta = timedelta(hours=5),
        **period: Any,
    ) -> Wanted:
        found = Filter(id=3, name=name, sport=Named(1, "football"), bet_type="Home", status="approved")
        state: EventState = replace(STATE, league=replace(STATE.league, name=league))
        changed = PeriodState(event_id=7, period=replace(MATCHED, **period), changed_at=EARLIER)
        at = match_state(state, periods={0: changed})
        conditions = replace(
            CONDITIONS, now=KICKOFF - before_kickoff, odds_requested_at=KICKOFF - before_kickoff
        )
        return wanted(filter_state(found, self.settings), at, conditions)

    def odds(self, **changes: Any) -> str:
        value = self.wanted(**changes)
        return f"{value.odds:.3f}" if value.odds else str(value.cause)


def home(price: str) -> dict[str, Any]:
    """The same market with another home price, and the others as they were."""
    assert MATCHED.moneyline
    return {"moneyline": replace(MATCHED.moneyline, home=Decimal(price))}


def raw(at: Market) -> None:
    assert at.odds() == "2.050"


def fair(at: Market) -> None:
    assert Decimal("2.17") < Decimal(at.odds()) < Decimal("2.19")


def well_above(at: Market) -> None:
    assert at.odds() == "2.153"


def premier_league(at: Market) -> None:
    assert at.odds() == "2.050"
    assert at.odds(league="England - Championship") == Cause.LEAGUE_EXCLUDED


def no_youth(at: Market) -> None:
    assert at.odds() == "2.050"
    for league in ("England - U21 League", "Spain - Primera Women", "Club Friendlies"):
        assert at.odds(league=league) == Cause.LEAGUE_EXCLUDED


def last_minutes(at: Market) -> None:
    assert at.odds(before_kickoff=timedelta(minutes=11)) == "2.050"
    assert at.odds(before_kickoff=timedelta(minutes=10)) == Cause.CLOSING


def not_early(at: Market) -> None:
    assert at.odds(before_kickoff=timedelta(hours=6, minutes=1)) == Cause.NOT_YET_OPEN
    assert at.odds(before_kickoff=timedelta(hours=5)) == "2.050"


def bounds(at: Market) -> None:
    assert at.odds() == "2.050"
    assert at.odds(**home("1.4")) == Cause.BELOW_MIN_ODDS
    assert at.odds(**home("3.1")) == Cause.ABOVE_MAX_ODDS


def big_markets(at: Market) -> None:
    assert at.odds(max_moneyline=Decimal(1000)) == "2.050"
    assert at.odds(max_moneyline=Decimal(999)) == Cause.LIMIT_TOO_SMALL
    assert at.odds(max_moneyline=Decimal(1000), **home("1.95")) == Cause.BOOKSUM


def grace(at: Market) -> None:
    assert not at.wanted(status=2).keep  # since three minutes
    [rule] = at.settings.rules
    assert (rule.on_suspend, rule.suspend_grace) == ("delete", timedelta(seconds=30))
    since = KICKOFF - EARLIER
    assert at.wanted(status=2, before_kickoff=since - timedelta(seconds=29)).keep
    assert not at.wanted(status=2, before_kickoff=since - timedelta(seconds=30)).keep


def small_moves(at: Market) -> None:
    assert at.wanted().min_change == Decimal("0.01")


def one_differs(at: Market) -> None:
    assert Decimal("2.1") < Decimal(at.odds()) < Decimal("2.13")
    assert at.odds(name="Pinnacle 1") == "2.050"
    assert at.odds(name="By hand") == Cause.NO_RULE


def bet_types(at: Market) -> None:
    read = {name: str(read_bet_type(name, at.settings.bet_types)) for name in at.settings.bet_types}
    assert read == {
        "Home win to nil": 'special "Home Team To Win To Nil?" Yes',
        "Gast gewinnt": "moneyline away",
    }


def on_stop(at: Market) -> None:
    assert at.settings.safety.on_stop == "withdraw"


def messages(at: Market) -> None:
    notify = at.settings.notify
    assert notify.addresses == ("mailto://user:password@example.com",)
    assert notify.quiet
    assert [notify.quiet.includes(time(hour)) for hour in (22, 23, 3, 7)] == [False, True, True, False]
    assert notify.summary == time(8)


def ps3838(at: Market) -> None:
    assert at.settings.pinnacle.base_url == PRESETS["ps3838"].base_url != Settings().pinnacle.base_url


EFFECTS: dict[str, Callable[[Market], None]] = {
    "Pinnacle's price": raw,
    "the fair price plus 3 %": fair,
    "a bet only well above Pinnacle": well_above,
    "only the Premier League": premier_league,
    "no youth, women's or friendly games": no_youth,
    "nothing in the last ten minutes before kick-off": last_minutes,
    "nothing earlier than six hours before kick-off": not_early,
    "only odds from 1.5 to 3": bounds,
    "only big markets": big_markets,
    "predictions to stay during short suspensions": grace,
    "fewer requests for small moves": small_moves,
    "one filter to differ from the others": one_differs,
    "a bet type that syncd does not know": bet_types,
    "everything deleted when I stop it": on_stop,
    "a message when something is wrong, but not at night": messages,
    "to use PS3838 instead of Pinnacle": ps3838,
}


def test_each_recipe_has_its_effect_tested() -> None:
    headings = re.findall(r"^## (?:I want )?(.+)$", PAGE, re.MULTILINE)
    assert headings == [*RECIPES] == [*EFFECTS]
    assert len(RECIPES) >= 15


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_does_what_it_says(recipe: str) -> None:
    EFFECTS[recipe](Market(settings_of(recipe)))
