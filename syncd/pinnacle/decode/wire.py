"""The JSON of the large responses, with every spelling of a field seen since 2017.

Unknown fields are ignored. Periods stay raw bytes until it is known that they changed: decoding 60,000
prices takes far longer than comparing 2,300 texts.
"""

from datetime import datetime
from decimal import Decimal

import msgspec


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
    alt_line_id: int | None = None


class WireTotal(Wire):
    """A line on the goals of the match or of one team."""

    points: Decimal | None = None
    over: Decimal | None = None
    under: Decimal | None = None
    max: Decimal | None = None
    alt_line_id: int | None = None


class WireTeamTotal(Wire):
    """Team totals: one object for each side until odds v1 (PS3838 v3), a list from v2 (v4) on."""

    home: list[WireTotal] | WireTotal | None = None
    away: list[WireTotal] | WireTotal | None = None


class WirePeriod(Wire):
    """A period; `moneyLine` and `maxMoneyLine` are documented in 2017 and were never seen."""

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
    """The key of a period within its event."""

    number: int


class WireOddsEvent(Wire):
    """An event with its periods; its scores and red cards are ignored."""

    id: int
    periods: list[msgspec.Raw] | None = None


class WireOddsLeague(Wire):
    """The odds of one league."""

    id: int
    events: list[WireOddsEvent] | None = None


class WireOdds(Wire):
    """A response of `/odds`."""

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
    """The id of an event or a special."""

    id: int


class WireFixturesLeague(Wire):
    """A league with its fixtures; `name` was added after the 2017 manual."""

    id: int
    name: str | None = None
    events: list[msgspec.Raw] | None = None


class WireFixtures(Wire):
    """A response of `/fixtures`: the only list that is called `league`, not `leagues`."""

    sport_id: int | None = None
    last: int | None = None
    league: list[WireFixturesLeague] | None = None
    leagues: list[WireFixturesLeague] | None = None


class WireReason(Wire):
    """The reason of a cancellation; `details` differ between the manual and real responses."""

    code: str = ""
    details: msgspec.Raw = msgspec.Raw()


class WireSettledPeriod(Wire):
    """A settled period; scores are integers for matches, and were seen as floats elsewhere."""

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
    """A response of `/fixtures/settled`."""

    last: int | None = None
    leagues: list[WireSettledLeague] | None = None
    league: list[WireSettledLeague] | None = None


class WireError(Wire):
    """An error in either shape: `{code, message}` and `{status, error: {code, message}, code}`."""

    code: str | int | None = None
    message: str | None = None
    ref: str | None = None
    error: "WireError | None" = None
