"""`[record]` and `syncd record info`, as a user sees them."""

import json

import pytest

from syncd.record.files import day_files
from syncd.record.recording import exchanges


@pytest.fixture
def directory(tmp_path):
    return tmp_path / "record"


def test_one_pass_is_recorded_without_a_secret(call, write_config, box, directory):
    write_config(box, more=f'[record]\ndirectory = "{directory}"')
    assert call("once").exit_code == 0
    result = call("record", "info", "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    (day,) = found["days"]
    requests = len(box.pinnacle.request_log.requests) + len(box.bettune.request_log.requests)
    assert day["exchanges"] == requests > 0
    assert "pinnacle GET /v1/fixtures 200" in day["by_request"]
    (file,) = day_files(directory)
    kept = list(exchanges(file.path))
    assert {each.service for each in kept} == {"pinnacle", "bettune"}
    texts = [str(each) for each in kept]
    assert not any("demo-token" in text or "Authorization" in text for text in texts)
    shown = call("record", "info").stdout
    assert str(day["exchanges"]) in shown
    assert "pinnacle GET /v1/fixtures 200" in shown


def test_nothing_is_recorded_by_default(call, config, box, tmp_path):
    assert call("once").exit_code == 0
    result = call("record", "info")
    assert result.exit_code == 2
    assert "record.directory is not set" in result.stderr


def test_a_directory_without_a_recording_is_said(call, config, tmp_path):
    assert "Nothing is recorded" in call("record", "info", str(tmp_path)).stdout
    assert call("record", "info", str(tmp_path / "none")).exit_code == 2


@pytest.mark.parametrize("size", ['"20"', '"0MB"', '"many"', "-5", '"99999999TB"'])
def test_a_size_that_cannot_be_meant_is_refused(call, write_config, size):
    write_config(None, more=f"[record]\nmax_size = {size}")
    result = call("config", "check")
    assert result.exit_code == 2
    assert 'a size such as "500MB" or "20GB"' in result.stderr
