"""The three hosts that speak Pinnacle's API, and what differs between them: paths, shapes, cursors, limits.

Sources: the manual of 2017; the OpenAPI files and fair use policies of Pinnacle and PS3838.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from syncd.simulator.listed import Stamp
from syncd.simulator.request_log import Spacing


class PinnacleResource(StrEnum):
    """What a path is for; limits are counted by it, whichever version is asked."""

    SPORTS = "sports"
    LEAGUES = "leagues"
    FIXTURES = "fixtures"
    SETTLED = "settled"
    SPECIALS = "specials"
    SETTLED_SPECIALS = "settled_specials"
    ODDS = "odds"
    SPECIAL_ODDS = "special_odds"
    LINE = "line"
    SPECIAL_LINE = "special_line"
    PERIODS = "periods"
    INRUNNING = "inrunning"
    CANCELLATION_REASONS = "cancellation_reasons"
    CURRENCIES = "currencies"
    BALANCE = "balance"
    BETTING_STATUS = "betting_status"
    TRANSLATIONS = "translations"


class DocumentShape(StrEnum):
    """How much of an answer a version carries."""

    PLAIN = "plain"
    """The fields of 2017."""
    FULL = "full"
    """With what was added since; team totals one line a side."""
    ARRAYS = "arrays"
    """FULL, and team totals as arrays with alternatives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One host's way to speak."""

    name: str
    paths: Mapping[str, tuple[PinnacleResource, DocumentShape]]
    """Without the leading slash, in lower case."""
    pace: Mapping[PinnacleResource, Spacing]
    by_time: bool = False
    """Cursors are epoch milliseconds of the sport's newest change, else a sequence."""
    special_cutoff: str = "cutoff"
    special_limit: str = "maxBet"

    def cursor(self, stamp: Stamp) -> int:
        """The part of a stamp that this host's cursors are made of."""
        return stamp.millis if self.by_time else stamp.sequence


P, F, A = DocumentShape.PLAIN, DocumentShape.FULL, DocumentShape.ARRAYS

EVERYWHERE: Mapping[str, tuple[PinnacleResource, DocumentShape]] = {
    "v1/periods": (PinnacleResource.PERIODS, F),
    "v1/cancellationreasons": (PinnacleResource.CANCELLATION_REASONS, F),
    "v2/currencies": (PinnacleResource.CURRENCIES, F),
    "v1/client/balance": (PinnacleResource.BALANCE, F),
    "v1/translations": (PinnacleResource.TRANSLATIONS, F),
    "v1/inrunning": (PinnacleResource.INRUNNING, F),
    "v1/line": (PinnacleResource.LINE, F),
    "v1/line/special": (PinnacleResource.SPECIAL_LINE, F),
}


def _pace(
    snapshot: float, delta: float, settled: tuple[float, float], lists: float, **more: float
) -> Mapping[PinnacleResource, Spacing]:
    """`lists`: sports and leagues. `more`: further endpoints by name."""
    both = Spacing(snapshot, delta)
    found = dict.fromkeys(
        (
            PinnacleResource.FIXTURES,
            PinnacleResource.SPECIALS,
            PinnacleResource.ODDS,
            PinnacleResource.SPECIAL_ODDS,
        ),
        both,
    )
    found |= dict.fromkeys((PinnacleResource.SETTLED, PinnacleResource.SETTLED_SPECIALS), Spacing(*settled))
    found |= dict.fromkeys((PinnacleResource.SPORTS, PinnacleResource.LEAGUES), Spacing(lists, lists))
    return MappingProxyType(found | {PinnacleResource(name): Spacing(gap, gap) for name, gap in more.items()})


NATIVE = Dialect(
    name="pinnacle",
    paths=MappingProxyType(
        {
            **EVERYWHERE,
            "v2/sports": (PinnacleResource.SPORTS, F),
            "v2/leagues": (PinnacleResource.LEAGUES, F),
            "v1/fixtures": (PinnacleResource.FIXTURES, F),
            "v1/fixtures/settled": (PinnacleResource.SETTLED, F),
            "v1/fixtures/special": (PinnacleResource.SPECIALS, F),
            "v1/fixtures/special/settled": (PinnacleResource.SETTLED_SPECIALS, F),
            "v1/odds": (PinnacleResource.ODDS, F),
            "v2/odds": (PinnacleResource.ODDS, A),
            "v1/odds/special": (PinnacleResource.SPECIAL_ODDS, F),
            "v4/bets/betting-status": (PinnacleResource.BETTING_STATUS, F),
        }
    ),
    pace=_pace(120, 120, (120, 60), 3600, line=120, special_line=120),
)

PS3838 = Dialect(
    name="ps3838",
    by_time=True,
    special_cutoff="cutOff",
    paths=MappingProxyType(
        {
            **EVERYWHERE,
            "v1/sports": (PinnacleResource.SPORTS, P),
            "v3/sports": (PinnacleResource.SPORTS, F),
            "v1/leagues": (PinnacleResource.LEAGUES, P),
            "v3/leagues": (PinnacleResource.LEAGUES, F),
            "v1/fixtures": (PinnacleResource.FIXTURES, P),
            "v3/fixtures": (PinnacleResource.FIXTURES, F),
            "v1/fixtures/settled": (PinnacleResource.SETTLED, P),
            "v3/fixtures/settled": (PinnacleResource.SETTLED, F),
            "v1/fixtures/special": (PinnacleResource.SPECIALS, P),
            "v2/fixtures/special": (PinnacleResource.SPECIALS, F),
            "v1/fixtures/special/settled": (PinnacleResource.SETTLED_SPECIALS, P),
            "v3/fixtures/special/settled": (PinnacleResource.SETTLED_SPECIALS, F),
            "v1/odds": (PinnacleResource.ODDS, P),
            "v3/odds": (PinnacleResource.ODDS, F),
            "v4/odds": (PinnacleResource.ODDS, A),
            "v1/odds/special": (PinnacleResource.SPECIAL_ODDS, P),
            "v2/odds/special": (PinnacleResource.SPECIAL_ODDS, F),
            "v2/line": (PinnacleResource.LINE, F),
            "v2/line/special": (PinnacleResource.SPECIAL_LINE, F),
            "v2/inrunning": (PinnacleResource.INRUNNING, F),
            "v1/bets/betting-status": (PinnacleResource.BETTING_STATUS, F),
        }
    ),
    pace=_pace(60, 5, (60, 5), 60, inrunning=2),
)

MANUAL_2017 = Dialect(
    name="manual-2017",
    special_limit="maxRisk",
    paths=MappingProxyType(
        {
            **EVERYWHERE,
            "v2/sports": (PinnacleResource.SPORTS, F),
            "v2/leagues": (PinnacleResource.LEAGUES, F),
            "v1/fixtures": (PinnacleResource.FIXTURES, P),
            "v1/fixtures/settled": (PinnacleResource.SETTLED, F),
            "v1/fixtures/special": (PinnacleResource.SPECIALS, P),
            "v1/fixtures/special/settled": (PinnacleResource.SETTLED_SPECIALS, P),
            "v1/odds": (PinnacleResource.ODDS, P),
            "v1/odds/special": (PinnacleResource.SPECIAL_ODDS, P),
            "v1/bets/betting-status": (PinnacleResource.BETTING_STATUS, F),
        }
    ),
    pace=_pace(60, 5, (60, 5), 3600),
)

DIALECTS = MappingProxyType({dialect.name: dialect for dialect in (NATIVE, PS3838, MANUAL_2017)})
"""By the name of the preset in the config file."""


def equal_pace(seconds: float) -> Mapping[PinnacleResource, Spacing]:
    """A pace for tests and the demo: each endpoint of the feed at most once in so many seconds."""
    return _pace(seconds, seconds, (seconds, seconds), seconds)
