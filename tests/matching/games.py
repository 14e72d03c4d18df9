"""Fixtures and matches in one line each, and what the linker makes of them."""

from datetime import UTC, datetime, timedelta
from zlib import crc32

from syncd.matching.linker import Linker
from syncd.matching.records import Fixture
from syncd.model.bettune import Match, Named
from syncd.model.link import Link
from syncd.model.pinnacle import Event

SATURDAY = datetime(2025, 11, 15, 15, 0, tzinfo=UTC)
NOW = SATURDAY - timedelta(days=1)


def named(name: str) -> Named:
    return Named(id=crc32(name.encode()), name=name)


def fixture(
    number, home, away, *, league="England - Premier League", at=SATURDAY, priced=True, **fields
) -> Fixture:
    event = Event(
        id=number,
        sport_id=29,
        league_id=1,
        home=home,
        away=away,
        starts=at,
        status=fields.pop("status", "O"),
        **fields,
    )
    return Fixture(event=event, league=league, priced=priced)


def match(number, home, away, *, country="England", tournament="Premier League", at=SATURDAY) -> Match:
    return Match(
        id=number, date=at, finished=False, country=named(country), tournament=named(f"{tournament}"),
        season=named("2025/2026"), home=named(home), away=named(away),
    )  # fmt: skip


def linker(fixtures=(), matches=(), **settings) -> Linker:
    made = Linker(tolerance=timedelta(minutes=15), **settings)
    made.put_fixtures(fixtures)
    made.put_matches(matches)
    return made


def decided(made: Linker) -> dict[int, Link]:
    for _ in made.decide(NOW):
        pass
    return dict(made.links)


def linked(fixtures, matches, **settings) -> dict[int, Link]:
    return decided(linker(fixtures, matches, **settings))


def summary(links: dict[int, Link]) -> dict[int, tuple[int, str]]:
    return {event: (link.match_id, link.state.value) for event, link in links.items()}


def automatic(links: dict[int, Link]) -> dict[int, int]:
    return {event: link.match_id for event, link in links.items() if link.state.carries_predictions}
