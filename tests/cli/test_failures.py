"""A failure is reported in one sentence on standard error, without a traceback."""

import socket

import pytest

READ_ONLY = [["status"], ["matches"], ["explain", "1", "1"], ["link", "1", "1"]]
ALL = [["once"], ["plan"], ["run"], ["pause"], *READ_ONLY]


@pytest.mark.parametrize("arguments", [*ALL, ["check"], ["config", "show"], ["db", "current"], ["health"]])
def test_a_missing_config_file(call, tmp_path, arguments):
    result = call(*arguments, "--config", tmp_path / "no.toml")
    assert result.exit_code == 2
    assert "there is no such file" in result.stderr


@pytest.mark.parametrize("arguments", [["once"], ["plan"], ["run"]])
def test_missing_credentials_are_reported_before_any_request(call, write_config, arguments):
    write_config(password="", token="")
    result = call(*arguments)
    assert result.exit_code == 2
    assert "pinnacle.password and bettune.token are not set" in result.stderr


@pytest.mark.parametrize("arguments", ALL)
def test_a_database_that_cannot_be_created(call, write_config, tmp_path, arguments):
    (tmp_path / "file").touch()
    write_config(url=f"sqlite:///{tmp_path}/file/syncd.db")
    result = call(*arguments)
    assert result.exit_code == 1
    assert "cannot create the folder" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize("arguments", READ_ONLY)
def test_a_command_that_only_shows_does_not_upgrade_an_empty_database(call, write_config, arguments):
    write_config()
    result = call(*arguments)
    assert result.exit_code == 1
    assert "syncd db upgrade" in result.stderr


@pytest.mark.parametrize("arguments", [each for each in ALL if each != ["run"]])  # `run` waits for it
def test_a_server_that_does_not_respond_and_no_password_is_shown(call, write_config, arguments):
    write_config(url="postgresql://me:hush@127.0.0.1:9/syncd")
    result = call(*arguments)
    assert result.exit_code == 1
    assert "127.0.0.1:9" in result.stderr
    assert "hush" not in result.output


def test_a_port_in_use(call, write_config):
    with socket.create_server(("127.0.0.1", 0)) as other:
        write_config(port=other.getsockname()[1])
        result = call("run")
    assert result.exit_code == 1
    assert "is in use by another program" in result.stderr


def test_nothing_responds_to_the_health_check(call, write_config):
    write_config(port=9)
    result = call("health")
    assert result.exit_code == 1
    assert "no syncd responds at 127.0.0.1 port 9: connection refused" in result.stderr
