import sqlite3
import subprocess
import sys

import pytest

from syncd import __version__
from syncd.cli.main import SECTIONS, LazyGroup, cli

NAMES = [name for section in SECTIONS.values() for name in section]


def test_the_help_names_every_command_with_a_line_about_it(call):
    shown = call("--help").output
    for section in SECTIONS.values():
        for name, (_, line) in section.items():
            assert name in shown
            assert line.split(":")[0][:40] in shown


@pytest.mark.parametrize("name", NAMES)
def test_every_command_can_be_loaded_and_takes_a_config_file(name):
    command = LazyGroup.get_command(cli, None, name)
    assert command.name == name
    assert "--config" in [option for parameter in command.params for option in parameter.opts]


def test_the_help_imports_nothing_heavy():
    code = "import sys, syncd.cli.main; print(' '.join(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"asyncio", "sqlalchemy", "pydantic", "aiohttp", "rich", "structlog", "msgspec"}
    assert heavy & set(shown.stdout.split()) == set()


def test_the_version(call):
    assert call("--version").output == f"syncd {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["nothing"],
        ["explain"],
        ["link", "a", "b"],
        ["link", 2**63, 1],
        ["unlink", 10**30],
        ["reject", 1, 10**30],
        ["plan", "--x"],
    ],
)
def test_wrong_usage_ends_with_2(call, arguments):
    result = call(*arguments)
    assert result.exit_code == 2
    assert "Error:" in result.stderr


@pytest.mark.parametrize("text", ["abc", "0", "-1", "1.5", 2**63, "9" * 5000])
def test_what_is_no_id_is_refused_in_plain_words(call, text):
    refused = call("unlink", "--", text)
    assert refused.exit_code == 2
    assert "is no id, which is a whole number" in refused.stderr
    assert "range" not in refused.stderr


def test_a_mistyped_command_gets_a_suggestion(call):
    assert "status" in call("statsu").stderr


def test_the_config_file_is_given_before_or_after_the_command_and_the_last_wins(call, write_config, tmp_path):
    path = write_config()
    missing = tmp_path / "missing.toml"
    assert call("--config", missing, "config", "check", "--config", path).exit_code == 0
    assert call("--config", path, "config", "check").exit_code == 0
    result = call("--config", path, "config", "check", "--config", missing)
    assert result.exit_code == 2
    assert "missing.toml" in result.stderr


@pytest.mark.parametrize(("revision", "exit_code"), [(None, 0), ("9999", 1)])
def test_db_current_fails_on_a_database_that_this_syncd_can_never_use(
    call, write_config, tmp_path, revision, exit_code
):
    write_config()
    assert call("db", "upgrade").exit_code == 0
    if revision:
        with sqlite3.connect(tmp_path / "data" / "syncd.db") as database:
            database.execute("update alembic_version set version_num = ?", [revision])
        database.close()
    assert call("db", "current").exit_code == exit_code
