import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.config.load import load, load_with_sources
from syncd.config.presets import PRESETS, Endpoint, Pace
from syncd.config.problems import ConfigError
from syncd.config.reference import field_texts
from syncd.config.settings import Settings
from syncd.config.sources import Sources
from syncd.config.toml_file import TomlFile
from syncd.config.tree import dotted, find, walk
from syncd.config.validation import validate


def test_an_empty_file_is_a_configuration(config):
    assert config() == Settings()


def test_a_preset_gives_what_the_file_does_not(config):
    pinnacle = config(
        '[pinnacle]\npreset = "ps3838"\npace = {odds_delta = "7s"}\npaths = {odds = "v3"}'
    ).pinnacle
    expected = PRESETS["ps3838"]
    assert pinnacle.base_url == expected.base_url
    assert (pinnacle.pace.odds_delta, pinnacle.pace.fixtures_delta) == (
        timedelta(seconds=7),
        expected.pace.fixtures_delta,
    )
    assert (pinnacle.paths["odds"], pinnacle.paths["fixtures"]) == ("v3", "v3")


def test_the_settings_have_a_version_for_every_endpoint():
    assert tuple(Settings().pinnacle.paths) == get_args(Endpoint)


def test_every_polled_endpoint_has_gaps_and_no_other():
    polled = {"sports", "leagues", "fixtures", "settled", "odds"}
    polled |= {"special_fixtures", "special_odds", "settled_specials", "betting_status", "inrunning"}
    polled |= {"translations"}
    for endpoint in get_args(Endpoint):
        if endpoint in polled:
            assert Pace().gaps(endpoint).delta <= Pace().gaps(endpoint).snapshot
        else:
            with pytest.raises(ValueError, match="has no pace"):
                Pace().gaps(endpoint)


def test_numbers_keep_their_digits(config):
    assert str(config('[[rules]]\nfilter = "a"\nfactor = 1.020').rules[0].factor) == "1.020"


def test_a_filter_id_may_be_a_number(config):
    assert config("[[rules]]\nfilter = 11583").rules[0].filter == "11583"


def test_the_environment_wins_over_the_file(config):
    text = '[web]\nport = 1\n[[rules]]\nfilter = "a"\n[[rules]]\nfilter = "b"'
    settings = config(
        text,
        SYNCD_WEB__PORT="8081",
        SYNCD_PINNACLE__SPORTS="29, 4",
        SYNCD_PINNACLE__LEAGUES="[1980]",
        SYNCD_PINNACLE__PACE__ODDS_DELTA="5s",
        SYNCD_SAFETY__MAX_JUMP="0.20",
        SYNCD_RULES__1__PRICE="fair",
        SYNCD_LOG__LEVEL="INFO",
        SYNCD_BET_TYPES='{"Home win": "moneyline home"}',
    )
    assert settings.web.port == 8081
    assert (settings.pinnacle.sports, settings.pinnacle.leagues) == ((29, 4), (1980,))
    assert settings.pinnacle.pace.odds_delta == timedelta(seconds=5)
    assert settings.safety.max_jump == Decimal("0.20")
    assert [rule.price for rule in settings.rules] == ["raw", "fair"]
    assert settings.log.level == "info"
    assert settings.bet_types == {"Home win": "moneyline home"}


def test_rules_can_come_from_the_environment_alone(config):
    settings = config(SYNCD_RULES='[{"filter": "a*", "factor": 1.05}]', SYNCD_RULES__0__DECIMALS="2")
    assert (settings.rules[0].factor, settings.rules[0].decimals) == (Decimal("1.05"), 2)


def test_empty_variables_and_those_of_kubernetes_are_ignored(config):
    assert (
        config(SYNCD_WEB__PORT=" ", SYNCD_PORT="tcp://10.0.0.1:80", SYNCD_SERVICE_HOST="10.0.0.1")
        == Settings()
    )


def test_a_secret_file_loses_its_line_break_only(config, tmp_path):
    (tmp_path / "token").write_text(" a b \n")
    settings = config(SYNCD_BETTUNE__TOKEN_FILE=str(tmp_path / "token"))
    assert settings.bettune.token.get_secret_value() == " a b "


def test_a_database_password_from_a_file_is_put_into_the_address(config, tmp_path):
    (tmp_path / "pw").write_text("p@s/s\n")
    settings = config(
        SYNCD_STORE__URL="postgresql://me@db/x", SYNCD_STORE__PASSWORD_FILE=str(tmp_path / "pw")
    )
    assert settings.store.url.get_secret_value() == "postgresql://me:p%40s%2Fs@db/x"
    assert "p@s/s" in settings.secrets


def test_a_secret_in_the_environment_wins_over_a_file_named_in_the_config(config):
    settings = config('[bettune]\ntoken_file = "/not/there"', SYNCD_BETTUNE__TOKEN="abc")
    assert settings.bettune.token.get_secret_value() == "abc"


def test_a_secret_is_never_in_the_repr(config):
    settings = config('[bettune]\ntoken = "hunter2"\n[store]\nurl = "postgresql://u:hunter2@h/d"')
    assert "hunter2" not in repr(settings)


def test_the_file_is_the_one_that_the_environment_names(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("web.port = 9")
    assert load(environ={"SYNCD_CONFIG": str(path)}).web.port == 9


def test_each_value_has_an_origin(tmp_path):
    path = tmp_path / "x.toml"
    path.write_text('[pinnacle]\nusername = "me"\n')
    sources = load_with_sources(path, {"SYNCD_WEB__PORT": "9"}).sources
    origins = [sources.origin(key) for key in (("pinnacle", "username"), ("web", "port"), ("log", "level"))]
    assert [origin.where for origin in origins] == [f"{path}:2", "SYNCD_WEB__PORT", ""]
    assert sources.origin(("pinnacle", "pace", "odds_delta")).layer == "preset"


def test_missing_credentials_are_listed(config):
    settings = config('[pinnacle]\nusername = "me"')
    assert settings.missing_credentials == ("pinnacle.password", "bettune.token")


names = [str(key[-1]) for key, _ in walk() if isinstance(key[-1], str)]
leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False)
    | st.just(Decimal("nan"))
    | st.sampled_from(["5s", "raw", "v1", "*", "", "https://h", "hunter2"])
)
trees = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(names), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(names), trees, max_size=5))
def test_any_file_gives_settings_or_problems_that_name_a_place(tree):
    settings, problems = validate(Sources(TomlFile(Path("x.toml"), tree), []))
    assert settings is not None
    assert all(problem.where and problem.fault for problem in problems)


@given(st.sampled_from([key for key, node in walk() if node.is_secret]), trees)
def test_no_problem_ever_contains_a_secret(key, value):
    tree = {key[0]: {key[1]: ["hunter2", value], "unknwon": "hunter2", "password": 5}, "hunter": "hunter2"}
    _, problems = validate(Sources(TomlFile(Path("x.toml"), tree), []))
    assert problems
    assert not re.search("hunter2", "\n".join(map(str, problems)))


def texts_of(section):
    """The meaning of each key of a section."""
    return field_texts(find(section).type)


def test_every_key_has_a_meaning():
    missing = [
        dotted(key)
        for key, node in walk()
        if not node.is_table and key[-1] not in texts_of(key[:-1]) and key != ("rules",)
    ]
    assert missing == []


def test_an_error_is_one_exception_with_every_problem(tmp_path):
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "none.toml", {"SYNCD_WBE__PORT": "1"})
    assert len(caught.value.problems) == 2
