"""Check Pinnacle: the host and the credentials, without a request that the pace forbids."""

from collections.abc import AsyncIterator
from datetime import timedelta

from syncd.app.components import pinnacle_of
from syncd.config.settings import Settings
from syncd.pinnacle.client import PinnacleClient
from syncd.pinnacle.errors import (
    ForbiddenError,
    NotFoundError,
    PinnacleError,
    RateLimitedError,
    UnauthorizedError,
    UnavailableError,
)
from syncd.store import feeds
from syncd.store.engine import Store
from syncd.store.feeds import Bucket, NextTimes
from syncd.sync.freshness import load_feeds
from syncd.views.check.report import (
    ErrorMeaning,
    Finding,
    error_finding,
    ok,
    problem,
    too_many_requests,
    unreachable,
    warning,
)
from syncd.views.formatting import code_text

SUBJECT = "pinnacle"
ALL_SPORTS = 0
"""The sport id of the bucket for the list of sports, which belongs to no sport."""

NO_API_ACCESS = ErrorMeaning(
    ForbiddenError,
    "the account has no access to the API",
    "since 2025 access is by application: write to api@pinnacle.com",
)
ERROR_MEANINGS = (
    ErrorMeaning(
        UnauthorizedError,
        "user name or password is wrong",
        "correct pinnacle.username or the password",
    ),
    ErrorMeaning(ForbiddenError, "the account is refused", "ask Pinnacle whether it is active"),
    too_many_requests(RateLimitedError, "try again in some minutes"),
    unreachable(UnavailableError, "pinnacle.base_url"),
    ErrorMeaning(
        PinnacleError,
        "its response cannot be used",
        "check pinnacle.preset and pinnacle.paths",
    ),
)


async def check_pinnacle(settings: Settings, store: Store) -> AsyncIterator[Finding]:
    """Check that the host accepts the credentials, and that no feed failed last time."""
    missing = [key for key in settings.missing_credentials if key.startswith("pinnacle.")]
    if missing:
        yield problem(
            SUBJECT, f"{' and '.join(missing)} not set", "put them into the config or the environment"
        )
        return
    async with pinnacle_of(settings, store.clock) as client:
        yield await _check_credentials(client, settings, store)
    async with store.read() as conn:
        states = await load_feeds(conn, settings)
    for state in states:
        if state.error:
            yield warning(
                f"{SUBJECT} {code_text(state.kind)} {state.sport_id}",
                f"the last poll failed: {state.error}",
                f"failing since {state.error_since:%d %b %H:%M} UTC" if state.error_since else "",
            )


async def _check_credentials(client: PinnacleClient, settings: Settings, store: Store) -> Finding:
    """Request the balance, which has no pace; an account without it requests the sports, at their pace."""
    try:
        await client.balance()
    except (ForbiddenError, NotFoundError) as error:
        if isinstance(error, ForbiddenError) and error.no_api_access:
            return _error_finding(error)
        return await _check_by_sports(client, settings, store)
    except PinnacleError as error:
        return _error_finding(error)
    return _accepted(settings)


async def _check_by_sports(client: PinnacleClient, settings: Settings, store: Store) -> Finding:
    if not await _may_request_sports(settings, store):
        return warning(
            SUBJECT, f"{client.base_url} had a request recently; the credentials cannot be tested now"
        )
    try:
        await client.sports()
    except NotFoundError:
        return warning(
            SUBJECT,
            f"{client.base_url} responds, but has neither balance nor sports to test the credentials with",
            "the first poll will test them",
        )
    except PinnacleError as error:
        return _error_finding(error)
    return _accepted(settings)


async def _may_request_sports(settings: Settings, store: Store) -> bool:
    """Check the pace; if it allows a request, store the next allowed time first, as always."""
    bucket = Bucket(settings.pinnacle.base_url[:200], "sports", ALL_SPORTS)
    now, gap = store.clock.now(), settings.pinnacle.pace.sports
    async with store.write(fenced=False) as conn:
        next_times = await feeds.load_next_times(conn, bucket)
        # A clock that was set back must not forbid it for longer than the gap.
        if next_times and timedelta(0) < next_times.call_at - now <= gap + settings.pinnacle.timeout:
            return False
        allowed_at = now + gap + settings.pinnacle.timeout
        await feeds.save_next_times(conn, bucket, NextTimes(allowed_at, allowed_at))
    return True


def _accepted(settings: Settings) -> Finding:
    return ok(SUBJECT, f"{settings.pinnacle.base_url} accepts {settings.pinnacle.username}")


def _error_finding(error: PinnacleError) -> Finding:
    if isinstance(error, ForbiddenError) and error.no_api_access:
        return error_finding(SUBJECT, error, [NO_API_ACCESS])
    return error_finding(SUBJECT, error, ERROR_MEANINGS)
