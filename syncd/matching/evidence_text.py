"""The evidence of a link as text, for `explain`, the review and the log."""

from syncd.matching.collective import CollectiveEvidence
from syncd.matching.parameters import HOURS_APART_S, MIN_KNOWN_BY_NAME_SIMILARITY, UNPUNCTUAL_WEIGHT
from syncd.matching.records import Record, Team
from syncd.matching.scoring import Candidate, TeamEvidence
from syncd.model.link import Evidence


def evidence_of(candidate: Candidate, collective: CollectiveEvidence | None) -> tuple[Evidence, ...]:
    """Return each piece of evidence with its weight, in the order in which a user would look."""
    event, match = candidate.event, candidate.match
    home = _side(event, event.home, match.home, candidate.home, collective)
    away = _side(event, event.away, match.away, candidate.away, collective)
    return (
        Evidence(kind="home", text=home, weight=round(candidate.home.weight, 2)),
        Evidence(kind="away", text=away, weight=round(candidate.away.weight, 2)),
        *_circumstances(candidate, collective),
    )


def evidence_of_swapped(candidate: Candidate, collective: CollectiveEvidence | None) -> tuple[Evidence, ...]:
    """Return the same for a candidate that is good only with home and away exchanged."""
    event, match = candidate.event, candidate.match
    home = f'home "{event.home.name.text}" is the away side "{match.away.name.text}"'
    away = f'away "{event.away.name.text}" is the home side "{match.home.name.text}"'
    return (
        Evidence(kind="swapped", text=home),
        Evidence(kind="swapped", text=away),
        *_circumstances(candidate, collective),
    )


def _circumstances(candidate: Candidate, collective: CollectiveEvidence | None) -> tuple[Evidence, ...]:
    kickoff, league = kickoff_text(candidate.apart_s), _league_text(candidate, collective)
    if candidate.kickoff_weight < UNPUNCTUAL_WEIGHT:
        kickoff = f"{kickoff}, and no other game of this league is so far off"
    return (
        Evidence(kind="kickoff", text=kickoff, weight=round(candidate.kickoff_weight, 2)),
        Evidence(kind="league", text=league, weight=round(candidate.league_weight, 2)),
        Evidence(kind="squad", text=squads_text(candidate), weight=round(candidate.squad_weight, 2)),
    )


def summary(candidate: Candidate, collective: CollectiveEvidence | None, runner_up: Candidate | None) -> str:
    """Return why a link was made, as one sentence."""
    names = f"names {_agreement(candidate.home)} / {_agreement(candidate.away)}"
    names += _learnt(candidate, collective)
    parts = [names, kickoff_text(candidate.apart_s), f"league {_league_text(candidate, collective)}"]
    if collective is not None and collective.is_eliminated(candidate.event, candidate.match):
        parts.append("all else of its round is linked")
    if runner_up is not None and (runner_up.home.recognised or runner_up.away.recognised):
        parts.append(f"next best {_runner_up_text(runner_up)}")
    return ", ".join(parts)


def squads_text(candidate: Candidate) -> str:
    """Return the squads of the two sides: `both women`, or `first team against women`."""
    one, other = candidate.event.home.squad_label, candidate.match.home.squad_label
    if one == other:
        one, other = candidate.event.away.squad_label, candidate.match.away.squad_label
    return f"both {one}" if one == other else f"{one} against {other}"


def kickoff_text(apart_s: float) -> str:
    """Return `same kick-off`, `kick-off 5 min apart`, `kick-off 3 h apart` or `kick-off 2 days apart`."""
    minutes = round(abs(apart_s) / 60)
    if minutes == 0:
        return "same kick-off"
    if minutes < 120:
        return f"kick-off {minutes} min apart"
    hours = round(minutes / 60)
    return f"kick-off {hours} h apart" if hours < 48 else f"kick-off {round(hours / 24)} days apart"


def _agreement(side: TeamEvidence) -> str:
    """Return how similar the names are; `known` where they are not and lessons know the team."""
    one_club = side.names.table and side.names.shared
    if (side.known or one_club) and side.names.similarity < MIN_KNOWN_BY_NAME_SIMILARITY:
        return "known"
    if side.names.translation:
        return "translated"
    return _similarity_text(side) if side.names.similarity else "nothing in common"


def _similarity_text(side: TeamEvidence) -> str:
    return f"{min(1.0, side.names.similarity):.2f}"


def _side(
    event: Record,
    event_team: Team,
    match_team: Team,
    side: TeamEvidence,
    collective: CollectiveEvidence | None,
) -> str:
    names = f'"{event_team.name.text}" and "{match_team.name.text}"'
    if side.known and collective and collective.is_left(event, event_team, match_team):
        return f"{names}: nothing else is left for the two in this round"
    if side.known:
        day = collective.last_learnt(event_team, match_team) if collective else None
        return f"{names}: known from {f'a link of {day:%d %b %Y}' if day else 'other links of this list'}"
    if side.names.translation:
        return f'{names}: one team by Pinnacle\'s own translation, "{side.names.translation}"'
    if side.names.table:
        club = "one club" if side.names.shared else "two clubs"
        return f"{names}: known as {club} (table of clubs, {_country_text(side.names.table)})"
    return f"{names}: {_in_common(side)}"


def _in_common(side: TeamEvidence) -> str:
    if side.names.hinted:
        return "an initial in common"
    if side.names.similarity:
        return f"names agree to {_similarity_text(side)}{_doubt(side)}"
    return "nothing in common"


def _doubt(side: TeamEvidence) -> str:
    """Return what speaks against two names of which a part agrees."""
    if side.names.doubtful and side.weight > 0:
        return ", but several clubs may be called so"
    return ", but the rest of them differs" if side.weight < 0 and not side.names.contained else ""


def _country_text(country: str) -> str:
    """Return the country as texts write it: capital letters for initials."""
    return country.upper() if country == "usa" else country.title()


def _learnt(candidate: Candidate, collective: CollectiveEvidence | None) -> str:
    sides = zip(candidate.event.sides(candidate.match), (candidate.home, candidate.away), strict=True)
    known = [teams for teams, side in sides if side.known]
    days = [collective.last_learnt(*teams) for teams in known if collective]
    latest = max((day for day in days if day), default=None)
    if latest:
        return f" (learnt {latest:%d %b})"
    return " (by other links of this list)" if known else ""


def _league_text(candidate: Candidate, collective: CollectiveEvidence | None) -> str:
    links = collective.count_league_links(candidate.event, candidate.match) if collective else 0
    counted = f" ({links} {'link' if links == 1 else 'links'})" if links else ""
    weight = candidate.league_weight
    joint = "=" if weight > 0 else "is hardly" if weight < 0 else "may be"
    return f"{candidate.event.competition.name} {joint} {candidate.match.competition.short}{counted}"


def _runner_up_text(candidate: Candidate) -> str:
    teams = f"{candidate.match.home.name.text} v {candidate.match.away.name.text}"
    if candidate.squad_weight < 0:
        return f"{teams}: squad differs"
    if candidate.apart_s > HOURS_APART_S:
        return f"{teams}: {kickoff_text(candidate.apart_s)}"
    return f"{teams}: names {_similarity_text(candidate.home)} / {_similarity_text(candidate.away)}"
