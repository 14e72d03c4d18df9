"""Failures of a request to Pinnacle. No message contains a header, a query or a secret."""

import re

_OF_ACCOUNT = re.compile(
    r"ACCOUNT|\bAPI|_API|CREDENTIAL|AUTH|CLIENT|USER|LOGIN|PASSWORD|COUNTRY|REGION|IP_|_IP\b|^\d*$"
)
"""In the code of a refusal of everything, such as NO_API_ACCESS or ACCOUNT_INACTIVE."""


class PinnacleError(Exception):
    """Any failure of a request; `code` is Pinnacle's own error code, empty if it sent none."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class RateLimitedError(PinnacleError):
    """429: too many requests. `retry_after_s` is None if the server names no time."""

    def __init__(self, message: str, *, code: str = "", retry_after_s: float | None = None) -> None:
        super().__init__(message, code=code)
        self.retry_after_s = retry_after_s


class UnauthorizedError(PinnacleError):
    """401: the user name or password is wrong. Repeating it soon would only risk a ban."""


class ForbiddenError(PinnacleError):
    """403: the account may not use the API, is not active, or may not see this sport."""

    @property
    def of_sport(self) -> bool:
        """True if only this sport is refused, as esports are without a special permission.

        An unknown code counts as the sport's own: a refused account is refused for every sport anyway.
        """
        return bool(self.code) and not _OF_ACCOUNT.search(self.code)

    @property
    def no_api_access(self) -> bool:
        """True if the account was never granted access: since 2025 it is given by application only."""
        return self.code == "NO_API_ACCESS"


class BadRequestError(PinnacleError):
    """400 and other 4xx: repeating this request will not help."""


class NotFoundError(PinnacleError):
    """404, 405 or 410: this host does not have the endpoint in this version."""


class UnavailableError(PinnacleError):
    """An outage: no connection, 5xx, a redirect, or HTML in place of JSON.

    `retry_after_s` is None if the server names no time.
    """

    def __init__(self, message: str, *, code: str = "", retry_after_s: float | None = None) -> None:
        super().__init__(message, code=code)
        self.retry_after_s = retry_after_s


class BadPayloadError(PinnacleError):
    """A 2xx response that cannot be trusted: garbled, cut, or with odds in another format."""


class EmptySnapshotError(BadPayloadError):
    """A snapshot without anything, though something was open. A blocked account gets nothing else."""
