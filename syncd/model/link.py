"""A link says that a Pinnacle event and a BetTune match are the same game, and why we think so."""

from datetime import datetime
from enum import StrEnum

import msgspec


class LinkState(StrEnum):
    """Where a link stands. Only `AUTO` and `CONFIRMED` carry predictions."""

    AUTO = "auto"
    CONFIRMED = "confirmed"
    """By a person's word, which beats everything and survives."""
    REVIEW = "review"
    """Waits for a person."""

    @property
    def carries_predictions(self) -> bool:
        """Whether prices may follow this link."""
        return self is not LinkState.REVIEW


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of what speaks for or against a link, as `explain` shows it."""

    kind: str
    """`home`, `away`, `kickoff`, `country`, `tournament`, `class`, `memory`, `alone`, ..."""
    text: str
    weight: float = 0.0
    """Natural logarithm of the likelihood ratio: above 0 speaks for the link."""


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """An event and a match, how sure we are (0..1), and the evidence."""

    event_id: int
    match_id: int
    state: LinkState
    confidence: float
    evidence: tuple[Evidence, ...] = ()
    reason: str = ""
    """One sentence: why it is automatic, or why it waits for a person."""
    runner_up: int | None = None
    """The next best match id, where there is one."""
    decided_at: datetime | None = None
