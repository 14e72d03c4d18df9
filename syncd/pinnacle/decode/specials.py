"""Decoders of `/fixtures/special`, `/odds/special` and `/fixtures/special/settled`."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

import msgspec

from syncd.model.pinnacle import MATCH_PERIOD
from syncd.model.special import Contestant, ContestantLine, Special, SpecialOdds
from syncd.pinnacle.decode.body import check_sport, decode_id, decoder, first_list, is_empty
from syncd.pinnacle.decode.prices import OddsFormat, decimal_odds, finite, utc
from syncd.pinnacle.decode.wire import Wire
from syncd.pinnacle.responses import RawItem, SettledSpecial, SettledSpecialsPayload, SpecialsPayload


class WireSpecialEvent(Wire):
    """The event that a special belongs to; the teams were added in 2018."""

    id: int
    period_number: int | None = None
    home: str | None = None
    away: str | None = None


class WireContestant(Wire):
    """One outcome."""

    id: int
    name: str | None = None


class WireSpecial(Wire):
    """A special of `/fixtures/special`; version 2 spells its cutoff `cutOff`."""

    id: int
    name: str = ""
    bet_type: str | None = None
    units: str | None = None
    status: str | int | None = None
    cutoff: datetime | None = None
    cut_off: datetime | None = None
    live_status: int | None = None
    event: WireSpecialEvent | None = None
    contestants: list[WireContestant] | None = None


class WireContestantLine(Wire):
    """`price` is null once the outcome is withdrawn; `lineId` changes with every update."""

    id: int
    price: Decimal | None = None
    handicap: Decimal | None = None
    max: Decimal | None = None


class WireSpecialOdds(Wire):
    """The odds of a special; `maxBet` was called `maxRisk` in 2017."""

    id: int
    max_bet: Decimal | None = None
    max_risk: Decimal | None = None
    contestant_lines: list[WireContestantLine] | None = None


class WireSettledSpecial(Wire):
    """A special of `/fixtures/special/settled`."""

    id: int
    status: int | None = None
    settlement_id: int | None = None
    settled_at: datetime | None = None


class WireSpecialsLeague(Wire):
    """The specials of one league, still raw: most of a snapshot is known already."""

    id: int
    specials: list[msgspec.Raw] | None = None


class WireSpecials(Wire):
    """A response of any of the three endpoints."""

    sport_id: int | None = None
    last: int | None = None
    leagues: list[WireSpecialsLeague] | None = None
    league: list[WireSpecialsLeague] | None = None


class _SpecialsList(NamedTuple):
    last: int | None
    items: Sequence[RawItem]


_specials = decoder(WireSpecials)
_special = decoder(WireSpecial)
_odds = decoder(WireSpecialOdds)
_settled = decoder(WireSettledSpecial)


def decode_specials(body: bytes, *, sport_id: int) -> SpecialsPayload:
    """The specials of `/fixtures/special` or `/odds/special` by id, each still to be decoded."""
    last, items = _list(body, sport_id)
    return SpecialsPayload(last=last, items={decode_id(item.json): item for item in items})


def decode_settled_specials(body: bytes, *, sport_id: int) -> SettledSpecialsPayload:
    """The settlements of `/fixtures/special/settled`; of several for one special the newest."""
    last, items = _list(body, sport_id)
    newest_last = sorted(map(_settled_special, items), key=lambda settlement: settlement.settlement_id)
    return SettledSpecialsPayload(last=last, items={each.id: each for each in newest_last})


def decode_special(item: RawItem, *, sport_id: int) -> Special:
    """One special of `/fixtures/special`."""
    wire = _special(item.json)
    event = wire.event
    return Special(
        id=wire.id,
        sport_id=sport_id,
        league_id=item.league_id,
        event_id=event.id if event else None,
        period=(event.period_number if event else None) or MATCH_PERIOD,
        name=wire.name,
        bet_type=wire.bet_type or "",
        units=wire.units or None,
        status=str(wire.status or ""),
        cutoff=utc(wire.cutoff or wire.cut_off),
        live_status=wire.live_status or 0,
        home=event.home if event else None,
        away=event.away if event else None,
        contestants=tuple(Contestant(id=each.id, name=each.name or "") for each in wire.contestants or ()),
    )


def decode_special_odds(item: RawItem, odds_format: OddsFormat = OddsFormat.DECIMAL) -> SpecialOdds:
    """The odds of one special of `/odds/special`.

    Raises `BadPayloadError` if a price or a handicap is impossible.
    """
    wire = _odds(item.json)
    return SpecialOdds(
        id=wire.id,
        max_stake=wire.max_bet if wire.max_bet is not None else wire.max_risk,
        lines=tuple(
            ContestantLine(
                id=line.id,
                price=decimal_odds(line.price, odds_format),
                handicap=finite(line.handicap),
                max_stake=line.max,
            )
            for line in wire.contestant_lines or ()
        ),
    )


def _list(body: bytes, sport_id: int) -> _SpecialsList:
    if is_empty(body):
        return _SpecialsList(None, ())
    wire = _specials(body)
    leagues = first_list(body, wire.leagues, wire.league)
    if leagues is None:
        return _SpecialsList(None, ())
    check_sport(wire.sport_id, sport_id)
    items = [RawItem(league.id, bytes(raw)) for league in leagues for raw in league.specials or ()]
    return _SpecialsList(wire.last, items)


def _settled_special(item: RawItem) -> SettledSpecial:
    wire = _settled(item.json)
    return SettledSpecial(
        id=wire.id,
        league_id=item.league_id,
        status=wire.status or 0,
        settlement_id=wire.settlement_id or 0,
        settled_at=utc(wire.settled_at),
    )
