"""Commands as a user calls them: a config file, the sandbox in a thread of its own, and the output."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from syncd.cli.main import cli
from syncd.simulator.fixture_list import Extent
from syncd.simulator.pinnacle_dialects import equal_pace
from syncd.simulator.sandbox import Sandbox

ROOT = Path(__file__).parents[2]
PACE = 0.2
WRITTEN = "] create – → "
"""In the log of a daemon once it has written a prediction."""

PATIENCE_S = 45
"""Real seconds that a process may take where it should take one: the machine may be busy."""

FILTERS = (
    ("Pinnacle Home", "Home", True),
    ("Pinnacle Over 2.5", "Over 2.5", True),
    ("By hand", "Draw", True),
)

Call = Callable[..., Result]
Open = Callable[..., AbstractContextManager[Sandbox]]
Write = Callable[..., Path]


class LoopThread(threading.Thread):
    """An event loop of its own, for servers that a command in this thread talks to."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.loop = asyncio.new_event_loop()

    def run(self) -> None:
        self.loop.run_forever()
        self.loop.close()

    def __call__(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(PATIENCE_S)


@pytest.fixture(scope="session")
def aside() -> Iterator[LoopThread]:
    thread = LoopThread()
    thread.start()
    yield thread
    thread.loop.call_soon_threadsafe(thread.loop.stop)
    thread.join()


@pytest.fixture
def open_box(aside: LoopThread) -> Open:
    """Both simulated servers; options as in `Sandbox`."""

    @contextmanager
    def opened(**options: Any) -> Iterator[Sandbox]:
        small: dict[str, Any] = {
            "seed": 11,
            "extent": Extent(leagues=2, rounds=1, traps=False),
            "pinnacle": {"pace": equal_pace(PACE)},
            "bettune": {"requests": 5000, "window": 1.0},
            "filters": FILTERS,
        }
        box = Sandbox(**(small | options))
        aside(box.__aenter__())
        try:
            yield box
        finally:
            aside(box.__aexit__())

    return opened


@pytest.fixture
def box(open_box: Open) -> Iterator[Sandbox]:
    with open_box() as found:
        yield found


@pytest.fixture
def open_limited(open_box: Open, write_config: Write, monkeypatch: pytest.MonkeyPatch) -> Open:
    """A sandbox whose BetTune allows `requests` in a `window` of seconds, and a config that says so."""

    @contextmanager
    def opened(*, requests: int, window: float) -> Iterator[Sandbox]:
        monkeypatch.setenv("SYNCD_BETTUNE__LIMIT__REQUESTS", str(requests))
        monkeypatch.setenv("SYNCD_BETTUNE__LIMIT__WINDOW", f"{window}s")
        with open_box(bettune={"requests": requests, "window": window}) as box:
            write_config(box)
            yield box

    return opened


@pytest.fixture
def write_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write a config that fits a sandbox; keywords replace single values, `more` is added at the end."""

    def write(box: Sandbox | None = None, *, more: str = "", **values: Any) -> Path:
        known = {
            "url": f"sqlite:///{tmp_path}/data/syncd.db",
            "pinnacle": box.pinnacle_url if box else "http://127.0.0.1:9",
            "bettune": box.bettune_url if box else "http://127.0.0.1:9/v1",
            "password": "demo",
            "token": "demo-token",
            "filter": "Pinnacle*",
            "port": 0,
        } | values
        paces = [
            f'{name}_{kind} = "{PACE}s"'
            for name in ("fixtures", "odds", "settled", "specials")
            for kind in ("snapshot", "delta")
        ]
        path = tmp_path / "syncd.toml"
        path.write_text(
            f"""
[store]
url = "{known["url"]}"
[pinnacle]
base_url = "{known["pinnacle"]}"
username = "demo"
password = "{known["password"]}"
[pinnacle.pace]
{chr(10).join(paces)}
[bettune]
base_url = "{known["bettune"]}"
token = "{known["token"]}"
[bettune.limit]
requests = 5000
window = "1s"
[[rules]]
filter = "{known["filter"]}"
[web]
port = {known["port"]}
{more}
"""
        )
        monkeypatch.setenv("SYNCD_CONFIG", str(path))
        return path

    return write


@pytest.fixture
def config(box: Sandbox, write_config: Write) -> Path:
    return write_config(box)


@pytest.fixture
def call() -> Call:
    """Call a command in this process."""

    def called(*arguments: object, **options: Any) -> Result:
        return CliRunner().invoke(cli, [str(each) for each in arguments], prog_name="syncd", **options)

    return called


class Daemon:
    """`syncd run` as a process."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self.process = process
        self._log = log

    @property
    def log(self) -> str:
        return self._log.read_text()

    def wait_for(self, *texts: str, seconds: float = PATIENCE_S) -> None:
        give_up = time.monotonic() + seconds
        while not all(text in self.log for text in texts):
            assert self.process.poll() is None, self.log
            assert time.monotonic() < give_up, self.log
            time.sleep(0.02)

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def ends(self) -> int:
        return self.process.wait(PATIENCE_S)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Daemon]]:
    """Start `syncd run`, or another module with arguments; it is killed at the end where it still runs."""
    started: list[Daemon] = []

    def run(*command: str, **environment: str) -> Daemon:
        log = tmp_path / f"run-{len(started)}.log"
        with log.open("w") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", *(command or ("syncd", "run"))],
                cwd=ROOT,
                stderr=file,
                stdout=file,
                text=True,
                env=os.environ | environment,
            )
        started.append(Daemon(process, log))
        return started[-1]

    yield run
    for daemon in started:
        if daemon.process.poll() is None:
            daemon.process.kill()
            daemon.process.wait()
