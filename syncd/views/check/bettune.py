"""Whether BetTune lets us in, with PRO, and which limit it names: two or three requests out of the budget."""

from collections.abc import AsyncIterator, Collection
from datetime import timedelta
from functools import partial

from syncd.bettune.budget import Budget
from syncd.bettune.client import BetTuneClient, ResponseInfo
from syncd.bettune.errors import (
    BadResponseError,
    BetTuneError,
    ForbiddenError,
    NotFoundError,
    ProRequiredError,
    RateLimitedError,
    RejectedError,
    UnauthorizedError,
    UnavailableError,
)
from syncd.bettune.gateway import Area, BetTuneGateway
from syncd.bettune.rate_limit import RateLimit
from syncd.config.settings import Settings
from syncd.model.bettune import Filter
from syncd.runtime.alerts import Alerts
from syncd.store.engine import Store
from syncd.views.check.report import Finding, Severity, ok, problem, warning

SUBJECT = "bettune"
RENEW = "make a new token on BetTune's settings page and put it into bettune.token"

NO_MATCH = 1
"""An id as good as any where BetTune lists no match these days."""


class BetTuneCheck:
    """Asks through the same budget as everything else. Afterwards `filters` are those that BetTune lists."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self.filters: Collection[Filter] | None = None
        """None where BetTune did not tell."""
        self._settings = settings
        self._store = store
        self._limits: RateLimit | None = None
        self._heard = False

    async def findings(self) -> AsyncIterator[Finding]:
        """Token, PRO and limit, as far as one leads to the next."""
        if "bettune.token" in self._settings.missing_credentials:
            yield problem(SUBJECT, "bettune.token is not set", RENEW)
            return
        bettune = self._settings.bettune
        client = BetTuneClient(
            bettune.base_url,
            bettune.token.get_secret_value(),
            clock=self._store.clock,
            on_response=self._hear,
            timeout_s=bettune.timeout.total_seconds(),
        )
        async with client:
            gateway = await self._gateway(client)
            try:
                self.filters = await gateway.call(Area.CATALOGUE, client.filters)
            except BetTuneError as error:
                yield refusal(error)
                return
            yield ok(SUBJECT, f"{bettune.base_url} takes the token")
            yield await self._pro(gateway)
            yield self._limit()

    async def _gateway(self, client: BetTuneClient) -> BetTuneGateway:
        limit = self._settings.bettune.limit
        self._budget = Budget(
            self._store,
            self._store.clock,
            limit=limit.requests,
            span=limit.window,
            deadline=self._settings.bettune.timeout,
        )
        await self._budget.load()
        return BetTuneGateway(client, self._budget, self._store, Alerts(self._store.clock), self._store.clock)

    def _hear(self, response: ResponseInfo) -> None:
        self._heard = True
        self._limits = response.rate_limit or self._limits
        self._budget.learn(response.rate_limit)

    async def _pro(self, gateway: BetTuneGateway) -> Finding:
        """Only predictions need PRO; any filter and match will do to hear of it."""
        if not self.filters:
            return warning(
                SUBJECT, "it lists no prediction-based filter", "create one in BetTune, and approve it"
            )
        first = next(iter(self.filters))
        match_id = await self._some_match(gateway)
        try:
            await gateway.call(Area.READING, lambda: gateway.client.search(first.id, [match_id]))
        except (NotFoundError, RejectedError):
            pass  # it got as far as looking for them
        except BetTuneError as error:
            return refusal(error)
        return ok(SUBJECT, "PRO is active: predictions may be read and written")

    async def _some_match(self, gateway: BetTuneGateway) -> int:
        """One that BetTune knows, for a search that names none may be refused for that."""
        today = self._store.clock.now().date()
        for day in (today, today + timedelta(days=1)):
            try:
                found = await gateway.call(Area.CATALOGUE, partial(gateway.client.matches, day))
            except BetTuneError:
                break
            if found:
                return found[0].id
        return NO_MATCH

    def _limit(self) -> Finding:
        own = self._settings.bettune.limit
        if self._limits is None:
            return warning(
                SUBJECT,
                f"it names no rate limit: {own.requests} requests in {own.window.total_seconds():g} s "
                "are assumed",
                "set [bettune.limit] to what BetTune allows, if you know it",
            )
        return ok(SUBJECT, f"it allows {self._limits.requests} requests in {self._limits.window_s:g} s")


MEANINGS = (
    (UnauthorizedError, Severity.PROBLEM, "the token is wrong or was replaced", RENEW),
    (
        ProRequiredError,
        Severity.PROBLEM,
        "the account has no PRO subscription",
        "predictions need it: renew it at BetTune",
    ),
    (ForbiddenError, Severity.PROBLEM, "the account is refused", "ask BetTune why"),
    (RateLimitedError, Severity.WARNING, "we have asked too often", "try again in a minute"),
    (
        UnavailableError,
        Severity.PROBLEM,
        "it cannot be reached",
        "check bettune.base_url, and whether this machine reaches it",
    ),
    (BadResponseError, Severity.PROBLEM, "its answer cannot be read", "check bettune.base_url"),
    (BetTuneError, Severity.PROBLEM, "it refuses to answer", "check bettune.base_url"),
)
"""What an error means, and what to do; the first kind that fits counts."""


def refusal(error: BetTuneError) -> Finding:
    """An error of BetTune's as a finding."""
    level, meaning, advice = next(row[1:] for row in MEANINGS if isinstance(error, row[0]))
    return Finding(level=level, subject=SUBJECT, message=f"{meaning} ({error})", advice=advice)
