"""An exchange: one request and its response, as whoever records them gets it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple


class Exchange(NamedTuple):
    """One request with its whole response, without any header: they contain secrets."""

    at: datetime
    """When the response was complete, by the machine's clock."""
    method: str
    path: str
    """Below the base URL."""
    params: Mapping[str, str]
    sent: bytes
    """The body of the request."""
    status: int
    took_s: float
    body: bytes


RecordExchange = Callable[[Exchange], None]
"""Called with each exchange that had a whole response; it must not block."""


def record_nothing(_: Exchange) -> None:
    """Default `RecordExchange`."""
