"""What BetTune's JSON looks like, and its translation into values.

Unknown fields are ignored. A missing or wrongly typed documented field of a prediction fails the whole
answer: a row that is passed over would look like one that does not exist, and be written over. A match or
a filter that cannot be read is left out, so that it does not take all others with it.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence, Sized
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from syncd.model.bettune import Filter, Match, Named, Pair, Prediction, at_six_decimals

HIGHEST_ODDS = Decimal(1_000_000)
"""Beyond any market: an answer with more is garbage."""

T = TypeVar("T")
Row = TypeVar("Row")

LeftOut = Mapping[int, str]
"""Why rows could not be read, by their ids."""


class UnreadableError(ValueError):
    """The answer is not what the API's document describes, or contradicts itself."""


class ErrorBody(msgspec.Struct):
    """What BetTune says with every status from 400 on."""

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
            raise UnreadableError("odds that are no odds")
        return Prediction(
            id=self.id,
            pair=Pair(self.filter_id, self.match_id),
            odds=at_six_decimals(self.odds),
            # Only what BetTune itself marks as written by the API may be ours; a source that is
            # invented later is somebody else's, and left alone.
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
    """The sports of `GET /sports`."""
    answer = _decoded(_SPORTS, body)
    return _all_of(answer.count, answer.items, key=lambda sport: sport.id)


def matches_of(body: bytes, day: date) -> tuple[tuple[Match, ...], LeftOut]:
    """The matches of `GET /matches` that can be read; the answer has to be that of the day asked for."""
    answer = _decoded(_MATCHES, body)
    if answer.date != day:
        raise UnreadableError(f"asked for {day}, answered for {answer.date}")
    return _readable(
        answer.count, answer.items, lambda raw: _decoded(_A_MATCH, raw).value(), key=lambda match: match.id
    )


def filters_of(body: bytes) -> tuple[tuple[Filter, ...], LeftOut]:
    """The filters of `GET /prediction-filters` that can be read."""
    answer = _decoded(_FILTERS, body)
    return _readable(
        answer.count, answer.items, lambda raw: _decoded(_A_FILTER, raw).value(), key=lambda found: found.id
    )


def predictions_of(body: bytes, asked: frozenset[Pair]) -> tuple[Prediction, ...]:
    """The predictions of `POST /predictions/search`.

    A row that was not asked for means that another question was answered, and then the absence of
    the rest proves nothing: a prediction made by hand could be overwritten.
    """
    answer = _decoded(_PREDICTIONS, body)
    rows = _all_of(answer.count, (row.value() for row in answer.items), key=lambda row: row.pair)
    if not asked.issuperset(row.pair for row in rows):
        raise UnreadableError("a prediction for another filter or match than asked")
    return rows


def prediction_of(body: bytes, pair: Pair, odds: Decimal) -> Prediction:
    """The row that a PUT answers with: it has to hold what was sent."""
    row = _decoded(_PREDICTION, body).value()
    if row.pair != pair:
        raise UnreadableError(f"wrote {pair.filter_id}/{pair.match_id}, answered for another prediction")
    if row.odds != at_six_decimals(odds):
        raise UnreadableError(f"wrote {plain(odds)}, answered {plain(row.odds)}")
    return row


def error_of(body: bytes) -> ErrorBody:
    """Code and message of an error's body; empty where it is not BetTune's."""
    try:
        return _decoded(_ERROR, body)
    except UnreadableError:
        return ErrorBody()


def put_body(odds: Decimal) -> bytes:
    """The body of a PUT."""
    return msgspec.json.encode({"odds": plain(odds)})


def search_body(filter_id: int, match_ids: Iterable[int]) -> bytes:
    """The body of a search."""
    return msgspec.json.encode({"filterId": filter_id, "matchIds": list(match_ids)})


def sendable(odds: Decimal) -> bool:
    """Whether these are odds that BetTune can hold to the digit: above 1, at most six decimals."""
    return odds.is_finite() and 1 < odds < HIGHEST_ODDS and at_six_decimals(odds) == odds


def plain(odds: Decimal) -> str:
    """The odds without exponent and without trailing zeros: `2.15`, `100`."""
    return format(odds.normalize(), "f")


def utc(moment: datetime) -> datetime:
    """The same moment in UTC; BetTune's times without an offset are UTC."""
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
    """Every row that can be read, once, and why the others cannot: these need an id, and may not be most."""
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
        raise UnreadableError(
            f"{len(left_out)} of {count} items, one because: {next(iter(left_out.values()))}"
        )
    unique = _all_of(len(rows), rows, key=key)
    return tuple(row for row in unique if key(row) not in left_out), left_out


def _all_of(count: int, rows: Iterable[Row], *, key: Callable[[Row], Hashable]) -> tuple[Row, ...]:
    """Every row once: repeated ones must be the same, and as many have to be there as announced."""
    listed = tuple(rows)
    _check_count(count, listed)
    unique: dict[Any, Row] = {}
    for row in listed:
        if unique.setdefault(key(row), row) != row:
            raise UnreadableError("two items with one key that differ")
    return tuple(unique.values())
