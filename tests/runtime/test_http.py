import asyncio
import gzip
import os
import time
import tracemalloc
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import given
from hypothesis import strategies as st

from syncd.runtime.clock import SystemClock
from syncd.runtime.http import LONGEST_RETRY_AFTER_S, HttpClient, parse_retry_after, parse_server_clock
from syncd.runtime.http_errors import TransportError, TransportFault
from tests.support.raw_server import RawServer, Then, http_response, raw_server

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SECRET = "Bearer s3cret"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def http(url: str, **settings) -> HttpClient:
    settings = {"timeout_s": 5.0, "headers": {"Authorization": SECRET}, **settings}
    return HttpClient(url, clock=SystemClock(), **settings)


async def error_of(server: RawServer, **settings) -> TransportError:
    async with http(server.url, **settings) as api:
        with pytest.raises(TransportError) as caught:
            await api.send("PUT", "/odds", params={"key": "s3cret"}, json_body=b"{}")
    return caught.value


async def response_of(server: RawServer, **settings):
    async with http(server.url, **settings) as api:
        return await api.send("GET", "/odds")


async def test_a_response_has_status_body_media_type_and_the_servers_clock():
    raw = http_response(
        b'{"a":1}', "Date: Sat, 21 Nov 2026 12:00:00 GMT", kind="Application/JSON; charset=utf-8"
    )
    async with raw_server(raw) as server:
        response = await response_of(server)
    assert (response.status, response.body, response.date) == (200, b'{"a":1}', NOW)
    assert response.is_json
    assert response.took_s > 0


async def test_every_request_names_us_accepts_json_and_gzip_and_sends_no_cookie():
    raw = raw_server(http_response(b"{}", "Set-Cookie: a=b"))
    # By name: a cookie jar keeps nothing for bare addresses anyway.
    async with raw as server, http(server.url.replace("127.0.0.1", "localhost") + "/api/") as api:
        await api.send("GET", "/odds", params={"leagueIds": "1,2"})
        await api.send("GET", "/odds")
    first, second = server.heads
    assert first.startswith("GET /api/odds?leagueIds=1,2 HTTP/1.1")
    assert "User-Agent: syncd/" in first
    assert "Accept: application/json" in first
    assert "Accept-Encoding: gzip\r\n" in first
    assert "Cookie" not in second


async def test_gzip_is_unpacked_even_in_several_members():
    packed = gzip.compress(b'{"a":') + gzip.compress(b"1}")
    async with raw_server(http_response(packed, "Content-Encoding: gzip")) as server:
        assert (await response_of(server)).body == b'{"a":1}'


@pytest.mark.parametrize("keep", [1, 10, 20, -1])
async def test_gzip_that_is_cut_is_an_error_not_a_shorter_response(keep):
    packed = gzip.compress(b'{"leagues":[]}' * 100)[:keep]
    async with raw_server(http_response(packed, "Content-Encoding: gzip")) as server:
        assert (await error_of(server)).fault is TransportFault.CUT


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate"])
async def test_an_encoding_that_is_broken_or_was_not_requested_is_an_error(encoding):
    async with raw_server(http_response(b"{}", f"Content-Encoding: {encoding}")) as server:
        assert (await error_of(server)).fault is TransportFault.CUT


async def test_a_gzip_bomb_is_dropped_before_it_unfolds():
    bomb = zlib.compressobj(9, wbits=31)
    packed = b"".join(bomb.compress(bytes(1 << 20)) for _ in range(64)) + bomb.flush()
    async with raw_server(http_response(packed, "Content-Encoding: gzip")) as server:
        tracemalloc.start()
        assert (await error_of(server, max_body=100_000)).fault is TransportFault.TOO_LARGE
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 8_000_000


async def test_gzip_of_very_many_members_is_refused_quickly():
    packed = gzip.compress(b"") * 400_000
    async with raw_server(http_response(packed, "Content-Encoding: gzip")) as server:
        began = time.perf_counter()
        assert (await error_of(server)).fault is TransportFault.CUT
    assert time.perf_counter() - began < 3


async def test_gzip_longer_than_a_piece_is_unpacked_whole():
    body = bytes(range(256)) * 4_000 + os.urandom(300_000)
    packed = gzip.compress(body) + gzip.compress(b"") + gzip.compress(body)
    async with raw_server(http_response(packed, "Content-Encoding: gzip")) as server:
        assert (await response_of(server)).body == body * 2


async def test_a_long_header_does_not_cost_the_response():
    async with raw_server(http_response(b"{}", "Set-Cookie: " + "a" * 100_000)) as server:
        assert (await response_of(server)).body == b"{}"


@pytest.mark.parametrize(
    ("headers", "date"),
    [
        (["Date: Sat, 21 Nov 2026 11:59:30 GMT", "Age: 30"], NOW),
        (["Date: Sat, 21 Nov 2026 12:00:00 GMT", "Age: 0"], NOW),
        (["Date: Sat, 21 Nov 2026 12:00:00 GMT", "Age: 100000000000"], None),
        (["Date: Sat, 21 Nov 2026 12:00:00 GMT", "Age: soon"], None),
        (["Date: Fri, 31 Dec 9999 23:59:59 -0100"], None),
        (["Date: Mon, 01 Jan 1900 00:00:00 +0100"], None),
        (["Date: " + "9" * 5_000], None),
        (["Age: 30"], None),
    ],
)
async def test_the_servers_clock_is_its_date_and_what_a_cache_adds(headers, date):
    async with raw_server(http_response(b"{}", *headers)) as server:
        assert (await response_of(server)).date == date


async def test_a_plain_body_has_the_same_limit():
    async with raw_server(http_response(bytes(2_000))) as server:
        assert (await error_of(server, max_body=1_999)).fault is TransportFault.TOO_LARGE
        assert len((await response_of(server, max_body=2_000)).body) == 2_000


@pytest.mark.parametrize(
    ("raw", "then", "fault"),
    [
        (http_response(b"{}", length=99), Then.CLOSE, TransportFault.CUT),
        (http_response(b"{}", length=99), Then.RESET, TransportFault.CUT),
        (http_response(b"{}", length=99), Then.WAIT, TransportFault.TIMEOUT),
        (b"", Then.CLOSE, TransportFault.CUT),
        (b"", Then.WAIT, TransportFault.TIMEOUT),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
            Then.CLOSE,
            TransportFault.CUT,
        ),
        (CHUNKED + b"ZZ\r\n", Then.CLOSE, TransportFault.GARBLED),
        (b"220 mail.example ESMTP\r\n\r\n", Then.CLOSE, TransportFault.GARBLED),
        (http_response(b"{}", "X-Long: " + "a" * 300_000), Then.CLOSE, TransportFault.GARBLED),
    ],
)
async def test_every_broken_response_is_one_neutral_error(raw, then, fault):
    async with raw_server(raw, then) as server:
        error = await error_of(server, timeout_s=0.2)
    assert error.fault is fault
    assert error.possibly_sent
    assert str(error).startswith("PUT 127.0.0.1/odds: ")
    assert "s3cret" not in repr(error)
    assert error.__cause__ is None
    assert error.__context__ is None


async def test_a_request_without_a_connection_was_certainly_not_sent(unused_tcp_port):
    async with http(f"http://127.0.0.1:{unused_tcp_port}") as api:
        with pytest.raises(TransportError, match="connection refused") as caught:
            await api.send("PUT", "/odds")
    assert caught.value.fault is TransportFault.CONNECT
    assert not caught.value.possibly_sent


async def test_an_unknown_host_is_named_as_such():
    async with http("http://nowhere.invalid") as api:
        with pytest.raises(TransportError, match=r"nowhere\.invalid.*does not resolve") as caught:
            await api.send("GET", "/odds")
    assert not caught.value.possibly_sent


async def test_a_failed_handshake_sends_nothing():
    async def respond_without_tls(_, writer):
        writer.write(http_response())
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(respond_without_tls, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with http(f"https://127.0.0.1:{port}") as api:
            with pytest.raises(TransportError) as caught:
                await api.send("GET", "/odds")
    assert caught.value.fault is TransportFault.TLS
    assert not caught.value.possibly_sent


async def test_a_request_on_a_dropped_connection_is_not_silently_repeated():
    def script(number):
        return (http_response(), Then.WAIT) if number == 1 else (b"", Then.CLOSE)

    async with raw_server(script) as server, http(server.url) as api:
        await api.send("PUT", "/odds")
        with pytest.raises(TransportError):
            await api.send("PUT", "/odds")
    assert len(server.heads) == 2


async def test_a_redirect_is_a_response_and_not_followed():
    async with raw_server(http_response(b"", "Location: /elsewhere", status="301 Moved")) as server:
        assert (await response_of(server)).status == 301
    assert len(server.heads) == 1


async def test_an_error_keeps_its_status_even_with_a_broken_body():
    raw = http_response(b"{}", "Retry-After: 7", status="429 Too Many Requests", length=99)
    async with raw_server(raw, Then.CLOSE) as server:
        response = await response_of(server)
    assert (response.status, response.body, response.retry_after_s(NOW)) == (429, b"", 7.0)


async def test_a_retry_after_date_is_measured_by_the_servers_clock():
    raw = http_response(
        b"{}",
        "Date: Sat, 21 Nov 2026 09:00:00 GMT",
        "Retry-After: Sat, 21 Nov 2026 09:01:00 GMT",
        status="429 Too Many Requests",
    )
    async with raw_server(raw) as server:
        assert (await response_of(server)).retry_after_s(NOW) == 60.0


async def test_html_is_not_taken_for_json():
    async with raw_server(http_response(b"<html>", kind="text/html")) as server:
        assert not (await response_of(server)).is_json


async def test_a_cancellation_is_not_turned_into_an_error():
    async def hang(_):
        await asyncio.sleep(30)

    app = web.Application()
    app.router.add_get("/odds", hang)
    async with TestServer(app, shutdown_timeout=0) as server, http(str(server.make_url("/"))) as api:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(api.send("GET", "/odds"), 0.05)


@pytest.mark.parametrize(
    "url",
    ["", "ovaccess.com", "ftp://host", "https://user:s3cret@host", "https://host?token=s3cret", "http://["],
)
def test_an_unusable_address_is_refused_without_repeating_it(url):
    with pytest.raises(ValueError, match="base_url must") as caught:
        http(url)
    assert "s3cret" not in str(caught.value)


def test_a_header_with_a_line_break_is_refused_without_repeating_it():
    with pytest.raises(ValueError, match="Authorization") as caught:
        http("http://host", headers={"Authorization": "Bearer s3cret\r\nX: y"})
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("60", 60.0),
        (" 1.5 ", 1.5),
        ("0", 0.0),
        ("Sat, 21 Nov 2026 12:00:30 GMT", 30.0),
        ("Sat, 21 Nov 2026 11:00:00 GMT", 0.0),
        ("99999999999999999999", LONGEST_RETRY_AFTER_S),
        ("Fri, 31 Dec 2199 23:59:59 GMT", LONGEST_RETRY_AFTER_S),
        ("Fri, 31 Dec 9999 23:59:59 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 -0100", None),
        ("Mon, 01 Jan 0001 00:00:00 +0100", 0.0),  # two digits of a year mean 2001
        ("Sat, 21 Nov 2026 12:00:00 +9999999999", None),
        ("-5", None),
        ("soon", None),
        ("nan", None),
        ("²", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_parsed_in_both_forms_and_anything_else_is_none(text, seconds):
    assert parse_retry_after(text, NOW) == seconds


@given(st.text())
def test_no_retry_after_breaks_the_parser_or_gives_more_than_a_day(text):
    assert 0 <= (parse_retry_after(text, NOW) or 0) <= LONGEST_RETRY_AFTER_S


@given(st.text() | st.from_regex(r"[A-Z][a-z]{2}, \d{2} Dec \d{4} \d\d:\d\d:\d\d [+-]\d{4}"), st.text())
def test_no_date_breaks_the_parser(date, age):
    parse_server_clock(date, age)


@given(st.integers(0, 86_400))
def test_a_retry_after_date_gives_the_seconds_until_then(seconds):
    moment = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    assert parse_retry_after(moment, NOW) == seconds
