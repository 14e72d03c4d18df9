"""Bytes of the smaller 2xx answers to values: lists of names, one line, the account.

As in `decode`: none for nothing to tell, `BadPayloadError` for what cannot be believed.
"""

from collections.abc import Callable
from typing import TypeVar

import msgspec

from syncd.pinnacle.answers import (
    Balance,
    CancellationReason,
    Currency,
    LeagueInfo,
    Line,
    PeriodName,
    Running,
    Sport,
    Translation,
)
from syncd.pinnacle.decode import decoder, is_nothing, listed
from syncd.pinnacle.odds import read_price
from syncd.pinnacle.wire import Wire

T = TypeVar("T")


class WireRunningLeague(Wire):
    """Live events of one league."""

    id: int
    events: list[Running] | None = None


class WireRunningSport(Wire):
    """Live events of one sport."""

    id: int
    leagues: list[WireRunningLeague] | None = None


class WireLists(Wire):
    """The answers that hold nothing but one list, by its key."""

    sports: list[msgspec.Raw] | None = None
    leagues: list[msgspec.Raw] | None = None
    periods: list[msgspec.Raw] | None = None
    currencies: list[msgspec.Raw] | None = None
    translations: list[msgspec.Raw] | None = None
    cancellation_reasons: list[msgspec.Raw] | None = None


class WireStatus(Wire):
    """An answer of `/bets/betting-status`."""

    status: str


_lists = decoder(WireLists)
_running_sport = decoder(WireRunningSport)
_status = decoder(WireStatus)
_line = decoder(Line)
_balance = decoder(Balance)


def sports(body: bytes) -> tuple[Sport, ...] | None:
    """All sports of `/sports`."""
    return _list(body, "sports", _sport)


def leagues(body: bytes) -> tuple[LeagueInfo, ...] | None:
    """All leagues of a sport."""
    return _list(body, "leagues", _league)


def periods(body: bytes) -> tuple[PeriodName, ...] | None:
    """What the period numbers of a sport mean."""
    return _list(body, "periods", _period_name)


def currencies(body: bytes) -> tuple[Currency, ...] | None:
    """All currencies with their rates."""
    return _list(body, "currencies", _currency)


def translations(body: bytes) -> tuple[Translation, ...] | None:
    """Texts in other languages; those without a translation are not named."""
    return _list(body, "translations", _translation)


def cancellation_reasons(body: bytes) -> tuple[CancellationReason, ...] | None:
    """All cancellation codes."""
    return _list(body, "cancellation_reasons", _cancellation_reason)


def inrunning(body: bytes) -> tuple[Running, ...] | None:
    """Soccer matches that are being played."""
    sports = _list(body, "sports", _running_sport)
    if sports is None:
        return None
    return tuple(
        msgspec.structs.replace(event, sport_id=sport.id, league_id=league.id)
        for sport in sports
        for league in sport.leagues or ()
        for event in league.events or ()
    )


def betting_status(body: bytes) -> str | None:
    """ALL_BETTING_ENABLED, ALL_LIVE_BETTING_CLOSED or ALL_BETTING_CLOSED."""
    return None if is_nothing(body) else _status(body).status


def line(body: bytes) -> Line | None:
    """One line with its stakes."""
    if is_nothing(body):
        return None
    found = _line(body)
    return msgspec.structs.replace(found, price=read_price(found.price))


def balance(body: bytes) -> Balance | None:
    """The account's money."""
    return None if is_nothing(body) else _balance(body)


_sport = decoder(Sport)
_league = decoder(LeagueInfo)
_period_name = decoder(PeriodName)
_currency = decoder(Currency)
_translation = decoder(Translation)
_cancellation_reason = decoder(CancellationReason)


def _list(body: bytes, key: str, read: Callable[[msgspec.Raw], T]) -> tuple[T, ...] | None:
    if is_nothing(body):
        return None
    items = listed(body, getattr(_lists(body), key))
    return None if items is None else tuple(read(item) for item in items)
