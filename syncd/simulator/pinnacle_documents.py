"""The simulated Pinnacle's documents of the six feeds, in the shape of each version.

Each function returns the document, or None if it would be empty: Pinnacle then sends an empty body. With
`since`, fixtures contain the changed events and odds the changed periods, each of them whole.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from syncd.model.pinnacle import SOCCER
from syncd.simulator.listed import ListedEvent, ListedPeriod, ListedSettlement, ListedSpecial, Stamp
from syncd.simulator.pinnacle_dialects import Dialect, DocumentShape, PinnacleResource
from syncd.simulator.pinnacle_markets import Document, iso, period_document, special_prices
from syncd.simulator.pinnacle_query import FeedQuery
from syncd.simulator.world_state import FeedName, WorldState

FEED_RESOURCES = frozenset(
    {
        PinnacleResource.FIXTURES,
        PinnacleResource.ODDS,
        PinnacleResource.SPECIALS,
        PinnacleResource.SPECIAL_ODDS,
        PinnacleResource.SETTLED,
        PinnacleResource.SETTLED_SPECIALS,
    }
)
SETTLED_FOR = timedelta(hours=24)
"""Settlements are listed for this long."""


class PinnacleDocuments:
    """The documents of one world in one dialect."""

    def __init__(self, state: WorldState, dialect: Dialect) -> None:
        self._state = state
        self._dialect = dialect

    def feed(self, resource: PinnacleResource, query: FeedQuery, shape: DocumentShape) -> Document | None:
        """The document of one of the `FEED_RESOURCES`."""
        match resource:
            case PinnacleResource.FIXTURES:
                return self.fixtures(query, shape)
            case PinnacleResource.ODDS:
                return self.odds(query, shape)
            case PinnacleResource.SPECIALS:
                return self.specials(query, shape)
            case PinnacleResource.SPECIAL_ODDS:
                return self.special_odds(query, shape)
        return self.settled(query, shape, specials=resource is PinnacleResource.SETTLED_SPECIALS)

    def fixtures(self, query: FeedQuery, shape: DocumentShape) -> Document | None:
        """The listed events, or those that changed."""
        found = [
            event
            for event in self._state.events.values()
            if event.in_fixtures and query.includes(event) and self._has_changed(event.stamp, query)
        ]
        leagues = [
            {"id": league_id, **self._league_name(league_id, shape), "events": rows}
            for league_id, rows in _by_league((e.league_id, self._fixture(e, shape)) for e in found).items()
        ]
        return self._feed(FeedName.FIXTURES, query, "league", leagues, [event.stamp for event in found])

    def odds(self, query: FeedQuery, shape: DocumentShape) -> Document | None:
        """All events with odds, or only the periods that changed."""
        now = self._state.now()
        rows, stamps = [], []
        for event in self._state.events.values():
            periods = self._listed_periods(event, query, now) if query.includes(event) else []
            if periods:
                stamps += [period.stamp for period in periods]
                documents = [period_document(p, now, shape, query.price_format) for p in periods]
                rows.append((event.league_id, {"id": event.id, **_score(event), "periods": documents}))
        leagues = [{"id": league_id, "events": events} for league_id, events in _by_league(rows).items()]
        return self._feed(FeedName.ODDS, query, "leagues", leagues, stamps)

    def specials(self, query: FeedQuery, shape: DocumentShape) -> Document | None:
        """The listed specials, or those that changed."""
        found = [
            special
            for special in self._state.specials.values()
            if special.in_fixtures and query.includes_special(special)
            if self._has_changed(special.fixture_stamp, query)
        ]
        rows = _by_league((s.league_id, self._special(s, shape)) for s in found)
        leagues = [{"id": league_id, "specials": specials} for league_id, specials in rows.items()]
        return self._feed(FeedName.SPECIALS, query, "leagues", leagues, [s.fixture_stamp for s in found])

    def special_odds(self, query: FeedQuery, shape: DocumentShape) -> Document | None:
        """The prices of the specials, or of those that changed."""
        found = [
            special
            for special in self._state.specials.values()
            if special.in_odds or query.since is not None
            if query.includes_special(special) and self._has_changed(special.odds_stamp, query)
        ]
        limit = self._dialect.special_limit
        rows = _by_league((s.league_id, special_prices(s, shape, limit, query.price_format)) for s in found)
        leagues = [{"id": league_id, "specials": specials} for league_id, specials in rows.items()]
        return self._feed(FeedName.SPECIAL_ODDS, query, "leagues", leagues, [s.odds_stamp for s in found])

    def settled(self, query: FeedQuery, shape: DocumentShape, *, specials: bool = False) -> Document | None:
        """The settlements of periods, or of specials, of the last 24 hours."""
        earliest = self._state.now() - SETTLED_FOR
        found = [
            settled
            for settled in self._state.settled
            if (settled.period is None) == specials and settled.at >= earliest
            if not query.leagues or settled.league_id in query.leagues
            if self._has_changed(settled.stamp, query)
        ]
        leagues = _settled_specials(found, shape) if specials else _settled_events(found, shape)
        feed = FeedName.SETTLED_SPECIALS if specials else FeedName.SETTLED
        return self._feed(feed, query, "leagues", leagues, [settled.stamp for settled in found])

    def _listed_periods(self, event: ListedEvent, query: FeedQuery, now: datetime) -> list[ListedPeriod]:
        if query.since is not None:
            return [period for period in event.periods.values() if self._has_changed(period.stamp, query)]
        # Since 2016 a snapshot omits an event whose periods are all in the past. Of other events it
        # contains every period, also closed ones.
        is_offered = event.in_odds and any(period.cutoff > now for period in event.periods.values())
        return list(event.periods.values()) if is_offered else []

    def _has_changed(self, stamp: Stamp, query: FeedQuery) -> bool:
        return query.since is None or self._dialect.cursor(stamp) > query.since

    def _feed(
        self, feed: FeedName, query: FeedQuery, key: str, leagues: list[Document], stamps: list[Stamp]
    ) -> Document | None:
        if not leagues or query.sport != SOCCER:
            return None
        # Pinnacle's own host: the greatest number in this document. PS3838: the newest change of the
        # whole sport, even if the requested leagues did not change.
        newest = self._state.newest[feed] if self._dialect.by_time else max(stamps)
        return {"sportId": query.sport, "last": self._dialect.cursor(newest), key: leagues}

    def _league_name(self, league_id: int, shape: DocumentShape) -> Document:
        if shape is DocumentShape.PLAIN:
            return {}
        return {"name": next(x.name for x in self._state.leagues.values() if x.id == league_id)}

    def _fixture(self, event: ListedEvent, shape: DocumentShape) -> Document:
        found: Document = {
            "id": event.id,
            "starts": iso(event.starts),
            "home": event.home,
            "away": event.away,
            "rotNum": event.rot_num,
            "liveStatus": event.live_status,
            "status": event.status,
            "parlayRestriction": 1 if event.live_status == 1 else 2,
        }
        if shape is DocumentShape.PLAIN:
            return found
        if event.parent_id is not None:
            found["parentId"] = event.parent_id
        found |= {"altTeaser": False, "resultingUnit": event.resulting_unit, "version": event.stamp.sequence}
        return found | ({"betAcceptanceType": 0} if self._dialect.by_time else {})

    def _special(self, special: ListedSpecial, shape: DocumentShape) -> Document:
        full = shape is not DocumentShape.PLAIN
        found: Document = {
            "id": special.id,
            "betType": special.bet_type,
            "name": special.name,
            "date": iso(special.cutoff),
            (self._dialect.special_cutoff if full else "cutoff"): iso(special.cutoff),
            "category": special.category,
            "status": special.status,
            "contestants": [
                {"id": c.id, "name": c.name, "rotNum": 7000 + i} for i, c in enumerate(special.contestants)
            ],
        }
        if special.units is not None:
            found["units"] = special.units
        if full:
            found["liveStatus"] = special.event.live_status if special.event is not None else 0
        return found | _event_of(special, full=full)


def _event_of(special: ListedSpecial, *, full: bool) -> Document:
    if special.event is None:
        return {}
    names = {"home": special.event.home, "away": special.event.away} if full else {}
    return {"event": {"id": special.event.id, "periodNumber": special.period, **names}}


def _by_league(rows: Iterable[tuple[int, Document]]) -> dict[int, list[Document]]:
    grouped: dict[int, list[Document]] = defaultdict(list)
    for league_id, row in rows:
        grouped[league_id].append(row)
    return grouped


def _score(event: ListedEvent) -> Document:
    if event.live_status != 1:
        return {}
    scores = {"awayScore": event.away_score, "homeScore": event.home_score}
    return scores | {"awayRedCards": 0, "homeRedCards": 0}


def _settled_events(found: list[ListedSettlement], shape: DocumentShape) -> list[Document]:
    periods: dict[tuple[int, int], list[Document]] = defaultdict(list)
    for settled in found:
        row = {
            "number": settled.period,
            "status": settled.status,
            "settlementId": settled.stamp.sequence,
            "settledAt": iso(settled.at, millis=True),
            "team1Score": settled.home_score,
            "team2Score": settled.away_score,
        }
        periods[settled.league_id, settled.owner_id].append(row | _reason(settled, shape))
    rows = ((league_id, {"id": owner_id, "periods": rows}) for (league_id, owner_id), rows in periods.items())
    return [{"id": league_id, "events": events} for league_id, events in _by_league(rows).items()]


def _settled_specials(found: list[ListedSettlement], shape: DocumentShape) -> list[Document]:
    rows = []
    for settled in found:
        row = {
            "id": settled.owner_id,
            "status": settled.status,
            "settlementId": settled.stamp.sequence,
            "settledAt": iso(settled.at, millis=True),
            **_reason(settled, shape),
        }
        if shape is not DocumentShape.PLAIN:
            row["contestants"] = [{"id": i, "name": n, "outcome": o} for i, n, o in settled.contestants]
        rows.append((settled.league_id, row))
    return [{"id": league_id, "specials": specials} for league_id, specials in _by_league(rows).items()]


def _reason(settled: ListedSettlement, shape: DocumentShape) -> Document:
    if settled.status != 3 or shape is DocumentShape.PLAIN:
        return {}
    return {"cancellationReason": {"code": "FBS_CW_105", "details": {"correctTeam1Id": "unknown"}}}
