"""The client with a broken network and with servers that misbehave, on real sockets."""

import gzip
from decimal import Decimal

import aiohttp
import pytest

from syncd.bettune.client import BetTuneClient, ResponseInfo
from syncd.bettune.errors import BadResponseError, BetTuneError, RateLimitedError, UnavailableError
from syncd.runtime.clock import SystemClock
from tests.bettune.samples import PAIR
from tests.support.raw_server import RawServer, Then, http_response, raw_server

TOKEN = "tok-3n"
GZIP = "Content-Encoding: gzip"
BOMB = gzip.compress(bytes(20 << 20))


def client(url: str, **settings) -> BetTuneClient:
    return BetTuneClient(url + "/api/v1", TOKEN, clock=SystemClock(), **{"timeout_s": 0.3, **settings})


async def put_error(server: RawServer) -> BetTuneError:
    async with client(server.url) as bettune:
        with pytest.raises(BetTuneError) as caught:
            await bettune.put(PAIR, Decimal("2.15"))
    return caught.value


def chain(error: BaseException | None) -> list[BaseException]:
    found = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


async def test_the_token_goes_as_a_bearer_under_the_path_prefix():
    async with raw_server(http_response(b'{"count":0,"items":[]}')) as server, client(server.url) as bettune:
        assert await bettune.sports() == ()
    assert server.heads[0].startswith("GET /api/v1/sports HTTP/1.1")
    assert f"Authorization: Bearer {TOKEN}\r\n" in server.heads[0]


BROKEN = {
    "nothing": (b"", Then.CLOSE, UnavailableError),
    "silence": (b"", Then.WAIT, UnavailableError),
    "cut": (http_response(b'{"id":10,', length=99), Then.CLOSE, UnavailableError),
    "reset": (http_response(b'{"id":10,', length=99), Then.RESET, UnavailableError),
    "stalled": (http_response(b'{"id":10,', length=99), Then.WAIT, UnavailableError),
    "bomb": (http_response(BOMB, GZIP), Then.CLOSE, UnavailableError),
    "not gzip": (http_response(b"{}", GZIP), Then.CLOSE, UnavailableError),
    "not http": (b"hello\r\n\r\n", Then.CLOSE, UnavailableError),
    "html": (http_response(b"<html>", kind="text/html"), Then.CLOSE, UnavailableError),
    "redirect": (http_response(b"", "Location: /login", status="302 Found"), Then.CLOSE, UnavailableError),
    "gateway": (
        http_response(b"<html>", kind="text/html", status="502 Bad Gateway"),
        Then.CLOSE,
        UnavailableError,
    ),
    "short JSON": (http_response(b'{"id":10,'), Then.CLOSE, BadResponseError),
    "empty": (http_response(b""), Then.CLOSE, BadResponseError),
    "no content": (b"HTTP/1.1 204 No Content\r\n\r\n", Then.CLOSE, BadResponseError),
}


@pytest.mark.parametrize("case", BROKEN)
async def test_a_put_that_may_have_worked_says_so_and_leaks_nothing(case):
    raw, then, expected = BROKEN[case]
    async with raw_server(raw, then) as server:
        error = await put_error(server)
    assert type(error) is expected
    assert error.outcome_unknown
    assert len(server.heads) == 1
    for link in chain(error):
        assert not isinstance(link, aiohttp.ClientError)
        assert TOKEN not in f"{link} {link!r} {vars(link)}"


async def test_a_put_that_was_never_sent_has_a_known_outcome(unused_tcp_port):
    async with client(f"http://127.0.0.1:{unused_tcp_port}") as bettune:
        with pytest.raises(UnavailableError, match="connection refused") as caught:
            await bettune.put(PAIR, Decimal("2.15"))
    assert not caught.value.outcome_unknown
    assert caught.value.code == "connect"


async def test_a_delete_without_a_response_may_have_worked():
    async with raw_server(b"", Then.CLOSE) as server, client(server.url) as bettune:
        with pytest.raises(UnavailableError) as caught:
            await bettune.delete(PAIR)
    assert caught.value.outcome_unknown


async def test_a_read_without_a_response_leaves_nothing_unknown():
    async with raw_server(b"", Then.CLOSE) as server, client(server.url) as bettune:
        with pytest.raises(UnavailableError) as caught:
            await bettune.search(1, [2])
    assert not caught.value.outcome_unknown


async def test_a_429_with_a_broken_body_still_has_its_wait_and_limit():
    raw = http_response(
        b"{",
        "Retry-After: 7",
        "X-RateLimit-Limit: 60",
        "X-RateLimit-Window: 60",
        status="429 Too Many Requests",
        length=99,
    )
    responses: list[ResponseInfo] = []
    async with (
        raw_server(raw, Then.CLOSE) as server,
        client(server.url, on_response=responses.append) as bettune,
    ):
        with pytest.raises(RateLimitedError) as caught:
            await bettune.put(PAIR, Decimal("2.15"))
    assert caught.value.retry_after_s == 7.0
    assert not caught.value.outcome_unknown
    assert responses[0].rate_limit.requests == 60


def test_a_token_with_a_line_break_is_refused_without_repeating_it():
    with pytest.raises(ValueError, match="Authorization") as caught:
        BetTuneClient("http://host", "tok\n3n", clock=SystemClock())
    assert "3n" not in str(caught.value)


async def test_a_line_break_at_the_end_of_a_token_file_does_no_harm():
    async with (
        raw_server(http_response(b'{"count":0,"items":[]}')) as server,
        BetTuneClient(server.url, TOKEN + "\n", clock=SystemClock()) as bettune,
    ):
        await bettune.sports()
    assert f"Bearer {TOKEN}\r\n" in server.heads[0]
