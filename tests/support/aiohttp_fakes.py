"""Makes aioresponses 0.7.9 work with aiohttp 3.14.

From 3.14 on, aiohttp reads from each response the stream that its request was written to, which
aioresponses does not set. `tests/test_support.py` has a test that fails once this is no longer needed.
"""

from types import SimpleNamespace
from typing import Any

import aiohttp
import aioresponses.core

NOTHING_WRITTEN = SimpleNamespace(output_size=0)


class ResponseWithoutConnection(aiohttp.ClientResponse):
    """A response without a connection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("stream_writer", NOTHING_WRITTEN)
        super().__init__(*args, **kwargs)


def install() -> None:
    """Let aioresponses build its responses from the class above."""
    aioresponses.core.ClientResponse = ResponseWithoutConnection
