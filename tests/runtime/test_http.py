import asyncio
import gzip
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
from syncd.runtime.http import LONGEST_RETRY_AFTER_S, Fault, Http, TransportError, parse_retry_after
from tests.support.raw_server import RawServer, Then, answer, raw_server

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SECRET = "Bearer s3cret"


def http(url: str, **settings) -> Http:
    settings = {"timeout_s": 5.0, "headers": {"Authorization": SECRET}, **settings}
    return Http(url, clock=SystemClock(), **settings)


async def fault_of(server: RawServer, **settings) -> TransportError:
    async with http(server.url, **settings) as api:
        with pytest.raises(TransportError) as caught:
            await api.send("PUT", "/odds", params={"key": "s3cret"}, json_body=b"{}")
    return caught.value


async def reply_of(server: RawServer, **settings):
    async with http(server.url, **settings) as api:
        return await api.send("GET", "/odds")


async def test_a_reply_has_status_body_kind_and_the_servers_clock():
    raw = answer(b'{"a":1}', "Date: Sat, 21 Nov 2026 12:00:00 GMT", kind="Application/JSON; charset=utf-8")
    async with raw_server(raw) as server:
        reply = await reply_of(server)
    assert (reply.status, reply.body, reply.date) == (200, b'{"a":1}', NOW)
    assert reply.is_json
    assert reply.took_s > 0


async def test_every_request_names_us_asks_for_json_and_gzip_and_sends_no_cookie():
    raw = raw_server(answer(b"{}", "Set-Cookie: a=b"))
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
    async with raw_server(answer(packed, "Content-Encoding: gzip")) as server:
        assert (await reply_of(server)).body == b'{"a":1}'


@pytest.mark.parametrize("keep", [1, 10, 20, -1])
async def test_gzip_that_is_cut_is_no_shorter_answer(keep):
    packed = gzip.compress(b'{"leagues":[]}' * 100)[:keep]
    async with raw_server(answer(packed, "Content-Encoding: gzip")) as server:
        assert (await fault_of(server)).fault is Fault.CUT


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate"])
async def test_an_encoding_that_is_broken_or_was_not_asked_for_is_no_answer(encoding):
    async with raw_server(answer(b"{}", f"Content-Encoding: {encoding}")) as server:
        assert (await fault_of(server)).fault is Fault.CUT


async def test_a_gzip_bomb_is_dropped_before_it_unfolds():
    bomb = zlib.compressobj(9, wbits=31)
    packed = b"".join(bomb.compress(bytes(1 << 20)) for _ in range(64)) + bomb.flush()
    async with raw_server(answer(packed, "Content-Encoding: gzip")) as server:
        tracemalloc.start()
        assert (await fault_of(server, max_body=100_000)).fault is Fault.TOO_LARGE
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 8_000_000


async def test_a_plain_body_has_the_same_bound():
    async with raw_server(answer(bytes(2_000))) as server:
        assert (await fault_of(server, max_body=1_999)).fault is Fault.TOO_LARGE
        assert len((await reply_of(server, max_body=2_000)).body) == 2_000


@pytest.mark.parametrize(
    ("raw", "then", "fault"),
    [
        (answer(b"{}", length=99), Then.CLOSE, Fault.CUT),
        (answer(b"{}", length=99), Then.RESET, Fault.CUT),
        (answer(b"{}", length=99), Then.WAIT, Fault.TIMEOUT),
        (b"", Then.CLOSE, Fault.CUT),
        (b"", Then.WAIT, Fault.TIMEOUT),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", Then.CLOSE, Fault.CUT),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n", Then.CLOSE, Fault.GARBLED),
        (b"220 mail.example ESMTP\r\n\r\n", Then.CLOSE, Fault.GARBLED),
        (answer(b"{}", "X-Long: " + "a" * 20_000), Then.CLOSE, Fault.GARBLED),
    ],
)
async def test_every_broken_answer_is_one_neutral_error(raw, then, fault):
    async with raw_server(raw, then) as server:
        error = await fault_of(server, timeout_s=0.2)
    assert error.fault is fault
    assert error.sent
    assert str(error).startswith("PUT 127.0.0.1/odds: ")
    assert "s3cret" not in repr(error)
    assert error.__cause__ is None
    assert error.__context__ is None


async def test_a_request_that_never_left_is_known_not_to_be_sent(unused_tcp_port):
    async with http(f"http://127.0.0.1:{unused_tcp_port}") as api:
        with pytest.raises(TransportError, match="connection refused") as caught:
            await api.send("PUT", "/odds")
    assert caught.value.fault is Fault.CONNECT
    assert not caught.value.sent


async def test_an_unknown_host_is_named_as_such():
    async with http("http://nowhere.invalid") as api:
        with pytest.raises(TransportError, match=r"nowhere\.invalid.*does not resolve") as caught:
            await api.send("GET", "/odds")
    assert not caught.value.sent


async def test_a_failed_handshake_sends_nothing():
    async def speak_no_tls(_, writer):
        writer.write(answer())
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(speak_no_tls, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with http(f"https://127.0.0.1:{port}") as api:
            with pytest.raises(TransportError) as caught:
                await api.send("GET", "/odds")
    assert caught.value.fault is Fault.TLS
    assert not caught.value.sent


async def test_a_dropped_connection_is_not_silently_tried_again():
    def script(number):
        return (answer(), Then.WAIT) if number == 1 else (b"", Then.CLOSE)

    async with raw_server(script) as server, http(server.url) as api:
        await api.send("PUT", "/odds")
        with pytest.raises(TransportError):
            await api.send("PUT", "/odds")
    assert len(server.heads) == 2


async def test_a_redirect_is_a_reply_and_not_followed():
    async with raw_server(answer(b"", "Location: /elsewhere", status="301 Moved")) as server:
        assert (await reply_of(server)).status == 301
    assert len(server.heads) == 1


async def test_an_error_keeps_its_status_even_with_a_broken_body():
    raw = answer(b"{}", "Retry-After: 7", status="429 Too Many Requests", length=99)
    async with raw_server(raw, Then.CLOSE) as server:
        reply = await reply_of(server)
    assert (reply.status, reply.body, reply.retry_after_s(NOW)) == (429, b"", 7.0)


async def test_a_retry_after_date_is_measured_by_the_servers_clock():
    raw = answer(
        b"{}",
        "Date: Sat, 21 Nov 2026 09:00:00 GMT",
        "Retry-After: Sat, 21 Nov 2026 09:01:00 GMT",
        status="429 Too Many Requests",
    )
    async with raw_server(raw) as server:
        assert (await reply_of(server)).retry_after_s(NOW) == 60.0


async def test_html_is_not_taken_for_json():
    async with raw_server(answer(b"<html>", kind="text/html")) as server:
        assert not (await reply_of(server)).is_json


async def test_cancelling_passes_through():
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
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_RETRY_AFTER_S),
        ("-5", None),
        ("soon", None),
        ("nan", None),
        ("²", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_read_in_both_forms_and_rubbish_is_none(text, seconds):
    assert parse_retry_after(text, NOW) == seconds


@given(st.text())
def test_no_retry_after_breaks_the_parser_or_asks_for_more_than_a_day(text):
    assert 0 <= (parse_retry_after(text, NOW) or 0) <= LONGEST_RETRY_AFTER_S


@given(st.integers(0, 86_400))
def test_a_retry_after_date_is_so_far_away(seconds):
    moment = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    assert parse_retry_after(moment, NOW) == seconds
