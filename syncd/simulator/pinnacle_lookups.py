"""The simulated Pinnacle's other documents: lists, account, and the line of one selection."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Final

from syncd.model.pinnacle import SOCCER, Period
from syncd.simulator.pinnacle_dialects import DocumentShape, PinnacleResource
from syncd.simulator.pinnacle_markets import Document
from syncd.simulator.pinnacle_query import price_format_of, sport_of
from syncd.simulator.world_state import WorldState

HALF = timedelta(minutes=45)
NOT_EXISTS: Document = {"status": "NOT_EXISTS"}
OTHER_SPORTS = {4: "Basketball", 15: "Football", 19: "Hockey", 33: "Tennis"}
CANCELLATION_REASONS = {
    "FBS_CW_100": "The half was not completed.",
    "FBS_CW_105": "The match was suspended and not completed on the same day.",
}
CULTURES = frozenset(
    {
        "cs-CZ", "de-DE", "en-GB", "en-US", "es-ES", "fi-FI", "fr-FR", "he-IL",
        "id-ID", "it-IT", "ja-JP", "ko-KR", "nb-NO", "pl-PL", "pt-BR", "ru-RU",
        "sv-SE", "th-TH", "vi-VN", "zh-CN", "zh-TW",
    }
)  # fmt: skip
"""The languages into which Pinnacle translates."""
CURRENCIES = {"EUR": ("Euro", "0.86"), "GBP": ("Pound Sterling", "0.76"), "USD": ("US Dollar", "1.0")}
PERIODS = {0: ("Match", "FT"), 1: ("1st Half", "1st H"), 2: ("2nd Half", "2nd H")}


def sports(state: WorldState, shape: DocumentShape) -> Document:
    """All sports; only soccer has events."""
    rows: list[Document] = [{"id": SOCCER, "name": "Soccer", "hasOfferings": True}]
    rows += [{"id": sport, "name": name, "hasOfferings": False} for sport, name in OTHER_SPORTS.items()]
    if shape is not DocumentShape.PLAIN:
        for row in rows:
            row |= {"leagueSpecialsCount": 0, "eventSpecialsCount": 0, "eventCount": 0}
        rows[0]["eventCount"] = sum(event.in_fixtures for event in state.events.values())
    return {"sports": rows}


def leagues(state: WorldState, shape: DocumentShape, sport: int) -> Document | None:
    """All leagues of the sport, also those without events."""
    if sport != SOCCER:
        return None
    events = Counter(event.league_id for event in state.events.values() if event.in_odds and event.periods)
    rows = []
    for league in state.leagues.values():
        row: Document = {
            "id": league.id,
            "name": league.name,
            "homeTeamType": "Team1",
            "hasOfferings": events[league.id] > 0,
            "allowRoundRobins": True,
        }
        if shape is not DocumentShape.PLAIN:
            row |= {"container": league.name.partition(" - ")[0], "leagueSpecialsCount": 0}
            row |= {"eventSpecialsCount": 0, "eventCount": events[league.id]}
        rows.append(row)
    return {"leagues": rows}


def periods(sport: int) -> Document | None:
    """The period numbers of a sport, with their names."""
    if sport != SOCCER:
        return None
    rows = [
        {"number": n, "description": long, "shortDescription": short} for n, (long, short) in PERIODS.items()
    ]
    return {"periods": rows}


def inrunning(state: WorldState) -> Document | None:
    """Live events, with the half that is played and its minute."""
    now = state.now()
    by_league: dict[int, list[Document]] = {}
    for event in state.events.values():
        if event.live_status == 1 and event.in_fixtures and event.starts <= now:
            half, elapsed = divmod(now - event.starts, HALF)
            row = {
                "id": event.id,
                "state": 1 if half < 1 else 3,
                "elapsed": int(elapsed.total_seconds() / 60),
            }
            by_league.setdefault(event.league_id, []).append(row)
    if not by_league:
        return None
    rows = [{"id": league_id, "events": events} for league_id, events in by_league.items()]
    return {"sports": [{"id": SOCCER, "leagues": rows}]}


def cancellation_reasons() -> Document:
    """Codes of `/fixtures/settled`, with their descriptions."""
    rows = [{"code": code, "description": description} for code, description in CANCELLATION_REASONS.items()]
    return {"cancellationReasons": rows}


def currencies() -> Document:
    """Exchange rates to the US dollar."""
    rows = [{"code": c, "name": name, "rate": Decimal(rate)} for c, (name, rate) in CURRENCIES.items()]
    return {"currencies": rows}


def balance() -> Document:
    """The balance of the account."""
    return {
        "availableBalance": Decimal("1000.00"),
        "outstandingTransactions": Decimal("0.00"),
        "givenCredit": Decimal("0.00"),
        "currency": "EUR",
    }


def translations(state: WorldState, query: Mapping[str, str]) -> Document:
    """Translate the names of clubs; a text without a translation is left out, as Pinnacle does.

    For a culture that Pinnacle does not know, the text itself comes back.
    """
    cultures = query.get("culturecodes", "").split("|")
    clubs = {club.pinnacle.casefold(): club for game in state.games for club in (game.home, game.away)}
    rows = []
    for text in query.get("basetexts", "").split("|"):
        club = clubs.get(text.casefold())
        known = {culture.casefold(): name for culture, name in club.translations.items()} if club else {}
        found = [
            {"id": culture.lower(), "text": known.get(culture.casefold(), text)}
            for culture in cultures
            if culture.casefold() in known or culture not in CULTURES
        ]
        if found:
            rows.append({"text": text, "cultures": found})
    return {"translations": rows}


def line(state: WorldState, query: Mapping[str, str]) -> Document:
    """The current price of one selection. Raises `InvalidQueryError`."""
    event = state.events.get(int(query.get("eventid", "0")))
    listed = event.periods.get(int(query.get("periodnumber", "0"))) if event is not None else None
    if event is None or listed is None or event.status == "H" or listed.offered.status != 1:
        return NOT_EXISTS
    price = _price(listed.visible(state.now()), query)
    if price is None:
        return NOT_EXISTS
    return {
        "status": "SUCCESS",
        "price": price_format_of(query).write(price),
        "lineId": listed.stamp.sequence,
    }


def special_line(state: WorldState, query: Mapping[str, str]) -> Document:
    """The current price of one contestant. Raises `InvalidQueryError`."""
    special = state.specials.get(int(query.get("specialid", "0")))
    contestant_id = int(query.get("contestantid", "0"))
    for contestant in special.lines if special is not None else ():
        if contestant.id == contestant_id and contestant.visible_price is not None:
            price = price_format_of(query).write(contestant.visible_price)
            return {"status": "SUCCESS", "price": price, "lineId": contestant.line_id}
    return NOT_EXISTS


def _price(period: Period, query: Mapping[str, str]) -> Decimal | None:
    try:
        handicap = Decimal(query.get("handicap", "0"))
    except InvalidOperation:
        return None
    team, side = query.get("team", "").upper(), query.get("side", "").lower()
    match query.get("bettype", "").upper():
        case "MONEYLINE" if period.moneyline is not None:
            prices = {"TEAM1": "home", "TEAM2": "away", "DRAW": "draw"}
            return getattr(period.moneyline, prices.get(team, ""), None)
        case "SPREAD":
            hdp = handicap if team == "TEAM1" else -handicap
            found = next((x for x in period.spreads if x.hdp == hdp), None)
            return getattr(found, "home" if team == "TEAM1" else "away", None)
        case "TOTAL_POINTS":
            lines = period.totals
        case "TEAM_TOTAL_POINTS":
            lines = period.home_totals if team == "TEAM1" else period.away_totals
        case _:
            return None
    return getattr(next((x for x in lines if x.points == handicap), None), side, None)


Lookup = Callable[[WorldState, DocumentShape, Mapping[str, str]], Document | None]

LOOKUPS: Final[Mapping[PinnacleResource, Lookup]] = {
    PinnacleResource.SPORTS: lambda state, shape, _: sports(state, shape),
    PinnacleResource.LEAGUES: lambda state, shape, query: leagues(state, shape, sport_of(query)),
    PinnacleResource.PERIODS: lambda _, __, query: periods(sport_of(query)),
    PinnacleResource.INRUNNING: lambda state, _, __: inrunning(state),
    PinnacleResource.LINE: lambda state, _, query: line(state, query),
    PinnacleResource.SPECIAL_LINE: lambda state, _, query: special_line(state, query),
    PinnacleResource.TRANSLATIONS: lambda state, _, query: translations(state, query),
    PinnacleResource.CANCELLATION_REASONS: lambda _, __, ___: cancellation_reasons(),
    PinnacleResource.CURRENCIES: lambda _, __, ___: currencies(),
    PinnacleResource.BALANCE: lambda _, __, ___: balance(),
}
