"""What others wrote is shown without doing anything to a terminal, a log, a page or the eye."""

import io
import json
import logging
import unicodedata
from datetime import UTC, datetime

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from syncd.runtime import logs
from syncd.runtime.alerts import Alerts
from syncd.runtime.printable import escaped, in_lines, one_line

NASTY = [
    "\x1b[2J",
    "\x1b]0;title\x07",
    "\x9b31m",
    "\r\n2026-11-27 12:00:00 [info] all is well",
    "\u2028",
    "\u2029",
    "\x85",
    "\u202ednuora yaw gnorw eht\u202c",
    "\u2066\u2069",
    "\u200f",
    "\u061c",
    "\u200b\u200c\u200d\u2060\ufeff",
    "\xad\u034f\u115f\u3164\uffa0",
    "\U000e0041",
    "\ufe0f",
    "\x00",
    "\ud800",
]


def is_safe(text: str) -> bool:
    return not any(
        unicodedata.category(each) in {"Cc", "Cs", "Zl", "Zp"} or each in DIRECTIONS for each in text
    )


DIRECTIONS = (
    "\u061c\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)


@pytest.mark.parametrize("nasty", NASTY)
def test_what_does_more_than_show_itself_is_replaced(nasty):
    assert is_safe(one_line(f"Real {nasty} Madrid"))
    assert nasty not in in_lines(f"Real {nasty} Madrid") or nasty == "\n"
    assert is_safe(escaped(nasty))


@given(st.text())
def test_any_text_is_safe_and_keeps_its_letters(text):
    assert is_safe(one_line(text))
    assert len(one_line(text)) == len(text)


@pytest.mark.parametrize(
    "name", ["Đurađ Šarić", "Бавария", "القادسية", "川崎フロンターレ", "Grêmio 🙂", "Ñandú — 1.º"]
)
def test_names_of_all_scripts_stay(name):
    assert one_line(name) == in_lines(name) == escaped(name) == name


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_json_stays_the_same_document(text):
    shown = escaped(json.dumps([text], ensure_ascii=False), lines=True)
    assert json.loads(shown) == [text]
    assert is_safe(shown)


@pytest.mark.parametrize("form", ["console", "json"])
@pytest.mark.parametrize("nasty", NASTY)
def test_a_line_of_the_log_is_one_line_and_plain(form, nasty):
    stream = io.StringIO()
    logs.set_up(form=form, stream=stream)
    log = structlog.get_logger("syncd.x")
    log.warning("event", name=nasty, names=[nasty, {nasty: nasty}], error=ValueError(nasty))
    logging.getLogger("aiohttp").warning("foreign %s", nasty)
    assert stream.getvalue().count("\n") == 2
    assert is_safe(stream.getvalue().replace("\n", ""))


@pytest.mark.parametrize("form", ["console", "json"])
def test_so_is_a_traceback_but_for_its_lines(form):
    stream = io.StringIO()
    logs.set_up(form=form, stream=stream)
    try:
        int("".join(NASTY))
    except ValueError:
        structlog.get_logger("syncd.x").exception("failed")
    assert is_safe(stream.getvalue().replace("\n", ""))


class Noon:
    def now(self):
        return datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("nasty", NASTY)
def test_so_is_an_alert_wherever_it_goes(nasty):
    alerts, seen = Alerts(Noon()), []
    alerts.subscribe(seen.append)
    alerts.fire("link.1", f"{nasty} v Odra")
    alerts.resolve("link.1")
    assert all(is_safe(each.message) for each in seen)


def test_a_secret_is_masked_outside_of_the_log_too():
    assert logs.masked("Bearer abcdefgh12345") == "Bearer ***"
    logs.set_up(secrets=["hunter2"], stream=io.StringIO())
    assert logs.masked("no hunter2 here") == "no *** here"
