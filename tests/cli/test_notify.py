"""`syncd notify test` sends to each address, and says which arrived."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from syncd.runtime import notifier

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # apprise's plugins, on newer Pythons


class Receiver(HTTPServer):
    """A service that takes messages below /good, and refuses all others."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.received: list[dict[str, str]] = []


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        is_good = self.path == "/good"
        if is_good:
            self.server.received.append(json.loads(body))
        self.send_response(200 if is_good else 500)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_each_address_gets_a_message_and_a_failure_is_named_without_its_secret(
    call, write_config, receiver: Receiver
):
    host = f"127.0.0.1:{receiver.server_port}"
    urls = [f"json://{host}/good", f"json://me:s3cret@{host}/bad", "nosuch://s3cret"]
    write_config(more=f"[notify]\nurls = {json.dumps(urls)}")
    done = call("notify", "test")
    assert done.exit_code == 1
    assert "notify.urls[0] (json): delivered" in done.stdout
    assert "notify.urls[1] (json): not delivered" in done.stderr
    assert "notify.urls[2] (nosuch): apprise knows no such service" in done.stderr
    assert "s3cret" not in done.output + done.stderr
    [message] = receiver.received
    assert message["title"] == "syncd: a test"
    write_config(more=f"[notify]\nurls = {json.dumps(urls[:1])}")
    assert call("notify", "test").exit_code == 0


def test_without_an_address_or_without_apprise_it_says_what_to_do(call, write_config, monkeypatch):
    write_config()
    refused = call("notify", "test")
    assert refused.exit_code == 2
    assert "notify.urls is empty" in refused.stderr
    monkeypatch.setattr(notifier, "is_installed", lambda: False)
    write_config(more='[notify]\nurls = ["json://localhost"]')
    refused = call("notify", "test")
    assert refused.exit_code == 1
    assert "pip install 'syncd[notify]'" in refused.stderr
