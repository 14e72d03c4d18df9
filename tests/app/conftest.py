"""Everything here runs on virtual time, as end to end."""

from collections.abc import Iterator

import pytest

from tests.support.virtual_time import VirtualTimeLoop, virtual_libraries


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> dict[str, type[VirtualTimeLoop]]:
    """The event loops of these tests."""
    return {"virtual": VirtualTimeLoop}


@pytest.fixture(autouse=True)
def _virtual_libraries() -> Iterator[None]:
    with virtual_libraries():
        yield
