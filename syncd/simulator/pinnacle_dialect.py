"""The three hosts that speak Pinnacle's API, and what differs between them: paths, shapes, cursors, limits.

Sources: the manual of 2017; the OpenAPI files and fair use policies of Pinnacle and PS3838.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from syncd.simulator.arrivals import Spacing
from syncd.simulator.listing import Stamp


class Ask(StrEnum):
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


class Shape(StrEnum):
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
    paths: Mapping[str, tuple[Ask, Shape]]
    """Without the leading slash, in lower case."""
    pace: Mapping[Ask, Spacing]
    by_time: bool = False
    """Cursors are epoch milliseconds of the sport's newest change, else a sequence."""
    special_cutoff: str = "cutoff"
    special_limit: str = "maxBet"

    def cursor(self, stamp: Stamp) -> int:
        """The part of a stamp that this host's cursors are made of."""
        return stamp.millis if self.by_time else stamp.sequence


P, F, A = Shape.PLAIN, Shape.FULL, Shape.ARRAYS

EVERYWHERE: Mapping[str, tuple[Ask, Shape]] = {
    "v1/periods": (Ask.PERIODS, F),
    "v1/cancellationreasons": (Ask.CANCELLATION_REASONS, F),
    "v2/currencies": (Ask.CURRENCIES, F),
    "v1/client/balance": (Ask.BALANCE, F),
    "v1/translations": (Ask.TRANSLATIONS, F),
    "v1/inrunning": (Ask.INRUNNING, F),
    "v1/line": (Ask.LINE, F),
    "v1/line/special": (Ask.SPECIAL_LINE, F),
}


def _pace(
    snapshot: float, delta: float, settled: tuple[float, float], lists: float, **more: float
) -> Mapping[Ask, Spacing]:
    """`lists`: sports and leagues. `more`: further endpoints by name."""
    both = Spacing(snapshot, delta)
    found = dict.fromkeys((Ask.FIXTURES, Ask.SPECIALS, Ask.ODDS, Ask.SPECIAL_ODDS), both)
    found |= dict.fromkeys((Ask.SETTLED, Ask.SETTLED_SPECIALS), Spacing(*settled))
    found |= dict.fromkeys((Ask.SPORTS, Ask.LEAGUES), Spacing(lists, lists))
    return MappingProxyType(found | {Ask(name): Spacing(gap, gap) for name, gap in more.items()})


NATIVE = Dialect(
    name="pinnacle",
    paths=MappingProxyType(
        {
            **EVERYWHERE,
            "v2/sports": (Ask.SPORTS, F),
            "v2/leagues": (Ask.LEAGUES, F),
            "v1/fixtures": (Ask.FIXTURES, F),
            "v1/fixtures/settled": (Ask.SETTLED, F),
            "v1/fixtures/special": (Ask.SPECIALS, F),
            "v1/fixtures/special/settled": (Ask.SETTLED_SPECIALS, F),
            "v1/odds": (Ask.ODDS, F),
            "v2/odds": (Ask.ODDS, A),
            "v1/odds/special": (Ask.SPECIAL_ODDS, F),
            "v4/bets/betting-status": (Ask.BETTING_STATUS, F),
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
            "v1/sports": (Ask.SPORTS, P),
            "v3/sports": (Ask.SPORTS, F),
            "v1/leagues": (Ask.LEAGUES, P),
            "v3/leagues": (Ask.LEAGUES, F),
            "v1/fixtures": (Ask.FIXTURES, P),
            "v3/fixtures": (Ask.FIXTURES, F),
            "v1/fixtures/settled": (Ask.SETTLED, P),
            "v3/fixtures/settled": (Ask.SETTLED, F),
            "v1/fixtures/special": (Ask.SPECIALS, P),
            "v2/fixtures/special": (Ask.SPECIALS, F),
            "v1/fixtures/special/settled": (Ask.SETTLED_SPECIALS, P),
            "v3/fixtures/special/settled": (Ask.SETTLED_SPECIALS, F),
            "v1/odds": (Ask.ODDS, P),
            "v3/odds": (Ask.ODDS, F),
            "v4/odds": (Ask.ODDS, A),
            "v1/odds/special": (Ask.SPECIAL_ODDS, P),
            "v2/odds/special": (Ask.SPECIAL_ODDS, F),
            "v2/line": (Ask.LINE, F),
            "v2/line/special": (Ask.SPECIAL_LINE, F),
            "v2/inrunning": (Ask.INRUNNING, F),
            "v1/bets/betting-status": (Ask.BETTING_STATUS, F),
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
            "v2/sports": (Ask.SPORTS, F),
            "v2/leagues": (Ask.LEAGUES, F),
            "v1/fixtures": (Ask.FIXTURES, P),
            "v1/fixtures/settled": (Ask.SETTLED, F),
            "v1/fixtures/special": (Ask.SPECIALS, P),
            "v1/fixtures/special/settled": (Ask.SETTLED_SPECIALS, P),
            "v1/odds": (Ask.ODDS, P),
            "v1/odds/special": (Ask.SPECIAL_ODDS, P),
            "v1/bets/betting-status": (Ask.BETTING_STATUS, F),
        }
    ),
    pace=_pace(60, 5, (60, 5), 3600),
)

DIALECTS = MappingProxyType({dialect.name: dialect for dialect in (NATIVE, PS3838, MANUAL_2017)})
"""By the name of the preset in the config file."""


def every(seconds: float) -> Mapping[Ask, Spacing]:
    """A pace for tests and the demo: each endpoint of the feed at most once in so many seconds."""
    return _pace(seconds, seconds, (seconds, seconds), seconds)
