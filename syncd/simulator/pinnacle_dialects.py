"""The dialects of the three hosts that serve Pinnacle's API: paths, shapes, cursors and limits.

Sources: the manual of 2017; the OpenAPI files and fair use policies of Pinnacle and PS3838.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from syncd.simulator.listed import Stamp
from syncd.simulator.rate_limits import Spacing


class PinnacleResource(StrEnum):
    """The resource behind a path. Limits are counted by resource, whichever version is requested."""

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
    """The fields that the documents of a version have."""

    PLAIN = "plain"
    """The fields of 2017."""
    FULL = "full"
    """With the fields added since; team totals have one line per side."""
    ARRAYS = "arrays"
    """FULL, and team totals as arrays with alternative lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """The API of one host."""

    name: str
    paths: Mapping[str, tuple[PinnacleResource, DocumentShape]]
    """Without the leading slash, in lower case."""
    pace: Mapping[PinnacleResource, Spacing]
    by_time: bool = False
    """True if cursors are epoch milliseconds of the sport's newest change; false if they are a sequence."""
    special_cutoff: str = "cutoff"
    special_limit: str = "maxBet"

    def cursor(self, stamp: Stamp) -> int:
        """The part of the stamp that this host uses as its cursor."""
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
    """Seconds. `lists`: sports and leagues; `more`: other resources by name."""
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
    """A pace for tests and the demo: every feed, snapshot or delta, at most once in so many seconds."""
    return _pace(seconds, seconds, (seconds, seconds), seconds)
