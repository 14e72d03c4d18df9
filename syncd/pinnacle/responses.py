"""The results of the client's requests: model values for the feeds, small values of its own for the rest."""

from collections.abc import Hashable, Mapping, Set
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Generic, NamedTuple, Self, TypeVar

import msgspec
from msgspec.structs import replace

from syncd.model.bounds import Code, Id, Name, Small
from syncd.model.pinnacle import Event, League, Settlement

T = TypeVar("T")
KeyT = TypeVar("KeyT", bound=Hashable)
ItemT = TypeVar("ItemT")

SKEW_RESOLUTION = timedelta(seconds=2)


class Response(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """A decoded 2xx response and its times."""

    payload: T
    requested_at: datetime
    received_at: datetime
    server_time: datetime | None = None
    """The `Date` header: the server's clock, cut to whole seconds."""

    @property
    def skew(self) -> timedelta | None:
        """The server's clock minus ours; None if the response has no `Date` header.

        The header is cut to whole seconds and the transfer takes time: a skew below 2 s counts as none.
        """
        if self.server_time is None:
            return None
        halfway = self.requested_at + (self.received_at - self.requested_at) / 2
        skew = self.server_time + timedelta(seconds=0.5) - halfway
        return skew if abs(skew) >= SKEW_RESOLUTION else timedelta(0)


class Payload(msgspec.Struct, Generic[KeyT, ItemT], frozen=True, kw_only=True):
    """The items of a snapshot or a delta, by key."""

    last: int | None = None
    """The cursor: the next delta is requested `since` it."""
    items: Mapping[KeyT, ItemT] = {}
    invalid: Mapping[KeyT, str] = {}
    """Items that take no bets, whatever they contain: their key and the reason."""
    unreadable: tuple[str, ...] = ()
    """The reasons of what nobody can read: rows without a key, a cursor out of range."""

    @property
    def keys(self) -> Set[KeyT]:
        """The keys of all items, valid or not."""
        return self.items.keys() | self.invalid.keys()

    def updated(self, delta: Self) -> Self:
        """This snapshot, brought up to date by the delta that was requested `since` its `last`.

        An item is valid or invalid as the delta has it.
        """
        return replace(
            self,
            last=self.last if delta.last is None else delta.last,
            items=_overlaid(self.items, delta.items, without=delta.invalid),
            invalid=_overlaid(self.invalid, delta.invalid, without=delta.items),
            unreadable=self.unreadable + delta.unreadable,
        )


AnyPayloadT = TypeVar("AnyPayloadT", bound=Payload[Any, Any])


class PeriodKey(NamedTuple):
    """A period of an event. A delta of odds replaces it as a whole."""

    event_id: int
    number: int


class RawItem(NamedTuple):
    """A period or a special with its league, as received and not yet decoded."""

    league_id: int
    json: bytes


class LeagueInvalid(str):
    """The reason of an item that is invalid only because its league is: the whole league counts as one."""

    __slots__ = ()


class CamelStruct(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A value decoded as it is received: keys in camel case, unknown ones ignored."""


class SettledSpecial(CamelStruct, frozen=True, kw_only=True):
    """The settlement of a special; `status` as in `model.pinnacle.Settlement`."""

    id: int
    league_id: int = 0
    status: int
    settlement_id: int
    settled_at: datetime | None = None


class FixturesPayload(Payload[int, Event], frozen=True, kw_only=True):
    """Events by id."""

    leagues: tuple[League, ...] = ()
    """The leagues whose name was sent along."""

    def updated(self, delta: Self) -> Self:
        """As of any payload; newer names replace older ones."""
        return replace(super().updated(delta), leagues=self.leagues + delta.leagues)


OddsPayload = Payload[PeriodKey, RawItem]
"""Periods by key, to be decoded by `decode_period`."""

SpecialsPayload = Payload[int, RawItem]
"""Specials by id, to be decoded by `decode_special`, or their odds, by `decode_special_odds`."""

SettledPayload = Payload[PeriodKey, Settlement]
"""The newest settlement of each period."""

SettledSpecialsPayload = Payload[int, SettledSpecial]
"""The newest settlement of each special."""

LeaguesPayload = Payload[int, League]
"""The leagues of a sport by id. This list has no deltas, and so no cursor."""


def _overlaid(
    older: Mapping[KeyT, ItemT], newer: Mapping[KeyT, ItemT], *, without: Mapping[KeyT, object]
) -> dict[KeyT, ItemT]:
    kept = {key: item for key, item in older.items() if key not in without}
    return {**kept, **newer}


class Sport(CamelStruct, frozen=True, kw_only=True):
    """A sport, and whether Pinnacle offers anything on it."""

    id: int
    name: str
    has_offerings: bool = False
    event_count: int = 0


class LeagueInfo(CamelStruct, frozen=True, kw_only=True):
    """A league of `/leagues`. `home_team_type` says whether the home side is Team1 or Team2."""

    id: Id
    name: Name
    home_team_type: Code = "Team1"
    has_offerings: bool = False
    container: str | None = None
    event_count: int = 0


class LeagueList(NamedTuple):
    """The leagues of a sport; `unreadable` has the reasons of those that cannot be read."""

    leagues: tuple[LeagueInfo, ...] = ()
    unreadable: tuple[str, ...] = ()


class PeriodName(CamelStruct, frozen=True, kw_only=True):
    """The meaning of a period number in a sport; newer hosts send only the two descriptions."""

    number: int
    description: str = ""
    short_description: str = ""


class LiveEvent(CamelStruct, frozen=True, kw_only=True):
    """A live event; `state` 1 to 11 and `elapsed` (minutes) are defined in the manual."""

    id: Id
    sport_id: int = 0
    league_id: int = 0
    state: Small
    elapsed: Small | None = None


class LinePrice(CamelStruct, frozen=True, kw_only=True):
    """The newest price of one line in decimal odds; `status` is SUCCESS or NOT_EXISTS."""

    status: str
    price: Decimal | None = None
    line_id: int | None = None
    alt_line_id: int | None = None
    max_risk_stake: Decimal | None = None
    min_risk_stake: Decimal | None = None
    max_win_stake: Decimal | None = None
    min_win_stake: Decimal | None = None


class Balance(CamelStruct, frozen=True, kw_only=True):
    """The account's money, in its `currency`."""

    available_balance: Decimal
    outstanding_transactions: Decimal = Decimal(0)
    given_credit: Decimal = Decimal(0)
    currency: str = ""


class Currency(CamelStruct, frozen=True, kw_only=True):
    """A currency; `rate` is its units for one US dollar."""

    code: str
    name: str = ""
    rate: Decimal


class TranslatedText(CamelStruct, frozen=True, kw_only=True):
    """A text in one culture, such as `de-DE`."""

    id: str
    text: str


class Translation(CamelStruct, frozen=True, kw_only=True):
    """A base text in the cultures that were requested."""

    text: str
    cultures: tuple[TranslatedText, ...] = ()


class CancellationReason(CamelStruct, frozen=True, kw_only=True):
    """The meaning of a cancellation code."""

    code: str
    description: str = ""
