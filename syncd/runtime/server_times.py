"""The time by servers that know nothing of each other: two that agree outweigh a machine's clock.

One server alone may be wrong, or a cache in front of it may repeat an old `Date`. That two of them are wrong
by the same amount, and go on evenly, is less likely than a machine without a battery.
"""

from datetime import timedelta

AGREE_WITHIN = timedelta(seconds=10)

RESPONSES_EACH = 2
"""A server counts from so many responses in a row that name the same time."""

HALF_A_SECOND = timedelta(seconds=0.5)
"""A `Date` is cut to whole seconds."""


class ServerTimes:
    """The time that each server names, as an offset: its time minus that of a clock that nobody can set."""

    def __init__(self) -> None:
        self._offsets: dict[str, timedelta] = {}
        self._times_named: dict[str, int] = {}

    def note(self, server: str, offset: timedelta) -> None:
        """Note what a response of this server has just named."""
        before = self._offsets.get(server)
        is_same = before is not None and abs(offset - before) <= AGREE_WITHIN
        self._times_named[server] = self._times_named.get(server, 0) + 1 if is_same else 1
        self._offsets[server] = offset

    def agreed(self) -> timedelta | None:
        """Return the offset that all servers agree on, at least two. None if there is no such.

        Of those that agree the latest counts: by one that is behind, matches would seem to begin too late.
        """
        offsets = self._offsets
        counted = [offsets[name] for name, times in self._times_named.items() if times >= RESPONSES_EACH]
        if len(counted) < 2 or max(offsets.values()) - min(offsets.values()) > AGREE_WITHIN:
            return None
        return max(counted) + HALF_A_SECOND
