"""The feeds of this process, as the planner sees them."""

from collections.abc import Sequence
from typing import Any

import structlog

from syncd.model.feed import FeedState
from syncd.pinnacle.feed.feed import Feed
from syncd.pinnacle.feed.on_demand import Demand
from syncd.sync.freshness import polled

log = structlog.get_logger(__name__)


class PolledFeeds:
    """The feeds of this process, without those of specials while no filter needs them."""

    def __init__(self, feeds: Sequence[Feed[Any]], specials: Demand) -> None:
        self._feeds = feeds
        self._specials = specials

    @property
    def states(self) -> list[FeedState]:
        """The states of the feeds that are polled now."""
        return polled((feed.state for feed in self._feeds), specials=self._specials.needed)

    @property
    def refused_sports(self) -> set[int]:
        """The sports that Pinnacle refuses by a code that names them, while it takes others."""
        refused = {feed.sport_id for feed in self._feeds if feed.sport_is_refused}
        return refused if refused < {feed.sport_id for feed in self._feeds} else set()

    def poll_specials(self, needed: bool) -> bool:
        """Start or stop polling the feeds of specials; return whether that is a change."""
        changed = needed != self._specials.needed
        if changed:
            log.info("specials_needed" if needed else "specials_not_needed")
            self._specials.needed = needed
        return changed
