"""Bytes of the 2xx answers on specials to values, in every spelling that was seen since 2017.

As in `decode`: none for nothing to tell, `BadPayloadError` for what cannot be believed.
"""

from datetime import datetime
from decimal import Decimal

import msgspec

from syncd.model.pinnacle import MATCH_PERIOD
from syncd.model.special import Contestant, ContestantLine, Special, SpecialOdds
from syncd.pinnacle.answers import Raw, SettledSpecial, SettledSpecialsAnswer, SpecialsAnswer
from syncd.pinnacle.decode import check_sport, decode_id, decoder, is_nothing, listed
from syncd.pinnacle.odds import OddsFormat, finite, moment, read_price
from syncd.pinnacle.wire import Wire


class WireSpecialEvent(Wire):
    """The event that a special belongs to; the teams came in 2018."""

    id: int
    period_number: int | None = None
    home: str | None = None
    away: str | None = None


class WireContestant(Wire):
    """One outcome."""

    id: int
    name: str | None = None


class WireSpecial(Wire):
    """A special of `/fixtures/special`; its end is `cutOff` in version 2."""

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


class WireLeague(Wire):
    """The specials of one league, left as they are: most of a snapshot was read before."""

    id: int
    specials: list[msgspec.Raw] | None = None


class WireSpecials(Wire):
    """An answer of any of the three endpoints."""

    sport_id: int | None = None
    last: int | None = None
    leagues: list[WireLeague] | None = None
    league: list[WireLeague] | None = None


_specials = decoder(WireSpecials)
_special = decoder(WireSpecial)
_odds = decoder(WireSpecialOdds)
_settled = decoder(WireSettledSpecial)


def specials(body: bytes, *, sport_id: int) -> SpecialsAnswer | None:
    """The specials of `/fixtures/special` or `/odds/special`, filed under their ids but not yet decoded."""
    wire = _answer(body, sport_id)
    if wire is None:
        return None
    last, found = wire
    return SpecialsAnswer(last=last, specials={decode_id(raw.json).id: raw for raw in found})


def settled(body: bytes, *, sport_id: int) -> SettledSpecialsAnswer | None:
    """How specials of the last 24 hours ended; of several settlements of one the newest counts."""
    wire = _answer(body, sport_id)
    if wire is None:
        return None
    last, found = wire
    in_order = sorted(map(_settled_special, found), key=lambda settlement: settlement.settlement_id)
    return SettledSpecialsAnswer(last=last, settlements={each.id: each for each in in_order})


def special(raw: Raw, *, sport_id: int) -> Special:
    """One raw special of `/fixtures/special`."""
    wire = _special(raw.json)
    event = wire.event
    return Special(
        id=wire.id,
        sport_id=sport_id,
        league_id=raw.league_id,
        event_id=event.id if event else None,
        period=(event.period_number if event else None) or MATCH_PERIOD,
        name=wire.name,
        bet_type=wire.bet_type or "",
        units=wire.units or None,
        status=str(wire.status or ""),
        cutoff=moment(wire.cutoff or wire.cut_off),
        live_status=wire.live_status or 0,
        home=event.home if event else None,
        away=event.away if event else None,
        contestants=tuple(Contestant(id=each.id, name=each.name or "") for each in wire.contestants or ()),
    )


def special_odds(raw: Raw, odds_format: OddsFormat = OddsFormat.DECIMAL) -> SpecialOdds:
    """The raw odds of one special of `/odds/special`.

    Raises `BadPayloadError` where a price or a handicap is impossible.
    """
    wire = _odds(raw.json)
    return SpecialOdds(
        id=wire.id,
        max_stake=wire.max_bet if wire.max_bet is not None else wire.max_risk,
        lines=tuple(
            ContestantLine(
                id=line.id,
                price=read_price(line.price, odds_format),
                handicap=finite(line.handicap),
                max_stake=line.max,
            )
            for line in wire.contestant_lines or ()
        ),
    )


def _answer(body: bytes, sport_id: int) -> tuple[int | None, list[Raw]] | None:
    if is_nothing(body):
        return None
    wire = _specials(body)
    leagues = listed(body, wire.leagues, wire.league)
    if leagues is None:
        return None
    check_sport(wire.sport_id, sport_id)
    return wire.last, [Raw(league.id, bytes(raw)) for league in leagues for raw in league.specials or ()]


def _settled_special(raw: Raw) -> SettledSpecial:
    wire = _settled(raw.json)
    return SettledSpecial(
        id=wire.id,
        league_id=raw.league_id,
        status=wire.status or 0,
        settlement_id=wire.settlement_id or 0,
        settled_at=moment(wire.settled_at),
    )
