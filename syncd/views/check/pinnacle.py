"""Whether Pinnacle can be reached and lets us in, without a call that a pace forbids."""

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
from syncd.views.check.report import Finding, Severity, ok, problem, warning

SUBJECT = "pinnacle"
ALL_SPORTS = 0
"""The list of sports belongs to no sport."""


async def check_pinnacle(settings: Settings, store: Store) -> AsyncIterator[Finding]:
    """What the host says to our credentials, and what the feeds last heard."""
    missing = [key for key in settings.missing_credentials if key.startswith("pinnacle.")]
    if missing:
        yield problem(
            SUBJECT, f"{' and '.join(missing)} not set", "put them into the config or the environment"
        )
        return
    async with pinnacle_of(settings, store.clock) as client:
        yield await _let_in(client, settings, store)
    async with store.read() as conn:
        states = await load_feeds(conn, settings)
    for state in states:
        if state.error:
            yield warning(
                f"{SUBJECT} {state.kind} {state.sport_id}",
                f"the last poll failed: {state.error}",
                f"failing since {state.error_since:%d %b %H:%M} UTC" if state.error_since else "",
            )


async def _let_in(client: PinnacleClient, settings: Settings, store: Store) -> Finding:
    """The balance has no pace; who may not see it is tried on the list of sports, at its own pace."""
    try:
        await client.balance()
    except (ForbiddenError, NotFoundError) as error:
        if isinstance(error, ForbiddenError) and error.no_api_access:
            return _refused(error)
        return await _by_sports(client, settings, store)
    except PinnacleError as error:
        return _refused(error)
    return _welcome(settings)


async def _by_sports(client: PinnacleClient, settings: Settings, store: Store) -> Finding:
    if not await _may_ask_sports(settings, store):
        return warning(SUBJECT, f"{client.base_url} was asked lately; the credentials cannot be tried now")
    try:
        await client.sports()
    except NotFoundError:
        return warning(
            SUBJECT,
            f"{client.base_url} answers, but has neither balance nor sports to try the credentials on",
            "the first poll will tell",
        )
    except PinnacleError as error:
        return _refused(error)
    return _welcome(settings)


async def _may_ask_sports(settings: Settings, store: Store) -> bool:
    """Whether the pace allows it; if so the next time is noted first, as before every call."""
    bucket = Bucket(settings.pinnacle.base_url[:200], "sports", ALL_SPORTS)
    now, gap = store.clock.now(), settings.pinnacle.pace.sports
    async with store.write(fenced=False) as conn:
        known = await feeds.load_next_times(conn, bucket)
        # A clock that was set back must not forbid it for longer than the gap.
        if known and timedelta(0) < known.call_at - now <= gap + settings.pinnacle.timeout:
            return False
        after = now + gap + settings.pinnacle.timeout
        await feeds.save_next_times(conn, bucket, NextTimes(after, after))
    return True


def _welcome(settings: Settings) -> Finding:
    return ok(SUBJECT, f"{settings.pinnacle.base_url} lets {settings.pinnacle.username} in")


MEANINGS = (
    (
        UnauthorizedError,
        Severity.PROBLEM,
        "user name or password is wrong",
        "correct pinnacle.username or the password",
    ),
    (ForbiddenError, Severity.PROBLEM, "the account is refused", "ask Pinnacle whether it is active"),
    (RateLimitedError, Severity.WARNING, "we have asked too often", "try again in some minutes"),
    (
        UnavailableError,
        Severity.PROBLEM,
        "it cannot be reached",
        "check pinnacle.base_url, and whether this machine reaches it",
    ),
    (
        PinnacleError,
        Severity.PROBLEM,
        "its answer cannot be used",
        "check pinnacle.preset and pinnacle.paths",
    ),
)
"""What an error means, and what to do; the first kind that fits counts."""


def _refused(error: PinnacleError) -> Finding:
    level, meaning, advice = next(row[1:] for row in MEANINGS if isinstance(error, row[0]))
    if isinstance(error, ForbiddenError) and error.no_api_access:
        meaning = "the account has no access to the API"
        advice = "since 2025 access is by application: write to api@pinnacle.com"
    return Finding(level=level, subject=SUBJECT, message=f"{meaning} ({error})", advice=advice)
