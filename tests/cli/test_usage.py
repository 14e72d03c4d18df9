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
