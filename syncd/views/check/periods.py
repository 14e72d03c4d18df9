"""Whether Pinnacle knows the periods that bet types speak of; asked only about unusual ones."""

from collections.abc import AsyncIterator, Collection, Mapping

from syncd.app.components import pinnacle_of
from syncd.config.rules import rule_for
from syncd.config.settings import Settings
from syncd.model.bettune import Filter
from syncd.model.pinnacle import SOCCER
from syncd.pinnacle.client import PinnacleClient
from syncd.pinnacle.errors import PinnacleError
from syncd.pricing.bet_types import BetTypeError, read_bet_type
from syncd.pricing.market import PERIODS
from syncd.store.engine import Store
from syncd.views.check.report import Finding, warning


async def check_periods(
    filters: Collection[Filter], settings: Settings, store: Store
) -> AsyncIterator[Finding]:
    """Filters whose period none of the polled sports has. Pinnacle's list has no pace of its own."""
    wanted = {each.id: period for each in filters if (period := _period(each, settings)) is not None}
    unusual = {each: period for each, period in wanted.items() if period not in _usual(settings)}
    if not unusual or "pinnacle.username" in settings.missing_credentials:
        return
    async with pinnacle_of(settings, store.clock) as client:
        try:
            known = await _names(client, settings)
        except PinnacleError:
            return  # whether Pinnacle answers has been looked at already
    for found in filters:
        period = unusual.get(found.id)
        if period is not None and period not in known:
            listed = ", ".join(f"{number} {name}" for number, name in sorted(known.items())) or "none"
            yield warning(
                f"filter {found.id} ({found.name})",
                f"its bet type {found.bet_type!r} is about period {period}, and Pinnacle has: {listed}",
                "no prediction can be made of it",
            )


def _usual(settings: Settings) -> Collection[int]:
    """The match and, in soccer, its halves: nobody has to be asked about these."""
    return PERIODS if settings.pinnacle.sports == (SOCCER,) else (0,)


def _period(found: Filter, settings: Settings) -> int | None:
    """The period of a filter that is filled; none of one that is left alone."""
    if not found.approved or rule_for(found.id, found.name, settings.rules) is None:
        return None
    try:
        return read_bet_type(found.bet_type, settings.bet_types).period
    except BetTypeError:
        return None


async def _names(client: PinnacleClient, settings: Settings) -> Mapping[int, str]:
    names: dict[int, str] = {}
    for sport_id in settings.pinnacle.sports:
        for period in (await client.periods(sport_id)).payload:
            names.setdefault(period.number, period.description or period.short_description)
    return names
