"""Every number by which results prove links, with unit and origin.

Units are those of `parameters.py`. Origin: general knowledge of football where nothing else is named.
"""

# --- How much an agreed score says (results.py) ---------------------------------------------------

USUAL_HOME_GOALS = 1.5
"""Count. Goals of the home side of a game, on average over the leagues of the world."""
USUAL_AWAY_GOALS = 1.2
"""Count. Goals of the away side."""
MAX_RESULT_WEIGHT = 6.0
"""Nats. The most that one agreed score counts: a mistake of both lists is likelier than one in 400."""

# --- When a difference counts (results.py) --------------------------------------------------------

MAX_MOVED_S = 12 * 3600.0
"""Seconds. Kick-offs further apart are of a game that was played on another day, or again."""
AWARDED_GOALS = (2, 3, 5)
"""Goals. A game decided by the association is 3-0 (FIFA's disciplinary code); 2-0 by older rules and in many
youth leagues, 5-0 in some of women and of South America."""
MAX_EXTRA_GOALS = 15
"""Goals. The most that one side adds in extra time and a shoot-out together."""
MIN_ALIKE_SIMILARITY = 0.6
"""Similarity. Of both names at least, so that an innocent explanation is likelier than a wrong link."""
MIN_ALIKE_WEIGHT = 2.5
"""Nats. The same for the evidence of a side of an automatic link, which knows tables and memory."""
MAY_BE_CORRECTED_S = 3600.0
"""Seconds. Both results must have been the same for so long before a difference counts."""

# --- What BetTune's score means (score_meaning.py) ------------------------------------------------

MIN_MEANING_GAMES = 5
"""Count. Games with extra time that must agree on what the score means, without an exception."""

# --- What agreed results make certain (memory.py, collective.py) ----------------------------------

ESTABLISHED_WEIGHT = 7.0
"""Nats. Agreed scores of other games of the same two names, together, from which on they are one team,
whatever one game says: one chance in a thousand. Two games of usual scores do not reach it, three do."""
MAX_PROVEN_BONUS = 1.5
"""Nats. The most that agreed scores add to a team that lessons know: together they reach `MAX_TEAM_WEIGHT`,
the most that any names can have."""
NATS_PER_PROVEN_BONUS = 6.0
"""Nats. Agreed scores that add one nat of that bonus."""
PROVEN_AS_OTHER_WEIGHT = -6.0
"""Nats. Added where agreed scores have shown that the name is another team: no similarity makes up for it."""

# --- Games that were never linked (unlinked_results.py) -------------------------------------------

MAX_TWIN_KICKOFF_GAP_S = 15 * 60.0
"""Seconds. An event and a match of one slot kick off within this."""
MIN_LEAGUE_LINKS = 3
"""Count. Links that must have joined a league and a tournament, before their unlinked games are compared."""
