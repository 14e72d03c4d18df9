"""Errors of requests to BetTune. No message contains a header or the token."""

from typing import Literal, NamedTuple

MESSAGE_LENGTH = 200
"""Characters of BetTune's text that are kept: more would flood a log line or a table."""


class Operation(NamedTuple):
    """One of the six operations of BetTune's API, and what it is about, such as a day or a pair."""

    name: Literal["sports", "matches", "filters", "search", "put", "delete"]
    subject: str = ""

    @property
    def writes(self) -> bool:
        """True if it changes a prediction."""
        return self.name in ("put", "delete")

    def __str__(self) -> str:
        return f"{self.name} {self.subject}".rstrip()


class BetTuneError(Exception):
    """Any failure of an operation.

    `code` and `message` are BetTune's own text where it sent any; `status` is None if there was no
    response. `outcome_unknown` is true for a put or delete that may have been carried out: the pair
    must be read back, or written again (both are idempotent). `retry_after_s` is the wait that the response
    names, None if it names none.
    """

    def __init__(
        self,
        operation: Operation,
        *,
        code: str,
        message: str,
        status: int | None = None,
        outcome_unknown: bool = False,
        retry_after_s: float | None = None,
    ) -> None:
        self.operation = operation
        self.code = shortened(code)
        self.message = shortened(message)
        self.status = status
        self.outcome_unknown = outcome_unknown
        self.retry_after_s = retry_after_s
        super().__init__(f"{operation}: {' '.join(str(part) for part in self._parts() if part)}")

    def _parts(self) -> tuple[object, ...]:
        return (self.status, self.code, f"({self.message})" if self.message else "")


class UnauthorizedError(BetTuneError):
    """401: the token is missing, wrong or replaced. Every operation will be refused."""


class ForbiddenError(BetTuneError):
    """403: the token is right, but its user may not do this."""


class ProRequiredError(ForbiddenError):
    """403 `pro_subscription_required`: predictions need an active PRO subscription."""


class RejectedError(BetTuneError):
    """400 and similar: the request itself is wrong, and repeating it cannot succeed."""


class NotFoundError(BetTuneError):
    """404 from BetTune itself, not from a proxy: the filter or the match does not exist."""


class RateLimitedError(BetTuneError):
    """429, or any status with such a code: nothing was done."""


class UnavailableError(BetTuneError):
    """An outage: no connection, a timeout, 5xx, a redirect, or a page of HTML."""


class BadResponseError(BetTuneError):
    """A 2xx response that cannot be read, or that does not match the request."""


def shortened(text: str) -> str:
    """Return the text as one line of at most `MESSAGE_LENGTH` printable characters."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line if len(line) <= MESSAGE_LENGTH else line[: MESSAGE_LENGTH - 1] + "…"
