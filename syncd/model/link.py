"""Links: a Pinnacle event and a BetTune match that are the same game, with the evidence."""

from datetime import datetime
from enum import StrEnum

import msgspec


class LinkState(StrEnum):
    """The state of a link. Only `AUTO` and `CONFIRMED` carry predictions."""

    AUTO = "auto"
    CONFIRMED = "confirmed"
    """By a user's decision, which beats everything and stays."""
    REVIEW = "review"
    """Waits for a user's decision."""

    @property
    def carries_predictions(self) -> bool:
        """True if prices may follow this link."""
        return self is not LinkState.REVIEW


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of evidence for or against a link, as `explain` shows it."""

    kind: str
    """`home`, `away`, `swapped`, `kickoff`, `league`, `squad`, `alone` (by elimination) or `needed`.

    `needed` says what would link a candidate that waits."""
    text: str
    weight: float = 0.0
    """Natural logarithm of the likelihood ratio: above 0 is for the link."""


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """An event and a match, the confidence (0 to 1) that they are the same game, and the evidence."""

    event_id: int
    match_id: int
    state: LinkState
    confidence: float
    evidence: tuple[Evidence, ...] = ()
    reason: str = ""
    """One sentence: why it is automatic, or why it is for review."""
    runner_up: int | None = None
    """The id of the next best match; None if there is none."""
    decided_at: datetime | None = None
