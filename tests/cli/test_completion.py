"""Shells complete commands, options, and the names of filters and matches."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from syncd.cli.completion import SHELLS, VARIABLE
from syncd.cli.main import cli


def offered(*words: str) -> list[str]:
    """The completions of the last word."""
    *before, incomplete = words
    complete = ShellComplete(cli, {}, "syncd", VARIABLE)
    return [item.value for item in complete.get_completions(before, incomplete)]


def test_commands_and_options_are_completed():
    assert offered("expl") == ["explain"]
    assert "--follow" in offered("log", "--f")


def test_filters_and_matches_are_completed_by_the_names_that_commands_take(call, config, box):
    assert call("once").exit_code == 0
    assert offered("explain", "pinnacle h") == ["Pinnacle Home"]
    assert offered("log", "--filter", "By") == ["By hand"]
    matches = offered("explain", "Pinnacle Home", "")
    assert len(matches) > 5
    assert offered("restore", "Pinnacle Home", matches[0][:6].lower())[0] == matches[0]
    assert call("explain", "Pinnacle Home", matches[0]).exit_code == 0


def test_bash_gets_names_that_it_can_insert(call, config, box, monkeypatch):
    assert call("once").exit_code == 0
    monkeypatch.setenv(VARIABLE, "bash_complete")
    assert offered("explain", "Pinnacle H") == [r"Pinnacle\ Home"]


def test_a_config_that_is_named_is_the_one_that_counts(call, write_config, box, tmp_path: Path, monkeypatch):
    path = write_config(box)
    assert call("once").exit_code == 0
    monkeypatch.setenv("SYNCD_CONFIG", str(tmp_path / "none.toml"))
    assert offered("explain", "Pinnacle") == []
    assert offered("--config", str(path), "explain", "Pinnacle H") == ["Pinnacle Home"]


def test_without_a_database_nothing_is_offered_and_nothing_is_made(config, tmp_path: Path):
    assert offered("explain", "Pin") == []
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_has_its_script(call, shell: str):
    script = call("completion", shell)
    assert script.exit_code == 0
    assert VARIABLE in script.stdout
    assert "syncd" in script.stdout


def test_the_script_of_bash_is_one():
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    program = (
        'eval "$(syncd completion bash)"; COMP_WORDS=(syncd expl); COMP_CWORD=1; '
        '_syncd_completion syncd; echo "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "-c", program], capture_output=True, text=True, env=environment, check=False, timeout=60
    )
    assert done.stdout.split() == ["explain"], done.stderr
