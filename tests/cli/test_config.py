import json

import pytest


def test_init_writes_a_file_that_check_takes_and_never_overwrites_one(call, tmp_path):
    path = tmp_path / "new" / "syncd.toml"
    assert call("config", "init", "--config", path).exit_code == 0
    assert "no problems, 1 rule" in call("config", "check", "--config", path).output
    again = call("config", "init", "--config", path)
    assert again.exit_code == 1
    assert "exists already" in again.stderr


def test_check_warns_of_what_others_may_read(call, write_config):
    path = write_config(password="hush-hush")
    path.chmod(0o644)
    result = call("config", "check")
    assert result.exit_code == 0
    assert f"{path}: every user of this machine may read it (0644)" in result.output
    assert f"chmod 600 {path}" in result.output
    (warning,) = json.loads(call("config", "check", "--json").stdout)["warnings"]
    assert warning["subject"] == str(path)
    assert "(0644)" in call("check").output
    path.chmod(0o600)
    assert "may read it" not in call("config", "check").output


@pytest.mark.parametrize("command", [["config", "check"], ["guard"]])
def test_a_wrong_address_is_named_by_its_key_before_anything_begins(call, write_config, command):
    path = write_config(more='[guard]\nurl = "ftp://x y"')
    result = call(*command)
    assert result.exit_code == 2
    line = path.read_text().splitlines().index('url = "ftp://x y"') + 1
    assert f"syncd.toml:{line}: guard.url is " in result.stderr


def test_check_names_all_problems_and_ends_with_2(call, write_config):
    write_config(more='colour = "red"\n[log]\nlevel = "loud"')
    result = call("config", "check")
    assert result.exit_code == 2
    assert "2 problems" in result.stderr
    assert "web.colour" in result.stderr
    assert "log.level" in result.stderr
    as_json = call("config", "check", "--json")
    assert as_json.exit_code == 2
    assert [each["key"] for each in json.loads(as_json.stdout)["problems"]] == ["web.colour", "log.level"]


def test_check_reads_the_file_of_aliases(call, write_config, tmp_path):
    (tmp_path / "aliases.toml").write_text("[clubs]\n")
    write_config(more=f'[matching]\naliases = "{tmp_path}/aliases.toml"')
    result = call("config", "check")
    assert result.exit_code == 2
    assert "aliases.toml: [clubs] is not known" in result.stderr


def test_a_wrong_selection_is_reported_with_its_line_beside_other_problems(call, write_config, tmp_path):
    (tmp_path / "aliases.toml").write_text("[clubs]\n")
    aliases = f'[matching]\naliases = "{tmp_path}/aliases.toml"'
    path = write_config(more=f'[bet_types]\n"Over" = "total 2.6 over"\n{aliases}')
    result = call("config", "check")
    assert result.exit_code == 2
    line = path.read_text().splitlines().index('"Over" = "total 2.6 over"') + 1
    assert (
        f"syncd.toml:{line}: bet_types.Over is no selection: 'total 2.6 over', character 7" in result.stderr
    )
    assert "aliases.toml: [clubs] is not known" in result.stderr
    assert call("check").exit_code == 2


def test_show_masks_secrets_as_toml_and_as_json(call, write_config):
    write_config(password="hush-hush", token="very-secret")
    shown = call("config", "show").stdout + call("config", "show", "--json").stdout
    assert 'password = "***"' in shown
    assert "hush" not in shown
    assert "very-secret" not in shown
    assert json.loads(call("config", "show", "--json").stdout)["rules"][0]["filter"] == "Pinnacle*"
