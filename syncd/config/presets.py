"""Endpoints and pace of Pinnacle's API, and what differs between the hosts that serve it.

Sources: the manual of 2017, and the fair use policies and OpenAPI files of Pinnacle and PS3838
as of 2026. The config file can override every value.
"""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Literal, NamedTuple, get_args

from syncd.config.values import SettingsSection, Span

Endpoint = Literal[
    "sports",
    "leagues",
    "fixtures",
    "settled",
    "special_fixtures",
    "settled_specials",
    "odds",
    "special_odds",
    "periods",
    "inrunning",
    "betting_status",
    "line",
    "special_line",
    "balance",
    "currencies",
    "translations",
    "cancellation_reasons",
]
"""The read operations of the API."""

Versions = Mapping[Endpoint, str]
"""The version in the path of every endpoint, such as `v1` in `/v1/fixtures`."""


class Gaps(NamedTuple):
    """The smallest gaps between requests to one endpoint."""

    snapshot: timedelta
    """Between two snapshots."""
    delta: timedelta
    """Between any two requests."""


class Pace(SettingsSection):
    """The highest frequency of requests to Pinnacle, per endpoint and sport.

    `*_snapshot` is the smallest gap between two snapshots, `*_delta` between any two requests.
    The defaults are the preset's.
    """

    fixtures_snapshot: Span = timedelta(minutes=2)
    """Between two snapshots of fixtures."""
    fixtures_delta: Span = timedelta(minutes=2)
    """Between any two requests for fixtures."""
    odds_snapshot: Span = timedelta(minutes=2)
    """Between two snapshots of odds."""
    odds_delta: Span = timedelta(minutes=2)
    """Between any two requests for odds: it limits how fresh predictions are."""
    specials_snapshot: Span = timedelta(minutes=2)
    """Between two snapshots of special fixtures, or of special odds; only if a filter needs them."""
    specials_delta: Span = timedelta(minutes=2)
    """Between any two requests for special fixtures, or for special odds."""
    settled_snapshot: Span = timedelta(minutes=2)
    """Between two snapshots of settled fixtures, or of settled specials."""
    settled_delta: Span = timedelta(minutes=1)
    """Between any two requests for settled fixtures, or for settled specials."""
    leagues: Span = timedelta(hours=1)
    """Between two requests for the list of leagues."""
    sports: Span = timedelta(hours=1)
    """Between two requests for the list of sports."""
    betting_status: Span = timedelta(minutes=1)
    """Between two requests for the betting status: while all betting is closed, nothing has a price."""
    inrunning: Span = timedelta(minutes=1)
    """Between two requests for the matches in play, on a host that still lists them: they have no price."""
    translations: Span = timedelta(minutes=10)
    """Between two requests for translations of team names, each of ten names: only while an event waits whose
    names share nothing with those of any match, and once for each name."""
    resnapshot: Span = timedelta(minutes=15)
    """A full snapshot at least this often, whatever the deltas contained: it repairs what they may have
    lost."""

    @property
    def of_prices(self) -> dict[str, timedelta]:
        """The gap between two requests of each kind of feed that prices come from."""
        return {kind: self.gaps(kind).delta for kind in ("odds", "special_odds")}

    def gaps(self, endpoint: Endpoint) -> Gaps:
        """Return the gaps of an endpoint. Raises `ValueError` for one that has none."""
        gaps: dict[str, Gaps] = {
            "fixtures": Gaps(self.fixtures_snapshot, self.fixtures_delta),
            "odds": Gaps(self.odds_snapshot, self.odds_delta),
            "special_fixtures": Gaps(self.specials_snapshot, self.specials_delta),
            "special_odds": Gaps(self.specials_snapshot, self.specials_delta),
            "settled": Gaps(self.settled_snapshot, self.settled_delta),
            "settled_specials": Gaps(self.settled_snapshot, self.settled_delta),
            "leagues": Gaps(self.leagues, self.leagues),
            "sports": Gaps(self.sports, self.sports),
            "betting_status": Gaps(self.betting_status, self.betting_status),
            "inrunning": Gaps(self.inrunning, self.inrunning),
            "translations": Gaps(self.translations, self.translations),
        }
        if endpoint not in gaps:
            raise ValueError(f"{endpoint} has no pace")
        return gaps[endpoint]


class Preset(NamedTuple):
    """One host of the API."""

    base_url: str
    versions: Versions
    pace: Pace


def _versions(**known: str) -> Versions:
    """All versions: those of 2017 but for the `known` ones."""
    of_2017 = {"sports": "v2", "leagues": "v2", "currencies": "v2"}
    return MappingProxyType({name: (of_2017 | known).get(name, "v1") for name in get_args(Endpoint)})


_PACE_UNTIL_2025 = Pace(
    fixtures_snapshot=timedelta(seconds=60),
    fixtures_delta=timedelta(seconds=5),
    odds_snapshot=timedelta(seconds=60),
    odds_delta=timedelta(seconds=5),
    specials_snapshot=timedelta(seconds=60),
    specials_delta=timedelta(seconds=5),
    settled_snapshot=timedelta(seconds=60),
    settled_delta=timedelta(seconds=5),
    betting_status=timedelta(seconds=10),
    inrunning=timedelta(seconds=5),
)
"""Every 60 s without `since`, every 5 s with it: the limits of Pinnacle until 2025, and still of PS3838."""

PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        # Limits of 2025: snapshot and delta share one counter of two minutes.
        "pinnacle": Preset(
            base_url="https://api.pinnacle.com",
            versions=_versions(odds="v2", betting_status="v4"),
            pace=Pace(),
        ),
        "ps3838": Preset(
            base_url="https://api.ps3838.com",
            versions=_versions(
                sports="v3",
                leagues="v3",
                fixtures="v3",
                settled="v3",
                special_fixtures="v2",
                settled_specials="v3",
                odds="v4",
                special_odds="v2",
                inrunning="v2",
                line="v2",
                special_line="v2",
            ),
            pace=_PACE_UNTIL_2025.model_copy(
                update={"leagues": timedelta(minutes=1), "sports": timedelta(minutes=1)}
            ),
        ),
        # The manual that the project had to implement; its table of limits is lost.
        "manual-2017": Preset(
            base_url="https://api.pinnacle.com",
            versions=_versions(),
            pace=_PACE_UNTIL_2025,
        ),
    }
)
DEFAULT_PRESET = PRESETS["pinnacle"]
