"""Matches of which a test needs only the id, the kick-off, or whether they are over."""

from datetime import datetime

from syncd.model.bettune import Match, Named


def some_match(match_id: int, kickoff: datetime, *, finished: bool = False, name: str = "Żółć") -> Match:
    """A match whose country, tournament, season and teams have the same name, and ids of their own."""
    country, tournament, season, home, away = (Named(number, name) for number in range(1, 6))
    return Match(
        id=match_id,
        date=kickoff,
        finished=finished,
        country=country,
        tournament=tournament,
        season=season,
        home=home,
        away=away,
    )
