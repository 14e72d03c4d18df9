"""The page of commands."""

from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from syncd.app.daemon import Daemon
from syncd.app.reload import Reloader
from syncd.cli.context import CommandContext
from syncd.store import commands
from syncd.store.mode import Mode
from syncd.web.server import make_app
from tests.web.fixtures import SECRETS
from tests.web.test_forms import form_token, mode_of, send

CONFIG = f"""
[pinnacle]
username = "me"
password = "{SECRETS[0]}"
[bettune]
token = "{SECRETS[1]}"
[web]
port = 0
[[rules]]
filter = "Pinnacle*"
"""


async def text_of(client: TestClient, path: str = "/controls") -> str:
    return await (await client.get(path)).text()


async def test_pause_resume_and_resync(daemon: Daemon, client: TestClient) -> None:
    for action, expected in (("pause", Mode.PAUSED), ("resync", Mode.PAUSED), ("resume", Mode.RUNNING)):
        assert await send(client, action, await form_token(client)) == 303
        assert await mode_of(daemon) is expected
    async with daemon.store.read() as conn:
        assert [each.verb for each in await commands.load_pending(conn)] == ["pause", "resync", "resume"]
    text = await text_of(client)
    assert text.count("page 127.0.0.1") == 3
    assert "<b>resync</b>" in text


@pytest.mark.parametrize("typed", ["", "yes", "withdra", "with draw"])
async def test_a_withdrawal_needs_the_word(daemon: Daemon, client: TestClient, typed: str) -> None:
    assert await send(client, "withdraw", await form_token(client), confirm=typed) == 303
    assert await mode_of(daemon) is Mode.RUNNING
    assert "Nothing was done" in await text_of(client, "/controls?said=unconfirmed")


async def test_a_confirmed_withdrawal_begins(daemon: Daemon, client: TestClient) -> None:
    assert await send(client, "withdraw", await form_token(client), confirm=" Withdraw ") == 303
    assert await mode_of(daemon) is Mode.WITHDRAWN


async def test_an_unknown_command_does_nothing(daemon: Daemon, client: TestClient) -> None:
    assert await send(client, "somersault", await form_token(client)) == 400
    assert await mode_of(daemon) is Mode.RUNNING


async def test_no_text_of_the_address_is_shown(client: TestClient) -> None:
    assert "send money" not in await text_of(client, "/controls?said=send+money")


async def test_without_a_file_there_is_no_reload(daemon: Daemon, client: TestClient) -> None:
    assert "Compare" not in await text_of(client)
    assert await send(client, "reload", await form_token(client)) == 303
    assert not daemon.is_reloading


# --- the config ----------------------------------------------------------------------------------


class Reloading:
    """A page whose daemon has a config file."""

    def __init__(self, daemon: Daemon, file: Path) -> None:
        file.write_text(CONFIG)
        file.chmod(0o600)
        self.file, self.daemon = file, daemon
        context = CommandContext(file)
        daemon.settings = context.settings
        app = make_app(daemon, daemon.settings.web, fresh_s=0, reloader=Reloader(daemon, context))
        self.client = TestClient(TestServer(app))


@pytest.fixture
async def reloading(daemon: Daemon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    found = Reloading(daemon, tmp_path / "syncd.toml")
    monkeypatch.setattr("syncd.runtime.logs.set_up", lambda **_: None)
    async with found.client:
        yield found


async def test_the_difference_is_shown_before_it_is_applied(reloading: Reloading) -> None:
    client, daemon = reloading.client, reloading.daemon
    assert "nothing would change" in await text_of(client, "/controls?config=1")
    changed = CONFIG.replace("[[rules]]", '[[rules]]\nfilter = "Other*"\n[[rules]]').replace(
        'filter = "Pinnacle*"', 'filter = "Pinnacle*"\nfactor = 1.02'
    )
    reloading.file.write_text(changed.replace(SECRETS[1], "another-s3cret") + "[safety]\nmax_jump = 0.2\n")
    text = await text_of(client, "/controls?config=1")
    for shown in (
        "rules[Pinnacle*].factor",
        "1.02",
        "rules[Other*].factor",
        "safety.max_jump",
        "0.35",
        "0.2",
    ):
        assert shown in text, shown
    assert "bettune.token" in text
    assert "s3cret" not in text
    assert daemon.settings.safety.max_jump != daemon.settings.safety.max_jump.__class__("0.2")
    assert await send(client, "reload", await form_token(client)) == 303
    assert str(daemon.settings.safety.max_jump) == "0.2"
    async with daemon.store.read() as conn:
        (latest,) = await commands.load_recent(conn, 1)
    assert (latest.verb, latest.requested_by, latest.done_at is not None) == (
        "reload",
        "page 127.0.0.1",
        True,
    )


async def test_a_wrong_config_is_shown_with_all_its_problems_and_not_applied(reloading: Reloading) -> None:
    before = reloading.daemon.settings
    reloading.file.write_text(CONFIG + '[safety]\nmax_jmup = 1\n[log]\nlevel = "loudly"\n')
    text = await text_of(reloading.client, "/controls?config=1")
    assert "safety.max_jmup" in text
    assert "did you mean" in text
    assert "log.level" in text
    assert 'value="reload"' not in text
    await send(reloading.client, "reload", await form_token(reloading.client))
    assert reloading.daemon.settings is before


async def test_another_config_than_was_shown_is_not_applied(reloading: Reloading) -> None:
    before = reloading.daemon.settings
    reloading.file.write_text(CONFIG + "[safety]\nmax_jump = 0.2\n")
    await text_of(reloading.client, "/controls?config=1")
    reloading.file.write_text(CONFIG + "[safety]\nmax_jump = 0.9\n")
    assert await send(reloading.client, "reload", await form_token(reloading.client)) == 303
    assert reloading.daemon.settings is before
