"""Events that are not matches of their own, and names that are not those of teams: they are never linked."""

import re

from syncd.matching.parameters import MAX_NAME_LETTERS
from syncd.matching.spelling import normalize
from syncd.model.openness import is_main_event
from syncd.model.pinnacle import Event

_SIDE_MARKETS = ("corners", "bookings", "cards", "offsides", "fouls", "throw ins")
_NOT_THE_MATCH = (
    *_SIDE_MARKETS, "games", "matches", "sets", "points", "to advance", "to qualify", "et only", "extra time",
    "pen", "penalties", "to win final", "to lift the trophy",
)  # fmt: skip
_RETIRED_ROT_NUM = "99999"
"""Together with status H: one of two listings of a game that Pinnacle has retired."""
_ROUND = (
    r"(?:match|game|group|tie|leg|round|path|play ?off|prelim|quarter|semi|final|qf|sf|r|m)\b.*"
    r"|[a-z]{1,2}\d+|\d+|[a-p]"
)
_PLACEHOLDER = re.compile(
    # A name without a letter or digit is empty once normalised.
    r"|tb[acd]|to be (?:announced|confirmed|decided|defined|determined)|unknown|home|away"
    rf"|(?:winner|loser|runners? up)s?(?: of| in)?(?: the)?(?: (?:{_ROUND}))?"
    r"|(?:match|game|group|tie|quarter|semi|final|qf|sf|[a-z]{1,2}\d+)\b.* (?:winner|loser|runners? up)s?"
    r"|(?:[1-4](?:st|nd|rd|th)?|first|second|third)(?: of| in)?(?: place)?(?: of| in)? group .*"
    r"|(?:qf|sf) ?\d+"
)


def reason(event: Event, league: str) -> str:
    """Return why this event is never linked; "" if it may be."""
    if not is_main_event(event):
        return "a live or side event of another one"
    if event.resulting_unit not in (None, "", "Regular"):
        return f"its prices are on {event.resulting_unit}"
    if event.rot_num == _RETIRED_ROT_NUM and event.status == "H":
        return "a retired twin"
    if any(names_no_team(name) for name in (event.home, event.away)):
        return "its names are not those of teams"
    return _reason_by_league(normalize(league))


def _reason_by_league(league: str) -> str:
    if not league:
        # Often only the league's name says that women, youth or reserves play.
        return "its league is not known yet"
    return "a league of side markets" if league.endswith(_SIDE_MARKETS) else ""


def names_no_team(name: str) -> bool:
    """Recognise "TBD", "Winner QF1", unreadable names, "Home Teams (6 Games)", "Arsenal (Corners)"."""
    if len(name) > MAX_NAME_LETTERS:
        return True
    normalized = normalize(name)
    if _PLACEHOLDER.fullmatch(normalized):
        return True
    if normalized.startswith(("home teams", "away teams", "home team ", "away team ")):
        return True
    _, bracket, inside = name.rpartition("(")
    return bool(bracket) and normalize(inside).endswith(_NOT_THE_MATCH)
