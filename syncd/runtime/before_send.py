"""The last question before the bytes of a request leave. The store answers it, so nothing here is of HTTP."""

from collections.abc import Callable


class NotSentError(Exception):
    """The request may not leave any more; nothing of it was sent."""


BeforeSend = Callable[[str], None]
"""Called with the method right before a request is written; raises `NotSentError` to keep it from that."""


def ask_nothing(_: str) -> None:
    """Default `BeforeSend`."""
