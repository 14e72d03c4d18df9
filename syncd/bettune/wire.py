"""The JSON of BetTune's API, and its translation into values.

Unknown fields are ignored, and every value has to be within its bounds. A match or a filter that cannot be
read is left out, so that one bad row does not hide all others. A prediction whose filter and match can be
read is never left out: a row that is skipped would look like one that does not exist. Its `problem` says
which of its values cannot be believed.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Sized
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, TypeVar

import msgspec

from syncd.model import bounds
from syncd.model.bettune import LOWEST_ODDS, Filter, Match, Named, Pair, Prediction, at_six_decimals
from syncd.model.bounds import Code, Count, Id, Name, OutOfBoundsError
from syncd.model.decimals import format_decimal
from syncd.model.json_text import UnreadableJsonError, json_decoder

T = TypeVar("T")
Row = TypeVar("Row", Match, Filter)

LeftOut = Mapping[int | str, str]
"""Reasons why rows could not be read, by their ids; a row whose id cannot be read has its position."""


class UnreadableError(ValueError):
    """The response differs from the API's document, or contradicts itself."""


class ErrorBody(msgspec.Struct):
    """The body of every response with a status from 400 on."""

    code: str = ""
    message: str = ""


class _Named(msgspec.Struct):
    id: Annotated[int, msgspec.Meta(ge=0, le=bounds.HIGHEST_BIG)]
    name: Name

    def value(self) -> Named:
        return Named(id=self.id, name=self.name)


class _Score(msgspec.Struct):
    home: Count | None = None
    away: Count | None = None


class _Match(msgspec.Struct):
    id: Id
    date: datetime
    finished: bool
    country: _Named
    tournament: _Named
    home: _Named
    away: _Named
    season: _Named | None = None
    score: _Score | None = None

    def value(self) -> Match:
        score = self.score or _Score()
        return Match(
            id=self.id,
            date=bounds.moment(self.date),
            finished=self.finished,
            country=self.country.value(),
            tournament=self.tournament.value(),
            season=self.season.value() if self.season else Named(id=0, name=""),
            home=self.home.value(),
            away=self.away.value(),
            home_score=score.home,
            away_score=score.away,
        )


class _Filter(msgspec.Struct, rename="camel"):
    id: Id
    name: Name
    sport: _Named
    bet_type: Name
    status: Code

    def value(self) -> Filter:
        return Filter(
            id=self.id, name=self.name, sport=self.sport.value(), bet_type=self.bet_type, status=self.status
        )


class _Prediction(msgspec.Struct, rename="camel"):
    filter_id: Id
    match_id: Id
    id: msgspec.Raw
    odds: msgspec.Raw
    source: msgspec.Raw
    created_at: msgspec.Raw = msgspec.Raw(b"null")
    updated_at: msgspec.Raw = msgspec.Raw(b"null")

    def value(self) -> Prediction:
        odds, problem = _odds(self.odds)
        return Prediction(
            id=_or_none(_INTEGER, self.id) or 0,
            pair=Pair(self.filter_id, self.match_id),
            odds=odds,
            # Only what BetTune itself marks as written by the API may be ours. A source that this
            # program does not know belongs to somebody else, and is left alone.
            source="api" if _or_none(_TEXT, self.source) == "api" else "ui",
            created_at=_or_none(_moment, self.created_at),
            updated_at=_or_none(_moment, self.updated_at),
            problem=problem,
        )


class _Sports(msgspec.Struct):
    count: int
    items: tuple[_Named, ...]


class _Matches(msgspec.Struct):
    date: date
    count: int
    items: tuple[msgspec.Raw, ...]


class _Filters(msgspec.Struct):
    count: int
    items: tuple[msgspec.Raw, ...]


class _RowId(msgspec.Struct):
    id: Id


class _Predictions(msgspec.Struct):
    count: int
    items: tuple[_Prediction, ...]


_SPORTS = json_decoder(_Sports, strict=True)
_MATCHES = json_decoder(_Matches, strict=True)
_FILTERS = json_decoder(_Filters, strict=True)
_PREDICTIONS = json_decoder(_Predictions, strict=True)
_A_MATCH = json_decoder(_Match, strict=True)
_A_FILTER = json_decoder(_Filter, strict=True)
_ROW_ID = json_decoder(_RowId, strict=True)
_PREDICTION = json_decoder(_Prediction, strict=True)
_ERROR = json_decoder(ErrorBody, strict=True)
_ODDS = json_decoder(Decimal, strict=True, with_decimals=True)
_INTEGER = json_decoder(int, strict=True)
_TEXT = json_decoder(str, strict=True)
_TIME = json_decoder(datetime, strict=True)


def _moment(raw: msgspec.Raw) -> datetime:
    return bounds.moment(_TIME(raw))


def sports_of(body: bytes) -> tuple[Named, ...]:
    """Return the sports of `GET /sports`. Raises `UnreadableError`."""
    response = _decoded(_SPORTS, body)
    _check_count(response.count, response.items)
    return tuple(dict.fromkeys(sport.value() for sport in response.items))


def matches_of(body: bytes, day: date) -> tuple[tuple[Match, ...], LeftOut]:
    """Return the matches of `GET /matches` that can be read.

    Raises `UnreadableError` if the response is not about `day`, or if most rows cannot be read.
    """
    response = _decoded(_MATCHES, body)
    if response.date != day:
        raise UnreadableError(f"requested {day}, received {response.date}")
    return _readable(response.count, response.items, lambda raw: _decoded(_A_MATCH, raw).value())


def filters_of(body: bytes) -> tuple[tuple[Filter, ...], LeftOut]:
    """Return the filters of `GET /prediction-filters` that can be read.

    Raises `UnreadableError` if most rows cannot be read.
    """
    response = _decoded(_FILTERS, body)
    return _readable(response.count, response.items, lambda raw: _decoded(_A_FILTER, raw).value())


def predictions_of(body: bytes, requested: frozenset[Pair]) -> tuple[Prediction, ...]:
    """Return the predictions of `POST /predictions/search`, one for each pair.

    Raises `UnreadableError` also for a row that was not requested, which means that this is the response to
    another search. Then the absence of a row proves nothing, and a prediction made by hand could be
    overwritten.
    """
    response = _decoded(_PREDICTIONS, body)
    _check_count(response.count, response.items)
    rows: dict[Pair, Prediction] = {}
    for row in (each.value() for each in response.items):
        known = rows.setdefault(row.pair, row)
        if known != row:
            rows[row.pair] = _contradictory(known, row)
    if not requested.issuperset(rows):
        raise UnreadableError("a prediction of another filter or match than requested")
    return tuple(rows.values())


def prediction_of(body: bytes, pair: Pair) -> Prediction:
    """Return the row of the response to a PUT; its odds are those that BetTune keeps.

    Raises `UnreadableError` also if the row is about another pair.
    """
    row = _decoded(_PREDICTION, body).value()
    if row.pair != pair:
        raise UnreadableError(f"wrote {pair.filter_id}/{pair.match_id}, received another prediction")
    if row.problem:
        raise UnreadableError(row.problem)
    return row


def error_of(body: bytes) -> ErrorBody:
    """Return code and message of an error's body; both empty if it is not BetTune's."""
    try:
        return _decoded(_ERROR, body)
    except UnreadableError:
        return ErrorBody()


def put_body(odds: Decimal) -> bytes:
    """Return the body of a PUT."""
    return msgspec.json.encode({"odds": format_decimal(odds)})


def search_body(filter_id: int, match_ids: Iterable[int]) -> bytes:
    """Return the body of a search."""
    return msgspec.json.encode({"filterId": filter_id, "matchIds": list(match_ids)})


def sendable(odds: Decimal) -> bool:
    """Return whether BetTune can save these odds to the digit: above 1, at most six decimals."""
    return odds.is_finite() and 1 < odds < bounds.HIGHEST_PRICE and at_six_decimals(odds) == odds


def _odds(raw: msgspec.Raw) -> tuple[Decimal, str]:
    """Return the odds of a row; if they cannot be believed, the lowest possible odds and the reason."""
    try:
        odds = bounds.number(_ODDS(raw), bounds.HIGHEST_PRICE)
        if odds >= 0:
            return at_six_decimals(odds), ""
    except (UnreadableJsonError, OutOfBoundsError):
        pass
    return LOWEST_ODDS, "BetTune shows odds that are not a price"


def _contradictory(one: Prediction, other: Prediction) -> Prediction:
    """Return the safer of two differing rows of one pair: if one is a user's, the pair is the user's."""
    theirs = next((row for row in (one, other) if row.source == "ui"), None)
    return theirs or msgspec.structs.replace(
        one, odds=LOWEST_ODDS, problem="BetTune shows two predictions of one pair that differ"
    )


def _or_none(decode: Callable[[msgspec.Raw], T], raw: msgspec.Raw) -> T | None:
    """Return a value that nothing depends on; None if it cannot be read."""
    with suppress(UnreadableJsonError, OutOfBoundsError):
        return decode(raw)
    return None


def _check_count(count: int, rows: Sized) -> None:
    if len(rows) != count:
        raise UnreadableError(f"announced {count} items, sent {len(rows)}")


def _decoded(decode: Callable[[bytes | msgspec.Raw], T], body: bytes | msgspec.Raw) -> T:
    try:
        return decode(body)
    except UnreadableJsonError as exc:
        raise UnreadableError(str(exc)) from exc


def _readable(
    count: int, raws: Sequence[msgspec.Raw], read: Callable[[msgspec.Raw], Row]
) -> tuple[tuple[Row, ...], LeftOut]:
    """Return every readable row once, and the reason for each other row.

    Raises `UnreadableError` if most rows cannot be read.
    """
    _check_count(count, raws)
    rows: list[Row] = []
    left_out: dict[int | str, str] = {}
    for position, raw in enumerate(raws):
        try:
            rows.append(read(raw))
        except (UnreadableError, OutOfBoundsError) as exc:
            left_out[_label(raw, position)] = str(exc)
    unique = list(dict.fromkeys(rows))
    for id_, times in Counter(row.id for row in unique).items():
        if times > 1:
            left_out[id_] = "two items with one id that differ"
    unique = [row for row in unique if row.id not in left_out]
    if len(left_out) > len(unique):
        raise UnreadableError(f"{len(left_out)} of {count} items; the first: {next(iter(left_out.values()))}")
    return tuple(unique), left_out


def _label(raw: msgspec.Raw, position: int) -> int | str:
    try:
        return _decoded(_ROW_ID, raw).id
    except UnreadableError:
        return f"item {position + 1}"
