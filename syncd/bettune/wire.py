"""The JSON of BetTune's API, and its translation into values.

Unknown fields are ignored. A missing or wrongly typed documented field of a prediction fails the whole
response: a row that is skipped would look like one that does not exist, and be overwritten. A match or
a filter that cannot be read is left out, so that one bad row does not hide all others.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence, Sized
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from syncd.model.bettune import Filter, Match, Named, Pair, Prediction, at_six_decimals
from syncd.model.decimals import format_decimal

HIGHEST_ODDS = Decimal(1_000_000)
"""Higher than any market's odds: a response with more is wrong."""

T = TypeVar("T")
Row = TypeVar("Row")

LeftOut = Mapping[int, str]
"""Reasons why rows could not be read, by their ids."""


class UnreadableError(ValueError):
    """The response differs from the API's document, or contradicts itself."""


class ErrorBody(msgspec.Struct):
    """The body of every response with a status from 400 on."""

    code: str = ""
    message: str = ""


class _Score(msgspec.Struct):
    home: int | None = None
    away: int | None = None


class _Match(msgspec.Struct):
    id: int
    date: datetime
    finished: bool
    country: Named
    tournament: Named
    home: Named
    away: Named
    season: Named | None = None
    score: _Score | None = None

    def value(self) -> Match:
        score = self.score or _Score()
        return Match(
            id=self.id,
            date=utc(self.date),
            finished=self.finished,
            country=self.country,
            tournament=self.tournament,
            season=self.season or Named(id=0, name=""),
            home=self.home,
            away=self.away,
            home_score=score.home,
            away_score=score.away,
        )


class _Filter(msgspec.Struct, rename="camel"):
    id: int
    name: str
    sport: Named
    bet_type: str
    status: str

    def value(self) -> Filter:
        return Filter(
            id=self.id, name=self.name, sport=self.sport, bet_type=self.bet_type, status=self.status
        )


class _Prediction(msgspec.Struct, rename="camel"):
    id: int
    filter_id: int
    match_id: int
    odds: Decimal
    source: str
    created_at: datetime | None = None
    updated_at: datetime | None = None

    def value(self) -> Prediction:
        if not (self.odds.is_finite() and 0 <= self.odds < HIGHEST_ODDS):
            raise UnreadableError(f"odds out of range: {self.odds}")
        return Prediction(
            id=self.id,
            pair=Pair(self.filter_id, self.match_id),
            odds=at_six_decimals(self.odds),
            # Only what BetTune itself marks as written by the API may be ours. A source that this
            # program does not know belongs to somebody else, and is left alone.
            source="api" if self.source == "api" else "ui",
            created_at=self.created_at and utc(self.created_at),
            updated_at=self.updated_at and utc(self.updated_at),
        )


class _Sports(msgspec.Struct):
    count: int
    items: tuple[Named, ...]


class _Matches(msgspec.Struct):
    date: date
    count: int
    items: tuple[msgspec.Raw, ...]


class _Filters(msgspec.Struct):
    count: int
    items: tuple[msgspec.Raw, ...]


class _Id(msgspec.Struct):
    id: int


class _Predictions(msgspec.Struct):
    count: int
    items: tuple[_Prediction, ...]


_SPORTS = msgspec.json.Decoder(_Sports)
_MATCHES = msgspec.json.Decoder(_Matches)
_FILTERS = msgspec.json.Decoder(_Filters)
_PREDICTIONS = msgspec.json.Decoder(_Predictions)
_A_MATCH = msgspec.json.Decoder(_Match)
_A_FILTER = msgspec.json.Decoder(_Filter)
_ID = msgspec.json.Decoder(_Id)
_PREDICTION = msgspec.json.Decoder(_Prediction)
_ERROR = msgspec.json.Decoder(ErrorBody)


def sports_of(body: bytes) -> tuple[Named, ...]:
    """Return the sports of `GET /sports`. Raises `UnreadableError`, as all readers here do."""
    response = _decoded(_SPORTS, body)
    return _all_of(response.count, response.items, key=lambda sport: sport.id)


def matches_of(body: bytes, day: date) -> tuple[tuple[Match, ...], LeftOut]:
    """Return the matches of `GET /matches` that can be read; the response must be about `day`."""
    response = _decoded(_MATCHES, body)
    if response.date != day:
        raise UnreadableError(f"requested {day}, received {response.date}")
    return _readable(
        response.count,
        response.items,
        lambda raw: _decoded(_A_MATCH, raw).value(),
        key=lambda match: match.id,
    )


def filters_of(body: bytes) -> tuple[tuple[Filter, ...], LeftOut]:
    """Return the filters of `GET /prediction-filters` that can be read."""
    response = _decoded(_FILTERS, body)
    return _readable(
        response.count,
        response.items,
        lambda raw: _decoded(_A_FILTER, raw).value(),
        key=lambda found: found.id,
    )


def predictions_of(body: bytes, requested: frozenset[Pair]) -> tuple[Prediction, ...]:
    """Return the predictions of `POST /predictions/search`.

    A row that was not requested means that this is the response to another search. Then the absence
    of a row proves nothing, and a prediction made by hand could be overwritten.
    """
    response = _decoded(_PREDICTIONS, body)
    rows = _all_of(response.count, (row.value() for row in response.items), key=lambda row: row.pair)
    if not requested.issuperset(row.pair for row in rows):
        raise UnreadableError("a prediction of another filter or match than requested")
    return rows


def prediction_of(body: bytes, pair: Pair, odds: Decimal) -> Prediction:
    """Return the row of the response to a PUT; it must contain what was sent."""
    row = _decoded(_PREDICTION, body).value()
    if row.pair != pair:
        raise UnreadableError(f"wrote {pair.filter_id}/{pair.match_id}, received another prediction")
    if row.odds != at_six_decimals(odds):
        raise UnreadableError(f"wrote {format_decimal(odds)}, received {format_decimal(row.odds)}")
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
    return odds.is_finite() and 1 < odds < HIGHEST_ODDS and at_six_decimals(odds) == odds


def utc(moment: datetime) -> datetime:
    """Return the same moment in UTC; BetTune's times without an offset are UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _check_count(count: int, rows: Sized) -> None:
    if len(rows) != count:
        raise UnreadableError(f"announced {count} items, sent {len(rows)}")


def _decoded(decoder: "msgspec.json.Decoder[T]", body: bytes | msgspec.Raw) -> T:
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
        raise UnreadableError(str(exc) or type(exc).__name__) from exc


def _readable(
    count: int,
    raws: Sequence[msgspec.Raw],
    read: Callable[[msgspec.Raw], Row],
    *,
    key: Callable[[Row], int],
) -> tuple[tuple[Row, ...], LeftOut]:
    """Return every readable row once, and the reason for each other row.

    Raises `UnreadableError` if a row has no id, or if most rows cannot be read.
    """
    _check_count(count, raws)
    rows: list[Row] = []
    left_out: dict[int, str] = {}
    for raw in raws:
        id_ = _decoded(_ID, raw).id
        try:
            rows.append(read(raw))
        except UnreadableError as exc:
            left_out[id_] = str(exc)
    if len(left_out) > len(rows):
        raise UnreadableError(f"{len(left_out)} of {count} items; the first: {next(iter(left_out.values()))}")
    unique = _all_of(len(rows), rows, key=key)
    return tuple(row for row in unique if key(row) not in left_out), left_out


def _all_of(count: int, rows: Iterable[Row], *, key: Callable[[Row], Hashable]) -> tuple[Row, ...]:
    """Return every row once. Repeated rows must be equal, and their number must be the announced one."""
    listed = tuple(rows)
    _check_count(count, listed)
    unique: dict[Any, Row] = {}
    for row in listed:
        if unique.setdefault(key(row), row) != row:
            raise UnreadableError("two items with one key that differ")
    return tuple(unique.values())
