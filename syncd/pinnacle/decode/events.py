"""Decoders of `/fixtures`, `/odds` and `/fixtures/settled`."""

from decimal import Decimal
from functools import partial

import msgspec

from syncd.model.bounds import HIGHEST_SCORE, OutOfBoundsError, whole_number, without_nul
from syncd.model.json_text import flawless_decoder
from syncd.model.pinnacle import Event, League, Period, Settlement
from syncd.pinnacle.decode.body import decoder, refusing, unreadable
from syncd.pinnacle.decode.listing import ItemCollector, Listing
from syncd.pinnacle.decode.prices import OddsFormat, period_from_wire, utc
from syncd.pinnacle.decode.wire import WireEvent, WireNumber, WirePeriod, WireSettledPeriod
from syncd.pinnacle.errors import BadPayloadError
from syncd.pinnacle.responses import (
    FixturesPayload,
    OddsPayload,
    PeriodKey,
    RawItem,
    SettledPayload,
)

_period = decoder(WirePeriod, with_decimals=True)
_number = decoder(WireNumber)
_flawless_number = flawless_decoder(WireNumber)
_event = decoder(WireEvent)
_settled_period = decoder(WireSettledPeriod, with_decimals=True)


def decode_fixtures(body: bytes, *, sport_id: int) -> FixturesPayload:
    """The events of `/fixtures` by id, and the league names if this version of the API sends them.

    An event of which only the id can be read is listed as invalid.
    """
    listing = Listing(body, sport_id)
    events: ItemCollector[int, Event] = ItemCollector()
    for league in listing.leagues:
        for raw in league.rows.events or ():
            try:
                event = _event_from_wire(_event(raw), sport_id, league.id)
            except (BadPayloadError, OutOfBoundsError) as exc:
                if (event_id := listing.read_id(raw)) is not None:
                    events.refuse(event_id, str(exc))
            else:
                events.add(event.id, event, league)
    named = (
        League(id=league.id, sport_id=sport_id, name=league.name) for league in listing.leagues if league.name
    )
    return FixturesPayload(
        last=listing.last,
        items=events.items,
        invalid=events.invalid,
        unreadable=tuple(listing.unreadable),
        leagues=tuple(named),
    )


def decode_odds(body: bytes, *, sport_id: int) -> OddsPayload:
    """The periods of `/odds`, by event and number, each still to be decoded by `decode_period`."""
    listing = Listing(body, sport_id)
    periods: ItemCollector[PeriodKey, RawItem] = ItemCollector()
    for league, event_id, raw in listing.periods():
        if number := _flawless_number(raw) or listing.read(_number, raw):
            periods.add(PeriodKey(event_id, number.number), RawItem(league.id, bytes(raw)), league)
    return OddsPayload(
        last=listing.last,
        items=periods.items,
        invalid=periods.invalid,
        unreadable=tuple(listing.unreadable),
    )


def decode_period(json: bytes | msgspec.Raw, odds_format: OddsFormat = OddsFormat.DECIMAL) -> Period:
    """One period of `/odds`. Raises `BadPayloadError` if a price or a line is impossible."""
    wire = _period(json)
    try:  # not `refusing`, which costs as much as some 20 prices
        return period_from_wire(wire, odds_format)
    except OutOfBoundsError as exc:
        raise unreadable(exc) from None


def decode_settled(body: bytes, *, sport_id: int) -> SettledPayload:
    """The settlements of `/fixtures/settled`; of several for one period the newest.

    One that cannot be read ends nothing: absence from the lists closes its event.
    """
    listing = Listing(body, sport_id)
    settlements = [
        settlement
        for _, event_id, raw in listing.periods()
        if (settlement := listing.read(partial(_decode_settlement, event_id), raw))
    ]
    newest_last = sorted(settlements, key=lambda settlement: settlement.id)
    return SettledPayload(
        last=listing.last,
        items={PeriodKey(each.event_id, each.period): each for each in newest_last},
        unreadable=tuple(listing.unreadable),
    )


def _decode_settlement(event_id: int, raw: msgspec.Raw | bytes) -> Settlement:
    with refusing():
        return _settlement_from_wire(event_id, _settled_period(raw))


def _event_from_wire(wire: WireEvent, sport_id: int, league_id: int) -> Event:
    rot_num = None if wire.rot_num is None else str(wire.rot_num)
    without_nul(wire.home, wire.away, wire.status, wire.resulting_unit, rot_num)
    return Event(
        id=wire.id,
        sport_id=sport_id,
        league_id=league_id,
        home=wire.home,
        away=wire.away,
        starts=utc(wire.starts),
        status=wire.status or "O",  # deprecated since 2018: where it is absent, the periods have one
        live_status=wire.live_status or 0,
        parent_id=wire.parent_id,
        resulting_unit=wire.resulting_unit,
        rot_num=rot_num,
    )


def _settlement_from_wire(event_id: int, wire: WireSettledPeriod) -> Settlement:
    return Settlement(
        id=wire.settlement_id,
        event_id=event_id,
        period=wire.number,
        status=wire.status,
        settled_at=utc(wire.settled_at),
        team1_score=_score(wire.team1_score),
        team2_score=_score(wire.team2_score),
        reason=wire.cancellation_reason.code if wire.cancellation_reason else None,
    )


def _score(score: Decimal | None) -> int | None:
    return None if score is None else whole_number(score, HIGHEST_SCORE)
