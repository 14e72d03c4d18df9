"""What may have changed since the planner last looked."""

from collections.abc import Iterable

import msgspec

from syncd.model.bettune import Pair


class Invalidated(msgspec.Struct, kw_only=True):
    """Collected until the planner takes it; naming a thing twice costs nothing."""

    events: set[int] = msgspec.field(default_factory=set)
    """Events of Pinnacle's: their matches are read anew."""
    matches: set[int] = msgspec.field(default_factory=set)
    """Matches of BetTune's, to be read anew."""
    pairs: set[Pair] = msgspec.field(default_factory=set)
    """Pairs of which only what BetTune holds has changed."""
    everything: bool = False
    """Filters, rules, the freshness of a feed: all there is."""

    def __bool__(self) -> bool:
        return bool(self.events or self.matches or self.pairs or self.everything)

    def add(
        self,
        *,
        events: Iterable[int] = (),
        matches: Iterable[int] = (),
        pairs: Iterable[Pair] = (),
        everything: bool = False,
    ) -> None:
        """Note more of it."""
        self.events.update(events)
        self.matches.update(matches)
        self.pairs.update(pairs)
        self.everything |= everything
