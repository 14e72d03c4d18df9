"""Decoders of `/fixtures/special`, `/odds/special` and `/fixtures/special/settled`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from syncd.model.bounds import Code, Count, Cursor, Id, Name, Small
from syncd.model.pinnacle import MATCH_PERIOD
from syncd.model.special import Contestant, ContestantLine, Special, SpecialOdds
from syncd.pinnacle.decode.body import decoder, refusing
from syncd.pinnacle.decode.listing import ItemCollector, Listing
from syncd.pinnacle.decode.prices import OddsFormat, decimal_odds, line_of, stake, utc
from syncd.pinnacle.decode.wire import Wire
from syncd.pinnacle.errors import BadPayloadError
from syncd.pinnacle.responses import RawItem, SettledSpecial, SettledSpecialsPayload, SpecialsPayload


class WireSpecialEvent(Wire):
    """The event that a special belongs to; the teams were added in 2018."""

    id: Id
    period_number: Count | None = None
    home: Name | None = None
    away: Name | None = None


class WireContestant(Wire):
    """One outcome."""

    id: Id
    name: Name | None = None


class WireSpecial(Wire):
    """A special of `/fixtures/special`; version 2 spells its cutoff `cutOff`."""

    id: Id
    name: Name = ""
    bet_type: Code | None = None
    units: Code | None = None
    status: Code | Small | None = None
    cutoff: datetime | None = None
    cut_off: datetime | None = None
    live_status: Small | None = None
    event: WireSpecialEvent | None = None
    contestants: list[WireContestant] | None = None


class WireContestantLine(Wire):
    """`price` is null once the outcome is withdrawn; `lineId` changes with every update."""

    id: Id
    price: Decimal | None = None
    handicap: Decimal | None = None
    max: Decimal | None = None


class WireSpecialOdds(Wire):
    """The odds of a special; `maxBet` was called `maxRisk` in 2017."""

    id: Id
    max_bet: Decimal | None = None
    max_risk: Decimal | None = None
    contestant_lines: list[WireContestantLine] | None = None


class WireSettledSpecial(Wire):
    """A special of `/fixtures/special/settled`."""

    id: Id
    status: Small | None = None
    settlement_id: Cursor | None = None
    settled_at: datetime | None = None


_special = decoder(WireSpecial)
_odds = decoder(WireSpecialOdds, with_decimals=True)
_settled = decoder(WireSettledSpecial)


def decode_specials(body: bytes, *, sport_id: int) -> SpecialsPayload:
    """The specials of `/fixtures/special` or `/odds/special` by id, each still to be decoded."""
    listing = Listing(body, sport_id)
    specials: ItemCollector[int, RawItem] = ItemCollector()
    for league in listing.leagues:
        for raw in league.rows.specials or ():
            if (special_id := listing.read_id(raw)) is not None:
                specials.add(special_id, RawItem(league.id, bytes(raw)), league)
    return SpecialsPayload(
        last=listing.last,
        items=specials.items,
        invalid=specials.invalid,
        unreadable=tuple(listing.unreadable),
    )


def decode_settled_specials(body: bytes, *, sport_id: int) -> SettledSpecialsPayload:
    """The settlements of `/fixtures/special/settled`; of several for one special the newest.

    One that cannot be read ends nothing: absence from the lists closes its special.
    """
    listing = Listing(body, sport_id)
    settlements = [
        settlement
        for league in listing.leagues
        for raw in league.rows.specials or ()
        if (settlement := listing.read(_settled_special, raw))
    ]
    newest_last = sorted(settlements, key=lambda settlement: settlement.settlement_id)
    return SettledSpecialsPayload(
        last=listing.last,
        items={each.id: each for each in newest_last},
        unreadable=tuple(listing.unreadable),
    )


def decode_special(item: RawItem, *, sport_id: int) -> Special:
    """One special of `/fixtures/special`. Raises `BadPayloadError` if it is garbled or impossible."""
    with refusing():
        return _special_from_wire(_special(item.json), item.league_id, sport_id)


def decode_special_odds(item: RawItem, odds_format: OddsFormat = OddsFormat.DECIMAL) -> SpecialOdds:
    """The odds of one special of `/odds/special`.

    Raises `BadPayloadError` if a price or a handicap is impossible, or if one bet has two prices.
    """
    with refusing():
        wire = _odds(item.json)
        lines = [_line_from_wire(line, odds_format) for line in wire.contestant_lines or ()]
        _check_prices({(line.id, line.handicap): line for line in lines}, lines)
        return SpecialOdds(
            id=wire.id,
            max_stake=stake(wire.max_bet if wire.max_bet is not None else wire.max_risk),
            lines=tuple(lines),
        )


def _special_from_wire(wire: WireSpecial, league_id: int, sport_id: int) -> Special:
    event = wire.event
    return Special(
        id=wire.id,
        sport_id=sport_id,
        league_id=league_id,
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


def _line_from_wire(line: WireContestantLine, odds_format: OddsFormat) -> ContestantLine:
    return ContestantLine(
        id=line.id,
        price=decimal_odds(line.price, odds_format),
        handicap=line_of(line.handicap),
        max_stake=stake(line.max),
    )


def _check_prices(
    by_bet: Mapping[tuple[int, Decimal | None], ContestantLine], lines: Sequence[ContestantLine]
) -> None:
    for line in lines:
        if by_bet[line.id, line.handicap] != line:
            raise BadPayloadError(f"contestant {line.id} has two prices")


def _settled_special(raw: msgspec.Raw | bytes) -> SettledSpecial:
    with refusing():
        wire = _settled(raw)
        return SettledSpecial(
            id=wire.id,
            status=wire.status or 0,
            settlement_id=wire.settlement_id or 0,
            settled_at=utc(wire.settled_at),
        )
