"""Every command says on standard error which config it works with, and never in what it prints."""

import json

import pytest

from syncd.config.load import DEFAULT_PATH
from tests.cli.conftest import ROOT

LINE = "config: {} ({})\n"


@pytest.mark.parametrize(
    "command",
    [
        ["status"],
        ["status", "--json"],
        ["matches", "--json"],
        ["plan", "--json"],
        ["once", "--json"],
        ["check", "--json"],
        ["config", "show"],
        ["db", "current"],
        ["pause"],
        ["health"],
    ],
)
def test_a_command_names_the_config_that_the_environment_chose_on_standard_error_alone(call, config, command):
    call("db", "upgrade")
    result = call(*command)
    assert LINE.format(config, "by SYNCD_CONFIG") in result.stderr
    assert "config: " not in result.stdout
    if "--json" in command:
        json.loads(result.stdout)


def test_an_option_is_named_as_what_chose_the_config(call, config, monkeypatch):
    monkeypatch.delenv("SYNCD_CONFIG")
    assert LINE.format(config, "by --config") in call("db", "current", "--config", config).stderr


def test_without_an_option_and_a_variable_it_is_the_default_which_the_repository_does_not_have(
    call, config, monkeypatch, tmp_path
):
    assert f"/{DEFAULT_PATH}" in (ROOT / ".gitignore").read_text().splitlines()
    monkeypatch.delenv("SYNCD_CONFIG")
    monkeypatch.chdir(tmp_path)
    missing = call("status")
    assert missing.exit_code == 2
    assert "syncd config init" in missing.stderr
    DEFAULT_PATH.parent.mkdir()
    DEFAULT_PATH.write_text(config.read_text())
    call("db", "upgrade")
    assert LINE.format(tmp_path / DEFAULT_PATH, "by default") in call("status").stderr


def test_run_logs_which_config_it_has(start, config):
    start().wait_for("config_read", str(config), "by SYNCD_CONFIG")
