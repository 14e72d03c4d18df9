"""The frame of the large responses: the sport they are about, the cursor, the leagues, and what each lists.

Every row is decoded by itself, so that a garbled one costs no other. One whose key can be read is invalid: it
takes no bets. One whose key cannot be read is unreadable: nobody knows which it is.
"""

from collections.abc import Callable, Hashable, Iterator
from typing import Generic, NamedTuple, TypeVar

import msgspec

from syncd.model.json_text import flawless_decoder, readable
from syncd.pinnacle.decode.body import decoder, first_list, is_empty
from syncd.pinnacle.decode.wire import (
    WireCursor,
    WireFrame,
    WireId,
    WireLeagues,
    WireListed,
    WireName,
    WireRows,
    WireSport,
)
from syncd.pinnacle.errors import BadPayloadError
from syncd.pinnacle.responses import LeagueInvalid

KeyT = TypeVar("KeyT", bound=Hashable)
ItemT = TypeVar("ItemT")
T = TypeVar("T")


_frame = flawless_decoder(WireFrame)
_listed = flawless_decoder(WireListed)
_leagues = decoder(WireLeagues)
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
        frame = _frame(body) or self._frame_by_parts(body)
        leagues = first_list(body, frame.leagues, frame.league)
        if leagues is None:
            return
        check_sport(frame.sport_id, sport_id)
        self.last = frame.last
        self.leagues = [league for raw in leagues if (league := self.read(_league, raw))]

    def _frame_by_parts(self, body: bytes) -> WireFrame:
        body = readable(body)
        leagues = _leagues(body)
        frame = WireFrame(leagues=leagues.leagues, league=leagues.league)
        if frame.leagues is None and frame.league is None:
            return frame
        frame.sport_id = sport_of(body)
        cursor = self.read(_cursor, body)
        frame.last = cursor.last if cursor else None
        return frame

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
                event_id, rows = self._event(raw)
                if event_id is not None and rows is not None:
                    for period in rows.periods or ():
                        yield league, event_id, period

    def _event(self, raw: msgspec.Raw) -> tuple[int | None, WireRows | None]:
        listed = _listed(raw)
        return (listed.id, listed) if listed else (self.read_id(raw), self.read(_rows, raw))


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


def sport_of(body: bytes) -> int | None:
    """The sport that a response is about, if it says so. Raises `BadPayloadError` if that is unreadable."""
    return _sport(body).sport_id


def check_sport(received: int | None, requested: int) -> None:
    """Raise `BadPayloadError` if the response says that it is about another sport than the request."""
    if received is not None and received != requested:
        raise BadPayloadError(f"requested sport {requested}, received sport {received}")


def _league(raw: msgspec.Raw | bytes) -> ListedLeague:
    if listed := _listed(raw):
        return ListedLeague(listed.id, listed.name, listed)
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
