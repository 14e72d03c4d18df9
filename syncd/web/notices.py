"""Sentences about a form that was carried out, for the page that follows it."""

from collections import OrderedDict
from itertools import count
from typing import Final

import msgspec

MAX_NOTICES: Final = 200
"""Notices that are remembered: a page that is loaded again much later shows none."""


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """A decision about an event and a match."""

    do: str
    """`accept`, `choose`, `reject` or `undo`."""
    event_id: int
    match_id: int


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a decision."""

    decision: Decision
    sentences: tuple[str, ...]
    failed: bool = False
    """Nothing was changed: the sentences say why."""


class Notices:
    """The last notices, by number."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._kept: OrderedDict[str, Notice] = OrderedDict()

    def add(self, notice: Notice) -> str:
        """Keep a notice; returns the number for the address of the page."""
        number = str(next(self._numbers))
        self._kept[number] = notice
        if len(self._kept) > MAX_NOTICES:
            self._kept.popitem(last=False)
        return number

    def get(self, number: str) -> Notice | None:
        """Return a notice, or None if there is none of this number."""
        return self._kept.get(number)
