"""The order in which links that wait for a person are shown."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from syncd.model.link import Link, LinkState


def in_order_of_worth(
    links: Iterable[Link], *, kickoffs: Mapping[int, datetime], waiting: Mapping[int, int]
) -> list[Link]:
    """Soonest kick-off first, then the match that most predictions wait for, then the likeliest.

    `kickoffs` is by event id (an event without one comes last), `waiting` counts predictions by match id.
    """

    def worth(link: Link) -> tuple[bool, float, int, float]:
        kickoff = kickoffs.get(link.event_id)
        soon = kickoff.timestamp() if kickoff else 0.0
        return kickoff is None, soon, -waiting.get(link.match_id, 0), -link.confidence

    return sorted((link for link in links if link.state is LinkState.REVIEW), key=worth)
