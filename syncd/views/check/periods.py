"""Check that Pinnacle has the periods of the bet types. Only unusual ones need a request."""

from collections.abc import AsyncIterator, Collection, Mapping

from syncd.app.components import pinnacle_of
from syncd.config.rules import rule_for
from syncd.config.settings import Settings
from syncd.model.bettune import Filter
from syncd.model.pinnacle import SOCCER
from syncd.pinnacle.client import PinnacleClient
from syncd.pinnacle.errors import PinnacleError
from syncd.pricing.bet_types.reader import BetTypeError, read_bet_type
from syncd.pricing.market import PERIOD_NAMES
from syncd.store.engine import Store
from syncd.views.check.report import Finding, warning


async def check_periods(
    filters: Collection[Filter], settings: Settings, store: Store
) -> AsyncIterator[Finding]:
    """Find filters whose period no polled sport has. The list of periods has no pace of its own."""
    wanted = {each.id: period for each in filters if (period := _period(each, settings)) is not None}
    unusual = {each: period for each, period in wanted.items() if period not in _usual_periods(settings)}
    if not unusual or "pinnacle.username" in settings.missing_credentials:
        return
    async with pinnacle_of(settings, store.clock) as client:
        try:
            names = await _names(client, settings)
        except PinnacleError:
            return  # reported by `check_pinnacle` already
    for filter_ in filters:
        period = unusual.get(filter_.id)
        if period is not None and period not in names:
            listed = ", ".join(f"{number} {name}" for number, name in sorted(names.items())) or "none"
            yield warning(
                f"filter {filter_.id} ({filter_.name})",
                f"its bet type {filter_.bet_type!r} is about period {period}, and Pinnacle has: {listed}",
                "no prediction can be made for it",
            )


def _usual_periods(settings: Settings) -> Collection[int]:
    """The periods that need no request: the match and, in soccer, its halves."""
    return PERIOD_NAMES if settings.pinnacle.sports == (SOCCER,) else (0,)


def _period(filter_: Filter, settings: Settings) -> int | None:
    """Return the period of a filter that is priced; None for one that is left alone."""
    if not filter_.approved or rule_for(filter_.id, filter_.name, settings.rules) is None:
        return None
    try:
        return read_bet_type(filter_.bet_type, settings.bet_types).period
    except BetTypeError:
        return None


async def _names(client: PinnacleClient, settings: Settings) -> Mapping[int, str]:
    names: dict[int, str] = {}
    for sport_id in settings.pinnacle.sports:
        for period in (await client.periods(sport_id)).payload:
            names.setdefault(period.number, period.description or period.short_description)
    return names
