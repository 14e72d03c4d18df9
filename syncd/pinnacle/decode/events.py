"""Decoders of `/fixtures`, `/odds` and `/fixtures/settled`."""

import msgspec

from syncd.model.pinnacle import Event, League, Period, Settlement
from syncd.pinnacle.decode.body import check_sport, decode_id, decoder, first_list, is_empty
from syncd.pinnacle.decode.prices import OddsFormat, period_from_wire, utc
from syncd.pinnacle.decode.wire import (
    WireEvent,
    WireFixtures,
    WireNumber,
    WireOdds,
    WirePeriod,
    WireSettled,
    WireSettledPeriod,
)
from syncd.pinnacle.errors import BadPayloadError
from syncd.pinnacle.responses import (
    FixturesPayload,
    OddsPayload,
    PeriodKey,
    RawItem,
    SettledPayload,
)

_fixtures = decoder(WireFixtures)
_odds = decoder(WireOdds)
_settled = decoder(WireSettled)
_period = decoder(WirePeriod)
_number = decoder(WireNumber)
_event = decoder(WireEvent)


def decode_fixtures(body: bytes, *, sport_id: int) -> FixturesPayload:
    """The events of `/fixtures` by id, and the league names if this version of the API sends them.

    An event of which only the id can be read is listed as invalid.
    """
    if is_empty(body):
        return FixturesPayload()
    wire = _fixtures(body)
    leagues = first_list(body, wire.league, wire.leagues)
    if leagues is None:
        return FixturesPayload()
    check_sport(wire.sport_id, sport_id)
    events: dict[int, Event] = {}
    invalid: dict[int, str] = {}
    for league in leagues:
        for raw in league.events or ():
            event_id = decode_id(raw)
            try:
                events[event_id] = _event_from_wire(_event(raw), sport_id, league.id)
            except BadPayloadError as exc:
                invalid[event_id] = str(exc)
    named = (League(id=league.id, sport_id=sport_id, name=league.name) for league in leagues if league.name)
    return FixturesPayload(last=wire.last, items=events, invalid=invalid, leagues=tuple(named))


def decode_odds(body: bytes) -> OddsPayload:
    """The periods of `/odds`, by event and number, each still to be decoded by `decode_period`."""
    if is_empty(body):
        return OddsPayload()
    wire = _odds(body)
    leagues = first_list(body, wire.leagues, wire.league)
    if leagues is None:
        return OddsPayload()
    periods = {
        PeriodKey(event.id, _number(raw).number): RawItem(league.id, bytes(raw))
        for league in leagues
        for event in league.events or ()
        for raw in event.periods or ()
    }
    return OddsPayload(last=wire.last, items=periods)


def decode_period(json: bytes | msgspec.Raw, odds_format: OddsFormat = OddsFormat.DECIMAL) -> Period:
    """One period of `/odds`. Raises `BadPayloadError` if a price or a line is impossible."""
    return period_from_wire(_period(json), odds_format)


def decode_settled(body: bytes) -> SettledPayload:
    """The settlements of `/fixtures/settled`; of several for one period the newest."""
    if is_empty(body):
        return SettledPayload()
    wire = _settled(body)
    leagues = first_list(body, wire.leagues, wire.league)
    if leagues is None:
        return SettledPayload()
    settlements = (
        _settlement_from_wire(event.id, period)
        for league in leagues
        for event in league.events or ()
        for period in event.periods or ()
    )
    newest_last = sorted(settlements, key=lambda settlement: settlement.id)
    return SettledPayload(
        last=wire.last, items={PeriodKey(each.event_id, each.period): each for each in newest_last}
    )


def _event_from_wire(wire: WireEvent, sport_id: int, league_id: int) -> Event:
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
        rot_num=None if wire.rot_num is None else str(wire.rot_num),
    )


def _settlement_from_wire(event_id: int, wire: WireSettledPeriod) -> Settlement:
    return Settlement(
        id=wire.settlement_id,
        event_id=event_id,
        period=wire.number,
        status=wire.status,
        settled_at=utc(wire.settled_at),
        team1_score=None if wire.team1_score is None else int(wire.team1_score),
        team2_score=None if wire.team2_score is None else int(wire.team2_score),
        reason=wire.cancellation_reason.code if wire.cancellation_reason else None,
    )
