"""What every test gets: a clean environment, no network, steady Hypothesis, the recorded material."""

import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support import aiohttp_fakes, shared_statements
from tests.support.databases import *  # noqa: F403  (fixtures)
from tests.support.log_setup import restored_logs
from tests.support.network import only_loopback

ROOT = Path(__file__).parents[1]

settings.register_profile("dev", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("thorough", deadline=None, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))

# Before anything is imported that reads them, and for the child processes that tests start. COLUMNS is the
# width of the terminal in which the tests were started.
for variable in [
    name for name in os.environ if name.startswith("SYNCD_") or name in ("NOTIFY_SOCKET", "COLUMNS")
]:
    del os.environ[variable]

aiohttp_fakes.install()
shared_statements.install()


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    with only_loopback():
        yield


@pytest.fixture(autouse=True)
def _restored_logs() -> Iterator[None]:
    with restored_logs():
        yield


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """Recordings, API documents and matching samples; they are not part of the repository."""
    directory = ROOT.parent / "shared"
    if not directory.is_dir():
        pytest.skip(f"needs the shared material, and there is no {directory.name}/ beside the repository")
    return directory


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Captured output may contain half of a character; pytest-xdist ends with an internal error for it."""
    report = yield
    report.sections = [
        (name, text.encode(errors="backslashreplace").decode()) for name, text in report.sections
    ]
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """The order is random, and `-q` hides from which seed: a failure must be repeatable."""
    if terminalreporter.stats.keys() & {"failed", "error"}:
        seed = config.getoption("randomly_seed", None)
        if seed is None:  # run with `-p no:randomly`
            return
        terminalreporter.write_line(f'The same order again: make test ARGS="--randomly-seed={seed}"')
