"""The query parameters of a request to the simulated Pinnacle, checked."""

from collections.abc import Mapping
from dataclasses import dataclass

from syncd.simulator.listed import ListedEvent, ListedSpecial
from syncd.simulator.pinnacle_markets import PriceFormat

FEED_PARAMETERS = frozenset(
    {"sportid", "leagueids", "eventids", "since", "islive", "oddsformat", "category", "specialid"}
)
LINE_PARAMETERS = frozenset(
    {"leagueid", "eventid", "periodnumber", "bettype", "team", "side", "handicap", "contestantid"}
)
KNOWN_PARAMETERS = FEED_PARAMETERS | LINE_PARAMETERS | {"culturecodes", "basetexts"}


class InvalidQueryError(Exception):
    """The parameters are not valid: status 400, INVALID_REQUEST_DATA."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedQuery:
    """The parameters of a request to one of the six feeds."""

    sport: int
    since: int | None = None
    leagues: frozenset[int] = frozenset()
    events: frozenset[int] = frozenset()
    live_only: bool = False
    price_format: PriceFormat = PriceFormat.AMERICAN

    def includes(self, event: ListedEvent) -> bool:
        """True if the event passes the filters by league, event and live."""
        return (
            (not self.leagues or event.league_id in self.leagues)
            and (not self.events or event.id in self.events)
            and (not self.live_only or event.live_status == 1)
        )

    def includes_special(self, special: ListedSpecial) -> bool:
        """True if the special, which may belong to a league only, passes the filters."""
        if special.event is not None:
            return self.includes(special.event)
        return not (self.events or self.live_only) and (not self.leagues or special.league_id in self.leagues)


def parse_feed_query(parameters: Mapping[str, str]) -> FeedQuery:
    """Read the parameters of a feed request, whose names are in lower case. Raises `InvalidQueryError`."""
    since = _number(parameters, "since") if "since" in parameters else None
    if since is not None and since <= 1:
        raise InvalidQueryError("since must be the last of an earlier response")
    return FeedQuery(
        sport=sport_of(parameters),
        since=since,
        leagues=_ids(parameters, "leagueids"),
        events=_ids(parameters, "eventids"),
        live_only=parameters.get("islive") == "1",
        price_format=price_format_of(parameters),
    )


def sport_of(parameters: Mapping[str, str]) -> int:
    """The sport id, which is required. Raises `InvalidQueryError` if it is missing or no number."""
    return _number(parameters, "sportid")


def price_format_of(parameters: Mapping[str, str]) -> PriceFormat:
    """The format of the prices, American by default. Raises `InvalidQueryError` if it is unknown."""
    try:
        return PriceFormat(parameters.get("oddsformat", "american").lower())
    except ValueError:
        raise InvalidQueryError("Invalid oddsFormat") from None


def _number(parameters: Mapping[str, str], name: str) -> int:
    try:
        return int(parameters[name])
    except (KeyError, ValueError):
        raise InvalidQueryError(f"Missing/Invalid {name}\r\nParameter name: {name}") from None


def _ids(parameters: Mapping[str, str], name: str) -> frozenset[int]:
    try:
        return frozenset(int(part) for part in parameters.get(name, "").split(",") if part.strip())
    except ValueError:
        raise InvalidQueryError(f"Invalid {name}") from None
