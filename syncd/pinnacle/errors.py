"""What may go wrong between us and Pinnacle. No message holds a header, a query or a secret."""


class PinnacleError(Exception):
    """Any failure of a call; `code` is Pinnacle's own word for it, where it gave one."""

    def __init__(self, words: str, *, code: str = "") -> None:
        super().__init__(words)
        self.code = code


class RateLimitedError(PinnacleError):
    """429: asked too often. `retry_after_s` is none where the server names no time."""

    def __init__(self, words: str, *, code: str = "", retry_after_s: float | None = None) -> None:
        super().__init__(words, code=code)
        self.retry_after_s = retry_after_s


class UnauthorizedError(PinnacleError):
    """401: name or password is wrong. Asking again soon would only draw a ban."""


class ForbiddenError(PinnacleError):
    """403: the account may not use the API, or is not active."""

    @property
    def no_api_access(self) -> bool:
        """Whether the account was never let in: access is by application since 2025."""
        return self.code == "NO_API_ACCESS"


class BadRequestError(PinnacleError):
    """400 and its kin: this request will not succeed by being repeated."""


class NotFoundError(PinnacleError):
    """404, 405 or 410: this host does not have the endpoint in this version."""


class UnavailableError(PinnacleError):
    """An outage: no connection, 5xx, a redirect, a page of HTML. Never data."""


class BadPayloadError(PinnacleError):
    """A 2xx answer that cannot be believed: garbled, cut, or with odds in another format."""
