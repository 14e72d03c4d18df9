# ruff: noqa: E501  (a problem is one line, here as on the screen)
"""Problems as a user sees them. Each text was reviewed from the view of someone who does not know the code."""

import pytest

from syncd.config.load import load
from syncd.config.problems import ConfigError

DURATION = 'a duration such as "30s", "2m" or "1h30m"'


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[pinnacle]\nsprots = [29]", "syncd.toml:2: pinnacle.sprots is unknown; did you mean pinnacle.sports?"),
        ("[pinacle]\n", "syncd.toml:1: pinacle is unknown; did you mean pinnacle?"),
        ('horizon = "3d"', "syncd.toml:1: horizon is unknown; did you mean bettune.horizon?"),
        ("[log]\nzzz = 1", "syncd.toml:2: log.zzz is unknown; expected one of level, format"),
        (
            '[pinnacle.paths]\nodss = "v3"',
            "syncd.toml:2: pinnacle.paths.odss is unknown; did you mean pinnacle.paths.odds?",
        ),
        ('[web]\nport = "x"', 'syncd.toml:2: web.port is "x"; expected a whole number from 0 to 65535'),
        ("[web]\nport = true", "syncd.toml:2: web.port is true; expected a whole number from 0 to 65535"),
        ('[bettune]\nhorizon = "3 days"', f'syncd.toml:2: bettune.horizon is "3 days"; expected {DURATION}, at most 31d'),
        ('[log]\nlevel = "loud"', 'syncd.toml:2: log.level is "loud"; expected "debug", "info", "warning" or "error"'),
        ("[pinnacle]\npassword = 12345678", "syncd.toml:2: pinnacle.password is a number; expected text in quotes"),
        (
            '[pinnacle]\nsports = [29, "x"]',
            'syncd.toml:2: pinnacle.sports[1] is "x"; expected an id (a whole number), at least 1',
        ),
        (
            '[[rules]]\nfilter = "a"\n\n[[rules]]\nfilter = "b"\nprice = "fairr"',
            'syncd.toml:6: rules[1].price is "fairr"; expected "raw" or "fair"',
        ),
        (
            '[[rules]]\nprice = "fair"',
            "syncd.toml:1: rules[0].filter is missing; expected a BetTune filter's id, or a glob on its name, not empty",
        ),
        ("[rules]\n", "syncd.toml:1: rules is a table; expected a list of tables, each headed [[rules]]"),
        ("[[store]]\n", "syncd.toml:1: store is a list; expected a table"),
        ('[notify]\nurls = "tgram://x"', "syncd.toml:2: notify.urls is text (not shown); expected a list of addresses in quotes"),
        ('[guard]\nurl = "ftp://x y"', 'syncd.toml:2: guard.url is "ftp://x y"; expected an address such as "https://host/path"'),
        (
            '[guard]\nurl = "http://x y"',
            'syncd.toml:2: guard.url is "http://x y", with a space or another character that no address has; '
            'expected an address such as "https://host/path"',
        ),
        (
            '[bettune]\nbase_url = "http://a..b"',
            'syncd.toml:2: bettune.base_url is "http://a..b", with a host that cannot exist; '
            'expected an address such as "https://host/path"',
        ),
        (
            '[pinnacle]\nbase_url = "http://a:0"',
            'syncd.toml:2: pinnacle.base_url is "http://a:0", with a port that is not from 1 to 65535; '
            'expected an address such as "https://host/path"',
        ),
        ('[web]\nhost = "x y"', 'syncd.toml:2: web.host is "x y"; expected an IP address or the name of a machine'),
        (
            '[notify]\nurls = ["json://localhost", "hunter2"]',
            'syncd.toml:2: notify.urls[1] is text (not shown); expected an address such as "tgram://token/chat"',
        ),
        (
            '[store]\nurl = "postgresql://u:p%zz@h/db"',
            'syncd.toml:2: store.url is text (not shown), with a % that begins no escape: write %25 for it; '
            'expected "sqlite:///file" or "postgresql://user:password@host/database"',
        ),
        (
            '[store]\nurl = "postgresql://u:p@h:99999999/db"',
            'syncd.toml:2: store.url is text (not shown), with a port that is not from 1 to 65535; '
            'expected "sqlite:///file" or "postgresql://user:password@host/database"',
        ),
        ("[web]\n[log]\n[web]", "syncd.toml:3:5: [web] is defined twice"),
        ("web.port = 1\nweb.port = 2", "syncd.toml:2: this key is defined twice"),
    ],
)  # fmt: skip
def test_a_wrong_key_is_reported_with_its_place_and_what_is_expected(problems, text, line):
    assert problems(text) == [line]


def test_text_without_quotes_is_reported_with_line_and_column(problems):
    (line,) = problems("[safety]\nstale_after = 10m")
    assert line.startswith("syncd.toml:2:17: this is not TOML (")
    assert line.endswith('with text and durations in quotes: "10m"')


@pytest.mark.parametrize(
    ("variables", "line"),
    [
        (
            {"SYNCD_PINNACLE_PASSWORD": "x"},
            "SYNCD_PINNACLE_PASSWORD: unknown variable; did you mean SYNCD_PINNACLE__PASSWORD?",
        ),
        (
            {"SYNCD_TOKEN": "x"},
            "SYNCD_TOKEN: unknown variable; did you mean SYNCD_BETTUNE__TOKEN or SYNCD_WEB__TOKEN?",
        ),
        (
            {"SYNCD_WEB__PORT": "x"},
            'SYNCD_WEB__PORT: web.port is "x"; expected a whole number from 0 to 65535',
        ),
        (
            {"SYNCD_RULES__2__PRICE": "raw"},
            "SYNCD_RULES__2__PRICE: there is no table rules[2] in which to set this",
        ),
        (
            {"SYNCD_LOG": "info"},
            "SYNCD_LOG: this is a whole section; expected a key of it, as SYNCD_LOG__LEVEL",
        ),
        (
            {"SYNCD_BETTUNE__TOKEN_FILE": "/not/there"},
            "SYNCD_BETTUNE__TOKEN_FILE: bettune.token_file names /not/there, which does not exist",
        ),
        (
            {"SYNCD_BETTUNE__TOKEN_FILE": "/"},
            "SYNCD_BETTUNE__TOKEN_FILE: bettune.token_file names /, which is a directory: is the secret mounted?",
        ),
        (
            {"SYNCD_BETTUNE__TOKEN_FILE": "/dev/null"},
            "SYNCD_BETTUNE__TOKEN_FILE: bettune.token_file names /dev/null, which is empty",
        ),
        (
            {"SYNCD_STORE__URL": "mysql://u:hunter2@h/d"},
            'SYNCD_STORE__URL: store.url is text (not shown); expected "sqlite:///file" or '
            '"postgresql://user:password@host/database"',
        ),
    ],
)
def test_a_wrong_variable_is_reported_by_its_name(problems, variables, line):
    assert problems(**variables) == [line]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            '[safety]\nstale_after = "4m"',
            "syncd.toml:2: safety.stale_after is 4m; expected more than twice pinnacle.pace.odds_delta, "
            "which is 2m: else one late response withdraws everything",
        ),
        (
            '[pinnacle.pace]\nresnapshot = "1m"',
            "syncd.toml:2: pinnacle.pace.resnapshot is 1m; expected at least pinnacle.pace.odds_snapshot, which is 2m",
        ),
        (
            '[web]\nhost = "0.0.0.0"',
            'syncd.toml:2: web.host is "0.0.0.0", which other machines can reach; expected a web.token '
            '(or web.token_file) beside it, or "127.0.0.1"',
        ),
        (
            '[[rules]]\nfilter = "a*"\n[[rules]]\nfilter = "A*"',
            'syncd.toml:4: rules[1].filter is "A*", as in rules[0], so this rule would never be used; '
            "expected another filter, or no such rule",
        ),
        (
            '[[rules]]\nfilter = "a"\nmin_odds = 3\nmax_odds = 2.5',
            "syncd.toml:3: rules[0].min_odds is 3; expected less than max_odds, which is 2.5",
        ),
        (
            '[[rules]]\nfilter = "a"\nopen_before = "1h"\nclose_before = "2h"',
            "syncd.toml:4: rules[0].close_before is 2h; expected less than open_before, which is 1h",
        ),
        (
            '[bet_types]\n"Home Win" = "moneyline home"\n"homewin" = "moneyline away"',
            'syncd.toml:3: bet_types.homewin is the same as "Home Win": case and spaces do not matter; '
            "expected each bet type once",
        ),
        (
            '[web]\ntoken = "a"\ntoken_file = "/not/there"',
            "syncd.toml:3: web.token_file is given beside web.token; expected one of the two",
        ),
    ],
)
def test_keys_that_contradict_each_other_are_reported(problems, text, line):
    assert line in problems(text)


def test_a_local_page_needs_no_token(config):
    assert [config(f'[web]\nhost = "{host}"').web.is_local for host in ("127.0.0.2", "::1", "localhost")] == [
        True
    ] * 3


def test_all_problems_come_at_once_and_in_the_order_of_the_file(problems):
    lines = problems(
        '[web]\nport = -1\nhots = "x"\n[log]\nlevel = 1\n[[rules]]\nmin_odds = 3\nmax_odds = 2', SYNCD_X="1"
    )
    places = ["SYNCD_X", "syncd.toml:2", "syncd.toml:3", "syncd.toml:5", "syncd.toml:6", "syncd.toml:7"]
    assert sorted(line.split(": ")[0] for line in lines) == places
    assert [line for line in lines if "toml" in line] == sorted(line for line in lines if "toml" in line)


def test_a_contradiction_is_not_reported_for_a_key_that_is_wrong_itself(problems):
    (line,) = problems(
        '[pinnacle.pace]\nodds_delta = "soon"\nfixtures_delta = "1m"\n[safety]\nstale_after = "3m"'
    )
    assert '"soon"' in line


def test_an_unknown_key_hides_no_contradiction(problems):
    assert len(problems('zzz = 1\n[safety]\nstale_after = "3m"')) == 3


def test_a_missing_file_is_reported_with_what_to_do(tmp_path):
    with pytest.raises(ConfigError, match="`syncd config init` writes one"):
        load(tmp_path / "none.toml", {})


def test_several_problems_have_a_heading_with_their_number(config):
    with pytest.raises(ConfigError) as caught:
        config("[web]\nport = -1\nhots = 1")
    assert str(caught.value).splitlines()[0] == "2 problems in the configuration:"


LIMITLESS = ["9" * 5000, f"0x{'f' * 20_000}", "1e99999999999999999999999", "1e999999999", "-1e999999999"]


@pytest.mark.parametrize("number", LIMITLESS, ids=range(len(LIMITLESS)))
@pytest.mark.parametrize(
    "place",
    [
        "[bettune.limit]\nrequests",
        "[[rules]]\nfilter = 'x'\nmax_odds",
        "[[rules]]\nfilter = 'x'\nmin_limit",
        "[safety]\nmax_jump",
        "[web]\nport",
        "[pinnacle]\nsports",
        "unknown",
    ],
)
def test_a_number_without_end_is_a_problem_like_another(problems, place, number):
    assert problems(f"{place} = {number}")


@pytest.mark.parametrize("text", [*LIMITLESS, "[" * 100_000, '{"a": 1e99999999999999999999999}', "٣"])
@pytest.mark.parametrize(
    "variable",
    ["SYNCD_WEB__PORT", "SYNCD_SAFETY__MAX_JUMP", "SYNCD_BET_TYPES", "SYNCD_RULES", "SYNCD_RULES__²__PRICE"],
)
def test_so_it_is_in_the_environment(problems, variable, text):
    assert problems("", **{variable: text})
