import io
import json
import logging
from datetime import timedelta
from decimal import Decimal

import pytest
import structlog

from syncd.runtime import logs


def set_up(**how) -> tuple[structlog.stdlib.BoundLogger, io.StringIO]:
    stream = io.StringIO()
    logs.set_up(stream=stream, **how)
    return structlog.get_logger("syncd.sync"), stream


def test_a_line_of_json_is_an_event_code_with_its_fields():
    log, stream = set_up(form="json")
    log.info("prediction_written", odds=Decimal("1.950"), wait=timedelta(seconds=1.5))
    line = json.loads(stream.getvalue())
    assert list(line)[:3] == ["timestamp", "level", "event"]
    assert (line["event"], line["odds"], line["wait"]) == ("prediction_written", "1.95", "1.5s")


def test_a_line_for_people_has_no_colours_where_there_is_no_terminal():
    log, stream = set_up()
    log.info("prediction_written", odds=Decimal("1.95"))
    assert "prediction_written" in stream.getvalue()
    assert "odds=1.95" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()


def test_a_sentence_for_people_is_all_that_a_console_shows_and_json_lacks_it():
    for form, shown, hidden in [("console", "raise 2.10", "odds_set"), ("json", "odds_set", "raise 2.10")]:
        log, stream = set_up(form=form)
        log.info("odds_set", match_id=7, for_people="raise 2.10 → 2.14  Home, A\x1b[2J v B")
        assert shown in stream.getvalue()
        assert hidden not in stream.getvalue()
        assert ("match_id" in stream.getvalue()) is (form == "json")
        assert "for_people" not in stream.getvalue()
        assert "\x1b" not in stream.getvalue()


@pytest.mark.parametrize("form", ["console", "json"])
def test_secrets_are_masked_in_fields_events_and_tracebacks(form):
    log, stream = set_up(form=form, secrets=['hun"ter 2'])
    try:
        int('no hun"ter 2')
    except ValueError:
        log.exception("failed", why='hun"ter 2', url="http://h/?t=hun%22ter%202", nested={"a": ['hun"ter 2']})
    assert "hun" not in stream.getvalue()
    assert "Traceback" in stream.getvalue()


@pytest.mark.parametrize("field", ["Authorization", "password", "api_key", "token", "Set-Cookie"])
def test_a_field_whose_name_suggests_a_secret_is_masked_whatever_its_value(field):
    log, stream = set_up(form="json")
    log.info("request", **{field: "s3cret"})
    assert json.loads(stream.getvalue())[field] == "***"


def test_a_fencing_token_is_a_number_and_no_secret():
    log, stream = set_up(form="json")
    log.info("lease_taken", token=7)
    assert json.loads(stream.getvalue())["token"] == 7


def test_credentials_in_a_message_of_a_library_are_masked():
    _, stream = set_up(form="json")
    logging.getLogger("aiohttp.client").warning("sent %s", "Authorization: Basic aGVsbG86d29ybGQ=")
    assert json.loads(stream.getvalue())["event"] == "sent Authorization: Basic ***"


def test_libraries_log_from_warning_on_and_syncd_from_the_configured_level():
    log, stream = set_up(form="json", level="debug")
    logging.getLogger("apscheduler").info("chatter")
    log.debug("detail")
    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == ["detail"]


def test_a_second_set_up_replaces_the_first_for_loggers_that_exist_already():
    log, before = set_up(level="info")
    _, after = set_up(level="error")
    log.warning("quiet")
    log.error("shown")
    assert before.getvalue() == ""
    assert "shown" in after.getvalue()
    assert "quiet" not in after.getvalue()


def test_a_secret_of_three_letters_does_not_hide_the_log():
    log, stream = set_up(form="json", secrets=["wri", ""])
    log.info("prediction_written")
    assert json.loads(stream.getvalue())["event"] == "prediction_written"
