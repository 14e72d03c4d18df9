"""The JSON of Pinnacle's large answers, in every spelling that was seen since 2017.

Unknown fields are passed over. Periods stay raw bytes until it is known that they changed:
decoding 60,000 prices takes far longer than comparing 2,300 pieces of text.
"""

from datetime import datetime
from decimal import Decimal

import msgspec


class Wire(msgspec.Struct, rename="camel", gc=False):
    """Keys in camel case; absent and null are the same."""


class WireMoneyline(Wire):
    """`draw` is absent in two-way markets."""

    home: Decimal | None = None
    draw: Decimal | None = None
    away: Decimal | None = None


class WireSpread(Wire):
    """`altLineId` is absent on the main line, and changes with every update."""

    hdp: Decimal | None = None
    home: Decimal | None = None
    away: Decimal | None = None
    max: Decimal | None = None
    alt_line_id: int | None = None


class WireTotal(Wire):
    """Of the match or of one team."""

    points: Decimal | None = None
    over: Decimal | None = None
    under: Decimal | None = None
    max: Decimal | None = None
    alt_line_id: int | None = None


class WireTeamTotal(Wire):
    """One object a side until odds v1 (PS3838 v3), arrays from v2 (v4) on."""

    home: list[WireTotal] | WireTotal | None = None
    away: list[WireTotal] | WireTotal | None = None


class WirePeriod(Wire):
    """The tables of 2017 say moneyLine and maxMoneyLine; the answers do not."""

    number: int
    status: int | None = None
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
    """Just enough of a period to file it."""

    number: int


class WireOddsEvent(Wire):
    """Scores and red cards beside the periods are not ours to mirror."""

    id: int
    periods: list[msgspec.Raw] | None = None


class WireOddsLeague(Wire):
    """The odds of one league."""

    id: int
    events: list[WireOddsEvent] | None = None


class WireOdds(Wire):
    """An answer of `/odds`."""

    last: int | None = None
    leagues: list[WireOddsLeague] | None = None
    league: list[WireOddsLeague] | None = None


class WireEvent(Wire):
    """A fixture; `rotNum` was a number and is a string."""

    id: int
    starts: datetime
    home: str
    away: str
    status: str | None = None
    live_status: int | None = None
    parent_id: int | None = None
    resulting_unit: str | None = None
    rot_num: str | int | None = None


class WireId(Wire):
    """Just enough of an event or a special to file it."""

    id: int


class WireFixturesLeague(Wire):
    """Its `name` came after the 2017 manual."""

    id: int
    name: str | None = None
    events: list[msgspec.Raw] | None = None


class WireFixtures(Wire):
    """An answer of `/fixtures`: the one that says `league`, not `leagues`."""

    sport_id: int | None = None
    last: int | None = None
    league: list[WireFixturesLeague] | None = None
    leagues: list[WireFixturesLeague] | None = None


class WireReason(Wire):
    """Why something was cancelled; its details differ between document and answer."""

    code: str = ""
    details: msgspec.Raw = msgspec.Raw()


class WireSettledPeriod(Wire):
    """Scores are whole numbers for matches, and came as floats elsewhere."""

    number: int
    status: int
    settlement_id: int
    settled_at: datetime | None = None
    team1_score: Decimal | None = None
    team2_score: Decimal | None = None
    cancellation_reason: WireReason | None = None


class WireSettledEvent(Wire):
    """A settled event."""

    id: int
    periods: list[WireSettledPeriod] | None = None


class WireSettledLeague(Wire):
    """A league with settled events."""

    id: int
    events: list[WireSettledEvent] | None = None


class WireSettled(Wire):
    """An answer of `/fixtures/settled`."""

    last: int | None = None
    leagues: list[WireSettledLeague] | None = None
    league: list[WireSettledLeague] | None = None


class WireFailure(Wire):
    """Both shapes of an error: `{code, message}` and `{status, error: {code, message}, code}`."""

    code: str | int | None = None
    message: str | None = None
    ref: str | None = None
    error: "WireFailure | None" = None
