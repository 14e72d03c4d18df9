"""Another config of the same database is reported, before it changes what another one has made."""

import pytest

WARNING = 'Other rules wrote to this database last: rules[0].price was "raw", is "fair"'


@pytest.fixture
def written(call, write_config, box):
    """A database that one config has written, and then another config."""
    assert "Other rules" not in call("once", "--config", write_config(box)).stderr
    return write_config(box, filter='Pinnacle*"\nprice = "fair')


@pytest.mark.parametrize("command", [["plan"], ["explain", "Pinnacle Home", "1"]])
def test_who_only_looks_is_warned_each_time(call, written, command):
    assert WARNING in call(*command).stderr
    assert WARNING in call(*command).stderr


def test_once_says_so_and_writes_by_these_rules_from_then_on(call, written):
    assert WARNING in call("once").stderr
    assert "Other rules" not in call("plan").stderr


def test_the_daemon_logs_it_and_writes_by_these_rules_from_then_on(call, written, start):
    daemon = start()
    daemon.wait_for("rules_differ", "rules[0].price", "started")
    assert "Other rules" not in call("plan").stderr


def test_a_filter_that_only_looked_never_counts_as_a_writer(call, write_config, box):
    call("plan", "--config", write_config(box))
    assert "Other rules" not in call("plan", "--config", write_config(box, filter="*")).stderr
