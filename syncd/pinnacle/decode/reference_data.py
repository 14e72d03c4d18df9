"""Decoders of the smaller endpoints: lists of names, live events, one line, the account."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import TypeVar

import msgspec

from syncd.model.bounds import Code, Id
from syncd.model.json_text import readable
from syncd.pinnacle.decode.body import decoder, first_list, is_empty, refusing
from syncd.pinnacle.decode.listing import check_sport, sport_of
from syncd.pinnacle.decode.prices import decimal_odds
from syncd.pinnacle.decode.wire import Wire
from syncd.pinnacle.errors import BadPayloadError
from syncd.pinnacle.responses import (
    Balance,
    CancellationReason,
    Currency,
    LeagueInfo,
    LeagueList,
    LinePrice,
    LiveEvent,
    PeriodName,
    Sport,
    Translation,
)

T = TypeVar("T")


class WireLiveLeague(Wire):
    """Live events of one league."""

    id: Id
    events: list[LiveEvent] | None = None


class WireLiveSport(Wire):
    """Live events of one sport."""

    id: Id
    leagues: list[WireLiveLeague] | None = None


class WireLists(Wire):
    """The responses that are one list, by its key."""

    sports: list[msgspec.Raw] | None = None
    leagues: list[msgspec.Raw] | None = None
    periods: list[msgspec.Raw] | None = None
    currencies: list[msgspec.Raw] | None = None
    translations: list[msgspec.Raw] | None = None
    cancellation_reasons: list[msgspec.Raw] | None = None


class WireBettingStatus(Wire):
    """A response of `/bets/betting-status`."""

    status: Code


_lists = decoder(WireLists)
_sport = decoder(Sport)
_league = decoder(LeagueInfo)
_period_name = decoder(PeriodName)
_currency = decoder(Currency, with_decimals=True)
_translation = decoder(Translation)
_cancellation_reason = decoder(CancellationReason)
_live_sport = decoder(WireLiveSport)
_betting_status = decoder(WireBettingStatus)
_line = decoder(LinePrice, with_decimals=True)
_balance = decoder(Balance, with_decimals=True)


def decode_sports(body: bytes) -> tuple[Sport, ...]:
    """All sports."""
    return _list(body, "sports", _sport)


def decode_leagues(body: bytes, *, sport_id: int) -> LeagueList:
    """All leagues of a sport that can be read."""
    if is_empty(body):
        return LeagueList()
    body = readable(body)
    leagues, unreadable = [], []
    rows = first_list(body, _lists(body).leagues) or ()
    check_sport(sport_of(body), sport_id)
    for raw in rows:
        try:
            leagues.append(_league(raw))
        except BadPayloadError as exc:
            unreadable.append(str(exc))
    return LeagueList(tuple(leagues), tuple(unreadable))


def decode_period_names(body: bytes) -> tuple[PeriodName, ...]:
    """The period numbers of a sport."""
    return _list(body, "periods", _period_name)


def decode_currencies(body: bytes) -> tuple[Currency, ...]:
    """All currencies with their rates."""
    return _list(body, "currencies", _currency)


def decode_translations(body: bytes) -> tuple[Translation, ...]:
    """Texts in other languages; those without a translation, or with one that cannot be read, are absent."""
    return tuple(_readable(_list(body, "translations", msgspec.Raw), _translation))


def _readable(rows: Iterable[msgspec.Raw], decode_row: Callable[[msgspec.Raw], T]) -> Iterator[T]:
    for row in rows:
        with suppress(BadPayloadError):
            yield decode_row(row)


def decode_cancellation_reasons(body: bytes) -> tuple[CancellationReason, ...]:
    """All cancellation codes."""
    return _list(body, "cancellation_reasons", _cancellation_reason)


def decode_live_events(body: bytes) -> tuple[LiveEvent, ...]:
    """The live events of `/inrunning`, with the sport and the league that they are listed under."""
    return tuple(
        msgspec.structs.replace(event, sport_id=sport.id, league_id=league.id)
        for sport in _list(body, "sports", _live_sport)
        for league in sport.leagues or ()
        for event in league.events or ()
    )


def decode_betting_status(body: bytes) -> str | None:
    """ALL_BETTING_ENABLED, ALL_LIVE_BETTING_CLOSED or ALL_BETTING_CLOSED; None for an empty body."""
    return None if is_empty(body) else _betting_status(body).status


def decode_line(body: bytes) -> LinePrice | None:
    """One line with its stakes; None for an empty body."""
    if is_empty(body):
        return None
    line = _line(body)
    with refusing():
        return msgspec.structs.replace(line, price=decimal_odds(line.price))


def decode_balance(body: bytes) -> Balance | None:
    """The account's money; None for an empty body."""
    return None if is_empty(body) else _balance(body)


def _list(body: bytes, key: str, decode_item: Callable[[msgspec.Raw], T]) -> tuple[T, ...]:
    if is_empty(body):
        return ()
    items = first_list(body, getattr(_lists(body), key)) or ()
    return tuple(decode_item(item) for item in items)
