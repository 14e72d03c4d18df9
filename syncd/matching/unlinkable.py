"""Events that stand for no match of their own, and names that stand for no team: none is ever linked."""

import re

from syncd.matching.text import LONGEST_NAME, plain
from syncd.model.openness import is_main_event
from syncd.model.pinnacle import Event

_SIDE_MARKETS = ("corners", "bookings", "cards", "offsides", "fouls", "throw ins")
_NOT_THE_MATCH = (
    *_SIDE_MARKETS, "games", "matches", "sets", "points", "to advance", "to qualify", "et only", "extra time",
    "pen", "penalties", "to win final", "to lift the trophy",
)  # fmt: skip
RETIRED = "99999"
_ROUND = (
    r"(?:match|game|group|tie|leg|round|path|play ?off|prelim|quarter|semi|final|qf|sf|r|m)\b.*"
    r"|[a-z]{1,2}\d+|\d+|[a-p]"
)
_PLACEHOLDER = re.compile(
    # Names of nothing that can be read are empty in plain words.
    r"|tb[acd]|to be (?:announced|confirmed|decided|defined|determined)|unknown|home|away"
    rf"|(?:winner|loser|runners? up)s?(?: of| in)?(?: the)?(?: (?:{_ROUND}))?"
    r"|(?:match|game|group|tie|quarter|semi|final|qf|sf|[a-z]{1,2}\d+)\b.* (?:winner|loser|runners? up)s?"
    r"|(?:[1-4](?:st|nd|rd|th)?|first|second|third)(?: of| in)?(?: place)?(?: of| in)? group .*"
    r"|(?:qf|sf) ?\d+"
)


def why(event: Event, league: str) -> str:
    """Why this event is never linked, in words; empty where it may be."""
    if not is_main_event(event):
        return "a live or side event of another one"
    if event.resulting_unit not in (None, "", "Regular"):
        return f"its prices are on {event.resulting_unit}"
    if event.rot_num == RETIRED and event.status == "H":
        return "a retired twin"
    if any(stands_for_no_team(name) for name in (event.home, event.away)):
        return "its names are not those of teams"
    return _why_by_league(plain(league))


def _why_by_league(league: str) -> str:
    if not league:
        # Women, youth and reserves are told by the league's name only.
        return "its league is not known yet"
    return "a league of side markets" if league.endswith(_SIDE_MARKETS) else ""


def stands_for_no_team(name: str) -> bool:
    """As "TBD", "Winner QF1", nothing to be read, "Home Teams (6 Games)", "Arsenal (Corners)"."""
    if len(name) > LONGEST_NAME:
        return True
    said = plain(name)
    if _PLACEHOLDER.fullmatch(said):
        return True
    if said.startswith(("home teams", "away teams", "home team ", "away team ")):
        return True
    _, bracket, inside = name.rpartition("(")
    return bool(bracket) and plain(inside).endswith(_NOT_THE_MATCH)
