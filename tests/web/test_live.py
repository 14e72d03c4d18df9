"""The stream that says that something has changed."""

import asyncio

import pytest
from aiohttp.test_utils import TestClient

from syncd.app.daemon import Daemon
from syncd.web import live
from syncd.web.connections import Limits
from tests.web.conftest import Open
from tests.web.raw import answer, closed_within, raw_client_of

GET = b"GET /events?topics=alerts HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "EVERY_S", 0.02)
    monkeypatch.setattr(live, "LASTS_S", 0.5)


async def test_it_says_what_has_changed_once_and_ends_by_itself(daemon: Daemon, client: TestClient) -> None:
    async with client.get("/events", params={"topics": "alerts feeds"}) as response:
        assert (response.status, response.content_type) == (200, "text/event-stream")
        daemon.alerts.fire("bettune.away", "BetTune does not respond")
        text = await asyncio.wait_for(response.text(), 5)
    assert text.startswith("retry: 1000\nevent: alive\ndata:\n\n")
    assert text.count("event: changed") == 1
    assert "data: alerts\n" in text
    assert "bettune.away" not in text


async def test_it_is_silent_about_other_topics_but_shows_that_it_lives(
    daemon: Daemon, client: TestClient
) -> None:
    async with client.get("/events", params={"topics": "feeds nonsense"}) as response:
        daemon.alerts.fire("bettune.away", "BetTune does not respond")
        text = await asyncio.wait_for(response.text(), 5)
    assert "changed" not in text
    assert text.count("event: alive") >= 3


async def test_an_address_has_few_streams(client: TestClient) -> None:
    opened = [await client.get("/events") for _ in range(live.PER_ADDRESS)]
    assert {each.status for each in opened} == {200}
    assert (await client.get("/events")).status == 503
    for each in opened:
        await each.text()
    assert (await client.get("/events")).status == 200


async def test_a_reader_who_goes_to_the_next_page_leaves_its_stream_to_that(
    daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "EVERY_S", 2.0)
    monkeypatch.setattr(live, "LASTS_S", 60)
    async with raw_client_of(daemon) as client:
        readers = await client.connects(live.PER_ADDRESS + 2)
        for reader, writer in readers[: live.PER_ADDRESS]:
            writer.write(GET)
            assert b"200 OK" in await answer(reader)
        for number, status in ((-1, b"503"), (-2, b"200 OK")):
            reader, writer = readers[number]
            writer.write(GET)
            assert status in await answer(reader)
            readers[0][1].close()
            await asyncio.sleep(0.05)


async def test_streams_give_way_to_a_reader(daemon: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LASTS_S", 60)
    async with raw_client_of(daemon, Limits(total=2, per_address=2)) as client:
        streams = await client.connects(2)
        for reader, writer in streams:
            writer.write(GET)
            assert b"200 OK" in await answer(reader)
        await asyncio.sleep(0.05)
        assert b"200 OK" in await client.ask(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert await closed_within(streams[0][0], 1)


async def test_a_stop_ends_every_stream_at_once(daemon: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LASTS_S", 60)
    loop = asyncio.get_running_loop()
    async with raw_client_of(daemon) as client:
        reader, writer = await client.connect()
        writer.write(GET)
        await answer(reader)
        began = loop.time()
    assert loop.time() - began < 0.9


async def test_from_outside_it_needs_the_token(daemon: Daemon, open_client: Open) -> None:
    client = await open_client(daemon, host="0.0.0.0", token="a-token-of-24-characters")
    assert (await client.get("/events")).status == 401
    assert (await client.get("/events", headers={"Sec-Fetch-Site": "cross-site"})).status == 403
