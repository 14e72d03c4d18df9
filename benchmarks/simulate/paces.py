"""How often the simulated config asks: as by default, or ever so patiently, so that a day takes seconds.

What a fault may cost depends on it: a price is as old as the pace of its feed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType

from syncd.pinnacle.feed.schedule import LONGEST_SILENCE
from syncd.simulator.client_config import ConfigTree

MINUTE_S = 60.0
RESNAPSHOT_S = 900.0
TAKE_OVER_S = 90.0
"""Until another daemon works in place of one that is silent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The paces of one config, and the config itself."""

    feeds_s: float
    """Between two requests to the feeds that prices rest on."""
    stale_s: float
    """`safety.stale_after`."""
    longest_silence: timedelta = LONGEST_SILENCE
    """Of a feed, until a snapshot has to confirm what is known."""
    pinnacle: Mapping[str, str] = field(default_factory=dict)
    """The table `pinnacle.pace`."""
    bettune: Mapping[str, str] = field(default_factory=dict)
    """Keys of the table `bettune`."""

    @property
    def usual_s(self) -> float:
        """Longest exposure without any fault: one pace of Pinnacle's, and the time that the writes need."""
        return self.feeds_s + MINUTE_S

    @property
    def snapshot_s(self) -> float:
        """Longest time until the next snapshot: `resnapshot`, and the pace that it has to keep."""
        return RESNAPSHOT_S + self.feeds_s

    def config(self) -> ConfigTree:
        """The tables of the config that differ from the defaults."""
        return {
            "pinnacle": {"pace": dict(self.pinnacle)},
            "bettune": dict(self.bettune),
            "safety": {"stale_after": f"{self.stale_s:.0f}s"},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a run has besides one daemon."""

    pace: Pace
    daemons: int = 1
    guarded: bool = False

    @property
    def guard_after_s(self) -> float:
        """`guard.after`: a daemon that cannot know yet what is right must not be fought."""
        return self.pace.stale_s

    def withdrawn_after(self, length: float) -> float:
        """Seconds until somebody else takes the predictions back, or the fault ends."""
        if self.daemons > 1:
            return min(length, TAKE_OVER_S)
        return min(length, self.guard_after_s + 3 * MINUTE_S) if self.guarded else length


_PRICED_FROM = ("fixtures", "odds", "specials")

PACES: Mapping[str, Pace] = MappingProxyType(
    {
        "default": Pace(feeds_s=120.0, stale_s=600.0),
        "patient": Pace(
            feeds_s=480.0,
            stale_s=1200.0,
            # By five minutes every request would be one for a snapshot, and the deltas would never be tried.
            longest_silence=timedelta(minutes=14),
            pinnacle={f"{feed}_{kind}": "8m" for feed in _PRICED_FROM for kind in ("snapshot", "delta")}
            | {"settled_snapshot": "8m", "settled_delta": "8m"}
            | {"betting_status": "30m", "inrunning": "30m"},
            bettune={"matches_every": "30m", "filters_every": "30m"},
        ),
    }
)
