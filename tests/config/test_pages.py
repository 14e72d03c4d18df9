"""Generated texts: starter file, reference page, `config show`."""

import re
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

from syncd.config.database_url import masked_url
from syncd.config.load import load, load_with_sources
from syncd.config.reference import reference
from syncd.config.reload import RESTART_ONLY, changed_keys, needs_restart
from syncd.config.settings import Rule, Settings
from syncd.config.show import effective_toml
from syncd.config.toml_file import starter_text, write_starter
from syncd.config.tree import dotted, walk

ROOT = Path(__file__).parents[2]


def test_the_repository_contains_the_starter_file():
    assert (ROOT / "config/syncd.example.toml").read_text() == starter_text()


def test_the_starter_file_changes_no_default(tmp_path):
    write_starter(tmp_path / "new" / "syncd.toml")
    settings = load(tmp_path / "new" / "syncd.toml", {})
    assert settings == Settings(rules=(Rule(filter="Pinnacle*"),))


def test_every_line_of_the_starter_file_can_be_uncommented_alone(tmp_path):
    example = re.compile(r"^# (?=(\[|[a-z_]+ = |\"))", re.MULTILINE)
    secrets = re.compile(r"^# (password|token)(_file)? = .*\n|^# aliases.*\n", re.MULTILINE)
    path = tmp_path / "all.toml"
    path.write_text(example.sub("", secrets.sub("", starter_text())))
    settings = load(path, {})
    assert settings.bet_types == {"Over 2.50 goals": "total 2.5 over"}
    assert settings.rules[0].max_odds == Decimal(10)
    assert settings.pinnacle == Settings().pinnacle


def test_the_starter_file_serves_a_container_with_secrets_as_files(tmp_path):
    write_starter(tmp_path / "syncd.toml")
    (tmp_path / "secret").write_text("s3cret-of-24-characters!\n")
    secret = str(tmp_path / "secret")
    settings = load(
        tmp_path / "syncd.toml",
        {
            "SYNCD_STORE__URL": "postgresql://syncd@db/syncd",
            "SYNCD_STORE__PASSWORD_FILE": secret,
            "SYNCD_PINNACLE__USERNAME": "me",
            "SYNCD_PINNACLE__PASSWORD_FILE": secret,
            "SYNCD_BETTUNE__TOKEN_FILE": secret,
            "SYNCD_WEB__HOST": "0.0.0.0",
            "SYNCD_WEB__TOKEN_FILE": secret,
        },
    )
    assert settings.missing_credentials == ()
    assert settings.store.url.get_secret_value() == "postgresql://syncd:s3cret-of-24-characters%21@db/syncd"


def test_the_starter_file_overwrites_nothing(tmp_path):
    (tmp_path / "syncd.toml").write_text("mine")
    with pytest.raises(FileExistsError):
        write_starter(tmp_path / "syncd.toml")
    assert (tmp_path / "syncd.toml").read_text() == "mine"


def test_the_reference_page_is_up_to_date():
    page = (ROOT / "docs/configuration.md").read_text()
    assert page == reference(), "run: python -m syncd.config.reference"


def test_the_effective_config_is_toml_without_secrets_and_with_origins(tmp_path):
    path = tmp_path / "x.toml"
    path.write_text(
        '[[rules]]\nfilter = "a"\n[pinnacle]\npassword = "hunter2"\n[bet_types]\n"O 2.5" = "total 2.5 over"'
    )
    shown = effective_toml(load_with_sources(path, {"SYNCD_STORE__URL": "postgresql://u:hunter2@h/d"}))
    assert "hunter2" not in shown
    assert re.search(r'url = "postgresql://u:\*\*\*@h/d" +# SYNCD_STORE__URL', shown)
    assert re.search(rf'filter = "a" +# {path}:2', shown)
    tree = tomllib.loads(shown)
    assert tree["bet_types"] == {"O 2.5": "total 2.5 over"}
    assert tree["pinnacle"]["paths"]["odds"] == "v2"


def test_the_effective_config_loads_as_the_same_settings(tmp_path):
    path = tmp_path / "x.toml"
    path.write_text(
        '[pinnacle]\npreset = "ps3838"\n[[rules]]\nfilter = "a"\nmin_odds = 1.50\nleagues = ["x"]'
    )
    loaded = load_with_sources(path, {})
    path.write_text(effective_toml(loaded))
    assert load(path, {}) == loaded.settings


def test_an_address_without_a_password_is_shown_as_it_is():
    assert masked_url("sqlite:///data/syncd.db") == "sqlite:///data/syncd.db"


def test_changed_keys_are_named_and_those_that_need_a_restart():
    old = Settings()
    new = Settings.of(
        {"web": {"port": 9}, "rules": [{"filter": "a"}], "pinnacle": {"pace": {"odds_delta": "5s"}}}
    )
    assert changed_keys(old, old) == []
    assert changed_keys(old, new) == ["pinnacle.pace.odds_delta", "rules", "web.port"]
    assert needs_restart(changed_keys(old, new)) == ["web.port"]


def test_keys_that_need_a_restart_exist():
    assert {dotted(key) for key, _ in walk()} >= RESTART_ONLY
