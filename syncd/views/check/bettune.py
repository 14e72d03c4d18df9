"""Check BetTune: the token, PRO and the rate limit, with two or three requests of the budget."""

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

SUBJECT = "bettune"
RENEW_ADVICE = "make a new token on BetTune's settings page and put it into bettune.token"

ANY_MATCH_ID = 1
"""Used in the search if BetTune lists no match for today and tomorrow."""

ERROR_MEANINGS = (
    ErrorMeaning(UnauthorizedError, "the token is wrong or was replaced", RENEW_ADVICE),
    ErrorMeaning(
        ProRequiredError,
        "the account has no PRO subscription",
        "predictions need it: renew it at BetTune",
    ),
    ErrorMeaning(ForbiddenError, "the account is refused", "ask BetTune for the reason"),
    too_many_requests(RateLimitedError, "try again in a minute"),
    unreachable(UnavailableError, "bettune.base_url"),
    ErrorMeaning(BadResponseError, "its response cannot be read", "check bettune.base_url"),
    ErrorMeaning(BetTuneError, "it refuses the request", "check bettune.base_url"),
)


class BetTuneCheck:
    """Sends its requests through the budget. Afterwards `filters` are those that BetTune lists."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self.filters: Collection[Filter] | None = None
        """None if BetTune did not list them."""
        self._settings = settings
        self._store = store
        self._rate_limit: RateLimit | None = None

    async def findings(self) -> AsyncIterator[Finding]:
        """Check the token, then PRO, then the limit; a wrong token ends the check."""
        if "bettune.token" in self._settings.missing_credentials:
            yield problem(SUBJECT, "bettune.token is not set", RENEW_ADVICE)
            return
        bettune = self._settings.bettune
        client = BetTuneClient.from_settings(bettune, clock=self._store.clock, on_response=self._learn_limit)
        async with client:
            gateway = await self._gateway(client)
            try:
                self.filters = await gateway.call(Area.CATALOGUE, client.filters)
            except BetTuneError as error:
                yield error_finding(SUBJECT, error, ERROR_MEANINGS)
                return
            yield ok(SUBJECT, f"{bettune.base_url} accepts the token")
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

    def _learn_limit(self, response: ResponseInfo) -> None:
        self._rate_limit = response.rate_limit or self._rate_limit
        self._budget.learn(response.limit_headers)

    async def _pro(self, gateway: BetTuneGateway) -> Finding:
        """Search for predictions, which only PRO allows; any filter and match will do."""
        if not self.filters:
            return warning(
                SUBJECT, "it lists no prediction-based filter", "create one in BetTune, and approve it"
            )
        filter_id = next(iter(self.filters)).id
        match_id = await self._listed_match_id(gateway)
        try:
            await gateway.call(Area.READING, lambda: gateway.client.search(filter_id, [match_id]))
        except (NotFoundError, RejectedError):
            pass  # the account may search: only the filter or the match was refused
        except BetTuneError as error:
            return error_finding(SUBJECT, error, ERROR_MEANINGS)
        return ok(SUBJECT, "PRO is active: predictions may be read and written")

    async def _listed_match_id(self, gateway: BetTuneGateway) -> int:
        """Find a match that BetTune knows: it may refuse a search for an unknown one."""
        today = self._store.clock.now().date()
        for day in (today, today + timedelta(days=1)):
            try:
                matches = await gateway.call(Area.CATALOGUE, partial(gateway.client.matches, day))
            except BetTuneError:
                break
            if matches:
                return matches[0].id
        return ANY_MATCH_ID

    def _limit(self) -> Finding:
        configured = self._settings.bettune.limit
        if self._rate_limit is None:
            return warning(
                SUBJECT,
                f"it names no rate limit: {configured.requests} requests in "
                f"{configured.window.total_seconds():g} s are assumed",
                "set [bettune.limit] to what BetTune allows, if you know it",
            )
        allowed = self._rate_limit
        return ok(SUBJECT, f"it allows {allowed.requests} requests in {allowed.window_s:g} s")
