"""The JSON of the large responses, with every spelling of a field seen since 2017.

Unknown fields are ignored. What a list holds stays raw bytes: so one garbled row costs itself alone, and
periods are decoded only when they changed: decoding 60,000 prices takes far longer than comparing 2,300
texts.
"""

from datetime import datetime
from decimal import Decimal

import msgspec

from syncd.model.bounds import Code, Count, Cursor, Id, Name, Small, UncheckedCode, UncheckedName


class Wire(msgspec.Struct, rename="camel", gc=False):
    """A JSON object with keys in camel case; absent and null are the same."""


class WireMoneyline(Wire):
    """The prices of a 1X2 or two-way market; the latter has no `draw`."""

    home: Decimal | None = None
    draw: Decimal | None = None
    away: Decimal | None = None


class WireSpread(Wire):
    """A handicap line; the main line has no `altLineId`, which changes with every update."""

    hdp: Decimal | None = None
    home: Decimal | None = None
    away: Decimal | None = None
    max: Decimal | None = None
    alt_line_id: Cursor | None = None


class WireTotal(Wire):
    """A line on the goals of the match or of one team."""

    points: Decimal | None = None
    over: Decimal | None = None
    under: Decimal | None = None
    max: Decimal | None = None
    alt_line_id: Cursor | None = None


class WireTeamTotal(Wire):
    """Team totals: one object for each side until odds v1 (PS3838 v3), a list from v2 (v4) on."""

    home: list[WireTotal] | WireTotal | None = None
    away: list[WireTotal] | WireTotal | None = None


class WirePeriod(Wire):
    """A period; `moneyLine` and `maxMoneyLine` are documented in 2017 and were never seen."""

    number: Count
    status: Small | None = None
    cutoff: datetime | None = None
    moneyline: WireMoneyline | None = None
    money_line: WireMoneyline | None = None
    spreads: list[WireSpread] | None = None
    totals: list[WireTotal] | None = None
    team_total: WireTeamTotal | None = None
    max_moneyline: Decimal | None = None
    max_money_line: Decimal | None = None
    max_spread: Decimal | None = None
    max_total: Decimal | None = None
    max_team_total: Decimal | None = None


class WireNumber(Wire):
    """The key of a period within its event."""

    number: Count


class WireId(Wire):
    """The id of a league, an event or a special."""

    id: Id


class WireName(Wire):
    """The name of a league, added to fixtures after the 2017 manual."""

    name: Name | None = None


class WireRows(Wire):
    """The rows that a league or an event lists."""

    events: list[msgspec.Raw] | None = None
    specials: list[msgspec.Raw] | None = None
    periods: list[msgspec.Raw] | None = None


class WireListed(WireRows, kw_only=True):
    """A league or an event with its rows, if all of it can be read."""

    id: Id
    name: Name | None = None


class WireLeagues(Wire):
    """The leagues of a response of any of the large endpoints. Only that of fixtures calls them `league`."""

    leagues: list[msgspec.Raw] | None = None
    league: list[msgspec.Raw] | None = None


class WireCursor(Wire):
    """The cursor of a response."""

    last: Cursor | None = None


class WireSport(Wire):
    """The sport of a response."""

    sport_id: Id | None = None


class WireFrame(WireLeagues):
    """A response of any of the large endpoints, if all of it can be read."""

    last: Cursor | None = None
    sport_id: Id | None = None


class WireEvent(Wire):
    """A fixture; `rotNum` was a number and is a string. Its texts may have a NUL."""

    id: Id
    starts: datetime
    home: UncheckedName
    away: UncheckedName
    status: UncheckedCode | None = None
    live_status: Small | None = None
    parent_id: Cursor | None = None
    resulting_unit: UncheckedCode | None = None
    rot_num: UncheckedCode | Cursor | None = None


class WireReason(Wire):
    """The reason of a cancellation; `details` differ between the manual and real responses."""

    code: Code = ""
    details: msgspec.Raw = msgspec.Raw()


class WireSettledPeriod(Wire):
    """A settled period; scores are integers for matches, and were seen as floats elsewhere."""

    number: Count
    status: Small
    settlement_id: Cursor
    settled_at: datetime | None = None
    team1_score: Decimal | None = None
    team2_score: Decimal | None = None
    cancellation_reason: WireReason | None = None


class WireError(Wire):
    """An error in either shape: `{code, message}` and `{status, error: {code, message}, code}`."""

    code: str | int | None = None
    message: str | None = None
    ref: str | None = None
    error: "WireError | None" = None
