"""Bytes of the smaller 2xx answers to values: specials, lists of names, one line, the account.

As in `decode`: none for nothing to tell, `BadPayloadError` for what cannot be believed.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

import msgspec

from syncd.pinnacle.answers import (
    Balance,
    CancellationReason,
    Contestant,
    ContestantLine,
    Currency,
    LeagueInfo,
    Line,
    PeriodName,
    Running,
    SettledSpecial,
    Special,
    SpecialEvent,
    SpecialOdds,
    SpecialsAnswer,
    Sport,
    Translation,
)
from syncd.pinnacle.decode import decoder, is_nothing, listed
from syncd.pinnacle.odds import OddsFormat, moment, read_price
from syncd.pinnacle.wire import Wire

T = TypeVar("T")
WireT = TypeVar("WireT", bound="WireSpecials")


class WireContestantLine(Wire):
    """`price` is null once the outcome is withdrawn."""

    id: int
    price: Decimal | None = None
    handicap: Decimal | None = None
    max: Decimal | None = None


class WireSpecial(Wire):
    """The union of what the three endpoints say about a special."""

    id: int
    name: str = ""
    bet_type: str | None = None
    category: str | None = None
    units: str | None = None
    status: str | int | None = None
    date: datetime | None = None
    cutoff: datetime | None = None
    cut_off: datetime | None = None
    live_status: int | None = None
    event: SpecialEvent | None = None
    contestants: list[Contestant] | None = None
    max_bet: Decimal | None = None
    max_risk: Decimal | None = None
    contestant_lines: list[WireContestantLine] | None = None
    settlement_id: int | None = None
    settled_at: datetime | None = None


class WireSpecialsLeague(Wire):
    """The specials of one league."""

    id: int
    specials: list[WireSpecial] | None = None


class WireSpecials(Wire):
    """An answer of `/fixtures/special`, `/odds/special` or `/fixtures/special/settled`."""

    last: int | None = None
    leagues: list[WireSpecialsLeague] | None = None
    league: list[WireSpecialsLeague] | None = None


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


_specials = decoder(WireSpecials)
_lists = decoder(WireLists)
_running_sport = decoder(WireRunningSport)
_status = decoder(WireStatus)
_line = decoder(Line)
_balance = decoder(Balance)


def special_fixtures(body: bytes) -> SpecialsAnswer[Special] | None:
    """The special markets of `/fixtures/special`, without prices."""
    return _specials_by_id(body, _special)


def special_odds(
    body: bytes, odds_format: OddsFormat = OddsFormat.DECIMAL
) -> SpecialsAnswer[SpecialOdds] | None:
    """The prices of `/odds/special`."""
    return _specials_by_id(body, lambda league_id, wire: _special_odds(league_id, wire, odds_format))


def settled_specials(body: bytes) -> SpecialsAnswer[SettledSpecial] | None:
    """How specials of the last 24 hours ended."""
    return _specials_by_id(body, _settled_special)


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


def _specials_by_id(body: bytes, read: Callable[[int, WireSpecial], T]) -> SpecialsAnswer[T] | None:
    if is_nothing(body):
        return None
    wire = _specials(body)
    found = listed(body, wire.leagues, wire.league)
    if found is None:
        return None
    return SpecialsAnswer(
        last=wire.last,
        specials={
            special.id: read(league.id, special) for league in found for special in league.specials or ()
        },
    )


def _special(league_id: int, wire: WireSpecial) -> Special:
    return Special(
        id=wire.id,
        league_id=league_id,
        name=wire.name,
        bet_type=wire.bet_type or "",
        category=wire.category or "",
        units=wire.units or None,
        status=str(wire.status or ""),
        date=moment(wire.date),
        cutoff=moment(wire.cutoff or wire.cut_off),
        live_status=wire.live_status or 0,
        event=wire.event,
        contestants=tuple(wire.contestants or ()),
    )


def _special_odds(league_id: int, wire: WireSpecial, odds_format: OddsFormat) -> SpecialOdds:
    return SpecialOdds(
        id=wire.id,
        league_id=league_id,
        max_bet=wire.max_bet if wire.max_bet is not None else wire.max_risk,
        lines=tuple(
            ContestantLine(
                id=line.id,
                price=read_price(line.price, odds_format),
                handicap=line.handicap,
                max_stake=line.max,
            )
            for line in wire.contestant_lines or ()
        ),
    )


def _settled_special(league_id: int, wire: WireSpecial) -> SettledSpecial:
    return SettledSpecial(
        id=wire.id,
        league_id=league_id,
        status=int(wire.status or 0),
        settlement_id=wire.settlement_id or 0,
        settled_at=moment(wire.settled_at),
    )
