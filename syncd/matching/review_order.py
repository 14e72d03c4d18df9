"""The order in which links that wait for review are shown."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from syncd.model.link import Link, LinkState


def sort_for_review(
    links: Iterable[Link], *, kickoffs: Mapping[int, datetime], waiting: Mapping[int, int]
) -> list[Link]:
    """Return those for review: the soonest first, then the most predictions waiting, then the likeliest.

    `kickoffs` is by event id (an event without one comes last), `waiting` counts predictions by match id.
    """

    def sort_key(link: Link) -> tuple[bool, float, int, float]:
        kickoff = kickoffs.get(link.event_id)
        seconds = kickoff.timestamp() if kickoff else 0.0
        return kickoff is None, seconds, -waiting.get(link.match_id, 0), -link.confidence

    return sorted((link for link in links if link.state is LinkState.REVIEW), key=sort_key)
