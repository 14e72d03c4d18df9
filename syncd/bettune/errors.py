"""What may go wrong between us and BetTune. No message holds a header or the token."""

from typing import Literal, NamedTuple

MESSAGE_LENGTH = 200
"""More of BetTune's words than this would flood a log line or a table."""


class Operation(NamedTuple):
    """One of the six things to ask of BetTune, and of what."""

    name: Literal["sports", "matches", "filters", "search", "put", "delete"]
    subject: str = ""

    @property
    def writes(self) -> bool:
        """Whether it changes what BetTune holds."""
        return self.name in ("put", "delete")

    def __str__(self) -> str:
        return f"{self.name} {self.subject}".rstrip()


class BetTuneError(Exception):
    """Any failure of an operation.

    `code` and `message` are BetTune's own words as far as it gave any; `status` is none where no
    answer came. `outcome_unknown` is true for a put or delete that may have been carried out
    although we cannot tell: the pair has to be read back, or written again (both are idempotent).
    """

    def __init__(
        self,
        operation: Operation,
        *,
        code: str,
        message: str,
        status: int | None = None,
        outcome_unknown: bool = False,
    ) -> None:
        self.operation = operation
        self.code = shortened(code)
        self.message = shortened(message)
        self.status = status
        self.outcome_unknown = outcome_unknown
        super().__init__(f"{operation}: {' '.join(str(word) for word in self._words() if word)}")

    def _words(self) -> tuple[object, ...]:
        return (self.status, self.code, f"({self.message})" if self.message else "")


class UnauthorizedError(BetTuneError):
    """401: no token, or a wrong or replaced one. Every operation will be refused."""


class ForbiddenError(BetTuneError):
    """403: the token is right, but its user may not do this."""


class ProRequiredError(ForbiddenError):
    """403 `pro_subscription_required`: predictions need an active PRO subscription."""


class RejectedError(BetTuneError):
    """400 and its kin: this very request is wrong and will not succeed by being repeated."""


class NotFoundError(BetTuneError):
    """404 in BetTune's own words: the filter or the match does not exist (any more)."""


class RateLimitedError(BetTuneError):
    """429: nothing was done. `retry_after_s` is none where BetTune names no time."""

    def __init__(self, operation: Operation, *, code: str, message: str, retry_after_s: float | None) -> None:
        super().__init__(operation, code=code, message=message, status=429)
        self.retry_after_s = retry_after_s


class UnavailableError(BetTuneError):
    """An outage: no connection, a timeout, 5xx, a redirect, a page of HTML. Never data."""


class BadAnswerError(BetTuneError):
    """A 2xx answer that cannot be read, or that does not answer what was asked."""


def shortened(text: str) -> str:
    """One line of at most `MESSAGE_LENGTH` printable characters."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line if len(line) <= MESSAGE_LENGTH else line[: MESSAGE_LENGTH - 1] + "…"
