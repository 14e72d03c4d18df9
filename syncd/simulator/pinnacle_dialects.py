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


Paths = Mapping[str, tuple[PinnacleResource, DocumentShape]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """The API of one host."""

    name: str
    paths: Paths
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

PATHS: Mapping[PinnacleResource, str] = {
    PinnacleResource.SPORTS: "sports",
    PinnacleResource.LEAGUES: "leagues",
    PinnacleResource.FIXTURES: "fixtures",
    PinnacleResource.SETTLED: "fixtures/settled",
    PinnacleResource.SPECIALS: "fixtures/special",
    PinnacleResource.SETTLED_SPECIALS: "fixtures/special/settled",
    PinnacleResource.ODDS: "odds",
    PinnacleResource.SPECIAL_ODDS: "odds/special",
    PinnacleResource.LINE: "line",
    PinnacleResource.SPECIAL_LINE: "line/special",
    PinnacleResource.INRUNNING: "inrunning",
    PinnacleResource.BETTING_STATUS: "bets/betting-status",
}
"""The part of a path behind the version, for resources whose versions differ by host."""


EVERYWHERE: Paths = {
    "v1/periods": (PinnacleResource.PERIODS, F),
    "v1/cancellationreasons": (PinnacleResource.CANCELLATION_REASONS, F),
    "v2/currencies": (PinnacleResource.CURRENCIES, F),
    "v1/client/balance": (PinnacleResource.BALANCE, F),
    "v1/translations": (PinnacleResource.TRANSLATIONS, F),
    "v1/inrunning": (PinnacleResource.INRUNNING, F),
    "v1/line": (PinnacleResource.LINE, F),
    "v1/line/special": (PinnacleResource.SPECIAL_LINE, F),
}


def _paths(**versions: Mapping[str, DocumentShape]) -> Paths:
    """Return all paths of a host: these versions of resources by name, and what every host has."""
    own = {
        f"{version}/{PATHS[PinnacleResource(name)]}": (PinnacleResource(name), shape)
        for name, shapes in versions.items()
        for version, shape in shapes.items()
    }
    return MappingProxyType({**EVERYWHERE, **own})


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
    paths=_paths(
        sports={"v2": F},
        leagues={"v2": F},
        fixtures={"v1": F},
        settled={"v1": F},
        specials={"v1": F},
        settled_specials={"v1": F},
        odds={"v1": F, "v2": A},
        special_odds={"v1": F},
        betting_status={"v4": F},
    ),
    pace=_pace(120, 120, (120, 60), 3600, line=120, special_line=120),
)

PS3838 = Dialect(
    name="ps3838",
    by_time=True,
    special_cutoff="cutOff",
    paths=_paths(
        sports={"v1": P, "v3": F},
        leagues={"v1": P, "v3": F},
        fixtures={"v1": P, "v3": F},
        settled={"v1": P, "v3": F},
        specials={"v1": P, "v2": F},
        settled_specials={"v1": P, "v3": F},
        odds={"v1": P, "v3": F, "v4": A},
        special_odds={"v1": P, "v2": F},
        line={"v2": F},
        special_line={"v2": F},
        inrunning={"v2": F},
        betting_status={"v1": F},
    ),
    pace=_pace(60, 5, (60, 5), 60, inrunning=2),
)

MANUAL_2017 = Dialect(
    name="manual-2017",
    special_limit="maxRisk",
    paths=_paths(
        sports={"v2": F},
        leagues={"v2": F},
        fixtures={"v1": P},
        settled={"v1": F},
        specials={"v1": P},
        settled_specials={"v1": P},
        odds={"v1": P},
        special_odds={"v1": P},
        betting_status={"v1": F},
    ),
    pace=_pace(60, 5, (60, 5), 3600),
)

DIALECTS = MappingProxyType({dialect.name: dialect for dialect in (NATIVE, PS3838, MANUAL_2017)})
"""By the name of the preset in the config file."""


def equal_pace(seconds: float) -> Mapping[PinnacleResource, Spacing]:
    """A pace for tests and the demo: every feed, snapshot or delta, at most once in this many seconds."""
    return _pace(seconds, seconds, (seconds, seconds), seconds)
