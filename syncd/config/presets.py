"""What differs between the hosts that speak Pinnacle's API: address, path versions and pace.

Sources: the 2017 manual, and the fair use policies and OpenAPI files of Pinnacle and PS3838
as of 2026. Every value can be overridden in the config file.
"""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

import msgspec

MINUTE = timedelta(minutes=1)


def _seconds(count: int) -> timedelta:
    return timedelta(seconds=count)


class Versions(msgspec.Struct, frozen=True, kw_only=True):
    """The version in the path of each read operation, such as `v1` in `/v1/fixtures`."""

    sports: str = "v2"
    leagues: str = "v2"
    fixtures: str = "v1"
    settled: str = "v1"
    special_fixtures: str = "v1"
    settled_specials: str = "v1"
    odds: str = "v1"
    special_odds: str = "v1"
    periods: str = "v1"
    inrunning: str = "v1"
    betting_status: str = "v1"
    line: str = "v1"
    special_line: str = "v1"
    balance: str = "v1"
    currencies: str = "v2"
    translations: str = "v1"
    cancellation_reasons: str = "v1"


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How often each endpoint is asked for one sport, and never more often.

    `*_snapshot` is the smallest gap between two snapshots, `*_delta` between any two calls.
    """

    fixtures_snapshot: timedelta = _seconds(120)
    fixtures_delta: timedelta = _seconds(120)
    odds_snapshot: timedelta = _seconds(120)
    odds_delta: timedelta = _seconds(120)
    specials_snapshot: timedelta = _seconds(120)
    specials_delta: timedelta = _seconds(120)
    settled_snapshot: timedelta = _seconds(120)
    settled_delta: timedelta = _seconds(60)
    leagues: timedelta = 60 * MINUTE
    sports: timedelta = 60 * MINUTE
    resnapshot: timedelta = 15 * MINUTE
    """A full snapshot at least this often: heals whatever a delta may have lost."""


class Preset(msgspec.Struct, frozen=True, kw_only=True):
    """One host of the API as it stands."""

    base_url: str
    versions: Versions
    pace: Pace


SIXTY_AND_FIVE = Pace(
    fixtures_snapshot=_seconds(60),
    fixtures_delta=_seconds(5),
    odds_snapshot=_seconds(60),
    odds_delta=_seconds(5),
    specials_snapshot=_seconds(60),
    specials_delta=_seconds(5),
    settled_snapshot=_seconds(60),
    settled_delta=_seconds(5),
)
"""Once in 60 s without `since`, once in 5 s with it: Pinnacle until 2025, PS3838 to this day."""

PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        # Limits of 2025: snapshot and delta share one counter of two minutes.
        "pinnacle": Preset(
            base_url="https://api.pinnacle.com",
            versions=Versions(odds="v2", betting_status="v4"),
            pace=Pace(),
        ),
        "ps3838": Preset(
            base_url="https://api.ps3838.com",
            versions=Versions(
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
            pace=msgspec.structs.replace(SIXTY_AND_FIVE, leagues=MINUTE, sports=MINUTE),
        ),
        # The manual that the project was asked to implement; its own limit table is lost.
        "manual-2017": Preset(
            base_url="https://api.pinnacle.com",
            versions=Versions(),
            pace=SIXTY_AND_FIVE,
        ),
    }
)
