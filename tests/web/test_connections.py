"""Whoever can connect cannot hurt the work: numbers, times and sizes, on a real listening server."""

import asyncio
import errno
import logging
import socket

import pytest

from syncd.app.daemon import Daemon
from syncd.guard.daemon_probe import DaemonProbe
from syncd.runtime.alerts import Alerts
from syncd.runtime.clock import SystemClock
from syncd.web import repeated_alert
from syncd.web.connections import CONNECTIONS, DESCRIPTORS, PROBE_PATHS, Limits
from syncd.web.listener import Listener
from tests.web.fixtures import HandClock
from tests.web.raw import GET, answer, closed_within, raw_client_of

SHORT = Limits(request_s=0.3, response_s=0.3)


def firing(daemon: Daemon) -> set[str]:
    return {each.subject for each in daemon.alerts.firing}


async def hang(*_: object) -> None:
    await asyncio.sleep(3600)


async def test_idle_connections_give_way_to_one_that_asks(daemon: Daemon) -> None:
    async with raw_client_of(daemon, Limits(total=8, per_address=4)) as client:
        idle = await client.connects(20)
        assert b"200 OK" in await client.ask()
        assert await closed_within(idle[0][0], 1)
        assert firing(daemon) == {CONNECTIONS}


async def test_no_more_stay_open_than_allowed(daemon: Daemon) -> None:
    async with raw_client_of(daemon, Limits(total=8, per_address=4)) as client:
        idle = await client.connects(20)
        closed = await asyncio.gather(*(closed_within(reader, 0.5) for reader, _ in idle))
        assert closed.count(False) == 4


async def test_a_connection_at_work_is_not_closed_for_another(
    daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = asyncio.Event()

    async def slow(*_: object) -> None:
        await release.wait()
        raise RuntimeError("stop here")

    monkeypatch.setattr("syncd.web.server.live_status", slow)
    async with raw_client_of(daemon, Limits(total=2, per_address=2)) as client:
        busy = await client.connects(2)
        for _, writer in busy:
            writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await asyncio.sleep(0.1)
        assert b"503" in await client.ask(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        release.set()
        assert [b"500" in await answer(reader) for reader, _ in busy] == [True, True]


@pytest.mark.parametrize("path", sorted(PROBE_PATHS))
async def test_a_probe_is_answered_while_visitors_fill_every_place(
    daemon: Daemon, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr("syncd.web.server.live_status", hang)
    probe = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
    async with raw_client_of(daemon, Limits(total=4, per_address=4)) as client:
        for _, writer in await client.connects(30):
            writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        for _ in range(10):
            await asyncio.sleep(0.1)
            reader, writer = await client.connect()
            writer.write(probe)
            assert b'"lease_holder": ' in await asyncio.wait_for(reader.read(), 5)


async def test_who_is_turned_away_learns_that_syncd_is_alive(
    daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("syncd.web.server.live_status", hang)
    async with raw_client_of(daemon, Limits(total=2, per_address=2, probes=0)) as client:
        for _, writer in await client.connects(2):
            writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await asyncio.sleep(0.1)
        async with DaemonProbe(str(client.url), SystemClock()) as probe:
            assert (await probe.look()).is_full


async def test_the_alert_ends_when_it_has_been_quiet(
    daemon: Daemon, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(
        repeated_alert.RepeatedAlert.__init__, "__kwdefaults__", {"notify": False, "quiet_s": 0.2}
    )
    async with raw_client_of(daemon, Limits(total=8, per_address=4)) as client:
        await client.connects(30)
        assert firing(daemon) == {CONNECTIONS}
        await asyncio.sleep(0.5)
        assert firing(daemon) == set()


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET", b"GET / HTTP/1.1\r\nHost: localhost\r\n", GET],
    ids=["nothing", "a word", "half a head", "a request, then nothing"],
)
async def test_a_connection_without_a_request_is_closed(daemon: Daemon, sent: bytes) -> None:
    async with raw_client_of(daemon, SHORT) as client:
        reader, writer = await client.connect()
        writer.write(sent)
        assert await closed_within(reader, 2)


async def test_a_head_that_comes_byte_by_byte_does_not_gain_time(daemon: Daemon) -> None:
    async with raw_client_of(daemon, SHORT) as client:
        reader, writer = await client.connect()
        writer.write(b"GET / HTTP/1.1\r\n")
        ended = asyncio.create_task(closed_within(reader, 2))
        for _ in range(20):
            if ended.done():
                break
            writer.write(b"X-A: b\r\n")
            await asyncio.sleep(0.05)
        assert await ended
        assert len(asyncio.all_tasks()) < 10


async def test_a_client_that_does_not_read_is_closed(daemon: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("syncd.web.static_files.asset", lambda _: b"x" * 50_000_000)
    async with raw_client_of(daemon, SHORT) as client:
        reader, writer = await client.connect()
        writer.write(b"GET /static/style.css HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await asyncio.sleep(1)
        try:
            received = await asyncio.wait_for(reader.read(), 2)
        except ConnectionError:
            return
        assert len(received) < 50_000_000


async def test_several_requests_on_one_connection_are_answered(daemon: Daemon) -> None:
    async with raw_client_of(daemon) as client:
        reader, writer = await client.connect()
        for _ in range(3):
            writer.write(GET)
            head = await answer(reader)
            assert b"200 OK" in head
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            await reader.readexactly(length)


HOST = b"Host: localhost\r\n"


@pytest.mark.parametrize(
    ("request_bytes", "statuses"),
    [
        (b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", (400,)),
        (b"GET /?token=" + b"%ff" * 50_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", (400,)),
        (b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 100_000 + b"\r\n\r\n", (400,)),
        (b"GET / HTTP/1.1\r\n" + HOST + b"X: a\r\n" * 5000 + b"\r\n", (400,)),
        (b"GET / HTTP/1.1\r\n" + HOST + b"Content-Length: 9999999999\r\n\r\n", (413,)),
        (b"GET / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\nfffffff\r\n", (413,)),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 9999999999\r\n\r\n", (405,)),
        (b"GET / HTTP/1.1\r\n\r\n", (200, 400)),
        (b"GET / HTTP/1.1\r\nHost: \xff\xfe\r\n\r\n", (400, 421)),
        (b"GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", (400, 421)),
        (b"GET / HTTP/1.1\r\nHost: localhost:99999999\r\n\r\n", (400, 421)),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", (400, 421)),
        (b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", (400, 421)),
        (b"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n", (200, 400, 421)),
        (b"GET * HTTP/1.1\r\n" + HOST + b"\r\n", (400, 404)),
        (b"CONNECT evil.example:443 HTTP/1.1\r\n" + HOST + b"\r\n", (400, 404, 405, 421)),
        (b"\x16\x03\x01\x02\x00\x01\x00", (400,)),
        (b"\x00" * 9000, (400,)),
        (b"GET /%00%ff%ed%a0%80 HTTP/1.1\r\n" + HOST + b"\r\n", (400, 404)),
        (b"GET /\xff HTTP/1.1\r\n" + HOST + b"\r\n", (400, 404)),
        (b"GET /static/..%2f..%2fserver.py HTTP/1.1\r\n" + HOST + b"\r\n", (404,)),
    ],
)
async def test_an_odd_request_gets_a_refusal_and_no_traceback(
    daemon: Daemon, caplog: pytest.LogCaptureFixture, request_bytes: bytes, statuses: tuple[int, ...]
) -> None:
    async with raw_client_of(daemon) as client:
        with caplog.at_level(logging.WARNING):
            head = await client.ask(request_bytes)
        assert int(head.split()[1]) in statuses, head
        assert [record.getMessage() for record in caplog.records] == []


@pytest.mark.parametrize(
    "head",
    [
        b"POST / HTTP/1.1\r\n" + HOST + b"Expect: 100-continue\r\nContent-Length: 9\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET /events HTTP/1.1\r\n" + HOST + b"\r\n",
    ],
)
async def test_who_asks_and_leaves_at_once_leaves_no_traceback(
    daemon: Daemon, caplog: pytest.LogCaptureFixture, head: bytes
) -> None:
    async with raw_client_of(daemon) as client:
        with caplog.at_level(logging.WARNING):
            for _ in range(30):
                _, writer = await client.connect()
                writer.write(head)
                writer.transport.abort()
            await asyncio.sleep(0.3)
            assert b"200 OK" in await client.ask()
        assert [record.getMessage() for record in caplog.records] == []


CREDENTIALS = [
    b"Authorization: Bearer \xff",
    b"Authorization: Bearer \xed\xa0\x80",
    b"Authorization: Bearer",
    b"Authorization: Bearer ",
    b"Authorization: \xff\xfe",
    b"Authorization: Basic \xff:",
    b"Cookie: syncd_session=\xff",
    b'Cookie: syncd_session="\\377\\303"; ;;; =; a',
    b"Cookie: \xff\xfe=\xff; syncd_session",
    b"Cookie: syncd_session=" + b"a" * 3000,
    b"Cookie: " + b"a=b; " * 700,
    b"Authorization: Bearer \xc3\xa9\xc3\xa9",
]


@pytest.mark.parametrize("header", CREDENTIALS)
async def test_odd_credentials_are_wrong_ones(
    daemon: Daemon, caplog: pytest.LogCaptureFixture, header: bytes
) -> None:
    async with raw_client_of(daemon, host="0.0.0.0", token="a-token-of-24-characters") as client:
        with caplog.at_level(logging.WARNING):
            head = await client.ask(b"GET /api/v1/status HTTP/1.1\r\n" + HOST + header + b"\r\n\r\n")
        assert int(head.split()[1]) in (400, 401), head
        assert [record.getMessage() for record in caplog.records] == []


class Exhausted(socket.socket):
    """A listening socket for which no descriptor is left."""

    def accept(self) -> tuple[socket.socket, object]:
        raise OSError(errno.EMFILE, "Too many open files")


async def test_without_descriptors_it_stops_accepting_and_says_so_once(
    daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("syncd.web.listener.PAUSE_S", 0.1)
    monkeypatch.setattr("syncd.web.listener.highest_descriptor", lambda _: 0)
    async with raw_client_of(daemon) as client:
        assert await client.ask() == b""
        assert firing(daemon) == {DESCRIPTORS}
        monkeypatch.setattr("syncd.web.listener.highest_descriptor", lambda _: 1024)
        await asyncio.sleep(0.2)
        assert b"200 OK" in await client.ask()


async def test_an_error_of_accept_pauses_it(daemon: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
    paused = asyncio.Event()
    monkeypatch.setattr(Listener, "_pause", lambda *_: paused.set())
    async with raw_client_of(daemon):
        pass
    rung = repeated_alert.RepeatedAlert(Alerts(HandClock()), DESCRIPTORS)
    with Exhausted() as listening:
        Listener([listening], None, rung, None)._accept_some(listening)  # type: ignore[arg-type]
    assert paused.is_set()


async def test_localhost_is_served_at_each_of_its_addresses(daemon: Daemon) -> None:
    async with raw_client_of(daemon, host="localhost") as client:
        assert b"200 OK" in await client.ask()
