"""The question right before the bytes leave."""

import pytest

from syncd.runtime.before_send import NotSentError
from tests.runtime.test_http import http
from tests.support.raw_server import http_response, raw_server


@pytest.mark.parametrize(("method", "body"), [("DELETE", None), ("PUT", b"{}"), ("GET", None)])
async def test_a_request_that_may_not_leave_sends_no_byte_and_raises_its_error(
    method: str, body: bytes | None
):
    asked: list[str] = []

    def refuse(of: str) -> None:
        asked.append(of)
        raise NotSentError("too late")

    async with raw_server(http_response(b"{}")) as server, http(server.url, before_send=refuse) as api:
        with pytest.raises(NotSentError, match="too late"):
            await api.send(method, "/prediction", json_body=body)
    assert server.heads == []
    assert asked == [method]


async def test_a_body_that_is_written_later_is_asked_again():
    answers = iter([None, NotSentError("too late")])

    def refuse_second(_: str) -> None:
        if error := next(answers):
            raise error

    async with raw_server(http_response(b"{}")) as server, http(server.url, before_send=refuse_second) as api:
        with pytest.raises(NotSentError, match="too late"):
            await api.send("PUT", "/prediction", json_body=b"{}")
    assert server.heads == []
