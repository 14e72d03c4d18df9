"""Bytes of a 2xx answer to values. All raise `BadPayloadError` for what cannot be believed.

An empty body, `""`, `{}` and an answer without its list all mean "nothing to tell": `None`.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import msgspec

from syncd.model.pinnacle import Event, League, Period, Settlement
from syncd.pinnacle.answers import FixturesAnswer, OddsAnswer, PeriodKey, Raw, SettledAnswer
from syncd.pinnacle.errors import BadPayloadError
from syncd.pinnacle.odds import OddsFormat, moment, period_from_wire
from syncd.pinnacle.wire import (
    WireEvent,
    WireFailure,
    WireFixtures,
    WireId,
    WireNumber,
    WireOdds,
    WirePeriod,
    WireSettled,
    WireSettledPeriod,
)

T = TypeVar("T")

NOTHING = (b"", b'""', b"{}", b"null", b"[]")


def decoder(kind: type[T]) -> Callable[[bytes | msgspec.Raw], T]:
    """A tolerant JSON decoder of one type: numbers in quotes pass, errors are ours."""
    # A decoder of msgspec is built once: building costs more than a small answer.
    decode: Callable[[Any], T] = msgspec.json.Decoder(kind, strict=False).decode

    def decoded(body: bytes | msgspec.Raw) -> T:
        try:
            return decode(body)
        except (msgspec.MsgspecError, UnicodeDecodeError) as exc:
            # The words of msgspec name the place, never the content.
            raise BadPayloadError(f"unreadable answer: {exc}") from None

    return decoded


_fixtures = decoder(WireFixtures)
_odds = decoder(WireOdds)
_settled = decoder(WireSettled)
_period = decoder(WirePeriod)
_number = decoder(WireNumber)
_failure = decoder(WireFailure)
_event_of = decoder(WireEvent)
decode_id = decoder(WireId)


def is_nothing(body: bytes) -> bool:
    """Whether a 2xx body says that there is nothing to tell."""
    return len(body) < 16 and body.strip() in NOTHING


def fixtures(body: bytes, *, sport_id: int) -> FixturesAnswer | None:
    """The events of `/fixtures`, and the league names where the version tells them.

    An event whose id is all that can be read is named as doubted.
    """
    if is_nothing(body):
        return None
    wire = _fixtures(body)
    leagues = listed(body, wire.league, wire.leagues)
    if leagues is None:
        return None
    check_sport(wire.sport_id, sport_id)
    events: dict[int, Event] = {}
    doubted: dict[int, str] = {}
    for league in leagues:
        for raw in league.events or ():
            id_ = decode_id(raw).id
            try:
                events[id_] = _event(_event_of(raw), sport_id, league.id)
            except BadPayloadError as exc:
                doubted[id_] = str(exc)
    return FixturesAnswer(
        last=wire.last,
        events=events,
        doubted=doubted,
        leagues=tuple(
            League(id=league.id, sport_id=sport_id, name=league.name) for league in leagues if league.name
        ),
    )


def odds(body: bytes) -> OddsAnswer | None:
    """The periods of `/odds`, filed under event and number but not yet decoded."""
    if is_nothing(body):
        return None
    wire = _odds(body)
    leagues = listed(body, wire.leagues, wire.league)
    if leagues is None:
        return None
    periods = {
        PeriodKey(event.id, _number(raw).number): Raw(league.id, bytes(raw))
        for league in leagues
        for event in league.events or ()
        for raw in event.periods or ()
    }
    return OddsAnswer(last=wire.last, periods=periods)


def period(json: bytes, odds_format: OddsFormat = OddsFormat.DECIMAL) -> Period:
    """One raw period of an odds answer."""
    return period_from_wire(_period(json), odds_format)


def settled(body: bytes) -> SettledAnswer | None:
    """The settlements of `/fixtures/settled`; of several for a period the newest counts."""
    if is_nothing(body):
        return None
    wire = _settled(body)
    leagues = listed(body, wire.leagues, wire.league)
    if leagues is None:
        return None
    newest: dict[PeriodKey, Settlement] = {}
    for league in leagues:
        for event in league.events or ():
            for settled_period in event.periods or ():
                _file_newest(newest, _settlement(event.id, settled_period))
    return SettledAnswer(last=wire.last, settlements=newest)


def failure(body: bytes) -> tuple[str, str]:
    """Code and message of an error body of either shape; empty where it has none."""
    try:
        wire = _failure(body)
    except BadPayloadError:
        return "", ""
    inner = wire.error or wire
    return str(inner.code or wire.code or ""), inner.message or wire.message or ""


def listed(body: bytes, *spellings: list[T] | None) -> Iterable[T] | None:
    """The first list that is there, or none; an error dressed as a good answer is raised."""
    for leagues in spellings:
        if leagues is not None:
            return leagues
    code, _ = failure(body)
    if code:  # sports and leagues once answered 200 with an error inside
        raise BadPayloadError(f"an error in a good answer: {code}", code=code)
    return None


def check_sport(told: int | None, asked: int) -> None:
    """Raise `BadPayloadError` for an answer about another sport than was asked for."""
    if told is not None and told != asked:
        raise BadPayloadError(f"asked for sport {asked}, told about sport {told}")


def _event(wire: WireEvent, sport_id: int, league_id: int) -> Event:
    starts = moment(wire.starts)
    assert starts is not None  # noqa: S101 - the wire requires it
    return Event(
        id=wire.id,
        sport_id=sport_id,
        league_id=league_id,
        home=wire.home,
        away=wire.away,
        starts=starts,
        status=wire.status or "O",  # deprecated since 2018: where it is absent, the periods tell
        live_status=wire.live_status or 0,
        parent_id=wire.parent_id,
        resulting_unit=wire.resulting_unit,
        rot_num=None if wire.rot_num is None else str(wire.rot_num),
    )


def _settlement(event_id: int, wire: WireSettledPeriod) -> Settlement:
    return Settlement(
        id=wire.settlement_id,
        event_id=event_id,
        period=wire.number,
        status=wire.status,
        settled_at=moment(wire.settled_at),
        team1_score=None if wire.team1_score is None else int(wire.team1_score),
        team2_score=None if wire.team2_score is None else int(wire.team2_score),
        reason=wire.cancellation_reason.code if wire.cancellation_reason else None,
    )


def _file_newest(newest: dict[PeriodKey, Settlement], settlement: Settlement) -> None:
    key = PeriodKey(settlement.event_id, settlement.period)
    if key not in newest or newest[key].id < settlement.id:
        newest[key] = settlement
