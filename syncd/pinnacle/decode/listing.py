"""The frame of the large responses: the sport they are about, the cursor, the leagues, and what each lists.

Every row is decoded by itself, so that a garbled one costs no other. One whose key can be read is invalid: it
takes no bets. One whose key cannot be read is unreadable: nobody knows which it is.
"""

from collections.abc import Callable, Hashable, Iterator
from typing import Generic, NamedTuple, TypeVar

import msgspec

from syncd.model.bounds import Cursor, Id
from syncd.model.json_text import readable
from syncd.pinnacle.decode.body import decoder, first_list, is_empty
from syncd.pinnacle.decode.wire import Wire, WireId, WireName, WireResponse, WireRows
from syncd.pinnacle.errors import BadPayloadError
from syncd.pinnacle.responses import LeagueInvalid

KeyT = TypeVar("KeyT", bound=Hashable)
ItemT = TypeVar("ItemT")
T = TypeVar("T")


class WireCursor(Wire):
    """The cursor of a response."""

    last: Cursor | None = None


class WireSport(Wire):
    """The sport of a response."""

    sport_id: Id | None = None


_response = decoder(WireResponse)
_cursor = decoder(WireCursor)
_sport = decoder(WireSport)
_rows = decoder(WireRows)
_id = decoder(WireId)
_name = decoder(WireName)


class ListedLeague(NamedTuple):
    """A league with its rows, still raw; `invalid` is the reason if its id cannot be read."""

    id: int
    name: str | None
    rows: WireRows
    invalid: str = ""


class Listing:
    """The frame of a response. `unreadable` has the reasons of rows and cursors that nobody can read."""

    def __init__(self, body: bytes, sport_id: int) -> None:
        """Raises `BadPayloadError` if the frame is garbled, or about another sport."""
        self.last: int | None = None
        self.leagues: list[ListedLeague] = []
        self.unreadable: list[str] = []
        if is_empty(body):
            return
        body = readable(body)
        wire = _response(body)
        leagues = first_list(body, wire.leagues, wire.league)
        if leagues is None:
            return
        check_sport(body, sport_id)
        cursor = self.read(_cursor, body)
        self.last = cursor.last if cursor else None
        self.leagues = [league for raw in leagues if (league := self.read(_league, raw))]

    def read(self, decode: Callable[[msgspec.Raw | bytes], T], raw: msgspec.Raw | bytes) -> T | None:
        """The decoded row; None if it is unreadable."""
        try:
            return decode(raw)
        except BadPayloadError as exc:
            self.unreadable.append(str(exc))
            return None

    def read_id(self, raw: msgspec.Raw) -> int | None:
        """The id of an event or a special; None if it is unreadable."""
        row = self.read(_id, raw)
        return row.id if row else None

    def periods(self) -> Iterator[tuple[ListedLeague, int, msgspec.Raw]]:
        """Every period with its league and the id of its event."""
        for league in self.leagues:
            for raw in league.rows.events or ():
                event_id, rows = self.read_id(raw), self.read(_rows, raw)
                if event_id is not None and rows is not None:
                    yield from ((league, event_id, period) for period in rows.periods or ())


class ItemCollector(Generic[KeyT, ItemT]):
    """The items of a response by key, and the reasons of those that are invalid."""

    def __init__(self) -> None:
        self.items: dict[KeyT, ItemT] = {}
        self.invalid: dict[KeyT, str] = {}

    def add(self, key: KeyT, item: ItemT, league: ListedLeague) -> None:
        """Add an item. Two with the same key and different contents are both in doubt."""
        if league.invalid:
            self.refuse(key, LeagueInvalid(league.invalid))
        elif key not in self.invalid and self.items.setdefault(key, item) != item:
            self.refuse(key, "listed twice, with different contents")

    def refuse(self, key: KeyT, reason: str) -> None:
        """Add an invalid item."""
        self.items.pop(key, None)
        self.invalid.setdefault(key, reason)


def check_sport(body: bytes, requested: int) -> None:
    """Raise `BadPayloadError` if the response is about another sport than the request."""
    received = _sport(body).sport_id
    if received is not None and received != requested:
        raise BadPayloadError(f"requested sport {requested}, received sport {received}")


def _league(raw: msgspec.Raw | bytes) -> ListedLeague:
    rows = _rows(raw)
    try:
        league_id = _id(raw).id
    except BadPayloadError as exc:
        return ListedLeague(0, None, rows, f"in a league without a readable id: {exc}")
    try:
        name = _name(raw).name
    except BadPayloadError:
        name = None  # it is then requested from the list of leagues
    return ListedLeague(league_id, name, rows)
