"""The parameters of a call to the simulated Pinnacle: names in any case, values checked."""

from collections.abc import Mapping
from dataclasses import dataclass

from syncd.simulator.listed import ListedEvent, ListedSpecial
from syncd.simulator.pinnacle_markets import PriceFormat

FEED = frozenset(
    {"sportid", "leagueids", "eventids", "since", "islive", "oddsformat", "category", "specialid"}
)
LINE = frozenset(
    {"leagueid", "eventid", "periodnumber", "bettype", "team", "side", "handicap", "contestantid"}
)
KNOWN_PARAMETERS = FEED | LINE | {"culturecodes", "basetexts"}


class InvalidQueryError(Exception):
    """Answered with 400 INVALID_REQUEST_DATA."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedQuery:
    """The parameters of a feed call."""

    sport: int
    since: int | None = None
    leagues: frozenset[int] = frozenset()
    events: frozenset[int] = frozenset()
    live_only: bool = False
    odds_format: PriceFormat = PriceFormat.AMERICAN

    def wants(self, event: ListedEvent) -> bool:
        """Whether league, event and live filters let it through."""
        return (
            (not self.leagues or event.league_id in self.leagues)
            and (not self.events or event.id in self.events)
            and (not self.live_only or event.live_status == 1)
        )

    def wants_special(self, special: ListedSpecial) -> bool:
        """The same for a special, which may belong to a league alone."""
        if special.event is not None:
            return self.wants(special.event)
        return not (self.events or self.live_only) and (not self.leagues or special.league_id in self.leagues)


def parse_feed_query(asked: Mapping[str, str]) -> FeedQuery:
    """Read the parameters of a feed call; names are in lower case already."""
    since = _number(asked, "since") if "since" in asked else None
    if since is not None and since <= 1:
        raise InvalidQueryError("since must be the last of an earlier response")
    return FeedQuery(
        sport=sport_of(asked),
        since=since,
        leagues=_ids(asked, "leagueids"),
        events=_ids(asked, "eventids"),
        live_only=asked.get("islive") == "1",
        odds_format=odds_format_of(asked),
    )


def sport_of(asked: Mapping[str, str]) -> int:
    """The sport id, which every call needs that takes one."""
    return _number(asked, "sportid")


def odds_format_of(asked: Mapping[str, str]) -> PriceFormat:
    """American where none is named."""
    try:
        return PriceFormat(asked.get("oddsformat", "american").lower())
    except ValueError:
        raise InvalidQueryError("Invalid oddsFormat") from None


def _number(asked: Mapping[str, str], name: str) -> int:
    try:
        return int(asked[name])
    except (KeyError, ValueError):
        raise InvalidQueryError(f"Missing/Invalid {name}\r\nParameter name: {name}") from None


def _ids(asked: Mapping[str, str], name: str) -> frozenset[int]:
    try:
        return frozenset(int(part) for part in asked.get(name, "").split(",") if part.strip())
    except ValueError:
        raise InvalidQueryError(f"Invalid {name}") from None
